package browserpath_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"testing"
	"time"

	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/fixtures/workspace"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/secret/secrettest"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// workspaceStates are the console's words for a status. Who was invited can sign in, and so counts as active.
var workspaceStates = map[string]userops.Status{
	workspace.Active: userops.Active, workspace.Invited: userops.Active, workspace.Suspended: userops.Inactive, workspace.Waiting: userops.Pending,
}

// remembered is a list that was left filtered by a state and by a search.
var remembered = workspace.View{State: workspace.Suspended, Query: "hanna"}

// workspaceSetup starts a console of cards and a path to it, served by the files in testdata alone.
func workspaceSetup(t *testing.T, o workspace.Options, edit ...func(*browserpath.Options)) (*workspace.Workspace, *browserpath.Path, *flows.Library) {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	con := workspace.Start(o)
	t.Cleanup(con.Close)
	lib, err := flows.Load("workspace", "testdata/workspace")
	require.NoError(t, err)
	account := o.Agent
	if account == "" {
		account = workspace.Agent
	}
	evidence := t.TempDir()
	opts := browserpath.Options{Tenant: "cards", Library: lib, SignIn: con.URL, Hosts: []string{"127.0.0.1"}, Account: account,
		Password: func(context.Context) (string, error) { return workspace.Password, nil }, Factor: browserpath.PromptedCode{},
		Organisation: browserpath.Organisation{Name: workspace.Organisation},
		Lend:         automationtest.Lend, EvidenceDir: evidence, ReadBack: 8 * time.Second}
	for _, e := range edit {
		e(&opts)
	}
	p := browserpath.New(opts)
	t.Cleanup(func() {
		require.NoError(t, p.Close())
		secrettest.Scan(t, evidence, map[string]string{"the password": workspace.Password})
	})
	return con, p, lib
}

func fromWorkspace(people []workspace.Person) []userops.User {
	var out []userops.User
	for _, p := range people {
		out = append(out, userops.User{ID: p.ID, Email: p.Email, FirstName: p.First, LastName: p.Last, Role: p.Role, Status: workspaceStates[p.State]})
	}
	return out
}

func toWorkspace(users []userops.User) []workspace.Person {
	states := map[userops.Status]string{userops.Active: workspace.Active, userops.Inactive: workspace.Suspended, userops.Pending: workspace.Waiting}
	var out []workspace.Person
	for _, u := range users {
		out = append(out, workspace.Person{ID: u.ID, Email: u.Email, First: u.FirstName, Last: u.LastName, Role: u.Role, State: states[u.Status]})
	}
	return out
}

// TestConformanceOfCards has a sample of the conformance suite (TEST_CONFORMANCE=all: the whole) judge a console of
// cards that is served by files alone.
func TestConformanceOfCards(t *testing.T) {
	t.Parallel()
	useropstest.Sample(t, 0, 9, func(t *testing.T) useropstest.Backend { return cardsBacked(t) })
}

func listed(t *testing.T, p *browserpath.Path) []userops.User {
	t.Helper()
	var got []userops.User
	l, err := p.List(t.Context(), nil, func(u userops.User) error { got = append(got, u); return nil })
	require.NoError(t, err)
	require.True(t, l.Complete, l.Proof)
	return got
}

// TestCardsAreListedWhole reads a list that draws what is in view, uses its cards again, and begins with a filter
// that was chosen on an earlier visit.
func TestCardsAreListedWhole(t *testing.T) {
	t.Parallel()
	con, p, _ := workspaceSetup(t, workspace.Options{View: remembered})
	assert.Equal(t, fromWorkspace(con.People()), listed(t, p))
	assert.Empty(t, con.Changes())
	assert.Zero(t, con.View(), "filter and search were put back")
}

// farthest is the e-mail of somebody at the far end of the list.
const farthest = "emil.wolf5@nordlicht.example"

