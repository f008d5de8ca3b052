package userops

import (
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Wanted is what a read-back must see of the user for a change to be done. An empty field may be anything.
type Wanted struct {
	Status    Status `json:"status,omitempty"`
	Role      string `json:"role,omitempty"`
	FirstName string `json:"first_name,omitempty"`
	LastName  string `json:"last_name,omitempty"`
	TimeZone  string `json:"time_zone,omitempty"` // compared only where the path shows a user's
}

// Holds says whether a user, nil for none, is as wanted. White space in names is folded, as pages fold it.
func (w Wanted) Holds(u *User) bool {
	return u != nil && (w.Status == "" || u.Status == w.Status) && (w.Role == "" || u.Role == w.Role) &&
		w.named(u) && (w.TimeZone == "" || u.TimeZone == "" || spaced(w.TimeZone) == spaced(u.TimeZone))
}

// Asks says whether a field, by its name in Changed, is one of those wanted.
func (w Wanted) Asks(field string) bool {
	fields := map[string]string{
		"status": string(w.Status), "role": w.Role, "first name": w.FirstName, "last name": w.LastName, "time zone": w.TimeZone,
	}
	return fields[field] != ""
}

// named says whether the name is the one wanted. A list may show it as a whole, such as "Jo Ann Lee", or "Lee, Ann", which
// is taken apart at the first comma: then the whole counts. Where a path shows no names at all, and has no notice of that,
// none is compared.
func (w Wanted) named(u *User) bool {
	if u.FirstName+u.LastName+u.Notice == "" {
		return true
	}
	if w.FirstName != "" && w.LastName != "" && u.FullName != "" && spaced(w.FirstName+" "+w.LastName) == spaced(u.FullName) {
		return true
	}
	if w.FirstName != "" && w.LastName != "" && spaced(w.LastName+", "+w.FirstName) == spaced(u.LastName+", "+u.FirstName) {
		return true
	}
	return (w.FirstName == "" || spaced(w.FirstName) == spaced(u.FirstName)) && (w.LastName == "" || spaced(w.LastName) == spaced(u.LastName))
}

func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// NewOperationID makes an operation's id: a UUIDv7 (RFC 9562), so that ids sort by time.
func NewOperationID() string {
	id, err := uuid.NewV7()
	if err != nil { // the system's source of randomness has failed; an id by time alone still tells operations apart
		return fmt.Sprintf("op-%d", time.Now().UnixNano())
	}
	return id.String()
}
