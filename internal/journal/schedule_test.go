package journal_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var noon = time.Date(2026, 12, 4, 12, 0, 0, 0, time.UTC)

func planned(tenant, email string, at time.Time) journal.Schedule {
	return journal.Schedule{Tenant: tenant, Email: email, At: at, Asked: "12:00", Zone: "UTC", Reason: "HR-1", RequestedBy: "root@test"}
}

// plan schedules one.
func plan(t *testing.T, j *journal.Journal, tenant, email string, at time.Time) journal.Schedule {
	t.Helper()
	made, failed, err := j.Schedule(t.Context(), []journal.Schedule{planned(tenant, email, at)})
	require.NoError(t, err)
	require.Empty(t, failed)
	require.NoError(t, j.ScheduleAudited(t.Context(), made))
	return made[0]
}

// claimed has a schedule become an operation.
func claimed(t *testing.T, j *journal.Journal, s journal.Schedule, l *journal.Lease, now time.Time) (journal.Operation, error) {
	o, _, err := j.Begin(t.Context(), wish(s.Email), journal.Place{Claim: &journal.Claim{Schedule: s.ID, Lease: l, Now: now}})
	return o, err
}

// TestNothingIsDueBeforeTheAuditLogHasIt has a process end between the journal and the audit log.
func TestNothingIsDueBeforeTheAuditLogHasIt(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		made, failed, err := j.Schedule(ctx, []journal.Schedule{planned("acme", "ann@acme.example", noon), planned("acme", "bob@acme.example", noon)})
		require.NoError(t, err)
		require.Empty(t, failed)
		due, err := j.Due(ctx, "acme", noon)
		require.NoError(t, err)
		assert.Empty(t, due)
		tenants, err := j.DueTenants(ctx, noon)
		require.NoError(t, err)
		assert.Empty(t, tenants)
		require.ErrorIs(t, j.Cancel(ctx, made[0], "root@test", "", nil), journal.ErrMoved, "its line is being written")
		left, err := j.LeftUnaudited(ctx)
		require.NoError(t, err)
		assert.Empty(t, left, "this process is there still")
		require.NoError(t, j.WithdrawSchedules(ctx, made[1:]))
		for range 2 {
			require.NoError(t, j.ScheduleAudited(ctx, made))
		}
		due, err = j.Due(ctx, "acme", noon)
		require.NoError(t, err)
		require.Len(t, due, 1)
		assert.Equal(t, made[0].ID, due[0].ID)
		require.NoError(t, j.WithdrawSchedules(ctx, made))
		events, err := j.EventsAfter(ctx, 0, 10)
		require.NoError(t, err)
		require.Len(t, events, 1, "told once")
		assert.Equal(t, journal.EventScheduled, events[0].What)
		all, err := j.Schedules(ctx, journal.ScheduleFilter{})
		require.NoError(t, err)
		assert.Len(t, all, 1, "what the log has is not taken back so")
	})
}

func TestAUserHasAtMostOneOpenOffboarding(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		s := plan(t, j, "acme", "Ann@acme.example", noon)
		made, failed, err := j.Schedule(ctx, []journal.Schedule{planned("acme", "bob@acme.example", noon), planned("acme", "aNN@acme.example", noon)})
		require.NoError(t, err)
		assert.Empty(t, made)
		require.Len(t, failed, 1)
		var there *journal.PendingError
		require.True(t, errors.As(failed[1], &there))
		assert.Equal(t, s.ID, there.There.ID)
		plan(t, j, "other", "ann@acme.example", noon)
		all, err := j.Schedules(ctx, journal.ScheduleFilter{Tenant: "acme"})
		require.NoError(t, err)
		require.Len(t, all, 1, "all of a file or nothing")
		full := errors.New("the disk is full")
		require.ErrorIs(t, j.Cancel(ctx, s, "root@test", "", func() error { return full }), full)
		later := s
		later.At = noon.Add(time.Hour)
		require.ErrorIs(t, j.Reschedule(ctx, later, "root@test", "", func() error { return full }), full)
		got, err := j.ScheduleOf(ctx, s.ID)
		require.NoError(t, err)
		assert.Equal(t, journal.Pending, got.State, "what cannot be told is not so")
		assert.Equal(t, noon, got.At)
		assert.Len(t, got.History, 1)
		require.NoError(t, j.Cancel(ctx, s, "root@test", "she stays", nil))
		require.ErrorIs(t, j.Cancel(ctx, s, "root@test", "", nil), journal.ErrMoved)
		require.ErrorIs(t, j.Reschedule(ctx, s, "root@test", "", nil), journal.ErrMoved)
		again := plan(t, j, "acme", "ann@acme.example", noon)
		again.At = noon.Add(time.Hour)
		require.NoError(t, j.Reschedule(ctx, again, "root@test", "later", nil))
		got, err = j.ScheduleOf(ctx, again.ID)
		require.NoError(t, err)
		assert.Equal(t, noon.Add(time.Hour), got.At)
		require.Len(t, got.History, 2)
		assert.Equal(t, journal.EventRescheduled, got.History[1].What)
	})
}

