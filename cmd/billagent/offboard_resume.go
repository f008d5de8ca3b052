package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) offboardResumeCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "resume",
		Short: "Have a tenant that is paused, or waits for a person, be tried again at once",
		Long: `Have what is due of a tenant be tried again at once, after it was paused since it failed several times, or held since it needed a person:
a code, a password, a page that has changed. "billagent login" does so by itself.`,
		Example: "  billagent offboard resume --tenant acme",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.keep(cmd, func(ctx context.Context, s *service.Service) error {
				name, err := s.Tenant(a.tenantName)
				if err != nil {
					return err
				}
				was, err := s.ResumeTenant(ctx, name, actor())
				if err != nil {
					return err
				}
				says := map[bool]string{true: "is tried again", false: "did not have to wait"}[was]
				_, err = fmt.Fprintf(a.stdout, "tenant %s %s\n", name, says)
				return err
			})
		},
	}
}
