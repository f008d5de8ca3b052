package web_test

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/listener"
	"github.com/billagent/billagent/internal/web"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// pathsOf are all pages about a schedule.
func pathsOf(s journal.Schedule) []string {
	out := []string{"/", "/?view=all", "/schedules/" + s.ID, "/schedules/" + s.ID + "/cancel", "/schedules/" + s.ID + "/reschedule", "/tenants/acme/resume", "/nowhere"}
	if s.Operation != "" {
		out = append(out, "/operations/"+s.Operation, "/operations/"+s.Operation+"/evidence/exchanges.jsonl")
	}
	return out
}

func TestNothingIsShownToWhoHasNotSignedIn(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	s := g.plan(t, "ann@acme.example", "now", "")
	g.run(t)
	s = g.stored(t, s.ID)
	require.NotEmpty(t, s.Operation)
	before := g.all(t)
	for _, cookie := range []string{"", "guess", g.config.Operators["boss"].Token, g.tokens[boss]} {
		for _, path := range append(pathsOf(s), "/progress", "/progress?op="+s.Operation) {
			c := g.client(t)
			with := func(r *http.Request) {
				if cookie != "" {
					r.AddCookie(&http.Cookie{Name: "billagent", Value: cookie})
				}
			}
			a := c.do(http.MethodGet, path, "", with)
			assert.Contains(t, []int{http.StatusSeeOther, http.StatusUnauthorized}, a.status, path)
			assert.NotContains(t, a.body, "ann@")
			a = c.do(http.MethodPost, path, url.Values{"seen": {seen(s)}}.Encode(), with)
			assert.Contains(t, []int{http.StatusSeeOther, http.StatusUnauthorized, http.StatusMethodNotAllowed}, a.status, path)
			assert.NotContains(t, a.body, "ann@")
		}
	}
	assert.Equal(t, before, g.all(t))
	c := g.client(t)
	assert.Equal(t, "/sign-in?next=%2Fschedules%2F"+s.ID, c.get("/schedules/"+s.ID).to())
	for _, path := range []string{"/sign-in", "/assets/page.css", "/assets/page.js", "/assets/icon.svg"} {
		assert.Equal(t, 200, c.get(path).status, path)
	}
	for _, path := range []string{"/healthz", "/metrics", "/readyz"} {
		assert.Equal(t, http.StatusSeeOther, c.get(path).status, "they have a port of their own")
	}
	for _, path := range []string{"/assets/", "/assets/..%2fsite.go", "/assets/nothing.css"} {
		assert.NotEqual(t, 200, c.get(path).status, path)
	}
}

func TestATokenLetsItsOperatorIn(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	hash := g.config.Operators["boss"].Token
	for _, wrong := range []string{"", "guess", hash, strings.TrimPrefix(hash, "sha256:"), g.tokens[boss][:len(g.tokens[boss])-1], strings.ToUpper(g.tokens[boss])} {
		a := g.client(t).post("/sign-in", url.Values{"token": {wrong}})
		assert.Equal(t, http.StatusUnauthorized, a.status)
		assert.Empty(t, a.header.Values("Set-Cookie"))
		assert.Contains(t, a.body, "not a token of anybody")
	}
	c := g.client(t)
	a := c.post("/sign-in", url.Values{"token": {" " + g.tokens[boss] + "\n"}, "next": {"/?view=done"}})
	assert.Equal(t, http.StatusSeeOther, a.status)
	assert.Equal(t, "/?view=done", a.to())
	cookie := a.header.Get("Set-Cookie")
	for _, want := range []string{"HttpOnly", "SameSite=Lax", "Path=/;", "Max-Age=43200"} {
		assert.Contains(t, cookie, want)
	}
	assert.Contains(t, c.get("/").body, boss)
	for _, next := range []string{"https://evil.example/x", "//evil.example/x", `/\evil.example`, "/\t/evil.example", "javascript:alert(1)", "/sign-out", "evil"} {
		g.pass(time.Minute) // so that it is not too often
		a := g.client(t).post("/sign-in", url.Values{"token": {g.tokens[viewer]}, "next": {next}})
		require.Equal(t, http.StatusSeeOther, a.status)
		assert.Equal(t, "/", a.to(), next)
	}
	assert.NotContains(t, g.logged.String(), g.tokens[boss])
	assert.Contains(t, g.logged.String(), "email="+boss)
}

