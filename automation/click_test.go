package automation_test

import (
	"context"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestClickReachesItsTargetOrNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		target     *selectors.Target
		log        string // what the page must have noted afterwards
		kind       error  // nil: the click succeeds
	}{
		{"plain", logs + `<button onclick="note('right')">Go</button>`, button("Go"), "log: right", nil},
		{"swaps place with another on hover", logs + `<div id=box><button id=a onclick="note('right')">Go</button><button id=b onclick="note('WRONG')">Other</button></div>
			<script>let n = 0; a.addEventListener('mouseenter', () => { if (n++ < 2) box.append(a); });</script>`, button("Go"), "log: right", nil},
		{"always runs away on hover", logs + `<div style="position:relative;height:200px"><button id=a style="position:absolute" onclick="note('right')">Go</button><button style="position:absolute;z-index:-1" onclick="note('WRONG')">Other</button></div>
			<script>let n = 0; a.addEventListener('mouseenter', () => { a.style.left = (++n % 2) * 300 + 'px'; });</script>`, button("Go"), "log:", automation.ErrMissed},
		{"inside a disabled fieldset", logs + `<fieldset disabled><button onclick="note('WRONG')">Go</button></fieldset>`, button("Go"), "log:", automation.ErrNotActionable},
		{"aria-disabled", logs + `<button aria-disabled=true onclick="note('WRONG')">Go</button>`, button("Go"), "log:", automation.ErrNotActionable},
		{"aria-disabled above", logs + `<div aria-disabled=true><button onclick="note('WRONG')">Go</button></div>`, button("Go"), "log:", automation.ErrNotActionable},
		{"matches two", logs + `<button onclick="note('WRONG')">Go</button><button onclick="note('WRONG')">Go</button>`, button("Go"), "log:", automation.ErrAmbiguous},
		{"matches none", logs, button("Go"), "log:", automation.ErrMissing},
		{"hidden", logs + `<button hidden onclick="note('WRONG')">Go</button>`, button("Go"), "log:", automation.ErrMissing},
		{"one of two hidden", logs + `<button style="display:none" onclick="note('WRONG')">Go</button><button onclick="note('right')">Go</button>`, button("Go"), "log: right", nil},
		{"no size", logs + `<button style="width:0;height:0;padding:0;border:0;overflow:hidden" onclick="note('WRONG')">Go</button>`, button("Go"), "log:", automation.ErrMissing},
		{"disabled, then replaced by an enabled one", logs + `<div id=box><button disabled onclick="note('WRONG')">Go</button></div>
			<script>setTimeout(() => { box.innerHTML = '<button onclick="note(\'right\')">Go</button>'; }, 300);</script>`, button("Go"), "log: right", nil},
		// In every frame, so that it is never still in between: a press that has been delivered when its button is
		// replaced is not repeated.
		{"re-rendered thirty times", logs + `<div id=box></div>
			<script>let n = 0; const draw = () => { box.innerHTML = '<button onclick="note(\'right\')">Go</button>'; if (n++ < 30) requestAnimationFrame(draw); }; draw();</script>`, button("Go"), "log: right", nil},
		{"covered by a transparent shield", logs + `<button onclick="note('WRONG')">Go</button><div id=shield style="position:fixed;inset:0;opacity:0"></div>`, button("Go"), "log:", automation.ErrNotActionable},
		{"shield goes away", logs + `<button onclick="note('right')">Go</button><div id=shield style="position:fixed;inset:0;opacity:0"></div><script>setTimeout(() => shield.remove(), 300);</script>`, button("Go"), "log: right", nil},
		{"shield comes on hover", logs + `<button id=a onclick="note('WRONG')">Go</button><script>a.addEventListener('mouseenter', () => { const d = document.createElement('div'); d.style = 'position:fixed;inset:0'; document.body.append(d); });</script>`, button("Go"), "log:", automation.ErrNotActionable},
		{"pushed down when it is pressed, once", logs + `<div id=top></div><button id=a onclick="note('right')">Go</button>
			<script>
				a.addEventListener('mousedown', () => { document.getElementById('top').style.height = '200px'; }, { once: true });
			</script>`, button("Go"), "log: right", nil},
		{"moving, then still", logs + `<style>@keyframes m { from { margin-left: 0 } to { margin-left: 400px } } #a { animation: m .5s linear forwards }</style><button id=a onclick="note('right')">Go</button>`, button("Go"), "log: right", nil},
		{"under a sticky header", logs + `<div style="position:sticky;top:0;height:300px;background:#ccc">head</div><div style="height:3000px"></div><button onclick="note('right')">Go</button><div style="height:3000px"></div>`, button("Go"), "log: right", nil},
		{"in an open shadow root", logs + `<x-y></x-y><script>customElements.define('x-y', class extends HTMLElement { constructor() { super(); const r = this.attachShadow({mode:'open'}); r.innerHTML = '<span><button>Go</button></span>'; r.querySelector('button').onclick = () => note('right'); } });</script>`, button("Go"), "log: right", nil},
		{"a label for its box", logs + `<label>Agree <input type=checkbox style="pointer-events:none" onchange="note('right')"></label>`, &selectors.Target{Name: "box", Candidates: []selectors.Candidate{{Label: "Agree"}}}, "log: right", nil},
		{"takes no pointer events", logs + `<div><input type=checkbox aria-label=Agree style="pointer-events:none" onclick="note('WRONG')"></div>`,
			&selectors.Target{Name: "box", Candidates: []selectors.Candidate{{Label: "Agree"}}}, "log:", automation.ErrNotActionable},
		{"link spread over two lines", logs + `<p style="width:120px">word word word <a href="#x" onclick="note('right')">first part of the link and its second part</a></p>`, &selectors.Target{Name: "link", Candidates: []selectors.Candidate{{CSS: "a"}}}, "log: right", nil},
		{"the page listens first and lies about it", logs + `<button onclick="note('right')">Go</button><script>window.addEventListener('click', (e) => {}, true); Object.defineProperty(Event.prototype, 'composedPath', { value: () => [] }); Element.prototype.getBoundingClientRect = () => ({});</script>`, button("Go"), "log: right", nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, c.body)
			err := w.Click(t.Context(), automation.Press{Target: c.target, Bound: short})
			if c.kind == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, c.kind)
				assert.Contains(t, err.Error(), c.target.Name, "the error names its target")
			}
			assert.Equal(t, c.log, w.log(t))
		})
	}
}

