package main

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// withOverlay adds an overlay folder to a configuration.
func withOverlay(t *testing.T, file string) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "overlay")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString("overlay: " + dir + "\n")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	return dir
}

// TestFromLearningToRepair is what an engineer does whose console changes one morning: what was learnt before
// serves to repair the version by proposals alone.
func TestFromLearningToRepair(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3"})
	overlay := withOverlay(t, file)
	flow := []string{"--step", "5s", "--flow", "identify", "--flow", "list-users", "--flow", "list-roles", "--flow", "deactivate"}
	out := command(t, append([]string{"--config", file, "doctor", "--learn"}, flow...)...)
	require.Equal(t, 0, out.code, out.stderr)
	kept := filepath.Join(overlay, "selectors/bill/neo3-2026-09.yaml")
	assert.Contains(t, out.stdout, kept)
	data, err := os.ReadFile(kept)
	require.NoError(t, err)
	for _, u := range con.Users() {
		assert.NotContains(t, string(data), u.Email)
	}
	assert.NotContains(t, string(data), console.MainOrganisation)

	worn := strings.Replace(string(data), "{ testid: profile-deactivate,", "{ testid: bin,", 1)
	require.NoError(t, os.WriteFile(kept, []byte(worn), 0o600))
	out = command(t, append([]string{"--config", file, "doctor"}, flow...)...)
	assert.Equal(t, mixedExit, out.code, "what is found by a fallback is a warning: %s", out.stdout+out.stderr)
	assert.Contains(t, out.stdout, "recognised by css=")

	changed := strings.NewReplacer("{ testid: profile-deactivate,", "{ testid: bin,", "name: Deactivate user,", "name: Remove,", "{ testid: confirm-yes,", "{ testid: ok,").Replace(string(data))
	require.NotEqual(t, string(data), changed)
	require.NoError(t, os.WriteFile(kept, []byte(changed), 0o600))
	page := filepath.Join(t.TempDir(), "doctor.html")
	out = command(t, append([]string{"--config", file, "-o", "json", "doctor", "--report", page}, flow...)...)
	assert.Equal(t, 2, out.code, out.stderr)
	r := decode[doctor.Report](t, out.stdout)
	assert.Equal(t, doctor.Broken, r.Verdict)
	html, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Contains(t, string(html), "data:image/jpeg;base64,")
	assert.Contains(t, string(html), "user.deactivate")
	assert.NotRegexp(t, `(?i)(src|href)\s*=\s*"?(https?:)?//|<link|@import|url\(\s*['"]?(https?:)?//`, string(html), "the report needs nothing else")

	seen := filepath.Join(t.TempDir(), "seen.json")
	require.NoError(t, os.WriteFile(seen, []byte(out.stdout), 0o600))
	wrong := command(t, append([]string{"--config", file, "selectors", "repair", "--of", seen, "--target", "user.deactivate=9"}, flow...)...)
	assert.Equal(t, 1, wrong.code, wrong.stdout)
	assert.Contains(t, wrong.stderr, "number 9 was chosen")
	out = command(t, append([]string{"--config", file, "selectors", "repair", "--of", seen, "--target", "user.deactivate", "--clear"}, flow...)...)
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Regexp(t, `(?m)^--- \S*neo3-2026-09.yaml\n\+\+\+ \S*neo3-`+today+`.yaml\n@@ -1,`, out.stdout)
	recorded := regexp.MustCompile(`(?m)^\+.*testid: profile-deactivate, provenance: recorded, date: "` + today + `", evidence: (\S+) }`).
		FindStringSubmatch(out.stdout)
	require.NotNil(t, recorded, out.stdout)
	assert.FileExists(t, filepath.Join(filepath.Dir(file), "state/evidence/demo", recorded[1], "steps.jsonl"))
	assert.Contains(t, out.stdout, "rehearsed  deactivate")
	assert.Empty(t, con.Changes())

	out = command(t, "--config", file, "users", "deactivate", "ann@acme.example")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	u, _ := con.UserByEmail("ann@acme.example")
	assert.Equal(t, console.Inactive, u.Status)
	out = command(t, append([]string{"--config", file, "doctor", "--selectors", "neo3-2026-09"}, flow...)...)
	assert.Equal(t, 2, out.code, "the version of before is as wrong as it was")
}

// TestWhatFindsItsTargetIsNoGuess marks what was found, and nothing else.
func TestWhatFindsItsTargetIsNoGuess(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "classic"})
	overlay := withOverlay(t, file)
	out := command(t, "--config", file, "selectors", "promote", "--flow", "identify", "--flow", "list-users", "--flow", "deactivate")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	for target, standing := range map[string]string{"organisation.current": "recorded", "user.deactivate": "documented", "result.done": "guessed"} {
		shown := command(t, "--config", file, "selectors", "show", "classic-2026-09", target)
		assert.Contains(t, shown.stdout, "("+standing, "%s: what was not reached stays a guess", target)
	}
	assert.FileExists(t, filepath.Join(overlay, "selectors/bill/classic-2026-09.yaml"))
	assert.Empty(t, con.Changes())
}

