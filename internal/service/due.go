package service

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/userops"
)

// now is the time that what is due is held against: the journal's, unless a test has its own.
func (s *Service) now(ctx context.Context, r *records) (time.Time, error) {
	if s.opts.Now != nil {
		return s.opts.Now(), nil
	}
	return r.journal.Now(ctx)
}

// Agenda is what is due.
type Agenda struct {
	Tenants []string      // of which something is due now, those that have waited longest first
	Unknown []string      // of which something is due, too, and which the configuration does not name: left to whoever has another
	Next    time.Duration // until something else is; 0: nothing more is scheduled
}

// Unserved is an error of ErrConfig that names the tenants which the configuration does not; nil: there are none.
func (a Agenda) Unserved() error {
	if len(a.Unknown) == 0 {
		return nil
	}
	return &userops.Error{Act: "carrying out what is due", Tenant: strings.Join(a.Unknown, ", "), Kind: userops.ErrConfig, Cause: errors.New("there is no such tenant"),
		Hint: "name it in the configuration, or cancel what is scheduled there"}
}

// Agenda says what is due.
func (s *Service) Agenda(ctx context.Context) (a Agenda, err error) {
	err = s.withTrusted(ctx, func(r *records) error {
		if err := completeScheduled(ctx, r); err != nil {
			return err
		}
		now, err := s.now(ctx, r)
		if err != nil {
			return err
		}
		due, err := r.journal.DueTenants(ctx, now)
		if err != nil {
			return err
		}
		for _, name := range due {
			if _, ok := s.config.Tenants[name]; ok {
				a.Tenants = append(a.Tenants, name)
			} else {
				a.Unknown = append(a.Unknown, name)
			}
		}
		next, err := r.journal.NextDue(ctx, now)
		if !next.IsZero() {
			a.Next = next.Sub(now)
		}
		return err
	})
	return a, err
}

// IfNothingIsDue commits what do has done in a transaction of the journal only if nothing of the tenant is due once
// it is done.
func (s *Service) IfNothingIsDue(ctx context.Context, name string, do func(tx *sql.Tx) error) (idle bool, err error) {
	err = s.withRecords(ctx, func(r *records) error {
		idle, err = r.journal.IfNothingIsDue(ctx, name, s.opts.Now, do)
		return err
	})
	return idle, err
}

// Journal is the journal, for what keeps its own rows in the same database. It is closed with the service.
func (s *Service) Journal(ctx context.Context) (*journal.Journal, error) {
	var j *journal.Journal
	err := s.withTrusted(ctx, func(r *records) error { j = r.journal; return nil })
	return j, err
}

// RunDue carries out what is due of a tenant, in the order of its times, in one turn, and returns how each ended
// that was begun. Nothing more is begun once stop is closed; what is under way is halted before its commit, or
// settled, when ctx ends.
//
// What cannot be done since the tenant cannot be reached, or needs a person, is noted in the journal and is no
// error: an error is of what could not be noted there.
func (s *Service) RunDue(ctx context.Context, name string, stop <-chan struct{}, events event.Sink) ([]userops.Result, error) {
	r, err := s.openedRecords(ctx)
	if err != nil {
		return nil, err
	}
	d := &dueRun{service: s, records: r, tenant: name, stop: stop, events: events}
	err = s.change(ctx, name, Asked{By: journal.Self().String()}, events, func(t *operation.Turn) error {
		d.turn = t
		return d.run(ctx)
	})
	if err != nil && ctx.Err() == nil {
		err = d.failed(ctx, err)
	}
	return d.results, err
}

// dueRun is one turn in which what is due of a tenant is carried out.
type dueRun struct {
	service *Service
	records *records
	tenant  string
	stop    <-chan struct{}
	events  event.Sink
	turn    *operation.Turn
	results []userops.Result
}

func (d *dueRun) stopping(ctx context.Context) bool {
	select {
	case <-d.stop:
		return true
	default:
		return ctx.Err() != nil
	}
}

// failed notes why nothing more of the tenant can be done now. An error that says nothing of the tenant is returned.
func (d *dueRun) failed(ctx context.Context, why error) error {
	if errors.Is(why, userops.ErrLease) { // another process has taken over and says itself how it goes
		d.events.Tell(event.Trouble{Text: why.Error()})
		return nil
	}
	switch schedule.After(userops.Halted, userops.CodeOf(why), schedule.Before{}) {
	case schedule.Later:
		return d.pause(ctx, why, false)
	case schedule.Hold:
		return d.pause(ctx, why, true)
	}
	return why
}

