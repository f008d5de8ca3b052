package main

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/fixtures/workspace"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

type act = func(ctx context.Context, s *automation.StandIn) error

func byTestID(id string) *selectors.Target {
	return &selectors.Target{Name: id, Candidates: []selectors.Candidate{{TestID: id}}}
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
	hoverButton
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
		case *flows.Visit:
			out = append(out, d.steps(v.Otherwise)...)
		case *flows.Open:
			if address := d.text(string(*v)); address != "" {
				out = append(out, func(ctx context.Context, s *automation.StandIn) error { return s.Page().Open(ctx, address) })
			}
		case *flows.Click:
			out = append(out, d.click(v.Target, v.Row))
		case *flows.Fill:
			if d.text(v.Value) != "" { // nobody empties what is empty
				out = append(out, d.fill(v)...)
			}
		case *flows.Hover:
			out = append(out, d.hover(v))
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
	waits := func(context.Context, *automation.StandIn) error { return nil }
	if v.Confirm != "" {
		return []act{opens, option, d.click(v.Confirm, nil), waits}
	}
	return []act{opens, option, waits}
}

func (d *driver) hover(v *flows.Hover) act {
	return func(ctx context.Context, s *automation.StandIn) error {
		row := (*automation.Row)(nil)
		if v.Row != nil {
			row = &automation.Row{Table: d.target(v.Row.Table), Equals: d.text(v.Row.Key)}
		}
		seen, err := s.Page().Examine(ctx, d.target(v.Target), row)
		if err != nil || len(seen.Boxes) != 1 {
			return fmt.Errorf("hovering: %d matches: %w", len(seen.Boxes), err)
		}
		b := seen.Boxes[0]
		return s.Move(ctx, b.X+b.W/2, b.Y+b.H/2)
	}
}

func inputArgs(inputs map[string]string) (out []string) {
	for _, name := range slices.Sorted(maps.Keys(inputs)) {
		if name != "home" {
			out = append(out, "--input", name+"="+inputs[name])
		}
	}
	return out
}

// TestWhatIsRecordedHasTheSameEffect records each change on each layout by the browser's own input, and has the
// written flow make it.
func TestWhatIsRecordedHasTheSameEffect(t *testing.T) {
	t.Parallel()
	lib, err := service.Library(&config.Config{}, "bill")
	require.NoError(t, err)
	for _, layout := range []string{"neo3", "neo", "classic"} {
		for name, c := range map[string]struct {
			inputs map[string]string
			args   []string
			stored func(u *console.User) // what is to have become of the user
		}{
			"deactivate": {map[string]string{"email": "ann@acme.example"}, []string{"deactivate", "ann@acme.example"},
				func(u *console.User) { u.Status = console.Inactive }},
			"reactivate": {map[string]string{"email": console.GoneEmail}, []string{"reactivate", console.GoneEmail},
				func(u *console.User) { u.Status = console.Active }},
			"set-role": {map[string]string{"email": "ann@acme.example", "role": "Clerk"}, []string{"set-role", "ann@acme.example", "--role", "Clerk"},
				func(u *console.User) { u.Role = "Clerk" }},
			"invite": {map[string]string{"email": "eve@acme.example", "first_name": "Eve", "last_name": "Moss", "role": "Clerk", "mail_tasks": "No", "summary": "Never"},
				[]string{"invite", "eve@acme.example", "--first-name", "Eve", "--last-name", "Moss", "--role", "Clerk"},
				func(u *console.User) { u.FirstName, u.LastName, u.Role = "Eve", "Moss", "Clerk" }},
			"rename": {map[string]string{"email": "ann@acme.example", "first_name": "Anna", "last_name": "Lind"},
				[]string{"rename", "ann@acme.example", "--first-name", "Anna", "--last-name", "Lind"},
				func(u *console.User) { u.FirstName, u.LastName = "Anna", "Lind" }},
		} {
			if on := map[string]string{"deactivate": "neo3", "set-role": "classic", "invite": "neo", "rename": "neo3", "reactivate": "classic"}; on[name] != layout && !useropstest.All() {
				continue
			}
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
				want := con.Users()
				twin, twinFile := tenantOf(t, console.Options{Layout: layout})
				require.Equal(t, want, twin.Users())
				for _, at := range []string{file, twinFile} { // by what was recorded, and by what is shipped
					out = command(t, append([]string{"--config", at, "users"}, c.args...)...)
					require.Equal(t, 0, out.code, out.stdout+out.stderr)
				}
				assert.Equal(t, twin.Users(), con.Users(), "the same is stored of everybody")
				u, _ := con.UserByEmail(c.inputs["email"])
				meant := u
				c.stored(&meant)
				assert.Equal(t, meant, u)
				made := slices.DeleteFunc(con.Changes(), func(c console.Change) bool { return c.Action == "preferences" }) // it follows an invitation
				assert.Len(t, made, 1)
			})
		}
	}
}

