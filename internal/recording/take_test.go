package recording_test

import (
	"context"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/recording"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func kept(offers []automation.Offer, looks selectors.Fingerprint) (r selectors.Revision) {
	for _, o := range offers {
		if o.Kept {
			o.Candidate.Provenance = selectors.Recorded
			r.Candidates = append(r.Candidates, o.Candidate)
		}
	}
	r.Fingerprint = &looks
	return r
}

func button(name string) *automation.Sketch {
	return &automation.Sketch{Ref: name, Tag: "button", Role: "button", Name: name, Text: name, Said: "button " + name,
		Offers: []automation.Offer{{Candidate: selectors.Candidate{Role: "button", Name: name}, Kept: true}}}
}

func field(label string) *automation.Sketch {
	return &automation.Sketch{Ref: label, Tag: "input", Role: "textbox", Name: label, Said: "textbox " + label, Editable: true,
		Offers: []automation.Offer{{Candidate: selectors.Candidate{Label: label}, Kept: true}}}
}

func inRow(s *automation.Sketch, key string) *automation.Sketch {
	s.Row = &automation.KeyedRow{Table: "t", Key: key}
	return s
}

func stepsOf(t *testing.T, take *recording.Take) []string {
	t.Helper()
	d, err := take.Draft()
	require.NoError(t, err)
	_, steps, found := strings.Cut(d.FlowText(), "steps:\n")
	require.True(t, found)
	return strings.Split(strings.TrimSuffix(steps, "\n"), "\n")
}

func takeOf(all ...automation.Gesture) *recording.Take {
	take := &recording.Take{Lasting: kept, Options: recording.Options{Flow: "set-role", Layout: "x", App: "bill",
		Inputs: map[string]string{"email": "ann@acme.example", "role": "Clerk", "home": "https://acme.example/home"}}}
	for i, g := range all {
		if g.ID == "" {
			g.ID = strings.Repeat("i", i+1)
		}
		take.Add(g)
	}
	return take
}

