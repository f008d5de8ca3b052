package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fourth is neo3 changed heavily: other test ids nearly everywhere, other words, a button that became a link, an icon in the place of a
// word, a translated header, columns in another order. internal/browserpath has the same.
func fourth() (out []console.Drift) {
	add := func(kind string, elements ...string) {
		for _, e := range elements {
			out = append(out, console.Drift{Kind: kind, Element: e})
		}
	}
	add("rename-testid", "invite-user", "profile", "profile-email", "profile-edit", "profile-rename", "profile-deactivate", "profile-reactivate",
		"profile-save", "name-first", "name-last", "name-save", "role-picker", "confirm-dialog", "confirm-email", "confirm-yes", "invite-dialog",
		"invite-next", "invite-send", "org-name", "users-count")
	add("rename-label", "invite-user", "profile-deactivate", "profile-edit", "confirm-yes", "show-inactive-users", "invite-first")
	add("translate", "column-role")
	add("change-tag", "profile-edit")
	add("wrap", "users-table")
	add("move", "profile-save")
	add("icon", "profile-rename")
	add("column-order", "users-table")
	return out
}

// fourthSeed is which other words and places.
const fourthSeed = 3

// TestAHeavilyChangedConsoleIsBroughtBack does what the guide says: learn while all is well, repair what is clear, pick the rest. No file is
// edited. With TEST_KEEP_FOURTH=1 it keeps the version for the conformance suite of internal/browserpath.
func TestAHeavilyChangedConsoleIsBroughtBack(t *testing.T) {
	t.Parallel()
	_, file := tenantOf(t, console.Options{Layout: "neo3"})
	overlay := withOverlay(t, file)
	out := command(t, "--config", file, "doctor", "--learn")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)

	con, file := tenantOf(t, console.Options{Layout: "neo3", Drift: fourth(), DriftSeed: fourthSeed})
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString("overlay: " + overlay + "\n")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	begun := time.Now()
	out = command(t, "--config", file, "selectors", "repair", "--clear", "--step", "3s")
	require.Equal(t, 2, out.code, "a button that has another word, another test id and another tag is like nothing: %s", out.stdout)
	assert.Contains(t, out.stdout, "user.edit: missing")

	for _, p := range [][2]string{{"user.edit", "profile-edit"}, {"user.save", "profile-save"}} {
		target, element := p[0], p[1]
		if !strings.Contains(out.stdout, target+": missing") {
			continue
		}
		button := &selectors.Target{Name: "the button", Candidates: []selectors.Candidate{{TestID: now(con, element)}}}
		a := &app{picks: doing(clicks(button), presses("Enter"))}
		picked := shown(t, a, "--config", file, "selectors", "pick", target, "--sample", "ann@acme.example", "--step", "3s")
		require.Equal(t, 0, picked.code, picked.stdout+picked.stderr)
		out = command(t, "--config", file, "selectors", "repair", "--clear", "--step", "3s")
	}
	assert.Contains(t, []int{0, 6}, out.code, out.stdout)
	t.Log("brought back in", time.Since(begun).Round(time.Second))
	assert.Empty(t, con.Changes())

	for _, args := range [][]string{
		{"users", "set-role", "--role", "Clerk", "ann@acme.example"}, {"users", "deactivate", "joann@acme.example"}, {"users", "reactivate", "gone@acme.example"},
		{"users", "rename", "--first-name", "Anna", "--last-name", "Leeds", "ann@acme.example"},
		{"users", "invite", "--first-name", "New", "--last-name", "Comer", "--role", "Payer", "newcomer@acme.example"},
	} {
		out := command(t, append([]string{"--config", file}, args...)...)
		assert.Equal(t, 0, out.code, "%v: %s", args, out.stdout)
	}
	ann, _ := con.UserByEmail("ann@acme.example")
	assert.Equal(t, "Clerk Anna Leeds", ann.Role+" "+ann.FirstName+" "+ann.LastName)
	for email, status := range map[string]string{"joann@acme.example": console.Inactive, "gone@acme.example": console.Active} {
		u, _ := con.UserByEmail(email)
		assert.EqualValues(t, status, u.Status, email)
	}
	newcomer, ok := con.UserByEmail("newcomer@acme.example")
	assert.True(t, ok)
	assert.Equal(t, "Payer", newcomer.Role)
	if os.Getenv("TEST_KEEP_FOURTH") != "" {
		keepFourth(t, overlay)
	}
}

// now is an element's test id as it is now.
func now(con *console.Console, element string) (id string) {
	for _, d := range con.Drifted() {
		if d.Element == element && d.Now.TestID != "" {
			id = d.Now.TestID
		}
	}
	return id
}

func keepFourth(t *testing.T, overlay string) {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(overlay, "selectors/bill", "neo3-"+time.Now().Format(time.DateOnly)+".yaml"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	text, err := os.ReadFile(found[0])
	require.NoError(t, err)
	to := "../../internal/browserpath/testdata/fourth/selectors/bill/neo3-2026-11-26.yaml"
	require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
	require.NoError(t, os.WriteFile(to, text, 0o644))
}
