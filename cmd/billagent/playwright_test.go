package main

import (
	"context"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// playwrightConfig has the exported test run in the browser that the other tests run in.
const playwrightConfig = `import { defineConfig } from '@playwright/test';
export default defineConfig({ timeout: 120000, workers: 1, use: { launchOptions: { executablePath: process.env.TEST_BROWSER } } });
`

// TestAnExportedTestDoesWhatItsFlowDoes runs the tests for Playwright that flows are exported as, by the sign-in that the
// program exports: first up to their commit, then over it. What the console has stored decides. TEST_CONFORMANCE=all runs
// each change on each layout.
func TestAnExportedTestDoesWhatItsFlowDoes(t *testing.T) {
	t.Parallel()
	folder, err := filepath.Abs("../../fixtures/playwright/node_modules")
	require.NoError(t, err)
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(folder); err != nil || missing != nil {
		t.Skip("npm ci --ignore-scripts --prefix fixtures/playwright")
	}
	browser, err := automation.Find("", false)
	require.NoError(t, err)
	for flow, c := range map[string]struct {
		on     string // where a sample is run
		inputs map[string]string
		stored func(u console.User) bool
	}{
		"deactivate": {"neo3", map[string]string{"email": "ann@acme.example"}, func(u console.User) bool { return u.Status == console.Inactive }},
		"reactivate": {"", map[string]string{"email": console.GoneEmail}, func(u console.User) bool { return u.Status == console.Active }},
		"set-role":   {"neo", map[string]string{"email": "ann@acme.example", "role": "Clerk"}, func(u console.User) bool { return u.Role == "Clerk" }},
		"rename": {"", map[string]string{"email": "ann@acme.example", "first_name": "Anna", "last_name": "Lind"},
			func(u console.User) bool { return u.FirstName == "Anna" && u.LastName == "Lind" }},
		"invite": {"classic", map[string]string{"email": "eve@acme.example", "first_name": "Eve", "last_name": "Moss", "role": "Clerk", "time_zone": "", "mail_tasks": "No", "summary": "Never"},
			func(u console.User) bool { return u.FirstName == "Eve" && u.LastName == "Moss" && u.Role == "Clerk" }},
	} {
		for _, layout := range []string{"neo3", "neo", "classic"} {
			if layout != c.on && !useropstest.All() {
				continue
			}
			t.Run(layout+"/"+flow, func(t *testing.T) {
				t.Parallel()
				con, file := tenantOf(t, console.Options{Layout: layout})
				dir := t.TempDir()
				state := filepath.Join(dir, "state.json")
				run := func(args ...string) string {
					out := command(t, append([]string{"--config", file}, args...)...)
					require.Equal(t, 0, out.code, out.stdout+out.stderr)
					return out.stdout
				}
				run("login")
				run("session", "export", state, "--yes")
				home := decode[sessionInfo](t, run("-o", "json", "session", "status")).Home
				exported := run("flows", "export", flow, "--layout", layout, "--format", "playwright")
				require.NoError(t, os.Symlink(folder, filepath.Join(dir, "node_modules")))
				require.NoError(t, os.WriteFile(filepath.Join(dir, flow+".spec.ts"), []byte(exported), 0o600))
				require.NoError(t, os.WriteFile(filepath.Join(dir, "playwright.config.ts"), []byte(playwrightConfig), 0o600))
				env := append(os.Environ(), "HOME="+dir, "TEST_BROWSER="+browser.Path, "STORAGE_STATE="+state, "INPUT_HOME="+home)
				for _, name := range slices.Sorted(maps.Keys(c.inputs)) {
					env = append(env, "INPUT_"+strings.ToUpper(name)+"="+c.inputs[name])
				}
				test := func(more ...string) string {
					ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
					defer cancel()
					cmd := exec.CommandContext(ctx, node, filepath.Join(folder, "@playwright/test/cli.js"), "test", "--reporter=line")
					cmd.Dir, cmd.Env = dir, append(slices.Clone(env), more...)
					out, err := cmd.CombinedOutput()
					require.NoError(t, err, "%s\n%s", out, exported)
					return string(out)
				}
				before := len(con.Changes())
				assert.Contains(t, test(), "1 skipped", "it stops before its commit")
				assert.Len(t, con.Changes(), before)
				assert.Contains(t, test("ALLOW_COMMIT=1"), "1 passed")
				u, _ := con.UserByEmail(c.inputs["email"])
				assert.True(t, c.stored(u), "%+v", u)
				assert.Len(t, con.Changes(), before+1)
			})
		}
	}
}
