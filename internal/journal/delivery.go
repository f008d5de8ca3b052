package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
)

// Delivery is a message to one receiver about one thing that happened. It is kept until it is delivered, or given up.
type Delivery struct {
	ID       string // of the message: the same on each try, so that a receiver can leave out doubles
	Receiver string
	Kind     string
	Tries    int // with the one that is claimed
	Event    ScheduleEvent
}

// deliveryPage is how many things that happened are given to receivers in one transaction.
const deliveryPage = 200

// GiveToReceivers writes down a delivery for each receiver of what has happened since it was last called by any
// process, in the transaction that notes how far that is. to gives the kind of the message by the receiver's name.
// more says that there may be more.
func (j *Journal) GiveToReceivers(ctx context.Context, to func(e ScheduleEvent) map[string]string) (more bool, err error) {
	var behind bool
	err = j.db.QueryRowContext(ctx, `SELECT n.value < e.value FROM counters n, counters e WHERE n.name = 'notified' AND e.name = 'schedule_events'`).Scan(&behind)
	if err == nil && !behind {
		return false, nil // without a transaction that writes, as it is nearly always
	}
	if err == nil {
		err = j.tx(ctx, "give to receivers", func(tx *sql.Tx) error {
			var last int64
			if err := tx.QueryRowContext(ctx, "SELECT value FROM counters WHERE name = 'notified'"+j.forUpdate()).Scan(&last); err != nil {
				return err
			}
			events, err := readEvents(ctx, tx, "WHERE e.seq > $1 ORDER BY e.seq LIMIT $2", last, deliveryPage)
			if err != nil || len(events) == 0 {
				return err
			}
			for _, e := range events {
				for receiver, kind := range to(e) {
					if err := j.insertDelivery(ctx, tx, receiver, kind, e.Seq); err != nil {
						return err
					}
				}
			}
			more = len(events) == deliveryPage
			_, err = tx.ExecContext(ctx, "UPDATE counters SET value = $1 WHERE name = 'notified'", events[len(events)-1].Seq)
			return err
		})
	}
	if err != nil {
		return false, fmt.Errorf("writing down who is to be told of what happened: %w", j.explained(err))
	}
	return more, nil
}

func (j *Journal) insertDelivery(ctx context.Context, tx *sql.Tx, receiver, kind string, seq int64) error {
	id, err := uuid.NewV7()
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, "INSERT INTO deliveries (id, receiver, event, kind, created_at, next_at) VALUES ($1, $2, $3, $4, "+j.clock+", "+j.clock+")",
		"msg_"+id.String(), receiver, seq, kind)
	return err
}

// forUpdate locks the row that is read until the transaction ends. SQLite has one writer anyway.
func (j *Journal) forUpdate() string {
	if j.file != "" {
		return ""
	}
	return " FOR UPDATE"
}

// ErrNoDelivery means that nothing is to be delivered to a receiver now.
var ErrNoDelivery = errors.New("nothing is to be delivered now")

// ClaimDelivery takes the oldest message to a receiver that is to be tried now, for so long: no other process tries
// it meanwhile. The error is ErrNoDelivery where there is none.
func (j *Journal) ClaimDelivery(ctx context.Context, receiver string, lease time.Duration) (d Delivery, err error) {
	now := "d.receiver = $1 AND d.next_at <= " + j.clock + " AND d.claimed_until <= " + j.clock
	var some bool // looked for without a transaction that writes: there is nothing nearly always
	err = j.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM deliveries d WHERE "+now+")", receiver).Scan(&some)
	if err == nil && !some {
		return d, ErrNoDelivery
	}
	if err != nil {
		return d, fmt.Errorf("looking for messages to %s: %w", receiver, j.explained(err))
	}
	find := "SELECT d.id, d.receiver, d.kind, d.tries, " + eventColumns + " FROM deliveries d JOIN schedule_events e ON e.seq = d.event WHERE " + now +
		" ORDER BY d.event LIMIT 1"
	if j.file == "" {
		find += " FOR UPDATE OF d SKIP LOCKED"
	}
	err = j.tx(ctx, "claim delivery", func(tx *sql.Tx) error {
		var err error
		if d.Event, err = scanEvent(tx.QueryRowContext(ctx, find, receiver), &d.ID, &d.Receiver, &d.Kind, &d.Tries); err != nil {
			return err
		}
		d.Tries++
		_, err = tx.ExecContext(ctx, "UPDATE deliveries SET tries = $2, claimed_until = "+j.clock+" + CAST($3 AS BIGINT) WHERE id = $1", d.ID, d.Tries, lease.Microseconds())
		return err
	})
	if errors.Is(err, sql.ErrNoRows) {
		return d, ErrNoDelivery
	}
	if err != nil {
		return d, fmt.Errorf("looking for messages to %s: %w", receiver, err)
	}
	return d, nil
}

