package operation

import (
	"context"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// tell writes an operation's end to the audit log.
func (t *Turn) tell(ctx context.Context, event string, o journal.Operation, r userops.Result) error {
	hashes, err := audit.Hashes(r.Evidence)
	if err != nil {
		t.Log.Warn("evidence could not be hashed", "op", o.ID, "error", err)
	}
	e := entryOf(event, o)
	e.Before, e.After, e.Outcome, e.Code, e.Reason, e.Evidence, e.SelectorVersion = r.Before, r.After, r.Outcome, r.Code, r.Reason, hashes, r.SelectorVersion
	if event == "outcome" { // of what is carried out now: others may be settled meanwhile
		e.Schedule = t.schedule()
	}
	if event == late {
		e.Event, e.Late, e.EndedAt = "outcome", true, &o.UpdatedAt
	}
	return t.Audit.Append(ctx, e)
}

// schedule is the scheduled offboarding that is carried out now; empty: none.
func (t *Turn) schedule() string {
	if t.row.Claim == nil {
		return ""
	}
	return t.row.Claim.Schedule
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
func (t *Turn) catchUp(ctx context.Context) error {
	if err := CatchUpFreezes(ctx, t.Journal, t.Audit); err != nil {
		return err
	}
	ops, err := t.Journal.Unaudited(ctx, t.Tenant)
	if err != nil {
		return err
	}
	for _, o := range ops {
		if err := t.tell(ctx, late, o, o.Result()); err != nil {
			return err
		}
		if err := t.Journal.Audited(ctx, o.ID); err != nil {
			return err
		}
	}
	return nil
}
