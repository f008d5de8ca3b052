package journal

import (
	"context"
	"database/sql"
	"fmt"
)

// ScheduleAudited notes that the audit log has the lines of schedules, which can be due from then on. Of those that
// were noted already, or are not there any more, nothing changes.
func (j *Journal) ScheduleAudited(ctx context.Context, all []Schedule) error {
	err := j.tx(ctx, "schedule audited", func(tx *sql.Tx) error {
		for _, s := range all {
			res, err := tx.ExecContext(ctx, "UPDATE schedules SET audited = 1, worker = '' WHERE id = $1 AND audited = 0", s.ID)
			if err != nil {
				return err
			}
			if n, err := res.RowsAffected(); err != nil || n == 0 {
				if err != nil {
					return err
				}
				continue
			}
			if err := note(ctx, tx, s.event(EventScheduled, s.RequestedBy, s.Reason)); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("writing down that the audit log has what is scheduled: %w", err)
	}
	return nil
}

// WithdrawSchedules takes back schedules of which the audit log has no line.
func (j *Journal) WithdrawSchedules(ctx context.Context, all []Schedule) error {
	err := j.tx(ctx, "withdraw schedules", func(tx *sql.Tx) error {
		for _, s := range all {
			if _, err := tx.ExecContext(ctx, "DELETE FROM schedules WHERE id = $1 AND audited = 0", s.ID); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("taking back what was to be scheduled: %w", err)
	}
	return nil
}

// LeftUnaudited lists the schedules whose lines a process was to write that has ended since.
func (j *Journal) LeftUnaudited(ctx context.Context) ([]Schedule, error) {
	all, err := j.schedules(ctx, "WHERE s.audited = 0 ORDER BY s.id")
	if err != nil || len(all) == 0 {
		return nil, err
	}
	me := Self()
	var left []Schedule
	for _, s := range all {
		if ParseWorker(s.worker).Gone(me, s.CreatedAt) {
			left = append(left, s)
		}
	}
	return left, nil
}
