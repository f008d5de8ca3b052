package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/userops"
	"github.com/google/uuid"
)

// ScheduleState is how far a scheduled offboarding has come.
type ScheduleState string

// The states. The first three are open: of one user at most one is.
const (
	Pending   ScheduleState = "pending"   // waits for its time, for its next try, or for its tenant
	Underway  ScheduleState = "running"   // has become an operation whose outcome is not noted here yet
	Parked    ScheduleState = "parked"    // needs a person
	Ended     ScheduleState = "ended"     // has its outcome
	Cancelled ScheduleState = "cancelled" // by a person, before it was begun
)

// Schedule is one offboarding that is to happen at a time. The JSON names are a contract.
type Schedule struct {
	ID          string          `json:"schedule"`
	Tenant      string          `json:"tenant"`
	Email       string          `json:"email"`
	At          time.Time       `json:"at"`
	Asked       string          `json:"asked"` // the time as it was asked for
	Zone        string          `json:"zone"`
	Reason      string          `json:"reason"` // why it was asked for
	RequestedBy string          `json:"requested_by"`
	OnBehalfOf  string          `json:"on_behalf_of,omitempty"`
	Limit       int             `json:"limit,omitempty"` // of deactivations within an hour, where one was allowed explicitly
	State       ScheduleState   `json:"state"`
	Operation   string          `json:"op"` // what it has become; empty: it was not begun
	Tries       int             `json:"tries"`
	LateMS      int64           `json:"late_ms"` // how long past its time it was begun
	Outcome     userops.Outcome `json:"outcome"`
	Code        userops.Code    `json:"code"`
	Because     string          `json:"because"`
	Hint        string          `json:"hint"`
	CreatedAt   time.Time       `json:"created_at"`
	UpdatedAt   time.Time       `json:"updated_at"`

	Interruptions int    `json:"-"` // attempts that ended with their process
	Audited       bool   `json:"-"` // the audit log has its line
	worker        string // who was to write that

	Stop    *TenantStop     `json:"tenant_stop,omitempty"` // why its tenant has to wait
	History []ScheduleEvent `json:"history,omitempty"`     // only of one that is asked for by itself
}

// Open says that it is still to be done, or needs a person.
func (s Schedule) Open() bool { return s.State == Pending || s.State == Underway || s.State == Parked }

// The errors of schedules.
var (
	ErrNoSchedule = errors.New("there is no such scheduled offboarding")
	ErrMoved      = errors.New("the scheduled offboarding was changed or begun by somebody else meanwhile")
)

// PendingError is of a user whose offboarding is scheduled already.
type PendingError struct{ There Schedule }

// Error implements error.
func (e *PendingError) Error() string {
	return fmt.Sprintf("%s is %s, for %s", e.There.ID, e.There.State, e.There.At.Format(time.RFC3339))
}

const scheduleColumns = `id, tenant, email, due_at, asked, zone, reason, requested_by, on_behalf_of, deactivations, state, operation, tries, late_by,
  outcome, code, because, hint, created_at, updated_at, interruptions, audited, worker`

func scanSchedule(row row) (Schedule, error) {
	var s Schedule
	var due, late, created, updated int64
	var audited int
	err := row.Scan(&s.ID, &s.Tenant, &s.Email, &due, &s.Asked, &s.Zone, &s.Reason, &s.RequestedBy, &s.OnBehalfOf, &s.Limit, &s.State, &s.Operation,
		&s.Tries, &late, &s.Outcome, &s.Code, &s.Because, &s.Hint, &created, &updated,
		&s.Interruptions, &audited, &s.worker)
	if errors.Is(err, sql.ErrNoRows) {
		return s, ErrNoSchedule
	}
	s.At, s.CreatedAt, s.UpdatedAt = time.UnixMicro(due).UTC(), time.UnixMicro(created).UTC(), time.UnixMicro(updated).UTC()
	s.LateMS, s.Audited = late/1000, audited != 0
	return s, err
}

