package userops

import (
	"context"
	"errors"
	"strings"
)

// Code is the stable, machine-readable reason of a result or an error.
type Code string

// Reason is a kind of failure, to be matched with errors.Is: its code, what it means, and what can be done about it
// in general.
type Reason struct {
	Code    Code
	Meaning string
	Remedy  string
}

// Error implements error.
func (r *Reason) Error() string { return r.Meaning }

var reasons []*Reason

func reason(code Code, meaning, remedy string) error {
	r := &Reason{code, meaning, remedy}
	reasons = append(reasons, r)
	return r
}

// Reasons lists all there are, in the order of the manual.
func Reasons() []Reason {
	out := make([]Reason, len(reasons))
	for i, r := range reasons {
		out[i] = *r
	}
	return out
}

// ReasonFor is the kind with a code, nil for none.
func ReasonFor(code Code) error {
	for _, r := range reasons {
		if r.Code == code {
			return r
		}
	}
	return nil
}

// CodeOf is the code of the outermost kind in an error, empty where it has none.
func CodeOf(err error) Code {
	var r *Reason
	if errors.As(err, &r) {
		return r.Code
	}
	return ""
}

// The table of reasons. Codes are a contract; none is ever used for another meaning.
var (
	ErrInput = reason("not_well_formed", "the request is not well formed",
		"correct what the reason names")
	ErrConfig = reason("configuration", "the configuration is not right",
		"correct the configuration or the files that the reason names")
	ErrNotFound = reason("no_such_user", "there is no such user",
		"check the address; the hint names somebody whose address looks the same")
	ErrAmbiguous = reason("ambiguous_user", "more than one user answers to it",
		"settle in the console which of them it is")
	ErrRole = reason("no_such_role", "there is no such role",
		"choose one of those that the reason names")
	ErrNoRole = reason("role_missing", "no role was named",
		"name the role: it has no default")
	ErrOption = reason("not_on_offer", "that is not on offer",
		"choose one of those that the reason names")
	ErrOtherRole = reason("other_role", "the user has another role",
		"change the role explicitly, if that is meant")
	ErrOtherName = reason("other_name", "the user has another name",
		"look whether it is the same person")
	ErrInactive = reason("user_inactive", "the user is inactive",
		"reactivate the user first, if that is meant")
	ErrSelf = reason("own_account", "that is the account this program signs in with",
		"let another administrator do it by hand")
	ErrOneself = reason("oneself", "that is who asks for it",
		"let somebody else ask for it")
	ErrLastAdmin = reason("last_administrator", "at least one active administrator must remain",
		"make somebody else an administrator first")
	ErrCredentials = reason("sign_in_refused", "the sign-in was refused",
		"check the credentials before the next try: refused ones lock accounts")
	ErrLocked = reason("account_locked", "the account is locked",
		"unlock it in the console")
	ErrSignInHalted = reason("sign_in_halted", "the last sign-in has halted, and a look does not try it again",
		"look at what was kept of it, or ask for a look that signs in")
	ErrFactor = reason("second_factor", "the code of the second factor is not available",
		"configure how the code is to be given")
	ErrNeedsPerson = reason("needs_a_person", "the console shows something that needs a person",
		"look at the picture in the evidence, and pass it by hand")
	ErrOrganisation = reason("other_organisation", "the organisation is not the configured one",
		"correct the organisation, or sign in anew")
	ErrUnknownUI = reason("unknown_ui", "unknown UI",
		"add a selector version that recognises it")
	ErrDrift = reason("drift", "the page is not as the selector version says",
		"look at the evidence; correct the selectors or the flow in the overlay folder")
	ErrUnreachable = reason("unreachable", "it cannot be reached",
		"check the address and the network, then try again")
	ErrRejected = reason("rejected", "the change was refused",
		"do what the other side says, or try it there by hand")
	ErrNotMeant = reason("not_meant", "the page would have sent something else than was asked for",
		"look at what would have been sent, in the evidence")
	ErrApproval = reason("needs_approval", "a second administrator must approve it",
		"let another administrator approve it")
	ErrUnverified = reason("not_verified", "the change could not be verified",
		"look at this user by hand, then ask for the change again: it begins by looking")
	ErrIncomplete = reason("list_incomplete", "the list could not be read to its proved end",
		"try again when nobody is changing users")
	ErrBrowser = reason("browser", "the browser cannot be used",
		"install it, or try again where it has ended by itself")
	ErrStorage = reason("storage", "a file could not be kept",
		"make room on the disk, or see to the rights of the file")
	ErrDamaged = reason("file_damaged", "a file is damaged",
		"put the file aside; the journal can be made again of the audit log")
	ErrLost = reason("journal_lost", "the journal is empty, and the audit log is not",
		"put the journal back, or make one of the audit log")
	ErrOutput = reason("output", "the output could not be written",
		"see to where the output goes; what was done is in the journal")
	ErrCancelled = reason("cancelled", "stopped on request",
		"ask again")
	ErrTimeout = reason("time_limit", "the time allowed has passed",
		"allow more time, or try again when it is faster")
	ErrProtected = reason("protected_user", "the user is on the protected list",
		"take the address off the list, if it may be done")
	ErrLimit = reason("limit", "that would be more deactivations than allowed",
		"make sure that all of them are meant, then allow it explicitly")
	ErrFrozen = reason("frozen", "changes are frozen",
		"thaw when it is safe again")
	ErrLease = reason("in_use", "another process acts for the tenant now",
		"look at what the other process did, then ask again")
	ErrRehearsed = reason("rehearsed", "this was a rehearsal: everything up to the commit was done, the commit was not",
		"look at the evidence")
	ErrProtocol = reason("protocol", "the service's answer cannot be understood",
		"check the address and the attribute names of the service")
	ErrUnsupported = reason("unsupported", "the path cannot do that",
		"let another path serve the tenant")
	ErrStillAccess = reason("still_has_access", "somebody who was to lose access has it",
		"deactivate the user again; where the access is meant, ask for the reactivation, so that it is written down")
	ErrLate = reason("late", "its time has passed by more than is allowed",
		"make sure that it is still meant, then give it another time")
	ErrPast = reason("time_passed", "that time has passed",
		"name a later time, or ask for it to be done at once")
	ErrScheduled = reason("already_scheduled", "that is scheduled already",
		"cancel what is scheduled, or give it another time")
	ErrOver = reason("has_ended", "that has ended already",
		"schedule it anew, if it is still meant")
	ErrInterrupted = reason("interrupted", "the process that was doing it ended",
		"ask again")
)

