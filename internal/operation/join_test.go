package operation_test

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhoeverAskedLastIsObeyed has three callers wait for a tenant: the last asks for what the first asked for, and
// the one in between for something else about the same person.
func TestWhoeverAskedLastIsObeyed(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 3)
	holder := o.open(t, nil)
	require.Equal(t, userops.Done, holder.Change(t.Context(), useropstest.Deactivate("u3@acme.example")).Outcome)
	results := make([]userops.Result, 3)
	var wg sync.WaitGroup
	for i, role := range []string{"Payer", "Clerk", "Payer"} {
		waits := make(chan struct{})
		d := o.open(t, func(opts *operation.Options) {
			opts.Events = func(e event.Event) {
				if _, ok := e.(event.Waiting); ok {
					close(waits)
				}
			}
		})
		wg.Go(func() {
			results[i] = d.Change(t.Context(), useropstest.SetRole("u1@acme.example", role))
			assert.NoError(t, d.Close())
		})
		<-waits
	}
	require.NoError(t, holder.Close())
	wg.Wait()
	for _, r := range results {
		assert.Equal(t, userops.Done, r.Outcome, r.Reason)
	}
	assert.NotEqual(t, results[0].Op, results[2].Op, "what the first came to is not so any more")
	u, err := o.Get(t.Context(), "u1@acme.example")
	require.NoError(t, err)
	assert.Equal(t, "Payer", u.Role)
	o.reconciled(t)
}

// TestATimeThatPassesBeforeAnythingIsBegunIsNoCancellation asks when the time is over already.
func TestATimeThatPassesBeforeAnythingIsBegunIsNoCancellation(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithDeadline(t.Context(), time.Now())
	defer cancel()
	r := newWorkspace(t, 3).open(t, nil).Change(ctx, useropstest.Deactivate("u1@acme.example"))
	require.Equal(t, userops.Halted, r.Outcome)
	require.ErrorIs(t, r.Err, userops.ErrTimeout)
}

// TestATimeThatPassesWhileWaitingIsNoCancellation waits for a tenant for longer than allowed.
func TestATimeThatPassesWhileWaitingIsNoCancellation(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 3)
	holder := o.open(t, nil)
	require.Equal(t, userops.Done, holder.Change(t.Context(), useropstest.Deactivate("u3@acme.example")).Outcome)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r := o.open(t, nil).Change(ctx, useropstest.Deactivate("u1@acme.example"))
	require.Equal(t, userops.Halted, r.Outcome)
	require.ErrorIs(t, r.Err, userops.ErrTimeout)
	assert.EqualValues(t, "time_limit", r.Code)
}

// TestWhatIsJoinedIsDoneThoughItsCallerWasStopped has the caller who asked first give up: whoever joined is still
// to be served.
func TestWhatIsJoinedIsDoneThoughItsCallerWasStopped(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 3)
	holder := o.open(t, nil)
	require.Equal(t, userops.Done, holder.Change(t.Context(), useropstest.Deactivate("u3@acme.example")).Outcome)
	ctx, stop := context.WithCancel(t.Context())
	results := make([]userops.Result, 2)
	var wg sync.WaitGroup
	for i, ctx := range []context.Context{ctx, t.Context()} {
		waits := make(chan struct{})
		d := o.open(t, func(opts *operation.Options) {
			opts.Events = func(e event.Event) {
				if _, ok := e.(event.Waiting); ok {
					close(waits)
				}
			}
		})
		wg.Go(func() {
			results[i] = d.Change(ctx, useropstest.Deactivate("u1@acme.example"))
			assert.NoError(t, d.Close())
		})
		<-waits
	}
	stop()
	require.Eventually(t, func() bool {
		ops, err := holder.Journal.List(t.Context(), journal.Filter{Email: "u1@acme.example", Outcome: userops.Halted})
		return err == nil && len(ops) == 1
	}, 10*time.Second, time.Millisecond)
	require.NoError(t, holder.Close())
	wg.Wait()
	assert.Equal(t, userops.Halted, results[0].Outcome)
	assert.Equal(t, userops.Done, results[1].Outcome, results[1].Reason)
	u, err := o.Get(t.Context(), "u1@acme.example")
	require.NoError(t, err)
	assert.Equal(t, userops.Inactive, u.Status)
}
