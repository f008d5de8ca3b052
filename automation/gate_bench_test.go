package automation_test

import (
	"net/http"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/require"
)

// BenchmarkCommit is one press that sends a request, without and with the session's requests held, on loopback. The
// difference is what holding costs.
func BenchmarkCommit(b *testing.B) {
	for name, held := range map[string]bool{"free": false, "held": true} {
		b.Run(name, func(b *testing.B) {
			w := setup(b, `<button onclick="fetch('/change', {method: 'POST'}).then(() => { document.title = 'done ' + performance.now(); })">Go</button>`)
			w.mux.HandleFunc("POST /change", func(http.ResponseWriter, *http.Request) {})
			calls := 0
			for b.Loop() {
				made := w.Calls.during(func() {
					var g *automation.Gate
					if held {
						var err error
						g, err = w.Session.OpenGate(b.Context(), func(r automation.Request) automation.Ruling {
							return automation.Ruling{Pass: true, Commit: r.Changes()}
						})
						require.NoError(b, err)
						g.Arm(b.Context())
					}
					require.NoError(b, w.Click(b.Context(), automation.Press{Target: button("Go"), Bound: enough}))
					if held {
						require.True(b, g.Await(b.Context(), 10*time.Second, func(s []automation.Gated) bool { return len(s) > 0 && s[0].Answer != nil }))
						require.NoError(b, g.Listen(b.Context()))
						require.NoError(b, g.Close(b.Context()))
					}
				})
				calls += len(made)
			}
			b.ReportMetric(float64(calls)/float64(b.N), "calls/op")
		})
	}
}
