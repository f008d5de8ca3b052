package main

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheDemonstrationIsSoOnEveryLayout(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	t.Parallel()
	layouts := []string{"classic"} // neo3 is what .ci/run shows
	if useropstest.All() {
		layouts = console.Layouts
	}
	for _, layout := range layouts {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			out := command(t, "demo", "--layout", layout)
			require.Equal(t, 0, out.code, out.stdout+out.stderr)
			for _, s := range []string{"done       invite eve.moss@acme.example", "done       deactivate ann@acme.example", "active → inactive", "+  eve.moss@acme.example", "~  ann@acme.example", layout + "-2026-09", "all of this is so"} {
				assert.Contains(t, out.stdout, s)
			}
			work := regexp.MustCompile(`evidence: (\S+)/evidence\n`).FindStringSubmatch(out.stdout)
			require.NotNil(t, work)
			left, err := os.ReadDir(work[1])
			require.NoError(t, err)
			require.Len(t, left, 1, "evidence alone is left")
			require.NoError(t, os.RemoveAll(work[1]))
		})
	}
}

func TestTheDemonstrationFailsWhenSomethingIsNotSo(t *testing.T) {
	t.Parallel()
	s := &show{app: &app{stdout: &bytes.Buffer{}, live: &live{}}}
	con, err := console.Start(console.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, con.Close()) })
	s.console = con
	s.judge(nil, nil, nil)
	assert.NotEmpty(t, s.wrong)
	assert.Equal(t, 5, exitCode(s.wrong[0]))
}

func TestTheConsoleWritesACompleteConfigurationAndRemovesIt(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "demo.yaml")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan output, 1)
	go func() {
		done <- commandWith(t, ctx, "", "console", "--layout", "neo", "--users", "7", "--seed", "2", "--latency", "1ms", "--fault", "slow-4s@users.newx1", "--config-out", file)
	}()
	require.Eventually(t, func() bool { _, err := os.Stat(file); return err == nil }, 10*time.Second, 5*time.Millisecond)
	_, err := config.Load(config.Source{File: file})
	require.NoError(t, err)
	cancel()
	out := <-done
	assert.Equal(t, 0, out.code, out.stderr)
	assert.Contains(t, out.stdout, "7 users")
	left, err := os.ReadDir(filepath.Dir(file))
	require.NoError(t, err)
	assert.Empty(t, left)
	for says, args := range map[string][]string{"loopback": {"--addr", "0.0.0.0:0"}, "unknown fault": {"--fault", "gremlins"}, "unknown layout": {"--layout", "retro"}, "1 to 10000": {"--users", "0"}} {
		out := command(t, append([]string{"console"}, args...)...)
		assert.Equal(t, 1, out.code)
		assert.Contains(t, out.stderr, says)
	}
}

func TestEveryCommandHasAnExample(t *testing.T) {
	t.Parallel()
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		assert.NotEmpty(t, c.Example, c.CommandPath())
		assert.NotEmpty(t, c.Short, c.CommandPath())
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk((&app{}).rootCommand())
	for _, shell := range []string{"bash", "zsh", "fish"} {
		assert.Contains(t, command(t, "completion", shell).stdout, "billagent")
	}
	assert.Contains(t, command(t, "version").stdout, "billagent ")
}

func TestTheReadmeNamesWhatThereIs(t *testing.T) {
	t.Parallel()
	readme := ""
	for _, file := range []string{"../../README.md", "README.md"} {
		data, err := os.ReadFile(file)
		require.NoError(t, err)
		readme += string(data)
	}
	for _, key := range config.Keys() {
		leaf := key[strings.LastIndexByte(key, '.')+1:]
		assert.Regexp(t, "[`.]"+leaf+"`", readme, "key %s", key)
	}
	for _, name := range append([]string{"op", "action", "outcome", "reason", "hint", "selector_version", "before", "after", "evidence", "took_ms", "observed_at", "complete", "layout"}, userColumns...) {
		assert.True(t, strings.Contains(readme, "`"+name), name)
	}
	for _, c := range (&app{}).rootCommand().Commands() {
		assert.True(t, strings.Contains(readme, c.Name()), c.Name())
	}
}

