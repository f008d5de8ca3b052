package automation_test

import (
	"context"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// drawnAnew is a list that draws what is in view, with what filters it: a search box, a list of options, a switch, and
// a sign that is shown while it is filtered.
const drawnAnew = `<style>body { font: 15px sans-serif; margin: 8px } #scroller { height: 300px; overflow: auto; width: 420px } #space { height: 4000px; position: relative }
	article { border: 1px solid #bbb; border-radius: 6px; margin: 4px; padding: 6px } h3, p { margin: 0 } [role=combobox] { display: inline-block; border: 1px solid #888; padding: 2px 10px } </style>
	<p><input type=search aria-label="Search people"> <span role=combobox tabindex=0 aria-label=State>All</span> <button role=switch aria-checked=true>Inactive, too</button> <button id=chip>Role: Clerk</button></p>
	<p id=count>40 people</p><div id=scroller><div id=space role=list aria-label=People>
	<article role=listitem data-person-id=p-1 data-row=a><h3 class=name>Lee, Ann</h3><p class=mail>ann@acme.example</p><span class=role>Clerk</span></article>
	<article role=listitem data-person-id=p-2 data-row=b><h3 class=name>Ann, Jo</h3><p class=mail>joann@acme.example</p><span class=role>Payer</span></article></div></div>`

// listShown has a person show the list of drawnAnew and do something in its chooser before they take it.
func listShown(t *testing.T, page, mail string, more ...does) automation.Gesture {
	t.Helper()
	return listShownBy(t, page, press(mail), more...)
}

// listShownBy is listShown where something else than a press shows the list.
func listShownBy(t *testing.T, page string, shows does, more ...does) automation.Gesture {
	t.Helper()
	w := setup(t, page)
	var got []automation.Gesture
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	waits := func(context.Context, *automation.StandIn) error { return nil }
	all := append([]does{waits, key("F2", "Tab", "Tab", "Tab", "Tab", "Enter"), shows, waits}, more...)
	all = append(all, key("F2", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "Enter"), waits, waits)
	require.NoError(t, w.Record(ctx, automation.Recording{
		Title: "Recording list-users", Secrets: secretWords, Targets: []automation.KnownTarget{},
		Take: func(g automation.Gesture) {
			if g.Kind == automation.GestureList {
				got = append(got, g)
				cancel()
			}
		},
		Tell: func() automation.Progress { return automation.Progress{} }, StandIn: script(all...),
	}))
	require.Len(t, got, 1)
	return got[0]
}

// filters shows an element for Filter…, the last button but one.
func filters(css string) []does {
	waits := func(context.Context, *automation.StandIn) error { return nil }
	return []does{key("F2", "ArrowUp", "ArrowUp", "Enter"), waits, press(css), waits}
}

// TestAListIsShownWithWhatFiltersIt has a person show each of what filters a list.
func TestAListIsShownWithWhatFiltersIt(t *testing.T) {
	t.Parallel()
	all := filters("input")
	for _, css := range []string{"[role=combobox]", "[role=switch]", "#chip"} {
		all = append(all, filters(css)...)
	}
	// The lines are the columns (name, mail, role, id), whether it scrolls, whether it is whole, and the filters, in the order in which they
	// were shown. That of the chip is turned from what it says to what is not there.
	chip := []string{"F2"}
	for range 11 {
		chip = append(chip, "Tab")
	}
	got := listShown(t, drawnAnew, "article:first-child p", append(all, key(append(chip, "Enter", "F2")...))...)
	assert.Equal(t, "[role=listitem]", got.Rows)
	assert.True(t, got.Scroll, "it draws what is in view")
	assert.Equal(t, map[string]string{"id": "data-person-id"}, got.Attrs)
	assert.Equal(t, "h3", got.Cells["last_first"].CSS)
	assert.Equal(t, "p", got.Cells["email"].CSS)
	require.Len(t, got.Filters, 4)
	for i, want := range [][3]string{{"Search people", "", "empty"}, {"State", "All", "says"}, {"Inactive, too", "", "on"}, {"Role: Clerk", "Role: Clerk", "empty"}} {
		f := got.Filters[i]
		assert.Equal(t, want, [3]string{f.On.Name, f.Says, f.Is})
	}
}

// TestAListIsShownAsItIsDrawn has whole rows, whose attributes tell nobody apart, and is not scrolled.
func TestAListIsShownAsItIsDrawn(t *testing.T) {
	t.Parallel()
	got := listShown(t, `<ul><li data-team-id=t-1><b>ann@acme.example</b><i class=name>Ann Lee</i></li><li data-team-id=t-1><b>joann@acme.example</b><i class=name>Jo, Ann Lee</i></li></ul>`, "li:first-child b",
		key("F2", "Tab", "Tab", "Tab", "Tab", "Enter", "F2")) // past two columns
	assert.Empty(t, got.Attrs)
	assert.True(t, got.Whole, "the person says that everybody is on this page")
	assert.False(t, got.Scroll)
	assert.Contains(t, got.Cells, "name", "a first name may have a comma")
	assert.Empty(t, got.Filters)
}

// TestWhatIsOnOfferIsShown has a person show a role of a select element, and one of a list that the page draws.
func TestWhatIsOnOfferIsShown(t *testing.T) {
	t.Parallel()
	w := setup(t, `<select aria-label=Role><option value="">Choose</option><option>Clerk</option><option>Payer</option></select>
		<ul role=listbox aria-label=Roles><li role=option>Clerk</li><li role=option>Payer</li></ul>`)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	waits := func(context.Context, *automation.StandIn) error { return nil }
	shows := func(css string) []does {
		return []does{key("F2", "Tab", "Tab", "Tab", "Tab", "Enter"), waits, press(css), waits}
	}
	var got []automation.Gesture
	require.NoError(t, w.Record(ctx, automation.Recording{
		Title: "Recording list-roles", Reads: automation.GestureRoles, Secrets: secretWords, Targets: []automation.KnownTarget{},
		Take: func(g automation.Gesture) {
			if got = append(got, g); len(got) == 2 {
				cancel()
			}
		},
		Tell:    func() automation.Progress { return automation.Progress{} },
		StandIn: script(append([]does{waits}, append(shows("select"), append(shows("li:last-child"), waits, waits)...)...)...),
	}))
	require.Len(t, got, 2)
	for i, want := range []automation.Menu{{CSS: `option:not([value=""]):not(:disabled)`}, {CSS: ":scope > li", Role: "option", Words: "Payer"}} {
		assert.Equal(t, automation.GestureRoles, got[i].Kind)
		assert.Equal(t, want, automation.Menu{CSS: got[i].Options.CSS, Role: got[i].Options.Role, Words: got[i].Options.Words})
	}
}

// TestAFilterIsShownAsItStands has a check box, which turns before anybody hears of the click, and is not turned.
func TestAFilterIsShownAsItStands(t *testing.T) {
	t.Parallel()
	for is, page := range map[string]string{"on": `<input type=checkbox id=box checked>`, "off": `<input type=checkbox id=box>`} {
		t.Run(is, func(t *testing.T) {
			t.Parallel()
			got := listShown(t, page+drawnAnew, "[data-row=a] .mail", filters("#box")...)
			require.Len(t, got.Filters, 1)
			assert.Equal(t, is, got.Filters[0].Is)
		})
	}
}

// TestAPageIsLeftAloneWhileAListIsShown has a person press a button of the page before they take the list, or leave the
// list by Escape and press it then.
func TestAPageIsLeftAloneWhileAListIsShown(t *testing.T) {
	t.Parallel()
	waits := func(context.Context, *automation.StandIn) error { return nil }
	takes := key("F2", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "Enter")
	for name, c := range map[string]struct {
		does  []does
		kinds []string
	}{
		"pressed":       {[]does{press("#other"), takes}, []string{automation.GestureList}},
		"left, pressed": {[]does{key("Escape"), press("#other")}, []string{automation.GestureClick}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, `<button id=other onclick="said.textContent += 'pressed'">Other</button><p id=said>-</p>`+drawnAnew)
			var got []string
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			all := append([]does{waits, key("F2", "Tab", "Tab", "Tab", "Tab", "Enter"), press("[data-row=a] .mail"), waits}, c.does...)
			require.NoError(t, w.Record(ctx, automation.Recording{
				Title: "Recording list-users", Secrets: secretWords, Targets: []automation.KnownTarget{},
				Take: func(g automation.Gesture) {
					if g.Kind != automation.GestureOpen {
						got = append(got, g.Kind)
						cancel()
					}
				},
				Tell: func() automation.Progress { return automation.Progress{} }, StandIn: script(append(all, waits, waits)...),
			}))
			assert.Equal(t, c.kinds, got)
			said, err := w.Read(t.Context(), css("#said"), "")
			require.NoError(t, err)
			assert.Equal(t, len(c.does) == 2 && name != "pressed", said != "-", said)
		})
	}
}