func TestASessionEnds(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	asks := func(c *client) int { return c.get("/").status }
	c := g.signedIn(t, boss)
	for range 24 { // in use all the time
		require.Equal(t, 200, asks(c))
		g.pass(29 * time.Minute)
	}
	require.Equal(t, 200, asks(c))
	g.pass(25 * time.Minute)
	assert.Equal(t, http.StatusSeeOther, asks(c), "after 12 h in any case")

	c = g.signedIn(t, boss)
	g.pass(30 * time.Minute)
	assert.Equal(t, http.StatusSeeOther, asks(c), "after 30 min without a request")

	c = g.signedIn(t, boss)
	g.pass(20 * time.Minute)
	assert.Equal(t, "retry: 3000", c.stream(t, "/progress?after=0"))
	g.pass(20 * time.Minute)
	assert.Equal(t, http.StatusSeeOther, asks(c), "a page that asks by itself is nobody's presence")
	for _, path := range []string{"/", "/?by=itself"} {
		c = g.signedIn(t, boss)
		g.pass(20 * time.Minute)
		a := c.do(http.MethodGet, path, "", func(r *http.Request) {
			if path == "/" {
				r.Header.Set("Sec-Fetch-Dest", "empty")
			}
		})
		require.Equal(t, 200, a.status)
		g.pass(20 * time.Minute)
		assert.Equal(t, http.StatusSeeOther, asks(c), "nor is one that loads itself anew")
	}

	c = g.signedIn(t, boss)
	there, err := url.Parse(g.url)
	require.NoError(t, err)
	kept := c.jar.Cookies(there)
	require.Len(t, kept, 1)
	old := g.client(t)
	old.jar.SetCookies(there, kept)
	require.Equal(t, 200, asks(old))
	assert.Equal(t, "/sign-in", c.post("/sign-out", nil).to())
	assert.Equal(t, http.StatusSeeOther, asks(c))
	assert.Equal(t, http.StatusSeeOther, asks(old), "what the browser had lets nobody in any more")

	old.jar.SetCookies(there, []*http.Cookie{{Name: "billagent", Value: "planted", Path: "/"}})
	old.post("/sign-in", url.Values{"token": {g.tokens[boss]}})
	assert.NotEqual(t, "planted", old.jar.Cookies(there)[0].Value)
	first := old.jar.Cookies(there)[0]
	old.post("/sign-in", url.Values{"token": {g.tokens[boss]}})
	c.jar.SetCookies(there, []*http.Cookie{first})
	assert.Equal(t, http.StatusSeeOther, asks(c), "a new sign-in takes the place of the old session")
}

// stream reads the first line of a stream.
func (c *client) stream(t *testing.T, path string) string {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	rq, err := http.NewRequestWithContext(ctx, http.MethodGet, c.g.url+path, nil)
	require.NoError(t, err)
	got, err := (&http.Client{Jar: c.jar}).Do(rq)
	require.NoError(t, err)
	defer got.Body.Close()
	assert.Equal(t, "text/event-stream", got.Header.Get("Content-Type"))
	line, err := bufio.NewReader(got.Body).ReadString('\n')
	require.NoError(t, err)
	return strings.TrimSpace(line)
}

// TestAStreamEndsWithItsSession tells nothing more to whoever has been signed out.
func TestAStreamEndsWithItsSession(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	c := g.signedIn(t, viewer)
	ctx, cancel := context.WithTimeout(t.Context(), bound)
	defer cancel()
	event, err := g.LastEvent(ctx)
	require.NoError(t, err)
	rq, err := http.NewRequestWithContext(ctx, http.MethodGet, g.url+"/progress?after="+jsonNumber(event), nil)
	require.NoError(t, err)
	got, err := (&http.Client{Jar: c.jar}).Do(rq)
	require.NoError(t, err)
	defer got.Body.Close()
	from := bufio.NewReader(got.Body)
	line, err := from.ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "retry: 3000\n", line)
	g.pass(31 * time.Minute)
	rest, err := io.ReadAll(from)
	require.NoError(t, err)
	assert.Equal(t, "\nevent: changed\ndata: 1\n\n", string(rest))
	assert.Equal(t, http.StatusUnauthorized, c.get("/progress?after=0").status)
}

