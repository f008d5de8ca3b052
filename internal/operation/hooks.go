package operation

import (
	"context"
	"errors"
	"time"

	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/policy"
	"github.com/billagent/billagent/internal/userops"
)

// hooks ask the guards and keep the journal while a path carries out a change.
func (t *Turn) hooks(o journal.Operation) change.Hooks {
	announced, counted := false, false
	return change.Hooks{
		ID: o.ID, DryRun: o.DryRun, Through: o.DryRun && t.DryRun == ThroughPress, Batch: t.row.Batch != "",
		Found: func(ctx context.Context, f change.Found) error { return t.guard(ctx, o, f, &counted) },
		Intent: func(ctx context.Context, before *userops.User, wanted userops.Wanted) error {
			if err := t.announce(ctx, o, before, &announced); err != nil {
				return err
			}
			err := t.Journal.Intend(ctx, o.ID, t.lease, before, wanted)
			if errors.Is(err, journal.ErrEnded) {
				return t.carriedOn(o, err)
			}
			if err != nil {
				return t.journalError(err)
			}
			return nil
		},
		Acted: func(ctx context.Context) {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
			defer cancel()
			if err := t.Journal.Act(ctx, o.ID); err != nil { // the read-back comes next whatever the journal says
				t.Log.Warn("the journal could not be kept", "op", o.ID, "error", err)
			}
		},
	}
}

// guard holds a change against the policy once it is known whom it is about. counted says that it was held against
// the limit already: a change that is tried again counts once, and its own intent is in the journal by then.
func (t *Turn) guard(ctx context.Context, o journal.Operation, f change.Found, counted *bool) error {
	if f.User != nil { // as the console writes the address, which may not be as it was asked for
		if err := t.Policy.Protect(o.Request.Action, f.User.Email); err != nil {
			return err
		}
	}
	if kind, _ := userops.KindOf(o.Request.Action); !kind.TakesAll || *counted {
		return nil
	}
	recent, err := t.Journal.Deactivations(ctx, t.Tenant, time.Now().Add(-policy.Window))
	if err != nil {
		return t.journalError(err)
	}
	err = t.Policy.Allow(recent, 1, f.Active)
	*counted = err == nil
	return err
}

// announce writes to the audit log, once, that an operation is about to be committed. Without that line nothing is.
func (t *Turn) announce(ctx context.Context, o journal.Operation, before *userops.User, done *bool) error {
	if *done {
		return nil
	}
	e := entryOf("intent", o)
	e.Before, e.Schedule = before, t.schedule()
	if err := t.Audit.Append(ctx, e); err != nil {
		return (&userops.Error{Act: string(o.Request.Action), Target: o.Request.Email, Tenant: t.Tenant, Kind: userops.ErrStorage,
			Cause: err, Hint: "see to the audit log and the disk it is on; nothing was changed"}).OrStop()
	}
	*done = true
	return nil
}

// carriedOn is an operation that somebody else ended or went on with.
func (t *Turn) carriedOn(o journal.Operation, err error) error {
	return &userops.Error{Act: string(o.Request.Action), Target: o.Request.Email, Tenant: t.Tenant, Kind: userops.ErrLease, Cause: err, Hint: "look at operation " + o.ID}
}
