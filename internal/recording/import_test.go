package recording

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// parsed is a recording of steps, written without what JSON asks for around them.
func parsed(t testing.TB, steps ...string) *Recording {
	t.Helper()
	r, err := Parse([]byte(`{"title":"A recording","steps":[` + strings.Join(steps, ",") + `]}`))
	require.NoError(t, err)
	return r
}

// neo3 is what ships for a layout.
func shipped(t testing.TB, layout string) (*flows.Library, *selectors.Version, []*flows.Flow) {
	t.Helper()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	var version *selectors.Version
	for _, v := range lib.Versions {
		if v.Layout == layout {
			version = v
		}
	}
	require.NotNil(t, version)
	var all []*flows.Flow
	for _, f := range lib.All() {
		if own, ok := lib.Flow(f.Name, layout); ok && own == f {
			all = append(all, f)
		}
	}
	return lib, version, all
}

// loads makes sure that a draft without anything left to do is loaded beside what ships.
func loads(t testing.TB, d *Draft) {
	t.Helper()
	var shippedVersion string
	if len(d.Flow.Steps) == 0 {
		return
	}
	dir := t.TempDir()
	_, version, _ := shipped(t, "neo3")
	shippedVersion = version.Text()
	text, err := d.VersionText(shippedVersion, "bill", "neo3", "2026-11-26")
	require.NoError(t, err)
	for name, text := range map[string]string{"flows/bill/recorded-neo3.yaml": d.FlowText(), "selectors/bill/neo3-2026-09.yaml": text} {
		file := filepath.Join(dir, name)
		require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	}
	lib, err := flows.Load("bill", dir)
	require.NoError(t, err, "%s\n%s", d.FlowText(), TargetsText(d.Targets, ""))
	f, ok := lib.Flow(d.Flow.Name, "neo3")
	require.True(t, ok)
	assert.Equal(t, asJSON(t, d.Flow.Steps), asJSON(t, f.Steps), "it is read as it was meant")
	for _, n := range d.Targets {
		v, ok := newestOf(lib).Target(n.Name)
		require.True(t, ok, n.Name)
		assert.Equal(t, n.Spec.Candidates, v.Candidates)
	}
}

func newestOf(lib *flows.Library) *selectors.Version {
	for _, v := range lib.Versions {
		if v.Layout == "neo3" {
			return v
		}
	}
	return nil
}

func asJSON(t testing.TB, steps []flows.Step) []string {
	t.Helper()
	var out []string
	for i := range steps {
		data, err := json.Marshal(&steps[i])
		require.NoError(t, err)
		out = append(out, string(data))
	}
	return out
}

func plainOptions() Options {
	return Options{Flow: "recorded", Layout: "neo3", App: "bill", Standalone: true,
		Inputs: map[string]string{"email": "ann@acme.example", "home": "https://app.bill.com/neo3/home"}}
}

