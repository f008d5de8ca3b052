package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// axeCore is where npm puts axe-core, which judges accessibility.
const axeCore = "../../automation/js/node_modules/axe-core/axe.min.js"

// found is what axe, and a look at the page's width, say of a page.
type found struct {
	Path       string
	Wide       float64  // so many pixels wider than the window
	Out        []string // what sticks out of its card
	Violations []struct {
		ID    string
		Help  string
		Nodes []struct {
			HTML           string
			FailureSummary string
		}
	}
}

// runAxe runs in each page after axe. The pages' own policy lets it, since it comes from the same origin. In a
// narrow frame only the width is looked at: what else axe judges is the same there.
const runAxe = `'use strict';
const dark = getComputedStyle(document.body).backgroundColor === 'rgb(16, 20, 26)';
const only = dark ? { runOnly: ['color-contrast'] } : {}; // everything else is the same in both
const looked = self.axe ? axe.run(document, { resultTypes: ['violations'], ...only }) : Promise.resolve({ violations: [] });
looked.then((r) => fetch('/axe/report', { method: 'POST', body: JSON.stringify({
  path: location.pathname + location.search,
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  out: [...document.querySelectorAll('main .card *, main tr *')].filter((e) => {
    const box = e.parentElement.closest('tr, .card'), end = box.getBoundingClientRect().right - parseFloat(getComputedStyle(box).paddingRight);
    return !e.closest('.hidden, thead, caption') && e.getBoundingClientRect().right > end + 1;
  }).map((e) => e.outerHTML.slice(0, 120)),
  violations: r.violations,
}) }));`

// examiner stands before the site and puts axe into each page, whose style it can make dark for every reader.
type examiner struct {
	site   http.Handler
	script []byte
	dark   atomic.Bool
	framed atomic.Bool
	report chan found
}

// ServeHTTP implements http.Handler.
func (e *examiner) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch r.URL.Path {
	case "/axe/axe.js":
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write(e.script)
	case "/axe/run.js":
		w.Header().Set("Content-Type", "text/javascript")
		_, _ = w.Write([]byte(runAxe))
	case "/axe/report":
		var f found
		if json.NewDecoder(r.Body).Decode(&f) == nil {
			e.report <- f
		}
	case "/axe/narrow":
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(w, "<!doctype html><title>narrow</title><iframe width=360 height=780 src=%q></iframe>", r.URL.Query().Get("path"))
	case "/progress":
		e.site.ServeHTTP(w, r)
	default:
		e.alter(w, r)
	}
}

func (e *examiner) alter(w http.ResponseWriter, r *http.Request) {
	got := httptest.NewRecorder()
	e.site.ServeHTTP(got, r)
	body := got.Body.Bytes()
	for k, v := range got.Header() {
		w.Header()[k] = v
	}
	if strings.HasPrefix(got.Header().Get("Content-Type"), "text/html") {
		scripts := "<script src=/axe/axe.js></script><script src=/axe/run.js></script></body>"
		if e.framed.Load() {
			scripts = "<script src=/axe/run.js></script></body>"
		}
		body = bytes.Replace(body, []byte("</body>"), []byte(scripts), 1)
	}
	if r.URL.Path == "/assets/page.css" && e.dark.Load() {
		body = bytes.Replace(body, []byte("@media (prefers-color-scheme: dark)"), []byte("@media all"), 1)
	}
	if e.framed.Load() {
		w.Header().Del("X-Frame-Options")
		w.Header().Set("Content-Security-Policy", strings.Replace(w.Header().Get("Content-Security-Policy"), "frame-ancestors 'none'", "frame-ancestors 'self'", 1))
	}
	w.WriteHeader(got.Code)
	_, _ = w.Write(body)
}

// TestAxeFindsNothing has axe look at every view, in light and in dark, wide and as narrow as a phone, where
// nothing may stick out.
func TestAxeFindsNothing(t *testing.T) {
	t.Parallel()
	script, err := os.ReadFile(axeCore)
	if err != nil {
		t.Skip("it builds with Node.js: npm ci --prefix automation/js --ignore-scripts")
	}
	e := &examiner{script: script, report: make(chan found, 1)}
	g := newGround(t, options{around: func(h http.Handler) http.Handler { e.site = h; return e }, config: func(c *config.Config) {
		c.Web.OIDC = config.OIDC{Issuer: "https://id.example", ClientID: "x", ClientSecret: "env:X", View: []string{"*@staff.example"}}
	}})
	w := g.window(t)
	w.open("/sign-in")
	examine(t, e, "sign in")
	w.fill("#token", "wrong")
	w.click("button", "Sign in")
	examine(t, e, "a wrong token")
	w.fill("#token", g.tokens[boss])
	w.click("button", "Sign in")
	examine(t, e, "signed in, and nothing there")
	all := append(viewsOf(t, g), "/sign-in")
	for _, path := range all {
		w.open(path)
		examine(t, e, path)
	}
	formsOf(t, g, w, e)
	e.dark.Store(true)
	for i := 0; i < len(all); i += 3 { // they share one style
		w.open(all[i])
		examine(t, e, "dark: "+all[i])
	}
	formsOf(t, g, w, e)
}

