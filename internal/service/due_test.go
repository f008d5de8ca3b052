package service_test

import (
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatCannotBeScheduledIsRefusedWhenItIsAskedFor(t *testing.T) {
	t.Parallel()
	p := newPlant(t, func(c *config.Config, acme *config.Tenant) { acme.Protected = []string{"*@board.example"} })
	p.plan(t, noon, by, people[0])
	at := func(tenant, email string, when time.Time) service.Offboarding {
		return service.Offboarding{Tenant: tenant, Email: email, When: schedule.When{At: when}, Reason: "HR-1"}
	}
	for name, c := range map[string]struct {
		ask     service.Offboarding
		kind    error
		refused bool
	}{
		"billagent's own account": {at("acme", "Robot@acme.example", noon), userops.ErrSelf, true},
		"who asks":                {at("acme", "hr@acme.example", noon), userops.ErrOneself, true},
		"a protected person":      {at("acme", "ceo@board.example", noon), userops.ErrProtected, true},
		"an unknown tenant":       {at("nowhere", people[1], noon), userops.ErrConfig, false},
		"a time that has passed":  {at("acme", people[1], noon.Add(-2*time.Hour)), userops.ErrPast, false},
		"no e-mail":               {at("acme", "ann", noon), userops.ErrInput, false},
		"who has one already":     {at("acme", "ANN@acme.example", noon), userops.ErrScheduled, false},
	} {
		asked := service.Asked{By: "root@test", OnBehalfOf: "hr@acme.example"}
		made, failed, err := p.Schedule(t.Context(), asked, []service.Offboarding{at("acme", people[2], noon), c.ask})
		require.NoError(t, err, name)
		assert.Empty(t, made, name)
		require.Len(t, failed, 1, name)
		require.ErrorIs(t, failed[1], c.kind, name)
		assert.Equal(t, c.refused, userops.Refuses(failed[1]), name)
	}
	twice := []service.Offboarding{at("acme", people[2], noon), at("acme", people[2], noon)}
	_, failed, err := p.Schedule(t.Context(), by, twice)
	require.NoError(t, err)
	require.ErrorIs(t, failed[1], userops.ErrScheduled)
	all, err := p.Schedules(t.Context(), journal.ScheduleFilter{})
	require.NoError(t, err)
	assert.Len(t, all, 1, "all or nothing")
}

// TestAnOffboardingHappensOnceAndNotEarly sets the clock forward and back.
func TestAnOffboardingHappensOnceAndNotEarly(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	made := p.plan(t, noon, by, people[1], people[0])
	later := p.plan(t, noon.Add(time.Hour), by, people[2])[0]
	assert.Empty(t, p.run(t, noon.Add(-time.Microsecond)))
	results, err := p.RunDue(t.Context(), "acme", nil, nil)
	require.NoError(t, err)
	assert.Empty(t, results, "also where somebody looks")
	assert.Empty(t, p.left())

	results = p.run(t, noon)
	require.Len(t, results, 2)
	assert.Equal(t, []string{people[1], people[0]}, p.left(), "in order")
	s := p.schedule(t, made[0].ID)
	assert.Equal(t, journal.Ended, s.State)
	assert.Equal(t, userops.Done, s.Outcome)
	assert.Equal(t, results[0].Op, s.Operation)
	o, err := p.Operation(t.Context(), s.Operation)
	require.NoError(t, err)
	assert.Equal(t, by.By, o.RequestedBy, "by whoever asked for it")
	assert.Empty(t, o.Notices, "it was not late")

	for _, now := range []time.Time{noon, noon.Add(-time.Hour), noon, noon.Add(30 * time.Minute)} {
		assert.Empty(t, p.run(t, now))
	}
	p.set(noon.Add(-24 * time.Hour))
	assert.Len(t, p.run(t, noon.Add(time.Hour)), 1)
	assert.Equal(t, userops.Done, p.schedule(t, later.ID).Outcome)
	assert.Len(t, p.left(), 3)
}

func TestWhatIsLateSaysSoOrIsHeld(t *testing.T) {
	t.Parallel()
	p := newPlant(t, func(c *config.Config, _ *config.Tenant) { c.Schedule.Grace = time.Minute })
	s := p.plan(t, noon, by, people[0])[0]
	results := p.run(t, noon.Add(2*time.Minute))
	require.Len(t, results, 1)
	assert.Equal(t, userops.Done, results[0].Outcome)
	assert.Equal(t, []string{"late: begun 2m0s after its time, allowed are 1m0s"}, results[0].Notices)
	o, err := p.Operation(t.Context(), results[0].Op)
	require.NoError(t, err)
	assert.Equal(t, results[0].Notices, o.Notices)
	assert.Equal(t, int64(120_000), p.schedule(t, s.ID).LateMS)

	held := newPlant(t, func(c *config.Config, acme *config.Tenant) { c.Schedule.Grace, acme.Late = time.Minute, "hold" })
	s = held.plan(t, noon, by, people[0])[0]
	assert.Empty(t, held.run(t, noon.Add(2*time.Minute)))
	assert.Empty(t, held.left())
	s = held.schedule(t, s.ID)
	assert.Equal(t, journal.Parked, s.State)
	assert.Equal(t, userops.CodeOf(userops.ErrLate), s.Code)
	assert.Empty(t, held.run(t, noon.Add(time.Hour)), "it waits for a person")
	_, err = held.Reschedule(t.Context(), s.ID, schedule.When{At: noon.Add(time.Hour)}, true, by, "still meant")
	require.NoError(t, err)
	assert.Len(t, held.run(t, noon.Add(time.Hour)), 1)
	assert.Equal(t, []string{people[0]}, held.left())
}

// TestTheLimitHoldsForWhatIsDueTogether has more be due than may lose access within an hour.
func TestTheLimitHoldsForWhatIsDueTogether(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	made := p.plan(t, noon, by, people...)
	assert.Empty(t, p.run(t, noon))
	assert.Empty(t, p.left(), "over the limit nothing of it is done")
	for _, s := range made {
		s = p.schedule(t, s.ID)
		assert.Equal(t, journal.Parked, s.State)
		assert.Equal(t, userops.CodeOf(userops.ErrLimit), s.Code)
	}
	allowed := by
	allowed.Limit = len(people)
	for _, s := range made {
		_, err := p.Reschedule(t.Context(), s.ID, schedule.When{At: noon.Add(time.Minute)}, false, allowed, "all are meant")
		require.NoError(t, err)
	}
	assert.Len(t, p.run(t, noon.Add(time.Minute)), len(people))
	assert.Equal(t, people, p.left())
}

// TestATenantThatCannotBeReachedRests has a service answer that it cannot be used, for a while.
func TestATenantThatCannotBeReachedRests(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	down := func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "down", http.StatusInternalServerError)
		return true
	}
	p.meet(down)
	s := p.plan(t, noon, by, people[0])[0]
	now := noon
	for n := 1; n <= schedule.Open+1; n++ {
		p.run(t, now)
		s = p.schedule(t, s.ID)
		require.Equal(t, journal.Pending, s.State, s.Because)
		require.NotNil(t, s.Stop)
		assert.Equal(t, n, s.Stop.Failures)
		assert.False(t, s.Stop.Held)
		asked := p.reads.Load()
		p.run(t, s.Stop.Until.Add(-time.Second))
		assert.Equal(t, asked, p.reads.Load(), "nobody is asked while the tenant rests")
		now = s.Stop.Until
	}
	assert.Zero(t, p.writes.Load())
	assert.Less(t, s.Tries, schedule.MostTries, "what cannot be reached counts against the tenant, not against what is due")
	p.meet(func(http.ResponseWriter, *http.Request) bool { return false })
	require.Len(t, p.run(t, now), 1)
	s = p.schedule(t, s.ID)
	assert.Equal(t, userops.Done, s.Outcome)
	assert.Nil(t, s.Stop)
	stopped := 0
	for _, e := range p.events {
		if _, ok := e.(event.Stopped); ok {
			stopped++
		}
	}
	assert.Equal(t, schedule.Open+1, stopped)
}