// TestAColumnIsTakenForWhatItsHeaderSays has headers with a word of another meaning in them.
func TestAColumnIsTakenForWhatItsHeaderSays(t *testing.T) {
	t.Parallel()
	got := listShown(t, `<table id=t><thead><tr><th>Name<th>Billing address<th>Phone number<th>Last sign-in<th>User ID<th>Work mail<tbody>
		<tr><td>Ann Lee<td>1 Main St<td>555<td>Monday<td>7<td class=mail>ann@acme.example<tr><td>Jo Ann<td>2 Main St<td>556<td>Friday<td>8<td>jo@acme.example</table>`,
		"tr:first-child .mail", func(context.Context, *automation.StandIn) error { return nil })
	assert.Equal(t, map[string]string{"name": "Name", "id": "User ID", "email": "Work mail"}, got.Columns)
}

// TestACellWithANameAndAnAddressHasAColumnForEach shows tables whose first column has both, one whose columns have no
// words, and one whose headers stand in another table.
func TestACellWithANameAndAnAddressHasAColumnForEach(t *testing.T) {
	t.Parallel()
	waits := func(context.Context, *automation.StandIn) error { return nil }
	for _, c := range []struct {
		name, page, press string
		columns, cells    map[string]string
	}{
		{"elements", `<table><thead><tr><th>User<th>Role<th><tbody>
			<tr><td><i>AL</i><div><a href="#1">Ann Lee</a><span>ann@acme.example</span></div><td>Clerk<td><button>Edit</button>
			<tr><td><i>JA</i><div><a href="#2">Jo Ann</a><span>jo@acme.example</span></div><td>Payer<td><button>Edit</button></table>`, "tr:first-child span",
			map[string]string{"role": "Role"}, map[string]string{"name": "td:nth-of-type(1) > div > a", "email": "td:nth-of-type(1) > div > span"}},
		{"text before an element", `<table><thead><tr><th>User<th>Role<tbody>
			<tr><td>Ann Lee<br><small>ann@acme.example</small><td>Clerk<tr><td>Jo Ann<br><small>jo@acme.example</small><td>Payer</table>`, "tr:first-child small",
			map[string]string{"role": "Role", "name_email": "User"}, map[string]string{"email": "td:nth-of-type(1) > small"}},
		{"no words above", `<table><thead><tr><th><th>Role<th><tbody>
			<tr><td>Ann Lee<td>Clerk<td>ann@acme.example<tr><td>Jo Ann<td>Payer<td>jo@acme.example</table>`, "tr:first-child td:nth-child(2)",
			map[string]string{"role": "Role"}, map[string]string{"email": "td:nth-of-type(3)"}},
		{"the same words above", `<table><thead><tr><th>Contact<th>Role<th>Contact<tbody>
			<tr><td>555<td>Clerk<td>ann@acme.example<tr><td>556<td>Payer<td>jo@acme.example</table>`, "tr:first-child td:nth-child(2)",
			map[string]string{"role": "Role"}, map[string]string{"email": "td:nth-of-type(3)"}},
		{"headers in another table", `<table><tr><th>Name<th>Role<th>Mail</table><table>
			<tr><td class=name>Ann Lee<td class=role>Clerk<td>ann@acme.example<tr><td class=name>Jo Ann<td class=role>Payer<td>jo@acme.example</table>`, "tr:first-child td:nth-child(2)",
			map[string]string{}, map[string]string{"name": "td:nth-of-type(1)", "role": "td:nth-of-type(2)", "email": "td:nth-of-type(3)"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := listShown(t, c.page, c.press, waits)
			assert.Equal(t, c.columns, got.Columns)
			cells := map[string]string{}
			for means, by := range got.Cells {
				cells[means] = by.CSS
			}
			assert.Equal(t, c.cells, cells)
		})
	}
}

