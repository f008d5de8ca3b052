package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestOperationsGuardsAndAudit(t *testing.T) {
	t.Parallel()
	con, file, browser := byPath(t, console.Options{Layout: "neo", Users: 12})
	for _, f := range []string{file, browser} {
		require.NoError(t, os.WriteFile(f, append(must1(os.ReadFile(f)), "protected: [\"*@acme.example.org\"]\n"...), 0o600))
	}
	run := func(args ...string) output { return command(t, append([]string{"--config", file}, args...)...) }
	status := func(email string) string {
		u, ok := con.UserByEmail(email)
		require.True(t, ok)
		return u.Status
	}

	out := command(t, "--config", browser, "-o", "json", "users", "deactivate", "--dry-run", "ann@acme.example")
	require.Equal(t, 0, out.code, out.stderr)
	rehearsed := decode[userops.Result](t, out.stdout)
	assert.True(t, rehearsed.DryRun)
	assert.Equal(t, userops.Halted, rehearsed.Outcome)
	assert.FileExists(t, filepath.Join(rehearsed.Evidence, "01-before-commit.png"))
	assert.Equal(t, console.Active, status("ann@acme.example"))

	out = command(t, "--config", browser, "-o", "json", "users", "deactivate", "--dry-run=through", "ann@acme.example")
	require.Equal(t, 0, out.code, out.stderr)
	rehearsed = decode[userops.Result](t, out.stdout)
	assert.True(t, rehearsed.DryRun)
	require.Len(t, rehearsed.WouldSend, 1, "what the press would have sent is shown")
	assert.Contains(t, rehearsed.WouldSend[0].Request, "/deactivate")
	assert.Equal(t, console.Active, status("ann@acme.example"))
	assert.Empty(t, con.Changes())
	out = command(t, "--config", browser, "users", "deactivate", "--dry-run=twice", "ann@acme.example")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "--dry-run=through")

	require.Equal(t, 1, run("freeze").code, "a freeze needs a reason")
	require.Equal(t, 0, run("freeze", "--reason", "drill").code)
	out = run("users", "deactivate", "ann@acme.example")
	assert.Equal(t, 3, out.code)
	assert.Contains(t, out.stdout, "drill")
	assert.Contains(t, run("freeze", "--list").stdout, "drill")
	require.Equal(t, 0, run("thaw").code)

	out = run("users", "deactivate", "ann@acme.example.org")
	assert.Equal(t, 3, out.code)
	assert.Contains(t, out.stdout, "protected")

	batch := []string{"ann@acme.example", "joann@acme.example", "fiona.approver@acme.example", "clerk@acme.example"}
	out = run(append([]string{"users", "deactivate", "-o", "ndjson"}, batch...)...)
	assert.Equal(t, 3, out.code, out.stderr)
	assert.Equal(t, 4, strings.Count(out.stdout, `"outcome":"refused"`), "over the limit nothing of the run is done")
	for _, e := range batch {
		assert.Equal(t, console.Active, status(e))
	}
	require.Equal(t, 1, run("users", "deactivate", "--limit", "4", "ann@acme.example").code, "a limit needs a reason")
	out = run(append([]string{"users", "deactivate", "--limit", "4", "--reason", "the office closes", "--on-behalf-of", "hr"}, batch...)...)
	require.Equal(t, 0, out.code, out.stdout)
	for _, e := range batch {
		assert.Equal(t, console.Inactive, status(e))
	}

	ops := decode[[]journal.Operation](t, run("ops", "list", "--outcome", "done", "-o", "json").stdout)
	require.Len(t, ops, 4)
	assert.Equal(t, "hr", ops[0].OnBehalfOf)
	out = run("ops", "show", ops[0].ID)
	require.Equal(t, 0, out.code)
	for _, want := range []string{"clerk@acme.example", "done", "commit", "hr"} {
		assert.Contains(t, out.stdout, want)
	}
	assert.Contains(t, run("ops", "show", rehearsed.Op).stdout, "before-commit.png")
	assert.Equal(t, 1, run("ops", "show", "nothing").code)
	assert.Contains(t, run("ops", "resume").stdout, "nothing was left open")
	assert.Equal(t, 1, run("ops", "list", "--since", "yesterday").code)

	export := filepath.Join(t.TempDir(), "export")
	require.Equal(t, 0, run("audit", "export", "--out", export).code)
	assert.FileExists(t, filepath.Join(export, "index.html"))
	out = run("audit", "verify")
	require.Equal(t, 0, out.code, out.stdout)
	assert.Contains(t, out.stdout, "0 findings")
	log := filepath.Join(filepath.Dir(file), "state", "audit", "log.jsonl")
	data, err := os.ReadFile(log)
	require.NoError(t, err)
	assert.Contains(t, string(data), "the office closes")
	require.NoError(t, os.WriteFile(log, []byte(strings.Replace(string(data), "the office closes", "the office stays", 1)), 0o600))
	out = run("audit", "verify", "-o", "json")
	assert.Equal(t, 1, out.code)
	assert.NotEmpty(t, decode[audit.Report](t, out.stdout).Findings)

	assert.Contains(t, run("evidence", "prune").stdout, "0 folders of evidence removed")
	assert.Equal(t, 1, command(t, "--config", file, "audit", "key", file).code, "nothing is overwritten")
}

func must1(b []byte, err error) []byte {
	if err != nil {
		panic(err)
	}
	return b
}
