// Package useropstest is the conformance suite of userops.Directory. Every path passes it, judged by what is stored
// behind the path, never by what the path says of itself.
package useropstest

import (
	"context"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Self is the account that a path under test acts as: the first of Seed.
const Self = "robot@robots.example"

// Seed are the people that a backend holds when a case begins.
func Seed() []userops.User {
	return []userops.User{
		{ID: "006A", Email: Self, FirstName: "Robin", LastName: "Automat", Role: "Administrator", Status: userops.Active},
		{ID: "006B", Email: "olivia@acme.example", FirstName: "Olivia", LastName: "Boss", Role: "Administrator", Status: userops.Active},
		{ID: "006C", Email: "joann@acme.example", FirstName: "Jo Ann", LastName: "Lee", Role: "Approver", Status: userops.Active},
		{ID: "006D", Email: "ann@acme.example", FirstName: "Ann", LastName: "Lee", Role: "Approver", Status: userops.Active},
		{ID: "006E", Email: "ann+ap@acme.example", FirstName: "Ann", LastName: "Lee", Role: "Clerk", Status: userops.Active},
		{ID: "006F", Email: "ann@acme.example.org", FirstName: "Ann", LastName: "Leigh", Role: "Auditor", Status: userops.Active},
		{ID: "006G", Email: "Mixed.Case@Acme.example", FirstName: "Max", LastName: "McCase", Role: "Payer", Status: userops.Active},
		{ID: "006H", Email: "siobhan.o'brien@acme.example", FirstName: "Siobhán", LastName: "O'Brien", Role: "Payer", Status: userops.Active},
		{ID: "006I", Email: "layla@acme.example", FirstName: "ليلى", LastName: "حدّاد", Role: "Accountant", Status: userops.Active},
		{ID: "006J", Email: "gone@acme.example", FirstName: "Gordon", LastName: "Gone", Role: "Payer", Status: userops.Inactive},
		{ID: "006K", Email: "pending@acme.example", FirstName: "Petra", LastName: "Pending", Role: "Clerk", Status: userops.Pending},
	}
}

// Backend is one path with what lies behind it, freshly seeded.
type Backend struct {
	Directory   userops.Directory
	Stored      func() []userops.User                          // what is stored, in order, by another route than the path
	Edit        func(edit func([]userops.User) []userops.User) // alters what is stored behind the path's back
	DualControl func()                                         // from now on changes wait for a second person
	Unannounced bool                                           // nothing that the path knows says that a change of somebody awaits a second person
}

// Run tries every case on a backend of its own.
func Run(t *testing.T, open func(t *testing.T) Backend) {
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open(t))
		})
	}
}

// All says that tests which otherwise take a sample, for the sake of time, are to try everything: TEST_CONFORMANCE=all.
func All() bool { return os.Getenv("TEST_CONFORMANCE") == "all" }

// Sample tries every stride-th case from one on, for a path that differs from one which Run tries by files alone.
// See All.
func Sample(t *testing.T, from, stride int, open func(t *testing.T) Backend) {
	for i, c := range cases {
		if i%stride == from || All() {
			t.Run(c.name, func(t *testing.T) {
				t.Parallel()
				c.run(t, open(t))
			})
		}
	}
}

type testCase struct {
	name string
	run  func(t *testing.T, b Backend)
}

var cases = []testCase{
	{"list all", listAll}, {"list by status", listByStatus}, {"list stops with the caller's error", listStops},
	{"get", get}, {"get two of one address", getAmbiguous},
	{"deactivate", deactivate}, {"deactivate refused", deactivateRefused}, {"deactivate the last administrator", deactivateLast}, {"deactivate halted", deactivateHalted},
	{"reactivate", reactivate}, {"set role", setRole}, {"set role halted", setRoleHalted},
	{"rename", rename}, {"invite", invite}, {"invite without a role", inviteWithoutRole}, {"invite halted", inviteHalted}, {"invite someone known", inviteKnown},
	{"invite with another role", inviteOtherRole}, {"invite with another name", inviteOtherName}, {"a role written otherwise", nearRoles},
	{"dual control", dualControl}, {"cancelled", cancelled}, {"roles and capabilities", roles},
}

// changedOnly asserts that exactly one user differs from before, and returns it as stored now.
func changedOnly(t *testing.T, before, after []userops.User, email string) userops.User {
	t.Helper()
	var now userops.User
	for i, u := range after {
		if u.Email == email {
			now = u
			continue
		}
		require.Less(t, i, len(before), "somebody came: %v", u)
		assert.Contains(t, before, u, "somebody else changed")
	}
	for _, u := range before {
		assert.True(t, slices.ContainsFunc(after, func(a userops.User) bool { return a.Email == u.Email }), "%s has gone", u.Email)
	}
	require.NotEmpty(t, now.Email, "%s is not stored", email)
	return now
}

