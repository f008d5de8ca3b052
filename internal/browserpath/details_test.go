package browserpath_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// listWithoutRoles are the files of neo for a list that shows no roles: they stand on the people's own pages.
func listWithoutRoles(t *testing.T) *flows.Library {
	t.Helper()
	dir := t.TempDir()
	data, err := os.ReadFile("../../selectors/bill/neo-2026-09.yaml")
	require.NoError(t, err)
	text := strings.Replace(string(data), "        role: { header: Role }\n", "", 1)
	text = strings.Replace(text, "targets:\n", "targets:\n  user.role_shown:\n    candidates: [{ css: \"#detail-role\", provenance: guessed }]\n", 1)
	for file, text := range map[string]string{
		"selectors/bill/neo-2026-09.yaml": text,
		"flows/bill/details-neo.yaml": `flow: details
about: What the list does not show.
layouts: [neo]
inputs: [home, email]
outputs: { role: read }
timeout: 1m
steps:
  - part: person-among-inactive
  - read: { target: user.role_shown, as: role }
`,
	} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, file)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
	}
	lib, err := browserpath.LoadLibrary("bill", dir)
	require.NoError(t, err)
	return lib
}

// TestWhatTheListDoesNotShowStandsOnTheOwnPage judges by what is stored.
func TestWhatTheListDoesNotShowStandsOnTheOwnPage(t *testing.T) {
	t.Parallel()
	lib := listWithoutRoles(t)
	con, p := setup(t, console.Options{Layout: "neo"}, impatient, func(o *browserpath.Options) { o.Library = lib })
	u, err := p.Get(t.Context(), ann)
	require.NoError(t, err)
	assert.Equal(t, "Approver", u.Role)
	r := p.Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, "Approver", r.Before.Role)
	assert.Equal(t, "Clerk", r.After.Role)
	assert.Equal(t, userops.Already, p.Change(t.Context(), useropstest.SetRole(ann, "Clerk")).Outcome)

	var listed, complete []userops.User
	_, err = p.List(t.Context(), nil, func(u userops.User) error { listed = append(listed, u); return nil })
	require.NoError(t, err)
	assert.Empty(t, listed[1].Role)
	require.NoError(t, p.Details(t.Context(), listed[:3], func(u userops.User) error { complete = append(complete, u); return nil }))
	for i, u := range complete {
		stored, _ := con.UserByEmail(listed[i].Email)
		assert.Equal(t, stored.Role, u.Role)
	}

	r = p.Change(t.Context(), useropstest.SetRole(console.OwnerEmail, "Clerk"))
	require.Equal(t, userops.Done, r.Outcome, "another administrator stays, as her own page says: %s", r.Reason)
	assert.Equal(t, 2, changesOf(con, "set-role"))
}
