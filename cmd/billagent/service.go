package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/service"
	"github.com/spf13/cobra"
)

// serve makes the service for a command that works on a tenant, has do something with it, and closes it whatever
// happens.
func (a *app) serve(cmd *cobra.Command, do func(ctx context.Context, s *service.Service) error) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	if err := displayed(c.Browser.Headful); err != nil {
		return err
	}
	return a.serveWith(cmd.Context(), c, do)
}

// keep is serve for a command that works with what is kept of all tenants, and opens none.
func (a *app) keep(cmd *cobra.Command, do func(ctx context.Context, s *service.Service) error) error {
	c, err := a.load()
	if err != nil {
		return err
	}
	return a.serveWith(cmd.Context(), c, do)
}

func (a *app) serveWith(ctx context.Context, c *config.Config, do func(ctx context.Context, s *service.Service) error) error {
	if c.Timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.Timeout)
		defer cancel()
	}
	a.log = a.logger(c.Log)
	a.live = newLive(a.stderr)
	defer a.live.stop()
	o := service.Options{Version: programName(), Ask: a.ask(), Log: a.log, AtOnce: c.Schedule.AtOnce, Day: a.day, Lend: a.lend}
	if a.view != nil {
		o.View = a.view.Show
	}
	s := service.New(c, o)
	defer func() {
		if err := s.Close(); err != nil { // what was done decides the exit status, not how it was tidied up
			a.note(fmt.Sprintf("not everything could be closed in order: %v", err))
		}
	}()
	return do(ctx, s)
}

// tell shows an event to whoever looks on. Results are shown by the command that asked for them.
func (a *app) tell(e event.Event) {
	switch e := e.(type) {
	case event.Step:
		a.log.Debug("step", "tenant", e.Tenant, "op", e.Op, "step", e.Text)
		a.live.show(e.Text)
	case event.Waiting:
		a.note(fmt.Sprintf("waiting for %s, which acts for tenant %s", e.Holder, e.Tenant))
	case event.Joined:
		a.note("the same change is under way as operation " + e.Op)
	case event.ReadingBack:
		a.note(fmt.Sprintf("reading back operation %s (%s %s), which was left at its commit", e.Op, e.Action, e.Email))
	case event.Settled:
		r := e.Result
		why := strings.Join(append([]string{r.Reason}, r.Notices...), "; ")
		a.note(fmt.Sprintf("operation %s, which was left by a process that ended: %s %s is %s: %s", r.Op, r.Action, r.Email, r.Outcome, why))
	case event.Trouble:
		a.note(e.Text)
	}
}