func (d *dueRun) pause(ctx context.Context, why error, held bool) error {
	stop, err := d.stopFor(ctx, userops.CodeOf(why), userops.ReasonOf(why), userops.HintOf(why), held)
	if err != nil {
		return errors.Join(why, err)
	}
	if err := d.records.journal.StopTenant(ctx, *stop); err != nil {
		return errors.Join(why, err)
	}
	d.tellStop(stop)
	return nil
}

// stopFor is how long the tenant has to wait, by how often it has failed in a row.
func (d *dueRun) stopFor(ctx context.Context, code userops.Code, because, hint string, held bool) (*journal.TenantStop, error) {
	stops, err := d.records.journal.TenantStops(ctx)
	if err != nil {
		return nil, err
	}
	now, err := d.service.now(ctx, d.records)
	if err != nil {
		return nil, err
	}
	n := stops[d.tenant].Failures + 1
	return &journal.TenantStop{Tenant: d.tenant, Failures: n, Until: now.Add(schedule.Rest(n)), Held: held, Code: code, Because: because, Hint: hint}, nil
}

func (d *dueRun) tellStop(s *journal.TenantStop) {
	d.events.Tell(event.Stopped{Tenant: s.Tenant, Until: s.Until, Held: s.Held, Code: s.Code, Because: s.Because})
}

// run settles what was left and carries out what is due until nothing is.
func (d *dueRun) run(ctx context.Context) error {
	if err := d.turn.Hold(ctx); err != nil {
		return err
	}
	for !d.stopping(ctx) {
		now, err := d.service.now(ctx, d.records)
		if err != nil {
			return err
		}
		due, err := d.records.journal.Due(ctx, d.tenant, now)
		if err != nil || len(due) == 0 {
			return err
		}
		if goOn, err := d.left(ctx, due); err != nil {
			return err
		} else if goOn {
			continue // what was left is concluded: what is due now is another list
		}
		if err := d.reachable(ctx, due[0]); err != nil {
			return err
		}
		goOn, err := d.together(ctx, alike(due))
		if err != nil || !goOn {
			return err
		}
	}
	return nil
}

// alike are the first of those that are due which were allowed the same limit: one run, as the limit counts.
func alike(due []journal.Schedule) []journal.Schedule {
	for i, s := range due {
		if s.Limit != due[0].Limit {
			return due[:i]
		}
	}
	return due
}

// left concludes what has become an operation that has ended since: by its outcome, without doing anything. It says
// whether there was one.
func (d *dueRun) left(ctx context.Context, due []journal.Schedule) (was bool, err error) {
	for _, s := range due {
		if s.State != journal.Underway {
			continue
		}
		o, err := d.records.journal.Get(ctx, s.Operation)
		if err != nil {
			return was, err
		}
		if !o.Ended() { // the same was asked for by another process, which waits for its turn: it is joined
			continue
		}
		was = true
		if _, err := d.conclude(ctx, s, o.Result()); err != nil {
			return was, err
		}
	}
	return was, nil
}

// reachable makes sure by a read that a tenant which has failed several times in a row can be worked on again.
func (d *dueRun) reachable(ctx context.Context, s journal.Schedule) error {
	stops, err := d.records.journal.TenantStops(ctx)
	if err != nil || stops[d.tenant].Failures < schedule.Open {
		return err
	}
	if _, err := d.turn.Get(ctx, s.Email); err != nil && !errors.Is(err, userops.ErrNotFound) && !errors.Is(err, userops.ErrAmbiguous) {
		return err
	}
	return nil
}

// together holds several that are due at once against the limit and carries them out. goOn says whether more of the
// tenant may follow.
func (d *dueRun) together(ctx context.Context, due []journal.Schedule) (goOn bool, err error) {
	if len(due) > 1 || due[0].Limit > 0 {
		err := d.turn.AdmitScheduled(ctx, due)
		if errors.Is(err, userops.ErrLimit) {
			return true, d.parkAll(ctx, due, userops.Refused, err)
		}
		if err != nil {
			return false, err
		}
	}
	for _, s := range due {
		if d.stopping(ctx) {
			return false, nil
		}
		if goOn, err := d.one(ctx, s); err != nil || !goOn {
			return false, err
		}
	}
	return true, nil
}

