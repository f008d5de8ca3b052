package web_test

import (
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/listener"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/secret"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/web"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestMain(m *testing.M) { os.Exit(automationtest.Main(m)) }

const (
	boss   = "boss@robots.example"   // may act
	viewer = "viewer@robots.example" // may look
)

// ground is a site over a real service with a journal of SQLite and the bundled console, which is served by SCIM.
type ground struct {
	*service.Service
	config  *config.Config
	console *console.Console
	site    *web.Site
	url     string            // where it listens
	tokens  map[string]string // by e-mail
	clock   atomic.Int64      // how far the clock of sessions is ahead
	logged  lines
}

// lines is written to and read at the same time.
type lines struct {
	mu  sync.Mutex
	all strings.Builder
}

// Write implements io.Writer.
func (l *lines) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.Write(p)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.all.String()
}

// options change what is set up.
type options struct {
	config func(c *config.Config)
	around func(http.Handler) http.Handler
}

func newGround(t *testing.T, o options) *ground {
	t.Helper()
	g := &ground{tokens: map[string]string{}}
	con, err := console.Start(console.Options{Enterprise: true, Users: 30})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, con.Close()) })
	g.console = con
	dir := t.TempDir()
	token := filepath.Join(dir, "token")
	require.NoError(t, os.WriteFile(token, []byte(console.SCIMToken), 0o600))
	acme := config.Tenant{Path: "scim", ReadBack: time.Second, Account: console.RobotEmail, TimeZone: "Europe/Berlin", SCIM: config.SCIM{
		URL: con.SCIMURL(), Auth: config.SCIMAuth{Token: secret.Ref("file:" + token)}, Map: config.SCIMMap{Pending: console.SCIMExtension + ":pending"},
	}}
	g.config = &config.Config{State: filepath.Join(dir, "state"), Tenants: map[string]config.Tenant{"acme": acme, "zeta": acme}, Operators: map[string]config.Operator{},
		Web: config.Web{Listen: "127.0.0.1:0", Idle: 30 * time.Minute, Session: 12 * time.Hour}}
	for email, may := range map[string]string{boss: config.MayAct, viewer: config.MayView} {
		token, hash := web.NewToken()
		g.tokens[email] = token
		g.config.Operators[strings.Split(email, "@")[0]] = config.Operator{Email: email, Token: hash, May: may}
	}
	if o.config != nil {
		o.config(g.config)
	}
	g.Service = service.New(g.config, service.Options{})
	t.Cleanup(func() { assert.NoError(t, g.Service.Close()) })
	g.serve(t, o.around)
	return g
}

// serve opens the site until the test ends.
func (g *ground) serve(t *testing.T, around func(http.Handler) http.Handler) {
	t.Helper()
	l, base, err := web.Listen(t.Context(), g.config.Web)
	require.NoError(t, err)
	log := slog.New(slog.NewTextHandler(&g.logged, nil))
	g.site, err = web.New(web.Options{Config: g.config, Service: g.Service, Base: base, Log: log, Now: func() time.Time { return time.Now().Add(time.Duration(g.clock.Load())) }})
	require.NoError(t, err)
	g.url = "http://" + l.Addr().String()
	h := g.site.Handler()
	if around != nil {
		h = around(h)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		listener.Serve(ctx, l, h, "the page", log)
	}()
	t.Cleanup(func() { stop(); <-done })
}

// pass has time pass for sessions.
func (g *ground) pass(d time.Duration) { g.clock.Add(int64(d)) }

// plan schedules the offboarding of somebody.
func (g *ground) plan(t *testing.T, email, at, zone string) journal.Schedule {
	t.Helper()
	when := schedule.When{At: time.Now().UTC(), Asked: "now"}
	if at != "now" {
		var err error
		when, err = schedule.Parse(at, zone)
		require.NoError(t, err)
	}
	made, failed, err := g.Schedule(t.Context(), service.Asked{By: "root@test"}, []service.Offboarding{{Tenant: "acme", Email: email, When: when, Past: at == "now", Reason: "HR-1 of " + email}})
	require.NoError(t, err)
	require.Empty(t, failed)
	return made[0]
}

// run has what is due of the tenant be carried out.
func (g *ground) run(t *testing.T) {
	t.Helper()
	_, err := g.RunDue(t.Context(), "acme", nil, g.site.Tell)
	require.NoError(t, err)
}

func (g *ground) stored(t *testing.T, id string) journal.Schedule {
	t.Helper()
	s, err := g.ScheduleOf(t.Context(), id)
	require.NoError(t, err)
	return s
}

