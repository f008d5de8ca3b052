package journal

import (
	"context"
	"database/sql"
	"errors"

	"github.com/billagent/billagent/internal/userops"
)

// tellDirect notes that a change which was not scheduled was refused by a guard, or that its outcome is unknown: of
// one that was scheduled its schedule tells. What a batch is refused for is told once.
func tellDirect(ctx context.Context, tx *sql.Tx, id string, r userops.Result) error {
	if r.Outcome != userops.Refused && r.Outcome != userops.Unknown {
		return nil
	}
	e := ScheduleEvent{What: EventDirect, By: Self().String(), Op: id, Outcome: r.Outcome, Code: r.Code}
	var dry, scheduled, told int
	err := tx.QueryRowContext(ctx, `SELECT o.tenant, o.email, o.dry_run, (SELECT COUNT(*) FROM schedules s WHERE s.operation = o.id) FROM operations o WHERE o.id = $1`, id).
		Scan(&e.Tenant, &e.Email, &dry, &scheduled)
	if err != nil || dry != 0 || scheduled > 0 {
		return err
	}
	err = tx.QueryRowContext(ctx, "SELECT batch FROM batch_rows WHERE operation = $1", id).Scan(&e.Detail)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return err
	}
	if e.Detail != "" && r.Outcome == userops.Refused {
		err := tx.QueryRowContext(ctx, "SELECT COUNT(*) FROM schedule_events WHERE what = $1 AND detail = $2 AND code = $3", string(EventDirect), e.Detail, string(r.Code)).Scan(&told)
		if err != nil || told > 0 {
			return err
		}
	}
	return note(ctx, tx, e)
}
