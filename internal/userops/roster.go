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
}

// Match finds the user with an e-mail, as SameEmail compares; nil is nobody. Several are an *Error of ErrAmbiguous: nobody
// is guessed at.
func (r Roster) Match(email string) (*User, error) {
	var found *User
	for i := range r.Users {
		if !SameEmail(r.Users[i].Email, email) {
			continue
		}
		if found != nil {
			return nil, &Error{Act: "finding", Target: email, Kind: ErrAmbiguous, Cause: fmt.Errorf("both %s (%s) and %s (%s) answer to it", found.Email, found.ID, r.Users[i].Email, r.Users[i].ID), Hint: "settle in the console which of them it is"}
		}
		u := r.Users[i]
		found = &u
	}
	return found, nil
}

// Administrators counts the active holders of the administrator's role.
func (r Roster) Administrators(role string) (n int) {
	for _, u := range r.Users {
		if u.Role == role && u.Status == Active {
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