func TestClickOnlyWhereTheKeyIsEqual(t *testing.T) {
	t.Parallel()
	rows := `<table id=t><thead><tr><th>Name</th><th>Email</th><th></th></tr></thead><tbody id=b>
		<tr><td>Jo Ann</td><td>joann@x.com</td><td><button onclick="note('WRONG joann')">Del</button></td></tr>
		<tr><td>Ann</td><td>ann@x.com</td><td><button onclick="note('right')">Del</button></td></tr>
		<tr><td>Ann</td><td>ann@x.com.au</td><td><button onclick="note('WRONG au')">Del</button></td></tr></tbody></table>`
	table := css("#t")
	table.Table = &selectors.Table{Rows: "tbody tr", Key: "email", Fold: true, Columns: map[string]selectors.Column{"email": {Header: "Email"}}}
	for _, c := range []struct {
		name, extra, key, log string
		kind                  error
	}{
		{"the row", "", "ann@x.com", "log: right", nil},
		{"in another case", "", "ANN@X.com", "log: right", nil},
		{"a look-alike alone is not it", `<script>b.rows[1].remove()</script>`, "ann@x.com", "log:", automation.ErrMissing},
		{"two rows of one key", `<script>b.append(b.rows[1].cloneNode(true))</script>`, "ann@x.com", "log:", automation.ErrAmbiguous},
		{"rows change places on hover", `<script>let n = 0; b.addEventListener('mouseover', () => { if (n++ < 1) b.append(b.rows[0]); });</script>`, "ann@x.com", "log: right", nil},
		{"the row becomes another's on hover", `<script>b.rows[1].addEventListener('mouseover', () => { b.rows[1].cells[1].textContent = 'joann@x.com'; });</script>`, "ann@x.com", "log:", automation.ErrWrongIdentity},
		{"the row goes on hover", `<script>b.rows[1].addEventListener('mouseover', () => b.rows[1]?.remove(), {once:true});</script>`, "ann@x.com", "log:", automation.ErrMissing},
		{"a letter that only looks the same", `<script>b.rows[1].cells[1].textContent = 'аnn@x.com'</script>`, "ann@x.com", "log:", automation.ErrMissing},
		{"a sign that Unicode folds into a letter", `<script>b.rows[1].cells[1].textContent = '\u212Aann@x.com'</script>`, "kann@x.com", "log:", automation.ErrMissing},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+rows+c.extra)
			err := w.Click(t.Context(), automation.Press{Target: button("Del"), Row: &automation.Row{Table: table, Equals: c.key}, Bound: short})
			if c.kind == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, c.kind)
			}
			assert.Equal(t, c.log, w.log(t))
		})
	}
}

