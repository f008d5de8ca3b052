package browserpath

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

// reading does something that changes nothing on a page of a session of its own, signed in as ours is and sharing
// nothing else with it: what the acting page, its cache or its workers believe cannot colour what is read. A
// sign-in that has ended is renewed, once.
func (p *Path) reading(ctx context.Context, ev *automation.Evidence, do func(*automation.Page) error) error {
	return p.readingFrom(ctx, ev, func() string { return p.home }, func(f *fresh) error { return do(f.page) })
}

// readingHeld is reading where nothing that may change something leaves: for pages that are about somebody, of which
// one may change them where it is only opened.
func (p *Path) readingHeld(ctx context.Context, ev *automation.Evidence, do func(*fresh) error) error {
	return p.readingFrom(ctx, ev, func() string { return p.home }, func(f *fresh) error {
		if err := f.hold(ctx, p.opts.Library.App); err != nil {
			return err
		}
		return do(f)
	})
}

// readHeld runs a flow that reads on a page about somebody. lacks says what it should have read and has not: where the
// page was kept from asking for something, that is no answer.
func (p *Path) readHeld(
	ctx context.Context, ev *automation.Evidence, name string, inputs map[string]string, lacks func(flows.Result) string,
) (res flows.Result, err error) {
	err = p.readingHeld(ctx, ev, func(f *fresh) (err error) {
		if _, res, err = p.runOn(ctx, f.page, name, inputs, ev, func(*flows.Run) {}); err != nil {
			return err
		}
		what, kept := lacks(res), f.held.Kept()
		if what == "" || len(kept) == 0 {
			return nil
		}
		return &userops.Error{Act: "running the flow", Target: name, Tenant: p.opts.Tenant, Kind: userops.ErrDrift,
			Cause: fmt.Errorf("it reads no %s, and the page was kept from sending %s", what, strings.Join(kept, ", ")),
			Hint:  "if that request only reads, name it among the reads of the app's file"}
	})
	return res, err
}

// fresh is a page of a session of its own.
type fresh struct {
	page *automation.Page
	held *flows.Exchange // what its session sends; nil: it is not held
}

// hold keeps whatever may change something from leaving, until the session is closed.
func (f *fresh) hold(ctx context.Context, app *flows.App) (err error) {
	f.held, err = flows.Hold(ctx, f.page.Session(), app)
	return err
}

// readingFrom is reading, on a page that is opened at an address.
func (p *Path) readingFrom(ctx context.Context, ev *automation.Evidence, at func() string, do func(*fresh) error) error {
	for attempt := 0; ; attempt++ {
		if err := p.ready(ctx, ev); err != nil {
			return err
		}
		err := p.onFreshPage(ctx, ev, at(), do)
		var halt *flows.HaltError
		if errors.As(err, &halt) && halt.Kind == flows.SignedOut && attempt == 0 {
			p.opts.Log.Info("the session has ended, signing in again", "tenant", p.opts.Tenant)
			p.version = nil
			continue
		}
		return err
	}
}

// onFreshPage opens a page of the console at an address, and closes its session.
func (p *Path) onFreshPage(ctx context.Context, ev *automation.Evidence, at string, do func(*fresh) error) (err error) {
	session, page, err := p.sessionToRead(ctx)
	if err != nil {
		return err
	}
	f := &fresh{page: page}
	defer func() {
		if closeErr := p.leave(ctx, ev, session, f.held); closeErr != nil {
			p.opts.Log.Debug("closing a page", "error", closeErr)
		}
	}()
	if page == nil {
		if f.page, err = session.NewPage(ctx); err != nil {
			return err
		}
	}
	if err = f.page.Open(ctx, at); err == nil {
		err = do(f)
	}
	var halt *flows.HaltError
	if err != nil && !(errors.As(err, &halt) && halt.Kind == flows.SignedOut) {
		p.keepFailure(ctx, f.page, ev)
		err = &pictured{err}
	}
	return err
}

// sessionToRead is a session of its own, signed in as ours is. page is nil where none is open in it yet. One in which
// a saved sign-in was only seen to hold serves, with its page, and ours goes on as a copy of it: a page is a process of
// the browser's. Where pages keep a part of the sign-in, ours needs its page for that.
func (p *Path) sessionToRead(ctx context.Context) (session *automation.Session, page *automation.Page, err error) {
	storage := p.opts.Library.App.Storage
	if !p.fresh || p.page == nil || len(storage) > 0 {
		session, err = p.session.Fresh(ctx, p.page, storage)
		return session, nil, err
	}
	if err := p.page.BypassCaches(ctx); err != nil {
		return nil, nil, err
	}
	copied, err := p.session.Copy(ctx, p.page, nil)
	if err != nil {
		return nil, nil, err
	}
	session, page = p.session, p.page
	p.session, p.page, p.fresh = copied, nil, false
	return session, page, nil
}

// leave ends a session of its own. What was held of it must not leave in between: where the session cannot be closed
// the browser is.
func (p *Path) leave(ctx context.Context, ev *automation.Evidence, session *automation.Session, held *flows.Exchange) error {
	if p.browser == nil {
		return held.Tell(ev) // it was closed with the window that a person had seen, and all sessions with it
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeBound)
	defer cancel()
	p.takeBack(ctx, session)
	err := session.Close(ctx)
	if err != nil && held != nil {
		return errors.Join(err, p.Close(), held.Tell(ev))
	}
	return errors.Join(err, held.Close(ctx, ev), p.toFront(ctx))
}

// closeBound is generous: a session is closed in milliseconds.
const closeBound = 10 * time.Second

