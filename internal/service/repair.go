package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// Learn walks through a tenant's console as Examine does, and keeps what every target looked like in its version's
// file in the overlay folder. The report says which file that is.
func (s *Service) Learn(ctx context.Context, name string, o doctor.Options, w doctor.Walk, events event.Sink) (*doctor.Report, error) {
	return s.keep(ctx, name, o, w, events, (*doctor.Examination).Fingerprints)
}

// Promote walks through a tenant's console as Examine does, and marks the candidates that find their targets there
// as recorded in the version's file in the overlay folder, where they were guessed. The report says which file that
// is.
func (s *Service) Promote(ctx context.Context, name string, o doctor.Options, w doctor.Walk, events event.Sink) (*doctor.Report, error) {
	return s.keep(ctx, name, o, w, events, (*doctor.Examination).Borne)
}

// keep walks, and writes something of what was seen to the files of the versions that were looked by.
func (s *Service) keep(
	ctx context.Context, name string, o doctor.Options, w doctor.Walk, events event.Sink,
	what func(*doctor.Examination, *selectors.Version) map[string]selectors.Revision,
) (*doctor.Report, error) {
	w.Keep = userops.NewOperationID()
	x, err := s.Examine(ctx, name, o, w, events)
	if err != nil {
		return nil, err
	}
	r := x.Report()
	for _, v := range x.Versions() {
		kept := s.dated(what(x, v), w.Keep)
		if len(kept) == 0 {
			continue
		}
		written := ""
		text, err := v.Revise(selectors.Change{Layout: v.Layout, Date: v.Date, Source: v.Source, Targets: kept})
		if err == nil {
			written, err = s.writeVersion(v.App, v.ID, text)
		}
		if err != nil {
			return nil, storage("writing a version", name, err)
		}
		if r.Written = written; v == x.SignIn() {
			r.Written, r.WrittenSignIn = "", written
		}
	}
	if r.Written+r.WrittenSignIn == "" {
		return r, nil
	}
	return r, s.reopen(name)
}

// dated says of revisions on which day they were recorded, and by which evidence.
func (s *Service) dated(revisions map[string]selectors.Revision, evidence string) map[string]selectors.Revision {
	for name, r := range revisions {
		r.Date, r.Evidence = s.opts.Day, evidence
		revisions[name] = r
	}
	return revisions
}

// Repair is how a version is to be repaired.
type Repair struct {
	Choices []doctor.Choice // proposals chosen by a person
	Clear   bool            // apply every proposal that is clear, too
	Walk    doctor.Walk
	Options doctor.Options
}

// Repaired is what became of a repair.
type Repaired struct {
	Before  *selectors.Version
	After   *selectors.Version // nil: nothing was written
	File    string             // of After, in the overlay folder
	Targets []string           // that have other candidates now
	Pinned  string             // the version that the tenant's configuration names, so that After is not used yet; empty: none
	SignIn  *Repaired          // the same of the version of the pages of the sign-in, without a report; nil: it was not looked by
	Report  *doctor.Report     // of the last walk
}

// Wrote says that something was written.
func (r *Repaired) Wrote() bool { return r.File != "" || r.SignIn != nil && r.SignIn.File != "" }

// rounds bounds how often is looked anew: a flow that halts shows only its first fault, and no flow has more steps
// that could.
const rounds = 12

