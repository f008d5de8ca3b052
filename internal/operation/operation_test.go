package operation_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/memorypath"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/policy"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// workspace is one tenant in memory with its journal and audit log, as several processes may share them.
type workspace struct {
	*memorypath.Path
	dir   string
	write func(name string) error
}

func newWorkspace(t *testing.T, n int) *workspace {
	t.Helper()
	users := []userops.User{{ID: "0", Email: useropstest.Self, Role: "Administrator", Status: userops.Active}}
	for i := range n {
		users = append(users, userops.User{ID: fmt.Sprint(i + 1), Email: fmt.Sprintf("u%d@acme.example", i+1), Role: "Clerk", Status: userops.Active})
	}
	return &workspace{Path: memorypath.New(useropstest.Self, users...), dir: t.TempDir()}
}

// desk is one process at work.
func (o *workspace) open(t *testing.T, change func(*operation.Options)) *operation.Turn {
	t.Helper()
	j, err := journal.Open(t.Context(), filepath.Join(o.dir, "journal.db"), journal.Options{Write: o.write})
	require.NoError(t, err)
	a, err := audit.Open(t.Context(), filepath.Join(o.dir, "audit"), "", "test")
	require.NoError(t, err)
	opts := operation.Options{Tenant: "acme", Path: o.Path, Journal: j, Audit: a, Policy: policy.Policy{Tenant: "acme"}, Asked: operation.Asked{By: "root@test"}}
	if change != nil {
		change(&opts)
	}
	d := operation.New(opts)
	t.Cleanup(func() {
		assert.NoError(t, d.Close())
		assert.NoError(t, j.Close())
	})
	return d
}

func (o *workspace) entries(t *testing.T) []audit.Entry {
	t.Helper()
	es, err := audit.Read(filepath.Join(o.dir, "audit"))
	require.NoError(t, err)
	r, err := audit.Verify(filepath.Join(o.dir, "audit"), "", "")
	require.NoError(t, err)
	require.Empty(t, r.Findings)
	return es
}

func TestConformance(t *testing.T) {
	t.Parallel()
	useropstest.Run(t, func(t *testing.T) useropstest.Backend {
		o := &workspace{Path: memorypath.New(useropstest.Self, useropstest.Seed()...), dir: t.TempDir()}
		return useropstest.Backend{Directory: o.open(t, nil), Stored: o.Stored, Edit: o.Edit, DualControl: func() { o.DualControl = true }}
	})
}

func TestAChangeIsKeptAndTold(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 2)
	d := o.open(t, func(opts *operation.Options) { opts.OnBehalfOf = "hr@acme.example" })
	r := d.Change(t.Context(), useropstest.Deactivate("U1@acme.example"))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	kept, err := d.Journal.Get(t.Context(), r.Op)
	require.NoError(t, err)
	assert.Equal(t, userops.Done, kept.Outcome)
	assert.Equal(t, userops.Wanted{Status: userops.Inactive}, kept.Wanted)
	require.NotNil(t, kept.IntentAt)
	es := o.entries(t)
	require.Len(t, es, 2)
	assert.Equal(t, []string{"intent", "outcome"}, []string{es[0].Event, es[1].Event})
	for _, e := range es {
		assert.Equal(t, r.Op, e.Op)
		assert.Equal(t, "hr@acme.example", e.OnBehalfOf)
		assert.Equal(t, userops.Active, e.Before.Status)
	}
	assert.Equal(t, userops.Done, es[1].Outcome)
	assert.Equal(t, userops.Inactive, es[1].After.Status)
	assert.Equal(t, userops.Already, d.Change(t.Context(), useropstest.Deactivate("u1@acme.example")).Outcome)
}

// crash is what a process that was killed leaves: the journal as it was then, and a worker that is no more.
func crash(t *testing.T, o *workspace, at string, do func(d *operation.Turn)) {
	t.Helper()
	killed := errors.New("killed")
	dead := false
	o.write = func(name string) error {
		if dead || name == at {
			dead = true
			return killed
		}
		return nil
	}
	j, err := journal.Open(t.Context(), filepath.Join(o.dir, "journal.db"), journal.Options{Write: o.write})
	require.NoError(t, err)
	a, err := audit.Open(t.Context(), filepath.Join(o.dir, "audit"), "", "test")
	require.NoError(t, err)
	d := operation.New(operation.Options{Tenant: "acme", Path: o.Path, Journal: j, Audit: a, Policy: policy.Policy{Tenant: "acme"}, Asked: operation.Asked{By: "root@test"}})
	do(d)
	require.True(t, dead, "the crash never came")
	_ = d.Close() // it cannot give back its lease
	require.NoError(t, j.Close())
	o.write = nil
	markEnded(t, o)
}

