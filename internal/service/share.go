package service

import (
	"context"
	"fmt"
	"strings"

	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// Share is a version as it may be given to others: without names of people, of the tenants and their organisations,
// accounts and hosts, and without what may be a number of somebody's or a secret. What ships is public. With people
// it reads the tenant's list for who there is; an error then says why nobody is known.
func (s *Service) Share(ctx context.Context, v *selectors.Version, people bool, events event.Sink) (selectors.Shared, error) {
	var names []string
	for name, t := range s.config.Tenants {
		names = append(names, name, t.Account, t.Organisation.ID, t.Organisation.Name)
		if local, host, found := strings.Cut(t.Account, "@"); found {
			names = append(names, local, host)
		}
		for _, h := range t.Hosts {
			names = append(names, strings.TrimPrefix(h, "*."))
		}
	}
	if people {
		tenant, err := s.Tenant("")
		if err != nil {
			return selectors.Shared{}, err
		}
		l, err := s.Users(ctx, tenant, nil, func(u userops.User) error {
			names = append(names, u.Email, u.FirstName, u.LastName, u.ID)
			return nil
		}, events)
		if err == nil && !l.Complete {
			err = &userops.Error{Act: "reading the list", Tenant: tenant, Kind: userops.ErrIncomplete, Cause: fmt.Errorf("%s", l.Proof), Hint: "whose names must not be told is not known: read the list first"}
		}
		if err != nil {
			return selectors.Shared{}, err
		}
	}
	shipped, err := selectors.Load(v.App, "")
	if err != nil { // an app of one's own has none
		shipped = nil
	}
	public := map[string]bool{}
	for _, own := range shipped {
		if _, err := own.Share(func(text string) string { public[text] = true; return "" }); err != nil {
			return selectors.Shared{}, err
		}
	}
	return v.Share(func(text string) string {
		if public[text] {
			return ""
		}
		return doctor.Telling(text, names)
	})
}
