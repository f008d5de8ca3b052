package browserpath_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ann = "ann@acme.example"

// TestTheOutcomeIsWhatIsStored strikes with faults of truth: what the page says and what is stored differ.
func TestTheOutcomeIsWhatIsStored(t *testing.T) {
	t.Parallel()
	for fault, want := range map[string]userops.Outcome{
		"toast-without-effect": userops.Unknown, "effect-without-toast": userops.Done, "effect-then-500": userops.Done, "late-effect": userops.Done,
	} {
		t.Run(fault, func(t *testing.T) {
			t.Parallel()
			oneLayout(t, func(t *testing.T, layout string) {
				con, p := setup(t, console.Options{Layout: layout}, impatient)
				require.NoError(t, con.AddFault(console.Fault{Name: fault, At: "deactivate"}))
				r := p.Change(t.Context(), useropstest.Deactivate(ann))
				assert.Equal(t, want, r.Outcome, r.Reason)
				u, _ := con.UserByEmail(ann)
				assert.Equal(t, want == userops.Done, u.Status == console.Inactive)
				assert.LessOrEqual(t, changesOf(con, "deactivate"), 1, "never a second click")
			})
		})
	}
}

// TestADisturbedPageHalts strikes with faults of the page: nothing may be stored, and the reason must be named.
func TestADisturbedPageHalts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ layout, fault, at string }{
		{"neo3", "shield", "users.list"}, {"neo3", "survey", "users.list"}, {"classic", "label-renamed", "users.detail"}, {"classic", "button-doubled", "users.detail"},
		{"neo", "survey", "users.detail"}, {"neo", "error-500", "users.detail"}, {"neo", "maintenance", "users.detail"}, {"neo", "foreign-redirect", "users.detail"}, {"classic", "cut", "users.detail"},
	} {
		t.Run(c.layout+" "+c.fault, func(t *testing.T) {
			t.Parallel()
			con, p := setup(t, console.Options{Layout: c.layout}, impatient)
			_, err := count(t, p)
			require.NoError(t, err)
			require.NoError(t, con.AddFault(console.Fault{Name: c.fault, At: c.at}))
			r := p.Change(t.Context(), useropstest.Deactivate(ann))
			assert.Equal(t, userops.Halted, r.Outcome, r.Reason)
			assert.NotEmpty(t, r.Reason)
			assert.NotEmpty(t, r.Hint)
			assert.Zero(t, changesOf(con, "deactivate"))
			assert.FileExists(t, filepath.Join(r.Evidence, "steps.jsonl"))
			assert.FileExists(t, filepath.Join(r.Evidence, "page.mhtml"))
		})
	}
}

func TestSlowPagesAreWaitedFor(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout})
		_, err := count(t, p)
		require.NoError(t, err)
		require.NoError(t, con.AddFault(console.Fault{Name: "slow-4s", At: "users.detail", Times: 1}))
		require.NoError(t, con.AddFault(console.Fault{Name: "slow-4s", At: "deactivate", Times: 1}))
		r := p.Change(t.Context(), useropstest.Deactivate(ann))
		assert.Equal(t, userops.Done, r.Outcome, r.Reason)
		assert.Equal(t, 1, changesOf(con, "deactivate"))
	})
}

func TestTheConsolesRefusalIsPassedOn(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout})
		r := p.Change(t.Context(), useropstest.Deactivate(console.OwnerEmail))
		assert.Equal(t, userops.Halted, r.Outcome)
		require.ErrorIs(t, r.Err, userops.ErrRejected)
		assert.Contains(t, r.Reason, string(console.ErrOwner))
		assert.Zero(t, changesOf(con, "deactivate"))
	})
}

func TestFixRecordsIsPassedOn(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		_, p := setup(t, console.Options{Layout: layout})
		r := p.Change(t.Context(), useropstest.Deactivate(console.FixEmail))
		require.Equal(t, userops.Done, r.Outcome, r.Reason)
		require.Len(t, r.Notices, 1)
		assert.Contains(t, r.Notices[0], "Fix records")
	})
}

func TestPreferencesOfAnInvitation(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout}, func(o *browserpath.Options) {
			o.Preferences = browserpath.Preferences{MailTasks: true, Summary: "Weekly"}
		})
		r := p.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "eve@acme.example", FirstName: "Eve", LastName: "Moss", Role: "AP Lead", TimeZone: "(GMT+01:00) Berlin"})
		require.Equal(t, userops.Done, r.Outcome, r.Reason)
		assert.Empty(t, r.Notices)
		require.Eventually(t, func() bool { u, _ := con.UserByEmail("eve@acme.example"); return u.Summary == "Weekly" }, 5*time.Second, 10*time.Millisecond)
		u, _ := con.UserByEmail("eve@acme.example")
		assert.True(t, u.MailTasks)
		assert.Equal(t, "AP Lead", u.Role)
		assert.Equal(t, "(GMT+01:00) Berlin", u.TimeZone)
	})
}

