package browserpath_test

import (
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestReadingSomebodysPageChangesNothing has consoles whose page of a user, or form of a new one, takes access away when it
// is only opened. It judges by what is stored.
func TestReadingSomebodysPageChangesNothing(t *testing.T) {
	t.Parallel()
	t.Run("for what the list does not show", func(t *testing.T) {
		t.Parallel()
		lib := listWithoutRoles(t)
		con, p := setup(t, console.Options{Layout: "neo", Differences: []string{"acts-when-opened"}}, impatient, func(o *browserpath.Options) { o.Library = lib })
		u, err := p.Get(t.Context(), ann)
		require.NoError(t, err)
		assert.Equal(t, "Approver", u.Role)
		require.NoError(t, p.Details(t.Context(), []userops.User{u}, func(userops.User) error { return nil }))
		assert.Empty(t, con.Changes())
	})
	t.Run("for whether a request waits", func(t *testing.T) {
		t.Parallel()
		con, p := setup(t, console.Options{Layout: "neo", Differences: []string{"acts-when-opened"}}, impatient)
		require.NoError(t, con.AddFault(console.Fault{Name: "toast-without-effect", At: "set-role"}))
		r := p.Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
		assert.Equal(t, userops.Unknown, r.Outcome, r.Reason)
		assert.Empty(t, con.Changes())
	})
	t.Run("for the roles on offer", func(t *testing.T) {
		t.Parallel()
		for _, layout := range console.Layouts {
			con, p := setup(t, console.Options{Layout: layout, Differences: []string{"acts-when-the-form-opens"}}, impatient)
			roles, err := p.Roles(t.Context())
			require.NoError(t, err, layout)
			assert.Contains(t, roles, "Clerk", layout)
			assert.Empty(t, con.Changes(), layout)
		}
	})
	t.Run("for the tokens of its form", func(t *testing.T) {
		t.Parallel()
		lib, err := browserpath.LoadLibrary("bill", "")
		require.NoError(t, err)
		f, ok := lib.Flow("deactivate", "classic")
		require.True(t, ok)
		f.Sends = nil // what it sends would say whose organisation it is, so that the form is not looked at again
		con, p := setup(t, console.Options{Layout: "classic", Differences: []string{"acts-when-opened"}}, impatient, func(o *browserpath.Options) { o.Library = lib })
		r := p.Change(t.Context(), useropstest.Deactivate(ann))
		assert.Equal(t, userops.Done, r.Outcome, r.Reason)
		assert.Equal(t, 1, changesOf(con, "deactivate"))
	})
}

// TestAPageThatMayNotAskIsNotBelieved has a page that asks for what it shows by POST, which is held.
func TestAPageThatMayNotAskIsNotBelieved(t *testing.T) {
	t.Parallel()
	lib := listWithoutRoles(t)
	_, p := setup(t, console.Options{Layout: "neo", Differences: []string{"role-by-post"}}, impatient, func(o *browserpath.Options) { o.Library = lib })
	_, err := p.Get(t.Context(), ann)
	require.ErrorIs(t, err, userops.ErrDrift)
	assert.ErrorContains(t, err, "it reads no role, and the page was kept from sending POST")
	assert.ErrorContains(t, err, "/api/telemetry")
}
