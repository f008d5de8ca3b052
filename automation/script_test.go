package automation_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// modules evaluates expressions among the functions of the script, in a world of the page that has another copy of it.
func (w *world) modules(t *testing.T) func(expression string) any {
	t.Helper()
	evaluate, err := w.World(t.Context())
	require.NoError(t, err)
	body, ended := strings.CutSuffix(automation.ReadableScript, "})();\n")
	require.True(t, ended)
	_, err = evaluate(body + "globalThis.within = (expression) => eval(expression); })()")
	require.NoError(t, err)
	return func(expression string) (value any) {
		quoted, err := json.Marshal(expression)
		require.NoError(t, err)
		out, err := evaluate(fmt.Sprintf("JSON.stringify(within(%s))", quoted))
		require.NoError(t, err, expression)
		require.NoError(t, json.Unmarshal([]byte(out), &value), expression)
		return value
	}
}

// static shows a page and waits until it is there with its frames.
func static(t *testing.T, body string) func(expression string) any {
	t.Helper()
	w := setup(t, body+`<p id=end>end</p>`)
	_, _, err := w.Await(t.Context(), short, nil, css("#end"))
	require.NoError(t, err)
	modules := w.modules(t)
	require.Eventually(t, func() bool {
		return modules(`documents().every((d) => d.readyState === 'complete' && d.URL !== 'about:blank')`) == true
	}, 5*time.Second, 20*time.Millisecond)
	return modules
}

func TestTheScriptLeavesTwoNamesAndRunsOnce(t *testing.T) {
	t.Parallel()
	w := setup(t, "")
	evaluate, err := w.World(t.Context())
	require.NoError(t, err)
	_, err = evaluate(`globalThis.before = new Set(Object.getOwnPropertyNames(globalThis)).add('before').add('first')`)
	require.NoError(t, err)
	for range 2 {
		_, err = evaluate(automation.Script())
		require.NoError(t, err)
		_, err = evaluate(`globalThis.first ??= billagent`)
		require.NoError(t, err)
	}
	names, err := evaluate(`Object.getOwnPropertyNames(globalThis).filter((n) => !before.has(n)).sort().join(' ')`)
	require.NoError(t, err)
	assert.Equal(t, "billagent billagentInstall", names)
	same, err := evaluate(`String(first === billagent)`)
	require.NoError(t, err)
	assert.Equal(t, "true", same, "the second run changes nothing")
}

func TestKeysAreComparedToTheLetter(t *testing.T) {
	t.Parallel()
	modules := static(t, "")
	for name, c := range map[string]struct {
		expression string
		want       any
	}{
		"the case of ASCII letters, if asked":      {`same('ANN@x.example', 'ann@X.example', true)`, true},
		"it counts, if not asked":                  {`same('ANN@x.example', 'ann@x.example', false)`, false},
		"the Kelvin sign is no K":                  {`same('\u212aim@x.example', 'kim@x.example', true)`, false},
		"the long s is no s":                       {`same('\u017fam@x.example', 'sam@x.example', true)`, false},
		"a capital beyond ASCII is another letter": {`same('\u00c4nne', '\u00e4nne', true)`, false},
		"white space around and between is folded": {`same('\n Ann\u00a0 Lee\t', 'Ann Lee')`, true},
		"a key's normal form counts":               {`same('Ren\u00e9', 'Rene\u0301')`, false},
		"a name's does not":                        {`norm('Ren\u00e9') === norm('Rene\u0301')`, true},
		"a name's case does":                       {`norm('Ann') === norm('ann')`, false},
		"nothing is an empty text":                 {`same(null, '')`, true},
		"what is not seen is another key":          {`same('an\u00adn@x.example', 'ann@x.example', true)`, false},
	} {
		assert.Equal(t, c.want, modules(c.expression), name)
	}
}

// TestWhatIsPacedGoesOn sets the clock on while the work is done, as on a machine that sleeps.
func TestWhatIsPacedGoesOn(t *testing.T) {
	t.Parallel()
	modules := static(t, "")
	assert.Equal(t, []any{1.0, 1.0, 2.0}, modules(`(() => {
		let now = 0, done = 0;
		performance.now = () => now;
		const work = paced(200, () => { done++; now += 60000; }), counts = [];
		for (const pause of [0, 1900, 100]) {
			now += pause;
			work();
			counts.push(done);
		}
		return counts;
	})()`))
}

