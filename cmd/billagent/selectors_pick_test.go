package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// doing is what a person does on a page, one thing a round.
func doing(does ...func(ctx context.Context, s *automation.StandIn) error) func(context.Context, *automation.StandIn) error {
	return func(ctx context.Context, s *automation.StandIn) error {
		if len(does) == 0 {
			return errors.New("the person has done everything, and it has not ended")
		}
		do := does[0]
		does = does[1:]
		return do(ctx, s)
	}
}

func clicks(t *selectors.Target) func(context.Context, *automation.StandIn) error {
	return func(ctx context.Context, s *automation.StandIn) error {
		if _, _, err := s.Page().Await(ctx, 10*time.Second, nil, t); err != nil {
			return err
		}
		return s.ClickOn(ctx, t)
	}
}

func presses(key string) func(context.Context, *automation.StandIn) error {
	return func(ctx context.Context, s *automation.StandIn) error { return s.Key(ctx, key) }
}

// shown runs a command in which somebody acts in the place of the person before a window. The bound ends a test that
// hangs: on two busy cores calibrate takes minutes.
func shown(t *testing.T, a *app, args ...string) output {
	t.Helper()
	var out, err bytes.Buffer
	a.stdin, a.stdout, a.stderr, a.day, a.lend = strings.NewReader(""), &out, &err, cmp.Or(a.day, today), automationtest.Lend
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Minute)
	defer cancel()
	code := a.execute(ctx, args)
	return output{code, out.String(), err.String()}
}

// TestAPersonPicksWhatHasChanged has a person show the button that deactivates, where its label and id have changed
// overnight.
func TestAPersonPicksWhatHasChanged(t *testing.T) {
	t.Parallel()
	for layout, at := range map[string]struct {
		element string
		within  *selectors.Target
	}{
		"neo3":    {element: "profile-deactivate"},
		"classic": {element: "del", within: &selectors.Target{Name: "frame", Candidates: []selectors.Candidate{{CSS: "iframe, frame[name=main]"}}}},
	} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			drift := []console.Drift{{Kind: "rename-label", Element: at.element}}
			if layout == "neo3" {
				drift = append(drift, console.Drift{Kind: "rename-testid", Element: at.element})
			}
			con, file := tenantOf(t, console.Options{Layout: layout, Drift: drift})
			overlay := withOverlay(t, file)
			look := con.Drifted()[len(con.Drifted())-1].Now
			button := &selectors.Target{Name: "the button", Within: at.within, Candidates: []selectors.Candidate{{Role: "button", Name: look.Label}, {Role: "link", Name: look.Label}}}
			if look.TestID != "" {
				button.Candidates = []selectors.Candidate{{TestID: look.TestID}}
			}
			a := &app{picks: doing(clicks(button), presses("Enter"))}
			out := shown(t, a, "--config", file, "selectors", "pick", "user.deactivate", "--sample", "ann@acme.example", "--step", "4s")
			require.Equal(t, 0, out.code, out.stdout+out.stderr)
			assert.Contains(t, out.stdout, "provenance: recorded, date: ")
			assert.Contains(t, out.stdout, "user.deactivate is now found by ")
			assert.Empty(t, con.Changes(), "the click did not reach the page")
			written, err := os.ReadFile(filepath.Join(overlay, "selectors/bill", layout+"-"+today+".yaml"))
			require.NoError(t, err)
			for _, u := range con.Users() {
				assert.NotContains(t, string(written), u.Email)
				assert.NotContains(t, string(written), u.FirstName+" "+u.LastName)
			}
			out = command(t, "--config", file, "users", "deactivate", "ann@acme.example")
			assert.Equal(t, 0, out.code, out.stdout+out.stderr)
			u, _ := con.UserByEmail("ann@acme.example")
			assert.Equal(t, console.Inactive, u.Status)
		})
	}
}

// TestNobodysNameIsWritten has a person show the link to somebody's page, in the row of the list.
func TestNobodysNameIsWritten(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3"})
	overlay := withOverlay(t, file)
	u, _ := con.UserByEmail("ann@acme.example")
	link := &selectors.Target{Name: "the link", Candidates: []selectors.Candidate{{CSS: `a[href*="` + u.ID[:15] + `"]`}}}
	a := &app{picks: doing(clicks(link), presses("Enter"))}
	out := shown(t, a, "--config", file, "-o", "json", "selectors", "pick", "users.row_open", "--sample", "ann@acme.example")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stdout, "it has somebody's name in it")
	assert.True(t, decode[picked](t, out.stdout).Found)
	written, err := filepath.Glob(filepath.Join(overlay, "selectors/bill/*"))
	require.NoError(t, err)
	require.Len(t, written, 1)
	data, err := os.ReadFile(written[0])
	require.NoError(t, err)
	assert.NotContains(t, string(data), u.LastName)
}

