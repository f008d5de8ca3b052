package automation_test

import (
	"html"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheGuardComesBeforeThePage tries listeners of the page's own that are there before anything is acted on, react to
// the press and keep it from all others.
func TestTheGuardComesBeforeThePage(t *testing.T) {
	t.Parallel()
	const reacts = `<script>
		for (const type of ['mousedown', 'click']) window.addEventListener(type, (e) => {
			note(type); who.textContent = 'joann@x.com'; e.stopImmediatePropagation();
		}, true);</script>`
	for name, body := range map[string]string{
		"at mousedown": `<b id=who>ann@x.com</b><button>Del</button>` + reacts,
		"at pointerdown": `<b id=who>ann@x.com</b><button>Del</button><script>
			window.addEventListener('pointerdown', (e) => { note('pointerdown'); who.textContent = 'joann@x.com'; e.stopImmediatePropagation(); }, true);
			window.addEventListener('click', () => note('WRONG'), true);</script>`,
		"another button moves under the pointer": `<b id=who>ann@x.com</b><button id=d>Del</button><button id=o style="position:absolute;left:-99px">Other</button><script>
			window.addEventListener('mousedown', (e) => { note('mousedown'); d.style.visibility = 'hidden'; o.style = 'position:absolute;left:0;top:0;width:100%;height:100%'; e.stopImmediatePropagation(); }, true);
			window.addEventListener('click', () => note('WRONG'), true);</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+body)
			err := w.Click(t.Context(), automation.Press{Target: button("Del"), Agree: true, For: &automation.Identity{Target: css("#who"), Equals: "ann@x.com"}, Bound: short})
			var e *automation.Error
			require.ErrorAs(t, err, &e)
			assert.True(t, e.Acted, "something was delivered")
			assert.NotContains(t, w.log(t), "click")
			assert.NotContains(t, w.log(t), "WRONG")
		})
	}
	t.Run("in a frame", func(t *testing.T) {
		t.Parallel()
		w := setup(t, logs+`<iframe id=f src="/in"></iframe>`,
			part{"/in", `<script>var note = (s) => parent.note(s);</script><b id=who>ann@x.com</b><button>Del</button>` + reacts})
		inside, who := button("Del"), css("#who")
		inside.Within, who.Within = css("#f"), css("#f")
		err := w.Click(t.Context(), automation.Press{Target: inside, Agree: true, For: &automation.Identity{Target: who, Equals: "ann@x.com"}, Bound: short})
		require.ErrorIs(t, err, automation.ErrWrongIdentity)
		assert.Equal(t, "log: mousedown", w.log(t))
	})
	for name, body := range map[string]string{
		"in a frame made by a script": `<script>const f = document.createElement('iframe'); f.id = 'f'; document.body.append(f);
			f.contentWindow.note = note; for (const type of ['mousedown', 'click']) f.contentWindow.addEventListener(type, (e) => {
				note(type); f.contentDocument.getElementById('who').textContent = 'joann@x.com'; e.stopImmediatePropagation();
			}, true);
			f.contentDocument.body.innerHTML = '<b id=who>ann@x.com</b><button>Del</button>';</script>`,
		"in a document written anew": `<iframe id=f></iframe><script>const d = f.contentDocument; d.open(); d.write('<b id=who>ann@x.com</b><button>Del</button>'); d.close();
			d.querySelector('button').addEventListener('mousedown', () => { note('mousedown'); d.getElementById('who').textContent = 'joann@x.com'; });
			d.querySelector('button').addEventListener('click', () => note('click'));</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+body)
			inside, who := button("Del"), css("#who")
			inside.Within, who.Within = css("#f"), css("#f")
			err := w.Click(t.Context(), automation.Press{Target: inside, Agree: true, For: &automation.Identity{Target: who, Equals: "ann@x.com"}, Bound: short})
			require.ErrorIs(t, err, automation.ErrWrongIdentity)
			assert.Equal(t, "log: mousedown", w.log(t))
		})
	}
}

func TestAFrameThatAppearsUnderThePointerGetsNothing(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<button id=d onclick="note('click')">Del</button><script>
		d.addEventListener('mouseenter', () => {
			const f = document.createElement('iframe');
			f.style = 'position:fixed;inset:0;width:100%;height:100%;border:0';
			document.body.append(f);
			for (const type of ['mousedown', 'click']) f.contentWindow.addEventListener(type, () => note('WRONG'), true);
		}, { once: true });</script>`)
	err := w.Click(t.Context(), automation.Press{Target: button("Del"), Agree: true, Bound: short})
	require.Error(t, err)
	var e *automation.Error
	require.ErrorAs(t, err, &e)
	assert.False(t, e.Acted, "the guard said that nothing was delivered: %v", err)
	assert.Equal(t, "log:", w.log(t))
}

func TestADocumentWrittenAnewUnderThePointerGetsNothing(t *testing.T) {
	t.Parallel()
	const anew = `d.open(); d.write('<p id=log>log:</p><button style="position:fixed;inset:0;width:100%;height:100%" onmousedown="top.document.body.dataset.got = 1">Other</button>'); d.close();`
	for name, body := range map[string]string{
		"the page itself": `<button onmouseenter="const d = document; ` + html.EscapeString(anew) + `">Go</button>`,
		"a frame": `<button onmouseenter="f.style = 'position:fixed;inset:0;width:100%;height:100%'; const d = f.contentDocument; ` + html.EscapeString(anew) + `">Go</button>
			<iframe id=f></iframe>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, body)
			err := w.Click(t.Context(), automation.Press{Target: button("Go"), Agree: true, Bound: short})
			var e *automation.Error
			require.ErrorAs(t, err, &e)
			assert.False(t, e.Acted, "the guard kept the press from it: %v", err)
			got, err := w.Look(t.Context(), css("body[data-got]"))
			require.NoError(t, err)
			assert.Equal(t, "absent", got[0].State, "a press reached what was written")
		})
	}
}

