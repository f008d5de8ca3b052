package automation_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// script is what a person does, one thing a round; the last ends it.
func script(does ...func(ctx context.Context, s *automation.StandIn) error) func(context.Context, *automation.StandIn) error {
	return func(ctx context.Context, s *automation.StandIn) error {
		if len(does) == 0 {
			return nil
		}
		do := does[0]
		does = does[1:]
		return do(ctx, s)
	}
}

func clickOn(t *selectors.Target) func(context.Context, *automation.StandIn) error {
	return func(ctx context.Context, s *automation.StandIn) error { return s.ClickOn(ctx, t) }
}

func key(names ...string) func(context.Context, *automation.StandIn) error {
	return func(ctx context.Context, s *automation.StandIn) error {
		for _, name := range names {
			if err := s.Key(ctx, name); err != nil {
				return err
			}
		}
		return nil
	}
}

// heard is a page's script that notes every input event that reaches it, from its very beginning.
const heard = `<script>window.heard = []; for (const t of ['pointerdown', 'mousedown', 'pointerup', 'mouseup', 'click', 'keydown', 'focusin', 'submit'])
	window.addEventListener(t, (e) => { heard.push(t); document.title = heard.join(' '); }, true);</script>`

func reasons(p automation.Picked) map[string]string {
	out := map[string]string{}
	for _, o := range p.Offers {
		out[o.Candidate.String()] = o.Why
	}
	return out
}

func (w *world) pick(t *testing.T, target *selectors.Target, does ...func(context.Context, *automation.StandIn) error) automation.Picked {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	p, err := w.Pick(ctx, automation.Pick{Target: target, StandIn: script(does...)})
	require.NoError(t, err)
	return p
}

func (w *world) title(t *testing.T) string {
	t.Helper()
	evaluate, err := w.World(t.Context())
	require.NoError(t, err)
	title, err := evaluate("document.title")
	require.NoError(t, err)
	return title
}

func TestAPickedElementHearsNothing(t *testing.T) {
	t.Parallel()
	const body = heard + `<form onsubmit="document.title='sent'"><p><button id="a3f2504e-4f89-41d3-9a0c-0305e82c3301" data-testid=remove>
		<span id=word>Remove</span></button> <button class=other id=row_1234><i id=icon>&#xe123;</i></button></p></form>
		<label id=label>Agree <input type=checkbox></label>`
	w := setup(t, body)
	got := w.pick(t, &selectors.Target{Name: "user.deactivate", Candidates: []selectors.Candidate{{TestID: "gone"}}},
		clickOn(css("#word")), key("Enter"))
	require.True(t, got.Taken)
	assert.Contains(t, got.Described, "<button", "the span was clicked, and the button is meant")
	assert.Equal(t, "button “Remove”", got.Said)
	assert.Equal(t, selectors.Candidate{TestID: "remove"}, got.Offers[0].Candidate)
	assert.True(t, got.Offers[0].Kept)
	assert.Equal(t, "it looks made up by a program", reasons(got)[`css=#a3f2504e-4f89-41d3-9a0c-0305e82c3301`])
	assert.Equal(t, "t", w.title(t), "no event reached the page")

	got = w.pick(t, css("#none"), clickOn(css("#icon")), key("Enter"))
	assert.Equal(t, "it is a sign of an icon font", reasons(got)["text=\ue123"])
	assert.Equal(t, "it looks made up by a program", reasons(got)["css=#row_1234"])

	got = w.pick(t, css("#none"), clickOn(css("#label")), key("Enter"))
	assert.Contains(t, got.Described, "<input")
	assert.Equal(t, "t", w.title(t))
}

// at clicks a point of the window: where a button of the bar or of the panel is.
func at(x, y float64) func(context.Context, *automation.StandIn) error {
	return func(ctx context.Context, s *automation.StandIn) error { return s.Click(ctx, x, y) }
}

// Where the first button of the bar is, in a window of 1280 by 1000.
const takeX, takeY = 212, 962

