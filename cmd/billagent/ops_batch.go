package main

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
)

// printBatches lists batches, newest first, with how much of each is left.
func (a *app) printBatches(ctx context.Context, s *service.Service, f journal.Filter) error {
	all, err := s.Batches(ctx, f.Tenant, f.Limit)
	if err != nil {
		return err
	}
	if printed, err := printRecords(a, all, batchColumns, batchRecord); printed {
		return err
	}
	if len(all) == 0 {
		_, err := fmt.Fprintln(a.stdout, "there was no batch")
		return err
	}
	t := newGrid("Batch", "When", "Tenant", "Changes", "Left", "By")
	for _, b := range all {
		t.add(b.ID, b.CreatedAt.Local().Format(time.DateTime), b.Tenant, len(b.Rows), len(service.Left(b)), b.RequestedBy)
	}
	return t.print(a.stdout)
}

var batchColumns = []string{"batch", "created_at", "tenant", "rows", "left", "requested_by", "on_behalf_of"}

func batchRecord(b journal.Batch) []string {
	return []string{b.ID, b.CreatedAt.Format(time.RFC3339), b.Tenant, strconv.Itoa(len(b.Rows)),
		strconv.Itoa(len(service.Left(b))), b.RequestedBy, b.OnBehalfOf}
}

// printBatch lists what a batch asked for and what became of each.
func (a *app) printBatch(ctx context.Context, s *service.Service, id string) error {
	b, err := s.Batch(ctx, id)
	if err != nil {
		return noBatch(err)
	}
	if a.output == "json" {
		return printJSON(a.stdout, b)
	}
	if printed, err := printRecords(a, b.Rows, batchRowColumns, batchRowRecord); printed {
		return err
	}
	t := newGrid("#", "Action", "Email", "Outcome", "Operation")
	for _, r := range b.Rows {
		op, standing := rowStanding(r)
		t.add(r.N, string(r.Request.Action), r.Request.Email, standing, op.ID)
	}
	if err := t.print(a.stdout); err != nil {
		return err
	}
	if left := len(service.Left(b)); left > 0 {
		_, err = fmt.Fprintf(a.stdout, "%d of %d were not carried out; go on with: billagent ops resume --batch %s\n", left, len(b.Rows), b.ID)
	}
	return err
}

var batchRowColumns = []string{"n", "action", "email", "op", "state", "outcome", "reason"}

func batchRowRecord(r journal.BatchRow) []string {
	op, _ := rowStanding(r)
	return []string{strconv.Itoa(r.N), string(r.Request.Action), r.Request.Email, op.ID, string(op.State),
		string(op.Outcome), op.Reason}
}

// rowStanding is the operation that a row has become, an empty one where it was never begun, and how it stands.
func rowStanding(r journal.BatchRow) (journal.Operation, string) {
	if r.Operation == nil {
		return journal.Operation{}, "not begun"
	}
	return *r.Operation, standing(*r.Operation)
}
