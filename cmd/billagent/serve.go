package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/daemon"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

func (a *app) serveCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "serve",
		Short: "Run what is scheduled when it is due, until it is stopped",
		Long: `Run what is scheduled when it is due, tenants side by side, until Ctrl-C or SIGTERM. Then nothing more is begun; what is under way ends within
schedule.stop_within, or is halted before its commit, or settled. A second Ctrl-C ends the program at once: what was under way is settled
by the next. Several may run, on several machines where the journal is a PostgreSQL database.

What happens is told on standard error, a line each; "offboard list" and "ops list" show what became of what.`,
		Example: "  billagent serve\n  billagent --log-format json serve",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.daemon(cmd, func(ctx context.Context, o daemon.Options) error {
				d, err := daemon.New(ctx, o)
				if err != nil {
					return err
				}
				a.log.Info("the daemon runs", "pid", os.Getpid(), "tenants_at_once", o.AtOnce)
				err = d.Run(ctx)
				a.log.Info("the daemon has stopped")
				return err
			})
		},
	}
}

// daemon has do run what is due. The bound of one command does not hold for it.
func (a *app) daemon(cmd *cobra.Command, do func(ctx context.Context, o daemon.Options) error) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	if err := displayed(c.Browser.Headful); err != nil {
		return err
	}
	a.log = a.logger(c.Log)
	s := service.New(c, service.Options{Version: programName(), Log: a.log, AtOnce: c.Schedule.AtOnce}) // nobody is there to be asked
	defer func() {
		if err := s.Close(); err != nil {
			a.log.Warn("not everything could be closed in order", "error", err)
		}
	}()
	return do(cmd.Context(), daemonOptions(c, s, a.log))
}

func daemonOptions(c *config.Config, s *service.Service, log *slog.Logger) daemon.Options {
	return daemon.Options{Service: s, AtOnce: c.Schedule.AtOnce, StopWithin: c.Schedule.StopWithin, Log: log, Events: func(e event.Event) { logEvent(log, e) }}
}

// logEvent writes down what happens, for whoever reads the log of a daemon. It may be called from several goroutines.
func logEvent(log *slog.Logger, e event.Event) {
	switch e := e.(type) {
	case event.Scheduled:
		r := e.Result
		attrs := []any{"what", e.What, "tenant", e.Tenant, "schedule", e.Schedule, "email", e.Email, "op", r.Op, "outcome", r.Outcome, "late", e.Late.Round(time.Millisecond).String()}
		if r.Reason != "" {
			attrs = append(attrs, "code", r.Code, "reason", r.Reason, "hint", r.Hint)
		}
		for _, n := range r.Notices {
			attrs = append(attrs, "notice", n)
		}
		level := slog.LevelInfo
		if e.What != "ended" {
			level = slog.LevelWarn
		}
		log.Log(context.Background(), level, "offboarding", attrs...)
	case event.Stopped:
		if e.Held {
			log.Warn("the tenant waits for a person", "tenant", e.Tenant, "code", e.Code, "reason", e.Because)
			return
		}
		log.Warn("the tenant is paused", "tenant", e.Tenant, "until", e.Until.UTC().Format(time.RFC3339), "code", e.Code, "reason", e.Because)
	case event.Settled:
		log.Warn("an operation that a process left was settled", "op", e.Result.Op, "email", e.Result.Email, "outcome", e.Result.Outcome, "reason", e.Result.Reason)
	case event.Waiting:
		log.Info("another process acts for the tenant", "tenant", e.Tenant, "holder", e.Holder)
	case event.Trouble:
		log.Warn(e.Text)
	case event.Step:
		log.Debug("step", "tenant", e.Tenant, "step", e.Text)
	default:
		log.Debug(fmt.Sprintf("%T", e))
	}
}
