package operation

import (
	"context"
	"slices"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// BeginBatch writes down several changes that are asked for together, and returns the batch's id. Each is then
// begun with DoRow.
func (t *Turn) BeginBatch(ctx context.Context, checked []userops.Checked) (string, error) {
	asked := make([]userops.Request, len(checked))
	for i, c := range checked {
		asked[i] = c.Request()
	}
	id, err := t.Journal.BeginBatch(ctx, journal.Batch{Tenant: t.Tenant, RequestedBy: t.By, OnBehalfOf: t.OnBehalfOf, DryRun: t.rehearses(), Through: t.DryRun == ThroughPress, Limit: t.Limit, Reason: t.Reason}, asked)
	if err != nil {
		return "", t.journalError(err)
	}
	return id, nil
}

// DoRow carries out row n, counted from 1, of a batch.
func (t *Turn) DoRow(ctx context.Context, batch string, n int, rq userops.Checked) userops.Result {
	t.row = journal.Place{Batch: batch, N: n}
	defer func() { t.row = journal.Place{} }()
	return t.Do(ctx, rq)
}

// GiveUpRow writes down that row n of a batch is not carried out, and why.
func (t *Turn) GiveUpRow(ctx context.Context, batch string, n int, rq userops.Checked, why error) userops.Result {
	t.row = journal.Place{Batch: batch, N: n}
	defer func() { t.row = journal.Place{} }()
	return t.Refuse(ctx, rq, why)
}

// Left lists the rows of a batch that were never carried out: not begun, or ended before their commit since the
// process was stopped, or since there would have been more deactivations than allowed.
func Left(b journal.Batch) []journal.BatchRow {
	var out []journal.BatchRow
	for _, r := range b.Rows {
		if r.Operation == nil || notCarriedOut(*r.Operation) {
			out = append(out, r)
		}
	}
	return out
}

// RehearsalOf says how far the changes of a batch were to go.
func RehearsalOf(b journal.Batch) Rehearsal {
	switch {
	case b.Through:
		return ThroughPress
	case b.DryRun:
		return UpToCommit
	}
	return ForReal
}

// notCarriedOut says that an operation ended for want of time or leave, and not because it could not be made.
func notCarriedOut(o journal.Operation) bool {
	return slices.Contains(leftBy, o.Code) && (o.Outcome == userops.Halted || o.Outcome == userops.Refused)
}

// leftBy are the reasons of a row that was not carried out for want of time or leave, and not because it could not
// be made.
var leftBy = []userops.Code{
	userops.CodeOf(userops.ErrInterrupted), userops.CodeOf(userops.ErrCancelled), userops.CodeOf(userops.ErrOutput),
	userops.CodeOf(userops.ErrTimeout), userops.CodeOf(userops.ErrLimit), userops.CodeOf(userops.ErrLease), userops.CodeOf(userops.ErrStorage),
	userops.CodeOf(userops.ErrFrozen),
}
