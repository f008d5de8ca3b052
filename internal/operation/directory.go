// Package operation makes changes into operations: written down before anything happens, one worker at a time for a
// tenant, held against the guards, settled after a crash by reading back, and told to the audit log. It wraps whatever
// path serves the tenant and is a userops.Directory itself, so callers cannot tell the difference.
package operation

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/policy"
	"github.com/billagent/billagent/internal/userops"
)

// Path is what serves the tenant.
type Path interface {
	userops.Reader
	// Do makes a change that hooks accompany. The request is in the form of its Normal.
	Do(ctx context.Context, rq userops.Request, h change.Hooks) userops.Result
}

// Options say what the operations of one tenant stand on.
type Options struct {
	Tenant     string
	Inner      Path
	Journal    *journal.Journal
	Audit      *audit.Log
	Policy     policy.Policy
	Actor      string // who runs this process
	OnBehalfOf string // for whom, if somebody else; may be empty
	DryRun     bool
	Through    bool          // a rehearsal presses as well, where nothing can leave
	ReadBack   time.Duration // how long after an intent its effect may come to be seen; 0 means 30 s
	Override   string        // why Policy.Limit was set; goes to the audit log
	Say        func(text string)
	Log        *slog.Logger
}

// Directory is a tenant's users, changed by operations.
type Directory struct {
	Options
	lease     *journal.Lease  // held from the first change until Close
	abandoned map[string]bool // operations that were found left before their commit

	settledAll bool // what earlier processes left has been settled
	row        place
}

var _ userops.Directory = (*Directory)(nil)

