package operation

import (
	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// FromAudit makes of an audit log what a journal that was lost can be made of again: operations, each with its
// outcome, and what was frozen at the end. One of which the log has no end is unknown.
func FromAudit(entries []audit.Entry) (ops []journal.Operation, freezes []journal.Freeze) {
	at := map[string]int{}
	frozen := map[string]journal.Freeze{}
	for _, e := range entries {
		switch e.Event {
		case "freeze":
			frozen[e.Tenant] = journal.Freeze{Tenant: e.Tenant, Reason: e.Reason, By: e.Actor, At: e.Time}
		case "thaw":
			delete(frozen, e.Tenant)
		}
		if e.Op == "" {
			continue
		}
		i, ok := at[e.Op]
		if !ok {
			i = len(ops)
			at[e.Op] = i
			ops = append(ops, journal.Operation{ID: e.Op, Tenant: e.Tenant, Request: userops.Request{Action: e.Action, Email: e.Target}, RequestedBy: e.Actor,
				OnBehalfOf: e.OnBehalfOf, DryRun: e.DryRun, Outcome: userops.Unknown, Reason: "the journal was lost while it was under way", CreatedAt: e.Time})
		}
		take(&ops[i], e)
	}
	for _, f := range frozen {
		freezes = append(freezes, f)
	}
	return ops, freezes
}

// take brings what an entry tells into an operation.
func take(o *journal.Operation, e audit.Entry) {
	o.UpdatedAt = e.Time
	if e.Before != nil {
		o.Before = e.Before
	}
	committed := e.Event == "intent" || e.Outcome == userops.Done || e.Outcome == userops.Requested || e.Outcome == userops.Unknown
	if committed && !e.DryRun && o.IntentAt == nil { // before there were lines of intents, the outcome tells of one
		o.IntentAt = &e.Time
	}
	if e.Event == "outcome" || e.Event == "settled" {
		o.Audited = true
		o.Outcome, o.Code, o.Reason, o.After, o.SelectorVersion = e.Outcome, e.Code, e.Reason, e.After, e.SelectorVersion
	}
}
