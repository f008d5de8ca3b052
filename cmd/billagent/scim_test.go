package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// byPath writes the configuration of an enterprise console once for each path, over the same state.
func byPath(t *testing.T, o console.Options) (con *console.Console, scim, browser string) {
	t.Helper()
	o.Enterprise = true
	con, auto := tenantOf(t, o)
	return con, withPath(t, auto, "scim"), withPath(t, auto, "browser")
}

func TestOneDirectoryByBothPaths(t *testing.T) {
	t.Parallel()
	layouts := []string{"neo3"}
	if useropstest.All() {
		layouts = console.Layouts
	}
	for _, layout := range layouts {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			con, scim, browser := byPath(t, console.Options{Layout: layout, Users: 40})
			run := func(file string, args ...string) output {
				out := command(t, append([]string{"--config", file, "-o", "json"}, args...)...)
				require.Equal(t, 0, out.code, out.stdout+out.stderr)
				return out
			}
			lists := func() (a, b map[string]any) {
				return decode[map[string]any](t, run(scim, "users", "list", "--status", "all").stdout), decode[map[string]any](t, run(browser, "users", "list", "--status", "all").stdout)
			}
			a, b := lists()
			assert.Equal(t, "scim", a["path"])
			assert.Equal(t, "browser", b["path"])
			for _, differs := range []string{"path", "layout", "selector_version", "observed_at"} {
				require.Contains(t, a, differs)
				delete(a, differs)
				delete(b, differs)
			}
			assert.Equal(t, b, a)

			run(scim, "users", "invite", "by.scim@acme.example", "--first-name", "Ève", "--last-name", "O'Moss", "--role", "Clerk")
			run(browser, "users", "invite", "by.browser@acme.example", "--first-name", "Adam", "--last-name", "Moss", "--role", "Payer")
			assert.Equal(t, "Clerk", decode[userops.User](t, run(browser, "users", "get", "by.scim@acme.example").stdout).Role)
			assert.Equal(t, "Payer", decode[userops.User](t, run(scim, "users", "get", "by.browser@acme.example").stdout).Role)
			run(scim, "users", "deactivate", "by.browser@acme.example")
			run(browser, "users", "set-role", "by.scim@acme.example", "--role", "Auditor")
			assert.Equal(t, userops.Inactive, decode[userops.User](t, run(browser, "users", "get", "by.browser@acme.example").stdout).Status)
			assert.Equal(t, "Auditor", decode[userops.User](t, run(scim, "users", "get", "by.scim@acme.example").stdout).Role)
			a, b = lists()
			assert.Equal(t, b["users"], a["users"])
			u, _ := con.UserByEmail("by.browser@acme.example")
			assert.Equal(t, console.Inactive, u.Status)
		})
	}
}

func TestBothPathsShareJournalGuardsAndAudit(t *testing.T) {
	t.Parallel()
	con, scim, browser := byPath(t, console.Options{Users: 30})
	run := func(want int, args ...string) output {
		t.Helper()
		out := command(t, append([]string{"--config", scim, "-o", "json"}, args...)...)
		require.Equal(t, want, out.code, out.stdout+out.stderr)
		return out
	}
	result := func(want int, args ...string) userops.Result {
		t.Helper()
		return decode[userops.Result](t, run(want, args...).stdout)
	}
	var people []string
	for _, u := range con.Users() {
		if u.Status == console.Active && u.Role != "Administrator" {
			people = append(people, u.Email)
		}
	}
	before := con.Users()
	r := result(0, "users", "deactivate", people[0], "--dry-run")
	assert.True(t, r.DryRun)
	assert.Equal(t, before, con.Users())
	run(0, "freeze", "--reason", "a test")
	assert.Equal(t, userops.Refused, result(3, "users", "deactivate", people[0]).Outcome)
	run(0, "thaw")
	assert.Equal(t, userops.Refused, result(3, "users", "deactivate", console.RobotEmail).Outcome)
	assert.Equal(t, before, con.Users())

	// What the one path has done within the hour counts for the other.
	for _, p := range people[:4] {
		assert.Equal(t, "scim", result(0, "users", "deactivate", p).Path)
	}
	out := command(t, append([]string{"--config", browser, "-o", "ndjson", "users", "deactivate"}, people[4:8]...)...)
	require.Equal(t, 3, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stderr+out.stdout, "more deactivations than allowed")
	assert.Len(t, con.Changes(), 4)

	ops := run(0, "ops", "list").stdout
	assert.Contains(t, ops, `"path": "scim"`)
	run(0, "audit", "verify")
	export := filepath.Join(t.TempDir(), "audit")
	run(0, "audit", "export", "--from", "2020-01-01", "--to", "2100-01-01", "--out", export)
	found, err := filepath.Glob(filepath.Join(export, "*", "exchanges.jsonl"))
	require.NoError(t, err)
	if len(found) == 0 {
		found, err = filepath.Glob(filepath.Join(export, "*", "*", "exchanges.jsonl"))
		require.NoError(t, err)
	}
	assert.Len(t, found, 5, "four changes and a rehearsal")
}

func TestTenantShowAndCheck(t *testing.T) {
	t.Parallel()
	_, scim, browser := byPath(t, console.Options{Users: 5})
	auto := filepath.Join(filepath.Dir(scim), "config.yaml")
	for file, path := range map[string]string{scim: "scim", browser: "browser", auto: "scim"} {
		out := command(t, "--config", file, "tenant", "show", "-o", "json")
		require.Equal(t, 0, out.code, out.stderr)
		shown := decode[tenant.Facts](t, out.stdout)
		require.Len(t, shown.Routes, 6)
		for _, r := range shown.Routes {
			assert.Equal(t, path, r.Path)
			assert.NotEmpty(t, r.Why)
		}
		out = command(t, "--config", file, "tenant", "check")
		require.Equal(t, 0, out.code, out.stdout+out.stderr)
		assert.Contains(t, out.stdout, "ok      "+path)
		assert.NotContains(t, out.stdout, "failed")
	}
	require.NoError(t, os.Remove(auto+".token"))
	out := command(t, "--config", scim, "tenant", "check", "-o", "json")
	require.Equal(t, 2, out.code)
	assert.Contains(t, out.stdout, `"ok": false`)
	assert.Contains(t, out.stdout, "scim.auth")
	for _, args := range [][]string{{"login"}, {"session", "status"}, {"logout"}} {
		out := command(t, append([]string{"--config", scim}, args...)...)
		assert.Equal(t, 1, out.code)
		assert.Contains(t, out.stderr, "SCIM alone")
	}
}
