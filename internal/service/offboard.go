package service

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
)

// Offboarding is one that is asked for.
type Offboarding struct {
	Tenant, Email string
	When          schedule.When
	Past          bool // its time may have passed: then it is due at once
	Unlisted      bool // Schedulable does not look whether the tenant's list has them
	Reason        string
}

// Schedule writes down offboardings: all of them, or none where failed says why some cannot be, by their place in
// all. Each of those is an
// *userops.Error; of a guard that says no userops.Refuses is true. No tenant is asked for its users: Schedulable does.
func (s *Service) Schedule(ctx context.Context, asked Asked, all []Offboarding) (made []journal.Schedule, failed map[int]error, err error) {
	err = s.withTrusted(ctx, func(r *records) error {
		if err := completeScheduled(ctx, r); err != nil {
			return err
		}
		var rows []journal.Schedule
		if rows, failed, err = s.checkOffboardings(ctx, r, asked, all); err != nil || len(failed) > 0 {
			return err
		}
		if err := r.journal.Use(ctx); err != nil {
			return err
		}
		for i := range rows {
			if rows[i].ID, err = journal.NewScheduleID(); err != nil {
				return err
			}
		}
		var there map[int]error
		made, there, err = r.journal.Schedule(ctx, rows)
		for i, e := range there { // between the look and the writing
			failed[i] = alreadyScheduled(rows[i], e)
		}
		if err != nil || len(failed) > 0 {
			return err
		}
		if err = announce(ctx, r, asked.By, made, nil); err != nil {
			err, made = errors.Join(err, withdraw(ctx, r, asked.By, made)), nil
		}
		return err
	})
	return made, failed, err
}

func (s *Service) checkOffboardings(ctx context.Context, r *records, asked Asked, all []Offboarding) (rows []journal.Schedule, failed map[int]error, err error) {
	now, err := s.now(ctx, r)
	if err != nil {
		return nil, nil, err
	}
	rows, failed = make([]journal.Schedule, len(all)), map[int]error{}
	for i, o := range all {
		if rows[i], err = s.checkOffboarding(asked, o, now); err != nil {
			failed[i] = err
		}
	}
	there, err := scheduledAlready(ctx, r.journal, rows, failed)
	maps.Copy(failed, there)
	return rows, failed, err
}

// announce writes the lines of schedules to the audit log, but those that it has, and has them be due from then on.
func announce(ctx context.Context, r *records, by string, all []journal.Schedule, has map[string]bool) error {
	for _, s := range all {
		if has[s.ID] {
			continue
		}
		if err := operation.TellScheduled(ctx, r.audit, "scheduled", by, "", s); err != nil {
			return err
		}
	}
	return r.journal.ScheduleAudited(ctx, all)
}

// withdraw takes back what could not be announced, and has the log take back what it says of it.
func withdraw(ctx context.Context, r *records, by string, all []journal.Schedule) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second) // also where it was stopped
	defer cancel()
	if err := r.journal.WithdrawSchedules(ctx, all); err != nil {
		return err
	}
	var errs []error
	for _, s := range all {
		errs = append(errs, operation.TellScheduled(ctx, r.audit, "cancelled", by, "it could not be written down", s))
	}
	return errors.Join(errs...)
}

// completeScheduled announces what a process wrote down and did not announce before it ended.
func completeScheduled(ctx context.Context, r *records) error {
	left, err := r.journal.LeftUnaudited(ctx)
	if err != nil || len(left) == 0 {
		return err
	}
	entries, err := audit.Read(r.auditDir)
	if err != nil {
		return err
	}
	has := map[string]bool{}
	for _, e := range entries {
		has[e.Schedule] = has[e.Schedule] || e.Event == "scheduled"
	}
	return announce(ctx, r, journal.Self().String(), left, has)
}

