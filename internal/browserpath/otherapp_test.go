package browserpath_test

import (
	"context"
	"testing"

	"github.com/billagent/billagent/automation"
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
	desk := helpdesk.Start()
	t.Cleanup(desk.Close)
	lib, err := flows.Load("helpdesk", "testdata/helpdesk")
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
	assert.Equal(t, userops.Halted, r.Outcome, "there is no flow for it")

	stored := desk.People()
	require.Len(t, stored, 6)
	for _, s := range stored {
		assert.Equal(t, s.Email == "ann@desk.example" || s.Email == "old@desk.example", s.Suspended, s.Email)
	}
	c, err := p.Capabilities(t.Context())
	require.NoError(t, err)
	assert.ElementsMatch(t, []userops.Action{userops.Invite, userops.Deactivate}, c.Can)
	assert.Len(t, c.Cannot, 3)
}
