package journal_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onEach runs a test on SQLite and on PostgreSQL. open may be called several times: for several processes.
func onEach(t *testing.T, test func(t *testing.T, open func() *journal.Journal)) {
	t.Parallel()
	with := func(where func(t *testing.T) string) func(*testing.T) {
		return func(t *testing.T) {
			t.Parallel()
			at := where(t)
			test(t, func() *journal.Journal {
				j, err := journal.Open(t.Context(), at, journal.Options{})
				require.NoError(t, err)
				t.Cleanup(func() { require.NoError(t, j.Close()) })
				return j
			})
		}
	}
	t.Run("SQLite", with(func(t *testing.T) string { return filepath.Join(t.TempDir(), "a folder%41?", "journal.db") }))
	t.Run("PostgreSQL", with(database))
}

func wish(email string) journal.Operation {
	return journal.Operation{Tenant: "acme", RequestedBy: "root@test", Request: userops.Request{Action: userops.Deactivate, Email: email}}
}

func begin(t *testing.T, j *journal.Journal, o journal.Operation) journal.Operation {
	t.Helper()
	o, joined, err := j.Begin(t.Context(), o, journal.Place{})
	require.NoError(t, err)
	require.False(t, joined)
	return o
}

func acquire(t *testing.T, j *journal.Journal, tenant string) *journal.Lease {
	t.Helper()
	l, err := j.Acquire(t.Context(), tenant, journal.LeaseEvents{})
	require.NoError(t, err)
	return l
}

func TestAnOperationFromRequestToOutcome(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		o := begin(t, j, wish("Ann@acme.example"))
		assert.Equal(t, journal.Requested, o.State)
		assert.Len(t, o.ID, 36)
		l := acquire(t, j, "acme")
		before := userops.User{ID: "1", Email: "ann@acme.example", Role: "Clerk", Status: userops.Active}
		require.NoError(t, j.Run(ctx, o.ID, l))
		require.NoError(t, j.Intend(ctx, o.ID, l, &before, userops.Wanted{Status: userops.Inactive}))
		other := open() // as another process sees it
		got, err := other.Get(ctx, o.ID)
		require.NoError(t, err)
		assert.Equal(t, journal.Intent, got.State)
		assert.Equal(t, &before, got.Before)
		assert.Equal(t, userops.Wanted{Status: userops.Inactive}, got.Wanted)
		assert.Equal(t, 1, got.Attempts)
		assert.Equal(t, l.Fence(), got.Fence)
		require.NotNil(t, got.IntentAt)
		require.NoError(t, j.Act(ctx, o.ID))
		after := before
		after.Status = userops.Inactive
		require.NoError(t, j.Finish(ctx, o.ID, userops.Result{Outcome: userops.Done, Before: &before, After: &after, Path: "browser", Evidence: "/e", Notices: []string{"fix"}}, false))
		require.NoError(t, j.Finish(ctx, o.ID, userops.Result{Outcome: userops.Halted}, true), "an outcome stays")
		require.NoError(t, l.Release(ctx))
		got, err = other.Get(ctx, o.ID[:35])
		require.NoError(t, err)
		assert.Equal(t, userops.Done, got.Outcome)
		assert.Equal(t, &after, got.After)
		r := got.Result()
		assert.Equal(t, o.ID, r.Op)
		assert.Equal(t, []string{"fix"}, r.Notices)

		_, err = j.Get(ctx, "%")
		require.ErrorIs(t, err, journal.ErrNoOperation)
		_, err = j.Get(ctx, "")
		require.ErrorIs(t, err, journal.ErrNoOperation)
	})
}