// checkOffboarding refuses what can be refused when it is asked for.
func (s *Service) checkOffboarding(asked Asked, o Offboarding, now time.Time) (journal.Schedule, error) {
	row := journal.Schedule{Tenant: o.Tenant, Email: o.Email, At: o.When.At, Asked: o.When.Asked, Zone: o.When.Zone, Reason: o.Reason,
		RequestedBy: asked.By, OnBehalfOf: asked.OnBehalfOf, Limit: asked.Limit}
	name, t, err := tenant.Choose(s.config, o.Tenant)
	if err != nil {
		return row, err
	}
	checked, err := userops.Request{Action: userops.Deactivate, Email: o.Email}.Check()
	if err != nil {
		return row, err
	}
	row.Tenant, row.Email = name, checked.Request().Email
	fail := func(kind error, cause, hint string) (journal.Schedule, error) {
		e := &userops.Error{Act: "scheduling the offboarding of", Target: row.Email, Tenant: name, Kind: kind, Hint: hint}
		if cause != "" {
			e.Cause = errors.New(cause)
		}
		return row, e
	}
	if row.Reason, err = userops.Text("the reason", row.Reason); err != nil {
		return row, err
	}
	if t.Account != "" && userops.SameEmail(t.Account, row.Email) {
		return fail(userops.ErrSelf, "", "let another administrator do it by hand")
	}
	for _, asks := range []string{asked.By, asked.OnBehalfOf} {
		if userops.SameEmail(asks, row.Email) {
			return fail(userops.ErrOneself, "", "let somebody else ask for it")
		}
	}
	if err := s.policy(name).Protect(userops.Deactivate, row.Email); err != nil {
		return row, err
	}
	if o.When.Past(now) && !o.Past {
		return fail(userops.ErrPast, fmt.Sprintf("it would be due at %s, and it is %s", o.When, now.UTC().Format("2006-01-02 15:04 -07:00")), "name a later time, or say that it may be due at once")
	}
	return row, nil
}

// scheduledAlready finds those whose user has an open offboarding, or stands in all twice, by their place; passed
// over are those that have failed.
func scheduledAlready(ctx context.Context, j *journal.Journal, all []journal.Schedule, failed map[int]error) (map[int]error, error) {
	there, err := j.Schedules(ctx, journal.ScheduleFilter{Open: true})
	if err != nil {
		return nil, err
	}
	type user struct{ tenant, email string }
	known := map[user]journal.Schedule{}
	for _, s := range there {
		known[user{s.Tenant, userops.FoldEmail(s.Email)}] = s
	}
	out := map[int]error{}
	for i, s := range all {
		if failed[i] != nil {
			continue
		}
		key := user{s.Tenant, userops.FoldEmail(s.Email)}
		old, twice := known[key]
		switch {
		case twice && old.ID == "":
			out[i] = alreadyScheduled(s, errors.New("it is asked for twice"))
		case twice:
			out[i] = alreadyScheduled(s, &journal.PendingError{There: old})
		}
		known[key] = s
	}
	return out, nil
}

func alreadyScheduled(s journal.Schedule, why error) error {
	return &userops.Error{Act: "scheduling the offboarding of", Target: s.Email, Tenant: s.Tenant, Kind: userops.ErrScheduled, Cause: why, Hint: "cancel that one, or give it another time"}
}

// Schedules lists scheduled offboardings, the soonest first.
func (s *Service) Schedules(ctx context.Context, f journal.ScheduleFilter) (all []journal.Schedule, err error) {
	err = s.withTrusted(ctx, func(r *records) error { all, err = r.journal.Schedules(ctx, f); return err })
	return all, err
}

// ScheduleOf returns one with its history, by its whole id or an unmistakable beginning. The error wraps
// journal.ErrNoSchedule.
func (s *Service) ScheduleOf(ctx context.Context, id string) (one journal.Schedule, err error) {
	err = s.withTrusted(ctx, func(r *records) error { one, err = r.journal.ScheduleOf(ctx, id); return err })
	return one, err
}

// Unschedule ends a scheduled offboarding that was not begun.
func (s *Service) Unschedule(ctx context.Context, id, by, why string) (journal.Schedule, error) {
	return s.alter(ctx, id, by, "cancelling", func(r *records, one *journal.Schedule) error {
		return r.journal.Cancel(ctx, *one, by, why, func() error { return operation.TellScheduled(ctx, r.audit, "cancelled", by, why, *one) })
	})
}

