package browserpath_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fourth is neo3 changed heavily, as cmd/billagent has it. The version in testdata/fourth was made for it by doctor,
// repair and pick alone; and for the console with another order of steps (the role before Edit) the flow set-role by
// record.
func fourth(roleFirst bool) console.Options {
	o := console.Options{Layout: "neo3", DriftSeed: 3, RoleFirst: roleFirst}
	for kind, elements := range map[string][]string{
		"rename-testid": {
			"invite-user", "profile", "profile-email", "profile-edit", "profile-rename", "profile-deactivate", "profile-reactivate", "profile-save", "name-first",
			"name-last", "name-save", "role-picker", "confirm-dialog", "confirm-email", "confirm-yes", "invite-dialog", "invite-next", "invite-send", "org-name", "users-count",
		},
		"rename-label": {"invite-user", "profile-deactivate", "profile-edit", "confirm-yes", "show-inactive-users", "invite-first"},
		"translate":    {"column-role"}, "change-tag": {"profile-edit"}, "wrap": {"users-table"}, "move": {"profile-save"}, "icon": {"profile-rename"}, "column-order": {"users-table"},
	} {
		for _, e := range elements {
			o.Drift = append(o.Drift, console.Drift{Kind: kind, Element: e})
		}
	}
	return o
}

// TestARepairedVersionServes runs a sample of the conformance suite on both; TEST_CONFORMANCE=all runs the whole.
func TestARepairedVersionServes(t *testing.T) {
	t.Parallel()
	for i, name := range []string{"repaired alone", "and recorded"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			overlay, recorded := t.TempDir(), i == 1
			require.NoError(t, os.CopyFS(overlay, os.DirFS("testdata/fourth")))
			if !recorded {
				require.NoError(t, os.RemoveAll(filepath.Join(overlay, "flows")))
			}
			lib, err := browserpath.LoadLibrary("bill", overlay)
			require.NoError(t, err)
			repaired := func(o *browserpath.Options) { o.Library = lib }
			useropstest.Sample(t, 10*i, 20, func(t *testing.T) useropstest.Backend {
				o := fourth(recorded)
				o.People = toConsole(useropstest.Seed())
				return backed(setup(t, o, repaired))
			})
			con, p := setup(t, fourth(recorded), repaired)
			r := p.Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
			require.Equal(t, userops.Done, r.Outcome, r.Reason)
			assert.Equal(t, "neo3-2031-05-07", r.SelectorVersion)
			u, _ := con.UserByEmail(ann)
			assert.Equal(t, "Clerk", u.Role)
		})
	}
}
