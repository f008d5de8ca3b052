package browserpath_test

import (
	"testing"

	"github.com/billagent/billagent/fixtures/workspace"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/require"
)

// TestCardsThatWereCalibratedFromNothing runs a sample of the conformance suite by the files in testdata/emptied;
// TEST_CONFORMANCE=all runs the whole. They were written by TestAConsoleOfCardsIsCalibratedFromNothing of
// cmd/billagent, with TEST_CONFORMANCE=all: by calibrate, from files that had no flow and no target but for the sign-in,
// and by what a person does who knows the console. Of app.yaml, the sign-in and its version alone a line was written by hand.
func TestCardsThatWereCalibratedFromNothing(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("workspace", "testdata/emptied")
	require.NoError(t, err)
	useropstest.Sample(t, 4, 9, func(t *testing.T) useropstest.Backend {
		return cardsBacked(t, func(o *browserpath.Options) { o.Library = lib })
	})
}

// cardsBacked is a console of cards with the people of the conformance suite, left filtered and searched.
func cardsBacked(t *testing.T, edit ...func(*browserpath.Options)) useropstest.Backend {
	t.Helper()
	con, p, _ := workspaceSetup(t, workspace.Options{
		People: toWorkspace(useropstest.Seed()), Agent: useropstest.Self, View: remembered,
		Roles: []string{"Administrator", "Accountant", "Approver", "Payer", "Clerk", "Auditor", "People Manager"},
	}, edit...)
	return useropstest.Backend{
		Directory: p,
		Stored:    func() []userops.User { return fromWorkspace(con.People()) },
		Edit: func(edit func([]userops.User) []userops.User) {
			con.Edit(func(ps []workspace.Person) []workspace.Person { return toWorkspace(edit(fromWorkspace(ps))) })
		},
		DualControl: con.AskTwo,
	}
}
