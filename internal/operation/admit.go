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
func (t *Turn) Admit(ctx context.Context, emails []string) error {
	if t.Limit > 0 && !t.rehearses() {
		e := audit.Entry{Event: "override", Actor: t.By, OnBehalfOf: t.OnBehalfOf, Tenant: t.Tenant, Action: userops.Deactivate, Target: fmt.Sprintf("%d users", len(emails)), Reason: fmt.Sprintf("limit %d: %s", t.Limit, t.Reason)}
		if err := t.Audit.Append(ctx, e); err != nil {
			return (&userops.Error{Act: "writing down why the limit was set", Tenant: t.Tenant, Kind: userops.ErrStorage, Cause: err,
				Hint: "make room on the disk; nothing was changed"}).OrStop()
		}
	}
	people := map[string]bool{}
	for _, e := range emails {
		people[userops.FoldEmail(e)] = true
	}
	if err := t.hold(ctx); err != nil { // so that two runs at once are not both counted as the first
		return t.journalError(err)
	}
	recent, err := t.Journal.Deactivations(ctx, t.Tenant, time.Now().Add(-policy.Window))
	if err != nil {
		return t.journalError(err)
	}
	if t.Policy.Allow(recent, len(people), 0) == nil { // however many are active: nobody needs to be counted
		return nil
	}
	users := map[string]userops.User{}
	l, err := t.Path.List(ctx, nil, func(u userops.User) error { users[userops.FoldEmail(u.Email)] = u; return nil })
	if err != nil {
		return err
	}
	if !l.Complete {
		return &userops.Error{Act: "counting who would lose access", Tenant: t.Tenant, Kind: userops.ErrIncomplete, Cause: errors.New(l.Proof), Hint: "somebody may be changing users right now: try again"}
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
	return t.Policy.Allow(recent, run, active)
}

// Refuse writes down that a change was asked for and refused, or halted by what came before it, without trying it. A
// single change that was stopped while it waited for its turn is not written down: nothing had begun.
func (t *Turn) Refuse(ctx context.Context, rq userops.Checked, why error) userops.Result {
	asked := journal.Operation{Tenant: t.Tenant, Request: rq.Request(), RequestedBy: t.By, OnBehalfOf: t.OnBehalfOf, DryRun: t.rehearses()}
	if alone := t.row == (journal.Place{}); alone && (t.lease == nil || ctx.Err() != nil) {
		return ended(asked, why)
	}
	o, joined, err := t.Journal.Begin(ctx, asked, t.row)
	if err != nil {
		return ended(asked, errors.Join(why, err))
	}
	if joined { // another run's, which has its own say
		return ended(o, why)
	}
	return t.finish(ctx, o, ended(o, why))
}