func outcome(t *testing.T, want userops.Outcome, r userops.Result) {
	t.Helper()
	require.Equal(t, want, r.Outcome, "reason: %s", r.Reason)
	assert.NotEmpty(t, r.Op)
	switch want {
	case userops.Halted, userops.Refused, userops.Unknown:
		assert.NotEmpty(t, r.Reason)
		assert.NotEmpty(t, r.Hint, "a person must know what to do: %s", r.Reason)
		assert.Error(t, r.Err)
	case userops.Done:
		assert.NoError(t, r.Err)
		assert.Empty(t, r.Reason)
	}
}

func listAll(t *testing.T, b Backend) {
	var got []userops.User
	l, err := b.Directory.List(t.Context(), nil, func(u userops.User) error { got = append(got, u); return nil })
	require.NoError(t, err)
	assert.Equal(t, b.Stored(), got)
	assert.True(t, l.Complete, l.Proof)
	assert.NotEmpty(t, l.Path)
	assert.False(t, l.ObservedAt.IsZero())
}

func listByStatus(t *testing.T, b Backend) {
	for _, want := range [][]userops.Status{{userops.Active}, {userops.Inactive}, {userops.Pending}, {userops.Inactive, userops.Pending}} {
		var got, stored []userops.User
		_, err := b.Directory.List(t.Context(), want, func(u userops.User) error { got = append(got, u); return nil })
		require.NoError(t, err)
		for _, u := range b.Stored() {
			if slices.Contains(want, u.Status) {
				stored = append(stored, u)
			}
		}
		assert.Equal(t, stored, got, "%v", want)
	}
}

func listStops(t *testing.T, b Backend) {
	n := 0
	_, err := b.Directory.List(t.Context(), nil, func(userops.User) error { n++; return assert.AnError })
	require.ErrorIs(t, err, assert.AnError)
	assert.Equal(t, 1, n)
}

func get(t *testing.T, b Backend) {
	for _, c := range []struct{ ask, find string }{
		{"ann@acme.example", "ann@acme.example"}, {"ANN@acme.EXAMPLE", "ann@acme.example"}, {"mixed.case@acme.example", "Mixed.Case@Acme.example"},
		{"ann+ap@acme.example", "ann+ap@acme.example"}, {"siobhan.o'brien@acme.example", "siobhan.o'brien@acme.example"}, {"gone@acme.example", "gone@acme.example"}, {"pending@acme.example", "pending@acme.example"},
	} {
		u, err := b.Directory.Get(t.Context(), c.ask)
		require.NoError(t, err, c.ask)
		assert.Equal(t, c.find, u.Email)
		assert.Contains(t, b.Stored(), u)
	}
	_, err := b.Directory.Get(t.Context(), "nn@acme.example")
	require.ErrorIs(t, err, userops.ErrNotFound)
	_, err = b.Directory.Get(t.Context(), "not an address")
	require.ErrorIs(t, err, userops.ErrInput)
}

func getAmbiguous(t *testing.T, b Backend) {
	b.Edit(func(us []userops.User) []userops.User {
		return append(us, userops.User{ID: "006Z", Email: "ANN@acme.example", FirstName: "Ann", LastName: "Other", Role: "Clerk", Status: userops.Inactive})
	})
	before := b.Stored()
	_, err := b.Directory.Get(t.Context(), "ann@acme.example")
	require.ErrorIs(t, err, userops.ErrAmbiguous)
	r := b.Directory.Change(t.Context(), Deactivate("ann@acme.example"))
	require.Equal(t, userops.Halted, r.Outcome)
	require.ErrorIs(t, r.Err, userops.ErrAmbiguous)
	assert.Equal(t, before, b.Stored())
}

func deactivate(t *testing.T, b Backend) {
	before := b.Stored()
	r := b.Directory.Change(t.Context(), Deactivate("ANN@acme.example"))
	outcome(t, userops.Done, r)
	assert.Equal(t, userops.Deactivate, r.Action)
	now := changedOnly(t, before, b.Stored(), "ann@acme.example")
	assert.Equal(t, userops.Inactive, now.Status)
	require.NotNil(t, r.Before)
	require.NotNil(t, r.After)
	assert.Equal(t, userops.Active, r.Before.Status)
	assert.Equal(t, now, *r.After)

	again := b.Directory.Change(t.Context(), Deactivate("ann@acme.example"))
	outcome(t, userops.Already, again)
}

