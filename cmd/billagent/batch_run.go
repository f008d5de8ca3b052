package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/userops"
	"github.com/schollz/progressbar/v3"
)

// batch is several changes being made one after the other.
type batch struct {
	app     *app
	dir     *operation.Directory
	id      string // in the journal; empty where one change alone is asked for
	several bool   // printed as a list
	bar     *progressbar.ProgressBar
	results []userops.Result
}

// changeAll makes the changes one after the other and prints each result as it comes. Several are written down as a batch
// before the first is begun. After a Ctrl-C the change under way is settled and the others are reported as halted; so it is
// where the output cannot be written.
func (a *app) changeAll(ctx context.Context, dir *operation.Directory, asked []userops.Request, leftOut []userops.Result, fromFile bool) error {
	b := &batch{app: a, dir: dir, several: fromFile || len(asked) > 1}
	if len(asked) > 1 {
		var err error
		if b.id, err = dir.BeginBatch(ctx, asked); err != nil {
			return err
		}
		a.note(fmt.Sprintf("batch %s: %d changes, about %s", b.id, len(asked), (time.Duration(len(asked)) * eachTakes).Round(time.Second)))
	}
	rows := make([]journal.BatchRow, len(asked))
	for i, rq := range asked {
		rows[i] = journal.BatchRow{N: i + 1, Request: rq}
	}
	for _, r := range leftOut {
		if err := b.show(r); err != nil {
			return b.giveUp(ctx, rows, err)
		}
	}
	return b.run(ctx, rows)
}

// eachTakes is how long one change takes, measured on the bundled console and rounded up: a live one is slower.
const eachTakes = 4 * time.Second

// run carries out rows of the batch.
func (b *batch) run(ctx context.Context, rows []journal.BatchRow) error {
	withheld, err := b.admit(ctx, rows)
	if err != nil && b.id != "" && ctx.Err() != nil {
		return b.halt(ctx, rows, err)
	}
	if err != nil {
		return err
	}
	b.begin(len(rows))
	for i, r := range rows {
		res := b.app.advised(b.do(ctx, r, withheld), r.Request)
		if err := b.show(res); err != nil {
			return b.giveUp(ctx, rows[i+1:], err)
		}
	}
	return b.end()
}

// admit holds the deactivations among the rows against the limit. Over it nothing of the run is done: withheld says why.
func (b *batch) admit(ctx context.Context, rows []journal.BatchRow) (withheld, err error) {
	var emails []string
	for _, r := range rows {
		if r.Request.Action == userops.Deactivate {
			emails = append(emails, r.Request.Email)
		}
	}
	if len(emails) == 0 {
		return nil, nil
	}
	if err = b.dir.Admit(ctx, emails); errors.Is(err, userops.ErrLimit) {
		return err, nil
	}
	return nil, err
}

func (b *batch) do(ctx context.Context, r journal.BatchRow, withheld error) userops.Result {
	switch {
	case withheld != nil && b.id == "":
		return b.dir.Refuse(ctx, r.Request, withheld)
	case withheld != nil:
		return b.dir.GiveUpRow(ctx, b.id, r.N, r.Request, withheld)
	case b.id == "":
		return b.dir.Change(ctx, r.Request)
	}
	return b.dir.DoRow(ctx, b.id, r.N, r.Request)
}

// begin shows how far the batch has come, where somebody looks on.
func (b *batch) begin(rows int) {
	if _, ok := drawable(b.app.stderr); !ok || !b.several {
		return
	}
	b.app.live.out = nil // the bar takes its place
	b.bar = progressbar.NewOptions(rows, progressbar.OptionSetWriter(b.app.stderr), progressbar.OptionShowCount(),
		progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish())
}

// show prints one result.
func (b *batch) show(res userops.Result) error {
	b.results = append(b.results, res)
	b.app.live.stop()
	if b.bar != nil {
		_ = b.bar.Clear() // a bar that cannot be drawn ends nothing
	}
	if err := b.app.printResult(res, b.several); err != nil {
		return err
	}
	if b.bar != nil {
		_ = b.bar.Add(1)
	}
	return nil
}

// end prints what is printed as a whole, and returns the exit status.
func (b *batch) end() error {
	a := b.app
	if a.output == "json" && b.several || a.output == "csv" {
		if err := a.printResults(b.results); err != nil {
			return a.unwritten(b.results, err)
		}
	}
	if code := userops.ExitCodeOf(b.results); code != 0 {
		return &exitError{code: code}
	}
	return nil
}

// halt ends a batch that was stopped before its first row: each is written down as halted.
func (b *batch) halt(ctx context.Context, rows []journal.BatchRow, cause error) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	why := &userops.Error{Act: "carrying out a batch", Kind: userops.ReasonFor(userops.CodeOf(cause)), Hint: "go on with it: billagent ops resume --batch " + b.id}
	if why.Kind == nil {
		why.Kind = userops.ErrCancelled
	}
	for i, r := range rows {
		if err := b.show(b.dir.GiveUpRow(ctx, b.id, r.N, r.Request, why)); err != nil {
			return b.giveUp(ctx, rows[i+1:], err)
		}
	}
	return b.end()
}

// giveUp ends a batch whose results nobody can read any more: what is left is written down as halted.
func (b *batch) giveUp(ctx context.Context, left []journal.BatchRow, cause error) error {
	why := &userops.Error{Act: "carrying out a batch", Kind: userops.ErrOutput, Cause: cause,
		Hint: "go on with what is left: billagent ops resume --batch " + b.id}
	for _, r := range left {
		b.results = append(b.results, b.dir.GiveUpRow(ctx, b.id, r.N, r.Request, why))
	}
	return b.app.unwritten(b.results, cause)
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

// unwritten tells on standard error what was done when standard output cannot take it: it must not be lost. The exit status is
// that of the results: what happened decides it.
func (a *app) unwritten(results []userops.Result, err error) error {
	for _, r := range results {
		fmt.Fprintln(a.stderr, resultLine(r))
	}
	return &exitError{code: userops.ExitCodeOf(results), err: fmt.Errorf("the results above were reached, but could not be written: %w", err)}
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
