// Package change is the engine that carries out every change, whatever path serves the tenant: look at everybody,
// decide by the rules, commit, read back, settle. A path brings what is its own as a Backend; the journal, the
// guards and the audit log accompany a change as Hooks. It knows neither pages nor protocols, and keeps nothing.
package change

import (
	"context"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// Traits are what the engine must know of a path.
type Traits struct {
	Name string        // in configuration and results
	Noun string        // what is changed by it, in messages: "console" or "service"
	Late time.Duration // how long an effect may take to show, from the first look that does not show it
	Soon time.Duration // how long an effect is looked for though the answer says no, or later
	Hang time.Duration // ends a read-back that hangs
}

// Backend is what a path brings.
type Backend interface {
	userops.Reader
	Traits() Traits
	Rules() userops.Rules
	// Begin readies what a change needs before anything is looked at, such as its evidence. Unless it fails, End is
	// called. It says in c.Result where the evidence is.
	Begin(ctx context.Context, c *Change) (Course, error)
	// Failure turns an error into an *userops.Error that names the act, the tenant and what to do. Nil stays nil.
	Failure(act, target string, err error) error
}

// Path is what serves a tenant: a Backend by itself, or what chooses among several.
type Path interface {
	userops.Reader
	// Do makes a change that hooks accompany.
	Do(ctx context.Context, rq userops.Checked, h Hooks) userops.Result
}

// Course is one change on its way through a path. Its methods are called in this order; all from Look on once more
// where the change is tried again.
type Course interface {
	// Look reads all users, and finds the one whom the change is about by the e-mail that was asked for; nil is nobody.
	Look(ctx context.Context) (userops.Roster, *userops.User, error)
	// Ready says, once it is decided that the change is to be made, whether the path can make it of this user.
	Ready(ctx context.Context) error
	// Commit makes the change, between Hooks.Intent and Hooks.Acted. The error says how that ended.
	Commit(ctx context.Context) (Commit, error)
	// ReadBack looks at the user again by another route than the change; nil is nobody.
	ReadBack(ctx context.Context) (*userops.User, error)
	End()
}

// Commit is what came of the step that cannot be undone.
type Commit struct {
	Submission Submission // nil: nothing has left, so nothing has happened
	Again      bool       // nothing has happened, since the user is not as it was when looked at: worth one more try
	Look       bool       // nothing has left, for something that it needs was not offered: somebody else may have done it meanwhile
}

// Submission is a change of which something has left, or may have.
type Submission interface {
	// Heard says what is known of the answer by now. holds says that the user is as wanted.
	Heard(ctx context.Context, holds bool) Heard
	// Waits says whether this change awaits a second person, as far as the list does not show it. last asks for one
	// more look.
	Waits(ctx context.Context, after *userops.User, last bool) bool
	// Notices are what an operator should know of a change that is done; Remarks of one that is not known.
	Notices(after *userops.User) []string
	Remarks() []string
	// End is told what became of it.
	End(ctx context.Context, c *Change, out userops.Outcome)
}

// Answer is what the other side said to a commit.
type Answer int

// The answers.
const (
	Lost     Answer = iota // none, or a fault of the server: it may have been done
	Accepted               // it says that it was done
	Refused                // it was looked at, and refused
	Declined               // it was refused, but not for what was asked, or not the first time: it may have been done all the same
	Unseen                 // it was not looked at, since the session had ended
)

// Heard is what is known of the answer to a commit.
type Heard struct {
	Answer Answer
	Words  string // the other side's own, of a refusal
	Why    error  // the refusal, as an *userops.Error
	// Doubt is why the stored state proves nothing, with what to do about it: something may have left unseen.
	Doubt     error
	DoubtHint string
}
