package main

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"os"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/daemon"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/monitoring"
	"github.com/billagent/billagent/internal/notify"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/supervision"
	"github.com/spf13/cobra"
)

func (a *app) serveCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "serve",
		Short: "Run what is scheduled when it is due, until it is stopped",
		Long: `Run what is scheduled when it is due, tenants side by side, until Ctrl-C or SIGTERM. Then nothing more is begun; what is under way ends within
schedule.stop_within, or is halted before its commit, or settled. A second Ctrl-C ends the program at once: what was under way is settled
by the next. Several may run, on several machines where the journal is a PostgreSQL database.

What happens is told on standard error, a line each, and to those whom the section "notify" names; "offboard list" and "ops list" show what
became of what. With --web it has a page for those who sign in, and with --listen it answers /healthz, /readyz and /metrics: other addresses than
this machine's own need a certificate.`,
		Example: "  billagent serve\n  billagent --log-format json serve --listen 127.0.0.1:9464 --web 127.0.0.1:9465",
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return a.daemon(cmd, a.serveUntilStopped) },
	}
	c.Flags().StringVar(&a.listen, "listen", "", "host:port for /healthz, /readyz and /metrics")
	c.Flags().StringVar(&a.web, "web", "", "host:port for the page; the configuration names who may sign in")
	c.AddCommand(a.serveTokenCommand())
	return c
}

// serveUntilStopped runs a daemon, and beside it what tells others: until the daemon has ended, so that what ends
// during a stop is told.
func (a *app) serveUntilStopped(ctx context.Context, c *config.Config, o daemon.Options) error {
	j, err := o.Service.Journal(ctx)
	if err != nil {
		return err
	}
	var d *daemon.Daemon // nobody asks before there is one
	m := monitoring.New(o.Service, func() bool { return d.Alive() })
	logged := o.Events
	site, page, err := a.openPage(ctx, c, o.Service)
	if err != nil {
		return err
	}
	if page != nil {
		defer page.Close() // also where something else keeps the daemon from beginning
	}
	o.Events = func(e event.Event) {
		logged.Tell(e)
		m.Tell(e)
		if site != nil {
			site.Tell(e)
		}
	}
	n, err := notify.New(notify.Options{Config: c, Journal: j, Log: a.log, Tried: m.Tried})
	if err != nil {
		return err
	}
	if d, err = daemon.New(ctx, o); err != nil {
		return err
	}
	var l net.Listener
	if c.Monitoring.Listen != "" {
		if l, err = monitoring.Listen(ctx, c.Monitoring); err != nil {
			return err
		}
		a.log.Info("monitoring listens", "address", l.Addr().String())
	}
	telling, stop := context.WithCancel(context.WithoutCancel(ctx))
	var beside sync.WaitGroup
	defer beside.Wait()
	defer stop()
	beside.Go(func() { n.Run(telling) })
	beside.Go(func() { supervision.Of(os.Getenv, os.Getpid()).Tell(ctx, d.Alive, a.log) })
	if l != nil {
		beside.Go(func() { m.Serve(telling, l, a.log) })
	}
	if page != nil {
		beside.Go(func() { site.Serve(telling, page) })
	}
	a.log.Info("the daemon runs", "pid", os.Getpid(), "tenants_at_once", o.AtOnce)
	err = d.Run(ctx)
	a.log.Info("the daemon has stopped")
	return err
}

// daemon has do run what is due. The bound of one command does not hold for it.
func (a *app) daemon(cmd *cobra.Command, do func(ctx context.Context, c *config.Config, o daemon.Options) error) error {
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
	return do(cmd.Context(), c, daemonOptions(c, s, a.log))
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
	case event.Recurred:
		level := slog.LevelInfo
		if e.Code != "" {
			level = slog.LevelWarn
		}
		log.Log(context.Background(), level, "recurring", "name", e.Name, "what", e.What, "tenant", e.Tenant, "code", e.Code, "detail", e.Detail)
	case event.Trouble:
		log.Warn(e.Text)
	case event.Joined:
		log.Info("the same change is under way", "op", e.Op)
	case event.ReadingBack:
		log.Info("an operation that a process left at its commit is read back", "op", e.Op, "action", e.Action, "email", e.Email)
	case event.Step:
		log.Debug("step", "tenant", e.Tenant, "op", e.Op, "step", e.Text)
	default:
		log.Debug(fmt.Sprintf("%T", e))
	}
}