// New wraps a path. The journal and the audit log stay the caller's to close.
func New(o Options) *Directory {
	if o.Say == nil {
		o.Say = func(string) {}
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Directory{Options: o, abandoned: map[string]bool{}}
}

// List implements userops.Directory.
func (d *Directory) List(ctx context.Context, statuses []userops.Status, each func(userops.User) error) (userops.Listing, error) {
	return d.Inner.List(ctx, statuses, each)
}

// Get implements userops.Directory.
func (d *Directory) Get(ctx context.Context, email string) (userops.User, error) {
	return d.Inner.Get(ctx, email)
}

// Roles implements userops.Directory.
func (d *Directory) Roles(ctx context.Context) ([]string, error) { return d.Inner.Roles(ctx) }

// Capabilities implements userops.Directory.
func (d *Directory) Capabilities(ctx context.Context) (userops.Capabilities, error) {
	return d.Inner.Capabilities(ctx)
}

// Close gives back the lease and closes the path. A lease that cannot be given back ends by itself: that is said, and is no
// failure of what was done under it.
func (d *Directory) Close() error {
	err := d.Inner.Close()
	if d.lease == nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if kept := d.lease.Release(ctx); kept != nil {
		d.Say(fmt.Sprintf("%v: another process may have to wait a minute for this tenant", kept))
	}
	d.lease = nil
	return err
}

// Change implements userops.Directory: it makes a change as an operation.
func (d *Directory) Change(ctx context.Context, rq userops.Request) userops.Result {
	normal, err := rq.Normal()
	if err != nil {
		return change.NotBegun(rq, d.hooks(journal.Operation{}), "", err)
	}
	return d.change(ctx, normal)
}

// ended is a change that came to nothing before the path was asked.
func ended(o journal.Operation, err error) userops.Result {
	r := userops.Result{Op: o.ID, Action: o.Request.Action, Email: o.Request.Email, DryRun: o.DryRun}
	r.End(userops.Ended(err), err)
	return r
}

// journalError is a failure of the journal before anything was done.
func (d *Directory) journalError(err error) error {
	var e *userops.Error
	if errors.As(err, &e) {
		return err
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return &userops.Error{Act: "waiting to begin", Tenant: d.Tenant, Kind: userops.ErrCancelled, Cause: err, Hint: "ask again"}
	}
	if errors.Is(err, journal.ErrDamaged) {
		return &userops.Error{Act: "keeping the journal", Tenant: d.Tenant, Kind: userops.ErrDamaged, Cause: err, Hint: "put the file aside, and make a journal of the audit log"}
	}
	return &userops.Error{Act: "keeping the journal", Tenant: d.Tenant, Kind: userops.ErrStorage, Cause: err, Hint: "make room on the disk, or see to the journal's database; nothing was changed"}
}

// change makes one change as an operation.
func (d *Directory) change(ctx context.Context, rq userops.Request) userops.Result {
	asked := journal.Operation{Tenant: d.Tenant, Request: rq, RequestedBy: d.Actor, OnBehalfOf: d.OnBehalfOf, DryRun: d.DryRun}
	if err := ctx.Err(); err != nil { // the rest of a batch after Ctrl-C: nothing is written down that is not begun
		return d.Inner.Do(ctx, rq, d.hooks(journal.Operation{DryRun: d.DryRun}))
	}
	o, err := d.begin(ctx, asked)
	if err != nil {
		return ended(o, d.journalError(err))
	}
	if o.Ended() { // by another process, or by an earlier one and settled now
		return o.Result()
	}
	if err := d.before(ctx, o); err != nil {
		return d.finish(ctx, o, ended(o, err))
	}
	if err := d.Journal.Run(ctx, o.ID, d.lease); errors.Is(err, journal.ErrEnded) {
		return ended(o, d.carriedOn(o, err))
	} else if err != nil {
		return ended(o, d.journalError(err))
	}
	return d.finish(ctx, o, d.noted(ctx, o, d.Inner.Do(ctx, rq, d.hooks(o))))
}

// noted says beside a rehearsal what would have refused the real change.
func (d *Directory) noted(ctx context.Context, o journal.Operation, r userops.Result) userops.Result {
	if !o.DryRun {
		return r
	}
	if err := d.Journal.Frozen(ctx, d.Tenant); errors.Is(err, userops.ErrFrozen) {
		r.Notices = append(r.Notices, userops.ReasonOf(err)+": until then only rehearsals are made")
	}
	return r
}

// begin writes the request down, or joins the same one under way, and waits for the right to act. The operation it
// returns has its outcome if somebody else has carried it out meanwhile.
func (d *Directory) begin(ctx context.Context, asked journal.Operation) (journal.Operation, error) {
	o, joined, err := d.Journal.Begin(ctx, asked)
	if err != nil {
		return asked, err
	}
	if joined {
		d.Say("the same change is under way as operation " + o.ID)
	}
	err = d.written(ctx, o)
	if err == nil {
		err = d.hold(ctx)
	}
	if err != nil {
		if !joined { // an operation that was joined is for whoever began it to end
			d.withdraw(ctx, o, ended(o, d.journalError(err)))
		}
		return o, err
	}
	id := o.ID
	if o, err = d.Journal.Get(ctx, id); err != nil {
		asked.ID = id
		return asked, err
	}
	if !o.Ended() || !d.abandoned[o.ID] {
		return o, nil
	}
	// What was joined had been left before its commit by a process that ended: it is asked for anew.
	if o, _, err = d.Journal.Begin(ctx, asked); err == nil {
		err = d.written(ctx, o)
	}
	return o, err
}

// before refuses what needs no look at the console.
func (d *Directory) before(ctx context.Context, o journal.Operation) error {
	if err := d.Policy.Protect(o.Request.Action, o.Request.Email); err != nil {
		return err
	}
	if o.DryRun {
		return nil
	}
	if err := d.Journal.Frozen(ctx, d.Tenant); err != nil {
		return d.journalError(err)
	}
	return nil
}

// hooks ask the guards and keep the journal while a path carries out a change.
func (d *Directory) hooks(o journal.Operation) change.Hooks {
	announced, counted := false, false
	return change.Hooks{
		ID: o.ID, DryRun: o.DryRun, Through: o.DryRun && d.Through, Batch: d.row.batch != "",
		Found: func(ctx context.Context, f change.Found) error { return d.guard(ctx, o, f, &counted) },
		Intent: func(ctx context.Context, before *userops.User, wanted userops.Wanted) error {
			if err := d.announce(ctx, o, before, &announced); err != nil {
				return err
			}
			err := d.Journal.Intend(ctx, o.ID, d.lease, before, wanted)
			if errors.Is(err, journal.ErrEnded) {
				return d.carriedOn(o, err)
			}
			if err != nil {
				return d.journalError(err)
			}
			return nil
		},
		Acted: func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			if err := d.Journal.Act(ctx, o.ID); err != nil { // the read-back comes next whatever the journal says
				d.Log.Warn("the journal could not be kept", "op", o.ID, "error", err)
			}
		},
	}
}

// guard holds a change against the policy once it is known whom it is about. counted says that it was held against the limit
// already: a change that is tried again counts once, and its own intent is in the journal by then.
func (d *Directory) guard(ctx context.Context, o journal.Operation, f change.Found, counted *bool) error {
	if f.User != nil { // as the console writes the address, which may not be as it was asked for
		if err := d.Policy.Protect(o.Request.Action, f.User.Email); err != nil {
			return err
		}
	}
	if kind, _ := userops.KindOf(o.Request.Action); !kind.TakesAll || *counted {
		return nil
	}
	recent, err := d.Journal.Deactivations(ctx, d.Tenant, time.Now().Add(-policy.Window))
	if err != nil {
		return d.journalError(err)
	}
	err = d.Policy.Allow(recent, 1, f.Active)
	*counted = err == nil
	return err
}

