package browserpath

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// signingIn is what errors call the act.
const signingIn = "signing in"

// refusedBound is how long a sign-in that was refused is not tried again: four tries an hour lock no account that
// ten failures lock.
const refusedBound = 15 * time.Minute

// recogniseBound is how long a page may take to show which version of the user interface it is.
const recogniseBound = 30 * time.Second

// ready makes sure that a page is signed in to the configured organisation and that its version is known.
func (p *Path) ready(ctx context.Context, ev *automation.Evidence) error {
	if p.version != nil {
		select {
		case <-p.browser.Gone():
		default:
			return nil
		}
	}
	p.version = nil
	if err := p.refusedLately(); err != nil {
		return err
	}
	if err := p.release(ctx); err != nil {
		return p.failure(signingIn, "", err)
	}
	if len(p.candidates()) == 0 {
		return p.noVersion()
	}
	if err := p.start(ctx); err != nil {
		return err
	}
	if ok, err := p.resume(ctx, ev); ok || err != nil {
		return err
	}
	return p.signIn(ctx, ev)
}

// refusedLately is how a sign-in was refused, or has halted, that is not tried again yet; nil: it may be tried. One that
// has halted is tried for whoever wants it for itself.
func (p *Path) refusedLately() error {
	insists := p.onSignIn != nil && p.onSignIn.insists && !refusesSignIn(p.refused)
	if p.refused != nil && !insists && time.Since(p.refusedAt) < p.opts.RefusedFor && !p.signedInSince(p.refusedAt) {
		return p.refused
	}
	p.refused = nil
	return nil
}

// signedInSince says that a session was saved since a time: a person has signed in by another process.
func (p *Path) signedInSince(at time.Time) bool {
	s, err := p.load()
	return err == nil && s != nil && s.At.After(at)
}

// Login signs in afresh even if a saved session would do.
func (p *Path) Login(ctx context.Context) error {
	if len(p.candidates()) == 0 {
		return p.noVersion()
	}
	if err := p.start(ctx); err != nil {
		return err
	}
	p.version, p.refused, p.insist = nil, nil, true
	return p.signIn(ctx, nil)
}

// LoginBy signs in afresh, and where that does not come to its end it has a person go on with the page as it is, as
// where a code is asked for or something to be solved. by shows the page to them for as long as what it is given
// takes.
func (p *Path) LoginBy(ctx context.Context, by func(context.Context, *automation.Page, func(context.Context) error) error) error {
	err := p.Login(ctx)
	var e *userops.Error
	switch {
	case err == nil, ctx.Err() != nil, p.page == nil:
		return err
	case errors.Is(err, userops.ErrLocked), errors.Is(err, userops.ErrOrganisation), errors.Is(err, userops.ErrBrowser):
		return err
	case errors.As(err, &e):
		p.opts.Progress("a person goes on: " + e.Error())
	}
	err = by(ctx, p.page, func(ctx context.Context) error {
		for {
			if left, err := p.left(ctx, p.page); left || err != nil {
				return err
			}
			if err := change.Wait(ctx, handPause); err != nil {
				return context.Cause(ctx)
			}
		}
	})
	if err != nil {
		return p.failure(signingIn, "by hand", err)
	}
	p.refused = nil
	p.coded, p.trusted = false, time.Time{} // whether the device is trusted now, only the person knows
	return p.signedIn(ctx, nil)
}

// handPause is between two looks whether a person has come to the console.
const handPause = 200 * time.Millisecond

