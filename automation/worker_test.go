package automation_test

import (
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// acceptSocket answers the handshake of RFC 6455 and reads what comes.
func acceptSocket(rw http.ResponseWriter, r *http.Request) {
	conn, _, err := rw.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	sum := sha1.Sum([]byte(r.Header.Get("Sec-Websocket-Key") + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))
	fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n",
		base64.StdEncoding.EncodeToString(sum[:]))
	_, _ = io.Copy(io.Discard, conn)
	_ = conn.Close()
}

// TestAWebTransportIsToldOf has a page and a worker open one between press and answer: what is said on it nobody sees.
func TestAWebTransportIsToldOf(t *testing.T) {
	t.Parallel()
	const opens = "new WebTransport('https://127.0.0.1:9/ann').ready.catch(() => {})"
	for name, press := range map[string]string{"the page": opens, "a worker": "new Worker('/worker.js')"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, `<button onclick="`+press+`">Go</button>`)
			w.mux.HandleFunc("GET /worker.js", func(rw http.ResponseWriter, _ *http.Request) {
				rw.Header().Set("Content-Type", "text/javascript")
				fmt.Fprint(rw, opens)
			})
			g, err := w.Session.OpenGate(t.Context(), func(automation.Request) automation.Ruling { return automation.Ruling{Pass: true} })
			require.NoError(t, err)
			g.Arm(t.Context())
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
			told := func() bool {
				return slices.ContainsFunc(g.Unheld(), func(u automation.Unheld) bool { return u.How == automation.ByTransport && u.Dark() })
			}
			assert.Eventually(t, told, 10*time.Second, 50*time.Millisecond)
			require.NoError(t, g.Close(t.Context()))
		})
	}
}

// TestSocketsAreToldOf has the page itself and workers of each kind say something on a WebSocket.
func TestSocketsAreToldOf(t *testing.T) {
	t.Parallel()
	const tell = `const s = new WebSocket('ws://' + location.host + '/socket'); const say = () => s.send('ann');
		const go = () => { if (s.readyState === 1) say(); else s.onopen = say; };`
	for name, c := range map[string]struct{ begin, press string }{
		"the page":            {tell, "go()"},
		"a dedicated worker":  {"const w = new Worker('/worker.js');", "w.postMessage('')"},
		"a service worker":    {"navigator.serviceWorker.register('/service.js');", "navigator.serviceWorker.ready.then((r) => r.active.postMessage(''))"},
		"a worker just begun": {"", "new Worker('/at-once.js')"},
		"a worker's worker":   {"", "new Worker('/outer.js')"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, `<script>`+c.begin+`</script><button onclick="`+c.press+`">Go</button>`)
			w.mux.HandleFunc("GET /socket", acceptSocket)
			for path, script := range map[string]string{
				"/outer.js": "new Worker('/at-once.js')", "/worker.js": tell + `onmessage = go;`, "/at-once.js": tell + `go();`, "/service.js": tell + `onmessage = go;`,
			} {
				w.mux.HandleFunc("GET "+path, func(rw http.ResponseWriter, _ *http.Request) {
					rw.Header().Set("Content-Type", "text/javascript")
					fmt.Fprint(rw, script)
				})
			}
			require.NoError(t, w.Open(t.Context(), w.URL)) // again: whatever was to be found there is there now
			g, err := w.Session.OpenGate(t.Context(), func(automation.Request) automation.Ruling { return automation.Ruling{Pass: true} })
			require.NoError(t, err)
			g.Arm(t.Context())
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
			told := func() bool { return strings.Contains(fmt.Sprintf("%#v", g.Unheld()), "ann") }
			assert.Eventually(t, told, 10*time.Second, 50*time.Millisecond)
			require.NoError(t, g.Close(t.Context()))
		})
	}
}
