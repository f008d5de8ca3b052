package automation_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAPageThatComesInParts brings the end of its document later: what is only there is neither absent nor gone before.
func TestAPageThatComesInParts(t *testing.T) {
	t.Parallel()
	late, framed := css("#late"), css("#late")
	framed.Within = css("#f")
	for _, target := range []*selectors.Target{late, framed} {
		address := "/parts"
		if target == framed {
			address = "/around"
		}
		t.Run(address[1:], func(t *testing.T) {
			t.Parallel()
			w := setup(t, "", part{"/around", `<iframe id=f src="/parts"></iframe>`})
			w.mux.HandleFunc("GET /parts", inParts(700*time.Millisecond, `<p>first</p>`, `<button id=late>Late</button>`))
			open := func() {
				t.Helper()
				require.NoError(t, w.Open(t.Context(), address))
				evaluate, err := w.World(t.Context())
				require.NoError(t, err)
				require.Eventually(t, func() bool { // until then a frame shows an empty document, which has come to its end
					shows, err := evaluate(`(document.querySelector('iframe') ?? { contentDocument: document }).contentDocument.URL`)
					return err == nil && strings.HasSuffix(shows, "/parts")
				}, bound, 5*time.Millisecond)
			}
			open()
			states, err := w.Look(t.Context(), target)
			require.NoError(t, err)
			assert.True(t, states[0].There(), "%s", states[0])
			open()
			known, err := w.Recognise(t.Context(), [][][]selectors.Candidate{{target.Candidates}})
			require.NoError(t, err)
			assert.Equal(t, []bool{target == late}, known, "marks are looked for in the page itself")
			open()
			_, _, err = w.Await(t.Context(), short, []string{"absent"}, target)
			require.ErrorIs(t, err, automation.ErrMissing)
		})
	}
}

// TestAPageThatDoesNotComeToItsEnd is taken as it stands after a while.
func TestAPageThatDoesNotComeToItsEnd(t *testing.T) {
	t.Parallel()
	w := setup(t, "")
	w.mux.HandleFunc("GET /parts", inParts(time.Minute, `<p>first</p>`, `<button id=late>Late</button>`))
	require.NoError(t, w.Open(t.Context(), "/parts"))
	states, err := w.Look(t.Context(), css("#late"))
	require.NoError(t, err)
	assert.Equal(t, "absent", states[0].State)
	_, _, err = w.Await(t.Context(), bound, []string{"absent"}, css("#late"))
	require.NoError(t, err)
}

// TestAPageOfWhichSomethingAlwaysArrives shows one document after the other in its frames, none of which comes to its end.
func TestAPageOfWhichSomethingAlwaysArrives(t *testing.T) {
	t.Parallel()
	w := setup(t, "", part{"/around", `<iframe id=f></iframe><iframe></iframe><iframe></iframe><iframe></iframe><script>
		document.querySelectorAll('iframe').forEach((f, i) => {
			const next = () => { f.src = '/parts?' + Math.random(); };
			setTimeout(() => { next(); setInterval(next, 1200); }, i * 300);
		});</script>`})
	w.mux.HandleFunc("GET /parts", inParts(time.Minute, `<p>first</p>`, `<button id=late>Late</button>`))
	require.NoError(t, w.Open(t.Context(), "/around"))
	evaluate, err := w.World(t.Context())
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		state, err := evaluate(`document.querySelector('#f').contentDocument.readyState`)
		return err == nil && state == "loading"
	}, bound, 5*time.Millisecond)
	states, err := w.Look(t.Context(), css("#late"))
	require.NoError(t, err)
	assert.Equal(t, "absent", states[0].State)
	_, err = w.Recognise(t.Context(), [][][]selectors.Candidate{{css("#late").Candidates}})
	require.NoError(t, err)
}

// inParts serves the beginning of a document at once and its end after a pause.
func inParts(pause time.Duration, beginning, end string) http.HandlerFunc {
	return func(rw http.ResponseWriter, r *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = rw.Write([]byte("<!doctype html><title>t</title>" + beginning))
		rw.(http.Flusher).Flush()
		select {
		case <-time.After(pause):
		case <-r.Context().Done():
			return
		}
		_, _ = rw.Write([]byte(end))
	}
}