// TestFlowsAreRunAndRehearsed runs what reads, and only rehearses what changes something.
func TestFlowsAreRunAndRehearsed(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3"})
	run := func(args ...string) output {
		return command(t, append([]string{"--config", file, "flows"}, args...)...)
	}
	out := run("run", "list-roles")
	assert.Equal(t, 0, out.code, out.stderr)
	assert.Contains(t, out.stdout, "Administrator")
	out = run("run", "pending", "--input", "email=ann@acme.example", "-o", "json")
	assert.Equal(t, 0, out.code, out.stderr)
	for args, says := range map[string]string{
		"run deactivate --input email=ann@acme.example": "--dry-run", "run pending": "the input email is missing", "run nothing": "no such flow",
		"run sign-in": "only reads", "rehearse list-roles": "no press", "run pending --input email": "--input", "rehearse deactivate --input role=Clerk": "takes no input role",
	} {
		out := run(strings.Fields(args)...)
		assert.Equal(t, 1, out.code, args)
		assert.Contains(t, out.stderr, says, args)
	}
	out = run("run", "deactivate", "--input", "email=ann@acme.example", "--dry-run")
	assert.Equal(t, 0, out.code, out.stdout)
	out = run("rehearse", "set-role", "--input", "email=ann@acme.example", "--input", "role=Clerk")
	assert.Equal(t, 0, out.code, out.stdout)
	assert.Contains(t, out.stdout, "would send: POST")
	assert.Empty(t, con.Changes())
	out = run("show", "deactivate", "--layout", "neo3")
	assert.Contains(t, out.stdout, "flow: deactivate")
}

// TestADoctorThatLookedAtNothingSaysSo names one flow in a process that knows nobody yet, whose page has changed.
func TestADoctorThatLookedAtNothingSaysSo(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", Drift: []console.Drift{
		{Kind: "rename-testid", Element: "profile-deactivate"}, {Kind: "rename-label", Element: "profile-deactivate"},
	}})
	out := command(t, "--config", file, "doctor", "--flow", "deactivate", "--step", "3s")
	assert.Equal(t, 2, out.code, out.stdout)
	assert.Contains(t, out.stdout, "user.deactivate: missing")
	assert.Regexp(t, `what to do: .+: billagent selectors (repair|pick) .*user\.deactivate`, out.stdout)
	out = command(t, "--config", file, "doctor", "--flow", "nosuch")
	assert.Equal(t, 1, out.code, out.stdout)
	assert.Empty(t, out.stdout)
	assert.Regexp(t, "nosuch.*choose among sign-in, .*deactivate", out.stderr)
	assert.Empty(t, con.Changes())
}

// TestAKeptPageIsLookedAt looks at the page of last night's failure, without its console.
func TestAKeptPageIsLookedAt(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{"classic", "neo3"} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			element := map[string]string{"classic": "del", "neo3": "profile-deactivate"}[layout]
			drift := []console.Drift{{Kind: "rename-label", Element: element}}
			if layout == "neo3" {
				drift = append(drift, console.Drift{Kind: "rename-testid", Element: element})
			}
			con, file := tenantOf(t, console.Options{Layout: layout, Drift: drift})
			out := command(t, "--config", file, "-o", "json", "users", "deactivate", "ann@acme.example")
			require.Equal(t, 2, out.code, out.stdout)
			evidence := decode[map[string]any](t, out.stdout)["evidence"].(string)
			require.NoError(t, con.Close())
			report := filepath.Join(t.TempDir(), "page.html")
			out = command(t, "--config", file, "-o", "json", "doctor", "--page", filepath.Join(evidence, "page.mhtml"), "--report", report)
			assert.Equal(t, 2, out.code, out.stderr)
			r := decode[doctor.Report](t, out.stdout)
			assert.Equal(t, layout, r.Layout)
			require.Len(t, r.Of(doctor.Missing), 1, "%+v", r.Targets)
			assert.Equal(t, "user.deactivate", r.Of(doctor.Missing)[0].Name)
			assert.NotEmpty(t, r.Of(doctor.Found))
			assert.FileExists(t, report)
			require.NoError(t, os.Remove(filepath.Join(evidence, "steps.jsonl")))
			out = command(t, "--config", file, "doctor", "--page", filepath.Join(evidence, "page.mhtml"))
			assert.Equal(t, 2, out.code, "what should be there is not known")
			out = command(t, "--config", file, "doctor", "--page", filepath.Join(evidence, "page.mhtml"), "--target", "user.nothing")
			assert.Equal(t, 1, out.code, out.stdout)
		})
	}
	out := command(t, "doctor", "--page", "doctor_test.go")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "not MHTML")
	out = command(t, "doctor", "--page", "nosuch.mhtml")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "not well formed", "it is what was asked, not the configuration")
	for flag, says := range map[string]string{"--page x.mhtml --flow deactivate": "--flow", "--page x.mhtml --learn": "--learn", "--target user.save": "--page"} {
		out := command(t, append([]string{"doctor"}, strings.Fields(flag)...)...)
		assert.Equal(t, 1, out.code, flag)
		assert.Contains(t, out.stderr, says, flag)
	}
}
