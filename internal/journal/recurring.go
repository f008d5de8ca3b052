package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// RecurringRun is how far something that recurs has come. The JSON names are a contract.
type RecurringRun struct {
	Name      string       `json:"recurring"`
	Tenant    string       `json:"tenant,omitempty"` // empty: it is of all
	For       string       `json:"-"`                // what is done, and when; empty: it was counted before this was kept
	CountedTo time.Time    `json:"-"`                // what was due up to here was run, or was not meant to be
	Worker    string       `json:"worker,omitempty"` // the process that runs it now
	BeganAt   time.Time    `json:"began_at,omitzero"`
	EndedAt   time.Time    `json:"ended_at,omitzero"`
	Code      userops.Code `json:"code"`   // of the last run; empty: nothing to say
	Detail    string       `json:"detail"` // of the last run

	claims       int64
	claimedUntil time.Time
}

const recurringColumns = "name, tenant, counted_for, counted_to, claims, worker, claimed_until, began_at, ended_at, code, detail"

func scanRecurring(row row) (RecurringRun, error) {
	var r RecurringRun
	var counted, until, began, ended int64
	err := row.Scan(&r.Name, &r.Tenant, &r.For, &counted, &r.claims, &r.Worker, &until, &began, &ended, &r.Code, &r.Detail)
	r.CountedTo, r.claimedUntil = time.UnixMicro(counted).UTC(), time.UnixMicro(until).UTC()
	if began != 0 {
		r.BeganAt = time.UnixMicro(began).UTC()
	}
	if ended != 0 {
		r.EndedAt = time.UnixMicro(ended).UTC()
	}
	return r, err
}

// Recurring lists what recurs, as far as it was ever looked at.
func (j *Journal) Recurring(ctx context.Context) ([]RecurringRun, error) {
	out, err := everyRow(ctx, j.db, scanRecurring, "SELECT "+recurringColumns+" FROM recurring ORDER BY name, tenant")
	if err != nil {
		return nil, fmt.Errorf("reading what recurs: %w", j.explained(err))
	}
	return out, nil
}

// CountRecurring writes down that nothing of something that recurs is due up to now: it is new here, is another under
// the same name, or was counted by a clock that was set back since. What a run of another came to is forgotten, and
// whoever makes one comes late.
func (j *Journal) CountRecurring(ctx context.Context, r RecurringRun, now time.Time) error {
	err := j.tx(ctx, "count recurring", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, `INSERT INTO recurring (name, tenant, counted_for, counted_to) VALUES ($1, $2, $3, $4)
			ON CONFLICT (name, tenant) DO UPDATE SET counted_to = excluded.counted_to WHERE recurring.counted_for = excluded.counted_for AND recurring.counted_to > excluded.counted_to`,
			r.Name, r.Tenant, r.For, now.UnixMicro())
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, `UPDATE recurring SET counted_for = $3, counted_to = $4, claims = claims + 1, worker = '', claimed_until = 0, began_at = 0, ended_at = 0, code = '', detail = ''
			WHERE name = $1 AND tenant = $2 AND counted_for <> $3`, r.Name, r.Tenant, r.For, now.UnixMicro())
		return err
	})
	if err != nil {
		return fmt.Errorf("writing down that %s recurs: %w", r.Name, err)
	}
	return nil
}

// ErrClaimed means that another process runs, or has run, what is claimed.
var ErrClaimed = errors.New("another process runs it, or has run it")

// ClaimRecurring has this process run what was read as r, for so long at most: no other does meanwhile, unless this
// one ends. The error is ErrClaimed where another came first.
func (j *Journal) ClaimRecurring(ctx context.Context, r RecurringRun, now time.Time, bound time.Duration) (RecurringRun, error) {
	held := r.claimedUntil.After(now) && !r.claimedUntil.After(now.Add(bound)) // further ahead: the clock was set back since
	if r.Worker != "" && held && !ParseWorker(r.Worker).Dead(Self()) {
		return r, ErrClaimed
	}
	claimed := r
	claimed.claims++
	claimed.Worker, claimed.BeganAt, claimed.claimedUntil = Self().encode(), now, now.Add(bound)
	err := j.tx(ctx, "claim recurring", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE recurring SET claims = claims + 1, worker = $4, claimed_until = $5, began_at = $6, counted_for = $7 WHERE name = $1 AND tenant = $2 AND claims = $3",
			r.Name, r.Tenant, r.claims, claimed.Worker, claimed.claimedUntil.UnixMicro(), now.UnixMicro(), r.For)
		return one(res, err, ErrClaimed)
	})
	if err != nil {
		return r, fmt.Errorf("beginning %s, which recurs: %w", r.Name, err)
	}
	return claimed, nil
}

// one is lost unless exactly one row was changed.
func one(res sql.Result, err, lost error) error {
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(lost, err)
	}
	return nil
}

// EndRecurring notes what a run that was claimed came to, and what is to be told of it, nil for nothing: it counts
// for everything that was due when it began. The error is ErrClaimed if another process has taken it over.
func (j *Journal) EndRecurring(ctx context.Context, r RecurringRun, now time.Time, told *ScheduleEvent) error {
	return j.endRecurring(ctx, r, told, "counted_to = began_at, ended_at = $4, code = $5, detail = $6", now.UnixMicro(), string(r.Code), r.Detail)
}

// LeaveRecurring gives back a run that was claimed and not made: it is due as before.
func (j *Journal) LeaveRecurring(ctx context.Context, r RecurringRun) error {
	return j.endRecurring(ctx, r, nil, "claimed_until = 0")
}

func (j *Journal) endRecurring(ctx context.Context, r RecurringRun, told *ScheduleEvent, set string, args ...any) error {
	err := j.tx(ctx, "end recurring", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "UPDATE recurring SET worker = '', "+set+" WHERE name = $1 AND tenant = $2 AND claims = $3", append([]any{r.Name, r.Tenant, r.claims}, args...)...)
		if err := one(res, err, ErrClaimed); err != nil || told == nil {
			return err
		}
		told.By, told.Recurring, told.Tenant = Self().String(), r.Name, r.Tenant
		return note(ctx, tx, *told)
	})
	if err != nil {
		return fmt.Errorf("writing down what became of %s, which recurs: %w", r.Name, err)
	}
	return nil
}

// Expiry is something of a tenant that runs out.
type Expiry struct {
	Tenant, What string
	Until        time.Time
}

// TellExpiry notes once that something runs out in so many days; again for fewer days, or where it runs out at
// another time.
func (j *Journal) TellExpiry(ctx context.Context, e Expiry, days int) error {
	err := j.tx(ctx, "runs out", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, `INSERT INTO runs_out (tenant, what, until_at, days) VALUES ($1, $2, $3, $4)
			ON CONFLICT (tenant, what) DO UPDATE SET until_at = excluded.until_at, days = excluded.days WHERE runs_out.until_at <> excluded.until_at OR runs_out.days > excluded.days`,
			e.Tenant, e.What, e.Until.UnixMicro(), days)
		if err != nil {
			return err
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			return err
		}
		return note(ctx, tx, ScheduleEvent{What: EventRunsOut, Tenant: e.Tenant, By: Self().String(), Detail: e.What + ": " + e.Until.UTC().Format("2006-01-02 15:04 -07:00")})
	})
	if err != nil {
		return fmt.Errorf("writing down that the %s of tenant %s runs out: %w", e.What, e.Tenant, err)
	}
	return nil
}