func TestTheSameRequestJoinsTheOneUnderWay(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		j := open()
		var mu sync.Mutex
		ids, fresh := map[string]bool{}, 0
		var wg sync.WaitGroup
		for range 4 {
			other := open()
			wg.Go(func() {
				for _, e := range []string{"ann@acme.example", "ANN@acme.example"} {
					o, joined, err := other.Begin(t.Context(), wish(e), journal.Place{})
					if !assert.NoError(t, err) {
						return
					}
					mu.Lock()
					ids[o.ID] = true
					if !joined {
						fresh++
					}
					mu.Unlock()
				}
			})
		}
		wg.Wait()
		assert.Len(t, ids, 1)
		assert.Equal(t, 1, fresh)
		begin(t, j, wish("joann@acme.example"))
		rehearsal := wish("ann@acme.example")
		rehearsal.DryRun = true
		begin(t, j, rehearsal)
		elsewhere := wish("ann@acme.example")
		elsewhere.Tenant = "other"
		begin(t, j, elsewhere)
		for id := range ids {
			require.NoError(t, j.Finish(t.Context(), id, userops.Result{Outcome: userops.Done}, true))
		}
		begin(t, j, wish("ann@acme.example")) // the earlier one has ended
	})
}

func TestOneWorkerAtATime(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		var inside, most, turns int
		var mu sync.Mutex
		var wg sync.WaitGroup
		for range 4 {
			j := open()
			wg.Go(func() {
				for range 3 {
					l, err := j.Acquire(t.Context(), "acme", journal.LeaseEvents{})
					if !assert.NoError(t, err) {
						return
					}
					mu.Lock()
					inside++
					most = max(most, inside)
					turns++
					mu.Unlock()
					assert.NoError(t, l.Check(t.Context()))
					mu.Lock()
					inside--
					mu.Unlock()
					assert.NoError(t, l.Release(t.Context()))
				}
			})
		}
		wg.Wait()
		assert.Equal(t, 1, most)
		assert.Equal(t, 12, turns)
	})
}

func TestWhoWaitsIsToldForWhom(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		l := acquire(t, open(), "acme")
		ctx, cancel := context.WithCancelCause(t.Context())
		_, err := open().Acquire(ctx, "acme", journal.LeaseEvents{Waiting: func(holder string) {
			assert.Contains(t, holder, "process ")
			cancel(errors.New("tired"))
		}})
		require.ErrorContains(t, err, "tired")
		require.ErrorContains(t, err, "process ")
		acquire(t, open(), "other") // another tenant is nobody's business
		require.NoError(t, l.Release(t.Context()))
	})
}

// TestWhoeverWaitedLongerComesFirst has a holder give back the lease and ask for it again at once, while two others
// wait.
func TestWhoeverWaitedLongerComesFirst(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		busy := open()
		l := acquire(t, busy, "acme")
		var order []string
		var mu sync.Mutex
		came := func(name string) {
			mu.Lock()
			defer mu.Unlock()
			order = append(order, name)
		}
		var wg sync.WaitGroup
		for _, name := range []string{"first", "second"} {
			j, waits := open(), make(chan struct{})
			wg.Go(func() {
				l, err := j.Acquire(t.Context(), "acme", journal.LeaseEvents{Waiting: func(string) { close(waits) }})
				if assert.NoError(t, err) {
					came(name)
					assert.NoError(t, l.Release(t.Context()))
				}
			})
			<-waits
		}
		tired, cancel := context.WithCancel(t.Context())
		_, err := open().Acquire(tired, "acme", journal.LeaseEvents{Waiting: func(string) { cancel() }})
		require.ErrorIs(t, err, context.Canceled)
		require.NoError(t, l.Release(t.Context()))
		l = acquire(t, busy, "acme")
		came("busy")
		require.NoError(t, l.Release(t.Context()))
		wg.Wait()
		assert.Equal(t, []string{"first", "second", "busy"}, order)
		left := 0
		require.NoError(t, busy.DB().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM lease_queue").Scan(&left))
		assert.Zero(t, left)
	})
}

