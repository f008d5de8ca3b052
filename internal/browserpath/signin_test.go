package browserpath_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/seal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// impatient lets a step that cannot succeed give up sooner.
func impatient(o *browserpath.Options) { o.StepTimeout = 3 * time.Second }

func count(t *testing.T, p *browserpath.Path) (int, error) {
	t.Helper()
	n := 0
	_, err := p.List(t.Context(), nil, func(userops.User) error { n++; return nil })
	return n, err
}

func TestTheSecondCommandNeedsNeitherPasswordNorCode(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		box, err := seal.New(t.TempDir(), "")
		require.NoError(t, err)
		con, first := setup(t, console.Options{Layout: layout}, func(o *browserpath.Options) { o.Sessions = box })
		n, err := count(t, first)
		require.NoError(t, err)
		require.NoError(t, first.Close())
		mails := len(con.Outbox())

		lib, err := flows.Load("bill", "")
		require.NoError(t, err)
		never := func(context.Context) (string, error) { return "", errors.New("nobody may ask") }
		second := browserpath.New(browserpath.Options{Tenant: "demo", Library: lib, SignIn: con.SignInURL(), Hosts: con.Hosts(), Account: console.RobotEmail,
			Password: never, Factor: browserpath.TOTP{Secret: never}, Organisation: browserpath.Organisation{Name: console.MainOrganisation}, Sessions: box})
		defer func() { require.NoError(t, second.Close()) }()
		again, err := count(t, second)
		require.NoError(t, err)
		assert.Equal(t, n, again)
		assert.Len(t, con.Outbox(), mails, "no sign-in from a new browser was noticed")

		// The session ends, the device stays trusted: the password is enough.
		con.EndSessions()
		require.NoError(t, second.Close())
		_, err = count(t, second)
		require.ErrorIs(t, err, userops.ErrConfig)
		assert.ErrorContains(t, err, "password")
	})
}

// TestASavedSessionThatEndedIsKnownByTheSignInPage has an app that watches for nothing: the page of the sign-in
// tells by its version.
func TestASavedSessionThatEndedIsKnownByTheSignInPage(t *testing.T) {
	t.Parallel()
	box, err := seal.New(t.TempDir(), "")
	require.NoError(t, err)
	con, p := setup(t, console.Options{Layout: "neo3"}, func(o *browserpath.Options) {
		o.Sessions = box
		o.Library.App.Watch = nil
	})
	n, err := count(t, p)
	require.NoError(t, err)
	require.NoError(t, p.Close())
	con.EndSessions()
	again, err := count(t, p)
	require.NoError(t, err)
	assert.Equal(t, n, again)
}

func TestASessionThatEndsInMidFlowIsRenewed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ layout, at string }{{"classic", "users.detail"}, {"neo", "users.detail"}, {"neo", "settings"}, {"neo3", "users.detail"}, {"neo3", "users.list"}} {
		t.Run(c.layout+" at "+c.at, func(t *testing.T) {
			t.Parallel()
			con, p := setup(t, console.Options{Layout: c.layout})
			_, err := count(t, p)
			require.NoError(t, err)
			require.NoError(t, con.AddFault(console.Fault{Name: "session-expired", At: c.at, Times: 1}))
			codes := len(con.Outbox())
			r := p.Change(t.Context(), useropstest.Deactivate("ann@acme.example"))
			assert.Equal(t, userops.Done, r.Outcome, r.Reason)
			u, _ := con.UserByEmail("ann@acme.example")
			assert.Equal(t, console.Inactive, u.Status)
			assert.Len(t, con.Outbox(), codes, "the device is trusted: no code, no alert")
			assert.Equal(t, 1, changesOf(con, "deactivate"))
		})
	}
}

func changesOf(c *console.Console, action string) (n int) {
	for _, ch := range c.Changes() {
		if ch.Action == action {
			n++
		}
	}
	return n
}

func TestARefusedPasswordIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout}, func(o *browserpath.Options) {
			o.Password = func(context.Context) (string, error) { return "wrong-horse-8-battery", nil }
		})
		_, err := count(t, p)
		require.ErrorIs(t, err, userops.ErrCredentials)
		for range 12 { // as many as a batch may be long
			r := p.Change(t.Context(), useropstest.Deactivate(ann))
			require.Equal(t, userops.Halted, r.Outcome)
			require.ErrorIs(t, r.Err, userops.ErrCredentials)
		}
		assert.Equal(t, 1, con.FailedSignIns(console.RobotEmail))
		assert.NotContains(t, err.Error(), "wrong-horse")
		assert.Contains(t, userops.HintOf(err), "by hand")
	})
}

func TestWallsHaltWithWhatAPersonShouldDo(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		fault console.Fault
		lock  bool
		kind  error
		says  string
	}{
		{"locked account", console.Fault{}, true, userops.ErrLocked, "locked"},
		{"captcha at sign-in", console.Fault{Name: "captcha", At: "signin"}, false, userops.ErrNeedsPerson, "human"},
		{"captcha after the password", console.Fault{Name: "captcha", At: "signin.password"}, false, userops.ErrNeedsPerson, "human"},
		{"maintenance", console.Fault{Name: "maintenance"}, false, userops.ErrUnreachable, "maintenance"},
		{"maintenance on the list", console.Fault{Name: "maintenance", At: "users"}, false, userops.ErrUnreachable, "maintenance"},
		{"foreign host", console.Fault{Name: "foreign-redirect", At: "signin.organisation"}, false, userops.ErrNeedsPerson, "elsewhere.test"},
		{"error 500", console.Fault{Name: "error-500", At: "signin"}, false, userops.ErrUnreachable, "500"},
		{"cut", console.Fault{Name: "cut", At: "signin.password"}, false, userops.ErrUnreachable, "loaded"},
		{"captcha on the list", console.Fault{Name: "captcha", At: "users"}, false, userops.ErrNeedsPerson, "human"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			con, p := setup(t, console.Options{Layout: "neo3"}, impatient)
			if c.lock {
				con.LockAccount(console.RobotEmail)
			}
			if c.fault.Name != "" {
				require.NoError(t, con.AddFault(c.fault))
			}
			_, err := count(t, p)
			require.ErrorIs(t, err, c.kind)
			assert.Contains(t, err.Error(), c.says)
			assert.NotEmpty(t, userops.HintOf(err))
		})
	}
}

// TestARefusedSignInIsTriedAgainAfterAWhile serves a tenant for longer than a fault of its configuration lasts.
func TestARefusedSignInIsTriedAgainAfterAWhile(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]time.Duration{"not yet": 0, "after a while": time.Nanosecond} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			secret, fetched := "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", 0
			_, p := setup(t, console.Options{Layout: "neo", StrictCodes: true}, func(o *browserpath.Options) {
				o.RefusedFor = wait
				o.Factor = browserpath.TOTP{Secret: func(context.Context) (string, error) { fetched++; return secret, nil }}
			})
			_, err := count(t, p)
			require.ErrorIs(t, err, userops.ErrFactor)
			before := fetched
			secret = console.RobotSecret // somebody has put it right
			_, err = count(t, p)
			if wait == 0 {
				require.ErrorIs(t, err, userops.ErrFactor)
				assert.Equal(t, before, fetched, "nothing was tried")
				return
			}
			require.NoError(t, err)
		})
	}
}

func TestAnAuthenticatorWhoseClockIsOneStepOff(t *testing.T) {
	t.Parallel()
	for _, off := range []time.Duration{-30 * time.Second, 0, 30 * time.Second} {
		t.Run(off.String(), func(t *testing.T) {
			t.Parallel()
			_, p := setup(t, console.Options{Layout: "neo", StrictCodes: true, ClockOffset: off})
			_, err := count(t, p)
			require.NoError(t, err)
		})
	}
	t.Run("ten steps", func(t *testing.T) {
		t.Parallel()
		_, p := setup(t, console.Options{Layout: "neo", StrictCodes: true, ClockOffset: 5 * time.Minute})
		_, err := count(t, p)
		require.ErrorIs(t, err, userops.ErrFactor)
		assert.Contains(t, userops.HintOf(err), "clock")
	})
}