// parkAll parks what is not begun, and why.
func (d *dueRun) parkAll(ctx context.Context, all []journal.Schedule, outcome userops.Outcome, why error) error {
	for _, s := range all {
		r := userops.Result{Action: userops.Deactivate, Email: s.Email}
		r.End(outcome, why)
		if _, err := d.conclude(ctx, s, r); err != nil {
			return err
		}
	}
	return nil
}

// one carries out one that is due.
func (d *dueRun) one(ctx context.Context, s journal.Schedule) (goOn bool, err error) {
	now, err := d.service.now(ctx, d.records)
	if err != nil {
		return false, err
	}
	late, grace := max(now.Sub(s.At), 0), cmp.Or(d.service.config.Schedule.Grace, defaultGrace)
	if late > grace && d.service.config.Tenants[d.tenant].Late == "hold" && s.State == journal.Pending {
		why := &userops.Error{Act: "beginning the offboarding of", Target: s.Email, Tenant: d.tenant, Kind: userops.ErrLate,
			Cause: fmt.Errorf("it is %s late, allowed are %s", late.Round(time.Second), grace), Hint: "make sure that it is still meant, then give it another time"}
		return true, d.parkAll(ctx, []journal.Schedule{s}, userops.Halted, why)
	}
	rq, err := userops.Request{Action: userops.Deactivate, Email: s.Email}.Check()
	if err != nil { // it was well formed to an earlier version of the program: the others of the tenant must not wait for it
		return true, d.parkAll(ctx, []journal.Schedule{s}, userops.Halted, err)
	}
	s.LateMS = late.Milliseconds()
	r := d.turn.DoScheduled(ctx, s, rq, now, late, grace)
	if errors.Is(r.Err, journal.ErrMoved) { // cancelled, or given another time, since it was read
		return true, nil
	}
	if r.Op == "" { // it was not written down, so nothing was begun
		return false, r.Err
	}
	return d.conclude(ctx, s, r)
}

// defaultGrace is for a configuration that was not loaded from anywhere.
const defaultGrace = 15 * time.Minute

// conclude notes what follows an attempt. goOn says whether more of the tenant may follow at once.
func (d *dueRun) conclude(ctx context.Context, s journal.Schedule, r userops.Result) (goOn bool, err error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second) // what has happened is noted, also when it is time to stop
	defer cancel()
	next := schedule.After(r.Outcome, r.Code, schedule.Before{Failed: s.Tries, Interrupted: s.Interruptions})
	c := journal.Conclusion{State: journal.Pending, Event: journal.EventPutBack, Result: r}
	switch next {
	case schedule.End:
		c.State, c.Event, c.Works = journal.Ended, journal.EventEnded, true
	case schedule.Park:
		c.State, c.Event = journal.Parked, journal.EventParked
	case schedule.Again:
		c.Interrupted = r.Outcome == userops.Halted
	case schedule.Later, schedule.Hold:
		c.Failed = next == schedule.Later
		if c.Stop, err = d.stopFor(ctx, r.Code, r.Reason, r.Hint, next == schedule.Hold); err != nil {
			return false, err
		}
	}
	if r.Op == "" { // no operation tells the audit log of it
		s.Outcome, s.Code = r.Outcome, r.Code
		c.Tell = func() error {
			return operation.TellScheduled(ctx, d.records.audit, string(c.Event), journal.Self().String(), r.Reason, s)
		}
	}
	if err := d.records.journal.Conclude(ctx, d.turn.Lease(), s, c); errors.Is(err, journal.ErrMoved) {
		return true, nil // somebody else has concluded it
	} else if err != nil {
		return false, err
	}
	if r.Op != "" {
		d.results = append(d.results, r)
	}
	d.events.Tell(event.Scheduled{Tenant: d.tenant, Schedule: s.ID, Email: s.Email, What: string(c.Event), Late: time.Duration(s.LateMS) * time.Millisecond, Result: r})
	if c.Stop != nil {
		d.tellStop(c.Stop)
	}
	return next == schedule.End || next == schedule.Park, nil
}

// Daemons lists the processes that carry out what is due all the time.
func (s *Service) Daemons(ctx context.Context) (all []journal.Daemon, err error) {
	err = s.withRecords(ctx, func(r *records) error { all, err = r.journal.Daemons(ctx); return err })
	return all, err
}
