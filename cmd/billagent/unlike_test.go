package main

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// isElement is what of the console each target is.
var isElement = map[string]string{
	"organisation.current": "org-name", "users.count": "users-count", "users.new": "invite-user", "users.show_inactive": "show-inactive-users",
	"users.show_pending": "show-pending-users", "user.email": "profile-email", "user.edit": "profile-edit", "user.deactivate": "profile-deactivate",
	"user.reactivate": "profile-reactivate", "user.role": "role-picker", "user.save": "profile-save", "user.rename": "profile-rename",
	"user.first_name": "name-first", "user.last_name": "name-last", "user.save_name": "name-save", "confirm.email": "confirm-email",
	"confirm.yes": "confirm-yes", "invite.first_name": "invite-first", "invite.last_name": "invite-last", "invite.email": "invite-email",
	"invite.time_zone": "invite-zone", "invite.role": "role-picker", "invite.next": "invite-next", "invite.email_shown": "invite-email-shown",
	"invite.role_shown": "invite-role-shown", "invite.mail_tasks": "pref-tasks", "invite.summary": "pref-summary", "invite.send": "invite-send",
}

// knowing is a person who knows the console, and clicks on what each target is.
func knowing(con *console.Console, asked *[]string) func(what string) func(context.Context, *automation.StandIn) error {
	waits := func(context.Context, *automation.StandIn) error { return nil }
	up, enter := presses("ArrowUp"), presses("Enter")
	does := map[string][]act{
		"marks":          {clicks(byCSS("nav[aria-label=Main]")), enter},
		"users.table":    {waits, clicks(byCSS("[role=grid]")), waits, waits, pictured("unlike-list"), onPanel(7), waits, waits},
		"user.profile":   {waits, clicks(byCSS(".profile dl dt:first-of-type")), up, up, enter},
		"confirm.dialog": {waits, clicks(byCSS(".dialog > h2")), up, enter},
		"invite.dialog":  {waits, clicks(byCSS(".dialog > h2")), up, enter},
	}
	for target, element := range isElement {
		does[target] = []act{waits, clicks(looks(con, element)), pictured("unlike-" + target), enter}
	}
	does["invite.email_shown"] = []act{waits, clicksLow(looks(con, "invite-email-shown")), enter}
	wrong := map[string][]act{"user.email": {waits, clicks(looks(con, "profile-role")), enter}}
	return func(what string) func(context.Context, *automation.StandIn) error {
		if first := wrong[what]; first != nil { // they make a mistake
			delete(wrong, what)
			*asked = append(*asked, what)
			return doing(first...)
		}
		return shows(asked, does)(what)
	}
}

// clicksLow clicks at the beginning of the last line of a text that goes on over several.
func clicksLow(t *selectors.Target) act {
	return func(ctx context.Context, s *automation.StandIn) error {
		seen, err := s.Page().Examine(ctx, t, nil)
		if err != nil || len(seen.Boxes) != 1 {
			return fmt.Errorf("clicking: %d matches: %w", len(seen.Boxes), err)
		}
		b := seen.Boxes[0]
		return s.Click(ctx, b.X+5, b.Y+b.H-5)
	}
}

// looks is how an element of a console that drifts is found now.
func looks(con *console.Console, element string) *selectors.Target {
	out := byTestID(element)
	for _, d := range con.Drifted() {
		switch {
		case d.Element != element:
		case d.Now.TestID != "":
			out = byTestID(d.Now.TestID)
		case d.Now.ID != "":
			out = byCSS("#" + d.Now.ID)
		default:
			out = &selectors.Target{Name: element, Candidates: []selectors.Candidate{{Label: d.Now.Label}}}
		}
	}
	return out
}

// TestAConsoleUnlikeTheGuessesIsCalibrated begins with the shipped files alone. TEST_CONFORMANCE=all goes through
// every flow (and TEST_KEEP=all keeps what came of it for internal/browserpath, where the conformance suite runs by it);
// without it one change is brought back.
func TestAConsoleUnlikeTheGuessesIsCalibrated(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	unlike, err := console.Unlike()
	require.NoError(t, err)
	con, file := tenantOf(t, unlike)
	overlay := withOverlay(t, file)
	var asked []string
	a := &app{calibrates: knowing(con, &asked)}
	args := []string{"--config", file, "calibrate", "--selectors", "neo3-2026-09", "--sample", "ann@acme.example", "--step", "2s"}
	if !useropstest.All() {
		args = append(args, "--flow", "identify", "--flow", "list-users", "--flow", "deactivate")
	}
	out := shown(t, a, args...)
	t.Log(asked, out.stdout, out.stderr)
	if useropstest.All() { // the dialog has another test id, and the name that was guessed: nobody is asked for it
		require.Equal(t, mixedExit, out.code)
		assert.Contains(t, out.stdout, "found, and not by its first candidate: invite.dialog")
	} else {
		require.Equal(t, 0, out.code)
	}
	assert.Empty(t, con.Changes(), "nothing is stored while it runs")
	assert.Contains(t, out.stdout, "the list: complete")
	assert.Contains(t, out.stdout, "rehearsed  deactivate ann@acme.example")
	assert.NotContains(t, out.stdout, "skipped")
	_, guessed, found := strings.Cut(out.stdout, "still guessed: ")
	guessed, _, _ = strings.Cut(guessed, "\n")
	assert.True(t, found && strings.Contains(guessed, "confirm.error"), "nobody came to it: %s", guessed)
	assert.NotContains(t, guessed, "confirm.yes", "which was shown")
	if useropstest.All() {
		assert.Contains(t, out.stdout, "To try for real, once, on a user who is there for tests: billagent users deactivate TEST-USER")
	}
	assert.Contains(t, out.stderr, "user.email: What was shown for it is taken back")
	assert.Equal(t, 2, strings.Count(out.stderr, "looking at the console"), "the whole again at the end")
	assert.Equal(t, 1, strings.Count(out.stderr, "looking again at"), "for what was taken back alone")
	out = command(t, "--config", file, "users", "deactivate", "ann@acme.example")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	ann, _ := con.UserByEmail("ann@acme.example")
	assert.EqualValues(t, console.Inactive, ann.Status)
	if useropstest.All() {
		keep(t, overlay, "unlike", "selectors/bill/neo3-"+today+".yaml")
	}
}
