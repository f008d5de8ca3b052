package browserpath

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io/fs"
	"reflect"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/seal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// saved is what is kept, sealed, between two runs.
type saved struct {
	Cookies json.RawMessage    `json:"cookies"`
	Stored  *automation.Stored `json:"stored,omitempty"` // of the page's storage: what belongs to the sign-in
	Home    string             `json:"home"`
	App     string             `json:"app"`
	Account string             `json:"account"`
	SignIn  string             `json:"sign_in"`
	Pinned  string             `json:"organisation,omitempty"` // its id when the session was signed in
	Wanted  Organisation       `json:"wanted"`                 // what was configured then: Pinned proves nothing of another
	At      time.Time          `json:"at"`
	Trusted time.Time          `json:"trusted,omitzero"`  // when a code was given last, and the device trusted for it
	Adopted bool               `json:"adopted,omitempty"` // another program, or a look that could not tell, signed in: the organisation is not known before the first use
}

// resume tries the saved session. It returns false where there is none, or it has ended, or leads nowhere: the
// tenant may have moved to another pod.
func (p *Path) resume(ctx context.Context, ev *automation.Evidence) (bool, error) {
	ok, err := p.reopen(ctx, ev)
	var nowhere *nowhereError
	if errors.As(err, &nowhere) {
		p.opts.Log.Info("where the saved session leads cannot be opened, signing in afresh", "home", automation.WithoutQuery(p.home), "error", err)
		return false, nil
	}
	return ok, err
}

// nowhereError is of a saved session that leads to what cannot be opened.
type nowhereError struct{ error }

func (e *nowhereError) Unwrap() error { return e.error }

// reopen opens the console with the saved session. It returns false where there is none, or it has ended.
func (p *Path) reopen(ctx context.Context, ev *automation.Evidence) (bool, error) {
	s, err := p.load()
	if err != nil || s == nil {
		return false, err
	}
	p.opts.Progress("trying the saved session")
	if err := p.session.SetCookies(ctx, automation.Cookies(s.Cookies)); err != nil {
		p.opts.Log.Warn("the saved session cannot be used", "error", err)
		return false, nil
	}
	if s.Home == "" {
		return false, nil
	}
	p.home, p.pinned, p.since, p.kept, p.keptStored, p.trusted = s.Home, s.Pinned, s.At, s.Cookies, s.Stored, s.Trusted
	reconfigured := s.Adopted || s.Wanted != p.opts.Organisation // the session may be of the organisation that was configured before
	if reconfigured {
		p.pinned = ""
	}
	if s.Stored != nil {
		done, err := p.page.Carry(ctx, s.Stored)
		if err != nil {
			return false, p.failure("opening the console", "", err)
		}
		defer done() // a page that has ended its sign-in must not have it put back
	}
	if err = p.page.Open(ctx, s.Home); err == nil {
		err = p.recognise(ctx, ev, p.opts.Library.Area(selectors.SignIn)...)
	}
	var halt *flows.HaltError
	if errors.As(err, &halt) && halt.Kind == flows.SignedOut {
		return false, nil
	}
	if errors.Is(err, automation.ErrUnreachable) || errors.Is(err, automation.ErrForeignHost) {
		return false, &nowhereError{p.failure("opening the console", "", err)}
	}
	if err != nil {
		return false, p.failure("opening the console", "", err)
	}
	if err = p.identify(ctx, p.page, ev); errors.Is(err, userops.ErrOrganisation) {
		p.opts.Log.Info("the saved session is of another organisation, signing in afresh", "error", err)
		return false, nil
	}
	if err == nil && reconfigured && !p.unproved {
		p.pinned = p.seen
		p.save(ctx)
	}
	return err == nil, err
}

// load reads the saved session. A session that cannot be opened is as good as none.
func (p *Path) load() (*saved, error) {
	if p.opts.Sessions == nil {
		return nil, nil
	}
	data, err := p.opts.Sessions.Get(p.opts.Tenant)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case errors.Is(err, seal.ErrKey):
		p.opts.Log.Warn("the saved session cannot be opened, signing in afresh", "error", err)
		return nil, nil
	case err != nil:
		return nil, &userops.Error{Act: "reading the saved session", Tenant: p.opts.Tenant, Kind: userops.ErrStorage, Cause: err}
	}
	var s saved
	if json.Unmarshal(data, &s) != nil || s.App != p.opts.Library.App.Name || s.Account != p.opts.Account || s.SignIn != p.opts.SignIn {
		return nil, nil
	}
	return &s, nil
}

