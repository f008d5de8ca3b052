package browserpath_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/seal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// examined walks through a console and returns what was seen.
func examined(t *testing.T, p *browserpath.Path, lib *flows.Library, w doctor.Walk) *doctor.Examination {
	t.Helper()
	w.Step = 2 * time.Second
	x := doctor.New(doctor.Options{Library: lib, Pictures: w.Sample == "" && len(w.Only) > 0, Explain: func(err error) (string, string, string) {
		return err.Error(), "", string(userops.CodeOf(err))
	}})
	x.End(p.Examine(t.Context(), x.Walk(w)))
	return x
}

// TestALookChangesNothing walks through every flow of a console that matches, by what arrives there and what it has
// stored.
func TestALookChangesNothing(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout})
		lib, err := flows.Load("bill", "")
		require.NoError(t, err)
		r := examined(t, p, lib, doctor.Walk{}).Report()
		assert.Equal(t, doctor.Sound, r.Verdict, "%+v", r)
		assert.Len(t, r.Flows, 10, "the sign-in is one")
		for _, f := range r.Flows {
			assert.Empty(t, f.Reason+f.Skipped, f.Name)
		}
		assert.Greater(t, len(r.Of(doctor.Found)), 20)
		for _, target := range r.Of(doctor.NotReached) {
			assert.NotEmpty(t, target.Detail, target.Name)
		}
		assert.Empty(t, con.Changes())
		for _, q := range con.Requests() {
			signingIn, reads := strings.HasPrefix(q.Host, "login."), q.Path == "/api/users/check"
			assert.True(t, !q.Changing || signingIn || reads, "%s %s", q.Method, q.Path)
		}
		if layout == "neo3" {
			r = examined(t, p, lib, doctor.Walk{Only: []string{"deactivate"}}).Report()
			assert.Empty(t, r.Flows[0].Skipped, "whom the walk before has read is known")
		}
	})
}

// versionWith is a copy of a layout's shipped version in an overlay folder, with some of its text replaced.
func versionWith(t *testing.T, version string, replace ...string) *flows.Library {
	t.Helper()
	dir := t.TempDir()
	data, err := os.ReadFile(filepath.Join("../../selectors/bill", version+".yaml"))
	require.NoError(t, err)
	text := string(data)
	for i := 0; i < len(replace); i += 2 {
		require.Contains(t, text, replace[i])
		text = strings.ReplaceAll(text, replace[i], replace[i+1])
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "selectors/bill"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(dir, "selectors/bill", version+".yaml"), []byte(text), 0o600))
	lib, err := flows.Load("bill", dir)
	require.NoError(t, err)
	return lib
}

// TestALookNamesWhatIsMissing takes from a version what finds some targets, in each of the ways in which a console
// may have changed.
func TestALookNamesWhatIsMissing(t *testing.T) {
	t.Parallel()
	lib := versionWith(t, "neo3-2026-09", "header: Role", "header: Duty")
	_, p := setup(t, console.Options{Layout: "neo3"}, func(o *browserpath.Options) { o.Library = lib })
	r := examined(t, p, lib, doctor.Walk{Only: []string{"list-users"}}).Report()
	assert.Equal(t, doctor.Broken, r.Verdict)
	table := only(t, r, doctor.Columns)
	assert.Equal(t, "users.table", table.Name)
	assert.Contains(t, table.Detail, `no column is headed "Duty"`)
	assert.Contains(t, table.Detail, `"Role"`, "it says which there are")

	lib = versionWith(t, "neo3-2026-09", "testid: users-count,", "testid: number,")
	_, p = setup(t, console.Options{Layout: "neo3"}, func(o *browserpath.Options) { o.Library = lib })
	r = examined(t, p, lib, doctor.Walk{Only: []string{"list-users"}}).Report()
	only(t, r, doctor.Missing, "users.count") // without which no list is proved

	lib = versionWith(t, "neo3-2026-09", "testid: confirm-yes,", "testid: confirm-ok,", "testid: profile-deactivate,", "testid: bin,", "testid: profile-save,", "css: button,",
		"testid: role-picker, provenance: guessed }]\n    within: user.profile", "testid: role-picker, provenance: guessed }]\n    within: confirm.dialog")
	_, p = setup(t, console.Options{Layout: "neo3"}, func(o *browserpath.Options) { o.Library = lib })
	r = examined(t, p, lib, doctor.Walk{Only: []string{"list-users", "deactivate", "set-role", "reactivate"}}).Report()
	assert.Equal(t, doctor.Broken, r.Verdict)
	missing := only(t, r, doctor.Missing, "confirm.yes")
	require.NotEmpty(t, missing.Proposals)
	assert.True(t, missing.Proposals[0].Clear)
	assert.Equal(t, "confirm-yes", missing.Proposals[0].Candidates[0].TestID)
	assert.NotEmpty(t, missing.Proposals[0].Picture())
	assert.Equal(t, "user.deactivate", only(t, r, doctor.Fallback).Name)
	assert.Equal(t, "role=button name=Deactivate user", only(t, r, doctor.Fallback).Candidate)
	assert.Equal(t, "what it lies in is not there: that comes first", only(t, r, doctor.Missing, "user.role").Refused)
	only(t, r, doctor.Missing, "confirm.dialog") // which that is
	for _, f := range r.Flows {
		assert.Equal(t, f.Name != "list-users", f.Broken(), f.Name)
	}
}