func TestACodeThatIsSent(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		var con *console.Console
		con, p := setup(t, console.Options{Layout: layout}, func(o *browserpath.Options) {
			o.Factor = browserpath.PromptedCode{Do: "do it by hand", Ask: func(context.Context, int) (string, error) {
				box := con.Outbox()
				return box[len(box)-1].Code + "\n", nil
			}}
		})
		_, err := count(t, p)
		require.NoError(t, err)
	})
}

func TestASecondFactorThatCannotBeReached(t *testing.T) {
	t.Parallel()
	_, p := setup(t, console.Options{Layout: "neo"}, impatient, func(o *browserpath.Options) {
		o.Account, o.Password = console.ClerkEmail, func(context.Context) (string, error) { return console.ClerkPassword, nil }
	})
	_, err := count(t, p) // the clerk has a phone, but no authenticator
	require.ErrorIs(t, err, userops.ErrFactor)
	_, p = setup(t, console.Options{Layout: "neo"}, impatient, func(o *browserpath.Options) {
		o.Factor = browserpath.PromptedCode{Do: "do it by hand", Ask: func(context.Context, int) (string, error) { return "", errors.New("nobody is there") }}
	})
	_, err = count(t, p)
	require.ErrorIs(t, err, userops.ErrFactor)
	assert.Contains(t, err.Error(), "nobody is there")
}

func TestTheOrganisationIsTheOneThatIsMeant(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		var id string
		con, p := setup(t, console.Options{Layout: layout, Users: 10}, func(o *browserpath.Options) { o.Organisation = browserpath.Organisation{Name: "Acme Corp."} })
		n, err := count(t, p)
		require.NoError(t, err)
		assert.Equal(t, 3, n, "Acme Corp. is not Acme Corp")
		org, _ := con.Organisation("Acme")
		id = org.ID

		_, p = setup(t, console.Options{Layout: layout, Users: 10}, func(o *browserpath.Options) { o.Organisation = browserpath.Organisation{ID: id} })
		n, err = count(t, p)
		require.NoError(t, err)
		assert.Equal(t, 3, n)

		_, p = setup(t, console.Options{Layout: layout, Users: 10}, func(o *browserpath.Options) { o.Organisation = browserpath.Organisation{Name: "Acme Co"} })
		_, err = count(t, p)
		require.ErrorIs(t, err, userops.ErrOrganisation)
		for _, name := range []string{"Acme Corp Test", "Acme Corp.", "Acme"} {
			assert.Contains(t, err.Error(), name)
		}
	})
}

func TestASessionOfAnotherOrganisationIsReplaced(t *testing.T) {
	t.Parallel()
	box, err := seal.New(t.TempDir(), "")
	require.NoError(t, err)
	con, p := setup(t, console.Options{Layout: "neo3", Users: 12}, func(o *browserpath.Options) { o.Sessions, o.Organisation.Name = box, "Acme Corp." })
	n, err := count(t, p)
	require.NoError(t, err)
	require.Equal(t, 3, n)
	require.NoError(t, p.Close())
	_, p = setup(t, console.Options{}, func(o *browserpath.Options) { o.Sessions, o.SignIn = box, con.SignInURL() })
	n, err = count(t, p)
	require.NoError(t, err)
	assert.Equal(t, 12, n)
}

// TestASavedSessionHoldsItsOrganisation has an organisation of the same name and another id stand in for the one
// that the session was signed in to: a name that matches proves nothing.
func TestASavedSessionHoldsItsOrganisation(t *testing.T) {
	t.Parallel()
	box, err := seal.New(t.TempDir(), "")
	require.NoError(t, err)
	con, p := setup(t, console.Options{Layout: "neo3", Users: 3}, func(o *browserpath.Options) { o.Sessions = box })
	_, err = count(t, p)
	require.NoError(t, err)
	require.NoError(t, p.Close())
	data, err := box.Get("demo")
	require.NoError(t, err)
	var saved map[string]any
	require.NoError(t, json.Unmarshal(data, &saved))
	require.NotEmpty(t, saved["organisation"])
	saved["organisation"] = "008TWIN"
	data, err = json.Marshal(saved)
	require.NoError(t, err)
	require.NoError(t, box.Put("demo", data))

	_, p = setup(t, console.Options{}, func(o *browserpath.Options) { o.Sessions, o.SignIn = box, con.SignInURL() })
	_, err = count(t, p)
	require.ErrorIs(t, err, userops.ErrOrganisation)
	assert.ErrorContains(t, err, "it was 008TWIN when this session began")
}

