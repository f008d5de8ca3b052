package browserpath_test

import (
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAConsoleThatMovesDuringAChange answers on another host after the next sign-in, which comes in the middle of the
// change: the addresses that were read before lead nowhere.
func TestAConsoleThatMovesDuringAChange(t *testing.T) {
	t.Parallel()
	for layout, at := range map[string]string{"classic": "users.detail", "neo": "users.detail", "neo3": "users"} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			con, p := setup(t, console.Options{Layout: layout}, impatient)
			require.NoError(t, con.AddFault(console.Fault{Name: "pod-changed", At: at, Times: 1}))
			r := p.Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
			assert.Equal(t, userops.Done, r.Outcome, r.Reason)
			stored, _ := con.UserByEmail(ann)
			assert.Equal(t, "Clerk", stored.Role)
		})
	}
}
