package browserpath_test

import (
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"slices"
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

// many are as many people as need several pages on every layout.
const many = 260

// afterCommit are the requests for lists of everybody since the one that changed something.
func afterCommit(con *console.Console) (lists []string) {
	for _, q := range con.Requests() {
		switch {
		case q.Changing:
			lists = nil
		case strings.Contains(q.Path, "inactive=1&pending=1"):
			lists = append(lists, q.Path)
		}
	}
	return lists
}

// later is whether a request is for another page of a list than the first.
func later(path string) bool {
	return strings.Contains(path, "page=") || strings.Contains(path, "start=") && !strings.Contains(path, "start=0&")
}

// unhurried is for a machine that may be busy: what a batch shares does not go out of date while it is tried.
func unhurried(o *browserpath.Options) { o.KnownFor = 10 * time.Minute }

// TestAReadBackStopsAtWhoWasChanged changes somebody on the first of several pages.
func TestAReadBackStopsAtWhoWasChanged(t *testing.T) {
	t.Parallel()
	eachLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout, Users: many})
		r := p.Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
		require.Equal(t, userops.Done, r.Outcome, r.Reason)
		u, _ := con.UserByEmail(ann)
		assert.Equal(t, "Clerk", u.Role)
		lists := afterCommit(con)
		require.NotEmpty(t, lists, "it is read back")
		for _, path := range lists {
			assert.False(t, later(path), "it stops at who was changed, and loads %s", path)
		}
	})
}

// TestAReadBackIsOfTheVeryPerson puts somebody else with the address of the person, who is as was wanted, before
// them on the list, while the console says that it is done and stores nothing.
func TestAReadBackIsOfTheVeryPerson(t *testing.T) {
	t.Parallel()
	eachLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout, Users: many})
		whom := con.Users()[many-5]
		require.Equal(t, console.Active, whom.Status)
		require.NoError(t, con.AddFault(console.Fault{Name: "toast-without-effect", At: "deactivate"}))
		twin := func(context.Context) {
			con.Edit("another administrator", func(o *console.Organisation) {
				other := console.User{ID: "006TWINTWINTWINTWI", Email: whom.Email, FirstName: "Tess", LastName: "Twin", Role: "Clerk", Status: console.Inactive}
				o.Users = append([]*console.User{o.Users[0], &other}, o.Users[1:]...)
			})
		}
		r := p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(whom.Email)), change.Hooks{Acted: twin})
		assert.Equal(t, userops.Unknown, r.Outcome, r.Reason)
		for _, u := range con.Users() {
			if u.ID == whom.ID {
				assert.Equal(t, console.Active, u.Status)
			}
		}
	})
}

// TestAReadBackThatShowsNoChangeReadsEverybody has nothing stored: what is said of it is said of the whole list.
func TestAReadBackThatShowsNoChangeReadsEverybody(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo", Users: many})
	require.NoError(t, con.AddFault(console.Fault{Name: "toast-without-effect", At: "deactivate"}))
	r := p.Change(t.Context(), useropstest.Deactivate(ann))
	assert.Equal(t, userops.Unknown, r.Outcome, r.Reason)
	later := 0
	for _, path := range afterCommit(con) {
		if strings.Contains(path, "page=3") {
			later++
		}
	}
	assert.Positive(t, later)
}

// TestABatchGoesOnByTheListOfItsLimit lists everybody, as is done where they have to be counted, and changes one in
// a batch.
func TestABatchGoesOnByTheListOfItsLimit(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo", Users: many}, unhurried)
	_, err := p.List(t.Context(), []userops.Status{userops.Active}, func(userops.User) error { return nil })
	require.NoError(t, err)
	before := len(con.Requests())
	r := p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(ann)), change.Hooks{Batch: true})
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	for _, q := range con.Requests()[before:] {
		if q.Changing {
			return
		}
		assert.NotContains(t, q.Path, "inactive=1", "nobody but the person is looked at before")
	}
	assert.Fail(t, "nothing was changed")
}

