package automation_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// arrivals is what reached a server that changes things.
type arrivals struct {
	mu   sync.Mutex
	list []string
}

func (a *arrivals) note(r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	defer a.mu.Unlock()
	a.list = append(a.list, fmt.Sprintf("%s %s %s", r.Method, r.URL.RequestURI(), body))
}

func (a *arrivals) all() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string(nil), a.list...)
}

// channels are the ways in which a page can send something by one click. Each begins by itself what it needs.
var channels = map[string]string{
	"fetch":            `fetch('/change', {method: 'POST', body: 'who=ann'})`,
	"keepalive":        `fetch('/change', {method: 'POST', body: 'who=ann', keepalive: true})`,
	"XMLHttpRequest":   `{ const x = new XMLHttpRequest(); x.open('POST', '/change'); x.send('who=ann'); }`,
	"beacon":           `navigator.sendBeacon('/change', 'who=ann')`,
	"form":             `{ const f = document.createElement('form'); f.method = 'post'; f.action = '/change'; f.innerHTML = '<input name=who value=ann>'; document.body.append(f); f.submit(); }`,
	"multipart":        `{ const d = new FormData(); d.set('who', 'ann'); fetch('/change', {method: 'POST', body: d}); }`,
	"form in a frame":  `{ const i = document.createElement('iframe'); i.name = 'x'; document.body.append(i); const f = document.createElement('form'); f.method = 'post'; f.action = '/change'; f.target = 'x'; f.innerHTML = '<input name=who value=ann>'; document.body.append(f); f.submit(); }`,
	"dedicated worker": `new Worker(window.URL.createObjectURL(new Blob(["fetch('" + location.origin + "/change', {method: 'POST', body: 'who=ann'})"])))`,
	"shared worker":    `shared.port.postMessage('')`,
	"service worker":   `navigator.serviceWorker.controller ? navigator.serviceWorker.controller.postMessage('') : navigator.serviceWorker.ready.then((r) => r.active.postMessage(''))`,
	"ping":             `{ const a = document.createElement('a'); a.href = '#x'; a.ping = '/change'; document.body.append(a); a.click(); }`,
	"link":             `location.href = '/change?who=ann'`,
	"image":            `new Image().src = '/change?who=ann'`,
}

func siteWithChannels(t *testing.T, do string) (*world, *arrivals) {
	t.Helper()
	got := &arrivals{}
	w := setup(t, `<button onclick="`+strings.ReplaceAll(do, `"`, "&quot;")+`">Go</button><script>
		var shared = new SharedWorker('/shared.js');
		navigator.serviceWorker.register('/sw.js');</script>`)
	w.mux.HandleFunc("/change", func(rw http.ResponseWriter, r *http.Request) { got.note(r); fmt.Fprint(rw, "stored") })
	script := func(path, text string) {
		w.mux.HandleFunc("GET "+path, func(rw http.ResponseWriter, _ *http.Request) {
			rw.Header().Set("Content-Type", "text/javascript")
			fmt.Fprint(rw, text)
		})
	}
	script("/shared.js", `onconnect = (e) => { e.ports[0].onmessage = () => fetch('/change', {method: 'POST', body: 'who=ann'}); };`)
	script("/sw.js", `onmessage = () => fetch('/change', {method: 'POST', body: 'who=ann'});
		oninstall = () => skipWaiting(); onactivate = (e) => e.waitUntil(clients.claim());`)
	w.mux.HandleFunc("GET /ready", func(rw http.ResponseWriter, _ *http.Request) {})
	require.NoError(t, w.Open(t.Context(), w.URL)) // again: the workers are there now
	return w, got
}

func TestNothingThatIsHeldArrives(t *testing.T) {
	t.Parallel()
	for name, do := range channels {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, got := siteWithChannels(t, do)
			seen := make(chan automation.Request, 10)
			g, err := w.Session.OpenGate(t.Context(), func(r automation.Request) automation.Ruling {
				if strings.HasPrefix(r.Path(), "/change") {
					seen <- r
					return automation.Ruling{Why: "not today"}
				}
				return automation.Ruling{Pass: true}
			})
			require.NoError(t, err)
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
			select {
			case r := <-seen:
				all := append(r.Values(), r.Query()...)
				if name != "ping" {
					assert.Contains(t, fmt.Sprint(all), "ann")
				}
			case <-time.After(10 * time.Second):
				t.Fatal("nothing came to the gate")
			}
			require.NoError(t, g.Close(t.Context()))
			assert.Empty(t, got.all())
			assert.NotEmpty(t, g.Sent())
		})
	}
}

