package recording_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/internal/recording"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// first asks for a word in the wrong order: a plain field stands before the one for the secret.
const first = `<!doctype html><title>1</title><label>Search <input id=plain></label><label>Password <input type=password id=secret></label>
<a id=on href="/second">On</a>`

// second is another document: it says what was typed, has a list of cards, and changes its address by itself.
const second = `<!doctype html><title>2</title><label>Note <input id=note></label><p id=said>Welcome Tr0ub4dor</p>
<button id=go onclick="history.pushState({}, '', '/second/details'); said.textContent = 'Details'">Details</button>
<div id=people><div class=person><h3>Ann Lee</h3><em class=mail>ann@x.example</em><span><i class=role>Clerk</i></span></div>
<div class=person><h3>Bo Day</h3><em class=mail>bo@x.example</em><span><i class=role>Payer</i></span></div></div>`

type does = func(context.Context, *automation.StandIn) error

func css(sel string) *selectors.Target {
	return &selectors.Target{Name: sel, Candidates: []selectors.Candidate{{CSS: sel}}}
}

func clickOn(sel string) does {
	return func(ctx context.Context, s *automation.StandIn) error {
		if _, _, err := s.Page().Await(ctx, 5*time.Second, nil, css(sel)); err != nil {
			return err
		}
		return s.ClickOn(ctx, css(sel))
	}
}

func typing(text string) does {
	return func(ctx context.Context, s *automation.StandIn) error { return s.Type(ctx, text) }
}

func pressing(keys ...string) does {
	return func(ctx context.Context, s *automation.StandIn) error {
		for _, k := range keys {
			if err := s.Key(ctx, k); err != nil {
				return err
			}
		}
		return nil
	}
}

// TestASecretIsKnownAgain types a secret into the wrong field first, then where it belongs, and once more in
// another document. There it goes back within the page, and shows a list of cards.
func TestASecretIsKnownAgain(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprint(w, map[bool]string{true: first, false: second}[r.URL.Path == "/"])
	}))
	t.Cleanup(srv.Close)
	b := automationtest.Take(t, false, nil)
	s, err := b.NewSession(t.Context(), []string{"127.0.0.1"})
	require.NoError(t, err)
	page, err := s.NewPage(t.Context())
	require.NoError(t, err)
	require.NoError(t, page.Open(t.Context(), srv.URL))
	const password = "Tr0ub4dor"
	waits := func(context.Context, *automation.StandIn) error { return nil }
	ctx, stop := context.WithCancel(t.Context())
	all := []does{
		waits, clickOn("#plain"), typing(password), clickOn("#secret"), typing(password), clickOn("#on"), waits,
		clickOn("#note"), typing("my " + password), clickOn("#said"), clickOn("#go"), waits,
		func(ctx context.Context, s *automation.StandIn) error { return s.Back(ctx) }, waits,
		pressing("F2", "Tab", "Tab", "Tab", "Tab", "Enter"), clickOn("#people .person:first-child h3"), waits, // List…
		pressing("F2", "Tab", "Tab", "Tab", "Tab", "Tab", "Tab", "Enter"), waits, waits, // Fold, Stop, three columns, whether that is everybody, Take list
		func(context.Context, *automation.StandIn) error { stop(); return nil },
	}
	take := takeOf()
	var list automation.Gesture
	require.NoError(t, page.Record(ctx, automation.Recording{Title: "t", Targets: []automation.KnownTarget{}, Secrets: recording.Secrets(),
		Take: func(g automation.Gesture) {
			take.Add(g)
			if g.Kind == automation.GestureList {
				list = g
			}
		}, Tell: take.Progress,
		StandIn: func(ctx context.Context, s *automation.StandIn) error {
			do := all[0]
			all = all[1:]
			return do(ctx, s)
		}}))
	d, err := take.Draft()
	require.NoError(t, err)
	left, err := json.Marshal([]any{take.Progress(), d.LeftOut, d.Review, d.ToDo})
	require.NoError(t, err)
	text := d.FlowText() + recording.TargetsText(d.Targets, "")
	t.Log(text)
	assert.NotContains(t, text+string(left), password)
	assert.Contains(t, text, `fill: { target: set_role.search, value: "${password}" }`, "it was typed before it was known to be one")
	assert.Contains(t, text, `fill: { target: set_role.note, value: "${password}" }`, "it was typed in another document")
	assert.Contains(t, text, "/second\"\n", "going back is a step")
	assert.Contains(t, string(left), "which the page answers by itself")
	assert.Equal(t, "div.person", list.Rows)
	table := take.TableOf(&list)
	assert.Equal(t, "em", table.Columns["email"].Candidates[0].CSS)
	assert.Contains(t, table.Columns, "role")
}

// TestALeftOutStepMakesADraft: without it the flow is not what was done.
func TestALeftOutStepMakesADraft(t *testing.T) {
	t.Parallel()
	take := takeOf(automation.Gesture{Kind: automation.GestureClick, On: button("Go")}, automation.Gesture{Kind: automation.GestureUnsupported, Why: "no verb drags"})
	d, err := take.Draft()
	require.NoError(t, err)
	assert.True(t, d.Partial)
	assert.Contains(t, d.ToDo[len(d.ToDo)-1], "what was left out (1)")
	take.Add(automation.Gesture{Kind: automation.GestureUndo})
	d, err = take.Draft()
	require.NoError(t, err)
	assert.False(t, d.Partial, "it was taken back")
}

// TestWhatWouldHaveChangedSomethingMakesADraft: nothing keeps it from leaving where a flow only reads. A flow of no action is
// held whenever it is run.
func TestWhatWouldHaveChangedSomethingMakesADraft(t *testing.T) {
	t.Parallel()
	for _, standalone := range []bool{false, true} {
		take := takeOf(automation.Gesture{Kind: automation.GestureClick, On: button("Go")})
		take.Standalone = standalone
		d, err := take.Draft()
		require.NoError(t, err)
		assert.False(t, d.Partial)
		take.Stopped([]string{"POST https://acme.example/drafts"})
		d, err = take.Draft()
		require.NoError(t, err)
		assert.Equal(t, !standalone, d.Partial)
		assert.Contains(t, strings.Join(d.ToDo, "\n"), "this was kept from leaving: POST https://acme.example/drafts")
	}
}
