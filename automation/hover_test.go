package automation_test

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestTheMouseRestsWhereItWasMoved(t *testing.T) {
	t.Parallel()
	const menu = `<div id=h style="width:120px;height:40px">Menu<button id=item style="display:none" onclick="note('click')">Users</button></div>`
	for name, body := range map[string]string{
		"a menu that opens by style":  `<style>#h:hover #item { display: block !important }</style>` + menu,
		"a menu that opens by script": menu + `<script>h.onmouseenter = () => setTimeout(() => { item.style.display = 'block'; }, 200)</script>`,
		"one that steps aside once":   menu + `<script>let n = 0; h.onmouseenter = () => { if (n++) item.style.display = 'block'; else h.style.marginLeft = '300px'; }</script>`,
		"one that is drawn anew once": `<div id=box>` + menu + `</div><script>let n = 0; box.addEventListener('mouseover', () => { if (n++ == 0) box.innerHTML = box.innerHTML; else item.style.display = 'block'; })</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+body)
			require.NoError(t, w.Hover(t.Context(), css("#h"), nil, bound))
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: css("#item"), Bound: bound}))
			assert.Equal(t, "log: click", w.log(t))
		})
	}
}

func TestTheMouseIsMovedAgainWhereItWas(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<button id=h style="width:100px" onmousemove="note('move')">Menu</button>`)
	require.NoError(t, w.Hover(t.Context(), css("#h"), nil, bound))
	before := w.log(t)
	require.NoError(t, w.Hover(t.Context(), css("#h"), nil, bound))
	assert.Greater(t, len(w.log(t)), len(before), "the page hears of it")
}

func TestTheMouseIsMovedToTheOneThatIsMeant(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<table id=t><thead><tr><th>Email</th><th></th></tr></thead><tbody>
		<tr><td>ann@x.com</td><td><b class=menu onmouseenter="note('ann')">...</b></td></tr>
		<tr><td>bob@x.com</td><td><b class=menu onmouseenter="note('bob')">...</b></td></tr></tbody></table>`)
	table := css("#t")
	table.Table = &selectors.Table{Rows: "tbody tr", Key: "email", Columns: map[string]selectors.Column{"email": {Header: "Email"}}}
	require.ErrorIs(t, w.Hover(t.Context(), css(".menu"), nil, short), automation.ErrAmbiguous)
	require.NoError(t, w.Hover(t.Context(), css(".menu"), &automation.Row{Table: table, Equals: "bob@x.com"}, bound))
	assert.Equal(t, "log: bob", w.log(t))
}

func TestWhatIsCoveredIsNotHovered(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<button id=h onmouseenter="note('enter')">Menu</button><div style="position:fixed;inset:0">wait</div>`)
	require.ErrorIs(t, w.Hover(t.Context(), css("#h"), nil, short), automation.ErrNotActionable)
	assert.Equal(t, "log:", w.log(t))
}