func TestConfigCheckShowsWhatIsInEffect(t *testing.T) {
	t.Parallel()
	_, file := tenantOf(t, console.Options{Users: 3})
	out := command(t, "--config", file, "--log-level", "warn", "config", "check", "-o", "json")
	require.Equal(t, 0, out.code, out.stderr)
	m := decode[map[string]string](t, out.stdout)
	assert.Equal(t, "warn", m["log.level"])
	assert.Equal(t, console.RobotEmail, m["tenants.demo.account"])
	require.NoError(t, os.WriteFile(file, []byte("tenants:\n  a: {app: nothing, account: x@y.z, password: env:P, second_factor: {secret: env:S}, organisation: {name: A}}\n"), 0o600))
	out = command(t, "--config", file, "config", "check")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, `no selector files for app "nothing"`)
	assert.NotEmpty(t, command(t, "config", "example").stdout)
}

func TestConfigCheckWarns(t *testing.T) {
	t.Parallel()
	overlay := t.TempDir()
	target := filepath.Join(overlay, "selectors", "bill")
	require.NoError(t, os.MkdirAll(target, 0o700))
	data, err := os.ReadFile("../../selectors/bill/neo-2026-09.yaml")
	require.NoError(t, err)
	const from = "    within: preferences.form\n"
	require.Contains(t, string(data), from)
	wide := strings.ReplaceAll(string(data), from, "")
	wide = strings.Replace(wide, "  preferences.form:\n    candidates: [{ css: \"form#preferences\", provenance: guessed }]\n", "", 1)
	require.NoError(t, os.WriteFile(filepath.Join(target, "neo-2026-09.yaml"), []byte(wide), 0o600))
	_, file := tenantOf(t, console.Options{Users: 3})
	out := command(t, "--config", file, "config", "check")
	require.Equal(t, 0, out.code, out.stderr)
	assert.NotContains(t, out.stderr, "warning")
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	_, err = fmt.Fprintf(f, "\noverlay: %q\n", overlay)
	require.NoError(t, err)
	require.NoError(t, f.Close())
	out = command(t, "--config", file, "config", "check")
	require.Equal(t, 0, out.code, out.stderr)
	assert.Contains(t, out.stderr, "warning: flows/bill/invite-neo.yaml:")
	assert.Contains(t, out.stderr, "preferences.save and preferences.email are looked for on the whole page")
}

// TestRunsThatAreKilledLeaveNothing runs the program again and again, a third of the time killing it at a random
// moment, and looks for what is left. TEST_RUNS sets how often.
func TestRunsThatAreKilledLeaveNothing(t *testing.T) {
	t.Parallel()
	runs := 9
	if n, err := strconv.Atoi(os.Getenv("TEST_RUNS")); err == nil {
		runs = n
	}
	_, file := tenantOf(t, console.Options{Users: 12})
	tmp := t.TempDir()
	for i := range runs {
		cmd := exec.Command(os.Args[0], "--config", file, "users", "list")
		cmd.Env = append(os.Environ(), "TEST_PROGRAM=1", "TMPDIR="+tmp)
		require.NoError(t, cmd.Start())
		if i%3 == 0 {
			time.Sleep(time.Duration(rand.IntN(2500)) * time.Millisecond)
			sig := []os.Signal{syscall.SIGKILL, syscall.SIGKILL, os.Interrupt}[i/3%3]
			_ = cmd.Process.Signal(sig) // it may have ended already
			_ = cmd.Wait()
			continue
		}
		require.NoError(t, cmd.Wait(), "run %d", i)
	}
	require.Eventually(t, func() bool {
		left, err := os.ReadDir(tmp)
		return err == nil && len(left) == 0 && len(processesNaming(t, tmp)) == 0
	}, 20*time.Second, 20*time.Millisecond, "left: %v", fmt.Sprint(processesNaming(t, tmp)))
}

func processesNaming(t *testing.T, folder string) (found []string) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	for _, f := range files {
		if line, err := os.ReadFile(f); err == nil && bytes.Contains(line, []byte(folder)) {
			found = append(found, string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}
	return found
}

// reasonTable is the manual's table of reason codes, as the code has them.
func reasonTable() string {
	var b strings.Builder
	b.WriteString("| code | meaning | what can be done |\n|---|---|---|\n")
	for _, r := range userops.Reasons() {
		fmt.Fprintf(&b, "| `%s` | %s | %s |\n", r.Code, r.Meaning, r.Remedy)
	}
	return b.String()
}

func TestTheManualHasTheReasonCodes(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("README.md")
	require.NoError(t, err)
	assert.Contains(t, string(data), reasonTable())
}
