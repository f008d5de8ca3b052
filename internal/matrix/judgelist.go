package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
)

// list is what a case is about that changes nothing: everybody is read.
const list userops.Action = "list"

// unreadable says that the agent lists a person and says that the row could not be read in full: nothing is claimed of
// such a row but that it is there.
func unreadable(u userops.User) bool { return u.Notice != "" }

// judgeList holds a list against what is stored. A row must be so whatever the list says of itself; a list that is
// said to be complete must name everybody.
func judgeList(c Case, users []userops.User, l userops.Listing, err error, con *console.Console) (Verdict, string) {
	for _, ch := range con.Changes() {
		if ch.Actor == console.RobotEmail {
			return Wrong, fmt.Sprintf("the robot did %s to %s while it read", ch.Action, ch.Email)
		}
	}
	if err != nil {
		return halted(c, "halted: "+err.Error())
	}
	stored := con.Users()
	// Whoever left while the list was read may be on it.
	left := slices.ContainsFunc(con.Changes(), func(ch console.Change) bool { return ch.Actor != console.RobotEmail })
	unclaimed := 0
	for _, u := range users {
		i := slices.IndexFunc(stored, func(s console.User) bool { return s.ID == u.ID })
		if i < 0 {
			i = slices.IndexFunc(stored, func(s console.User) bool { return s.Email == u.Email })
		}
		switch {
		case unreadable(u):
			unclaimed++
		case i < 0 && left:
		case i < 0:
			return Lost, fmt.Sprintf("untrue list: %q (%s) is not stored", u.Email, u.ID)
		case differs(u, stored[i]) != "":
			return Lost, fmt.Sprintf("untrue list: %s: %s", stored[i].Email, differs(u, stored[i]))
		}
	}
	if !l.Complete {
		return halted(c, "the list is not complete: "+l.Proof)
	}
	if why := leavesOut(l, users, stored, unclaimed); why != "" {
		return Lost, why
	}
	return Pass, ""
}

// leavesOut says whom a list that is said to be complete does not name, or names twice. unclaimed counts its rows that
// could not be read: each may be of somebody.
func leavesOut(l userops.Listing, users []userops.User, stored []console.User, unclaimed int) string {
	missing := 0
	for _, s := range stored {
		n := times(users, s)
		if n > 1 {
			return fmt.Sprintf("untrue list: %s is on it %d times", s.Email, n)
		}
		if n == 0 {
			missing++
		}
		if missing > unclaimed {
			return fmt.Sprintf("untrue list: said to be complete, and %s (%s) is not on it (%d rows, %d stored): %s",
				s.Email, s.ID, len(users), len(stored), l.Proof)
		}
	}
	return ""
}

// times counts the rows that claim to be of a person: by id where the list has one, else by e-mail.
func times(users []userops.User, s console.User) (n int) {
	for _, u := range users {
		if !unreadable(u) && (u.ID == s.ID || u.ID == "" && u.Email == s.Email) {
			n++
		}
	}
	return n
}

// differs says in what a row is not as stored. Spaces around a name, and runs of them, are the page's affair.
func differs(u userops.User, s console.User) string {
	spaced := func(text string) string { return strings.Join(strings.Fields(text), " ") }
	if u.TimeZone != "" && u.TimeZone != s.TimeZone { // most lists do not show it
		return fmt.Sprintf("said time zone %q, stored %q", u.TimeZone, s.TimeZone)
	}
	for _, f := range []struct{ name, said, is string }{
		{"e-mail", u.Email, s.Email}, {"role", u.Role, s.Role}, {"status", string(u.Status), s.Status},
		{"first name", spaced(u.FirstName), spaced(s.FirstName)}, {"last name", spaced(u.LastName), spaced(s.LastName)},
	} {
		if f.said != f.is {
			return fmt.Sprintf("said %s %q, stored %q", f.name, f.said, f.is)
		}
	}
	return ""
}