// TestCancelledAtEveryStep cancels a deactivation after each of its steps: it either has not begun to change anything
// and says halted, or has, and says what became of it.
func TestCancelledAtEveryStep(t *testing.T) {
	t.Parallel()
	stride := 6
	if useropstest.All() {
		stride = 1
	}
	for step := 1; step < 40; step += stride {
		t.Run("", func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			n, armed := 0, false
			con, p := setup(t, console.Options{Layout: "neo3", Users: 15}, func(o *browserpath.Options) {
				o.Progress = func(string) {
					if n++; armed && n == step {
						cancel()
					}
				}
			})
			_, err := count(t, p)
			require.NoError(t, err)
			n, armed = 0, true
			r := p.Change(ctx, useropstest.Deactivate(ann))
			u, _ := con.UserByEmail(ann)
			switch r.Outcome {
			case userops.Halted:
				assert.Equal(t, console.Active, u.Status, r.Reason)
				assert.ErrorIs(t, r.Err, userops.ErrCancelled)
			case userops.Done:
				assert.Equal(t, console.Inactive, u.Status)
			default:
				assert.Fail(t, "not settled", "%s: %s", r.Outcome, r.Reason)
			}
		})
	}
}

func TestManyUsersAreReadCompletelyAndExactly(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout, Users: 1000, Seed: 3})
		var got []userops.User
		l, err := p.List(t.Context(), nil, func(u userops.User) error { got = append(got, u); return nil })
		require.NoError(t, err)
		assert.True(t, l.Complete, l.Proof)
		assert.Equal(t, fromConsole(con.Users()), got)
	})
}

func TestAListThatGrowsWhileItIsReadIsReadAgain(t *testing.T) {
	t.Parallel()
	rows := 0
	var con *console.Console
	con, p := setup(t, console.Options{Layout: "neo", Users: 230}, func(o *browserpath.Options) {
		o.Progress = func(step string) {
			if rows++; step == "read 100 rows" && changesOf(con, "edit") == 0 {
				con.Edit("another administrator", func(o *console.Organisation) {
					o.Users = append([]*console.User{{ID: "006NEW", Email: "first@acme.example", FirstName: "A", LastName: "B", Role: "Clerk", Status: console.Active}}, o.Users...)
				})
			}
		}
	})
	var got []userops.User
	l, err := p.List(t.Context(), nil, func(u userops.User) error { got = append(got, u); return nil })
	require.NoError(t, err)
	assert.True(t, l.Complete, l.Proof)
	assert.Equal(t, fromConsole(con.Users()), got)
}

// TestAFullDiskUnderTheEvidenceStopsBeforeTheCommit lets the step log lead to /dev/full, where every write fails as
// on a full disk, and then the evidence folder to a place where none can be made.
func TestAFullDiskUnderTheEvidenceStopsBeforeTheCommit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	con, p := setup(t, console.Options{}, func(o *browserpath.Options) { o.EvidenceDir = dir })
	before := con.Users()
	stop := func(op string) {
		t.Helper()
		r := p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(ann)), change.Hooks{ID: op})
		require.Equal(t, userops.Halted, r.Outcome, r.Reason)
		require.ErrorIs(t, r.Err, userops.ErrStorage)
		assert.Contains(t, r.Hint, "make room on the disk")
		assert.Equal(t, before, con.Users())
	}
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "demo", "full"), 0o700))
	require.NoError(t, os.Symlink("/dev/full", filepath.Join(dir, "demo", "full", "steps.jsonl")))
	stop("full")
	require.NoError(t, os.WriteFile(filepath.Join(dir, "demo", "closed"), nil, 0o600))
	stop("closed")
	require.Equal(t, userops.Done, p.Change(t.Context(), useropstest.Deactivate(ann)).Outcome)
}

// TestSecretsAreNowhereInEvidence looks through everything an operation left behind.
func TestSecretsAreNowhereInEvidence(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		dir := t.TempDir()
		con, p := setup(t, console.Options{Layout: layout}, impatient, func(o *browserpath.Options) {
			o.EvidenceDir, o.RefusedFor = dir, time.Nanosecond // the sign-in that halts is tried again at once
		})
		require.NoError(t, con.AddFault(console.Fault{Name: "captcha", At: "signin.code"}))
		r := p.Change(t.Context(), useropstest.Deactivate(ann))
		require.Equal(t, userops.Halted, r.Outcome, r.Reason)
		con.ClearFaults()
		r = p.Change(t.Context(), useropstest.Deactivate(ann))
		require.Equal(t, userops.Done, r.Outcome, r.Reason)
		files := 0
		require.NoError(t, filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			files++
			data, err := os.ReadFile(path)
			for _, secret := range []string{console.RobotPassword, console.RobotSecret} {
				assert.False(t, bytes.Contains(data, []byte(secret)), path)
			}
			return err
		}))
		assert.Greater(t, files, 4)
	})
}

