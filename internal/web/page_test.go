package web_test

import (
	"context"
	_ "embed"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSomebodyCancelsInTheBrowser goes the whole way by mouse and keyboard.
func TestSomebodyCancelsInTheBrowser(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	s := g.plan(t, "ann@acme.example", "2030-12-04 17:00", "America/New_York")
	stays := g.plan(t, "joann@acme.example", "2030-12-04 17:00", "America/New_York")
	w := g.window(t)
	w.open("/schedules/" + s.ID)
	w.fill("#token", "billagent_wrong")
	w.click("button", "Sign in")
	assert.Contains(t, w.await(css("#wrong")), "not a token of anybody")
	w.fill("#token", g.tokens[boss])
	w.click("button", "Sign in")
	w.await(role("heading", "ann@acme.example"))
	w.click("link", "Cancel")
	w.await(role("heading", "Cancel the offboarding of ann@acme.example?"))
	assert.Equal(t, journal.Pending, g.stored(t, s.ID).State, "it is asked first")
	w.fill("#reason", "she stays")
	w.click("button", "Cancel the offboarding")
	assert.Contains(t, w.await(css(".notice.good")), "It is cancelled")
	s = g.stored(t, s.ID)
	assert.Equal(t, journal.Cancelled, s.State)
	last := s.History[len(s.History)-1]
	assert.Equal(t, []any{journal.EventCancelled, boss, "she stays"}, []any{last.What, last.By, last.Detail})
	assert.Equal(t, []string{"scheduled root@test", "cancelled " + boss}, g.audited(t, s.ID))
	assert.Equal(t, journal.Pending, g.stored(t, stays.ID).State)
	w.click("button", "Sign out")
	w.await(css("#token"))
	w.open("/schedules/" + s.ID)
	w.await(css("#token"))
}

// TestAnUnclearTimeIsAskedAboutInTheBrowser gives one a time that comes twice, then one that does not exist, and
// chooses.
func TestAnUnclearTimeIsAskedAboutInTheBrowser(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	s := g.plan(t, "ann@acme.example", "2030-12-04 17:00", "America/New_York")
	w := g.windowOf(t, boss)
	w.open("/schedules/" + s.ID)
	w.click("link", "Give another time")
	value, err := w.Read(t.Context(), css("#at"), "")
	require.NoError(t, err)
	assert.Equal(t, "2030-12-04 17:00", value)
	w.fill("#at", "2030-11-03 01:30")
	w.click("button", "Go on")
	w.await(css("fieldset.choices"))
	assert.Contains(t, w.await(css("#wrong")), "comes twice")
	w.click("button", "Go on") // without a choice it is asked again
	w.await(css("fieldset.choices"))
	assert.Equal(t, s.UpdatedAt, g.stored(t, s.ID).UpdatedAt)
	require.NoError(t, w.Click(t.Context(), automation.Press{Target: css("#exact1"), Bound: bound}))
	w.click("button", "Go on")
	w.await(role("heading", "Is this time meant?"))
	assert.Contains(t, w.await(css(".strong dd")), "2030-11-03 01:30 -05:00 America/New_York")
	assert.Equal(t, s.UpdatedAt, g.stored(t, s.ID).UpdatedAt, "nothing is changed before it is said to be meant")
	w.click("button", "Give it this time")
	assert.Contains(t, w.await(css(".notice.good")), "2030-11-03 01:30 -05:00 America/New_York")
	s = g.stored(t, s.ID)
	assert.Equal(t, "2030-11-03T06:30:00Z", s.At.Format(time.RFC3339))
	assert.Equal(t, boss, s.History[len(s.History)-1].By)
	assert.Equal(t, []string{"scheduled root@test", "rescheduled " + boss}, g.audited(t, s.ID))

	w.click("link", "Give another time")
	w.fill("#at", "2031-03-09 02:30")
	w.click("button", "Go on")
	assert.Contains(t, w.await(css("#wrong")), "does not exist")
	require.NoError(t, w.Click(t.Context(), automation.Press{Target: css("#exact0"), Bound: bound}))
	w.fill("#at", "2031-03-09 12:00") // the choice was of another time
	w.click("button", "Go on")
	assert.Contains(t, w.await(css(".strong dd")), "2031-03-09 12:00 -04:00")
}

func TestATimeIsReadAsTheCommandLineDoes(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	s := g.plan(t, "ann@acme.example", "2030-12-04 17:00", "America/New_York")
	c := g.signedIn(t, boss)
	path := "/schedules/" + s.ID + "/reschedule"
	for _, wrong := range []struct{ at, zone, limit, says string }{
		{"2030-02-30 12:00", "UTC", "", "there is no such day"},
		{"", "UTC", "", "no date with a time"},
		{"2030-12-04 17:00", "EST", "", "no zone&#39;s name"},
		{"2030-12-04 17:00 -04:00", "America/New_York", "", "the clocks of America/New_York show"},
		{"2020-12-04 17:00", "UTC", "", "That time has passed"},
		{"2030-12-05 17:00", "UTC", "0", "reading the limit"},
		{"2030-12-05 17:00", "UTC", "many", "Reading the limit"},
	} {
		for _, meant := range []string{"", "yes"} {
			a := c.post(path, url.Values{"seen": {seen(s)}, "when": {"at"}, "at": {wrong.at}, "tz": {wrong.zone}, "limit": {wrong.limit}, "meant": {meant}})
			assert.Equal(t, http.StatusUnprocessableEntity, a.status, wrong.at)
			assert.Contains(t, strings.ToLower(a.body), strings.ToLower(wrong.says))
			assert.Contains(t, a.body, `aria-invalid="true"`)
			assert.Contains(t, a.body, `value="`+wrong.at+`"`, "what was filled in is kept")
		}
	}
	assert.Equal(t, s.UpdatedAt, g.stored(t, s.ID).UpdatedAt)
	for _, right := range []struct{ at, zone, limit, want string }{
		{"2030-12-05 17:00", "", "", "2030-12-05T22:00:00Z"},
		{"2030-12-05 17:00 +09:00", "", "7", "2030-12-05T08:00:00Z"},
		{"2030-12-05 17:00", "Europe/Berlin", "", "2030-12-05T16:00:00Z"},
		{"2030-12-05 17:00", "Asia/Tokyo", "", "2030-12-05T08:00:00Z"},
	} {
		s = g.stored(t, s.ID)
		a := c.post(path, url.Values{"seen": {seen(s)}, "when": {"at"}, "at": {right.at}, "tz": {right.zone}, "limit": {right.limit}, "meant": {"yes"}, "reason": {"another day"}})
		require.Equal(t, http.StatusSeeOther, a.status, a.body)
		s = g.stored(t, s.ID)
		assert.Equal(t, right.want, s.At.Format(time.RFC3339))
	}
	assert.Equal(t, 7, s.Limit)
	assert.Contains(t, s.History[len(s.History)-1].Detail, "another day")
}

// TestWhatTheServiceRefusesIsRefusedHere has the guards of the command line.
func TestWhatTheServiceRefusesIsRefusedHere(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{config: func(c *config.Config) {
		o := c.Operators["boss"]
		o.Email = "ann@acme.example"
		c.Operators["ann"] = o
	}})
	own, kept := g.plan(t, "Ann@acme.example", "2030-12-04 17:00", "UTC"), g.plan(t, "joann@acme.example", "2030-12-04 17:00", "UTC")
	g.config.Protected = []string{"joann@*"}
	before := g.all(t)
	ann := g.client(t)
	delete(g.config.Operators, "boss") // whose token is hers now
	require.Equal(t, http.StatusSeeOther, ann.post("/sign-in", url.Values{"token": {g.tokens[boss]}}).status)
	for _, form := range []url.Values{{"when": {"now"}}, {"when": {"at"}, "at": {"2031-01-01 12:00"}, "tz": {"UTC"}}} {
		for path, says := range map[string]string{
			"/schedules/" + own.ID + "/cancel": "that is who asks for it", "/schedules/" + own.ID + "/reschedule": "that is who asks for it", "/schedules/" + kept.ID + "/reschedule": "covers this address",
		} {
			form.Set("meant", "yes")
			form.Set("seen", seen(map[bool]journal.Schedule{true: own, false: kept}[strings.Contains(path, own.ID)]))
			a := ann.post(path, form)
			assert.Equal(t, http.StatusForbidden, a.status, path)
			assert.Contains(t, a.body, says)
		}
	}
	assert.Equal(t, before, g.all(t))
}