// TestStepsBecomeVerbs has a case for each type of steps and each of its fields that matters.
func TestStepsBecomeVerbs(t *testing.T) {
	t.Parallel()
	const at = `"selectors":[["[data-testid=\"x\"]"]]`
	const press = at + `,"offsetX":1,"offsetY":1`
	for name, c := range map[string]struct {
		steps []string
		want  []string // lines of the flow; those left out as comments
		left  string   // a part of what the only step left out is listed with
	}{
		"navigate":             {steps: []string{`{"type":"navigate","url":"https://app.bill.com/users?a=1"}`}, want: []string{`- open: "/users?a=1"`}},
		"navigate home":        {steps: []string{`{"type":"navigate","url":"https://app.bill.com/neo3/home"}`}, want: []string{`- open: "${home}"`}},
		"navigate elsewhere":   {steps: []string{`{"type":"navigate","url":"https://other.example/"}`}, want: []string{`- open: "https://other.example/"`}},
		"navigate to nothing":  {steps: []string{`{"type":"navigate","url":"about:blank"}`}, left: "opens no page"},
		"navigate with input":  {steps: []string{`{"type":"navigate","url":"https://app.bill.com/users/ann@acme.example/edit"}`}, want: []string{`- open: "/users/${email}/edit"`}},
		"setViewport":          {steps: []string{`{"type":"setViewport","width":1,"height":1,"deviceScaleFactor":1,"isMobile":false,"hasTouch":false,"isLandscape":false}`}, left: "size of the window"},
		"emulateNetwork":       {steps: []string{`{"type":"emulateNetworkConditions","download":1,"upload":1,"latency":1}`}, left: "network"},
		"click":                {steps: []string{`{"type":"click",` + press + `}`}, want: []string{"- click: { target: recorded.x }"}},
		"click with time":      {steps: []string{`{"type":"click","timeout":2500,` + press + `}`}, want: []string{"- { click: { target: recorded.x }, timeout: 2.5s }"}},
		"click that leads on":  {steps: []string{`{"type":"click","assertedEvents":[{"type":"navigation"}],` + press + `}`}, want: []string{"- { click: { target: recorded.x }, reloads: true }"}},
		"click on the right":   {steps: []string{`{"type":"click","button":"secondary",` + press + `}`}, left: "button secondary"},
		"click elsewhere":      {steps: []string{`{"type":"click","target":"https://pop.example/x?t=1",` + press + `}`}, left: "another page (https://pop.example/x)"},
		"click on a box":       {steps: []string{`{"type":"click",` + press + `}`, `{"type":"waitForElement","properties":{"checked":true},` + at + `}`}, want: []string{"- check: { target: recorded.x, on: true }"}},
		"doubleClick":          {steps: []string{`{"type":"doubleClick",` + press + `}`}, want: []string{"- click: { target: recorded.x, double: true }"}},
		"hover":                {steps: []string{`{"type":"hover",` + at + `}`}, want: []string{"- hover: recorded.x"}},
		"change":               {steps: []string{`{"type":"change","value":"a: b",` + at + `}`}, want: []string{`- fill: { target: recorded.x, value: "a: b" }`}},
		"change to an input":   {steps: []string{`{"type":"change","value":"ann@acme.example",` + at + `}`}, want: []string{`- fill: { target: recorded.x, value: "${email}" }`}},
		"change of a select":   {steps: []string{`{"type":"change","value":"7","selectors":["form > select"]}`}, want: []string{`- choose: { target: recorded.combobox, option: "7" }`}},
		"change of a password": {steps: []string{`{"type":"change","value":"hunter2","selectors":["#password"]}`}, want: []string{`- fill: { target: recorded.password, value: "${password}" }`}},
		"change of a code":     {steps: []string{`{"type":"change","value":"123456","selectors":["aria/Verification code"]}`}, want: []string{`- fill: { target: recorded.verification_code, value: "${code}" }`}},
		"change to a $":        {steps: []string{`{"type":"change","value":"a ${b}",` + at + `}`}, left: "${"},
		"change of a file":     {steps: []string{`{"type":"change","value":"a","selectors":["input[type=\"file\"]"]}`}, left: "file"},
		"key":                  {steps: []string{`{"type":"keyDown","key":"Escape"}`, `{"type":"keyUp","key":"Escape"}`}, want: []string{"- press: { key: Escape }"}},
		"key of a letter":      {steps: []string{`{"type":"keyDown","key":"h"}`}, left: "this key"},
		"key held":             {steps: []string{`{"type":"keyDown","key":"Shift"}`}, left: "holds Shift"},
		"key let go":           {steps: []string{`{"type":"keyUp","key":"Tab"}`}, left: "lets a key go"},
		"scroll of the page":   {steps: []string{`{"type":"scroll","x":0,"y":100}`}, left: "its place"},
		"scroll into view":     {steps: []string{`{"type":"scroll",` + at + `}`}, want: []string{"- scroll: { target: recorded.x, to: into-view }"}},
		"scroll to the top":    {steps: []string{`{"type":"scroll","x":0,"y":0,` + at + `}`}, want: []string{"- scroll: { target: recorded.x, to: top }"}},
		"scroll to pixels":     {steps: []string{`{"type":"scroll","y":7,` + at + `}`}, left: "pixels"},
		"wait":                 {steps: []string{`{"type":"waitForElement",` + at + `}`}, want: []string{"- await: [recorded.x]"}},
		"wait until gone":      {steps: []string{`{"type":"waitForElement","visible":false,` + at + `}`}, want: []string{"- expect: { target: recorded.x, gone: true }"}},
		"wait for none":        {steps: []string{`{"type":"waitForElement","count":0,"operator":"==",` + at + `}`}, want: []string{"- expect: { target: recorded.x, gone: true }"}},
		"wait for two":         {steps: []string{`{"type":"waitForElement","count":2,` + at + `}`}, left: "counts"},
		"wait for at most one": {steps: []string{`{"type":"waitForElement","operator":"<=",` + at + `}`}, left: "counts"},
		"wait for a text":      {steps: []string{`{"type":"waitForElement","properties":{"textContent":"Active"},` + at + `}`}, want: []string{"- expect: { target: recorded.x, equals: Active }"}},
		"wait for a property":  {steps: []string{`{"type":"waitForElement","properties":{"disabled":false},` + at + `}`}, left: "properties"},
		"wait for a class":     {steps: []string{`{"type":"waitForElement","attributes":{"class":"a"},` + at + `}`}, left: "attributes"},
		"waitForExpression":    {steps: []string{`{"type":"waitForExpression","expression":"hunter2()"}`}, left: "expression"},
		"customStep":           {steps: []string{`{"type":"customStep","name":"mine"}`}, left: `"mine"`},
		"close":                {steps: []string{`{"type":"close"}`}, left: "closed when the flow ends"},
	} {
		d, err := Import(parsed(t, c.steps...), plainOptions())
		require.NoError(t, err, name)
		_, text, ok := strings.Cut(d.FlowText(), "steps:\n")
		require.True(t, ok)
		assert.NotContains(t, d.FlowText(), "hunter2")
		if c.left != "" {
			require.Len(t, d.LeftOut, 1, name)
			assert.Equal(t, 1, d.LeftOut[0].Step, name)
			assert.Contains(t, d.LeftOut[0].Why, c.left, name)
			assert.Contains(t, text, "# left out: step 1", name)
			assert.Empty(t, d.Flow.Steps, name)
			continue
		}
		assert.Empty(t, d.LeftOut, name)
		assert.Equal(t, "  "+strings.Join(c.want, "\n  ")+"\n", text, name)
		loads(t, d)
	}
}

