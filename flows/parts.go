package flows

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/billagent/billagent/selectors"
	"github.com/billagent/billagent/selectors/datafile"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// partsPrefix begins the names of files with parts: parts-neo.yaml.
const partsPrefix = "parts"

// parts are lists of steps that the flows of a layout share, each with a name: the way to the list of users is
// written once. They may name whatever inputs the flow has that uses them, and those that they are given.
type parts struct {
	Layout string            `json:"layout"`
	Parts  map[string][]Step `json:"parts"`

	file *datafile.File
	used map[string]bool
}

// partsSchema has the steps of the schema of flows.
var partsSchema = sync.OnceValues(func() (*jsonschema.Schema, error) {
	var flow map[string]any
	if err := json.Unmarshal(schemaJSON, &flow); err != nil {
		return nil, err
	}
	root := map[string]any{
		"$schema": flow["$schema"], "$defs": flow["$defs"], "type": "object", "additionalProperties": false, "required": []string{"layout", "parts"},
		"properties": map[string]any{
			"layout": map[string]any{"type": "string"},
			"parts": map[string]any{"type": "object", "additionalProperties": map[string]any{"$ref": "#/$defs/steps"},
				"propertyNames": map[string]any{"pattern": "^[a-z-]+$"}},
		},
	}
	data, err := json.Marshal(root)
	if err != nil {
		return nil, err
	}
	return datafile.Compile("flows/parts", data)
})

func (l *Library) readParts(f selectors.File) []error {
	s, err := partsSchema()
	if err != nil {
		return []error{err}
	}
	p := &parts{used: map[string]bool{}}
	if p.file, err = datafile.Read(f.Name, f.Data, s, p); err != nil {
		return []error{err}
	}
	for _, other := range l.parts {
		if other.Layout == p.Layout {
			return []error{p.file.Problem(fmt.Sprintf("%s has the parts of layout %s already", other.file.Name, p.Layout), "layout")}
		}
	}
	l.parts = append(l.parts, p)
	return nil
}

// NamedPart is a list of steps that the flows of a layout share.
type NamedPart struct {
	Name  string
	Steps []Step
}

// Parts are those of a layout, by their names.
func (l *Library) Parts(layout string) (out []NamedPart) {
	for _, p := range l.parts {
		if p.Layout != layout {
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(p.Parts)) {
			out = append(out, NamedPart{name, p.Parts[name]})
		}
	}
	return out
}

// share gives each step that names a part the steps of it.
func (l *Library) share() []error {
	var errs []error
	for _, p := range l.parts {
		for _, name := range slices.Sorted(maps.Keys(p.Parts)) {
			errs = append(errs, p.share(p.Parts[name], []any{"parts", name}, p.file, []string{name})...)
		}
	}
	for _, f := range l.flows {
		var own *parts
		for _, p := range l.parts {
			if len(f.Layouts) == 1 && f.Layouts[0] == p.Layout {
				own = p
			}
		}
		errs = append(errs, own.share(f.Steps, []any{"steps"}, f.file, nil)...)
		errs = append(errs, own.share(f.Afterwards, []any{"afterwards"}, f.file, nil)...)
	}
	for _, p := range l.parts {
		for _, name := range slices.Sorted(maps.Keys(p.Parts)) {
			if !p.used[name] {
				l.Warnings = append(l.Warnings, p.file.Problem(fmt.Sprintf("no flow uses the part %q", name), "parts", name).Error())
			}
		}
	}
	return errs
}

// share fills steps in; p is nil for a flow that is not of exactly one layout with parts. within are the parts that
// the steps stand in.
func (p *parts) share(steps []Step, at []any, file *datafile.File, within []string) []error {
	var errs []error
	walk(steps, at, func(s *Step, at []any) {
		part, ok := s.Verb.(*Part)
		switch {
		case !ok || part.shared != nil:
		case p == nil:
			errs = append(errs, file.Problem("parts are of a layout: this flow is not of exactly one layout that has them", at...))
		case p.Parts[part.Name] == nil:
			errs = append(errs, file.Problem(fmt.Sprintf("layout %s has no part %q", p.Layout, part.Name), at...))
		case slices.Contains(within, part.Name):
			part.shared = []Step{} // not looked at again
			errs = append(errs, file.Problem(fmt.Sprintf("the part %q stands in itself", part.Name), at...))
		default:
			p.used[part.Name] = true
			steps, err := filledIn(p.Parts[part.Name], part.With)
			if err != nil {
				errs = append(errs, file.Problem(fmt.Sprintf("the part %q: %v", part.Name, err), at...))
			}
			part.shared = steps
			errs = append(errs, p.share(part.shared, at, file, append(slices.Clone(within), part.Name))...)
		}
	})
	return errs
}

// filledIn is a copy of steps in which what they are given stands in the place of ${key}. A key that none of them
// names is an error.
func filledIn(steps []Step, with map[string]string) ([]Step, error) {
	if len(with) == 0 {
		return slices.Clone(steps), nil
	}
	data, err := json.Marshal(steps)
	if err != nil {
		return nil, err
	}
	var tree any
	if err := json.Unmarshal(data, &tree); err != nil {
		return nil, err
	}
	unused := maps.Clone(with)
	tree = replaced(tree, func(text string) string {
		return selectors.Expand(text, func(name string) (string, bool) {
			value, ok := with[name]
			delete(unused, name)
			return value, ok
		})
	})
	for _, key := range slices.Sorted(maps.Keys(unused)) {
		return nil, fmt.Errorf("none of its steps takes ${%s}", key)
	}
	if data, err = json.Marshal(tree); err != nil {
		return nil, err
	}
	var out []Step
	return out, json.Unmarshal(data, &out)
}

// replaced has every text of a decoded JSON value replaced; keys stay.
func replaced(v any, with func(string) string) any {
	switch v := v.(type) {
	case string:
		return with(v)
	case []any:
		for i := range v {
			v[i] = replaced(v[i], with)
		}
	case map[string]any:
		for k := range v {
			v[k] = replaced(v[k], with)
		}
	}
	return v
}
