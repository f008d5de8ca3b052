package flows_test

import (
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
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

const (
	rowsApp = `app: a
title: A
statuses: { active: ["Yes"], inactive: ["No"] }
roles: { administrator: Admin }
watch:
  - { target: gone, kind: blocked, reason: it is gone }
`
	rowsVersion = `app: a
layout: l
date: 2026-11-24
covers: console
source: pages made for a test
fingerprints:
  - any: [{ css: "table", provenance: observed }]
targets:
  gone: { candidates: [{ css: "#gone", provenance: observed }] }
  list:
    candidates: [{ css: "#list", provenance: observed }]
    table: { rows: "tbody tr", key: email, fold: true, columns: { email: { header: Email } } }
  count: { candidates: [{ css: "#count", provenance: observed }] }
  next: { candidates: [{ css: "#next", provenance: observed }] }
  words: { candidates: [{ css: "#words", provenance: observed }] }
`
	rowsFlow = `flow: list-users
about: every user, page by page
outputs: { users: rows }
timeout: 2m
steps:
  - open: /list
  - rows:
      table: list
      as: users
      counter: count
      next: next
      reload:
        - open: /list
`
	addressFlow = `flow: list-roles
about: every user, again by its address
outputs: { users: rows }
timeout: 2m
steps:
  - open: /way
  - open: /list
  - rows:
      table: list
      as: users
      counter: count
      next: next
      address: true
      reload:
        - open: /way
        - open: /list
`
	changesFlow = `flow: roles
about: who is there once a search has been answered
timeout: 1m
outputs: { users: rows }
steps:
  - open: /search
  - click: { target: next }
    changes: list
  - rows: { table: list, as: users }
`
	visitFlow = `flow: pending
about: somebody's own page
timeout: 1m
inputs: [email]
steps:
  - visit:
      shows: { target: words, equals: "${email}" }
      otherwise:
        - open: /list
        - await: [list]
`
	expectFlow = `flow: invite
about: what a page comes to say
timeout: 1m
steps:
  - open: /words
  - { expect: { target: words, equals: "Ann Lee" }, timeout: 10s }
`
)

// site serves a list in pages of four. Before each page but the first is given out, turn may alter who is on it.
type site struct {
	mu     sync.Mutex
	people []string
	asked  int
	turn   func(s *site, page int)
}

func (s *site) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	page, _ := strconv.Atoi(r.FormValue("page"))
	s.asked++
	if s.turn != nil {
		s.turn(s, page)
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	from, to := min(page*4, len(s.people)), min(page*4+4, len(s.people))
	fmt.Fprintf(rw, `<!doctype html><table id=list><thead><tr><th>Email</th></tr></thead><tbody>`)
	for _, e := range s.people[from:to] {
		fmt.Fprintf(rw, `<tr><td>%s</td></tr>`, e)
	}
	fmt.Fprintf(rw, `</tbody></table><p id=count>%d users</p>`, len(s.people))
	if to < len(s.people) {
		fmt.Fprintf(rw, `<a id=next href="/list?page=%d">Next</a>`, page+1)
		return
	}
	fmt.Fprint(rw, `<a id=next aria-disabled=true>Next</a>`)
}

// runOn carries out a flow of the files above on a page of the site.
func runOn(t *testing.T, s http.Handler, name string, edit ...func(r *flows.Run, origin string)) (flows.Result, error) {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	dir := t.TempDir()
	for file, text := range map[string]string{"flows/a/app.yaml": rowsApp, "flows/a/list-users.yaml": rowsFlow, "flows/a/invite.yaml": expectFlow, "flows/a/roles.yaml": changesFlow, "flows/a/list-roles.yaml": addressFlow, "flows/a/pending.yaml": visitFlow, "selectors/a/l.yaml": rowsVersion} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
	}
	lib, err := flows.Load("a", dir)
	require.NoError(t, err)
	mux := http.NewServeMux()
	mux.Handle("GET /list", s)
	mux.Handle("GET /way", s)
	mux.HandleFunc("GET /words", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(rw, `<!doctype html><table></table><p id=words>Bob Moss</p><script>setTimeout(() => { words.textContent = 'Ann Lee'; }, 700)</script>`)
	})
	mux.HandleFunc("GET /search", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(rw, `<!doctype html><table id=list><thead><tr><th>Email</th></tr></thead><tbody><tr><td>old@x.com</td></tr></tbody></table><a id=next href="#">Search</a>
			<script>next.onclick = () => setTimeout(() => { document.querySelector('tbody').innerHTML = '<tr><td>new@x.com</td></tr>'; }, 600)</script>`)
	})
	srv := httptest.NewServer(mux)
	t.Cleanup(srv.Close)
	browser := automationtest.Take(t, os.Getenv("TEST_FULL_CHROMIUM") != "", nil)
	session, err := browser.NewSession(t.Context(), []string{"127.0.0.1"})
	require.NoError(t, err)
	t.Cleanup(func() { _ = session.Close(context.Background()) })
	page, err := session.NewPage(t.Context())
	require.NoError(t, err)
	require.NoError(t, page.Open(t.Context(), srv.URL+"/words"))
	flow, ok := lib.Flow(name, "l")
	require.True(t, ok)
	r := &flows.Run{Page: page, Flow: flow, Version: lib.Versions[0], MaxRows: 1000, StepTimeout: 20 * time.Second}
	for _, e := range edit {
		e(r, srv.URL)
	}
	return r.Do(context.WithoutCancel(t.Context()))
}

