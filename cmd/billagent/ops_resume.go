package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
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
			if id == "" && cmd.Flags().Changed("batch") {
				return usage(errors.New("--batch is empty: billagent ops list --batches shows them"))
			}
			if id == "" && flags.limit > 0 {
				return usage(errors.New("--limit goes with --batch: nothing else is begun"))
			}
			if id != "" {
				return a.resumeBatch(cmd, id, flags)
			}
			return a.serve(cmd, a.settle)
		},
	}
	flags.addLimit(c)
	c.Flags().StringVar(&id, "batch", "", "go on with this batch, by its id or the beginning of it: billagent ops list --batches")
	return c
}

// settle looks after what processes left, and prints what became of each.
func (a *app) settle(ctx context.Context, s *service.Service) error {
	results, err := s.Settle(ctx, "", service.Asked{By: actor()}, a.tell)
	a.live.stop()
	for i, r := range results {
		results[i] = a.advised(r, wish{})
		if err := a.printResult(results[i], true); err != nil {
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
}

// resumeBatch carries out what is left of a batch, as it was asked for.
func (a *app) resumeBatch(cmd *cobra.Command, id string, flags changeFlags) error {
	return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
		kept, err := s.Batch(ctx, id)
		if err != nil {
			return noBatch(err)
		}
		if a.tenantName != "" && a.tenantName != kept.Tenant {
			return usage(fmt.Errorf("batch %s is of tenant %s", kept.ID, kept.Tenant))
		}
		a.tenantName = kept.Tenant
		p := &printer{app: a, several: true}
		return p.print(ctx, func(ctx context.Context) error {
			_, err := s.Resume(ctx, kept.ID, flags.asked(), p.tell)
			return err
		})
	})
}

// noBatch is an error of the journal; that there is no such batch is one of usage.
func noBatch(err error) error {
	if errors.Is(err, journal.ErrNoBatch) {
		return usage(fmt.Errorf("%w: list them with billagent ops list --batches", err))
	}
	return err
}
