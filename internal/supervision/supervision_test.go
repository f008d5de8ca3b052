package supervision_test

import (
	"context"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/supervision"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheSupervisorIsToldWhatTheDaemonSays stands in for systemd.
func TestTheSupervisorIsToldWhatTheDaemonSays(t *testing.T) {
	t.Parallel()
	dir, err := os.MkdirTemp("", "sd") // short: a socket's path may have 108 bytes
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, os.RemoveAll(dir)) })
	at := filepath.Join(dir, "notify")
	l, err := net.ListenUnixgram("unixgram", &net.UnixAddr{Name: at, Net: "unixgram"})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, l.Close()) })
	heard := func(within time.Duration) string {
		require.NoError(t, l.SetReadDeadline(time.Now().Add(within)))
		var said [100]byte
		n, err := l.Read(said[:])
		if err != nil {
			return ""
		}
		return string(said[:n])
	}
	var alive atomic.Bool
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		supervision.Supervisor{Socket: at, Within: 30 * time.Millisecond}.Tell(ctx, alive.Load, slog.New(slog.DiscardHandler))
	}()
	assert.Empty(t, heard(300*time.Millisecond), "it is not ready before the daemon says so")
	alive.Store(true)
	assert.Equal(t, "READY=1", heard(20*time.Second))
	for range 3 {
		assert.Equal(t, "WATCHDOG=1", heard(20*time.Second))
	}
	alive.Store(false)
	for heard(500*time.Millisecond) != "" { // those that were said before
	}
	assert.Empty(t, heard(300*time.Millisecond), "a daemon that is not alive is not said to be")
	cancel()
	assert.Equal(t, "STOPPING=1", heard(20*time.Second))
	<-done
}

func TestTheEnvironmentNamesTheSupervisor(t *testing.T) {
	t.Parallel()
	env := map[string]string{}
	of := func() supervision.Supervisor { return supervision.Of(func(name string) string { return env[name] }, 7) }
	assert.Equal(t, supervision.Supervisor{}, of())
	env["NOTIFY_SOCKET"], env["WATCHDOG_USEC"] = "@abstract", "60000000"
	assert.Equal(t, supervision.Supervisor{Socket: "@abstract", Within: time.Minute}, of())
	env["WATCHDOG_PID"] = "8"
	assert.Equal(t, supervision.Supervisor{Socket: "@abstract"}, of(), "another process is meant")
	env["WATCHDOG_PID"] = "7"
	assert.Equal(t, time.Minute, of().Within)
	supervision.Supervisor{}.Tell(t.Context(), func() bool { return true }, nil)
}
