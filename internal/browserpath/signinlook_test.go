package browserpath_test

import (
	"context"
	"errors"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/seal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// nobodyAsks has neither password nor code be given: whoever asks for one would sign in.
func nobodyAsks(o *browserpath.Options) {
	never := func(context.Context) (string, error) { return "", errors.New("nobody may ask") }
	o.Password, o.Factor = never, browserpath.TOTP{Secret: never}
}

// TestTheFirstPageOfTheSignInIsLookedAtByNobody looks at pages of the sign-in of which a button has another word, or a
// field another id, by what arrives at the console: nothing is typed or sent there.
func TestTheFirstPageOfTheSignInIsLookedAtByNobody(t *testing.T) {
	t.Parallel()
	for layout, c := range map[string]struct {
		drift            console.Drift
		missing, byWords string
		found            []string
	}{
		"neo3": {
			console.Drift{Kind: "rename-label", Element: "continue"}, "signin.identifier_continue", "", []string{"signin.identifier"},
		},
		"classic": {
			console.Drift{Kind: "change-id", Element: "sign-in-password"}, "signin.single_password",
			"the page is the screen of it, since this is there: signin.single_email, signin.single_submit", nil,
		},
	} {
		t.Run(layout, func(t *testing.T) {
			t.Parallel()
			con, p := setup(t, console.Options{Layout: layout, Drift: []console.Drift{c.drift}}, nobodyAsks)
			lib, err := flows.Load("bill", "")
			require.NoError(t, err)
			x := examined(t, p, lib, doctor.Walk{Only: []string{"sign-in"}})
			r := x.Report()
			assert.Equal(t, doctor.Broken, r.Verdict)
			assert.Equal(t, "sign-in-2026-09", r.SignIn)
			require.Len(t, r.Flows, 1)
			t.Log(r.Flows[0], r.Failed)
			missing := only(t, r, doctor.Missing)
			assert.Equal(t, c.missing, missing.Name)
			assert.NotEmpty(t, missing.Picture())
			assert.Contains(t, r.Flows[0].Reason, c.missing+": missing")
			assert.Contains(t, r.Flows[0].Detail, c.byWords)
			var found []string
			for _, target := range r.Of(doctor.Found) {
				found = append(found, target.Name)
			}
			assert.Subset(t, found, c.found)
			for _, target := range r.Of(doctor.NotReached) {
				if target.Name == "factor.code" {
					assert.Contains(t, target.Detail, "after something is typed or pressed")
				}
			}
			for _, q := range con.Requests() {
				assert.Equal(t, http.MethodGet, q.Method, q.Path)
			}
			assert.Zero(t, con.FailedSignIns(console.RobotEmail))
			assert.Empty(t, con.Outbox())
		})
	}
}

// TestALookOfOneWhoIsSignedInLooksAtTheSignInToo has a session that holds, and needs neither password nor code.
func TestALookOfOneWhoIsSignedInLooksAtTheSignInToo(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo3"})
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	require.NoError(t, p.Login(t.Context()))
	sent := len(con.Outbox())
	require.NoError(t, con.SetDrift([]console.Drift{{Kind: "change-id", Element: "sign-in-email"}}, 1))
	r := examined(t, p, lib, doctor.Walk{Only: []string{"sign-in", "identify"}}).Report()
	assert.Equal(t, doctor.Worn, r.Verdict, "%+v", r)
	assert.Equal(t, "signin.identifier", only(t, r, doctor.Fallback).Name)
	assert.Len(t, con.Outbox(), sent, "nobody signed in")
}

// TestASignInThatHaltsNamesItsTarget has pages behind the first change: the sign-in halts there, before anything is sent
// that would fail, and its error and the look at it name the target.
func TestASignInThatHaltsNamesItsTarget(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		layout, kind, element, target, passed string
	}{
		{"neo3", "rename-label", "sign-in", "signin.password_submit", "signin.identifier"},
		{"neo", "rename-label", "send-code", "factor.choice", "signin.password"},
		{"classic", "translate", "submit", "factor.submit", "signin.single_password"},
	} {
		t.Run(c.target, func(t *testing.T) {
			t.Parallel()
			lib, err := flows.Load("bill", "")
			require.NoError(t, err)
			haste(lib)
			con, p := setup(t, console.Options{Layout: c.layout, Drift: []console.Drift{{Kind: c.kind, Element: c.element}}}, impatient,
				func(o *browserpath.Options) { o.Library = lib })
			x := examined(t, p, lib, doctor.Walk{Only: []string{"identify"}})
			r := x.Report()
			assert.Equal(t, doctor.Broken, r.Verdict)
			assert.Contains(t, r.Failed, `"`+c.target+`"`)
			assert.Contains(t, r.Failed, "on http", "and which page")
			assert.Equal(t, string(userops.CodeOf(userops.ErrDrift)), r.Code)
			missing := only(t, r, doctor.Missing)
			assert.Equal(t, c.target, missing.Name)
			require.Len(t, r.Flows, 1)
			assert.Equal(t, "sign-in", r.Flows[0].Name)
			assert.NotNil(t, x.Fingerprints(x.SignIn())[c.passed].Fingerprint)
			assert.Zero(t, con.FailedSignIns(console.RobotEmail))
		})
	}
}