// TestABatchGoesOnByOneList changes people in a batch: what was read back of one is known of it for the next.
func TestABatchGoesOnByOneList(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo", Users: many}, unhurried)
	batch := change.Hooks{Batch: true}
	var found []change.Found
	batch.Found = func(_ context.Context, f change.Found) error { found = append(found, f); return nil }
	do := func(rq userops.Request) userops.Result { return p.Do(t.Context(), useropstest.Checked(t, rq), batch) }
	require.Equal(t, userops.Done, do(useropstest.Deactivate(ann)).Outcome)
	last := con.Users()[many-1].Email
	before := len(con.Requests())
	r := do(useropstest.Deactivate(last))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, found[0].Active-1, found[1].Active, "whoever was deactivated is not counted any more")
	for _, q := range con.Requests()[before:] {
		if q.Changing {
			break
		}
		assert.NotContains(t, q.Path, "inactive=1", "nobody but the person is looked at before")
	}
	assert.Equal(t, 2, changesOf(con, "deactivate"))
	assert.Equal(t, userops.Already, do(useropstest.Deactivate(ann)).Outcome)
	require.ErrorIs(t, do(useropstest.Deactivate("nobody@acme.example")).Err, userops.ErrNotFound)
}

// TestARehearsedBatchReadsEverybodyOnce rehearses changes of several people: nothing leaves, so the list stays what
// it was.
func TestARehearsedBatchReadsEverybodyOnce(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo3"}, unhurried)
	for _, email := range []string{ann, joann, "x@acme.example"} {
		h := change.Hooks{Batch: true, DryRun: true}
		r := p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(email)), h)
		require.ErrorIs(t, r.Err, userops.ErrRehearsed)
	}
	assert.Equal(t, 1, wholeLists(con))
	assert.Empty(t, con.Changes())
}

// TestAChangeGoesOnByOneReading changes somebody on the last of several pages: the list is read once, of which each
// page has come in an answer of its own, and their own page is opened by its address. What ends a change without a
// press is said of two readings.
func TestAChangeGoesOnByOneReading(t *testing.T) {
	t.Parallel()
	eachLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout, Users: many})
		require.NoError(t, p.Login(t.Context()))
		seen := func(of []console.Request, part string) (n int) {
			for _, q := range of {
				if strings.Contains(q.Path, part) {
					n++
				}
			}
			return n
		}
		second := map[string]string{"classic": "page=2&inactive=1", "neo": "page=2", "neo3": "start=50&"}[layout]
		before := len(con.Requests())
		r := p.Change(t.Context(), useropstest.SetRole(con.Users()[many-5].Email, "Clerk"))
		require.Equal(t, userops.Done, r.Outcome, r.Reason)
		asked := con.Requests()[before:]
		looked := asked[:slices.IndexFunc(asked, func(q console.Request) bool { return q.Changing })]
		assert.Equal(t, 1, seen(looked, second), "it is read once before")
		for _, q := range looked {
			assert.False(t, later(q.Path) && !strings.Contains(q.Path, "inactive=1"), "nobody is looked for on the list, as by %s", q.Path)
		}
		if layout != "neo3" { // which has one page
			lists := afterCommit(con)
			require.Len(t, lists, 1)
			assert.True(t, later(lists[0]), "it is read back on the page on which they stood, and not on %s", lists[0])
		}
		before = len(con.Requests())
		r = p.Change(t.Context(), useropstest.SetRole(con.Users()[many-5].Email, "Clerk"))
		require.Equal(t, userops.Already, r.Outcome, r.Reason)
		assert.Equal(t, 2, seen(con.Requests()[before:], second), "that nothing is to be done is said of two readings")
		before = len(con.Requests())
		require.ErrorIs(t, p.Change(t.Context(), useropstest.Deactivate("nobody@acme.example")).Err, userops.ErrNotFound)
		assert.Equal(t, 2, seen(con.Requests()[before:], second), "that there is nobody is said of two readings")
	})
}

