package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// errRehearsed takes back the transaction.
var errRehearsed = errors.New("it was a rehearsal")

// PruneEnded removes the schedules that ended, or were cancelled, before a time, and what happened to them and to
// tenants before it. What somebody is still to be told of stays, and so do operations. With rehearse nothing is
// removed: it only says how many that would be.
func (j *Journal) PruneEnded(ctx context.Context, before time.Time, rehearse bool) (schedules, events int64, err error) {
	err = j.tx(ctx, "prune", func(tx *sql.Tx) error {
		res, err := tx.ExecContext(ctx, "DELETE FROM schedules WHERE state IN ('ended', 'cancelled') AND updated_at < $1", before.UnixMicro())
		if err != nil {
			return err
		}
		if schedules, err = res.RowsAffected(); err != nil {
			return err
		}
		res, err = tx.ExecContext(ctx, `DELETE FROM schedule_events WHERE at < $1 AND seq <= (SELECT value FROM counters WHERE name = 'notified')
			AND NOT EXISTS (SELECT 1 FROM deliveries d WHERE d.event = schedule_events.seq)
			AND NOT EXISTS (SELECT 1 FROM schedules s WHERE s.id = schedule_events.schedule)`, before.UnixMicro())
		if err != nil {
			return err
		}
		if events, err = res.RowsAffected(); err != nil {
			return err
		}
		if rehearse {
			return errRehearsed
		}
		return nil
	})
	if err != nil && !errors.Is(err, errRehearsed) {
		return 0, 0, fmt.Errorf("removing what has ended: %w", err)
	}
	return schedules, events, nil
}
