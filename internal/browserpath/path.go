// Package browserpath serves a tenant by driving its admin console: a userops.Directory over flows. It signs in, keeps
// the session, recognises the version of the user interface, and settles every change by reading back on a fresh page.
//
// It does not speak to the browser itself (package automation does) nor know what is on a page (flows and selectors
// do).
package browserpath

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"slices"
	"strconv"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/seal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// Name is what this path is called in configuration and results.
const Name = "browser"

// Options say which console, who signs in, and where things are kept.
type Options struct {
	Tenant       string
	Library      *flows.Library
	Launch       automation.Options
	Lend         automation.Lender // whose browser is used; nil: each path launches its own, and ends it
	SignIn       string            // address of the sign-in page; empty means the app's own
	Hosts        []string          // hosts that may be visited; empty means the app's own
	Account      string            // the e-mail that signs in
	Password     func(ctx context.Context) (string, error)
	Factor       Factor
	Organisation Organisation
	Pin          string // use this selector version without recognising it
	Preferences  Preferences
	Sessions     *seal.Box
	EvidenceDir  string // one folder per operation below it; empty keeps none
	MaskOthers   bool   // other people's rows are made unreadable in pictures
	MaxRows      int
	ReadBack     time.Duration // how long an effect may take to show; 0 means 30 s
	RefusedFor   time.Duration // how long a sign-in that was refused is not tried again; 0 means 15 min
	KnownFor     time.Duration // how long a list that was read serves the next change of a batch; 0 means 20 s
	StepTimeout  time.Duration // for a step that does not say how long it may take; 0 means the runner's own
	Log          *slog.Logger
	Progress     func(step string)
	Read         func(userops.User) // is told of those who are listed when they are read, before the list is proved
}

// Organisation is chosen at sign-in by id, or by its exact name.
type Organisation struct{ ID, Name string }

// String shows what of it is configured, with every character that is not seen.
func (o Organisation) String() string {
	switch {
	case o.Name == "":
		return o.ID
	case o.ID == "":
		return strconv.QuoteToASCII(o.Name)
	}
	return strconv.QuoteToASCII(o.Name) + " (" + o.ID + ")"
}

// Preferences is the choice for the screen of e-mail preferences that follows an invitation.
type Preferences struct {
	MailTasks bool
	Summary   string // in the console's words: Daily, Weekly, Monthly or Never
}

// Path is a Directory over one console.
type Path struct {
	opts Options

	browser   *automation.Browser
	giveBack  func() error // of a browser that was lent; nil: it is ours
	session   *automation.Session
	page      *automation.Page   // the session's own; nil until it is needed
	fresh     bool               // in the session at most home was opened, by a saved sign-in, and the organisation checked
	version   *selectors.Version // nil until signed in and recognised
	home      string             // where the console led after sign-in; on the tenant's pod
	insist    bool               // a person asked to sign in: a password refused before is tried once more
	refused   error              // sign-in was refused: it is not tried again for a while
	refusedAt time.Time
	held      bool      // something was pressed in the session, and its requests are held
	pinned    string    // the organisation's id when this session was signed in; empty where the console shows none
	seen      string    // the organisation's id as last shown
	since     time.Time // when this session was signed in
	trusted   time.Time // when a code was given last, and the device trusted for it
	coded     bool      // a code was given in the sign-in under way
	kept      []byte    // its cookies as they are saved
	// keptStored is what its pages keep as it is saved; nil: nothing.
	keptStored *automation.Stored
	lastRead   userops.Roster    // as read last, where nothing was begun since that it does not show; not Complete: none
	listAt     string            // where the list of everybody began when it was read last in this sign-in
	there      map[string]string // by id: the address of the page of the list on which somebody stood
	listMute   bool              // its pages do not say whose console it is
	own        map[string]string // by id: the address of a person's own page, as the list gave it last
	looking    bool              // nothing is changed: that it is not known whose console it is stops nothing
	unproved   bool              // it is not known
	lookStep   time.Duration     // of a look: how long a step may take that does not say; 0: not said
	outside    time.Time         // since when a look's page is none of the sign-in, nor recognised
	// onSignIn is of who looks at a sign-in; nil: nobody does.
	onSignIn *signInLook
	typed    bool              // the password was typed in the sign-in under way
	walked   readByWalk        // what the last walk that read them has read
	tokens   map[string]string // what pages that were read bore of tokens, as hashes
}

var _ userops.Directory = (*Path)(nil)

