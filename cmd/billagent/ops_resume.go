package main

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) opsResumeCommand() *cobra.Command {
	var id string
	var flags changeFlags
	c := &cobra.Command{
		Use:   "resume",
		Short: "Settle the operations of a tenant that an interrupted process left open, or go on with a batch",
		Long: `Settle what an interrupted process left open. An operation that had not come to its commit is halted: nothing was changed.
One that was at its commit is settled by reading back. Nothing is begun or pressed again. The next changing command of the
tenant does the same by itself.

With --batch the rows of a batch that were never carried out are, too; what was not begun when the process ended is known, since a
batch is written down before its first row.`,
		Example: "  billagent ops resume --tenant acme\n  billagent ops resume --batch 019a",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := flags.check(cmd); err != nil {
				return err
			}
			if id == "" && flags.limit > 0 {
				return usage(errors.New("--limit goes with --batch: nothing else is begun"))
			}
			if id != "" {
				return a.resumeBatch(cmd, id, flags)
			}
			return a.serveOperations(cmd, changeFlags{}, func(ctx context.Context, dir *operation.Directory) error {
				results, err := dir.Resume(ctx)
				a.live.stop()
				for i, r := range results {
					results[i] = a.advised(r, userops.Request{})
					if err := a.printResult(r, true); err != nil {
						return a.unwritten(results, err)
					}
				}
				if err != nil {
					return err
				}
				if a.output == "json" || a.output == "csv" {
					if err := a.printResults(results); err != nil {
						return a.unwritten(results, err)
					}
				}
				if len(results) == 0 && a.output == "table" {
					_, err := fmt.Fprintln(a.stdout, "nothing was left open")
					return err
				}
				for _, r := range results {
					if r.Outcome == userops.Unknown {
						return &exitError{code: userops.Unknown.ExitCode()}
					}
				}
				return nil
			})
		},
	}
	flags.addLimit(c)
	c.Flags().StringVar(&id, "batch", "", "go on with this batch, by its id or the beginning of it: billagent ops list --batches")
	return c
}

// resumeBatch carries out what is left of a batch, as it was asked for.
func (a *app) resumeBatch(cmd *cobra.Command, id string, flags changeFlags) error {
	var kept journal.Batch
	err := a.withRecords(cmd, func(ctx context.Context, c *config.Config, records *tenant.Records) (err error) {
		if kept, err = records.Journal.Batch(ctx, id); errors.Is(err, journal.ErrNoBatch) {
			return usage(fmt.Errorf("%w: list them with billagent ops list --batches", err))
		}
		return err
	})
	if err != nil {
		return err
	}
	if a.tenantName != "" && a.tenantName != kept.Tenant {
		return usage(fmt.Errorf("batch %s is of tenant %s", kept.ID, kept.Tenant))
	}
	a.tenantName = kept.Tenant
	flags.onBehalfOf = kept.OnBehalfOf
	if flags.limit == 0 { // what was allowed for the batch is allowed for the rest of it
		flags.limit, flags.reason = kept.Limit, kept.Reason
	}
	if kept.DryRun {
		flags.dryRun = upToCommit
	}
	if kept.Through {
		flags.dryRun = throughPress
	}
	return a.serveOperations(cmd, flags, func(ctx context.Context, dir *operation.Directory) error {
		settled, err := dir.Resume(ctx) // what was left at its commit is settled, and its row with it
		if err != nil {
			return err
		}
		if kept, err = dir.Journal.Batch(ctx, kept.ID); err != nil {
			return err
		}
		left := operation.Left(kept)
		a.note(fmt.Sprintf("batch %s: %d of %d changes are left", kept.ID, len(left), len(kept.Rows)))
		b := &batch{app: a, dir: dir, id: kept.ID, several: true}
		for _, r := range settled {
			if slices.ContainsFunc(left, func(row journal.BatchRow) bool { return row.Operation != nil && row.Operation.ID == r.Op }) {
				continue // it is carried out now
			}
			if err := b.show(a.advised(r, userops.Request{})); err != nil {
				return a.unwritten(b.results, err)
			}
		}
		return b.run(ctx, left)
	})
}
