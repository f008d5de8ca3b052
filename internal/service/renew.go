package service

import (
	"cmp"
	"context"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
)

// renew makes sure that a tenant is signed in. Where that needs a person the tenant is held, which is told: what is
// due there would need the same.
func (s *Service) renew(ctx context.Context, r *records, name string, events event.Sink) (recurred, error) {
	err := s.sessions(ctx, name, events, func(x tenant.Sessions) error { return x.Renew(ctx) })
	if err == nil || ctx.Err() != nil {
		return recurred{detail: "it is signed in"}, err
	}
	if schedule.After(userops.Halted, userops.CodeOf(err), schedule.Before{}) != schedule.Hold {
		return recurred{}, err
	}
	d := &dueRun{service: s, records: r, tenant: name, events: events}
	if noted := d.pause(ctx, err, true); noted != nil {
		return recurred{}, noted
	}
	return recurred{code: userops.CodeOf(err), detail: userops.ReasonOf(err)}, nil
}

// ToPrepare lists the tenants of which something comes to be due within schedule.prepare, which are to be signed in
// now, each once in that time by this process: a code that is needed is then asked for before it is due.
func (s *Service) ToPrepare(ctx context.Context) (out []string, err error) {
	within := s.config.Schedule.Prepare
	if within == 0 {
		return nil, nil
	}
	err = s.withTrusted(ctx, func(r *records) error {
		now, err := s.now(ctx, r)
		if err != nil {
			return err
		}
		soon, err := r.journal.ComingDue(ctx, now, now.Add(within))
		for _, name := range soon {
			if t, known := s.config.Tenants[name]; known && t.UsesBrowser() && !t.UsesSCIM() && s.toPrepare(name, now, within) {
				out = append(out, name)
			}
		}
		return err
	})
	return out, err
}

// Prepare signs in to a tenant before something of it is due.
func (s *Service) Prepare(ctx context.Context, name string, events event.Sink) error {
	return s.withTrusted(ctx, func(r *records) error {
		bounded, cancel := context.WithTimeout(ctx, recurringBound)
		defer cancel()
		x, err := s.renew(bounded, r, name, events)
		if err != nil { // the offboarding itself finds out, and is tried again
			x.code, x.detail = userops.CodeOf(err), userops.ReasonOf(err)
		}
		events.Tell(event.Recurred{Name: "before what is due", Tenant: name, What: config.Session, Code: x.code, Detail: x.detail})
		return nil
	})
}

// toPrepare notes that a tenant is signed in now, unless it was not long ago.
func (s *Service) toPrepare(name string, now time.Time, within time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if ago := now.Sub(s.prepared[name]); ago >= 0 && ago < within {
		return false
	}
	s.prepared[name] = now
	return true
}

// defaultWarnDays is for a configuration that was not loaded from anywhere.
const defaultWarnDays = 7

// TellExpiries has those told who are to be told that a credential of a tenant, or the trust of a console in this
// device, runs out: some days before, on the last day, and once it has.
func (s *Service) TellExpiries(ctx context.Context) error {
	return s.withTrusted(ctx, func(r *records) error {
		now, err := s.now(ctx, r)
		if err != nil {
			return err
		}
		for _, e := range s.expiries(ctx) {
			left, warn := e.Until.Sub(now), cmp.Or(s.config.Schedule.WarnDays, defaultWarnDays)
			days := warn
			switch {
			case left > time.Duration(warn)*24*time.Hour:
				continue
			case left <= 0:
				days = 0
			case left <= 24*time.Hour:
				days = 1
			}
			if err := r.journal.TellExpiry(ctx, e, days); err != nil {
				return err
			}
		}
		return nil
	})
}

// What runs out.
const (
	credentials = "password, token or certificate"
	deviceTrust = "trust in this device"
)

// expiries are what is known to run out: by the configuration, and by the saved sessions. Trust matters only where
// a person has to give the next code.
func (s *Service) expiries(ctx context.Context) (out []journal.Expiry) {
	for name, t := range s.config.Tenants {
		if day, err := time.Parse(time.DateOnly, t.CredentialsExpire); err == nil {
			out = append(out, journal.Expiry{Tenant: name, What: credentials, Until: day})
		}
		if !t.UsesBrowser() || t.SecondFactor.Method != "prompt" {
			continue
		}
		var until time.Time
		err := s.sessions(ctx, name, nil, func(x tenant.Sessions) (err error) { until, err = x.TrustedUntil(); return err })
		if err != nil {
			s.opts.Log.Warn("until when the console trusts this device cannot be read", "tenant", name, "error", err)
		} else if !until.IsZero() {
			out = append(out, journal.Expiry{Tenant: name, What: deviceTrust, Until: until})
		}
	}
	return out
}

// Ended is what was removed of what has ended, or would be. The JSON names are a contract.
type Ended struct {
	Schedules int64 `json:"schedules"`
	Events    int64 `json:"events"` // notes of what happened to them, and to tenants
	DryRun    bool  `json:"dry_run"`
}

// defaultKeepDays is for a configuration that was not loaded from anywhere.
const defaultKeepDays = 400

// PruneEnded removes from the journal the scheduled offboardings that have ended longer ago than the configuration
// keeps them, and what happened to them; with dryRun it only says how many that is. Operations and the audit log
// stay.
func (s *Service) PruneEnded(ctx context.Context, by string, dryRun bool) (Ended, error) {
	out := Ended{DryRun: dryRun}
	err := s.withTrusted(ctx, func(r *records) error {
		now, err := s.now(ctx, r)
		if err != nil {
			return err
		}
		before := now.AddDate(0, 0, -cmp.Or(s.config.Schedule.KeepDays, defaultKeepDays))
		if out.Schedules, out.Events, err = r.journal.PruneEnded(ctx, before, dryRun); err != nil || dryRun || out.Schedules+out.Events == 0 {
			return err
		}
		return operation.TellPruned(ctx, r.audit, by, out.Schedules, before)
	})
	return out, err
}