// signIn goes through the sign-in screens and remembers where they led.
func (p *Path) signIn(ctx context.Context, ev *automation.Evidence) error {
	const act = signingIn
	p.opts.Progress("signing in as " + p.opts.Account)
	p.fresh = false
	p.lastRead, p.listAt, p.listMute, p.own, p.there, p.coded = userops.Roster{}, "", false, nil, nil, false
	if p.insist { // a person has asked for another sign-in, perhaps because the organisation has changed
		p.pinned = ""
	}
	r, err := p.signInRun(ctx, p.page, ev)
	if err != nil {
		return p.failure(act, "", err)
	}
	if err := p.sameAgain(); err != nil {
		return err
	}
	p.watch(r)
	p.typed = false
	_, err = r.Do(ctx)
	if err != nil {
		err = p.notSignedIn(ctx, p.explained(ctx, act, ev, err))
	}
	p.noteHalt(err)
	if p.onSignIn != nil {
		p.onSignIn.ended(r.Flow, err)
	}
	if err != nil {
		return err
	}
	return p.signedIn(ctx, ev)
}

// signedIn finds out where a sign-in has led, and keeps it.
func (p *Path) signedIn(ctx context.Context, ev *automation.Evidence) error {
	if err := p.recognise(ctx, ev); err != nil {
		return p.explained(ctx, signingIn, ev, flows.WithBlockedCookies(err, p.page))
	}
	p.home = p.page.URL()
	if err := p.identify(ctx, p.page, ev); err != nil {
		return err
	}
	if p.unproved && !p.lookedBy() { // whose session it is, nobody knows: it is not kept
		return nil
	}
	p.pinned, p.since = p.seen, time.Now().UTC()
	if p.coded {
		p.trusted = p.since
	}
	p.save(ctx)
	if p.insist && p.opts.Sessions != nil {
		if err := p.opts.Sessions.Remove(p.opts.Tenant + ".refused"); err != nil {
			p.opts.Log.Warn("forgetting a refused password", "error", err)
		}
	}
	return nil
}

// signInInputs are what the sign-in screens may ask for. Of the organisation's id and name only one is looked for; the
// other is held against the console once it is signed in.
func (p *Path) signInInputs() map[string]string {
	id, name := p.opts.Organisation.ID, p.opts.Organisation.Name
	organisation := fmt.Sprintf("id %s", id)
	if id == "" {
		organisation = fmt.Sprintf("name %q", name)
	} else {
		name = ""
	}
	lacking, hint := p.opts.Factor.Lacking()
	return map[string]string{"sign_in_url": p.opts.SignIn, "email": p.opts.Account, "factor": p.opts.Library.App.Factors[p.opts.Factor.Method()], "factor_lacking": lacking, "factor_hint": hint,
		"organisation": organisation, "organisation_id": id, "organisation_name": name}
}

func (p *Path) secret(ctx context.Context, name string, attempt int) (string, error) {
	switch name {
	case "password":
		v, err := p.opts.Password(ctx)
		if err != nil {
			return "", (&userops.Error{Act: "fetching the password", Tenant: p.opts.Tenant, Kind: userops.ErrConfig, Cause: err,
				Hint: "check the tenant's password reference"}).OrStop()
		}
		if p.wasRefused(v) && !p.insist {
			return "", &userops.Error{Act: signingIn, Tenant: p.opts.Tenant, Kind: userops.ErrCredentials, Cause: errors.New("this very password was refused before and is not tried again"), Hint: "correct the password; or if it is right after all, sign in anew"}
		}
		p.typed = true
		return v, nil
	case "code":
		p.coded = true
		return p.opts.Factor.Code(ctx, attempt)
	}
	return "", fmt.Errorf("no secret is called %s", name)
}

// A refused password is remembered, by its hash and sealed like the session: a job that runs every hour would otherwise
// lock the account within a day.
func (p *Path) rememberRefusal(ctx context.Context) {
	if p.opts.Sessions == nil {
		return
	}
	v, err := p.opts.Password(ctx)
	if err == nil {
		sum := sha256.Sum256([]byte(p.opts.Account + "\x00" + v))
		err = p.opts.Sessions.Put(p.opts.Tenant+".refused", sum[:])
	}
	if err != nil {
		p.opts.Log.Warn("that the password was refused could not be remembered", "error", err)
	}
}

