package daemon

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver"
	"github.com/riverqueue/river/rivertype"
)

// queue is River's queue of wake-up calls.
const queue = "drain"

// drainTenant is the wake-up call for a tenant. There is at most one of a tenant that has not ended.
type drainTenant struct {
	Tenant string `json:"tenant"`
}

// Kind implements river.JobArgs.
func (drainTenant) Kind() string { return "drain_tenant" }

// InsertOpts implements river.JobArgsWithInsertOpts.
func (drainTenant) InsertOpts() river.InsertOpts {
	return river.InsertOpts{Queue: queue, MaxAttempts: 1, UniqueOpts: river.UniqueOpts{ByArgs: true, ByState: []rivertype.JobState{
		rivertype.JobStateAvailable, rivertype.JobStatePending, rivertype.JobStateRunning, rivertype.JobStateScheduled, rivertype.JobStateRetryable}}}
}

// drainer carries out what is due of a tenant until nothing is.
type drainer struct {
	river.WorkerDefaults[drainTenant]
	daemon *Daemon
}

// errStopping ends a wake-up call of which the rest is left to the next daemon.
var errStopping = errors.New("the daemon is stopped")

// stillDue is how long a drain waits that could do nothing of what is due, as when it was given another time in the
// same moment.
const stillDue = time.Second

// Work implements river.Worker.
func (w *drainer) Work(ctx context.Context, job *river.Job[drainTenant]) error {
	d, tenant := w.daemon, job.Args.Tenant
	for {
		results, err := d.Service.RunDue(ctx, tenant, d.stop, d.Events)
		if err != nil && ctx.Err() != nil && d.stopping() {
			d.Log.Warn("what is due was halted by the stop of the daemon; the next one goes on", "tenant", tenant, "error", err)
			return river.JobCancel(errStopping)
		}
		if err != nil {
			d.Log.Error("what is due could not be carried out; it is tried again", "tenant", tenant, "error", err)
			return river.JobCancel(err) // the sweep makes another call as long as something is due
		}
		if d.stopping() {
			return river.JobCancel(errStopping)
		}
		if d.BeforeEnd != nil {
			d.BeforeEnd(tenant)
		}
		idle, err := w.ended(ctx, job)
		if err != nil || idle {
			return err
		}
		if len(results) == 0 {
			t := time.NewTimer(stillDue)
			select {
			case <-t.C:
			case <-d.stop:
				t.Stop()
			}
		}
	}
}

// ended ends the wake-up call in one transaction with a look whether something is due. Were it ended by returning,
// who wakes the tenant in between would be told that it is awake, and nobody would look.
func (w *drainer) ended(ctx context.Context, job *river.Job[drainTenant]) (bool, error) {
	idle, err := w.daemon.Service.IfNothingIsDue(ctx, job.Args.Tenant, func(tx *sql.Tx) error {
		_, err := river.JobCompleteTx[riverdriver.Driver[*sql.Tx]](ctx, tx, job)
		return err
	})
	if errors.Is(err, rivertype.ErrNotFound) { // taken away by a daemon that held this one for ended: the tenant is woken anew
		return true, nil
	}
	return idle, err
}

func (d *Daemon) stopping() bool {
	select {
	case <-d.stop:
		return true
	default:
		return false
	}
}