// Reschedule gives a scheduled offboarding that was not begun, or needs a person, another time. One that is parked
// since it is unknown what became of it begins by looking. A limit of asked replaces its own.
func (s *Service) Reschedule(ctx context.Context, id string, when schedule.When, past bool, asked Asked, why string) (journal.Schedule, error) {
	return s.alter(ctx, id, asked.By, "giving another time to", func(r *records, one *journal.Schedule) error {
		now, err := s.now(ctx, r)
		if err != nil {
			return err
		}
		whose := Asked{By: one.RequestedBy, OnBehalfOf: one.OnBehalfOf, Limit: max(asked.Limit, one.Limit)}
		o := Offboarding{Tenant: one.Tenant, Email: one.Email, When: when, Past: past, Reason: one.Reason}
		row, err := s.checkOffboarding(whose, o, now)
		if err != nil {
			return err
		}
		one.At, one.Asked, one.Zone, one.Limit = row.At, row.Asked, row.Zone, row.Limit
		return r.journal.Reschedule(ctx, *one, asked.By, why, func() error { return operation.TellScheduled(ctx, r.audit, "rescheduled", asked.By, why, *one) })
	})
}

// alter changes one that was not begun, or needs a person, unless it is that of who asks. act is what that is
// called in errors.
func (s *Service) alter(ctx context.Context, id, by, act string, do func(*records, *journal.Schedule) error) (one journal.Schedule, err error) {
	err = s.withTrusted(ctx, func(r *records) error {
		if err := completeScheduled(ctx, r); err != nil {
			return err
		}
		if one, err = r.journal.ScheduleOf(ctx, id); err != nil {
			return err
		}
		if err := Alterable(one, by, act); err != nil {
			return err
		}
		changed := do(r, &one)
		if changed != nil && !errors.Is(changed, journal.ErrMoved) {
			return changed
		}
		if one, err = r.journal.ScheduleOf(ctx, one.ID); err == nil && changed != nil { // it was begun, or changed, in between
			return tooLate(act, one)
		}
		return err
	})
	return one, err
}

// Alterable says why a schedule cannot be cancelled, or given another time, by somebody; nil: as it stands it can. act
// is what that is called in the error.
func Alterable(one journal.Schedule, by, act string) error {
	if one.State != journal.Pending && one.State != journal.Parked {
		return tooLate(act, one)
	}
	if userops.SameEmail(by, one.Email) {
		return &userops.Error{Act: act + " the offboarding of", Target: one.Email, Tenant: one.Tenant, Kind: userops.ErrOneself, Hint: "let somebody else ask for it"}
	}
	return nil
}

// tooLate is why one that is not open to a change any more is not changed.
func tooLate(act string, s journal.Schedule) error {
	e := &userops.Error{Act: act + " the offboarding of", Target: s.Email, Tenant: s.Tenant, Kind: userops.ErrOver, Cause: fmt.Errorf("it is %s", s.State),
		Hint: "schedule it anew, if it is still meant"}
	switch s.State {
	case journal.Ended:
		e.Cause = fmt.Errorf("it is %s", s.Outcome)
	case journal.Underway:
		e.Kind, e.Cause, e.Hint = userops.ErrLease, errors.New("it was begun, and what is under way is not stopped"), "wait for its outcome: operation "+s.Operation
	case journal.Pending, journal.Parked: // somebody else has changed it in the same moment
		e.Kind, e.Hint = userops.ErrLease, "look at it once more"
	}
	return e
}

// ResumeTenant has what is due of a tenant be tried again at once. It says whether the tenant had to wait.
func (s *Service) ResumeTenant(ctx context.Context, name, by string) (was bool, err error) {
	name, err = s.Tenant(name)
	if err != nil {
		return false, err
	}
	err = s.withTrusted(ctx, func(r *records) error {
		was, err = r.journal.LiftTenant(ctx, name, by, func() error {
			return r.audit.Append(ctx, audit.Entry{Event: "resumed", Actor: by, Tenant: name})
		})
		return err
	})
	return was, err
}
