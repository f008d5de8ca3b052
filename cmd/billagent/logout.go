package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/tenant"
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
			return a.serve(cmd, func(ctx context.Context, _ *config.Config, name string, dir *tenant.Directory) error {
				browser, err := dir.Browser(ctx)
				if err != nil {
					return err
				}
				_, _, saved, _ := browser.SessionInfo() // one that cannot be read is one
				if err := browser.Logout(); err != nil {
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