func TestASecretIsInNoDraft(t *testing.T) {
	t.Parallel()
	for name, steps := range map[string][]string{
		"typed again where nothing says so": {`{"type":"change","value":"hunter2","selectors":["#password"]}`, `{"type":"change","value":"hunter2","selectors":["#shown"]}`},
		"given as an input, too":            {`{"type":"change","value":"hunter2x","selectors":["#password"]}`},
		"in an address":                     {`{"type":"navigate","url":"https://u:hunter2@app.bill.com/?session_token=hunter2"}`},
		"waited for": {`{"type":"change","value":"hunter2","selectors":["#password"]}`,
			`{"type":"waitForElement","selectors":["#shown"],"properties":{"value":"hunter2"}}`},
		"letter by letter": {`{"type":"keyDown","key":"hunter2"}`, `{"type":"keyUp","key":"hunter2"}`},
	} {
		o := plainOptions()
		o.Inputs["other"] = "hunter2x"
		d, err := Import(parsed(t, steps...), o)
		require.NoError(t, err, name)
		all, err := json.Marshal(d)
		require.NoError(t, err)
		assert.NotContains(t, string(all)+d.FlowText()+TargetsText(d.Targets, ""), "hunter2", name)
	}
	for name, step := range map[string]string{
		"in a selector":    `{"type":"hover","selectors":["[value=\"hunter2\"]"]}`,
		"in an expression": `{"type":"customStep","name":"login hunter2"}`,
	} {
		_, err := Import(parsed(t, `{"type":"change","value":"hunter2","selectors":["#password"]}`, step), plainOptions())
		require.ErrorContains(t, err, "what step 1 types is a secret", name)
		assert.NotContains(t, err.Error(), "hunter2", name)
	}
}

