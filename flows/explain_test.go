package flows

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func flowOf(t *testing.T, name, layout string) *Flow {
	t.Helper()
	lib, err := Load("bill", "")
	require.NoError(t, err)
	f, ok := lib.Flow(name, layout)
	require.True(t, ok)
	return f
}

// TestAFlowIsExplained tells what a stranger must know before it is run: whom it is about, what it presses, and
// where it ends.
func TestAFlowIsExplained(t *testing.T) {
	t.Parallel()
	text := strings.Join(flowOf(t, "deactivate", "neo").Explain(), "\n")
	for _, want := range []string{
		"It is about the person whom ${email} names.",
		"Its commit sends POST /neo/settings/users/${id}/deactivate, and nothing else may leave (guessed).",
		"1. the part person\n   1. open the page of ${email} by its address, if the list gave one and user.email says so\n" +
			"      if not:\n      1. the part list\n         1. open ${home}",
		"find the row of users.table with ${email}, page after page",
		"2. COMMIT: press user.deactivate, if user.email says ${email}",
		"2. look whether result.error is there\n      if it is:\n      1. stop as rejected: the console refused",
	} {
		assert.Contains(t, text, want)
	}
	assert.Equal(t, 1, strings.Count(text, "if not:"), "a branch that does nothing is not told")
}

// TestAFlowIsDrawn looks whether a drawing holds together: arrows lead from and to boxes that are there, nothing
// follows a halt, and every box but the first is led to.
func TestAFlowIsDrawn(t *testing.T) {
	t.Parallel()
	lib, err := Load("bill", "")
	require.NoError(t, err)
	box := regexp.MustCompile(`^  (n\d+)(\(\[|\[\[|[[{>])"[^"]*"(\]\)|\]\]|[]}])$`)
	arrow := regexp.MustCompile(`^  (n\d+) -->(?:\|"[^"]*"\|)? (n\d+)$`)
	for _, f := range lib.All() {
		lines := strings.Split(strings.TrimSpace(f.Mermaid()), "\n")
		require.Equal(t, "flowchart TD", lines[0])
		shape, led, leads := map[string]string{}, map[string]bool{}, map[string]bool{}
		for _, line := range lines[1:] {
			if m := box.FindStringSubmatch(line); m != nil {
				shape[m[1]] = m[2]
				continue
			}
			m := arrow.FindStringSubmatch(line)
			require.NotNil(t, m, "%s: %q", f.Name, line)
			led[m[2]], leads[m[1]] = true, true
		}
		for id := range led {
			assert.Contains(t, shape, id)
		}
		for id, s := range shape {
			assert.Equal(t, id != "n1", led[id], "%s %s", f.Name, id)
			if s == ">" {
				assert.False(t, leads[id], "nothing follows a halt")
			}
		}
	}
}
