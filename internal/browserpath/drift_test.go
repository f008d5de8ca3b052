package browserpath_test

import (
	"os"
	"slices"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onTheWay are the elements that somebody meets who deactivates a user.
var onTheWay = []string{
	"users", "settings-menu", "settings", "org-name", "org-menu", "content", "users-table", "user-link",
	"column-email", "column-active", "column-name", "users-count", "record-count",
	"show-inactive", "show-inactive-users", "refresh", "next", "profile", "profile-email", "detail-email", "del",
	"deactivate", "profile-deactivate", "confirm-dialog", "confirm-email", "confirm-yes", "toast-done", "flash-done",
	"msg-done",
}

// sampled are drifts of each kind, a few for each layout.
var sampled = map[string][]string{
	"classic": {"rename-label:del", "duplicate:user-link"},
	"neo":     {"duplicate:deactivate", "new-column:users-table"},
	"neo3":    {"rename-testid:confirm-yes", "move:profile-deactivate", "split:sign-in"},
}

// driftsOnTheWay are the drifts to be tried on a layout: a few, or all of the elements on the way.
func driftsOnTheWay(t *testing.T, layout string) []console.Drift {
	var chosen []console.Drift
	if os.Getenv("TEST_DRIFTS") == "all" {
		return slices.DeleteFunc(console.Drifts(layout), func(d console.Drift) bool {
			return !slices.Contains(onTheWay, d.Element)
		})
	}
	for _, text := range sampled[layout] {
		d, err := console.ParseDrift(text)
		require.NoError(t, err)
		chosen = append(chosen, d)
	}
	return chosen
}

// TestAConsoleThatHasDriftedIsNeverServedWrongly asks for what is stored, whatever the agent says of itself.
// TEST_DRIFTS=all tries every drift of every element on the way, which takes about half an hour.
func TestAConsoleThatHasDriftedIsNeverServedWrongly(t *testing.T) {
	t.Parallel()
	eachLayout(t, func(t *testing.T, layout string) {
		for _, d := range driftsOnTheWay(t, layout) {
			t.Run(d.String(), func(t *testing.T) {
				con, p := setup(t, console.Options{Layout: layout, Drift: []console.Drift{d}, DriftSeed: 1}, impatient)
				before := con.Users()
				if con.Drifted()[0].Page == "users.list" {
					listedRightly(t, con, p)
				}
				r := p.Change(t.Context(), useropstest.Deactivate(ann))
				t.Log(r.Outcome, r.Reason)
				after := con.Users()
				require.Len(t, after, len(before))
				for i, u := range before {
					if u.Email != ann {
						assert.Equal(t, u, after[i], "somebody else was changed: %s", con.Drifted()[0].How)
						continue
					}
					stored := after[i].Status == console.Inactive
					assert.Equal(t, stored, r.Outcome == userops.Done, "%s: %s", r.Outcome, r.Reason)
					u.Status = after[i].Status
					assert.Equal(t, u, after[i])
				}
			})
		}
	})
}

// listedRightly says that whoever is listed is stored so, and that a list that is said to be complete is.
func listedRightly(t *testing.T, con *console.Console, p userops.Directory) {
	t.Helper()
	var got []userops.User
	l, err := p.List(t.Context(), nil, func(u userops.User) error { got = append(got, u); return nil })
	t.Log(l.Complete, err)
	if err != nil || !l.Complete {
		return
	}
	want := fromConsole(con.Users())
	require.Len(t, got, len(want))
	for i, u := range got {
		if u.Notice != "" { // it says itself that something could not be read
			assert.Equal(t, want[i].Email, u.Email)
			continue
		}
		assert.Contains(t, []string{"", want[i].ID}, u.ID)
		u.ID = want[i].ID
		assert.Equal(t, want[i], u)
	}
}
