package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/secret/secrettest"
	"github.com/stretchr/testify/require"
)

// TestMain lets this binary stand in for the program, for tests that kill it.
func TestMain(m *testing.M) {
	if os.Getenv("TEST_PROGRAM") != "" {
		os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
	}
	os.Exit(automationtest.Main(m))
}

// output is what one command left behind.
type output struct {
	code           int
	stdout, stderr string
}

func command(t *testing.T, args ...string) output {
	t.Helper()
	return commandWith(t, t.Context(), "", args...)
}

func commandWith(t *testing.T, ctx context.Context, stdin string, args ...string) output {
	t.Helper()
	var out, err bytes.Buffer
	code := lending(strings.NewReader(stdin), &out, &err).execute(ctx, args)
	for _, secret := range []string{console.RobotPassword, console.RobotSecret, console.SCIMToken} {
		if args[0] != "console" && args[0] != "demo" {
			require.NotContains(t, out.String()+err.String(), secret)
		}
	}
	return output{code, out.String(), err.String()}
}

// today is the day that tests have for what is written: not the calendar's, so that whoever asks that is found out,
// whatever the time.
const today = "2031-05-07"

// lending is the program in a browser that other tests use before and after it, each in a session of its own.
func lending(stdin io.Reader, stdout, stderr io.Writer) *app {
	return &app{stdin: stdin, stdout: stdout, stderr: stderr, day: today, lend: automationtest.Lend}
}

// tenantOf starts a console and returns it with the configuration for it.
func tenantOf(t *testing.T, o console.Options) (*console.Console, string) {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	return configured(t, o)
}

// scimTenant is a tenant by SCIM, for what is not about the browser: a change takes milliseconds there, and two seconds
// of a processor in a browser.
func scimTenant(t *testing.T, o console.Options) (*console.Console, string) {
	t.Helper()
	o.Enterprise = true
	con, auto := configured(t, o)
	return con, withPath(t, auto, "scim")
}

// withPath is a configuration over the same state with another path.
func withPath(t *testing.T, auto, path string) string {
	t.Helper()
	text, err := os.ReadFile(auto)
	require.NoError(t, err)
	name := filepath.Join(filepath.Dir(auto), path+".yaml")
	require.NoError(t, os.WriteFile(name, bytes.Replace(text, []byte("path: auto"), []byte("path: "+path), 1), 0o600))
	return name
}

func configured(t *testing.T, o console.Options) (*console.Console, string) {
	t.Helper()
	con, err := console.Start(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, con.Close()) })
	dir := t.TempDir()
	file := filepath.Join(dir, "config.yaml")
	_, err = writeConsoleConfig(file, con, filepath.Join(dir, "state"))
	require.NoError(t, err)
	t.Cleanup(func() { noSecrets(t, con, dir) })
	return con, file
}

// noSecrets looks through everything that a test has left, before it is removed.
func noSecrets(t *testing.T, con *console.Console, dir string) {
	secrets := map[string]string{"the password": console.RobotPassword, "the authenticator's secret": console.RobotSecret, "the SCIM token": console.SCIMToken}
	for i, s := range con.Secrets() {
		secrets[fmt.Sprint("token ", i, " of the console")] = s
	}
	for _, f := range []string{"audit/signing-key", "sessions/session.key"} {
		if data, err := os.ReadFile(filepath.Join(dir, "state", f)); err == nil {
			secrets["the key "+f] = strings.TrimSpace(string(data))
		}
	}
	secrettest.Scan(t, dir, secrets, ".password", ".authenticator", ".token", "audit/signing-key", "sessions/session.key")
}

func decode[T any](t *testing.T, text string) T {
	t.Helper()
	var v T
	require.NoError(t, json.Unmarshal([]byte(text), &v), text)
	return v
}

func write(t *testing.T, text string) string {
	t.Helper()
	p := filepath.Join(t.TempDir(), "people.csv")
	require.NoError(t, os.WriteFile(p, []byte(text), 0o600))
	return p
}