func TestClickOnlyWhereThePageIsAboutTheRightOne(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body, log string
		kind            error
	}{
		{"the right one", `<b id=who>ann@x.com</b><button id=d onclick="note('right')">Del</button>`, "log: right", nil},
		{"another", `<b id=who>joann@x.com</b><button id=d onclick="note('WRONG')">Del</button>`, "log:", automation.ErrWrongIdentity},
		{"nobody", `<button id=d onclick="note('WRONG')">Del</button>`, "log:", automation.ErrWrongIdentity},
		{"becomes another on hover", `<b id=who>ann@x.com</b><button id=d onclick="note('WRONG')" onmouseenter="who.textContent='joann@x.com'">Del</button>`, "log:", automation.ErrWrongIdentity},
		{"becomes another at the press", `<b id=who>ann@x.com</b><button id=d onclick="note('WRONG')" onpointerdown="who.textContent='joann@x.com'">Del</button>`, "log:", automation.ErrWrongIdentity},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+c.body)
			err := w.Click(t.Context(), automation.Press{Target: button("Del"), For: &automation.Identity{Target: css("#who"), Equals: "ann@x.com"}, Bound: short})
			if c.kind == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, c.kind)
			}
			assert.Equal(t, c.log, w.log(t))
		})
	}
}

func TestClickReRenderedAtThePressSaysThatItWasDelivered(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<div id=box><button onclick="note('click')">Go</button></div><script>box.addEventListener('mousedown', () => { note('down'); box.innerHTML = '<button onclick="note(\'late\')">Go</button>'; });</script>`)
	err := w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: short})
	var e *automation.Error
	require.ErrorAs(t, err, &e)
	assert.True(t, e.Acted, "the press was delivered: nobody may press again")
	assert.Equal(t, "log: down", w.log(t))
}

func TestClickThatNavigatesIsStillJudged(t *testing.T) {
	t.Parallel()
	w := setup(t, `<a href="/next">Go</a>`)
	w.serve("/next", `<h1>There</h1>`)
	for range 5 {
		require.NoError(t, w.Open(t.Context(), w.URL))
		require.NoError(t, w.Click(t.Context(), automation.Press{Target: css("a"), Bound: enough}))
		_, _, err := w.Await(t.Context(), short, nil, css("h1"))
		require.NoError(t, err)
	}
}

func TestCandidatesThatDisagreeStopAnIrreversibleStep(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<button data-testid=del onclick="note('WRONG')">Keep</button><button onclick="note('WRONG')">Delete</button>`)
	both := &selectors.Target{Name: "user.delete", Candidates: []selectors.Candidate{{TestID: "del"}, {Role: "button", Name: "Delete"}}}
	require.ErrorIs(t, w.Click(t.Context(), automation.Press{Target: both, Agree: true, Bound: short}), automation.ErrAmbiguous)
	assert.Equal(t, "log:", w.log(t))
}

