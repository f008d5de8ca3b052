package browserpath_test

import (
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// oddPeople are an ordinary list with a few that cannot be made out.
func oddPeople() []console.User {
	return []console.User{
		{ID: "006A", Email: console.RobotEmail, FirstName: "Robin", LastName: "Automat", Role: "Administrator", Status: console.Active},
		{ID: "006B", Email: "olivia@acme.example", FirstName: "Olivia", LastName: "Boss", Role: "Administrator", Status: console.Active},
		{ID: "006C", Email: "bob@acme.example", FirstName: "Bob", LastName: "Lee", Role: "Clerk", Status: console.Active},
		{ID: "006D", Email: "carl@acme.exa…", FirstName: "Carl", LastName: "Long", Role: "Clerk", Status: console.Active},
		{ID: "006E", Email: "", FirstName: "Nell", LastName: "Nomail", Role: "Clerk", Status: console.Active},
		{ID: "006F", Email: "dora@acme.example", FirstName: "Dora", LastName: "Dormant", Role: "Clerk", Status: "dormant"},
		{ID: "006G", Email: "nemo@acme.example", FirstName: "", LastName: "", Role: "Clerk", Status: console.Active},
	}
}

func TestOneOddUserBlocksNobodyElse(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout, People: oddPeople()})
		got := map[string]userops.User{}
		l, err := p.List(t.Context(), []userops.Status{userops.Active}, func(u userops.User) error { got[u.ID] = u; return nil })
		require.NoError(t, err)
		assert.True(t, l.Complete, l.Proof)
		require.Len(t, got, 7, "somebody whose status is not recognised may be active")
		for id, says := range map[string]string{"006D": "carl@acme.exa…", "006E": "no e-mail", "006F": "status"} {
			assert.Contains(t, got[id].Notice, says)
		}
		nameless, err := p.Get(t.Context(), "nemo@acme.example") // neo3 draws no link without a name, so it has no id there
		require.NoError(t, err)
		assert.Contains(t, nameless.Notice, "no name")
		assert.Empty(t, got["006C"].Notice)
		assert.Empty(t, got["006D"].Email, "what cannot be read is not given as an address")
		assert.Equal(t, userops.Unrecognised, got["006F"].Status)

		for _, email := range []string{"carl@acme.example", "dora@acme.example", "nemo@acme.example"} {
			r := p.Change(t.Context(), useropstest.Deactivate(email))
			assert.Equal(t, userops.Halted, r.Outcome, email)
			require.ErrorIs(t, r.Err, userops.ErrDrift, email)
		}
		require.Empty(t, con.Changes())
		r := p.Change(t.Context(), useropstest.Deactivate("bob@acme.example"))
		assert.Equal(t, userops.Done, r.Outcome, r.Reason)
	})
}
