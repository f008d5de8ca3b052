// Package operation makes changes into operations: written down before anything happens, one worker at a time for a
// tenant, held against the guards, settled after a crash by reading back, and told to the audit log. It wraps whatever
// path serves the tenant; a Turn is a userops.Directory itself, so callers cannot tell the difference.
package operation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"time"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/policy"
	"github.com/billagent/billagent/internal/userops"
)

// Asked says who asks for changes, and how they are to be made.
type Asked struct {
	By         string // who asks, such as the user and host that run a command
	OnBehalfOf string // for whom, if somebody else; may be empty
	DryRun     Rehearsal
	Limit      int    // of deactivations within an hour, instead of the policy's own; 0 leaves it
	Reason     string // why Limit is given; goes to the audit log
}

// Rehearsal is how far a change goes that is not to be made.
type Rehearsal string

// The rehearsals.
const (
	ForReal      Rehearsal = ""        // none: the change is made
	UpToCommit   Rehearsal = "true"    // up to the step that cannot be undone, and not over it
	ThroughPress Rehearsal = "through" // over it, where nothing can leave
)

// Options say what a turn stands on.
type Options struct {
	Asked
	Tenant   string
	Path     change.Path // it stays the caller's to close, and so do the journal and the audit log
	Journal  *journal.Journal
	Audit    *audit.Log
	Policy   policy.Policy
	ReadBack time.Duration // how long after an intent its effect may come to be seen; 0 means 30 s
	Events   event.Sink
	Log      *slog.Logger
}

// Turn is the time in which one caller, and nobody else in any process, changes the users of a tenant: from its
// first change until Close. Others may read meanwhile.
type Turn struct {
	userops.Reader
	Options
	lease     *journal.Lease
	abandoned map[string]bool // operations that were found left before their commit

	settledAll bool          // what earlier processes left has been settled
	row        journal.Place // what is carried out now was written down there before
	late       string        // what its result says of its time; empty: nothing
}

var _ userops.Directory = (*Turn)(nil)

// New makes a turn. Nothing is held before the first change.
func New(o Options) *Turn {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Limit > 0 {
		o.Policy.Limit = o.Limit
	}
	return &Turn{Reader: o.Path, Options: o, abandoned: map[string]bool{}}
}

// Close gives back the lease. One that cannot be given back ends by itself: that is told, and is no failure of what
// was done under it.
func (t *Turn) Close() error {
	if t.lease == nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if kept := t.lease.Release(ctx); kept != nil {
		t.Events.Tell(event.Trouble{Text: fmt.Sprintf("%v: another process may have to wait a minute for this tenant", kept)})
	}
	t.lease = nil
	return nil
}

// Change implements userops.Directory: it makes a change as an operation.
func (t *Turn) Change(ctx context.Context, rq userops.Request) userops.Result {
	checked, err := rq.Check()
	if err != nil {
		return change.NotBegun(rq, t.hooks(journal.Operation{}), "", err)
	}
	return t.Do(ctx, checked)
}

func (t *Turn) rehearses() bool { return t.DryRun != ForReal }

// ended is a change that came to nothing before the path was asked.
func ended(o journal.Operation, err error) userops.Result {
	r := userops.Result{Op: o.ID, Action: o.Request.Action, Email: o.Request.Email, DryRun: o.DryRun}
	r.End(userops.Ended(err), err)
	return r
}

// journalError is a failure of the journal before anything was done.
func (t *Turn) journalError(err error) error {
	var e *userops.Error
	if errors.As(err, &e) {
		return err
	}
	if errors.Is(err, journal.ErrDamaged) {
		return &userops.Error{Act: "keeping the journal", Tenant: t.Tenant, Kind: userops.ErrDamaged, Cause: err, Hint: "put the file aside, and make a journal of the audit log"}
	}
	return (&userops.Error{Act: "keeping the journal", Tenant: t.Tenant, Kind: userops.ErrStorage, Cause: err,
		Hint: "make room on the disk, or see to the journal's database; nothing was changed"}).OrStop()
}

// Do makes one change as an operation.
func (t *Turn) Do(ctx context.Context, rq userops.Checked) userops.Result {
	asked := journal.Operation{Tenant: t.Tenant, Request: rq.Request(), RequestedBy: t.By, OnBehalfOf: t.OnBehalfOf, DryRun: t.rehearses()}
	if err := ctx.Err(); err != nil { // nothing is written down that is not begun
		return t.Path.Do(ctx, rq, t.hooks(journal.Operation{DryRun: t.rehearses()}))
	}
	o, err := t.begin(ctx, asked)
	if err != nil {
		return ended(o, t.journalError(err))
	}
	if o.Ended() { // by another process, or by an earlier one and settled now
		return o.Result()
	}
	ctx = event.WithOperation(ctx, o.ID)
	if err := t.before(ctx, o); err != nil {
		return t.finish(ctx, o, ended(o, err))
	}
	if err := t.Journal.Run(ctx, o.ID, t.lease); errors.Is(err, journal.ErrEnded) {
		return ended(o, t.carriedOn(o, err))
	} else if err != nil {
		return ended(o, t.journalError(err))
	}
	return t.finish(ctx, o, t.noted(ctx, o, t.Path.Do(ctx, rq, t.hooks(o))))
}

