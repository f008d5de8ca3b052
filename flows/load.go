package flows

import (
	"embed"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/billagent/billagent/selectors"
	"github.com/billagent/billagent/selectors/datafile"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed */*.yaml
var shipped embed.FS

//go:embed schema.json
var schemaJSON []byte

//go:embed app-schema.json
var appSchemaJSON []byte

// Schemas are the JSON schemas of flows and of an app's own file, by the names that those begin with: an editor that reads
// them completes keys and marks mistakes.
func Schemas() map[string][]byte {
	return map[string][]byte{"schema.json": slices.Clone(schemaJSON), "app-schema.json": slices.Clone(appSchemaJSON)}
}

var (
	flowSchema = sync.OnceValues(func() (*jsonschema.Schema, error) { return datafile.Compile("flows/schema.json", schemaJSON) })
	appSchema  = sync.OnceValues(func() (*jsonschema.Schema, error) {
		return datafile.Compile("flows/app-schema.json", appSchemaJSON)
	})
)

// appFile is the file beside an app's flows that says what is particular to it.
const appFile = "app.yaml"

// Library is everything known of one app: its words, its versions and its flows, checked against each other.
type Library struct {
	App      *App
	Versions []*selectors.Version
	Warnings []string // what is not wrong, but could be safer, each with its place in a file
	flows    []*Flow
	parts    []*parts
}

// Load reads an app's selectors and flows, those shipped with the program and those of an overlay folder (which may
// be empty), and checks that they fit: every target a flow names exists in each version it is for, and every target is
// used. The error joins one *datafile.Problem for each complaint.
func Load(app, overlay string) (*Library, error) {
	versions, err := selectors.Load(app, overlay)
	if err != nil {
		return nil, err
	}
	files, err := selectors.Files(shipped, app, overlay, "flows")
	if err != nil {
		return nil, err
	}
	lib := &Library{Versions: versions}
	var errs []error
	for _, f := range files {
		errs = append(errs, lib.read(f)...)
	}
	errs = append(errs, lib.share()...)
	for _, f := range lib.flows {
		errs = append(errs, f.check()...)
	}
	if lib.App == nil && len(errs) == 0 {
		errs = append(errs, fmt.Errorf("app %q has no flows/%s/%s", app, app, appFile))
	}
	if len(errs) == 0 {
		errs = lib.check()
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	lib.warn()
	return lib, nil
}

func (l *Library) read(f selectors.File) []error {
	if path.Base(f.Name) == appFile {
		s, err := appSchema()
		if err != nil {
			return []error{err}
		}
		a := &App{}
		if a.file, err = datafile.Read(f.Name, f.Data, s, a); err != nil {
			return []error{err}
		}
		l.App = a
		return a.check()
	}
	if strings.HasPrefix(path.Base(f.Name), partsPrefix) {
		return l.readParts(f)
	}
	s, err := flowSchema()
	if err != nil {
		return []error{err}
	}
	fl := &Flow{}
	if fl.file, err = datafile.Read(f.Name, f.Data, s, fl); err != nil {
		return []error{err}
	}
	l.flows = append(l.flows, fl)
	return nil
}

// Flow returns the flow of a name for a layout: the layout's own, else the one for every layout.
func (l *Library) Flow(name, layout string) (*Flow, bool) {
	var general *Flow
	for _, f := range l.flows {
		if f.Name != name {
			continue
		}
		if slices.Contains(f.Layouts, layout) {
			return f, true
		}
		if len(f.Layouts) == 0 {
			general = f
		}
	}
	return general, general != nil
}

// All are the flows, in the order of their files.
func (l *Library) All() []*Flow { return slices.Clone(l.flows) }

// Named are the flows of a name, one for each layout or for several.
func (l *Library) Named(name string) []*Flow {
	var out []*Flow
	for _, f := range l.flows {
		if f.Name == name {
			out = append(out, f)
		}
	}
	return out
}

// Area returns the versions that cover an area, selectors.SignIn or selectors.Console.
func (l *Library) Area(covers string) []*selectors.Version {
	var out []*selectors.Version
	for _, v := range l.Versions {
		if v.Covers == covers {
			out = append(out, v)
		}
	}
	return out
}

// usage is which targets of each version are used.
type usage map[*selectors.Version]map[string]bool

// check holds flows and versions against each other.
func (l *Library) check() []error {
	used := usage{}
	for _, v := range l.Versions {
		used[v] = map[string]bool{}
	}
	errs := l.checkDoubles()
	for _, v := range l.Versions {
		for _, f := range l.flowsFor(v) {
			errs = append(errs, l.checkTargets(f, v, used)...)
			errs = append(errs, l.checkPlaceholders(f, v)...)
		}
	}
	errs = append(errs, l.checkRows()...)
	errs = append(errs, l.checkWatched(used)...)
	for _, v := range l.Versions {
		for _, name := range v.Names() {
			if !used[v][name] {
				l.Warnings = append(l.Warnings, v.Complain(fmt.Sprintf("no flow uses the target %q", name), name).Error())
			}
		}
	}
	return errs
}

// checkDoubles complains of a flow that is there twice for one layout.
func (l *Library) checkDoubles() []error {
	var errs []error
	type key struct{ flow, layout string }
	owner := map[key]*Flow{}
	for _, f := range l.flows {
		layouts := f.Layouts
		if len(layouts) == 0 {
			layouts = []string{""}
		}
		for _, lay := range layouts {
			if other := owner[key{f.Name, lay}]; other != nil {
				errs = append(errs, f.file.Problem(fmt.Sprintf("%s has this flow for the same layout already", other.file.Name), "flow"))
			}
			owner[key{f.Name, lay}] = f
		}
	}
	return errs
}

// checkTargets complains of what a flow names and a version does not have.
func (l *Library) checkTargets(f *Flow, v *selectors.Version, used usage) []error {
	var errs []error
	f.walk(func(s *Step, at []any) {
		for _, t := range s.targets() {
			if !used.mark(v, t) {
				errs = append(errs, f.file.Problem(fmt.Sprintf("version %s has no target %q", v.ID, t), at...))
			}
		}
	})
	return errs
}

// checkWatched complains of what is watched for and no version has.
func (l *Library) checkWatched(used usage) []error {
	var errs []error
	for i, w := range l.App.Watch {
		found := false
		for _, v := range l.Versions {
			found = used.mark(v, w.Target) || found
		}
		if !found {
			errs = append(errs, l.App.file.Problem(fmt.Sprintf("no version has a target %q", w.Target), "watch", i, "target"))
		}
	}
	return errs
}

// checkRows makes sure that what stands in the rows of a table is pressed in the row of the subject: without a row
// it would be the first one's.
func (l *Library) checkRows() []error {
	inRows := map[string]bool{}
	each := func(do func(f *Flow, p *Press, at []any)) {
		for _, f := range l.flows {
			f.walk(func(s *Step, at []any) {
				for _, p := range s.presses() {
					do(f, p, at)
				}
			})
		}
	}
	each(func(_ *Flow, p *Press, _ []any) { inRows[p.Target] = inRows[p.Target] || p.Row != nil })
	var errs []error
	each(func(f *Flow, p *Press, at []any) {
		if f.Changes && p.Row == nil && (inRows[p.Target] || l.inTable(p.Target)) {
			errs = append(errs, f.file.Problem(fmt.Sprintf("%s stands in the rows of a table: say by row whose", p.Target), at...))
		}
	})
	return errs
}

// inTable says that a version has a target within a table.
func (l *Library) inTable(name string) bool {
	for _, v := range l.Versions {
		t, ok := v.Target(name)
		for ok && t.Within != nil {
			if t = t.Within; t.Table != nil {
				return true
			}
		}
	}
	return false
}

// Halted is the suffix of the file of a recorded flow that halted in its rehearsal: it is not used.
const Halted = ".halted"

// Of are the flows by which a layout is served.
func (l *Library) Of(layout string) (out []*Flow) {
	for _, f := range l.flows {
		if chosen, ok := l.Flow(f.Name, layout); ok && chosen == f {
			out = append(out, f)
		}
	}
	return out
}

// flowsFor lists the flows that run on a version: sign-in flows on versions that cover signing in, others elsewhere.
func (l *Library) flowsFor(v *selectors.Version) []*Flow {
	var out []*Flow
	for _, f := range l.Of(v.Layout) {
		if strings.HasPrefix(f.Name, "sign-in") == (v.Covers == selectors.SignIn) {
			out = append(out, f)
		}
	}
	return out
}

// mark marks a target of a version as used, with all that it is within, and says whether there is one.
func (u usage) mark(v *selectors.Version, target string) bool {
	t, ok := v.Target(target)
	for within := t; ok && within != nil; within = within.Within {
		u[v][within.Name] = true
	}
	return ok
}

func (l *Library) checkPlaceholders(f *Flow, v *selectors.Version) []error {
	var errs []error
	f.walk(func(s *Step, at []any) {
		for _, name := range s.targets() {
			t, ok := v.Target(name)
			if !ok {
				continue
			}
			for _, p := range t.Placeholders() {
				if !slices.Contains(f.Inputs, p) {
					errs = append(errs, f.file.Problem(fmt.Sprintf("target %q of version %s takes ${%s}, which is not an input of this flow", name, v.ID, p), at...))
				}
			}
		}
	})
	return errs
}
