package service

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"time"

	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// Leftover is somebody who has access and was to lose it. The JSON names are a contract.
type Leftover struct {
	Tenant   string    `json:"tenant"`
	Email    string    `json:"email"`
	Why      LeftWhy   `json:"why"`
	Since    time.Time `json:"since"` // when that was done, or was to be
	Op       string    `json:"op,omitempty"`
	Schedule string    `json:"schedule,omitempty"`
}

// LeftWhy is why somebody was to have no access.
type LeftWhy string

// The words.
const (
	WasDeactivated LeftWhy = "deactivated" // it was done, and access was given back since, not by this program
	WasRequested   LeftWhy = "requested"   // a second administrator has not approved it
	WasUnknown     LeftWhy = "unknown"     // nobody has looked what became of it
	WasDue         LeftWhy = "due"         // its time has passed by more than is allowed, or it is parked
)

// Reconcile compares a tenant's users with what was asked for here, and says who has access and was to lose it.
func (s *Service) Reconcile(ctx context.Context, name string, events event.Sink) ([]Leftover, error) {
	name, err := s.Tenant(name)
	if err != nil {
		return nil, err
	}
	var meant map[string]Leftover
	if err := s.withTrusted(ctx, func(r *records) error { meant, err = s.meantToLose(ctx, r, name); return err }); err != nil {
		return nil, err
	}
	var out []Leftover
	l, err := s.Users(ctx, name, []userops.Status{userops.Active}, func(u userops.User) error {
		if left, ok := meant[userops.FoldEmail(u.Email)]; ok {
			out = append(out, left)
		}
		return nil
	}, events)
	if err != nil {
		return nil, err
	}
	if !l.Complete {
		return nil, &userops.Error{Act: "looking who has access", Tenant: name, Kind: userops.ErrIncomplete, Cause: errors.New(l.Proof), Hint: "somebody may be changing users right now: try again"}
	}
	slices.SortFunc(out, func(a, b Leftover) int { return cmp.Compare(a.Email, b.Email) })
	return out, nil
}

// meantToLose are those who, by the journal, are not to have access now, by their folded e-mail. What was asked for
// last counts.
func (s *Service) meantToLose(ctx context.Context, r *records, name string) (map[string]Leftover, error) {
	now, err := s.now(ctx, r)
	if err != nil {
		return nil, err
	}
	ops, err := r.journal.List(ctx, journal.Filter{Tenant: name})
	if err != nil {
		return nil, err
	}
	why := map[userops.Outcome]LeftWhy{userops.Done: WasDeactivated, userops.Already: WasDeactivated, userops.Requested: WasRequested, userops.Unknown: WasUnknown}
	out, settled := map[string]Leftover{}, map[string]bool{}
	for _, o := range ops { // the newest first
		key := userops.FoldEmail(o.Request.Email)
		gives := o.Request.Action == userops.Reactivate || o.Request.Action == userops.Invite
		if o.DryRun || settled[key] || !gives && o.Request.Action != userops.Deactivate || why[o.Outcome] == "" {
			continue
		}
		settled[key] = true
		if !gives {
			out[key] = Leftover{Tenant: name, Email: o.Request.Email, Why: why[o.Outcome], Since: o.UpdatedAt, Op: o.ID}
		}
	}
	open, err := r.journal.Schedules(ctx, journal.ScheduleFilter{Tenant: name, Open: true})
	if err != nil {
		return nil, err
	}
	grace := cmp.Or(s.config.Schedule.Grace, defaultGrace)
	for _, one := range open {
		key := userops.FoldEmail(one.Email)
		if one.State == journal.Parked || one.State == journal.Pending && now.Sub(one.At) > grace {
			out[key] = Leftover{Tenant: name, Email: one.Email, Why: WasDue, Since: one.At, Op: one.Operation, Schedule: one.ID}
		}
	}
	return out, nil
}
