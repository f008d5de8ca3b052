package automation_test

import (
	"net/http"
	"sync/atomic"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// keyed notes the trusted key events that a page is given, with the element that got them.
const keyed = `<script>for (const type of ['keydown', 'keypress', 'keyup']) addEventListener(type, (e) => note(type + ' ' + e.key + ' ' + e.code + ' ' + (e.target.id || e.target.localName) + (e.isTrusted ? '' : ' untrusted')));</script>`

// focused gives the focus to the field i at once: autofocus does so at some later frame.
const focused = `<script>i.focus()</script>`

func TestAKeyReachesItsTarget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, body, target, key, want string }{
		{"a field", `<input id=i>`, "#i", "ArrowDown", "log: keydown ArrowDown ArrowDown i keyup ArrowDown ArrowDown i"},
		{"Enter is a character, too", `<input id=i>`, "#i", "Enter", "log: keydown Enter Enter i keypress Enter Enter i keyup Enter Enter i"},
		{"something that was given a place in the order of focus", `<div id=d tabindex=-1 role=dialog>Question</div>`, "#d", "Escape", "log: keydown Escape Escape d keyup Escape Escape d"},
		{"what holds the focus within", `<div id=d tabindex=-1>A <input id=i></div>` + focused, "#d", "Home", "log: keydown Home Home i keyup Home Home i"},
		{"the page", ``, "", "Escape", "log: keydown Escape Escape body keyup Escape Escape body"},
		{"the page, where a field has the focus", `<input id=i>` + focused, "", "End", "log: keydown End End i keyup End End i"},
		{"Tab goes on", `<input id=i><input id=j onfocus="note('focus j')">`, "#i", "Tab", "log: keydown Tab Tab i focus j keyup Tab Tab j"},
		{"a page that goes on with the focus itself", `<input id=i onkeydown="j.focus()"><input id=j>`, "#i", "Enter", "log: keydown Enter Enter i keyup Enter Enter j"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+c.body+keyed)
			stroke := automation.Stroke{Key: c.key, Bound: short}
			if c.target != "" {
				stroke.Target = css(c.target)
			}
			require.NoError(t, w.Strike(t.Context(), stroke))
			assert.Equal(t, c.want, w.log(t))
		})
	}
}

func TestAKeyIsNotPressedElsewhere(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		kind       error
	}{
		{"it takes no focus", `<div id=i>text</div>`, automation.ErrNotActionable},
		{"it is disabled", `<input id=i disabled>`, automation.ErrNotActionable},
		{"it is covered", `<input id=i><div style="position:fixed;inset:0;background:#fff">wait</div>`, automation.ErrNotActionable},
		{"the focus is taken away at once", `<input id=i onfocus="j.focus()"><input id=j>`, automation.ErrNotActionable},
		{"it is not there", `<input id=j autofocus>`, automation.ErrMissing},
		{"there are two", `<input class=i id=i><input id=i>`, automation.ErrAmbiguous},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+c.body+keyed)
			require.ErrorIs(t, w.Strike(t.Context(), automation.Stroke{Key: "Enter", Target: css("#i"), Bound: short}), c.kind)
			assert.Equal(t, "log:", w.log(t))
		})
	}
	w := setup(t, logs+keyed)
	require.ErrorIs(t, w.Strike(t.Context(), automation.Stroke{Key: "Delete", Bound: short}), automation.ErrUnsupported)
}

