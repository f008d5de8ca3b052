package journal

import (
	"context"
	"fmt"
	"time"
)

// Digest is how things stand, over all tenants or of one.
type Digest struct {
	Ended, Cancelled, Parked int // in the time that it is of
	NeedPerson               int // offboardings that wait for a person now
	Due                      int // that come to be due in the time after it
	Late                     int // whose time has passed
	Held, Resting            int // tenants
	Messages                 int // that are not delivered, of all tenants
}

// Digest counts what has happened from a time up to now, and what is due up to another. An empty tenant means all.
func (j *Journal) Digest(ctx context.Context, tenant string, from, now, until time.Time) (d Digest, err error) {
	happened, err := j.counts(ctx, "SELECT what, COUNT(*) FROM schedule_events WHERE at >= $1 AND at < $2 AND schedule <> '' AND (CAST($3 AS TEXT) = '' OR tenant = $3) GROUP BY what",
		from.UnixMicro(), now.UnixMicro(), tenant)
	if err != nil {
		return d, err
	}
	stand, err := j.counts(ctx, `SELECT CASE WHEN state = 'parked' THEN 'parked' WHEN due_at <= $1 THEN 'late' ELSE 'due' END, COUNT(*) FROM schedules
		WHERE state IN ('pending', 'parked') AND due_at < $2 AND (CAST($3 AS TEXT) = '' OR tenant = $3) GROUP BY 1`, now.UnixMicro(), until.UnixMicro(), tenant)
	if err != nil {
		return d, err
	}
	stops, err := j.counts(ctx, "SELECT CASE WHEN held = 1 THEN 'held' ELSE 'resting' END, COUNT(*) FROM tenant_stops WHERE CAST($1 AS TEXT) = '' OR tenant = $1 GROUP BY 1", tenant)
	if err != nil {
		return d, err
	}
	waiting, err := j.WaitingDeliveries(ctx)
	for _, n := range waiting {
		d.Messages += n
	}
	d.Ended, d.Cancelled, d.Parked = happened[string(EventEnded)], happened[string(EventCancelled)], happened[string(EventParked)]
	d.NeedPerson, d.Late, d.Due, d.Held, d.Resting = stand["parked"], stand["late"], stand["due"], stops["held"], stops["resting"]
	return d, err
}

// String is the digest in words.
func (d Digest) String() string {
	return fmt.Sprintf("ended: %d, cancelled: %d, parked: %d; now parked: %d, late: %d, due within a day: %d; tenants that wait for a person: %d, that rest: %d; messages not delivered: %d",
		d.Ended, d.Cancelled, d.Parked, d.NeedPerson, d.Late, d.Due, d.Held, d.Resting, d.Messages)
}
