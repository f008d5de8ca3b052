// Package selectors holds what is known of a console's pages as data: one YAML file per dated version of its user
// interface, with named targets and ranked candidates to find each. It loads and checks those files; it neither opens
// pages nor chooses what to click.
package selectors

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/antchfx/xpath"
	"github.com/billagent/billagent/selectors/datafile"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

//go:embed */*.yaml
var shipped embed.FS

//go:embed schema.json
var schemaJSON []byte

// Schema is the JSON schema of a version's file, which is called schema.json where the file names it.
func Schema() []byte { return slices.Clone(schemaJSON) }

var schema = sync.OnceValues(func() (*jsonschema.Schema, error) { return datafile.Compile("selectors/schema.json", schemaJSON) })

// Areas a version may cover.
const (
	SignIn  = "sign-in" // pages seen before anybody is signed in, and walls
	Console = "console"
)

// Version is one dated selector file.
type Version struct {
	ID           string           `json:"-"` // the file's base name, such as neo3-2026-09
	App          string           `json:"app"`
	Layout       string           `json:"layout"`
	Date         string           `json:"date"`
	Covers       string           `json:"covers"`
	Source       string           `json:"source"`
	Fingerprints []Condition      `json:"fingerprints"`
	Targets      map[string]*Spec `json:"targets"`

	file     *datafile.File
	resolved map[string]*Target
}

// Condition holds on every page of a version: one of its candidates is there.
type Condition struct {
	Any []Candidate `json:"any"`
}

// Spec is a target as it stands in a file.
type Spec struct {
	Candidates []Candidate `json:"candidates"`
	Within     string      `json:"within,omitempty"`
	Table      *Table      `json:"table,omitempty"`
	Counter    string      `json:"counter,omitempty"`
	// Fingerprint is what the target's element looked like when it was last found. It serves proposals only.
	Fingerprint *Fingerprint `json:"fingerprint,omitempty"`
}

// Target returns a target by name.
func (v *Version) Target(name string) (*Target, bool) {
	t, ok := v.resolved[name]
	return t, ok
}

// Names lists the version's targets, sorted.
func (v *Version) Names() []string { return slices.Sorted(maps.Keys(v.Targets)) }

// Complain makes a complaint about a target's place in the version's file.
func (v *Version) Complain(message, target string) error {
	return v.file.Problem(message, "targets", target)
}

// Problem makes a complaint about a place in the version's file.
func (v *Version) Problem(message string, at ...any) error { return v.file.Problem(message, at...) }

// Conditions are the version's fingerprints in the form the page checks them.
func (v *Version) Conditions() [][]Candidate {
	out := make([][]Candidate, len(v.Fingerprints))
	for i, f := range v.Fingerprints {
		out[i] = f.Any
	}
	return out
}

// Load reads the versions of an app: those shipped with the program, and those of an overlay folder (which may be
// empty), whose files at selectors/<app>/*.yaml add versions or replace those of the same name.
// The error joins one *datafile.Problem for each complaint.
func Load(app, overlay string) ([]*Version, error) {
	files, err := Files(shipped, app, overlay, "selectors")
	if err != nil {
		return nil, err
	}
	s, err := schema()
	if err != nil {
		return nil, err
	}
	var versions []*Version
	var errs []error
	for _, f := range files {
		v := &Version{ID: strings.TrimSuffix(path.Base(f.Name), ".yaml")}
		if v.file, err = datafile.Read(f.Name, f.Data, s, v); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, v.check(app)...)
		versions = append(versions, v)
	}
	if len(files) == 0 {
		errs = append(errs, fmt.Errorf("no selector files for app %q: expected selectors/%s/*.yaml in the overlay folder %q", app, app, overlay))
	}
	return versions, errors.Join(errs...)
}

// File is the name and content of a data file.
type File struct {
	Name string // as a complaint should name it
	Data []byte
}

// fileBound is how large a file of the overlay may be: the largest that is shipped has 9 KB.
const fileBound = 1 << 20

// Files collects an app's YAML files from what is embedded and from an overlay folder, sorted by name. A file of the
// overlay stands in for an embedded one of the same name.
func Files(embedded fs.FS, app, overlay, kind string) ([]File, error) {
	if app == "" || app != path.Base(app) || strings.HasPrefix(app, ".") {
		return nil, fmt.Errorf("app %q is not a plain name", app)
	}
	byBase := map[string]File{}
	add := func(fsys fs.FS, pattern, prefix string, read func(name string) ([]byte, error)) error {
		names, err := fs.Glob(fsys, pattern)
		if err != nil {
			return err
		}
		for _, n := range names {
			data, err := read(n)
			if err != nil {
				return fmt.Errorf("reading %s: %w", prefix+n, err)
			}
			byBase[path.Base(n)] = File{prefix + n, data}
		}
		return nil
	}
	if err := add(embedded, app+"/*.yaml", kind+"/", func(name string) ([]byte, error) { return fs.ReadFile(embedded, name) }); err != nil {
		return nil, err
	}
	if overlay != "" {
		info, err := os.Stat(overlay)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, fmt.Errorf("the overlay folder %s is not there: create it, empty at first (mkdir %[1]s): %w", overlay, fs.ErrNotExist)
		case err != nil:
			return nil, fmt.Errorf("overlay folder: %w", err)
		case !info.IsDir():
			return nil, fmt.Errorf("overlay %s is not a folder", overlay)
		}
		own := func(name string) ([]byte, error) { return datafile.ReadFile(filepath.Join(overlay, name), fileBound) }
		if err := add(os.DirFS(overlay), kind+"/"+app+"/*.yaml", strings.TrimSuffix(overlay, "/")+"/", own); err != nil {
			return nil, err
		}
	}
	var out []File
	for _, k := range slices.Sorted(maps.Keys(byBase)) {
		out = append(out, byBase[k])
	}
	return out, nil
}

