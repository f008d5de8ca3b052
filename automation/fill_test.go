package automation_test

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFillIsReadBack(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body, value, holds string
		kind                     error
	}{
		{"plain", `<input id=i>`, "ann@x.com", "ann@x.com", nil},
		{"over what is there", `<input id=i value="old text">`, "new", "new", nil},
		{"emptied", `<input id=i value="old text">`, "", "", nil},
		{"text area", `<textarea id=i>old</textarea>`, "two\nlines", "two\nlines", nil},
		{"marks, quotes and right-to-left", `<input id=i>`, `O'Brien "<b>" ليلى 🙂`, `O'Brien "<b>" ليلى 🙂`, nil},
		{"read-only", `<input id=i readonly value=kept>`, "new", "kept", automation.ErrNotActionable},
		{"a select element", `<select id=i><option>kept</option><option>new</option></select>`, "new", "kept", automation.ErrNotActionable},
		{"disabled", `<input id=i disabled value=kept>`, "new", "kept", automation.ErrNotActionable},
		{"reformatted by the page", `<input id=i oninput="this.value=this.value.toUpperCase()">`, "abc", "ABC", automation.ErrNotRead},
		{"shortened by the page", `<input id=i maxlength=3>`, "abcdef", "abc", automation.ErrNotRead},
		{"focus stolen once", `<input id=i><input id=other><script>let n = 0; i.addEventListener('focus', () => { if (n++ < 1) setTimeout(() => other.focus(), 0); });</script>`, "abc", "abc", nil},
		{"focus always stolen", `<input id=i><input id=other><script>i.addEventListener('focus', () => other.focus());</script>`, "abc", "", automation.ErrNotActionable},
		{"replaced while typed into", `<div id=box><input id=i></div><script>let n = 0; box.addEventListener('input', () => { if (n++ < 1) box.innerHTML = '<input id=i>'; });</script>`, "abc", "abc", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, c.body)
			err := w.Fill(t.Context(), automation.Entry{Target: css("#i"), Value: c.value, Bound: short})
			if c.kind == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, c.kind)
			}
			got, err := w.Read(t.Context(), css("#i"), "")
			require.NoError(t, err)
			assert.Equal(t, c.holds, got)
			if states, err := w.Look(t.Context(), css("#other")); err == nil && states[0].There() {
				other, err := w.Read(t.Context(), css("#other"), "")
				require.NoError(t, err)
				assert.Empty(t, other, "nothing may be typed into another field")
			}
		})
	}
}

func TestSecretsAreNotRepeatedInErrors(t *testing.T) {
	t.Parallel()
	w := setup(t, `<input id=i type=password maxlength=3>`)
	err := w.Fill(t.Context(), automation.Entry{Target: css("#i"), Value: "hunter2-secret", Secret: true, Bound: short})
	require.ErrorIs(t, err, automation.ErrNotRead)
	assert.NotContains(t, err.Error(), "hun")
}