// Repair walks through a tenant's console, writes what was chosen of the proposals to a version of today in the
// overlay folder, and looks again by that, until nothing is left to apply. Candidates that were there stay behind
// the new ones. Nothing of the console is changed.
func (s *Service) Repair(ctx context.Context, name string, p Repair, events event.Sink) (*Repaired, error) {
	if err := s.known(name, p.Choices); err != nil {
		return nil, err
	}
	out := &Repaired{Pinned: s.config.Tenants[name].SelectorVersion}
	for range rounds {
		p.Walk.Keep = userops.NewOperationID()
		x, err := s.Examine(ctx, name, p.Options, p.Walk, events)
		if err != nil {
			return nil, err
		}
		out.Report = x.Report()
		again := false
		if v := x.SignIn(); v != nil {
			if out.SignIn == nil {
				out.SignIn = &Repaired{}
			}
			if again, _, err = s.apply(x, v, p, out.SignIn); err != nil {
				return nil, err
			}
		}
		if v := x.Version(); v != nil {
			more, id, err := s.apply(x, v, p, out)
			if err != nil {
				return nil, err
			}
			if again = again || more; more {
				p.Walk.Version = id
			}
		}
		if !again {
			return out, nil
		}
		if err := s.reopen(name); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// apply writes what was chosen of the proposals for targets of a version to that of today. again says that something
// was, so that it is looked by that.
func (s *Service) apply(x *doctor.Examination, v *selectors.Version, p Repair, out *Repaired) (again bool, id string, err error) {
	tenant := x.Report().Tenant
	switch {
	case out.Before == nil:
		out.Before = v
	case out.File != "":
		out.After = v
	}
	chosen, err := x.Chosen(v, p.Choices, p.Clear)
	if err != nil {
		return false, "", &userops.Error{Act: "choosing a proposal", Tenant: tenant, Kind: userops.ErrConfig, Cause: err, Hint: "look at the proposals of the report, and name one by its number"}
	}
	fresh := slices.DeleteFunc(slices.Sorted(maps.Keys(chosen)), func(t string) bool { return slices.Contains(out.Targets, t) })
	if len(fresh) == 0 {
		return false, "", nil
	}
	maps.DeleteFunc(chosen, func(t string, _ selectors.Revision) bool { return !slices.Contains(fresh, t) })
	out.Targets = append(out.Targets, fresh...)
	edit := selectors.Change{Source: s.repairedBy(out.Before, out.Targets), Targets: s.dated(chosen, p.Walk.Keep)}
	if x.UnmarkedSignIn() && v == x.SignIn() {
		edit.Marks = signInMarks(v, chosen)
	}
	if out.File, id, err = s.revise(v, edit); err != nil {
		return false, "", storage("writing a version", tenant, err)
	}
	return true, id, nil
}

// repairedBy is the source of a version that has other candidates for some targets than the one that it was made from.
func (s *Service) repairedBy(from *selectors.Version, targets []string) string {
	return fmt.Sprintf("%s On %s, from %s: other candidates for %s, recorded by a look at the console and chosen by a person or as clear.",
		strings.TrimSpace(from.Source), s.opts.Day, from.ID, strings.Join(targets, ", "))
}

// revise writes the version of the day, which is v with a change. Its layout and date are filled in.
func (s *Service) revise(v *selectors.Version, c selectors.Change) (file, id string, err error) {
	c.Layout, c.Date = v.Layout, s.opts.Day
	text, err := v.Revise(c)
	if err != nil {
		return "", "", err
	}
	id = v.Layout + "-" + c.Date
	if _, err := os.Stat(s.versionFile(v.App, id)); err == nil && v.ID != id {
		return "", "", fmt.Errorf("there is a version %s already, and it was not looked by that: repair it, or take its file away", id)
	}
	file, err = s.writeVersion(v.App, id, text)
	return file, id, err
}

var errNoOverlay = errors.New("overlay is not set in the configuration: it is the folder that files of your own go to")

// writeVersion writes a version's file to the overlay folder.
func (s *Service) writeVersion(app, id string, text []byte) (file string, err error) {
	if s.config.Overlay == "" {
		return "", errNoOverlay
	}
	file = s.versionFile(app, id)
	if err := os.MkdirAll(filepath.Dir(file), 0o750); err != nil {
		return "", err
	}
	return file, replace(file, text)
}

// replace writes a file whole or not at all: every tenant of the app reads it.
func replace(file string, text []byte) (err error) {
	f, err := os.CreateTemp(filepath.Dir(file), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(f.Name()))
		}
	}()
	_, err = f.Write(text)
	err = errors.Join(err, f.Chmod(0o640), f.Sync(), f.Close()) // it is shared by a team
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), file)
}

func (s *Service) versionFile(app, id string) string {
	return filepath.Join(s.config.Overlay, "selectors", app, id+".yaml")
}

// reopen has a tenant's files read anew by the next call.
func (s *Service) reopen(name string) error {
	return s.on(name, func(v *served) error { return v.close() })
}

// reread has a tenant served by other files from its next call on. A browser that is there stays.
func (s *Service) reread(name string, lib *flows.Library) error {
	return s.on(name, func(v *served) error { v.reread(lib); return nil })
}

func storage(act, name string, err error) error {
	return &userops.Error{Act: act, Tenant: name, Kind: userops.ErrStorage, Cause: err, Hint: "set overlay to a folder that can be written to, and look at what is in it"}
}