func TestGesturesBecomeSteps(t *testing.T) {
	t.Parallel()
	list := automation.Sketch{Ref: "list", Role: "listbox", Said: "listbox", Offers: []automation.Offer{{Candidate: selectors.Candidate{TestID: "roles"}, Kept: true}}}
	option := button("Clerk")
	clickOn := func(s *automation.Sketch) automation.Gesture {
		return automation.Gesture{Kind: automation.GestureClick, On: s}
	}
	picks := automation.Gesture{ID: "o", Kind: automation.GestureClick, On: option, Options: &automation.Menu{Words: "Clerk", Sure: true, Role: "option", List: list}}
	drags := automation.Gesture{Kind: automation.GestureUnsupported, Why: "no verb drags"}
	ofAnn := automation.Gesture{Kind: automation.GesturePerson, On: field("Mail"), Value: "ann@acme.example"}
	named := func(name string) []automation.Gesture {
		return []automation.Gesture{clickOn(field("Name")), {ID: "f", Kind: automation.GestureFill, On: field("Name"), Value: name}}
	}
	for name, c := range map[string]struct {
		gestures []automation.Gesture
		steps    []string
	}{
		"what was typed last counts": {[]automation.Gesture{clickOn(field("Name")), {ID: "f", Kind: automation.GestureFill, On: field("Name"), Value: "A"}, {ID: "f", Kind: automation.GestureFill, On: field("Name"), Value: "Ann"}},
			[]string{"  - fill: { target: set_role.name, value: Ann }"}},
		"an input in the place of its value": {[]automation.Gesture{{Kind: automation.GestureFill, On: field("Mail"), Value: "ann@acme.example"}},
			[]string{`  - fill: { target: set_role.mail, value: "${email}" }`}},
		"a secret": {[]automation.Gesture{{Kind: automation.GestureFill, On: field("Word"), Secret: "password"}},
			[]string{`  - fill: { target: set_role.word, value: "${password}" }`}},
		"two clicks are a choice": {[]automation.Gesture{clickOn(button("Role")), picks, {Kind: automation.GestureChosen, Of: "o", Value: "Clerk", Shows: field("Shown")}},
			[]string{`  - choose: { target: set_role.role, option: "${role}", options: set_role.option, shows: set_role.shown }`}},
		"two clicks that nothing says the words of": {[]automation.Gesture{clickOn(button("Role")), picks},
			[]string{"  - click: { target: set_role.role }", "  - click: { target: set_role.role_button }"}},
		"a double click": {[]automation.Gesture{clickOn(button("Go")), clickOn(button("Go")), {Kind: automation.GestureTwice}}, []string{"  - click: { target: set_role.go, double: true }"}},
		"a key that a click tells": {[]automation.Gesture{{ID: "k", Kind: automation.GesturePress, Key: "Enter", On: button("Go")}, clickOn(button("Go")), {Kind: automation.GestureRetracted, Of: "k"}},
			[]string{"  - click: { target: set_role.go }"}},
		"undo takes a choice back whole": {[]automation.Gesture{clickOn(button("Go")), clickOn(button("Role")), picks, {Kind: automation.GestureChosen, Of: "o", Shows: field("Shown")}, {Kind: automation.GestureUndo}},
			[]string{"  - click: { target: set_role.go }"}},
		"the commit, and whom it concerns": {[]automation.Gesture{{Kind: automation.GesturePerson, On: field("Mail"), Value: "ann@acme.example"}, clickOn(button("Save")), {Kind: automation.GestureDialog}, {Kind: automation.GestureWas}},
			[]string{`  - expect: { target: set_role.mail, equals: "${email}" }`, `  - commit: { target: set_role.save, for: { target: set_role.mail, equals: "${email}" }, dialog: { accept: true } }`}},
		"what comes after the commit": {[]automation.Gesture{{Kind: automation.GesturePerson, On: field("Mail"), Value: "ann@acme.example"}, {Kind: automation.GestureCommit, On: button("Save")}, clickOn(button("More"))},
			[]string{`  - expect: { target: set_role.mail, equals: "${email}" }`, `  - commit: { target: set_role.save, for: { target: set_role.mail, equals: "${email}" } }`,
				"  # left out: step 3 (click): it comes after the commit: put it under afterwards if it may be left undone"}},
		"steps are counted as they are shown": {append(named("A"), drags),
			[]string{"  - fill: { target: set_role.name, value: A }", "  # left out: step 2 (unsupported): no verb drags"}},
		"several are left out": {append(append([]automation.Gesture{ofAnn}, named("A")...), drags, drags, drags),
			[]string{
				`  - expect: { target: set_role.mail, equals: "${email}" }`, "  - fill: { target: set_role.name, value: A }",
				"  # left out: step 3 (unsupported): no verb drags",
				"  # left out: step 4 (unsupported): no verb drags", "  # left out: step 5 (unsupported): no verb drags",
			}},
		"somebody else": {[]automation.Gesture{{Kind: automation.GesturePerson, On: field("Mail"), Value: "joann@acme.example"}},
			[]string{"  # left out: step 1 (person): it does not name the input email alone, so that it does not tell who is meant"}},
		"in a sentence": {
			[]automation.Gesture{
				{Kind: automation.GesturePerson, On: field("Says"), Value: "Suspend Ann Lee (ann@acme.example)?"},
				{Kind: automation.GestureCommit, On: button("Save")},
			},
			[]string{`  - expect: { target: set_role.says, names: "${email}" }`,
				`  - commit: { target: set_role.save, for: { target: set_role.says, names: "${email}" } }`}},
		"somebody else's row": {[]automation.Gesture{{Kind: automation.GestureClick, On: func() *automation.Sketch {
			s := button("Open")
			s.Row = &automation.KeyedRow{Table: "t", Key: "joann@acme.example"}
			return s
		}()}},
			[]string{"  # left out: step 1 (click): it stands in the row of somebody who is not the input email: give their e-mail as that"}},
		"the row": {[]automation.Gesture{{Kind: automation.GestureClick, On: func() *automation.Sketch {
			s := button("Open")
			s.Row = &automation.KeyedRow{Table: "t", Key: "Ann@acme.example"}
			return s
		}()}},
			[]string{`  - find: { table: t, key: "${email}" }`, `  - click: { target: set_role.open, row: { table: t, key: "${email}" } }`}},
		"the list": {[]automation.Gesture{{Kind: automation.GestureOpen, Value: "https://acme.example/people"}, {Kind: automation.GestureList, On: field("People"), Rows: "tbody > tr", Columns: map[string]string{"email": "Mail", "name": "Who"}, Next: button("Next")}},
			[]string{"  - open: /people", "  - rows: { table: set_role.people, as: users, next: set_role.next, reload: [{ open: /people }] }"}},
		"a field that was searched by shows nobody": {[]automation.Gesture{{Kind: automation.GestureFill, On: field("Search"), Value: "ann@acme.example"}, {Kind: automation.GestureCommit, On: button("Save")}},
			[]string{`  - fill: { target: set_role.search, value: "${email}" }`, "  - commit: { target: set_role.save }"}},
		"the person in other letters": {[]automation.Gesture{{Kind: automation.GesturePerson, On: field("Mail"), Value: "Ann@acme.example"}, {Kind: automation.GestureCommit, On: button("Save")}},
			[]string{`  - expect: { target: set_role.mail, equals: "${email}", fold: true }`, `  - commit: { target: set_role.save, for: { target: set_role.mail, equals: "${email}", fold: true } }`}},
		"keys in a select element are one choice": {[]automation.Gesture{{Kind: automation.GestureChoose, On: field("Role"), Value: "Admin"}, {Kind: automation.GestureChoose, On: field("Role"), Value: "Clerk"}},
			[]string{`  - choose: { target: set_role.role, option: "${role}" }`}},
		"nobody's name is in a remark": {[]automation.Gesture{{Kind: automation.GestureClick, On: &automation.Sketch{Tag: "a", Role: "link", Name: "Ann Lind", Said: "link “Ann Lind”"}}},
			[]string{"  # left out: step 1 (click): the link can be found by nothing that it alone has and that names nobody"}},
		"a box in a row": {[]automation.Gesture{{Kind: automation.GestureCheck, Checked: true, On: inRow(button("Active"), "ann@acme.example")}},
			[]string{"  # left out: step 1 (check): it stands in a row, and only a click, a hover and the commit are looked for in one"}},
		"what a row says": {[]automation.Gesture{{Kind: automation.GestureExpect, On: inRow(button("Active"), "ann@acme.example"), Value: "Active"}},
			[]string{"  # left out: step 1 (expect): it stands in a row, and only a click, a hover and the commit are looked for in one"}},
		"the person in a row": {[]automation.Gesture{{Kind: automation.GesturePerson, On: inRow(button("ann@acme.example"), "ann@acme.example"), Value: "ann@acme.example"}},
			[]string{`  - find: { table: t, key: "${email}" }`}},
		"what is not carried over": {[]automation.Gesture{{Kind: automation.GestureUnsupported, Why: "no verb drags"}}, []string{"  # left out: step 1 (unsupported): no verb drags"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.steps, stepsOf(t, takeOf(c.gestures...)))
		})
	}
}

