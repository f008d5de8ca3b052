package web_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/billagent/billagent/internal/config"
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

// TestWhatCannotBeAlteredHasNoForm asks for the forms of what has ended, is cancelled or under way, and of whoever
// looks.
func TestWhatCannotBeAlteredHasNoForm(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{config: func(c *config.Config) {
		o := c.Operators["boss"]
		o.Email = "Cat@acme.example"
		c.Operators["boss"] = o
	}})
	c := g.signedIn(t, boss)
	ended, cancelled := g.plan(t, "ann@acme.example", "now", ""), g.plan(t, "joann@acme.example", "2030-12-04 17:00", "UTC")
	g.run(t)
	_, err := g.Unschedule(t.Context(), cancelled.ID, "root@test", "")
	require.NoError(t, err)
	begun, own, free := g.plan(t, "ben@acme.example", "now", ""), g.plan(t, "cat@acme.example", "2030-12-04 17:00", "UTC"), g.plan(t, "eve@acme.example", "2030-12-04 17:00", "UTC")
	j, err := g.Journal(t.Context())
	require.NoError(t, err)
	l, err := j.Acquire(t.Context(), "acme", journal.LeaseEvents{})
	require.NoError(t, err)
	_, _, err = j.Begin(t.Context(), journal.Operation{Tenant: "acme", RequestedBy: "root@test", Request: userops.Request{Action: userops.Deactivate, Email: begun.Email}},
		journal.Place{Claim: &journal.Claim{Schedule: begun.ID, Lease: l, Now: begun.At}})
	require.NoError(t, err)
	require.NoError(t, l.Release(t.Context()))
	for id, says := range map[string]string{ended.ID: "it is done", cancelled.ID: "it is cancelled", begun.ID: "what is under way is not stopped", own.ID: "that is who asks for it", free.ID: ""} {
		for _, name := range []string{"cancel", "reschedule"} {
			a := c.get("/schedules/" + id + "/" + name)
			assert.Equal(t, says == "", strings.Contains(a.body, `name="seen"`), "%s: %s", says, name)
			assert.Equal(t, says == "", a.status == 200, "%s: %s is %d", says, name, a.status)
			assert.Contains(t, a.body, says)
			assert.Equal(t, says == "", strings.Contains(c.get("/schedules/"+id).body, "/"+name), "nor is one offered: %s", says)
		}
	}
}

// TestWhatIsDueLaterIsDueThoughItsTenantIsHeld has a tenant wait for a person now, of which something is due now, and
// something in years.
func TestWhatIsDueLaterIsDueThoughItsTenantIsHeld(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	j, err := g.Journal(t.Context())
	require.NoError(t, err)
	g.plan(t, "ann@acme.example", "now", "")
	later := g.plan(t, "ben@acme.example", "2030-12-04 17:00", "UTC")
	require.NoError(t, j.StopTenant(t.Context(), journal.TenantStop{Tenant: "acme", Failures: 1, Held: true, Code: "drift", Because: "the page is another"}))
	c := g.signedIn(t, viewer)
	due, person, one := c.get("/").body, c.get("/?view=person").body, c.get("/schedules/"+later.ID).body
	assert.Contains(t, due, "ben@acme.example")
	assert.NotContains(t, due, "ann@acme.example")
	assert.Contains(t, person, "ann@acme.example")
	assert.NotContains(t, person, "ben@acme.example")
	for _, page := range []string{due, person, one} {
		assert.Contains(t, page, "Tenant acme waits for a person", "each says so")
	}
	assert.Contains(t, one, "scheduled</span> <span class=\"more\">its tenant waits for a person")
}
