package flows_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/flows"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestMain ends the browsers that tests were lent.
func TestMain(m *testing.M) { os.Exit(automationtest.Main(m)) }

// script is steps on one page, as they stand in a file, with targets named by the ids that are theirs.
type script struct {
	page    string // what /page shows
	targets []string
	steps   string // each line is one of the list
	changes bool   // the flow changes something: its steps end with a commit of "save" for "who"
	inputs  map[string]string
	edit    func(*flows.Run)
}

// carried is what came of a script, and what arrived at the server beside the page.
type carried struct {
	result  flows.Result
	err     error
	page    *automation.Page
	mu      sync.Mutex
	arrived []string
}

func (c *carried) all() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]string{}, c.arrived...)
}

// arrive waits until what arrived is what is wanted: what was let through may be on its way yet. Of nothing there
// is nothing to wait for.
func (c *carried) arrive(t *testing.T, want []string) {
	t.Helper()
	assert.Eventually(t, func() bool { return len(c.all()) >= len(want) }, 10*time.Second, 10*time.Millisecond)
	assert.Equal(t, want, c.all())
}

// files are those of a script: an app, a version, and the flow act.
func (s script) files() map[string]string {
	var version strings.Builder
	version.WriteString("app: a\nlayout: l\ndate: 2026-11-24\ncovers: console\nsource: pages made for a test\n")
	version.WriteString("fingerprints:\n  - any: [{ css: body, provenance: observed }]\ntargets:\n")
	for _, name := range append([]string{"gone"}, s.targets...) {
		fmt.Fprintf(&version, "  %s: { candidates: [{ css: \"%s\", provenance: observed }] }\n", name, cssOf(name))
	}
	flow := "flow: act\nabout: steps of a test\ntimeout: 1m\ninputs: [email, role]\n"
	if s.changes {
		flow += "changes: true\nsubject: email\n"
	}
	flow += "steps:\n"
	for line := range strings.Lines(s.steps) {
		flow += "  - " + strings.TrimSpace(line) + "\n"
	}
	return map[string]string{"flows/a/app.yaml": rowsApp, "selectors/a/l.yaml": version.String(), "flows/a/act.yaml": flow}
}

// cssOf finds a target by its name: by id, or where it is called so every element of a class.
func cssOf(name string) string {
	if class, ok := strings.CutPrefix(name, "every_"); ok {
		return "." + class
	}
	return "#" + name
}

// load reads the files of a script.
func (s script) load(t *testing.T) (*flows.Library, error) {
	t.Helper()
	dir := t.TempDir()
	for file, text := range s.files() {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
	}
	return flows.Load("a", dir)
}

// carryOut carries a script out in a browser.
func (s script) carryOut(t *testing.T) *carried {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	lib, err := s.load(t)
	require.NoError(t, err)
	c := &carried{}
	srv := httptest.NewServer(http.HandlerFunc(func(rw http.ResponseWriter, q *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		if q.URL.Path == "/page" {
			fmt.Fprint(rw, "<!doctype html><meta charset=utf-8>"+s.page)
			return
		}
		c.mu.Lock()
		defer c.mu.Unlock()
		if q.URL.Path != "/favicon.ico" {
			c.arrived = append(c.arrived, q.Method+" "+q.URL.String())
		}
	}))
	t.Cleanup(srv.Close)
	browser := automationtest.Take(t, os.Getenv("TEST_FULL_CHROMIUM") != "", nil)
	session, err := browser.NewSession(t.Context(), []string{"127.0.0.1"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = session.Close(context.Background()) })
	c.page, err = session.NewPage(t.Context())
	require.NoError(t, err)
	require.NoError(t, c.page.Open(t.Context(), srv.URL+"/page"))
	flow, ok := lib.Flow("act", "l")
	require.True(t, ok)
	inputs := map[string]string{"email": "ann@acme.example", "role": ""}
	for k, v := range s.inputs {
		inputs[k] = v
	}
	r := &flows.Run{Page: c.page, Flow: flow, Version: lib.Versions[0], Inputs: inputs, StepTimeout: 5 * time.Second}
	r.People = &automation.People{Meant: automation.Person{ID: "006ANN", Email: "ann@acme.example"}, Self: "robot@acme.example"}
	if s.edit != nil {
		s.edit(r)
	}
	c.result, c.err = r.Do(context.WithoutCancel(t.Context()))
	t.Cleanup(func() { require.NoError(t, c.result.Exchange.Close(context.Background(), nil)) })
	return c
}

// commitTo is the commit of a script that changes something, and what its page must have for it.
const (
	commitTo = `commit: { target: save, for: { target: who, equals: "${email}" } }`
	ann      = `<main><b id=who>ann@acme.example</b>`
	saveAnn  = `<button id=save onclick="fetch('/save?id=006ANN', { method: 'POST' })">Save</button>`
)
