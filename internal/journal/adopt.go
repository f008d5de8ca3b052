package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// The facts of a journal: that something is about to be written of which the audit log has a line first; that it
// was found empty or new beside an audit log that is not; and that it was filled from the log.
const (
	used    = "used_at"
	lost    = "lost_at"
	adopted = "adopted_at"
)

// Use has a journal not be New any more, also where all its rows are taken away again (withdrawn, or pruned): by the
// lines that the audit log has of them it would be taken for lost.
func (j *Journal) Use(ctx context.Context) error {
	err := j.tx(ctx, "use", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", used, time.Now().UTC().Format(time.RFC3339))
		return err
	})
	if err != nil {
		return fmt.Errorf("writing down that the journal is in use: %w", err)
	}
	return nil
}

// MarkLost writes down that this journal is not the one that the audit log tells of. It stays so until Adopt,
// whatever else is written meanwhile.
func (j *Journal) MarkLost(ctx context.Context) error {
	err := j.tx(ctx, "lost", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", lost, time.Now().UTC().Format(time.RFC3339))
		return err
	})
	if err != nil {
		return fmt.Errorf("writing down that the journal was lost: %w", err)
	}
	return nil
}

// Lost says whether MarkLost was called, and Adopt not since.
func (j *Journal) Lost(ctx context.Context) (bool, error) {
	var at string
	err := j.db.QueryRowContext(ctx, "SELECT value FROM facts WHERE name = $1", lost).Scan(&at)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading the journal: %w", j.explained(err))
	}
	return true, nil
}

// New says that nothing was ever written here.
func (j *Journal) New(ctx context.Context) (bool, error) {
	for _, table := range []string{"operations", "freezes", "facts", "schedules"} {
		var one int
		err := j.db.QueryRowContext(ctx, "SELECT 1 FROM "+table+" LIMIT 1").Scan(&one)
		if err == nil {
			return false, nil
		}
		if !errors.Is(err, sql.ErrNoRows) {
			return false, fmt.Errorf("reading the journal: %w", j.explained(err))
		}
	}
	return true, nil
}

// Adopt writes down operations that have ended and freezes, as another record tells of them, in one transaction: of
// those that are here already nothing changes. An operation whose end that record does not have is told to it later
// (Unaudited).
func (j *Journal) Adopt(ctx context.Context, ops []Operation, freezes []Freeze) error {
	err := j.tx(ctx, "adopt", func(tx *sql.Tx) error {
		for _, o := range ops {
			if err := adoptOne(ctx, tx, o); err != nil {
				return err
			}
		}
		for _, f := range freezes {
			if _, err := tx.ExecContext(ctx, "INSERT INTO freezes (tenant, reason, by_whom, at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING",
				f.Tenant, f.Reason, f.By, f.At.UnixMicro()); err != nil {
				return err
			}
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM facts WHERE name = $1", lost); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, "INSERT INTO facts (name, value) VALUES ($1, $2) ON CONFLICT DO NOTHING", adopted, time.Now().UTC().Format(time.RFC3339))
		return err
	})
	if err != nil {
		return fmt.Errorf("writing down what the audit log tells: %w", err)
	}
	return nil
}

func adoptOne(ctx context.Context, tx *sql.Tx, o Operation) error {
	request, err1 := text(o.Request)
	before, err2 := text(o.Before)
	after, err3 := text(o.After)
	if err := errors.Join(err1, err2, err3); err != nil {
		return err
	}
	var intent int64
	if o.IntentAt != nil {
		intent = o.IntentAt.UnixMicro()
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO operations (id, tenant, action, email, request_key, request, requested_by, on_behalf_of, dry_run, state, outcome, reason,
		before_user, after_user, selector_version, created_at, updated_at, intent_at, audited, code)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) ON CONFLICT DO NOTHING`,
		o.ID, o.Tenant, string(o.Request.Action), o.Request.Email, o.Request.Key(), request, o.RequestedBy, o.OnBehalfOf, number(o.DryRun),
		string(Verified), string(o.Outcome), o.Reason, before, after, o.SelectorVersion, o.CreatedAt.UnixMicro(), o.UpdatedAt.UnixMicro(), intent, number(o.Audited), string(o.Code))
	return err
}
