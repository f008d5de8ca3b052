package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// shows is what a person does for each thing that they are asked for; the rest they skip.
func shows(asked *[]string, does map[string][]act) func(what string) func(context.Context, *automation.StandIn) error {
	return func(what string) func(context.Context, *automation.StandIn) error {
		*asked = append(*asked, what)
		all, ok := does[what]
		if !ok {
			return func(context.Context, *automation.StandIn) error {
				return errors.New("nobody knows what " + what + " is")
			}
		}
		return doing(all...)
	}
}

// unlike is a version of neo3 whose guesses do not fit: other marks, another name of the list and of two of its
// headers.
func unlike(t *testing.T, overlay string) {
	t.Helper()
	text, err := os.ReadFile("../../selectors/bill/neo3-2026-09.yaml")
	require.NoError(t, err)
	guesses := strings.NewReplacer("meta[name='ui-generation'][content='neo3']", "meta[name='unlike']", "name: Users,", "name: People,",
		`header: "Active?"`, "header: State", "header: Role", "header: Function", "testid: org-name", "testid: company")
	file := filepath.Join(overlay, "selectors/bill/neo3-2026-09.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
	require.NoError(t, os.WriteFile(file, []byte(guesses.Replace(string(text))), 0o600))
}

// TestAConsoleIsCalibrated corrects files of which the marks, the organisation, the list with its columns, and a
// button are others.
func TestAConsoleIsCalibrated(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", Drift: []console.Drift{
		{Kind: "rename-label", Element: "profile-deactivate"}, {Kind: "rename-testid", Element: "profile-deactivate"},
	}})
	overlay := withOverlay(t, file)
	unlike(t, overlay)
	const sends = `sends: { method: POST, path: "/api/users/${id}/deactivate", provenance: guessed }`
	flow := ownFlow(t, overlay, sends, `sends: { method: PUT, path: "/api/people/${id}", body: { active: false }, provenance: guessed }`)
	waits := func(context.Context, *automation.StandIn) error { return nil }
	taken := onPanel(7) // after Fold, Skip, Leave and four columns: Take list
	list := []act{waits, clicks(named("grid", "Users")), waits, waits, pictured("calibrate-list"), taken, waits, waits}
	var asked []string
	a := &app{calibrates: shows(&asked, map[string][]act{
		"marks":                {clicks(byCSS("nav[aria-label=Main]")), waits, pictured("calibrate-marks"), presses("Enter")},
		"organisation.current": {waits, pictured("calibrate-organisation"), clicks(byTestID("org-name")), waits, presses("Enter")},
		"users.table":          list,
		"user.deactivate":      {waits, waits, pictured("calibrate-target"), clicks(byTestID(now(con, "profile-deactivate"))), presses("Enter")},
	})}
	out := shown(t, a, "--config", file, "calibrate", "--selectors", "neo3-2026-09", "--sample", "ann@acme.example", "--step", "2s",
		"--flow", "identify", "--flow", "list-users", "--flow", "list-roles", "--flow", "deactivate")
	t.Log(out.stdout, out.stderr)
	require.Equal(t, 0, out.code)
	assert.Empty(t, con.Changes(), "nothing is stored while it runs")
	assert.Contains(t, out.stdout, "the list: complete")
	assert.Contains(t, out.stdout, "rehearsed  deactivate ann@acme.example")
	assert.Contains(t, out.stderr, "the commit of deactivate sends something else than was guessed")
	assert.Contains(t, out.stdout, "what the commit sends was recorded, for: deactivate")
	said, err := os.ReadFile(flow)
	require.NoError(t, err)
	assert.Contains(t, string(said), "\nsends: { method: POST, path: '/api/users/${id}/deactivate', provenance: recorded }\n")
	id := "neo3-" + today
	written, err := os.ReadFile(filepath.Join(overlay, "selectors/bill", id+".yaml"))
	require.NoError(t, err)
	for _, u := range con.Users() {
		assert.NotContains(t, string(written), u.Email)
		assert.NotContains(t, string(written), u.FirstName+" "+u.LastName)
	}
	shared := filepath.Join(t.TempDir(), "shared.yaml")
	out = command(t, "--config", file, "selectors", "share", id, "--to", shared, "--yes")
	require.Equal(t, 1, out.code, out.stderr)
	assert.Contains(t, out.stderr, "other files of your own go with version "+id+": name a folder")
	shared = t.TempDir()
	out = command(t, "--config", file, "selectors", "share", id, "--to", shared)
	require.Equal(t, 1, out.code, out.stderr)
	assert.Contains(t, out.stderr, "nothing was written")
	require.NoDirExists(t, filepath.Join(shared, "selectors"))
	out = command(t, "--config", file, "selectors", "share", id, "--to", shared, "--yes")
	require.Equal(t, 0, out.code, out.stderr)
	t.Log(out.stdout)
	for _, name := range []string{"selectors/bill/" + id + ".yaml", "flows/bill/deactivate-neo3.yaml"} {
		text, err := os.ReadFile(filepath.Join(shared, name))
		require.NoError(t, err)
		assert.Contains(t, out.stdout, string(text), "what is written was shown")
		for _, word := range []string{"acme.example", "robot", "Acme", "evidence", "app02"} {
			assert.NotContains(t, string(text), word)
		}
	}
	_, err = flows.Load("bill", shared)
	require.NoError(t, err, "it serves others")
	out = command(t, "--config", file, "users", "deactivate", "ann@acme.example")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	ann, _ := con.UserByEmail("ann@acme.example")
	assert.EqualValues(t, console.Inactive, ann.Status)
}