// TestNothingSticksOutOnAPhone looks at every view 360 pixels wide, among them times with their seconds.
func TestNothingSticksOutOnAPhone(t *testing.T) {
	t.Parallel()
	e := &examiner{report: make(chan found, 1)}
	g := newGround(t, options{around: func(h http.Handler) http.Handler { e.site = h; return e }})
	w := g.window(t)
	w.open("/sign-in")
	examine(t, e, "sign in")
	w.fill("#token", g.tokens[boss])
	w.click("button", "Sign in")
	examine(t, e, "signed in")
	e.framed.Store(true)
	for _, path := range append(viewsOf(t, g), "/sign-in") {
		w.open("/axe/narrow?path=" + url.QueryEscape(path))
		examine(t, e, "narrow: "+path)
	}
}

func examine(t *testing.T, e *examiner, what string) {
	t.Helper()
	select {
	case f := <-e.report:
		for _, v := range f.Violations {
			for _, n := range v.Nodes {
				assert.Fail(t, v.Help, "%s: %s: %s: %s", what, v.ID, n.HTML, n.FailureSummary)
			}
		}
		assert.LessOrEqual(t, f.Wide, 0.0, "%s is wider than its window", what)
		if strings.HasPrefix(what, "narrow: ") {
			assert.Empty(t, f.Out, "%s: it sticks out of its card", what)
		}
	case <-time.After(bound):
		require.Fail(t, "axe did not report", what)
	}
}

// viewsOf are the paths of every view, each of something that is there.
func viewsOf(t *testing.T, g *ground) []string {
	t.Helper()
	plot(t, g)
	all, err := g.Schedules(t.Context(), journal.ScheduleFilter{})
	require.NoError(t, err)
	out := []string{"/", "/?view=running", "/?view=person", "/?view=done", "/?view=all", "/?view=all&q=nobody-like-this&from=2030-02-30&outcome=done", "/tenants/acme/resume", "/nowhere"}
	seen := map[journal.ScheduleState]bool{}
	for _, s := range all {
		if !seen[s.State] {
			seen[s.State] = true
			out = append(out, "/schedules/"+s.ID)
			if s.Operation != "" {
				out = append(out, "/operations/"+s.Operation)
			}
			if s.State == journal.Pending || s.State == journal.Parked {
				out = append(out, "/schedules/"+s.ID+"/cancel", "/schedules/"+s.ID+"/reschedule")
			}
		}
	}
	require.Len(t, seen, 5, "there is one in each state")
	return out
}

// formsOf looks at the forms as they are once they have been sent.
func formsOf(t *testing.T, g *ground, w *window, e *examiner) {
	t.Helper()
	pending, err := g.Schedules(t.Context(), journal.ScheduleFilter{State: journal.Pending})
	require.NoError(t, err)
	w.open("/schedules/" + pending[0].ID + "/reschedule")
	<-e.report
	w.fill("#at", "2030-11-03 01:30")
	w.fill("#tz", "America/New_York")
	w.click("button", "Go on")
	examine(t, e, "an unclear time")
	w.fill("#at", "2030-11-04 01:30")
	w.click("button", "Go on")
	examine(t, e, "is it meant")
}

// plot makes one in each state, with evidence of every kind.
func plot(t *testing.T, g *ground) {
	t.Helper()
	g.plan(t, "a.very.long.address.of.somebody.who.has.many.names@subdomain.of.acme.example", "2030-12-04 17:00", "America/Argentina/ComodRivadavia")
	gone := g.plan(t, "clerk@acme.example", "2030-12-05 00:00", "UTC")
	_, err := g.Unschedule(t.Context(), gone.ID, "root@test", "she stays")
	require.NoError(t, err)
	g.plan(t, "nobody@acme.example", "now", "")
	done := g.plan(t, "ann@acme.example", "now", "")
	g.run(t)
	dir := filepath.Join(g.config.EvidenceDir(), "acme", g.stored(t, done.ID).Operation)
	picture, err := os.ReadFile("../../.github/doctor.png")
	require.NoError(t, err)
	for name, data := range map[string][]byte{"01-before-commit.png": picture, "failure.mhtml": []byte("x"),
		"steps.jsonl": []byte(`{"at":"2026-11-26T10:00:00Z","flow":"deactivate","step":"click","targets":["users.row.open"],"took_ms":12}` + "\n" +
			`{"at":"2026-11-26T10:00:01Z","flow":"deactivate","step":"press","targets":["profile.deactivate"],"took_ms":12,"error":"clicking \"profile.deactivate\": covered by <div class=veil>"}` + "\n")} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	j, err := g.Journal(t.Context())
	require.NoError(t, err)
	lease, err := j.Acquire(t.Context(), "acme", journal.LeaseEvents{})
	require.NoError(t, err)
	running := g.plan(t, "joann@acme.example", "now", "")
	begun, _, err := j.Begin(t.Context(), journal.Operation{Tenant: "acme", Request: userops.Request{Action: userops.Deactivate, Email: running.Email}},
		journal.Place{Claim: &journal.Claim{Schedule: running.ID, Lease: lease, Now: time.Now().Add(time.Second)}})
	require.NoError(t, err)
	require.NoError(t, j.Run(t.Context(), begun.ID, lease))
	require.NoError(t, lease.Release(t.Context()))
	require.NoError(t, j.StopTenant(t.Context(), journal.TenantStop{Tenant: "acme", Failures: 3, Until: time.Now().Add(time.Hour), Held: true, Code: "drift", Because: "the page is another", Hint: "look at it"}))
	require.NoError(t, j.StopTenant(t.Context(), journal.TenantStop{Tenant: "zeta", Failures: 3, Until: time.Now().Add(time.Hour), Code: "unreachable", Because: "no answer", Hint: "look at it"}))
	require.NoError(t, j.Freeze(t.Context(), journal.Freeze{Tenant: journal.Everybody, Reason: "drill", By: "root@test"}))
}
