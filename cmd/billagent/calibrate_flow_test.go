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
	"github.com/billagent/billagent/selectors"
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
		"user.edit":     {waits, clicks(byTestID("profile-email")), tab, tab, tab, tab, tab, tab, presses("Enter")},
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

// TestAnotherConsoleIsCalibratedFromNothing begins with how the helpdesk is signed in to, its words, and by what its
// pages are known: no flow and no target. What cannot be done there is skipped.
func TestAnotherConsoleIsCalibratedFromNothing(t *testing.T) {
	t.Parallel()
	desk, conf, overlay := deskWithout(t)
	const begun = "app: helpdesk\nlayout: desk\ndate: 2026-11-23\ncovers: console\nsource: Begun by hand.\n" +
		"fingerprints:\n  - any: [{ css: body.helpdesk, provenance: guessed }]\ntargets:\n  page: { candidates: [{ css: body, provenance: guessed }] }\n"
	emptied(t, "helpdesk", overlay, "desk-2026-11", begun)
	opens := func(ctx context.Context, s *automation.StandIn) error { return s.Page().Open(ctx, "/team") }
	waits := func(context.Context, *automation.StandIn) error { return nil }
	field := func(placeholder, text string) []act {
		return []act{clicks(&selectors.Target{Name: placeholder, Candidates: []selectors.Candidate{{Placeholder: placeholder}}}), writes(text)}
	}
	suspend := &selectors.Target{Name: "suspend", Candidates: []selectors.Candidate{{XPath: "//article[.//span[.='ann@desk.example']]//button"}}}
	invite := func(role string) []act {
		out := append([]act{opens, clicks(named("link", "Add colleague"))}, field("Given name", "Test")...)
		out = append(append(out, field("Family name", "Person")...), field("Mail", "billagent-doctor@desk.example")...)
		return append(out, clicks(byCSS("select")), writes(role), presses("Enter"), onPanel(commitButton), clicks(named("button", "Add")), onPanel(stopButton))
	}
	nothing := []act{onPanel(stopButton)}
	var asked []string
	person := shows(&asked, map[string][]act{
		"flow identify": nothing, "flow list-roles": nothing, "flow reactivate": nothing, "flow set-role": nothing, "flow rename": nothing,
		"flow list-users": {
			opens, onPanel(listButton), clicks(byCSS("div.cards")), waits, waits, pictured("helpdesk-list"),
			// Given name, family name, and role, which is three on; then Counter…, which is the fourth from the end.
			keys("F2", "Tab", "Tab", "Enter", "Tab", "Enter", "Tab", "Enter", "Enter", "Enter",
				"ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "Enter"),
			waits, clicks(byCSS("p.sum")), waits, waits, pictured("helpdesk-columns"),
			keys("F2", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "Enter"), waits, waits, onPanel(stopButton),
		},
		"flow deactivate": {opens, onPanel(commitButton), clicks(suspend), waits, onPanel(stopButton)},
		"flow invite":     invite("Agent"),
	})
	mistaken := false
	a := &app{calibrates: func(what string) func(context.Context, *automation.StandIn) error {
		if what == "flow invite" && !mistaken { // another role than they are asked for
			mistaken = true
			return doing(invite("Owner")...)
		}
		return person(what)
	}}
	out := shown(t, a, "--config", conf, "calibrate", "--selectors", "desk-2026-11", "--sample", "ann@desk.example", "--step", "2s")
	t.Log(asked, out.stdout, out.stderr)
	require.Equal(t, 0, out.code)
	assert.Contains(t, out.stderr, "what was recorded for invite is not kept: role was not given as it was asked for")
	require.Len(t, desk.People(), 5, "nothing was stored while it ran")
	for _, p := range desk.People() {
		assert.Equal(t, p.Email == "old@desk.example", p.Suspended, p.Email)
	}
	assert.Contains(t, out.stdout, "the list: complete")
	assert.Contains(t, out.stdout, "what the commit sends was recorded, for: invite, deactivate")
	changedAtDesk(t, conf, desk)
}
