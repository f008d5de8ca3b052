package daemon_test

import (
	"context"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/daemon"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/service"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestALongLookHoldsUpNoSignIn has a look at one tenant's console last until two others were signed in to before
// something is due, and until it was told that something runs out.
func TestALongLookHoldsUpNoSignIn(t *testing.T) {
	t.Parallel()
	s := newSite(t, "")
	acme := s.config.Tenants["acme"]
	acme.CredentialsExpire = time.Now().UTC().Add(48 * time.Hour).Format(time.DateOnly)
	// Nobody can be signed in to these two, which says as well that it was tried.
	browser := config.Tenant{Path: "browser", App: "nothing", Account: "robot@acme.example", SignIn: "http://127.0.0.1:1/"}
	s.config.Tenants = map[string]config.Tenant{"acme": acme, "one": browser, "two": browser}
	s.config.Schedule = config.Schedule{Prepare: time.Hour, WarnDays: 7}
	s.config.Recurring = map[string]config.Recurring{"nightly": {What: config.Reconcile, When: "* * * * *", Tenants: []string{"acme"}}}
	looks, ends := make(chan struct{}), make(chan struct{})
	defer sync.OnceFunc(func() { close(ends) })()
	first := sync.OnceFunc(func() { close(looks) })
	meets := func(r *http.Request) {
		first()
		select {
		case <-ends:
		case <-r.Context().Done():
		}
	}
	s.meets.Store(&meets)
	p := s.service(t)
	j, err := p.Journal(t.Context())
	require.NoError(t, err)
	require.NoError(t, j.CountRecurring(t.Context(), journal.RecurringRun{Name: "nightly", Tenant: "acme"}, time.Now().Add(-time.Hour)))
	tried := make(chan string, 10)
	_, stop := s.start(t, func(o *daemon.Options) {
		o.Events = func(e event.Event) {
			if r, ok := e.(event.Recurred); ok && r.What == config.Session {
				tried <- r.Tenant
			}
		}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	wait := func(c <-chan struct{}) {
		t.Helper()
		select {
		case <-c:
		case <-ctx.Done():
			require.Fail(t, "it does not come")
		}
	}
	wait(looks)
	var all []service.Offboarding
	for _, name := range []string{"one", "two"} {
		all = append(all, service.Offboarding{Tenant: name, Email: people[0], When: schedule.When{At: time.Now().Add(30 * time.Minute), Asked: "soon", Zone: "UTC"}, Reason: "HR-1"})
	}
	_, failed, err := p.Schedule(t.Context(), service.Asked{By: "root@test"}, all)
	require.NoError(t, err)
	require.Empty(t, failed)
	seen := map[string]bool{}
	for len(seen) < 2 {
		select {
		case name := <-tried:
			seen[name] = true
		case <-ctx.Done():
			require.Fail(t, "nobody is signed in", "%v", seen)
		}
	}
	assert.EventuallyWithT(t, func(c *assert.CollectT) {
		events, err := j.EventsAfter(t.Context(), 0, 100)
		require.NoError(c, err)
		var told []string
		for _, e := range events {
			if e.What == journal.EventRunsOut {
				told = append(told, e.Tenant)
			}
		}
		assert.Equal(c, []string{"acme"}, told)
	}, 20*time.Second, 50*time.Millisecond)
	stop()
}