// markEnded makes this process's traces those of one that has ended.
func markEnded(t *testing.T, o *workspace) {
	t.Helper()
	w := journal.Self()
	w.PID, w.Started = 4194305, "" // beyond the largest process id
	ended, err := json.Marshal(w)
	require.NoError(t, err)
	o.exec(t, "UPDATE operations SET worker = $1", string(ended))
	o.exec(t, "UPDATE leases SET holder = $1 WHERE holder <> ''", string(ended))
}

func (o *workspace) exec(t *testing.T, statement string, args ...any) {
	t.Helper()
	db, err := sql.Open("sqlite", filepath.Join(o.dir, "journal.db"))
	require.NoError(t, err)
	_, err = db.ExecContext(t.Context(), statement, args...)
	require.NoError(t, err)
	require.NoError(t, db.Close())
}

func TestWhatWasLeftIsSettledByTheNext(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]userops.Outcome{
		"lease": userops.Halted, "run": userops.Halted, "intent": userops.Halted, // nothing was committed
		"intent done": userops.Unknown,                                                  // it was about to be, and the list shows nothing
		"acted":       userops.Done, "acted done": userops.Done, "finish": userops.Done, // it was
	} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			o := newWorkspace(t, 1)
			crash(t, o, at, func(d *operation.Turn) { d.Change(t.Context(), useropstest.Deactivate("u1@acme.example")) })
			if want == userops.Unknown {
				o.exec(t, "UPDATE operations SET intent_at = intent_at - 3600000000") // an hour ago
			}
			stored := o.Stored()
			d := o.open(t, nil)
			rs, err := d.Resume(t.Context())
			require.NoError(t, err)
			require.Len(t, rs, 1)
			assert.Equal(t, want, rs[0].Outcome, rs[0].Reason)
			assert.Equal(t, stored, o.Stored(), "settling changes nothing")
			rs, err = d.Resume(t.Context())
			require.NoError(t, err)
			assert.Empty(t, rs, "nothing is left")
			es := o.entries(t)
			assert.Equal(t, "settled", es[len(es)-1].Event)

			r := d.Change(t.Context(), useropstest.Deactivate("u1@acme.example"))
			if want == userops.Done {
				assert.Equal(t, userops.Already, r.Outcome)
			} else {
				assert.Equal(t, userops.Done, r.Outcome, r.Reason)
			}
		})
	}
}

func TestAskingAgainAfterACrash(t *testing.T) {
	t.Parallel()
	for at, want := range map[string]userops.Outcome{"run": userops.Done, "acted done": userops.Done} {
		o := newWorkspace(t, 1)
		crash(t, o, at, func(d *operation.Turn) { d.Change(t.Context(), useropstest.Deactivate("u1@acme.example")) })
		r := o.open(t, nil).Change(t.Context(), useropstest.Deactivate("u1@acme.example"))
		assert.Equal(t, want, r.Outcome, r.Reason)
		u, err := o.Get(t.Context(), "u1@acme.example")
		require.NoError(t, err)
		assert.Equal(t, userops.Inactive, u.Status)
	}
}

func TestTwoAtOnceDoItOnce(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 1)
	results := make([]userops.Result, 4)
	var wg sync.WaitGroup
	for i := range results {
		d := o.open(t, nil)
		wg.Go(func() {
			results[i] = d.Change(t.Context(), useropstest.Deactivate("u1@acme.example"))
			assert.NoError(t, d.Close())
		})
	}
	wg.Wait()
	done := map[string]bool{}
	for _, r := range results {
		require.Contains(t, []userops.Outcome{userops.Done, userops.Already}, r.Outcome, r.Reason)
		if r.Outcome == userops.Done {
			done[r.Op] = true
		}
	}
	assert.Len(t, done, 1, "several operations say that they did it")
}