func TestAScheduleBecomesOneOperationUnderItsLease(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		none := func() {
			ops, err := j.List(ctx, journal.Filter{})
			require.NoError(t, err)
			require.Empty(t, ops, "what is not begun is not written down")
		}
		s := plan(t, j, "acme", "ann@acme.example", noon)
		lost := acquire(t, j, "acme")
		require.NoError(t, lost.Release(ctx))
		between := acquire(t, j, "acme")
		require.NoError(t, between.Release(ctx))
		require.ErrorContains(t, lost.Check(ctx), "another process has taken over", "who it was is not known any more")
		l := acquire(t, j, "acme")
		_, err := claimed(t, j, s, lost, noon)
		require.ErrorIs(t, err, userops.ErrLease)
		_, err = claimed(t, j, s, l, noon.Add(-time.Microsecond))
		require.ErrorIs(t, err, journal.ErrMoved, "it is not due")
		none()
		cancelled := plan(t, j, "acme", "bob@acme.example", noon)
		require.NoError(t, j.Cancel(ctx, cancelled, "root@test", "", nil))
		_, err = claimed(t, j, cancelled, l, noon)
		require.ErrorIs(t, err, journal.ErrMoved)
		none()

		o, err := claimed(t, j, s, l, noon)
		require.NoError(t, err)
		s, err = j.ScheduleOf(ctx, s.ID)
		require.NoError(t, err)
		assert.Equal(t, journal.Underway, s.State)
		assert.Equal(t, o.ID, s.Operation)
		told := func() error { t.Error("what is not so is told"); return nil }
		require.ErrorIs(t, j.Cancel(ctx, s, "root@test", "", told), journal.ErrMoved, "it is under way")
		require.ErrorIs(t, j.Reschedule(ctx, s, "root@test", "", told), journal.ErrMoved)
		require.ErrorIs(t, j.Run(ctx, o.ID, lost), userops.ErrLease)
		require.ErrorIs(t, j.Conclude(ctx, lost, s, journal.Conclusion{State: journal.Ended, Event: journal.EventEnded}), userops.ErrLease)
		done := journal.Conclusion{State: journal.Ended, Event: journal.EventEnded, Result: userops.Result{Op: o.ID, Outcome: userops.Done}}
		require.NoError(t, j.Conclude(ctx, l, s, done))
		require.ErrorIs(t, j.Conclude(ctx, l, s, done), journal.ErrMoved)
		_, err = claimed(t, j, s, l, noon)
		require.ErrorIs(t, err, journal.ErrMoved, "it has ended")
		s, err = j.ScheduleOf(ctx, s.ID)
		require.NoError(t, err)
		assert.Equal(t, userops.Done, s.Outcome)
		require.NoError(t, l.Release(ctx))
	})
}