// TestALookTellsWhatIsElsewhereFromWhatIsThereTwice has a counter that is looked for in a box, and one that is several.
func TestALookTellsWhatIsElsewhereFromWhatIsThereTwice(t *testing.T) {
	t.Parallel()
	walk := doctor.Walk{Only: []string{"list-users"}}
	lib := versionWith(t, "neo3-2026-09", "testid: users-count, provenance: guessed }]", "testid: users-count, provenance: guessed }]\n    within: users.show_inactive")
	_, p := setup(t, console.Options{Layout: "neo3"}, func(o *browserpath.Options) { o.Library = lib })
	moved := only(t, examined(t, p, lib, walk).Report(), doctor.Elsewhere)
	assert.Equal(t, "users.count", moved.Name)
	assert.Contains(t, moved.Detail, "not within users.show_inactive")
	assert.Len(t, moved.Matches, 1)

	lib = versionWith(t, "neo3-2026-09", "testid: users-count,", "css: '[role=row]',")
	_, p = setup(t, console.Options{Layout: "neo3"}, func(o *browserpath.Options) { o.Library = lib })
	several := only(t, examined(t, p, lib, walk).Report(), doctor.Ambiguous)
	assert.Equal(t, "users.count", several.Name)
	assert.Greater(t, len(several.Matches), 1)
}

// only is the one target of a state, or the named one of it.
func only(t *testing.T, r *doctor.Report, state doctor.State, name ...string) *doctor.Target {
	t.Helper()
	var out []*doctor.Target
	for _, target := range r.Of(state) {
		if len(name) == 0 || target.Name == name[0] {
			out = append(out, target)
		}
	}
	require.Len(t, out, 1, "%s: %+v", state, r.Of(state))
	return out[0]
}

// TestALookAtNothingIsSaid names a flow and a user that are not there: a report that all is well would be untrue.
func TestALookAtNothingIsSaid(t *testing.T) {
	t.Parallel()
	_, p := setup(t, console.Options{Layout: "neo"})
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	r := examined(t, p, lib, doctor.Walk{Only: []string{"deactivat"}}).Report()
	assert.Equal(t, doctor.Broken, r.Verdict)
	assert.Contains(t, r.Failed, "nothing of this name")
	r = examined(t, p, lib, doctor.Walk{Only: []string{"list-users", "deactivate"}, Sample: "nobody@acme.example"}).Report()
	assert.Equal(t, doctor.Broken, r.Verdict)
	require.Len(t, r.Flows, 2)
	assert.Contains(t, r.Flows[1].Reason, "nobody@acme.example")
}

// TestAnUnknownLayoutIsExplained looks at a console that no version matches, and then by a version that is named.
func TestAnUnknownLayoutIsExplained(t *testing.T) {
	t.Parallel()
	lib := versionWith(t, "neo-2026-09", "content='neo'", "content='neo2'")
	_, p := setup(t, console.Options{Layout: "neo"}, func(o *browserpath.Options) { o.Library, o.StepTimeout = lib, 3*time.Second })
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	x := doctor.New(doctor.Options{Library: lib, Explain: func(err error) (string, string, string) { return err.Error(), "", string(userops.CodeOf(err)) }})
	asked := 0
	mend := func(context.Context, doctor.Lack) (*selectors.Version, error) { asked++; return nil, nil }
	x.End(p.Examine(ctx, x.Walk(doctor.Walk{Mend: mend, Step: 3 * time.Second})))
	r := x.Report()
	assert.Equal(t, doctor.Broken, r.Verdict)
	assert.NotEmpty(t, r.Failed)
	assert.Equal(t, string(userops.CodeOf(userops.ErrUnknownUI)), r.Code)
	assert.Zero(t, asked, "the sign-in lacks nothing: it is over")
	assert.Empty(t, r.Of(doctor.Missing))
	require.NotEmpty(t, r.Recognised)
	for _, v := range r.Recognised {
		assert.False(t, v.Matches, v.Version)
		assert.False(t, v.Conditions[0].Holds)
	}
}

