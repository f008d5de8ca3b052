package journal

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// TenantStop is why nothing that is due of a tenant is begun for now. The JSON names are a contract.
type TenantStop struct {
	Tenant   string       `json:"tenant"`
	Failures int          `json:"failures"` // in a row
	Until    time.Time    `json:"until"`    // when it is tried again
	Held     bool         `json:"held"`     // it is not, before a person says so
	Code     userops.Code `json:"code"`
	Because  string       `json:"because"`
	Hint     string       `json:"hint"`
	Since    time.Time    `json:"since"`
}

// StopTenant has a tenant wait.
func (j *Journal) StopTenant(ctx context.Context, s TenantStop) error {
	if err := j.tx(ctx, "stop tenant", func(tx *sql.Tx) error { return stop(ctx, tx, s) }); err != nil {
		return fmt.Errorf("writing down that tenant %s has to wait: %w", s.Tenant, err)
	}
	return nil
}

func stop(ctx context.Context, tx *sql.Tx, s TenantStop) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO tenant_stops (tenant, failures, until_at, held, code, because, hint, since) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
		ON CONFLICT (tenant) DO UPDATE SET failures = excluded.failures, until_at = excluded.until_at, held = excluded.held, code = excluded.code,
		because = excluded.because, hint = excluded.hint`, s.Tenant, s.Failures, s.Until.UnixMicro(), number(s.Held), string(s.Code), s.Because, s.Hint, time.Now().UnixMicro())
	if err != nil {
		return err
	}
	e := ScheduleEvent{What: EventPaused, Tenant: s.Tenant, By: Self().String(), Code: s.Code, Detail: s.Because, Failures: s.Failures}
	if s.Held {
		e.What = EventHeld
	}
	return note(ctx, tx, e)
}

// LiftTenant ends the wait of a tenant. It says whether there was one; only then tell is called, before it is so.
func (j *Journal) LiftTenant(ctx context.Context, tenant, by string, tell func() error) (was bool, err error) {
	err = j.tx(ctx, "lift tenant", func(tx *sql.Tx) error {
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM tenant_stops WHERE tenant = $1", tenant).Scan(&n); err != nil {
			return err
		}
		if was = n > 0; !was {
			return nil
		}
		if err := lift(ctx, tx, tenant, by); err != nil {
			return err
		}
		return tell()
	})
	if err != nil {
		return false, fmt.Errorf("ending the wait of tenant %s: %w", tenant, err)
	}
	return was, nil
}

func lift(ctx context.Context, tx *sql.Tx, tenant, by string) error {
	res, err := tx.ExecContext(ctx, "DELETE FROM tenant_stops WHERE tenant = $1", tenant)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n == 0 {
		return err
	}
	return note(ctx, tx, ScheduleEvent{What: EventResumed, Tenant: tenant, By: by})
}

// TenantStops are the tenants that wait, by name.
func (j *Journal) TenantStops(ctx context.Context) (map[string]TenantStop, error) {
	rows, err := j.db.QueryContext(ctx, "SELECT tenant, failures, until_at, held, code, because, hint, since FROM tenant_stops")
	if err != nil {
		return nil, fmt.Errorf("reading which tenants wait: %w", j.explained(err))
	}
	defer rows.Close()
	out := map[string]TenantStop{}
	for rows.Next() {
		var s TenantStop
		var until, since int64
		var held int
		if err := rows.Scan(&s.Tenant, &s.Failures, &until, &held, &s.Code, &s.Because, &s.Hint, &since); err != nil {
			return nil, fmt.Errorf("reading which tenants wait: %w", err)
		}
		s.Until, s.Since, s.Held = time.UnixMicro(until).UTC(), time.UnixMicro(since).UTC(), held != 0
		out[s.Tenant] = s
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading which tenants wait: %w", j.explained(err))
	}
	return out, nil
}