// pictured is an error whose page is in the evidence already.
type pictured struct{ error }

// Unwrap lets errors.Is and errors.As see through.
func (e *pictured) Unwrap() error { return e.error }

// takeBack keeps the cookies that the console has changed in a session that was read in: a console that gives a new one
// with each answer takes no other afterwards.
func (p *Path) takeBack(ctx context.Context, fresh *automation.Session) {
	ours, err := p.session.Cookies(ctx)
	if err != nil {
		return
	}
	theirs, err := fresh.Cookies(ctx)
	if err != nil || bytes.Equal(ours, theirs) {
		return
	}
	if err := p.session.SetCookies(ctx, theirs); err != nil {
		p.opts.Log.Debug("keeping the cookies of the session that was read in", "error", err)
	}
}

// wish is what of a list is wanted. The zero value is all of it.
type wish struct {
	picture string                    // the name of a picture of it; empty: none is kept
	whose   string                    // the e-mail of whom the picture is to show
	sought  *automation.Sought        // the one at whom the reading stops; nil: all is read
	each    func(userops.User)        // is given everybody of the first reading when they are read; may be nil
	stood   func() string             // the page on which the one stood; a new sign-in forgets it, since the console may have moved. May be nil
	enough  func(userops.Roster) bool // whether one reading is enough to go on by; nil: it never is
}

// there is the page on which the one stood, empty where it is not known.
func (w wish) there() string {
	if w.stood == nil {
		return ""
	}
	return w.stood()
}

// everyone reads the users of all statuses. Whose console it is is checked before and after, each time on a page just
// loaded; after a reading that is only to go on by, the page of the press says so.
func (p *Path) everyone(ctx context.Context, ev *automation.Evidence, want wish) (ros userops.Roster, err error) {
	err = p.readingFrom(ctx, ev, func() string { return p.listBegins(want) }, func(f *fresh) error {
		page := f.page
		if err := p.identifyAtList(ctx, page, ev); err != nil {
			return err
		}
		before := page.Document()
		ros, err = p.readRoster(ctx, page, ev, want)
		want.each = nil // nobody is told of twice, where the sign-in had ended meanwhile
		if err != nil || ros.Once {
			return err
		}
		if want.picture != "" {
			if err := p.picture(ctx, page, ev, want); err != nil {
				p.opts.Log.Warn("the picture of the list could not be kept", "error", err)
			}
		}
		return p.identifyAfter(ctx, page, ev, before)
	})
	if err == nil && !ros.Once {
		err = p.askOwnPages(ctx, ev, &ros)
	}
	p.holdsItself(&ros)
	return ros, err
}

// picture keeps what the list shows of somebody.
func (p *Path) picture(ctx context.Context, page *automation.Page, ev *automation.Evidence, want wish) error {
	if flow, ok := p.opts.Library.Flow(listFlow, p.layout()); ok {
		if table, ok := p.version.Target(flow.Lists()); ok {
			return ev.RowPictures(ctx, page, want.picture, table, want.whose)
		}
	}
	_, err := ev.Picture(ctx, page, want.picture)
	return err
}

// listBegins is the address at which reading the list begins: its own where that is known, unless its pages were
// seen not to say whose console it is.
func (p *Path) listBegins(want wish) string {
	flow, ok := p.opts.Library.Flow(listFlow, p.layout())
	if !ok || p.listMute {
		return p.home
	}
	return flow.Begins(p.home, cmp.Or(want.there(), p.listAt))
}

// identifyAtList makes sure whose console it is on the page at which reading the list begins. Where that does not say
// so, such as a page of an error, home does, and reading begins there.
func (p *Path) identifyAtList(ctx context.Context, page *automation.Page, ev *automation.Evidence) error {
	err := p.identify(ctx, page, ev)
	var halt *flows.HaltError
	if err == nil || page.URL() == p.home || errors.As(err, &halt) || errors.Is(err, userops.ErrOrganisation) || ctx.Err() != nil {
		return err
	}
	p.listMute = true
	if err := page.Open(ctx, p.home); err != nil {
		return err
	}
	return p.identify(ctx, page, ev)
}

// identifyAfter makes sure whose console it is once the list was read: on home, loaded for it, or where the server
// gives the rows in the very document that says so, on the one that was read last; before is the one that was asked before.
func (p *Path) identifyAfter(ctx context.Context, page *automation.Page, ev *automation.Evidence, before string) error {
	one, err := p.saysItself(ctx, page)
	if err != nil || one && page.Document() == before {
		return err
	}
	if !one {
		if err := page.Open(ctx, p.home); err != nil {
			return err
		}
	}
	return p.identify(ctx, page, ev)
}

// saysItself says that the rows now shown and what says whose they are came in one answer.
func (p *Path) saysItself(ctx context.Context, page *automation.Page) (bool, error) {
	flow, ok := p.opts.Library.Flow(listFlow, p.layout())
	if !ok {
		return false, nil
	}
	table, ok := p.version.Target(flow.Lists())
	whose := p.whose()
	if !ok || len(whose) == 0 || p.listMute {
		return false, nil
	}
	return page.OneAnswer(ctx, table, whose)
}

// pending says whether a request about a person awaits a second one, by the person's own page.
func (p *Path) pending(ctx context.Context, email string, ev *automation.Evidence) (waits bool, err error) {
	res, err := p.readHeld(ctx, ev, pendingFlow, map[string]string{"email": email}, func(res flows.Result) string {
		if len(res.Texts["pending"]) == 0 {
			return "sign of a request that waits"
		}
		return ""
	})
	return err == nil && len(res.Texts["pending"]) > 0, err
}