// TestWhatIsSaidOnASocketIsTold has a page that tells on a WebSocket whom a press is about: that cannot be held, so
// a change is not called done unless the app's file says why it may.
func TestWhatIsSaidOnASocketIsTold(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		why  string
		want userops.Outcome
	}{"not allowed": {"", userops.Unknown}, "allowed": {"it tells other administrators who is being looked at", userops.Done}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			con, p := setup(t, console.Options{Layout: "neo3", Differences: []string{"tells-on-socket"}}, func(o *browserpath.Options) {
				o.Library.App.Sockets = c.why
			})
			r := p.Change(t.Context(), useropstest.Deactivate(ann))
			assert.Equal(t, c.want, r.Outcome, r.Reason)
			assert.Equal(t, 1, changesOf(con, "deactivate"))
			if c.why == "" {
				assert.Contains(t, r.Reason, "WebSocket")
				assert.Contains(t, r.Hint, "app.yaml")
			}
		})
	}
}

// TestARehearsalThroughThePress shows what would be sent, and that nothing is.
func TestARehearsalThroughThePress(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout})
		through := change.Hooks{DryRun: true, Through: true}
		r := p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(ann)), through)
		require.ErrorIs(t, r.Err, userops.ErrRehearsed, r.Reason)
		require.Len(t, r.WouldSend, 1)
		assert.True(t, r.WouldSend[0].Passes && r.WouldSend[0].Commit)
		assert.Contains(t, r.WouldSend[0].Request, "POST")
		assert.Zero(t, changesOf(con, "deactivate"))
		for _, q := range con.Requests() {
			assert.False(t, q.Changing && q.Session, "%s %s arrived", q.Method, q.Path)
		}
		require.Equal(t, userops.Done, p.Change(t.Context(), useropstest.Deactivate(ann)).Outcome, "afterwards it can be done")
	})
}

// TestAQueueGoesWithARehearsal rehearses on consoles that keep what is pressed in a storage and send it by the next page:
// nothing arrives then, nor when pages are loaded afterwards.
func TestAQueueGoesWithARehearsal(t *testing.T) {
	t.Parallel()
	for _, with := range []string{"kept-in-storage", "queued-in-storage", "queued-in-cookie"} {
		t.Run(with, func(t *testing.T) {
			t.Parallel()
			con, p := setup(t, console.Options{Layout: "neo3", Differences: []string{with}}, impatient)
			p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(ann)), change.Hooks{DryRun: true, Through: true})
			for range 2 {
				_, err := count(t, p)
				require.NoError(t, err)
			}
			assert.Empty(t, con.Changes())
			for _, q := range con.Requests() {
				assert.False(t, q.Changing && q.Session, "%s %s arrived", q.Method, q.Path)
			}
		})
	}
}

// TestWhatLeftIsInTheEvidence deactivates where the flow does not say what it sends: the request is shown without its
// secrets, and the form of it is kept.
func TestWhatLeftIsInTheEvidence(t *testing.T) {
	t.Parallel()
	lib, err := browserpath.LoadLibrary("bill", "")
	require.NoError(t, err)
	flow, ok := lib.Flow("deactivate", "neo")
	require.True(t, ok)
	flow.Sends = nil
	con, p := setup(t, console.Options{Layout: "neo"}, func(o *browserpath.Options) { o.Library = lib })
	r := p.Change(t.Context(), useropstest.Deactivate(ann))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	steps, err := os.ReadFile(filepath.Join(r.Evidence, "steps.jsonl"))
	require.NoError(t, err)
	u, _ := con.UserByEmail(ann)
	assert.Regexp(t, `"let_through":true.*POST [^"]*/users/`+u.ID+`/deactivate with csrf=\\"•••\\"`, string(steps))
	form, err := os.ReadFile(filepath.Join(r.Evidence, "sends.yaml"))
	require.NoError(t, err)
	assert.Contains(t, string(form), "path: /neo/settings/users/${id}/deactivate")
	assert.Contains(t, string(form), "csrf: '*'")
}

// TestAfterDriftTheLayoutIsRecognisedAnew looks whether the console is still of the version that did not fit it.
func TestAfterDriftTheLayoutIsRecognisedAnew(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "classic"}, impatient)
	homes := func() (n int) {
		for _, q := range con.Requests() {
			if strings.HasSuffix(q.Path, "/Home") {
				n++
			}
		}
		return n
	}
	_, err := count(t, p)
	require.NoError(t, err)
	before := homes()
	_, err = count(t, p)
	require.NoError(t, err)
	usual := homes() - before
	require.NoError(t, con.AddFault(console.Fault{Name: "label-renamed", At: "users.detail"}))
	r := p.Change(t.Context(), useropstest.Deactivate(ann))
	require.ErrorIs(t, r.Err, userops.ErrDrift)
	assert.NotEmpty(t, r.SelectorVersion)
	before = homes()
	_, err = count(t, p)
	require.NoError(t, err)
	assert.Greater(t, homes()-before, usual, "the first page is looked at once more")
}
