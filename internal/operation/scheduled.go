package operation

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// Hold makes sure that this process, and no other, acts for the tenant, and settles what was left, which is told.
func (t *Turn) Hold(ctx context.Context) error {
	if err := t.hold(ctx); err != nil {
		return t.journalError(err)
	}
	return nil
}

// Lease is what Hold holds.
func (t *Turn) Lease() *journal.Lease { return t.lease }

// ask makes what follows be asked for by whoever asked for a schedule.
func (t *Turn) ask(s journal.Schedule) {
	t.Asked = Asked{By: s.RequestedBy, OnBehalfOf: s.OnBehalfOf, Limit: s.Limit, Reason: s.Reason}
	t.Policy.Limit = s.Limit
}

// AdmitScheduled is Admit for schedules that are due together and were allowed the same limit.
func (t *Turn) AdmitScheduled(ctx context.Context, due []journal.Schedule) error {
	t.ask(due[0])
	emails := make([]string, len(due))
	for i, s := range due {
		emails[i] = s.Email
	}
	return t.Admit(ctx, emails)
}

// DoScheduled makes a change that is due into an operation: the schedule has it before anything is done. late is
// how far its time has passed, and grace how far it may without being worth a word.
func (t *Turn) DoScheduled(ctx context.Context, s journal.Schedule, rq userops.Checked, now time.Time, late, grace time.Duration) userops.Result {
	t.ask(s)
	t.row = journal.Place{Claim: &journal.Claim{Schedule: s.ID, Lease: t.lease, Now: now, Late: late}}
	if late > grace {
		t.late = fmt.Sprintf("late: begun %s after its time, allowed are %s", late.Round(time.Second), grace)
	}
	defer func() { t.row, t.late = journal.Place{}, "" }()
	return t.Do(ctx, rq)
}

// TellScheduled writes to the audit log what happened to a schedule that is no operation, or none yet, and why, if
// more than its own reason says.
func TellScheduled(ctx context.Context, log *audit.Log, event, by, why string, s journal.Schedule) error {
	e := audit.Entry{Event: event, Actor: by, OnBehalfOf: s.OnBehalfOf, Tenant: s.Tenant, Schedule: s.ID, Action: userops.Deactivate, Target: s.Email, Outcome: s.Outcome, Code: s.Code,
		Reason: fmt.Sprintf("for %s: %s", s.At.Format(time.RFC3339), s.Reason)}
	if why != "" {
		e.Reason += "; " + event + ": " + why
	}
	if err := log.Append(ctx, e); err != nil {
		return (&userops.Error{Act: "writing down what is scheduled", Target: s.Email, Tenant: s.Tenant, Kind: userops.ErrStorage,
			Cause: err, Hint: "see to the audit log and the disk it is on; nothing was changed"}).OrStop()
	}
	return nil
}

// TellPruned writes to the audit log that schedules which had ended before a time were removed from the journal.
func TellPruned(ctx context.Context, log *audit.Log, by string, n int64, before time.Time) error {
	what := "scheduled offboardings"
	if n == 1 {
		what = "scheduled offboarding"
	}
	reason := fmt.Sprintf("%d %s that had ended before %s", n, what, before.Format(time.RFC3339))
	return log.Append(ctx, audit.Entry{Event: "pruned", Actor: by, Reason: reason})
}

// OpenInAudit are the lines of an audit log which tell of offboardings that were scheduled, and neither cancelled
// nor brought to an end since: a journal that is made of the log does not have them, and they must be asked for
// again.
func OpenInAudit(entries []audit.Entry) []audit.Entry {
	open := map[string]audit.Entry{}
	for _, e := range entries {
		gone := e.Outcome == userops.Done || e.Outcome == userops.Already || e.Outcome == userops.Requested
		switch {
		case e.Event == "scheduled" || e.Event == "rescheduled":
			open[e.Schedule] = e
		case e.Event == "cancelled":
			delete(open, e.Schedule)
		case gone && e.Action == userops.Deactivate && !e.DryRun:
			maps.DeleteFunc(open, func(_ string, s audit.Entry) bool {
				return s.Tenant == e.Tenant && userops.SameEmail(s.Target, e.Target)
			})
		}
	}
	latest := map[string]audit.Entry{} // of each user: a process that was killed may have told of one that was asked for again
	for _, e := range open {
		if l, ok := latest[userOf(e)]; !ok || l.Seq < e.Seq {
			latest[userOf(e)] = e
		}
	}
	return slices.SortedFunc(maps.Values(latest), func(a, b audit.Entry) int { return cmp.Compare(a.Seq, b.Seq) })
}
