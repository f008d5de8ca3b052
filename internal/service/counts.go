package service

import (
	"context"
	"path/filepath"
	"strings"
)

// Counts is how much of what there is in the journal, over all tenants.
type Counts struct {
	Schedules     map[string]int // by state, and "due": those for which something can be done now
	Resting, Held int            // tenants that are tried again by themselves, or wait for a person
	Messages      int            // that are not delivered yet
}

// Counts counts.
func (s *Service) Counts(ctx context.Context) (c Counts, err error) {
	err = s.withRecords(ctx, func(r *records) error {
		now, err := s.now(ctx, r)
		if err != nil {
			return err
		}
		if c.Schedules, err = r.journal.ScheduleCounts(ctx, now); err != nil {
			return err
		}
		stops, err := r.journal.TenantStops(ctx)
		if err != nil {
			return err
		}
		for _, stop := range stops {
			if stop.Held {
				c.Held++
			} else {
				c.Resting++
			}
		}
		waiting, err := r.journal.WaitingDeliveries(ctx)
		for _, n := range waiting {
			c.Messages += n
		}
		return err
	})
	return c, err
}

// OpenBrowsers is how many tenants may have a browser open.
func (s *Service) OpenBrowsers() (n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, v := range s.tenants {
		if v.open.Load() && s.config.Tenants[v.name].UsesBrowser() {
			n++
		}
	}
	return n
}

// SavedSessions is how many tenants have a saved sign-in in the state folder.
func (s *Service) SavedSessions() (n int) {
	files, err := filepath.Glob(filepath.Join(s.config.SessionsDir(), "*.age"))
	if err != nil { // only a malformed pattern, as of a folder with a bracket in its name
		return 0
	}
	for _, f := range files {
		// the marks of a password that was refused, and of a sign-in that has halted
		if !strings.HasSuffix(f, ".refused.age") && !strings.HasSuffix(f, ".halted.age") {
			n++
		}
	}
	return n
}