func TestWhatPassesIsAnswered(t *testing.T) {
	t.Parallel()
	for name, do := range channels {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w, got := siteWithChannels(t, do)
			g, err := w.Session.OpenGate(t.Context(), func(r automation.Request) automation.Ruling {
				return automation.Ruling{Pass: true, Commit: r.Path() == "/change"}
			})
			require.NoError(t, err)
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
			answered := func(sent []automation.Gated) bool { return len(sent) == 1 && sent[0].Answer != nil }
			require.True(t, g.Await(t.Context(), 10*time.Second, answered), "%+v", g.Sent())
			require.NoError(t, g.Close(t.Context()))
			assert.Len(t, got.all(), 1)
			a := g.Sent()[0].Answer
			assert.Equal(t, http.StatusOK, a.Status)
			assert.Equal(t, "stored", string(a.Body))
		})
	}
}

func TestAnAnswerIsWhatARedirectionLeadsTo(t *testing.T) {
	t.Parallel()
	w := setup(t, `<form method=post action=/change><button>Go</button></form>`)
	w.mux.HandleFunc("POST /change", func(rw http.ResponseWriter, r *http.Request) { http.Redirect(rw, r, "/after", http.StatusSeeOther) })
	w.serve("/after", "<p>refused: nobody else is left")
	g, err := w.Session.OpenGate(t.Context(), func(r automation.Request) automation.Ruling {
		return automation.Ruling{Pass: true, Commit: r.Changes()}
	})
	require.NoError(t, err)
	require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
	done := func(sent []automation.Gated) bool {
		return len(sent) == 1 && sent[0].Answer != nil && sent[0].Answer.Led == http.StatusOK
	}
	require.True(t, g.Await(t.Context(), 10*time.Second, done), "%+v", g.Sent())
	assert.Contains(t, string(g.Sent()[0].Answer.Body), "nobody else is left")
	assert.Equal(t, http.StatusSeeOther, g.Sent()[0].Answer.Status, "that is the answer to the request itself")
	_, _, err = w.Await(t.Context(), 5*time.Second, nil, css("p"))
	require.NoError(t, err, "the page gets its answer too")
	require.NoError(t, g.Close(t.Context()))
}

// TestWhatAServerSendsOnIsAnswered has a server send a change on (307) to where it is answered, or stopped.
func TestWhatAServerSendsOnIsAnswered(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		stop bool
		want automation.Answer
	}{
		"refused there": {false, automation.Answer{Status: http.StatusForbidden, Body: []byte("no")}},
		"stopped":       {true, automation.Answer{Failed: "the server sent it on, and that was stopped"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := &arrivals{}
			w := setup(t, `<button onclick="fetch('/change', {method: 'POST', body: 'who=ann'})">Go</button>`)
			w.mux.HandleFunc("POST /change", func(rw http.ResponseWriter, r *http.Request) {
				http.Redirect(rw, r, "/there", http.StatusTemporaryRedirect)
			})
			w.mux.HandleFunc("POST /there", func(rw http.ResponseWriter, r *http.Request) {
				got.note(r)
				rw.WriteHeader(http.StatusForbidden)
				fmt.Fprint(rw, "no")
			})
			g, err := w.Session.OpenGate(t.Context(), func(r automation.Request) automation.Ruling {
				return automation.Ruling{Pass: !c.stop || r.Path() != "/there", Commit: r.Path() == "/change"}
			})
			require.NoError(t, err)
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
			done := func(all []automation.Gated) bool {
				return len(all) == 2 && all[0].Answer != nil && (c.stop || all[1].Answer != nil)
			}
			require.True(t, g.Await(t.Context(), 10*time.Second, done), "%+v", g.Sent())
			require.NoError(t, g.Close(t.Context()))
			for i, s := range g.Sent() {
				if i == 0 || !c.stop {
					assert.Equal(t, c.want, *s.Answer)
				}
			}
			assert.Len(t, got.all(), map[bool]int{false: 1}[c.stop])
		})
	}
}

