package service

import (
	"context"

	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/tenant"
)

// Examine walks through the flows of a tenant's console, changing nothing, and reports what of them still matches.
func (s *Service) Examine(ctx context.Context, name string, o doctor.Options, w doctor.Walk, events event.Sink) (r *doctor.Report, err error) {
	err = s.on(name, func(v *served) error {
		return v.use(ctx, events, func(dir *tenant.Directory) error { r, err = dir.Examine(ctx, o, w); return err })
	})
	return r, err
}
