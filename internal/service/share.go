package service

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// Shared is a version as it may be given to others, with what goes with it, and with what was looked for in them.
type Shared struct {
	selectors.Shared // of the version; what was stripped and is lacking is that of the other files, too
	// Others are, as far as they did not ship: app.yaml, the flows of the layout and of every layout, and the newest version of
	// the sign-in, without which nothing is done with the version's targets; and the layout's other versions, since each must
	// have what the flows name.
	Others    []flows.SharedFile
	LookedFor []string // of what was looked for
	MayName   []string // texts that are left and may be somebody's name, who is on no list that was read
	Unread    []string // tenants of the same app of which nobody's name is known
}

// Share is a version of a library, with what goes with it, as they may be given to others: without names of people, of the
// tenants and their organisations, accounts and hosts, and without what may be a number of somebody's or a secret. What
// ships is public. With people it reads the tenant's list for who there is; an error then says why nobody is known.
func (s *Service) Share(ctx context.Context, lib *flows.Library, v *selectors.Version, people bool, events event.Sink) (Shared, error) {
	names := s.configured()
	out := Shared{LookedFor: []string{
		"names of the configuration's tenants, organisations, accounts and hosts", "e-mail addresses, also in other forms",
		"numbers of 4 digits and more, and what may be a secret",
	}}
	read := ""
	if people {
		var err error
		if read, err = s.Tenant(""); err != nil {
			return out, err
		}
		all, err := s.everybody(ctx, read, events)
		if err != nil {
			return out, err
		}
		names = append(names, namesOf(all)...)
		out.LookedFor = append(out.LookedFor, "names, initials, e-mails and ids of the people on the list of tenant "+read)
	}
	for _, name := range slices.Sorted(maps.Keys(s.config.Tenants)) {
		if app := cmp.Or(s.config.Tenants[name].App, App(s.config)); app == v.App && name != read {
			out.Unread = append(out.Unread, name)
		}
	}
	ships, err := shippedWith(v.App, v.Layout)
	if err != nil {
		return out, err
	}
	for _, text := range append([]string{lib.App.SignIn}, lib.App.Hosts...) {
		if !ships.texts[text] {
			names = append(names, hostOf(text))
		}
	}
	err = out.share(lib, v, ships, func(text string) string {
		if ships.texts[text] {
			return ""
		}
		why := doctor.Telling(text, names)
		if why == "" && doctor.MayBeName(text) && !slices.Contains(out.MayName, text) {
			out.MayName = append(out.MayName, text)
		}
		return why
	})
	return out, err
}

// shipped is what of an app anybody has: its files, and the texts in them.
type shipped struct {
	flows    map[flows.Source]bool
	versions map[string]bool // by the text of the file
	texts    map[string]bool
}

// shippedWith is what ships for a layout; an app of one's own has nothing that does.
func shippedWith(app, layout string) (out shipped, err error) {
	out = shipped{map[flows.Source]bool{}, map[string]bool{}, map[string]bool{}}
	lib, err := flows.Load(app, "")
	if err != nil {
		return out, nil
	}
	for _, f := range lib.Sources("") {
		out.flows[f] = true
	}
	keep := func(text string) string { out.texts[text] = true; return "" }
	for _, v := range lib.Versions {
		out.versions[v.Text()] = true
		if _, err := v.Share(keep); err != nil {
			return out, err
		}
	}
	_, err = lib.Share(layout, func(flows.Source) bool { return true }, keep)
	return out, err
}

// share takes out of a version, and of what goes with it, what why says may not be told.
func (out *Shared) share(lib *flows.Library, v *selectors.Version, ships shipped, why func(string) string) (err error) {
	if out.Shared, err = v.Share(why); err != nil || v.Covers != selectors.Console {
		return err
	}
	if out.Others, err = lib.Share(v.Layout, func(f flows.Source) bool { return !ships.flows[f] }, why); err != nil {
		return err
	}
	newest := map[string]string{} // by layout: the last version of the sign-in, without which nothing is done
	for _, other := range lib.Versions {
		if other.Covers != selectors.Console {
			newest[other.Layout] = max(newest[other.Layout], other.ID)
		}
	}
	for _, other := range lib.Versions {
		goes := other.Layout == v.Layout || newest[other.Layout] == other.ID
		if !goes || other.ID == v.ID || ships.versions[other.Text()] {
			continue
		}
		s, err := other.Share(why)
		if err != nil {
			return err
		}
		for i := range s.Stripped {
			s.Stripped[i] = other.ID + ", " + s.Stripped[i]
		}
		out.Others = append(out.Others, flows.SharedFile{Name: VersionFile(other), Shared: s})
	}
	for _, f := range out.Others {
		out.Stripped, out.Lacking = append(out.Stripped, f.Stripped...), append(out.Lacking, f.Lacking...)
	}
	return nil
}

// VersionFile is the file of a version below an overlay folder.
func VersionFile(v *selectors.Version) string { return path.Join("selectors", v.App, v.ID+".yaml") }

// configured are the names that the configuration has of the tenants.
func (s *Service) configured() (names []string) {
	for name, t := range s.config.Tenants {
		names = append(names, name, t.Account, t.Organisation.ID, t.Organisation.Name, hostOf(t.SignIn))
		names = append(names, doctor.Distinctive(t.Organisation.Name)...)
		if local, host, found := strings.Cut(t.Account, "@"); found {
			names = append(names, local, host)
		}
		for _, h := range t.Hosts {
			names = append(names, hostOf(h))
		}
	}
	return names
}

// hostOf is the host of an address, or of a pattern of hosts; empty where there is none.
func hostOf(text string) string {
	if u, err := url.Parse(text); err == nil && u.Host != "" {
		return u.Hostname()
	}
	return strings.TrimPrefix(text, "*.")
}

// namesOf is what people are called, and their ids.
func namesOf(users []userops.User) (names []string) {
	for _, u := range users {
		local, _, _ := strings.Cut(u.Email, "@")
		names = append(names, u.Email, local, u.FirstName, u.LastName, u.FirstName+" "+u.LastName, u.LastName+" "+u.FirstName, u.ID)
	}
	return names
}

// everybody is who stands on a tenant's list, which is read to its end.
func (s *Service) everybody(ctx context.Context, tenant string, events event.Sink) (all []userops.User, err error) {
	l, err := s.Users(ctx, tenant, nil, func(u userops.User) error { all = append(all, u); return nil }, events)
	if err == nil && !l.Complete {
		err = &userops.Error{Act: "reading the list", Tenant: tenant, Kind: userops.ErrIncomplete, Cause: fmt.Errorf("%s", l.Proof), Hint: "whose names must not be told is not known: read the list first"}
	}
	return all, err
}