// Delivered notes that a message was delivered.
func (j *Journal) Delivered(ctx context.Context, d Delivery) error {
	err := j.tx(ctx, "delivered", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM deliveries WHERE id = $1", d.ID)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing down that message %s was delivered: %w", d.ID, err)
	}
	return nil
}

// NotDelivered notes that a try has failed, and why, and that the next one is to be made after so long.
func (j *Journal) NotDelivered(ctx context.Context, d Delivery, after time.Duration, why string) error {
	err := j.tx(ctx, "not delivered", func(tx *sql.Tx) error {
		// tries: another process may have claimed it since
		_, err := tx.ExecContext(ctx, "UPDATE deliveries SET next_at = "+j.clock+" + CAST($3 AS BIGINT), claimed_until = 0, failure = $4 WHERE id = $1 AND tries = $2",
			d.ID, d.Tries, after.Microseconds(), why)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing down that message %s was not delivered: %w", d.ID, err)
	}
	return nil
}

// GiveUpDeliveries gives up what could not be delivered to a receiver for so long, says how many messages that were
// and why the last try of one has failed, and notes it as something that happened, of which others are told. Of
// messages about that nothing more is noted: otherwise two receivers that are both dead would be told of one
// another without end.
func (j *Journal) GiveUpDeliveries(ctx context.Context, receiver string, after time.Duration) (n int, failure string, err error) {
	old := "receiver = $2 AND created_at < " + j.clock + " - CAST($1 AS BIGINT) AND claimed_until <= " + j.clock
	var some bool
	if err := j.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM deliveries WHERE "+old+")", after.Microseconds(), receiver).Scan(&some); err != nil || !some {
		return 0, "", j.explained(err)
	}
	err = j.tx(ctx, "give up deliveries", func(tx *sql.Tx) error {
		rows, err := tx.QueryContext(ctx, "DELETE FROM deliveries WHERE "+old+" RETURNING kind, failure", after.Microseconds(), receiver)
		if err != nil {
			return err
		}
		defer rows.Close()
		news := 0
		for n = 0; rows.Next(); n++ {
			var kind string
			if err := rows.Scan(&kind, &failure); err != nil {
				return err
			}
			if kind != string(EventNotTold) {
				news++
			}
		}
		if err := errors.Join(rows.Err(), rows.Close()); err != nil || news == 0 {
			return err
		}
		return note(ctx, tx, ScheduleEvent{What: EventNotTold, By: Self().String(), Receiver: receiver, Detail: fmt.Sprintf("messages: %d", news)})
	})
	if err != nil {
		return 0, "", fmt.Errorf("giving up messages to %s: %w", receiver, err)
	}
	return n, failure, nil
}

// WaitingDeliveries is how many messages wait for each receiver that some wait for.
func (j *Journal) WaitingDeliveries(ctx context.Context) (map[string]int, error) {
	return j.counts(ctx, "SELECT receiver, COUNT(*) FROM deliveries GROUP BY receiver")
}

// ScheduleCounts is how many offboardings are in each state, and under "due" how many can be done something for now.
func (j *Journal) ScheduleCounts(ctx context.Context, now time.Time) (map[string]int, error) {
	out, err := j.counts(ctx, "SELECT state, COUNT(*) FROM schedules GROUP BY state")
	if err != nil {
		return nil, err
	}
	due, err := j.counts(ctx, "SELECT 'due', COUNT(*) FROM schedules s WHERE "+isDue, now.UnixMicro())
	if err != nil {
		return nil, err
	}
	out["due"] = due["due"]
	return out, nil
}

func (j *Journal) counts(ctx context.Context, query string, args ...any) (map[string]int, error) {
	rows, err := j.db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, fmt.Errorf("counting in the journal: %w", j.explained(err))
	}
	defer rows.Close()
	out := map[string]int{}
	for rows.Next() {
		var name string
		var n int
		if err := rows.Scan(&name, &n); err != nil {
			return nil, fmt.Errorf("counting in the journal: %w", err)
		}
		out[name] = n
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("counting in the journal: %w", j.explained(err))
	}
	return out, nil
}
