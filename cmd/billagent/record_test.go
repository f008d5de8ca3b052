package main

import (
	"cmp"
	"context"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
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

// driver does by the browser's own input what a shipped flow does, as a person would who is recorded.
type driver struct {
	version *selectors.Version
	inputs  map[string]string
}

func driverOf(t *testing.T, lib *flows.Library, layout string, inputs map[string]string) *driver {
	t.Helper()
	v := newest(lib, layout)
	require.NotNil(t, v)
	return &driver{v, inputs}
}

func (d *driver) text(s string) string {
	return selectors.Expand(s, func(name string) (string, bool) { return d.inputs[name], true })
}

func (d *driver) target(name string) *selectors.Target {
	t, ok := d.version.Target(name)
	if !ok {
		return byTestID("no target " + name)
	}
	filled, err := t.Fill(d.inputs)
	if err != nil {
		return t
	}
	return filled
}

// steps are what a person does for the steps of a flow up to its commit, which is shown and not pressed.
func (d *driver) steps(all []flows.Step) (out []act) {
	for i := range all {
		switch v := all[i].Verb.(type) {
		case *flows.Part:
			out = append(out, d.steps(v.Steps())...)
		case *flows.Open:
			if address := d.text(string(*v)); address != "" {
				out = append(out, func(ctx context.Context, s *automation.StandIn) error { return s.Page().Open(ctx, address) })
			}
		case *flows.Click:
			out = append(out, d.click(v.Target, v.Row))
		case *flows.Fill:
			out = append(out, d.fill(v)...)
		case *flows.Check:
			out = append(out, d.click(v.Target, nil)) // they are off at first
		case *flows.Choose:
			if d.text(v.Option) != "" {
				out = append(out, d.choose(v)...)
			}
		case *flows.Commit:
			return append(out, onPanel(commitButton), d.click(v.Target, v.Row), onPanel(stopButton))
		}
	}
	return out
}

func (d *driver) click(target string, row *flows.RowKey) act {
	return func(ctx context.Context, s *automation.StandIn) error {
		t, in := d.target(target), (*automation.Row)(nil)
		awaited := t
		if row != nil {
			in = &automation.Row{Table: d.target(row.Table), Equals: d.text(row.Key)}
			awaited = in.Table
		}
		if _, _, err := s.Page().Await(ctx, 10*time.Second, nil, awaited); err != nil {
			return err
		}
		for try := 0; ; try++ { // rows come after their table
			err := s.ClickIn(ctx, t, in)
			if err == nil || try == 20 {
				return err
			}
			if _, _, err := s.Page().Await(ctx, 200*time.Millisecond, nil, byTestID("nothing")); ctx.Err() != nil {
				return err
			}
		}
	}
}

func (d *driver) fill(v *flows.Fill) []act {
	return []act{d.click(v.Target, nil), func(ctx context.Context, s *automation.StandIn) error {
		if err := s.SelectAll(ctx); err != nil {
			return err
		}
		return s.Type(ctx, d.text(v.Value))
	}}
}

// choose opens a list of options and presses one, or types an option's first letters into a select element.
func (d *driver) choose(v *flows.Choose) []act {
	opens := d.click(cmp.Or(v.Opens, v.Target), nil)
	if v.Options == "" {
		return []act{opens, func(ctx context.Context, s *automation.StandIn) error {
			if err := s.Type(ctx, d.text(v.Option)); err != nil {
				return err
			}
			return s.Key(ctx, "Enter")
		}}
	}
	option := func(ctx context.Context, s *automation.StandIn) error {
		t := *d.target(v.Options)
		t.Candidates = []selectors.Candidate{{Text: d.text(v.Option)}}
		if _, _, err := s.Page().Await(ctx, 10*time.Second, nil, &t); err != nil {
			return err
		}
		return s.ClickOn(ctx, &t)
	}
	return []act{opens, option, func(context.Context, *automation.StandIn) error { return nil }}
}

func inputArgs(inputs map[string]string) (out []string) {
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		if name != "home" {
			out = append(out, "--input", name+"="+inputs[name])
		}
	}
	return out
}

// TestWhatIsRecordedHasTheSameEffect records each change on each layout by the browser's own input, and has the written flow make it.
func TestWhatIsRecordedHasTheSameEffect(t *testing.T) {
	t.Parallel()
	lib, err := service.Library(&config.Config{}, "bill")
	require.NoError(t, err)
	for _, layout := range []string{"neo3", "neo", "classic"} {
		for name, c := range map[string]struct {
			inputs map[string]string
			args   []string
			stored func(u console.User) bool
		}{
			"deactivate": {map[string]string{"email": "ann@acme.example"}, []string{"deactivate", "ann@acme.example"},
				func(u console.User) bool { return u.Status == console.Inactive }},
			"set-role": {map[string]string{"email": "ann@acme.example", "role": "Clerk"}, []string{"set-role", "ann@acme.example", "--role", "Clerk"},
				func(u console.User) bool { return u.Role == "Clerk" }},
			"invite": {map[string]string{"email": "eve@acme.example", "first_name": "Eve", "last_name": "Moss", "role": "Clerk", "mail_tasks": "No", "summary": "Never"},
				[]string{"invite", "eve@acme.example", "--first-name", "Eve", "--last-name", "Moss", "--role", "Clerk"},
				func(u console.User) bool { return u.FirstName == "Eve" && u.LastName == "Moss" && u.Role == "Clerk" }},
			"rename": {map[string]string{"email": "ann@acme.example", "first_name": "Anna", "last_name": "Lind"},
				[]string{"rename", "ann@acme.example", "--first-name", "Anna", "--last-name", "Lind"},
				func(u console.User) bool { return u.FirstName == "Anna" && u.LastName == "Lind" }},
		} {
			t.Run(layout+"/"+name, func(t *testing.T) {
				t.Parallel()
				con, file := tenantOf(t, console.Options{Layout: layout})
				overlay := withOverlay(t, file)
				shipped, ok := lib.Flow(name, layout)
				require.True(t, ok)
				d := driverOf(t, lib, layout, c.inputs)
				out, files := recordedBy(t, file, overlay, append([]string{name}, inputArgs(c.inputs)...), d.steps(shipped.Steps)...)
				require.Equal(t, 0, out.code, out.stdout+out.stderr)
				assert.Empty(t, con.Changes(), "the press was held back")
				t.Log(files["flows/bill/"+name+"-"+layout+".yaml"])
				for _, args := range [][]string{{"flows", "validate"}, {"selectors", "validate"}} {
					out := command(t, append([]string{"--config", file}, args...)...)
					assert.Equal(t, 0, out.code, out.stdout+out.stderr)
				}
				out = command(t, append([]string{"--config", file, "users"}, c.args...)...)
				require.Equal(t, 0, out.code, out.stdout+out.stderr)
				u, _ := con.UserByEmail(c.inputs["email"])
				assert.True(t, c.stored(u), "%+v", u)
				assert.Len(t, con.Changes(), 1)
			})
		}
	}
}