func deactivateRefused(t *testing.T, b Backend) {
	before := b.Stored()
	for _, e := range []string{Self, strings.ToUpper(Self)} {
		r := b.Directory.Change(t.Context(), Deactivate(e))
		outcome(t, userops.Refused, r)
		assert.ErrorIs(t, r.Err, userops.ErrSelf)
	}
	r := b.Directory.Change(t.Context(), SetRole(Self, "Clerk"))
	outcome(t, userops.Refused, r)
	assert.Equal(t, before, b.Stored())
}

func deactivateLast(t *testing.T, b Backend) {
	// The path's own account keeps its right to manage users by another role, so that one administrator is left.
	b.Edit(func(us []userops.User) []userops.User { us[0].Role = "People Manager"; return us })
	before := b.Stored()
	r := b.Directory.Change(t.Context(), Deactivate("olivia@acme.example"))
	outcome(t, userops.Refused, r)
	assert.ErrorIs(t, r.Err, userops.ErrLastAdmin)
	r = b.Directory.Change(t.Context(), SetRole("olivia@acme.example", "Clerk"))
	outcome(t, userops.Refused, r)
	assert.ErrorIs(t, r.Err, userops.ErrLastAdmin)
	assert.Equal(t, before, b.Stored())
}

func deactivateHalted(t *testing.T, b Backend) {
	before := b.Stored()
	for e, kind := range map[string]error{"nobody@acme.example": userops.ErrNotFound, "not an address": userops.ErrInput, "pending@acme.example": userops.ErrRejected} {
		r := b.Directory.Change(t.Context(), Deactivate(e))
		outcome(t, userops.Halted, r)
		assert.ErrorIs(t, r.Err, kind, e)
	}
	assert.Equal(t, before, b.Stored())
}

func reactivate(t *testing.T, b Backend) {
	before := b.Stored()
	r := b.Directory.Change(t.Context(), Reactivate("gone@acme.example"))
	outcome(t, userops.Done, r)
	assert.Equal(t, userops.Active, changedOnly(t, before, b.Stored(), "gone@acme.example").Status)
	outcome(t, userops.Already, b.Directory.Change(t.Context(), Reactivate("gone@acme.example")))
	r = b.Directory.Change(t.Context(), Reactivate("nobody@acme.example"))
	outcome(t, userops.Halted, r)
	assert.ErrorIs(t, r.Err, userops.ErrNotFound)
}

func setRole(t *testing.T, b Backend) {
	before := b.Stored()
	r := b.Directory.Change(t.Context(), SetRole("siobhan.o'brien@acme.example", "Clerk"))
	outcome(t, userops.Done, r)
	assert.Equal(t, "Clerk", changedOnly(t, before, b.Stored(), "siobhan.o'brien@acme.example").Role)
	assert.Equal(t, "Payer", r.Before.Role)
	outcome(t, userops.Already, b.Directory.Change(t.Context(), SetRole("siobhan.o'brien@acme.example", "Clerk")))
}

func setRoleHalted(t *testing.T, b Backend) {
	before := b.Stored()
	r := b.Directory.Change(t.Context(), SetRole("ann@acme.example", "Emperor"))
	outcome(t, userops.Halted, r)
	assert.ErrorIs(t, r.Err, userops.ErrRole)
	assert.Contains(t, r.Reason, "Approver", "the roles on offer are named")
	r = b.Directory.Change(t.Context(), SetRole("gone@acme.example", "Clerk"))
	outcome(t, userops.Halted, r)
	assert.ErrorIs(t, r.Err, userops.ErrInactive)
	r = b.Directory.Change(t.Context(), SetRole("ann@acme.example", ""))
	outcome(t, userops.Refused, r)
	assert.Equal(t, before, b.Stored())
}

