package main

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/workspace"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// begunCards is what a person knows of a console of cards before it is calibrated: a mark that every page of it has.
const begunCards = "app: workspace\nlayout: cards\ndate: 2026-11-23\ncovers: console\nsource: Begun by hand.\n" +
	"fingerprints:\n  - any: [{ testid: organisation, provenance: guessed }]\ntargets:\n  page: { candidates: [{ css: body, provenance: guessed }] }\n"

// emptied leaves of a console's files how it is signed in to, its words, and by what its pages are known.
func emptied(t *testing.T, app, overlay, version, begun string) {
	t.Helper()
	flows, err := filepath.Glob(filepath.Join(overlay, "flows", app, "*.yaml"))
	require.NoError(t, err)
	for _, f := range flows {
		if base := filepath.Base(f); base != "app.yaml" && base != "sign-in.yaml" {
			require.NoError(t, os.Remove(f))
		}
	}
	require.NoError(t, os.WriteFile(filepath.Join(overlay, "selectors", app, version+".yaml"), []byte(begun), 0o600))
}

// awaits waits until something says a text, as a person does who looks.
func awaits(text string) act {
	return func(ctx context.Context, s *automation.StandIn) error {
		_, _, err := s.Page().Await(ctx, 10*time.Second, nil, &selectors.Target{Name: text, Candidates: []selectors.Candidate{{Text: text}}})
		return err
	}
}

// inside is an element of the workspace within another one.
func inside(css string) func(by selectors.Candidate) *selectors.Target {
	return func(by selectors.Candidate) *selectors.Target {
		return &selectors.Target{Name: css, Candidates: []selectors.Candidate{by}, Within: byCSS(css)}
	}
}

// ofCards is what a person does on the workspace who knows it. The roles are those that they are asked to give.
func ofCards() map[string][]act {
	waits := func(context.Context, *automation.StandIn) error { return nil }
	opens := func(ctx context.Context, s *automation.StandIn) error { return s.Page().Open(ctx, "/personen") }
	all := func(ctx context.Context, s *automation.StandIn) error { return s.SelectAll(ctx) }
	drawer, question := inside("[role=dialog]"), inside("[role=alertdialog]")
	says := func(text string) selectors.Candidate { return selectors.Candidate{Text: text} }
	card := func(email string) *selectors.Target {
		return &selectors.Target{Name: "card", Candidates: []selectors.Candidate{{XPath: "//article[p='" + email + "']/h3"}}}
	}
	shown := func(at *selectors.Target) []act { return []act{onPanel(personButton), clicks(at), waits} }
	agreed := func(button string) []act { // the question names the person, and is not agreed to
		out := append([]act{waits}, shown(question(selectors.Candidate{CSS: "strong + span"}))...)
		return append(out, onPanel(commitButton), clicks(question(says(button))), waits, onPanel(stopButton))
	}
	person := func(email string, does ...act) []act {
		out := append([]act{opens, clicks(card(email))}, shown(drawer(selectors.Candidate{CSS: "h2 + p"}))...)
		return append(out, does...)
	}
	types := func(label, text string) []act {
		return []act{clicks(drawer(selectors.Candidate{Label: label})), all, writes(text)}
	}
	takes := func(role string) []act {
		option := &selectors.Target{Name: role, Candidates: []selectors.Candidate{says(role)}, Within: byCSS("[role=listbox]")}
		return []act{clicks(drawer(selectors.Candidate{Label: "Rolle wählen"})), clicks(option), waits, waits, clicks(drawer(says("Übernehmen")))}
	}
	joined := func(parts ...[]act) (out []act) {
		for _, p := range parts {
			out = append(out, p...)
		}
		return out
	}
	const anna = "anna.schmidt@nordlicht.example"
	up := func(n int) act {
		return keys(append(append([]string{"F2"}, strings.Fields(strings.Repeat("ArrowUp ", n))...), "Enter")...)
	}
	takeList, counter, filter := up(5), up(4), up(2)
	field := &selectors.Target{Name: "search", Candidates: []selectors.Candidate{{Label: "Personen suchen"}}}
	choice := &selectors.Target{Name: "filter", Candidates: []selectors.Candidate{{Label: "Status"}}}
	whole := &selectors.Target{Name: "Alle", Candidates: []selectors.Candidate{says("Alle")}, Within: byCSS("[role=listbox]")}
	save := clicks(drawer(says("Änderungen speichern")))
	return map[string][]act{
		"flow list-users": {
			opens, clicks(choice), clicks(whole), waits, waits, clicks(field), all, presses("Backspace"), awaits("83 Personen"), waits,
			onPanel(listButton), clicks(byCSS("[aria-posinset='1'] p")), waits, waits, pictured("empty-list"),
			counter, waits, clicks(byCSS("main [role=status]")), waits, filter, waits, clicks(choice), waits, filter, waits, clicks(field), waits, waits,
			pictured("empty-filters"), takeList, waits, waits, pictured("empty-steps"), onPanel(stopButton),
		},
		"flow list-roles": {
			opens, clicks(named("button", "Person einladen")), clicks(drawer(selectors.Candidate{Label: "Rolle wählen"})), waits,
			onPanel(listButton), clicks(&selectors.Target{Name: "role", Candidates: []selectors.Candidate{says("Freigabe")}, Within: byCSS("[role=listbox]")}),
			waits, waits, pictured("empty-roles"), onPanel(stopButton),
		},
		"flow invite": joined([]act{opens, clicks(named("button", "Person einladen"))}, types("Vorname", "Test"), types("Nachname", "Person"),
			types("E-Mail", "billagent-doctor@nordlicht.example"), takes("Leserechte"), []act{clicks(drawer(says("Einladung senden")))}, agreed("Einladen")),
		"flow deactivate": person(anna, append([]act{clicks(drawer(says("Sperren")))}, agreed("Sperren")...)...),
		"flow reactivate": person("hanna.schmidt@nordlicht.example", append([]act{clicks(drawer(says("Entsperren")))}, agreed("Entsperren")...)...),
		"flow set-role":   person(anna, joined(takes("Buchhaltung"), []act{save}, agreed("Speichern"))...),
		"flow rename":     person(anna, joined(types("Vorname", "Test"), types("Nachname", "Person"), []act{save}, agreed("Speichern"))...),
	}
}