// TestNobodyHoldsEverything opens more streams, and signs in more often, than one person may.
func TestNobodyHoldsEverything(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	first := g.signedIn(t, viewer)
	event, err := g.LastEvent(t.Context())
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	status := map[int]int{}
	for range 8 {
		rq, err := http.NewRequestWithContext(ctx, http.MethodGet, g.url+"/progress?after="+jsonNumber(event), nil)
		require.NoError(t, err)
		got, err := (&http.Client{Jar: first.jar}).Do(rq)
		require.NoError(t, err)
		defer got.Body.Close()
		status[got.StatusCode]++
	}
	assert.Equal(t, map[int]int{200: 6, 503: 2}, status)
	boss := g.signedIn(t, boss)
	for range 20 {
		g.pass(10 * time.Second)
		g.signedIn(t, viewer)
	}
	assert.Equal(t, http.StatusSeeOther, first.get("/").status, "the one that was not used for longest has ended")
	assert.Equal(t, 200, boss.get("/").status, "nobody else's has")
}

func TestAFormOfAnotherSiteChangesNothing(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	s := g.plan(t, "ann@acme.example", "2030-12-04 17:00", "UTC")
	c := g.signedIn(t, boss)
	form := url.Values{"seen": {seen(s)}, "when": {"now"}, "meant": {"yes"}}.Encode()
	before := g.all(t)
	for name, edit := range map[string]func(*http.Request){
		"a browser says so":           func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "cross-site") },
		"another port":                func(r *http.Request) { r.Header.Set("Sec-Fetch-Site", "same-site") },
		"an old browser, its origin":  func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "https://evil.example") },
		"an old browser, in a frame":  func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "null") },
		"an old browser, other port":  func(r *http.Request) { r.Header.Del("Sec-Fetch-Site"); r.Header.Set("Origin", "http://127.0.0.1:1") },
		"a name that leads here only": func(r *http.Request) { r.Host = "evil.example" },
	} {
		for _, path := range []string{"/schedules/" + s.ID + "/cancel", "/schedules/" + s.ID + "/reschedule", "/sign-out", "/sign-in", "/tenants/acme/resume"} {
			a := c.do(http.MethodPost, path, form, edit)
			assert.Contains(t, []int{http.StatusForbidden, http.StatusMisdirectedRequest}, a.status, "%s: %s", name, path)
		}
	}
	assert.Equal(t, before, g.all(t))
	assert.Equal(t, 200, c.get("/").status, "nor was anybody signed out")
	assert.Equal(t, http.StatusSeeOther, c.post("/schedules/"+s.ID+"/cancel", url.Values{"seen": {seen(s)}}).status)
	assert.Equal(t, journal.Cancelled, g.stored(t, s.ID).State)
}

func TestOnlyItsOwnNamesLeadToIt(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	port := g.url[strings.LastIndexByte(g.url, ':'):]
	for host, status := range map[string]int{
		"127.0.0.1" + port: 200, "localhost" + port: 200, "[::1]" + port: 200, "LOCALHOST" + port: 200,
		"evil.example" + port: 421, "evil.example": 421, "127.0.0.1": 421, "localhost:1": 421, "127.0.0.1.evil.example" + port: 421,
	} {
		a := g.client(t).do(http.MethodGet, "/sign-in", "", func(r *http.Request) { r.Host = host })
		assert.Equal(t, status, a.status, host)
		assert.Equal(t, status == 421, strings.Contains(a.body, "A proxy before this page must pass on the header Host"), host)
	}
}

func TestAGETChangesNothing(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	pending := g.plan(t, "ann@acme.example", "2030-12-04 17:00", "UTC")
	parked := g.plan(t, "nobody@acme.example", "now", "")
	g.run(t)
	parked = g.stored(t, parked.ID)
	require.Equal(t, journal.Parked, parked.State)
	c := g.signedIn(t, boss)
	before := g.all(t)
	for _, s := range []journal.Schedule{pending, parked} {
		q := url.Values{"seen": {seen(s)}, "meant": {"yes"}, "when": {"now"}, "at": {"2031-01-01 12:00"}, "tz": {"UTC"}, "reason": {"x"}, "confirm": {"yes"}}.Encode()
		for _, path := range pathsOf(s) {
			for _, method := range []string{http.MethodGet, http.MethodHead, http.MethodPut, http.MethodDelete, http.MethodPatch} {
				sep := map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")]
				a := c.do(method, path+sep+q, "", nil)
				assert.NotEqual(t, http.StatusSeeOther, a.status, "%s %s", method, path)
			}
		}
	}
	assert.Equal(t, before, g.all(t))
}

