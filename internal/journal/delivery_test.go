package journal_test

import (
	"errors"
	"fmt"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func all(receivers ...string) func(journal.ScheduleEvent) map[string]string {
	return func(e journal.ScheduleEvent) map[string]string {
		out := map[string]string{}
		for _, r := range receivers {
			if r != e.Receiver {
				out[r] = string(e.What)
			}
		}
		return out
	}
}

func TestWhatHappenedIsGivenToEachReceiverOnce(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j, other := t.Context(), open(), open()
		s := plan(t, j, "acme", "ann@acme.example", noon)
		var both sync.WaitGroup
		for _, j := range []*journal.Journal{j, other, j, other} {
			both.Go(func() {
				_, err := j.GiveToReceivers(ctx, all("hook", "mail"))
				assert.NoError(t, err)
			})
		}
		both.Wait()
		waiting, err := j.WaitingDeliveries(ctx)
		require.NoError(t, err)
		assert.Equal(t, map[string]int{"hook": 1, "mail": 1}, waiting)
		d, err := j.ClaimDelivery(ctx, "hook", time.Minute)
		require.NoError(t, err)
		assert.Equal(t, s.ID, d.Event.Schedule)
		assert.Equal(t, 1, d.Tries)
		_, err = other.ClaimDelivery(ctx, "hook", time.Minute)
		require.ErrorIs(t, err, journal.ErrNoDelivery, "one process tries it")
		require.NoError(t, j.NotDelivered(ctx, d, 0, "refused"))
		again, err := other.ClaimDelivery(ctx, "hook", 0)
		require.NoError(t, err)
		assert.Equal(t, d.ID, again.ID, "the message keeps its id")
		assert.Equal(t, 2, again.Tries)
		third, err := j.ClaimDelivery(ctx, "hook", time.Minute)
		require.NoError(t, err, "who claimed it has ended")
		require.NoError(t, other.NotDelivered(ctx, again, 0, "late"), "what it says then is not heard")
		_, err = other.ClaimDelivery(ctx, "hook", time.Minute)
		require.ErrorIs(t, err, journal.ErrNoDelivery)
		require.NoError(t, j.Delivered(ctx, third))
		waiting, err = j.WaitingDeliveries(ctx)
		require.NoError(t, err)
		assert.Equal(t, map[string]int{"mail": 1}, waiting)
	})
}

func TestWhatIsGivenUpIsToldToOthers(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		plan(t, j, "acme", "ann@acme.example", noon)
		plan(t, j, "acme", "bob@acme.example", noon)
		_, err := j.GiveToReceivers(ctx, all("dead"))
		require.NoError(t, err)
		claimed, err := j.ClaimDelivery(ctx, "dead", time.Minute)
		require.NoError(t, err)
		giveUp := func(receiver string, after time.Duration) int {
			n, _, err := j.GiveUpDeliveries(ctx, receiver, after)
			require.NoError(t, err)
			return n
		}
		assert.Zero(t, giveUp("dead", time.Hour))
		assert.Equal(t, 1, giveUp("dead", -time.Second), "what is being tried is not given up")
		require.NoError(t, j.NotDelivered(ctx, claimed, time.Hour, "no route"))
		_, err = j.GiveToReceivers(ctx, all("dead", "mail"))
		require.NoError(t, err)
		assert.Equal(t, 1, giveUp("mail", -time.Second))
		n, failure, err := j.GiveUpDeliveries(ctx, "dead", -time.Second)
		require.NoError(t, err)
		assert.Equal(t, 1, n)
		assert.Equal(t, "no route", failure)
		_, err = j.GiveToReceivers(ctx, all("dead", "mail"))
		require.NoError(t, err)
		waiting, err := j.WaitingDeliveries(ctx)
		require.NoError(t, err)
		assert.Equal(t, map[string]int{"mail": 1}, waiting, "mail is told of dead, and nobody that mail was not told of that")
	})
}

func TestOfManyProcessesOneClaimsAMessage(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		const n = 60
		for i := range n {
			plan(t, j, "acme", fmt.Sprintf("p%d@acme.example", i), noon)
		}
		_, err := j.GiveToReceivers(ctx, all("hook"))
		require.NoError(t, err)
		var mu sync.Mutex
		claimed := map[string]int{}
		var processes sync.WaitGroup
		for range 3 {
			other := open()
			for range 2 {
				processes.Go(func() {
					for range n {
						d, err := other.ClaimDelivery(ctx, "hook", time.Minute)
						if !assert.True(t, err == nil || errors.Is(err, journal.ErrNoDelivery), "%v", err) {
							return
						}
						if err == nil {
							mu.Lock()
							claimed[d.ID]++
							mu.Unlock()
						}
					}
				})
			}
		}
		processes.Wait()
		assert.Len(t, claimed, n)
		for id, times := range claimed {
			assert.Equal(t, 1, times, id)
		}
	})
}

func TestAnEventSaysHowLateAndHowOften(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		s := plan(t, j, "acme", "ann@acme.example", noon)
		l, err := j.Acquire(ctx, "acme", journal.LeaseEvents{})
		require.NoError(t, err)
		_, _, err = j.Begin(ctx, wish(s.Email), journal.Place{Claim: &journal.Claim{Schedule: s.ID, Lease: l, Now: noon.Add(time.Hour), Late: time.Hour}})
		require.NoError(t, err)
		require.NoError(t, j.Conclude(ctx, l, s, journal.Conclusion{State: journal.Pending, Event: journal.EventPutBack}))
		_, _, err = j.Begin(ctx, wish(s.Email), journal.Place{Claim: &journal.Claim{Schedule: s.ID, Lease: l, Now: noon.Add(2 * time.Hour), Late: 2 * time.Hour}})
		require.NoError(t, err)
		require.NoError(t, l.Release(ctx))
		require.NoError(t, j.StopTenant(ctx, journal.TenantStop{Tenant: "acme", Failures: 3, Until: noon}))
		events, err := j.EventsAfter(ctx, 0, 10)
		require.NoError(t, err)
		require.Len(t, events, 5)
		assert.Equal(t, noon, events[0].Due)
		assert.Equal(t, time.Hour.Milliseconds(), events[1].LateMS)
		assert.Zero(t, events[1].LateBefore)
		assert.Equal(t, time.Hour, events[3].LateBefore, "begun anew")
		assert.Equal(t, 3, events[4].Failures)
		assert.True(t, events[4].Due.IsZero())
	})
}

func TestWhatHappenedBeforeThereWereReceiversIsNotTold(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.db")
	old, err := journal.OpenEmpty(path)
	require.NoError(t, err)
	require.NoError(t, old.Migrate(t.Context(), 6))
	_, err = old.DB().ExecContext(t.Context(), `INSERT INTO schedule_events (seq, at, what, tenant, by_whom) VALUES (1, 1, 'scheduled', 'acme', 'root')`)
	require.NoError(t, err)
	_, err = old.DB().ExecContext(t.Context(), "UPDATE counters SET value = 1")
	require.NoError(t, err)
	require.NoError(t, old.Close())
	j, err := journal.Open(t.Context(), path, journal.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, j.Close()) })
	_, err = j.GiveToReceivers(t.Context(), all("hook"))
	require.NoError(t, err)
	waiting, err := j.WaitingDeliveries(t.Context())
	require.NoError(t, err)
	assert.Empty(t, waiting)
}
