package journal

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"syscall"
	"time"
)

// Database is the database itself, for rows that must change in one transaction with the journal's. postgres says
// which it is. It is closed with the journal.
func (j *Journal) Database() (db *sql.DB, postgres bool) { return j.db, j.file == "" }

// aloneBound is how long a process waits for another that is alone.
const aloneBound = time.Minute

// Alone has do work while no other process that asks for the same does: what River does to its tables fails where
// two do it at once.
func (j *Journal) Alone(ctx context.Context, do func(ctx context.Context) error) error {
	ctx, cancel := context.WithTimeout(ctx, aloneBound)
	defer cancel()
	if j.file != "" {
		return j.aloneWithFile(ctx, do)
	}
	conn, err := j.db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("waiting to be alone with the journal: %w", err)
	}
	defer conn.Close()
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(6241984)"); err != nil {
		return fmt.Errorf("waiting to be alone with the journal: %w", err)
	}
	err = do(ctx)
	_, unlocked := conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(6241984)")
	return errors.Join(err, unlocked)
}

func (j *Journal) aloneWithFile(ctx context.Context, do func(ctx context.Context) error) error {
	f, err := os.OpenFile(j.file+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("waiting to be alone with the journal: %w", err)
	}
	defer f.Close() // which unlocks
	for {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if err == nil {
			return do(ctx)
		}
		if !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR) {
			return fmt.Errorf("waiting to be alone with the journal: %w", err)
		}
		t := time.NewTimer(20 * time.Millisecond) // a blocking lock would not hear of a Ctrl-C
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return fmt.Errorf("waiting to be alone with the journal: %w", context.Cause(ctx))
		}
	}
}

// daemonLife is how long a daemon that says nothing is held to work: it says so every few seconds.
const daemonLife = 30 * time.Second

// Daemon is a process that carries out what is due. The JSON names are a contract.
type Daemon struct {
	ID        string    `json:"daemon"`
	Worker    string    `json:"worker"`
	StartedAt time.Time `json:"started_at"`
	SeenAt    time.Time `json:"seen_at"`
}

// Seen notes that this process works as the daemon of that id.
func (j *Journal) Seen(ctx context.Context, id string) error {
	err := j.tx(ctx, "seen", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "INSERT INTO daemons (id, worker, started_at, seen_at) VALUES ($1, $2, "+j.clock+", "+j.clock+
			") ON CONFLICT (id) DO UPDATE SET seen_at = "+j.clock, id, Self().encode())
		return err
	})
	if err != nil {
		return fmt.Errorf("writing down that the daemon works: %w", err)
	}
	return nil
}

// Daemons lists those that work: not those that have ended, or have said nothing for long.
func (j *Journal) Daemons(ctx context.Context) ([]Daemon, error) {
	rows, err := j.db.QueryContext(ctx, "SELECT id, worker, started_at, seen_at, "+j.clock+" FROM daemons ORDER BY started_at, id")
	if err != nil {
		return nil, fmt.Errorf("reading which daemons work: %w", j.explained(err))
	}
	defer rows.Close()
	var out []Daemon
	me := Self()
	for rows.Next() {
		var d Daemon
		var worker string
		var started, seen, now int64
		if err := rows.Scan(&d.ID, &worker, &started, &seen, &now); err != nil {
			return nil, fmt.Errorf("reading which daemons work: %w", err)
		}
		w := ParseWorker(worker)
		if w.Dead(me) || now-seen > daemonLife.Microseconds() {
			continue
		}
		d.Worker, d.StartedAt, d.SeenAt = w.String(), time.UnixMicro(started).UTC(), time.UnixMicro(seen).UTC()
		out = append(out, d)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading which daemons work: %w", j.explained(err))
	}
	return out, nil
}

// Left notes that the daemon of that id has ended, and forgets those that have said nothing for a day.
func (j *Journal) Left(ctx context.Context, id string) error {
	err := j.tx(ctx, "left", func(tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM daemons WHERE id = $1 OR seen_at < "+j.clock+" - 86400000000", id)
		return err
	})
	if err != nil {
		return fmt.Errorf("writing down that the daemon has ended: %w", err)
	}
	return nil
}
