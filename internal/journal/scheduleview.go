package journal

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// View is a part of what is scheduled, as a person looks through it. Each schedule is in one of the first four.
type View string

// The views.
const (
	ViewDue     View = "due"     // waits for its time, or, once that has come, for a tenant that is tried again by itself
	ViewRunning View = "running" // has become an operation
	ViewPerson  View = "person"  // is parked, or its time has come and its tenant is held
	ViewDone    View = "done"    // has its outcome, or was cancelled
	ViewAll     View = "all"
)

// awaits is of what would be done by now if its tenant were not held; $1 is the time. What comes later is only due: a
// person may well have seen to the tenant by then.
const awaits = "(due_at <= $1 AND tenant IN (SELECT tenant FROM tenant_stops WHERE held = 1))"

// viewed are the conditions of the views, and viewOrder is what comes first in one: what is next, or what was last.
var (
	viewed = map[View]string{
		ViewDue:     "(state = 'pending' AND NOT " + awaits + ")",
		ViewRunning: "state = 'running'",
		ViewPerson:  "(state = 'parked' OR state = 'pending' AND " + awaits + ")",
		ViewDone:    "state IN ('ended', 'cancelled')",
		ViewAll:     "1 = 1",
	}
	viewOrder = map[View]string{ViewDone: "updated_at DESC, id DESC", ViewAll: "due_at DESC, id DESC"}
)

// ViewFilter selects schedules of a view. Empty fields select everything.
type ViewFilter struct {
	Tenant      string
	State       ScheduleState
	Outcome     userops.Outcome
	Text        string    // stands in the e-mail or the reason, whatever the case of ASCII letters
	From, Until time.Time // when it is due: from the one, before the other
}

func (f ViewFilter) where(v View, now time.Time) (text string, args []any) {
	where, args := []string{viewed[v], "CAST($1 AS BIGINT) > 0"}, []any{now.UnixMicro()} // every view has the parameter
	add := func(cond string, arg any) {
		args = append(args, arg)
		where = append(where, strings.ReplaceAll(cond, "?", fmt.Sprintf("$%d", len(args))))
	}
	if f.Tenant != "" {
		add("tenant = ?", f.Tenant)
	}
	if f.State != "" {
		add("state = ?", string(f.State))
	}
	if f.Outcome != "" {
		add("outcome = ?", string(f.Outcome))
	}
	if f.Text != "" {
		add(`(lower(email) LIKE lower(?) ESCAPE '\' OR lower(reason) LIKE lower(?) ESCAPE '\')`, "%"+beginning(f.Text))
	}
	if !f.From.IsZero() {
		add("due_at >= ?", f.From.UnixMicro())
	}
	if !f.Until.IsZero() {
		add("due_at < ?", f.Until.UnixMicro())
	}
	return "WHERE " + strings.Join(where, " AND "), args
}

// View lists at most limit schedules of a view at a time, after the first skip, with what their tenants wait for.
func (j *Journal) View(ctx context.Context, v View, f ViewFilter, now time.Time, skip, limit int) ([]Schedule, error) {
	order := viewOrder[v]
	if order == "" {
		order = "due_at, id"
	}
	where, args := f.where(v, now)
	all, err := j.schedules(ctx, fmt.Sprintf("%s ORDER BY %s LIMIT %d OFFSET %d", where, order, limit, skip), args...)
	if err != nil {
		return nil, err
	}
	return j.withStops(ctx, all)
}

// withStops adds to schedules why their tenants have to wait.
func (j *Journal) withStops(ctx context.Context, all []Schedule) ([]Schedule, error) {
	stops, err := j.TenantStops(ctx)
	if err != nil {
		return nil, err
	}
	for i := range all {
		if s, ok := stops[all[i].Tenant]; ok && (all[i].State == Pending || all[i].State == Underway) {
			all[i].Stop = &s
		}
	}
	return all, nil
}

// ViewCounts counts the schedules of each view at a time.
func (j *Journal) ViewCounts(ctx context.Context, f ViewFilter, now time.Time) (map[View]int, error) {
	out := map[View]int{}
	for v := range viewed {
		where, args := f.where(v, now)
		var n int
		if err := j.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM schedules "+where, args...).Scan(&n); err != nil {
			return nil, fmt.Errorf("counting what is scheduled: %w", j.explained(err))
		}
		out[v] = n
	}
	return out, nil
}

// LastEvent is the number of the last event: it is another whenever something has happened to what is scheduled.
func (j *Journal) LastEvent(ctx context.Context) (seq int64, err error) {
	err = j.db.QueryRowContext(ctx, "SELECT value FROM counters WHERE name = 'schedule_events'").Scan(&seq)
	if err != nil {
		return 0, fmt.Errorf("reading what happened: %w", j.explained(err))
	}
	return seq, nil
}
