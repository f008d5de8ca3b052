package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// parked has an attempt at a schedule end so that a person must look.
func (g *ground) parked(t *testing.T, s journal.Schedule, outcome userops.Outcome, code userops.Code) {
	t.Helper()
	j, err := g.Journal(t.Context())
	require.NoError(t, err)
	l, err := j.Acquire(t.Context(), s.Tenant, journal.LeaseEvents{})
	require.NoError(t, err)
	require.NoError(t, j.Conclude(t.Context(), l, s, journal.Conclusion{State: journal.Parked, Event: journal.EventParked, Result: userops.Result{Outcome: outcome, Code: code}}))
	require.NoError(t, l.Release(t.Context()))
}

// TestWhatIsNotKnownIsNotSaidOfWhatIsCancelled cancels one of which it is not known whether its user has lost access,
// as it is parked and after it was given another time, and one that was never begun.
func TestWhatIsNotKnownIsNotSaidOfWhatIsCancelled(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	c := g.signedIn(t, boss)
	parked, again, never := g.plan(t, "ann@acme.example", "now", ""), g.plan(t, "ben@acme.example", "now", ""), g.plan(t, "cat@acme.example", "2030-12-04 17:00", "UTC")
	g.parked(t, parked, userops.Unknown, "not_verified")
	g.parked(t, again, userops.Unknown, "not_verified")
	when, err := schedule.Parse("2030-12-04 17:00", "UTC")
	require.NoError(t, err)
	_, err = g.Reschedule(t.Context(), again.ID, when, false, service.Asked{By: "root@test"}, "")
	require.NoError(t, err)
	for id, known := range map[string]bool{parked.ID: false, again.ID: false, never.ID: true} {
		form := c.get("/schedules/" + id + "/cancel")
		require.Equal(t, 200, form.status)
		a := c.post("/schedules/"+id+"/cancel", url.Values{"seen": {seen(g.stored(t, id))}})
		require.Equal(t, http.StatusSeeOther, a.status)
		for _, page := range []answer{form, c.get(a.to())} {
			assert.Equal(t, !known, strings.Contains(page.body, "Whether the user still has access is not known"), id)
			assert.NotContains(t, page.body, "keeps access")
			assert.NotContains(t, page.body, "Nothing was changed")
		}
		assert.Equal(t, journal.Cancelled, g.stored(t, id).State)
	}
}