// New makes a Path. Nothing is started until it is used.
func New(opts Options) *Path {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Progress == nil {
		opts.Progress = func(string) {}
	}
	if opts.Read == nil {
		opts.Read = func(userops.User) {}
	}
	if opts.SignIn == "" {
		opts.SignIn = opts.Library.App.SignIn
	}
	if len(opts.Hosts) == 0 {
		opts.Hosts = opts.Library.App.Hosts
	}
	if opts.KnownFor == 0 {
		opts.KnownFor = knownLife
	}
	if opts.RefusedFor == 0 {
		opts.RefusedFor = refusedBound
	}
	if opts.MaxRows == 0 {
		opts.MaxRows = 50_000
	}
	return &Path{opts: opts}
}

// Reread has the path look by other files of its app from its next call on. The browser stays, and so does what a
// walk has read. Where people and their pages were found by the files before is forgotten: what was taken for the
// address of a person's page may be one that acts.
func (p *Path) Reread(lib *flows.Library) {
	p.opts.Library, p.version, p.lastRead, p.listAt = lib, nil, userops.Roster{}, ""
	p.listMute, p.own, p.there = false, nil, nil
	if !refusesSignIn(p.refused) { // it has halted by the files there were
		p.refused = nil
	}
}

// Close ends the browser, or gives back one that was lent. The session is saved once more where the console has given it
// other cookies since.
func (p *Path) Close() error {
	if p.browser == nil {
		return nil
	}
	p.saveAgain()
	err := p.end()
	p.browser, p.giveBack, p.session, p.page, p.fresh, p.version = nil, nil, nil, nil, false, nil
	return err
}

// end ends the browser; one that was lent is given back without the session.
func (p *Path) end() error {
	if p.giveBack == nil {
		return p.browser.Close()
	}
	if p.session != nil {
		ctx, cancel := context.WithTimeout(context.Background(), closeBound)
		defer cancel()
		_ = p.session.Close(ctx) // the lender ends a browser in which something is left
	}
	return p.giveBack()
}

// launch starts a browser, or has one lent.
func (p *Path) launch(ctx context.Context) (err error) {
	if p.opts.Lend != nil {
		p.browser, p.giveBack, err = p.opts.Lend(p.opts.Launch)
	} else {
		p.browser, err = automation.Launch(ctx, p.opts.Launch)
	}
	return err
}

// start launches the browser where there is none, and opens the session's page.
func (p *Path) start(ctx context.Context) error {
	if p.browser != nil {
		select {
		case <-p.browser.Gone():
			p.opts.Log.Warn("the browser has gone, starting another")
			if err := p.Close(); err != nil {
				return p.failure("starting the browser", "", err)
			}
		default:
			return p.failure("opening a page", "", p.openPage(ctx))
		}
	}
	p.opts.Progress("starting the browser")
	if ok, why := automation.Sandboxed(); !ok {
		p.opts.Log.Warn(why)
	}
	err := p.launch(ctx)
	if err != nil {
		return p.failure("starting the browser", "", err)
	}
	p.fresh = true
	if p.session, err = p.browser.NewSession(ctx, p.opts.Hosts); err == nil {
		err = p.openPage(ctx)
	}
	if err != nil {
		return errors.Join(p.failure("starting the browser", "", err), p.Close())
	}
	return nil
}

// openPage opens the session's own page where it has none. It is put off until something is done on it: a page is a
// process of the browser's, and after a commit, or where everybody is only listed, there may be nothing more to do.
func (p *Path) openPage(ctx context.Context) (err error) {
	if p.page == nil {
		p.page, err = p.session.NewPage(ctx)
	}
	return err
}

// openHome opens the session's own page, which it has none of, where the console led after the sign-in.
func (p *Path) openHome(ctx context.Context) error {
	err := p.openPage(ctx)
	if err == nil {
		err = p.page.Open(ctx, p.home)
	}
	return p.failure("opening the console", "", err)
}

// toFront makes the session's own page the one that paints, if there is one.
func (p *Path) toFront(ctx context.Context) error {
	if p.page == nil {
		return nil
	}
	return p.page.BringToFront(ctx)
}

