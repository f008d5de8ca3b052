package operation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/policy"
	"github.com/billagent/billagent/internal/userops"
)

// Admit holds a whole run of deactivations against the limits before the first of them. Over the limit nothing of it
// may run: the error is an *userops.Error of ErrLimit. A limit set explicitly lands in the audit log with its reason.
func (d *Directory) Admit(ctx context.Context, emails []string) error {
	if d.Policy.Limit > 0 && !d.DryRun {
		e := audit.Entry{Event: "override", Actor: d.Actor, OnBehalfOf: d.OnBehalfOf, Tenant: d.Tenant, Action: userops.Deactivate, Target: fmt.Sprintf("%d users", len(emails)), Reason: fmt.Sprintf("limit %d: %s", d.Policy.Limit, d.Override)}
		if err := d.Audit.Append(ctx, e); err != nil {
			return &userops.Error{Act: "writing down why the limit was set", Tenant: d.Tenant, Kind: userops.ErrStorage, Cause: err, Hint: "make room on the disk; nothing was changed"}
		}
	}
	people := map[string]bool{}
	for _, e := range emails {
		people[userops.FoldEmail(e)] = true
	}
	if err := d.hold(ctx); err != nil { // so that two runs at once are not both counted as the first
		return d.journalError(err)
	}
	recent, err := d.Journal.Deactivations(ctx, d.Tenant, time.Now().Add(-policy.Window))
	if err != nil {
		return d.journalError(err)
	}
	if d.Policy.Limit == 0 && recent+len(people) <= policy.Smallest {
		return nil
	}
	users := map[string]userops.User{}
	l, err := d.Inner.List(ctx, nil, func(u userops.User) error { users[userops.FoldEmail(u.Email)] = u; return nil })
	if err != nil {
		return err
	}
	if !l.Complete {
		return &userops.Error{Act: "counting who would lose access", Tenant: d.Tenant, Kind: userops.ErrIncomplete, Cause: errors.New(l.Proof), Hint: "somebody may be changing users right now: try again"}
	}
	active, run := 0, 0
	for e, u := range users {
		if u.Status == userops.Active {
			active++
			if people[e] {
				run++ // who is inactive already loses nothing
			}
		}
	}
	return d.Policy.Allow(recent, run, active)
}

// Refuse writes down that a change was asked for and refused, without trying it.
func (d *Directory) Refuse(ctx context.Context, rq userops.Request, why error) userops.Result {
	asked := journal.Operation{Tenant: d.Tenant, Request: rq, RequestedBy: d.Actor, OnBehalfOf: d.OnBehalfOf, DryRun: d.DryRun}
	o, joined, err := d.Journal.Begin(ctx, asked)
	if err != nil {
		return ended(asked, errors.Join(why, err))
	}
	if err := d.written(ctx, o); err != nil {
		d.Log.Warn("the batch could not be kept", "error", err)
	}
	if joined { // another run's, which has its own say
		return ended(o, why)
	}
	return d.finish(ctx, o, ended(o, why))
}