// save keeps the session. Without it the next run signs in again, so a full disk ends nothing here but is said.
func (p *Path) save(ctx context.Context) {
	if p.opts.Sessions == nil {
		return
	}
	cookies, stored, err := p.borne(ctx)
	if err == nil {
		var data []byte
		if data, err = json.Marshal(saved{Cookies: json.RawMessage(cookies), Stored: stored, Home: p.home,
			App: p.opts.Library.App.Name, Account: p.opts.Account, SignIn: p.opts.SignIn, Pinned: p.pinned, Wanted: p.opts.Organisation, At: p.since,
			Trusted: p.trusted, Adopted: p.unproved}); err == nil {
			err = p.opts.Sessions.Put(p.opts.Tenant, data)
		}
	}
	if err != nil {
		p.opts.Log.Warn("the session could not be kept: the next command will sign in again", "error", err)
		return
	}
	p.kept, p.keptStored = cookies, stored
}

// borne is what the session is borne by: its cookies, and what its pages keep of the sign-in. stored is nil where they keep
// nothing.
func (p *Path) borne(ctx context.Context) (cookies automation.Cookies, stored *automation.Stored, err error) {
	cookies, err = p.session.Cookies(ctx)
	keys := p.opts.Library.App.Storage
	switch {
	case err != nil || len(keys) == 0:
	case p.page == nil:
		err = errors.New("no page is open in which it is kept")
	default:
		stored, err = p.page.Stored(ctx, keys)
	}
	return cookies, stored, err
}

// saveAgainBound keeps a browser that hangs from holding up the end of the program.
const saveAgainBound = 5 * time.Second

// saveAgain saves a session that still holds, where its cookies or what its pages keep are not what was saved: some
// consoles give another with every page, and do not take the one before for long.
func (p *Path) saveAgain() {
	if p.opts.Sessions == nil || p.version == nil || p.session == nil {
		return
	}
	select {
	case <-p.browser.Gone():
		return
	default:
	}
	ctx, cancel := context.WithTimeout(context.Background(), saveAgainBound)
	defer cancel()
	if now, stored, err := p.borne(ctx); err == nil && (!bytes.Equal(now, p.kept) || !reflect.DeepEqual(stored, p.keptStored)) {
		p.save(ctx)
	}
}

// Logout forgets the saved session.
func (p *Path) Logout() error {
	if p.opts.Sessions == nil {
		return nil
	}
	if err := p.opts.Sessions.Remove(p.opts.Tenant); err != nil {
		return &userops.Error{Act: "forgetting the session", Tenant: p.opts.Tenant, Kind: userops.ErrStorage, Cause: err}
	}
	return nil
}

// SessionInfo tells about the saved session without using it: since when, on which host. ok is false if there is none.
func (p *Path) SessionInfo() (at time.Time, home string, ok bool, err error) {
	s, err := p.load()
	if err != nil || s == nil {
		return time.Time{}, "", false, err
	}
	return s.At, s.Home, true, nil
}

// TrustedUntil is until when the console asks for no code on this device, as far as is known; zero: not known.
func (p *Path) TrustedUntil() (time.Time, error) {
	s, err := p.load()
	if err != nil || s == nil || s.Trusted.IsZero() || p.opts.Library.App.TrustDays == 0 {
		return time.Time{}, err
	}
	return s.Trusted.AddDate(0, 0, p.opts.Library.App.TrustDays), nil
}

// Renew looks whether the saved session still holds, signs in where it does not, and keeps what the console gave anew.
func (p *Path) Renew(ctx context.Context) error {
	p.version = nil // what was found out before says nothing of now
	if err := p.ready(ctx, nil); err != nil {
		return err
	}
	p.saveAgain()
	return nil
}

// Alive opens the console with the saved session and says whether it still holds. It never signs in.
func (p *Path) Alive(ctx context.Context) (bool, error) {
	if err := p.start(ctx); err != nil {
		return false, err
	}
	return p.reopen(ctx, nil)
}