func rename(t *testing.T, b Backend) {
	before := b.Stored()
	rq := userops.Request{Action: userops.Rename, Email: "ANN@acme.example", FirstName: "Änn  Marie", LastName: "O'Moss"}
	r := b.Directory.Change(t.Context(), rq)
	outcome(t, userops.Done, r)
	now := changedOnly(t, before, b.Stored(), "ann@acme.example")
	assert.Equal(t, []any{"Änn Marie", "O'Moss", "Approver", userops.Active}, []any{now.FirstName, now.LastName, now.Role, now.Status})
	assert.Equal(t, "Lee", r.Before.LastName)
	outcome(t, userops.Already, b.Directory.Change(t.Context(), rq))
	before = b.Stored()
	rq.LastName = ""
	r = b.Directory.Change(t.Context(), rq)
	outcome(t, userops.Halted, r)
	require.ErrorIs(t, r.Err, userops.ErrInput)
	r = b.Directory.Change(t.Context(), userops.Request{Action: userops.Rename, Email: "nobody@acme.example", FirstName: "No", LastName: "Body"})
	require.ErrorIs(t, r.Err, userops.ErrNotFound)
	assert.Equal(t, before, b.Stored())
	r = b.Directory.Change(t.Context(), userops.Request{Action: userops.Rename, Email: "gone@acme.example", FirstName: "Gerd", LastName: "Gone"})
	if r.Outcome == userops.Done { // where an inactive user can be edited
		now := changedOnly(t, before, b.Stored(), "gone@acme.example")
		assert.Equal(t, []any{"Gerd", userops.Inactive}, []any{now.FirstName, now.Status})
		return
	}
	outcome(t, userops.Halted, r)
	require.ErrorIs(t, r.Err, userops.ErrInactive)
	assert.Equal(t, before, b.Stored())
}

func invite(t *testing.T, b Backend) {
	before := b.Stored()
	in := userops.Request{Action: userops.Invite, Email: "eve+new@acme.example", FirstName: "Ève", LastName: "O'Moss", Role: "Approver"}
	r := b.Directory.Change(t.Context(), in)
	outcome(t, userops.Done, r)
	after := b.Stored()
	require.Len(t, after, len(before)+1)
	assert.Equal(t, before, after[:len(before)], "nobody else changed")
	now := after[len(before)]
	assert.Equal(t, userops.User{ID: now.ID, Email: in.Email, FirstName: in.FirstName, LastName: in.LastName, Role: "Approver", Status: userops.Active}, now)
	assert.Nil(t, r.Before)
	require.NotNil(t, r.After)
	assert.Equal(t, now, *r.After)
	outcome(t, userops.Already, b.Directory.Change(t.Context(), in))
	assert.Len(t, b.Stored(), len(after))
}

func inviteWithoutRole(t *testing.T, b Backend) {
	before := b.Stored()
	r := b.Directory.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "eve@acme.example", FirstName: "Eve", LastName: "Moss"})
	outcome(t, userops.Refused, r)
	assert.ErrorIs(t, r.Err, userops.ErrNoRole)
	assert.Equal(t, before, b.Stored())
}

func inviteHalted(t *testing.T, b Backend) {
	before := b.Stored()
	r := b.Directory.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "eve@acme.example", FirstName: "Eve", LastName: "Moss", Role: "Emperor"})
	outcome(t, userops.Halted, r)
	assert.ErrorIs(t, r.Err, userops.ErrRole)
	assert.Contains(t, r.Reason, "Approver", "the roles on offer are named")
	r = b.Directory.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "eve@acme.example", Role: "Clerk"})
	outcome(t, userops.Halted, r)
	assert.ErrorIs(t, r.Err, userops.ErrInput)
	r = b.Directory.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "eve@", FirstName: "Eve", LastName: "Moss", Role: "Clerk"})
	outcome(t, userops.Halted, r)
	assert.Equal(t, before, b.Stored())
}

func inviteKnown(t *testing.T, b Backend) {
	before := b.Stored()
	in := userops.Request{Action: userops.Invite, Email: "gone@acme.example", FirstName: "Gordon", LastName: "Gone", Role: "Payer"}
	r := b.Directory.Change(t.Context(), in)
	outcome(t, userops.Halted, r)
	assert.ErrorIs(t, r.Err, userops.ErrInactive)
	assert.Contains(t, r.Hint, "reactivate")
	assert.Equal(t, before, b.Stored())
	in.Reactivate = true
	r = b.Directory.Change(t.Context(), in)
	outcome(t, userops.Done, r)
	assert.Equal(t, userops.Invite, r.Action)
	assert.Equal(t, userops.Active, changedOnly(t, before, b.Stored(), "gone@acme.example").Status)
}

