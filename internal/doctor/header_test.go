package doctor

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
)

// TestOneHeaderIsNotThatOfTwoColumns proposes what is alike, and applies it only where it is that of one column.
func TestOneHeaderIsNotThatOfTwoColumns(t *testing.T) {
	t.Parallel()
	table := &selectors.Table{Columns: map[string]selectors.Column{
		"first": {Header: "First name"}, "last": {Header: "Last name"}, "role": {Header: "Role"}, "email": {Header: "Email"},
	}}
	lost := map[string]string{"first": "gone", "last": "gone", "role": "gone", "email": ""}
	got := headers(table, automation.Examination{Headers: []string{"Email", "Last, first name", "Rolle"}, Columns: lost})
	assert.Equal(t, "Rolle", got["role"].Words)
	assert.True(t, got["role"].Clear)
	assert.False(t, got["first"].Clear && got["last"].Clear)
	assert.NotContains(t, got, "email")
	got = headers(table, automation.Examination{Headers: []string{"Email", "Funktion"}, Columns: map[string]string{"role": "gone"}})
	assert.Empty(t, got["role"].Words)
	assert.Equal(t, []string{"Funktion"}, got["role"].Left)
}
