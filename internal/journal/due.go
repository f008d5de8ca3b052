package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// Now is the time by the database's clock: machines that share one need not agree on theirs.
func (j *Journal) Now(ctx context.Context) (time.Time, error) {
	return j.nowBy(ctx, j.db, nil)
}

// asked is the database, or a transaction.
type asked interface {
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// nowBy is the time by a clock; nil: the database's.
func (j *Journal) nowBy(ctx context.Context, in asked, clock func() time.Time) (time.Time, error) {
	if clock != nil {
		return clock(), nil
	}
	var now int64
	if err := in.QueryRowContext(ctx, "SELECT "+j.clock).Scan(&now); err != nil {
		return time.Time{}, fmt.Errorf("asking the journal for the time: %w", j.explained(err))
	}
	return time.UnixMicro(now).UTC(), nil
}

// isDue is of schedules s for which something can be done at $1: the audit log has them; the time has come, or what
// they have become is to be settled; nobody has frozen the tenant, and it does not rest. A rest that ends further
// ahead than any can was written before the clock was set back.
const isDue = `s.audited = 1 AND (s.state = 'running' OR s.state = 'pending' AND s.due_at <= $1)
  AND NOT EXISTS (SELECT 1 FROM freezes f WHERE f.tenant = s.tenant OR f.tenant = '` + Everybody + `')
  AND NOT EXISTS (SELECT 1 FROM tenant_stops h WHERE h.tenant = s.tenant AND (h.held = 1 OR h.until_at > $1 AND h.until_at <= $1 + 3600000000))`

// DueTenants lists the tenants for which something can be done now, those that have waited longest first.
func (j *Journal) DueTenants(ctx context.Context, now time.Time) ([]string, error) {
	rows, err := j.db.QueryContext(ctx, "SELECT s.tenant FROM schedules s WHERE "+isDue+" GROUP BY s.tenant ORDER BY MIN(s.due_at)", now.UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("looking what is due: %w", j.explained(err))
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var t string
		if err := rows.Scan(&t); err != nil {
			return nil, fmt.Errorf("looking what is due: %w", err)
		}
		out = append(out, t)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("looking what is due: %w", j.explained(err))
	}
	return out, nil
}

// NextDue is when the next one that is not due yet will be; zero: nothing more is scheduled.
func (j *Journal) NextDue(ctx context.Context, now time.Time) (time.Time, error) {
	var at sql.NullInt64
	if err := j.db.QueryRowContext(ctx, "SELECT MIN(due_at) FROM schedules WHERE state = 'pending' AND audited = 1 AND due_at > $1", now.UnixMicro()).Scan(&at); err != nil {
		return time.Time{}, fmt.Errorf("looking when something is due: %w", j.explained(err))
	}
	if !at.Valid {
		return time.Time{}, nil
	}
	return time.UnixMicro(at.Int64).UTC(), nil
}

// ComingDue lists the tenants of which something comes to be due after now and not after a time, but those that
// wait for a person, or are frozen.
func (j *Journal) ComingDue(ctx context.Context, now, until time.Time) ([]string, error) {
	one := func(r row) (name string, err error) { return name, r.Scan(&name) }
	all, err := everyRow(ctx, j.db, one, `SELECT DISTINCT s.tenant FROM schedules s WHERE s.state = 'pending' AND s.audited = 1 AND s.due_at > $1 AND s.due_at <= $2
		AND NOT EXISTS (SELECT 1 FROM freezes f WHERE f.tenant = s.tenant OR f.tenant = '`+Everybody+`')
		AND NOT EXISTS (SELECT 1 FROM tenant_stops h WHERE h.tenant = s.tenant AND h.held = 1)`, now.UnixMicro(), until.UnixMicro())
	if err != nil {
		return nil, fmt.Errorf("looking what comes to be due: %w", j.explained(err))
	}
	return all, nil
}

// Due lists a tenant's schedules for which something can be done now, in the order in which it is to be done.
func (j *Journal) Due(ctx context.Context, tenant string, now time.Time) ([]Schedule, error) {
	return j.schedules(ctx, "WHERE s.tenant = $2 AND "+isDue+" ORDER BY s.due_at, s.id", now.UnixMicro(), tenant)
}

// IfNothingIsDue commits what do has done in a transaction only if, once it is done, nothing of the tenant is due.
// idle says whether it was committed. That do comes first matters where transactions do not come one after the
// other: what is scheduled before do is seen by the look, and what is scheduled after it finds do done. The time is
// asked for after do, too: what comes to be due before do may have been found to be looked after already. now is the
// clock; nil: the journal's.
func (j *Journal) IfNothingIsDue(
	ctx context.Context, tenant string, now func() time.Time, do func(tx *sql.Tx) error,
) (idle bool, err error) {
	err = j.tx(ctx, "drained", func(tx *sql.Tx) error {
		if err := do(tx); err != nil {
			return err
		}
		at, err := j.nowBy(ctx, tx, now)
		if err != nil {
			return err
		}
		var n int
		if err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM schedules s WHERE s.tenant = $2 AND "+isDue, at.UnixMicro(), tenant).Scan(&n); err != nil {
			return err
		}
		if n > 0 {
			return errStillDue
		}
		return nil
	})
	if errors.Is(err, errStillDue) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("noting that nothing of tenant %s is due: %w", tenant, err)
	}
	return true, nil
}