// TestAFormIsAboutWhatWasSeen has a schedule change between the look and the press.
func TestAFormIsAboutWhatWasSeen(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	s := g.plan(t, "ann@acme.example", "2030-12-04 17:00", "UTC")
	c := g.signedIn(t, boss)
	then := url.Values{"seen": {seen(s)}, "when": {"at"}, "at": {"2031-01-01 12:00"}, "tz": {"UTC"}, "meant": {"yes"}}
	require.Equal(t, http.StatusSeeOther, c.post("/schedules/"+s.ID+"/reschedule", then).status)
	then.Set("at", "2032-01-01 12:00")
	for _, stale := range []string{seen(s), "", "0"} {
		then.Set("seen", stale)
		for _, form := range []string{"cancel", "reschedule"} {
			a := c.post("/schedules/"+s.ID+"/"+form, then)
			assert.Equal(t, http.StatusConflict, a.status)
			assert.Contains(t, a.body, "since you looked at it")
		}
	}
	s = g.stored(t, s.ID)
	assert.Equal(t, journal.Pending, s.State)
	assert.Equal(t, 2031, s.At.Year())
	require.Equal(t, http.StatusSeeOther, c.post("/schedules/"+s.ID+"/cancel", url.Values{"seen": {seen(s)}}).status)
	s = g.stored(t, s.ID)
	a := c.post("/schedules/"+s.ID+"/cancel", url.Values{"seen": {seen(s)}})
	assert.Equal(t, http.StatusConflict, a.status, "it has ended")
}