func TestTextIsReadAsAPersonSeesIt(t *testing.T) {
	t.Parallel()
	modules := static(t, `
		<p id=capitals style="text-transform:uppercase">Ann <b>Lee</b></p>
		<p id=undrawn>Ann <span style="display:none">Bob </span>Lee</p>
		<p id=invisible>Ann <span style="visibility:hidden">Bob</span></p>
		<p id=both style="text-transform:uppercase">Ann <span style="visibility:hidden">Bob</span></p>
		<p id=transparent>Ann <span style="opacity:0">Bob</span></p>
		<p id=hyphens>An&shy;n L&#8203;ee</p>
		<p id=lines>Ann<br>Lee</p>
		<div id=fields><input value=Ann><input value=Lee><input type=hidden value=Bob><input type=password value=secret></div>
		<details id=closed><summary>More</summary>Bob</details>
		<div id=shadow><template shadowrootmode=open>Ann <slot></slot></template>Lee</div>
		<p id=titled title="Ann Lee">…</p>`)
	for id, want := range map[string]struct{ readable, shown string }{
		"capitals":    {"Ann Lee", "Ann Lee"},
		"undrawn":     {"Ann Lee", "Ann Lee"},
		"invisible":   {"Ann", "Ann"},
		"both":        {"Ann", "Ann"},
		"transparent": {"Ann Bob", "Ann"},
		"hyphens":     {"An\u00adn L\u200bee", "Ann Lee"}, // the first is what is stored, the second is searched for names
		"lines":       {"Ann Lee", "Ann\nLee"},
		"fields":      {"", "Ann Lee\nAnn Lee"},
		"closed":      {"More", "More"},
		"titled":      {"…", "Ann Lee\n…"},
	} {
		assert.Equal(t, want.readable, modules(`readable(document.getElementById('`+id+`'))`), id)
		assert.Equal(t, want.shown, modules(`shownText(document.getElementById('`+id+`'))`), id)
	}
	assert.Equal(t, "Ann Lee", modules(`shownText(document.getElementById('shadow'))`))
}

func TestATextNamesTheLongestNameThatStandsThere(t *testing.T) {
	t.Parallel()
	modules := static(t, "")
	const roster = `rosterOf({ meant: { email: 'Ann@x.example', names: ['Ann Lee', 'Sam Poe'] }, self: 'me@x.example',
		others: [{ email: 'jo@x.example', names: ['Jo Ann Lee', 'Sam Poe'] }, { email: 'al@x.example', names: ['Al', 'Ann Lee Poe'] }] })`
	nobody := map[string]any{"ours": false, "others": []any{}}
	meant := map[string]any{"ours": true, "others": []any{}}
	other := func(who string) map[string]any { return map[string]any{"ours": false, "others": []any{who}} }
	for text, want := range map[string]any{
		"Ann Lee":                 meant,
		"Ann Lee's rights":        meant,
		"Write to ANN@x.example.": meant,
		"me@x.example":            nobody,
		"bob@x.example":           other("bob@x.example"),
		"\u212aann@x.example":     other("\u212aann@x.example"),
		"Jo Ann Lee":              other("Jo Ann Lee"),
		"Ann Lee Poe":             other("Ann Lee Poe"),
		"Ann Lee-Smith":           nobody,
		"Joann Lee":               nobody,
		"Ann\nLee":                nobody,
		"Sam Poe":                 nobody, // two bear that name
		"Al":                      nobody, // too short to tell anybody
		"Ann Lee and Jo Ann Lee":  map[string]any{"ours": true, "others": []any{"Jo Ann Lee"}},
		"ann@x.example, \u2026":   meant,
	} {
		quoted, err := json.Marshal(text)
		require.NoError(t, err)
		assert.Equal(t, want, modules(`named(`+string(quoted)+`, `+roster+`)`), text)
	}
}

func TestAPointInAScaledFrame(t *testing.T) {
	t.Parallel()
	modules := static(t, `<style>body { margin: 0 } iframe { position: absolute; border: 10px solid; padding: 4px; transform-origin: 0 0 }</style>
		<iframe id=f style="left: 20px; top: 30px; width: 400px; height: 300px; transform: scale(.5)" srcdoc="<body style='margin:0'>
		<button id=b style='position:absolute; left:100px; top:60px; width:80px; height:40px; padding:0; border:0'>b</button>"></iframe>`)
	const b = `document.getElementById('f').contentDocument.getElementById('b')`
	assert.Equal(t, map[string]any{"x": 20 + (10+4+140)*.5, "y": 30 + (10+4+80)*.5}, modules(`pointOf(`+b+`)`))
	assert.Equal(t, "b", modules(`topmost(97, 77).id`))
	assert.Equal(t, "", modules(`topmost(125, 77).id`), "beside the button is the frame's body")
	assert.Nil(t, modules(`topmost(22, 32)`), "its border is not in its document")
	assert.Equal(t, true, modules(`reaches(topmost(97, 77), `+b+`)`))
}

