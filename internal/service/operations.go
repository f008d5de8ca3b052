package service

import (
	"context"

	"github.com/billagent/billagent/internal/journal"
)

// Operation returns an operation by its whole id or an unmistakable beginning. The error wraps journal.ErrNoOperation.
func (s *Service) Operation(ctx context.Context, id string) (journal.Operation, error) {
	r, err := s.trusted(ctx)
	if err != nil {
		return journal.Operation{}, err
	}
	return r.journal.Get(ctx, id)
}

// Operations lists operations, newest first.
func (s *Service) Operations(ctx context.Context, f journal.Filter) ([]journal.Operation, error) {
	r, err := s.trusted(ctx)
	if err != nil {
		return nil, err
	}
	return r.journal.List(ctx, f)
}

// Batch returns a batch with its rows, by its whole id or an unmistakable beginning. The error wraps journal.ErrNoBatch.
func (s *Service) Batch(ctx context.Context, id string) (journal.Batch, error) {
	r, err := s.trusted(ctx)
	if err != nil {
		return journal.Batch{}, err
	}
	return r.journal.Batch(ctx, id)
}

// Batches lists the batches of a tenant, or of all where it is empty, newest first, with their rows. limit 0 means all.
func (s *Service) Batches(ctx context.Context, tenant string, limit int) ([]journal.Batch, error) {
	r, err := s.trusted(ctx)
	if err != nil {
		return nil, err
	}
	all, err := r.journal.Batches(ctx, tenant, limit)
	for i := range all {
		if err != nil {
			break
		}
		all[i], err = r.journal.Batch(ctx, all[i].ID)
	}
	return all, err
}