func TestATargetIsGivenAName(t *testing.T) {
	t.Parallel()
	take := takeOf(automation.Gesture{Kind: automation.GestureClick, On: button("Go")})
	assert.Equal(t, "set_role.go", take.Progress().Name)
	take.Add(automation.Gesture{Kind: automation.GestureName, Value: "no good"})
	assert.Contains(t, take.Progress().Remarks[0], "is no name of a target")
	take.Add(automation.Gesture{Kind: automation.GestureName, Value: "user.go"})
	take.Add(automation.Gesture{Kind: automation.GestureName, Value: "user.away"})
	assert.Equal(t, "user.away", take.Progress().Name)
	take.Add(automation.Gesture{ID: "2", Kind: automation.GestureClick, On: button("Stay")})
	take.Add(automation.Gesture{Kind: automation.GestureName, Value: "user.away"})
	assert.Contains(t, take.Progress().Remarks[0], "another target is called user.away")
	d, err := take.Draft()
	require.NoError(t, err)
	assert.Contains(t, d.FlowText(), "- click: { target: user.away }")
	assert.Equal(t, "user.away", d.Targets[0].Name)
}

func TestStepsOfAPartBecomeThePart(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	take := takeOf(automation.Gesture{Kind: automation.GestureOpen, Value: "https://acme.example/home"},
		automation.Gesture{Kind: automation.GestureClick, On: button("Settings"), Page: "https://acme.example/home"},
		automation.Gesture{Kind: automation.GestureClick, On: button("Users"), Page: "https://acme.example/settings"},
		automation.Gesture{Kind: automation.GestureClick, On: button("New"), Page: "https://acme.example/neo3/settings/roles-and-permissions/users"})
	take.Parts = lib.Parts("neo3")
	assert.Equal(t, []string{"  - part: list", "  - click: { target: set_role.new }"}, stepsOf(t, take), "what leads to an address is that address")
}