// TestATenantWithAWrongTokenWaitsForAPerson makes sure that credentials which were refused are not tried again and
// again.
func TestATenantWithAWrongTokenWaitsForAPerson(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	p.meet(func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return true
	})
	made := p.plan(t, noon, by, people[0], people[1])
	p.run(t, noon)
	asked := p.reads.Load()
	p.run(t, noon.Add(24*time.Hour))
	assert.Equal(t, asked, p.reads.Load())
	for _, s := range made {
		s = p.schedule(t, s.ID)
		assert.Equal(t, journal.Pending, s.State)
		require.NotNil(t, s.Stop)
		assert.True(t, s.Stop.Held)
		assert.Equal(t, userops.CodeOf(userops.ErrCredentials), s.Stop.Code)
	}
	p.meet(func(http.ResponseWriter, *http.Request) bool { return false })
	was, err := p.ResumeTenant(t.Context(), "acme", "root@test")
	require.NoError(t, err)
	assert.True(t, was)
	was, err = p.ResumeTenant(t.Context(), "acme", "root@test")
	require.NoError(t, err)
	assert.False(t, was)
	entries, err := audit.Read(p.config.AuditDir())
	require.NoError(t, err)
	entries = slices.DeleteFunc(entries, func(e audit.Entry) bool { return e.Event != "resumed" })
	assert.Len(t, entries, 1, "only what had to wait is resumed")
	assert.Len(t, p.run(t, noon.Add(24*time.Hour)), 2)
}

