package daemon

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/event"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// sweepUntilDone wakes the tenants of which something is due: when it is, and at least once every Options.Sweep,
// whatever woke them before.
func (d *Daemon) sweepUntilDone(ctx context.Context) {
	var seen time.Time
	told := "" // the same trouble is told once
	for {
		wait := d.Sweep
		err := ctx.Err()
		if err == nil && time.Since(seen) > seenEvery {
			if err = d.journal.Seen(ctx, d.id); err == nil {
				err = d.discardOrphans(ctx)
			}
			seen = time.Now()
		}
		if err == nil {
			var next time.Duration
			if next, err = d.sweep(ctx); next > 0 && next < wait {
				wait = next
			}
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil && err.Error() != told:
			told = err.Error()
			d.Events.Tell(event.Trouble{Text: told})
		case err == nil:
			told = ""
		}
		d.swept.Store(time.Now().UnixNano()) // also where the journal cannot be used: to start anew would not help
		t := time.NewTimer(wait)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
			return
		}
	}
}

// sweep wakes the tenants of which something is due now, and says when something else is.
func (d *Daemon) sweep(ctx context.Context) (next time.Duration, err error) {
	agenda, err := d.Service.Agenda(ctx)
	if err != nil {
		return 0, err
	}
	return agenda.Next, errors.Join(d.Wake(ctx, agenda.Tenants...), agenda.Unserved())
}

// Wake has what is due of tenants be looked for. One that is being looked after already is not woken a second time.
// Writing the calls down goes on when ctx ends, for wakeBound at most: River logs as an error what is cut short.
func (d *Daemon) Wake(ctx context.Context, tenants ...string) error {
	if len(tenants) == 0 {
		return nil
	}
	calls := make([]river.InsertManyParams, len(tenants))
	for i, t := range tenants {
		calls[i].Args = drainTenant{Tenant: t}
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), wakeBound)
	defer cancel()
	if _, err := d.client.InsertMany(ctx, calls); err != nil {
		return fmt.Errorf("waking those who carry out what is due: %w", err)
	}
	return nil
}

// discardOrphans takes away the wake-up calls of daemons that have ended: a tenant is not woken as long as it has
// one. River does so itself, by time alone and half a minute after its start at the earliest, so never where
// processes live shorter than that.
func (d *Daemon) discardOrphans(ctx context.Context) error {
	working, err := d.journal.Daemons(ctx)
	if err != nil {
		return err
	}
	live := map[string]bool{d.id: true}
	for _, w := range working {
		live[w.ID] = true
	}
	now := time.Now().UTC()
	queue := d.client.Driver().GetExecutor()
	jobs, err := queue.JobGetStuck(ctx, &riverdriver.JobGetStuckParams{Max: 10_000, StuckHorizon: now})
	if err != nil {
		return fmt.Errorf("looking for wake-up calls of daemons that have ended: %w", err)
	}
	orphans := riverdriver.JobRescueManyParams{StuckHorizon: now}
	for _, j := range jobs {
		if n := len(j.AttemptedBy); n == 0 || live[j.AttemptedBy[n-1]] {
			continue
		}
		why, err := json.Marshal(rivertype.AttemptError{At: now, Attempt: j.Attempt, Error: "the daemon has ended"})
		if err != nil {
			return err
		}
		orphans.ID = append(orphans.ID, j.ID)
		orphans.Error = append(orphans.Error, why)
		orphans.FinalizedAt = append(orphans.FinalizedAt, &now)
		orphans.ScheduledAt = append(orphans.ScheduledAt, j.ScheduledAt)
		orphans.State = append(orphans.State, string(rivertype.JobStateDiscarded))
	}
	if len(orphans.ID) == 0 {
		return nil
	}
	if _, err := queue.JobRescueMany(ctx, &orphans); err != nil {
		return fmt.Errorf("taking away the wake-up calls of daemons that have ended: %w", err)
	}
	return nil
}