// pictured keeps pictures for a person to look at, in the folder that TEST_PICTURES names: at two sizes, in light and in
// dark.
func pictured(name string) act {
	return func(ctx context.Context, s *automation.StandIn) error {
		dir := os.Getenv("TEST_PICTURES")
		if dir == "" {
			return nil
		}
		for _, width := range []int{1280, 520} {
			for _, scheme := range []string{"light", "dark"} {
				if err := s.Page().Window(ctx, width, 800, scheme); err != nil {
					return err
				}
				time.Sleep(time.Second) // a person looks at what has been drawn
				picture, err := s.Page().Screenshot(ctx, automation.Masking{})
				if err == nil {
					err = os.WriteFile(filepath.Join(dir, fmt.Sprintf("%s-%d-%s.png", name, width, scheme)), picture, 0o600)
				}
				if err != nil {
					return err
				}
			}
		}
		return s.Page().Window(ctx, 0, 0, "")
	}
}

// TestNewTargetsAreRecorded has two buttons that the version does not find, one of which gets a name.
func TestNewTargetsAreRecorded(t *testing.T) {
	t.Parallel()
	var drift []console.Drift
	for _, element := range []string{"profile-edit", "profile-save"} {
		drift = append(drift, console.Drift{Kind: "rename-label", Element: element}, console.Drift{Kind: "rename-testid", Element: element})
	}
	con, file := tenantOf(t, console.Options{Layout: "neo3", Drift: drift})
	overlay := withOverlay(t, file)
	now := map[string]*selectors.Target{}
	for _, d := range con.Drifted() {
		now[d.Element] = byTestID(d.Now.TestID)
	}
	lib, err := service.Library(&config.Config{}, "bill")
	require.NoError(t, err)
	inputs := map[string]string{"email": "ann@acme.example", "role": "Clerk"}
	d := driverOf(t, lib, "neo3", inputs)
	shipped, _ := lib.Flow("set-role", "neo3")
	all := d.steps(shipped.Steps[:1])
	waits := func(context.Context, *automation.StandIn) error { return nil } // for the panel to have the step
	all = append(all, clicks(now["profile-edit"]), waits, waits, waits, onPanel(nameButton))
	for range 40 {
		all = append(all, presses("Backspace"))
	}
	all = append(all, writes("user.change"), presses("Enter"))
	all = append(all, d.choose(shipped.Steps[2].Verb.(*flows.Choose))...)
	all = append(all, onPanel(commitButton), clicks(now["profile-save"]), waits, waits, waits, pictured("record"), onPanel(stopButton))
	out, files := recordedBy(t, file, overlay, append([]string{"set-role", "--rehearse"}, inputArgs(inputs)...), all...)
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	t.Log(out.stdout, out.stderr)
	assert.Contains(t, out.stdout, "would send")
	assert.Contains(t, out.stdout, "rehearsed  set-role ann@acme.example")
	assert.Contains(t, files["flows/bill/set-role-neo3.yaml"], "provenance: recorded }\nsteps:", "what was guessed of what its commit sends has held twice")
	assert.Empty(t, con.Changes())
	version := files["selectors/bill/neo3-2026-09.yaml"]
	assert.Contains(t, files["flows/bill/set-role-neo3.yaml"], "- click: { target: user.change }")
	_, added, found := strings.Cut(version, "recorded as")
	require.True(t, found, version)
	assert.Contains(t, added, "user.change:")
	assert.Contains(t, added, "provenance: recorded")
	assert.Contains(t, added, "fingerprint: {")
	assert.Contains(t, added, "within: user.profile")
	for _, u := range con.Users() {
		assert.NotContains(t, added, u.Email)
		assert.NotContains(t, added, u.LastName)
	}
	out = command(t, "--config", file, "users", "set-role", "ann@acme.example", "--role", "Clerk")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	u, _ := con.UserByEmail("ann@acme.example")
	assert.Equal(t, "Clerk", u.Role)
	others := t.TempDir()
	out = command(t, "--config", file, "selectors", "share", "neo3-2026-09", "--to", others, "--yes")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	theirs, err := service.Library(&config.Config{Overlay: others}, "bill")
	require.NoError(t, err, "what is given to others serves them")
	flow, _ := theirs.Flow("set-role", "neo3")
	_, text := flow.File()
	assert.Contains(t, text, "- click: { target: user.change }")
}