func TestGuards(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 20) // with the robot 21 active: the limit is 4
	d := o.open(t, func(opts *operation.Options) { opts.Policy.Protected = []string{"u20@*"} })
	before := o.Stored()
	r := d.Change(t.Context(), useropstest.Deactivate("U20@acme.example"))
	assert.Equal(t, userops.Refused, r.Outcome)
	require.ErrorIs(t, r.Err, userops.ErrProtected)
	require.NoError(t, d.Journal.Freeze(t.Context(), journal.Freeze{Tenant: "acme", Reason: "drill", By: "eve"}))
	for _, r := range []userops.Result{d.Change(t.Context(), useropstest.Deactivate("u1@acme.example")), d.Change(t.Context(), useropstest.SetRole("u1@acme.example", "Payer")), d.Change(t.Context(), useropstest.Reactivate("u1@acme.example")), d.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "n@acme.example", FirstName: "N", LastName: "N", Role: "Clerk"})} {
		assert.Equal(t, userops.Refused, r.Outcome, r.Action)
		require.ErrorIs(t, r.Err, userops.ErrFrozen)
		assert.Contains(t, r.Hint, "thaw the tenant")
	}
	assert.Equal(t, before, o.Stored())
	_, err := d.Journal.Thaw(t.Context(), "acme")
	require.NoError(t, err)

	batch := []string{"u1@acme.example", "u2@acme.example", "u3@acme.example", "u4@acme.example"}
	require.ErrorIs(t, d.Admit(t.Context(), append(batch, "u5@acme.example")), userops.ErrLimit)
	require.NoError(t, d.Admit(t.Context(), append(batch, "U4@acme.example", "nobody@acme.example")), "counted by people who would lose access")
	for i, e := range batch {
		// Each by a process of its own: the journal is what counts.
		require.NoError(t, d.Close())
		d = o.open(t, nil)
		require.Equal(t, userops.Done, d.Change(t.Context(), useropstest.Deactivate(e)).Outcome, i)
	}
	r = d.Change(t.Context(), useropstest.Deactivate("u5@acme.example"))
	assert.Equal(t, userops.Refused, r.Outcome)
	require.ErrorIs(t, r.Err, userops.ErrLimit, "of 21 who were active, 4 may go in an hour")
	require.NoError(t, d.Close())
	d = o.open(t, func(opts *operation.Options) { opts.Limit, opts.Reason = 5, "the workspace closes" })
	require.NoError(t, d.Admit(t.Context(), []string{"u5@acme.example"}))
	require.Equal(t, userops.Done, d.Change(t.Context(), useropstest.Deactivate("u5@acme.example")).Outcome)
	var override *audit.Entry
	for _, e := range o.entries(t) {
		if e.Event == "override" {
			override = &e
		}
	}
	require.NotNil(t, override)
	assert.Equal(t, "limit 5: the workspace closes", override.Reason)
}

func TestARehearsalChangesNothingAndJoinsNothing(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 1)
	before := o.Stored()
	d := o.open(t, func(opts *operation.Options) { opts.DryRun = operation.UpToCommit })
	for range 2 {
		r := d.Change(t.Context(), useropstest.Deactivate("u1@acme.example"))
		require.Equal(t, userops.Halted, r.Outcome)
		require.ErrorIs(t, r.Err, userops.ErrRehearsed)
		assert.True(t, r.DryRun)
		assert.Zero(t, r.ExitCode())
	}
	assert.Equal(t, before, o.Stored())
	n, err := d.Journal.Deactivations(t.Context(), "acme", time.Time{})
	require.NoError(t, err)
	assert.Zero(t, n)
	require.Equal(t, userops.Refused, d.Change(t.Context(), useropstest.Deactivate(useropstest.Self)).Outcome)
}