// errStillDue takes back the transaction.
var errStillDue = errors.New("something is due")

// Claim is a schedule that is to become the operation which is begun. The lease must still hold then, and the
// schedule be due.
type Claim struct {
	Schedule string
	Lease    *Lease
	Now      time.Time
	Late     time.Duration
}

// become notes which operation a schedule has become, in the transaction that writes the operation down.
func (c *Claim) become(ctx context.Context, tx *sql.Tx, op string) error {
	if err := c.Lease.holds(ctx, tx); err != nil {
		return err
	}
	var before int64
	if err := tx.QueryRowContext(ctx, "SELECT late_by FROM schedules WHERE id = $1", c.Schedule).Scan(&before); err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	err := move(ctx, tx, c.Schedule, "state = 'running', operation = $3, late_by = $4, outcome = '', code = '', because = '', hint = ''", "state IN ('pending', 'running') AND due_at <= $5",
		op, c.Late.Microseconds(), c.Now.UnixMicro())
	if err != nil {
		return err
	}
	s, err := scanSchedule(tx.QueryRowContext(ctx, "SELECT "+scheduleColumns+" FROM schedules WHERE id = $1", c.Schedule))
	if err != nil {
		return err
	}
	e := s.event(EventBegun, Self().String(), "")
	e.LateMS, e.LateBefore = s.LateMS, time.Duration(before)*time.Microsecond
	return note(ctx, tx, e)
}

// Conclusion is what follows an attempt at a schedule, or that none was made.
type Conclusion struct {
	State  ScheduleState
	Event  EventKind
	Result userops.Result
	Failed bool // the attempt counts as one that failed
	// Interrupted: it ended with its process.
	Interrupted bool
	Stop        *TenantStop // the tenant has to wait
	Works       bool        // the tenant was reached: what it waited for is over

	Tell func() error // called once nobody can come in between, and before it is so; may be nil
}

// Conclude notes what follows an attempt, under the lease under which it was made. The error is ErrMoved if the
// schedule is not what the attempt was of any more.
func (j *Journal) Conclude(ctx context.Context, l *Lease, s Schedule, c Conclusion) error {
	err := j.tx(ctx, "conclude", func(tx *sql.Tx) error {
		if err := l.holds(ctx, tx); err != nil {
			return err
		}
		r := c.Result
		err := move(ctx, tx, s.ID, "state = $3, outcome = $4, code = $5, because = $6, hint = $7, tries = tries + $8, interruptions = interruptions + $11",
			"state IN ('pending', 'running') AND due_at = $9 AND deactivations = $10", string(c.State), string(r.Outcome), string(r.Code), r.Reason, r.Hint,
			number(c.Failed), s.At.UnixMicro(), s.Limit, number(c.Interrupted))
		if err != nil {
			return err
		}
		e := s.event(c.Event, Self().String(), r.Reason)
		e.Outcome, e.Code = r.Outcome, r.Code
		if r.Op != "" {
			e.Op = r.Op
		}
		if err := note(ctx, tx, e); err != nil {
			return err
		}
		switch {
		case c.Stop != nil:
			err = stop(ctx, tx, *c.Stop)
		case c.Works:
			err = lift(ctx, tx, s.Tenant, Self().String())
		}
		if err != nil || c.Tell == nil {
			return err
		}
		return c.Tell()
	})
	if err != nil {
		return fmt.Errorf("writing down what became of the offboarding of %s: %w", s.Email, err)
	}
	return nil
}
