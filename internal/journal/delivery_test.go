package journal_test

import (
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