// TestWhatReadsIsHeldToo looks at a flow that is to read roles, and whose target has become the button that
// deactivates somebody.
func TestWhatReadsIsHeldToo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "flows/bill/list-roles-neo.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o700))
	require.NoError(t, os.WriteFile(file, []byte(`flow: list-roles
about: It is to read roles.
layouts: [neo]
inputs: [home]
outputs: { roles: texts }
timeout: 1m
steps:
  - part: list
  - find: { table: users.table, key: ann@acme.example, next: users.next }
  - click: { target: users.row_open, row: { table: users.table, key: ann@acme.example } }
  - click: { target: user.deactivate }
  - await: [result.done]
  - texts: { target: user.role, as: roles }
`), 0o600))
	lib, err := flows.Load("bill", dir)
	require.NoError(t, err)
	con, p := setup(t, console.Options{Layout: "neo"}, func(o *browserpath.Options) { o.Library = lib })
	r := examined(t, p, lib, doctor.Walk{Only: []string{"list-roles"}}).Report()
	assert.Equal(t, doctor.Broken, r.Verdict)
	assert.Empty(t, con.Changes())
	for _, q := range con.Requests() {
		assert.NotContains(t, q.Path, "/deactivate", "it did not even arrive")
	}
}

// TestALookSignsInAfresh looks at the pages of the sign-in, too.
func TestALookSignsInAfresh(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo3"})
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	r := examined(t, p, lib, doctor.Walk{SignIn: true, Only: []string{"identify"}}).Report()
	assert.Equal(t, doctor.Sound, r.Verdict, "%+v", r)
	var looked, found []string
	for _, f := range r.Flows {
		looked = append(looked, f.Name+f.Reason+f.Skipped)
	}
	for _, target := range r.Of(doctor.Found) {
		found = append(found, target.Name)
	}
	assert.Equal(t, []string{"sign-in", "identify"}, looked)
	assert.Subset(t, found, []string{"signin.identifier", "signin.password", "factor.code"})
	assert.Empty(t, con.Changes())
}

// TestALookThatIsStopped ends as what it is, whatever it looked at then.
func TestALookThatIsStopped(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	for at, w := range map[string]doctor.Walk{"list-users": {}, "sign-in": {Only: []string{"sign-in"}}} {
		_, p := setup(t, console.Options{Layout: "neo3"})
		ctx, stop := context.WithCancel(t.Context())
		w.Begun = func(f *flows.Flow) {
			if f.Name == at {
				stop()
			}
		}
		x := doctor.New(doctor.Options{Library: lib, Explain: func(err error) (string, string, string) { return err.Error(), "", "" }})
		require.ErrorIs(t, p.Examine(ctx, x.Walk(w)), userops.ErrCancelled, at)
	}
}

// TestALookAfterOtherWorkTellsTheVersion looks once the session's own page has been given up: after a list that was read
// by a saved sign-in, and after a change.
func TestALookAfterOtherWorkTellsTheVersion(t *testing.T) {
	t.Parallel()
	box, err := seal.New(t.TempDir(), "")
	require.NoError(t, err)
	_, p := setup(t, console.Options{Layout: "neo", Users: 12}, func(o *browserpath.Options) { o.Sessions = box })
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	require.NoError(t, p.Login(t.Context()))
	require.NoError(t, p.Close())
	for _, work := range []func(){
		func() {
			_, err := count(t, p)
			require.NoError(t, err)
		},
		func() {
			require.Equal(t, userops.Done, p.Change(t.Context(), useropstest.SetRole(ann, "Clerk")).Outcome)
		},
	} {
		work()
		r := examined(t, p, lib, doctor.Walk{Only: []string{"list-users"}}).Report()
		assert.Equal(t, doctor.Sound, r.Verdict, "%+v", r)
		assert.Equal(t, "neo", r.Layout)
		assert.True(t, slices.ContainsFunc(r.Recognised, func(v doctor.Recognition) bool { return v.Version == r.Version && v.Matches }), "%+v", r.Recognised)
	}
}