// TestAnotherSitesFormInTheBrowserChangesNothing has a page on another port of this machine, to which cookies go as
// well, send the forms.
func TestAnotherSitesFormInTheBrowserChangesNothing(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	s := g.plan(t, "ann@acme.example", "2030-12-04 17:00", "UTC")
	w := g.windowOf(t, boss)
	form := `<!doctype html><title>prize</title><form method=post action="` + g.url + "/schedules/" + s.ID + `/cancel"><input name=seen value="` + seen(s) + `"></form><script>document.forms[0].submit()</script>`
	evil := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(form))
	}))
	t.Cleanup(evil.Close)
	require.NoError(t, w.Open(t.Context(), evil.URL))
	_, state, err := w.Await(t.Context(), bound, nil, css(".notice.bad"))
	require.NoError(t, err)
	assert.Contains(t, state.Text, "another site")
	assert.Equal(t, journal.Pending, g.stored(t, s.ID).State)
	w.open("/")
	w.await(css("nav.views"))
}

//go:embed testdata/nasty.txt
var nasty string

// TestNastyTextsAreOnlyShown has every text of the journal be what somebody would write who wants more than to be read.
func TestNastyTextsAreOnlyShown(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	j, err := g.Journal(t.Context())
	require.NoError(t, err)
	c := g.signedIn(t, boss)
	w := g.windowOf(t, boss)
	for i, text := range strings.Split(strings.TrimSpace(nasty), "\n") {
		text = strings.NewReplacer(`\u202e`, "\u202e", `\u200b`, "\u200b", `\x1b`, "\x1b", `\n`, "\n").Replace(text)
		made, failed, err := j.Schedule(t.Context(), []journal.Schedule{{Tenant: "acme" + text, Email: text, At: time.Now().Add(time.Hour), Asked: text, Zone: "", Reason: text, RequestedBy: text, OnBehalfOf: text}})
		require.NoError(t, err)
		require.Empty(t, failed)
		require.NoError(t, j.ScheduleAudited(t.Context(), made))
		require.NoError(t, j.StopTenant(t.Context(), journal.TenantStop{Tenant: "acme" + text, Failures: 1, Until: time.Now().Add(time.Hour), Held: i%2 == 0, Code: "drift", Because: text, Hint: text}))
		s := made[0]
		for _, path := range []string{"/?view=all&q=" + url.QueryEscape(text), "/schedules/" + s.ID, "/schedules/" + s.ID + "/cancel", "/schedules/" + s.ID + "/reschedule", "/tenants/" + url.PathEscape(s.Tenant) + "/resume"} {
			a := c.get(path)
			require.Equal(t, 200, a.status, path)
			for _, raw := range []string{"<script>", "<img src=x", "onerror=", "javascript:alert", "\u202e", "\u200b", "\x1b", "<b>", "</title><"} {
				if strings.Contains(text, raw) && !strings.Contains(raw, "=") && raw != "javascript:alert" {
					assert.NotContains(t, a.body, raw, path)
				}
			}
			w.open(path)
			w.await(css("main h1"))
			states, err := w.Look(t.Context(), css("main script"), css("main img"), css("main b"), css("main svg"), css(`main [href^="javascript"]`), css("main [onerror]"), css("main iframe"), css("main style"))
			require.NoError(t, err)
			for _, state := range states {
				assert.Equal(t, "absent", state.State, path)
			}
		}
		require.NoError(t, j.Cancel(t.Context(), s, text, text, nil))
		assert.Equal(t, 200, c.get("/schedules/"+s.ID).status)
	}
}

