package automation_test

import (
	"context"
	"errors"
	"net"
	"net/http"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// sendsAgain is a page with a button, of which the first request is cut off when it has arrived, by a reset of the
// connection that the page came over: the browser sends it once more by itself. It presses the button.
func sendsAgain(t *testing.T) (w *world, got *arrivals, press func() automation.Gated) {
	t.Helper()
	got = &arrivals{}
	w = setup(t, `<button onclick="fetch('/change', {method: 'POST', body: 'who=ann'})">Go</button>`)
	w.mux.HandleFunc("POST /change", func(rw http.ResponseWriter, r *http.Request) {
		got.note(r)
		if len(got.all()) > 1 {
			return
		}
		if conn, _, err := rw.(http.Hijacker).Hijack(); err == nil {
			_ = conn.(*net.TCPConn).SetLinger(0)
			_ = conn.Close()
		}
	})
	press = func() automation.Gated {
		g, err := w.Session.OpenGate(t.Context(), func(r automation.Request) automation.Ruling {
			return automation.Ruling{Pass: true, Commit: r.Changes()}
		})
		require.NoError(t, err)
		g.Arm(t.Context())
		require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
		require.True(t, g.Await(t.Context(), 10*time.Second, func(s []automation.Gated) bool { return len(s) == 1 && s[0].Answer != nil }))
		g.EndLog() // what was heard by then is told none the less
		require.NoError(t, g.Listen(t.Context()))
		require.NoError(t, g.Close(t.Context()))
		return g.Sent()[0]
	}
	return w, got, press
}

func TestTheBrowserMaySendAgain(t *testing.T) {
	t.Parallel()
	_, got, press := sendsAgain(t)
	first := press()
	require.Len(t, got.all(), 2, "this browser does not send again")
	assert.True(t, first.Again)
	assert.False(t, press().Again, "the third came over a connection that was open")
}

func TestWhereNoProcessIsNamedTheLogIsOfAll(t *testing.T) {
	t.Parallel()
	w, got, press := sendsAgain(t)
	w.Calls.mu.Lock()
	w.Calls.fail = func(c automation.Call) error {
		if c.Method == "SystemInfo.getProcessInfo" {
			return errors.New("it is not known")
		}
		return nil
	}
	w.Calls.mu.Unlock()
	first := press()
	require.Len(t, got.all(), 2, "this browser does not send again")
	assert.True(t, first.Again)
}

// TestAPressDoesNotWaitForAPageThatWasClosed closes a page of another session right before each press: its process may
// end while the browser's log begins, and a log of every process waits ten seconds for its answer.
func TestAPressDoesNotWaitForAPageThatWasClosed(t *testing.T) {
	t.Parallel()
	w := setup(t, `<h1>Page</h1>`)
	for range 8 {
		other, err := w.Browser.NewSession(t.Context(), []string{"127.0.0.1"})
		require.NoError(t, err)
		page, err := other.NewPage(t.Context())
		require.NoError(t, err)
		require.NoError(t, page.Open(t.Context(), w.URL))
		require.NoError(t, other.Close(t.Context()))
		g, err := w.Session.OpenGate(t.Context(), func(automation.Request) automation.Ruling { return automation.Ruling{Pass: true} })
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
		made := w.Calls.during(func() { g.Arm(ctx) })
		assert.NoError(t, ctx.Err(), "the press waits")
		assert.Contains(t, made, "Tracing.start")
		cancel()
		require.NoError(t, g.Listen(t.Context()))
		require.NoError(t, g.Close(t.Context()))
		if t.Failed() {
			return
		}
	}
}
