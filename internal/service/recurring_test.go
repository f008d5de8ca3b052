package service_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nightly is a plant with one thing that recurs, and the events of its runs.
func nightly(t *testing.T, r config.Recurring) *plant {
	return newPlant(t, func(c *config.Config, _ *config.Tenant) { c.Recurring = map[string]config.Recurring{"nightly": r} })
}

// recur runs what recurs at a time, and returns what has come of it.
func (p *plant) recur(t *testing.T, now time.Time) (out []event.Recurred) {
	t.Helper()
	p.set(now)
	require.NoError(t, p.RunRecurring(t.Context(), func(e event.Event) {
		if r, ok := e.(event.Recurred); ok {
			out = append(out, r)
		}
	}))
	return out
}

// told are the events of a kind that receivers are told of.
func (p *plant) told(t *testing.T, what journal.EventKind) (out []journal.ScheduleEvent) {
	t.Helper()
	j, err := p.Journal(t.Context())
	require.NoError(t, err)
	all, err := j.EventsAfter(t.Context(), 0, 1000)
	require.NoError(t, err)
	return append(out, slices.DeleteFunc(all, func(e journal.ScheduleEvent) bool { return e.What != what })...)
}

// TestWhatRecursRunsOnceForEachTime sets the clock forward and back, over a night in which the clocks are changed
// and over nights in which nobody was there.
func TestWhatRecursRunsOnceForEachTime(t *testing.T) {
	t.Parallel()
	p := nightly(t, config.Recurring{What: config.Reconcile, When: "30 1 * * *", TimeZone: "America/New_York"})
	at := func(text string) time.Time {
		when, err := time.Parse(time.RFC3339, text)
		require.NoError(t, err)
		return when
	}
	for _, step := range []struct {
		now  string
		runs int
		why  string
	}{
		{"2026-10-30T12:00:00Z", 0, "new: what was due before is not meant"},
		{"2026-10-31T05:29:59Z", 0, "not early"},
		{"2026-10-31T05:30:00Z", 1, "01:30 by the summer's clock"},
		{"2026-10-31T05:30:01Z", 0, "once"},
		{"2026-10-31T03:00:00Z", 0, "the clock was set back"},
		{"2026-10-31T05:30:00Z", 0, "and its time comes once more"},
		{"2026-11-01T05:30:00Z", 1, "the first 01:30 of the night in which clocks go back"},
		{"2026-11-01T06:30:00Z", 0, "the second"},
		{"2026-11-05T12:00:00Z", 1, "nobody was there for four nights: once, not four times"},
		{"2026-11-05T12:00:01Z", 0, "nor again"},
		{"2027-11-05T12:00:00Z", 1, "a clock that is a year ahead makes due what is due by it"},
		{"2026-11-06T00:00:00Z", 0, "and is set right"},
		{"2026-11-06T06:30:00Z", 1, "which holds up nothing for a year"},
	} {
		assert.Len(t, p.recur(t, at(step.now)), step.runs, "%s: %s", step.now, step.why)
	}
	all, err := p.Recurring(t.Context())
	require.NoError(t, err)
	require.Len(t, all, 1)
	assert.Equal(t, at("2026-11-07T06:30:00Z"), all[0].Next)
	assert.Equal(t, at("2026-11-06T06:30:00Z"), all[0].EndedAt)
	assert.Equal(t, "nobody has access who was to lose it", all[0].Detail)
	assert.Empty(t, p.told(t, journal.EventChecked), "nobody is told of what is as it should be")
	assert.Empty(t, p.console.Changes())
}

// TestWhatIsConfiguredAnewBeginsAnew makes something else of the same name, and then the same at another time.
func TestWhatIsConfiguredAnewBeginsAnew(t *testing.T) {
	t.Parallel()
	p := nightly(t, config.Recurring{What: config.Reconcile, When: "0 2 * * *"})
	require.Empty(t, p.recur(t, noon))
	require.Len(t, p.recur(t, noon.Add(14*time.Hour)), 1)
	for n, another := range []config.Recurring{{What: config.Digest, When: "0 2 * * *", Tenants: []string{"acme"}}, {What: config.Digest, When: "0 15 * * *", Tenants: []string{"acme"}}} {
		now := noon.Add(time.Duration(16+24*n) * time.Hour) // at 04:00
		p.config.Recurring = map[string]config.Recurring{"nightly": another}
		p.set(now)
		all, err := p.Recurring(t.Context())
		require.NoError(t, err)
		require.Len(t, all, 1)
		assert.Empty(t, all[0].Detail, "the old one's words say nothing of it")
		assert.Zero(t, all[0].EndedAt)
		assert.True(t, all[0].Next.After(now))
		assert.Empty(t, p.recur(t, now.Add(time.Hour)))
		assert.Empty(t, p.recur(t, all[0].Next.Add(-time.Second)))
		ran := p.recur(t, all[0].Next)
		require.Len(t, ran, 1)
		assert.Contains(t, ran[0].Detail, "since "+now.Add(time.Hour).Format("2006-01-02 15:04"))
	}
}