func TestAJournalThatCannotBeWrittenStopsBeforeTheCommit(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"begin", "lease", "run", "intent"} {
		o := newWorkspace(t, 1)
		before := o.Stored()
		failing := true
		o.write = func(name string) error {
			if failing && name == at {
				return &os.PathError{Op: "write", Path: "journal.db", Err: errors.New("no space left on device")}
			}
			return nil
		}
		d := o.open(t, nil)
		r := d.Change(t.Context(), useropstest.Deactivate("u1@acme.example"))
		require.Equal(t, userops.Halted, r.Outcome, at)
		require.ErrorIs(t, r.Err, userops.ErrStorage, at)
		assert.NotEmpty(t, r.Hint)
		assert.Equal(t, before, o.Stored(), at)
		failing = false
		require.Equal(t, userops.Done, d.Change(t.Context(), useropstest.Deactivate("u1@acme.example")).Outcome, at)
	}
	for _, at := range []string{"acted", "finish"} { // what is done is said to be done all the same
		o := newWorkspace(t, 1)
		o.write = func(name string) error {
			if name == at {
				return errors.New("no space left on device")
			}
			return nil
		}
		r := o.open(t, nil).Change(t.Context(), useropstest.Deactivate("u1@acme.example"))
		require.Equal(t, userops.Done, r.Outcome, at)
	}
}

func TestACancelledWait(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 1)
	first := o.open(t, nil)
	require.Equal(t, userops.Already, first.Change(t.Context(), useropstest.Reactivate("u1@acme.example")).Outcome) // it holds the lease now
	ctx, cancel := context.WithCancel(t.Context())
	second := o.open(t, func(opts *operation.Options) {
		opts.Events = func(e event.Event) {
			waiting, ok := e.(event.Waiting)
			assert.True(t, ok, "%T", e)
			assert.Contains(t, waiting.Holder, "process ")
			cancel()
		}
	})
	r := second.Change(ctx, useropstest.Deactivate("u1@acme.example"))
	require.Equal(t, userops.Halted, r.Outcome)
	require.ErrorIs(t, r.Err, userops.ErrCancelled)
	kept, err := first.Journal.Get(t.Context(), r.Op)
	require.NoError(t, err)
	assert.Equal(t, userops.Halted, kept.Outcome)
}

func TestNothingIsBegunBeforeWhatWasLeftIsKnown(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 2)
	crash(t, o, "intent done", func(d *operation.Turn) { d.Change(t.Context(), useropstest.Deactivate("u1@acme.example")) })
	before := o.Stored()
	blind := &blindPath{Path: o.Path, blind: true}
	d := o.open(t, func(opts *operation.Options) { opts.Path = blind })
	for range 2 { // not at the second row of a batch either
		for _, email := range []string{"u1@acme.example", "u2@acme.example"} { // nor for anybody else
			r := d.Change(t.Context(), useropstest.Deactivate(email))
			require.Equal(t, userops.Halted, r.Outcome)
			require.ErrorIs(t, r.Err, userops.ErrUnreachable)
		}
	}
	assert.Equal(t, before, o.Stored())
	blind.blind = false
	o.exec(t, "UPDATE operations SET intent_at = intent_at - 3600000000") // an hour ago
	r := d.Change(t.Context(), useropstest.Deactivate("u2@acme.example"))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	ops, err := d.Journal.List(t.Context(), journal.Filter{Outcome: userops.Unknown})
	require.NoError(t, err)
	assert.Len(t, ops, 1)
}

// blindPath is a path that cannot be read for a while.
type blindPath struct {
	*memorypath.Path
	blind bool
}

func (p *blindPath) Get(ctx context.Context, email string) (userops.User, error) {
	if p.blind {
		return userops.User{}, &userops.Error{Act: "looking", Kind: userops.ErrUnreachable, Hint: "try again"}
	}
	return p.Path.Get(ctx, email)
}

// TestALeaseThatCannotBeGivenBackIsNoFailure has the disk full when the lease is given back: what was done stays done.
func TestALeaseThatCannotBeGivenBackIsNoFailure(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 2)
	o.write = func(name string) error {
		if name == "release" {
			return errors.New("no space left on device")
		}
		return nil
	}
	var told []event.Event
	d := o.open(t, func(opts *operation.Options) { opts.Events = func(e event.Event) { told = append(told, e) } })
	require.Equal(t, userops.Done, d.Change(t.Context(), useropstest.Deactivate("u1@acme.example")).Outcome)
	require.NoError(t, d.Close())
	require.Len(t, told, 1)
	trouble, ok := told[0].(event.Trouble)
	require.True(t, ok, "%T", told[0])
	assert.Contains(t, trouble.Text, "no space left")
	assert.Contains(t, trouble.Text, "wait a minute")
}