func TestBackgroundTabDoesNotHang(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<button onclick="note('right')">Go</button>`)
	other, err := w.Session.NewPage(t.Context())
	require.NoError(t, err)
	require.NoError(t, other.Open(t.Context(), w.URL))
	require.NoError(t, other.BringToFront(t.Context()))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	require.NoError(t, w.Click(ctx, automation.Press{Target: button("Go"), Bound: 5 * time.Second}))
	assert.Equal(t, "log: right", w.log(t))
}

func TestFramesOfTheSameOriginAreReached(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<div style="height:1200px"></div><iframe id=f src="/in" style="border:7px solid red;margin:30px;height:300px"></iframe>`,
		part{"/in", `<div style="height:900px"></div><button onclick="parent.note('right')">Go</button>`})
	inside := button("Go")
	inside.Within = css("#f")
	require.NoError(t, w.Click(t.Context(), automation.Press{Target: inside, Bound: enough}))
	assert.Equal(t, "log: right", w.log(t))
}

func TestFramesOfAnotherOriginAreNamed(t *testing.T) {
	t.Parallel()
	w := setup(t, `<iframe id=f sandbox="allow-scripts" srcdoc="<button>Go</button>"></iframe>`)
	inside := button("Go")
	inside.Within = css("#f")
	err := w.Click(t.Context(), automation.Press{Target: inside, Bound: short})
	require.ErrorIs(t, err, automation.ErrMissing)
	assert.Contains(t, err.Error(), "another origin")
}

func TestClickBudget(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<button onclick="note('right')">Go</button>`)
	got := w.Calls.during(func() {
		require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: enough}))
	})
	assert.LessOrEqual(t, len(got), 5, "%v", got)
	got = w.Calls.during(func() {
		require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Agree: true, People: roster, Bound: short,
			Entered: []automation.Entered{{Target: css("#log"), As: automation.Filled, Value: "log: right"}}}))
	})
	assert.LessOrEqual(t, len(got), 5, "%v", got)
}

func TestTimeOutNamesTargetCandidatesAndStates(t *testing.T) {
	t.Parallel()
	w := setup(t, `<button hidden data-testid=save>Save</button><script>setInterval(() => document.title = Math.random(), 5)</script>`)
	save := &selectors.Target{Name: "user.save", Candidates: []selectors.Candidate{{TestID: "save"}, {Role: "button", Name: "Save"}}}
	_, _, err := w.Await(t.Context(), 300*time.Millisecond, nil, save)
	require.ErrorIs(t, err, automation.ErrMissing)
	for _, part := range []string{"user.save", "testid=save: 0 (and 1 hidden)", "role=button name=Save", "hidden", "visible or disabled", w.URL} {
		assert.Contains(t, err.Error(), part)
	}
}

func TestCallerWhoGivesUpIsHeard(t *testing.T) {
	t.Parallel()
	w := setup(t, `<p>nothing</p>`)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, w.Click(ctx, automation.Press{Target: button("Go"), Bound: time.Minute}), context.Canceled)
	_, _, err := w.Await(ctx, time.Minute, nil, button("Go"))
	require.ErrorIs(t, err, context.Canceled)
	// A page outlives the context of one look at it.
	_, err = w.Look(t.Context(), css("p"))
	require.NoError(t, err)
}

func TestAnInputWithoutPointerEventsIsNamedSo(t *testing.T) {
	t.Parallel()
	w := setup(t, `<div id=around><input type=checkbox aria-label=Agree style="pointer-events:none"></div>`)
	err := w.Click(t.Context(), automation.Press{Target: &selectors.Target{Name: "box", Candidates: []selectors.Candidate{{Label: "Agree"}}}, Bound: short})
	require.ErrorIs(t, err, automation.ErrNotActionable)
	assert.Contains(t, err.Error(), "takes no pointer events: what is pressed there is <div")
	assert.NotContains(t, err.Error(), "covered")
}

func TestADoubleClickIsDeliveredWhole(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<button ondblclick="note('twice')">Go</button>`)
	require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Go"), Double: true, Bound: enough}))
	assert.Equal(t, "log: twice", w.log(t))

	w = setup(t, logs+`<button onclick="note('once'); this.disabled = true" ondblclick="note('twice')">Go</button>`)
	err := w.Click(t.Context(), automation.Press{Target: button("Go"), Double: true, Bound: short})
	var e *automation.Error
	require.ErrorAs(t, err, &e)
	assert.True(t, e.Acted, "the first of the two clicks has done something: %v", err)
	assert.Equal(t, "log: once", w.log(t))
}
