package automation_test

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// secretWords are plain ones: those of the program are in internal/recording.
var secretWords = automation.SecretWords{Password: `pass ?word|secret`, Code: `\bcode\b`, Other: `zip code`}

type does = func(ctx context.Context, s *automation.StandIn) error

func types(text string) does {
	return func(ctx context.Context, s *automation.StandIn) error { return s.Type(ctx, text) }
}

// settle waits for what the page's script tells a while after the last gesture: it ends with the first look that
// brings nothing new.
func settle(d time.Duration) does {
	return func(ctx context.Context, _ *automation.StandIn) error {
		select {
		case <-time.After(d):
		case <-ctx.Done():
		}
		return nil
	}
}

// record has somebody act on the page while it is recorded, and then close the panel.
func (w *world) record(t *testing.T, all ...does) []automation.Gesture {
	t.Helper()
	return w.recordWith(t, automation.Progress{}, all...)
}

// recordWith is record with a panel that shows something.
func (w *world) recordWith(t *testing.T, shows automation.Progress, all ...does) []automation.Gesture {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 40*time.Second)
	defer cancel()
	var got []automation.Gesture
	ended, stop := context.WithCancel(ctx)
	all = append([]does{settle(100 * time.Millisecond)}, append(all, settle(900*time.Millisecond), func(context.Context, *automation.StandIn) error { return nil },
		func(context.Context, *automation.StandIn) error { stop(); return nil })...)
	require.NoError(t, w.Record(ended, automation.Recording{
		Title: "Recording", Targets: []automation.KnownTarget{}, Secrets: secretWords,
		Take: func(g automation.Gesture) {
			if g.Kind != automation.GestureSecret { // what it is known by is another each time
				got = append(got, g)
			}
		}, Tell: func() automation.Progress { return shows },
		StandIn: script(all...),
	}))
	require.NoError(t, ctx.Err())
	return got
}

// told writes gestures down, one a line; of a field the last word counts.
func told(all []automation.Gesture) string {
	var lines, ids []string
	for _, g := range all {
		line := g.Kind
		if g.On != nil {
			line += " " + g.On.Said + " " + firstOffer(g.On)
			for h := g.On.Holder; h != nil; h = h.Holder {
				line += fmt.Sprintf(" in %s%s", map[bool]string{true: "frame "}[h.Frame], firstKept(h.Offers))
			}
			if len(g.On.Known) > 0 {
				line += " known as " + strings.Join(g.On.Known, ", ")
			}
			if g.On.Row != nil {
				line += fmt.Sprintf(" in the row of %s with %q", g.On.Row.Table, g.On.Row.Key)
			}
		}
		switch {
		case g.Secret != "":
			line += " a secret: " + g.Secret
		case g.Kind == automation.GestureOpen:
			line += " /" + strings.SplitN(g.Value, "/", 4)[3]
		case g.Kind == automation.GestureCheck:
			line += fmt.Sprintf(" %v", g.Checked)
		case g.Value != "" || g.Kind == automation.GestureFill:
			line += fmt.Sprintf(" %q", g.Value)
		}
		if g.Options != nil {
			line += fmt.Sprintf(" option %q of %s %s", g.Options.Words, firstOffer(&g.Options.List), g.Options.CSS)
		}
		if g.Kind == automation.GestureList {
			line += fmt.Sprintf(" rows %s columns %v counter %s next %s", g.Rows, g.Columns, firstOffer(g.Counter), firstOffer(g.Next))
		}
		if g.Shows != nil {
			line += " shown by " + firstOffer(g.Shows)
		}
		line = strings.TrimSpace(strings.Join([]string{line, g.Key, g.Why}, " "))
		if i := slices.Index(ids, g.ID); i >= 0 && g.Kind == automation.GestureFill {
			lines[i] = line
			continue
		}
		if i := slices.Index(ids, g.Of); i >= 0 && g.Kind == automation.GestureRetracted {
			lines, ids = slices.Delete(lines, i, i+1), slices.Delete(ids, i, i+1)
			continue
		}
		lines, ids = append(lines, line), append(ids, g.ID)
	}
	return strings.Join(lines, "\n") + "\n"
}

func firstOffer(s *automation.Sketch) string {
	if s == nil {
		return "none"
	}
	return "(" + firstKept(s.Offers) + ")"
}

