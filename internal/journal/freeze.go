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
}

// Freeze stops all changes of a tenant before their commit, until Thaw.
func (j *Journal) Freeze(ctx context.Context, f Freeze) error {
	err := j.tx(ctx, "freeze", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO freezes (tenant, reason, by_whom, at) VALUES ($1, $2, $3, $4)
			ON CONFLICT (tenant) DO UPDATE SET reason = excluded.reason, by_whom = excluded.by_whom, at = excluded.at`, f.Tenant, f.Reason, f.By, time.Now().UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("freezing %s: %w", f.Tenant, err)
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
	rows, err := j.db.QueryContext(ctx, "SELECT tenant, reason, by_whom, at FROM freezes ORDER BY tenant")
	if err != nil {
		return nil, fmt.Errorf("reading the freezes: %w", err)
	}
	defer rows.Close()
	var out []Freeze
	for rows.Next() {
		var f Freeze
		var at int64
		if err := rows.Scan(&f.Tenant, &f.Reason, &f.By, &at); err != nil {
			return nil, fmt.Errorf("reading the freezes: %w", err)
		}
		f.At = time.UnixMicro(at).UTC()
		out = append(out, f)
	}
	return out, rows.Err()
}

// Frozen returns an *userops.Error of ErrFrozen if changes of the tenant are frozen.
func (j *Journal) Frozen(ctx context.Context, tenant string) error {
	return frozen(ctx, j.db, tenant)
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
	hint := "when it is safe again: billagent thaw --tenant " + tenant
	if what == Everybody {
		hint = "when it is safe again: billagent thaw --all"
	}
	return &userops.Error{Act: "asking whether changes are allowed", Tenant: tenant, Kind: userops.ErrFrozen, Cause: fmt.Errorf("frozen by %s: %s", by, reason), Hint: hint}
}