func (p *Path) wasRefused(password string) bool {
	if p.opts.Sessions == nil {
		return false
	}
	kept, err := p.opts.Sessions.Get(p.opts.Tenant + ".refused")
	sum := sha256.Sum256([]byte(p.opts.Account + "\x00" + password))
	return err == nil && bytes.Equal(kept, sum[:])
}

// signInVersion chooses among the versions that cover signing in: the newest of the only layout, or the one the page
// shows. A newer one of a layout has the candidates of the one before behind its own.
func (p *Path) signInVersion(ctx context.Context, page *automation.Page) (*selectors.Version, error) {
	all := p.opts.Library.Area(selectors.SignIn)
	if v := newest(all); v != nil {
		return v, nil
	}
	if err := page.Open(ctx, p.opts.SignIn); err != nil {
		return nil, err
	}
	return p.oneOn(ctx, page, all, nil)
}

// left says whether the page belongs to the console proper.
func (p *Path) left(ctx context.Context, page *automation.Page) (bool, error) {
	all := p.candidates()
	hits, err := page.Recognise(ctx, conditions(all))
	if err != nil {
		return false, err
	}
	for _, h := range hits {
		if h {
			return true, nil
		}
	}
	return p.leftUnrecognised(ctx, page)
}

// leftUnrecognised says that a look has come to a page that is none of the sign-in for a while, where the version
// to look by was named.
func (p *Path) leftUnrecognised(ctx context.Context, page *automation.Page) (bool, error) {
	if !p.lookedBy() {
		return false, nil
	}
	hits, err := page.Recognise(ctx, conditions(p.opts.Library.Area(selectors.SignIn)))
	switch {
	case err != nil || slices.Contains(hits, true):
		p.outside = time.Time{}
		return false, err
	case p.outside.IsZero():
		p.outside = time.Now()
	}
	return time.Since(p.outside) > passingBound, nil
}

// candidates are the versions that the console may turn out to be: all, or the pinned one.
func (p *Path) candidates() []*selectors.Version {
	all := p.opts.Library.Area(selectors.Console)
	if p.opts.Pin == "" {
		return all
	}
	for _, v := range all {
		if v.ID == p.opts.Pin {
			return []*selectors.Version{v}
		}
	}
	return nil
}

func (p *Path) noVersion() error {
	return &userops.Error{Act: "choosing the selector version", Target: p.opts.Pin, Tenant: p.opts.Tenant, Kind: userops.ErrConfig, Cause: errors.New("there is no such version"), Hint: "versions are " + ids(p.opts.Library.Area(selectors.Console))}
}

func conditions(vs []*selectors.Version) [][][]selectors.Candidate {
	out := make([][][]selectors.Candidate, len(vs))
	for i, v := range vs {
		out[i] = v.Conditions()
	}
	return out
}

// recognise finds out which version the page belongs to. A page that goes on to be one of signedOut ends it as a
// session that has ended.
func (p *Path) recognise(ctx context.Context, ev *automation.Evidence, signedOut ...*selectors.Version) error {
	within, cancel := context.WithTimeout(ctx, p.recogniseBound())
	defer cancel()
	v, err := p.one(within, p.candidates(), p.watching(), signedOut...)
	if all := p.candidates(); p.lookedBy() && errors.Is(err, userops.ErrUnknownUI) && ctx.Err() == nil && len(all) == 1 {
		v, err = all[0], nil
	}
	if err != nil {
		return err
	}
	p.version = v
	return ev.Log(map[string]any{"step": "recognise", "selector_version": v.ID, "layout": v.Layout, "page": automation.WithoutQuery(p.page.URL())})
}

// lookedBy says that nothing is changed and that a version was named to look by, which may have other marks than
// the pages have.
func (p *Path) lookedBy() bool { return p.looking && p.opts.Pin != "" }

// recogniseBound is how long a page may take to show which version it is of. Where that is not needed it is only
// looked for.
func (p *Path) recogniseBound() time.Duration {
	if p.lookedBy() {
		return p.lookedByBound()
	}
	return recogniseBound
}