func TestChooseByExactWords(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<select id=s onchange="note(this.value)"><option value="">Select a role</option><option value=1>Approver</option><option value=2>Approver (limited)</option><option value=3 disabled>Payer</option></select>`)
	got, err := w.Choose(t.Context(), css("#s"), "Approver", short)
	require.NoError(t, err)
	assert.Equal(t, automation.Choice{Did: true, Value: "1"}, got)
	got, err = w.Choose(t.Context(), css("#s"), "Approver", short)
	require.NoError(t, err)
	assert.Equal(t, automation.Choice{Value: "1"}, got)
	assert.Equal(t, "log: 1", w.log(t))
	_, err = w.Choose(t.Context(), css("#s"), "Approv", short)
	var e *automation.Error
	require.ErrorAs(t, err, &e)
	require.ErrorIs(t, err, automation.ErrNotOffered)
	assert.Equal(t, []string{"Approver", "Approver (limited)", "Payer"}, e.Offered)
	_, err = w.Choose(t.Context(), css("#s"), "Payer", short)
	require.ErrorIs(t, err, automation.ErrNotActionable)
	assert.Equal(t, "log: 1", w.log(t))
}

func TestTheValueOfAnOptionThatIsAnothersNameIsNoWordForIt(t *testing.T) {
	t.Parallel()
	w := setup(t, `<select id=s><option value=Payer>Approver</option><option value=Approver>Payer</option></select>`)
	got, err := w.Choose(t.Context(), css("#s"), "Payer", short)
	require.NoError(t, err)
	assert.Equal(t, automation.Choice{Did: true}, got)
}

func TestCheckIsReadBack(t *testing.T) {
	t.Parallel()
	w := setup(t, `<label><input type=checkbox id=a> A</label><label><input type=checkbox id=b onclick="return false"> B</label>`)
	did, err := w.Check(t.Context(), css("#a"), true, short)
	require.NoError(t, err)
	assert.True(t, did)
	did, err = w.Check(t.Context(), css("#a"), true, short)
	require.NoError(t, err)
	assert.False(t, did)
	_, err = w.Check(t.Context(), css("#b"), true, short)
	require.ErrorIs(t, err, automation.ErrNotRead)
}

// TestABoxThatIsNotDrawnIsTickedByItsLabel has a label in the place of its box, as pages that draw their own have.
func TestABoxThatIsNotDrawnIsTickedByItsLabel(t *testing.T) {
	t.Parallel()
	w := setup(t, `<label><span id=a>Agree</span><input type=checkbox style="display:none"></label>`)
	for _, did := range []bool{true, false} {
		got, err := w.Check(t.Context(), css("#a"), true, short)
		require.NoError(t, err)
		assert.Equal(t, did, got)
	}
	got, err := w.Check(t.Context(), css("#a"), false, short)
	require.NoError(t, err)
	assert.True(t, got)
}

// TestABoxOverItsLabelIsTickedByIt has cards with a transparent radio button over each.
func TestABoxOverItsLabelIsTickedByIt(t *testing.T) {
	t.Parallel()
	const card = `<label style="position:relative;display:block;width:200px;height:30px">
		<input type=radio name=r style="position:absolute;inset:0;width:100%;height:100%;margin:0;opacity:0">`
	w := setup(t, card+`<span id=a>Viewer</span></label>`+card+`<span id=b>Owner</span></label>`)
	for _, did := range []bool{true, false} {
		got, err := w.Check(t.Context(), css("#b"), true, short)
		require.NoError(t, err)
		assert.Equal(t, did, got)
	}
	require.NoError(t, w.Click(t.Context(), automation.Press{Target: css("#a"), Bound: short}))
	got, err := w.Check(t.Context(), css("#a"), true, short)
	require.NoError(t, err)
	assert.False(t, got, "a click has chosen it")
}

// TestWhatIsPressedOrSelectedIsOn has the ways in which pages say that something which is no box is on.
func TestWhatIsPressedOrSelectedIsOn(t *testing.T) {
	t.Parallel()
	const flips = `onclick="const is = this.getAttributeNames().find((n) => /^aria-(checked|pressed|selected)$/.test(n));
		this.setAttribute(is, this.getAttribute(is) !== 'true')"`
	for name, el := range map[string]string{
		"a switch":        `<button id=a role=switch aria-checked=false ` + flips + `>Show all</button>`,
		"a toggle button": `<button id=a aria-pressed=false ` + flips + `>All</button>`,
		"a tab":           `<button id=a role=tab aria-selected=false ` + flips + `>All</button>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, el)
			for _, did := range []bool{true, false} {
				got, err := w.Check(t.Context(), css("#a"), true, short)
				require.NoError(t, err)
				assert.Equal(t, did, got)
			}
		})
	}
}

// TestWhatIsSelectedIsNotAlwaysChecked has what says two things of itself, and what has a box beside it that is another.
func TestWhatIsSelectedIsNotAlwaysChecked(t *testing.T) {
	t.Parallel()
	const ticks = `onclick="event.preventDefault(); this.setAttribute('aria-checked', 'true')"`
	for name, el := range map[string]string{
		"an item of a tree":   `<div id=a role=treeitem aria-selected=true aria-checked=false tabindex=0 ` + ticks + `>Payments</div>`,
		"partly, and pressed": `<button id=a aria-checked=mixed aria-pressed=true ` + ticks + `>Payments</button>`,
		"a box of the label's": `<label><input type=checkbox checked style="opacity:0;position:absolute">Row
			<span id=a role=switch aria-checked=false ` + ticks + `>Admin</span></label>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, el)
			did, err := w.Check(t.Context(), css("#a"), true, short)
			require.NoError(t, err)
			assert.True(t, did, "it was not on before")
		})
	}
}

// TestALabelInARowTicksNoBoxOfAnother has a label in one row that is for a box in another, as where an id is there twice.
func TestALabelInARowTicksNoBoxOfAnother(t *testing.T) {
	t.Parallel()
	w := setup(t, `<table id=t><tr><th>Mail<th>Lock</tr><tr><td>ann@x.com<td><label for=box>Lock</label></tr>
		<tr><td>bob@x.com<td><input type=checkbox id=box></tr></table>`)
	list := css("#t")
	list.Table = &selectors.Table{Rows: "tr:not(:first-child)", Key: "email", Columns: map[string]selectors.Column{"email": {Header: "Mail"}}}
	_ = w.Click(t.Context(), automation.Press{Target: css("label"), Row: &automation.Row{Table: list, Equals: "ann@x.com"}, Bound: short})
	evaluate, err := w.World(t.Context())
	require.NoError(t, err)
	on, err := evaluate(`document.getElementById('box').checked`)
	require.NoError(t, err)
	assert.Equal(t, "false", on)
}

func TestCandidateKinds(t *testing.T) {
	t.Parallel()
	w := setup(t, `<label for=q>Email address</label><input id=q placeholder="you@example">
		<button id=icon aria-label="Deactivate user"><svg></svg></button><div role=button id=div>Go <b>on</b></div>
		<a id=l href=/x>Users</a><span data-test=tt id=tt>x</span><p id=p>Exact   text</p><h2 id=h>Head</h2>`)
	for want, c := range map[string]selectors.Candidate{
		"q": {Label: "Email address"}, "icon": {Role: "button", Name: "Deactivate user"}, "div": {Role: "button", Name: "Go on"},
		"l": {Role: "link", Name: "Users"}, "tt": {TestID: "tt"}, "p": {Text: "Exact text"}, "h": {XPath: "//h2[.='Head']"},
	} {
		id, err := w.Read(t.Context(), &selectors.Target{Name: want, Candidates: []selectors.Candidate{c}}, "id")
		require.NoError(t, err)
		assert.Equal(t, want, id, "%v", c)
	}
	id, err := w.Read(t.Context(), &selectors.Target{Name: "q", Candidates: []selectors.Candidate{{TestID: "gone"}, {Placeholder: "you@example"}}}, "id")
	require.NoError(t, err)
	assert.Equal(t, "q", id)
	// A missing attribute is empty, not the text of a nil.
	none, err := w.Read(t.Context(), css("#q"), "data-missing")
	require.NoError(t, err)
	assert.Empty(t, none)
}
