package main

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
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
// is read by it against what the console has stored.
func TestARecordedListIsTheStoredOne(t *testing.T) {
	t.Parallel()
	lib, err := service.Library(&config.Config{}, "bill")
	require.NoError(t, err)
	for _, layout := range []string{"neo3", "neo", "classic"} {
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