// Rehearse rehearses every change that a report found a person for through its press, where nothing that may change
// something can leave. Each result is told as an event.Ended, too.
func (s *Service) Rehearse(ctx context.Context, name string, r *doctor.Report, events event.Sink) ([]userops.Result, error) {
	var users []userops.User
	if _, err := s.Users(ctx, name, nil, func(u userops.User) error { users = append(users, u); return nil }, nil); err != nil {
		return nil, err
	}
	return s.rehearse(ctx, name, r, users, events)
}

// known refuses choices of targets that no version of the tenant's app has.
func (s *Service) known(name string, choices []doctor.Choice) error {
	return known(s.config, name, choices)
}

// KnownTarget refuses what no selector version of a tenant's console has, before anything is shown for it.
func KnownTarget(c *config.Config, target string) error {
	name, _, err := tenant.Choose(c, "")
	if err != nil {
		return err
	}
	return known(c, name, []doctor.Choice{{Target: target}})
}

func known(conf *config.Config, name string, choices []doctor.Choice) error {
	app := cmp.Or(conf.Tenants[name].App, App(conf))
	lib, err := Library(conf, app)
	if err != nil {
		return err
	}
	all := append(lib.Area(selectors.Console), lib.Area(selectors.SignIn)...)
	for _, c := range choices {
		if !slices.ContainsFunc(all, func(v *selectors.Version) bool { _, ok := v.Target(c.Target); return ok }) {
			return &userops.Error{Act: "looking for the target", Target: c.Target, Tenant: name, Kind: userops.ErrConfig,
				Cause: fmt.Errorf("no selector version of %s has a target of this name", app), Hint: "take the names from a report"}
		}
	}
	return nil
}

// rehearse is Rehearse where it is known who there is.
func (s *Service) rehearse(ctx context.Context, name string, r *doctor.Report, users []userops.User, events event.Sink) ([]userops.Result, error) {
	lib, err := Library(s.config, r.App)
	if err != nil {
		return nil, err
	}
	var all []userops.Checked
	var roles []string
	for _, f := range r.Flows {
		kind, changes := userops.KindOfFlow(f.Name)
		if !changes || f.On == "" || f.Broken() || kind.Takes(userops.InputRole) && r.Halts(rolesFlow) {
			continue
		}
		if kind.Takes(userops.InputRole) && roles == nil {
			if roles, err = s.rolesOr(ctx, name, lib, r.Layout, users); err != nil {
				return nil, err
			}
		}
		checked, err := rehearsable(kind, f.On, withEmail(users, f.On), roles, lib.App.Roles.Administrator).Check()
		if err != nil {
			return nil, err
		}
		all = append(all, checked)
	}
	if len(all) == 0 {
		return nil, nil
	}
	return s.Do(ctx, name, all, Asked{By: "doctor", DryRun: ThroughPress}, events)
}

// rolesOr are the roles on offer, or where no flow reads them those that somebody has.
func (s *Service) rolesOr(ctx context.Context, name string, lib *flows.Library, layout string, users []userops.User) (roles []string, err error) {
	if _, ok := lib.Flow(rolesFlow, layout); ok {
		return s.Roles(ctx, name, nil)
	}
	for _, u := range users {
		if !slices.Contains(roles, u.Role) {
			roles = append(roles, u.Role)
		}
	}
	return roles, nil
}

// withEmail is whoever has an e-mail; nobody's where nobody has.
func withEmail(users []userops.User, email string) userops.User {
	i := slices.IndexFunc(users, func(u userops.User) bool { return userops.FoldEmail(u.Email) == userops.FoldEmail(email) })
	if i < 0 {
		return userops.User{}
	}
	return users[i]
}

// rehearsable is a change of a user that would be one.
func rehearsable(kind userops.Kind, email string, u userops.User, roles []string, administrator string) userops.Request {
	rq := userops.Request{Action: kind.Action, Email: email}
	if kind.Takes(userops.InputRole) && len(roles) > 0 {
		fits := slices.DeleteFunc(slices.Clone(roles), func(r string) bool { return r == u.Role || r == administrator })
		switch {
		case len(fits) == 0:
			rq.Role = roles[0]
		case kind.Creates: // a form of somebody new mostly shows the first, which a person then does not choose
			rq.Role = fits[len(fits)-1]
		default:
			rq.Role = fits[0]
		}
	}
	if kind.Takes(userops.InputFirstName) {
		rq.FirstName, rq.LastName = "Test", "Person"
	}
	return rq
}