func TestOneOfSeveralRunsWhatRecurs(t *testing.T) {
	t.Parallel()
	p := nightly(t, config.Recurring{What: config.Reconcile, When: "0 2 * * *"})
	require.Empty(t, p.recur(t, noon))
	p.set(noon.Add(14 * time.Hour))
	var all sync.WaitGroup
	var mu sync.Mutex
	runs := 0
	for range 4 {
		other := p.another(t)
		all.Go(func() {
			assert.NoError(t, other.RunRecurring(t.Context(), func(e event.Event) {
				if _, ok := e.(event.Recurred); ok {
					mu.Lock()
					defer mu.Unlock()
					runs++
				}
			}))
		})
	}
	all.Wait()
	assert.Equal(t, 1, runs)
}

// TestWhoStillHasAccessIsReported has people lose access, and some of them have it again.
func TestWhoStillHasAccessIsReported(t *testing.T) {
	t.Parallel()
	p := nightly(t, config.Recurring{What: config.Reconcile, When: "0 2 * * *"})
	require.Empty(t, p.recur(t, noon.Add(-time.Hour)))
	p.plan(t, noon, by, people[0], people[1])
	late := p.plan(t, noon.Add(time.Second), by, people[2])[0]
	require.Len(t, p.run(t, noon), 2)
	p.set(noon.Add(time.Minute))
	left, err := p.Reconcile(t.Context(), "acme", nil)
	require.NoError(t, err)
	assert.Empty(t, left, "what is due is late only after the grace")

	apart := *p.config
	apart.State = t.TempDir()
	elsewhere := service.New(&apart, service.Options{})
	t.Cleanup(func() { assert.NoError(t, elsewhere.Close()) })
	rq, err := userops.Request{Action: userops.Reactivate, Email: people[0]}.Check()
	require.NoError(t, err)
	results, err := elsewhere.Do(t.Context(), "acme", []userops.Checked{rq}, by, nil)
	require.NoError(t, err)
	require.Equal(t, userops.Done, results[0].Outcome)

	p.set(noon.Add(time.Hour))
	left, err = p.Reconcile(t.Context(), "acme", nil)
	require.NoError(t, err)
	require.Len(t, left, 2)
	why := map[string]service.LeftWhy{}
	for _, l := range left {
		why[l.Email] = l.Why
	}
	assert.Equal(t, map[string]service.LeftWhy{people[0]: service.WasDeactivated, people[2]: service.WasDue}, why)
	assert.Equal(t, late.ID, left[slices.IndexFunc(left, func(l service.Leftover) bool { return l.Email == people[2] })].Schedule)

	require.Empty(t, p.recur(t, noon.Add(14*time.Hour)), "it waits for what is due")
	ran := p.recur(t, noon.Add(16*time.Hour))
	require.Len(t, ran, 1)
	assert.Equal(t, userops.CodeOf(userops.ErrStillAccess), ran[0].Code)
	assert.Contains(t, ran[0].Detail, people[0]+" (deactivated)")
	told := p.told(t, journal.EventChecked)
	require.Len(t, told, 1)
	assert.Equal(t, "users: 2", told[0].Detail, "a message names nobody")
	assert.Equal(t, "nightly", told[0].Recurring)

	again, err := p.Do(t.Context(), "acme", []userops.Checked{rq}, by, nil)
	require.NoError(t, err)
	require.Equal(t, userops.Already, again[0].Outcome)
	left, err = p.Reconcile(t.Context(), "acme", nil)
	require.NoError(t, err)
	require.Len(t, left, 1, "a reactivation that was asked for here is meant")
	assert.Equal(t, people[2], left[0].Email)
}

