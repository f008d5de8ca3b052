package notify_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/notify"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestDeliverTellsOnceAndLeavesWhoFails has one receiver take messages, one answer with errors, and one answer not
// at all.
func TestDeliverTellsOnceAndLeavesWhoFails(t *testing.T) {
	t.Parallel()
	j, well, fails := onSQLite(t), newHook(t), newHook(t)
	fails.fail.Store(1)
	released := make(chan struct{})
	silent := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		select {
		case <-released:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(silent.Close)
	t.Cleanup(func() { close(released) })
	for _, email := range []string{"ann@acme.example", "bob@acme.example", "kim@acme.example"} {
		plan(t, j, email)
	}
	n, err := notify.New(notify.Options{Journal: j, Bound: 200 * time.Millisecond, Config: &config.Config{Schedule: config.Schedule{Grace: time.Minute}, Tenants: map[string]config.Tenant{"acme": {}},
		Notify: map[string]config.Receiver{"well": webhook(t, well.URL), "fails": webhook(t, fails.URL), "silent": webhook(t, silent.URL)}}})
	require.NoError(t, err)
	n.Deliver(t.Context())
	got, _ := well.all()
	assert.Len(t, got, 3)
	_, ids := fails.all()
	assert.Len(t, ids, 1, "who fails is left for the next run")
	waiting, err := j.WaitingDeliveries(t.Context())
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"fails": 3, "silent": 3}, waiting)
	n.Deliver(t.Context())
	got, _ = well.all()
	assert.Len(t, got, 3, "nothing is told twice")
}

// TestTheDigestOfAllIsForThoseWhoAreToldOfAll keeps what is counted over all tenants from receivers of some.
func TestTheDigestOfAllIsForThoseWhoAreToldOfAll(t *testing.T) {
	t.Parallel()
	j, all, some := onSQLite(t), newHook(t), newHook(t)
	require.NoError(t, j.CountRecurring(t.Context(), journal.RecurringRun{Name: "digest", Tenant: ""}, noon))
	require.NoError(t, j.CountRecurring(t.Context(), journal.RecurringRun{Name: "digest", Tenant: "acme"}, noon))
	runs, err := j.Recurring(t.Context())
	require.NoError(t, err)
	for _, r := range runs {
		r, err := j.ClaimRecurring(t.Context(), r, noon, time.Minute)
		require.NoError(t, err)
		require.NoError(t, j.EndRecurring(t.Context(), r, noon, &journal.ScheduleEvent{What: journal.EventDigest, Detail: "ended: 1"}))
	}
	of := webhook(t, some.URL)
	of.Tenants = []string{"acme"}
	n, err := notify.New(notify.Options{Journal: j, Config: &config.Config{Tenants: map[string]config.Tenant{"acme": {}}, Notify: map[string]config.Receiver{"all": webhook(t, all.URL), "some": of}}})
	require.NoError(t, err)
	n.Deliver(t.Context())
	got, _ := all.all()
	require.Len(t, got, 2)
	assert.Contains(t, got[0].raw, "ended: 1")
	assert.Contains(t, got[0].raw, "How things stand")
	got, _ = some.all()
	require.Len(t, got, 1)
	assert.Equal(t, "acme", got[0].Data.Tenant)
}
