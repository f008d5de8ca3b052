package main

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAStretchIsRecordedWhileCalibrating has a person who is asked for a button record what leads on from there: a role
// is chosen on this console before Edit, which has another name, can be pressed. The rest of the flow stays.
func TestAStretchIsRecordedWhileCalibrating(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", RoleFirst: true, Drift: []console.Drift{
		{Kind: "rename-label", Element: "profile-edit"}, {Kind: "rename-testid", Element: "profile-edit"},
	}})
	overlay := withOverlay(t, file)
	lib, err := service.Library(&config.Config{}, "bill")
	require.NoError(t, err)
	d := driverOf(t, lib, "neo3", map[string]string{"email": "ann@acme.example", "role": "Accountant"})
	shipped, _ := lib.Flow("set-role", "neo3")
	waits := func(context.Context, *automation.StandIn) error { return nil }
	tab := presses("Tab")
	does := d.choose(shipped.Steps[2].Verb.(*flows.Choose))
	does = append(does, clicks(byTestID(now(con, "profile-edit"))), waits, waits, pictured("calibrate-stretch"), onPanel(stopButton))
	var asked []string
	a := &app{calibrates: shows(&asked, map[string][]act{
		// From Take, of whatever was clicked, to Record from here.
		"user.edit":           {waits, clicks(byTestID("profile-email")), tab, tab, tab, tab, tab, tab, pictured("calibrate-from-here"), presses("Enter")},
		"stretch of set-role": does,
	})}
	out := shown(t, a, "--config", file, "calibrate", "--sample", "ann@acme.example", "--step", "2s",
		"--flow", "identify", "--flow", "list-users", "--flow", "list-roles", "--flow", "set-role")
	t.Log(out.stdout, out.stderr)
	require.Equal(t, 0, out.code)
	assert.Equal(t, []string{"user.edit", "stretch of set-role"}, asked)
	assert.Contains(t, out.stdout, "a stretch was recorded, of: set-role")
	assert.Contains(t, out.stderr, "Stop before anything is changed, and at the latest where this can be done: choose ${role} in user.role")
	assert.Contains(t, out.stderr, "not done any more, since it is not on the page: press user.edit\n")
	assert.Contains(t, out.stdout, "rehearsed  set-role ann@acme.example")
	assert.Empty(t, con.Changes())
	text, err := os.ReadFile(filepath.Join(overlay, "flows/bill/set-role-neo3.yaml"))
	require.NoError(t, err)
	t.Log(string(text))
	assert.Regexp(t, `(?s)about: Edit on.*steps:\n  - part: person\n  - choose: [^\n]*\n  - click: { target: set_role\.[^\n]*\n`+
		`  - commit: [^\n]*\n  - part: outcome\n$`, string(text))
	assert.NotContains(t, string(text), "ann@acme.example")
	out = command(t, "--config", file, "users", "set-role", "ann@acme.example", "--role", "Accountant")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	ann, _ := con.UserByEmail("ann@acme.example")
	assert.Equal(t, "Accountant", ann.Role)
}

// TestAStretchOfAPartServesEveryFlow has a button come only after a press on another one, which two flows need: it is
// recorded once, and stands in the part that they share.
func TestAStretchOfAPartServesEveryFlow(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo", Drift: []console.Drift{{Kind: "split", Element: "new"}}})
	overlay := withOverlay(t, file)
	waits := func(context.Context, *automation.StandIn) error { return nil }
	tab := presses("Tab")
	var asked []string
	a := &app{calibrates: shows(&asked, map[string][]act{
		"users.new":             {waits, waits, clicks(byCSS("table")), tab, tab, tab, tab, tab, tab, presses("Enter")},
		"stretch of list-roles": {clicks(named("button", "More")), waits, waits, onPanel(stopButton)},
	})}
	out := shown(t, a, "--config", file, "calibrate", "--sample", "ann@acme.example", "--step", "2s", "--flow", "identify",
		"--flow", "list-users", "--flow", "list-roles", "--flow", "invite")
	t.Log(out.stdout, out.stderr)
	require.Equal(t, 0, out.code)
	assert.Equal(t, []string{"users.new", "stretch of list-roles"}, asked)
	assert.Contains(t, out.stderr, "what was recorded stands in the part new-user-form, which other flows of the layout may have, too")
	assert.Contains(t, out.stdout, "rehearsed  invite billagent-doctor@robots.example")
	assert.Empty(t, con.Changes())
	text, err := os.ReadFile(filepath.Join(overlay, "flows/bill/parts-neo.yaml"))
	require.NoError(t, err)
	t.Log(string(text))
	assert.Regexp(t, `(?s)\n  new-user-form:\n    - part: list\n    - click: { target: list_roles.more }\n    - click: { target: users.new }\n`, string(text))
	out = command(t, "--config", file, "users", "invite", "eve@acme.example", "--first-name", "Eve", "--last-name", "Moss", "--role", "Clerk")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	eve, _ := con.UserByEmail("eve@acme.example")
	assert.Equal(t, "Clerk", eve.Role)
}

