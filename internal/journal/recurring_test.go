package journal_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// run reads the one thing that recurs.
func run(t *testing.T, j *journal.Journal) journal.RecurringRun {
	t.Helper()
	all, err := j.Recurring(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	return all[0]
}

// TestOneProcessRunsWhatRecurs has several claim the same at once, and one of them come late.
func TestOneProcessRunsWhatRecurs(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		require.NoError(t, j.CountRecurring(ctx, journal.RecurringRun{Name: "nightly", Tenant: "acme"}, noon))
		require.NoError(t, j.CountRecurring(ctx, journal.RecurringRun{Name: "nightly", Tenant: "acme"}, noon.Add(time.Hour)))
		r := run(t, j)
		assert.Equal(t, noon, r.CountedTo, "it is not counted forward")
		var all sync.WaitGroup
		var claimed atomic.Int64
		for range 6 {
			other := open()
			all.Go(func() {
				_, err := other.ClaimRecurring(ctx, r, noon, time.Minute)
				if err == nil {
					claimed.Add(1)
				} else {
					assert.ErrorIs(t, err, journal.ErrClaimed)
				}
			})
		}
		all.Wait()
		assert.Equal(t, int64(1), claimed.Load())
		r = run(t, j)
		_, err := j.ClaimRecurring(ctx, r, noon.Add(30*time.Second), time.Minute)
		require.ErrorIs(t, err, journal.ErrClaimed, "it is being run")
		taken, err := j.ClaimRecurring(ctx, r, noon.Add(2*time.Minute), time.Minute)
		require.NoError(t, err, "whoever ran it has ended")
		require.ErrorIs(t, j.EndRecurring(ctx, r, noon.Add(2*time.Minute), nil), journal.ErrClaimed, "and comes late")
		require.NoError(t, j.LeaveRecurring(ctx, taken))
		assert.Equal(t, noon, run(t, j).CountedTo, "what was left is due as before")
		taken, err = j.ClaimRecurring(ctx, run(t, j), noon.Add(3*time.Minute), time.Minute)
		require.NoError(t, err)
		taken.Code, taken.Detail = "drift", "seen"
		require.NoError(t, j.EndRecurring(ctx, taken, noon.Add(4*time.Minute), &journal.ScheduleEvent{What: journal.EventChecked, Code: "drift"}))
		r = run(t, j)
		assert.Equal(t, noon.Add(3*time.Minute), r.CountedTo, "what came to be due meanwhile is due still")
		assert.Equal(t, userops.Code("drift"), r.Code)
		events, err := j.EventsAfter(ctx, 0, 10)
		require.NoError(t, err)
		require.Len(t, events, 1)
		assert.Equal(t, "nightly", events[0].Recurring)
		assert.Equal(t, "acme", events[0].Tenant)
		require.NoError(t, j.CountRecurring(ctx, journal.RecurringRun{Name: "nightly", Tenant: "acme"}, noon))
		assert.Equal(t, noon, run(t, j).CountedTo, "the clock was set back")
	})
}

// TestAChangeThatWasNotScheduledIsToldOfWhereItIsRefusedOrUnknown looks at what receivers are told of.
func TestAChangeThatWasNotScheduledIsToldOfWhereItIsRefusedOrUnknown(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		limit := &userops.Error{Act: "x", Kind: userops.ErrLimit}
		end := func(at journal.Place, email string, dry bool, out userops.Outcome, why error) string {
			w := wish(email)
			w.DryRun = dry
			o, _, err := j.Begin(ctx, w, at)
			require.NoError(t, err)
			r := o.Result()
			r.End(out, why)
			require.NoError(t, j.Finish(ctx, o.ID, r, true))
			return o.ID
		}
		end(journal.Place{}, "done@acme.example", false, userops.Done, nil)
		end(journal.Place{}, "halted@acme.example", false, userops.Halted, &userops.Error{Act: "x", Kind: userops.ErrDrift})
		end(journal.Place{}, "dry@acme.example", true, userops.Refused, limit)
		refused := end(journal.Place{}, "refused@acme.example", false, userops.Refused, limit)
		unknown := end(journal.Place{}, "unknown@acme.example", false, userops.Unknown, errors.New("who knows"))
		id, err := j.BeginBatch(ctx, journal.Batch{Tenant: "acme", RequestedBy: "root@test"}, []userops.Request{{Action: userops.Deactivate, Email: "a@acme.example"}, {Action: userops.Deactivate, Email: "b@acme.example"}})
		require.NoError(t, err)
		first := end(journal.Place{Batch: id, N: 1}, "a@acme.example", false, userops.Refused, limit)
		end(journal.Place{Batch: id, N: 2}, "b@acme.example", false, userops.Refused, limit)
		s := plan(t, j, "acme", "planned@acme.example", noon)
		l, err := j.Acquire(ctx, "acme", journal.LeaseEvents{})
		require.NoError(t, err)
		end(journal.Place{Claim: &journal.Claim{Schedule: s.ID, Lease: l, Now: noon}}, s.Email, false, userops.Unknown, errors.New("who knows"))
		require.NoError(t, l.Release(ctx))
		events, err := j.EventsAfter(ctx, 0, 100)
		require.NoError(t, err)
		var told []string
		for _, e := range events {
			if e.What == journal.EventDirect {
				told = append(told, e.Op)
			}
		}
		assert.Equal(t, []string{refused, unknown, first}, told, "of a batch once; of what was scheduled its schedule tells")
	})
}