func firstKept(all []automation.Offer) string {
	for _, o := range all {
		if o.Kept {
			return o.Candidate.String()
		}
	}
	return "nothing"
}

// golden compares with a file of testdata; with TEST_GOLDEN set it is written.
func golden(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.Join("testdata", "gestures", file+".txt")
	if os.Getenv("TEST_GOLDEN") != "" {
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o750))
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func press(selector string) does { return clickOn(css(selector)) }

func inFrame(frame, selector string) does {
	return func(ctx context.Context, s *automation.StandIn) error {
		t := &selectors.Target{Name: selector, Candidates: []selectors.Candidate{{CSS: selector}}, Within: css(frame)}
		if _, _, err := s.Page().Await(ctx, 5*time.Second, nil, t); err != nil {
			return err
		}
		return s.ClickOn(ctx, t)
	}
}

func twiceOn(selector string) does {
	return func(ctx context.Context, s *automation.StandIn) error {
		seen, err := s.Page().Examine(ctx, css(selector), nil)
		if err != nil {
			return err
		}
		b := seen.Boxes[0]
		return s.DoubleClick(ctx, b.X+b.W/2, b.Y+b.H/2)
	}
}

func dragsFrom(selector string) does {
	return func(ctx context.Context, s *automation.StandIn) error {
		seen, err := s.Page().Examine(ctx, css(selector), nil)
		if err != nil {
			return err
		}
		b := seen.Boxes[0]
		return s.Drag(ctx, b.X+20, b.Y+b.H/2, b.X+300, b.Y+200)
	}
}

func opens(path string) does {
	return func(ctx context.Context, s *automation.StandIn) error { return s.Page().Open(ctx, path) }
}

