package automation_test

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// change calls to at each of 90 frames with the number of the frame, and with "last" at the end; rule has a style sheet
// say something else, which is no change of the document.
const change = `<style id=sheet>.t b, .t.second { display: none }</style><script>
	function change(to) {
		let n = 0;
		const step = () => { n++; to(n < 90 ? String(n) : 'last'); if (n < 90) requestAnimationFrame(step); };
		step();
	}
	function rule(text) {
		const rules = sheet.sheet;
		while (rules.cssRules.length > 1) rules.deleteRule(1);
		rules.insertRule(text, 1);
	}</script>`

// lateCells are cells that change at each frame, or at the last, each in a way of its own, and say "last" then.
var lateCells = map[string]string{
	"its text":     `<td id=x></td><script>change((s) => { x.textContent = s })</script>`,
	"an attribute": `<td id=x>same</td><script>change((s) => { x.title = s })</script>`,
	"an open shadow root": `<td><div id=x></div></td><script>
		x.attachShadow({ mode: 'open' }).innerHTML = '<b id=in></b>';
		change((s) => { x.shadowRoot.querySelector('b').textContent = s })</script>`,
	"a shadow root that comes at the end": `<td><i id=n></i><div id=x style="width: 90px; height: 20px"></div></td><script>
		change((s) => {
			if (s !== 'last') n.textContent = s;
			else x.attachShadow({ mode: 'open' }).innerHTML = '<b id=in>last</b>';
		})</script>`,
	"a style sheet that shows words": `<td><b id=x1>1</b><b id=x0>0</b><b id=xlast>last</b></td><script>
		change((s) => rule('.t #x' + (s === 'last' ? s : s % 2) + ' { display: inline }'))</script>`,
	"a style sheet that shows what has no box": `<td><style>u { display: contents; visibility: hidden }</style>
		<u id=x1>1</u><u id=x0>0</u><u id=xlast>last</u></td><script>
		change((s) => rule('.t #x' + (s === 'last' ? s : s % 2) + ' { visibility: visible }'))</script>`,
	"a style sheet that shows icons": `<td><i title=1></i><i title=0></i><i title=last></i></td><script>
		change((s) => rule('i[title="' + (s === 'last' ? s : s % 2) + '"] { display: inline-block; width: 9px; height: 9px }'))</script>`,
	"another table in its place": `<td id=x></td><script>change((s) => {
		const t = document.querySelector('table'), n = t.cloneNode(true);
		n.querySelector('#x').textContent = s;
		t.replaceWith(n);
	})</script>`,
}

// readBy are the candidates of the cells that are not found by their place.
var readBy = map[string]selectors.Column{
	"an attribute":                        {Candidates: []selectors.Candidate{{CSS: "#x"}}, Attr: "title"},
	"an open shadow root":                 {Candidates: []selectors.Candidate{{CSS: "#in"}}},
	"a shadow root that comes at the end": {Candidates: []selectors.Candidate{{CSS: "#in"}, {CSS: "#n"}}},
	"a style sheet that shows icons":      {Candidates: []selectors.Candidate{{CSS: "i"}}, Attr: "title"},
}

// TestATableIsAtRestWhenNothingOfItChanges reads a table that changes at each frame, however it does so.
func TestATableIsAtRestWhenNothingOfItChanges(t *testing.T) {
	t.Parallel()
	for name, cell := range lateCells {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "")
			w.serve("/case", change+`<table class=t><tbody><tr><td class=e>ann@x.com</td>`+cell+`</tr></tbody></table>`)
			require.NoError(t, w.Open(t.Context(), "/case"))
			column, ok := readBy[name]
			if !ok {
				column.Candidates = []selectors.Candidate{{CSS: "td:nth-of-type(2)"}}
			}
			table := css(".t")
			table.Table = &selectors.Table{Rows: "tr", Key: "email", Columns: map[string]selectors.Column{
				"email": {Candidates: []selectors.Candidate{{CSS: ".e"}}}, "said": column}}
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: table, Bound: enough})
			require.NoError(t, err)
			require.Len(t, got.Rows, 1)
			assert.Equal(t, "last", got.Rows[0]["said"])
		})
	}
}
