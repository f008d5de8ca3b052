package main

import (
	"context"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) reconcileCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "reconcile",
		Short: "Say who has access and was to lose it",
		Long: `Compare the users that a tenant has with what was asked for here, and say who has access although: it was taken (deactivated), a second
administrator has not approved that (requested), nobody has looked what became of it (unknown), or its time has passed (due). Nothing is
changed. The exit status is 0 if there is nobody, and 6 if there is somebody.`,
		Example: "  billagent reconcile --tenant acme\n  billagent reconcile --tenant acme -o json",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
				name, err := s.Tenant("")
				if err != nil {
					return err
				}
				left, err := s.Reconcile(ctx, name, a.tell)
				if err != nil {
					return err
				}
				a.live.stop()
				if err := a.printLeftovers(name, left); err != nil || len(left) == 0 {
					return err
				}
				return &exitError{code: mixedExit}
			})
		},
	}
}

func (a *app) printLeftovers(name string, left []service.Leftover) error {
	record := func(l service.Leftover) []string {
		return []string{l.Tenant, l.Email, string(l.Why), l.Since.Format(time.RFC3339), l.Op, l.Schedule}
	}
	if printed, err := printRecords(a, left, []string{"tenant", "email", "why", "since", "op", "schedule"}, record); printed {
		return err
	}
	if len(left) == 0 {
		_, err := fmt.Fprintf(a.stdout, "nobody of tenant %s has access who was to lose it\n", name)
		return err
	}
	for _, l := range left {
		if _, err := fmt.Fprintf(a.stdout, "%-12s since %s  %s  %s\n", l.Why, l.Since.Local().Format(time.DateTime), plain(l.Email), either(l.Op, l.Schedule)); err != nil {
			return err
		}
	}
	return nil
}
