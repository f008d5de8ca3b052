package main

import (
	"context"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/spf13/cobra"
)

// sessionInfo is what `session status -o json` prints.
type sessionInfo struct {
	Tenant string     `json:"tenant"`
	Saved  bool       `json:"saved"`
	Since  *time.Time `json:"since"`
	Home   string     `json:"home"`
	Alive  *bool      `json:"alive,omitempty"`
}

func (a *app) sessionCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use: "session", Short: "Look at the saved session", Example: "  billagent session status\n  billagent session status --check",
	})

	var check bool
	status := &cobra.Command{
		Use: "status", Short: "Say whether a session is saved, since when and where it leads", Example: "  billagent session status --check -o json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serve(cmd, func(ctx context.Context, _ *config.Config, name string, dir *tenant.Directory) error {
				return a.sessionStatus(ctx, name, dir, check)
			})
		},
	}
	status.Flags().BoolVar(&check, "check", false, "open the console and see whether the session still holds")
	c.AddCommand(status)
	return c
}

func (a *app) sessionStatus(ctx context.Context, name string, dir *tenant.Directory, check bool) error {
	browser, err := dir.Browser(ctx)
	if err != nil {
		return err
	}
	at, home, ok, err := browser.SessionInfo()
	if err != nil {
		return err
	}
	info := sessionInfo{Tenant: name, Saved: ok, Home: home}
	if ok {
		info.Since = &at
		if check {
			alive, err := browser.Alive(ctx)
			if err != nil {
				return err
			}
			info.Alive = &alive
		}
	}
	a.live.stop()
	if a.output == "json" || a.output == "ndjson" {
		return printLine(a.stdout, info)
	}
	switch {
	case !ok:
		_, err = fmt.Fprintf(a.stdout, "no session of tenant %s is saved\n", name)
	case info.Alive == nil:
		_, err = fmt.Fprintf(a.stdout, "a session of tenant %s is saved since %s; it leads to %s\n", name, at.Local().Format(time.DateTime), home)
	case *info.Alive:
		_, err = fmt.Fprintf(a.stdout, "the session of tenant %s, saved since %s, holds\n", name, at.Local().Format(time.DateTime))
	default:
		_, err = fmt.Fprintf(a.stdout, "the session of tenant %s has ended; the next command signs in again\n", name)
	}
	return err
}
