package flows_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAMenuOpensWhereTheMouseRests holds by what arrives that a menu which acts when it is opened is kept from it.
func TestAMenuOpensWhereTheMouseRests(t *testing.T) {
	t.Parallel()
	c := script{
		page: ann + `<div id=menu onmouseenter="save.hidden = false; fetch('/early?id=006ANN', { method: 'POST' })">Menu
			<button id=save hidden onclick="fetch('/save?id=006ANN', { method: 'POST' })">Save</button></div>`,
		targets: []string{"who", "menu", "save"}, changes: true,
		steps: "hover: menu\n" + commitTo,
	}.carryOut(t)
	require.NoError(t, c.err)
	assert.True(t, c.result.Committed)
	c.arrive(t, []string{"POST /save?id=006ANN"})
}

func TestAHoverIsCheckedWhenItIsRead(t *testing.T) {
	t.Parallel()
	for steps, says := range map[string]string{
		"hover: [save]\n" + commitTo: "act.yaml:8",
		"hover: { target: who, row: { table: who, key: \"x@acme.example\" } }\n" + commitTo:       "the row is that of the subject",
		"click: { target: who, row: { table: who, key: \"${email}\" } }\nhover: who\n" + commitTo: "who stands in the rows of a table",
		commitTo + "\nhover: who": "nothing is acted on after a commit",
	} {
		_, err := script{targets: []string{"who", "save"}, changes: true, steps: steps}.load(t)
		require.ErrorContains(t, err, says, steps)
	}
}
