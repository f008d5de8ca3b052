package service

import (
	"context"

	"github.com/billagent/billagent/internal/journal"
)

// View is a part of what is scheduled, cut to a page.
type View struct {
	Schedules []journal.Schedule
	More      bool                 // there are more than these
	Counts    map[journal.View]int // how many each view has under the same filter
	Freezes   []journal.Freeze
	Stops     map[string]journal.TenantStop
	Event     int64 // the last event that these may tell of: what is later is to be looked for
}

// View lists at most limit schedules of a view, after the first skip, with what a person who looks at them must know.
func (s *Service) View(ctx context.Context, v journal.View, f journal.ViewFilter, skip, limit int) (out View, err error) {
	err = s.withTrusted(ctx, func(r *records) error {
		if out.Event, err = r.journal.LastEvent(ctx); err != nil { // before all else: what happens meanwhile is told then
			return err
		}
		now, err := s.now(ctx, r)
		if err != nil {
			return err
		}
		if out.Schedules, err = r.journal.View(ctx, v, f, now, skip, limit+1); err != nil {
			return err
		}
		if out.More = len(out.Schedules) > limit; out.More {
			out.Schedules = out.Schedules[:limit]
		}
		if out.Counts, err = r.journal.ViewCounts(ctx, f, now); err != nil {
			return err
		}
		if out.Freezes, err = r.journal.Freezes(ctx); err != nil {
			return err
		}
		out.Stops, err = r.journal.TenantStops(ctx)
		return err
	})
	return out, err
}

// LastEvent is the number of the last thing that happened to what is scheduled.
func (s *Service) LastEvent(ctx context.Context) (seq int64, err error) {
	err = s.withRecords(ctx, func(r *records) error { seq, err = r.journal.LastEvent(ctx); return err })
	return seq, err
}
