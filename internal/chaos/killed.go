package main

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// tryKilled has daemons that are killed and paused carry out many offboardings. Of some nobody hears what came of
// the request: those are for a person, and are never done again by a daemon.
func tryKilled(ctx context.Context, st *shared) (wrong []string, err error) {
	random := rand.New(rand.NewPCG(uint64(st.seed), 0)) //nolint:gosec // which moment is hit is no secret
	each := (st.size + st.tenants - 1) / st.tenants
	g, err := newGround(ctx, st, "killed", st.tenants, st.browsers, each)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	if err := g.choose(random); err != nil {
		return nil, err
	}
	if err := g.configure(everybody, 4); err != nil {
		return nil, err
	}
	start := time.Now()
	if err := g.schedule(ctx, g.leavers); err != nil {
		return nil, err
	}
	d := &daemons{ground: g, random: random}
	done := make(chan struct{})
	go func() { defer close(done); d.disturb(ctx) }()
	err = g.wait(ctx, d)
	d.stopDisturbing()
	<-done
	if err != nil {
		return nil, errors.Join(err, d.stop())
	}
	if err := d.stop(); err != nil {
		wrong = append(wrong, "stopping the daemons: "+err.Error())
	}
	more, err := g.judge(ctx)
	fmt.Printf("%d offboardings in %d tenants, %s: %d daemons killed, %d paused and woken; %d needed a person; %s\n",
		st.size, st.tenants, st.database(), d.killed, d.paused, len(g.persons), time.Since(start).Round(time.Second))
	return append(wrong, more...), err
}

// choose picks who leaves, when, and of whom nobody hears what came of it: one of each kind among sixteen.
func (g *ground) choose(random *rand.Rand) error {
	start := time.Now().UTC().Truncate(time.Second).Add(5 * time.Second)
	for i := range g.size {
		due := start.Add(time.Duration(random.Int64N(int64(g.over)))).Truncate(time.Second)
		if err := g.leave(tenantName(i%g.tenants), due); err != nil {
			return err
		}
		l := g.leavers[i]
		f := g.proxies[l.tenant]
		if f == nil {
			continue
		}
		switch i % 16 {
		case 3:
			f.handlings[userops.FoldEmail(l.email)] = queued
		case 10:
			f.handlings[userops.FoldEmail(l.email)] = returned
		}
	}
	return nil
}

// wait waits until all have ended, and does what a person would about those that are parked.
func (g *ground) wait(ctx context.Context, h *daemons) error {
	for ctx.Err() == nil {
		all, err := g.schedules(ctx)
		if err != nil {
			return err
		}
		open := 0
		for _, s := range all {
			if !s.Open() {
				continue
			}
			open++
			if s.State == journal.Parked && !h.sleeping() {
				if err := g.lookAfter(ctx, s); err != nil {
					return err
				}
			}
		}
		if g.verbose || open > 0 {
			fmt.Fprintf(os.Stderr, "%d of %d are open; %s\n", open, len(all), h)
		}
		if open == 0 && !h.sleeping() {
			return nil
		}
		pause(ctx, 2*time.Second)
	}
	return context.Cause(ctx)
}