// lose takes a request that would change something and lets nothing of it through.
func lose(w http.ResponseWriter, r *http.Request) bool {
	if r.Method == http.MethodGet {
		return false
	}
	_, _ = io.Copy(io.Discard, r.Body)
	conn, _, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_ = conn.Close()
	}
	return true
}

// TestWhatIsUnknownIsNeverDoneAgain has a request be lost of which nobody can know whether it arrived.
func TestWhatIsUnknownIsNeverDoneAgain(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	p.meet(lose)
	made := p.plan(t, noon, by, people[0], people[1])
	results := p.run(t, noon)
	require.Len(t, results, 2)
	assert.Equal(t, userops.Unknown, results[0].Outcome)
	writes := p.writes.Load()
	for d := range 5 {
		p.run(t, noon.Add(time.Duration(d)*24*time.Hour))
	}
	assert.Equal(t, writes, p.writes.Load())
	for _, s := range made {
		s = p.schedule(t, s.ID)
		assert.Equal(t, journal.Parked, s.State)
		assert.Equal(t, userops.Unknown, s.Outcome)
	}
	p.meet(func(http.ResponseWriter, *http.Request) bool { return false })
	_, err := p.Reschedule(t.Context(), made[0].ID, schedule.When{At: noon.Add(200 * time.Hour)}, true, by, "a person has looked")
	require.NoError(t, err)
	assert.Len(t, p.run(t, noon.Add(200*time.Hour)), 1)
	assert.Equal(t, []string{people[0]}, p.left())
}

// TestWhatACrashLeftIsSettledAndNotRepeated leaves an operation of a schedule as a process does that ends at its
// commit: once with the effect, once without, and once before the commit.
func TestWhatACrashLeftIsSettledAndNotRepeated(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		intent, effect bool
		state          journal.ScheduleState
		outcome        userops.Outcome
		writes         int64
	}{
		"it has happened":   {true, true, journal.Ended, userops.Done, 0},
		"it may have":       {true, false, journal.Parked, userops.Unknown, 0},
		"before its commit": {false, false, journal.Ended, userops.Done, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := newPlant(t, nil)
			s := p.plan(t, noon, by, people[0])[0]
			left := leave(t, p, s, c.intent)
			if c.effect {
				p.console.Edit("somebody", func(o *console.Organisation) {
					for _, u := range o.Users {
						if u.Email == people[0] {
							u.Status = console.Inactive
						}
					}
				})
			}
			p.run(t, noon)
			s = p.schedule(t, s.ID)
			assert.Equal(t, c.state, s.State, s.Because)
			assert.Equal(t, c.outcome, s.Outcome)
			assert.Equal(t, c.writes, p.writes.Load())
			assert.Equal(t, c.intent, s.Operation == left, "one operation, unless nothing of it was done")
		})
	}
}

// leave has a schedule become an operation of a process that has ended.
func leave(t *testing.T, p *plant, s journal.Schedule, intent bool) string {
	t.Helper()
	ctx := t.Context()
	j, err := p.Journal(ctx)
	require.NoError(t, err)
	l, err := j.Acquire(ctx, "acme", journal.LeaseEvents{})
	require.NoError(t, err)
	o := journal.Operation{Tenant: "acme", Request: userops.Request{Action: userops.Deactivate, Email: s.Email}, RequestedBy: s.RequestedBy}
	o, _, err = j.Begin(ctx, o, journal.Place{Claim: &journal.Claim{Schedule: s.ID, Lease: l, Now: noon}})
	require.NoError(t, err)
	require.NoError(t, j.Run(ctx, o.ID, l))
	if intent {
		before := userops.User{ID: "1", Email: s.Email, Status: userops.Active}
		require.NoError(t, j.Intend(ctx, o.ID, l, &before, userops.Wanted{Status: userops.Inactive}))
	}
	require.NoError(t, l.Release(ctx))
	return o.ID
}

