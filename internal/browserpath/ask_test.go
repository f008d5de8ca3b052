package browserpath

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// askedOn is a path to a console of which some elements have other test ids and names than the shipped files say. told
// are the files with the ids that they have.
func askedOn(t *testing.T, elements ...string) (con *console.Console, p *Path, told *flows.Library) {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	o := console.Options{Layout: "neo3"}
	for _, d := range console.Drifts(o.Layout) {
		if slices.Contains(elements, d.Element) && (d.Kind == "rename-label" || d.Kind == "rename-testid") {
			o.Drift = append(o.Drift, d)
		}
	}
	con, err := console.Start(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, con.Close()) })
	shipped, err := flows.Load("bill", "")
	require.NoError(t, err)
	var other []string
	for _, e := range elements {
		other = append(other, "testid: "+e+",", "testid: "+nowOf(con, e)+",")
	}
	told = altered(t, other...)
	p = New(Options{
		Tenant: "demo", Library: shipped, SignIn: con.SignInURL(), Hosts: con.Hosts(), Account: console.RobotEmail,
		Password:     func(context.Context) (string, error) { return console.RobotPassword, nil },
		Factor:       TOTP{Secret: func(context.Context) (string, error) { return console.RobotSecret, nil }},
		Organisation: Organisation{Name: console.MainOrganisation}, Launch: automation.Options{ProfileDir: t.TempDir()}, EvidenceDir: t.TempDir(),
	})
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return con, p, told
}

// altered are the shipped files with some words of the version of neo3 replaced by others.
func altered(t *testing.T, oldNew ...string) *flows.Library {
	t.Helper()
	text, err := os.ReadFile("../../selectors/bill/neo3-2026-09.yaml")
	require.NoError(t, err)
	own := filepath.Join(t.TempDir(), "selectors/bill/neo3-2026-09.yaml")
	require.NoError(t, os.MkdirAll(filepath.Dir(own), 0o750))
	require.NoError(t, os.WriteFile(own, []byte(strings.NewReplacer(oldNew...).Replace(string(text))), 0o600))
	lib, err := LoadLibrary("bill", strings.TrimSuffix(own, "/selectors/bill/neo3-2026-09.yaml"))
	require.NoError(t, err)
	return lib
}

// nowOf is the test id that an element has.
func nowOf(con *console.Console, element string) (id string) {
	for _, d := range con.Drifted() {
		if d.Element == element && d.Now.TestID != "" {
			id = d.Now.TestID
		}
	}
	return id
}

// walks has a path look at some flows.
func walks(t *testing.T, p *Path, w doctor.Walk) (*doctor.Report, error) {
	t.Helper()
	w.Step = 2 * time.Second
	x := doctor.New(doctor.Options{Library: p.opts.Library, Explain: func(err error) (string, string, string) { return err.Error(), "", "" }})
	err := p.Examine(t.Context(), x.Walk(w))
	x.End(err)
	return x.Report(), err
}

// neo3 is the version of the layout that a library has.
func neo3(t *testing.T, lib *flows.Library) *selectors.Version {
	t.Helper()
	for _, v := range lib.Area(selectors.Console) {
		if v.ID == "neo3-2026-09" {
			return v
		}
	}
	require.Fail(t, "there is no such version")
	return nil
}

