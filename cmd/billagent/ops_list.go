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

// opsFilter is what ops list is asked for, as its flags have it.
type opsFilter struct {
	journal.Filter
	action, outcome, since, until, batch string
	batches                              bool
}

func (a *app) opsListCommand() *cobra.Command {
	var f opsFilter
	c := &cobra.Command{
		Use:     "list",
		Short:   "List operations, newest first",
		Long:    "List operations, newest first: those of all tenants, or of the one named with --tenant.",
		Example: "  billagent ops list --since 24h\n  billagent ops list --under-way\n  billagent ops list --email ann@acme.example -o json\n  billagent ops list --batches",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			f.Tenant = a.tenantName
			if err := f.parse(); err != nil {
				return err
			}
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error { return a.listOps(ctx, s, f) })
		},
	}
	c.Flags().StringVar(&f.Email, "email", "", "only those about this address")
	c.Flags().StringVar(&f.action, "action", "", strings.Join(actions, ", "))
	c.Flags().StringVar(&f.outcome, "outcome", "", strings.Join(outcomes, ", "))
	c.Flags().BoolVar(&f.UnderWay, "under-way", false, "only those that have no outcome yet")
	c.Flags().StringVar(&f.since, "since", "", "only later ones: a date, a time, or how long ago, such as 24h")
	c.Flags().StringVar(&f.until, "until", "", "only earlier ones")
	c.Flags().StringVar(&f.batch, "batch", "",
		"the rows of this batch, by its id or the beginning of it, also those that were never begun")
	c.Flags().BoolVar(&f.batches, "batches", false, "list batches instead")
	c.Flags().IntVar(&f.Limit, "limit", 50, "at most so many; 0 for all")
	must(c.RegisterFlagCompletionFunc("action", cobra.FixedCompletions(actions, cobra.ShellCompDirectiveNoFileComp)))
	must(c.RegisterFlagCompletionFunc("outcome", cobra.FixedCompletions(outcomes, cobra.ShellCompDirectiveNoFileComp)))
	return c
}

// parse fills in the journal's filter from the flags, and refuses those that do not go together.
func (f *opsFilter) parse() (err error) {
	f.Action, f.Outcome = userops.Action(f.action), userops.Outcome(f.outcome)
	if f.Since, err = moment("since", f.since); err != nil {
		return err
	}
	if f.Until, err = moment("until", f.until); err != nil {
		return err
	}
	if err := among("action", f.action, actions); err != nil {
		return err
	}
	if err := among("outcome", f.outcome, outcomes); err != nil {
		return err
	}
	if f.batch != "" && (f.outcome != "" || f.action != "" || f.Email != "") {
		return usage(errors.New("--batch shows the rows of one batch: no other filter goes with it"))
	}
	if f.batches && (f.outcome != "" || f.action != "" || f.Email != "" || f.batch != "" || f.since != "" || f.until != "" || f.UnderWay) {
		return usage(errors.New("--batches lists batches: of the filters only --limit and --tenant go with it"))
	}
	if f.Limit < 0 {
		return usage(fmt.Errorf("--limit cannot be negative"))
	}
	return nil
}

// listOps prints operations, batches, or the rows of one batch.
func (a *app) listOps(ctx context.Context, s *service.Service, f opsFilter) error {
	if f.batches {
		return a.printBatches(ctx, s, f.Filter)
	}
	if f.batch != "" {
		return a.printBatch(ctx, s, f.batch)
	}
	ops, err := s.Operations(ctx, f.Filter)
	if err != nil {
		return err
	}
	return a.printOps(ops)
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
	if printed, err := printRecords(a, ops, opColumns, opRecord); printed {
		return err
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

func opRecord(o journal.Operation) []string {
	return []string{o.ID, o.CreatedAt.Format(time.RFC3339), o.Tenant, string(o.Request.Action), o.Request.Email,
		string(o.State), string(o.Outcome), o.Reason, o.RequestedBy, o.OnBehalfOf, strconv.Itoa(o.Attempts),
		strconv.FormatBool(o.DryRun)}
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
