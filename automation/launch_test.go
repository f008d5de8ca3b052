package automation_test

import (
	"bytes"
	"context"
	"io/fs"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/automation/automationtest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// processesOf lists the processes whose command line names a folder.
func processesOf(t *testing.T, folder string) []string {
	t.Helper()
	dirs, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	var found []string
	for _, f := range dirs {
		line, err := os.ReadFile(f)
		if err == nil && bytes.Contains(line, []byte(folder)) {
			found = append(found, strings.ReplaceAll(string(line), "\x00", " "))
		}
	}
	return found
}

func leavesNothing(t *testing.T, folder string) {
	t.Helper()
	require.Eventually(t, func() bool {
		left, err := os.ReadDir(folder)
		return err == nil && len(left) == 0 && len(processesOf(t, folder)) == 0
	}, 20*time.Second, 20*time.Millisecond, "processes or files of the browser are left")
}

func TestCloseLeavesNothing(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := launch(t, automation.Options{ProfileDir: dir})
	require.NotEmpty(t, processesOf(t, dir))
	require.NoError(t, b.Close())
	leavesNothing(t, dir)
	require.NoError(t, b.Close(), "closing again is harmless")
}

// TestCloseWaitsForWhatEventsBegan closes a browser while a request that it holds is being decided.
func TestCloseWaitsForWhatEventsBegan(t *testing.T) {
	t.Parallel()
	var slow atomic.Bool
	var deciding atomic.Int32
	b := launch(t, automation.Options{Observer: func(c automation.Call) error {
		if c.Method == "Fetch.continueRequest" && slow.Load() {
			deciding.Add(1)
			defer deciding.Add(-1)
			time.Sleep(2 * time.Second)
		}
		return nil
	}})
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`<!doctype html><body><script>setInterval(() => {
			if (top === window) document.body.append(Object.assign(document.createElement('iframe'), {src: '/frame'}));
		}, 200);</script>`))
	}))
	t.Cleanup(srv.Close)
	s, err := b.NewSession(t.Context(), []string{"127.0.0.1"})
	require.NoError(t, err)
	page, err := s.NewPage(t.Context())
	require.NoError(t, err)
	require.NoError(t, page.Open(t.Context(), srv.URL))
	slow.Store(true)
	require.Eventually(t, func() bool { return deciding.Load() > 0 }, 10*time.Second, 10*time.Millisecond)
	require.NoError(t, b.Close())
	assert.Zero(t, deciding.Load(), "something goes on though the browser is closed")
}

// TestMain lets this binary stand in for an agent that is killed.
func TestMain(m *testing.M) {
	if dir := os.Getenv("TEST_AGENT"); dir != "" {
		b, err := automation.Find("", false)
		if err == nil {
			_, err = automation.Launch(context.Background(), automation.Options{Binary: b, ProfileDir: dir})
		}
		if err != nil {
			os.Stderr.WriteString(err.Error())
			os.Exit(1)
		}
		os.Stdout.WriteString("up\n")
		select {}
	}
	os.Exit(automationtest.Main(m))
}

func TestAKilledAgentLeavesNothing(t *testing.T) {
	t.Parallel()
	moments := []time.Duration{-1, 0, 150 * time.Millisecond}
	for ms := 20; ms < 100; ms += 10 { // about when the folder is made and the browser started
		moments = append(moments, time.Duration(ms)*time.Millisecond)
	}
	for _, after := range moments {
		t.Run(after.String(), func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), "TEST_AGENT="+dir)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			if after < 0 { // once it is up
				_, err = out.Read(make([]byte, 3))
				require.NoError(t, err)
			} else {
				time.Sleep(after)
			}
			require.NoError(t, cmd.Process.Signal(syscall.SIGKILL))
			_ = cmd.Wait()
			leavesNothing(t, dir)
		})
	}
}

func TestABrowserThatDiesIsNoticed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	b := launch(t, automation.Options{ProfileDir: dir})
	s, err := b.NewSession(t.Context(), []string{"127.0.0.1"})
	require.NoError(t, err)
	for _, f := range must(filepath.Glob("/proc/[0-9]*/cmdline")) {
		line, err := os.ReadFile(f)
		if err == nil && bytes.Contains(line, []byte(dir)) && bytes.Contains(line, []byte("--remote-debugging-pipe")) && !bytes.Contains(line, []byte("/bin/sh")) {
			pid, err := strconv.Atoi(filepath.Base(filepath.Dir(f)))
			require.NoError(t, err)
			_ = syscall.Kill(pid, syscall.SIGKILL) // its parent may have taken it along already
		}
	}
	select {
	case <-b.Gone():
	case <-time.After(20 * time.Second):
		t.Fatal("nobody noticed")
	}
	_, err = s.NewPage(t.Context())
	require.ErrorIs(t, err, automation.ErrBrowserGone)
	require.NoError(t, b.Close())
	leavesNothing(t, dir)
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func TestLeftoversOfAPowerCutAreSwept(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	old := filepath.Join(dir, "billagent-profile-old")
	require.NoError(t, os.Mkdir(old, 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(old, "guardian.pid"), []byte("4194305"), 0o600)) // beyond the largest process id
	foreign := filepath.Join(dir, "something-else")
	require.NoError(t, os.Mkdir(foreign, 0o700))
	hourAgo := time.Now().Add(-time.Hour)
	require.NoError(t, os.Chtimes(old, hourAgo, hourAgo))
	require.NoError(t, os.Chtimes(foreign, hourAgo, hourAgo))
	launch(t, automation.Options{ProfileDir: dir})
	assert.NoDirExists(t, old)
	assert.DirExists(t, foreign)
}

func TestABrowserThatDoesNotStartSaysWhy(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	script := filepath.Join(dir, "browser")
	require.NoError(t, os.WriteFile(script, []byte("#!/bin/sh\necho no display here >&2\nexit 3\n"), 0o700))
	profiles := t.TempDir()
	_, err := automation.Launch(t.Context(), automation.Options{Binary: automation.Binary{Path: script}, ProfileDir: profiles})
	require.ErrorIs(t, err, automation.ErrBrowserGone)
	assert.Contains(t, err.Error(), "no display here")
	leavesNothing(t, profiles)
}

func TestAProfileFolderThatCannotBeMadeIsNamed(t *testing.T) {
	t.Parallel()
	_, err := automation.Launch(t.Context(), automation.Options{ProfileDir: filepath.Join(t.TempDir(), "absent")})
	var file *fs.PathError
	require.ErrorAs(t, err, &file)
	assert.Contains(t, err.Error(), "making the profile folder")
	assert.Contains(t, err.Error(), "absent")
}

func TestFindNamesWhatItLookedFor(t *testing.T) {
	_, err := automation.Find("/nowhere/chrome", false)
	require.ErrorIs(t, err, automation.ErrNoBrowser)
	assert.Contains(t, err.Error(), "/nowhere/chrome")
}

func BenchmarkLaunch(b *testing.B) {
	for b.Loop() {
		br := launch(b, automation.Options{ProfileDir: b.TempDir()})
		if err := br.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
