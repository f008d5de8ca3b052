package journal

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/internal/userops"
	"github.com/google/uuid"
)

// Batch is several changes that were asked for together. The JSON names are a contract.
type Batch struct {
	ID          string     `json:"batch"`
	Tenant      string     `json:"tenant"`
	RequestedBy string     `json:"requested_by"`
	OnBehalfOf  string     `json:"on_behalf_of,omitempty"`
	DryRun      bool       `json:"dry_run,omitempty"`
	Through     bool       `json:"dry_run_through,omitempty"` // the rehearsal presses, too
	Limit       int        `json:"limit,omitempty"`           // of deactivations within an hour, where one was given
	Reason      string     `json:"reason,omitempty"`          // why it was given
	CreatedAt   time.Time  `json:"created_at"`
	Rows        []BatchRow `json:"rows"`
}

// BatchRow is one of them.
type BatchRow struct {
	N         int             `json:"n"` // counts from 1
	Request   userops.Request `json:"request"`
	Operation *Operation      `json:"operation"` // nil: it was never begun
}

// ErrNoBatch means that the journal has none of that id.
var ErrNoBatch = errors.New("there is no such batch")

// BeginBatch writes down a batch with everything that it asks for, before the first of it is begun, and returns its id.
func (j *Journal) BeginBatch(ctx context.Context, b Batch, asked []userops.Request) (string, error) {
	id, err := uuid.NewV7() // sortable by time
	if err != nil {
		return "", fmt.Errorf("naming a batch: %w", err)
	}
	err = j.tx(ctx, "batch", func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, "INSERT INTO batches (id, tenant, requested_by, on_behalf_of, dry_run, deactivations, reason, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
			id.String(), b.Tenant, b.RequestedBy, b.OnBehalfOf, number(b.DryRun)+number(b.Through), b.Limit, b.Reason, time.Now().UnixMicro()); err != nil {
			return err
		}
		for i, rq := range asked {
			request, err := text(rq)
			if err != nil {
				return err
			}
			if _, err := tx.ExecContext(ctx, "INSERT INTO batch_rows (batch, n, request) VALUES ($1, $2, $3)", id.String(), i+1, request); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return "", fmt.Errorf("writing down the batch: %w", err)
	}
	return id.String(), nil
}

// Batch returns a batch with its rows, by its whole id or an unmistakable beginning. The error wraps ErrNoBatch.
func (j *Journal) Batch(ctx context.Context, id string) (Batch, error) {
	all, err := j.batches(ctx, `WHERE id LIKE $1 ESCAPE '\' ORDER BY id LIMIT 2`, beginning(id))
	if err != nil {
		return Batch{}, err
	}
	b, err := theOne(all, id, ErrNoBatch)
	if err != nil {
		return Batch{}, err
	}
	rows, err := j.batchRows(ctx, b.ID)
	if err != nil {
		return b, err
	}
	for _, r := range rows {
		row := BatchRow{N: r.n, Request: r.request}
		if r.operation != "" {
			o, err := j.Get(ctx, r.operation)
			if err != nil {
				return b, err
			}
			row.Operation = &o
		}
		b.Rows = append(b.Rows, row)
	}
	return b, nil
}

// Batches lists the batches of a tenant, or of all where it is empty, newest first, without their rows. limit 0
// means all.
func (j *Journal) Batches(ctx context.Context, tenant string, limit int) ([]Batch, error) {
	rest := "WHERE ($1 = '' OR tenant = $1) ORDER BY created_at DESC, id DESC"
	if limit > 0 {
		rest += fmt.Sprintf(" LIMIT %d", limit)
	}
	return j.batches(ctx, rest, tenant)
}

func (j *Journal) batches(ctx context.Context, rest string, args ...any) ([]Batch, error) {
	rows, err := j.db.QueryContext(ctx, "SELECT id, tenant, requested_by, on_behalf_of, dry_run, deactivations, reason, created_at FROM batches "+rest, args...)
	if err != nil {
		return nil, fmt.Errorf("reading batches: %w", j.explained(err))
	}
	defer rows.Close()
	var out []Batch
	for rows.Next() {
		var b Batch
		var dry int
		var created int64
		if err := rows.Scan(&b.ID, &b.Tenant, &b.RequestedBy, &b.OnBehalfOf, &dry, &b.Limit, &b.Reason, &created); err != nil {
			return nil, fmt.Errorf("reading batches: %w", err)
		}
		b.DryRun, b.Through, b.CreatedAt = dry != 0, dry > 1, time.UnixMicro(created).UTC()
		out = append(out, b)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading batches: %w", j.explained(err))
	}
	return out, nil
}

type storedRow struct {
	n         int
	request   userops.Request
	operation string
}

func (j *Journal) batchRows(ctx context.Context, batch string) ([]storedRow, error) {
	rows, err := j.db.QueryContext(ctx, "SELECT n, request, operation FROM batch_rows WHERE batch = $1 ORDER BY n", batch)
	if err != nil {
		return nil, fmt.Errorf("reading batch %s: %w", batch, j.explained(err))
	}
	defer rows.Close()
	var out []storedRow
	for rows.Next() {
		var r storedRow
		var request string
		if err := rows.Scan(&r.n, &request, &r.operation); err != nil {
			return nil, fmt.Errorf("reading batch %s: %w", batch, err)
		}
		if err := json.Unmarshal([]byte(request), &r.request); err != nil {
			return nil, fmt.Errorf("reading batch %s: row %d: %w", batch, r.n, err)
		}
		out = append(out, r)
	}
	if err := rows.Err(); err != nil {
		return nil, fmt.Errorf("reading batch %s: %w", batch, j.explained(err))
	}
	return out, nil
}