// TestAListIsShownByKeysAlone goes to a list, its counter and its filter by keys, and never by the mouse.
func TestAListIsShownByKeysAlone(t *testing.T) {
	t.Parallel()
	waits := func(context.Context, *automation.StandIn) error { return nil }
	cards := `<h1>People</h1><label>Search <input type=search></label> <a href=#>Next</a> <b id=count>2 people</b><ul><li>News</ul><div class=all>
		<div class=card><b class=name>Ann Lee</b><p>ann@acme.example</p></div><div class=card><b class=name>Jo Ann</b><p>jo@acme.example</p></div></div>`
	button := func(back int, goes ...string) []does {
		keys := []string{"F2"}
		for range back {
			keys = append(keys, "ArrowUp")
		}
		return []does{key(append(keys, "Enter")...), waits, key(append(goes, "Enter")...), waits}
	}
	var more []does
	more = append(more, button(4, "ArrowLeft", "Tab", "Tab", "Tab", "Tab", "Tab")...) // Counter…: the heading, the label, the field, the link, the number
	more = append(more, button(2, "Tab", "Tab")...)                                   // Filter…: a label means its field
	got := listShownBy(t, cards, key("Tab", "Tab", "ArrowUp", "Tab", "Tab", "Enter"), more...)
	assert.Equal(t, "div.card", got.Rows)
	require.NotNil(t, got.Counter)
	assert.Equal(t, "2 people", got.Counter.Text)
	require.Len(t, got.Filters, 1)
	assert.Equal(t, "input", got.Filters[0].On.Tag)
}