// Refuses says that an error is a guard of ours saying no, which makes the outcome Refused.
func Refuses(err error) bool {
	for _, kind := range []error{ErrSelf, ErrOneself, ErrLastAdmin, ErrNoRole, ErrProtected, ErrLimit, ErrFrozen} {
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
	// Evidence is the folder of what was seen, where no result names it; empty: nothing was kept, or it is not known.
	Evidence string
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
	if e.Cause == nil || e.Kind == ErrCancelled { // that a context was cancelled says no more
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

// Stop is the kind of an end that a context has put to something: its time has passed, or somebody has stopped it.
func Stop(cause error) error {
	if errors.Is(cause, context.DeadlineExceeded) {
		return ErrTimeout
	}
	return ErrCancelled
}

// OrStop is the error, of the kind of a stop where its cause is that a context has ended: neither the disk nor the
// configuration is to blame then.
func (e *Error) OrStop() *Error {
	if errors.Is(e.Cause, context.DeadlineExceeded) || errors.Is(e.Cause, context.Canceled) {
		e.Kind, e.Hint = Stop(e.Cause), "allow more time, or ask again"
	}
	return e
}

// Own finds the *Error in an error, and fills in the tenant where it has none. Nil: there is none.
func Own(err error, tenant string) *Error {
	var e *Error
	if !errors.As(err, &e) {
		return nil
	}
	if e.Tenant == "" {
		e.Tenant = tenant
	}
	return e
}

// ReasonOf returns an error's words without the act, where it is an *Error.
func ReasonOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Reason()
	}
	return err.Error()
}

// EvidenceOf returns the folder of what was seen, empty where the error names none.
func EvidenceOf(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Evidence
	}
	return ""
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
