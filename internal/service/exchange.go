package service

import (
	"context"
	"errors"
	"fmt"
	"net/url"

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
		cookies, home, ok, err := x.Reveal()
		if err != nil {
			return err
		}
		if !ok {
			return &userops.Error{Act: "exporting the session", Tenant: name, Kind: userops.ErrConfig,
				Cause: errors.New("none is saved"), Hint: "sign in first"}
		}
		if x.Stores() {
			notices = append(notices, stored)
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
			state.Origins = append(state.Origins, origin)
		}
		text, err = state.Text()
		return err
	})
	return text, notices, err
}

// stored says what a saved session lacks.
const stored = "the console keeps a part of its sign-in in the page's storage, which a saved session has not: it may not hold"

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
	entries := 0
	for _, o := range state.Origins {
		entries += len(o.LocalStorage)
	}
	if entries > 0 {
		notices = append(notices, fmt.Sprintf("%d entries of the storage of pages are not taken over: "+
			"a saved session has cookies only", entries))
	}
	cookies := make([]automation.Cookie, len(state.Cookies))
	for i, c := range state.Cookies {
		cookies[i] = automation.Cookie(c)
	}
	err = s.sessions(ctx, name, events, func(x tenant.Sessions) error {
		passed := 0
		var failed error
		for _, where = range homes(home, state) {
			if passed, failed = x.Adopt(cookies, where); failed == nil {
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
		if x.Stores() {
			notices = append(notices, stored)
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
