package automation_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestSpeculationIsTold has a page that adds speculation rules at a press. What they load cannot be held, so it is
// told; a session that is thrown away does not let it out.
func TestSpeculationIsTold(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"prefetch", "prerender"} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			got := &arrivals{}
			w := setup(t, "<p>the acting page")
			w.serve("/form", `<button onclick="const s = document.createElement('script'); s.type = 'speculationrules';
				s.textContent = JSON.stringify({`+kind+`: [{ source: 'list', urls: ['/change?who=ann'], eagerness: 'immediate' }] });
				document.body.append(s);">Go</button>`)
			w.mux.HandleFunc("/change", func(_ http.ResponseWriter, r *http.Request) { got.note(r) })
			thrown, err := w.Session.Throwaway(t.Context(), w.Page, nil)
			require.NoError(t, err)
			page, err := thrown.NewPage(t.Context())
			require.NoError(t, err)
			require.NoError(t, page.Open(t.Context(), w.URL+"/form"))
			thrown.Deny()
			require.NoError(t, page.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
			time.Sleep(time.Second) // whatever would arrive has arrived
			require.NoError(t, thrown.Close(t.Context()))
			require.Empty(t, got.all())

			require.NoError(t, w.Open(t.Context(), w.URL+"/form"))
			g, err := w.Session.OpenGate(t.Context(), func(automation.Request) automation.Ruling { return automation.Ruling{} })
			require.NoError(t, err)
			g.Arm(t.Context())
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
			told := func() bool { return strings.Contains(fmt.Sprintf("%#v", g.Unheld()), "/change?who=ann") }
			assert.Eventually(t, told, 10*time.Second, 50*time.Millisecond, "%v arrived", got.all())
			require.NoError(t, g.Close(t.Context()))
		})
	}
}