// TestGestures holds what is taken down on small pages against files that were read by a person.
func TestGestures(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		does []does
	}{
		"nested-spans":     {`<button data-testid=save><span><b id=in>Save</b></span></button><div style="cursor:pointer" onclick="1"><span><i id=deep>Open all</i></span></div>`, []does{press("#in"), press("#deep")}},
		"label-around":     {`<label id=l><span id=word>Show inactive</span> <input type=checkbox></label><label id=m>First name <input></label>`, []does{press("#word"), press("#word"), press("#m"), types("Ann")}},
		"hidden-box":       {`<label><span id=word style="padding:9px">Agree</span><input type=checkbox style="display:none"></label>`, []does{press("#word")}},
		"shadow-root":      {`<div id=host><template shadowrootmode=open><button>Deep</button><input aria-label=Inner><select aria-label=Role><option>A<option>B</select></template></div>`, []does{press("button"), press("input"), types("x"), press("select"), types("B"), key("Enter")}},
		"select":           {`<label>Role <select><option>Approver<option>Payer<option>Clerk</select></label><label>Zone <select><option value=1>Berlin<option value=2>Lisbon</select></label>`, []does{press("label:first-of-type select"), types("Clerk"), key("Enter"), key("Tab", "ArrowDown"), settle(300 * time.Millisecond)}},
		"frames":           {`<iframe name=main src="/inner" width=600 height=300></iframe>`, []does{inFrame("iframe", "#go"), inFrame("iframe", "input"), types("Lee")}},
		"frame-elsewhere":  {`<iframe id=f sandbox srcdoc="<button style='width:200px;height:100px'>Pay</button>" width=300 height=150></iframe><button id=on>On</button>`, []does{settle(300 * time.Millisecond), press("#f"), settle(200 * time.Millisecond), press("#on")}},
		"changed-on-press": {`<div id=box><button id=b data-testid=menu>Menu</button></div><script>b.onmousedown = () => { box.innerHTML = '<button>Close</button>'; }</script>`, []does{press("#b"), settle(300 * time.Millisecond)}},
		"autofill":         {`<form><input name=mail aria-label="E-mail"><input type=password aria-label="Password"></form>`, []does{press("[name=mail]"), func(ctx context.Context, s *automation.StandIn) error { return s.Insert(ctx, "ann@acme.example") }, press("[type=password]"), func(ctx context.Context, s *automation.StandIn) error { return s.Insert(ctx, "Tr0ub4dor") }}},
		"contenteditable":  {`<div contenteditable=true aria-label=Note style="min-height:2em;width:20em"></div><button>Save</button>`, []does{press("[contenteditable]"), types("Hello"), key("Enter"), types("you"), press("button")}},
		"date":             {`<label>From <input type=date></label>`, []does{key("Tab"), types("11262026")}},
		"portal":           {strings.Replace(portal(`['Approver', 'Payer']`), "<button id=open>v</button>", "<button id=open aria-label=Role>v</button>", 1), []does{press("#open"), press(".o:nth-child(2)"), settle(300 * time.Millisecond)}},
		"pages-within": {`<nav><button id=s>Settings</button></nav><main id=m><h1>Home</h1></main><script>
			s.onclick = () => {
				m.innerHTML = '<a href=/users id=u>Users</a>';
				u.onclick = (e) => { e.preventDefault(); history.pushState({}, '', '/users'); m.innerHTML = '<h1>Users</h1>'; };
			}</script>`, []does{press("#s"), press("#u"), settle(300 * time.Millisecond)}},
		"rows-again": {`<main id=m></main><script>
			const list = () => { m.innerHTML = '<h1>Users</h1><div role=grid><div role=row>Ann Lee</div><div role=row>Joan Doe</div></div><ul><li>Eve <i>eve@x.example</i></ul>';
				m.querySelectorAll('[role=row],li').forEach((r) => { r.onclick = () => { m.innerHTML = '<button>Users</button><p>' + r.firstChild.textContent + '</p>'; m.querySelector('button').onclick = list; }; }); };
			list();</script>`, []does{
			press("[role=row]:first-child"), settle(300 * time.Millisecond), press("button"), settle(300 * time.Millisecond), press("[role=row]:nth-child(2)"), settle(900 * time.Millisecond),
			press("button"), settle(300 * time.Millisecond), press("li"), settle(900 * time.Millisecond),
		}},
		"listbox": {`<button id=r aria-haspopup=listbox>None</button><ul role=listbox aria-label=Roles hidden id=l>
			<li role=option>Clerk<li role=option>Payer</ul><script>
			r.onclick = () => { l.hidden = false; }; l.onclick = (e) => { r.textContent = e.target.textContent; l.hidden = true; }</script>`,
			[]does{press("#r"), press("[role=option]:last-child"), settle(300 * time.Millisecond)}},
		"keyboard-only": {`<form onsubmit="document.title = 'sent'; return false">` +
			`<label>First <input></label><label>Last <input></label><button>Send</button></form>`,
			[]does{key("Tab"), types("Ann"), key("Tab"), types("Lee"), key("Tab"), key("Enter")}},
		"enter-in-a-field": {`<form onsubmit="return false"><label>Search <input></label><button>Find</button></form><input aria-label=Alone>`,
			[]does{press("form input"), types("ann"), key("Enter"), press("[aria-label=Alone]"), types("x"), key("Enter"), key("Escape")}},
		"keys-in-a-listbox": {`<div role=combobox tabindex=0 aria-label=Role>None</div>`, []does{press("[role=combobox]"), key("ArrowDown", "ArrowDown", "Enter")}},

		"option-by-keys":               {listbox, []does{key("Tab", "ArrowDown", "ArrowDown", "ArrowDown", "Enter"), settle(300 * time.Millisecond), press("#next")}},
		"option-by-keys-after-a-click": {listbox, []does{press("[role=combobox]"), key("ArrowDown", "Enter"), settle(300 * time.Millisecond), press("#next")}},
		"option-from-a-search": {`<input aria-label=Search>
			<ul role=listbox hidden><li role=option tabindex=-1>Clerk<li role=option tabindex=-1>Payer</ul><button id=next>Next</button><script>
			const list = document.querySelector('ul'), all = [...list.children];
			document.querySelector('input').onkeydown = (e) => { if (e.key === 'Enter') { list.hidden = false; all[0].focus(); } };
			list.onkeydown = (e) => { if (e.key === 'Enter') document.title = document.activeElement.textContent; }</script>`,
			[]does{press("input"), types("x"), key("Enter"), settle(200 * time.Millisecond), key("Enter"), press("#next")}},
		"keys-before-an-option": {`<input aria-label=Search>` + listbox,
			[]does{press("input"), types("x"), key("ArrowDown", "Enter", "Tab", "ArrowDown", "Enter"), settle(300 * time.Millisecond), press("#next")}},
		"option-that-has-the-focus": {`<button id=b aria-haspopup=listbox>Role</button><ul role=listbox hidden><li role=option tabindex=-1>Clerk<li role=option tabindex=-1>Payer</ul><button id=next>Next</button><script>
			const list = document.querySelector('ul'), all = [...list.children];
			b.onclick = () => { list.hidden = false; all[0].focus(); };
			list.onkeydown = (e) => {
				if (e.key === 'ArrowDown') all[1].focus();
				if (e.key === 'Enter' || e.key === ' ') { b.textContent = document.activeElement.textContent; list.hidden = true; b.focus(); e.preventDefault(); }
			}</script>`, []does{press("#b"), settle(200 * time.Millisecond), key("ArrowDown", "Enter"), settle(300 * time.Millisecond), press("#next")}},

		"keys-with-control": {`<textarea aria-label=Note></textarea>`, []does{press("textarea"), types("x"), key("Control+Enter")}},
		"signs-with-alt":    {`<input type=password aria-label=Password><button>Go</button>`, []does{press("input"), key("Alt+@"), press("button"), key("Alt+k")}},
		"double-click":      {`<button>Open</button>`, []does{twiceOn("button")}},
		"not-carried-over":  {`<canvas width=200 height=100></canvas><input type=file aria-label=Picture><p id=d draggable=true style="width:200px;height:40px">Card</p><input type=range aria-label=Size>`, []does{press("canvas"), press("[type=file]"), dragsFrom("#d"), press("[type=range]"), key("ArrowUp")}},
		"secrets":           {`<input aria-label="New secret"><input aria-label="Zip code"><input autocomplete=one-time-code aria-label=x><input type=password id=p aria-label=Pin><button onclick="p.type = 'text'">Show</button>`, []does{press("[aria-label='New secret']"), types("hunter2"), press("[aria-label='Zip code']"), types("94000"), press("[autocomplete]"), types("123456"), press("#p"), types("abcd"), press("button"), press("#p"), types("efgh")}},
		"dialog":            {`<button>Remove</button><script>document.querySelector('button').onclick = () => { document.title = confirm('Remove Ann?') ? 'yes' : 'no'; }</script>`, []does{press("button"), settle(300 * time.Millisecond)}},
		"prompt":            {`<button>Note</button><script>document.querySelector('button').onclick = () => { document.title = prompt('Why?') ?? 'none'; }</script>`, []does{press("button"), settle(300 * time.Millisecond)}},
		"modal":             {`<div role=dialog aria-label="Invite user" style="padding:20px"><button>Next</button></div><button>Next</button>`, []does{press("[role=dialog] button")}},
		"not-trusted":       {`<button id=a>A</button><input id=i><script>setInterval(() => { a.click(); i.value = 'x'; i.dispatchEvent(new InputEvent('input', { bubbles: true })); }, 50)</script>`, []does{settle(300 * time.Millisecond)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, c.body, part{"/inner", `<button id=go>Go</button><input aria-label="Last name">`})
			golden(t, name, told(w.record(t, c.does...)))
		})
	}
}

