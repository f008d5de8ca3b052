package main

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// onChooser presses a button of the list chooser by the keyboard alone: they are counted from the end.
func onChooser(fromEnd int) act {
	return keys(append(append([]string{"F2"}, strings.Fields(strings.Repeat("ArrowUp ", fromEnd))...), "Enter")...)
}

// The buttons of the list chooser, counted from the end.
const (
	filterOfList  = 2
	nextOfList    = 3
	counterOfList = 4
	takeList      = 5
)

// showsList shows the list of a layout, as the flow that ships reads it, and all that belongs to it.
func (d *driver) showsList(rows *flows.Rows) []act {
	waits := func(context.Context, *automation.StandIn) error { return nil }
	out := []act{waits, waits, onPanel(listButton), d.click(rows.Table, nil), waits, waits}
	shows := func(button int, target string) {
		if target != "" {
			out = append(out, onChooser(button), waits, d.click(target, nil), waits, waits)
		}
	}
	shows(counterOfList, rows.Counter)
	shows(nextOfList, rows.Next)
	for _, f := range rows.Filters {
		shows(filterOfList, f.Target)
	}
	return append(out, pictured("list-of-"+d.version.Layout), onChooser(takeList), waits, waits, onPanel(stopButton))
}

// TestARecordedListIsTheStoredOne records the list of each layout, over several pages where it has some, and holds what
// is read by it against what the console has stored. TEST_CONFORMANCE=all records each; without it one.
func TestARecordedListIsTheStoredOne(t *testing.T) {
	t.Parallel()
	lib, err := service.Library(&config.Config{}, "bill")
	require.NoError(t, err)
	for _, layout := range []string{"neo3", "neo", "classic"} {
		if layout != "neo" && !useropstest.All() {
			continue
		}
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			con, file := tenantOf(t, console.Options{Layout: layout, Users: 130})
			overlay := withOverlay(t, file)
			shipped, ok := lib.Flow("list-users", layout)
			require.True(t, ok)
			d := driverOf(t, lib, layout, map[string]string{})
			last := shipped.Steps[len(shipped.Steps)-1].Verb.(*flows.Rows)
			all := append(d.steps(shipped.Steps[:len(shipped.Steps)-1]), d.showsList(last)...)
			out, files := recordedBy(t, file, overlay, []string{"list-users"}, all...)
			require.Equal(t, 0, out.code, out.stdout+out.stderr)
			t.Log(files["flows/bill/list-users-"+layout+".yaml"])
			out = command(t, "--config", file, "-o", "json", "users", "list", "--status", "all")
			require.Equal(t, 0, out.code, out.stdout[:min(400, len(out.stdout))]+out.stderr)
			listed := decode[struct {
				Complete bool
				Proof    string
				Users    []userops.User
			}](t, out.stdout)
			assert.True(t, listed.Complete)
			t.Log(listed.Proof)
			assertStored(t, con, listed.Users)
		})
	}
}