func TestALookThatCannotBeMadeIsTold(t *testing.T) {
	t.Parallel()
	p := nightly(t, config.Recurring{What: config.Reconcile, When: "0 2 * * *"})
	require.Empty(t, p.recur(t, noon))
	p.meet(func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "down", http.StatusInternalServerError)
		return true
	})
	ran := p.recur(t, noon.Add(14*time.Hour))
	require.Len(t, ran, 1)
	assert.NotEmpty(t, ran[0].Code)
	told := p.told(t, journal.EventChecked)
	require.Len(t, told, 1)
	assert.Equal(t, "it could not be done", told[0].Detail)
	assert.Empty(t, p.recur(t, noon.Add(15*time.Hour)), "it is made at its next time")
}

// TestWhatRecursWaitsForWhatIsDue keeps a look at the console from holding up an offboarding, and not for ever.
func TestWhatRecursWaitsForWhatIsDue(t *testing.T) {
	t.Parallel()
	p := nightly(t, config.Recurring{What: config.Reconcile, When: "0 2 * * *"})
	require.Empty(t, p.recur(t, noon))
	two := time.Date(2026, 12, 5, 2, 0, 0, 0, time.UTC)
	p.plan(t, two.Add(4*time.Minute), by, people[0])
	assert.Empty(t, p.recur(t, two))
	require.Len(t, p.run(t, two.Add(4*time.Minute)), 1)
	assert.Len(t, p.recur(t, two.Add(5*time.Minute)), 1)
	day := two.Add(24 * time.Hour)
	p.plan(t, day.Add(4*time.Minute), by, people[1])
	assert.Empty(t, p.recur(t, day))
	assert.Empty(t, p.recur(t, day.Add(time.Hour)))
	assert.Len(t, p.recur(t, day.Add(time.Hour+time.Second)), 1, "it has waited for an hour")
	require.Len(t, p.run(t, day.Add(time.Hour+time.Minute)), 1)

	day = day.Add(24 * time.Hour)
	p.plan(t, day.Add(3*time.Hour+4*time.Minute), by, people[2])
	assert.Empty(t, p.recur(t, day.Add(3*time.Hour)), "nobody was there at its time: it is first seen now")
	require.Len(t, p.run(t, day.Add(3*time.Hour+4*time.Minute)), 1)
	assert.Len(t, p.recur(t, day.Add(3*time.Hour+5*time.Minute)), 1)
}

func TestTheDigestSaysHowThingsStand(t *testing.T) {
	t.Parallel()
	p := newPlant(t, func(c *config.Config, _ *config.Tenant) {
		c.Recurring = map[string]config.Recurring{"all": {What: config.Digest, When: "0 7 * * *"}, "acme-alone": {What: config.Digest, When: "0 7 * * *", Tenants: []string{"acme"}}}
	})
	now := time.Now().UTC() // events have the machine's time
	require.Empty(t, p.recur(t, now))
	p.set(now.Add(-time.Hour))
	p.plan(t, now.Add(-time.Minute), by, people[0], "nobody@acme.example")
	p.plan(t, now.Add(49*time.Hour), by, people[1])
	p.run(t, now)
	next := time.Date(now.Year(), now.Month(), now.Day()+1, 7, 0, 0, 0, time.UTC)
	p.plan(t, next.Add(time.Hour), by, people[2])
	ran := p.recur(t, now.Add(25*time.Hour))
	require.Len(t, ran, 2)
	told := p.told(t, journal.EventDigest)
	require.Len(t, told, 2)
	tenants := map[string]bool{}
	for _, e := range told {
		tenants[e.Tenant] = true
		assert.Contains(t, e.Detail, "ended: 1, cancelled: 0, parked: 1; now parked: 1,")
		assert.Contains(t, e.Detail, "since "+now.Format("2006-01-02 15:04 -07:00")+" ended")
	}
	assert.Equal(t, map[string]bool{"": true, "acme": true}, tenants)
	p2 := p.recur(t, now.Add(25*time.Hour))
	assert.Empty(t, p2)
}

// TestADigestCountsSinceTheLast makes one a week, and one within the same minute as what it tells of.
func TestADigestCountsSinceTheLast(t *testing.T) {
	t.Parallel()
	p := nightly(t, config.Recurring{What: config.Digest, When: "0 7 * * MON"})
	now := time.Now().UTC() // events have the machine's time
	require.Empty(t, p.recur(t, now))
	p.set(now.Add(-time.Hour))
	p.plan(t, now.Add(-time.Minute), by, people[0], "nobody@acme.example")
	require.Len(t, p.run(t, now), 2)
	require.Len(t, p.recur(t, now.AddDate(0, 0, 8)), 1)
	require.Len(t, p.recur(t, now.AddDate(0, 0, 15)), 1)
	told := p.told(t, journal.EventDigest)
	require.Len(t, told, 2)
	assert.Contains(t, told[0].Detail, "ended: 1, cancelled: 0, parked: 1; now", "eight days ago, and in its time")
	assert.Contains(t, told[1].Detail, "since "+now.AddDate(0, 0, 8).Format("2006-01-02 15:04 -07:00")+" ended: 0, cancelled: 0, parked: 0; now parked: 1,")
}

