package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lines is written to and read at the same time.
type lines struct {
	mu  sync.Mutex
	all bytes.Buffer
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

// String is all that was written.
func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

var listens = regexp.MustCompile(`monitoring listens" address=(\S+)`)

// TestServeTellsWhatHappensAndHowItIs has the daemon carry one offboarding out, with a receiver beside it and
// somebody who monitors it.
func TestServeTellsWhatHappensAndHowItIs(t *testing.T) {
	t.Parallel()
	_, scim, _ := byPath(t, console.Options{Users: 14})
	kinds := make(chan string, 100)
	hook := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		var m struct{ Type string }
		assert.NoError(t, json.NewDecoder(r.Body).Decode(&m))
		kinds <- m.Type
	}))
	t.Cleanup(hook.Close)
	text, err := os.ReadFile(scim)
	require.NoError(t, err)
	key := filepath.Join(t.TempDir(), "key")
	require.NoError(t, os.WriteFile(key, []byte("whsec_YW4gaW52ZW50ZWQga2V5IG9mIDMyIGJ5dGVzIC4uLi4="), 0o600))
	file := filepath.Join(t.TempDir(), "told.yaml")
	told := fmt.Sprintf("%s\nnotify:\n  hook: {type: webhook, url: %q, secret: %q}\n", text, hook.URL, "file:"+key)
	require.NoError(t, os.WriteFile(file, []byte(told), 0o600))

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var stderr lines
	done := make(chan int, 1)
	go func() {
		done <- execute(ctx, []string{"--config", file, "serve", "--listen", "127.0.0.1:0"}, strings.NewReader(""), io.Discard, &stderr)
	}()
	require.Eventually(t, func() bool { return listens.MatchString(stderr.String()) }, 20*time.Second, 10*time.Millisecond)
	at := "http://" + listens.FindStringSubmatch(stderr.String())[1]
	out := command(t, "--config", file, "offboard", "ann@acme.example", "--now", "--reason", "HR-1")
	require.Equal(t, 0, out.code, out.stderr)
	assert.Equal(t, "billagent.scheduled", <-kinds)
	assert.Equal(t, "billagent.done", <-kinds)
	get := func(path string) (status int, body string) {
		rq, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at+path, nil)
		require.NoError(t, err)
		answer, err := http.DefaultClient.Do(rq)
		require.NoError(t, err)
		defer answer.Body.Close()
		data, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, string(data)
	}
	for _, path := range []string{"/healthz", "/readyz"} {
		status, body := get(path)
		assert.Equal(t, 200, status, path)
		assert.Equal(t, "ok\n", body)
	}
	want := []string{
		`billagent_operations_total{action="deactivate",outcome="done"} 1`, `billagent_operation_duration_seconds_count{action="deactivate",outcome="done"} 1`,
		"billagent_lateness_seconds_count 1", `billagent_schedules{state="ended"} 1`, `billagent_schedules{state="due"} 0`, "billagent_open_browsers 0",
		`billagent_notification_tries_total{result="delivered",type="webhook"} 2`, "billagent_notifications_waiting 0", "process_resident_memory_bytes",
	}
	var metrics string
	require.Eventually(t, func() bool { // the last row is taken away once the receiver has answered
		_, metrics = get("/metrics")
		return strings.Contains(metrics, want[6]) && strings.Contains(metrics, want[7])
	}, 20*time.Second, 20*time.Millisecond)
	for _, w := range want {
		assert.Contains(t, metrics, w)
	}
	assert.NotContains(t, metrics, "@")
	assert.NotContains(t, metrics, "ann")
	status, _ := get("/")
	assert.Equal(t, 404, status)
	cancel()
	assert.Equal(t, 0, <-done, stderr.String())
}

func TestServeIsNotReachedByOthersWithoutTLS(t *testing.T) {
	t.Parallel()
	_, scim, _ := byPath(t, console.Options{Users: 3})
	out := command(t, "--config", scim, "serve", "--listen", "0.0.0.0:0")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "which others can reach: without certificate and key only 127.0.0.1, ::1 or localhost")
}

func TestConfigCheckTriesTemplates(t *testing.T) {
	t.Parallel()
	_, scim, _ := byPath(t, console.Options{Users: 3})
	text, err := os.ReadFile(scim)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(scim, append(text, "\nnotify:\n  s: {type: slack, url: 'env:S', text: '{{.Reason}}'}\n"...), 0o600))
	out := command(t, "--config", scim, "config", "check")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "notify.s: template: text")
}
