package selectors

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestARevisionTouchesWhatItRevises puts a candidate before those of each target of the files that ship: one line
// is added, nothing but the target's own candidates is written otherwise, and the head of the file stays.
func TestARevisionTouchesWhatItRevises(t *testing.T) {
	t.Parallel()
	versions, err := Load("bill", "")
	require.NoError(t, err)
	for _, v := range versions {
		for _, name := range v.Names() {
			target, _ := v.Target(name)
			if len(target.Candidates) == 0 {
				continue
			}
			fresh := Candidate{Role: "button", Name: "Save, please: {now}", Provenance: Recorded}
			text, err := v.Revise(Change{
				Layout: v.Layout, Date: v.Date, Source: v.Source, Targets: map[string]Revision{name: {Candidates: []Candidate{fresh}}},
			})
			require.NoError(t, err)
			was, now := strings.Split(v.file.Text, "\n"), strings.Split(string(text), "\n")
			for len(was) > 0 && len(now) > 0 && was[0] == now[0] {
				was, now = was[1:], now[1:]
			}
			for len(was) > 0 && len(now) > 0 && was[len(was)-1] == now[len(now)-1] {
				was, now = was[:len(was)-1], now[:len(now)-1]
			}
			own := func(line string) bool {
				return strings.Contains(line, "provenance:") || strings.Contains(line, "candidates:")
			}
			assert.LessOrEqual(t, len(was), 1+len(target.Candidates), "%s %s", v.ID, name)
			assert.True(t, !slices.ContainsFunc(was, func(l string) bool { return !own(l) && !strings.Contains(l, name) }), "%s %s: %q", v.ID, name, was)
			assert.LessOrEqual(t, len(now), 3+len(target.Candidates), "%s %s: %q", v.ID, name, now)
			assert.True(t, slices.ContainsFunc(now, func(l string) bool {
				return strings.HasSuffix(l, `- { role: button, name: 'Save, please: {now}', provenance: recorded }`)
			}), "%s %s: %q", v.ID, name, now)
		}
	}
}
