package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestARunFromCronTellsAndReconciles has no daemon at all.
func TestARunFromCronTellsAndReconciles(t *testing.T) {
	t.Parallel()
	con, scim, _ := byPath(t, console.Options{Users: 14})
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
	told := fmt.Sprintf("%s\nnotify:\n  hook: {type: webhook, url: %q, secret: %q}\nrecurring:\n  nightly: {what: reconcile, when: '30 2 * * *', time_zone: Europe/Berlin}\n", text, hook.URL, "file:"+key)
	require.NoError(t, os.WriteFile(scim, []byte(told), 0o600))
	run := func(code int, args ...string) output {
		out := command(t, append([]string{"--config", scim}, args...)...)
		require.Equal(t, code, out.code, out.stdout+out.stderr)
		return out
	}
	run(0, "offboard", "ann@acme.example", "--now", "--reason", "HR-1")
	run(3, "users", "deactivate", console.RobotEmail)
	run(0, "run-due")
	require.Len(t, kinds, 3, "they are told when it ends")
	assert.Equal(t, []string{"billagent.scheduled", "billagent.guard", "billagent.done"}, []string{<-kinds, <-kinds, <-kinds})
	run(0, "run-due")
	assert.Empty(t, kinds, "once")

	all := decode[[]service.Recurring](t, run(0, "recurring", "-o", "json").stdout)
	require.Len(t, all, 1)
	assert.Equal(t, "nightly", all[0].Name)
	assert.Equal(t, "Europe/Berlin", all[0].Zone)
	table := run(0, "recurring").stdout
	assert.Contains(t, table, "never ran")
	assert.Contains(t, table, "30 2 * * * Europe/Berlin")
	assert.Regexp(t, `next at \d{4}-\d\d-\d\d 02:30 \+0[12]:00 Europe/Berlin`, table, "by the clocks that it is about")
	assert.Contains(t, run(0, "reconcile").stdout, "nobody of tenant demo has access who was to lose it")
	u, ok := con.UserByEmail("ann@acme.example")
	require.True(t, ok)
	require.Equal(t, console.Inactive, u.Status)
	apart := write(t, regexp.MustCompile(`(?m)^state: .*$`).ReplaceAllString(string(text), "state: "+t.TempDir()))
	results := decode[userops.Result](t, command(t, "--config", apart, "users", "reactivate", "ann@acme.example", "-o", "json").stdout)
	require.Equal(t, userops.Done, results.Outcome, results.Reason)
	left := decode[[]service.Leftover](t, run(6, "reconcile", "-o", "json").stdout)
	require.Len(t, left, 1)
	assert.Equal(t, service.WasDeactivated, left[0].Why)
	assert.Contains(t, run(0, "offboard", "prune", "--dry-run").stdout, "0 scheduled offboardings would be removed, and 0 notes")
}