// TestWhatWasLeftIsTold has another change come after a process that ended at its commit: what became of that is said.
func TestWhatWasLeftIsTold(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 3)
	crash(t, o, "finish", func(d *operation.Turn) { d.Change(t.Context(), useropstest.Deactivate("u1@acme.example")) })
	var told []event.Event
	d := o.open(t, func(opts *operation.Options) { opts.Events = func(e event.Event) { told = append(told, e) } })
	require.Equal(t, userops.Done, d.Change(t.Context(), useropstest.Deactivate("u2@acme.example")).Outcome)
	require.Len(t, told, 2)
	assert.IsType(t, event.ReadingBack{}, told[0])
	settled, ok := told[1].(event.Settled)
	require.True(t, ok, "%T", told[1])
	assert.Equal(t, []any{userops.Deactivate, "u1@acme.example", userops.Done}, []any{settled.Result.Action, settled.Result.Email, settled.Result.Outcome})
}

// again is a path whose first commit finds the user changed: the change is tried once more.
type again struct {
	*memorypath.Path
	tries int
}

func (a *again) Begin(ctx context.Context, c *change.Change) (change.Course, error) {
	inner, err := a.Path.Begin(ctx, c)
	return &againCourse{inner, a, c}, err
}

func (a *again) Do(ctx context.Context, rq userops.Checked, h change.Hooks) userops.Result {
	return change.Do(ctx, a, rq, h)
}

type againCourse struct {
	change.Course
	a *again
	c *change.Change
}

func (c *againCourse) Commit(ctx context.Context) (change.Commit, error) {
	if c.a.tries++; c.a.tries == 1 {
		if err := c.c.Intend(ctx); err != nil {
			return change.Commit{}, err
		}
		return change.Commit{Again: true}, c.c.Fail(userops.ErrRejected, nil, "try again")
	}
	return c.Course.Commit(ctx)
}

// TestAChangeThatIsTriedAgainCountsOnce comes up to the limit exactly.
func TestAChangeThatIsTriedAgainCountsOnce(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 10)
	d := o.open(t, nil)
	for _, email := range []string{"u1@acme.example", "u2@acme.example"} {
		require.Equal(t, userops.Done, d.Change(t.Context(), useropstest.Deactivate(email)).Outcome)
	}
	require.NoError(t, d.Close())
	d = o.open(t, func(opts *operation.Options) { opts.Path = &again{Path: o.Path} })
	r := d.Change(t.Context(), useropstest.Deactivate("u3@acme.example"))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
}

// TestWhatFollowsAnInvitationIsNotForgotten settles one whose process ended after its commit: what a console asks
// afterwards was not answered.
func TestWhatFollowsAnInvitationIsNotForgotten(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 3)
	in := userops.Request{Action: userops.Invite, Email: "eve@acme.example", FirstName: "Eve", LastName: "Moss", Role: "Clerk"}
	crash(t, o, "finish", func(d *operation.Turn) { d.Change(t.Context(), in) })
	results, err := o.open(t, nil).Resume(t.Context())
	require.NoError(t, err)
	require.Len(t, results, 1)
	assert.Equal(t, userops.Done, results[0].Outcome)
	assert.Contains(t, strings.Join(results[0].Notices, "\n"), "look at the e-mail preferences by hand")
}

// TestARehearsalUnderAFreezeSaysSo rehearses what would be refused in earnest.
func TestARehearsalUnderAFreezeSaysSo(t *testing.T) {
	t.Parallel()
	o := newWorkspace(t, 3)
	d := o.open(t, func(opts *operation.Options) { opts.DryRun = operation.UpToCommit })
	require.NoError(t, d.Journal.Freeze(t.Context(), journal.Freeze{Tenant: "acme", Reason: "drill", By: "eve"}))
	r := d.Change(t.Context(), useropstest.Deactivate("u1@acme.example"))
	require.ErrorIs(t, r.Err, userops.ErrRehearsed)
	assert.Contains(t, strings.Join(r.Notices, "\n"), "frozen by eve: drill")
}