// TestACardMayHaveASecondAddress shows cards each with the address of somebody's manager, too.
func TestACardMayHaveASecondAddress(t *testing.T) {
	t.Parallel()
	got := listShown(t, `<main><section><div class=card><b class=name>Ann Lee</b><p class=mail>ann@acme.example</p><p class=boss>lee@acme.example</p></div>
		<div class=card><b class=name>Jo Ann</b><p class=mail>jo@acme.example</p><p class=boss>lee@acme.example</p></div></section></main>`,
		".card:first-child .mail", func(context.Context, *automation.StandIn) error { return nil })
	assert.Equal(t, "div.card", got.Rows)
	assert.Equal(t, "p:nth-of-type(1)", got.Cells["email"].CSS)
	assert.Equal(t, "b", got.Cells["name"].CSS)
}

// TestANameTheOtherWayRoundInMostRows has one row of another form, as of somebody with one name.
func TestANameTheOtherWayRoundInMostRows(t *testing.T) {
	t.Parallel()
	got := listShown(t, `<table><thead><tr><th>Name<th>Mail<tbody><tr><td>Lee, Ann<td>ann@acme.example
		<tr><td>Ann, Jo<td>jo@acme.example<tr><td>Cher<td>cher@acme.example</table>`,
		"tr:first-child td:nth-child(2)", func(context.Context, *automation.StandIn) error { return nil })
	assert.Equal(t, map[string]string{"last_first": "Name", "email": "Mail"}, got.Columns)
}

// TestAListThatCannotBeReadIsNamedWithoutItsWords shows lists of which no columns can be told: why is told, and nobody who
// is on them.
func TestAListThatCannotBeReadIsNamedWithoutItsWords(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, list, why string }{
		{"nothing tells the people apart", `<ul><li id=one>Lee, Ann<li>Ann, Jo</ul>`,
			"the list that was shown, <ul>, has neither headers nor e-mail addresses: it is written by hand"},
		{"a cell over two rows", `<table><thead><tr><th>Name<th>Email<tbody><tr><td id=one rowspan=2>Lee, Ann<td>ann@x.com<tr><td>lee@x.com</table>`,
			"the list that was shown, <table>, has a cell over several rows, or headers of the same words: its columns cannot be told apart: it is written by hand"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, c.list)
			var got []automation.Gesture
			ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
			defer cancel()
			waits := func(context.Context, *automation.StandIn) error { return nil }
			require.NoError(t, w.Record(ctx, automation.Recording{
				Title: "Recording list-users", Secrets: secretWords, Targets: []automation.KnownTarget{},
				Take: func(g automation.Gesture) {
					if g.Kind != automation.GestureOpen {
						got = append(got, g)
						cancel()
					}
				},
				Tell:    func() automation.Progress { return automation.Progress{} },
				StandIn: script(waits, key("F2", "Tab", "Tab", "Tab", "Tab", "Enter"), press("#one"), waits, waits, waits),
			}))
			require.Len(t, got, 1)
			assert.Equal(t, automation.GestureUnsupported, got[0].Kind)
			assert.Equal(t, c.why, got[0].Why)
		})
	}
}

// TestAKeyBeforeAClickIsKept has Enter pressed in a field, and another thing clicked by the mouse after it.
func TestAKeyBeforeAClickIsKept(t *testing.T) {
	t.Parallel()
	w := setup(t, `<input id=q aria-label=Search><button id=other>Other</button>`)
	var kinds []string
	for _, g := range w.record(t, press("#q"), types("ann"), key("Enter"), press("#other")) {
		kinds = append(kinds, g.Kind)
	}
	assert.Contains(t, kinds, automation.GesturePress)
	assert.NotContains(t, kinds, automation.GestureRetracted)
}