// listbox is a combobox of which the keys move what is pointed to, as the ARIA practices have it.
const listbox = `<div role=combobox tabindex=0 aria-label=Role aria-controls=l>None</div><ul role=listbox id=l hidden><li role=option id=o0>Clerk<li role=option id=o1>Payer<li role=option id=o2>Approver</ul>
	<button id=next>Next</button><script>
	const box = document.querySelector('[role=combobox]'), list = document.getElementById('l'); let at = -1;
	const show = (on) => { list.hidden = !on; box.setAttribute('aria-expanded', on); if (!on) box.removeAttribute('aria-activedescendant'); };
	const open = () => { show(true); at = 0; box.setAttribute('aria-activedescendant', 'o0'); };
	box.onclick = open;
	box.onkeydown = (e) => {
		if (e.key === 'ArrowDown' && list.hidden) open();
		else if (e.key === 'ArrowDown') box.setAttribute('aria-activedescendant', 'o' + (at = Math.min(at + 1, 2)));
		else if (e.key === 'Enter' && !list.hidden) { box.textContent = list.children[at].textContent; show(false); }
	}</script>`

// TestAutofillIsTakenDown has the browser itself fill in a form, of which the headless shell knows nothing: there the
// words are inserted. What is taken down is the same.
func TestAutofillIsTakenDown(t *testing.T) {
	t.Parallel()
	fills := func(ctx context.Context, s *automation.StandIn) error {
		return s.Page().Autofill(ctx, "[name=name]", map[string]string{
			"NAME_FULL": "Ann Lee", "EMAIL_ADDRESS": "ann@acme.example", "PHONE_HOME_WHOLE_NUMBER": "+4930123456", "ADDRESS_HOME_COUNTRY": "DE",
		})
	}
	inserts := func(word string) does {
		return func(ctx context.Context, s *automation.StandIn) error { return s.Insert(ctx, word) }
	}
	script := []does{press("[name=name]"), fills}
	if !full {
		script = []does{press("[name=name]"), inserts("Ann Lee"), key("Tab"), inserts("ann@acme.example"), key("Tab"), inserts("+4930123456")}
	}
	w := setup(t, `<form><input name=name autocomplete=name aria-label=Name><input name=email autocomplete=email aria-label="E-mail">
		<input name=tel autocomplete=tel aria-label=Telephone><button>Send</button></form>`)
	golden(t, "autofill-of-a-form", told(w.record(t, append(script, settle(500*time.Millisecond), press("button"))...)))
}