func TestACommitThatMayHaveArrivedIsNotPressedAgain(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"the document, and the guard with it, is written anew at the first event": `<button>Go</button><script>
			window.addEventListener('mousedown', () => { document.open(); document.write('<p id=log>log: down</p><button>Go</button>'); document.close(); }, true)</script>`,
		"a frame of another origin slips under the pointer": `<button id=b>Go</button>
			<iframe id=f sandbox="allow-scripts" style="position:fixed;left:-999px" srcdoc="<script>addEventListener('mousedown', () => parent.postMessage('down', '*'), true)</script>"></iframe>
			<script>addEventListener('message', (e) => note(e.data)); b.addEventListener('mouseenter', () => { f.style = 'position:fixed;inset:0;width:100%;height:100%;opacity:.01'; }, { once: true });
			b.addEventListener('mouseover', () => setTimeout(() => { f.style.left = '-999px' }, 300));</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+body)
			err := w.Click(t.Context(), automation.Press{Target: button("Go"), Agree: true, Bound: short})
			var e *automation.Error
			require.ErrorAs(t, err, &e)
			assert.True(t, e.Acted)
			require.Eventually(t, func() bool { return w.log(t) != "log:" }, bound, 20*time.Millisecond)
			assert.Equal(t, "log: down", w.log(t), "pressed once")
		})
	}
}

// TestASentenceMayNameWhomItConcerns has whom a commit is about stand in a sentence, as in most dialogs.
func TestASentenceMayNameWhomItConcerns(t *testing.T) {
	t.Parallel()
	for says, agrees := range map[string]bool{
		"Suspend Ann Lee (ann@x.com)?":                               true,
		"ANN@X.COM will lose access.":                                true,
		"Remove ann@x.com's access?":                                 true,
		"Remove ann@x.com’s access?":                                 true,
		"Suspend Jo Ann Lee (joann@x.com)?":                          false,
		"Suspend ann@x.com.evil.example?":                            false,
		"Suspend ann@x.com and bob@x.com?":                           false,
		"Suspend bob@intranet? ann@x.com will be told.":              false,
		"Suspend bob＠x.com? ann@x.com will be told.":                 false,
		"Suspend this person?":                                       false,
		`Suspend bob?<i style="opacity:0">ann@x.com</i>`:             false,
		`ann@x.com will be told. Suspend <input value="bob@x.com">?`: false,
	} {
		t.Run(says, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+`<main><p id=who>`+says+`</p><button onclick="note('pressed')">Del</button></main>`)
			err := w.Click(t.Context(), automation.Press{Target: button("Del"), Agree: true, Bound: short,
				For: &automation.Identity{Target: css("#who"), Equals: "ann@x.com", InSentence: true}})
			if !strings.Contains(says, "<") {
				assert.Equal(t, agrees, automation.NamesOnly(says, "ann@x.com"), "the program reads it as the page's script does")
			}
			if agrees {
				require.NoError(t, err)
				assert.Equal(t, "log: pressed", w.log(t))
				return
			}
			require.ErrorIs(t, err, automation.ErrWrongIdentity)
			assert.Contains(t, err.Error(), "alone")
			assert.Equal(t, "log:", w.log(t))
		})
	}
}

// TestASentenceThatNamesSomebodyByNameIsOfThem has a person of the roster in it by name alone.
func TestASentenceThatNamesSomebodyByNameIsOfThem(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<section id=who>Suspend Bob Ray (manager: ann@x.com)?</section><footer>ann@x.com <button onclick="note('pressed')">Del</button></footer>`)
	people := &automation.People{Meant: automation.Person{Email: "ann@x.com"}, Others: []automation.Person{{Email: "bob@x.com", Names: []string{"Bob Ray"}}}}
	err := w.Click(t.Context(), automation.Press{Target: button("Del"), Agree: true, People: people, Bound: short,
		For: &automation.Identity{Target: css("#who"), Equals: "ann@x.com", InSentence: true}})
	require.ErrorIs(t, err, automation.ErrWrongIdentity)
	assert.Equal(t, "log:", w.log(t))
}