// runWith carries out a flow on the session's own page, once with has had its say. A session that has ended
// meanwhile is renewed and the flow begun again, once, as long as nothing has been pressed to commit.
func (p *Path) runWith(
	ctx context.Context, name string, inputs map[string]string, ev *automation.Evidence, with func(*flows.Run),
) (*flows.Run, flows.Result, error) {
	for attempt := 0; ; attempt++ {
		if err := p.ready(ctx, ev); err != nil {
			return nil, flows.Result{}, err
		}
		if err := p.openPage(ctx); err != nil {
			return nil, flows.Result{}, p.failure("opening a page", "", err)
		}
		p.fresh = false
		r, res, err := p.runOn(ctx, p.page, name, inputs, ev, with)
		var halt *flows.HaltError
		if errors.As(err, &halt) && halt.Kind == flows.SignedOut && !res.Pressed && attempt == 0 {
			p.held = res.Exchange != nil
			p.abandon(ctx, res.Exchange, ev) // with what a page or a worker has queued
			p.opts.Log.Info("the session has ended, signing in again", "tenant", p.opts.Tenant)
			p.version = nil
			continue
		}
		return r, res, err
	}
}

// runOn carries out a flow on a page.
func (p *Path) runOn(
	ctx context.Context, page *automation.Page, name string, inputs map[string]string, ev *automation.Evidence, with func(*flows.Run),
) (*flows.Run, flows.Result, error) {
	flow, ok := p.opts.Library.Flow(name, p.layout())
	if !ok {
		none := fmt.Errorf("app %s has no flow %s for layout %s", p.opts.Library.App.Name, name, p.layout())
		return nil, flows.Result{}, &userops.Error{Act: "choosing the flow", Target: name, Tenant: p.opts.Tenant, Kind: userops.ErrUnknownUI, Cause: none}
	}
	all := map[string]string{"home": p.home, "organisation_id": p.seen}
	maps.Copy(all, inputs)
	r := &flows.Run{
		Page: page, Flow: flow, Version: p.version, Inputs: all, Watch: p.watching(), Evidence: ev, Progress: p.opts.Progress, MaxRows: p.opts.MaxRows, StepTimeout: p.opts.StepTimeout, Meaning: p.meaning,
	}
	with(r)
	res, err := r.Do(ctx)
	return r, res, err
}

// layout is the layout recognised, empty while none is.
func (p *Path) layout() string {
	if p.version == nil {
		return ""
	}
	return p.version.Layout
}

// watching are the app's watched targets as the version in use has them, and each version of the sign-in that no newer
// one of its layout has taken the place of: a session that ends is known by the page on which one signs in now.
func (p *Path) watching() []flows.Watching {
	all := p.opts.Library.Area(selectors.SignIn)
	outdated := func(v *selectors.Version) bool {
		return slices.ContainsFunc(all, func(o *selectors.Version) bool { return o.Layout == v.Layout && o.Date > v.Date })
	}
	all = slices.DeleteFunc(slices.Clone(all), outdated)
	if p.version != nil {
		all = append(all, p.version)
	}
	var out []flows.Watching
	for _, w := range p.opts.Library.App.Watch {
		for _, v := range all {
			if t, ok := v.Target(w.Target); ok {
				out = append(out, flows.Watching{Watch: w, Target: t})
			}
		}
	}
	return out
}

// Capabilities implements userops.Directory.
func (p *Path) Capabilities(ctx context.Context) (userops.Capabilities, error) {
	if err := p.ready(ctx, nil); err != nil {
		return userops.Capabilities{}, err
	}
	c := userops.Capabilities{Path: Name}
	for _, k := range userops.Kinds {
		if _, ok := p.opts.Library.Flow(k.Flow, p.version.Layout); ok {
			c.Can = append(c.Can, k.Action)
		} else {
			c.Cannot = append(c.Cannot, fmt.Sprintf("%s: there is no flow for layout %s", k.Action, p.version.Layout))
		}
	}
	return c, nil
}

// Roles implements userops.Directory. The form that offers them is only looked at.
func (p *Path) Roles(ctx context.Context) ([]string, error) {
	res, err := p.readHeld(ctx, nil, rolesFlow, nil, func(res flows.Result) string {
		if len(res.Texts["roles"]) == 0 {
			return "role"
		}
		return ""
	})
	if err != nil {
		return nil, p.failure("listing roles", "", err)
	}
	roles := slices.DeleteFunc(res.Texts["roles"], func(s string) bool { return s == "" })
	if len(roles) == 0 {
		return nil, p.failure("listing roles", "", &userops.Error{Act: "reading roles", Kind: userops.ErrDrift, Cause: errors.New("no role is on offer")})
	}
	return roles, nil
}