func TestWhoMayLookMayNotAct(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	s := g.plan(t, "ann@acme.example", "2030-12-04 17:00", "UTC")
	c := g.signedIn(t, viewer)
	page := c.get("/schedules/" + s.ID)
	assert.Equal(t, 200, page.status)
	assert.Contains(t, page.body, "ann@acme.example")
	assert.NotContains(t, page.body, "/cancel")
	before := g.all(t)
	for _, path := range []string{"/schedules/" + s.ID + "/cancel", "/schedules/" + s.ID + "/reschedule", "/tenants/acme/resume"} {
		assert.Equal(t, http.StatusForbidden, c.get(path).status)
		assert.Equal(t, http.StatusForbidden, c.post(path, url.Values{"seen": {seen(s)}, "when": {"now"}, "meant": {"yes"}}).status)
	}
	assert.Equal(t, before, g.all(t))
}

// TestEvidenceIsOfItsOwnOperation asks for files of others, in every way in which a name can lead elsewhere.
func TestEvidenceIsOfItsOwnOperation(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	one, two := g.plan(t, "ann@acme.example", "now", ""), g.plan(t, "joann@acme.example", "now", "")
	g.run(t)
	one, two = g.stored(t, one.ID), g.stored(t, two.ID)
	dir := func(s journal.Schedule) string { return filepath.Join(g.config.EvidenceDir(), "acme", s.Operation) }
	put := func(path, text string) { require.NoError(t, os.WriteFile(path, []byte(text), 0o600)) }
	put(filepath.Join(dir(two), "secret-of-two.txt"), "of two")
	put(filepath.Join(dir(one), "page.html"), "<script>alert(1)</script>")
	put(filepath.Join(dir(one), "failure.mhtml"), "From: x\nContent-Type: text/html\n\n<script>alert(1)</script>")
	put(filepath.Join(dir(one), "drawn.svg"), "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>")
	put(filepath.Join(dir(one), "01-before-commit.png"), "\x89PNG\r\n\x1a\n<script>alert(1)</script>")
	require.NoError(t, os.Symlink(filepath.Join(dir(two), "secret-of-two.txt"), filepath.Join(dir(one), "link.txt")))
	require.NoError(t, os.Symlink(filepath.Join("..", two.Operation, "secret-of-two.txt"), filepath.Join(dir(one), "near.txt")))
	require.NoError(t, os.Mkdir(filepath.Join(dir(one), "folder.txt"), 0o700))
	c := g.signedIn(t, viewer)
	base := "/operations/" + one.Operation + "/evidence/"
	for _, name := range []string{
		"secret-of-two.txt", "..%2f" + two.Operation + "%2fsecret-of-two.txt", "..%2F..%2F..%2F..%2Ftoken", "%2e%2e", "..", ".", "link.txt", "near.txt", "folder.txt",
		"%2fetc%2fpasswd", "..%5c" + two.Operation + "%5csecret-of-two.txt", "%00", "exchanges.jsonl%00.png", "nothing.txt", "",
	} {
		a := c.get(base + name)
		assert.NotEqual(t, 200, a.status, name)
		assert.NotContains(t, a.body, "of two")
	}
	for _, id := range []string{one.Operation[:len(one.Operation)-1], "..", "%2e%2e", two.ID} {
		assert.NotEqual(t, 200, c.get("/operations/"+id+"/evidence/exchanges.jsonl").status, id)
	}
	assert.Equal(t, "of two", c.get("/operations/"+two.Operation+"/evidence/secret-of-two.txt").body)
	page := c.get("/schedules/" + one.ID).body
	assert.Contains(t, page, base+"01-before-commit.png")
	assert.NotContains(t, page, "link.txt")
	for name, kind := range map[string]string{"page.html": "application/octet-stream", "failure.mhtml": "application/octet-stream", "drawn.svg": "application/octet-stream",
		"01-before-commit.png": "image/png", "exchanges.jsonl": "text/plain; charset=utf-8"} {
		a := c.get(base + name)
		assert.Equal(t, 200, a.status, name)
		assert.Equal(t, kind, a.header.Get("Content-Type"), name)
		assert.Equal(t, kind == "application/octet-stream", a.header.Get("Content-Disposition") == "attachment", name)
		assert.Equal(t, "nosniff", a.header.Get("X-Content-Type-Options"))
		assert.Contains(t, a.header.Get("Content-Security-Policy"), "sandbox")
	}
	require.NoError(t, os.RemoveAll(dir(one)))
	require.NoError(t, os.Symlink(two.Operation, dir(one)))
	assert.Equal(t, 404, c.get(base+"secret-of-two.txt").status)
	assert.Contains(t, c.get("/schedules/"+one.ID).body, "This machine has none")
}