func TestARefusedPasswordIsRememberedUntilAPersonInsists(t *testing.T) {
	t.Parallel()
	box, err := seal.New(t.TempDir(), "")
	require.NoError(t, err)
	password := "wrong-horse-8-battery"
	con, p := setup(t, console.Options{Layout: "neo"}, func(o *browserpath.Options) {
		o.Sessions, o.Password = box, func(context.Context) (string, error) { return password, nil }
	})
	for range 3 { // three runs of a job
		_, err = count(t, p)
		require.ErrorIs(t, err, userops.ErrCredentials)
		require.NoError(t, p.Close())
		_, p = setup(t, console.Options{}, func(o *browserpath.Options) {
			o.Sessions, o.SignIn, o.Password = box, con.SignInURL(), func(context.Context) (string, error) { return password, nil }
		})
	}
	assert.Equal(t, 1, con.FailedSignIns(console.RobotEmail))
	require.ErrorIs(t, p.Login(t.Context()), userops.ErrCredentials)
	assert.Equal(t, 2, con.FailedSignIns(console.RobotEmail), "a person may insist")
	password = console.RobotPassword
	require.NoError(t, p.Login(t.Context()))
}

func TestASessionThatEndsAtTheCommitDoesNotSpoilTheRest(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout})
		require.NoError(t, con.AddFault(console.Fault{Name: "session-expired", At: "deactivate", Times: 1}))
		r := p.Change(t.Context(), useropstest.Deactivate(ann))
		require.NotNil(t, r.After, "it was read back")
		if layout == "neo3" { // the server's answer was 401: it is done once more after signing in
			require.Equal(t, userops.Done, r.Outcome, r.Reason)
			assert.Equal(t, userops.Inactive, r.After.Status)
			return
		}
		assert.Equal(t, userops.Unknown, r.Outcome, "the form led to the sign-in page, which says nothing of the change: %s", r.Reason)
		assert.Equal(t, userops.Active, r.After.Status)
		r = p.Change(t.Context(), useropstest.Deactivate(ann))
		assert.Equal(t, userops.Done, r.Outcome, r.Reason)
	})
}

func TestASessionThatLeadsNowhereIsReplaced(t *testing.T) {
	t.Parallel()
	box, err := seal.New(t.TempDir(), "")
	require.NoError(t, err)
	gone, p := setup(t, console.Options{Layout: "neo"}, func(o *browserpath.Options) { o.Sessions = box })
	_, err = count(t, p)
	require.NoError(t, err)
	require.NoError(t, p.Close())
	require.NoError(t, gone.Close())
	_, p = setup(t, console.Options{Layout: "neo"}, func(o *browserpath.Options) { o.Sessions = box })
	_, err = count(t, p)
	require.NoError(t, err)
}

// overlay copies a shipped file into an overlay folder under a name of its own, with one edit.
func overlay(t *testing.T, file, as, from, to string) string {
	t.Helper()
	dir := t.TempDir()
	data, err := os.ReadFile(filepath.Join("..", "..", file))
	require.NoError(t, err)
	require.Contains(t, string(data), from)
	path := filepath.Join(dir, filepath.Dir(file), as)
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(data), from, to, 1)), 0o600))
	return dir
}

func TestAnUnknownUserInterfaceHalts(t *testing.T) {
	t.Parallel()
	mark := "meta[name='ui-generation'][content='neo3']"
	for _, c := range []struct{ name, as, to, says string }{
		{"none matches", "neo3-2026-09.yaml", "meta[name='ui-generation'][content='neo4']", "unknown screen"},
		{"two match", "neo3-2026-11.yaml", mark, "all match"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			lib, err := flows.Load("bill", overlay(t, "selectors/bill/neo3-2026-09.yaml", c.as, mark, c.to))
			require.NoError(t, err)
			_, p := setup(t, console.Options{Layout: "neo3"}, impatient, func(o *browserpath.Options) { o.Library = lib })
			_, err = count(t, p)
			require.Error(t, err)
			assert.Contains(t, err.Error(), c.says)
			// Pinned, the version is used without being recognised.
			_, p = setup(t, console.Options{Layout: "neo3"}, func(o *browserpath.Options) {
				o.Library, o.Pin = lib, strings.TrimSuffix(c.as, ".yaml")
			})
			if c.name == "two match" {
				_, err = count(t, p)
				require.NoError(t, err)
			}
		})
	}
}

