package main

import (
	"context"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) recurringCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "recurring",
		Short: "List what recurs, when it comes next, and what its last run has come to",
		Long: `List what the section "recurring" of the configuration has the daemon, or "billagent run-due", do again and again: when it comes next, when it
ran last, and what that came to.`,
		Example: "  billagent recurring\n  billagent recurring -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				all, err := s.Recurring(ctx)
				if err != nil {
					return err
				}
				return a.printRecurring(all)
			})
		},
	}
}

func (a *app) printRecurring(all []service.Recurring) error {
	at := func(t time.Time) string {
		if t.IsZero() {
			return ""
		}
		return t.UTC().Format(time.RFC3339)
	}
	record := func(r service.Recurring) []string {
		return []string{r.Name, r.Tenant, r.What, r.When, r.Zone, at(r.Next), at(r.EndedAt), string(r.Code), r.Detail}
	}
	if printed, err := printRecords(a, all, []string{"recurring", "tenant", "what", "when", "time_zone", "next", "ended_at", "code", "detail"}, record); printed {
		return err
	}
	for _, r := range all {
		zone := either(r.Zone, "UTC")
		here := func(t time.Time) string { return schedule.When{At: t.Truncate(time.Second), Zone: zone}.String() }
		next, last := "it never comes again", "never ran"
		if !r.Next.IsZero() {
			next = "next at " + here(r.Next)
		}
		if !r.EndedAt.IsZero() {
			last = fmt.Sprintf("ran at %s: %s", here(r.EndedAt), plain(r.Detail))
		}
		if _, err := fmt.Fprintf(a.stdout, "%-12s %-10s %-12s %s %s, %s, %s\n", r.Name, r.What, either(r.Tenant, "-"), r.When, zone, next, last); err != nil {
			return err
		}
	}
	return nil
}
