// Package userops says what can be done with the users of a tenant, whoever serves it: the Directory interface, users,
// outcomes and errors. It imports none of this project's packages; every path implements it and passes the conformance
// suite in useropstest.
package userops

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Status of a user. The words are part of the output contract.
type Status string

// What a user can be.
const (
	Active   Status = "active"
	Inactive Status = "inactive"
	Pending  Status = "pending" // a change awaits a second person's approval; not "invited"

	// Unrecognised stands for a word that is not known: the user may be anything, and Notice tells the word.
	Unrecognised Status = "unrecognised"
)

// User is one person in a tenant. The JSON names are a contract.
type User struct {
	ID        string `json:"id"`
	Email     string `json:"email"`
	FirstName string `json:"first_name"`
	LastName  string `json:"last_name"`
	Role      string `json:"role"` // of several, all: see JoinRoles
	Status    Status `json:"status"`
	TimeZone  string `json:"time_zone,omitempty"` // empty where the path does not show it
	// Notice says what is odd about how the user is listed. A user with a notice is not changed.
	Notice string `json:"notice,omitempty"`
	// Unread is what the list shows for an e-mail that cannot be read as exactly one address; Email is then empty.
	Unread string `json:"-"`
	// FullName is the name as the console shows it, the first name first, where it shows one text in which nothing says
	// where that ends: FirstName and LastName are a guess then, and the whole counts.
	FullName string `json:"-"`
}

// between stands between several roles that are stored for one user: a service may let one have more.
const between = ", "

// JoinRoles is what User.Role is for somebody who has several roles, or one, or none.
func JoinRoles(names []string) string { return strings.Join(names, between) }

// Holds says whether a role is the user's, or one of several.
func (u User) Holds(role string) bool {
	return role != "" && (u.Role == role || slices.Contains(strings.Split(u.Role, between), role))
}

// SameUser says that two looks show the same in every field, or both nobody.
func SameUser(a, b *User) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := *a, *b
	x.Unread, y.Unread = "", "" // not kept in records
	x.FullName, y.FullName = "", ""
	return x == y
}

// Changed names the fields, with what they were and are, in which a user differs from before: whoever asked for one
// of them can tell what else was changed with it. It is empty where one of the two was not seen.
func Changed(before, after *User) []string {
	if before == nil || after == nil {
		return nil
	}
	var out []string
	for _, f := range []struct{ name, was, is string }{
		{"id", before.ID, after.ID}, {"e-mail", before.Email, after.Email}, {"first name", before.FirstName, after.FirstName},
		{"last name", before.LastName, after.LastName}, {"role", before.Role, after.Role},
		{"status", string(before.Status), string(after.Status)}, {"time zone", before.TimeZone, after.TimeZone},
	} {
		if f.was != f.is {
			out = append(out, fmt.Sprintf("%s: %q, before %q", f.name, f.is, f.was))
		}
	}
	return out
}

// Result is what came of one change. The JSON names are a contract.
type Result struct {
	Op              string      `json:"op"`
	Action          Action      `json:"action"`
	Email           string      `json:"email"`
	Outcome         Outcome     `json:"outcome"`
	Code            Code        `json:"code"` // of Reason; of what is done or already so, its outcome
	Reason          string      `json:"reason"`
	Hint            string      `json:"hint"`
	Path            string      `json:"path"`
	SelectorVersion string      `json:"selector_version"`
	Before          *User       `json:"before"` // nil: there was no such user, or it was not looked at
	After           *User       `json:"after"`  // nil: there is no such user, or it was not looked at
	Evidence        string      `json:"evidence"`
	TookMS          int64       `json:"took_ms"`
	Notices         []string    `json:"notices,omitempty"`    // what the console said that the operator should know
	DryRun          bool        `json:"dry_run,omitempty"`    // it was only rehearsed
	WouldSend       []WouldSend `json:"would_send,omitempty"` // of a rehearsal through the press
	Err             error       `json:"-"`                    // why the outcome is neither done nor already
}

// WouldSend is a request that a rehearsal through the press has stopped. The JSON names are a contract.
type WouldSend struct {
	Request string `json:"request"` // as it may be shown: secrets taken out
	Ruling  string `json:"ruling"`  // what would have become of it at a real commit, and why
	Passes  bool   `json:"passes"`  // it would have been let through
	Commit  bool   `json:"commit"`  // it is what the press was made for
	Changes bool   `json:"changes"` // it may change something
	Early   bool   `json:"before_press,omitempty"`
	Sends   string `json:"sends,omitempty"` // a form for the flow's file, where the flow has none yet
}

// End says how the change ended, and why if it is neither done nor already.
func (r *Result) End(o Outcome, err error) {
	r.Outcome, r.Err, r.Code, r.Reason, r.Hint = o, err, Code(o), "", ""
	if err != nil {
		r.Code, r.Reason, r.Hint = CodeOf(err), ReasonOf(err), HintOf(err)
	}
}

// ExitCode is the program's exit status for one result: a rehearsal that came up to the commit did what it was asked.
func (r Result) ExitCode() int {
	if r.DryRun && errors.Is(r.Err, ErrRehearsed) {
		return 0
	}
	return r.Outcome.ExitCode()
}

// Listing tells about a list that was streamed.
type Listing struct {
	Path            string
	Layout          string
	SelectorVersion string
	ObservedAt      time.Time
	Complete        bool   // the end of the list was proved
	Proof           string // what proved it, or why it could not be
}

// Capabilities says what a path can do for a tenant.
type Capabilities struct {
	Path   string   `json:"path"`
	Can    []Action `json:"can"`
	Cannot []string `json:"cannot,omitempty"` // what cannot be done, and why
}

// Reader tells about the users of one tenant. Its methods are called one at a time; their errors are *Error.
type Reader interface {
	// List streams the users that have one of the statuses (none means all), each once, in the order of the console.
	// It stops with the error that each returns.
	List(ctx context.Context, statuses []Status, each func(User) error) (Listing, error)
	// Get finds the one user with an e-mail, compared without regard to case. No such user is ErrNotFound; two are
	// ErrAmbiguous.
	Get(ctx context.Context, email string) (User, error)
	// Roles lists the names of the roles on offer.
	Roles(ctx context.Context) ([]string, error)
	Capabilities(ctx context.Context) (Capabilities, error)
	// Close ends what serves the tenant; saved sign-ins stay.
	Close() error
}

// Directory is the users of one tenant. Its methods are called one at a time.
type Directory interface {
	Reader
	// Change makes a change. It never returns an error: the Result says how it ended, with Result.Err for the
	// cause. A request that is not well formed is Halted.
	Change(ctx context.Context, rq Request) Result
}