func TestTheBarIsWorkedWithTheMouse(t *testing.T) {
	t.Parallel()
	w := setup(t, heard+`<button>Save</button>`)
	got := w.pick(t, css("#none"), clickOn(css("button")), at(takeX, takeY))
	assert.True(t, got.Taken)
	assert.Equal(t, "t", w.title(t), "neither click reached the page")
	got = w.pick(t, css("#none"), at(takeX, takeY), clickOn(css("button")), at(takeX, takeY), clickOn(css("button")), key("Escape", "Escape"))
	assert.False(t, got.Taken)
	assert.Equal(t, "pointerdown mousedown focusin pointerup mouseup click", w.title(t), "what was clicked while the person walked on did")
}

// TestTheBarGoesOutOfTheWay has what is proposed, and what is meant beside it, stand where the bar is at first.
func TestTheBarGoesOutOfTheWay(t *testing.T) {
	t.Parallel()
	w := setup(t, `<div style="position: fixed; bottom: 20px; left: 40%"><button id=no>Save all</button> <button id=yes>Save it</button></div>`)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	waits := func(context.Context, *automation.StandIn) error { return nil }
	p, err := w.Pick(ctx, automation.Pick{Target: css("#none"), Proposed: [][]selectors.Candidate{{{CSS: "#no"}}},
		StandIn: script(waits, clickOn(css("#yes")), key("Enter"), key("Escape", "Escape"))})
	require.NoError(t, err)
	assert.Equal(t, "button “Save it”", p.Said)
}

func TestAPickIsCancelled(t *testing.T) {
	t.Parallel()
	w := setup(t, heard+`<button>Save</button>`)
	assert.False(t, w.pick(t, css("#none"), key("Escape")).Taken)
	assert.False(t, w.pick(t, css("#none"), clickOn(css("button")), key("Escape"), key("Escape")).Taken, "the first goes back")
	assert.Equal(t, "t", w.title(t))
	assert.False(t, w.pick(t, css("#none"), func(ctx context.Context, s *automation.StandIn) error { return s.CloseWindow(ctx) }).Taken)
}

func TestAPickByKeys(t *testing.T) {
	t.Parallel()
	w := setup(t, heard+`<button>Save</button> <button>Cancel</button> <input placeholder=Search>`)
	got := w.pick(t, css("#none"), key("Tab", "Tab", "Enter"), key("Enter"))
	assert.Equal(t, "button “Cancel”", got.Said)
	got = w.pick(t, css("#none"), key("Tab", "ArrowUp", "Enter"), key("Escape", "Escape"))
	assert.False(t, got.Taken)
	assert.Equal(t, "t", w.title(t))
}

func TestAnElementThatCannotBeFoundAloneIsNotTaken(t *testing.T) {
	t.Parallel()
	w := setup(t, `<div id=box><p>Same</p></div><div><p>Same</p></div>`)
	within := &selectors.Target{Name: "user.save", Candidates: []selectors.Candidate{{TestID: "gone"}}, Within: css("#box")}
	outside := &selectors.Target{Name: "outside", Candidates: []selectors.Candidate{{CSS: "div:nth-of-type(2) p"}}}
	got := w.pick(t, within, clickOn(outside), key("Enter"), key("Escape", "Escape"))
	assert.False(t, got.Taken, "it lies outside of what the target is looked for in")
	missing := &selectors.Target{Name: "user.save", Candidates: []selectors.Candidate{{TestID: "gone"}}, Within: css("#gone")}
	got = w.pick(t, missing, clickOn(outside), key("Enter"), key("Escape", "Escape"))
	assert.False(t, got.Taken)
	got = w.pick(t, within, clickOn(css("#box p")), key("Enter"))
	assert.True(t, got.Taken)
	assert.Equal(t, "text=Same", got.Offers[0].Candidate.String())
}

