package selectors

import (
	"fmt"
	"maps"
	"slices"
	"strconv"

	"github.com/billagent/billagent/selectors/datafile"
)

// Copy is the text of a new version's file that begins as this one, for another layout and date: everything else,
// comments too, stays as it is.
func (v *Version) Copy(layout, date string) ([]byte, error) {
	return v.Revise(Change{Layout: layout, Date: date, Source: fmt.Sprintf("Begun as a copy of %s.", v.ID)})
}

// Change is what of a version is to be otherwise.
type Change struct {
	Layout, Date, Source string
	Marks                map[int][]Candidate // put before those there are of a fingerprint, by its index
	MarksAlone           map[int][]Candidate // in the place of those there are of a fingerprint, by its index
	Targets              map[string]Revision
}

// Revision is what of a target is to be otherwise. What is empty stays.
type Revision struct {
	Candidates  []Candidate // put before those there are
	Without     []Candidate // of those there are, left out
	Whole       *Spec       // in the place of the whole target
	Fingerprint *Fingerprint
	Table       *Table            // in the place of the one there is
	Headers     map[string]string // of columns of a table: below which header they are now
	Recorded    []int             // candidates, by index, whose provenance is recorded now
	Date        string            // when what is new was recorded
	Evidence    string            // the folder of evidence that shows it; empty: none was kept
}

// recorded are the candidates with when they were recorded, and what shows it.
func (r Revision) recorded() []Candidate {
	out := slices.Clone(r.Candidates)
	for i := range out {
		if out[i].Provenance == Recorded {
			out[i].Date, out[i].Evidence = r.Date, r.Evidence
		}
	}
	return out
}

// Left are candidates but for those that are left out.
func (r Revision) Left(all []Candidate) []Candidate {
	return slices.DeleteFunc(slices.Clone(all), func(c Candidate) bool { return slices.Contains(r.Without, c) })
}

// Revise is the text of a version's file that is this one but for its head and some targets. Comments stay.
func (v *Version) Revise(c Change) ([]byte, error) {
	sets := []datafile.Set{
		{At: []string{"layout"}, Value: c.Layout}, {At: []string{"date"}, Value: c.Date}, {At: []string{"source"}, Value: c.Source},
	}
	for _, i := range slices.Sorted(maps.Keys(c.Marks)) {
		sets = append(sets, datafile.Set{At: []string{"fingerprints", strconv.Itoa(i), "any"}, Value: c.Marks[i], First: true})
	}
	for _, i := range slices.Sorted(maps.Keys(c.MarksAlone)) {
		sets = append(sets, datafile.Set{At: []string{"fingerprints", strconv.Itoa(i), "any"}, Value: c.MarksAlone[i]})
	}
	for _, name := range slices.Sorted(maps.Keys(c.Targets)) {
		r := c.Targets[name]
		if r.Whole != nil {
			sets = append(sets, datafile.Set{At: []string{"targets", name}, Value: r.Whole})
		}
		if r.Table != nil {
			sets = append(sets, datafile.Set{At: []string{"targets", name, "table"}, Value: r.Table})
		}
		for _, i := range r.Recorded {
			at := []string{"targets", name, "candidates", strconv.Itoa(i)}
			for _, s := range []struct{ key, value string }{{"provenance", string(Recorded)}, {"date", r.Date}, {"evidence", r.Evidence}} {
				if s.value != "" {
					sets = append(sets, datafile.Set{At: append(slices.Clone(at), s.key), Value: s.value})
				}
			}
		}
		for _, column := range slices.Sorted(maps.Keys(r.Headers)) {
			at := []string{"targets", name, "table", "columns", column, "header"}
			sets = append(sets, datafile.Set{At: at, Value: r.Headers[column]})
		}
		switch at := []string{"targets", name, "candidates"}; {
		case len(r.Candidates) > 0 && len(r.Without) > 0 && v.Targets[name] != nil:
			sets = append(sets, datafile.Set{At: at, Value: append(r.recorded(), r.Left(v.Targets[name].Candidates)...)})
		case len(r.Candidates) > 0:
			sets = append(sets, datafile.Set{At: at, Value: r.recorded(), First: true})
		}
		if r.Fingerprint != nil {
			sets = append(sets, datafile.Set{At: []string{"targets", name, "fingerprint"}, Value: r.Fingerprint})
		}
	}
	text, err := v.file.With(sets...)
	if err != nil {
		return nil, fmt.Errorf("revising version %s: %w", v.ID, err)
	}
	return text, nil
}
