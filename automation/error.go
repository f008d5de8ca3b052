package automation

import (
	"errors"
	"fmt"
	"strings"
)

// Kinds of failure, to be matched with errors.Is.
var (
	ErrBrowserGone    = errors.New("the browser has gone")
	ErrNoBrowser      = errors.New("no browser found")
	ErrMissing        = errors.New("target not found")
	ErrAmbiguous      = errors.New("target is ambiguous")
	ErrNotActionable  = errors.New("target cannot be acted on")
	ErrMissed         = errors.New("the action did not reach its target")
	ErrWrongIdentity  = errors.New("the row or page is not the one that is meant")
	ErrNotRead        = errors.New("the value did not stay as typed")
	ErrNotOffered     = errors.New("the choice is not offered")
	ErrForeignHost    = errors.New("navigation to a host that is not allowed")
	ErrUnreachable    = errors.New("the page could not be loaded")
	ErrTooSlow        = errors.New("the page could not be looked at in time")
	ErrOnlyCommit     = errors.New("only the commit of a flow may do this")
	ErrUnsupported    = errors.New("this is not supported")
	ErrIncomplete     = errors.New("the table could not be read to its proved end")
	ErrScript         = errors.New("the injected script failed")
	errContextGone    = errors.New("the page was replaced while it was looked at")
	errPartlyDelivers = errors.New("the press was delivered, the click was not")
)

// kindOf maps the reasons of the injected script to kinds.
var kindOf = map[string]error{
	"missing": ErrMissing, "no-row": ErrMissing, foreignFrame: ErrMissing,
	"ambiguous": ErrAmbiguous,
	"disabled":  ErrNotActionable, "readonly": ErrNotActionable, "moving": ErrNotActionable, "outside": ErrNotActionable,
	"covered": ErrNotActionable, "unfocused": ErrNotActionable, "not-a-select": ErrNotActionable, "busy": ErrNotActionable, "unchanged": ErrNotActionable,
	"missed": ErrMissed, "replaced": ErrMissed,
	"wrong-row": ErrWrongIdentity, "wrong-one": ErrWrongIdentity, "unproved": ErrWrongIdentity,
	"not-offered": ErrNotOffered,
	"changed":     ErrNotRead,
	"presses":     ErrOnlyCommit,
	"script":      ErrScript,
}

// Error says what was attempted on which target, what was waited for and what was seen last.
type Error struct {
	Act     string   // "click", "fill", …
	Target  string   // the target's name
	Kind    error    // one of the kinds above
	Want    string   // the state waited for
	Last    string   // the state last seen
	Tried   []string // each candidate tried and how many it matched
	Asked   string   // for ErrNotOffered: what was to be chosen
	Offered []string // for ErrNotOffered: what is on offer
	Waited  string   // how long, for time-outs
	Page    string   // address of the page, without query
	Acted   bool     // an input event was delivered: the act may have had its effect
	Cause   error

	partly bool // some of the press was delivered, not all of it
}

// Error implements error, in one line.
func (e *Error) Error() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %q: %v", e.Act, e.Target, e.Kind)
	if e.Last != "" {
		fmt.Fprintf(&b, ": %s", e.Last)
	}
	if len(e.Offered) > 0 {
		fmt.Fprintf(&b, " (on offer: %s)", strings.Join(e.Offered, ", "))
	}
	if e.Want != "" {
		fmt.Fprintf(&b, "; waited %s for it to be %s", e.Waited, e.Want)
	}
	if len(e.Tried) > 0 {
		fmt.Fprintf(&b, "; tried %s", strings.Join(e.Tried, "; "))
	}
	if e.Page != "" {
		fmt.Fprintf(&b, "; on %s", e.Page)
	}
	if e.Cause != nil {
		fmt.Fprintf(&b, ": %v", e.Cause)
	}
	return b.String()
}

// Unwrap lets errors.Is match the kind and the cause.
func (e *Error) Unwrap() []error {
	if e.Cause == nil {
		return []error{e.Kind}
	}
	return []error{e.Kind, e.Cause}
}
