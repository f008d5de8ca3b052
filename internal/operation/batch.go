package operation

import (
	"context"
	"slices"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// place is the row of a batch that is carried out now.
type place struct {
	batch string
	n     int
}

// BeginBatch writes down several changes that are asked for together, and returns the batch's id. Each is then begun with
// DoRow.
func (d *Directory) BeginBatch(ctx context.Context, asked []userops.Request) (string, error) {
	id, err := d.Journal.BeginBatch(ctx, journal.Batch{Tenant: d.Tenant, RequestedBy: d.Actor, OnBehalfOf: d.OnBehalfOf, DryRun: d.DryRun, Through: d.Through, Limit: d.Policy.Limit, Reason: d.Override}, asked)
	if err != nil {
		return "", d.journalError(err)
	}
	return id, nil
}

// DoRow carries out row n, counted from 1, of a batch.
func (d *Directory) DoRow(ctx context.Context, batch string, n int, rq userops.Request) userops.Result {
	d.row = place{batch, n}
	defer func() { d.row = place{} }()
	return d.Change(ctx, rq)
}

// GiveUpRow writes down that row n of a batch is not carried out, and why.
func (d *Directory) GiveUpRow(ctx context.Context, batch string, n int, rq userops.Request, why error) userops.Result {
	d.row = place{batch, n}
	defer func() { d.row = place{} }()
	return d.Refuse(ctx, rq, why)
}

// written notes which operation the row that is carried out now has become.
func (d *Directory) written(ctx context.Context, o journal.Operation) error {
	if d.row.batch == "" {
		return nil
	}
	return d.Journal.BeginRow(ctx, d.row.batch, d.row.n, o.ID)
}

// Left lists the rows of a batch that were never carried out: not begun, or ended before their commit since the process was
// stopped, or since there would have been more deactivations than allowed.
func Left(b journal.Batch) []journal.BatchRow {
	var out []journal.BatchRow
	for _, r := range b.Rows {
		if r.Operation == nil || slices.Contains(leftBy, r.Operation.Code) && (r.Operation.Outcome == userops.Halted || r.Operation.Outcome == userops.Refused) {
			out = append(out, r)
		}
	}
	return out
}

// leftBy are the reasons of a row that was not carried out for want of time or leave, and not because it could not be made.
var leftBy = []userops.Code{
	userops.CodeOf(userops.ErrInterrupted), userops.CodeOf(userops.ErrCancelled), userops.CodeOf(userops.ErrOutput),
	userops.CodeOf(userops.ErrTimeout), userops.CodeOf(userops.ErrLimit),
}
