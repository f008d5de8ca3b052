package service

import (
	"context"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
)

// Freeze stops all changes of f.Tenant, or of journal.Everybody, before their commit. It holds even where the audit
// log does not take it: that is told, and written there late.
func (s *Service) Freeze(ctx context.Context, f journal.Freeze, events event.Sink) error {
	return s.withRecords(ctx, func(r *records) error {
		if err := r.journal.Freeze(ctx, f); err != nil {
			return err
		}
		err := r.audit.Append(ctx, audit.Entry{Event: "freeze", Actor: f.By, Tenant: f.Tenant, Reason: f.Reason})
		if err == nil {
			err = r.journal.FreezeAudited(ctx, f.Tenant)
		}
		if err != nil {
			events.Tell(event.Trouble{Text: err.Error() + ": the next change, or thaw, writes it there, marked as late"})
		}
		return nil
	})
}

// Thaw ends the freeze of a tenant, or of journal.Everybody; the two are apart. It says whether there was one. A
// thaw that the audit log does not take does not happen.
func (s *Service) Thaw(ctx context.Context, tenant, by string) (was bool, err error) {
	err = s.withTrusted(ctx, func(r *records) error { // otherwise what else was frozen went with the journal
		if err := operation.CatchUpFreezes(ctx, r.journal, r.audit); err != nil {
			return err
		}
		if err := r.audit.Append(ctx, audit.Entry{Event: "thaw", Actor: by, Tenant: tenant}); err != nil {
			return err
		}
		was, err = r.journal.Thaw(ctx, tenant)
		return err
	})
	return was, err
}

// Freezes lists what is frozen.
func (s *Service) Freezes(ctx context.Context) (all []journal.Freeze, err error) {
	err = s.withTrusted(ctx, func(r *records) error { all, err = r.journal.Freezes(ctx); return err })
	return all, err
}