func TestWhatEndedLongAgoIsRemovedAndTheLogStillHolds(t *testing.T) {
	t.Parallel()
	p := newPlant(t, func(c *config.Config, _ *config.Tenant) { c.Schedule.KeepDays = 30 })
	p.plan(t, noon, by, people[0], "nobody@acme.example")
	p.run(t, noon)
	cancelled := p.plan(t, noon.Add(time.Hour), by, people[1])[0]
	_, err := p.Unschedule(t.Context(), cancelled.ID, by.By, "she stays")
	require.NoError(t, err)
	late := p.schedules(t)
	p.set(time.Now().AddDate(0, 0, 31))
	j, err := p.Journal(t.Context())
	require.NoError(t, err)
	_, err = j.GiveToReceivers(t.Context(), func(journal.ScheduleEvent) map[string]string { return nil })
	require.NoError(t, err)
	would, err := p.PruneEnded(t.Context(), by.By, true)
	require.NoError(t, err)
	assert.Equal(t, late, p.schedules(t), "a rehearsal removes nothing")
	e, err := p.PruneEnded(t.Context(), by.By, false)
	require.NoError(t, err)
	assert.Equal(t, int64(2), e.Schedules, "one has ended, one was cancelled")
	assert.Equal(t, would.Events, e.Events)
	assert.Equal(t, map[string]journal.ScheduleState{"nobody@acme.example": journal.Parked}, p.schedules(t), "what needs a person stays")
	report, err := p.Verify(t.Context(), "", "")
	require.NoError(t, err)
	assert.Empty(t, report.Findings)
	again, err := p.PruneEnded(t.Context(), by.By, false)
	require.NoError(t, err)
	assert.Zero(t, again.Schedules+again.Events)
}

func (p *plant) schedules(t *testing.T) map[string]journal.ScheduleState {
	all, err := p.Schedules(t.Context(), journal.ScheduleFilter{})
	require.NoError(t, err)
	out := map[string]journal.ScheduleState{}
	for _, s := range all {
		out[s.Email] = s.State
	}
	return out
}

// TestCredentialsThatRunOutAreToldOfInTime goes towards the day and over it.
func TestCredentialsThatRunOutAreToldOfInTime(t *testing.T) {
	t.Parallel()
	p := newPlant(t, func(_ *config.Config, acme *config.Tenant) { acme.CredentialsExpire = "2027-01-31" })
	day := time.Date(2027, 1, 31, 0, 0, 0, 0, time.UTC)
	for _, step := range []struct {
		before time.Duration
		told   int
	}{{8 * 24 * time.Hour, 0}, {7 * 24 * time.Hour, 1}, {6 * 24 * time.Hour, 1}, {24 * time.Hour, 2}, {time.Hour, 2}, {0, 3}, {-time.Hour, 3}} {
		p.set(day.Add(-step.before))
		require.NoError(t, p.TellExpiries(t.Context()))
		assert.Len(t, p.told(t, journal.EventRunsOut), step.told, "%s before", step.before)
	}
	assert.Equal(t, "password, token or certificate: 2027-01-31 00:00 +00:00", p.told(t, journal.EventRunsOut)[0].Detail)
	acme := p.config.Tenants["acme"]
	acme.CredentialsExpire = "2027-02-03"
	p.config.Tenants = map[string]config.Tenant{"acme": acme}
	require.NoError(t, p.TellExpiries(t.Context()))
	assert.Len(t, p.told(t, journal.EventRunsOut), 4, "another day is another matter")
}