// TestAnAttemptIsConcludedOfWhatItWasOf has a schedule be put back, begun anew, and given another time while it is
// looked at.
func TestAnAttemptIsConcludedOfWhatItWasOf(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		s := plan(t, j, "acme", "ann@acme.example", noon)
		l := acquire(t, j, "acme")
		o, err := claimed(t, j, s, l, noon)
		require.NoError(t, err)
		halted := userops.Result{Op: o.ID, Outcome: userops.Halted, Code: userops.CodeOf(userops.ErrInterrupted), Reason: "it ended", Hint: "ask again"}
		require.NoError(t, j.Finish(ctx, o.ID, halted, true))
		require.NoError(t, j.Conclude(ctx, l, s, journal.Conclusion{State: journal.Pending, Event: journal.EventPutBack, Result: halted}))
		_, err = claimed(t, j, s, l, noon)
		require.NoError(t, err)
		s, err = j.ScheduleOf(ctx, s.ID)
		require.NoError(t, err)
		assert.Empty(t, string(s.Outcome)+string(s.Code)+s.Because+s.Hint, "the attempt under way has come to nothing yet")

		waits := plan(t, j, "acme", "bob@acme.example", noon)
		moved := waits
		moved.At = noon.Add(time.Hour)
		require.NoError(t, j.Reschedule(ctx, moved, "root@test", "", nil))
		park := journal.Conclusion{State: journal.Parked, Event: journal.EventParked, Tell: func() error { t.Error("what is not so is told"); return nil }}
		require.ErrorIs(t, j.Conclude(ctx, l, waits, park), journal.ErrMoved, "it has another time")
		full := errors.New("the disk is full")
		park.Tell = func() error { return full }
		require.ErrorIs(t, j.Conclude(ctx, l, moved, park), full)
		waits, err = j.ScheduleOf(ctx, waits.ID)
		require.NoError(t, err)
		assert.Equal(t, journal.Pending, waits.State)
		require.NoError(t, l.Release(ctx))
	})
}

func TestWhatIsDue(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		plan(t, j, "b", "ann@acme.example", noon)
		plan(t, j, "a", "ann@acme.example", noon.Add(time.Minute))
		plan(t, j, "a", "bob@acme.example", noon.Add(time.Hour))
		due := func(now time.Time, want ...string) {
			t.Helper()
			got, err := j.DueTenants(ctx, now)
			require.NoError(t, err)
			assert.Equal(t, want, got)
		}
		due(noon.Add(-time.Microsecond))
		next, err := j.NextDue(ctx, noon.Add(-time.Second))
		require.NoError(t, err)
		assert.Equal(t, noon, next)
		due(noon, "b")
		due(noon.Add(time.Hour), "b", "a")
		all, err := j.Due(ctx, "a", noon.Add(time.Hour))
		require.NoError(t, err)
		require.Len(t, all, 2)
		assert.Equal(t, "ann@acme.example", all[0].Email)

		require.NoError(t, j.Freeze(ctx, journal.Freeze{Tenant: "b", By: "root@test"}))
		due(noon.Add(time.Hour), "a")
		_, err = j.Thaw(ctx, "b")
		require.NoError(t, err)
		require.NoError(t, j.StopTenant(ctx, journal.TenantStop{Tenant: "b", Failures: 1, Until: noon.Add(time.Minute)}))
		due(noon)
		due(noon.Add(time.Minute), "b", "a")
		due(noon.Add(-3 * time.Hour).Add(time.Minute)) // nothing is due then, and the rest does not end it
		require.NoError(t, j.StopTenant(ctx, journal.TenantStop{Tenant: "b", Failures: 1, Until: noon.Add(48 * time.Hour)}))
		due(noon.Add(time.Minute), "b", "a") // it was written before the clock was set back
		require.NoError(t, j.StopTenant(ctx, journal.TenantStop{Tenant: "b", Failures: 1, Held: true, Until: noon}))
		due(noon.Add(240*time.Hour), "a")
		was, err := j.LiftTenant(ctx, "b", "root@test", func() error { return nil })
		require.NoError(t, err)
		assert.True(t, was)
		due(noon, "b")
	})
}

func atNoon() time.Time { return noon }

// TestWhatComesToBeDueBeforeTheEndIsSeen has a time come while a wake-up call is about to end: whoever looked what is due
// then found that the tenant was awake.
func TestWhatComesToBeDueBeforeTheEndIsSeen(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		at, err := j.Now(ctx)
		require.NoError(t, err)
		at = at.Add(200 * time.Millisecond)
		plan(t, j, "acme", "ann@acme.example", at)
		idle, err := j.IfNothingIsDue(ctx, "acme", nil, func(*sql.Tx) error {
			time.Sleep(time.Until(at) + 10*time.Millisecond)
			return nil
		})
		require.NoError(t, err)
		assert.False(t, idle)
	})
}

