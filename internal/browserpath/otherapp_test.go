package browserpath_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/fixtures/helpdesk"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAnotherConsoleNeedsFilesAlone serves a console that has nothing in common with BILL's, by an overlay folder.
func TestAnotherConsoleNeedsFilesAlone(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	t.Parallel()
	desk := helpdesk.Start(helpdesk.Options{})
	t.Cleanup(desk.Close)
	files := t.TempDir()
	require.NoError(t, os.CopyFS(files, os.DirFS("testdata/helpdesk")))
	require.NoError(t, os.Remove(filepath.Join(files, "flows/helpdesk/rename.yaml")))
	lib, err := flows.Load("helpdesk", files)
	require.NoError(t, err)
	p := browserpath.New(browserpath.Options{Tenant: "desk", Library: lib, SignIn: desk.URL, Hosts: []string{"127.0.0.1"}, Account: helpdesk.Agent,
		Password: func(context.Context) (string, error) { return helpdesk.Password, nil }, Factor: browserpath.PromptedCode{},
		Launch: automation.Options{ProfileDir: t.TempDir()}, EvidenceDir: t.TempDir()})
	t.Cleanup(func() { require.NoError(t, p.Close()) })

	var got []userops.User
	l, err := p.List(t.Context(), nil, func(u userops.User) error { got = append(got, u); return nil })
	require.NoError(t, err)
	assert.True(t, l.Complete, l.Proof)
	require.Len(t, got, 5)
	assert.Equal(t, userops.User{Email: "old@desk.example", FirstName: "Old", LastName: "Hand", Role: "Viewer", Status: userops.Inactive}, got[4])

	r := p.Change(t.Context(), useropstest.Deactivate("ann@desk.example"))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	r = p.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "eve@desk.example", FirstName: "Eve", LastName: "Moss", Role: "Agent"})
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	r = p.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "mal@desk.example", FirstName: "Mal", LastName: "O", Role: "Emperor"})
	assert.Equal(t, userops.Halted, r.Outcome)
	assert.Contains(t, r.Reason, "Viewer, Agent, Owner")
	r = p.Change(t.Context(), useropstest.Reactivate("old@desk.example"))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)

	stored := desk.People()
	require.Len(t, stored, 6)
	for _, s := range stored {
		assert.Equal(t, s.Email == "ann@desk.example", s.State == helpdesk.Suspended, s.Email)
	}
	r = p.Change(t.Context(), renaming("joann@desk.example"))
	assert.Equal(t, userops.Halted, r.Outcome, "there is no flow for it")
	c, err := p.Capabilities(t.Context())
	require.NoError(t, err)
	assert.ElementsMatch(t, []userops.Action{userops.Invite, userops.Deactivate, userops.Reactivate, userops.SetRole}, c.Can)
	assert.Len(t, c.Cannot, 1)
}

// deskSetup starts the helpdesk with the people of the conformance suite, and a path to it by the files in a folder.
func deskSetup(t *testing.T, files string) useropstest.Backend {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	desk := helpdesk.Start(helpdesk.Options{Agent: useropstest.Self, People: toDesk(useropstest.Seed()),
		Levels: []string{"Administrator", "Accountant", "Approver", "Payer", "Clerk", "Auditor", "People Manager"}})
	t.Cleanup(desk.Close)
	lib, err := flows.Load("helpdesk", files)
	require.NoError(t, err)
	lib.App.Roles.Administrator = "Administrator" // the word of the suite
	p := browserpath.New(browserpath.Options{Tenant: "desk", Library: lib, SignIn: desk.URL, Hosts: []string{"127.0.0.1"}, Account: useropstest.Self,
		Password: func(context.Context) (string, error) { return helpdesk.Password, nil }, Factor: browserpath.PromptedCode{},
		Lend: automationtest.Lend, EvidenceDir: t.TempDir(), ReadBack: 8 * time.Second})
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return useropstest.Backend{
		Directory: p, DualControl: desk.AskTwo,
		Stored: func() []userops.User { return fromDesk(desk.People()) },
		Edit: func(edit func([]userops.User) []userops.User) {
			desk.Edit(func(ps []helpdesk.Person) []helpdesk.Person { return toDesk(edit(fromDesk(ps))) })
		},
	}
}

var deskStates = map[userops.Status]string{userops.Active: helpdesk.Enabled, userops.Inactive: helpdesk.Suspended, userops.Pending: helpdesk.Waiting}

// toDesk leaves out the ids: the helpdesk has none.
func toDesk(users []userops.User) (out []helpdesk.Person) {
	for _, u := range users {
		out = append(out, helpdesk.Person{Email: u.Email, First: u.FirstName, Last: u.LastName, Level: u.Role, State: deskStates[u.Status]})
	}
	return out
}

func fromDesk(people []helpdesk.Person) (out []userops.User) {
	for _, p := range people {
		u := userops.User{Email: p.Email, FirstName: p.First, LastName: p.Last, Role: p.Level}
		for status, word := range deskStates {
			if word == p.State {
				u.Status = status
			}
		}
		out = append(out, u)
	}
	return out
}

// TestConformanceOfTheHelpdesk has a sample of the conformance suite (TEST_CONFORMANCE=all: the whole) judge a console
// without ids and without a script, which is served by files alone.
func TestConformanceOfTheHelpdesk(t *testing.T) {
	t.Parallel()
	useropstest.Sample(t, 3, 7, func(t *testing.T) useropstest.Backend { return deskSetup(t, "testdata/helpdesk") })
}

// TestTheHelpdeskThatWasCalibratedFromNothing runs a sample of the conformance suite by the files in
// testdata/helpdesk-emptied; TEST_CONFORMANCE=all runs the whole. They were written by
// TestAnotherConsoleIsCalibratedFromNothing of cmd/billagent, with TEST_KEEP=all.
func TestTheHelpdeskThatWasCalibratedFromNothing(t *testing.T) {
	t.Parallel()
	useropstest.Sample(t, 5, 7, func(t *testing.T) useropstest.Backend { return deskSetup(t, "testdata/helpdesk-emptied") })
}