// TestWhereARecordingGoes has links, redirects, another window and an address that the person goes to.
func TestWhereARecordingGoes(t *testing.T) {
	t.Parallel()
	w := setup(t, `<a href="/one">One</a>`)
	w.serve("/one", `<title>1</title><a href="/two" target=_blank>Two</a>`)
	w.serve("/two", `<title>2</title><script>location.replace('/three')</script>`)
	w.serve("/three", `<title>3</title><button>Here</button>`)
	at := func(selector string) does {
		return func(ctx context.Context, s *automation.StandIn) error {
			if _, _, err := s.Page().Await(ctx, 5*time.Second, nil, css(selector)); err != nil {
				return err
			}
			return s.ClickOn(ctx, css(selector))
		}
	}
	golden(t, "redirects", told(w.record(t, at("a[href='/one']"), at("a[href='/two']"), at("button"), opens("/one?x=1"), at("a[href='/two']"))))
}

// TestAWindowThatAScriptOpensIsShownInTheSameOne has a button open a window by itself.
func TestAWindowThatAScriptOpensIsShownInTheSameOne(t *testing.T) {
	t.Parallel()
	w := setup(t, `<button onclick="window.open('/three')">Open</button>`)
	w.serve("/three", `<title>3</title><a href=x>Here</a>`)
	here := func(ctx context.Context, s *automation.StandIn) error {
		if _, _, err := s.Page().Await(ctx, 5*time.Second, nil, css("a")); err != nil {
			return err
		}
		return s.ClickOn(ctx, css("a"))
	}
	golden(t, "window-open", told(w.record(t, press("button"), settle(300*time.Millisecond), here)))
}

// TestThePanelIsWorkedByKeys undoes, pauses, expects, names and shows a list, and none of that reaches the page.
func TestThePanelIsWorkedByKeys(t *testing.T) {
	t.Parallel()
	w := setup(t, heard+team)
	panel := func(n int) does { // the buttons in their order: Fold, Stop, Commit, Person, List, Expect, Hover, Name, Undo, Pause
		return key(append(append([]string{"F2"}, slices.Repeat([]string{"Tab"}, n)...), "Enter")...)
	}
	got := w.recordWith(t, automation.Progress{Steps: []automation.StepLine{{Text: "one"}}, Name: "user.x"}, panel(2), press("#next"), panel(3), press("tr:first-child td:nth-child(2)"),
		panel(5), press("#count"), panel(6), press("h1"), panel(7), types("y"), key("Enter"), panel(8), panel(9), press("#next"), panel(9),
		panel(4), press("th:first-child"), panel(2), key("Escape"), panel(8), press("#count"), panel(8), press("#next"), panel(6))
	golden(t, "panel", told(got))
	assert.Equal(t, "pointerdown mousedown focusin pointerup mouseup click", w.title(t), "what was done while it was paused")
}