// TestAListIsReadByItsAddress begins where a list was read before, and where that is not the whole list, where the
// flow begins.
func TestAListIsReadByItsAddress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		at    string
		asked int // pages of the list, and the way to it
	}{
		"it is not known":         {"", 7},
		"it is the list":          {"/list", 6},
		"it leads elsewhere":      {"/words", 7},
		"it is not the beginning": {"/list?page=2", 8},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &site{people: peopleOf(10)}
			res, err := runOn(t, s, "list-roles", func(r *flows.Run, origin string) {
				if c.at != "" {
					r.At = origin + c.at
				}
			})
			require.NoError(t, err)
			assert.True(t, res.Rows["users"].Complete, res.Rows["users"].Proof)
			assert.Equal(t, peopleOf(10), emailsOf(res.Rows["users"]))
			s.mu.Lock()
			defer s.mu.Unlock()
			assert.Equal(t, c.asked, s.asked)
		})
	}
}

func emailsOf(rows automation.Rows) (out []string) {
	for _, r := range rows.Rows {
		out = append(out, r["email"])
	}
	return out
}

func peopleOf(n int) (out []string) {
	for i := range n {
		out = append(out, fmt.Sprintf("p%02d@x.com", i))
	}
	return out
}

// TestARowThatSlipsBetweenPagesIsNotLost removes somebody of the first page while the second is fetched, and adds
// somebody at the end: the counter stays, nobody is read twice, and one person is on neither page.
func TestARowThatSlipsBetweenPagesIsNotLost(t *testing.T) {
	t.Parallel()
	shift := func(s *site) {
		s.people = append(slices.Delete(slices.Clone(s.people), 1, 2), fmt.Sprintf("new%d@x.com", s.asked))
	}
	for _, c := range []struct {
		name     string
		turn     func(s *site, page int)
		complete bool
		asked    int
	}{
		{"nobody moves", nil, true, 6},
		{"once, between the first and the second", func(s *site, page int) {
			if page == 1 && s.asked == 2 {
				shift(s)
			}
		}, true, 9},
		{"once, between the second and the third", func(s *site, page int) {
			if page == 2 && s.asked == 3 {
				s.people = append(slices.Delete(slices.Clone(s.people), 5, 6), "new@x.com")
			}
		}, true, 9},
		{"each time", func(s *site, page int) {
			if page == 1 {
				shift(s)
			}
		}, false, 12},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &site{people: peopleOf(10), turn: c.turn}
			res, err := runOn(t, s, "list-users")
			require.NoError(t, err)
			got := res.Rows["users"]
			s.mu.Lock()
			defer s.mu.Unlock()
			assert.Equal(t, c.complete, got.Complete, got.Proof)
			assert.Equal(t, c.asked, s.asked, "pages fetched")
			if c.complete {
				assert.Equal(t, s.people, emailsOf(got))
			}
		})
	}
}

func TestOnePageIsReadOnce(t *testing.T) {
	t.Parallel()
	s := &site{people: peopleOf(4)}
	res, err := runOn(t, s, "list-users")
	require.NoError(t, err)
	assert.True(t, res.Rows["users"].Complete, res.Rows["users"].Proof)
	assert.Equal(t, 1, s.asked)
}

func TestExpectWaitsUntilItIsSaid(t *testing.T) {
	t.Parallel()
	_, err := runOn(t, &site{}, "invite")
	require.NoError(t, err)
}

func TestATableOfSeveralPagesNeedsAReload(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for file, text := range map[string]string{"flows/a/app.yaml": rowsApp, "selectors/a/l.yaml": rowsVersion,
		"flows/a/list-users.yaml": strings.Split(rowsFlow, "      reload:")[0] + "      filters: [{ target: words }]\n  - { await: [list], asks: true }\n"} {
		require.NoError(t, os.MkdirAll(filepath.Join(dir, filepath.Dir(file)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
	}
	_, err := flows.Load("a", dir)
	for _, says := range []string{"has a reload", "either on or equals", "asks, reloads and changes go with"} {
		assert.ErrorContains(t, err, says)
	}
}

// TestAStepThatChangesWithinThePageWaitsForIt reads a list that a search draws anew a while later.
func TestAStepThatChangesWithinThePageWaitsForIt(t *testing.T) {
	t.Parallel()
	res, err := runOn(t, &site{}, "roles")
	require.NoError(t, err)
	assert.Equal(t, []string{"new@x.com"}, emailsOf(res.Rows["users"]))
}
