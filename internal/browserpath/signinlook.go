package browserpath

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// signInLook is what somebody who looks at a sign-in is told and asked.
type signInLook struct {
	sight func(ctx context.Context, s flows.Sighted)
	mend  func(ctx context.Context, l doctor.Lack) (*selectors.Version, error) // nil: nobody can show anything
	ended func(flow *flows.Flow, failed error)
	// insists says that somebody wants the sign-in for itself, and may be there: it is tried also where it has halted.
	insists bool
}

// mendBound is how long a sign-in may take in which a person shows what it lacks.
const mendBound = 2 * time.Hour

// signInRun is the flow that signs in, about to be carried out on a page.
func (p *Path) signInRun(ctx context.Context, page *automation.Page, ev *automation.Evidence) (*flows.Run, error) {
	version, err := p.signInVersion(ctx, page)
	if err != nil {
		return nil, err
	}
	flow, ok := p.opts.Library.Flow(signInFlow, version.Layout)
	if !ok {
		return nil, &userops.Error{Act: "choosing the flow", Kind: userops.ErrConfig, Cause: fmt.Errorf("app %s has no flow sign-in", p.opts.Library.App.Name)}
	}
	return &flows.Run{Page: page, Flow: flow, Version: version, Evidence: ev, Progress: p.opts.Progress, StepTimeout: p.opts.StepTimeout,
		Left: func(ctx context.Context) (bool, error) { return p.left(ctx, page) }, Secret: p.secret, Inputs: p.signInInputs()}, nil
}

// notSignedIn remembers how a sign-in has failed, where trying again, for the next of a batch, is what locks accounts or
// has a code sent each time.
func (p *Path) notSignedIn(ctx context.Context, failed error) error {
	if errors.Is(failed, userops.ErrCredentials) {
		p.rememberRefusal(ctx)
	}
	if refusesSignIn(failed) || p.haltedBehind(failed) {
		p.refused, p.refusedAt = failed, time.Now()
	}
	return failed
}

// refusesSignIn says that the console has refused a sign-in, or would for lack of a code, whatever the selectors are.
func refusesSignIn(failed error) bool {
	return errors.Is(failed, userops.ErrCredentials) || errors.Is(failed, userops.ErrLocked) || errors.Is(failed, userops.ErrFactor)
}

// lookOn is how a walk looks at a sign-in. came says that there was one.
func (p *Path) lookOn(w doctor.Walk, came *bool) *signInLook {
	return &signInLook{sight: w.Sight, mend: w.Mend, insists: w.SignIn || w.Mend != nil, ended: func(flow *flows.Flow, failed error) {
		*came = true
		if failed != nil || w.SignIn || looksAtSignIn(w) {
			w.Begun(flow)
			w.Ended(flow, doctor.End{Err: failed})
		}
	}}
}

// looksAtSignIn says that a walk looks at the page where the sign-in begins.
func looksAtSignIn(w doctor.Walk) bool {
	return len(w.Only) == 0 || slices.Contains(w.Only, signInFlow)
}

// onlySignIn says that a walk looks at nothing else.
func onlySignIn(w doctor.Walk) bool {
	return len(w.Only) > 0 && !slices.ContainsFunc(w.Only, func(name string) bool { return name != signInFlow })
}

// watch has who looks at a sign-in be told of it, and asked for what it lacks. Meanwhile nothing that may change
// something leaves the session: a person may go anywhere.
func (p *Path) watch(r *flows.Run) {
	if p.onSignIn == nil {
		return
	}
	r.Examine = p.sighting(p.onSignIn.sight)
	if p.onSignIn.mend == nil {
		return
	}
	flow := *r.Flow
	flow.Timeout = flows.Duration(mendBound)
	r.Flow, r.StepTimeout = &flow, p.lookedByBound()
	browser := p.browser
	r.Mend = func(ctx context.Context, names []string, failed error) (v *selectors.Version, err error) {
		if len(names) > 1 && !p.ofSignInPages(ctx, r.Page, r.Version) {
			return nil, nil // the sign-in may be over, at a console that is not known
		}
		held, err := p.holdOurs(ctx)
		if err != nil {
			return nil, p.failure("showing a page", "", err)
		}
		defer func() {
			ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeBound)
			defer cancel()
			closed := held.Close(ctx, nil) // what was held may have the password or a code in it: it is not written down
			select {
			case <-browser.Gone(): // the person has closed its last window
			default:
				err = errors.Join(err, p.failure("showing a page", "", closed))
			}
		}()
		lack := doctor.Lack{Page: r.Page, Version: r.Version, Names: names, People: p.signInNames(), Failed: failed, Unmarked: p.unmarked(ctx, r.Page, r.Version)}
		return p.onSignIn.mend(ctx, lack)
	}
}