func TestTheListIsFiltered(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	g.plan(t, "ann@acme.example", "2030-12-04 17:00", "UTC")
	g.plan(t, "joann@acme.example", "2030-12-06 00:00", "UTC")
	gone := g.plan(t, "clerk@acme.example", "2030-12-05 00:00", "UTC")
	_, err := g.Unschedule(t.Context(), gone.ID, "root@test", "")
	require.NoError(t, err)
	g.plan(t, "nobody@acme.example", "now", "")
	g.plan(t, "fiona.approver@acme.example", "now", "")
	g.run(t)
	c := g.signedIn(t, viewer)
	everybody := []string{"ann", "joann", "clerk", "nobody", "fiona.approver"}
	for query, want := range map[string][]string{
		"view=due": {"ann", "joann"}, "view=running": {}, "view=person": {"nobody"}, "view=done": {"clerk", "fiona.approver"}, "view=all": everybody, "view=else": {"ann", "joann"},
		"view=all&q=ANN": {"ann", "joann"}, "view=all&q=hr-1+of+cl": {"clerk"}, "view=all&q=%25": {}, "view=all&q=_": {}, "view=all&tenant=zeta": {}, "view=all&tenant=acme": everybody,
		"view=all&outcome=done": {"fiona.approver"}, "view=all&outcome=halted": {"nobody"}, "view=all&state=cancelled": {"clerk"}, "view=due&state=cancelled": {},
		"view=all&from=2030-12-05": {"clerk", "joann"}, "view=all&from=2030-12-04&until=2030-12-05": {"ann", "clerk"}, "view=all&from=2030-02-30": everybody, "view=all&skip=4": {"nobody"}, "view=all&skip=-1": everybody,
	} {
		a := c.get("/?" + query)
		require.Equal(t, 200, a.status, query)
		var got []string
		for _, who := range everybody {
			if strings.Contains(a.body, ">"+who+"@acme.example</bdi></a>") {
				got = append(got, who)
			}
		}
		assert.ElementsMatch(t, want, got, query)
	}
	assert.Contains(t, c.get("/?from=2030-02-30").body, "There is no such day")
}

// TestTheListHasPages has more than one.
func TestTheListHasPages(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	j, err := g.Journal(t.Context())
	require.NoError(t, err)
	for i := range 51 {
		_, failed, err := j.Schedule(t.Context(), []journal.Schedule{{Tenant: "acme", Email: "user" + jsonNumber(int64(100+i)) + "@acme.example", At: time.Now().Add(time.Duration(i+1) * time.Hour), Zone: "UTC"}})
		require.NoError(t, err)
		require.Empty(t, failed)
	}
	c := g.signedIn(t, viewer)
	first := c.get("/").body
	assert.Contains(t, first, "user149@")
	assert.NotContains(t, first, "user150@")
	assert.Contains(t, first, `href="/?skip=50"`)
	second := c.get("/?skip=50").body
	assert.Contains(t, second, "user150@")
	assert.NotContains(t, second, "user149@")
	assert.NotContains(t, second, `rel="next"`)
}

// TestProgressIsToldWhileSomebodyLooks has a page that is open show what is done, and what came of it, without
// being loaded anew.
func TestProgressIsToldWhileSomebodyLooks(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	s := g.plan(t, "ann@acme.example", "2030-12-04 17:00", "UTC")
	w := g.windowOf(t, boss)
	w.open("/schedules/" + s.ID)
	assert.Contains(t, w.await(css("#state")), "scheduled")
	shown := w.Document()
	j, err := g.Journal(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	lease, err := j.Acquire(ctx, "acme", journal.LeaseEvents{})
	require.NoError(t, err)
	s.At = time.Now().Add(-time.Second)
	require.NoError(t, j.Reschedule(ctx, s, boss, "", nil))
	begun, _, err := j.Begin(ctx, journal.Operation{Tenant: "acme", Request: userops.Request{Action: userops.Deactivate, Email: s.Email}},
		journal.Place{Claim: &journal.Claim{Schedule: s.ID, Lease: lease, Now: time.Now()}})
	require.NoError(t, err)
	require.NoError(t, j.Run(ctx, begun.ID, lease))
	_, _, err = w.Await(t.Context(), bound, nil, css("#state .busy"))
	require.NoError(t, err)
	stop := make(chan struct{})
	told := make(chan struct{})
	go func() { // a stream begins anew after each change: what is told before it is missed
		defer close(told)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				g.site.Tell(event.Step{Tenant: "zeta", Text: "of another tenant"})
				g.site.Tell(event.Step{Tenant: "acme", Text: "opening the <b>list</b>"})
			case <-stop:
				return
			}
		}
	}()
	require.Eventually(t, func() bool {
		text, err := w.Read(t.Context(), css("#step"), "")
		return err == nil && text == "opening the <b>list</b>"
	}, bound, 50*time.Millisecond)
	close(stop)
	<-told
	require.NoError(t, lease.Release(ctx))
	g.run(t) // settles what was left, and does it
	require.Eventually(t, func() bool {
		state, err := w.Look(t.Context(), css("#state .good"), css("#verdict"))
		return err == nil && state[0].There() && state[1].There()
	}, bound, 50*time.Millisecond)
	said, err := w.Texts(t.Context(), css("#said"))
	require.NoError(t, err)
	require.Len(t, said, 1)
	assert.Contains(t, said[0], "Now: done")
	assert.Equal(t, shown, w.Document(), "it was not loaded anew")
	u, _ := g.console.UserByEmail("ann@acme.example")
	assert.Equal(t, console.Inactive, u.Status)
}

