package operation

import (
	"context"
	"errors"
	"strings"

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
func (d *Directory) BeginBatch(ctx context.Context, asked []journal.Request) (string, error) {
	id, err := d.Journal.BeginBatch(ctx, journal.Batch{Tenant: d.Tenant, RequestedBy: d.Actor, OnBehalfOf: d.OnBehalfOf, DryRun: d.DryRun}, asked)
	if err != nil {
		return "", d.unkept(err)
	}
	return id, nil
}

// Do carries out a change as it was asked for.
func (d *Directory) Do(ctx context.Context, rq journal.Request) userops.Result {
	switch rq.Action {
	case userops.Invite:
		return d.Invite(ctx, userops.Invitation{Email: rq.Email, FirstName: rq.FirstName, LastName: rq.LastName, Role: rq.Role, TimeZone: rq.TimeZone, Reactivate: rq.Reactivate})
	case userops.Deactivate:
		return d.Deactivate(ctx, rq.Email)
	case userops.Reactivate:
		return d.Reactivate(ctx, rq.Email)
	case userops.SetRole:
		return d.SetRole(ctx, rq.Email, rq.Role)
	}
	return userops.NotBegun(ctx, rq.Action, rq.Email, "", &userops.Error{Act: "carrying out a change", Target: string(rq.Action), Tenant: d.Tenant,
		Kind: userops.ErrInput, Cause: errors.New("there is no such action"), Hint: "the journal was written by another version of billagent"})
}

// DoRow carries out row n, counted from 1, of a batch.
func (d *Directory) DoRow(ctx context.Context, batch string, n int, rq journal.Request) userops.Result {
	d.row = place{batch, n}
	defer func() { d.row = place{} }()
	return d.Do(ctx, rq)
}

// GiveUpRow writes down that row n of a batch is not carried out, and why.
func (d *Directory) GiveUpRow(ctx context.Context, batch string, n int, rq journal.Request, why error) userops.Result {
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
// stopped.
func Left(b journal.Batch) []journal.BatchRow {
	var out []journal.BatchRow
	for _, r := range b.Rows {
		if r.Operation == nil || r.Operation.Outcome == userops.Halted && stopped(r.Operation.Reason) {
			out = append(out, r)
		}
	}
	return out
}

// stopped says that a reason is that somebody stopped the process, not that the change could not be made.
func stopped(reason string) bool {
	for _, kind := range []error{userops.ErrInterrupted, userops.ErrCancelled, userops.ErrOutput} {
		if strings.HasPrefix(reason, kind.Error()) {
			return true
		}
	}
	return false
}
