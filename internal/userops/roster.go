package userops

import (
	"fmt"
	"time"
)

// Roster is one reading of the users of a tenant.
type Roster struct {
	Users      []User
	Complete   bool   // the end of the list was proved
	Proof      string // what proved it, or why it could not be
	ObservedAt time.Time
	Earlier    bool // it was read for the change before, in the same batch
	Once       bool // it was read once, where only a second reading tells whether somebody moved meanwhile, or whose it is was not asked afterwards
}

// OnlyToGoOn says that the list is enough to make a change by, of which the page and the read-back are asked anew,
// and not to end one: what is said without a press is said of a list that was read now and proved to its end.
func (r Roster) OnlyToGoOn() bool { return r.Earlier || r.Once }

// Match finds the user with an e-mail, as SameEmail compares; nil is nobody. Several are an *Error of ErrAmbiguous:
// nobody is guessed at. So is somebody whose e-mail cannot be read and may be this one, an *Error of ErrDrift:
// neither that there is nobody nor that there is one could be said.
func (r Roster) Match(email string) (*User, error) {
	var found *User
	for i := range r.Users {
		u := r.Users[i]
		if u.Email == "" && MayBe(u.Unread, email) {
			return nil, &Error{Act: "finding", Target: email, Kind: ErrDrift, Cause: fmt.Errorf("the e-mail shown as %q cannot be read, and may be this one", u.Unread), Hint: "look in the console whose e-mail that is"}
		}
		if u.Email == "" || !SameEmail(u.Email, email) {
			continue
		}
		if found != nil {
			return nil, &Error{Act: "finding", Target: email, Kind: ErrAmbiguous, Cause: fmt.Errorf("both %s (%s) and %s (%s) answer to it", found.Email, found.ID, u.Email, u.ID), Hint: "settle in the console which of them it is"}
		}
		found = &u
	}
	return found, nil
}

// Administrators counts the active holders of the administrator's role.
func (r Roster) Administrators(role string) (n int) {
	for _, u := range r.Users {
		if u.Holds(role) && u.Status == Active {
			n++
		}
	}
	return n
}

// Active counts the active users.
func (r Roster) Active() (n int) {
	for _, u := range r.Users {
		if u.Status == Active {
			n++
		}
	}
	return n
}
