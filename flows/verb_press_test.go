package flows_test

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestEscapeClosesWhatWouldBeInTheWay(t *testing.T) {
	t.Parallel()
	c := script{
		page:    `<dialog id=tour>What is new</dialog><script>tour.showModal()</script>`,
		targets: []string{"tour"},
		steps:   "await: [tour]\npress: { key: Escape }\nexpect: { target: tour, gone: true }",
	}.carryOut(t)
	require.NoError(t, c.err)
}

// TestEnterIsNoWayAroundACommit presses Enter in fields and buttons of a flow that changes something, and looks at what
// arrives at the server: no request that the commit has not sent.
func TestEnterIsNoWayAroundACommit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, page string
		only       bool // it ends, since only the commit may do it
		arrived    []string
	}{
		{"the button of the commit", ann + `<button id=field onclick="fetch('/save?id=006ANN', { method: 'POST' })">Save</button><b id=save></b>`, true, []string{}},
		{"a button that names nobody", ann + `<button id=field onclick="fetch('/save', { method: 'POST' })">Save</button><b id=save></b>`, true, []string{}},
		{"a field of the form", ann + `<form action=/save method=post><input id=field><button id=save>Save</button></form>`, true, []string{}},
		{"a script sends it at the key", ann + `<input id=field onkeydown="fetch('/early?id=006ANN', { method: 'POST' })">` + saveAnn, false, []string{"POST /save?id=006ANN"}},
		{"a list that takes Enter for itself", ann + `<form action=/save method=post><input id=field role=combobox onkeydown="event.preventDefault()"></form>` + saveAnn, false, []string{"POST /save?id=006ANN"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := script{
				page: c.page, targets: []string{"who", "field", "save"}, changes: true,
				steps: "press: { key: Enter, target: field }\n" + commitTo,
			}.carryOut(t)
			if c.only {
				require.ErrorIs(t, got.err, automation.ErrOnlyCommit)
				assert.False(t, got.result.Pressed)
			} else {
				require.NoError(t, got.err)
				assert.True(t, got.result.Committed)
			}
			got.arrive(t, c.arrived)
		})
	}
}

// TestEnterSignsIn is of a flow that changes nothing: its Enter is that of a person.
func TestEnterSignsIn(t *testing.T) {
	t.Parallel()
	c := script{
		page:    `<form action=/sign-in method=post><input id=field><button>Next</button></form>`,
		targets: []string{"field"},
		steps:   "{ press: { key: Enter, target: field }, reloads: true }",
	}.carryOut(t)
	require.NoError(t, c.err)
	c.arrive(t, []string{"POST /sign-in"})
}

func TestAPressIsCheckedWhenItIsRead(t *testing.T) {
	t.Parallel()
	for steps, says := range map[string]string{
		"press: { key: Enter }\n" + commitTo:                              "Enter is pressed in a target",
		"press: { key: Delete }\n" + commitTo:                             "act.yaml:8",
		"press: { target: save }\n" + commitTo:                            "act.yaml:8",
		"{ press: { key: Escape }, reloads: true }\n" + commitTo:          "asks and reloads need a target",
		commitTo + "\npress: { key: Escape }":                             "nothing is acted on after a commit",
		"press: { key: Home, target: \"${email}\" }\n" + commitTo:         "act.yaml:8",
		"press: { key: Home, target: nowhere }\n" + commitTo:              "no target \"nowhere\"",
		"press: { key: Home, target: who, row: { key: x } }\n" + commitTo: "unknown key \"row\"",
	} {
		_, err := script{targets: []string{"who", "save"}, changes: true, steps: steps}.load(t)
		require.ErrorContains(t, err, says, steps)
	}
}