func TestWhatIsTouchedIsFoundThroughShadowRoots(t *testing.T) {
	t.Parallel()
	modules := static(t, `<style>body { margin: 0 } .at { position: absolute; left: 0; width: 100px; height: 20px }</style>
		<div id=open class=at style="top: 0"><template shadowrootmode=open><div id=middle><template shadowrootmode=open>
			<button id=inner style="width: 100px; height: 20px">b</button></template></div></template></div>
		<div id=shut class=at style="top: 40px"><template shadowrootmode=closed>
			<button style="width: 100px; height: 20px">b</button></template></div>
		<div id=host class=at style="top: 80px"><template shadowrootmode=open><slot></slot></template>
			<button id=slotted style="width: 100px; height: 20px">b</button></div>
		<button id=under class=at style="top: 120px">b</button><div id=over class=at style="top: 120px"></div>
		<button id=pane class=at style="top: 160px">b</button><div class=at style="top: 160px; pointer-events: none"></div>
		<label id=label class=at style="top: 200px"><span id=words>Words</span><input id=box type=checkbox></label>`)
	for y, id := range map[int]string{10: "inner", 50: "shut", 90: "slotted", 130: "over", 170: "pane", 210: "words"} {
		assert.Equal(t, id, modules(fmt.Sprintf(`topmost(10, %d).id`, y)))
	}
	for expression, want := range map[string]bool{
		`reaches(topmost(10, 10), document.getElementById('open'))`:                 true,
		`reaches(topmost(10, 90), document.getElementById('host'))`:                 true,
		`reaches(topmost(10, 90), document.getElementById('slotted'))`:              true,
		`reaches(topmost(10, 130), document.getElementById('under'))`:               false,
		`reaches(topmost(10, 210), document.getElementById('box'))`:                 true, // its label stands for it
		`reaches(document.getElementById('box'), document.getElementById('words'))`: false,
	} {
		assert.Equal(t, want, modules(expression), expression)
	}
}

func TestTheFirstCandidateWithAVisibleMatchIsUsed(t *testing.T) {
	t.Parallel()
	modules := static(t, `
		<button id=unseen class=one style="display:none">Save</button><button id=save data-testid=save>Save</button>
		<div aria-hidden=true><button id=behind class=two>Go</button></div><button id=front class=two>Go</button>
		<div inert><button id=put class=only>Go away</button></div>
		<a id=mail class=person href="mailto:ann@x.example">Ann Lee</a><a id=page class=person href="/ann">Ann Lee</a>
		<a id=lone class=write href="MAILTO:ann@x.example">Write</a>
		<b class=twin>x</b><b class=twin>y</b>
		<p id=text>Some <span id=part>text</span></p>`)
	const list = `{ candidates: [%s] }`
	for name, c := range map[string]struct{ candidates, want, tried string }{
		"the first that has one": {`{ css: '.one' }, { testid: 'save' }, { css: '.twin' }`, "save",
			"css=.one: 0 (and 1 hidden) / testid=save: 1"},
		"a later one is not asked":            {`{ testid: 'save' }, { css: '.twin' }`, "save", "testid=save: 1"},
		"what is behind a dialog is left out": {`{ css: '.two' }`, "front", "css=.two: 1 (and 1 hidden)"},
		"unless it is all":                    {`{ css: '.only' }`, "put", "css=.only: 1"},
		"a link to write is left out":         {`{ css: '.person' }`, "page", "css=.person: 1 (and 1 hidden)"},
		"unless nothing else is there":        {`{ css: '.write' }`, "lone", "css=.write: 1"},
		"two are none": {`{ css: '.twin', provenance: 'guessed' }, { testid: 'save' }`,
			"ambiguous: 2 matches: <b>x | <b>y", "css=.twin: 2"},
		"hidden":                     {`{ css: '.one' }`, "missing: present but not visible", "css=.one: 0 (and 1 hidden)"},
		"not there":                  {`{ css: '.none' }, { text: 'Nothing' }`, "missing: not on the page", "css=.none: 0 / text=Nothing: 0"},
		"a text's innermost element": {`{ text: 'text' }`, "part", "text=text: 1"},
		"role and name":              {`{ role: 'button', name: ' Save ' }`, "save", "role=button name= Save : 1"},
		"an XPath":                   {`{ xpath: '//button[@data-testid]' }`, "save", "xpath=//button[@data-testid]: 1"},
	} {
		got := modules(`((m) => (m instanceof Miss ? m.kind + ': ' + m.detail : m.el.id) + '\n' + m.tried.join(' / '))(resolve(` +
			fmt.Sprintf(list, c.candidates) + `))`)
		assert.Equal(t, c.want+"\n"+c.tried, got, name)
	}
}
