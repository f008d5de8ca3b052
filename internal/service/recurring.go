package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/userops"
)

// Bounds of what recurs.
const (
	recurringBound = 20 * time.Minute // of one run: a look at a console with thousands of users takes minutes
	// furthestClock is how far ahead of now something may have been counted: beyond that the clock was wrong then.
	furthestClock = 25 * time.Hour
	// nearDue is how long before something is due of a tenant nothing that recurs is begun there, which would hold
	// it up; mostPostponed is how long that may go on.
	nearDue       = 5 * time.Minute
	mostPostponed = time.Hour
)

// Recurring is something that recurs, of one tenant or of all, and when it last did. The JSON names are a contract.
type Recurring struct {
	journal.RecurringRun
	What string    `json:"what"`
	When string    `json:"when"`
	Zone string    `json:"time_zone,omitempty"`
	Next time.Time `json:"next"`

	times schedule.Recurring
	known bool // it was looked at before
}

// Recurring lists what recurs by the configuration, by its name and tenant.
func (s *Service) Recurring(ctx context.Context) (out []Recurring, err error) {
	err = s.withTrusted(ctx, func(r *records) error { out, _, err = s.recurring(ctx, r); return err })
	return out, err
}

func (s *Service) recurring(ctx context.Context, r *records) (out []Recurring, now time.Time, err error) {
	if now, err = s.now(ctx, r); err != nil || len(s.config.Recurring) == 0 {
		return nil, now, err
	}
	runs, err := r.journal.Recurring(ctx)
	if err != nil {
		return nil, now, err
	}
	for _, name := range slices.Sorted(maps.Keys(s.config.Recurring)) {
		c := s.config.Recurring[name]
		times, err := schedule.ParseRecurring(c.When, c.TimeZone)
		if err != nil {
			return nil, now, err
		}
		for _, tenant := range s.recurringTenants(c) {
			of := strings.Join([]string{c.What, times.Expression, times.Zone}, " ")
			one := Recurring{RecurringRun: journal.RecurringRun{Name: name, Tenant: tenant, For: of, CountedTo: now}, What: c.What, When: times.Expression, Zone: times.Zone, times: times}
			i := slices.IndexFunc(runs, func(run journal.RecurringRun) bool { return run.Name == name && run.Tenant == tenant })
			if i >= 0 && (runs[i].For == of || runs[i].For == "") && runs[i].CountedTo.Sub(now) < furthestClock {
				one.RecurringRun, one.known = runs[i], true
				one.For = of
			}
			one.Next = times.Next(one.CountedTo)
			out = append(out, one)
		}
	}
	return out, now, nil
}

// recurringTenants are those of which something recurs, each by itself. One that is empty stands for all together.
func (s *Service) recurringTenants(c config.Recurring) []string {
	all := c.Tenants
	if len(all) == 0 {
		if c.What == config.Digest || c.What == config.Prune {
			return []string{""}
		}
		all = slices.Sorted(maps.Keys(s.config.Tenants))
	}
	return slices.DeleteFunc(slices.Clone(all), func(name string) bool { // over SCIM alone there is neither page nor session
		return (c.What == config.Doctor || c.What == config.Session) && !s.config.Tenants[name].UsesBrowser()
	})
}

// RunRecurring runs what recurs and is due, one after the other, and tells what each comes to. What was due several
// times since it last ran runs once. What is new to the journal is due from now on. An error is of what could not
// be noted; it keeps nothing else from being run.
func (s *Service) RunRecurring(ctx context.Context, events event.Sink) error {
	return s.withTrusted(ctx, func(r *records) error {
		all, _, err := s.recurring(ctx, r)
		errs := []error{err}
		for _, one := range all {
			if ctx.Err() == nil {
				errs = append(errs, s.runIfDue(ctx, r, one, events))
			}
		}
		return errors.Join(errs...)
	})
}

func (s *Service) runIfDue(ctx context.Context, r *records, one Recurring, events event.Sink) error {
	now, err := s.now(ctx, r)
	if err != nil {
		return err
	}
	if !one.known {
		return r.journal.CountRecurring(ctx, one.RecurringRun, now)
	}
	if one.Next.IsZero() || one.Next.After(now) {
		s.waits(waiter{one.Name, one.Tenant}, false, now) // another process may have run what waited here
		return nil
	}
	if wait, err := s.postpones(ctx, r, one, now); wait || err != nil {
		return err
	}
	run, err := r.journal.ClaimRecurring(ctx, one.RecurringRun, now, recurringBound+time.Minute)
	if errors.Is(err, journal.ErrClaimed) {
		return nil
	}
	if err != nil {
		return err
	}
	bounded, cancel := context.WithTimeout(ctx, recurringBound)
	defer cancel()
	found, failed := s.recur(bounded, r, one, now, events)
	noting, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if ctx.Err() != nil { // it was stopped: the next daemon runs it
		return r.journal.LeaveRecurring(noting, run)
	}
	if failed != nil {
		found.detail, found.told = userops.ReasonOf(failed), "it could not be done"
		found.code = cmp.Or(userops.CodeOf(failed), userops.CodeOf(userops.ErrStorage))
	}
	run.Code, run.Detail = found.code, found.detail
	end, err := s.now(noting, r)
	if err != nil {
		return err
	}
	if err := r.journal.EndRecurring(noting, run, end, found.event()); err != nil && !errors.Is(err, journal.ErrClaimed) {
		return err
	}
	events.Tell(event.Recurred{Name: one.Name, Tenant: one.Tenant, What: one.What, Code: found.code, Detail: found.detail})
	return nil
}