func TestAnAnswerThatNeverCame(t *testing.T) {
	t.Parallel()
	w := setup(t, `<button onclick="fetch('/change', {method: 'POST'})">Go</button>`)
	w.mux.HandleFunc("POST /change", func(rw http.ResponseWriter, _ *http.Request) {
		conn, _, err := rw.(http.Hijacker).Hijack()
		if err == nil {
			_ = conn.Close()
		}
	})
	g, err := w.Session.OpenGate(t.Context(), func(r automation.Request) automation.Ruling {
		return automation.Ruling{Pass: true, Commit: r.Changes()}
	})
	require.NoError(t, err)
	require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
	failed := func(sent []automation.Gated) bool {
		return len(sent) == 1 && sent[0].Answer != nil && sent[0].Answer.Failed != ""
	}
	require.True(t, g.Await(t.Context(), 10*time.Second, failed), "%+v", g.Sent())
	require.NoError(t, g.Close(t.Context()))
}

func TestAGateHoldsItsOwnSessionOnly(t *testing.T) {
	t.Parallel()
	got := &arrivals{}
	w := setup(t, `<button onclick="fetch('/change', {method: 'POST'})">Go</button>`)
	w.mux.HandleFunc("POST /change", func(_ http.ResponseWriter, r *http.Request) { got.note(r) })
	other, err := w.Browser.NewSession(t.Context(), []string{"127.0.0.1"})
	require.NoError(t, err)
	page, err := other.NewPage(t.Context())
	require.NoError(t, err)
	g, err := w.Session.OpenGate(t.Context(), func(automation.Request) automation.Ruling { return automation.Ruling{} })
	require.NoError(t, err)
	require.NoError(t, page.Open(t.Context(), w.URL))
	require.NoError(t, page.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
	require.Eventually(t, func() bool { return len(got.all()) == 1 }, 10*time.Second, 20*time.Millisecond)
	require.NoError(t, g.Close(t.Context()))
	assert.Empty(t, g.Sent())
}

// TestADocumentIsHeldAfterACommit leads a page to a host that is not allowed when a gate has been closed.
func TestADocumentIsHeldAfterACommit(t *testing.T) {
	t.Parallel()
	got := &arrivals{}
	w := setup(t, "")
	w.mux.HandleFunc("GET /elsewhere", func(_ http.ResponseWriter, r *http.Request) { got.note(r) })
	w.serve("/leads", `<a href="`+strings.Replace(w.URL, "127.0.0.1", "localhost", 1)+`/elsewhere">Go</a>`)
	require.NoError(t, w.Open(t.Context(), "/leads"))
	g, err := w.Session.OpenGate(t.Context(), func(automation.Request) automation.Ruling { return automation.Ruling{Pass: true} })
	require.NoError(t, err)
	require.NoError(t, g.Close(t.Context()))
	_ = w.Click(t.Context(), automation.Press{Target: css("a"), Bound: short})
	require.NoError(t, w.Open(t.Context(), w.URL+"/leads"))
	assert.Empty(t, got.all())
}

// TestWhatMayBeOfAnotherSessionIsNoCommit sends a request from a frame of which nothing is known. Where one gate is open
// its policy rules on the request; where two are, neither policy is asked, and what changes something is stopped.
func TestWhatMayBeOfAnotherSessionIsNoCommit(t *testing.T) {
	t.Parallel()
	w := setup(t, "")
	other, err := w.Browser.NewSession(t.Context(), []string{"127.0.0.1"})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, other.Close(context.Background())) })
	var told []string
	passes := func(q automation.Request) automation.Ruling {
		told = append(told, strings.TrimPrefix(q.URL, w.URL))
		return automation.Ruling{Pass: true, Commit: true}
	}
	g, err := w.Session.OpenGate(t.Context(), passes)
	require.NoError(t, err)
	w.Browser.Arrives("POST", w.URL+"/first")
	theirs, err := other.OpenGate(t.Context(), passes)
	require.NoError(t, err)
	w.Browser.Arrives("POST", w.URL+"/second")
	w.Browser.Arrives("GET", w.URL+"/third")
	for _, g := range []*automation.Gate{g, theirs} {
		require.NoError(t, g.Close(t.Context()))
	}
	said := func(g *automation.Gate) (out []string) {
		for _, s := range g.Sent() {
			out = append(out, fmt.Sprintf("%s %v %v %s", strings.TrimPrefix(s.Request.URL, w.URL), s.Ruling.Pass, s.Ruling.Commit, s.Ruling.Why))
		}
		return out
	}
	why := "several sessions are held, and it is not known which of them sends it"
	assert.Equal(t, []string{"/second false false " + why}, said(theirs))
	assert.Equal(t, append([]string{"/first true true "}, said(theirs)...), said(g))
	assert.Equal(t, []string{"/first"}, told, "what passed is counted by a policy")
}

