package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// Everybody stands for all tenants in a freeze.
const Everybody = "*"

// Freeze is a tenant, or Everybody, being kept from changes.
type Freeze struct {
	Tenant string    `json:"tenant"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`

	Audited bool `json:"-"` // the audit log has its line
}

// Freeze stops all changes of a tenant before their commit, until Thaw. Once the audit log has its line,
// FreezeAudited is called.
func (j *Journal) Freeze(ctx context.Context, f Freeze) error {
	err := j.tx(ctx, "freeze", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO freezes (tenant, reason, by_whom, at, audited) VALUES ($1, $2, $3, $4, 0)
			ON CONFLICT (tenant) DO UPDATE SET reason = excluded.reason, by_whom = excluded.by_whom, at = excluded.at, audited = 0`, f.Tenant, f.Reason, f.By, time.Now().UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("freezing %s: %w", f.Tenant, err)
	}
	return nil
}

// FreezeAudited notes that the audit log has the line of a freeze.
func (j *Journal) FreezeAudited(ctx context.Context, tenant string) error {
	err := j.tx(ctx, "freeze audited", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "UPDATE freezes SET audited = 1 WHERE tenant = $1", tenant)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing down that the audit log has the freeze of %s: %w", tenant, err)
	}
	return nil
}

// Thaw ends a freeze. It returns false where there was none.
func (j *Journal) Thaw(ctx context.Context, tenant string) (was bool, err error) {
	err = j.tx(ctx, "thaw", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM freezes WHERE tenant = $1", tenant)
		if err != nil {
			return err
		}
		n, err := res.RowsAffected()
		was = n > 0
		return err
	})
	if err != nil {
		return false, fmt.Errorf("thawing %s: %w", tenant, err)
	}
	return was, nil
}

// Freezes lists what is frozen.
func (j *Journal) Freezes(ctx context.Context) ([]Freeze, error) {
	rows, err := j.db.QueryContext(ctx, "SELECT tenant, reason, by_whom, at, audited FROM freezes ORDER BY tenant")
	if err != nil {
		return nil, fmt.Errorf("reading the freezes: %w", j.explained(err))
	}
	defer rows.Close()
	var out []Freeze
	for rows.Next() {
		var f Freeze
		var at int64
		var audited int
		if err := rows.Scan(&f.Tenant, &f.Reason, &f.By, &at, &audited); err != nil {
			return nil, fmt.Errorf("reading the freezes: %w", j.explained(err))
		}
		f.At, f.Audited = time.UnixMicro(at).UTC(), audited != 0
		out = append(out, f)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading the freezes: %w", j.explained(err))
	}
	return out, nil
}

// Frozen returns an *userops.Error of ErrFrozen if changes of the tenant are frozen.
func (j *Journal) Frozen(ctx context.Context, tenant string) error {
	return j.explained(frozen(ctx, j.db, tenant))
}

func frozen(ctx context.Context, db interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}, tenant string) error {
	var what, reason, by string
	err := db.QueryRowContext(ctx, "SELECT tenant, reason, by_whom FROM freezes WHERE tenant = $1 OR tenant = $2 ORDER BY tenant LIMIT 1", tenant, Everybody).Scan(&what, &reason, &by)
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("looking whether tenant %s is frozen: %w", tenant, err)
	}
	hint := "thaw the tenant when it is safe again"
	if what == Everybody {
		hint = "thaw all tenants when it is safe again"
	}
	return &userops.Error{Act: "asking whether changes are allowed", Tenant: tenant, Kind: userops.ErrFrozen, Cause: fmt.Errorf("frozen by %s: %s", by, reason), Hint: hint}
}