func TestACodeThatIsNoneIsNotTyped(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ given, want string }{{"123456\n", "123456"}, {" 123 456 ", "123456"}, {"12-34", "1234"}, {"", ""}, {"Your code is: 123456", ""}, {"Fetching…\n123456", ""}, {strings.Repeat("7", 3000), ""}} {
		code, err := browserpath.PromptedCode{Do: "by hand", Ask: func(context.Context, int) (string, error) { return c.given, nil }}.Code(t.Context(), 1)
		assert.Equal(t, c.want, code)
		if c.want == "" {
			require.ErrorIs(t, err, userops.ErrFactor)
			assert.Equal(t, "by hand", userops.HintOf(err))
			assert.NotContains(t, err.Error(), "123456")
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := browserpath.PromptedCode{Ask: func(ctx context.Context, _ int) (string, error) { return "", ctx.Err() }}.Code(ctx, 1)
	require.ErrorIs(t, err, userops.ErrCancelled, "a Ctrl-C is not the factor's fault")
}

func TestWhereNobodyIsThereNoCodeIsSent(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo"}, func(o *browserpath.Options) { o.Factor = browserpath.PromptedCode{} })
	_, err := p.Get(t.Context(), "ann@acme.example")
	require.ErrorIs(t, err, userops.ErrFactor)
	for _, m := range con.Outbox() {
		assert.NotEqual(t, "sms", m.Kind)
	}
}

func TestTheCodesOfAnAppGivenByAPerson(t *testing.T) {
	t.Parallel()
	_, p := setup(t, console.Options{Layout: "neo3"}, func(o *browserpath.Options) {
		o.Factor = browserpath.PromptedCode{App: true, Ask: func(ctx context.Context, attempt int) (string, error) {
			return browserpath.TOTP{Secret: func(context.Context) (string, error) { return console.RobotSecret, nil }}.Code(ctx, attempt)
		}}
	})
	_, err := p.Get(t.Context(), "ann@acme.example")
	require.NoError(t, err)
}

// TestASavedSignInIsReadOnThePageOnWhichItWasSeenToHold counts the pages that two commands open, each of which is a
// process of the browser's: a list takes one. A change takes three, since who reads before, who acts and who reads back
// share nothing.
func TestASavedSignInIsReadOnThePageOnWhichItWasSeenToHold(t *testing.T) {
	t.Parallel()
	box, err := seal.New(t.TempDir(), "")
	require.NoError(t, err)
	var pages, contexts atomic.Int64
	con, p := setup(t, console.Options{Layout: "neo", Users: 12}, func(o *browserpath.Options) {
		o.Sessions = box
		o.Launch.Observer = func(c automation.Call) error {
			switch c.Method {
			case "Target.createTarget":
				pages.Add(1)
			case "Target.createBrowserContext":
				contexts.Add(1)
			}
			return nil
		}
	})
	opened := func(do func()) (int64, int64) {
		pages.Store(0)
		contexts.Store(0)
		do()
		require.NoError(t, p.Close())
		return pages.Load(), contexts.Load()
	}
	opened(func() { require.NoError(t, p.Login(t.Context())) })
	mails := len(con.Outbox())
	n, _ := opened(func() {
		n, err := count(t, p)
		require.NoError(t, err)
		assert.Equal(t, 12, n)
	})
	assert.EqualValues(t, 1, n, "pages of a list")
	n, own := opened(func() {
		r := p.Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
		require.Equal(t, userops.Done, r.Outcome, r.Reason)
	})
	assert.EqualValues(t, 3, n, "pages of a change")
	assert.EqualValues(t, 4, own, "contexts: one for each page, and one in which nothing is done any more after the change")
	assert.Len(t, con.Outbox(), mails, "nobody has signed in again")
}