// check makes sure of what a schema cannot say, and resolves what targets lie in.
func (v *Version) check(app string) []error {
	var errs []error
	complain := func(msg string, at ...any) { errs = append(errs, v.file.Problem(msg, at...)) }
	if v.App != app {
		complain(fmt.Sprintf("app is %q, but the file lies in the folder of %q", v.App, app), "app")
	}
	for i, f := range v.Fingerprints {
		for j, c := range f.Any {
			v.checkCandidate(c, complain, "fingerprints", i, "any", j)
		}
	}
	v.resolved = map[string]*Target{}
	for _, name := range v.Names() {
		spec := v.Targets[name]
		for i, c := range spec.Candidates {
			v.checkCandidate(c, complain, "targets", name, "candidates", i)
		}
		if spec.Table != nil {
			v.checkTable(name, spec.Table, complain)
		}
		checkGroup(spec.Counter, "total", complain, "targets", name, "counter")
		t, err := v.resolve(name, nil)
		if err != nil {
			complain(err.Error(), "targets", name, "within")
			continue
		}
		v.resolved[name] = t
	}
	return errs
}

func (v *Version) resolve(name string, above []string) (*Target, error) {
	if slices.Contains(above, name) {
		return nil, fmt.Errorf("targets lie within each other: %s", strings.Join(append(above, name), " in "))
	}
	spec, ok := v.Targets[name]
	if !ok {
		return nil, fmt.Errorf("there is no target %q to lie within", name)
	}
	t := &Target{Name: name, Candidates: spec.Candidates, Table: spec.Table, Counter: spec.Counter, Fingerprint: spec.Fingerprint}
	if spec.Within != "" {
		w, err := v.resolve(spec.Within, append(above, name))
		if err != nil {
			return nil, err
		}
		t.Within = w
	}
	return t, nil
}

func (v *Version) checkTable(name string, t *Table, complain func(string, ...any)) {
	at := []any{"targets", name, "table"}
	checkCSS(t.Rows, complain, append(at, "rows")...)
	checkCSS(t.Cells, complain, append(at, "cells")...)
	checkCSS(t.Headers, complain, append(at, "header_cells")...)
	if _, ok := t.Columns[t.Key]; !ok {
		complain(fmt.Sprintf("the key %q is not one of the columns", t.Key), append(at, "key")...)
	}
	for _, col := range slices.Sorted(maps.Keys(t.Columns)) {
		c := t.Columns[col]
		here := append(slices.Clone(at), "columns", col)
		if (c.Header == "") == (len(c.Candidates) == 0) {
			complain("a column is found either by header or by candidates", here...)
		}
		for i, cand := range c.Candidates {
			v.checkCandidate(cand, complain, append(slices.Clone(here), "candidates", i)...)
		}
		if _, err := regexp.Compile(c.Pattern); err != nil {
			complain(err.Error(), append(here, "pattern")...)
		}
		if re, err := regexp.Compile(c.Pattern); err == nil && col == t.Key && slices.Contains(re.SubexpNames(), col) {
			complain("the key of a row is read as it stands: find it by candidates that have nothing else", append(slices.Clone(here), "pattern")...)
		}
		if col == Email && c.Kind == "" && c.Attr == "" && c.Pattern == "" {
			c.Kind = Email
			t.Columns[col] = c
		}
	}
	if w := t.Witness; w != nil {
		if _, err := regexp.Compile(w.Path); err != nil {
			complain(err.Error(), append(at, "witness", "path")...)
		}
		if _, ok := w.Fields[t.Key]; !ok {
			complain(fmt.Sprintf("the key %q is not one of the witness's fields", t.Key), append(at, "witness", "fields")...)
		}
	}
}

// checkGroup makes sure that a regular expression, where there is one, has a group of a name.
func checkGroup(expression, group string, complain func(string, ...any), at ...any) {
	re, err := regexp.Compile(expression)
	switch {
	case err != nil:
		complain(err.Error(), at...)
	case expression != "" && re.SubexpIndex(group) < 0:
		complain(fmt.Sprintf("it has no group (?P<%s>…)", group), at...)
	}
}

func (v *Version) checkCandidate(c Candidate, complain func(string, ...any), at ...any) {
	kinds := 0
	for _, k := range []string{c.TestID, c.Label, c.Role, c.Text, c.Placeholder, c.CSS, c.XPath} {
		if k != "" {
			kinds++
		}
	}
	if kinds != 1 {
		complain("a candidate is of exactly one kind: testid, label, role (with name), text, placeholder, css or xpath", at...)
	}
	if c.Name != "" && c.Role == "" {
		complain("name goes with role", append(at, "name")...)
	}
	checkCSS(c.CSS, complain, append(at, "css")...)
	if c.XPath != "" {
		if _, err := xpath.Compile(stand(c.XPath)); err != nil {
			complain(fmt.Sprintf("bad XPath: %v", err), append(at, "xpath")...)
		}
	}
}

// Placeholders lists the names of the inputs that the target's candidates take.
func (t *Target) Placeholders() []string {
	var out []string
	for _, c := range t.Candidates {
		out = append(out, Placeholders(c.String())...)
	}
	return out
}

func checkCSS(css string, complain func(string, ...any), at ...any) {
	if css == "" {
		return
	}
	if err := CheckCSS(css); err != nil {
		complain(fmt.Sprintf("bad CSS: %v", err), at...)
	}
}
