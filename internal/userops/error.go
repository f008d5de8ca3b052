package userops

import (
	"errors"
	"strings"
)

// Kinds of failure, to be matched with errors.Is.
var (
	ErrInput        = errors.New("the request is not well formed")
	ErrConfig       = errors.New("the configuration is not right")
	ErrNotFound     = errors.New("there is no such user")
	ErrAmbiguous    = errors.New("more than one user answers to it")
	ErrRole         = errors.New("there is no such role")
	ErrNoRole       = errors.New("no role was named")
	ErrOption       = errors.New("that is not on offer")
	ErrOtherRole    = errors.New("the user has another role")
	ErrOtherName    = errors.New("the user has another name")
	ErrInactive     = errors.New("the user is inactive")
	ErrSelf         = errors.New("that is the account this program signs in with")
	ErrLastAdmin    = errors.New("at least one active administrator must remain")
	ErrCredentials  = errors.New("the sign-in was refused")
	ErrLocked       = errors.New("the account is locked")
	ErrFactor       = errors.New("the second factor cannot be had")
	ErrWall         = errors.New("the console shows something that needs a person")
	ErrOrganisation = errors.New("the organisation is not the configured one")
	ErrUnknownUI    = errors.New("unknown UI")
	ErrDrift        = errors.New("the page is not as the selector version says")
	ErrUnreachable  = errors.New("it cannot be reached")
	ErrRejected     = errors.New("the change was refused")
	ErrNotMeant     = errors.New("the page would have sent something else than was asked for")
	ErrApproval     = errors.New("a second administrator must approve it")
	ErrUnverified   = errors.New("the change could not be verified")
	ErrIncomplete   = errors.New("the list could not be read to its proved end")
	ErrBrowser      = errors.New("the browser cannot be used")
	ErrStorage      = errors.New("a file could not be kept")
	ErrDamaged      = errors.New("a file is damaged")
	ErrLost         = errors.New("the journal is empty, and the audit log is not")
	ErrOutput       = errors.New("the output could not be written")
	ErrCancelled    = errors.New("stopped on request")
	ErrTimeout      = errors.New("the time allowed has passed")
	ErrProtected    = errors.New("the user is on the protected list")
	ErrLimit        = errors.New("that would be more deactivations than allowed")
	ErrFrozen       = errors.New("changes are frozen")
	ErrLease        = errors.New("another process acts for the tenant now")
	ErrRehearsed    = errors.New("this was a rehearsal: everything up to the commit was done, the commit was not")
	ErrProtocol     = errors.New("the service's answer cannot be understood")
	ErrUnsupported  = errors.New("the path cannot do that")
	ErrInterrupted  = errors.New("the process that was doing it ended")
)

// Refuses says that an error is a guard of ours saying no, which makes the outcome Refused.
func Refuses(err error) bool {
	for _, kind := range []error{ErrSelf, ErrLastAdmin, ErrNoRole, ErrProtected, ErrLimit, ErrFrozen} {
		if errors.Is(err, kind) {
			return true
		}
	}
	return false
}

// Error says what was attempted for whom, why it failed, and what an operator can do.
type Error struct {
	Act    string // "deactivating", "listing users", …
	Tenant string
	Target string // the e-mail or thing acted on; may be empty
	Kind   error  // one of the kinds above
	Cause  error  // may be nil
	Hint   string // what to do next; may be empty
}

// Error implements error: act, target, tenant, then the cause, or the kind where there is none.
func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Act)
	if e.Target != "" {
		b.WriteString(" " + e.Target)
	}
	if e.Tenant != "" {
		b.WriteString(" in tenant " + e.Tenant)
	}
	b.WriteString(": " + e.Reason())
	return b.String()
}

// Reason is the failure without the act: the kind, and the cause's own words where they add something.
func (e *Error) Reason() string {
	if e.Cause == nil {
		return e.Kind.Error()
	}
	if said := e.Cause.Error(); strings.Contains(said, e.Kind.Error()) {
		return said
	}
	return e.Kind.Error() + ": " + e.Cause.Error()
}

// Unwrap lets errors.Is match the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}

// ReasonOf returns an error's words without the act, where it is an *Error.
func ReasonOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason()
	}
	return err.Error()
}

// HintOf returns the hint of the outermost *Error that has one.
func HintOf(err error) string {
	for err != nil {
		var e *Error
		if !errors.As(err, &e) {
			return ""
		}
		if e.Hint != "" {
			return e.Hint
		}
		err = e.Cause
	}
	return ""
}
