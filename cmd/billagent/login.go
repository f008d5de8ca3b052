package main

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) loginCommand() *cobra.Command {
	var f remoteFlags
	c := &cobra.Command{
		Use:   "login",
		Short: "Sign in and keep the session, sealed",
		Long: `Sign in afresh with password and code, and keep the session so that the next commands need neither. Other commands
sign in by themselves where it is needed; this one is for the first time, and for second_factor.method prompt.

With --remote a person goes on with the page where that does not come to its end: they type the code, or solve what is to be solved, in a browser on
another machine. What they type goes to the page and nowhere else.`,
		Example: "  billagent login --tenant acme\n  billagent login --tenant acme --headless --remote    # on a server, through ssh -L", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := f.check(cmd); err != nil {
				return err
			}
			if !f.remote {
				return a.serve(cmd, a.login)
			}
			c, err := a.load()
			if err != nil {
				return err
			}
			return a.serveRemote(cmd.Context(), c, f, a.login)
		},
	}
	f.add(c)
	return c
}

func (a *app) login(ctx context.Context, s *service.Service) error {
	name, err := s.Tenant("")
	if err != nil {
		return err
	}
	if err := s.Login(ctx, name, a.tell); err != nil {
		return err
	}
	if _, err := s.ResumeTenant(ctx, name, actor()); err != nil { // what is due may have waited for this
		a.note(err.Error())
	}
	a.live.stop()
	_, err = fmt.Fprintln(a.stdout, "signed in to tenant "+name+"; the session is kept")
	return err
}

// aboutTenant completes a command that does something with the tenant named by --tenant, and prints the line that says
// so.
func (a *app) aboutTenant(
	c *cobra.Command, do func(ctx context.Context, s *service.Service, name string) (line string, err error),
) *cobra.Command {
	c.Args = cobra.NoArgs
	c.RunE = func(cmd *cobra.Command, _ []string) error {
		return a.serve(cmd, func(ctx context.Context, s *service.Service) error {
			name, err := s.Tenant("")
			if err != nil {
				return err
			}
			line, err := do(ctx, s, name)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.stdout, line)
			return err
		})
	}
	return c
}
