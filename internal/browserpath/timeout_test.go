package browserpath_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhoseTimeHasPassed tells a flow's own bound from that of the command.
func TestWhoseTimeHasPassed(t *testing.T) {
	t.Parallel()
	t.Run("the flow's", func(t *testing.T) {
		t.Parallel()
		data, err := os.ReadFile("../../flows/bill/list-users-neo.yaml")
		require.NoError(t, err)
		overlay := t.TempDir()
		to := filepath.Join(overlay, "flows", "bill", "list-users-neo.yaml")
		require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o700))
		require.NoError(t, os.WriteFile(to, []byte(strings.Replace(string(data), "timeout: 10m", "timeout: 1s", 1)), 0o600))
		_, p := setup(t, console.Options{Layout: "neo", Users: 5, Latency: 600 * time.Millisecond}, func(o *browserpath.Options) {
			o.Library, err = flows.Load("bill", overlay)
			require.NoError(t, err)
		})
		_, err = p.List(t.Context(), nil, func(userops.User) error { return nil })
		require.ErrorIs(t, err, userops.ErrTimeout)
		assert.NotContains(t, userops.HintOf(err), "allow more time")
		assert.Contains(t, userops.HintOf(err), "raise `timeout` in the flow's file")
	})
	t.Run("the command's", func(t *testing.T) {
		t.Parallel()
		_, p := setup(t, console.Options{Layout: "neo", Users: 5, Latency: 600 * time.Millisecond})
		ctx, cancel := context.WithTimeout(t.Context(), 4*time.Second)
		defer cancel()
		_, err := p.List(ctx, nil, func(userops.User) error { return nil })
		require.ErrorIs(t, err, userops.ErrTimeout)
		assert.Contains(t, userops.HintOf(err), "allow more time")
	})
}

// TestAnAnswerThatWasLostIsTold has the change stored and answered with an error of the server.
func TestAnAnswerThatWasLostIsTold(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo3", Users: 12, Differences: []string{"stored-then-503"}})
	r := p.Change(t.Context(), useropstest.Deactivate("ann@acme.example"))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	u, _ := con.UserByEmail("ann@acme.example")
	assert.Equal(t, console.Inactive, u.Status)
	assert.Contains(t, strings.Join(r.Notices, "\n"), "was an error of the server; the list shows that it is done")
}