// TestAConsoleOfCardsIsCalibratedFromNothing begins with how the workspace is signed in to, its words, and by what its
// pages are known, on a list that was left filtered and searched. TEST_CONFORMANCE=all records every flow (and
// TEST_KEEP=all keeps what came of it for internal/browserpath, where the conformance suite runs by it); without it the
// flows that read, and the one that deactivates.
func TestAConsoleOfCardsIsCalibratedFromNothing(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	con := workspace.Start(workspace.Options{View: workspace.View{State: workspace.Suspended, Query: "hanna"}})
	t.Cleanup(con.Close)
	conf, overlay := filesFor(t, "workspace", con.URL, workspace.Agent, workspace.Password, workspace.Organisation)
	emptied(t, "workspace", overlay, "cards-2026-11", begunCards)
	does := ofCards()
	if !useropstest.All() {
		for _, f := range []string{"flow invite", "flow reactivate", "flow set-role", "flow rename"} {
			does[f] = []act{onPanel(stopButton)}
		}
	}
	var asked []string
	a := &app{calibrates: shows(&asked, does)}
	before := con.People()
	out := shown(t, a, "--config", conf, "calibrate", "--selectors", "cards-2026-11", "--sample", "anna.schmidt@nordlicht.example", "--step", "20s")
	t.Log(asked, out.stdout, out.stderr)
	for _, f := range []string{"list-users-cards", "list-roles-cards", "deactivate-cards"} {
		text, _ := os.ReadFile(filepath.Join(overlay, "flows/workspace", f+".yaml"))
		t.Log(string(text))
	}
	require.Equal(t, 0, out.code)
	assert.Empty(t, con.Changes(), "nothing is stored while it runs")
	assert.Equal(t, before, con.People())
	assert.Contains(t, out.stdout, "the list: complete")
	assert.Contains(t, out.stdout, "rehearsed  deactivate anna.schmidt@nordlicht.example")
	if useropstest.All() {
		assert.NotContains(t, out.stdout, "skipped")
		keep(t, overlay, "emptied", filesIn(t, overlay)...)
	}
	con.Look(workspace.View{State: workspace.Invited, Query: "nele"})
	out = command(t, "--config", conf, "users", "deactivate", "anna.schmidt@nordlicht.example")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	changes := con.Changes()
	require.Len(t, changes, 1)
	assert.Equal(t, "suspend", changes[0].What)
	assert.Equal(t, "anna.schmidt@nordlicht.example", changes[0].Person.Email)
}

// keep holds files that were written into an overlay folder against those by which the conformance suite runs in
// internal/browserpath. TEST_KEEP=all writes them anew.
func keep(t *testing.T, overlay, as string, files ...string) {
	t.Helper()
	for _, file := range files {
		text, err := os.ReadFile(filepath.Join(overlay, file))
		require.NoError(t, err)
		to := filepath.Join("../../internal/browserpath/testdata", as, file)
		if os.Getenv("TEST_KEEP") == "all" {
			require.NoError(t, os.MkdirAll(filepath.Dir(to), 0o755))
			require.NoError(t, os.WriteFile(to, text, 0o644))
			continue
		}
		kept, err := os.ReadFile(to)
		require.NoError(t, err)
		assert.Equal(t, ofEachRun.ReplaceAllString(string(kept), "…"), ofEachRun.ReplaceAllString(string(text), "…"), file)
	}
}

// ofEachRun is what is otherwise in each run: the evidence, the port of the console, and what stands beside an element and
// where it is, which depends on how far the page was drawn.
var ofEachRun = regexp.MustCompile(`box: \[[^]]*\]|beside: ('[^']*'|[^,}]*)|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|:\d{4,5}\b`)

// filesIn are the files of an overlay folder.
func filesIn(t *testing.T, overlay string) (files []string) {
	t.Helper()
	require.NoError(t, fs.WalkDir(os.DirFS(overlay), ".", func(name string, e fs.DirEntry, err error) error {
		if err == nil && !e.IsDir() {
			files = append(files, name)
		}
		return err
	}))
	return files
}