// TestAWalkGoesOnWhereSomebodyShows has somebody show what two flows lack, on the page where each stands, who presses
// there whatever they like first.
func TestAWalkGoesOnWhereSomebodyShows(t *testing.T) {
	t.Parallel()
	con, p, told := askedOn(t, "users-count", "profile-deactivate")
	var asked []string
	sessions := []*automation.Session{}
	press := func(ctx context.Context, page *automation.Page, id string) {
		target := &selectors.Target{Name: id, Candidates: []selectors.Candidate{{TestID: id}}}
		assert.NoError(t, page.Click(ctx, automation.Press{Target: target, Bound: 10 * time.Second}))
	}
	w := doctor.Walk{Only: []string{"identify", "list-users", "deactivate"}, Sample: "ann@acme.example"}
	w.Ask = func(ctx context.Context, q doctor.Question) (*flows.Library, *selectors.Version, error) {
		asked = append(asked, q.Flow+" "+q.Lacking.Name)
		require.Less(t, len(asked), 4, "%v", asked)
		sessions = append(sessions, p.session, q.Page.Session())
		for _, s := range []*automation.Session{p.session, q.Page.Session()} {
			_, err := flows.Hold(ctx, s, told.App)
			require.ErrorContains(t, err, "held already")
		}
		at := q.Page.URL()
		assert.Empty(t, q.Stopped())
		if q.Flow == "list-users" {
			ann, _ := con.UserByEmail("ann@acme.example")
			link := &selectors.Target{Name: "the link", Candidates: []selectors.Candidate{{CSS: `a.name[href*="` + ann.ID[:15] + `"]`}}}
			require.NoError(t, q.Page.Open(ctx, at)) // it was scrolled to its end
			require.NoError(t, q.Page.Click(ctx, automation.Press{Target: link, Bound: 10 * time.Second}))
		}
		press(ctx, q.Page, nowOf(con, "profile-deactivate"))
		press(ctx, q.Page, "confirm-yes")
		kept := func() bool { return strings.Contains(strings.Join(q.Stopped(), "\n"), "/deactivate") }
		assert.Eventually(t, kept, 10*time.Second, 20*time.Millisecond, "it is told what was kept from leaving")
		require.NoError(t, q.Page.Open(ctx, at))
		if assert.Equal(t, q.Flow == "deactivate", q.People != nil, "people are known once the list was read"); q.Flow != "deactivate" {
			for _, name := range []string{"users.show_inactive", "users.show_pending"} { // as the flow had them
				filter, _ := neo3(t, told).Target(name)
				require.NoError(t, q.Page.Click(ctx, automation.Press{Target: filter, Bound: 2 * time.Second}))
			}
			counted := altered(t, "testid: users-count,", "testid: "+nowOf(con, "users-count")+",")
			return counted, neo3(t, counted), nil
		}
		return told, neo3(t, told), nil
	}
	r, err := walks(t, p, w)
	require.NoError(t, err)
	assert.Equal(t, []string{"list-users users.count", "deactivate user.deactivate"}, asked)
	for _, f := range r.Flows {
		assert.Empty(t, f.Reason, f.Name)
	}
	assert.NotEqual(t, doctor.Broken, r.Verdict, "%+v", r)
	assert.Empty(t, con.Changes())
	for _, q := range con.Requests() {
		assert.NotContains(t, q.Path, "/deactivate")
	}
	for _, s := range sessions {
		again, err := flows.Hold(t.Context(), s, told.App)
		require.NoError(t, err, "its requests are held no longer")
		require.NoError(t, again.Close(t.Context(), nil))
	}
}

// TestWhatAPageSendsByItselfIsNoWorkOfAPerson has requests be kept from leaving before a person is asked and afterwards.
func TestWhatAPageSendsByItselfIsNoWorkOfAPerson(t *testing.T) {
	t.Parallel()
	all := []string{"POST https://acme.example/beat"}
	stopped := keptFrom(func() []string { return all })
	assert.Empty(t, stopped())
	all = append(all, "POST https://acme.example/beat", "POST https://acme.example/drafts", "POST https://acme.example/beat")
	assert.Equal(t, []string{"POST https://acme.example/drafts"}, stopped())
}

// TestWhoeverEndsAWalkIsAskedForNothingMore goes on without what a step within another lacks, and ends the walk when the
// next flow asks for the same.
func TestWhoeverEndsAWalkIsAskedForNothingMore(t *testing.T) {
	t.Parallel()
	_, p, _ := askedOn(t)
	p.Reread(altered(t, `css: "a.name"`, `css: "a.other"`))
	var asked, begun []string
	left := errors.New("the person has left")
	w := doctor.Walk{Only: []string{"list-users", "deactivate", "set-role", "rename"}, Sample: "ann@acme.example"}
	w.Begun = func(f *flows.Flow) { begun = append(begun, f.Name) }
	w.Ask = func(_ context.Context, q doctor.Question) (*flows.Library, *selectors.Version, error) {
		assert.NotNil(t, q.Row, "it is looked for in a row")
		if asked = append(asked, q.Flow+" "+q.Lacking.Name); len(asked) == 2 {
			return nil, nil, left
		}
		return nil, nil, nil
	}
	_, err := walks(t, p, w)
	require.ErrorIs(t, err, left)
	assert.Equal(t, []string{"deactivate users.row_open", "set-role users.row_open"}, asked)
	assert.Equal(t, []string{"list-users", "deactivate", "set-role"}, begun)
}

// TestWhatOnlyHoldsOtherTargetsIsComeTo asks for what no flow names, but which something lies in that a flow names.
func TestWhatOnlyHoldsOtherTargetsIsComeTo(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	s := &shower{at: doctor.Place{Target: "user.profile"}, examiner: &examiner{p: &Path{version: neo3(t, lib)}}}
	assert.Contains(t, s.meant(), "user.email")
}