func TestAHolderThatDiedIsSucceededAndFencedOff(t *testing.T) {
	for name, setHolder := range map[string]func(me journal.Worker) (journal.Worker, string){
		"dead process": func(me journal.Worker) (journal.Worker, string) {
			me.PID, me.Started = 4194305, ""
			return me, "expires_at"
		},
		"recycled id":     func(me journal.Worker) (journal.Worker, string) { me.Started = "1"; return me, "expires_at" },
		"expired":         func(me journal.Worker) (journal.Worker, string) { me.Host = "elsewhere"; return me, "1" },
		"clock went back": func(me journal.Worker) (journal.Worker, string) { me.Host = "elsewhere"; return me, "expires_at * 2" },
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, open func() *journal.Journal) {
				ctx, j := t.Context(), open()
				old := acquire(t, j, "acme")
				o := begin(t, j, wish("ann@acme.example"))
				w, expires := setHolder(journal.Self())
				_, err := j.DB().ExecContext(ctx, "UPDATE leases SET holder = $1, expires_at = "+expires, w.Holder())
				require.NoError(t, err)
				next := acquire(t, open(), "acme")
				assert.Greater(t, next.Fence(), old.Fence())
				require.ErrorIs(t, old.Check(ctx), userops.ErrLease)
				require.ErrorIs(t, j.Intend(ctx, o.ID, old, nil, userops.Wanted{}), userops.ErrLease)
				got, err := j.Get(ctx, o.ID)
				require.NoError(t, err)
				assert.Equal(t, journal.Requested, got.State, "nothing was written")
				require.NoError(t, old.Release(ctx), "takes nothing from the one that took over")
				require.NoError(t, next.Check(ctx))
			})
		})
	}
}

// TestAHolderElsewhereIsWaitedFor has a lease of a process that cannot be looked at from here: there a process id
// means another process.
func TestAHolderElsewhereIsWaitedFor(t *testing.T) {
	for name, elsewhere := range map[string]func(w *journal.Worker){
		"another machine":           func(w *journal.Worker) { w.Host = "elsewhere" },
		"another system or started": func(w *journal.Worker) { w.Boot = "another" },
	} {
		t.Run(name, func(t *testing.T) {
			onEach(t, func(t *testing.T, open func() *journal.Journal) {
				ctx, j := t.Context(), open()
				held := acquire(t, j, "acme")
				w := journal.Self()
				w.PID, w.Started = 4194305, "" // beyond the largest process id
				elsewhere(&w)
				_, err := j.DB().ExecContext(ctx, "UPDATE leases SET holder = $1", w.Holder())
				require.NoError(t, err)
				tired, cancel := context.WithCancel(ctx)
				_, err = open().Acquire(tired, "acme", journal.LeaseEvents{Waiting: func(string) { cancel() }})
				require.ErrorIs(t, err, context.Canceled)
				fence := int64(0)
				require.NoError(t, j.DB().QueryRowContext(ctx, "SELECT fence FROM leases WHERE tenant = 'acme'").Scan(&fence))
				assert.Equal(t, held.Fence(), fence, "nobody has taken over")
				require.NoError(t, held.Release(ctx))
			})
		})
	}
}

func TestAFreezeIsHonouredBeforeTheCommit(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		l := acquire(t, j, "acme")
		o := begin(t, j, wish("ann@acme.example"))
		for _, who := range []string{"acme", journal.Everybody} {
			require.NoError(t, open().Freeze(ctx, journal.Freeze{Tenant: who, Reason: "an incident", By: "eve"}))
			err := j.Intend(ctx, o.ID, l, nil, userops.Wanted{})
			require.ErrorIs(t, err, userops.ErrFrozen)
			assert.ErrorContains(t, err, "frozen by eve: an incident")
			require.ErrorIs(t, j.Frozen(ctx, "acme"), userops.ErrFrozen)
			fs, err := j.Freezes(ctx)
			require.NoError(t, err)
			require.Len(t, fs, 1)
			assert.Equal(t, who, fs[0].Tenant)
			was, err := j.Thaw(ctx, who)
			require.NoError(t, err)
			assert.True(t, was)
		}
		require.NoError(t, j.Freeze(ctx, journal.Freeze{Tenant: "other"}))
		require.NoError(t, j.Intend(ctx, o.ID, l, nil, userops.Wanted{}))
		was, err := j.Thaw(ctx, "acme")
		require.NoError(t, err)
		assert.False(t, was)
	})
}

