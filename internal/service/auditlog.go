package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/userops"
)

// Verify says what is wrong with the audit log, by itself (see audit.Verify) and held against the journal.
func (s *Service) Verify(ctx context.Context, key, checkpoint string) (audit.Report, error) {
	report, err := audit.Verify(s.config.AuditDir(), key, checkpoint)
	if err != nil {
		return report, err
	}
	var found []audit.Finding
	err = s.withRecords(ctx, func(r *records) error { found, err = s.againstJournal(ctx, r); return err })
	if err != nil { // what the log says of itself is told all the same
		found = []audit.Finding{{What: "it could not be held against the journal: " + userops.ReasonOf(err)}}
	}
	report.Findings = append(report.Findings, found...)
	return report, nil
}

// againstJournal says where log and journal differ. A journal that several machines share knows more than the log
// of this one: of it only what this machine has done is held against the log.
func (s *Service) againstJournal(ctx context.Context, r *records) ([]audit.Finding, error) {
	ops, err := r.journal.List(ctx, journal.Filter{})
	if err != nil {
		return nil, err
	}
	freezes, err := r.journal.Freezes(ctx)
	if err != nil {
		return nil, err
	}
	scheduled, err := r.journal.Schedules(ctx, journal.ScheduleFilter{})
	if err != nil {
		return nil, err
	}
	entries, err := audit.Read(s.config.AuditDir())
	if err != nil {
		return nil, err
	}
	if _, shared := r.journal.Database(); shared {
		scheduled = slices.DeleteFunc(scheduled, func(s journal.Schedule) bool {
			return !slices.ContainsFunc(entries, func(e audit.Entry) bool { return e.Schedule == s.ID })
		})
	}
	here := journal.Self().Host
	ops = slices.DeleteFunc(ops, func(o journal.Operation) bool {
		return o.Worker != "" && journal.ParseWorker(o.Worker).Host != here && !slices.ContainsFunc(entries, func(e audit.Entry) bool { return e.Op == o.ID })
	})
	return operation.Reconcile(entries, ops, freezes, scheduled), nil
}

// Export writes a folder for each operation of a time into out, to be read by an auditor, and says how many.
func (s *Service) Export(ctx context.Context, out string, since, until time.Time) (int, error) {
	return audit.Export(ctx, s.config.AuditDir(), s.config.EvidenceDir(), out, since, until)
}

// Adopt writes into the journal what the audit log tells, where the journal was lost, and says how many operations
// and freezes that is. What was scheduled is not written there: scheduled are the lines that tell of it, for a
// person to ask for again.
func (s *Service) Adopt(ctx context.Context, by string) (operations, freezes int, scheduled []audit.Entry, err error) {
	err = s.withRecords(ctx, func(r *records) error {
		entries, err := audit.Read(s.config.AuditDir())
		if err != nil {
			return err
		}
		ops, frozen := operation.FromAudit(entries)
		there, err := r.journal.Schedules(ctx, journal.ScheduleFilter{Open: true})
		if err != nil {
			return err
		}
		scheduled = slices.DeleteFunc(operation.OpenInAudit(entries), func(e audit.Entry) bool {
			return slices.ContainsFunc(there, func(s journal.Schedule) bool { return s.Tenant == e.Tenant && userops.SameEmail(s.Email, e.Target) })
		})
		if err := r.journal.Adopt(ctx, ops, frozen); err != nil {
			return err
		}
		operations, freezes = len(ops), len(frozen)
		what := fmt.Sprintf("%d operations and %d freezes", operations, freezes)
		return r.audit.Append(ctx, audit.Entry{Event: "adopted", Actor: by, Reason: what})
	})
	return operations, freezes, scheduled, err
}
