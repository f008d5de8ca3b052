package main

import (
	"context"
	"encoding/json"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/journal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEachLineOfAnOperationSaysWhichItIs has the daemon carry out two offboardings by the browser, one of them with
// a session that has ended, and reads its log.
func TestEachLineOfAnOperationSaysWhichItIs(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo", Users: 6})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stderr lines
	done := make(chan int, 1)
	go func() {
		done <- execute(ctx, []string{"--config", file, "--log-format", "json", "--log-level", "debug", "serve"}, strings.NewReader(""), io.Discard, &stderr)
	}()
	ops := map[string]string{}
	for _, email := range []string{"ann@acme.example", "joann@acme.example"} {
		con.EndSessions()
		out := command(t, "--config", file, "offboard", email, "--now", "--unlisted", "--reason", "HR-1", "-o", "json") // to look would sign in
		require.Equal(t, 0, out.code, out.stderr)
		id := decode[journal.Schedule](t, out.stdout).ID
		var s journal.Schedule
		require.Eventually(t, func() bool {
			s = decode[journal.Schedule](t, command(t, "--config", file, "offboard", "show", id, "-o", "json").stdout)
			return s.State == journal.Ended
		}, 2*time.Minute, 200*time.Millisecond)
		ops[s.Operation] = email
	}
	cancel()
	assert.Equal(t, 0, <-done)
	seen := map[string]int{}
	for line := range strings.SplitSeq(strings.TrimSpace(stderr.String()), "\n") {
		var l struct{ Time, Level, Msg, Tenant, Op, Step, Email string }
		require.NoError(t, json.Unmarshal([]byte(line), &l), line)
		require.NotEmpty(t, l.Time+l.Level, line)
		if l.Tenant == "" {
			continue
		}
		assert.NotEmpty(t, ops[l.Op], "%s", line)
		seen[l.Op]++
		if l.Email != "" {
			assert.Equal(t, ops[l.Op], l.Email)
		}
	}
	require.Len(t, seen, 2)
	for op, n := range seen {
		assert.Greater(t, n, 5, "each step of %s", op)
	}
	assert.Contains(t, stderr.String(), "signing in again", "what the path itself logs is among them")
	config, err := os.ReadFile(file)
	require.NoError(t, err)
	refs := regexp.MustCompile(`(?:file|env|exec):[^\s"']+`).FindAllString(string(config), -1)
	require.GreaterOrEqual(t, len(refs), 2)
	for _, secret := range append(refs, append(con.Secrets(), console.RobotPassword, console.RobotSecret)...) {
		assert.NotContains(t, stderr.String(), secret)
	}
}