// TestAMarkIsOnEveryPageOfTheConsoleAndOnNoneOfTheSignIn has a person show first what the page of the sign-in has,
// too, and then what only the first page has.
func TestAMarkIsOnEveryPageOfTheConsoleAndOnNoneOfTheSignIn(t *testing.T) {
	t.Parallel()
	_, file := tenantOf(t, console.Options{Layout: "neo3"})
	overlay := withOverlay(t, file)
	text, err := os.ReadFile("../../selectors/bill/neo3-2026-09.yaml")
	require.NoError(t, err)
	own := filepath.Join(overlay, "selectors/bill/neo3-2026-09.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(own), 0o750))
	marks := strings.Replace(string(text), "meta[name='ui-generation'][content='neo3']", "meta[name='unlike']", 1)
	require.NoError(t, os.WriteFile(own, []byte(marks), 0o600))
	showing := []*selectors.Target{byCSS(".mark"), byCSS(".cardbox:first-child span"), byCSS("nav[aria-label=Main]")}
	asked := 0
	a := &app{calibrates: func(what string) func(context.Context, *automation.StandIn) error {
		if what != "marks" || asked == len(showing) {
			return func(context.Context, *automation.StandIn) error {
				return errors.New("nobody knows what " + what + " is")
			}
		}
		asked++
		return doing(clicks(showing[asked-1]), presses("Enter"))
	}}
	out := shown(t, a, "--config", file, "calibrate", "--selectors", "neo3-2026-09", "--step", "2s", "--rehearse=false",
		"--flow", "identify", "--flow", "list-users")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Equal(t, len(showing), asked)
	assert.Contains(t, out.stderr, "The page of the sign-in has what was shown, too")
	assert.Regexp(t, "What was shown is not on http.*/users", out.stderr)
	assert.Contains(t, out.stderr, "show a mark", "it is told on the terminal, too")
	written, err := os.ReadFile(filepath.Join(overlay, "selectors/bill/neo3-"+today+".yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(written), "name: Payments", "of the navigation")
	assert.NotContains(t, string(written), "text: P,")
	assert.NotContains(t, string(written), "Bills to approve")
}

// TestACommitThatSendsNothingIsTakenBack has a person show Cancel for the press that confirms, and what confirms
// once the rehearsal has shown that Cancel does not.
func TestACommitThatSendsNothingIsTakenBack(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", Drift: []console.Drift{
		{Kind: "rename-label", Element: "confirm-yes"}, {Kind: "rename-testid", Element: "confirm-yes"},
	}})
	overlay := withOverlay(t, file)
	const commit = `commit: { target: confirm.yes, for: { target: confirm.email, equals: "${email}" } }`
	ownFlow(t, overlay, commit, "{ "+commit+", timeout: 4s }") // a rehearsal waits that long for what a press sends that sends nothing
	id := "neo3-" + today
	own := filepath.Join(overlay, "selectors/bill", id+".yaml")
	asked := 0
	a := &app{calibrates: func(what string) func(context.Context, *automation.StandIn) error {
		yes, cancel := clicks(byTestID(now(con, "confirm-yes"))), clicks(named("button", "Cancel"))
		if what != "confirm.yes" || asked == 2 {
			return func(context.Context, *automation.StandIn) error {
				return errors.New("nobody knows what " + what + " is")
			}
		}
		asked++
		does := []act{yes, presses("Enter")}
		if asked == 1 {
			does[0] = cancel
		} else {
			text, err := os.ReadFile(own)
			require.NoError(t, err)
			assert.NotContains(t, string(text), "name: Cancel")
		}
		waits := func(context.Context, *automation.StandIn) error { return nil }
		return doing(append([]act{waits}, does...)...)
	}}
	out := shown(t, a, "--config", file, "calibrate", "--sample", "ann@acme.example", "--step", "2s",
		"--flow", "identify", "--flow", "list-users", "--flow", "deactivate")
	t.Log(out.stdout, out.stderr)
	require.Equal(t, 0, out.code)
	assert.Equal(t, 2, asked)
	assert.Contains(t, out.stderr, "What was shown for it is taken back: the rehearsal of deactivate failed")
	assert.Contains(t, out.stdout, "rehearsed  deactivate ann@acme.example")
	assert.Contains(t, out.stdout, "shown: confirm.yes\n")
	assert.Empty(t, con.Changes())
	text, err := os.ReadFile(own)
	require.NoError(t, err)
	assert.NotContains(t, string(text), "name: Cancel")
}

