package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/seal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestASessionIsHandedOnAndTakenOver goes from one saved session to another through the file of Playwright. That
// the secret is in no other file is looked for by the clean-up of tenantOf.
func TestASessionIsHandedOnAndTakenOver(t *testing.T) {
	t.Parallel()
	_, file := tenantOf(t, console.Options{Layout: "neo", Users: 4})
	state := filepath.Join(t.TempDir(), "state.json")
	run := func(args ...string) output { return command(t, append([]string{"--config", file}, args...)...) }
	require.NotZero(t, run("session", "export", state, "--yes").code, "there is none yet")
	require.NoFileExists(t, state)
	require.Zero(t, run("login").code)
	home := decode[sessionInfo](t, run("session", "status", "-o", "json").stdout).Home
	require.NotEmpty(t, home)

	refused := run("session", "export", state)
	require.Equal(t, 1, refused.code)
	assert.Contains(t, refused.stderr, "whoever has the file is signed in")
	require.NoFileExists(t, state)
	exported := run("session", "export", state, "--yes")
	require.Zero(t, exported.code, exported.stderr)
	assert.Contains(t, exported.stderr, "delete it")
	info, err := os.Stat(state)
	require.NoError(t, err)
	assert.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	assert.Equal(t, 1, run("session", "export", state, "--yes").code, "nothing is overwritten")

	data, err := os.ReadFile(state)
	require.NoError(t, err)
	var kept struct {
		Cookies []struct{ Name, Value string }
	}
	require.NoError(t, json.Unmarshal(data, &kept))
	require.NotEmpty(t, kept.Cookies)
	for _, c := range kept.Cookies {
		assert.NotContains(t, exported.stdout+exported.stderr, c.Value, c.Name)
	}

	require.Zero(t, run("logout").code)
	require.False(t, decode[sessionInfo](t, run("session", "status", "-o", "json").stdout).Saved)
	taken := run("session", "import", state, "--home", home)
	require.Zero(t, taken.code, taken.stderr)
	assert.True(t, sealed(t, file).Adopted)
	status := run("session", "status", "--check", "-o", "json")
	require.Zero(t, status.code, status.stderr)
	held := decode[sessionInfo](t, status.stdout)
	require.NotNil(t, held.Alive)
	assert.True(t, *held.Alive)
	assert.Equal(t, home, held.Home)
	assert.False(t, sealed(t, file).Adopted, "from its first use on it is a session as any other")
	require.Zero(t, run("users", "get", console.RobotEmail).code, "it is used without signing in")
	for _, c := range kept.Cookies {
		assert.NotContains(t, taken.stdout+taken.stderr+status.stderr, c.Value, c.Name)
	}
}

// sealed is what is kept of the session, opened with the key beside it.
func sealed(t *testing.T, config string) (kept struct{ Adopted bool }) {
	t.Helper()
	box, err := seal.New(filepath.Join(filepath.Dir(config), "state", "sessions"), "")
	require.NoError(t, err)
	data, err := box.Get("demo")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &kept))
	return kept
}

func TestASessionIsTakenOverOnlyFromAStorageStateOfTheTenant(t *testing.T) {
	t.Parallel()
	_, file := tenantOf(t, console.Options{Layout: "neo", Users: 4})
	state := filepath.Join(t.TempDir(), "state.json")
	for name, c := range map[string]struct{ text, home, why string }{
		"no JSON":               {`{"cookies": [{"name": "hunter2`, "", "JSON"},
		"an unknown key":        {`{"cookies": [], "hunter2": 1}`, "", "unknown key"},
		"a value of wrong type": {`{"cookies": [{"name": "a", "value": "hunter2", "domain": "app.localhost", "path": "/", "expires": "hunter2"}]}`, "", "cookie 1: expires"},
		"no home":               {`{"cookies": [{"name": "a", "value": "hunter2", "domain": "app.localhost", "path": "/"}]}`, "", "where it leads"},
		"another host's home":   {`{"cookies": [{"name": "a", "value": "hunter2", "domain": "app.localhost", "path": "/"}]}`, "https://evil.example/", "none of the tenant's hosts"},
		"other hosts' cookies":  {`{"cookies": [{"name": "a", "value": "hunter2", "domain": ".evil.example", "path": "/"}]}`, "http://app.localhost/", "none of its cookies"},
		"what has expired":      {`{"cookies": [{"name": "a", "value": "hunter2", "domain": "app.localhost", "path": "/", "expires": 5}]}`, "http://app.localhost/", "none of its cookies"},
	} {
		require.NoError(t, os.WriteFile(state, []byte(c.text), 0o600))
		got := command(t, "--config", file, "session", "import", state, "--home", c.home)
		assert.Equal(t, 1, got.code, name)
		assert.Contains(t, got.stderr, c.why, name)
		assert.NotContains(t, strings.ReplaceAll(got.stderr, `unknown key "hunter2"`, ""), "hunter2", name)
	}
	assert.False(t, decode[sessionInfo](t, command(t, "--config", file, "session", "status", "-o", "json").stdout).Saved)
}