// TestCardsAreChanged makes every change on people who are easily taken for somebody else, each in a list that is
// narrowed at first, and holds what is stored against what was asked for.
func TestCardsAreChanged(t *testing.T) {
	t.Parallel()
	suspend := func(p *workspace.Person) { p.State = workspace.Suspended }
	late, names := workspace.Options{Latency: 400 * time.Millisecond}, workspace.Options{Names: true}
	for name, c := range map[string]struct {
		o    workspace.Options
		rq   userops.Request
		what string
		want func(p *workspace.Person)
	}{
		"deactivate":                    {workspace.Options{}, useropstest.Deactivate("anna.schmidt@nordlicht.example"), "suspend", suspend},
		"deactivate an invited one":     {late, useropstest.Deactivate("neu@nordlicht.example"), "suspend", suspend},
		"deactivate without a search":   {names, useropstest.Deactivate(farthest), "suspend", suspend},
		"reactivate":                    {late, useropstest.Reactivate("hanna.schmidt@nordlicht.example"), "restore", func(p *workspace.Person) { p.State = workspace.Active }},
		"set role":                      {late, useropstest.SetRole("anna.schmidt2@nordlicht.example", "Leserechte"), "role", func(p *workspace.Person) { p.Role = "Leserechte" }},
		"rename one found by scrolling": {names, renaming("anna.schmidt@nordlicht.example.com"), "name", func(p *workspace.Person) { p.First, p.Last = "Änne", "Schmitt" }},
	} {
		if !useropstest.All() && slices.Contains([]string{"reactivate", "set role", "deactivate an invited one"}, name) {
			continue // the others go the same ways
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.o.View = remembered
			con, p, _ := workspaceSetup(t, c.o)
			want := con.People()
			i := slices.IndexFunc(want, func(p workspace.Person) bool { return p.Email == c.rq.Email })
			c.want(&want[i])
			r := p.Change(t.Context(), c.rq)
			require.Equal(t, userops.Done, r.Outcome, r.Reason)
			assert.Empty(t, r.Notices)
			assert.Equal(t, want, con.People(), "nobody else")
			assert.Equal(t, []workspace.Change{{What: c.what, Person: want[i]}}, con.Changes(), "once")
			for _, q := range con.Requests() {
				if q.Method != "GET" && q.Path != "/api/v1/session" {
					assert.True(t, q.Token, "%s %s", q.Method, q.Path)
				}
			}
		})
	}
}

func renaming(email string) userops.Request {
	return userops.Request{Action: userops.Rename, Email: email, FirstName: "Änne", LastName: "Schmitt"}
}

// TestCardsOfNobodyElse asks for an address that only looks like somebody's, and for one who is no longer there
// when the list has been read.
func TestCardsOfNobodyElse(t *testing.T) {
	t.Parallel()
	con, p, _ := workspaceSetup(t, workspace.Options{View: remembered})
	before := con.People()
	r := p.Change(t.Context(), useropstest.Deactivate("na.schmidt@nordlicht.example"))
	assert.Equal(t, userops.Halted, r.Outcome)
	assert.Equal(t, userops.CodeOf(userops.ErrNotFound), userops.CodeOf(r.Err), r.Reason)
	assert.Equal(t, before, con.People())
	assert.Empty(t, con.Changes())
}

// TestALookMissesNoRoles has no option match: the flow that reads the roles halts, and the target is named.
func TestALookMissesNoRoles(t *testing.T) {
	t.Parallel()
	con, p, lib := workspaceSetup(t, workspace.Options{})
	for _, v := range lib.Versions {
		if spec, ok := v.Targets["choice.options"]; ok {
			for i := range spec.Candidates {
				spec.Candidates[i] = selectors.Candidate{Role: "menuitemradio", Provenance: selectors.Guessed}
			}
		}
	}
	r := examined(t, p, lib, doctor.Walk{Only: []string{"list-roles"}}).Report()
	assert.Equal(t, doctor.Broken, r.Verdict)
	require.Len(t, r.Of(doctor.Missing), 1, "%+v", r.Targets)
	assert.Equal(t, "choice.options", r.Of(doctor.Missing)[0].Name)
	assert.Empty(t, con.Changes())
}

