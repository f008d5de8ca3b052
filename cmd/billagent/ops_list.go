package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

var opColumns = []string{"op", "created_at", "tenant", "action", "email", "state", "outcome", "reason", "requested_by", "on_behalf_of", "attempts", "dry_run"}

func (a *app) opsListCommand() *cobra.Command {
	var f journal.Filter
	var action, outcome, since, until, batch string
	var batches bool
	c := &cobra.Command{
		Use:     "list",
		Short:   "List operations, newest first",
		Long:    "List operations, newest first: those of all tenants, or of the one named with --tenant.",
		Example: "  billagent ops list --since 24h\n  billagent ops list --under-way\n  billagent ops list --email ann@acme.example -o json\n  billagent ops list --batches",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.Tenant, f.Action, f.Outcome = a.tenantName, userops.Action(action), userops.Outcome(outcome)
			var err error
			if f.Since, err = moment("since", since); err != nil {
				return err
			}
			if f.Until, err = moment("until", until); err != nil {
				return err
			}
			if err := among("action", action, actions); err != nil {
				return err
			}
			if err := among("outcome", outcome, outcomes); err != nil {
				return err
			}
			if batch != "" && (outcome != "" || action != "" || f.Email != "") {
				return usage(errors.New("--batch shows the rows of one batch: no other filter goes with it"))
			}
			if f.Limit < 0 {
				return usage(fmt.Errorf("--limit cannot be negative"))
			}
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				if batches {
					return a.printBatches(ctx, s, f)
				}
				if batch != "" {
					return a.printBatch(ctx, s, batch)
				}
				ops, err := s.Operations(ctx, f)
				if err != nil {
					return err
				}
				return a.printOps(ops)
			})
		},
	}
	c.Flags().StringVar(&f.Email, "email", "", "only those about this address")
	c.Flags().StringVar(&action, "action", "", strings.Join(actions, ", "))
	c.Flags().StringVar(&outcome, "outcome", "", strings.Join(outcomes, ", "))
	c.Flags().BoolVar(&f.UnderWay, "under-way", false, "only those that have no outcome yet")
	c.Flags().StringVar(&since, "since", "", "only later ones: a date, a time, or how long ago, such as 24h")
	c.Flags().StringVar(&until, "until", "", "only earlier ones")
	c.Flags().StringVar(&batch, "batch", "", "the rows of this batch, by its id or the beginning of it, also those that were never begun")
	c.Flags().BoolVar(&batches, "batches", false, "list batches instead")
	c.Flags().IntVar(&f.Limit, "limit", 50, "at most so many; 0 for all")
	must(c.RegisterFlagCompletionFunc("action", cobra.FixedCompletions(actions, cobra.ShellCompDirectiveNoFileComp)))
	must(c.RegisterFlagCompletionFunc("outcome", cobra.FixedCompletions(outcomes, cobra.ShellCompDirectiveNoFileComp)))
	return c
}

var (
	actions  = actionNames()
	outcomes = []string{"done", "already", "requested", "halted", "refused", "unknown"}
)

func among(flag, value string, known []string) error {
	if value == "" || slices.Contains(known, value) {
		return nil
	}
	return usage(fmt.Errorf("--%s is %q: choose %s", flag, value, strings.Join(known, ", ")))
}

func (a *app) printOps(ops []journal.Operation) error {
	switch a.output {
	case "json":
		if ops == nil {
			ops = []journal.Operation{}
		}
		return printJSON(a.stdout, ops)
	case "ndjson":
		for _, o := range ops {
			if err := printLine(a.stdout, o); err != nil {
				return err
			}
		}
		return nil
	case "csv":
		records := make([][]string, len(ops))
		for i, o := range ops {
			records[i] = []string{o.ID, o.CreatedAt.Format(time.RFC3339), o.Tenant, string(o.Request.Action), o.Request.Email, string(o.State), string(o.Outcome), o.Reason, o.RequestedBy, o.OnBehalfOf, strconv.Itoa(o.Attempts), strconv.FormatBool(o.DryRun)}
		}
		return a.writeRecords(opColumns, records)
	}
	if len(ops) == 0 {
		_, err := fmt.Fprintln(a.stdout, "no operation is as asked for")
		return err
	}
	t := newGrid("Operation", "When", "Tenant", "Action", "Email", "Outcome", "By")
	for _, o := range ops {
		action := string(o.Request.Action)
		if o.DryRun {
			action += " (rehearsal)"
		}
		t.add(o.ID, o.CreatedAt.Local().Format(time.DateTime), o.Tenant, action, o.Request.Email, standing(o), o.RequestedBy)
	}
	return t.print(a.stdout)
}

// standing is an operation's outcome, or how far it has come.
func standing(o journal.Operation) string {
	if o.Ended() {
		return string(o.Outcome)
	}
	return "… " + string(o.State)
}

func actionNames() []string {
	var out []string
	for _, a := range userops.Actions() {
		out = append(out, string(a))
	}
	return out
}