// TestALookDoesNotSignInAgainWhereASignInHasHalted looks twice at a console whose sign-in halts at the page of the code,
// and then with a sign-in.
func TestALookDoesNotSignInAgainWhereASignInHasHalted(t *testing.T) {
	t.Parallel()
	box, err := seal.New(t.TempDir(), "")
	require.NoError(t, err)
	con, p := setup(t, console.Options{Layout: "neo", Drift: []console.Drift{{Kind: "rename-label", Element: "submit"}}}, impatient,
		func(o *browserpath.Options) { o.Sessions, o.RefusedFor = box, time.Nanosecond })
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	look := func(w doctor.Walk) *doctor.Report {
		w.Only = append(w.Only, "identify")
		return examined(t, p, lib, w).Report()
	}
	assert.Equal(t, "factor.submit", only(t, look(doctor.Walk{}), doctor.Missing).Name)
	tries := len(con.Outbox())
	r := look(doctor.Walk{Only: []string{"sign-in"}})
	assert.Equal(t, doctor.Broken, r.Verdict)
	assert.Contains(t, r.Failed, "a look does not try it again")
	assert.NotEmpty(t, r.Of(doctor.Found), "the first page is looked at all the same")
	assert.Len(t, con.Outbox(), tries, "nobody has signed in")
	r = examined(t, p, lib, doctor.Walk{Only: []string{"sign-in"}}).Report()
	assert.Equal(t, doctor.Broken, r.Verdict, "all of the first page is found, and who signs in halts behind it")
	require.Len(t, r.Flows, 1)
	assert.Equal(t, string(userops.CodeOf(userops.ErrSignInHalted)), r.Flows[0].Code)
	assert.Equal(t, "the pages behind its first", r.Flows[0].Unseen)
	assert.Len(t, con.Outbox(), tries, "nobody has signed in")
	look(doctor.Walk{SignIn: true})
	assert.Len(t, con.Outbox(), tries+1)
	require.NoError(t, con.SetDrift(nil, 1))
	_, err = count(t, p)
	require.NoError(t, err, "whoever has something to do tries it")
	_, err = box.Get("demo.halted")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestASignInThatHasHaltedIsNotTriedAgainAtOnce has the next of a batch begin right after a sign-in that has halted at the
// page of the code.
func TestASignInThatHasHaltedIsNotTriedAgainAtOnce(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo", Drift: []console.Drift{{Kind: "rename-label", Element: "submit"}}}, impatient)
	for range 3 {
		_, err := count(t, p)
		require.ErrorIs(t, err, userops.ErrDrift)
		assert.Len(t, con.Outbox(), 1, "codes were sent")
	}
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	require.NoError(t, con.SetDrift(nil, 1))
	p.Reread(lib)
	_, err = count(t, p)
	require.NoError(t, err, "the files may have been corrected")
}

// haste gives the screens of a sign-in less time to come.
func haste(lib *flows.Library) {
	for _, f := range lib.Named("sign-in") {
		for i := range f.Steps {
			if f.Steps[i].Options.Timeout > 0 {
				f.Steps[i].Options.Timeout = flows.Duration(4 * time.Second)
			}
		}
	}
}

// TestNothingOfTheAccountIsLearntAtTheSignIn signs in through every page, by message, and looks at what would be written.
func TestNothingOfTheAccountIsLearntAtTheSignIn(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	code := ""
	var con *console.Console
	con, p := setup(t, console.Options{Layout: "neo3"}, func(o *browserpath.Options) {
		o.Factor = browserpath.PromptedCode{Ask: func(context.Context, int) (string, error) {
			box := con.Outbox()
			code = box[len(box)-1].Code
			return code, nil
		}}
	})
	x := examined(t, p, lib, doctor.Walk{SignIn: true, Only: []string{"sign-in"}})
	assert.Equal(t, doctor.Sound, x.Report().Verdict, "%+v", x.Report())
	prints := x.Fingerprints(x.SignIn())
	for _, name := range []string{"signin.identifier", "signin.password_submit", "factor.choice", "factor.code", "factor.trust", "factor.submit", "organisation.choice"} {
		require.NotNil(t, prints[name].Fingerprint, name)
	}
	assert.Equal(t, "Continue", prints["signin.identifier_continue"].Fingerprint.Name)
	assert.Equal(t, "Trust this device for 30 days", prints["factor.trust"].Fingerprint.Name)
	v := x.SignIn()
	for name, r := range prints {
		f := r.Fingerprint
		for _, text := range []string{f.Name, f.Text, f.Beside, f.Label, f.Title, f.Placeholder, f.Href, f.ID, f.Field} {
			for _, secret := range []string{console.RobotEmail, console.RobotPassword, code, "ending in", console.MainOrganisation, "Acme"} {
				assert.NotContains(t, text, secret, name)
			}
		}
		if t2, _ := v.Target(name); len(t2.Placeholders()) > 0 {
			assert.Empty(t, f.Name+f.Text, name)
		}
	}
}

// TestAPageOfTheSignInIsShownUntouched comes to the page of the password, and of the code, as a person who is to show
// something there would: nothing is typed on it, and what is sent from there does not arrive.
func TestAPageOfTheSignInIsShownUntouched(t *testing.T) {
	t.Parallel()
	asked := 0
	con, p := setup(t, console.Options{Layout: "neo3"}, impatient, func(o *browserpath.Options) {
		o.Password = func(context.Context) (string, error) { asked++; return console.RobotPassword, nil }
	})
	at := doctor.Place{Target: "signin.password_submit", Step: 3 * time.Second, Wait: 3 * time.Second}
	var before int
	var thrown *automation.Session
	err := p.Show(t.Context(), at, func(ctx context.Context, s doctor.Shown) error {
		before, thrown = len(con.Requests()), s.Page.Session()
		assert.Equal(t, "sign-in-2026-09", s.Version.ID)
		assert.Empty(t, s.Note)
		field, _ := s.Version.Target("signin.password")
		typed, err := s.Page.Read(ctx, field, "")
		require.NoError(t, err)
		assert.Empty(t, typed)
		seen, err := s.Page.Examine(ctx, s.Target, nil)
		require.NoError(t, err)
		assert.Len(t, seen.Matches, 1)
		require.NoError(t, s.Page.Fill(ctx, automation.Entry{Target: field, Value: "wrong-horse-8-battery", Secret: true, Bound: time.Second}))
		_ = s.Page.Click(ctx, automation.Press{Target: s.Target, Bound: time.Second}) // which does not arrive
		return nil
	})
	require.NoError(t, err)
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	again, err := flows.Hold(t.Context(), thrown, lib.App)
	require.NoError(t, err, "its requests are held no longer")
	require.NoError(t, again.Close(t.Context(), nil))
	assert.Zero(t, asked, "the password was not needed to come there")
	for _, q := range con.Requests()[before:] {
		assert.Equal(t, http.MethodGet, q.Method, q.Path)
	}
	assert.Zero(t, con.FailedSignIns(console.RobotEmail))
	sent := len(con.Outbox())
	at.Target = "factor.exhausted"
	err = p.Show(t.Context(), at, func(context.Context, doctor.Shown) error { return nil })
	require.ErrorIs(t, err, userops.ErrConfig)
	assert.Len(t, con.Outbox(), sent, "nobody has signed in to find that out")
}

// TestWhatIsThereTwiceIsWhyAScreenIsNotKnown has all that the page of the password is known by stand there twice.
func TestWhatIsThereTwiceIsWhyAScreenIsNotKnown(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	haste(lib)
	con, p := setup(t, console.Options{Layout: "neo3", Drift: []console.Drift{
		{Kind: "duplicate", Element: "sign-in-password"}, {Kind: "duplicate", Element: "sign-in"},
	}}, impatient, func(o *browserpath.Options) { o.Library = lib })
	r := examined(t, p, lib, doctor.Walk{Only: []string{"identify"}}).Report()
	assert.Equal(t, doctor.Broken, r.Verdict)
	var several []string
	for _, target := range r.Of(doctor.Ambiguous) {
		several = append(several, target.Name)
	}
	assert.Contains(t, several, "signin.password")
	require.Len(t, r.Flows, 1)
	assert.Contains(t, r.Flows[0].Reason, "signin.password: several")
	assert.Contains(t, r.Failed, "signin.password is several")
	assert.Less(t, len(r.Failed), 700, r.Failed)
	assert.Equal(t, "the flow sign-in halts", r.Stopped(), "it is said once")
	assert.Zero(t, con.FailedSignIns(console.RobotEmail))
}

// TestWhoHasComeSinceIsAmongTheNames has somebody come while a page is shown, of whom nobody knew when it was opened.
func TestWhoHasComeSinceIsAmongTheNames(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo3", Users: 12})
	for bound, known := range map[time.Duration]bool{0: true, time.Hour: false} {
		con.ClearFaults()
		at := doctor.Place{Target: "user.deactivate", Step: 3 * time.Second, Wait: 3 * time.Second, KnownFor: bound}
		require.NoError(t, p.Show(t.Context(), at, func(ctx context.Context, s doctor.Shown) error {
			before := len(s.People)
			require.NotZero(t, before)
			require.NoError(t, con.AddFault(console.Fault{Name: "list-grows", At: "users.list", Times: 1}))
			now := s.Renewed(ctx).People
			if assert.Subset(t, now, s.People); known {
				assert.Contains(t, now, "New Guest")
			} else {
				assert.Len(t, now, before, "they are not read again before that")
			}
			return nil
		}))
	}
}

// TestNamesOfAPartOfTheListAreNotEverybodys shows a page after a list whose end was not proved.
func TestNamesOfAPartOfTheListAreNotEverybodys(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	_, p := setup(t, console.Options{Layout: "neo3", Users: 12, Differences: []string{"counter-with-licences"}})
	shown := func(look int) {
		at := doctor.Place{Target: "user.deactivate", Step: 3 * time.Second, Wait: 3 * time.Second, KnownFor: time.Hour}
		require.NoError(t, p.Show(t.Context(), at, func(ctx context.Context, s doctor.Shown) error {
			assert.Equal(t, "deactivate", s.Flow, "who is known serves to come there: %s", s.Note)
			assert.Nil(t, s.People)
			assert.Nil(t, s.Renewed(ctx).People)
			return nil
		}), "look %d", look)
	}
	shown(1)
	examined(t, p, lib, doctor.Walk{Only: []string{"list-users"}})
	shown(2)
}

// TestAKeptPageOfTheSignInIsLookedAt looks at the page at which a sign-in has halted, without the console.
func TestAKeptPageOfTheSignInIsLookedAt(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	haste(lib)
	folder := t.TempDir()
	con, p := setup(t, console.Options{Layout: "classic", Drift: []console.Drift{{Kind: "change-id", Element: "sign-in-password"}}}, impatient,
		func(o *browserpath.Options) { o.Library, o.EvidenceDir = lib, folder })
	_, err = p.RunFlow(t.Context(), "list-roles", nil)
	require.ErrorIs(t, err, userops.ErrDrift)
	require.NoError(t, con.Close())
	kept, err := filepath.Glob(filepath.Join(folder, "demo/*/page.mhtml"))
	require.NoError(t, err)
	require.Len(t, kept, 1)
	x, err := doctor.Page(t.Context(), doctor.Kept{File: kept[0], Launch: automation.Options{ProfileDir: t.TempDir()}}, doctor.Options{Library: lib})
	require.NoError(t, err)
	r := x.Report()
	assert.Equal(t, "signin.single_password", only(t, r, doctor.Missing).Name)
	assert.Equal(t, "sign-in-2026-09", r.SignIn)
	steps, err := os.ReadFile(filepath.Join(filepath.Dir(kept[0]), "steps.jsonl"))
	require.NoError(t, err)
	assert.True(t, strings.Contains(string(steps), `"lacks":["signin.single_password"]`), string(steps))
}
