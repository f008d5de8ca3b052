package automation_test

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lateRows are tables of which a cell changes at each of 90 frames, in a way of its own, and says "last" then.
var lateRows = map[string]string{
	"its text":            `<td id=x></td><script>change((s) => { x.textContent = s })</script>`,
	"an attribute":        `<td id=x>same</td><script>change((s) => { x.title = s })</script>`,
	"an open shadow root": `<td><div id=x></div></td><script>x.attachShadow({ mode: 'open' }).innerHTML = '<b id=in></b>'; change((s) => { x.shadowRoot.querySelector('b').textContent = s })</script>`,
	"a style sheet":       `<style id=sheet>b { display: none }</style><td><b id=x1>1</b><b id=x0>0</b><b id=xlast>last</b></td><script>change((s) => { const sh = sheet.sheet; while (sh.cssRules.length > 1) sh.deleteRule(1); sh.insertRule('#x' + (s === 'last' ? s : s % 2) + ' { display: inline }', 1) })</script>`,
	"which element it is": `<td id=x></td><script>change((s) => { const t = document.querySelector('table'), n = t.cloneNode(true); n.querySelector('#x').textContent = s; t.replaceWith(n) })</script>`,
}

// TestATableIsAtRestWhenNothingOfItChanges reads a table that changes at each frame, however it does so.
func TestATableIsAtRestWhenNothingOfItChanges(t *testing.T) {
	t.Parallel()
	for name, cell := range lateRows {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "")
			w.serve("/case", `<script>function change(to) { let n = 0; const step = () => { n++; to(n < 90 ? String(n) : 'last'); if (n < 90) requestAnimationFrame(step); }; step(); }</script>
				<table id=list><tbody><tr><td class=e>ann@x.com</td>`+cell+`</tr></tbody></table>`)
			require.NoError(t, w.Open(t.Context(), "/case"))
			column := selectors.Column{Candidates: []selectors.Candidate{{CSS: "td:nth-of-type(2)"}}}
			switch name {
			case "an attribute":
				column = selectors.Column{Candidates: []selectors.Candidate{{CSS: "#x"}}, Attr: "title"}
			case "an open shadow root":
				column = selectors.Column{Candidates: []selectors.Candidate{{CSS: "#in"}}}
			}
			table := css("#list")
			table.Table = &selectors.Table{Rows: "tr", Key: "email", Columns: map[string]selectors.Column{
				"email": {Candidates: []selectors.Candidate{{CSS: ".e"}}}, "said": column}}
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: table, Bound: enough})
			require.NoError(t, err)
			require.Len(t, got.Rows, 1)
			assert.Equal(t, "last", got.Rows[0]["said"])
		})
	}
}