// sighting has a page that is no known screen count as one of the sign-in only where something says that it is.
func (p *Path) sighting(tell func(context.Context, flows.Sighted)) func(context.Context, flows.Sighted) {
	return func(ctx context.Context, s flows.Sighted) {
		s.Unknown = s.Unknown && p.ofSignInPages(ctx, s.Page, s.Version)
		tell(ctx, s)
	}
}

// ofSignInPages says that a page is one of the sign-in: it is of its host, or of its version.
func (p *Path) ofSignInPages(ctx context.Context, page *automation.Page, v *selectors.Version) bool {
	at, err := url.Parse(page.URL())
	begin, beginErr := url.Parse(p.opts.SignIn)
	return err == nil && beginErr == nil && at.Host == begin.Host || !p.unmarked(ctx, page, v)
}

// signInNames are the names that the pages of the sign-in are known to have on them.
func (p *Path) signInNames() []string {
	return slices.DeleteFunc([]string{p.opts.Account, p.opts.Organisation.Name, p.opts.Organisation.ID}, func(n string) bool { return n == "" })
}

// unmarked says that nothing on a page says that it is of a version.
func (p *Path) unmarked(ctx context.Context, page *automation.Page, v *selectors.Version) bool {
	hits, err := page.Recognise(ctx, conditions([]*selectors.Version{v}))
	return err == nil && !slices.Contains(hits, true)
}

// lookAtSignIn looks at the page where the sign-in begins, as nobody. Nothing is typed or pressed there: the flow has
// nothing left that could be, so that no look is a sign-in that fails, or has a code sent. That the last sign-in has
// halted behind that page is how the flow ends.
func (p *Path) lookAtSignIn(ctx context.Context, w doctor.Walk, ev *automation.Evidence) error {
	if err := p.start(ctx); err != nil {
		return err
	}
	return p.asNobody(ctx, func(page *automation.Page) error {
		r, err := p.signInRun(ctx, page, ev)
		if err != nil {
			return p.failure("looking at the sign-in page", "", err)
		}
		first, after := r.Flow.FirstScreen()
		w.Begun(first)
		r.Flow, r.Secret, r.Examine, r.StepTimeout = first, nil, p.sighting(w.Sight), p.lookedByBound()
		_, err = r.Do(ctx)
		switch {
		case errors.Is(err, flows.ErrRehearsed):
			err = nil
		case err == nil:
			err = errors.New("the page is not one where anybody signs in")
		}
		if ctx.Err() != nil {
			return p.failure("looking at the sign-in", "", context.Cause(ctx))
		}
		failed := p.haltedLast()
		if err != nil {
			p.keepFailure(ctx, page, ev)
			failed = p.failure("looking at the sign-in page", "", err)
		}
		w.Ended(first, doctor.End{About: "its first page, not signed in", After: after, Unseen: "the pages behind its first", Err: failed})
		return nil
	})
}

// asNobody has do use a page in a session in which nobody is signed in.
func (p *Path) asNobody(ctx context.Context, do func(page *automation.Page) error) (err error) {
	browser := p.browser
	session, err := browser.NewSession(ctx, p.opts.Hosts)
	if err != nil {
		return p.failure("opening the sign-in page", "", err)
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeBound)
		defer cancel()
		closed := session.Close(ctx)
		select {
		case <-browser.Gone(): // the person has closed its last window
		default:
			err = errors.Join(err, p.failure("closing the sign-in page", "", closed))
		}
	}()
	page, err := session.NewPage(ctx)
	if err != nil {
		return p.failure("opening the sign-in page", "", err)
	}
	return do(page)
}

// ofSignIn says that a target is of the pages of the sign-in, and of no page of the console.
func (p *Path) ofSignIn(target string) bool {
	has := func(area string) bool {
		return slices.ContainsFunc(p.opts.Library.Area(area), func(v *selectors.Version) bool { _, ok := v.Target(target); return ok })
	}
	return target != "" && has(selectors.SignIn) && !has(selectors.Console)
}

