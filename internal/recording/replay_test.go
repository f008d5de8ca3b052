package recording_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/recording"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// replayed is the page on which a recording is replayed. It tells the server what it hears, in its order: what is clicked,
// what fields and boxes say once they were changed, keys that write nothing, and where the mouse came to rest. Keys that
// write are not compared: a flow gives a field its text at once.
const replayed = `<!doctype html><meta charset=utf-8><title>Replayed</title>
<script>
	let n = 0;
	const tell = (said) => fetch('/log?n=' + n++ + '&said=' + encodeURIComponent(said), { keepalive: true });
	const hear = (d) => {
		const on = (type, says) => d.addEventListener(type, (e) => { const said = says(e, e.composedPath()[0]); if (said) tell(type + ' ' + said); }, true);
		on('click', (e, el) => el.id);
		on('change', (e, el) => el.id + ' ' + (el.type === 'checkbox' ? el.checked : el.value));
		on('keydown', (e, el) => (e.key.length > 1 ? e.key : ''));
		on('submit', (e, el) => el.id);
		on('mouseover', (e, el) => (el.id === 'menu' ? el.id : ''));
	};
	hear(document);
</script>
<form id=form onsubmit="event.preventDefault(); document.getElementById('said').textContent = 'Done'">
	<p><button type=button id=plain>Plain</button> <button type=button id=named aria-label="Press me">x</button> <button type=button id=worded>Only words</button> <button type=button id=path>Path</button></p>
	<p><label>Name <input id=name></label> <select id=role aria-label=Role><option>Clerk</option><option>Payer</option></select> <label><input type=checkbox id=box> Notify</label></p>
	<p id=host></p><iframe id=frame srcdoc="<button id=inframe>In a frame</button>" style="height: 60px"></iframe>
	<p><button id=save>Save</button></p></form>
<p id=said></p><div style="height: 300px"></div><div id=menu style="width: 90px; height: 40px; margin-left: 700px">Menu</div>
<script>
	document.getElementById('host').attachShadow({ mode: 'open' }).innerHTML = '<button id=inner>In a shadow</button>';
	document.getElementById('frame').addEventListener('load', (e) => hear(e.target.contentDocument));
</script>`

// listener serves the page, and keeps what it tells.
type listener struct {
	*httptest.Server
	mu  sync.Mutex
	all map[int]string
}

func listen(t *testing.T) *listener {
	t.Helper()
	l := &listener{all: map[int]string{}}
	l.Server = httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) {
		if q.URL.Path != "/log" {
			rw.Header().Set("Content-Type", "text/html; charset=utf-8")
			fmt.Fprint(rw, replayed)
			return
		}
		n, err := strconv.Atoi(q.FormValue("n"))
		if err != nil {
			http.Error(rw, err.Error(), http.StatusBadRequest)
			return
		}
		l.mu.Lock()
		defer l.mu.Unlock()
		l.all[n] = q.FormValue("said")
	}))
	t.Cleanup(l.Close)
	return l
}

// heard is what the page has told so far, in its order.
func (l *listener) heard() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for n := range len(l.all) {
		out = append(out, l.all[n])
	}
	return out
}

// recorded is a recording for the page: selectors of every prefix, arrays for shadow roots, a frame, and steps of every
// type that has an effect on a page.
func recorded(base string) string {
	at := `"offsetX":4,"offsetY":4`
	return `{"title":"A recording","steps":[
	{"type":"setViewport","width":1280,"height":900,"deviceScaleFactor":1,"isMobile":false,"hasTouch":false,"isLandscape":false},
	{"type":"navigate","url":"` + base + `/page"},
	{"type":"click","selectors":[["#plain"]],` + at + `},
	{"type":"click","selectors":[["aria/Press me"]],` + at + `},
	{"type":"click","selectors":[["text/Only words"]],` + at + `},
	{"type":"click","selectors":[["xpath///*[@id=\"path\"]"]],` + at + `},
	{"type":"click","selectors":[["#host","#inner"]],` + at + `},
	{"type":"click","selectors":[["pierce/#inner"]],` + at + `},
	{"type":"click","selectors":[["#inframe"]],"frame":[0],` + at + `},
	{"type":"change","selectors":[["aria/Role"],["select#role"]],"value":"Payer"},
	{"type":"change","selectors":[["#name"]],"value":"Nora"},
	{"type":"click","selectors":[["#box"]],` + at + `},
	{"type":"waitForElement","selectors":[["#box"]],"properties":{"checked":true}},
	{"type":"hover","selectors":[["#menu"]]},
	{"type":"keyDown","key":"Escape"},{"type":"keyUp","key":"Escape"},
	{"type":"scroll","selectors":[["#menu"]]},
	{"type":"emulateNetworkConditions","download":10000000,"upload":10000000,"latency":1},
	{"type":"waitForExpression","expression":"document.readyState === 'complete'"},
	{"type":"click","selectors":[["aria/Save","aria/[role=\"generic\"]"],["#save"]],` + at + `},
	{"type":"waitForElement","selectors":[["#said"]],"properties":{"textContent":"Done"}},
	{"type":"close"}]}`
}

