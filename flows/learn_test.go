package flows_test

import (
	"strings"
	"testing"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatACommitSendsIsLearnt reads a form that a rehearsal proposes, and writes it into a flow's file.
func TestWhatACommitSendsIsLearnt(t *testing.T) {
	t.Parallel()
	ofAnn := func(text string) bool { return strings.Contains(text, "Ann Lee") || text == "4711" }
	s, err := flows.LearnSends("sends:\n  method: POST\n  path: /api/4711/users/${id}/off\n  provenance: recorded\n"+
		"  body: {name: Ann Lee, number: 4711, quiet: true, reason: left, nothing: null}\n", ofAnn)
	require.NoError(t, err)
	assert.Equal(t, "/api/*/users/${id}/off", s.Path)
	assert.Equal(t, map[string]any{"name": "*", "number": "*", "quiet": true, "reason": "left", "nothing": nil}, s.Body)
	_, err = flows.LearnSends("sends: {method: POST, path: /api/off, provenance: recorded, body: {reason: left}}", ofAnn)
	require.ErrorContains(t, err, "does not name whom it is about")

	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	for _, name := range []string{"deactivate", "invite"} { // in one line, and in several
		f, ok := lib.Flow(name, "neo3")
		require.True(t, ok)
		none, err := f.Sending(nil)
		require.NoError(t, err)
		assert.NotContains(t, string(none), "sends:")
		text, err := f.Sending(&flows.Sends{Method: "PUT", Path: "/x/${email}", Provenance: selectors.Recorded})
		require.NoError(t, err)
		_, before := f.File()
		assert.Contains(t, string(text), "sends: { method: PUT, path: '/x/${email}', provenance: recorded }")
		assert.NotContains(t, string(text), "/api/users")
		_, steps, _ := strings.Cut(before, "\nsteps:")
		assert.True(t, strings.HasSuffix(string(text), steps))
	}
}