// TestOnTheWayToACommitNoKeyPressesOrSets holds by what arrives at a server, and by what the page is given.
func TestOnTheWayToACommitNoKeyPressesOrSets(t *testing.T) {
	t.Parallel()
	const post = `fetch('/save', { method: 'POST' })`
	for _, c := range []struct {
		name, body, key string
		only            bool // only the commit may do it
	}{
		{"a button", `<button id=i onclick="` + post + `">Save</button>`, "Enter", true},
		{"a link", `<a id=i href="#" onclick="` + post + `">Save</a>`, "Enter", true},
		{"a part of a page that is called a button", `<div id=i role=button tabindex=0 onkeydown="` + post + `">Save</div>`, "Enter", true},
		{"an item of a menu", `<ul role=menu><li id=i role=menuitem tabindex=-1 onkeydown="` + post + `">Save</ul>`, "Enter", true},
		{"within a button", `<div role=button onkeydown="` + post + `"><span id=i tabindex=0>Save</span></div>`, "Enter", true},
		{"a menu that points an item out", `<ul id=i role=menu tabindex=0 aria-activedescendant=x onkeydown="` + post + `"><li id=x role=menuitem>Save</ul>`, "Enter", true},
		{"a field of a form", `<form action=/save method=post><input id=i name=a><button>Save</button></form>`, "Enter", true},
		{"a field of a form without a button", `<form action=/save method=post><input id=i name=a></form>`, "Enter", true},
		{"a field of a form by another place", `<form id=f action=/save method=post><button>Save</button></form><input id=i name=a form=f>`, "Enter", true},
		{"a form that a script sends", `<form onsubmit="event.preventDefault(); ` + post + `"><input id=i></form>`, "Enter", true},
		{"a field whose script asks for the form", `<form id=f action=/save method=post><input id=i onkeydown="f.requestSubmit()"></form>`, "Enter", true},
		{"a box in a form", `<form action=/save method=post><input id=i type=checkbox></form>`, "Enter", true},
		{"the focus goes to a button meanwhile", `<input id=i onkeydown="b.focus()"><button id=b onclick="` + post + `">Save</button>`, "Enter", false},
		{"a field of no form", `<input id=i>`, "Enter", false},
		{"a list that takes Enter for itself", `<form action=/save method=post><input id=i role=combobox onkeydown="event.preventDefault()"></form>`, "Enter", false},
		{"a select", `<select id=i onchange="` + post + `"><option>a<option>b</select>`, "ArrowDown", true},
		{"a radio button", `<input id=i type=radio name=r checked><input type=radio name=r onclick="` + post + `">`, "ArrowDown", true},
		{"a number", `<input id=i type=number value=1 oninput="` + post + `">`, "ArrowUp", true},
		{"a slider", `<div id=i role=slider tabindex=0 onkeydown="` + post + `">3</div>`, "End", true},
		{"a list", `<ul id=i role=listbox tabindex=0><li role=option>a</ul>`, "ArrowDown", false},
		{"Escape in a button", `<button id=i>Save</button>`, "Escape", false},
		{"Tab in a select", `<select id=i><option>a</select>`, "Tab", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+c.body)
			var saved atomic.Int32
			w.mux.HandleFunc("POST /save", func(http.ResponseWriter, *http.Request) { saved.Add(1) })
			stroke := automation.Stroke{Key: c.key, Target: css("#i"), Changing: true, Bound: short}
			err := w.Strike(t.Context(), stroke)
			if c.only {
				require.ErrorIs(t, err, automation.ErrOnlyCommit)
			} else {
				require.NoError(t, err)
			}
			_, _, err = w.Await(t.Context(), short/5, nil, css("#never"))
			require.ErrorIs(t, err, automation.ErrMissing)
			assert.Zero(t, saved.Load(), "nothing arrives")
		})
	}
}

// TestEnterSubmitsWhereNothingIsChanged signs in, say: nothing is kept from the page.
func TestEnterSubmitsWhereNothingIsChanged(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"a form":   `<form action=/done><input id=i><button>Next</button></form>`,
		"a button": `<button id=i onclick="location = '/done'">Next</button>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, body)
			w.serve("/done", `<p id=done>done</p>`)
			require.NoError(t, w.Strike(t.Context(), automation.Stroke{Key: "Enter", Target: css("#i"), Bound: enough}))
			_, _, err := w.Await(t.Context(), bound, nil, css("#done"))
			require.NoError(t, err)
		})
	}
}
