package operation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// hold makes sure that this process, and no other, acts for the tenant. Whoever comes to hold the lease first settles
// what an earlier holder left open.
func (t *Turn) hold(ctx context.Context) error {
	if err := t.acquire(ctx); err != nil {
		return err
	}
	if t.settledAll { // otherwise the last try failed: nothing is begun before what was left is known
		return nil
	}
	settled, err := t.settleAll(ctx)
	for _, r := range settled { // whoever asked for something else must hear of it, too
		t.Events.Tell(event.Settled{Result: r})
	}
	return err
}

func (t *Turn) acquire(ctx context.Context) error {
	if t.lease != nil {
		return t.lease.Check(ctx)
	}
	l, err := t.Journal.Acquire(ctx, t.Tenant, journal.LeaseEvents{
		Waiting: func(holder string) { t.Events.Tell(event.Waiting{Tenant: t.Tenant, Holder: holder}) },
		NotRenewed: func(err error) {
			t.Log.Warn("the lease could not be renewed; it is tried again", "tenant", t.Tenant, "error", err)
		},
	})
	if err != nil {
		return err
	}
	t.lease = l
	return nil
}

// Resume settles everything that an earlier process left open for the tenant, and returns how each ended. Nothing is
// begun or pressed again: what was not committed is halted, what may have been is read back.
func (t *Turn) Resume(ctx context.Context) ([]userops.Result, error) {
	if err := t.acquire(ctx); err != nil {
		return nil, t.journalError(err)
	}
	return t.settleAll(ctx)
}

func (t *Turn) settleAll(ctx context.Context) ([]userops.Result, error) {
	ops, err := t.Journal.List(ctx, journal.Filter{Tenant: t.Tenant, UnderWay: true})
	if err != nil {
		return nil, err
	}
	var out []userops.Result
	var failed []error
	for i := len(ops) - 1; i >= 0; i-- { // the oldest first
		o := ops[i]
		switch {
		case o.State == journal.Intent || o.State == journal.Acted || o.State == journal.Verified:
			t.Events.Tell(event.ReadingBack{Op: o.ID, Action: o.Request.Action, Email: o.Request.Email})
			r, err := t.settle(ctx, o)
			if err != nil {
				failed = append(failed, err)
				continue
			}
			out = append(out, r)
		case o.State == journal.Running || journal.ParseWorker(o.Worker).Gone(journal.Self(), o.UpdatedAt):
			t.abandoned[o.ID] = true
			out = append(out, t.settled(ctx, o, o.Result(), userops.Halted, interrupted("before its commit, so nothing was changed", "run the command again")))
		} // otherwise another process has asked for it and waits for its turn
	}
	if err := t.catchUp(ctx); err != nil { // a change is halted by that itself
		t.Log.Warn("the audit log does not have everything yet", "error", err)
	}
	t.settledAll = len(failed) == 0
	return out, errors.Join(failed...)
}

func interrupted(when, hint string) error {
	return &userops.Error{Act: "looking after an interrupted operation", Kind: userops.ErrInterrupted, Cause: errors.New(userops.ErrInterrupted.Error() + " " + when), Hint: hint}
}

// lateBound is how long after an intent its effect may still come to be seen, unless configured.
const lateBound = 30 * time.Second

// settle reads back what became of an operation that was left at its commit. An error means that nothing could be
// learnt now: the operation stays open.
func (t *Turn) settle(ctx context.Context, o journal.Operation) (userops.Result, error) {
	ctx = event.WithOperation(ctx, o.ID)
	r := o.Result()
	r.After = nil
	bound := t.ReadBack
	if bound == 0 {
		bound = lateBound
	}
	for {
		u, err := t.Path.Get(ctx, o.Request.Email)
		switch {
		case errors.Is(err, userops.ErrNotFound):
			r.After = nil
		case errors.Is(err, userops.ErrAmbiguous): // it will not get better by looking again
			return t.settled(ctx, o, r, userops.Unknown, err), nil
		case err != nil:
			return r, fmt.Errorf("reading back operation %s: %w", o.ID, err)
		default:
			r.After = &u
		}
		if o.Wanted.Holds(r.After) {
			r.Notices = append(r.Notices, "the process that did it ended before it had the answer; what was asked for is so")
			if kind, _ := userops.KindOf(o.Request.Action); kind.Follows != "" {
				r.Notices = append(r.Notices, "what the console may ask afterwards was not answered: look at the "+kind.Follows+" by hand")
			}
			return t.settled(ctx, o, r, userops.Done, nil), nil
		}
		if r.After != nil && r.After.Status == userops.Pending && (r.Before == nil || r.Before.Status != userops.Pending) {
			return t.settled(ctx, o, r, userops.Requested, &userops.Error{Act: string(o.Request.Action), Target: o.Request.Email, Tenant: t.Tenant, Kind: userops.ErrApproval, Hint: "let another administrator approve it"}), nil
		}
		if o.IntentAt == nil || time.Since(*o.IntentAt) > bound || time.Until(*o.IntentAt) > 0 { // ahead: the clock was set back since
			break
		}
		if change.Wait(ctx, 500*time.Millisecond) != nil {
			return r, fmt.Errorf("reading back operation %s: %w", o.ID, context.Cause(ctx))
		}
	}
	// That the list shows no change does not prove that nothing was asked for: a request that a second administrator
	// must approve changes no list.
	return t.settled(ctx, o, r, userops.Unknown, interrupted("at the commit, and the list does not show what was asked for", "look whether a request awaits approval; then run the command again: it begins by looking")), nil
}

func (t *Turn) settled(ctx context.Context, o journal.Operation, r userops.Result, out userops.Outcome, why error) userops.Result {
	r.End(out, why)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return t.end(ctx, "settled", o, r)
}
