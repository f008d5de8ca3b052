package main

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatWasLeftIsTakenUp leaves once the first of two targets was shown, and goes on the next day, with the second.
func TestWhatWasLeftIsTakenUp(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", Drift: []console.Drift{
		{Kind: "rename-label", Element: "profile-deactivate"}, {Kind: "rename-testid", Element: "profile-deactivate"},
		{Kind: "rename-label", Element: "confirm-yes"}, {Kind: "rename-testid", Element: "confirm-yes"},
	}})
	overlay := withOverlay(t, file)
	waits := func(context.Context, *automation.StandIn) error { return nil }
	calibrate := func(day string, does map[string][]act) (output, []string) {
		var asked []string
		a := &app{calibrates: shows(&asked, does), day: day}
		return shown(t, a, "--config", file, "calibrate", "--selectors", "neo3-2026-09", "--sample", "ann@acme.example", "--step", "2s",
			"--flow", "list-users", "--flow", "deactivate", "--rehearse=false"), asked
	}
	leaves := []act{waits, presses("Escape"), waits, presses("Escape")} // the first takes back what is proposed
	out, asked := calibrate(today, map[string][]act{
		"user.deactivate": {waits, clicks(byTestID(now(con, "profile-deactivate"))), presses("Enter")}, "confirm.yes": leaves,
	})
	require.Equal(t, 2, out.code, out.stdout+out.stderr)
	assert.Equal(t, []string{"user.deactivate", "confirm.yes"}, asked)
	assert.Contains(t, out.stdout, "You left.")
	own := filepath.Join(overlay, "selectors/bill", "neo3-"+today+".yaml")
	text, err := os.ReadFile(own)
	require.NoError(t, err)
	assert.Contains(t, string(text), now(con, "profile-deactivate"))
	out, asked = calibrate("2031-05-08", map[string][]act{"confirm.yes": {waits, clicks(byTestID(now(con, "confirm-yes"))), presses("Enter")}})
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Equal(t, []string{"confirm.yes"}, asked)
	assert.Contains(t, out.stderr, "it goes on by neo3-"+today)
	assert.Empty(t, con.Changes())
}

// TestAFlowIsRecordedWhileCalibrating has a person who is asked for a button say that the steps of its flow are
// others: a role is chosen on this console before Edit, which has another name, can be pressed.
func TestAFlowIsRecordedWhileCalibrating(t *testing.T) {
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
	tab, edit := presses("Tab"), clicks(byTestID(now(con, "profile-edit")))
	does := d.steps(shipped.Steps[:1])
	does = append(does, d.choose(shipped.Steps[2].Verb.(*flows.Choose))...)
	does = append(does, edit, waits, waits, onPanel(commitButton), d.click("user.save", nil), onPanel(stopButton))
	var asked []string
	a := &app{calibrates: shows(&asked, map[string][]act{
		// From Take, of whatever was clicked, to Record the flow.
		"user.edit":     {waits, clicks(byTestID("profile-email")), tab, tab, tab, tab, tab, tab, tab, presses("Enter")},
		"flow set-role": does,
	})}
	out := shown(t, a, "--config", file, "calibrate", "--sample", "ann@acme.example", "--step", "2s",
		"--flow", "identify", "--flow", "list-users", "--flow", "list-roles", "--flow", "set-role")
	t.Log(out.stdout, out.stderr)
	require.Equal(t, 0, out.code)
	assert.Equal(t, []string{"user.edit", "flow set-role"}, asked)
	assert.Contains(t, out.stdout, "flows recorded: set-role")
	assert.Contains(t, out.stdout, "rehearsed  set-role ann@acme.example")
	assert.Empty(t, con.Changes())
	text, err := os.ReadFile(filepath.Join(overlay, "flows/bill/set-role-neo3.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(text), "- click: { target: set_role.", "a button that no flow had a name for")
	assert.NotContains(t, string(text), "ann@acme.example")
}

// keys presses keys one after the other.
func keys(all ...string) act {
	return func(ctx context.Context, s *automation.StandIn) error {
		for _, k := range all {
			if err := s.Key(ctx, k); err != nil {
				return err
			}
		}
		return nil
	}
}

// TestWhatStandsThereTwiceIsShown has a second button, which does nothing, stand beside the one that deactivates: nothing
// that is guessed of it tells the two apart.
func TestWhatStandsThereTwiceIsShown(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo", Drift: []console.Drift{{Kind: "duplicate", Element: "deactivate"}}})
	overlay := withOverlay(t, file)
	waits := func(context.Context, *automation.StandIn) error { return nil }
	var asked []string
	a := &app{calibrates: shows(&asked, map[string][]act{
		"user.deactivate": {waits, pictured("calibrate-twice"), clicks(byCSS("button[data-icon=trash]:not([type=button])")), waits, presses("Enter")},
	})}
	out := shown(t, a, "--config", file, "calibrate", "--selectors", "neo-2026-09", "--sample", "ann@acme.example", "--step", "3s",
		"--flow", "list-users", "--flow", "deactivate")
	t.Log(out.stdout, out.stderr)
	require.Equal(t, 0, out.code)
	assert.Equal(t, []string{"user.deactivate"}, asked)
	assert.Contains(t, out.stdout, "what the commit sends is as it was guessed, for: deactivate")
	assert.Contains(t, out.stdout, "rehearsed  deactivate ann@acme.example")
	assert.Empty(t, con.Changes())
	text, err := os.ReadFile(filepath.Join(overlay, "selectors/bill", "neo-"+today+".yaml"))
	require.NoError(t, err)
	t.Log(string(text))
	out = command(t, "--config", file, "users", "deactivate", "ann@acme.example")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	ann, _ := con.UserByEmail("ann@acme.example")
	assert.EqualValues(t, console.Inactive, ann.Status)
}
