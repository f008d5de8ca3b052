package browserpath

import (
	"context"
	"errors"
	"io/fs"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

// haltKinds maps what a flow says of its end to kinds an operator knows.
var haltKinds = map[string]error{
	flows.SignedOut: userops.ErrNeedsPerson, flows.Blocked: userops.ErrNeedsPerson, flows.Unavailable: userops.ErrUnreachable, flows.Credentials: userops.ErrCredentials, flows.Locked: userops.ErrLocked,
	flows.Factor: userops.ErrFactor, flows.Rejected: userops.ErrRejected, flows.Absent: userops.ErrNotFound,
}

// causes maps kinds of package automation to kinds and hints of userops, the first that matches.
var causes = []struct {
	is, kind error
	hint     string
}{
	{flows.ErrStopped, userops.ErrNotMeant,
		"nothing was sent; look at what would have been, in the evidence: the page may act on somebody else, or have changed; if it only reads, name it under reads in the app's app.yaml; " +
			"if all of it is right, say so by sends in the flow: a rehearsal through the press shows the form"},
	{flows.ErrSilent, userops.ErrDrift,
		"nothing was changed; look at the picture in the evidence: the page may be slow, then run the command again, or ask for something more"},
	{flows.ErrTooLong, userops.ErrTimeout, slowHint},
	{automation.ErrNoBrowser, userops.ErrBrowser, "install a browser"},
	{automation.ErrBrowserGone, userops.ErrBrowser, "the browser ended by itself or was killed: try again"},
	{automation.ErrTooSlow, userops.ErrTimeout, slowHint},
	{automation.ErrForeignHost, userops.ErrNeedsPerson, "the console led to a host that the tenant's hosts do not allow; if it belongs to the console, add it there"},
	{automation.ErrUnreachable, userops.ErrUnreachable, "check the tenant's sign_in address and the network, then try again"},
	{automation.ErrNotOffered, userops.ErrOption, "choose one of those on offer"},
	{automation.ErrOnlyCommit, userops.ErrDrift, "correct the flow: on the way to its commit no key presses a button, submits a form or changes a value"},
	{automation.ErrUnsupported, userops.ErrDrift, "look at the picture in the evidence, and do by hand what billagent does not support"},
	{automation.ErrIncomplete, userops.ErrIncomplete, ""},
	{automation.ErrWrongIdentity, userops.ErrDrift, "the page was not about the right person, so nothing was done: look at the picture in the evidence"},
	{automation.ErrAmbiguous, userops.ErrDrift, "the page may have changed: look at the evidence and at what of the console still matches, and correct the selectors in the overlay folder"},
	{automation.ErrMissing, userops.ErrDrift, "the page may have changed: look at the evidence and at what of the console still matches, and correct the selectors in the overlay folder"},
	{automation.ErrNotActionable, userops.ErrDrift, "look at the picture in the evidence: something lies over the page, or it has changed"},
	{automation.ErrMissed, userops.ErrDrift, "look at the picture in the evidence: something took the click or the keys"},
	{automation.ErrNotRead, userops.ErrDrift, "look at the picture in the evidence: the page altered what was typed"},
	{automation.ErrScript, userops.ErrDrift, "this is a fault of billagent: please report it with the evidence"},
}

const slowHint = "the console was slower than the flow allows: try again, or if it always is, raise `timeout` in the flow's file in the overlay folder"

// failure turns an error from below into one that names the act, the tenant and what to do.
func (p *Path) failure(act, target string, err error) error {
	if err == nil {
		return nil
	}
	if own := userops.Own(err, p.opts.Tenant); own != nil {
		return own
	}
	e := &userops.Error{Act: act, Target: target, Tenant: p.opts.Tenant, Cause: err, Kind: userops.ErrDrift}
	var halt *flows.HaltError
	if errors.As(err, &halt) {
		e.Kind, e.Hint, e.Cause = haltKinds[halt.Kind], halt.Hint, halt
		if e.Kind == userops.ErrRejected && e.Hint == "" {
			e.Hint = "do what the console says, or try it there by hand"
		}
		if errors.Is(err, flows.ErrUnknownScreen) {
			e.Kind = userops.ErrUnknownUI
		}
		if e.Kind == userops.ErrNotFound && act == signingIn {
			e.Kind = userops.ErrOrganisation
		}
		return e
	}
	var file *fs.PathError
	if errors.As(err, &file) {
		e.Kind, e.Hint = userops.ErrStorage, "make room on the disk, or choose another state folder"
		return e
	}
	if errors.Is(err, context.Canceled) { // whatever was waited for then, it is not the page's fault
		e.Kind, e.Hint = userops.ErrCancelled, "run the command again"
		return e
	}
	for _, c := range causes {
		if errors.Is(err, c.is) {
			e.Kind, e.Hint = c.kind, c.hint
			return e
		}
	}
	if errors.Is(err, context.DeadlineExceeded) { // a bound of ours: that of the command is told by explained
		e.Kind, e.Hint = userops.ErrTimeout, slowHint
	}
	return e
}

// tooLong is a command whose own time has passed.
func (p *Path) tooLong(e *userops.Error) error {
	e.Kind, e.Hint = userops.ErrTimeout, "allow more time, or try again when the console is faster"
	return e
}

// unoffered is failure for a choice that a page does not offer: of the role that was asked for, or of something else.
func (c *course) unoffered(err error) error {
	var seen *automation.Error
	if !errors.As(err, &seen) || !errors.Is(seen.Kind, automation.ErrNotOffered) {
		return err
	}
	kind, of := userops.ErrOption, "those"
	if role := c.Role; role != "" && seen.Asked == role {
		kind, of = userops.ErrRole, "the roles"
	}
	return c.Fail(kind, err, userops.ChooseOne(of, seen.Asked, seen.Offered))
}

// explained is failure with a picture and the page kept as evidence.
func (p *Path) explained(ctx context.Context, act string, ev *automation.Evidence, err error) error {
	var kept *pictured
	if p.page != nil && !errors.Is(err, automation.ErrBrowserGone) && !errors.As(err, &kept) {
		p.keepFailure(ctx, p.page, ev)
	}
	failed := p.failure(act, "", err)
	var e *userops.Error
	if !errors.As(failed, &e) {
		return failed
	}
	if e.Evidence == "" { // a sign-in that is not tried again has its own
		e.Evidence = ev.Dir()
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return p.tooLong(e)
	}
	return failed
}