// TestWhatIsReadIsRecorded records on each layout the roles on offer, the organisation, the sign that a change of
// somebody awaits approval, and what a person's own page says of them, and holds what is read by that against what the console has stored.
// TEST_CONFORMANCE=all records on each; without it on one.
func TestWhatIsReadIsRecorded(t *testing.T) {
	t.Parallel()
	lib, err := service.Library(&config.Config{}, "bill")
	require.NoError(t, err)
	const waiting, other = "ann@acme.example", "owner@acme.example"
	for _, layout := range []string{"neo3", "neo", "classic"} {
		if layout != "classic" && !useropstest.All() {
			continue
		}
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			con, file := tenantOf(t, console.Options{Layout: layout})
			con.Edit("test", func(o *console.Organisation) {
				for _, u := range o.Users {
					if u.Email == waiting {
						u.Requested = "deactivate"
					}
				}
			})
			overlay := withOverlay(t, file)
			d := driverOf(t, lib, layout, map[string]string{"email": waiting})
			waits := func(context.Context, *automation.StandIn) error { return nil }
			records := func(flow string, shows []act, args ...string) {
				way := flow
				if flow == "details" { // none ships; it goes the same way
					way = "pending"
				}
				f, ok := lib.Flow(way, layout)
				require.True(t, ok)
				steps := f.Steps[:len(f.Steps)-1]
				all := slices.Concat(d.steps(steps), shows, []act{onPanel(stopButton)})
				out, files := recordedBy(t, file, overlay, append([]string{flow}, args...), all...)
				require.Equal(t, 0, out.code, out.stdout+out.stderr)
				t.Log(files["flows/bill/"+flow+"-"+layout+".yaml"])
				require.Contains(t, files, "flows/bill/"+flow+"-"+layout+".yaml")
			}
			reads := func(args ...string) string {
				out := command(t, append([]string{"--config", file, "flows", "run"}, args...)...)
				require.Equal(t, 0, out.code, out.stdout+out.stderr)
				return out.stdout
			}
			records("identify", []act{onPanel(listButton), d.click("organisation.current", nil)})
			main, _ := con.Organisation(console.MainOrganisation)
			assert.Equal(t, "organisation: "+main.Name+"\norganisation_id: "+main.ID+"\n", reads("identify"))
			records("pending", []act{onPanel(personButton), d.click("user.email", nil), waits, waits, onPanel(listButton), d.click("user.requested", nil)}, "--input", "email="+waiting)
			assert.Contains(t, reads("pending", "--input", "email="+waiting), "pending: ")
			assert.Equal(t, "pending: \n", reads("pending", "--input", "email="+other))
			inner := &selectors.Target{Name: "role", Candidates: []selectors.Candidate{{CSS: "#dRole"}}}
			if layout == "classic" {
				inner.Within = d.target("content.frame")
			}
			details := map[string]struct {
				button       int
				shown        act
				column, says string
			}{
				"neo3":    {listButton + 1, clicks(byCSS("[data-testid=profile-status]")), "status", "Active"},
				"neo":     {listButton, clicks(byCSS("#detail-role")), "role", "Approver"},
				"classic": {listButton, clicks(inner), "role", "Approver"},
			}[layout]
			shows := []act{onPanel(personButton), d.click("user.email", nil), waits, waits, onPanel(details.button), details.shown, waits}
			records("details", append(shows, pictured("details-of-"+layout)), "--input", "email="+waiting)
			assert.Equal(t, details.column+": "+details.says+"\n", reads("details", "--input", "email="+waiting))
			role := d.click("invite.role", nil)
			if layout == "neo3" { // its options are a separate list, which the steps before have opened
				role = clicksFirst(d.target("role.options"))
			}
			records("list-roles", []act{onPanel(listButton), role})
			var stored []string
			for _, r := range main.Roles {
				stored = append(stored, r.Name)
			}
			assert.Equal(t, "roles: "+strings.Join(stored, ", ")+"\n", reads("list-roles"))
		})
	}
}

// clicksFirst clicks the first of several.
func clicksFirst(t *selectors.Target) act {
	return func(ctx context.Context, s *automation.StandIn) error {
		seen, err := s.Page().Examine(ctx, t, nil)
		if err != nil || len(seen.Boxes) == 0 {
			return fmt.Errorf("clicking the first: %d matches: %w", len(seen.Boxes), err)
		}
		b := seen.Boxes[0]
		return s.Click(ctx, b.X+b.W/2, b.Y+b.H/2)
	}
}

// assertStored holds users against those that a console has stored.
func assertStored(t *testing.T, con *console.Console, listed []userops.User) {
	t.Helper()
	stored := con.Users()
	require.Equal(t, len(stored), len(listed))
	for _, u := range stored {
		i := slices.IndexFunc(listed, func(o userops.User) bool { return o.Email == u.Email })
		if !assert.GreaterOrEqual(t, i, 0, u.Email) {
			continue
		}
		got := listed[i]
		assert.Equal(t, []string{u.FirstName, u.LastName, u.Role, string(u.Status)}, []string{got.FirstName, got.LastName, got.Role, string(got.Status)}, u.Email)
	}
}
