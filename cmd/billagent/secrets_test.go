package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/secret/secrettest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestNoSecretIsLeftBehind runs the program through success and failure on two unlike layouts with everything
// logged, and looks for the password, the authenticator's secret, codes, cookies and keys in whatever it wrote and
// in the arguments of every process it started.
func TestNoSecretIsLeftBehind(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{"classic", "neo3"} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			con, file := tenantOf(t, console.Options{Layout: layout, Users: 12})
			dir := filepath.Dir(file)
			var written bytes.Buffer
			run := func(args ...string) {
				cmd := exec.CommandContext(t.Context(), os.Args[0], append([]string{"--config", file, "--log-level", "debug"}, args...)...)
				cmd.Env = append(os.Environ(), "TEST_PROGRAM=1")
				cmd.Stdout, cmd.Stderr = &written, &written
				require.NoError(t, cmd.Start())
				done := make(chan error, 1)
				go func() { done <- cmd.Wait() }()
				for {
					select {
					case <-done: // with whatever exit status: failures leak, too
						return
					default:
						arguments(t, console.RobotPassword, console.RobotSecret)
					}
				}
			}
			run("users", "deactivate", "ann@acme.example")
			run("users", "invite", "new@acme.example", "--first-name", "N", "--last-name", "N", "--role", "Emperor")
			con.EndSessions()
			con.ForgetDevices()
			require.NoError(t, con.AddFault(console.Fault{Name: "code-refused"}))
			run("users", "get", "ann@acme.example") // fails at the code, with the page kept as evidence
			con.ClearFaults()
			con.LockAccount(console.RobotEmail)
			run("users", "get", "ann@acme.example")
			run("audit", "export", "--out", filepath.Join(dir, "export"))

			secrets := map[string]string{"the password": console.RobotPassword, "the authenticator's secret": console.RobotSecret}
			for i, s := range con.Secrets() {
				secrets["a session's secret "+fmt.Sprint(i)] = s
			}
			for _, f := range []string{"audit/signing-key", "sessions/session.key"} {
				data, err := os.ReadFile(filepath.Join(dir, "state", f))
				require.NoError(t, err)
				secrets["the key "+f] = strings.TrimSpace(string(data))
			}
			require.Greater(t, len(secrets), 5)
			for name, secret := range secrets {
				assert.NotContains(t, written.String(), secret, name)
			}
			secrettest.Scan(t, dir, secrets, ".password", ".authenticator", "audit/signing-key", "sessions/session.key")
		})
	}
}

// arguments looks at the arguments of every process there is.
func arguments(t *testing.T, secrets ...string) {
	t.Helper()
	lines, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, f := range lines {
		line, err := os.ReadFile(f)
		if err != nil { // it has ended
			continue
		}
		for _, s := range secrets {
			require.NotContains(t, string(line), s, "a secret is among the arguments of a process")
		}
	}
}
