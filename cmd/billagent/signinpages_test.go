package main

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// signInFile is the version of the sign-in that is written today.
func signInFile(overlay string) string {
	return filepath.Join(overlay, "selectors/bill/sign-in-"+today+".yaml")
}

// unmarked is a version of the sign-in whose marks no page of the console has.
func unmarked(t *testing.T, overlay string) {
	t.Helper()
	text, err := os.ReadFile("../../selectors/bill/sign-in-2026-09.yaml")
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(text), "fingerprints:\n")
	require.True(t, found)
	_, targets, found := strings.Cut(rest, "targets:\n")
	require.True(t, found)
	file := filepath.Join(overlay, "selectors/bill/sign-in-2026-09.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
	other := before + "fingerprints:\n  - any: [{ css: \"meta[name='unlike']\", provenance: guessed }]\ntargets:\n" + targets
	require.NoError(t, os.WriteFile(file, []byte(other), 0o600))
}

// TestAPageOfTheSignInIsRepaired is a morning after which a field of the page has another id: what was learnt before
// serves to repair the version, and nobody signs in meanwhile.
func TestAPageOfTheSignInIsRepaired(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "classic"})
	overlay := withOverlay(t, file)
	out := command(t, "--config", file, "doctor", "--learn", "--flow", "sign-in")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stdout, "ok       sign-in, its first page, not signed in")
	assert.Contains(t, out.stdout, "Not looked at: sign-in, the pages behind its first")
	learnt := filepath.Join(overlay, "selectors/bill/sign-in-2026-09.yaml")
	assert.Contains(t, out.stdout, "Written: "+learnt)
	text, err := os.ReadFile(learnt)
	require.NoError(t, err)
	assert.Contains(t, string(text), "fingerprint:")
	require.NoError(t, con.SetDrift([]console.Drift{{Kind: "change-id", Element: "sign-in-password"}}, 1))

	out = command(t, "--config", file, "-o", "json", "doctor", "--flow", "sign-in", "--step", "3s")
	assert.Equal(t, 2, out.code, out.stderr)
	r := decode[doctor.Report](t, out.stdout)
	require.Len(t, r.Of(doctor.Missing), 1)
	assert.Equal(t, "signin.single_password", r.Of(doctor.Missing)[0].Name)
	out = command(t, "--config", file, "selectors", "repair", "--clear", "--flow", "sign-in", "--step", "3s")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stdout, "+++ "+signInFile(overlay))
	assert.Empty(t, con.Outbox(), "nobody has signed in")
	assert.Zero(t, con.FailedSignIns(console.RobotEmail))
	out = command(t, "--config", file, "users", "get", "ann@acme.example")
	assert.Equal(t, 0, out.code, out.stdout+out.stderr)
}

// TestAButtonOfTheSignInIsPicked has a person show the button of the page of the password, which is not typed there.
func TestAButtonOfTheSignInIsPicked(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", Drift: []console.Drift{{Kind: "rename-label", Element: "sign-in"}}})
	overlay := withOverlay(t, file)
	unmarked(t, overlay)
	label := con.Drifted()[0].Now.Label
	a := &app{picks: doing(clicks(named("button", label)), presses("Enter"))}
	out := shown(t, a, "--config", file, "selectors", "pick", "signin.password_submit", "--step", "4s")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stdout, "signin.password_submit is now found by role=button name="+label)
	text, err := os.ReadFile(signInFile(overlay))
	require.NoError(t, err)
	assert.NotContains(t, string(text), console.RobotEmail)
	assert.Equal(t, 2, strings.Count(string(text), "name: "+label), "as a candidate and in its fingerprint; no page is told by the words of a button")
	assert.Empty(t, con.Outbox(), "nobody has signed in")
	out = command(t, "--config", file, "users", "get", "ann@acme.example")
	assert.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Zero(t, con.FailedSignIns(console.RobotEmail))
}

// TestACalibrationGoesOnWithTheSignIn has a person show a field and a button of its pages, one after the other, while it
// is under way: it is one sign-in, and no secret is typed by them.
func TestACalibrationGoesOnWithTheSignIn(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "classic", Drift: []console.Drift{
		{Kind: "change-id", Element: "sign-in-password"}, {Kind: "rename-label", Element: "submit"},
	}})
	overlay := withOverlay(t, file)
	label := con.Drifted()[1].Now.Label
	waits := func(context.Context, *automation.StandIn) error { return nil }
	nothingLeft := func(context.Context, *automation.StandIn) error {
		for _, q := range con.Requests() {
			if q.Method == http.MethodPost && q.Path == "/auth" {
				return errors.New("what was pressed has left")
			}
		}
		return nil
	}
	var asked []string
	a := &app{calibrates: shows(&asked, map[string][]act{
		"signin.single_password": {waits, clicks(byCSS("input[type=password]")), presses("Enter")},
		"factor.submit": {
			waits, pictured("calibrate-sign-in"), presses("F2"), clicks(named("button", label)), nothingLeft, presses("F2"), // what is pressed meanwhile does not leave
			clicks(named("button", label)), presses("Enter"),
		},
	})}
	out := shown(t, a, "--config", file, "calibrate", "--step", "3s", "--flow", "identify", "--flow", "list-users", "--rehearse=false")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Equal(t, []string{"signin.single_password", "factor.submit"}, asked)
	assert.Contains(t, out.stdout, "Written: "+signInFile(overlay))
	assert.Contains(t, out.stdout, "shown: signin.single_password, factor.submit")
	assert.Zero(t, con.FailedSignIns(console.RobotEmail))
	assert.Len(t, con.Outbox(), 1, "one sign-in from a new browser")
	text, err := os.ReadFile(signInFile(overlay))
	require.NoError(t, err)
	assert.NotContains(t, string(text), console.RobotEmail)
	steps, err := filepath.Glob(filepath.Join(filepath.Dir(file), "*", "evidence", "*", "*", "steps.jsonl"))
	require.NoError(t, err)
	require.NotEmpty(t, steps)
	for _, s := range steps {
		text, err := os.ReadFile(s)
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			if strings.Contains(line, `"let_through":false`) {
				assert.NotContains(t, line, "/auth", "what was held while the person pressed may have a secret in it")
			}
		}
	}
	require.Equal(t, 0, command(t, "--config", file, "logout").code)
	out = command(t, "--config", file, "users", "get", "ann@acme.example")
	assert.Equal(t, 0, out.code, out.stdout+out.stderr)
}

// TestACalibrationThatIsLeftAtTheSignIn keeps what was shown, and says that it was left.
func TestACalibrationThatIsLeftAtTheSignIn(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", Drift: []console.Drift{{Kind: "rename-label", Element: "sign-in"}}})
	overlay := withOverlay(t, file)
	a := &app{calibrates: func(what string) func(context.Context, *automation.StandIn) error {
		if what != "signin.password_submit" {
			return func(context.Context, *automation.StandIn) error {
				return errors.New("nobody knows what " + what + " is")
			}
		}
		return doing(presses("Escape"), presses("Escape"))
	}}
	out := shown(t, a, "--config", file, "calibrate", "--step", "3s", "--flow", "identify")
	assert.Equal(t, 2, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stdout, "You left.")
	assert.NoFileExists(t, signInFile(overlay))
	assert.Zero(t, con.FailedSignIns(console.RobotEmail))
}