// postpones says that something of the tenant is due soon, and that what recurs can wait for it.
func (s *Service) postpones(ctx context.Context, r *records, one Recurring, now time.Time) (bool, error) {
	if one.Tenant == "" || one.What == config.Digest {
		return false, nil
	}
	next, err := r.journal.Schedules(ctx, journal.ScheduleFilter{Tenant: one.Tenant, State: journal.Pending, Limit: 1})
	near := err == nil && len(next) > 0 && next[0].Stop == nil && next[0].At.Before(now.Add(nearDue))
	return s.waits(waiter{one.Name, one.Tenant}, near, now), err
}

// waiter is something that recurs, of a tenant.
type waiter struct{ name, tenant string }

// waits says whether what recurs waits for what is due. It is counted from when this process has first seen that it
// waits, since what was missed while none was there would have waited for long when something is due in a moment.
func (s *Service) waits(w waiter, near bool, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	since, known := s.waiting[w]
	if !known || since.After(now) { // the clock was set back
		since = now
	}
	if near = near && now.Sub(since) <= mostPostponed; near {
		s.waiting[w] = since
	} else {
		delete(s.waiting, w)
	}
	return near
}

// recurred is what a run has come to.
type recurred struct {
	code   userops.Code // why it needs a person; empty: it does not
	detail string       // for the journal and the log
	told   string       // for messages: without anybody's name
	what   journal.EventKind
}

// event is what is told of a run, nil for nothing.
func (x recurred) event() *journal.ScheduleEvent {
	switch {
	case x.what != "":
		return &journal.ScheduleEvent{What: x.what, Detail: x.told}
	case x.code != "" && x.told != "":
		return &journal.ScheduleEvent{What: journal.EventChecked, Code: x.code, Detail: x.told}
	}
	return nil
}

func (s *Service) recur(ctx context.Context, r *records, one Recurring, now time.Time, events event.Sink) (recurred, error) {
	if stops, err := r.journal.TenantStops(ctx); err != nil {
		return recurred{}, err
	} else if stop := stops[one.Tenant]; stop.Held && one.What != config.Digest { // that was told, and another sign-in might lock the account
		return recurred{detail: "not done: the tenant waits for a person", code: stop.Code}, nil
	}
	switch one.What {
	case config.Reconcile:
		left, err := s.Reconcile(ctx, one.Tenant, events)
		return leftOver(left), err
	case config.Doctor:
		x, err := s.Examine(ctx, one.Tenant, doctor.Options{}, doctor.Walk{}, events)
		if err != nil {
			return recurred{}, err
		}
		return examined(x.Report()), nil
	case config.Session:
		return s.renew(ctx, r, one.Tenant, events)
	case config.Digest:
		// What was counted up to is when the last one was made, or since when there are any.
		d, err := r.journal.Digest(ctx, one.Tenant, one.CountedTo, now, now.Add(24*time.Hour))
		text := "since " + one.CountedTo.UTC().Format("2006-01-02 15:04 -07:00") + " " + d.String()
		return recurred{detail: text, told: text, what: journal.EventDigest}, err
	case config.Prune:
		return s.pruneAll(ctx)
	}
	return recurred{}, &userops.Error{Act: "running what recurs", Target: one.Name, Kind: userops.ErrConfig, Cause: fmt.Errorf("nothing is called %q", one.What), Hint: "correct it in the configuration"}
}

func leftOver(left []Leftover) recurred {
	if len(left) == 0 {
		return recurred{detail: "nobody has access who was to lose it"}
	}
	x := recurred{code: userops.CodeOf(userops.ErrStillAccess), told: fmt.Sprintf("users: %d", len(left)), detail: "still with access:"}
	const most = 50
	for _, l := range left[:min(len(left), most)] {
		x.detail += fmt.Sprintf(" %s (%s)", l.Email, l.Why)
	}
	if n := len(left) - most; n > 0 {
		x.detail += fmt.Sprintf(" and %d more", n)
	}
	return x
}

func examined(r *doctor.Report) recurred {
	x := recurred{detail: r.Verdict.Words()}
	if r.Verdict == doctor.Broken {
		x.code, x.told = cmp.Or(userops.Code(r.Code), userops.CodeOf(userops.ErrDrift)), "a look at the console has found it"
		if r.Failed != "" {
			x.detail = r.Failed
		}
	}
	return x
}

func (s *Service) pruneAll(ctx context.Context) (recurred, error) {
	by := journal.Self().String()
	p, err := s.Prune(ctx, by, false)
	if err != nil {
		return recurred{}, err
	}
	e, err := s.PruneEnded(ctx, by, false)
	return recurred{detail: fmt.Sprintf("removed: folders of evidence: %d, scheduled offboardings: %d, notes of what happened: %d", p.Folders, e.Schedules, e.Events)}, err
}