// TestARecordingDoesWhatItsAuthorsMakeOfIt replays one recording with @puppeteer/replay, and as the flow that is made of
// it, and the export of that flow with @puppeteer/replay again, and compares what the page has heard.
func TestARecordingDoesWhatItsAuthorsMakeOfIt(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts two browsers")
	}
	const folder = "../../fixtures/replay"
	node, err := exec.LookPath("node")
	if _, missing := os.Stat(filepath.Join(folder, "node_modules")); err != nil || missing != nil {
		t.Skip("npm ci --ignore-scripts --prefix fixtures/replay")
	}
	theirs, ours, back := listen(t), listen(t), listen(t)
	browser, err := automation.Find("", false)
	require.NoError(t, err)
	replay := func(text string) {
		t.Helper()
		file := filepath.Join(t.TempDir(), "recording.json")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		out, err := exec.CommandContext(ctx, node, filepath.Join(folder, "replay.mjs"), file, browser.Path).CombinedOutput()
		require.NoError(t, err, "%s\n%s\nheard: %v", text, out, back.heard())
	}
	replay(recorded(theirs.URL))
	flow, version := replays(t, ours.URL)
	exported, err := recording.Chrome(recording.ExportOptions{Flow: flow, Version: version, Inputs: map[string]string{"home": back.URL + "/page"}})
	require.NoError(t, err)
	replay(exported.Text)
	want := []string{"click plain", "click named", "click worded", "click path", "click inner", "click inner", "click inframe", "change role Payer", "change name Nora",
		"click box", "change box true", "mouseover menu", "keydown Escape", "click save", "submit form"}
	assert.Eventually(t, func() bool { return len(ours.heard()) >= len(want) && len(theirs.heard()) >= len(want) }, 10*time.Second, 20*time.Millisecond)
	assert.Equal(t, want, theirs.heard(), "what the page hears of @puppeteer/replay")
	assert.Equal(t, theirs.heard(), ours.heard())
	assert.Eventually(t, func() bool { return len(back.heard()) >= len(want) }, 10*time.Second, 20*time.Millisecond)
	assert.Equal(t, want, back.heard(), "what it hears of the flow's export, replayed by them\n%s", exported.Text)
}

// replays imports the recording and carries out its flow, which it returns with the version of its targets.
func replays(t *testing.T, base string) (*flows.Flow, *selectors.Version) {
	t.Helper()
	r, err := recording.Parse([]byte(recorded(base)))
	require.NoError(t, err)
	inputs := map[string]string{"home": base + "/page"}
	d, err := recording.Import(r, recording.Options{Flow: "replayed", Layout: "l", App: "a", Standalone: true, Inputs: inputs})
	require.NoError(t, err)
	version, err := d.VersionText("app: a\nlayout: l\ndate: 2026-11-24\ncovers: console\nsource: a page of a test\n"+
		"fingerprints:\n  - any: [{ css: body, provenance: observed }]\ntargets:\n  gone: { candidates: [{ css: \"#gone\", provenance: observed }] }\n", "a", "l", "2026-11-24")
	require.NoError(t, err)
	dir := t.TempDir()
	for name, text := range map[string]string{"selectors/a/l.yaml": version, "flows/a/replayed.yaml": d.FlowText(), "flows/a/app.yaml": "app: a\ntitle: A\n" +
		"statuses: { active: [\"Yes\"], inactive: [\"No\"] }\nroles: { administrator: Admin }\nwatch:\n  - { target: gone, kind: blocked, reason: it is gone }\n"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
	}
	lib, err := flows.Load("a", dir)
	require.NoError(t, err, d.FlowText()+version)
	flow, ok := lib.Flow("replayed", "l")
	require.True(t, ok)
	for _, left := range d.LeftOut {
		assert.Contains(t, []string{"setViewport", "emulateNetworkConditions", "waitForExpression", "close"}, left.Type, "left out: %s", left)
	}
	session, err := automationtest.Take(t, false, nil).NewSession(t.Context(), []string{"127.0.0.1"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = session.Close(context.Background()) })
	page, err := session.NewPage(t.Context())
	require.NoError(t, err)
	run := &flows.Run{Page: page, Flow: flow, Version: lib.Versions[0], Inputs: inputs, StepTimeout: 10 * time.Second}
	_, err = run.Do(t.Context())
	require.NoError(t, err, strings.TrimSpace(d.FlowText()))
	return flow, lib.Versions[0]
}