// lookedByBound is how long a look waits for what the version that was named may only guess: marks, and the
// organisation.
func (p *Path) lookedByBound() time.Duration { return cmp.Or(p.lookStep, 5*time.Second) }

// one waits until one of the versions matches the page: of several of one layout the newest counts. None, or two of
// different layouts, is an unknown user interface.
func (p *Path) one(ctx context.Context, all []*selectors.Version, watch []flows.Watching, signedOut ...*selectors.Version) (*selectors.Version, error) {
	return p.oneOn(ctx, p.page, all, watch, signedOut...)
}

// oneOn is one of a page.
func (p *Path) oneOn(
	ctx context.Context, page *automation.Page, all []*selectors.Version, watch []flows.Watching, signedOut ...*selectors.Version,
) (*selectors.Version, error) {
	ctx, cancel := context.WithTimeout(ctx, recogniseBound)
	defer cancel()
	var since time.Time // when the page was seen first to be one of signedOut; zero: it is none
	for {
		hits, err := page.Recognise(ctx, conditions(slices.Concat(all, signedOut)))
		if err != nil {
			return nil, p.unknownUI(ctx, all, err)
		}
		var found []*selectors.Version
		for i, h := range hits[:len(all)] {
			if h {
				found = append(found, all[i])
			}
		}
		switch {
		case !slices.Contains(hits[len(all):], true):
			since = time.Time{}
		case since.IsZero():
			since = time.Now()
		case len(found) == 0 && time.Since(since) > passingBound:
			return nil, &flows.HaltError{Kind: flows.SignedOut, Reason: "the console shows its sign-in page"}
		}
		if v := newest(found); v != nil {
			return v, nil
		}
		if len(found) > 1 {
			return nil, &userops.Error{Act: "recognising the user interface", Tenant: p.opts.Tenant, Kind: userops.ErrUnknownUI, Cause: fmt.Errorf("versions %s all match the page", ids(found)), Hint: "make their fingerprints differ, or set selector_version to one of them"}
		}
		if broken := page.Broken(); broken != nil {
			return nil, broken
		}
		for _, w := range watch {
			states, err := page.Look(ctx, w.Target)
			if err != nil {
				return nil, p.unknownUI(ctx, all, err)
			}
			if states[0].There() {
				return nil, &flows.HaltError{Kind: w.Kind, Reason: w.Reason, Hint: w.Hint}
			}
		}
		if err := change.Wait(ctx, 50*time.Millisecond); err != nil { // the page is still drawing itself
			return nil, p.unknownUI(ctx, all, err)
		}
	}
}

// passingBound is how long a console may pass by its sign-in page on the way to where it leads.
const passingBound = 2 * time.Second

// newest is the version that counts of those that match: the only one, or the newest of one layout, which has taken
// the place of the others. Nil is none: their layouts differ, or two are of one day.
func newest(found []*selectors.Version) *selectors.Version {
	var out *selectors.Version
	for _, v := range found {
		switch {
		case out == nil || v.Layout == out.Layout && v.Date > out.Date:
			out = v
		case v.Layout != out.Layout:
			return nil
		}
	}
	alike := func(v *selectors.Version) bool { return v != out && v.Date == out.Date }
	if slices.ContainsFunc(found, alike) {
		return nil
	}
	return out
}

func (p *Path) unknownUI(ctx context.Context, all []*selectors.Version, err error) error {
	if !errors.Is(err, context.DeadlineExceeded) || !errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return err
	}
	return &userops.Error{Act: "recognising the user interface", Tenant: p.opts.Tenant, Kind: userops.ErrUnknownUI,
		Cause: fmt.Errorf("none of the versions %s matches the page at %s", ids(all), automation.WithoutQuery(p.page.URL())),
		Hint:  "the console's pages have changed, or this is another page than expected: look at the picture in the evidence"}
}

func ids(vs []*selectors.Version) string {
	names := make([]string, len(vs))
	for i, v := range vs {
		names[i] = v.ID
	}
	return strings.Join(names, ", ")
}