// inviteOtherRole invites people who have another role: nobody gets, or keeps, a role that nobody asked for.
func inviteOtherRole(t *testing.T, b Backend) {
	before := b.Stored()
	r := b.Directory.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "ann@acme.example", FirstName: "Ann", LastName: "Lee", Role: "Payer"})
	outcome(t, userops.Halted, r)
	require.ErrorIs(t, r.Err, userops.ErrOtherRole)
	assert.Contains(t, r.Hint, "Payer")
	assert.Equal(t, before, b.Stored())
	r = b.Directory.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "gone@acme.example", FirstName: "Gordon", LastName: "Gone", Role: "Clerk", Reactivate: true})
	if r.Outcome == userops.Done { // where an inactive user can be edited
		now := changedOnly(t, before, b.Stored(), "gone@acme.example")
		assert.Equal(t, []any{userops.Active, "Clerk"}, []any{now.Status, now.Role})
		assert.Equal(t, userops.Invite, r.Action)
		return
	}
	outcome(t, userops.Halted, r)
	require.ErrorIs(t, r.Err, userops.ErrOtherRole)
	assert.Equal(t, before, b.Stored())
}

// inviteOtherName invites people whose addresses belong to somebody of another name.
func inviteOtherName(t *testing.T, b Backend) {
	before := b.Stored()
	for _, in := range []userops.Request{
		{Action: userops.Invite, Email: "ann@acme.example", FirstName: "Ann", LastName: "Leigh", Role: "Approver"},
		{Action: userops.Invite, Email: "gone@acme.example", FirstName: "Gerda", LastName: "Gone", Role: "Payer", Reactivate: true},
	} {
		r := b.Directory.Change(t.Context(), in)
		outcome(t, userops.Halted, r)
		require.ErrorIs(t, r.Err, userops.ErrOtherName)
		assert.Contains(t, r.Reason, in.FirstName+" "+in.LastName)
	}
	assert.Equal(t, before, b.Stored())
}

// nearRoles asks for a role as people write it. What a page shows alike is alike; anything else is refused with
// what may be meant.
func nearRoles(t *testing.T, b Backend) {
	before := b.Stored()
	for _, role := range []string{"clerk", "Cl\u200berk"} {
		r := b.Directory.Change(t.Context(), SetRole("siobhan.o'brien@acme.example", role))
		outcome(t, userops.Halted, r)
		if role != "Cl\u200berk" {
			require.ErrorIs(t, r.Err, userops.ErrRole)
			assert.Contains(t, r.Hint, "Clerk", role)
		}
	}
	assert.Equal(t, before, b.Stored())
	outcome(t, userops.Done, b.Directory.Change(t.Context(), SetRole("siobhan.o'brien@acme.example", "\u00a0Clerk\n")))
	assert.Equal(t, "Clerk", changedOnly(t, before, b.Stored(), "siobhan.o'brien@acme.example").Role)
	in := userops.Request{Action: userops.Invite, Email: "eve@acme.example", FirstName: " Eve\u00a0", LastName: "de  la\tMoss", Role: "Clerk "}
	outcome(t, userops.Done, b.Directory.Change(t.Context(), in))
	now := changedOnly(t, append(b.Stored(), userops.User{Email: "eve@acme.example"}), b.Stored(), "eve@acme.example")
	assert.Equal(t, []string{"Eve", "de la Moss", "Clerk"}, []string{now.FirstName, now.LastName, now.Role})
}

func dualControl(t *testing.T, b Backend) {
	b.DualControl()
	before := b.Stored()
	awaits := userops.Requested
	if b.Unannounced {
		awaits = userops.Unknown
	}
	outcome(t, awaits, b.Directory.Change(t.Context(), Deactivate("ann@acme.example")))
	assert.Equal(t, before, b.Stored(), "nothing changes before a second person approves")
	outcome(t, userops.Requested, b.Directory.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "eve@acme.example", FirstName: "Eve", LastName: "Moss", Role: "Clerk"}))
	assert.Equal(t, userops.Pending, changedOnly(t, append(before, userops.User{Email: "eve@acme.example"}), b.Stored(), "eve@acme.example").Status)
}

func cancelled(t *testing.T, b Backend) {
	before := b.Stored()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := b.Directory.Change(ctx, Deactivate("ann@acme.example"))
	require.Equal(t, userops.Halted, r.Outcome, r.Reason)
	assert.ErrorIs(t, r.Err, userops.ErrCancelled)
	assert.Equal(t, before, b.Stored())
}

func roles(t *testing.T, b Backend) {
	names, err := b.Directory.Roles(t.Context())
	require.NoError(t, err)
	for _, want := range []string{"Administrator", "Accountant", "Approver", "Payer", "Clerk", "Auditor"} {
		assert.Contains(t, names, want)
	}
	c, err := b.Directory.Capabilities(t.Context())
	require.NoError(t, err)
	assert.ElementsMatch(t, userops.Actions(), c.Can)
}