func TestAPickReachesIntoFramesAndShadows(t *testing.T) {
	t.Parallel()
	w := setup(t, heard+`<iframe name=main src="/inner" width=400 height=200></iframe>
		<div id=host><template shadowrootmode=open><button id=deep>Deep</button></template></div>`,
		part{"/inner", heard + `<button onclick="parent.document.title='clicked'">Inner</button>`})
	frame := css("iframe")
	inner := &selectors.Target{Name: "inner", Candidates: []selectors.Candidate{{Role: "button", Name: "Inner"}}, Within: frame}
	_, _, err := w.Await(t.Context(), 5*time.Second, nil, inner)
	require.NoError(t, err)
	got := w.pick(t, &selectors.Target{Name: "x", Candidates: []selectors.Candidate{{TestID: "gone"}}, Within: frame}, clickOn(inner), key("Enter"))
	assert.Equal(t, "button “Inner”", got.Said)
	got = w.pick(t, css("#none"), clickOn(css("#deep")), key("Enter"))
	assert.Equal(t, "button “Deep”", got.Said)
	assert.Equal(t, "t", w.title(t))
}

func TestAPersonWalksOn(t *testing.T) {
	t.Parallel()
	w := setup(t, `<a href="/next">Next</a>`)
	w.serve("/next", `<button data-testid=there>There</button>`)
	onNext := func(ctx context.Context, s *automation.StandIn) error {
		_, _, err := s.Page().Await(ctx, 5*time.Second, nil, css("[data-testid=there]"))
		return err
	}
	got := w.pick(t, css("#none"), key("F2"), clickOn(css("a")), onNext, key("F2"), clickOn(css("button")), key("Enter"))
	assert.True(t, got.Taken)
	assert.Equal(t, "button “There”", got.Said)
}

// TestAPickUnderAStrictPolicy is on a page that forbids every style of its own, with a dialog over everything.
func TestAPickUnderAStrictPolicy(t *testing.T) {
	t.Parallel()
	w := setup(t, "")
	w.mux.HandleFunc("GET /strict", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Security-Policy", "default-src 'none'; style-src 'none'; script-src 'unsafe-inline'")
		rw.Header().Set("Content-Type", "text/html")
		fmt.Fprint(rw, "<!doctype html><title>t</title><dialog id=d><button data-testid=yes>Yes</button></dialog>"+heard+`<script>d.showModal(); heard = []; document.title = 't';</script>`)
	})
	require.NoError(t, w.Open(t.Context(), w.URL+"/strict"))
	styled := ""
	look := func(ctx context.Context, s *automation.StandIn) error {
		shot, err := s.Page().Screenshot(ctx, automation.Masking{})
		styled = string(shot)
		return err
	}
	before, err := w.Screenshot(t.Context(), automation.Masking{})
	require.NoError(t, err)
	got := w.pick(t, css("#none"), clickOn(css("button")), look, at(takeX, takeY))
	save(t, "strict", []byte(styled))
	assert.True(t, got.Taken)
	assert.NotEqual(t, string(before), styled)
	assert.Equal(t, "t", w.title(t))
}

// TestThePanelFollowsAFrame has a frame whose end comes late and brings nothing, and which shows another document then.
func TestThePanelFollowsAFrame(t *testing.T) {
	t.Parallel()
	w := setup(t, "", part{"/frames", `<iframe src="/first"></iframe>`})
	w.mux.HandleFunc("GET /first", inParts(2*time.Second, `<p id=first>first</p>`, ""))
	require.NoError(t, w.Open(t.Context(), "/frames"))
	w.serve("/second", `<p id=second>second</p>`)
	evaluate, err := w.World(t.Context())
	require.NoError(t, err)
	in := automation.Inspection{Title: "acme"}
	for _, name := range []string{"#first", "#second"} {
		target := css(name)
		target.Within = css("iframe")
		in.Targets = append(in.Targets, automation.Inspected{Target: target})
	}
	moved := false
	in.StandIn = func(ctx context.Context, s *automation.StandIn, groups map[string]string) error {
		switch {
		case groups["#first"] == "first" && !moved:
			moved = true
			_, err := evaluate(`document.querySelector('iframe').contentWindow.location = '/second'; ''`)
			return err
		case groups["#second"] == "first":
			return s.CloseWindow(ctx)
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, w.Inspect(ctx, in))
	assert.True(t, moved)
}

func TestThePanelIsWorkedWithTheMouse(t *testing.T) {
	t.Parallel()
	w := setup(t, heard+`<button style="position:fixed; right:20px; top:400px">Save</button>`)
	in := automation.Inspection{Title: "acme", Targets: []automation.Inspected{{Target: css("button")}, {Target: css("#gone")}}}
	does := script(at(1170, 37), clickOn(css("button")), at(1170, 37), at(1000, 37), at(1230, 37))
	in.StandIn = func(ctx context.Context, s *automation.StandIn, _ map[string]string) error { return does(ctx, s) }
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, w.Inspect(ctx, in))
	assert.Equal(t, "pointerdown mousedown focusin pointerup mouseup click", w.title(t), "only the click on the page's own button")
}

