package operation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// hold makes sure that this process, and no other, acts for the tenant. Whoever comes to hold the lease first settles
// what an earlier holder left open.
func (d *Directory) hold(ctx context.Context) error {
	if err := d.acquire(ctx); err != nil {
		return err
	}
	if d.settledAll { // otherwise the last try failed: nothing is begun before what was left is known
		return nil
	}
	settled, err := d.settleAll(ctx)
	for _, r := range settled { // whoever asked for something else must hear of it, too
		d.Say(fmt.Sprintf("operation %s, which was left by a process that ended: %s %s is %s: %s", r.Op, r.Action, r.Email, r.Outcome, strings.Join(append([]string{r.Reason}, r.Notices...), "; ")))
	}
	return err
}

func (d *Directory) acquire(ctx context.Context) error {
	if d.lease != nil {
		return d.lease.Check(ctx)
	}
	l, err := d.Journal.Acquire(ctx, d.Tenant, func(holder string) {
		d.Say(fmt.Sprintf("waiting for %s, which acts for tenant %s", holder, d.Tenant))
	})
	if err != nil {
		return err
	}
	d.lease = l
	return nil
}

// Resume settles everything that an earlier process left open for the tenant, and returns how each ended. Nothing is
// begun or pressed again: what was not committed is halted, what may have been is read back.
func (d *Directory) Resume(ctx context.Context) ([]userops.Result, error) {
	if err := d.acquire(ctx); err != nil {
		return nil, d.journalError(err)
	}
	return d.settleAll(ctx)
}

func (d *Directory) settleAll(ctx context.Context) ([]userops.Result, error) {
	ops, err := d.Journal.List(ctx, journal.Filter{Tenant: d.Tenant, UnderWay: true})
	if err != nil {
		return nil, err
	}
	var out []userops.Result
	var failed []error
	for i := len(ops) - 1; i >= 0; i-- { // the oldest first
		o := ops[i]
		switch {
		case o.State == journal.Intent || o.State == journal.Acted || o.State == journal.Verified:
			d.Say(fmt.Sprintf("reading back operation %s (%s %s), which was left at its commit", o.ID, o.Request.Action, o.Request.Email))
			r, err := d.settle(ctx, o)
			if err != nil {
				failed = append(failed, err)
				continue
			}
			out = append(out, r)
		case o.State == journal.Running || journal.ParseWorker(o.Worker).Gone(journal.Self(), o.UpdatedAt):
			d.abandoned[o.ID] = true
			out = append(out, d.settled(ctx, o, o.Result(), userops.Halted, interrupted("before its commit, so nothing was changed", "run the command again")))
		} // otherwise another process has asked for it and waits for its turn
	}
	if err := d.catchUp(ctx); err != nil { // a change is halted by that itself
		d.Log.Warn("the audit log does not have everything yet", "error", err)
	}
	d.settledAll = len(failed) == 0
	return out, errors.Join(failed...)
}

func interrupted(when, hint string) error {
	return &userops.Error{Act: "looking after an interrupted operation", Kind: userops.ErrInterrupted, Cause: errors.New(userops.ErrInterrupted.Error() + " " + when), Hint: hint}
}

// lateBound is how long after an intent its effect may still come to be seen, unless configured.
const lateBound = 30 * time.Second

// settle reads back what became of an operation that was left at its commit. An error means that nothing could be
// learnt now: the operation stays open.
func (d *Directory) settle(ctx context.Context, o journal.Operation) (userops.Result, error) {
	r := o.Result()
	r.After = nil
	bound := d.ReadBack
	if bound == 0 {
		bound = lateBound
	}
	for {
		u, err := d.Inner.Get(ctx, o.Request.Email)
		switch {
		case errors.Is(err, userops.ErrNotFound):
			r.After = nil
		case errors.Is(err, userops.ErrAmbiguous): // it will not get better by looking again
			return d.settled(ctx, o, r, userops.Unknown, err), nil
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
			return d.settled(ctx, o, r, userops.Done, nil), nil
		}
		if r.After != nil && r.After.Status == userops.Pending && (r.Before == nil || r.Before.Status != userops.Pending) {
			return d.settled(ctx, o, r, userops.Requested, &userops.Error{Act: string(o.Request.Action), Target: o.Request.Email, Tenant: d.Tenant, Kind: userops.ErrApproval, Hint: "let another administrator approve it"}), nil
		}
		if o.IntentAt == nil || time.Since(*o.IntentAt) > bound || time.Until(*o.IntentAt) > 0 { // ahead: the clock was set back since
			break
		}
		t := time.NewTimer(500 * time.Millisecond)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return r, fmt.Errorf("reading back operation %s: %w", o.ID, context.Cause(ctx))
		}
	}
	// That the list shows no change does not prove that nothing was asked for: a request that a second administrator
	// must approve changes no list.
	return d.settled(ctx, o, r, userops.Unknown, interrupted("at the commit, and the list does not show what was asked for", "look whether a request awaits approval; then run the command again: it begins by looking")), nil
}

func (d *Directory) settled(ctx context.Context, o journal.Operation, r userops.Result, out userops.Outcome, why error) userops.Result {
	r.End(out, why)
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	return d.end(ctx, "settled", o, r)
}