// all is all that the journal has of what is scheduled, as one text: what is the same before and after something
// was changed by nobody.
func (g *ground) all(t *testing.T) string {
	t.Helper()
	all, err := g.Schedules(t.Context(), journal.ScheduleFilter{})
	require.NoError(t, err)
	seq, err := g.LastEvent(t.Context())
	require.NoError(t, err)
	view, err := g.View(t.Context(), journal.ViewAll, journal.ViewFilter{}, 0, 100)
	require.NoError(t, err)
	text, err := json.Marshal([]any{all, seq, view.Stops})
	require.NoError(t, err)
	return string(text)
}

// audited is what the audit log says of a schedule: what, and who.
func (g *ground) audited(t *testing.T, id string) (out []string) {
	t.Helper()
	entries, err := audit.Read(g.config.AuditDir())
	require.NoError(t, err)
	for _, e := range entries {
		if e.Schedule == id {
			out = append(out, e.Event+" "+e.Actor)
		}
	}
	return out
}

// client asks as a browser does, without being one.
type client struct {
	t   *testing.T
	g   *ground
	jar *cookiejar.Jar
}

func (g *ground) client(t *testing.T) *client {
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	return &client{t, g, jar}
}

// signedIn is a client that has signed in.
func (g *ground) signedIn(t *testing.T, email string) *client {
	t.Helper()
	c := g.client(t)
	a := c.post("/sign-in", url.Values{"token": {g.tokens[email]}})
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	return c
}

type answer struct {
	status int
	body   string
	header http.Header
}

func (a answer) to() string { return a.header.Get("Location") }

func (c *client) do(method, path, body string, edit func(*http.Request)) answer {
	c.t.Helper()
	rq, err := http.NewRequestWithContext(c.t.Context(), method, c.g.url+path, strings.NewReader(body))
	require.NoError(c.t, err)
	if method != http.MethodGet {
		rq.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		rq.Header.Set("Sec-Fetch-Site", "same-origin")
		rq.Header.Set("Origin", c.g.url)
	}
	if edit != nil {
		edit(rq)
	}
	h := &http.Client{Jar: c.jar, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	defer h.CloseIdleConnections()
	got, err := h.Do(rq)
	require.NoError(c.t, err)
	defer got.Body.Close()
	text, err := io.ReadAll(got.Body)
	require.NoError(c.t, err)
	return answer{got.StatusCode, string(text), got.Header}
}

func (c *client) get(path string) answer { c.t.Helper(); return c.do(http.MethodGet, path, "", nil) }

func (c *client) post(path string, form url.Values) answer {
	c.t.Helper()
	return c.do(http.MethodPost, path, form.Encode(), nil)
}

// seen is the form's mark of how a schedule was when it was looked at.
func seen(s journal.Schedule) string { return jsonNumber(s.UpdatedAt.UnixMicro()) }

func jsonNumber(n int64) string { b, _ := json.Marshal(n); return string(b) }

// window is a page of the real browser.
type window struct {
	*automation.Page
	t   *testing.T
	url string
}

func (g *ground) window(t *testing.T) *window {
	t.Helper()
	b := automationtest.Take(t, false, nil)
	s, err := b.NewSession(t.Context(), []string{"127.0.0.1", "localhost"})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, s.Close(context.Background())) })
	p, err := s.NewPage(t.Context())
	require.NoError(t, err)
	return &window{p, t, g.url}
}

// windowOf is one in which somebody has signed in by the form.
func (g *ground) windowOf(t *testing.T, email string) *window {
	t.Helper()
	w := g.window(t)
	w.open("/")
	w.fill("#token", g.tokens[email])
	w.click("button", "Sign in")
	w.await(css("nav.views"))
	return w
}

const bound = 15 * time.Second

func css(selector string) *selectors.Target {
	return &selectors.Target{Name: selector, Candidates: []selectors.Candidate{{CSS: selector}}}
}

func role(role, name string) *selectors.Target {
	return &selectors.Target{Name: role + " " + name, Candidates: []selectors.Candidate{{Role: role, Name: name}}}
}

func (w *window) open(path string) {
	w.t.Helper()
	require.NoError(w.t, w.Open(w.t.Context(), w.url+path))
}

func (w *window) fill(selector, value string) {
	w.t.Helper()
	require.NoError(w.t, w.Fill(w.t.Context(), automation.Entry{Target: css(selector), Value: value, Bound: bound}))
}

func (w *window) click(kind, name string) {
	w.t.Helper()
	require.NoError(w.t, w.Click(w.t.Context(), automation.Press{Target: role(kind, name), Bound: bound}))
}

func (w *window) await(target *selectors.Target) string {
	w.t.Helper()
	_, state, err := w.Await(w.t.Context(), bound, nil, target)
	require.NoError(w.t, err)
	return state.Text
}
