package daemon

import (
	"context"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/event"
)

// expiriesEvery is how often it is looked whether something runs out, which is told in days.
const expiriesEvery = time.Hour

// besides are what a daemon does beside what is due, each by itself: a look at a console takes minutes, and holds up
// neither a sign-in before something is due nor the word that something runs out. Stopped in the middle none has
// changed anything.
func (d *Daemon) besides(ctx context.Context) {
	var all sync.WaitGroup
	all.Go(func() { d.repeat(ctx, d.Sweep, func() error { return d.Service.RunRecurring(ctx, d.Events) }) })
	all.Go(func() { d.repeat(ctx, expiriesEvery, func() error { return d.Service.TellExpiries(ctx) }) })
	all.Go(func() { d.repeat(ctx, d.Sweep, func() error { return d.prepare(ctx, &all) }) })
	all.Wait()
}

// prepare begins to sign in to the tenants of which something comes to be due: a tenant that has to wait for its own
// work, or for the console, holds up no other.
func (d *Daemon) prepare(ctx context.Context, all *sync.WaitGroup) error {
	names, err := d.Service.ToPrepare(ctx)
	for _, name := range names {
		all.Go(func() {
			if err := d.Service.Prepare(ctx, name, d.Events); err != nil && ctx.Err() == nil {
				d.Events.Tell(event.Trouble{Text: err.Error()})
			}
		})
	}
	return err
}

// repeat does something again and again until ctx ends.
func (d *Daemon) repeat(ctx context.Context, every time.Duration, do func() error) {
	told := ""
	for ctx.Err() == nil {
		err := do()
		switch {
		case err == nil:
			told = ""
		case ctx.Err() == nil && err.Error() != told: // the same trouble is told once
			told = err.Error()
			d.Events.Tell(event.Trouble{Text: told})
		}
		t := time.NewTimer(every)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
	}
}
