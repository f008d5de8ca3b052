package main

import (
	"context"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/schollz/progressbar/v3"
)

// printer prints the results of changes as they come.
type printer struct {
	app     *app
	several bool   // printed as a list
	batch   string // its id, once it is known
	bar     *progressbar.ProgressBar
	leftOut []userops.Result // rows of a file that are not well formed: told before the others
	results []userops.Result
	stop    context.CancelCauseFunc // ends the work: nobody can read its results
	failed  error                   // why
}

// changeAll has the service make changes and prints each result as it comes. Where the output cannot be written the
// change under way is settled and the others are halted.
func (a *app) changeAll(ctx context.Context, s *service.Service, asked []userops.Checked, by service.Asked, leftOut []userops.Result, fromFile bool) error {
	p := &printer{app: a, several: fromFile || len(asked) > 1, leftOut: leftOut}
	return p.print(ctx, func(ctx context.Context) error {
		_, err := s.Do(ctx, "", asked, by, p.tell)
		return err
	})
}

// print has work done of which p is told, and returns the exit status.
func (p *printer) print(ctx context.Context, work func(ctx context.Context) error) error {
	ctx, p.stop = context.WithCancelCause(ctx)
	defer p.stop(nil)
	err := work(ctx)
	p.showLeftOut()
	switch {
	case err == nil:
		return p.end()
	case len(p.results) > 0: // what is known by now is printed; that not all was begun decides the exit status
		_ = p.end()
	}
	return err
}

func (p *printer) showLeftOut() {
	all := p.leftOut
	p.leftOut = nil
	for _, r := range all {
		p.show(r)
	}
}

// tell takes the events of the work.
func (p *printer) tell(e event.Event) {
	switch e := e.(type) {
	case event.Begun:
		p.batch = e.Batch
		p.app.note(fmt.Sprintf("batch %s: %d changes, about %s", e.Batch, e.Changes, e.About.Round(time.Second)))
	case event.Resumed:
		p.batch = e.Batch
		p.app.note(fmt.Sprintf("batch %s: %d of %d changes are left", e.Batch, e.Left, e.Of))
	case event.Running:
		p.showLeftOut()
		p.begin(e.Changes)
	case event.Ended:
		p.show(p.app.advised(e.Result, wish{role: e.Request.Role, batch: p.batch}))
	default:
		p.app.tell(e)
	}
}

// begin shows how far the work has come, where somebody looks on.
func (p *printer) begin(changes int) {
	if _, ok := drawable(p.app.stderr); !ok || !p.several {
		return
	}
	p.app.live.out = nil // the bar takes its place
	p.bar = progressbar.NewOptions(changes, progressbar.OptionSetWriter(p.app.stderr), progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
}

// show prints one result.
func (p *printer) show(r userops.Result) {
	p.results = append(p.results, r)
	if p.failed != nil {
		return
	}
	p.app.live.stop()
	if p.bar != nil {
		_ = p.bar.Clear() // a bar that cannot be drawn ends nothing
	}
	if p.failed = p.app.printResult(r, p.several); p.failed != nil {
		p.stop(&userops.Error{Act: "printing the results", Kind: userops.ErrOutput, Cause: p.failed})
		return
	}
	if p.bar != nil {
		_ = p.bar.Add(1)
	}
}

// end prints what is printed as a whole, and returns the exit status.
func (p *printer) end() error {
	a := p.app
	if p.failed == nil && (a.output == "json" && p.several || a.output == "csv") {
		p.failed = a.printResults(p.results)
	}
	if p.failed != nil {
		return a.unwritten(p.results, p.failed)
	}
	if code := userops.ExitCodeOf(p.results); code != 0 {
		return &exitError{code: code}
	}
	return nil
}

// printResults prints all results as one JSON array, or as CSV.
func (a *app) printResults(results []userops.Result) error {
	if a.output == "json" {
		if results == nil {
			results = []userops.Result{}
		}
		return printJSON(a.stdout, results)
	}
	records := make([][]string, len(results))
	for i, r := range results {
		records[i] = resultRecord(r)
	}
	return a.writeRecords(resultColumns, records)
}

// unwritten tells on standard error what was done when standard output cannot take it: it must not be lost. The
// exit status is that of the results: what happened decides it.
func (a *app) unwritten(results []userops.Result, err error) error {
	for _, r := range results {
		fmt.Fprintln(a.stderr, resultLine(r))
	}
	return &exitError{code: userops.ExitCodeOf(results), err: fmt.Errorf("the results above were reached, but could not be written: %w",
		&userops.Error{Act: "printing the results", Kind: userops.ErrOutput, Cause: err, Hint: "see to where the output goes; what was done is in the journal"})}
}

func (a *app) printResult(r userops.Result, isBatch bool) error {
	switch a.output {
	case "table":
		_, err := fmt.Fprintln(a.stdout, resultLine(r))
		return err
	case "ndjson":
		return printLine(a.stdout, r)
	case "json":
		if !isBatch {
			return printJSON(a.stdout, r)
		}
	}
	return nil
}