// noted says beside a result that it came late, and beside a rehearsal what would have refused the real change.
func (t *Turn) noted(ctx context.Context, o journal.Operation, r userops.Result) userops.Result {
	if t.late != "" {
		r.Notices = append(r.Notices, t.late)
	}
	if !o.DryRun {
		return r
	}
	if err := t.Journal.Frozen(ctx, t.Tenant); errors.Is(err, userops.ErrFrozen) {
		r.Notices = append(r.Notices, userops.ReasonOf(err)+": until then only rehearsals are made")
	}
	return r
}

// begin writes the request down, or joins the same one under way, and waits for the right to act. The operation it
// returns has its outcome if somebody else has carried it out meanwhile.
func (t *Turn) begin(ctx context.Context, asked journal.Operation) (journal.Operation, error) {
	o, joined, err := t.Journal.Begin(ctx, asked, t.row)
	if err != nil {
		return asked, err
	}
	if joined {
		t.Events.Tell(event.Joined{Op: o.ID})
	}
	if err := t.hold(ctx); err != nil {
		if !joined { // an operation that was joined is for whoever began it to end
			t.withdraw(ctx, o, ended(o, t.journalError(err)))
		}
		return o, err
	}
	id := o.ID
	if o, err = t.Journal.Get(ctx, id); err != nil {
		asked.ID = id
		return asked, err
	}
	if !o.Ended() {
		return o, nil
	}
	overtaken, err := t.overtaken(ctx, o)
	if err != nil || !overtaken && !t.abandoned[o.ID] && !notCarriedOut(o) {
		return o, err
	}
	// What was joined had been left before its commit by a process that ended or was stopped, or is not so any
	// more: it is asked for anew.
	o, _, err = t.Journal.Begin(ctx, asked, t.row)
	return o, err
}

// overtaken says that something else was asked for about the same person after an operation: what that came to need
// not be so any more.
func (t *Turn) overtaken(ctx context.Context, o journal.Operation) (bool, error) {
	all, err := t.Journal.List(ctx, journal.Filter{Tenant: t.Tenant, Email: o.Request.Email, Since: o.CreatedAt})
	return slices.ContainsFunc(all, func(other journal.Operation) bool { return other.ID != o.ID && !other.DryRun }), err
}

// before refuses what needs no look at the console.
func (t *Turn) before(ctx context.Context, o journal.Operation) error {
	if err := t.Policy.Protect(o.Request.Action, o.Request.Email); err != nil {
		return err
	}
	if o.DryRun {
		return nil
	}
	if err := t.Journal.Frozen(ctx, t.Tenant); err != nil {
		return t.journalError(err)
	}
	return nil
}

// finish tells the audit log and the journal how an operation ended. What is so stays so if they cannot be failed: that
// is said beside the result, and the next run settles what the journal still has open.
func (t *Turn) finish(ctx context.Context, o journal.Operation, r userops.Result) userops.Result {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	r.Op = o.ID
	return t.end(ctx, "outcome", o, r)
}

// end writes an operation's end to the audit log and to the journal. What the log does not take now, the next
// process writes there by the journal.
func (t *Turn) end(ctx context.Context, event string, o journal.Operation, r userops.Result) userops.Result {
	failed := t.tell(ctx, event, o, r)
	if failed != nil {
		r.Notices = append(r.Notices, failed.Error()+": the next run writes it there, marked as late")
	}
	if err := t.Journal.Finish(ctx, o.ID, r, failed == nil); err != nil {
		r.Notices = append(r.Notices, "the journal could not be written, so the next run looks at this once more: "+err.Error())
	}
	return r
}

// withdraw ends an operation that never came to be begun, unless somebody else has begun it meanwhile.
func (t *Turn) withdraw(ctx context.Context, o journal.Operation, r userops.Result) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	failed := t.tell(ctx, "outcome", o, r)
	if err := errors.Join(t.Journal.Withdraw(ctx, o, r, failed == nil), failed); err != nil {
		t.Log.Warn("an operation that was not begun could not be ended", "op", o.ID, "error", err)
	}
}
