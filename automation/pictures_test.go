package automation_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/require"
)

// save keeps a picture for a person to look at, in the folder that TEST_PICTURES names.
func save(t *testing.T, name string, picture []byte) {
	t.Helper()
	if dir := os.Getenv("TEST_PICTURES"); dir != "" {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o600))
	}
}

// profile is a page of a person, with much on it.
const profile = `<style>body { font: 15px sans-serif; margin: 24px } @media (prefers-color-scheme: dark) { body { background: #14161a; color: #ddd } }</style>
	<h1>Ann Lee</h1><main data-testid=profile><p>ann@acme.example</p><p><button data-testid=profile-edit>Edit</button>
	<button id="b-9f8e7d6c5b4a3f2e" class="x" data-testid="btn-3f2504e0-4f89-41d3-9a0c-0305e82c3301">Remove access (2)</button>
	<button data-testid=profile-deactivate aria-label="Deactivate user"><i>&#xe872;</i> <span>Deactivate user</span></button></p>
	<table><tr><th>Role<th>Since<tr><td class=same>Approver<td class=same>May</table></main>`

// TestPictures takes pictures of the bar and the panel, and keeps them in the folder TEST_PICTURES for a person to
// look at.
func TestPictures(t *testing.T) {
	t.Parallel()
	w := setup(t, profile)
	target := &selectors.Target{Name: "user.deactivate", Candidates: []selectors.Candidate{{TestID: "gone"}}, Within: css("[data-testid=profile]")}
	widths, schemes := []int{1280, 500}, []string{"light", "dark"}
	if os.Getenv("TEST_PICTURES") == "" { // nobody looks: that the way through them goes is enough
		widths, schemes = widths[1:], schemes[:1]
	}
	for _, width := range widths {
		for _, scheme := range schemes {
			require.NoError(t, w.Sized(t.Context(), width, scheme))
			shot := func(name string) func(context.Context, *automation.StandIn) error {
				return func(ctx context.Context, s *automation.StandIn) error {
					time.Sleep(300 * time.Millisecond)
					picture, err := s.Page().Screenshot(ctx, automation.Masking{})
					if err == nil {
						save(t, fmt.Sprintf("%s-%d-%s", name, width, scheme), picture)
					}
					return err
				}
			}
			w.pick(t, target, shot("bar-begin"), clickOn(css("[data-testid=profile-deactivate]")), shot("bar-chosen"), key("Escape"),
				clickOn(css("[data-testid^=btn]")), shot("bar-flawed"), key("Escape"), clickOn(css("h1")), shot("bar-outside"), key("Escape"),
				key("F2"), shot("bar-walking"), key("F2", "Escape"))
			pictured(t, w, shot)
		}
	}
}

func pictured(t *testing.T, w *world, shot func(string) func(context.Context, *automation.StandIn) error) {
	in := automation.Inspection{Title: "Targets of neo3-2026-09", Left: []string{"users.row", "role.options", "organisation.option"}}
	for _, line := range strings.Split(`user.profile testid=profile|user.edit testid=profile-edit|user.deactivate testid=gone testid=profile-deactivate|user.role css=.same|
		user.save testid=profile-save|user.rename testid=profile-rename|confirm.dialog testid=confirm-dialog|confirm.yes testid=confirm-yes|invite.dialog testid=invite|
		invite.next testid=invite-next|result.done testid=toast-done|result.requested testid=toast|users.table css=[role=grid]|users.count testid=users-count|
		users.show_inactive css=#inactive|user.name css=h1`, "|") {
		words := strings.Fields(line)
		one := automation.Inspected{Target: &selectors.Target{Name: words[0]}}
		for _, c := range words[1:] {
			kind, value, _ := strings.Cut(c, "=")
			if kind == "css" {
				one.Target.Candidates = append(one.Target.Candidates, selectors.Candidate{CSS: value})
			} else {
				one.Target.Candidates = append(one.Target.Candidates, selectors.Candidate{TestID: value})
			}
		}
		in.Targets = append(in.Targets, one)
	}
	does := script(shot("panel"), key("F2"), shot("panel-first"), key("ArrowDown"), shot("panel-second"),
		func(ctx context.Context, s *automation.StandIn) error { return context.Canceled })
	in.StandIn = func(ctx context.Context, s *automation.StandIn, _ map[string]string) error { return does(ctx, s) }
	require.ErrorIs(t, w.Inspect(t.Context(), in), context.Canceled)
	require.NoError(t, w.Open(t.Context(), w.URL))
}
