package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/notify"
	"github.com/billagent/billagent/internal/tenant"
)

// Login signs in to a tenant's console afresh, even if a saved session would do, and keeps the session. The error
// is of ErrConfig where nothing that serves the tenant has sessions. Where pages are shown to a person, they go on
// with it where it does not come to its end.
func (s *Service) Login(ctx context.Context, name string, events event.Sink) error {
	return s.sessions(ctx, name, events, func(x tenant.Sessions) error {
		if s.opts.View == nil {
			return x.Login(ctx)
		}
		return x.LoginBy(ctx, s.opts.View)
	})
}

// Logout forgets a tenant's saved session, and says whether there was one.
func (s *Service) Logout(ctx context.Context, name string) (was bool, err error) {
	err = s.sessions(ctx, name, nil, func(x tenant.Sessions) error {
		_, _, was, _ = x.SessionInfo() // one that cannot be read is one
		return x.Logout()
	})
	return was, err
}

// Session tells of a tenant's saved session. With check the console is asked whether it still holds.
func (s *Service) Session(ctx context.Context, name string, check bool, events event.Sink) (Session, error) {
	var out Session
	err := s.sessions(ctx, name, events, func(x tenant.Sessions) error {
		at, home, ok, err := x.SessionInfo()
		if err != nil {
			return err
		}
		out.Saved, out.Home = ok, home
		if !ok {
			return nil
		}
		out.Since = &at
		if check {
			alive, err := x.Alive(ctx)
			if err != nil {
				return err
			}
			out.Alive = &alive
		}
		return nil
	})
	return out, err
}

// sessions has do work with what of a tenant has sessions.
func (s *Service) sessions(ctx context.Context, name string, events event.Sink, do func(tenant.Sessions) error) error {
	return s.on(name, func(v *served) error {
		return v.use(ctx, events, func(dir *tenant.Directory) error {
			x, err := dir.Sessions(ctx)
			if err != nil {
				return err
			}
			return do(x)
		})
	})
}

// Session is what is known of a saved session. The JSON names are a contract.
type Session struct {
	Saved bool       `json:"saved"`
	Since *time.Time `json:"since"` // nil: none is saved
	Home  string     `json:"home"`  // where it leads
	Alive *bool      `json:"alive,omitempty"`
}

// Finding is one thing that was looked at of a tenant's connection.
type Finding = tenant.Finding

// Check tries every path that may serve a tenant, end to end and without changing anything.
func (s *Service) Check(ctx context.Context, name string, found func(Finding), events event.Sink) error {
	return s.on(name, func(v *served) error {
		return v.use(ctx, events, func(dir *tenant.Directory) error { dir.Check(ctx, found); return nil })
	})
}

// Facts says how a tenant is served, and by which path for reading and for each action, and whether it is frozen.
func (s *Service) Facts(ctx context.Context, name string, events event.Sink) (out tenant.Facts, err error) {
	err = s.on(name, func(v *served) error {
		return v.use(ctx, events, func(dir *tenant.Directory) error { out, err = dir.Facts(ctx); return err })
	})
	if err != nil {
		return out, err
	}
	all, unknown := s.Freezes(ctx)
	if unknown != nil { // what serves the tenant is known all the same
		out.Frozen = "not known: " + unknown.Error()
	}
	for _, f := range all {
		if f.Tenant == out.Tenant || f.Tenant == journal.Everybody {
			out.Frozen = fmt.Sprintf("%s (%s, since %s)", f.Reason, f.By, f.At.Local().Format(time.DateTime))
		}
	}
	return out, nil
}

// Validate makes sure of what can be known of every tenant of a configuration without asking anybody. Warnings are
// of what is not wrong, but could be safer.
func Validate(c *config.Config) (warnings []string, err error) {
	warnings, err = tenant.Check(c)
	return warnings, errors.Join(err, notify.Check(c))
}
