package userops

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Operation accompanies one change through whatever path carries it out: it names the change, and is asked and told at
// the points that matter. A path takes it from the context; without one it gets a new id and asks nobody.
type Operation struct {
	ID     string
	DryRun bool // go up to the commit, not over it
	Batch  bool // it is one of several that are carried out one after the other
	// Through is a rehearsal that presses as well, where nothing can leave, and tells what would have been sent.
	Through bool

	// Found is asked when the user has been looked at and something is to be done. An error ends the change.
	Found func(ctx context.Context, found Found) error
	// Intent is asked directly before the commit, with what the list must show afterwards. Unless it returns nil,
	// nothing is committed.
	Intent func(ctx context.Context, before *User, wanted Wanted) error
	// Acted is told directly after the commit was, or may have been, delivered.
	Acted func(ctx context.Context)
}

// Found is what a change found before it began.
type Found struct {
	User   *User // nil: there is none
	Active int   // active users of the tenant, of a list read to its proved end
}

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

// named says whether the name is the one wanted. A list may show it as a whole, such as "Lee, Ann", which is taken apart at
// the first comma: then the whole counts. Where a path shows no names at all, and has no notice of that, none is compared.
func (w Wanted) named(u *User) bool {
	if u.FirstName+u.LastName+u.Notice == "" {
		return true
	}
	if w.FirstName != "" && w.LastName != "" && spaced(w.LastName+", "+w.FirstName) == spaced(u.LastName+", "+u.FirstName) {
		return true
	}
	return (w.FirstName == "" || spaced(w.FirstName) == spaced(u.FirstName)) && (w.LastName == "" || spaced(w.LastName) == spaced(u.LastName))
}

func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// WantedOf is what an invitation wants.
func WantedOf(in Invitation) Wanted {
	return Wanted{Status: Active, Role: in.Role, FirstName: in.FirstName, LastName: in.LastName, TimeZone: in.TimeZone}
}

type operationKey struct{}

// WithOperation gives a change its companion.
func WithOperation(ctx context.Context, op *Operation) context.Context {
	return context.WithValue(ctx, operationKey{}, op)
}

// OperationOf returns the companion, never nil: the one returned has an id, and its functions may all be called.
func OperationOf(ctx context.Context) *Operation {
	var op Operation
	if given, ok := ctx.Value(operationKey{}).(*Operation); ok {
		op = *given
	}
	if op.ID == "" {
		op.ID = NewOperationID()
	}
	if op.Found == nil {
		op.Found = func(context.Context, Found) error { return nil }
	}
	if op.Intent == nil {
		op.Intent = func(context.Context, *User, Wanted) error { return nil }
	}
	if op.Acted == nil {
		op.Acted = func(context.Context) {}
	}
	return &op
}

// NewOperationID makes an operation's id: a UUIDv7 (RFC 9562), so that ids sort by time.
func NewOperationID() string {
	id, err := uuid.NewV7()
	if err != nil { // the system's source of randomness has failed; an id by time alone still tells operations apart
		return fmt.Sprintf("op-%d", time.Now().UnixNano())
	}
	return id.String()
}