// TestTheWayToAListIsRecordedWhereItIsNotShown has the address that the files know lead to another page: whoever is asked
// for the list records the way to it.
func TestTheWayToAListIsRecordedWhereItIsNotShown(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3"})
	overlay := withOverlay(t, file)
	own := filepath.Join(overlay, "flows/bill/parts-neo3.yaml")
	text, err := os.ReadFile("../../flows/bill/parts-neo3.yaml")
	require.NoError(t, err)
	before := strings.Replace(string(text), "- open: /neo3/settings/roles-and-permissions/users", "- open: /neo3/settings # where it was", 1)
	require.NotEqual(t, string(text), before)
	require.NoError(t, os.MkdirAll(filepath.Dir(own), 0o750))
	require.NoError(t, os.WriteFile(own, []byte(before), 0o600))
	waits := func(context.Context, *automation.StandIn) error { return nil }
	var asked []string
	a := &app{calibrates: shows(&asked, map[string][]act{
		"users.table":           {waits, pictured("calibrate-no-list"), onPanel(4), waits, waits},
		"stretch of list-users": {clicks(byCSS(`.cardbox a[href$="/users"]`)), waits, waits, onPanel(stopButton)},
	})}
	out := shown(t, a, "--config", file, "calibrate", "--selectors", "neo3-2026-09", "--sample", "ann@acme.example", "--step", "2s",
		"--flow", "identify", "--flow", "list-users", "--flow", "deactivate")
	t.Log(out.stdout, out.stderr)
	require.Equal(t, 0, out.code)
	assert.Equal(t, []string{"users.table", "stretch of list-users"}, asked)
	assert.Contains(t, out.stdout, "the list: complete")
	assert.Empty(t, con.Changes())
	text, err = os.ReadFile(own)
	require.NoError(t, err)
	assert.Regexp(t, `\n  list:\n    - open: /neo3/settings # where it was\n    - click: { target: list_users\.[a-z_]+ }\n`+
		`    - await: \[users.table, page.error\]\n    - when: `, string(text))
	out = command(t, "--config", file, "users", "deactivate", "ann@acme.example")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	ann, _ := con.UserByEmail("ann@acme.example")
	assert.EqualValues(t, console.Inactive, ann.Status)
}

// TestACommitThatIsPressedIsNoStepOfAStretch has a person, who is asked for a button that a menu holds now, press the
// button itself, too: it was kept from leaving, and nothing of it is kept.
func TestACommitThatIsPressedIsNoStepOfAStretch(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo", Drift: []console.Drift{{Kind: "split", Element: "deactivate"}}})
	overlay := withOverlay(t, file)
	waits := func(context.Context, *automation.StandIn) error { return nil }
	tab, more := presses("Tab"), clicks(named("button", "More"))
	here := []act{waits, waits, clicks(byCSS("h1")), tab, tab, tab, tab, tab, tab, presses("Enter")}
	pressed := 0
	a := &app{calibrates: func(what string) func(context.Context, *automation.StandIn) error {
		switch what {
		case "user.deactivate":
			return doing(here...)
		case "stretch of deactivate":
			if pressed++; pressed == 1 {
				return doing(more, waits, clicks(byCSS("button[data-icon=trash]")), waits, waits, onPanel(stopButton))
			}
			return doing(more, waits, waits, onPanel(stopButton))
		}
		return doing(presses("Escape"))
	}}
	out := shown(t, a, "--config", file, "calibrate", "--sample", "ann@acme.example", "--step", "2s", "--flow", "identify",
		"--flow", "list-users", "--flow", "deactivate")
	t.Log(out.stdout, out.stderr)
	require.Equal(t, 0, out.code)
	assert.Equal(t, 2, pressed)
	assert.Contains(t, out.stderr, "Stop before anything is changed, and at the latest where this can be done: COMMIT: press user.deactivate")
	assert.Contains(t, out.stderr, "what was recorded of deactivate is not kept: the flow does this itself further on: COMMIT: press user.deactivate")
	assert.Empty(t, con.Changes())
	text, err := os.ReadFile(filepath.Join(overlay, "flows/bill/deactivate-neo.yaml"))
	require.NoError(t, err)
	assert.Regexp(t, `(?s)  - click: { target: deactivate\.more }\n  - commit: { target: user.deactivate, for`, string(text))
	out = command(t, "--config", file, "users", "deactivate", "ann@acme.example")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	ann, _ := con.UserByEmail("ann@acme.example")
	assert.EqualValues(t, console.Inactive, ann.Status)
}

// TestAGuardStaysInAStretch has a person press, behind a new menu, what the flow presses once it has made sure who that
// concerns.
func TestAGuardStaysInAStretch(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", Drift: []console.Drift{{Kind: "split", Element: "profile-deactivate"}}})
	overlay := withOverlay(t, file)
	waits := func(context.Context, *automation.StandIn) error { return nil }
	tab := presses("Tab")
	var asked []string
	a := &app{calibrates: shows(&asked, map[string][]act{
		"user.deactivate":       {waits, clicks(byTestID("profile-email")), tab, tab, tab, tab, tab, tab, presses("Enter")},
		"stretch of deactivate": {clicks(named("button", "More")), waits, clicks(byTestID("profile-deactivate")), waits, waits, onPanel(stopButton)},
	})}
	out := shown(t, a, "--config", file, "calibrate", "--sample", "ann@acme.example", "--step", "2s", "--flow", "identify",
		"--flow", "list-users", "--flow", "deactivate")
	t.Log(out.stdout, out.stderr)
	require.Equal(t, 0, out.code)
	assert.Empty(t, con.Changes())
	text, err := os.ReadFile(filepath.Join(overlay, "flows/bill/deactivate-neo3.yaml"))
	require.NoError(t, err)
	t.Log(string(text))
	assert.Regexp(t, `(?s)  - click: { target: deactivate\.more }\n  - click: { target: user.deactivate, for: `, string(text))
	out = command(t, "--config", file, "users", "deactivate", "ann@acme.example")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	ann, _ := con.UserByEmail("ann@acme.example")
	assert.EqualValues(t, console.Inactive, ann.Status)
}
