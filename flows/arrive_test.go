package flows_test

import (
	"testing"

	"github.com/billagent/billagent/flows"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhereAFlowNeedsATarget asks the shipped flows.
func TestWhereAFlowNeedsATarget(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	deactivate, ok := lib.Flow("deactivate", "neo3")
	require.True(t, ok)
	upTo, _ := deactivate.WithoutCommit()
	need, uses := upTo.Needs("user.deactivate")
	assert.True(t, uses)
	assert.Equal(t, flows.Needed, need)
	_, uses = upTo.Needs("result.done")
	assert.False(t, uses, "it comes after the commit")
	assert.Equal(t, "users.table", deactivate.Tables()["users.row_open"])
	roles, ok := lib.Flow("list-roles", "neo3")
	require.True(t, ok)
	assert.Contains(t, roles.Several(), "role.options")
}
