package selectors

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestARevisionLeavesEveryOtherLine revises each target of what ships in each way: a reviewer sees what is otherwise, and
// nothing that is only written otherwise.
func TestARevisionLeavesEveryOtherLine(t *testing.T) {
	t.Parallel()
	all, err := Load("bill", "")
	require.NoError(t, err)
	by := Candidate{CSS: "#new", Provenance: Recorded}
	looks := &Fingerprint{Tag: "a", Text: "x"}
	for _, v := range all {
		whole := Change{Layout: v.Layout, Date: "2031-05-07", Source: strings.TrimSpace(v.Source) + " Repaired.", Targets: map[string]Revision{}}
		for name, spec := range v.Targets {
			if len(spec.Candidates) == 0 {
				continue
			}
			for what, r := range map[string]Revision{
				"seen":    {Recorded: []int{0}, Date: "2031-05-07", Evidence: "x", Fingerprint: looks},
				"shown":   {Candidates: []Candidate{by}, Date: "2031-05-07", Fingerprint: looks},
				"another": {Candidates: []Candidate{by}, Without: spec.Candidates[:1], Fingerprint: looks, Recorded: nil},
			} {
				whole.Targets[name] = r
				c := whole
				c.Targets = map[string]Revision{name: r}
				text, err := v.Revise(c)
				require.NoError(t, err)
				assert.LessOrEqual(t, otherwise(v.Text(), string(text)), 20, "%s %s %s", v.ID, name, what)
			}
		}
		text, err := v.Revise(whole)
		require.NoError(t, err)
		for _, line := range strings.Split(string(text), "\n") {
			assert.False(t, strings.Contains(line, "{tag") || strings.Contains(line, "{css"), "%s: %s", v.ID, line)
		}
	}
}

// otherwise is how many lines of a text another one lacks.
func otherwise(text, other string) (n int) {
	there := map[string]bool{}
	for line := range strings.Lines(other) {
		there[line] = true
	}
	for line := range strings.Lines(text) {
		if !there[line] {
			n++
		}
	}
	return n
}
