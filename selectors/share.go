package selectors

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"

	"github.com/billagent/billagent/selectors/datafile"
)

// Shared is a version as it may be given to others.
type Shared struct {
	Text     []byte
	Stripped []string // what was taken out and where, without saying what it was
	Lacking  []string // targets that would be found by nothing any more: with one of them it cannot be given to others
}

// Share is the text of a version's file without what is somebody's: comments, names of folders of evidence, what
// stands beside a target, which may be of somebody's row, and every text of which why says that it may not be told.
// It says why not, or nothing. What cannot be left out without changing what the file means, such as the name of a
// target, is lacking where it may not be told.
func (v *Version) Share(why func(text string) string) (Shared, error) {
	s := &sharing{why: why}
	out := *v
	for _, head := range []struct{ key, text string }{{"app", v.App}, {"layout", v.Layout}, {"date", v.Date}, {"covers", v.Covers}} {
		s.needed(head.key, head.text)
	}
	if out.Source = s.text("source", v.Source); out.Source == "" {
		out.Source = "Where it comes from was stripped."
	}
	out.Fingerprints = nil
	for i, f := range v.Fingerprints {
		at := fmt.Sprintf("fingerprints.%d", i)
		if f.Any = s.candidates(at, f.Any); len(f.Any) == 0 {
			s.Lacking = append(s.Lacking, at)
		}
		out.Fingerprints = append(out.Fingerprints, f)
	}
	out.Targets = map[string]*Spec{}
	for _, name := range slices.Sorted(maps.Keys(v.Targets)) {
		s.needed("the name of "+name, name)
		out.Targets[name] = s.spec(name, *v.Targets[name])
	}
	text, err := datafile.Text(out)
	if err != nil {
		return Shared{}, fmt.Errorf("writing version %s for others: %w", v.ID, err)
	}
	if strings.Contains(v.file.Text, "#") {
		s.strip("the file", "comments")
	}
	s.Text = text
	return s.Shared, nil
}

// StrippedEvidence is what was stripped of a candidate that names the folder of its evidence.
const StrippedEvidence = "the name of its evidence"

// sharing takes out of a version what is somebody's.
type sharing struct {
	Shared
	why func(string) string
}

func (s *sharing) strip(at, why string) { s.Stripped = append(s.Stripped, at+": "+why) }

// text is a text, or nothing where it may not be told.
func (s *sharing) text(at, text string) string {
	if why := s.why(text); text != "" && why != "" {
		s.strip(at, why)
		return ""
	}
	return text
}

// needed says of a text that stays that it may not be told, where it may not.
func (s *sharing) needed(at, text string) {
	if why := s.why(text); text != "" && why != "" {
		s.strip(at, why)
		s.Lacking = append(s.Lacking, at)
	}
}

func (s *sharing) candidates(at string, all []Candidate) (out []Candidate) {
	for i, c := range all {
		here := fmt.Sprintf("%s, candidate %d", at, i+1)
		if c.Evidence != "" {
			c.Evidence = ""
			s.strip(here, StrippedEvidence)
		}
		if why := s.why(c.String()); why != "" {
			s.strip(here, why)
			continue
		}
		out = append(out, c)
	}
	return out
}

func (s *sharing) spec(name string, spec Spec) *Spec {
	if spec.Candidates = s.candidates(name, spec.Candidates); len(spec.Candidates) == 0 {
		s.Lacking = append(s.Lacking, name)
	}
	spec.Counter = s.text(name+".counter", spec.Counter)
	s.needed(name+".within", spec.Within)
	if spec.Fingerprint != nil {
		f := *spec.Fingerprint
		for i := range reflect.ValueOf(f).NumField() {
			field := reflect.ValueOf(&f).Elem().Field(i)
			if field.Kind() == reflect.String {
				key, _, _ := strings.Cut(reflect.TypeOf(f).Field(i).Tag.Get("json"), ",")
				field.SetString(s.text(name+".fingerprint."+key, field.String()))
				if key == "beside" && field.String() != "" {
					s.strip(name+".fingerprint.beside", "what stands beside it may be of somebody's row")
					field.SetString("")
				}
			}
		}
		spec.Fingerprint = &f
	}
	if spec.Table != nil {
		spec.Table = s.table(name, *spec.Table)
	}
	return &spec
}

func (s *sharing) table(name string, t Table) *Table {
	columns := map[string]Column{}
	for _, column := range slices.Sorted(maps.Keys(t.Columns)) {
		c, at := t.Columns[column], name+"."+column
		had := len(c.Candidates)
		c.Header, c.Candidates = s.text(at, c.Header), s.candidates(at, c.Candidates)
		if c.Header == "" && len(c.Candidates) == 0 || had > 0 && len(c.Candidates) == 0 {
			s.Lacking = append(s.Lacking, at)
		}
		c.Pattern = s.text(at+".pattern", c.Pattern)
		s.needed("the name of "+at, column)
		s.needed(at+".attr", c.Attr)
		s.needed(at+".kind", c.Kind)
		columns[column] = c
	}
	t.Columns = columns
	if w := t.Witness; w != nil {
		all := append([]string{w.Path, w.Rows, w.Total}, slices.Concat(slices.Collect(maps.Values(w.Query)), slices.Collect(maps.Values(w.Fields)),
			slices.Collect(maps.Keys(w.Query)), slices.Collect(maps.Keys(w.Fields)))...)
		if i := slices.IndexFunc(all, func(text string) bool { return s.why(text) != "" }); i >= 0 {
			s.strip(name+".witness", s.why(all[i]))
			t.Witness = nil
		}
	}
	s.needed(name+".key", t.Key)
	if why := s.why(t.Rows + " " + t.Cells + " " + t.Headers); why != "" {
		s.strip(name+".table", why)
		s.Lacking = append(s.Lacking, name)
	}
	return &t
}