// announce writes to the audit log, once, that an operation is about to be committed. Without that line nothing is.
func (d *Directory) announce(ctx context.Context, o journal.Operation, before *userops.User, done *bool) error {
	if *done {
		return nil
	}
	e := entryOf("intent", o)
	e.Before = before
	if err := d.Audit.Append(ctx, e); err != nil {
		return &userops.Error{Act: string(o.Request.Action), Target: o.Request.Email, Tenant: d.Tenant, Kind: userops.ErrStorage, Cause: err, Hint: "see to the audit log and the disk it is on; nothing was changed"}
	}
	*done = true
	return nil
}

// carriedOn is an operation that somebody else ended or went on with.
func (d *Directory) carriedOn(o journal.Operation, err error) error {
	return &userops.Error{Act: string(o.Request.Action), Target: o.Request.Email, Tenant: d.Tenant, Kind: userops.ErrLease, Cause: err, Hint: "look at operation " + o.ID}
}

// finish tells the audit log and the journal how an operation ended. What is so stays so if they cannot be told: that
// is said beside the result, and the next run settles what the journal still has open.
func (d *Directory) finish(ctx context.Context, o journal.Operation, r userops.Result) userops.Result {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	r.Op = o.ID
	return d.end(ctx, "outcome", o, r)
}

// end writes an operation's end to the audit log and to the journal. What the log does not take now, the next process writes
// there by the journal.
func (d *Directory) end(ctx context.Context, event string, o journal.Operation, r userops.Result) userops.Result {
	told := d.tell(ctx, event, o, r)
	if told != nil {
		r.Notices = append(r.Notices, told.Error()+": the next run writes it there, marked as late")
	}
	if err := d.Journal.Finish(ctx, o.ID, r, told == nil); err != nil {
		r.Notices = append(r.Notices, "the journal could not be written, so the next run looks at this once more: "+err.Error())
	}
	return r
}

// withdraw ends an operation that never came to be begun, unless somebody else has begun it meanwhile.
func (d *Directory) withdraw(ctx context.Context, o journal.Operation, r userops.Result) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	told := d.tell(ctx, "outcome", o, r)
	if err := errors.Join(d.Journal.Withdraw(ctx, o, r, told == nil), told); err != nil {
		d.Log.Warn("an operation that was not begun could not be ended", "op", o.ID, "error", err)
	}
}

// tell writes an operation's end to the audit log.
func (d *Directory) tell(ctx context.Context, event string, o journal.Operation, r userops.Result) error {
	hashes, err := audit.Hashes(r.Evidence)
	if err != nil {
		d.Log.Warn("evidence could not be hashed", "op", o.ID, "error", err)
	}
	e := entryOf(event, o)
	e.Before, e.After, e.Outcome, e.Code, e.Reason, e.Evidence, e.SelectorVersion = r.Before, r.After, r.Outcome, r.Code, r.Reason, hashes, r.SelectorVersion
	if event == late {
		e.Event, e.Late, e.EndedAt = "outcome", true, &o.UpdatedAt
	}
	return d.Audit.Append(ctx, e)
}

// late is the event of an operation whose end the audit log did not take when it ended.
const late = "late outcome"

func entryOf(event string, o journal.Operation) audit.Entry {
	return audit.Entry{Event: event, Actor: o.RequestedBy, OnBehalfOf: o.OnBehalfOf, Tenant: o.Tenant, Op: o.ID, Action: o.Request.Action, Target: o.Request.Email, DryRun: o.DryRun}
}

// CatchUpFreezes writes to the audit log the freezes that it did not take when they were made.
func CatchUpFreezes(ctx context.Context, j *journal.Journal, log *audit.Log) error {
	all, err := j.Freezes(ctx)
	if err != nil {
		return err
	}
	for _, f := range all {
		if f.Audited {
			continue
		}
		if err := log.Append(ctx, audit.Entry{Event: "freeze", Actor: f.By, Tenant: f.Tenant, Reason: f.Reason, Late: true, EndedAt: &f.At}); err != nil {
			return err
		}
		if err := j.FreezeAudited(ctx, f.Tenant); err != nil {
			return err
		}
	}
	return nil
}

// catchUp writes to the audit log what it did not take before.
func (d *Directory) catchUp(ctx context.Context) error {
	if err := CatchUpFreezes(ctx, d.Journal, d.Audit); err != nil {
		return err
	}
	ops, err := d.Journal.Unaudited(ctx, d.Tenant)
	if err != nil {
		return err
	}
	for _, o := range ops {
		if err := d.tell(ctx, late, o, o.Result()); err != nil {
			return err
		}
		if err := d.Journal.Audited(ctx, o.ID); err != nil {
			return err
		}
	}
	return nil
}
