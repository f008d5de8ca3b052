package selectors

import (
	"maps"
	"reflect"
	"slices"
)

// Difference is a target in which two versions differ. Nil is a version that does not have it. The JSON names are a
// contract.
type Difference struct {
	Target string `json:"target"`
	Before *Spec  `json:"before"`
	After  *Spec  `json:"after"`
}

// Diff lists the targets in which two versions differ, sorted by name.
func Diff(before, after *Version) []Difference {
	names := maps.Clone(before.Targets)
	maps.Copy(names, after.Targets)
	var out []Difference
	for _, name := range slices.Sorted(maps.Keys(names)) {
		d := Difference{name, before.Targets[name], after.Targets[name]}
		if !reflect.DeepEqual(d.Before, d.After) {
			out = append(out, d)
		}
	}
	return out
}

// Standings counts the candidates of a version's targets by their provenance.
func (v *Version) Standings() map[Provenance]int {
	out := map[Provenance]int{}
	for _, t := range v.Targets {
		for _, c := range t.Candidates {
			out[c.Provenance]++
		}
	}
	return out
}

// File names the file that a version was read from.
func (v *Version) File() string { return v.file.Name }

// Text is what stands in that file.
func (v *Version) Text() string { return v.file.Text }