// TestAPageThatIsOpenAsksToSignInAgain has a session end while its page is looked at.
func TestAPageThatIsOpenAsksToSignInAgain(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	w := g.windowOf(t, viewer)
	w.open("/")
	w.await(css("nav.views"))
	g.pass(31 * time.Minute)
	w.await(css("#token"))
}

// TestEveryPageWorksWithoutItsScript looks at what a browser without scripts is given.
func TestEveryPageWorksWithoutItsScript(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	s := g.plan(t, "ann@acme.example", "2030-12-04 17:00", "UTC")
	c := g.signedIn(t, boss)
	for path, live := range map[string]bool{"/": true, "/schedules/" + s.ID: true, "/schedules/" + s.ID + "/cancel": false, "/schedules/" + s.ID + "/reschedule": false, "/sign-in": false} {
		body := c.get(path).body
		assert.Equal(t, live, strings.Contains(body, `<noscript><meta http-equiv="refresh"`), path)
		assert.Equal(t, live, strings.Contains(body, "<script"), path)
		assert.NotContains(t, body, "onclick")
		assert.NotContains(t, body, "style=")
	}
	_, err := g.Unschedule(t.Context(), s.ID, "root@test", "")
	require.NoError(t, err)
	assert.NotContains(t, c.get("/schedules/"+s.ID).body, "refresh", "nothing of it will change")
}

func TestATenantThatWaitsIsTriedAgainByAPerson(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	j, err := g.Journal(t.Context())
	require.NoError(t, err)
	s := g.plan(t, "ann@acme.example", "now", "")
	require.NoError(t, j.StopTenant(t.Context(), journal.TenantStop{Tenant: "acme", Failures: 1, Until: time.Now().Add(time.Hour), Held: true, Code: "drift", Because: "the page is another"}))
	w := g.windowOf(t, boss)
	w.open("/?view=person")
	assert.Contains(t, w.await(css(".notice.bad")), "waits for a person: the page is another")
	w.click("link", "Try acme again")
	w.await(role("heading", "Try tenant acme again?"))
	assert.NotNil(t, g.stored(t, s.ID).Stop)
	w.click("button", "Try again")
	w.await(css("nav.views"))
	assert.Nil(t, g.stored(t, s.ID).Stop)
	events, err := j.EventsAfter(t.Context(), 0, 100)
	require.NoError(t, err)
	assert.Equal(t, []any{journal.EventResumed, boss}, []any{events[len(events)-1].What, events[len(events)-1].By})
}

// TestTheColoursAreReadable holds each pair of text and what lies behind it to WCAG's contrast of 4.5, in light and
// in dark.
func TestTheColoursAreReadable(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("assets/page.css")
	require.NoError(t, err)
	light, dark, ok := strings.Cut(string(data), "prefers-color-scheme: dark")
	require.True(t, ok)
	pairs := [][2]string{{"text", "back"}, {"text", "card"}, {"soft", "back"}, {"soft", "card"}, {"link", "back"}, {"link", "card"}, {"on-act", "act"}, {"on-danger", "danger"}, {"bad", "card"}, {"link", "warn-back"},
		{"good", "good-back"}, {"warn", "warn-back"}, {"bad", "bad-back"}, {"busy", "busy-back"}, {"wait", "wait-back"}, {"calm", "calm-back"}}
	for scheme, part := range map[string]string{"light": light, "dark": dark} {
		colours := coloursOf(part)
		for _, p := range pairs {
			assert.GreaterOrEqual(t, contrast(t, colours[p[0]], colours[p[1]]), 4.5, "%s: %v", scheme, p)
		}
		assert.GreaterOrEqual(t, contrast(t, colours["edge"], colours["card"]), 3.0, "%s: the edge of a field", scheme)
		assert.GreaterOrEqual(t, contrast(t, colours["act"], colours["back"]), 3.0, "%s: what has the focus", scheme)
	}
}
