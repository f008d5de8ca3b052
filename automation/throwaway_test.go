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

// TestAThrowawaySessionReadsAndSendsNothing opens a page in a session that is thrown away, and presses a button
// that sends in every way at once, without any gate: the proxy alone lets nothing arrive, neither then nor when the
// session goes.
func TestAThrowawaySessionReadsAndSendsNothing(t *testing.T) {
	t.Parallel()
	got := &arrivals{}
	w := setup(t, "<p>the acting page")
	send := `for (const f of [
			() => new WebSocket(location.origin.replace('http', 'ws') + '/change?socket'),
			() => fetch('/change?fetch', {method: 'POST', body: 'who=ann'}),
			() => navigator.sendBeacon('/change?beacon', 'who=ann'),
			() => { new Image().src = '/change?image'; },
			() => setTimeout(() => fetch('/change?later', {method: 'POST'}), 300),
			() => addEventListener('pagehide', () => navigator.sendBeacon('/change?hidden', 'who=ann')),
		]) try { f(); } catch (e) { /* the others all the same */ }`
	w.serve("/form", `<h1>A form</h1><button onclick="`+send+`">Go</button>`)
	w.mux.HandleFunc("/change", func(_ http.ResponseWriter, r *http.Request) { got.note(r) })
	thrown, err := w.Session.Throwaway(t.Context(), w.Page, nil)
	require.NoError(t, err)
	page, err := thrown.NewPage(t.Context())
	require.NoError(t, err)
	require.NoError(t, page.Open(t.Context(), w.URL+"/form"), "it can read")
	thrown.Deny()
	require.NoError(t, page.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
	time.Sleep(time.Second) // whatever would arrive has arrived
	require.NoError(t, thrown.Close(t.Context()))
	require.NoError(t, w.Open(t.Context(), w.URL+"/form"), "the session it was copied from is untouched")
	assert.Empty(t, got.all())
}

// TestAThrowawaySessionOpensNoSocket tries a WebSocket where reading is still allowed.
func TestAThrowawaySessionOpensNoSocket(t *testing.T) {
	t.Parallel()
	got := &arrivals{}
	w := setup(t, "<p>the acting page")
	w.serve("/form", logs+`<script>const s = new WebSocket(location.origin.replace('http', 'ws') + '/change'); s.onerror = () => note('refused');</script>`)
	w.mux.HandleFunc("/change", func(_ http.ResponseWriter, r *http.Request) { got.note(r) })
	thrown, err := w.Session.Throwaway(t.Context(), w.Page, nil)
	require.NoError(t, err)
	page, err := thrown.NewPage(t.Context())
	require.NoError(t, err)
	require.NoError(t, page.Open(t.Context(), w.URL+"/form"))
	require.Eventually(t, func() bool {
		said, err := page.Read(t.Context(), css("#log"), "")
		return err == nil && said == "log: refused"
	}, 10*time.Second, 50*time.Millisecond)
	require.NoError(t, thrown.Close(t.Context()))
	assert.Empty(t, got.all(), fmt.Sprint(got.all()))
}
