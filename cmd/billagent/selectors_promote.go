package main

import (
	"context"

	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) selectorsPromoteCommand() *cobra.Command {
	var f doctorFlags
	c := &cobra.Command{
		Use: "promote", Short: "Mark what finds its target on the tenant's console as recorded instead of guessed",
		Long: `Look at the tenant's console as doctor does, and mark every candidate by which a target was found as recorded, where it was guessed: in the
version's file in the overlay folder, which then stands in the place of the shipped one. What was not found, or not reached, stays as it is.
Nothing of the console is changed. The exit status is that of doctor.`,
		Example: "  billagent selectors promote", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
				name, err := s.Tenant("")
				if err != nil {
					return err
				}
				r, err := s.Promote(ctx, name, doctor.Options{Pictures: f.report != ""}, f.walk(), a.tell)
				if err != nil {
					return err
				}
				a.live.stop()
				return a.printReport(r, f.report)
			})
		},
	}
	f.add(c)
	return c
}
