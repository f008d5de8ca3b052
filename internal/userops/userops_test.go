package userops_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExitCodes(t *testing.T) {
	t.Parallel()
	for o, code := range map[userops.Outcome]int{userops.Done: 0, userops.Already: 0, userops.Halted: 2, userops.Refused: 3, userops.Requested: 4, userops.Unknown: 5} {
		assert.Equal(t, code, o.ExitCode(), o)
	}
	of := func(outcomes ...userops.Outcome) int {
		var results []userops.Result
		for _, o := range outcomes {
			results = append(results, userops.Result{Outcome: o})
		}
		return userops.ExitCodeOf(results)
	}
	assert.Equal(t, 0, of(userops.Done, userops.Already))
	assert.Equal(t, 2, of(userops.Halted, userops.Halted))
	assert.Equal(t, userops.ExitMixed, of(userops.Done, userops.Halted))
	assert.Equal(t, 0, of())
	assert.Equal(t, 0, userops.ExitCodeOf([]userops.Result{{Outcome: userops.Halted, DryRun: true, Err: userops.ErrRehearsed}}), "a rehearsal that came up to the commit")
	assert.Equal(t, 2, userops.ExitCodeOf([]userops.Result{{Outcome: userops.Halted, DryRun: true, Err: userops.ErrDrift}}))
}

func TestCheckEmail(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"ann@x.com", " ann+ap@x.com ", "o'brien@x.com", "Mixed.Case@X.com", "ann@sub.domain.example"} {
		got, err := userops.CheckEmail(good)
		require.NoError(t, err, good)
		assert.Equal(t, strings.TrimSpace(good), got)
	}
	for _, bad := range []string{"", "ann", "@x.com", "ann@", "Ann <ann@x.com>", "ann@x.com, joann@x.com", "ann@x.com\u200b", "ann\u202e@x.com", strings.Repeat("a", 250) + "@x.com"} {
		_, err := userops.CheckEmail(bad)
		require.ErrorIs(t, err, userops.ErrInput, bad)
	}
}

func TestSameEmail(t *testing.T) {
	t.Parallel()
	assert.True(t, userops.SameEmail("Ann@X.com", "ann@x.COM"))
	assert.False(t, userops.SameEmail("ann@x.com", "joann@x.com"))
	assert.False(t, userops.SameEmail("\u212Aann@x.com", "kann@x.com"), "the Kelvin sign is not a k")
}

func TestErrorNamesActTargetAndHint(t *testing.T) {
	t.Parallel()
	inner := &userops.Error{Act: "fetching the password", Kind: userops.ErrConfig, Hint: "check the reference"}
	e := &userops.Error{Act: "deactivating", Target: "ann@x.com", Tenant: "acme", Kind: userops.ErrDrift, Cause: inner}
	assert.Equal(t, "deactivating ann@x.com in tenant acme: the page is not as the selector version says: fetching the password: the configuration is not right", e.Error())
	assert.True(t, errors.Is(e, userops.ErrDrift))
	assert.True(t, errors.Is(e, userops.ErrConfig))
	assert.Equal(t, "check the reference", userops.HintOf(e))
}

func FuzzCheckEmail(f *testing.F) {
	f.Add("ann@x.com")
	f.Add("\"a b\"@x.com")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := userops.CheckEmail(s)
		if err == nil && got != strings.TrimSpace(s) {
			t.Fatalf("%q became %q", s, got)
		}
	})
}

func TestAnUnreadableEMailMayBeTheOneThatIsMeant(t *testing.T) {
	t.Parallel()
	const ann = "Ann@acme.example"
	for _, shown := range []string{"ann@acme.exa…", "ann@acme.exa...", "ann@…", "an…example", "…acme.example", "ann@ac\u00adme.example", "ann\u200b@acme.example", "Work: ann@acme.example", "bob@x.com, ann@acme.example", "ann@acme. example", "Work: ann@acme.exa"} {
		assert.True(t, userops.MayBe(shown, ann), shown)
	}
	for _, shown := range []string{"", "bob@acme.exa…", "joann@acme.exa…", "not given", "ann@acme.org…", "Ann", "bob@x.com, eve@x.com"} {
		assert.False(t, userops.MayBe(shown, ann), shown)
	}
}

func TestNobodyIsNotConcludedWhileAnEMailCannotBeRead(t *testing.T) {
	t.Parallel()
	odd := userops.User{ID: "2", Unread: "ann@acme.exa…", Notice: "its e-mail cannot be read"}
	for name, users := range map[string][]userops.User{"nobody": {odd}, "one": {{ID: "1", Email: "ann@acme.example"}, odd}, "the other way round": {odd, {ID: "1", Email: "ann@acme.example"}}} {
		_, err := userops.Roster{Users: users}.Match("ann@acme.example")
		require.ErrorIs(t, err, userops.ErrDrift, name)
		assert.Contains(t, err.Error(), "ann@acme.exa…")
	}
	u, err := userops.Roster{Users: []userops.User{odd, {}, {Email: "bob@acme.example"}}}.Match("bob@acme.example")
	require.NoError(t, err, "it blocks nobody else")
	assert.Equal(t, "bob@acme.example", u.Email)
}