// TestGateBudget keeps the cost of holding a commit's network: two calls to open and two to close, one for the
// answer's body, one for the cookies as they are before the press, one to find the process of which the log
// is read, and for each request that passes one (not counted here), two where its answer is wanted.
func TestGateBudget(t *testing.T) {
	t.Parallel()
	w := setup(t, `<button onclick="fetch('/change', {method: 'POST'})">Go</button>`)
	w.mux.HandleFunc("POST /change", func(http.ResponseWriter, *http.Request) {})
	made := w.Calls.during(func() {
		g, err := w.Session.OpenGate(t.Context(), func(r automation.Request) automation.Ruling {
			return automation.Ruling{Pass: true, Commit: r.Changes()}
		})
		require.NoError(t, err)
		g.Arm(t.Context())
		require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
		require.True(t, g.Await(t.Context(), 10*time.Second, func(s []automation.Gated) bool { return len(s) == 1 && s[0].Answer != nil }))
		require.NoError(t, g.Close(context.Background()))
	})
	count := map[string]int{}
	for _, m := range made {
		count[m]++
	}
	assert.Equal(t, 2, count["Fetch.enable"])
	assert.Equal(t, 1, count["Fetch.getResponseBody"])
	assert.LessOrEqual(t, len(made), 5+7, "%v", made)
}

// TestWhatWasBegunBeforeThePressIsNoneOfIt keeps a gate busy with one request, while the page begins another and
// the press comes.
func TestWhatWasBegunBeforeThePressIsNoneOfIt(t *testing.T) {
	t.Parallel()
	for _, channel := range []string{"fetch", "keepalive", "XMLHttpRequest", "beacon", "form", "form in a frame", "dedicated worker", "ping", "link", "image"} {
		t.Run(channel, func(t *testing.T) {
			t.Parallel()
			second := strings.ReplaceAll(channels[channel], `"`, "&quot;")
			w := setup(t, `<button onclick="fetch('/first', {method: 'POST'})">First</button><button onclick="`+second+`">Go</button>`)
			busy, free := make(chan struct{}), make(chan struct{})
			release := sync.OnceFunc(func() { close(free) })
			var early sync.Map
			g, err := w.Session.OpenGate(t.Context(), func(q automation.Request) automation.Ruling {
				if q.Path() == "/first" {
					close(busy)
					<-free
				}
				early.Store(q.Path(), q.Early)
				return automation.Ruling{Why: "a test"}
			})
			require.NoError(t, err)
			t.Cleanup(func() { require.NoError(t, g.Close(context.Background())) })
			t.Cleanup(release)
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("First"), Bound: enough}))
			<-busy
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
			require.Eventually(t, func() bool { return g.Begun("/change") }, 10*time.Second, time.Millisecond, "the browser tells of the second")
			armed := make(chan struct{})
			go func() {
				defer close(armed)
				g.Arm(t.Context())
			}()
			require.Eventually(t, func() bool { return g.Ended() }, 10*time.Second, time.Millisecond)
			release()
			<-armed
			require.Eventually(t, func() bool { _, ok := early.Load("/change"); return ok }, 10*time.Second, time.Millisecond)
			was, _ := early.Load("/change")
			assert.True(t, was.(bool), "it was begun before the press")
		})
	}
}
