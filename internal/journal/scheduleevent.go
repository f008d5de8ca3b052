package journal

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// EventKind is what happened to a schedule, or to a tenant of which some are due.
type EventKind string

// The kinds.
const (
	EventScheduled   EventKind = "scheduled"
	EventRescheduled EventKind = "rescheduled"
	EventCancelled   EventKind = "cancelled"
	EventBegun       EventKind = "begun"    // it has become an operation
	EventPutBack     EventKind = "put_back" // nothing was changed, and it is tried again
	EventParked      EventKind = "parked"   // it needs a person
	EventEnded       EventKind = "ended"    // it has its outcome
	EventPaused      EventKind = "paused"   // the tenant rests, and is tried again by itself
	EventHeld        EventKind = "held"     // the tenant waits for a person
	EventResumed     EventKind = "resumed"  // the tenant does not wait any more
	EventNotTold     EventKind = "not_told" // messages to a receiver were given up
	EventChecked     EventKind = "checked"  // what recurs has found what needs a person, or could not be done
	EventDigest      EventKind = "digest"   // how things stand
	EventRunsOut     EventKind = "runs_out" // a device's trust or a credential of the tenant
	EventDirect      EventKind = "direct"   // a change that was not scheduled was refused by a guard, or its outcome is unknown
)

// ScheduleEvent is one thing that happened. The JSON names are a contract.
type ScheduleEvent struct {
	Seq        int64           `json:"seq"` // from 1, in the order of what happened, without gaps
	At         time.Time       `json:"at"`
	What       EventKind       `json:"what"`
	Tenant     string          `json:"tenant"`
	Schedule   string          `json:"schedule,omitempty"` // empty: it is about the tenant
	Email      string          `json:"email,omitempty"`
	By         string          `json:"by"`
	Op         string          `json:"op,omitempty"`
	Outcome    userops.Outcome `json:"outcome,omitempty"`
	Code       userops.Code    `json:"code,omitempty"`
	Detail     string          `json:"detail,omitempty"`
	Due        time.Time       `json:"due,omitzero"`        // the schedule's time then
	LateMS     int64           `json:"late_ms,omitempty"`   // begun: how long past its time
	LateBefore time.Duration   `json:"-"`                   // begun anew: how long past its time it was begun before
	Failures   int             `json:"failures,omitempty"`  // paused: of the tenant, in a row
	Receiver   string          `json:"receiver,omitempty"`  // not_told: whose messages
	Recurring  string          `json:"recurring,omitempty"` // checked, digest: the name of what recurs
}

func (s Schedule) event(what EventKind, by, detail string) ScheduleEvent {
	return ScheduleEvent{What: what, Tenant: s.Tenant, Schedule: s.ID, Email: s.Email, By: by, Op: s.Operation, Due: s.At, Detail: detail}
}

// note writes down an event in the transaction of what happened. The counter's row is locked until that ends, so
// that a reader who has seen a number has seen all before it.
func note(ctx context.Context, tx *sql.Tx, e ScheduleEvent) error {
	if _, err := tx.ExecContext(ctx, "UPDATE counters SET value = value + 1 WHERE name = 'schedule_events'"); err != nil {
		return err
	}
	due := int64(0)
	if !e.Due.IsZero() {
		due = e.Due.UnixMicro()
	}
	_, err := tx.ExecContext(ctx, `INSERT INTO schedule_events (seq, at, what, tenant, schedule, email, by_whom, op, outcome, code, detail, late_by, failures, receiver, due_at, late_before, recurring)
		SELECT value, CAST($1 AS BIGINT), $2, $3, $4, $5, $6, $7, $8, $9, $10, CAST($11 AS BIGINT), CAST($12 AS INTEGER), $13, CAST($14 AS BIGINT), CAST($15 AS BIGINT), $16 FROM counters WHERE name = 'schedule_events'`,
		time.Now().UnixMicro(), string(e.What), e.Tenant, e.Schedule, e.Email, e.By, e.Op, string(e.Outcome), string(e.Code), e.Detail,
		e.LateMS*1000, e.Failures, e.Receiver, due, e.LateBefore.Microseconds(), e.Recurring)
	return err
}

// EventsAfter lists what happened after the event of that number, at most limit.
func (j *Journal) EventsAfter(ctx context.Context, seq int64, limit int) ([]ScheduleEvent, error) {
	return j.events(ctx, "WHERE seq > $1 ORDER BY seq LIMIT $2", seq, limit)
}

func (j *Journal) events(ctx context.Context, rest string, args ...any) ([]ScheduleEvent, error) {
	out, err := readEvents(ctx, j.db, rest, args...)
	if err != nil {
		return nil, fmt.Errorf("reading what happened: %w", j.explained(err))
	}
	return out, nil
}

// querier is a database, or a transaction in it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

const eventColumns = "e.seq, e.at, e.what, e.tenant, e.schedule, e.email, e.by_whom, e.op, e.outcome, e.code, e.detail, e.late_by, e.failures, e.receiver, e.due_at, e.late_before, e.recurring"

func readEvents(ctx context.Context, db querier, rest string, args ...any) ([]ScheduleEvent, error) {
	one := func(r row) (ScheduleEvent, error) { return scanEvent(r) }
	return everyRow(ctx, db, one, "SELECT "+eventColumns+" FROM schedule_events e "+rest, args...)
}

// scanEvent reads eventColumns, and what stands before them into first.
func scanEvent(row row, first ...any) (ScheduleEvent, error) {
	var e ScheduleEvent
	var at, late, due, before int64
	err := row.Scan(append(first, &e.Seq, &at, &e.What, &e.Tenant, &e.Schedule, &e.Email, &e.By, &e.Op, &e.Outcome, &e.Code, &e.Detail, &late, &e.Failures, &e.Receiver, &due, &before, &e.Recurring)...)
	e.At, e.LateMS, e.LateBefore = time.UnixMicro(at).UTC(), late/1000, time.Duration(before)*time.Microsecond
	if due != 0 {
		e.Due = time.UnixMicro(due).UTC()
	}
	return e, err
}
