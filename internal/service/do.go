package service

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/userops"
)

// Asked says who asks for changes, and how they are to be made. It belongs to one call.
type Asked = operation.Asked

// Rehearsal is how far a change goes that is not to be made.
type Rehearsal = operation.Rehearsal

// The rehearsals.
const (
	ForReal      = operation.ForReal
	UpToCommit   = operation.UpToCommit
	ThroughPress = operation.ThroughPress
)

// Do makes changes of a tenant's users one after the other and tells each result as it comes, as an event.Ended.
// Several are written down as a batch before the first is begun. When ctx ends, the change under way is settled and
// the others are halted.
//
// The error, an *userops.Error, is of what kept all of them from beginning; how each change ended is told by its
// result alone.
func (s *Service) Do(ctx context.Context, tenant string, requests []userops.Checked, asked Asked, events event.Sink) ([]userops.Result, error) {
	var b *batch
	err := s.change(ctx, tenant, asked, events, func(t *operation.Turn) (err error) {
		b = &batch{turn: t}
		if len(requests) > 1 {
			if b.id, err = t.BeginBatch(ctx, requests); err != nil {
				return err
			}
			b.turn.Events.Tell(event.Begun{Tenant: t.Tenant, Batch: b.id, Changes: len(requests), About: time.Duration(len(requests)) * eachTakes})
		}
		rows := make([]row, len(requests))
		for i, rq := range requests {
			rows[i] = row{i + 1, rq}
		}
		return b.run(ctx, rows)
	})
	if b == nil {
		return nil, err
	}
	return b.results, err
}

// eachTakes is how long one change takes, measured on the bundled console and rounded up: a live one is slower.
const eachTakes = 4 * time.Second

// Left lists the rows of a batch that were never carried out.
func Left(b journal.Batch) []journal.BatchRow { return operation.Left(b) }

// Settle looks after every operation of a tenant that a process left, and returns how each ended. Nothing is begun
// or pressed again: what was not committed is halted, what may have been is read back. The next change of the
// tenant does so by itself.
func (s *Service) Settle(ctx context.Context, tenant string, asked Asked, events event.Sink) (results []userops.Result, err error) {
	err = s.change(ctx, tenant, asked, events, func(t *operation.Turn) error {
		results, err = t.Resume(ctx)
		return err
	})
	return results, err
}

// Resume carries out what was never carried out of a batch, as it was asked for then; what was left at its commit
// is settled first, and told. A limit that asked gives replaces the batch's own. The error wraps journal.ErrNoBatch
// where there is none.
func (s *Service) Resume(ctx context.Context, id string, asked Asked, events event.Sink) ([]userops.Result, error) {
	kept, err := s.Batch(ctx, id)
	if err != nil {
		return nil, err
	}
	asked.OnBehalfOf, asked.DryRun = kept.OnBehalfOf, operation.RehearsalOf(kept)
	if asked.Limit == 0 { // what was allowed for the batch is allowed for the rest of it
		asked.Limit, asked.Reason = kept.Limit, kept.Reason
	}
	b := &batch{id: kept.ID}
	err = s.change(ctx, kept.Tenant, asked, events, func(t *operation.Turn) error {
		b.turn = t
		settled, failed := t.Resume(ctx) // a row of the batch may be among them
		if kept, err = t.Journal.Batch(ctx, kept.ID); err != nil {
			return errors.Join(failed, err)
		}
		left := operation.Left(kept)
		b.turn.Events.Tell(event.Resumed{Tenant: kept.Tenant, Batch: kept.ID, Left: len(left), Of: len(kept.Rows)})
		for _, r := range settled {
			if !slices.ContainsFunc(left, func(row journal.BatchRow) bool { return row.Operation != nil && row.Operation.ID == r.Op }) {
				b.ended(row{}, r)
			}
		}
		if failed != nil {
			return failed
		}
		rows := make([]row, len(left))
		for i, r := range left {
			rows[i].n = r.N
			if rows[i].request, err = r.Request.Check(); err != nil { // it was checked when it was written down
				return err
			}
		}
		return b.run(ctx, rows)
	})
	return b.results, err
}

// row is one of them, with its number from 1.
type row struct {
	n       int
	request userops.Checked
}

// batch is several changes being made one after the other, or one alone, which has no id.
type batch struct {
	turn    *operation.Turn
	id      string // in the journal; empty where one change alone is asked for
	results []userops.Result
}

// run carries out rows of the batch.
func (b *batch) run(ctx context.Context, rows []row) error {
	withheld, err := b.admit(ctx, rows)
	if b.id == "" && withheld == nil { // one change alone: whatever keeps it from beginning is how it ends
		withheld, err = err, nil
	}
	if err != nil && ctx.Err() == nil { // a batch that was stopped goes on, to write its rows down as halted
		return err
	}
	b.turn.Events.Tell(event.Running{Changes: len(rows)})
	for i, r := range rows {
		if b.id != "" && ctx.Err() != nil {
			b.giveUp(ctx, rows[i:])
			break
		}
		b.ended(r, b.do(ctx, r, withheld))
	}
	return nil
}

// giveUp writes down each of the rows as halted, since ctx has ended: they can be gone on with. What cannot be
// written down within a minute is not, and is told all the same.
func (b *batch) giveUp(ctx context.Context, rows []row) {
	why := stopped(ctx, "carrying out a batch", b.turn.Tenant, "go on with the rest of the batch")
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	for _, r := range rows {
		b.ended(r, b.turn.GiveUpRow(ctx, b.id, r.n, r.request, why))
	}
}

// admit holds the changes among the rows that take access against the limit. Over it nothing of the run is done:
// withheld says why.
func (b *batch) admit(ctx context.Context, rows []row) (withheld, err error) {
	var emails []string
	for _, r := range rows {
		if kind, _ := userops.KindOf(r.request.Request().Action); kind.TakesAll {
			emails = append(emails, r.request.Request().Email)
		}
	}
	if len(emails) == 0 {
		return nil, nil
	}
	if err = b.turn.Admit(ctx, emails); errors.Is(err, userops.ErrLimit) {
		return err, nil
	}
	return nil, err
}

func (b *batch) do(ctx context.Context, r row, withheld error) userops.Result {
	switch {
	case withheld != nil && b.id == "":
		return b.turn.Refuse(ctx, r.request, withheld)
	case withheld != nil:
		return b.turn.GiveUpRow(ctx, b.id, r.n, r.request, withheld)
	case b.id == "":
		return b.turn.Do(ctx, r.request)
	}
	return b.turn.DoRow(ctx, b.id, r.n, r.request)
}

func (b *batch) ended(r row, res userops.Result) {
	b.results = append(b.results, res)
	b.turn.Events.Tell(event.Ended{Tenant: b.turn.Tenant, Batch: b.id, N: r.n, Request: r.request.Request(), Result: res})
}
