package automation_test

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatSpeaksOfMoreRowsKeepsAListFromBeingWhole reads a table of which the flow says neither how many rows there are
// nor what leads to others, though the page does.
func TestWhatSpeaksOfMoreRowsKeepsAListFromBeingWhole(t *testing.T) {
	t.Parallel()
	table := tableOf(0, 3)
	for name, c := range map[string]struct {
		body  string
		whole bool
		says  string
	}{
		"numbers that are labelled": {table + `<nav><button aria-current=true aria-label="page 1">1</button>` +
			`<button aria-label="Go to page 2">2</button></nav>`,
			false, "Go to page 2"},
		"numbers without an address":        {table + `<ul><li><a class=active>1</a><li><a>2</a></ul>`, false, "“2”"},
		"how many more":                     {table + `<button>Load more (37)</button>`, false, "Load more (37)"},
		"all of them elsewhere":             {table + `<a href=x>View all users</a>`, false, "View all users"},
		"which of how many members":         {table + `<p>1–3 of 40 members</p>`, false, "1–3 of 40 members"},
		"in other words":                    {table + `<p>1–3 von 40</p>`, false, "1–3 von 40"},
		"a search by another kind of field": {`<input placeholder="Search users" value=p>` + table, false, `says "p"`},
		"a search that says nothing":        {`<input placeholder="Search users"><input aria-label="First name" value=Ann>` + table, true, ""},
		"disabled by styling": {table + `<ul><li class="page-item disabled"><a href="#">Next</a></ul><a href="#" style="pointer-events:none">Next</a>`,
			true, ""},
		"of a calendar": {table + `<div role=dialog><button aria-label="Next">›</button><button>1</button><button>2</button></div>`, true, ""},
		"of a wizard's steps": {table + `<div role=tablist><button role=tab>1</button>` +
			`<button role=tab>2</button></div><button aria-haspopup=menu>…</button>`,
			true, ""},
		"of what is aside":        {`<aside><button>»</button></aside>` + table, true, ""},
		"nothing beside it":       {table, true, ""},
		"a link to the next page": {table + `<a href="/list?page=2">Next</a>`, false, "link “Next”"},
		"a button with a sign":    {table + `<button aria-label="Go to next page">›</button>`, false, "Go to next page"},
		"a sign alone":            {table + `<button>»</button>`, false, "»"},
		"in another language":     {table + `<div role=button tabindex=0>Nächste Seite</div>`, false, "Nächste Seite"},
		"in its foot": {tableOf(0, 3)[:len(tableOf(0, 3))-len("</table>")] + `<tfoot><tr><td colspan=2><button>Load 20 more</button></table>`,
			false, "Load 20 more"},
		"in a shadow root":            {table + `<div><template shadowrootmode=open><button>Show more</button></template></div>`, false, "Show more"},
		"rel next":                    {table + `<a rel="next nofollow" href="/list?page=2"><img alt="On" src="data:,">…</a>`, false, "rows"},
		"numbers of pages":            {table + `<ul><li><a aria-current=page href="?1">1</a><li><a href="?2">2</a><li><a href="?3">3</a></ul>`, false, "“2”"},
		"which of how many":           {table + `<p>1–3 of 40</p>`, false, `"1–3 of 40"`},
		"which of how many, in parts": {table + `<div>Showing <b>1</b> to <b>3</b> of <b>1,240</b> entries</div>`, false, `1,240 entries`},
		"which page of how many":      {table + `<span>Page 1 of 2</span>`, false, "Page 1 of 2"},
		"the next one is disabled":    {table + `<a href=x aria-disabled=true>Next</a><button disabled>›</button>`, true, ""},
		"the next one is hidden":      {table + `<a href=x style="display:none">Next</a>`, true, ""},
		"what is current":             {table + `<a href=x aria-current=page>2</a><a>1</a>`, true, ""},
		"all of them":                 {table + `<p>1–3 of 3</p><p>Page 1 of 1</p>`, true, ""},
		"fewer than were read":        {table + `<p>1–2 of 2 roles</p>`, true, ""},
		"other words that begin like that": {table + `<a href=x>Next steps for your company</a><button>More</button><button>2</button><a href=x>Show inactive</a>`,
			true, ""},
		"within a row": {`<table id=t><thead><tr><th>Name</th><th>Email</th></tr></thead><tbody>` +
			`<tr><td><button>›</button><a href=x>A</a></td><td>a@x.com</td></tr></tbody></table>`,
			true, ""},
		"said to stand apart":      {table + `<a id=apart href=x>Next</a>`, true, ""},
		"a text that stands apart": {table + `<p id=apart>1–5 of 12</p>`, true, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, c.body)
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: people(), Apart: []*selectors.Target{css("#apart")}, Bound: short})
			require.NoError(t, err)
			assert.Equal(t, c.whole, got.Complete, got.Proof)
			assert.Contains(t, got.Proof, c.says)
		})
	}
}

// TestACounterOfWhatIsDrawnIsNoCounterOfAll: it agrees with what was read, and the page has another page.
func TestACounterOfWhatIsDrawnIsNoCounterOfAll(t *testing.T) {
	t.Parallel()
	w := setup(t, tableOf(0, 3)+`<p id=count>3 users</p><a href=x>Next page</a>`)
	r := automation.Reading{Table: people(), Counter: css("#count"), Bound: short}
	got, err := w.ReadTable(t.Context(), r)
	require.NoError(t, err)
	assert.False(t, got.Complete, got.Proof)
	w = setup(t, tableOf(0, 3)+`<p id=count>1–3 of 3</p><a href=x>Next</a>`)
	got, err = w.ReadTable(t.Context(), r)
	require.NoError(t, err)
	assert.True(t, got.Complete, "the counter tells which are shown of how many: %s", got.Proof)
}