// TestCardsThatMislead has the page make each of its mistakes, once with files that say what a commit sends and
// once with files that do not: nothing may be stored about anybody else, twice, or with another value.
func TestCardsThatMislead(t *testing.T) {
	t.Parallel()
	deactivate, setRole := useropstest.Deactivate("anna.schmidt@nordlicht.example"), useropstest.SetRole("anna.schmidt2@nordlicht.example", "Leserechte")
	invite := userops.Request{Action: userops.Invite, Email: "eva@nordlicht.example", FirstName: "Eva", LastName: "Moos", Role: "Leserechte"}
	said, err := flows.Load("workspace", "testdata/workspace")
	require.NoError(t, err)
	unsaid, err := flows.Load("workspace", withoutSends(t))
	require.NoError(t, err)
	for fault, rq := range map[string]userops.Request{"stale": deactivate, "another": setRole, "twice": invite, "role": setRole} {
		for files, lib := range map[string]*flows.Library{"said": said, "unsaid": unsaid} {
			if files == "said" && fault != "twice" && !useropstest.All() {
				continue // what is said stops more than what is not
			}
			t.Run(fmt.Sprint(fault, " ", rq.Action, " ", files), func(t *testing.T) {
				t.Parallel()
				con, p, _ := workspaceSetup(t, workspace.Options{View: remembered, Fault: fault}, func(o *browserpath.Options) {
					o.Library, o.StepTimeout = lib, 8*time.Second
				})
				r := p.Change(t.Context(), rq)
				want := map[bool]userops.Outcome{true: userops.Done, false: userops.Halted}[fault == "twice"]
				assert.Equal(t, want, r.Outcome, r.Reason)
				changes := con.Changes()
				require.Len(t, changes, map[bool]int{true: 1}[fault == "twice"])
				for _, c := range changes {
					assert.Equal(t, rq.Email, c.Person.Email)
				}
			})
		}
	}
}

// withoutSends is a copy of the console's files in which no flow says what its commit sends.
func withoutSends(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS("testdata/workspace")))
	files, err := filepath.Glob(filepath.Join(dir, "flows/workspace/*.yaml"))
	require.NoError(t, err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(file, regexp.MustCompile(`(?m)^sends:.*\n`).ReplaceAll(text, nil), 0o600))
	}
	return dir
}

// TestAWordThatIsNotKnown has the console show a status that the files do not have: it is told with the word, and
// whoever has it is not changed.
func TestAWordThatIsNotKnown(t *testing.T) {
	t.Parallel()
	con, p, _ := workspaceSetup(t, workspace.Options{View: remembered})
	const whom = "anna.schmidt@nordlicht.example"
	con.Edit(func(ps []workspace.Person) []workspace.Person {
		i := slices.IndexFunc(ps, func(p workspace.Person) bool { return p.Email == whom })
		ps[i].State = "ruhend"
		return ps
	})
	r := p.Change(t.Context(), useropstest.Deactivate(whom))
	assert.Equal(t, userops.Halted, r.Outcome)
	assert.Contains(t, r.Reason, `"ruhend"`)
	assert.Empty(t, con.Changes())
}

// TestALookAtCardsIsSound walks through every flow, and nothing is stored.
func TestALookAtCardsIsSound(t *testing.T) {
	t.Parallel()
	con, p, lib := workspaceSetup(t, workspace.Options{View: remembered})
	r := examined(t, p, lib, doctor.Walk{Sample: "anna.schmidt@nordlicht.example"}).Report()
	assert.Equal(t, doctor.Sound, r.Verdict, "%+v", r)
	for _, f := range r.Flows {
		assert.Empty(t, f.Reason+f.Skipped, f.Name)
	}
	assert.Empty(t, con.Changes())
}
