package main

import (
	"context"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

// sessionInfo is what `session status -o json` prints.
type sessionInfo struct {
	Tenant string `json:"tenant"`
	service.Session
}

func (a *app) sessionCommand() *cobra.Command {
	c := group(&cobra.Command{
		Use: "session", Short: "Look at the saved session, hand it on, and take one over", Example: "  billagent session status\n  billagent session status --check",
	})

	var check bool
	status := &cobra.Command{
		Use: "status", Short: "Say whether a session is saved, since when and where it leads", Example: "  billagent session status --check -o json", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.serve(cmd, func(ctx context.Context, s *service.Service) error { return a.sessionStatus(ctx, s, check) })
		},
	}
	status.Flags().BoolVar(&check, "check", false, "open the console and see whether the session still holds")
	c.AddCommand(status, a.sessionExportCommand(), a.sessionImportCommand())
	return c
}

func (a *app) sessionStatus(ctx context.Context, s *service.Service, check bool) error {
	name, err := s.Tenant("")
	if err != nil {
		return err
	}
	info := sessionInfo{Tenant: name}
	if info.Session, err = s.Session(ctx, name, check, a.tell); err != nil {
		return err
	}
	a.live.stop()
	if a.output == "json" || a.output == "ndjson" {
		return printLine(a.stdout, info)
	}
	switch {
	case !info.Saved:
		_, err = fmt.Fprintf(a.stdout, "no session of tenant %s is saved\n", name)
	case info.Alive == nil:
		_, err = fmt.Fprintf(a.stdout, "a session of tenant %s is saved since %s; it leads to %s\n", name, info.Since.Local().Format(time.DateTime), info.Home)
	case *info.Alive:
		_, err = fmt.Fprintf(a.stdout, "the session of tenant %s, saved since %s, holds\n", name, info.Since.Local().Format(time.DateTime))
	default:
		_, err = fmt.Fprintf(a.stdout, "the session of tenant %s has ended; the next command signs in again\n", name)
	}
	return err
}
