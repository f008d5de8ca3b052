package automation_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRowsThatAreBroughtAreNotOneAnswer has the rows come with the document, and be brought to it in other ways than by
// a request of its own.
func TestRowsThatAreBroughtAreNotOneAnswer(t *testing.T) {
	t.Parallel()
	const table, row = `<p id=whose>Acme</p><table><tr id=row></table>`, `<p id=whose>Acme</p><table><tr id=row><td>Ann</table>`
	const put = `<script>const draw = (s) => { document.querySelector('#row').innerHTML = '<td>' + s; };</script>`
	for name, c := range map[string]struct {
		body string
		want bool
	}{
		"with the document":           {row + `<script src="/program.js"></script>`, true},
		"by nobody":                   {`<table><tr id=row><td>Ann</table>`, false},
		"by a script with a question": {table + put + `<script src="/rows.js?callback=draw"></script>`, false},
		"by a script put in": {table + put +
			`<script>document.head.append(Object.assign(document.createElement('script'), { src: '/rows.js' }));</script>`, false},
		"by a worker": {table + put + `<script>new Worker('/worker.js').onmessage = (e) => draw(e.data);</script>`, false},
		"by a shared worker": {table + put +
			`<script>new SharedWorker('/shared.js').port.onmessage = (e) => draw(e.data);</script>`, false},
		"beside a service worker": {row + `<script>navigator.serviceWorker.register('/service.js');</script>`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "")
			for path, script := range map[string]string{
				"/program.js": "void 0;", "/rows.js": "draw('Ann');", "/service.js": "onfetch = () => {};",
				"/worker.js": "postMessage('Ann'); close();", "/shared.js": "onconnect = (e) => e.ports[0].postMessage('Ann');",
			} {
				w.mux.HandleFunc("GET "+path, func(rw http.ResponseWriter, _ *http.Request) {
					rw.Header().Set("Content-Type", "text/javascript")
					fmt.Fprint(rw, script)
				})
			}
			w.serve("/list", c.body)
			require.NoError(t, w.Open(t.Context(), "/list"))
			if name == "beside a service worker" { // which is there already when the list is opened
				require.Eventually(t, func() bool {
					one, err := w.OneAnswer(t.Context(), css("td"), nil)
					return err == nil && !one
				}, 2*short, short/50)
				require.NoError(t, w.Open(t.Context(), "/list"))
			}
			_, _, err := w.Await(t.Context(), 2*short, nil, css("td"))
			require.NoError(t, err)
			one, err := w.OneAnswer(t.Context(), css("td"), []automation.Identity{{Target: css("#whose"), Equals: "Acme"}})
			require.NoError(t, err)
			assert.Equal(t, c.want, one)
		})
	}
}