func TestDeactivationsAreCountedByPeople(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		l := acquire(t, j, "acme")
		for email, out := range map[string]userops.Outcome{"a@x.example": userops.Done, "b@x.example": userops.Requested, "c@x.example": userops.Unknown, "d@x.example": userops.Halted, "e@x.example": ""} {
			o := begin(t, j, wish(email))
			require.NoError(t, j.Intend(ctx, o.ID, l, nil, userops.Wanted{}))
			if out != "" {
				require.NoError(t, j.Finish(ctx, o.ID, userops.Result{Outcome: out}, true))
			}
		}
		o := begin(t, j, wish("A@x.example")) // the same person again
		require.NoError(t, j.Intend(ctx, o.ID, l, nil, userops.Wanted{}))
		begin(t, j, wish("f@x.example")) // not yet
		n, err := j.Deactivations(ctx, "acme", time.Now().Add(-time.Hour))
		require.NoError(t, err)
		assert.Equal(t, 4, n)
		n, err = j.Deactivations(ctx, "acme", time.Now().Add(time.Second))
		require.NoError(t, err)
		assert.Zero(t, n)
	})
}

func TestListFilters(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		a := begin(t, j, wish("a@x.example"))
		b := begin(t, j, wish("b@x.example"))
		require.NoError(t, j.Finish(ctx, a.ID, userops.Result{Outcome: userops.Done}, true))
		for i, c := range []struct {
			f    journal.Filter
			want []string
		}{
			{journal.Filter{}, []string{b.ID, a.ID}}, {journal.Filter{Limit: 1}, []string{b.ID}}, {journal.Filter{UnderWay: true}, []string{b.ID}},
			{journal.Filter{Email: "A@X.example"}, []string{a.ID}}, {journal.Filter{Outcome: userops.Done}, []string{a.ID}}, {journal.Filter{Tenant: "other"}, nil},
			{journal.Filter{Action: userops.Invite}, nil}, {journal.Filter{Since: b.CreatedAt}, []string{b.ID}}, {journal.Filter{Until: b.CreatedAt}, []string{a.ID}},
		} {
			ops, err := j.List(ctx, c.f)
			require.NoError(t, err)
			var got []string
			for _, o := range ops {
				got = append(got, o.ID)
			}
			assert.Equal(t, c.want, got, i)
		}
	})
}

func TestEveryEarlierSchemaIsMigrated(t *testing.T) {
	t.Parallel()
	for v := range journal.Versions() {
		path := filepath.Join(t.TempDir(), "journal.db")
		old, err := journal.OpenEmpty(path)
		require.NoError(t, err)
		require.NoError(t, old.Migrate(t.Context(), v))
		if v > 0 {
			key := "sameness" // what the column was called up to the third version
			if v > 3 {
				key = "request_key"
			}
			_, err = old.DB().ExecContext(t.Context(), `INSERT INTO operations (id, tenant, action, email, `+key+`, request, requested_by, state, created_at, updated_at)
				VALUES ('018f', 'acme', 'deactivate', 'ann@x.example', 's', '{"action":"deactivate","email":"ann@x.example"}', 'root', 'intent', 1, 2)`)
			require.NoError(t, err)
		}
		require.NoError(t, old.Close())
		for range 2 { // migrating twice is harmless
			j, err := journal.Open(t.Context(), path, journal.Options{})
			require.NoError(t, err, "from version %d", v)
			if v > 0 {
				o, err := j.Get(t.Context(), "018f")
				require.NoError(t, err)
				assert.Equal(t, journal.Intent, o.State)
			}
			begin(t, j, journal.Operation{Tenant: time.Now().String(), Request: userops.Request{Email: "b@x.example"}})
			require.NoError(t, j.Close())
		}
	}
}

func TestANewerJournalIsNotTouched(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "journal.db")
	j, err := journal.Open(t.Context(), path, journal.Options{})
	require.NoError(t, err)
	_, err = j.DB().ExecContext(t.Context(), "INSERT INTO schema_version (version) VALUES (99)")
	require.NoError(t, err)
	require.NoError(t, j.Close())
	_, err = journal.Open(t.Context(), path, journal.Options{})
	require.ErrorIs(t, err, journal.ErrNewer)
}

func TestTheFileIsForItsOwnerOnly(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "state", "journal.db")
	j, err := journal.Open(t.Context(), path, journal.Options{})
	require.NoError(t, err)
	begin(t, j, wish("ann@x.example"))
	files, err := filepath.Glob(path + "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		info, err := os.Stat(f)
		require.NoError(t, err)
		assert.Zero(t, info.Mode().Perm()&0o077, f)
	}
	require.NoError(t, j.Close())
	_, err = journal.Open(t.Context(), filepath.Join(path, "below-a-file"), journal.Options{})
	require.ErrorContains(t, err, "opening the journal")
}

