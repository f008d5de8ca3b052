package operation

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// Reconcile holds the audit log and the journal against each other, both ways: every operation that has ended
// stands in the log as it ended, and every operation of the log is in the journal; what is frozen by one is frozen
// by the other, and what is scheduled is scheduled by the other. Operations under way are passed over.
func Reconcile(entries []audit.Entry, ops []journal.Operation, freezes []journal.Freeze, scheduled []journal.Schedule) []audit.Finding {
	var out []audit.Finding
	find := func(line int64, format string, args ...any) {
		out = append(out, audit.Finding{Line: int(line), What: fmt.Sprintf(format, args...)})
	}
	known := map[string]journal.Operation{}
	for _, o := range ops {
		known[o.ID] = o
	}
	told := map[string][]audit.Entry{}
	missing := map[string]bool{}
	for _, e := range entries {
		if e.Op == "" {
			continue
		}
		o, ok := known[e.Op]
		switch {
		case !ok && !missing[e.Op]:
			missing[e.Op] = true
			find(e.Seq, "operation %s (%s %s) is not in the journal", e.Op, e.Action, e.Target)
		case ok && (e.Tenant != o.Tenant || e.Action != o.Request.Action || !userops.SameEmail(e.Target, o.Request.Email)):
			find(e.Seq, "operation %s is %s %s here, and %s %s in the journal", e.Op, e.Action, e.Target, o.Request.Action, o.Request.Email)
		}
		if e.Event == "outcome" || e.Event == "settled" {
			told[e.Op] = append(told[e.Op], e)
		}
	}
	out = append(out, reconcileFreezes(entries, freezes)...)
	out = append(out, reconcileScheduled(entries, scheduled)...)
	for _, o := range ops {
		if !o.Ended() {
			continue
		}
		all := told[o.ID]
		agrees := false
		for _, e := range all {
			agrees = agrees || e.Outcome == o.Outcome
		}
		switch {
		case len(all) == 0:
			find(0, "operation %s (%s %s: %s) is in the journal and not in the log; the next change writes what is only late", o.ID, o.Request.Action, o.Request.Email, o.Outcome)
		case !agrees:
			last := all[len(all)-1]
			find(last.Seq, "operation %s is %s here, and %s in the journal", o.ID, last.Outcome, o.Outcome)
		}
	}
	return out
}

func reconcileFreezes(entries []audit.Entry, freezes []journal.Freeze) []audit.Finding {
	_, inLog := FromAudit(entries)
	has := func(all []journal.Freeze, tenant string) bool {
		return slices.ContainsFunc(all, func(f journal.Freeze) bool { return f.Tenant == tenant })
	}
	name := func(tenant string) string {
		if tenant == journal.Everybody {
			return "all tenants"
		}
		return "tenant " + tenant
	}
	var out []audit.Finding
	for _, f := range freezes {
		if !has(inLog, f.Tenant) {
			out = append(out, audit.Finding{What: "the freeze of " + name(f.Tenant) + " is in the journal and not in the log; the next change writes what is only late"})
		}
	}
	for _, f := range inLog {
		if !has(freezes, f.Tenant) {
			out = append(out, audit.Finding{What: "the freeze of " + name(f.Tenant) + " is in the log and not in the journal"})
		}
	}
	return out
}

func reconcileScheduled(entries []audit.Entry, scheduled []journal.Schedule) []audit.Finding {
	last := map[string]audit.Entry{} // of each schedule
	latest := map[string]string{}    // the schedule that was told of last, of each user: it settles what a process that was killed had told before
	adopted := int64(0)              // what was scheduled before went with the journal that was lost
	became := map[string]string{}    // the schedule of which an operation has come
	over := map[string]bool{}        // schedules that ended, and which the journal need not keep for ever
	for _, e := range entries {
		if e.Op != "" && e.Schedule != "" {
			became[e.Op] = e.Schedule
		}
		if e.Outcome == userops.Done || e.Outcome == userops.Already || e.Outcome == userops.Requested {
			over[became[e.Op]] = true
		}
		switch {
		case e.Event == "adopted":
			adopted = e.Seq
		case e.Op == "" && e.Schedule != "":
			last[e.Schedule] = e
			latest[userOf(e)] = e.Schedule
		}
	}
	var out []audit.Finding
	for _, s := range scheduled {
		e, ok := last[s.ID]
		delete(last, s.ID)
		switch {
		case !ok && s.Audited: // otherwise the line is being written, or the next process writes it
			out = append(out, audit.Finding{What: fmt.Sprintf("the offboarding of %s in tenant %s is scheduled in the journal and not in the log", s.Email, s.Tenant)})
		case e.Event == "cancelled" && s.State != journal.Cancelled:
			out = append(out, audit.Finding{Line: int(e.Seq), What: fmt.Sprintf("the offboarding of %s in tenant %s is cancelled here, and %s in the journal", s.Email, s.Tenant, s.State)})
		}
	}
	for _, e := range slices.SortedFunc(maps.Values(last), func(a, b audit.Entry) int { return cmp.Compare(a.Seq, b.Seq) }) {
		if e.Event != "cancelled" && !over[e.Schedule] && e.Seq > adopted && latest[userOf(e)] == e.Schedule {
			out = append(out, audit.Finding{Line: int(e.Seq), What: fmt.Sprintf("the offboarding of %s in tenant %s is scheduled here, and not in the journal: schedule it again, if it is still meant", e.Target, e.Tenant)})
		}
	}
	return out
}

// userOf is whom an entry is about.
func userOf(e audit.Entry) string { return e.Tenant + " " + userops.FoldEmail(e.Target) }
