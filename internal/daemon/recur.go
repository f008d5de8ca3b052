package daemon

import (
	"context"
	"errors"
	"time"

	"github.com/billagent/billagent/internal/event"
)

// expiriesEvery is how often it is looked whether something runs out, which is told in days.
const expiriesEvery = time.Hour

// recurUntilDone runs what recurs, and signs in before something is due, one after the other: what is due has the
// browsers first. Stopped in the middle it has changed nothing.
func (d *Daemon) recurUntilDone(ctx context.Context) {
	var expiries time.Time
	told := ""
	for ctx.Err() == nil {
		err := errors.Join(d.Service.Prepare(ctx, d.Events), d.Service.RunRecurring(ctx, d.Events))
		if time.Since(expiries) > expiriesEvery {
			err = errors.Join(err, d.Service.TellExpiries(ctx))
			expiries = time.Now()
		}
		switch {
		case err == nil:
			told = ""
		case ctx.Err() == nil && err.Error() != told: // the same trouble is told once
			told = err.Error()
			d.Events.Tell(event.Trouble{Text: told})
		}
		t := time.NewTimer(d.Sweep)
		select {
		case <-t.C:
		case <-ctx.Done():
			t.Stop()
		}
	}
}
