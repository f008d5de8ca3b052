package service

import (
	"context"

	"github.com/billagent/billagent/internal/journal"
)

// Operation returns an operation by its whole id or an unmistakable beginning. The error wraps journal.ErrNoOperation.
func (s *Service) Operation(ctx context.Context, id string) (o journal.Operation, err error) {
	err = s.withTrusted(ctx, func(r *records) error { o, err = r.journal.Get(ctx, id); return err })
	return o, err
}

// Operations lists operations, newest first.
func (s *Service) Operations(ctx context.Context, f journal.Filter) (all []journal.Operation, err error) {
	err = s.withTrusted(ctx, func(r *records) error { all, err = r.journal.List(ctx, f); return err })
	return all, err
}

// Batch returns a batch with its rows, by its whole id or an unmistakable beginning. The error wraps
// journal.ErrNoBatch.
func (s *Service) Batch(ctx context.Context, id string) (b journal.Batch, err error) {
	err = s.withTrusted(ctx, func(r *records) error { b, err = r.journal.Batch(ctx, id); return err })
	return b, err
}

// Batches lists the batches of a tenant, or of all where it is empty, newest first, with their rows. limit 0 means all.
func (s *Service) Batches(ctx context.Context, tenant string, limit int) (all []journal.Batch, err error) {
	err = s.withTrusted(ctx, func(r *records) error {
		if all, err = r.journal.Batches(ctx, tenant, limit); err != nil {
			return err
		}
		for i := range all {
			if all[i], err = r.journal.Batch(ctx, all[i].ID); err != nil {
				return err
			}
		}
		return nil
	})
	return all, err
}
