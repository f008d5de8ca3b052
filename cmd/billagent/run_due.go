package main

import (
	"context"
	"sync"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/daemon"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/notify"
	"github.com/billagent/billagent/internal/userops"
	"github.com/spf13/cobra"
)

func (a *app) runDueCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "run-due",
		Short: "Run once what is due now, for cron",
		Long: `Run once what is scheduled and due now, tenants side by side, and end: what "billagent serve" does all the time. Two at once, or one beside a
daemon, do nothing twice. What recurs and is due is run after it, and whom the section "notify" names is told, within half a minute: what cannot be
delivered then the next run delivers. The exit status is that of a batch: 0 also where nothing is due. A tenant that has to wait counts as
halted.`,
		Example: "  * * * * *  billagent run-due    # in a crontab",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.daemon(cmd, func(ctx context.Context, c *config.Config, o daemon.Options) error {
				j, err := o.Service.Journal(ctx)
				if err != nil {
					return err
				}
				n, err := notify.New(notify.Options{Config: c, Journal: j, Log: a.log})
				if err != nil {
					return err
				}
				due := &dueResults{app: a, tell: o.Events, at: map[string]int{}}
				o.Events = due.take
				err = daemon.Once(ctx, o)
				n.Deliver(context.WithoutCancel(ctx)) // also what a stop has come to
				if ended := due.end(); err == nil {   // what was done is said, also where a tenant failed
					err = ended
				}
				return err
			})
		},
	}
}

// dueResults takes what becomes of what is due, from several goroutines.
type dueResults struct {
	app  *app
	tell event.Sink

	mu      sync.Mutex
	results []userops.Result
	at      map[string]int // of each schedule, where its result is
	stopped int            // tenants
}

func (d *dueResults) take(e event.Event) {
	d.tell.Tell(e)
	d.mu.Lock()
	defer d.mu.Unlock()
	switch e := e.(type) {
	case event.Scheduled:
		r := d.app.advised(e.Result, wish{})
		if i, again := d.at[e.Schedule]; again { // what was put back is told by what came of it then
			d.results[i] = r
			return
		}
		d.at[e.Schedule] = len(d.results)
		d.results = append(d.results, r)
	case event.Stopped:
		d.stopped++
	}
}

// end prints the results and returns the exit status.
func (d *dueResults) end() error {
	a := d.app
	var err error
	if a.output == "json" || a.output == "csv" {
		err = a.printResults(d.results)
	} else {
		for _, r := range d.results {
			if err = a.printResult(r, true); err != nil {
				break
			}
		}
	}
	if err != nil {
		return a.unwritten(d.results, err)
	}
	code := userops.ExitCodeOf(d.results)
	if d.stopped > 0 && len(d.results) == 0 {
		code = userops.Halted.ExitCode()
	} else if d.stopped > 0 && code != userops.Halted.ExitCode() {
		code = userops.ExitMixed
	}
	if code != 0 {
		return &exitError{code: code}
	}
	return nil
}
