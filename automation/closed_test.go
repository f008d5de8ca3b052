package automation_test

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// closed gives the element with an id a closed shadow root that shows body.
func closed(id, body string) string {
	return `<script>document.getElementById('` + id + `').attachShadow({mode: 'closed'}).innerHTML = ` + "`" + body + "`" + `</script>`
}

// TestAClosedShadowRootIsLikeAnOpenOne has all of a change in closed roots: one in another, one in a frame, one of the
// document's own, and one that comes late.
func TestAClosedShadowRootIsLikeAnOpenOne(t *testing.T) {
	t.Parallel()
	const form = `<p id=who>ann@x.com</p><label>Name <input></label><label><input type=checkbox> Notify</label>
		<button onclick="note(this.getRootNode().querySelector('input').value)">Save</button>`
	for name, body := range map[string]string{
		"on an element of the page's own": `<x-card id=card></x-card>` + closed("card", form),
		"on a plain one":                  `<div id=card></div>` + closed("card", form),
		"in an open one": `<div id=h></div><script>const o = h.attachShadow({mode: 'open'}); o.innerHTML = '<x-card></x-card>';
			o.firstChild.attachShadow({mode: 'closed'}).innerHTML = ` + "`" + form + "`" + `</script>`,
		"in another closed one": `<x-page id=page></x-page><script>const page = document.getElementById('page').attachShadow({mode: 'closed'});
			page.innerHTML = '<h1>Person</h1><div></div>'; page.lastChild.attachShadow({mode: 'closed'}).innerHTML = ` + "`" + form + "`" + `</script>`,
		"of the document's own": `<section><template shadowrootmode=closed>` + form + `</template></section>`,
		"that comes late": `<x-card id=card></x-card><script>setTimeout(() => {
			document.getElementById('card').remove(); const late = document.createElement('x-late'); document.body.append(late);
			late.attachShadow({mode: 'closed'}).innerHTML = ` + "`" + form + "`" + `; }, 300)</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+body)
			_, _, err := w.Await(t.Context(), enough, nil, button("Save"))
			require.NoError(t, err)
			email, err := w.Read(t.Context(), css("#who"), "")
			require.NoError(t, err)
			assert.Equal(t, "ann@x.com", email)
			field := css("input:not([type])")
			require.NoError(t, w.Fill(t.Context(), automation.Entry{Target: field, Value: "Ann", Bound: enough}))
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: css("[type=checkbox]"), Bound: enough}))
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Save"), Agree: true, People: roster, Bound: enough,
				For:     &automation.Identity{Target: css("#who"), Equals: "ann@x.com"},
				Entered: []automation.Entered{{Target: field, As: automation.Filled, Value: "Ann"}}}))
			assert.Equal(t, "log: Ann", w.log(t))
		})
	}
}

func TestAClosedShadowRootInAFrameIsLookedInto(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<iframe id=f src="/in"></iframe>`,
		part{"/in", `<x-card id=card></x-card>` + closed("card", `<button onclick="parent.note('right')">Go</button>`)})
	inside := button("Go")
	inside.Within = css("#f")
	require.NoError(t, w.Click(t.Context(), automation.Press{Target: inside, Bound: enough}))
	assert.Equal(t, "log: right", w.log(t))
}

// TestSomebodyInAClosedShadowRootIsSeenBesideACommit has another person where no script of the page's can look.
func TestSomebodyInAClosedShadowRootIsSeenBesideACommit(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"beside ours": `<main><p>ann@x.com</p><x-card id=card></x-card><button onclick="note('wrong')">Del</button></main>` +
			closed("card", `<p>bob@x.com</p>`),
		"alone": `<h1>ann@x.com</h1><main><div id=card></div><button onclick="note('wrong')">Del</button></main>` +
			closed("card", `<p>bob@x.com</p>`),
		"since it was looked at": `<main><p>ann@x.com</p><div id=card style="height:20px"></div><button onclick="note('wrong')">Del</button></main>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+body)
			if name == "since it was looked at" {
				evaluate, err := w.World(t.Context())
				require.NoError(t, err)
				_, err = evaluate(`document.getElementById('card').attachShadow({mode: 'closed'}).innerHTML = '<p>bob@x.com</p>'`)
				require.NoError(t, err)
			}
			err := w.Click(t.Context(), automation.Press{Target: button("Del"), Agree: true, People: roster, Bound: short})
			require.ErrorIs(t, err, automation.ErrWrongIdentity)
			assert.Contains(t, err.Error(), "bob@x.com")
			assert.Equal(t, "log:", w.log(t))
		})
	}
}

// TestAKeyInAClosedShadowRootReachesWhatHasTheFocus presses a button there by the key Enter, which has no place.
func TestAKeyInAClosedShadowRootReachesWhatHasTheFocus(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<x-card id=card></x-card>`+closed("card", `<button onclick="note('wrong')">No</button><button onclick="note('right')">Go</button>`))
	require.NoError(t, w.Strike(t.Context(), automation.Stroke{Target: button("Go"), Key: "Enter", Bound: enough}))
	assert.Equal(t, "log: right", w.log(t))
}

// TestAPressInAClosedShadowRootIsJudgedWhereItHits has a sheet that covers the button once it is looked at.
func TestAPressInAClosedShadowRootIsJudgedWhereItHits(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<x-card id=card></x-card>`+closed("card", `<style>div { position: relative; width: 200px } b { position: absolute; inset: 0 }</style>
		<div><button onclick="note('wrong')">Go</button><b onclick="note('covered')"></b></div>`))
	err := w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: short})
	require.ErrorIs(t, err, automation.ErrNotActionable)
	assert.Contains(t, err.Error(), "covered")
	assert.Equal(t, "log:", w.log(t))
}

func TestWhatWeShowIsNotLookedInto(t *testing.T) {
	t.Parallel()
	w := setup(t, `<billagent-overlay id=ours></billagent-overlay><x-card id=card></x-card>`+
		closed("ours", `<button>Ours</button>`)+closed("card", `<button>Theirs</button>`))
	states, err := w.Look(t.Context(), button("Ours"), button("Theirs"))
	require.NoError(t, err)
	assert.False(t, states[0].There())
	assert.True(t, states[1].There())
}

// TestAPageWithoutClosedRootsIsAskedForNoneTwice counts the calls: the tree is described once for what may have a root.
func TestAPageWithoutClosedRootsIsAskedForNoneTwice(t *testing.T) {
	t.Parallel()
	w := setup(t, `<div style="height:9px"></div><button>Go</button>`)
	look := func() {
		_, err := w.Look(t.Context(), button("Go"))
		require.NoError(t, err)
	}
	look()
	assert.Len(t, w.Calls.during(look), 1)
}

func TestWhatLiesInAFrameOfAnotherOriginIsSaidToBeThere(t *testing.T) {
	t.Parallel()
	w := setup(t, `<iframe id=f sandbox srcdoc="<button>Go</button>"></iframe>`)
	inside := button("Go")
	inside.Within = css("#f")
	seen, err := w.Examine(t.Context(), inside, nil)
	require.NoError(t, err)
	assert.True(t, seen.Foreign)
	inside.Within = css("#none")
	seen, err = w.Examine(t.Context(), inside, nil)
	require.NoError(t, err)
	assert.False(t, seen.Foreign)
	assert.NotEmpty(t, seen.Miss)
}
