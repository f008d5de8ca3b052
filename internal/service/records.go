package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/policy"
	"github.com/billagent/billagent/internal/userops"
)

// records is what all tenants share: the journal and the audit log.
type records struct {
	journal  *journal.Journal
	audit    *audit.Log
	auditDir string
}

// openedRecords are the records, opened once.
func (s *Service) openedRecords(ctx context.Context) (*records, error) {
	s.opening.Lock()
	defer s.opening.Unlock()
	if s.records == nil {
		r, err := openRecords(ctx, s.config, s.opts.Version)
		if err != nil {
			return nil, err
		}
		s.records = r
	}
	return s.records, nil
}

// withRecords has do work with the records, and withTrusted only if they can be trusted.
func (s *Service) withRecords(ctx context.Context, do func(r *records) error) error {
	done, err := s.begin()
	if err != nil {
		return err
	}
	defer done()
	r, err := s.openedRecords(ctx)
	if err != nil {
		return err
	}
	return do(r)
}

func (s *Service) withTrusted(ctx context.Context, do func(r *records) error) error {
	return s.withRecords(ctx, func(*records) error {
		r, err := s.trusted(ctx)
		if err != nil {
			return err
		}
		return do(r)
	})
}

// trusted are the records, unless the journal is not that of the audit log: with it went what is frozen and how
// many have lost access within the hour. Then the error is an *userops.Error of ErrLost. It is asked each time,
// since another process may fill the journal from the log.
func (s *Service) trusted(ctx context.Context) (*records, error) {
	r, err := s.openedRecords(ctx)
	if err != nil {
		return nil, err
	}
	lost, unread, err := r.lost(ctx)
	switch {
	case err != nil:
		return nil, unreadable(err)
	case unread != nil:
		return nil, (&userops.Error{Act: "opening the journal", Kind: userops.ErrStorage,
			Cause: fmt.Errorf("it is empty or new, and it could not be held against the audit log: %w", unread),
			Hint:  "see to the audit log in the state folder"}).OrStop()
	case lost:
		return nil, &userops.Error{Act: "opening the journal", Kind: userops.ErrLost, Cause: fmt.Errorf("%s is empty or new: what was frozen and the limit of deactivations went with it", r.journal),
			Hint: "put the journal back, or make one of the audit log"}
	}
	return r, nil
}

// openRecords opens the journal and the audit log.
func openRecords(ctx context.Context, c *config.Config, version string) (*records, error) {
	fail := func(act string, kind, err error, hint string) (*records, error) {
		return nil, (&userops.Error{Act: act, Kind: kind, Cause: err, Hint: hint}).OrStop()
	}
	where := c.JournalFile()
	if c.Journal != "" {
		address, err := c.Journal.Fetch(ctx)
		if err != nil {
			return fail("fetching the journal's address", userops.ErrConfig, err, "check the journal reference")
		}
		where = address
	}
	key := ""
	if c.Audit.SigningKey != "" {
		var err error
		if key, err = c.Audit.SigningKey.Fetch(ctx); err != nil {
			return fail("fetching the audit log's signing key", userops.ErrConfig, err, "check the audit.signing_key reference")
		}
	}
	log, err := audit.Open(ctx, c.AuditDir(), key, version)
	if err != nil {
		return fail("opening the audit log", userops.ErrStorage, err, "make room on the disk, or choose another state folder")
	}
	j, err := journal.Open(ctx, where, journal.Options{})
	if errors.Is(err, journal.ErrDamaged) {
		return fail("opening the journal", userops.ErrDamaged, err, asideHint)
	}
	if err != nil {
		return fail("opening the journal", userops.ErrStorage, err, "make room on the disk, or see to the journal's database")
	}
	r := &records{journal: j, audit: log, auditDir: c.AuditDir()}
	if _, _, err := r.lost(ctx); err != nil {
		return nil, errors.Join(unreadable(err), j.Close())
	}
	return r, nil
}

func unreadable(err error) error {
	if errors.Is(err, journal.ErrDamaged) {
		return &userops.Error{Act: "opening the journal", Kind: userops.ErrDamaged, Cause: err, Hint: asideHint}
	}
	return (&userops.Error{Act: "opening the journal", Kind: userops.ErrStorage, Cause: err,
		Hint: "see to the journal and the audit log in the state folder"}).OrStop()
}

const asideHint = "put the file aside, and make a journal of the audit log"

// lost says that the audit log tells of what the journal must have known. It is written down, so that what is
// written into the new journal before it is filled from the log (a freeze) does not hide it. unread is why a
// journal that is empty could not be held against the log: changes are refused then, freezing is not.
func (r *records) lost(ctx context.Context) (lost bool, unread, err error) {
	if lost, err := r.journal.Lost(ctx); err != nil || lost {
		return lost, nil, err
	}
	fresh, err := r.journal.New(ctx)
	if err != nil || !fresh {
		return false, nil, err
	}
	entries, err := audit.Read(r.auditDir)
	if err != nil {
		return false, err, nil
	}
	if !slices.ContainsFunc(entries, func(e audit.Entry) bool { return e.Op != "" || e.Event == "freeze" || e.Event == "scheduled" }) {
		return false, nil, nil
	}
	if fresh, err = r.journal.New(ctx); err != nil || !fresh { // another process has written to both since
		return false, nil, err
	}
	return true, nil, r.journal.MarkLost(ctx)
}

func (r *records) close() error {
	if err := r.journal.Close(); err != nil {
		return fmt.Errorf("closing the journal: %w", err)
	}
	return nil
}

// policy is what holds for a tenant.
func (s *Service) policy(name string) policy.Policy {
	return policy.Policy{Tenant: name, Protected: append(append([]string{}, s.config.Protected...), s.config.Tenants[name].Protected...)}
}
