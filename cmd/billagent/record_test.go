package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type act = func(ctx context.Context, s *automation.StandIn) error

func byTestID(id string) *selectors.Target {
	return &selectors.Target{Name: id, Candidates: []selectors.Candidate{{TestID: id}}}
}

func byLabel(label string) *selectors.Target {
	return &selectors.Target{Name: label, Candidates: []selectors.Candidate{{Label: label}}}
}

func byCSS(css string) *selectors.Target {
	return &selectors.Target{Name: css, Candidates: []selectors.Candidate{{CSS: css}}}
}

func named(role, name string) *selectors.Target {
	return &selectors.Target{Name: role + " " + name, Candidates: []selectors.Candidate{{Role: role, Name: name}}}
}

func writes(text string) act {
	return func(ctx context.Context, s *automation.StandIn) error { return s.Type(ctx, text) }
}

// The buttons of the panel, in the order in which Tab goes to them.
const (
	foldButton = iota
	stopButton
	commitButton
	personButton
	listButton
	expectButton
	nameButton
	undoButton
	pauseButton
)

// onPanel presses a button of the panel by the keyboard alone.
func onPanel(button int) act {
	return func(ctx context.Context, s *automation.StandIn) error {
		keys := append(append([]string{"F2"}, strings.Split(strings.Repeat("Tab ", button), " ")[:button]...), "Enter")
		for _, k := range keys {
			if err := s.Key(ctx, k); err != nil {
				return err
			}
		}
		return nil
	}
}

// recordedBy has somebody record a flow, and returns the files written, by their names in the overlay folder.
func recordedBy(t *testing.T, file, overlay string, args []string, all ...act) (output, map[string]string) {
	t.Helper()
	a := &app{records: doing(all...)}
	out := shown(t, a, append([]string{"--config", file, "record"}, args...)...)
	written := map[string]string{}
	for _, kind := range []string{"flows", "selectors"} {
		found, err := filepath.Glob(filepath.Join(overlay, kind, "*", "*.yaml"))
		require.NoError(t, err)
		for _, f := range found {
			data, err := os.ReadFile(f)
			require.NoError(t, err)
			name, err := filepath.Rel(overlay, f)
			require.NoError(t, err)
			written[name] = string(data)
		}
	}
	return out, written
}

func TestADeactivationIsRecorded(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3"})
	overlay := withOverlay(t, file)
	u, _ := con.UserByEmail("ann@acme.example")
	out, files := recordedBy(t, file, overlay, []string{"deactivate", "--input", "email=ann@acme.example", "--open", "/neo3/settings/roles-and-permissions/users"},
		clicks(byCSS(`a.name[href*="`+u.ID+`"]`)), clicks(byTestID("profile-deactivate")),
		onPanel(personButton), clicks(byTestID("confirm-email")), onPanel(commitButton), clicks(byTestID("confirm-yes")), onPanel(stopButton))
	fmt.Println(out.stdout, out.stderr)
	for n, f := range files {
		fmt.Println(n)
		if strings.HasPrefix(n, "flows") {
			fmt.Println(f)
		}
	}
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Empty(t, con.Changes(), "the press was held back")
	out = command(t, "--config", file, "users", "deactivate", "ann@acme.example")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	u, _ = con.UserByEmail("ann@acme.example")
	assert.Equal(t, console.Inactive, u.Status)
	assert.Len(t, con.Changes(), 1)
	_ = time.Now
}
