package browserpath_test

import (
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mute has the organisation be shown on every page but those of the list.
func mute(o *browserpath.Options) {
	for _, v := range o.Library.Versions {
		if whose, ok := v.Target("organisation.current"); ok && v.Layout == "neo" {
			whose.Candidates = []selectors.Candidate{{CSS: "body:not(:has(#usersTable)) #org-menu", Provenance: selectors.Guessed}}
		}
	}
}

// TestAListThatDoesNotSayWhoseItIs has home say it for the list: before it is read and afterwards.
func TestAListThatDoesNotSayWhoseItIs(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo"}, impatient, mute)
	homes := func(do func()) (n int) {
		before := len(con.Requests())
		do()
		for _, q := range con.Requests()[before:] {
			if q.Path == "/neo/home" {
				n++
			}
		}
		return n
	}
	read := func() {
		n, err := count(t, p)
		require.NoError(t, err)
		assert.Len(t, con.Users(), n)
	}
	read()
	assert.Equal(t, 2, homes(read), "the list was asked in vain, and home before and after")
	assert.Equal(t, 2, homes(read), "home is asked from then on")
	r := p.Change(t.Context(), useropstest.Deactivate(ann))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, 1, changesOf(con, "deactivate"))

	require.NoError(t, con.AddDifference("switched-to-twin"))
	_, err := count(t, p)
	require.ErrorIs(t, err, userops.ErrOrganisation, "the list is another organisation's, which only home says")
}
