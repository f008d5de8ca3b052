package browserpath

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestASessionThatEndsIsKnownByTheNewestSignIn has the page where one signs in corrected in a version of its own.
func TestASessionThatEndsIsKnownByTheNewestSignIn(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	moved := selectors.Change{Layout: lib.Area(selectors.SignIn)[0].Layout, Date: "2026-11-26", Source: "Written by a test.", Targets: map[string]selectors.Revision{
		"signin.identifier": {Candidates: []selectors.Candidate{{CSS: "#moved", Provenance: "observed"}}},
	}}
	text, err := lib.Area(selectors.SignIn)[0].Revise(moved)
	require.NoError(t, err)
	folder := filepath.Join(t.TempDir(), "selectors", "bill")
	require.NoError(t, os.MkdirAll(folder, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(folder, "sign-in-2026-11-26.yaml"), text, 0o600))
	lib, err = flows.Load("bill", filepath.Dir(filepath.Dir(folder)))
	require.NoError(t, err)
	require.Len(t, lib.Area(selectors.SignIn), 2)
	seen := 0
	for _, w := range New(Options{Library: lib}).watching() {
		if w.Target.Name == "signin.identifier" {
			seen++
			assert.Equal(t, "#moved", w.Target.Candidates[0].CSS)
		}
	}
	assert.Equal(t, 1, seen)
}

// TestNoPageIsVisitedThatOtherFilesHaveFound has what was taken for the address of a person's page be another one once the
// files were corrected.
func TestNoPageIsVisitedThatOtherFilesHaveFound(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	p := New(Options{Library: lib})
	p.learn(automation.Rows{
		Columns: map[string]selectors.Column{"id": {Attr: "href", Pattern: "/users/(?P<id>[0-9]+)/"}}, Places: []string{"/users?page=1"},
		Rows: []map[string]string{{"id": "/users/5/resend"}},
	})
	require.NotEmpty(t, p.own)
	require.NotEmpty(t, p.there)
	p.Reread(lib)
	assert.Empty(t, p.own)
	assert.Empty(t, p.there)
}

// TestWhoWasReadLongAgoIsReadAgain has a walk whose list is from just now, or from some time ago.
func TestWhoWasReadLongAgoIsReadAgain(t *testing.T) {
	t.Parallel()
	read := readByWalk{users: []userops.User{{}}, at: time.Now()}
	assert.True(t, read.stillKnown())
	read.at = time.Now().Add(-time.Hour)
	assert.False(t, read.stillKnown())
	assert.False(t, readByWalk{at: time.Now()}.stillKnown())
}
