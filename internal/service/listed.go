package service

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
)

// listBound is how long reading one tenant's users may take before an offboarding is scheduled: a person waits for it,
// and where it fails the offboarding is scheduled all the same.
const listBound = time.Minute

const readingWho = "reading who the users are"

// Schedulable says why some offboardings could not be scheduled now, by their place in all, and schedules none. Beside
// what Schedule refuses these are those whose tenant's list, read to its proved end, has nobody with their e-mail, or several:
// errors of ErrNotFound and ErrAmbiguous. unread says why the list of a tenant was not read, or not to its end; nothing is known then of
// those whom it did not show.
func (s *Service) Schedulable(
	ctx context.Context, asked Asked, all []Offboarding, events event.Sink,
) (failed map[int]error, unread map[string]error, err error) {
	var rows []journal.Schedule
	var stops map[string]journal.TenantStop
	var now time.Time
	err = s.withTrusted(ctx, func(r *records) error {
		if rows, failed, err = s.checkOffboardings(ctx, r, asked, all); err != nil {
			return err
		}
		if now, err = s.now(ctx, r); err != nil {
			return err
		}
		stops, err = r.journal.TenantStops(ctx)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	of := map[string][]int{}
	for i, row := range rows {
		if failed[i] == nil && !all[i].Unlisted {
			of[row.Tenant] = append(of[row.Tenant], i)
		}
	}
	unread = map[string]error{}
	for _, name := range slices.Sorted(maps.Keys(of)) { // one after the other: each may ask a person for a code
		if stop, ok := stops[name]; ok && (stop.Held || now.Before(stop.Until)) { // another sign-in might lock the account
			unread[name] = &userops.Error{Act: readingWho, Tenant: name, Kind: userops.ReasonFor(stop.Code),
				Cause: errors.New("what is due there waits: " + stop.Because), Hint: stop.Hint}
			continue
		}
		if unread[name] = s.listed(ctx, name, rows, of[name], failed, events); unread[name] == nil {
			delete(unread, name)
		}
		if ctx.Err() != nil {
			return nil, nil, stopped(ctx, "looking who is to be offboarded", name, "nothing was scheduled: ask again")
		}
	}
	return failed, unread, nil
}

// listed reads a tenant's list and adds to failed who of some rows is not in it, or more than once. The error says
// that this is not known of each.
func (s *Service) listed(ctx context.Context, name string, rows []journal.Schedule, some []int, failed map[int]error, events event.Sink) error {
	within := listBound
	if end, ok := ctx.Deadline(); ok { // to schedule needs time, too
		within = min(within, time.Until(end)/2)
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	var have userops.Roster
	l, err := s.Users(ctx, name, nil, func(u userops.User) error { have.Users = append(have.Users, u); return nil }, events)
	if err != nil {
		return err
	}
	var unsure error
	for _, i := range some {
		u, err := have.Match(rows[i].Email)
		switch {
		case errors.Is(err, userops.ErrAmbiguous):
			failed[i] = err
		case err != nil:
			unsure = err
		case u == nil && l.Complete:
			failed[i] = userops.Rules{Tenant: name}.NotFound(have, rows[i].Email)
		case u == nil:
			unsure = &userops.Error{Act: readingWho, Tenant: name, Kind: userops.ErrIncomplete, Cause: errors.New(l.Proof),
				Hint: "somebody may be changing users right now"}
		}
	}
	return unsure
}