// TestThePanelFollowsThePage changes a page under the panel.
func TestThePanelFollowsThePage(t *testing.T) {
	t.Parallel()
	w := setup(t, `<button id=one>One</button><button id=two>Two</button><p class=same>a</p><p class=same>b</p>`)
	evaluate, err := w.World(t.Context())
	require.NoError(t, err)
	of := func(name string, c ...string) automation.Inspected {
		target := &selectors.Target{Name: name}
		for _, s := range c {
			target.Candidates = append(target.Candidates, selectors.Candidate{CSS: s})
		}
		return automation.Inspected{Target: target}
	}
	in := automation.Inspection{Title: "acme", Left: []string{"row"}, Targets: []automation.Inspected{
		of("one", "#one"), of("two", "#gone", "#two"), of("same", ".same"), of("later", "#later"),
	}}
	var seen []string
	in.StandIn = func(ctx context.Context, s *automation.StandIn, groups map[string]string) error {
		now := fmt.Sprint(groups["one"], " ", groups["two"], " ", groups["same"], " ", groups["later"])
		if slices.Contains(seen, now) {
			return nil
		}
		seen = append(seen, now)
		switch len(seen) {
		case 1:
			_, err := evaluate(`document.getElementById('one').remove(); document.querySelector('.same').remove();
				document.body.insertAdjacentHTML('beforeend', '<i id=later>later</i>'); ''`)
			return err
		case 2:
			return s.CloseWindow(ctx)
		}
		return nil
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	require.NoError(t, w.Inspect(ctx, in))
	assert.Equal(t, []string{"first fallback several none", "none fallback first first"}, seen, strings.Join(seen, "; "))
}

// TestAPickInARowIsOfThatRow has a person click first in the row of somebody else.
func TestAPickInARowIsOfThatRow(t *testing.T) {
	t.Parallel()
	w := setup(t, `<table id=people><tr class=row><td>ann</td><td><a href="#a">Open</a></td></tr>
		<tr class=row><td>bob</td><td><a href="#b">Open</a></td></tr></table>`)
	table := &selectors.Target{Name: "users.table", Candidates: []selectors.Candidate{{CSS: "#people"}}, Table: &selectors.Table{Rows: ".row", Key: "who",
		Columns: map[string]selectors.Column{"who": {Candidates: []selectors.Candidate{{CSS: "td:first-child"}}}}}}
	target := &selectors.Target{Name: "users.row_open", Candidates: []selectors.Candidate{{TestID: "gone"}}}
	pick := func(does ...func(context.Context, *automation.StandIn) error) automation.Picked {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
		defer cancel()
		got, err := w.Pick(ctx, automation.Pick{Target: target, Row: &automation.Row{Table: table, Equals: "ann"}, StandIn: script(does...)})
		require.NoError(t, err)
		return got
	}
	assert.False(t, pick(clickOn(css("[href='#b']")), key("Enter"), key("Escape", "Escape")).Taken)
	assert.True(t, pick(clickOn(css("[href='#a']")), key("Enter")).Taken)
}
