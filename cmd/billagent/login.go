package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) loginCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "login",
		Short:   "Sign in and keep the session, sealed",
		Long:    "Sign in afresh with password and code, and keep the session so that the next commands need neither. Other commands\nsign in by themselves where it is needed; this one is for the first time, and for second_factor.method prompt.",
		Example: "  billagent login --tenant acme",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
				name, err := s.Tenant("")
				if err != nil {
					return err
				}
				if err := s.Login(ctx, name, a.tell); err != nil {
					return err
				}
				a.live.stop()
				_, err = fmt.Fprintf(a.stdout, "signed in to tenant %s; the session is kept\n", name)
				return err
			})
		},
	}
}
