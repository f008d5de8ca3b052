package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// fourth is neo3 changed heavily: other test ids nearly everywhere, other words, a button that became a link, an
// icon in the place of a word, a translated header, columns in another order. internal/browserpath has the same.
func fourth() (out []console.Drift) {
	add := func(kind string, elements ...string) {
		for _, e := range elements {
			out = append(out, console.Drift{Kind: kind, Element: e})
		}
	}
	add("rename-testid", "invite-user", "profile", "profile-email", "profile-edit", "profile-rename", "profile-deactivate", "profile-reactivate",
		"profile-save", "name-first", "name-last", "name-save", "role-picker", "confirm-dialog", "confirm-email", "confirm-yes", "invite-dialog",
		"invite-next", "invite-send", "org-name", "users-count")
	add("rename-label", "invite-user", "profile-deactivate", "profile-edit", "confirm-yes", "show-inactive-users", "invite-first")
	add("translate", "column-role")
	add("change-tag", "profile-edit")
	add("wrap", "users-table")
	add("move", "profile-save")
	add("icon", "profile-rename")
	add("column-order", "users-table")
	return out
}

// fourthSeed is which other words and places.
const fourthSeed = 3

// TestAHeavilyChangedConsoleIsBroughtBack does what the guide says: learn while all is well, repair what is clear,
// pick the rest. No file is edited. TEST_CONFORMANCE=all goes through every flow, which takes four minutes, and TEST_KEEP=all keeps
// the version for internal/browserpath; without it one of the changes is brought back.
func TestAHeavilyChangedConsoleIsBroughtBack(t *testing.T) {
	t.Parallel()
	all := useropstest.All()
	var only []string
	if !all {
		only = []string{"--flow", "identify", "--flow", "list-users", "--flow", "list-roles", "--flow", "set-role"}
	}
	_, file := tenantOf(t, console.Options{Layout: "neo3"})
	overlay := withOverlay(t, file)
	out := command(t, append([]string{"--config", file, "doctor", "--learn"}, only...)...)
	require.Equal(t, 0, out.code, out.stdout+out.stderr)

	con, file := tenantOf(t, console.Options{Layout: "neo3", Drift: fourth(), DriftSeed: fourthSeed})
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0)
	require.NoError(t, err)
	_, err = f.WriteString("overlay: " + overlay + "\n")
	require.NoError(t, err)
	require.NoError(t, f.Close())
	begun := time.Now()
	repair := func() output {
		return command(t, append([]string{"--config", file, "selectors", "repair", "--clear", "--step", "2s"}, only...)...)
	}
	out = repair()
	require.Equal(t, 2, out.code, "a button that has another word, another test id and another tag is like nothing: %s", out.stdout)
	assert.Contains(t, out.stdout, "user.edit: missing")

	for _, p := range [][2]string{{"user.edit", "profile-edit"}, {"user.save", "profile-save"}} {
		target, element := p[0], p[1]
		if !strings.Contains(out.stdout, target+": missing") {
			continue
		}
		button := &selectors.Target{Name: "the button", Candidates: []selectors.Candidate{{TestID: now(con, element)}}}
		a := &app{picks: doing(clicks(button), presses("Enter"))}
		picked := shown(t, a, "--config", file, "selectors", "pick", target, "--sample", "ann@acme.example", "--step", "3s")
		require.Equal(t, 0, picked.code, picked.stdout+picked.stderr)
		out = repair()
	}
	assert.Contains(t, []int{0, 6}, out.code, out.stdout)
	t.Log("brought back in", time.Since(begun).Round(time.Second))
	assert.Empty(t, con.Changes())

	do := func(args ...string) {
		out := command(t, append([]string{"--config", file, "users"}, args...)...)
		assert.Equal(t, 0, out.code, "%v: %s", args, out.stdout)
	}
	do("set-role", "--role", "Clerk", "ann@acme.example")
	ann, _ := con.UserByEmail("ann@acme.example")
	assert.Equal(t, "Clerk", ann.Role)
	if !all {
		return
	}
	do("deactivate", "joann@acme.example")
	joann, _ := con.UserByEmail("joann@acme.example")
	assert.EqualValues(t, console.Inactive, joann.Status)
	do("reactivate", "gone@acme.example")
	do("rename", "--first-name", "Anna", "--last-name", "Leeds", "ann@acme.example")
	do("invite", "--first-name", "New", "--last-name", "Comer", "--role", "Payer", "newcomer@acme.example")
	ann, _ = con.UserByEmail("ann@acme.example")
	assert.Equal(t, "Anna Leeds", ann.FirstName+" "+ann.LastName)
	gone, _ := con.UserByEmail("gone@acme.example")
	assert.EqualValues(t, console.Active, gone.Status)
	newcomer, _ := con.UserByEmail("newcomer@acme.example")
	assert.Equal(t, "Payer", newcomer.Role)
	keep(t, overlay, "fourth", "selectors/bill/neo3-"+today+".yaml")
}

// now is an element's test id as it is now.
func now(con *console.Console, element string) (id string) {
	for _, d := range con.Drifted() {
		if d.Element == element && d.Now.TestID != "" {
			id = d.Now.TestID
		}
	}
	return id
}

// fourthFiles are what the fourth layout with another order of steps is served by in internal/browserpath, where the
// conformance suite runs by it.
const fourthFiles = "../../internal/browserpath/testdata/fourth"

// TestAnotherOrderOfStepsIsRecorded has the fourth layout want the role before Edit: the flow that ships halts, and
// the one that somebody records by doing it once changes the role. It must equal the file in fourthFiles, which TEST_KEEP=all writes.
func TestAnotherOrderOfStepsIsRecorded(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", Drift: fourth(), DriftSeed: fourthSeed, RoleFirst: true})
	overlay := withOverlay(t, file)
	require.NoError(t, os.CopyFS(filepath.Join(overlay, "selectors"), os.DirFS(filepath.Join(fourthFiles, "selectors"))))
	set := []string{"--config", file, "users", "set-role", "ann@acme.example", "--role", "Clerk"}
	out := command(t, set...)
	require.Equal(t, 2, out.code, "Edit cannot be pressed yet: %s", out.stdout)
	require.Empty(t, con.Changes())
	lib, err := service.Library(&config.Config{Overlay: overlay}, "bill")
	require.NoError(t, err)
	inputs := map[string]string{"email": "ann@acme.example", "role": "Clerk"}
	d := driverOf(t, lib, "neo3", inputs)
	shipped, _ := lib.Flow("set-role", "neo3")
	all := d.steps(shipped.Steps[:1])
	all = append(all, d.choose(shipped.Steps[2].Verb.(*flows.Choose))...)
	all = append(append(all, d.click("user.edit", nil), onPanel(commitButton)), d.click("user.save", nil), onPanel(stopButton))
	out, files := recordedBy(t, file, overlay, append([]string{"set-role"}, inputArgs(inputs)...), all...)
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	require.Contains(t, files, "flows/bill/set-role-neo3.yaml")
	require.Empty(t, con.Changes(), "the press was held back")
	keep(t, overlay, "fourth", "flows/bill/set-role-neo3.yaml")
	out = command(t, set...)
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	ann, _ := con.UserByEmail("ann@acme.example")
	assert.Equal(t, "Clerk", ann.Role)
	assert.Len(t, con.Changes(), 1)
}