// TestACancelledOneIsNotBegun cancels between the look and the beginning, and while it is frozen.
func TestACancelledOneIsNotBegun(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	made := p.plan(t, noon, by, people[0], people[1])
	first := true
	p.meet(func(http.ResponseWriter, *http.Request) bool {
		if first { // the limit's look at everybody, or the first change's
			first = false
			_, err := p.Unschedule(context.WithoutCancel(t.Context()), made[1].ID, "root@test", "she stays")
			assert.NoError(t, err)
		}
		return false
	})
	assert.Len(t, p.run(t, noon), 1)
	assert.Equal(t, []string{people[0]}, p.left())
	assert.Equal(t, journal.Cancelled, p.schedule(t, made[1].ID).State)
	_, err := p.Unschedule(t.Context(), made[0].ID, "root@test", "")
	require.ErrorIs(t, err, userops.ErrOver)
	assert.Equal(t, "cancelling the offboarding of "+people[0]+" in tenant acme: that has ended already: it is done", err.Error())
	entries, err := audit.Read(p.config.AuditDir())
	require.NoError(t, err)
	var cancelled []string
	for _, e := range entries {
		if e.Event == "cancelled" {
			cancelled = append(cancelled, e.Target+" "+e.Reason)
		}
	}
	i := slices.IndexFunc(entries, func(e audit.Entry) bool { return e.Event == "intent" && e.Target == people[0] })
	require.Positive(t, i)
	assert.Equal(t, made[0].ID, entries[i].Schedule, "the log tells what an operation came of")
	assert.Equal(t, []string{people[1] + " for 2026-12-04T12:00:00Z: HR-1; cancelled: she stays"}, cancelled)

	frozen := p.plan(t, noon.Add(time.Hour), by, people[2])[0]
	require.NoError(t, p.Freeze(t.Context(), journal.Freeze{Tenant: "acme", Reason: "drill", By: "root@test"}, nil))
	assert.Empty(t, p.run(t, noon.Add(time.Hour)))
	assert.Equal(t, journal.Pending, p.schedule(t, frozen.ID).State)
	_, err = p.Thaw(t.Context(), "acme", "root@test")
	require.NoError(t, err)
	assert.Len(t, p.run(t, noon.Add(time.Hour)), 1)
}

// TestOneThatIsNotWellFormedHoldsUpNobody has an address be due that an earlier version of the program took.
func TestOneThatIsNotWellFormedHoldsUpNobody(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	j, err := p.Journal(t.Context())
	require.NoError(t, err)
	odd, _, err := j.Schedule(t.Context(), []journal.Schedule{{Tenant: "acme", Email: "no address", At: noon.Add(-time.Minute), Zone: "UTC", Reason: "HR-1", RequestedBy: "root@test"}})
	require.NoError(t, err)
	require.NoError(t, j.ScheduleAudited(t.Context(), odd))
	p.plan(t, noon, by, people[0])
	assert.Len(t, p.run(t, noon), 1)
	assert.Equal(t, []string{people[0]}, p.left())
	s := p.schedule(t, odd[0].ID)
	assert.Equal(t, journal.Parked, s.State)
	assert.Equal(t, userops.CodeOf(userops.ErrInput), s.Code)
}

// TestTwoProcessesDoNothingTwice has two run what is due at the same time.
func TestTwoProcessesDoNothingTwice(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	p.plan(t, noon, by, people[:3]...)
	p.set(noon)
	var all sync.WaitGroup
	for range 3 {
		s := p.another(t)
		all.Go(func() {
			_, err := s.RunDue(t.Context(), "acme", nil, nil)
			assert.NoError(t, err)
		})
	}
	all.Wait()
	assert.Equal(t, people[:3], p.left())
}

// TestALostJournalOfSchedulesIsNoticed takes the journal away while the audit log tells of what is scheduled.
func TestALostJournalOfSchedulesIsNoticed(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	p.plan(t, noon, by, people[0])
	_, err := p.another(t).Schedules(t.Context(), journal.ScheduleFilter{})
	require.NoError(t, err, "one with nothing but schedules is not lost")
	require.NoError(t, p.Close())
	for _, f := range []string{"journal.db", "journal.db-wal", "journal.db-shm"} {
		require.NoError(t, os.RemoveAll(filepath.Join(p.config.State, f)))
	}
	_, err = p.another(t).Schedules(t.Context(), journal.ScheduleFilter{})
	require.ErrorIs(t, err, userops.ErrLost)
}

// TestAJournalIsNotLostWhileItIsFirstWrittenTo opens one in another process again and again while the first is
// scheduled in it.
func TestAJournalIsNotLostWhileItIsFirstWrittenTo(t *testing.T) {
	t.Parallel()
	for range 10 {
		p := newPlant(t, nil)
		_, err := p.Agenda(t.Context())
		require.NoError(t, err)
		other := p.another(t)
		done := make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			for {
				if _, err := other.Agenda(t.Context()); !assert.NoError(t, err) {
					return
				}
				select {
				case <-done:
					return
				default:
				}
			}
		})
		p.plan(t, noon, by, people...)
		close(done)
		all.Wait()
	}
}