func TestAWriteThatFailsIsSaidAndLeavesNothingHalf(t *testing.T) {
	t.Parallel()
	full := errors.New("no space left on device")
	failing := ""
	path := filepath.Join(t.TempDir(), "journal.db")
	j, err := journal.Open(t.Context(), path, journal.Options{Write: func(name string) error {
		if name == failing {
			return full
		}
		return nil
	}})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, j.Close()) })
	failing = "begin"
	_, _, err = j.Begin(t.Context(), wish("ann@x.example"), journal.Place{})
	require.ErrorIs(t, err, full)
	failing = ""
	o := begin(t, j, wish("ann@x.example"))
	l := acquire(t, j, "acme")
	failing = "intent"
	require.ErrorIs(t, j.Intend(t.Context(), o.ID, l, nil, userops.Wanted{}), full)
	o, err = j.Get(t.Context(), o.ID)
	require.NoError(t, err)
	assert.Equal(t, journal.Requested, o.State)
	require.NoError(t, l.Release(t.Context()))
}

func TestNothingIsCommittedForAnOperationThatHasEnded(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		l := acquire(t, j, "acme")
		o := begin(t, j, wish("ann@acme.example"))
		require.NoError(t, j.Run(ctx, o.ID, l))
		require.NoError(t, open().Withdraw(ctx, o, userops.Result{Outcome: userops.Halted}, true), "whoever asked gives up waiting")
		got, err := j.Get(ctx, o.ID)
		require.NoError(t, err)
		assert.False(t, got.Ended(), "what somebody else has begun stays theirs")
		require.NoError(t, j.Intend(ctx, o.ID, l, nil, userops.Wanted{}))
		require.ErrorIs(t, j.Run(ctx, o.ID, l), journal.ErrEnded, "what was left at its commit is not begun again")
		require.NoError(t, j.Finish(ctx, o.ID, userops.Result{Outcome: userops.Halted}, true))
		require.ErrorIs(t, j.Intend(ctx, o.ID, l, nil, userops.Wanted{}), journal.ErrEnded)
		waiting := begin(t, j, wish("joann@acme.example"))
		require.NoError(t, j.Withdraw(ctx, waiting, userops.Result{Outcome: userops.Halted}, true))
		got, err = j.Get(ctx, waiting.ID)
		require.NoError(t, err)
		assert.True(t, got.Ended())
	})
}

// TestARowAndItsOperationAreWrittenTogether knows of every operation of a batch which row has become it.
func TestARowAndItsOperationAreWrittenTogether(t *testing.T) {
	onEach(t, func(t *testing.T, open func() *journal.Journal) {
		ctx, j := t.Context(), open()
		asked := []userops.Request{wish("ann@acme.example").Request, wish("joe@acme.example").Request}
		id, err := j.BeginBatch(ctx, journal.Batch{Tenant: "acme"}, asked)
		require.NoError(t, err)
		other := begin(t, j, wish("joe@acme.example"))
		for i, rq := range asked {
			_, joined, err := j.Begin(ctx, journal.Operation{Tenant: "acme", Request: rq}, journal.Place{Batch: id, N: i + 1})
			require.NoError(t, err)
			assert.Equal(t, i == 1, joined)
		}
		b, err := j.Batch(ctx, id)
		require.NoError(t, err)
		require.Len(t, b.Rows, 2)
		require.NotNil(t, b.Rows[0].Operation)
		assert.Equal(t, "ann@acme.example", b.Rows[0].Operation.Request.Email)
		require.NotNil(t, b.Rows[1].Operation)
		assert.Equal(t, other.ID, b.Rows[1].Operation.ID, "one that was joined is the row's, too")
		_, err = j.DB().ExecContext(ctx, "DROP TABLE batch_rows")
		require.NoError(t, err)
		_, _, err = j.Begin(ctx, wish("eve@acme.example"), journal.Place{Batch: id, N: 1})
		require.Error(t, err)
		ops, err := j.List(ctx, journal.Filter{Email: "eve@acme.example"})
		require.NoError(t, err)
		assert.Empty(t, ops, "neither is written without the other")
	})
}