// TestThePanelIsMovedByItsHead has the panel stand over a button, and moved aside: what it stood over is pressed then.
func TestThePanelIsMovedByItsHead(t *testing.T) {
	t.Parallel()
	w := setup(t, `<button style="position:fixed; left:930px; top:400px; width:200px; height:380px">Below</button>`)
	require.NoError(t, w.Sized(t.Context(), 1280, "light")) // 800 high
	at := func(ctx context.Context, s *automation.StandIn) error { return s.Click(ctx, 1050, 573) }
	moves := func(ctx context.Context, s *automation.StandIn) error { return s.Drag(ctx, 1050, 573, 300, 100) }
	assert.Empty(t, w.record(t, settle(300*time.Millisecond), at, at), "it stands there")
	got := w.record(t, settle(300*time.Millisecond), moves, settle(300*time.Millisecond), at)
	require.Len(t, got, 1, "its being moved is no step")
	assert.Equal(t, "button “Below”", got[0].On.Said)
}

// TestAKeyForThePanelIsLetGoThere has a page that hears keys when they are let go.
func TestAKeyForThePanelIsLetGoThere(t *testing.T) {
	t.Parallel()
	w := setup(t, `<input><script>document.title = ''; addEventListener('keyup', (e) => { document.title += e.key; }, true);</script>`)
	w.record(t, press("input"), key("F2", "Tab", "Escape"), key("ArrowDown"))
	assert.Equal(t, "ArrowDown", w.title(t))
}

// TestASecretThatAPageShowsIsNotTold has a password that is shown before it is typed, and that the page says
// elsewhere afterwards, and a code with a field for each digit.
func TestASecretThatAPageShowsIsNotTold(t *testing.T) {
	t.Parallel()
	w := setup(t, `<input type=password id=p><button id=show onclick="p.type = 'text'">Show</button>
		<div role=dialog aria-label=Account><p id=echo>nothing</p><button id=say onclick="echo.textContent = 'Yours is ' + p.value; say.title = p.value; say.ariaLabel = p.value">Say</button></div>
		<input maxlength=1 id=c1><input maxlength=1><input maxlength=1><input maxlength=1>`)
	const secret = `hunt"er22`
	expects := key("F2", "Tab", "Tab", "Tab", "Tab", "Tab", "Enter")
	got := w.record(t, press("#show"), press("#p"), types(secret), press("#say"), press("#say"), expects, press("#echo"), expects, press("#say"), press("#c1"), types("7"))
	var kinds []string
	for _, g := range got {
		if g.Kind != automation.GestureFill {
			kinds = append(kinds, g.Kind)
			continue
		}
		assert.NotEmpty(t, g.Secret, "typed into %s", g.On.Said)
		assert.Empty(t, g.Value)
	}
	assert.Equal(t, []string{"click", "click", "click", "click", "expect", "expect", "click"}, kinds)
	data, err := json.Marshal(got)
	require.NoError(t, err)
	assert.NotContains(t, string(data), "er22")
}

// TestAFrameThatHasJustCome is recorded while its first, empty document gives way to the one that it is for.
func TestAFrameThatHasJustCome(t *testing.T) {
	t.Parallel()
	w := setup(t, `<iframe name=main src="/inner" width=600 height=300></iframe>`, part{"/inner", `<button id=go>Go</button>`})
	for range 4 {
		require.NoError(t, w.Open(t.Context(), w.URL))
		got := w.record(t, inFrame("iframe", "#go"))
		require.Len(t, got, 1)
		assert.Equal(t, "Go", got[0].On.Name)
	}
}

// TestAListThatIsOneOfSeveralIsSkippedOrLeft has a person go on without a list, and leave.
func TestAListThatIsOneOfSeveralIsSkippedOrLeft(t *testing.T) {
	t.Parallel()
	for button, skips := range map[int]bool{1: true, 2: false} { // Fold, Skip, Leave
		w := setup(t, `<table><tr><th>Email</th></tr><tr><td>ann@acme.example</td></tr></table>`)
		skipped := false
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		keys := []string{"F2", "Tab", "Tab"}[:button+1]
		err := w.Record(ctx, automation.Recording{
			Title: "Show the list", Targets: []automation.KnownTarget{}, Mode: "list", Skipped: func() { skipped = true },
			Take: func(automation.Gesture) {}, Tell: func() automation.Progress { return automation.Progress{} },
			StandIn: script(func(context.Context, *automation.StandIn) error { return nil }, key(append(keys, "Enter")...)),
		})
		cancel()
		require.NoError(t, err)
		assert.Equal(t, skips, skipped)
	}
}
