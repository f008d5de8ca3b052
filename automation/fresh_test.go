package automation_test

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAFreshSessionHasTheSignInAndNothingElse copies a session whose page has cookies, storage, a cache and a
// service worker.
func TestAFreshSessionHasTheSignInAndNothingElse(t *testing.T) {
	t.Parallel()
	w := site(t)
	fresh, err := w.Session.Fresh(t.Context(), w.Page, []string{"token", "tab"})
	require.NoError(t, err)
	page, err := fresh.NewPage(t.Context())
	require.NoError(t, err)
	for look := 1; look <= 2; look++ { // the second would come out of the cache
		assert.Equal(t, fmt.Sprintf("of the server, look %d, signed in true", look), looked(t, page, w.URL))
	}
	kept, err := page.Read(t.Context(), css("#log"), "")
	require.NoError(t, err)
	assert.Equal(t, "abc t", kept, "the named keys and no other")
	require.NoError(t, fresh.Close(t.Context()))
	require.NoError(t, w.Open(t.Context(), w.URL), "the session it was copied from goes on")
}

// TestAPageBypassesCachesFromThenOn is about a page that a service worker serves already.
func TestAPageBypassesCachesFromThenOn(t *testing.T) {
	t.Parallel()
	w := site(t)
	require.Equal(t, "of the worker", looked(t, w.Page, w.URL))
	require.NoError(t, w.Page.BypassCaches(t.Context()))
	for look := range 2 { // the second would come out of the cache
		assert.Equal(t, fmt.Sprintf("of the server, look %d, signed in true", look+1), looked(t, w.Page, w.URL))
	}
}

// looked is what the page says that both cache and worker would keep.
func looked(t *testing.T, page *automation.Page, url string) string {
	t.Helper()
	require.NoError(t, page.Open(t.Context(), url+"/look"))
	_, _, err := page.Await(t.Context(), short, nil, css("h1"))
	require.NoError(t, err)
	said, err := page.Read(t.Context(), css("h1"), "")
	require.NoError(t, err)
	return said
}

// workerBound ends a test where no service worker comes: its process starts late on a busy machine.
const workerBound = 20 * time.Second

// site is a page with cookies, storage and a service worker, and one that both cache and worker would keep: it says
// how often the server was asked.
func site(t *testing.T) *world {
	w := setup(t, `<p>home<script>
		document.cookie = 'session=1; path=/';
		localStorage.setItem('token', 'abc'); localStorage.setItem('wish', 'a'); sessionStorage.setItem('tab', 't');
		navigator.serviceWorker.register('/sw.js').then(() => navigator.serviceWorker.ready).then(() => {
			document.body.append(Object.assign(document.createElement('b'), { textContent: 'ready' }));
		});
	</script>`)
	served := 0
	w.mux.HandleFunc("GET /sw.js", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/javascript")
		fmt.Fprint(rw, `onfetch = (e) => { if (e.request.url.endsWith('/look')) e.respondWith(new Response('<h1>of the worker</h1>', { headers: { 'Content-Type': 'text/html' } })); };
			oninstall = () => skipWaiting(); onactivate = (e) => e.waitUntil(clients.claim());`)
	})
	w.mux.HandleFunc("GET /look", func(rw http.ResponseWriter, r *http.Request) {
		served++
		rw.Header().Set("Content-Type", "text/html")
		rw.Header().Set("Cache-Control", "max-age=600")
		cookie, err := r.Cookie("session")
		fmt.Fprintf(rw, `<h1>of the server, look %d, signed in %v</h1><p id=log></p><script>document.getElementById('log').textContent =
			[localStorage.getItem('token'), localStorage.getItem('wish'), sessionStorage.getItem('tab')].join(' ')</script>`, served, err == nil && cookie.Value == "1")
	})
	_, _, err := w.Await(t.Context(), workerBound, nil, css("b"))
	require.NoError(t, err)
	return w
}
