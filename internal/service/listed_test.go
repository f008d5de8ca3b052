package service_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func leavers(emails ...string) (all []service.Offboarding) {
	for _, e := range emails {
		all = append(all, service.Offboarding{Tenant: "acme", Email: e, When: schedule.When{At: noon.Add(time.Hour), Zone: "UTC"}, Reason: "HR-1"})
	}
	return all
}

func TestWhoIsNotListedIsNotScheduled(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	inactive := ""
	for _, u := range p.console.Users() {
		if u.Status == console.Inactive {
			inactive = u.Email
		}
	}
	require.NotEmpty(t, inactive)
	all := leavers("Ann@acme.example", "anm@acme.example", "joаnn@acme.example", people[1], inactive) // the third has a letter of another script
	failed, unread, err := p.Schedulable(t.Context(), by, all, nil)
	require.NoError(t, err)
	assert.Empty(t, unread)
	require.Len(t, failed, 2, "%v", failed)
	require.ErrorIs(t, failed[1], userops.ErrNotFound)
	assert.False(t, userops.Refuses(failed[1]), "no guard has said no")
	require.ErrorIs(t, failed[2], userops.ErrNotFound)
	assert.Contains(t, userops.HintOf(failed[2]), people[1]+" is listed and looks the same")

	reads := p.reads.Load()
	for i := range all {
		all[i].Unlisted = true
	}
	failed, unread, err = p.Schedulable(t.Context(), by, all, nil)
	require.NoError(t, err)
	assert.Empty(t, failed)
	assert.Empty(t, unread)
	assert.Equal(t, reads, p.reads.Load(), "nothing is read")
}

// TestWhereTheListIsNotReadNobodyIsMissing has a list without an end, a console that is down, and a tenant that waits for a person.
func TestWhereTheListIsNotReadNobodyIsMissing(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	is := func(kind error) {
		t.Helper()
		failed, unread, err := p.Schedulable(t.Context(), by, leavers(people[1], "anm@acme.example"), nil)
		require.NoError(t, err)
		assert.Empty(t, failed)
		require.Len(t, unread, 1)
		require.ErrorIs(t, unread["acme"], kind)
	}
	p.meet(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/Users") {
			return false
		}
		w.Header().Set("Content-Type", "application/scim+json")
		_, _ = w.Write([]byte(`{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 5, "startIndex": 1, "itemsPerPage": 0, "Resources": []}`))
		return true
	})
	is(userops.ErrIncomplete)
	p.meet(func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "down", http.StatusServiceUnavailable)
		return true
	})
	is(userops.ErrUnreachable)

	p.meet(func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return true
	})
	p.plan(t, noon, by, people[0])
	p.run(t, noon)
	require.NotEmpty(t, p.events)
	stops, err := p.View(t.Context(), journal.ViewPerson, journal.ViewFilter{}, 0, 10)
	require.NoError(t, err)
	require.True(t, stops.Stops["acme"].Held)
	p.set(noon.Add(30 * time.Minute)) // it is held, not paused: no time ends that
	reads := p.reads.Load()
	is(userops.ErrCredentials)
	assert.Equal(t, reads, p.reads.Load(), "another sign-in might lock the account")
}

// TestAListThatDoesNotComeLeavesTimeToSchedule has a console that does not answer, and a bound for all.
func TestAListThatDoesNotComeLeavesTimeToSchedule(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	p.meet(func(_ http.ResponseWriter, r *http.Request) bool {
		<-r.Context().Done()
		return true
	})
	ctx, cancel := context.WithTimeout(t.Context(), 6*time.Second)
	defer cancel()
	failed, unread, err := p.Schedulable(ctx, by, leavers(people[1]), nil)
	require.NoError(t, err)
	assert.Empty(t, failed)
	require.ErrorIs(t, unread["acme"], userops.ErrTimeout)
}