// TestAConsoleOfCardsIsRecorded records what a console does whose lists open under the mouse and are confirmed, and
// that remembers filters.
func TestAConsoleOfCardsIsRecorded(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		inputs map[string]string
		args   []string
		stored func(p workspace.Person) bool
	}{
		"set-role": {map[string]string{"role": "Leserechte"}, []string{"set-role", "EMAIL", "--role", "Leserechte"}, func(p workspace.Person) bool { return p.Role == "Leserechte" }},
		"rename": {map[string]string{"first_name": "Hanna", "last_name": "Adler"}, []string{"rename", "EMAIL", "--first-name", "Hanna", "--last-name", "Adler"},
			func(p workspace.Person) bool { return p.First == "Hanna" && p.Last == "Adler" }},
		"deactivate": {map[string]string{}, []string{"deactivate", "EMAIL"}, func(p workspace.Person) bool { return p.State == workspace.Suspended }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if testing.Short() {
				t.Skip("it starts a browser")
			}
			con := workspace.Start(workspace.Options{})
			t.Cleanup(con.Close)
			conf, overlay := filesFor(t, "workspace", con.URL, workspace.Agent, workspace.Password, workspace.Organisation)
			lib, err := flows.Load("workspace", overlay)
			require.NoError(t, err)
			shipped, ok := lib.Flow(name, "cards")
			require.True(t, ok)
			var meant workspace.Person
			for _, p := range con.People() {
				if p.State == workspace.Active && p.Role != workspace.Administrator && p.Role != "Leserechte" && meant.Email == "" {
					meant = p
				}
			}
			c.inputs["email"] = meant.Email
			d := driverOf(t, lib, "cards", c.inputs)
			out, files := recordedBy(t, conf, overlay, append([]string{name, "--replace"}, inputArgs(c.inputs)...), d.steps(shipped.Steps)...)
			require.Equal(t, 0, out.code, out.stdout+out.stderr)
			t.Log(files["flows/workspace/"+name+".yaml"])
			require.Empty(t, con.Changes())
			c.args[1] = meant.Email
			out = command(t, append([]string{"--config", conf, "users"}, c.args...)...)
			require.Equal(t, 0, out.code, out.stdout+out.stderr)
			require.Len(t, con.Changes(), 1)
			assert.True(t, c.stored(con.Changes()[0].Person), "%+v", con.Changes())
		})
	}
}

// filesFor makes a configuration for another console, with its files in an overlay folder.
func filesFor(t *testing.T, app, url, account, secret, organisation string) (conf, overlay string) {
	t.Helper()
	dir := t.TempDir()
	overlay = filepath.Join(dir, "overlay")
	require.NoError(t, os.CopyFS(overlay, os.DirFS("../../internal/browserpath/testdata/"+app)))
	password := filepath.Join(dir, "password")
	require.NoError(t, os.WriteFile(password, []byte(secret), 0o600))
	conf = filepath.Join(dir, "config.yaml")
	text := fmt.Sprintf("tenant: other\nstate: %s\noverlay: %s\ntenants:\n  other:\n    app: %s\n    sign_in: %s\n    hosts: [127.0.0.1]\n"+
		"    account: %s\n    password: file:%s\n    second_factor: none\n    organisation: { name: %s }\n", filepath.Join(dir, "state"), overlay, app, url, account, password, organisation)
	require.NoError(t, os.WriteFile(conf, []byte(text), 0o600))
	return conf, overlay
}

// TestASecretIsNoInputOfARecording: the arguments of a process can be read by others.
func TestASecretIsNoInputOfARecording(t *testing.T) {
	t.Parallel()
	for _, input := range []string{"password", "code", "api_key"} {
		out := command(t, "record", "set-role", "--input", input+"=Tr0ub4dor")
		assert.Equal(t, 1, out.code)
		assert.Contains(t, out.stderr, "a secret is no input")
		assert.NotContains(t, out.stdout+out.stderr, "Tr0ub4dor")
		out = command(t, "flows", "import", "recording.json", "--input", input+"=Tr0ub4dor")
		assert.Equal(t, 1, out.code)
		assert.Contains(t, out.stderr, "a secret is no input")
	}
}

// TestASignInIsNotRecorded: a recording begins signed in.
func TestASignInIsNotRecorded(t *testing.T) {
	t.Parallel()
	out := command(t, "record", "sign-in")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "run calibrate, which asks for what it does not find while it signs in")
}

func TestARehearsalTakesTheInputsOfItsAction(t *testing.T) {
	t.Parallel()
	invite, _ := userops.KindOfFlow("invite")
	got := inputsFor(invite, map[string]string{"email": "eve@acme.example", "role": "Clerk", "mail_tasks": "No"})
	assert.Equal(t, map[string]string{"email": "eve@acme.example", "role": "Clerk"}, got)
}