func TestEveryAnswerHasItsHeaders(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	s := g.plan(t, "ann@acme.example", "2030-12-04 17:00", "UTC")
	c := g.signedIn(t, boss)
	for _, path := range append(pathsOf(s), "/sign-in", "/assets/page.css", "/assets/none") {
		h := c.get(path).header
		assert.Contains(t, h.Get("Content-Security-Policy"), "default-src 'none'", path)
		assert.Contains(t, h.Get("Content-Security-Policy"), "frame-ancestors 'none'", path)
		assert.NotContains(t, h.Get("Content-Security-Policy"), "unsafe")
		for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer", "Cache-Control": "no-store", "X-Frame-Options": "DENY",
			"Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Resource-Policy": "same-origin", "Strict-Transport-Security": ""} {
			assert.Equal(t, want, h.Get(name), path)
		}
	}
	assert.Equal(t, http.StatusBadRequest, c.post("/schedules/"+s.ID+"/cancel", url.Values{"reason": {strings.Repeat("x", 20_000)}}).status)
	assert.Equal(t, http.StatusUnprocessableEntity, c.post("/schedules/"+s.ID+"/cancel", url.Values{"seen": {seen(s)}, "reason": {strings.Repeat("x", 2000)}}).status)
	assert.Equal(t, journal.Pending, g.stored(t, s.ID).State)
}

func TestWhoAsksTooOftenWaits(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{})
	h := g.site.Handler()
	ask := func(from, method, path string) int {
		r := httptest.NewRequestWithContext(t.Context(), method, g.url+path, strings.NewReader("token=guess"))
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.RemoteAddr = from
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		return w.Code
	}
	seen := map[int]int{}
	for range 12 {
		seen[ask("192.0.2.1:1234", http.MethodPost, "/sign-in")]++
	}
	assert.Equal(t, map[int]int{401: 10, 429: 2}, seen)
	assert.Equal(t, 401, ask("192.0.2.2:1234", http.MethodPost, "/sign-in"), "somebody else is not held up")
	assert.Equal(t, 200, ask("192.0.2.1:1234", http.MethodGet, "/sign-in"))
	for range 10 {
		ask("[2001:db8::1]:1", http.MethodPost, "/sign-in")
	}
	assert.Equal(t, 429, ask("[2001:db8::ffff]:1", http.MethodPost, "/sign-in"), "a network of IPv6 is one client")
	g.pass(time.Minute)
	assert.Equal(t, 401, ask("192.0.2.1:1234", http.MethodPost, "/sign-in"))
	seen = map[int]int{}
	for range 400 {
		seen[ask("192.0.2.9:1", http.MethodGet, "/sign-in")]++
	}
	assert.GreaterOrEqual(t, seen[200], 300)
	assert.Positive(t, seen[429])
}

// TestBehindTLSCookiesAreOfThisHostOnly has what a browser needs to keep the session to this host.
func TestBehindTLSCookiesAreOfThisHostOnly(t *testing.T) {
	t.Parallel()
	g := newGround(t, options{config: func(c *config.Config) { c.Web.Address = "https://billagent.example" }})
	c := g.client(t)
	proxied := func(r *http.Request) {
		r.Host = "billagent.example"
		r.Header.Set("Origin", "https://billagent.example")
	}
	a := c.do(http.MethodPost, "/sign-in", url.Values{"token": {g.tokens[boss]}}.Encode(), proxied)
	require.Equal(t, http.StatusSeeOther, a.status, a.body)
	assert.True(t, strings.HasPrefix(a.header.Get("Set-Cookie"), "__Host-billagent="))
	assert.Contains(t, a.header.Get("Set-Cookie"), "Secure")
	assert.NotContains(t, a.header.Get("Set-Cookie"), "Domain")
	assert.Contains(t, a.header.Get("Strict-Transport-Security"), "max-age=")
	assert.Equal(t, http.StatusMisdirectedRequest, c.get("/sign-in").status, "by its own address alone")
}

func TestOthersReachItByTLSOnly(t *testing.T) {
	t.Parallel()
	_, _, err := web.Listen(t.Context(), config.Web{Listen: "0.0.0.0:0", Address: "https://billagent.example"})
	require.ErrorIs(t, err, config.ErrInvalid)
	assert.Contains(t, err.Error(), "web.listen: others can reach")
	_, err = listener.Address{Section: "web", Listen: "127.0.0.1:0", Certificate: "file:/nowhere", Key: "file:/nowhere"}.Open(t.Context())
	assert.ErrorContains(t, err, "web.certificate")
}
