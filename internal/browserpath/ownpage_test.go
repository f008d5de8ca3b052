package browserpath_test

import (
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhoseEMailIsCutShortTheirOwnPageDecides lists people whose e-mails end in an ellipsis or have signs in them that
// are not seen, and changes one.
func TestWhoseEMailIsCutShortTheirOwnPageDecides(t *testing.T) {
	t.Parallel()
	for _, with := range []string{"email-cut-short", "email-with-soft-hyphens", "email-with-label"} {
		t.Run(with, func(t *testing.T) {
			t.Parallel()
			con, p := setup(t, console.Options{Layout: "neo", Differences: []string{with}})
			var got []string
			l, err := p.List(t.Context(), nil, func(u userops.User) error {
				got = append(got, u.Email)
				assert.Empty(t, u.Notice)
				return nil
			})
			require.NoError(t, err)
			assert.True(t, l.Complete, l.Proof)
			var stored []string
			for _, u := range con.Users() {
				stored = append(stored, u.Email)
			}
			assert.ElementsMatch(t, stored, got)
			assert.Empty(t, con.Changes())
			if with == "email-cut-short" {
				return
			}
			r := p.Change(t.Context(), useropstest.Deactivate(ann))
			require.Equal(t, userops.Done, r.Outcome, r.Reason)
			u, _ := con.UserByEmail(ann)
			assert.Equal(t, console.Inactive, u.Status)
		})
	}
}
