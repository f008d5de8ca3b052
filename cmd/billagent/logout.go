package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) logoutCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "logout",
		Short:   "Forget the saved session",
		Long:    "Delete the saved session of a tenant from this machine. The next command signs in with password and code.",
		Example: "  billagent logout --tenant acme",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
				name, err := s.Tenant("")
				if err != nil {
					return err
				}
				saved, err := s.Logout(ctx, name)
				if err != nil {
					return err
				}
				text := "the session of tenant %s is forgotten\n"
				if !saved {
					text = "no session of tenant %s was saved\n"
				}
				_, err = fmt.Fprintf(a.stdout, text, name)
				return err
			})
		},
	}
}