func TestSomebodyWithANoticeIsNotChanged(t *testing.T) {
	t.Parallel()
	rules, all := userops.Rules{Administrator: "Administrator"}, userops.Roster{}
	for _, status := range []userops.Status{userops.Active, userops.Inactive, userops.Unrecognised} {
		u := &userops.User{Email: "ann@x.com", Role: "Clerk", Status: status, Notice: "the status \"Dormant\" is not known"}
		for _, action := range userops.Actions() {
			rq := userops.Request{Action: action, Email: u.Email, FirstName: "A", LastName: "B", Role: "Payer"}
			d := rules.Decide(userops.Look{Request: rq, All: all, User: u})
			assert.Equal(t, userops.Halted, d.Outcome, action)
			require.ErrorIs(t, d.Err, userops.ErrDrift, action)
			assert.Contains(t, d.Err.Error(), "Dormant", action)
		}
	}
}

// TestOnlyActiveAdministratorsCount has a second administrator who is not active, or awaits approval.
func TestOnlyActiveAdministratorsCount(t *testing.T) {
	t.Parallel()
	rules := userops.Rules{Self: "robot@acme.example", Administrator: "Administrator"}
	for _, status := range []userops.Status{userops.Active, userops.Inactive, userops.Pending, userops.Unrecognised} {
		all := userops.Roster{Complete: true, Users: []userops.User{
			{ID: "1", Email: "ann@acme.example", Role: "Administrator", Status: userops.Active},
			{ID: "2", Email: "bob@acme.example", Role: "Administrator", Status: status},
		}}
		for _, rq := range []userops.Request{
			{Action: userops.Deactivate, Email: "ann@acme.example"},
			{Action: userops.SetRole, Email: "ann@acme.example", Role: "Clerk"},
		} {
			d := rules.Decide(userops.Look{Request: rq, All: all, User: &all.Users[0]})
			if status == userops.Active {
				require.NoError(t, d.Err)
				continue
			}
			assert.Equal(t, userops.Refused, d.Outcome)
			require.ErrorIs(t, d.Err, userops.ErrLastAdmin, status)
		}
	}
}

func TestWantedIsTheWhole(t *testing.T) {
	t.Parallel()
	invite, _ := userops.KindOf(userops.Invite)
	wanted := func(rq userops.Request) userops.Wanted { return invite.Wanted(rq, nil) }
	w := wanted(userops.Request{Action: userops.Invite, Email: "eve@x.com", FirstName: "Eve  Ann", LastName: "Moss", Role: "Clerk", TimeZone: "Berlin"})
	is := userops.User{Email: "eve@x.com", FirstName: "Eve Ann", LastName: "Moss", Role: "Clerk", Status: userops.Active}
	assert.True(t, w.Holds(&is), "a time zone that is not shown is not compared")
	assert.True(t, w.Holds(&userops.User{Role: "Clerk", Status: userops.Active}), "nor are names, where none are shown")
	assert.False(t, w.Holds(&userops.User{Role: "Clerk", Status: userops.Active, Notice: "it shows no name"}))
	junior := wanted(userops.Request{Action: userops.Invite, FirstName: "Ann", LastName: "Lee, Jr.", Role: "Clerk"})
	assert.True(t, junior.Holds(&userops.User{FirstName: "Jr., Ann", LastName: "Lee", Role: "Clerk", Status: userops.Active}), "the whole name is the same")
	petra := wanted(userops.Request{Action: userops.Invite, FirstName: "Petra Maria", LastName: "Berg"})
	split := userops.User{FirstName: "Petra", LastName: "Maria Berg", Status: userops.Active}
	assert.False(t, petra.Holds(&split), "each name has a place of its own")
	split.FullName = "Petra  Maria Berg"
	assert.True(t, petra.Holds(&split), "where one ends is a guess")
	split.FullName = "Berg Petra Maria"
	assert.False(t, petra.Holds(&split), "they are exchanged")
	for name, edit := range map[string]func(u *userops.User){
		"first name": func(u *userops.User) { u.FirstName = "Eva" }, "last name": func(u *userops.User) { u.LastName = "" }, "role": func(u *userops.User) { u.Role = "Administrator" },
		"status": func(u *userops.User) { u.Status = userops.Inactive }, "time zone": func(u *userops.User) { u.TimeZone = "London" },
	} {
		other := is
		edit(&other)
		assert.False(t, w.Holds(&other), name)
		changed := userops.Changed(&is, &other)
		require.Len(t, changed, 1, name)
		assert.Contains(t, changed[0], name)
	}
	assert.Empty(t, userops.Changed(&is, &is))
	assert.Empty(t, userops.Changed(nil, &is))
	var old userops.Wanted
	require.NoError(t, json.Unmarshal([]byte(`{"status":"inactive","role":"Clerk"}`), &old), "as records before had it")
	assert.Equal(t, userops.Wanted{Status: userops.Inactive, Role: "Clerk"}, old)
}
