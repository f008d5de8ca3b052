package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/daemon"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
)

// sleepers are the tenants of this part, of which two leave each: the second at the same moment in all of them, so
// that nothing looks for one that was missed then.
const sleepers = 8

// between is how long after the beginning the second leaves each tenant: the first must be done with by then. A machine
// that is too slow for that gets twice the time, and so on, so many times. mostApart is the most that lies between the
// two: an answer is waited for no longer than half a minute.
const (
	between   = 12 * time.Second
	slowTries = 3
	mostApart = 20 * time.Second
)

// missed is how long after its time somebody who still has access is held to have been forgotten: the daemon looks
// again in an hour.
const missed = 30 * time.Second

// tryAsleep has the second who leaves a tenant come to be due in the very moment in which the first is done with. The
// daemon, which is this program's own, looks what is due when something comes to be, and otherwise once an hour, so
// that a wake-up that is lost stays lost. In half of the tenants the worker is held where it has found nothing more
// to do; in the others the last answer about the first comes so late that the two come together by themselves.
func tryAsleep(ctx context.Context, st *stage) (wrong []string, err error) {
	for i := range slowTries {
		late := false
		if wrong, late, err = tryAsleepOnce(ctx, st, fmt.Sprintf("asleep%d", i), between<<i); err != nil || !late {
			return wrong, err
		}
	}
	return nil, errors.New("the machine is too slow to have two come together")
}

// tryAsleepOnce does so with the second due after a time. late says that no
// first was done with by then.
func tryAsleepOnce(
	ctx context.Context, st *stage, part string, after time.Duration,
) (wrong []string, late bool, err error) {
	begun := time.Now()
	random := rand.New(rand.NewPCG(uint64(st.seed), 1)) //nolint:gosec // which moment is hit is no secret
	g, err := newGround(ctx, st, part, sleepers, 0, 2)
	if err != nil {
		return nil, false, err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	second := begun.Truncate(time.Second).Add(after)
	first := second.Add(-min(after, mostApart))
	a := &alarm{second: second, held: map[string]bool{}, once: map[string]bool{}}
	for i := range sleepers {
		name := tenantName(i)
		if err := errors.Join(g.leave(name, first), g.leave(name, second)); err != nil {
			return nil, false, err
		}
		if a.held[name] = i%2 == 0; !a.held[name] {
			until := second.Add(-time.Duration(random.Int64N(int64(250 * time.Millisecond))))
			g.fronts[name].meets = lateAnswer(ctx, g.leavers[2*i].email, until)
		}
	}
	if err := g.configure(everybody, sleepers); err != nil {
		return nil, false, err
	}
	if err := g.schedule(ctx); err != nil {
		return nil, false, err
	}
	if err := g.serve(ctx, a, func() error { return g.untilEnded(ctx, second, second.Add(missed)) }); err != nil {
		return nil, false, err
	}
	wrong, err = g.judge(ctx)
	fmt.Printf("%d tenants, %s: somebody came to be due in the moment in which nothing more was; %s\n",
		sleepers, st.database(), time.Since(begun).Round(time.Second))
	return wrong, a.inTime == 0 && len(wrong) == 0, err
}

// alarm holds the workers of some tenants where they have found nothing more to do, until somebody else is due and
// has been called for.
type alarm struct {
	second time.Time
	held   map[string]bool

	mu     sync.Mutex
	once   map[string]bool
	inTime int // workers that came there in time
}

// meets holds a worker of the daemon, once.
func (a *alarm) meets(ctx context.Context, d *daemon.Daemon, tenant string) {
	a.mu.Lock()
	first := !a.once[tenant]
	a.once[tenant] = true
	if first && a.held[tenant] && time.Now().Before(a.second) {
		a.inTime++
	}
	a.mu.Unlock()
	if !first || !a.held[tenant] {
		return
	}
	pause(ctx, time.Until(a.second.Add(10*time.Millisecond)))
	_ = d.Wake(ctx, tenant) // as the look does which is due now; where this one fails, that one is left
}

// lateAnswer holds the answer to the read-back of somebody until a time.
func lateAnswer(ctx context.Context, email string, until time.Time) func(v visit) {
	var sent atomic.Bool
	return func(v visit) {
		switch {
		case v.email != userops.FoldEmail(email):
		case v.changing:
			sent.Store(true)
		case v.answered && sent.Load():
			pause(ctx, time.Until(until))
		}
	}
}

// serve runs a daemon in this process while do does something.
func (g *ground) serve(ctx context.Context, a *alarm, do func() error) error {
	c, err := config.Load(config.Source{File: g.file(everybody)})
	if err != nil {
		return err
	}
	s := service.New(c, service.Options{AtOnce: c.Schedule.AtOnce})
	var d *daemon.Daemon
	o := daemon.Options{Service: s, AtOnce: c.Schedule.AtOnce, StopWithin: c.Schedule.StopWithin, Sweep: time.Hour,
		BeforeEnd: func(tenant string) { a.meets(ctx, d, tenant) }, Events: func(event.Event) {}}
	if d, err = daemon.New(ctx, o); err != nil {
		return errors.Join(err, s.Close())
	}
	running, stop := context.WithCancel(ctx)
	ended := make(chan error, 1)
	go func() { ended <- d.Run(running) }()
	err = do()
	stop()
	return errors.Join(err, <-ended, s.Close())
}

// untilEnded waits until all have ended, once the second are due, or until a time has passed.
func (g *ground) untilEnded(ctx context.Context, second, bound time.Time) error {
	pause(ctx, time.Until(second.Add(time.Second)))
	for ctx.Err() == nil && time.Now().Before(bound) {
		all, err := g.schedules(ctx)
		if err != nil {
			return err
		}
		open := 0
		for _, s := range all {
			if s.State != journal.Ended {
				open++
			}
		}
		if open == 0 {
			return nil
		}
		pause(ctx, time.Second)
	}
	return ctx.Err()
}
