package automation_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/require"
)

// calls counts protocol calls, for budgets.
type calls struct {
	mu   sync.Mutex
	list []string
	fail func(automation.Call) error
}

func (c *calls) observe(call automation.Call) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.list = append(c.list, call.Method)
	if c.fail != nil {
		return c.fail(call)
	}
	return nil
}

// during returns the protocol calls made while do runs, without those of events (navigations let through).
func (c *calls) during(do func()) []string {
	c.mu.Lock()
	from := len(c.list)
	c.mu.Unlock()
	do()
	c.mu.Lock()
	defer c.mu.Unlock()
	var out []string
	for _, m := range c.list[from:] {
		if m != "Fetch.continueRequest" {
			out = append(out, m)
		}
	}
	return out
}

var full = os.Getenv("TEST_FULL_CHROMIUM") != ""

func launch(t testing.TB, o automation.Options) *automation.Browser {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	b, err := automation.Find("", full)
	require.NoError(t, err, "run: billagent browser install")
	o.Binary = b
	if o.ProfileDir == "" {
		o.ProfileDir = t.TempDir()
	}
	browser, err := automation.Launch(context.Background(), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, browser.Close()) })
	return browser
}

// world is one page of one browser, with a site to show.
type world struct {
	*automation.Page
	Session *automation.Session
	Browser *automation.Browser
	Calls   *calls
	URL     string
	mux     *http.ServeMux
}

// part is another path of a site.
type part struct{ path, body string }

// setup opens a page that shows body. What its frames show must be among the parts: they ask for it at once. Other paths
// of the site can be served later, through world.serve.
func setup(t testing.TB, body string, parts ...part) *world {
	t.Helper()
	w := &world{Calls: &calls{}, mux: http.NewServeMux()}
	srv := httptest.NewServer(w.mux)
	t.Cleanup(srv.Close)
	w.URL = srv.URL
	w.serve("/{$}", body)
	for _, p := range parts {
		w.serve(p.path, p.body)
	}
	w.Browser = automationtest.Take(t, full, w.Calls.observe)
	var err error
	w.Session, err = w.Browser.NewSession(t.Context(), []string{"127.0.0.1"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.Session.Close(context.Background()) }) // a test may have closed it
	w.Page, err = w.Session.NewPage(t.Context())
	require.NoError(t, err)
	require.NoError(t, w.Open(t.Context(), w.URL))
	_, err = w.Look(t.Context(), css("#not-there")) // which is known once the page has come to its end
	require.NoError(t, err)
	return w
}

func (w *world) serve(pattern, body string) {
	w.mux.HandleFunc("GET "+pattern, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(rw, "<!doctype html><meta charset=utf-8><title>t</title>"+body)
	})
}

func css(selector string) *selectors.Target {
	return &selectors.Target{Name: selector, Candidates: []selectors.Candidate{{CSS: selector}}}
}

func button(name string) *selectors.Target {
	return &selectors.Target{Name: "button " + name, Candidates: []selectors.Candidate{{Role: "button", Name: name}}}
}

// log is what the page's own scripts have noted in #log.
func (w *world) log(t testing.TB) string {
	t.Helper()
	s, err := w.Read(t.Context(), css("#log"), "")
	require.NoError(t, err)
	return s
}

// A bound ends an act that is expected to fail; what is expected to succeed has that of a flow's step, so that a slow
// machine fails nothing.
const (
	short  = 1500 * time.Millisecond
	enough = 20 * time.Second
)

// logs is a page part to which note(text) adds.
const logs = `<p id=log style="min-height:1em">log:</p><script>var note = (s) => { document.getElementById('log').textContent += ' ' + s; };</script>`
