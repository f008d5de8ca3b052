package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// heldCommit is a configuration whose console is behind a proxy, which lets no change through nor answers it as long
// as the test runs, and tells at the first that it has come.
func heldCommit(t *testing.T) (file string, came <-chan struct{}, writes *atomic.Int64) {
	t.Helper()
	con, scim, _ := byPath(t, console.Options{Users: 14})
	to, err := url.Parse(con.SCIMURL())
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host, r.Out.Host = to.Scheme, to.Host, r.In.Host
	}}
	at, over, writes := make(chan struct{}), make(chan struct{}), &atomic.Int64{}
	before := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodGet {
			if writes.Add(1) == 1 {
				close(at)
			}
			<-over
			return
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(before.Close)
	t.Cleanup(func() { close(over) }) // before the server is closed, which waits for its answers
	text, err := os.ReadFile(scim)
	require.NoError(t, err)
	behind := strings.Replace(string(text), to.Scheme+"://"+to.Host, before.URL, 1)
	require.NotEqual(t, string(text), behind)
	behind = strings.Replace(behind, "\n  demo:\n", "\n  demo:\n    read_back: 1s\n", 1)
	file = filepath.Join(t.TempDir(), "behind.yaml")
	require.NoError(t, os.WriteFile(file, []byte(behind), 0o600))
	return file, at, writes
}

// supervised starts the program as a service manager does, and returns what waits for what it says.
func supervised(t *testing.T, args ...string) (process *exec.Cmd, said func(what string)) {
	t.Helper()
	dir, err := os.MkdirTemp("", "sd") // short: a socket's path may have 108 bytes
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(dir)) })
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: filepath.Join(dir, "notify"), Net: "unixgram"})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, l.Close()) })
	process = exec.CommandContext(t.Context(), os.Args[0], args...)
	process.Env = append(os.Environ(), "TEST_PROGRAM=1", "NOTIFY_SOCKET="+filepath.Join(dir, "notify"), "WATCHDOG_USEC=300000")
	require.NoError(t, process.Start())
	return process, func(what string) {
		t.Helper()
		require.NoError(t, l.SetReadDeadline(time.Now().Add(time.Minute)))
		for {
			var text [100]byte
			n, err := l.Read(text[:])
			require.NoError(t, err, "it does not say %s", what)
			if string(text[:n]) == what {
				return
			}
		}
	}
}

// TestASecondSignalEndsTheDaemonAtOnce stops a daemon while a change is at its commit, which waits for it, and then stops it
// again, which does not. The next process settles what was under way, and does not do it again.
func TestASecondSignalEndsTheDaemonAtOnce(t *testing.T) {
	t.Parallel()
	file, came, writes := heldCommit(t)
	daemon, said := supervised(t, "--config", file, "serve")
	said("READY=1")
	said("WATCHDOG=1")
	run := func(code int, args ...string) output {
		t.Helper()
		out := command(t, append([]string{"--config", file}, args...)...)
		require.Equal(t, code, out.code, out.stderr)
		return out
	}
	id := decode[journal.Schedule](t, run(0, "offboard", "ann@acme.example", "--now", "--reason", "HR-1", "-o", "json").stdout).ID
	<-came
	require.NoError(t, daemon.Process.Signal(syscall.SIGTERM))
	said("STOPPING=1")
	one := decode[journal.Schedule](t, run(0, "offboard", "show", id, "-o", "json").stdout)
	require.Equal(t, journal.Underway, one.State, "what is under way may end")
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = daemon.Wait() // its state says how it ended
	}()
	again := time.NewTicker(50 * time.Millisecond) // the first may not have been seen to its end
	defer again.Stop()
	for over := false; !over; {
		select {
		case <-ended:
			over = true
		case <-again.C:
			_ = daemon.Process.Signal(syscall.SIGTERM) // it may have ended
		}
	}
	status, ok := daemon.ProcessState.Sys().(syscall.WaitStatus)
	require.True(t, ok)
	assert.True(t, status.Signaled(), "it has ended by itself, with %d", status.ExitStatus())

	results := decode[[]userops.Result](t, run(5, "run-due", "-o", "json").stdout)
	require.Len(t, results, 1)
	assert.Equal(t, userops.Unknown, results[0].Outcome)
	assert.Equal(t, int64(1), writes.Load(), "it is not done again")
	one = decode[journal.Schedule](t, run(0, "offboard", "show", id, "-o", "json").stdout)
	assert.Equal(t, journal.Parked, one.State)
	run(0, "run-due")
	assert.Equal(t, int64(1), writes.Load())
}