// TestATargetsNameTellsOfASecret has a field of which the recording says nothing, and the version that it is for a
// code.
func TestATargetsNameTellsOfASecret(t *testing.T) {
	t.Parallel()
	_, version, all := shipped(t, "neo3")
	dir := t.TempDir()
	text := version.Text() + "  user.code:\n    candidates: [{ css: \"#f7\", provenance: recorded }]\n"
	file := filepath.Join(dir, "selectors", "bill", "neo3-2026-09.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	lib, err := flows.Load("bill", dir)
	require.NoError(t, err)
	o := plainOptions()
	o.Version, o.Flows = newestOf(lib), all
	d, err := Import(parsed(t, `{"type":"change","value":"hunter2","selectors":["#f7"]}`), o)
	require.NoError(t, err)
	assert.Contains(t, d.FlowText(), `- fill: { target: user.code, value: "${code}" }`)
	assert.NotContains(t, d.FlowText(), "hunter2")
	_, err = Import(parsed(t, `{"type":"change","value":"hunter2","selectors":["#other"]}`, `{"type":"change","value":"hunter2","selectors":["#f7"]}`), o)
	require.ErrorContains(t, err, "step 2 types is a secret")
}

func TestTargetsAreNamedAndKnownAgain(t *testing.T) {
	t.Parallel()
	_, version, all := shipped(t, "neo3")
	o := plainOptions()
	o.Version, o.Flows = version, all
	d, err := Import(parsed(t,
		`{"type":"click","selectors":[["aria/Edit","aria/[role=\"generic\"]"],["[data-testid=\"profile-edit\"]"]],"offsetX":1,"offsetY":1}`,
		`{"type":"click","selectors":[["[data-testid=\"invite-dialog\"]","[data-testid=\"role-picker\"]"]],"offsetX":1,"offsetY":1}`,
		`{"type":"click","selectors":[["aria/Save[role=\"button\"]"]],"offsetX":1,"offsetY":1}`,
		`{"type":"click","selectors":[["aria/Save[role=\"link\"]"]],"offsetX":1,"offsetY":1}`,
		`{"type":"click","selectors":[["aria/Save[role=\"button\"]"]],"offsetX":1,"offsetY":1}`,
		`{"type":"click","selectors":[["#host","button.x"]],"offsetX":1,"offsetY":1}`,
		`{"type":"click","selectors":[["aria/ann@acme.example[role=\"link\"]"]],"offsetX":1,"offsetY":1}`,
		`{"type":"hover","frame":[1],"selectors":["#in"]}`,
		`{"type":"hover","selectors":["xpath//html/body/div[3]"]}`,
	), o)
	require.NoError(t, err)
	assert.Equal(t, []string{"invite.role", "user.edit"}, d.Reused)
	_, text, _ := strings.Cut(d.FlowText(), "steps:\n")
	assert.Equal(t, `  - click: { target: user.edit }
  - click: { target: invite.role }
  - click: { target: recorded.save }
  - click: { target: recorded.save_link }
  - click: { target: recorded.save }
  - click: { target: recorded.button }
  - click: { target: recorded.email }
  - hover: recorded.in
  - hover: recorded.element
`, text)
	assert.Equal(t, `  recorded.save:
    candidates: [{ role: button, name: Save, provenance: recorded }]
  recorded.save_link:
    candidates: [{ role: link, name: Save, provenance: recorded }]
  recorded.host:
    candidates: [{ css: "#host", provenance: recorded }]
  recorded.button:
    within: recorded.host
    candidates: [{ css: button.x, provenance: recorded }]
  recorded.email:
    candidates: [{ role: link, name: "${email}", provenance: recorded }]
  recorded.frame:
    candidates: [{ xpath: "(//iframe | //frame)[2]", provenance: recorded }]
  recorded.in:
    within: recorded.frame
    candidates: [{ css: "#in", provenance: recorded }]
  recorded.element:
    candidates: [{ xpath: "/html/body/div[3]", provenance: recorded }]
`, TargetsText(d.Targets, ""))
	loads(t, d)
}

func TestTheCommitIsNotGuessed(t *testing.T) {
	t.Parallel()
	steps := []string{
		`{"type":"change","value":"ann@acme.example","selectors":["aria/Email address"]}`,
		`{"type":"click","selectors":["aria/Send[role=\"button\"]"],"offsetX":1,"offsetY":1}`,
		`{"type":"waitForElement","selectors":["#done"]}`,
		`{"type":"click","selectors":["#close"],"offsetX":1,"offsetY":1}`,
	}
	d, err := Import(parsed(t, steps...), plainOptions())
	require.NoError(t, err)
	assert.False(t, d.Flow.Changes)
	require.Len(t, d.ToDo, 1)
	assert.Contains(t, d.ToDo[0], "it is not guessed")

	o := plainOptions()
	o.Flow, o.Standalone, o.Commit = "invite", false, 2
	d, err = Import(parsed(t, steps...), o)
	require.NoError(t, err)
	assert.Empty(t, d.ToDo)
	text := d.FlowText()
	assert.Contains(t, text, "changes: true\nsubject: email\ninputs: [email]\n")
	assert.Contains(t, text, `- commit: { target: invite.send, for: { target: invite.email_address, equals: "${email}" } }`+"\n  - await: [invite.done]\n")
	require.Len(t, d.LeftOut, 1)
	assert.Contains(t, d.LeftOut[0].Why, "after the commit")

	d, err = Import(parsed(t, steps[1]), Options{Flow: "invite", Layout: "neo3", Commit: 1})
	require.NoError(t, err)
	assert.Len(t, d.ToDo, 2, "whom it concerns is not guessed either")
	for n, why := range map[int]string{1: "a commit is a click", 9: "none 9", -1: "none -1"} {
		o.Commit = n
		_, err = Import(parsed(t, steps...), o)
		require.ErrorContains(t, err, why)
	}
}
