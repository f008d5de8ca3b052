package main

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/daemon"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
)

// sleepers are the tenants of this part, of which two leave each.
const sleepers = 4

// tryAsleep has a second one who leaves a tenant be asked for in the very moment in which the first is done with: the
// worker, which has found nothing more to do, is held meanwhile, and the tenant is woken, as the look does that comes
// then. The daemon, which is this program's own, looks again in an hour, so that a wake-up that is lost stays lost.
func tryAsleep(ctx context.Context, st *shared) (wrong []string, err error) {
	begun := time.Now()
	g, err := newGround(ctx, st, "asleep", sleepers, 0, 2)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	for i := range sleepers {
		if err := g.leave(tenantName(i), begun); err != nil {
			return nil, err
		}
	}
	if err := g.configure(everybody, sleepers); err != nil {
		return nil, err
	}
	if err := g.schedule(ctx, g.leavers); err != nil {
		return nil, err
	}
	first := len(g.leavers)
	for i := range sleepers {
		if err := g.leave(tenantName(i), begun); err != nil {
			return nil, err
		}
	}
	a := &alarm{ground: g, second: g.leavers[first:], called: map[string]bool{}}
	if err := a.serve(ctx); err != nil {
		return nil, err
	}
	wrong, err = g.judge(ctx)
	fmt.Printf("%d tenants, %s: somebody came to be due in the moment in which nothing more was; %s\n",
		sleepers, st.database(), time.Since(begun).Round(time.Second))
	return wrong, err
}

// alarm holds the worker of each tenant, once, where it has found nothing more to do, until somebody else is due and
// has been called for.
type alarm struct {
	ground *ground
	second []leaver

	mu     sync.Mutex
	called map[string]bool
	failed error
}

// meets holds a worker of the daemon.
func (a *alarm) meets(ctx context.Context, d *daemon.Daemon, tenant string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.called[tenant] {
		return
	}
	a.called[tenant] = true
	for _, l := range a.second {
		if l.tenant == tenant {
			a.failed = errors.Join(a.failed, a.ground.schedule(ctx, []leaver{l}), d.Wake(ctx, tenant))
		}
	}
}

// all says whether all have been called for.
func (a *alarm) all() (bool, error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	return len(a.called) == sleepers, a.failed
}

// serve runs a daemon in this process until all have ended, or it has gone to sleep.
func (a *alarm) serve(ctx context.Context) error {
	c, err := config.Load(config.Source{File: a.ground.file(everybody)})
	if err != nil {
		return err
	}
	s := service.New(c, service.Options{AtOnce: c.Schedule.AtOnce})
	j, err := s.Journal(ctx)
	if err != nil {
		return errors.Join(err, s.Close())
	}
	var d *daemon.Daemon
	o := daemon.Options{Service: s, AtOnce: c.Schedule.AtOnce, StopWithin: c.Schedule.StopWithin, Sweep: time.Hour,
		BeforeEnd: func(tenant string) { a.meets(ctx, d, tenant) }, Events: func(event.Event) {}}
	if d, err = daemon.New(ctx, o); err != nil {
		return errors.Join(err, s.Close())
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- d.Run(running) }()
	err = a.untilAsleep(ctx, j)
	stop()
	return errors.Join(err, <-ended, s.Close())
}

// untilAsleep waits until no worker of the daemon has anything to do, and it is not told of anything more either.
func (a *alarm) untilAsleep(ctx context.Context, j *journal.Journal) error {
	db, _ := j.Database()
	for ctx.Err() == nil {
		called, err := a.all()
		if err != nil {
			return err
		}
		begun, working, err := calls(ctx, db)
		if err != nil {
			return err
		}
		switch {
		case called && working == 0:
			return nil
		case begun >= sleepers && working == 0: // the first could not be done, which is judged
			return nil
		}
		pause(ctx, 200*time.Millisecond)
	}
	return context.Cause(ctx)
}

// calls counts the wake-up calls that there were, and those of them that have not ended.
func calls(ctx context.Context, db *sql.DB) (begun, working int, err error) {
	const which = `SELECT COUNT(*), COUNT(CASE WHEN state NOT IN ('completed', 'cancelled', 'discarded') THEN 1 END) FROM river_job`
	if err := db.QueryRowContext(ctx, which).Scan(&begun, &working); err != nil {
		return 0, 0, fmt.Errorf("looking whether a daemon has anything to do: %w", err)
	}
	return begun, working, nil
}
