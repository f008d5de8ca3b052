package service

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/recording"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
)

// ExportSession is a tenant's saved session as Playwright saves one: whoever has it is signed in. notices say what it
// lacks. The error is of ErrConfig where none is saved.
func (s *Service) ExportSession(
	ctx context.Context, name string, events event.Sink,
) (text []byte, notices []string, err error) {
	err = s.sessions(ctx, name, events, func(x tenant.Sessions) error {
		cookies, kept, home, ok, err := x.Reveal()
		if err != nil {
			return err
		}
		if !ok {
			return &userops.Error{Act: "exporting the session", Tenant: name, Kind: userops.ErrConfig,
				Cause: errors.New("none is saved"), Hint: "sign in first"}
		}
		if x.Stores() && kept == nil {
			notices = append(notices, stored)
		}
		if kept != nil && len(kept.Session) > 0 {
			notices = append(notices, "what the page keeps for one tab is left out, since the file has no place for it: the sign-in may not hold")
		}
		state := recording.StorageState{Origins: []recording.Origin{}, Cookies: []recording.Cookie{}}
		for _, c := range cookies {
			if c.SameSite == "" {
				c.SameSite = "Lax"
			}
			state.Cookies = append(state.Cookies, recording.Cookie(c))
		}
		if u, err := url.Parse(home); err == nil && u.Host != "" {
			origin := recording.Origin{Origin: u.Scheme + "://" + u.Host, LocalStorage: []recording.Entry{}}
			if kept != nil && kept.Origin == origin.Origin {
				for _, key := range slices.Sorted(maps.Keys(kept.Local)) {
					origin.LocalStorage = append(origin.LocalStorage, recording.Entry{Name: key, Value: kept.Local[key]})
				}
			}
			state.Origins = append(state.Origins, origin)
		}
		text, err = state.Text()
		return err
	})
	return text, notices, err
}

// stored says what a saved session lacks.
const stored = "the console keeps a part of its sign-in in the page's storage, which this session has not: it may not hold"

// ImportSession keeps a sign-in that Playwright has saved as a tenant's session, sealed, in the place of the one there
// was. home is the address where the console leads; without one it is the first origin of the tenant's hosts. It does
// not ask the console: Session does.
func (s *Service) ImportSession(
	ctx context.Context, name string, data []byte, home string, events event.Sink,
) (where string, notices []string, err error) {
	state, ignored, err := recording.ParseStorageState(data)
	if err != nil {
		return "", nil, &userops.Error{Act: "taking over a session", Tenant: name, Kind: userops.ErrConfig, Cause: err,
			Hint: "give a file as Playwright's storageState writes it"}
	}
	notices = ignored
	local := map[string]map[string]string{}
	for _, o := range state.Origins {
		local[o.Origin] = map[string]string{}
		for _, e := range o.LocalStorage {
			local[o.Origin][e.Name] = e.Value
		}
	}
	cookies := make([]automation.Cookie, len(state.Cookies))
	for i, c := range state.Cookies {
		cookies[i] = automation.Cookie(c)
	}
	err = s.sessions(ctx, name, events, func(x tenant.Sessions) error {
		passed := 0
		var failed error
		for _, where = range homes(home, state) {
			if passed, failed = x.Adopt(cookies, local, where); failed == nil {
				break
			}
		}
		if where == "" {
			return &userops.Error{Act: "taking over a session", Tenant: name, Kind: userops.ErrConfig,
				Cause: errors.New("the file does not say where it leads"),
				Hint:  "give the address that the console shows after the sign-in"}
		}
		if passed > 0 {
			notices = append(notices, fmt.Sprintf("cookies that have expired or are of other hosts are not taken over: %d of %d",
				passed, len(cookies)))
		}
		if x.Stores() && failed == nil {
			if _, kept, _, _, err := x.Reveal(); err == nil && kept == nil {
				notices = append(notices, stored)
			}
		}
		return failed
	})
	return where, notices, err
}

// homes are the addresses where a session may lead, the first that can be used counts.
func homes(given string, state *recording.StorageState) (out []string) {
	if given != "" {
		return []string{given}
	}
	for _, o := range state.Origins {
		out = append(out, o.Origin+"/")
	}
	return out
}