// ownFlow writes the flow that deactivates into the overlay folder, with a line of it another.
func ownFlow(t *testing.T, overlay, line, another string) (file string) {
	t.Helper()
	text, err := os.ReadFile("../../flows/bill/deactivate-neo3.yaml")
	require.NoError(t, err)
	require.Contains(t, string(text), line)
	file = filepath.Join(overlay, "flows/bill/deactivate-neo3.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
	require.NoError(t, os.WriteFile(file, []byte(strings.Replace(string(text), line, another, 1)), 0o600))
	return file
}

// TestWhereEverythingIsSkippedNothingIsWritten goes on without what it is asked for. What can be gone through is proved
// and rehearsed all the same.
func TestWhereEverythingIsSkippedNothingIsWritten(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", Drift: []console.Drift{
		{Kind: "rename-label", Element: "profile-deactivate"}, {Kind: "rename-testid", Element: "profile-deactivate"},
	}})
	overlay := withOverlay(t, file)
	tab := presses("Tab") // from Take to Skip
	skip := []act{clicks(byTestID(now(con, "profile-deactivate"))), tab, tab, tab, tab, tab, tab, tab, tab, presses("Enter")}
	a := &app{calibrates: func(string) func(context.Context, *automation.StandIn) error { return doing(skip...) }}
	out := shown(t, a, "--config", file, "calibrate", "--sample", "ann@acme.example", "--step", "2s",
		"--flow", "identify", "--flow", "list-users", "--flow", "list-roles", "--flow", "deactivate", "--flow", "set-role")
	require.Equal(t, 2, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stdout, "skipped: user.deactivate")
	assert.Contains(t, out.stdout, "the list: complete")
	assert.Contains(t, out.stdout, "rehearsed  set-role ann@acme.example")
	assert.NotContains(t, out.stdout, "rehearsed  deactivate")
	assert.Empty(t, con.Changes())
	found, err := filepath.Glob(filepath.Join(overlay, "selectors/bill/*"))
	require.NoError(t, err)
	assert.Empty(t, found)
}
