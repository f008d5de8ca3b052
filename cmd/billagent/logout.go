package main

import (
	"context"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) logoutCommand() *cobra.Command {
	return a.aboutTenant(&cobra.Command{
		Use:     "logout",
		Short:   "Forget the saved session",
		Long:    "Delete the saved session of a tenant from this machine. The next command signs in with password and code.",
		Example: "  billagent logout --tenant acme",
	}, func(ctx context.Context, s *service.Service, name string) (string, error) {
		saved, err := s.Logout(ctx, name)
		if err != nil {
			return "", err
		}
		if !saved {
			return "no session of tenant " + name + " was saved", nil
		}
		return "the session of tenant " + name + " is forgotten", nil
	})
}