// NewScheduleID is an id for one that is told of before it is written down.
func NewScheduleID() (string, error) {
	id, err := uuid.NewV7() // sortable by time
	return id.String(), err
}

// Schedule writes down offboardings, all or none. One without an id gets one. failed are those of users who have
// one already, by their place in all. Nothing is due of them before ScheduleAudited.
func (j *Journal) Schedule(ctx context.Context, all []Schedule) (made []Schedule, failed map[int]error, err error) {
	err = j.tx(ctx, "schedule", func(tx *sql.Tx) error {
		made, failed = nil, map[int]error{}
		for i, s := range all {
			s, err := insertSchedule(ctx, tx, s)
			var there *PendingError
			if errors.As(err, &there) {
				failed[i] = err
				continue
			}
			if err != nil {
				return err
			}
			made = append(made, s)
		}
		if len(failed) > 0 {
			return errSomeFailed
		}
		return nil
	})
	switch {
	case errors.Is(err, errSomeFailed):
		return nil, failed, nil
	case err != nil:
		return nil, nil, fmt.Errorf("writing down what is scheduled: %w", err)
	}
	return made, nil, nil
}

// errSomeFailed takes back the transaction.
var errSomeFailed = errors.New("some cannot be scheduled")

func insertSchedule(ctx context.Context, tx *sql.Tx, s Schedule) (Schedule, error) {
	if s.ID == "" {
		id, err := NewScheduleID()
		if err != nil {
			return s, err
		}
		s.ID = id
	}
	s.State, s.At = Pending, s.At.Truncate(time.Microsecond)
	s.CreatedAt = time.Now().UTC().Truncate(time.Microsecond)
	s.UpdatedAt = s.CreatedAt
	key := userops.FoldEmail(s.Email)
	res, err := tx.ExecContext(ctx, `INSERT INTO schedules (id, tenant, email, email_key, due_at, asked, zone, reason, requested_by, on_behalf_of, deactivations, state, created_at, updated_at, audited, worker)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $13, 0, $14) ON CONFLICT DO NOTHING`,
		s.ID, s.Tenant, s.Email, key, s.At.UnixMicro(), s.Asked, s.Zone, s.Reason, s.RequestedBy, s.OnBehalfOf, s.Limit, string(s.State), s.CreatedAt.UnixMicro(), Self().encode())
	if err != nil {
		return s, err
	}
	if n, err := res.RowsAffected(); err != nil || n == 1 {
		return s, err
	}
	there, err := scanSchedule(tx.QueryRowContext(ctx, "SELECT "+scheduleColumns+" FROM schedules WHERE tenant = $1 AND email_key = $2 AND state IN "+open, s.Tenant, key))
	if err != nil {
		return s, err
	}
	return s, &PendingError{there}
}

// open are the states of which one user has at most one.
const open = "('pending', 'running', 'parked')"

// ScheduleFilter selects schedules. Empty fields select everything.
type ScheduleFilter struct {
	Tenant, Email string
	State         ScheduleState
	Open          bool // only those that are still to be done, or need a person
	Limit         int  // 0: all
}

// Schedules lists scheduled offboardings, the soonest first, with what their tenants wait for.
func (j *Journal) Schedules(ctx context.Context, f ScheduleFilter) ([]Schedule, error) {
	where, args := []string{"1 = 1"}, []any{}
	add := func(cond string, arg any) {
		args = append(args, arg)
		where = append(where, fmt.Sprintf(cond, len(args)))
	}
	if f.Tenant != "" {
		add("tenant = $%d", f.Tenant)
	}
	if f.Email != "" {
		add("email_key = $%d", userops.FoldEmail(f.Email))
	}
	if f.State != "" {
		add("state = $%d", string(f.State))
	}
	if f.Open {
		where = append(where, "state IN "+open)
	}
	rest := "WHERE " + strings.Join(where, " AND ") + " ORDER BY due_at, id"
	if f.Limit > 0 {
		rest += fmt.Sprintf(" LIMIT %d", f.Limit)
	}
	all, err := j.schedules(ctx, rest, args...)
	if err != nil {
		return nil, err
	}
	return j.withStops(ctx, all)
}