// showSignIn goes through the sign-in, as nobody until now, to the screen that has the target, and has do something with
// it. Nothing is typed or pressed on that screen, and from there on nothing that may change something leaves.
func (p *Path) showSignIn(ctx context.Context, at doctor.Place, do func(context.Context, doctor.Shown) error) (err error) {
	ev, closeEvidence, err := p.evidence(cmp.Or(at.Keep, userops.NewOperationID()))
	if err != nil {
		return err
	}
	defer closeEvidence()
	if err := p.refusedLately(); err != nil {
		return err
	}
	if err := p.start(ctx); err != nil {
		return err
	}
	ours, err := p.holdOurs(ctx)
	defer func() { err = errors.Join(err, (&examiner{p: p, ev: ev}).letGo(ctx, ours)) }()
	if err != nil {
		return p.failure("showing a page", "", err)
	}
	var held *flows.Exchange
	defer func() { // its session is closed by then: nothing that was pressed there may leave, also at the end
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeBound)
		defer cancel()
		closed := held.Close(ctx, nil)
		select {
		case <-p.browser.Gone():
		default:
			err = errors.Join(err, p.failure("showing a page", "", closed))
		}
	}()
	return p.asNobody(ctx, func(page *automation.Page) error {
		r, err := p.signInRun(ctx, page, ev)
		if err != nil {
			return p.failure("showing the page of", at.Target, err)
		}
		r.Stop, r.StepTimeout = &flows.Stop{Target: at.Target, Wait: at.Wait, Screen: true}, cmp.Or(at.Step, p.opts.StepTimeout)
		if !r.Flow.ComesTo(at.Target) {
			return p.notShown(at.Target, "no page of the sign-in is come to that is sure to have it", "it is shown only sometimes: write a candidate for it by hand")
		}
		// a page that lacks something is shown as it is
		r.Mend = func(_ context.Context, _ []string, failed error) (*selectors.Version, error) { return nil, failed }
		shown, err := p.comeTo(ctx, r, at)
		if err != nil {
			return err
		}
		if held, err = flows.Hold(ctx, page.Session(), p.opts.Library.App); err != nil {
			return p.failure("showing a page", "", err)
		}
		shown.Stopped = func() []string { return nil } // it may have the password or a code in it
		return p.failure("showing the page of", at.Target, do(ctx, shown))
	})
}

// comeTo goes through a sign-in to the screen of a target. Where a screen on the way is not known that is shown, with a
// note that says so.
func (p *Path) comeTo(ctx context.Context, r *flows.Run, at doctor.Place) (doctor.Shown, error) {
	_, err := r.Do(ctx)
	shown := doctor.Shown{Page: r.Page, Version: r.Version, Flow: r.Flow.Name, Inputs: r.Inputs, People: p.signInNames(), SignedOut: p.signedOut}
	var arrived *flows.ArrivedError
	var halt *flows.HaltError
	switch {
	case errors.As(err, &arrived):
		shown.Target = arrived.Target
	case err == nil:
		return shown, p.notShown(at.Target, "the sign-in came to the console without a page that has it", "it is shown only sometimes: write a candidate for it by hand")
	case ctx.Err() != nil, errors.Is(err, automation.ErrBrowserGone), errors.Is(err, automation.ErrUnreachable), errors.As(err, &halt) && halt.Kind != flows.Blocked:
		return shown, p.notSignedIn(ctx, p.failure(signingIn, "", err))
	default:
		shown.Note = fmt.Sprintf("This may not be the page that was meant: %v.", err)
		t, _ := r.Version.Target(at.Target)
		if shown.Target, err = t.Fill(r.Inputs); err != nil {
			return shown, p.notShown(at.Target, err.Error(), "write a candidate for it by hand")
		}
	}
	shown.Unmarked = p.unmarked(ctx, r.Page, r.Version)
	return shown, nil
}

// notShown says why a target of the sign-in cannot be shown.
func (p *Path) notShown(target, why, hint string) error {
	return &userops.Error{Act: "showing the page of", Target: target, Tenant: p.opts.Tenant, Kind: userops.ErrConfig, Cause: errors.New(why), Hint: hint}
}