// TestWhatAProcessLeftBetweenJournalAndLogIsCompleted ends a process after the rows of a file, and the line of one
// of them, are written.
func TestWhatAProcessLeftBetweenJournalAndLogIsCompleted(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	p.plan(t, noon, by, people[0])
	j, err := p.Journal(t.Context())
	require.NoError(t, err)
	made, _, err := j.Schedule(t.Context(), []journal.Schedule{{Tenant: "acme", Email: people[1], At: noon, Asked: "12:00", Zone: "UTC", Reason: "HR-1", RequestedBy: "root@test"}})
	require.NoError(t, err)
	db, _ := j.Database()
	_, err = db.ExecContext(t.Context(), "UPDATE schedules SET worker = $1, created_at = 1 WHERE id = $2", `{"host": "a machine that has gone", "pid": 1}`, made[0].ID)
	require.NoError(t, err)
	agenda, err := p.Agenda(t.Context())
	require.NoError(t, err)
	assert.Empty(t, agenda.Tenants, "it is not due yet")
	assert.Len(t, p.run(t, noon), 2, "both are carried out")
	assert.ElementsMatch(t, []string{people[0], people[1]}, p.left())
	report, err := p.Verify(t.Context(), "", "")
	require.NoError(t, err)
	assert.Empty(t, report.Findings)
	assert.Len(t, p.told(t, journal.EventScheduled), 2)
}

// TestWhatIsInterruptedAgainAndAgainIsParked has whoever carries it out be stopped each time before the commit.
func TestWhatIsInterruptedAgainAndAgainIsParked(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	s := p.plan(t, noon, by, people[0])[0]
	p.set(noon)
	for n := range schedule.MostInterruptions {
		require.Equal(t, journal.Pending, p.schedule(t, s.ID).State, n)
		ctx, cancel := context.WithCancel(t.Context())
		p.meet(func(_ http.ResponseWriter, r *http.Request) bool {
			if o, err := p.Operations(t.Context(), journal.Filter{UnderWay: true}); err == nil && len(o) > 0 {
				cancel()
				<-r.Context().Done()
			}
			return r.Context().Err() != nil
		})
		_, _ = p.RunDue(ctx, "acme", nil, nil) // what came of it is in the journal
		cancel()
	}
	s = p.schedule(t, s.ID)
	assert.Equal(t, journal.Parked, s.State, "a person is told")
	assert.Equal(t, userops.CodeOf(userops.ErrCancelled), s.Code)
	assert.Len(t, p.told(t, journal.EventParked), 1)
	assert.Zero(t, p.writes.Load())
	p.meet(func(http.ResponseWriter, *http.Request) bool { return false })
	_, err := p.Reschedule(t.Context(), s.ID, schedule.When{At: noon}, true, by, "it may be tried again")
	require.NoError(t, err)
	require.Len(t, p.run(t, noon), 1)
	assert.Equal(t, []string{people[0]}, p.left())
}

// TestAListWithoutAnEndReconcilesNobody has the service say that there are more users than it gives.
func TestAListWithoutAnEndReconcilesNobody(t *testing.T) {
	t.Parallel()
	p := newPlant(t, nil)
	p.plan(t, noon, by, people[0])
	require.Len(t, p.run(t, noon), 1)
	p.meet(func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != http.MethodGet || !strings.HasSuffix(r.URL.Path, "/Users") {
			return false
		}
		w.Header().Set("Content-Type", "application/scim+json")
		_, _ = w.Write([]byte(`{"schemas": ["urn:ietf:params:scim:api:messages:2.0:ListResponse"], "totalResults": 5, "startIndex": 1, "itemsPerPage": 0, "Resources": []}`))
		return true
	})
	_, err := p.Reconcile(t.Context(), "acme", nil)
	require.ErrorIs(t, err, userops.ErrIncomplete)
}

// TestATenantThatWaitsForAPersonIsNotLookedAt keeps what recurs from signing in where a sign-in was refused.
func TestATenantThatWaitsForAPersonIsNotLookedAt(t *testing.T) {
	t.Parallel()
	p := nightly(t, config.Recurring{What: config.Reconcile, When: "0 2 * * *"})
	require.Empty(t, p.recur(t, noon.Add(-time.Hour)))
	p.meet(func(w http.ResponseWriter, _ *http.Request) bool {
		http.Error(w, "who are you?", http.StatusUnauthorized)
		return true
	})
	p.plan(t, noon, by, people[0])
	p.run(t, noon)
	require.Len(t, p.told(t, journal.EventHeld), 1)
	asked := p.reads.Load()
	ran := p.recur(t, noon.Add(14*time.Hour))
	require.Len(t, ran, 1)
	assert.Equal(t, "not done: the tenant waits for a person", ran[0].Detail)
	assert.Equal(t, asked, p.reads.Load())
	assert.Empty(t, p.told(t, journal.EventChecked), "that it waits was told")
}