// TestATenantIsIdleOnlyWhileNothingIsDue holds the end of a wake-up call against what is scheduled meanwhile.
func TestATenantIsIdleOnlyWhileNothingIsDue(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		mark := func(tx *sql.Tx) error {
			_, err := tx.ExecContext(ctx, "INSERT INTO facts (name, value) VALUES ('woken', '1')")
			return err
		}
		marked := func() (n int) {
			require.NoError(t, j.DB().QueryRowContext(ctx, "SELECT COUNT(*) FROM facts").Scan(&n))
			return n
		}
		plan(t, j, "other", "ann@acme.example", noon)
		s := plan(t, j, "acme", "ann@acme.example", noon)
		idle, err := j.IfNothingIsDue(ctx, "acme", atNoon, mark)
		require.NoError(t, err)
		assert.False(t, idle)
		assert.Zero(t, marked())
		require.NoError(t, j.Cancel(ctx, s, "root@test", "", nil))
		if _, postgres := j.Database(); postgres { // SQLite has one transaction after the other
			other := open()
			idle, err = j.IfNothingIsDue(ctx, "acme", atNoon, func(tx *sql.Tx) error {
				plan(t, other, "acme", "bob@acme.example", noon)
				return mark(tx)
			})
			require.NoError(t, err)
			assert.False(t, idle, "what is scheduled before the end of do is seen")
			assert.Zero(t, marked())
			return
		}
		idle, err = j.IfNothingIsDue(ctx, "acme", atNoon, mark)
		require.NoError(t, err)
		assert.True(t, idle)
		assert.Equal(t, 1, marked())
	})
}

func TestEventsAreInOrderAndWithoutGaps(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		j := open()
		var all sync.WaitGroup
		for range 4 {
			other := open()
			all.Go(func() {
				for n := range 5 {
					made, _, err := other.Schedule(t.Context(), []journal.Schedule{planned("acme", fmt.Sprintf("u%d@acme.example", n), noon)})
					assert.NoError(t, err)
					assert.NoError(t, other.ScheduleAudited(t.Context(), made))
				}
			})
		}
		all.Wait()
		events, err := j.EventsAfter(t.Context(), 0, 100)
		require.NoError(t, err)
		require.Len(t, events, 5, "who had one already has no second")
		for i, e := range events {
			assert.Equal(t, int64(i+1), e.Seq)
			assert.Equal(t, journal.EventScheduled, e.What)
		}
		rest, err := j.EventsAfter(t.Context(), 3, 1)
		require.NoError(t, err)
		require.Len(t, rest, 1)
		assert.Equal(t, int64(4), rest[0].Seq)
	})
}

func TestADaemonIsKnownWhileItWorks(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		require.NoError(t, j.Seen(ctx, "one"))
		require.NoError(t, j.Seen(ctx, "one"))
		all, err := j.Daemons(ctx)
		require.NoError(t, err)
		require.Len(t, all, 1)
		_, err = j.DB().ExecContext(ctx, "UPDATE daemons SET seen_at = seen_at - 60000000")
		require.NoError(t, err)
		all, err = j.Daemons(ctx)
		require.NoError(t, err)
		assert.Empty(t, all, "one that has said nothing for long is held to have ended")
		dead := journal.Self()
		dead.Started = "0"
		require.NoError(t, j.Seen(ctx, "two"))
		_, err = j.DB().ExecContext(ctx, "UPDATE daemons SET worker = $1", dead.Holder())
		require.NoError(t, err)
		all, err = j.Daemons(ctx)
		require.NoError(t, err)
		assert.Empty(t, all, "one on this machine is known to have ended at once")
	})
}

func TestWhoeverIsAloneIsSo(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		var all sync.WaitGroup
		var mu sync.Mutex
		for range 4 {
			j := open()
			all.Go(func() {
				assert.NoError(t, j.Alone(t.Context(), func(context.Context) error {
					assert.True(t, mu.TryLock())
					time.Sleep(20 * time.Millisecond) // so that others come meanwhile
					mu.Unlock()
					return nil
				}))
			})
		}
		all.Wait()
	})
}
