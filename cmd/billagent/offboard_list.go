package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

var scheduleStates = []string{"pending", "running", "parked", "ended", "cancelled"}

func (a *app) offboardListCommand() *cobra.Command {
	var f journal.ScheduleFilter
	var state string
	var all bool
	c := &cobra.Command{
		Use:   "list",
		Short: "List scheduled offboardings, the soonest first",
		Long: `List the offboardings that are still to be done or need a person, the soonest first: those of all tenants, or of the one named with
--tenant. Below the table stands which tenants have to wait, and why.`,
		Example: "  billagent offboard list\n  billagent offboard list --all --tenant acme -o json\n  billagent offboard list --state parked",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := among("state", state, scheduleStates); err != nil {
				return err
			}
			if f.Limit < 0 {
				return usage(errors.New("--limit cannot be negative"))
			}
			f.Tenant, f.State, f.Open = a.tenantName, journal.ScheduleState(state), !all && state == ""
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				found, err := s.Schedules(ctx, f)
				if err != nil {
					return err
				}
				daemons, err := s.Daemons(ctx)
				if err != nil {
					return err
				}
				freezes, err := s.Freezes(ctx)
				if err != nil {
					return err
				}
				return a.printSchedules(found, freezes, daemons)
			})
		},
	}
	c.Flags().StringVar(&state, "state", "", "only those that are pending, running, parked, ended or cancelled")
	c.Flags().StringVar(&f.Email, "email", "", "only those about this address")
	c.Flags().BoolVar(&all, "all", false, "those that have ended or were cancelled, too")
	c.Flags().IntVar(&f.Limit, "limit", 0, "at most so many; 0 for all")
	must(c.RegisterFlagCompletionFunc("state", cobra.FixedCompletions(scheduleStates, cobra.ShellCompDirectiveNoFileComp)))
	return c
}

var scheduleColumns = []string{"schedule", "tenant", "email", "at", "asked", "zone", "reason", "state", "outcome", "code", "because", "hint", "op", "late_ms",
	"requested_by", "on_behalf_of"}

func scheduleRecord(s journal.Schedule) []string {
	return []string{s.ID, s.Tenant, s.Email, s.At.Format(time.RFC3339), s.Asked, s.Zone, s.Reason, string(s.State), string(s.Outcome), string(s.Code), s.Because, s.Hint,
		s.Operation, strconv.FormatInt(s.LateMS, 10), s.RequestedBy, s.OnBehalfOf}
}

// printSchedules prints a list, and what a person who looks at it must know beside it.
func (a *app) printSchedules(all []journal.Schedule, freezes []journal.Freeze, daemons []journal.Daemon) error {
	if printed, err := printRecords(a, all, scheduleColumns, scheduleRecord); printed {
		return err
	}
	g := newGrid("Schedule", "Tenant", "Email", "Due", "State", "Reason")
	var stops []journal.TenantStop
	for _, s := range all {
		g.add(s.ID, s.Tenant, s.Email, dueText(s), scheduleWord(s), s.Reason)
		if s.Stop != nil && !slices.ContainsFunc(stops, func(t journal.TenantStop) bool { return t.Tenant == s.Tenant }) {
			stops = append(stops, *s.Stop)
		}
	}
	if err := g.print(a.stdout); err != nil {
		return err
	}
	for _, t := range stops {
		a.note(stopText(t))
	}
	for _, f := range freezes {
		a.note(whomText(f.Tenant) + " frozen (" + f.Reason + "): nothing of what is due is begun before the thaw")
	}
	if len(daemons) == 0 && len(all) > 0 {
		a.note("no daemon runs: start billagent serve, or run billagent run-due when something is due")
	}
	return nil
}

// stopText says why a tenant has to wait.
func stopText(t journal.TenantStop) string {
	if t.Held {
		return fmt.Sprintf("tenant %s waits for a person: %s (%s); then: billagent offboard resume --tenant %s", t.Tenant, t.Because, t.Code, t.Tenant)
	}
	return fmt.Sprintf("tenant %s is paused until %s after %s in a row: %s (%s)", t.Tenant, t.Until.Local().Format(time.DateTime), counted(t.Failures, "failure"), t.Because, t.Code)
}

// dueText is when it is due, on the clocks of the zone in which it was asked for.
func dueText(s journal.Schedule) string {
	return schedule.When{At: s.At, Zone: s.Zone}.String()
}

// scheduleWord is how far one has come, in a word or two.
func scheduleWord(s journal.Schedule) string {
	switch {
	case s.State == journal.Ended:
		return string(s.Outcome)
	case s.State == journal.Parked:
		return fmt.Sprintf("parked: %s (%s)", s.Outcome, s.Code)
	case s.Stop != nil && s.Stop.Held:
		return fmt.Sprintf("needs a person (%s)", s.Stop.Code)
	case s.Stop != nil:
		return "paused"
	case s.State == journal.Pending:
		return "scheduled"
	}
	return string(s.State)
}