// TestNothingIsCommittedWhileAPersonWalksOn has a person press everything that deactivates, and then cancel.
func TestNothingIsCommittedWhileAPersonWalksOn(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3"})
	overlay := withOverlay(t, file)
	testid := func(id string) *selectors.Target {
		return &selectors.Target{Name: id, Candidates: []selectors.Candidate{{TestID: id}}}
	}
	a := &app{picks: doing(presses("F2"), clicks(testid("profile-deactivate")), clicks(testid("confirm-yes")), presses("F2"), presses("Escape"))}
	out := shown(t, a, "--config", file, "selectors", "pick", "user.deactivate", "--sample", "ann@acme.example")
	assert.Equal(t, 2, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stderr, "nothing was written")
	assert.Empty(t, con.Changes())
	for _, q := range con.Requests() {
		assert.NotContains(t, q.Path, "deactivate")
	}
	found, err := filepath.Glob(filepath.Join(overlay, "selectors/bill/*"))
	require.NoError(t, err)
	assert.Empty(t, found)
}

// TestAPanelShowsWhatMatches looks at the page of a person, and at an address.
func TestAPanelShowsWhatMatches(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3"})
	var seen map[string]string
	a := &app{inspects: func(ctx context.Context, s *automation.StandIn, groups map[string]string) error {
		if groups["user.deactivate"] != "first" {
			return nil
		}
		seen = groups
		return s.CloseWindow(ctx)
	}}
	out := shown(t, a, "--config", file, "inspect", "--flow", "deactivate")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Equal(t, "first", seen["user.profile"])
	assert.Equal(t, "none", seen["users.table"])
	a.inspects = func(ctx context.Context, s *automation.StandIn, groups map[string]string) error {
		if groups["users.table"] != "first" || groups["users.row_open"] != "first" { // rows come after their table
			return nil
		}
		seen = groups
		return s.CloseWindow(ctx)
	}
	out = shown(t, a, "--config", file, "inspect", "--open", "/neo3/settings/roles-and-permissions/users")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Equal(t, "none", seen["user.profile"])
	assert.Equal(t, "first", seen["users.row_open"], "in the first row")
	assert.Empty(t, con.Changes())
	out = shown(t, a, "--config", file, "inspect", "--flow", "nothing")
	assert.Equal(t, 1, out.code, out.stderr)
}

// TestATargetThatThereIsNotIsSaidFirst names one that no version has, on a machine without a display.
func TestATargetThatThereIsNotIsSaidFirst(t *testing.T) {
	t.Parallel()
	_, file := scimTenant(t, console.Options{})
	out := command(t, "--config", file, "selectors", "pick", "nosuch")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "no selector version of bill has a target of this name")
	assert.NotContains(t, out.stderr, "display")
}

// TestAListIsPicked has a person show the list itself, without which nobody is known.
func TestAListIsPicked(t *testing.T) {
	t.Parallel()
	_, file := tenantOf(t, console.Options{Layout: "neo3"})
	overlay := withOverlay(t, file)
	data, err := os.ReadFile("../../selectors/bill/neo3-2026-09.yaml")
	require.NoError(t, err)
	changed := strings.Replace(string(data), "role: grid, name: Users", "role: grid, name: People", 1)
	require.NotEqual(t, string(data), changed)
	require.NoError(t, os.MkdirAll(filepath.Join(overlay, "selectors/bill"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(overlay, "selectors/bill/neo3-2026-09.yaml"), []byte(changed), 0o600))
	row := &selectors.Target{Name: "a link in a row", Candidates: []selectors.Candidate{{CSS: "[role=rowgroup] > [role=row]:first-child a.name"}}}
	a := &app{picks: doing(clicks(row), presses("Enter"))}
	out := shown(t, a, "--config", file, "-o", "json", "selectors", "pick", "users.table")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Equal(t, "found by role=grid name=Users", decode[picked](t, out.stdout).Now)
	out = command(t, "--config", file, "users", "list")
	assert.Equal(t, 0, out.code, out.stderr)
}

func TestAWindowNeedsADisplay(t *testing.T) {
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	_, file := tenantOf(t, console.Options{Layout: "neo3"})
	for _, args := range [][]string{{"inspect"}, {"selectors", "pick", "user.save"}} {
		out := command(t, append([]string{"--config", file}, args...)...)
		assert.Equal(t, 1, out.code)
		assert.Contains(t, out.stderr, "there is no display here")
	}
}