func (j *Journal) schedules(ctx context.Context, rest string, args ...any) ([]Schedule, error) {
	out, err := everyRow(ctx, j.db, scanSchedule, "SELECT "+scheduleColumns+" FROM schedules s "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("reading what is scheduled: %w", j.explained(err))
	}
	return out, nil
}

// ScheduleOf returns one with its history, by its whole id or an unmistakable beginning. The error wraps ErrNoSchedule.
func (j *Journal) ScheduleOf(ctx context.Context, id string) (Schedule, error) {
	found, err := j.schedules(ctx, `WHERE id LIKE $1 ESCAPE '\' ORDER BY id LIMIT 2`, beginning(id))
	if err != nil {
		return Schedule{}, err
	}
	s, err := theOne(found, id, ErrNoSchedule)
	if err != nil {
		return s, err
	}
	stops, err := j.TenantStops(ctx)
	if err != nil {
		return s, err
	}
	if stop, ok := stops[s.Tenant]; ok && s.State == Pending {
		s.Stop = &stop
	}
	s.History, err = j.events(ctx, "WHERE schedule = $1 ORDER BY seq", s.ID)
	return s, err
}

// Cancel ends one that was not begun. The error is ErrMoved for one that is under way or has ended. tell, which may
// be nil, is called once nobody can come in between, and before it is so: its error leaves everything as it is.
func (j *Journal) Cancel(ctx context.Context, s Schedule, by, why string, tell func() error) error {
	err := j.tx(ctx, "cancel", func(tx *sql.Tx) error {
		if err := move(ctx, tx, s.ID, "state = 'cancelled'", "audited = 1 AND state IN ('pending', 'parked')"); err != nil {
			return err
		}
		if err := note(ctx, tx, s.event(EventCancelled, by, why)); err != nil || tell == nil {
			return err
		}
		return tell()
	})
	if err != nil {
		return fmt.Errorf("cancelling the offboarding of %s: %w", s.Email, err)
	}
	return nil
}

// Reschedule gives one that was not begun, or needs a person, another time. It counts as not tried. The error is
// ErrMoved for one that is under way or has ended. tell is as of Cancel.
func (j *Journal) Reschedule(ctx context.Context, s Schedule, by, why string, tell func() error) error {
	err := j.tx(ctx, "reschedule", func(tx *sql.Tx) error {
		set := "state = 'pending', due_at = $3, asked = $4, zone = $5, operation = '', tries = 0, interruptions = 0, outcome = '', code = '', because = '', hint = '', late_by = 0, deactivations = $6"
		if err := move(ctx, tx, s.ID, set, "audited = 1 AND state IN ('pending', 'parked')", s.At.UnixMicro(), s.Asked, s.Zone, s.Limit); err != nil {
			return err
		}
		err := note(ctx, tx, s.event(EventRescheduled, by, strings.TrimSpace(s.At.Format(time.RFC3339)+" "+why)))
		if err != nil || tell == nil {
			return err
		}
		return tell()
	})
	if err != nil {
		return fmt.Errorf("giving the offboarding of %s another time: %w", s.Email, err)
	}
	return nil
}

// move changes a schedule that fulfils also. What is set begins with parameter 3; the error is ErrMoved if it does
// not fulfil it.
func move(ctx context.Context, tx *sql.Tx, id, set, also string, args ...any) error {
	res, err := tx.ExecContext(ctx, "UPDATE schedules SET updated_at = $2, "+set+" WHERE id = $1 AND "+also, append([]any{id, time.Now().UnixMicro()}, args...)...)
	if err != nil {
		return err
	}
	if n, err := res.RowsAffected(); err != nil || n != 1 {
		return errors.Join(ErrMoved, err)
	}
	return nil
}
