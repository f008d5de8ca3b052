// Package daemon carries out what is due, and what recurs, as long as it runs. River wakes its workers: one job for
// each tenant of which something is due. The journal says what is due and keeps what became of it; River's rows are
// wake-up calls, and nothing is lost with them.
package daemon

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/google/uuid"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/riverdriver/riverdatabasesql"
	"github.com/riverqueue/river/riverdriver/riversqlite"
	"github.com/riverqueue/river/rivermigrate"
)

// Options say how a daemon works.
type Options struct {
	Service    *service.Service
	AtOnce     int           // tenants side by side
	StopWithin time.Duration // how long a stop waits for what is under way before that is halted
	Events     event.Sink    // may be called from several goroutines
	Log        *slog.Logger
	Sweep      time.Duration // how often it looks what is due, at least; 0 means 1 s

	// BeforeEnd is for tests: it is called once nothing of a tenant is due any more, before the wake-up call ends.
	BeforeEnd func(tenant string)
}

// Daemon carries out what is due.
type Daemon struct {
	Options
	id      string
	journal *journal.Journal
	client  *river.Client[*sql.Tx]
	stop    chan struct{} // closed: nothing more is begun
	swept   atomic.Int64  // when it last looked what is due, in nanoseconds since 1970
}

// Bounds of River. Its defaults are of short jobs in a database that many share.
const (
	fetchEvery  = 200 * time.Millisecond // how long a wake-up call may lie
	drainBound  = 2 * time.Hour          // of one drain: an hour may pass in which another process acts for the tenant
	rescueAfter = 3 * time.Hour          // the last resort: a daemon that finds a wake-up call of one that has ended takes it away at once
	keepEnded   = time.Hour              // wake-up calls that have ended; what they were for is in the journal
	seenEvery   = 5 * time.Second
	wakeBound   = 10 * time.Second // of writing wake-up calls down: a journal that others have locked makes it wait
)

// New makes a daemon, and River's tables beside those of the journal.
func New(ctx context.Context, o Options) (*Daemon, error) {
	if o.Sweep == 0 {
		o.Sweep = time.Second
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	j, err := o.Service.Journal(ctx)
	if err != nil {
		return nil, err
	}
	d := &Daemon{Options: o, id: uuid.NewString(), journal: j, stop: make(chan struct{})}
	var driver riverdriver.Driver[*sql.Tx]
	if db, postgres := j.Database(); postgres {
		driver = riverdatabasesql.New(db)
	} else {
		driver = riversqlite.New(db)
	}
	log := slog.New(quiet{o.Log.Handler()})
	if err := migrate(ctx, j, driver, log); err != nil {
		return nil, err
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, &drainer{daemon: d})
	d.client, err = river.NewClient(driver, &river.Config{
		ID: d.id, Queues: map[string]river.QueueConfig{queue: {MaxWorkers: max(o.AtOnce, 1)}}, Workers: workers, Logger: log,
		JobTimeout: drainBound, RescueStuckJobsAfter: rescueAfter, MaxAttempts: 1, FetchPollInterval: fetchEvery, PollOnly: true,
		CompletedJobRetentionPeriod: keepEnded, CancelledJobRetentionPeriod: keepEnded, DiscardedJobRetentionPeriod: keepEnded,
	})
	if err != nil {
		return nil, fmt.Errorf("setting up the queue: %w", err)
	}
	return d, nil
}

// silence is how long a daemon that does not look what is due is held to be alive: a journal that others have
// locked makes it wait.
const silence = 2 * time.Minute

// Alive says whether the daemon looks what is due.
func (d *Daemon) Alive() bool { return time.Since(time.Unix(0, d.swept.Load())) < silence }

// migrate makes River's tables, or brings them up to date, while no other process does.
func migrate(ctx context.Context, j *journal.Journal, driver riverdriver.Driver[*sql.Tx], log *slog.Logger) error {
	m, err := rivermigrate.New(driver, &rivermigrate.Config{Logger: log})
	if err != nil {
		return fmt.Errorf("setting up the queue's tables: %w", err)
	}
	err = j.Alone(ctx, func(ctx context.Context) error { _, err := m.Migrate(ctx, rivermigrate.DirectionUp, nil); return err })
	if err != nil {
		return fmt.Errorf("setting up the queue's tables: %w", err)
	}
	return nil
}

// quiet lets through what an operator should see of River: it tells of each start and each migration at level info.
type quiet struct{ slog.Handler }

// Enabled implements slog.Handler.
func (q quiet) Enabled(ctx context.Context, l slog.Level) bool {
	return l >= slog.LevelWarn && q.Handler.Enabled(ctx, l)
}

// Run carries out what is due until ctx ends. Then nothing more is begun; what is under way may end within
// Options.StopWithin, and is halted before its commit, or settled, after that.
func (d *Daemon) Run(ctx context.Context) error {
	if err := d.journal.Seen(ctx, d.id); err != nil {
		return err
	}
	unending := context.WithoutCancel(ctx) // River would cancel what is under way at once
	if err := d.client.Start(unending); err != nil {
		return fmt.Errorf("starting the queue: %w", err)
	}
	var beside sync.WaitGroup
	beside.Go(func() { d.besides(ctx) })
	d.sweepUntilDone(ctx)
	close(d.stop)
	err := d.end(unending)
	beside.Wait()
	return errors.Join(err, d.journal.Left(unending, d.id))
}

// settleBound is how long what is under way may take to be halted, or read back, once it is told to stop.
const settleBound = 2 * time.Minute

// end waits for what is under way.
func (d *Daemon) end(ctx context.Context) error {
	soft, cancel := context.WithTimeout(ctx, max(d.StopWithin, time.Second))
	defer cancel()
	if err := d.client.Stop(soft); err == nil {
		return nil
	}
	hard, cancel := context.WithTimeout(ctx, settleBound)
	defer cancel()
	if err := d.client.StopAndCancel(hard); err != nil {
		return fmt.Errorf("stopping what is under way: %w", err)
	}
	return nil
}