// TestAnAddressThatHasBecomeAnothersChangesNobody gives the person's id to somebody else, and theirs to the person, when
// the list has been read: the page at the address is somebody else's then, and the request would name them.
func TestAnAddressThatHasBecomeAnothersChangesNobody(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout}, impatient)
		swap := func(context.Context, change.Found) error {
			con.Edit("another administrator", func(o *console.Organisation) {
				var a, b *console.User
				for _, u := range o.Users {
					switch u.Email {
					case ann:
						a = u
					case joann:
						b = u
					}
				}
				a.ID, b.ID = b.ID, a.ID
			})
			return nil
		}
		r := p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(ann)), change.Hooks{Found: swap})
		assert.Equal(t, userops.Halted, r.Outcome, r.Reason)
		assert.Zero(t, changesOf(con, "deactivate"))
	})
}

// TestAListIsReadAgainByItsAddress reads everybody twice: the way there is gone once.
func TestAListIsReadAgainByItsAddress(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo", Users: many})
	for range 2 {
		n := 0
		l, err := p.List(t.Context(), nil, func(userops.User) error { n++; return nil })
		require.NoError(t, err)
		assert.True(t, l.Complete, l.Proof)
		assert.Equal(t, many, n)
	}
	ways, first := 0, 0
	for _, q := range con.Requests() {
		if q.Path == "/neo/settings" {
			ways++
		}
		if strings.Contains(q.Path, "inactive=1&pending=1&size=100") && !strings.Contains(q.Path, "page=") {
			first++
		}
	}
	assert.Equal(t, 1, ways)
	assert.Equal(t, 4, first, "each time two readings, since a list of several pages may shift under one")
}

// TestNotFoundOnTheWayIsSaidOfTwoReadings has the person go when the list has been read once.
func TestNotFoundOnTheWayIsSaidOfTwoReadings(t *testing.T) {
	t.Parallel()
	con, p := setup(t, console.Options{Layout: "neo", Users: many}, impatient)
	require.NoError(t, p.Login(t.Context()))
	var from int
	leaves := func(context.Context, change.Found) error {
		from = len(con.Requests())
		con.Edit("another administrator", func(o *console.Organisation) {
			o.Users = slices.DeleteFunc(o.Users, func(u *console.User) bool { return u.Email == ann })
		})
		return nil
	}
	r := p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(ann)), change.Hooks{Found: leaves})
	require.ErrorIs(t, r.Err, userops.ErrNotFound, r.Reason)
	whole := 0
	for _, q := range con.Requests()[from:] {
		if strings.Contains(q.Path, "inactive=1&pending=1&size=100") && !later(q.Path) {
			whole++
		}
	}
	assert.Equal(t, 2, whole, "two readings of everybody after they were not found")
}

// TestASwitchWithinTheReadingOfAChangeChangesNobody has another tab go over to an organisation with the same people
// while they are read for a change, which goes on by that reading.
func TestASwitchWithinTheReadingOfAChangeChangesNobody(t *testing.T) {
	t.Parallel()
	eachLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout, Users: many}, impatient)
		require.NoError(t, con.AddDifference("switched-to-twin"))
		r := p.Change(t.Context(), useropstest.Deactivate(ann))
		assert.Equal(t, userops.Halted, r.Outcome, r.Reason)
		assert.Contains(t, r.Reason, "ACME Corp")
		assert.Zero(t, changesOf(con, "deactivate"))
	})
}

// TestAReadBackIsPicturedByItsRow changes somebody who stands far down on their page of the list.
func TestAReadBackIsPicturedByItsRow(t *testing.T) {
	t.Parallel()
	oneLayout(t, func(t *testing.T, layout string) {
		con, p := setup(t, console.Options{Layout: layout, Users: many})
		us := con.Users()
		i := slices.IndexFunc(us[190:], func(u console.User) bool { return u.Status == console.Active })
		r := p.Change(t.Context(), useropstest.Deactivate(us[190+i].Email))
		require.Equal(t, userops.Done, r.Outcome, r.Reason)
		found, err := filepath.Glob(filepath.Join(r.Evidence, "*-read-back.png"))
		require.NoError(t, err)
		require.Len(t, found, 1)
		f, err := os.Open(found[0])
		require.NoError(t, err)
		size, err := png.DecodeConfig(f)
		require.NoError(t, errors.Join(err, f.Close()))
		assert.Less(t, size.Height, 600, "it is of a part of the page")
	})
}
