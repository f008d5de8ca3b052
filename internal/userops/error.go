package userops

import (
	"errors"
	"strings"
)

// Kinds of failure, to be matched with errors.Is.
var (
	KindInput        = errors.New("the request is not well formed")
	KindConfig       = errors.New("the configuration is not right")
	KindNotFound     = errors.New("there is no such user")
	KindAmbiguous    = errors.New("more than one user answers to it")
	KindRole         = errors.New("there is no such role")
	KindNoRole       = errors.New("no role was named")
	KindInactive     = errors.New("the user is inactive")
	KindSelf         = errors.New("that is the account this program signs in with")
	KindLastAdmin    = errors.New("at least one active administrator must remain")
	KindCredentials  = errors.New("the sign-in was refused")
	KindLocked       = errors.New("the account is locked")
	KindFactor       = errors.New("the second factor cannot be had")
	KindWall         = errors.New("the console shows something that needs a person")
	KindOrganisation = errors.New("the organisation is not the configured one")
	KindUnknownUI    = errors.New("unknown UI")
	KindDrift        = errors.New("the page is not as the selector version says")
	KindUnreachable  = errors.New("the console cannot be reached")
	KindRejected     = errors.New("the console refused the change")
	KindApproval     = errors.New("a second administrator must approve it")
	KindUnverified   = errors.New("the change could not be verified")
	KindIncomplete   = errors.New("the list could not be read to its proved end")
	KindBrowser      = errors.New("the browser cannot be used")
	KindStorage      = errors.New("a file could not be kept")
	KindCancelled    = errors.New("stopped on request")
	KindTimeout      = errors.New("the time allowed has passed")
)

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