// TestNoSecretIsKept types secrets where they are asked for, shown and typed again, and looks for them in
// everything that is told.
func TestNoSecretIsKept(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		_, _ = w.Write([]byte(`<!doctype html><title>t</title><input type=password aria-label=Password id=p><button id=show onclick="p.type='text'">Show</button>
			<input aria-label="Verification code" id=c><input aria-label=Again id=a><p id=echo>Echo</p><button id=say onclick="echo.textContent = p.value">Say</button><pre id=dump></pre>
			<script>setInterval(async () => {
				const bases = await indexedDB.databases(), kept = await caches.keys(); // any of them is more than the page has made
				dump.textContent = JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, bases, kept, history.state, name, location.href]);
			}, 50)</script>`))
	}))
	t.Cleanup(srv.Close)
	bin, err := automation.Find("", false)
	require.NoError(t, err)
	b, err := automation.Launch(t.Context(), automation.Options{Binary: bin, ProfileDir: t.TempDir()})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, b.Close()) })
	s, err := b.NewSession(t.Context(), []string{"127.0.0.1"})
	require.NoError(t, err)
	page, err := s.NewPage(t.Context())
	require.NoError(t, err)
	require.NoError(t, page.Open(t.Context(), srv.URL))

	const password, more, code = "Tr0ub4dor", "N3xt", "918273"
	css := func(sel string) *selectors.Target {
		return &selectors.Target{Name: sel, Candidates: []selectors.Candidate{{CSS: sel}}}
	}
	type does = func(context.Context, *automation.StandIn) error
	press := func(sel string) does {
		return func(ctx context.Context, s *automation.StandIn) error { return s.ClickOn(ctx, css(sel)) }
	}
	types := func(text string) does {
		return func(ctx context.Context, s *automation.StandIn) error { return s.Type(ctx, text) }
	}
	ctx, stop := context.WithCancel(t.Context())
	all := []does{func(context.Context, *automation.StandIn) error { return nil }, press("#p"), types(password), press("#show"), press("#p"), types(more), press("#c"), types(code),
		press("#say"), press("#a"), types(password), press("#echo"),
		func(context.Context, *automation.StandIn) error { time.Sleep(300 * time.Millisecond); return nil },
		func(context.Context, *automation.StandIn) error { stop(); return nil }}
	take := takeOf()
	var told []automation.Gesture
	require.NoError(t, page.Record(ctx, automation.Recording{Title: "t", Targets: []automation.KnownTarget{}, Secrets: recording.Secrets(),
		Take: func(g automation.Gesture) { told = append(told, g); take.Add(g) }, Tell: take.Progress,
		StandIn: func(ctx context.Context, s *automation.StandIn) error {
			do := all[0]
			all = all[1:]
			return do(ctx, s)
		}}))
	d, err := take.Draft()
	require.NoError(t, err)
	dump, err := page.Read(t.Context(), css("#dump"), "")
	require.NoError(t, err)
	assert.True(t, strings.HasPrefix(dump, `[{},{},"",[],[],`), "a recording leaves nothing with the page: %s", dump)
	data, err := json.Marshal([]any{told, take.Progress(), d.LeftOut, d.Review, d.ToDo})
	require.NoError(t, err)
	for what, text := range map[string]string{"what was told": string(data), "the flow": d.FlowText(), "the targets": recording.TargetsText(d.Targets, ""), "the page's storage": dump} {
		assert.False(t, strings.Contains(text, password), "the password stands in %s", what)
		assert.False(t, strings.Contains(text, code), "the code stands in %s", what)
	}
	assert.Contains(t, d.FlowText(), "${password}")
	assert.Contains(t, d.FlowText(), "${code}")
}

func TestWhatIsFoundByItsPlaceAloneIsToReview(t *testing.T) {
	t.Parallel()
	second := &automation.Sketch{Tag: "a", Role: "link", Said: "link", Offers: []automation.Offer{{Candidate: selectors.Candidate{CSS: "tr:nth-of-type(2) > td > a"}, Kept: true}}}
	d, err := takeOf(automation.Gesture{Kind: automation.GestureClick, On: second}, automation.Gesture{Kind: automation.GestureClick, On: button("Go")}).Draft()
	require.NoError(t, err)
	require.Len(t, d.Review, 1)
	assert.Equal(t, 1, d.Review[0].Step)
	assert.Contains(t, d.Review[0].Why, "is found by its place alone")
}

func TestAnInputStandsForWholeWordsOfATarget(t *testing.T) {
	t.Parallel()
	take := takeOf(automation.Gesture{Kind: automation.GestureClick, On: button("Clerk of Clerkship at ann@acme.example")})
	take.Inputs["note"] = "email"
	d, err := take.Draft()
	require.NoError(t, err)
	require.Len(t, d.Targets, 1)
	assert.Equal(t, "${role} of Clerkship at ${email}", d.Targets[0].Spec.Candidates[0].Name)
	require.Len(t, d.Review, 1)
	assert.Contains(t, d.Review[0].Why, "is found by the value of role and email: put its words")
}

// TestAValueThatIsNoInputIsListedForReview has something typed that none of the inputs is, and one that is.
func TestAValueThatIsNoInputIsListedForReview(t *testing.T) {
	t.Parallel()
	d, err := takeOf(automation.Gesture{Kind: automation.GestureFill, On: field("Department"), Value: "Sales"},
		automation.Gesture{Kind: automation.GestureFill, On: field("Email"), Value: "ann@acme.example"}).Draft()
	require.NoError(t, err)
	require.Len(t, d.Review, 1)
	assert.Contains(t, d.Review[0].Why, `it types "Sales" each time`)
	assert.Contains(t, d.FlowText(), "${email}")
}
