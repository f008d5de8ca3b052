package tenant

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
)

// Directory serves a tenant by the path that its configuration names, or with path auto by the one that can do what is
// asked for.
type Directory struct {
	config *config.Config
	name   string
	tenant config.Tenant
	around Environment

	files   *flows.Library // that were read anew; nil: they were not
	members []*member      // those that may serve it, in the order of preference
	logged  map[Route]bool // choices that were logged already
}

var _ userops.Directory = (*Directory)(nil)

// Reading stands for everything that changes nothing where an action is asked for.
const Reading userops.Action = "read"

// auto is a tenant's path where the one is taken that can do what is asked for.
const auto = "auto"

// Route says which path serves an action, and why.
type Route struct {
	Action userops.Action `json:"operation"`
	Path   string         `json:"path"`
	Why    string         `json:"why"`
}

// Route says which path serves an action. With path auto each but the last is asked what it can do, once; the error is
// only about being stopped.
func (d *Directory) Route(ctx context.Context, action userops.Action) (Route, error) {
	m, why, err := d.choose(ctx, action)
	return Route{Action: action, Path: m.name, Why: why}, err
}

func (d *Directory) choose(ctx context.Context, action userops.Action) (by *member, why string, err error) {
	last := d.members[len(d.members)-1]
	if d.tenant.Path != auto {
		return d.member(d.tenant.Path), "path is " + d.tenant.Path, nil
	}
	why = "path is auto, and " + d.absent()
	for _, m := range d.members[:len(d.members)-1] {
		if err := d.ask(ctx, m); err != nil {
			return m, "", err
		}
		switch {
		case m.unable != nil:
			why = "path is auto, and " + m.noun + " cannot be used: " + m.unable.Error()
		case action == Reading || slices.Contains(m.able.Can, action):
			return m, "path is auto, and " + m.noun + " can do it", nil
		default:
			why = "path is auto, and " + m.noun + " cannot do it: " + whyNot(m.able, action)
		}
	}
	return last, why, nil
}

// unableBound is how long a path that could not be used is not asked again.
const unableBound = 5 * time.Minute

// ask has a path say what it can do, once. The error is only about being stopped.
func (d *Directory) ask(ctx context.Context, m *member) error {
	if !m.askedAt.IsZero() && (m.unable == nil || time.Since(m.askedAt) < unableBound) {
		return nil
	}
	p, err := d.open(ctx, m)
	if err == nil {
		m.able, err = p.Capabilities(ctx)
	}
	if err != nil && ctx.Err() != nil {
		return err
	}
	m.unable, m.askedAt = err, time.Now()
	return nil
}

// absent says why a tenant with path auto is served by less than all paths.
func (d *Directory) absent() string {
	for _, r := range registered {
		if d.member(r.name) == nil {
			return r.absent
		}
	}
	return ""
}

// member is the tenant's path of a name, nil if it has none.
func (d *Directory) member(name string) *member {
	for _, m := range d.members {
		if m.name == name {
			return m
		}
	}
	return nil
}

func (d *Directory) open(ctx context.Context, m *member) (change.Path, error) {
	if m.path == nil {
		p, err := m.registration.open(ctx, d.config, d.name, d.tenant, d.around)
		if err != nil {
			return nil, err
		}
		m.path = p
	}
	return m.path, nil
}

func whyNot(able userops.Capabilities, action userops.Action) string {
	for _, why := range able.Cannot {
		if what, reason, ok := strings.Cut(why, ": "); ok && what == string(action) {
			return reason
		}
	}
	return "it does not say why"
}

// serving is the path for an action, opened.
func (d *Directory) serving(ctx context.Context, action userops.Action) (*member, error) {
	m, why, err := d.choose(ctx, action)
	if err != nil {
		return nil, err
	}
	if r := (Route{action, m.name, why}); d.tenant.Path == auto && !d.logged[r] {
		level := slog.LevelDebug
		if m != d.members[0] {
			level = slog.LevelWarn // the first was configured, so it was meant to be used
		}
		d.around.Log.Log(ctx, level, "path", "tenant", d.name, "operation", action, "path", m.name, "why", why)
		d.logged[r] = true
	}
	_, err = d.open(ctx, m)
	return m, err
}

// Sessions is what of the tenant has sessions. The error is of ErrConfig where nothing has.
func (d *Directory) Sessions(ctx context.Context) (Sessions, error) {
	for _, m := range d.members {
		if !m.sessions {
			continue
		}
		p, err := d.open(ctx, m)
		if err != nil {
			return nil, err
		}
		if s, ok := p.(Sessions); ok {
			return s, nil
		}
	}
	return nil, &userops.Error{Act: "using a session", Tenant: d.name, Kind: userops.ErrConfig, Cause: errors.New("the tenant is served over SCIM alone, which has no session"),
		Hint: "set path to auto or browser, and say how to sign in"}
}

// Examine walks through the flows of what of the tenant has some, and says what was seen. The error is of ErrConfig
// where nothing has flows; what is wrong with the console is in the report.
func (d *Directory) Examine(ctx context.Context, o doctor.Options, w doctor.Walk) (*doctor.Examination, error) {
	e, err := d.examiner(ctx)
	if err != nil {
		return nil, err
	}
	lib, err := d.Library()
	if err != nil {
		return nil, err
	}
	o.Tenant, o.Library, o.Explain = d.name, lib, explained
	o.Masking = automation.Masking{Others: d.config.Evidence.MaskOthers, Keep: []string{d.tenant.Account, w.Sample}}
	x := doctor.New(o)
	x.End(e.Examine(ctx, x.Walk(w)))
	return x, ctx.Err()
}

// RunFlow carries out a flow that changes nothing, and returns what it has read.
func (d *Directory) RunFlow(ctx context.Context, name string, inputs map[string]string) (flows.Result, error) {
	e, err := d.examiner(ctx)
	if err != nil {
		return flows.Result{}, err
	}
	return e.RunFlow(ctx, name, inputs)
}

// Show goes to a page of what of the tenant has pages, and has do something with it. The error is of ErrConfig
// where nothing has any.
func (d *Directory) Show(ctx context.Context, at doctor.Place, do func(context.Context, doctor.Shown) error) error {
	e, err := d.examiner(ctx)
	if err != nil {
		return err
	}
	return e.Show(ctx, at, do)
}

// Library is the selectors and flows of the tenant's app: those that it was served by last.
func (d *Directory) Library() (*flows.Library, error) {
	if d.files != nil {
		return d.files, nil
	}
	return Library(d.config, d.tenant.App)
}

// Reread has the tenant served by other files from the next call on. A browser that is there stays.
func (d *Directory) Reread(lib *flows.Library) {
	d.files = lib
	for _, m := range d.members {
		if e, ok := m.path.(Examiner); ok {
			e.Reread(lib)
		}
	}
}

// examiner is what of the tenant has pages, opened.
func (d *Directory) examiner(ctx context.Context) (Examiner, error) {
	for _, m := range d.members {
		p, err := d.open(ctx, m)
		if err != nil {
			return nil, err
		}
		if e, ok := p.(Examiner); ok {
			return e, nil
		}
	}
	return nil, &userops.Error{Act: "looking at the console", Tenant: d.name, Kind: userops.ErrConfig,
		Cause: errors.New("the tenant is served over SCIM alone, and no pages are read for that"), Hint: "set path to auto or browser, and say how to sign in"}
}

// explained is what of an error is told to an operator.
func explained(err error) (reason, hint, code string) {
	var e *userops.Error
	if errors.As(err, &e) {
		hint = e.Hint
	}
	return err.Error(), hint, string(userops.CodeOf(err))
}

// Ready makes sure at once, where the tenant has one path only, of what it needs: before an operation is written down
// that could not even begin.
func (d *Directory) Ready(ctx context.Context) error {
	if len(d.members) > 1 {
		return nil
	}
	_, err := d.open(ctx, d.members[0])
	return err
}

// Facts are what is known of how a tenant is served. The JSON names are a contract.
type Facts struct {
	Tenant   string  `json:"tenant"`
	Path     string  `json:"path"` // as configured
	Fallback string  `json:"fallback"`
	SCIM     string  `json:"scim"`    // address of the service, empty for none
	Account  string  `json:"account"` // who signs in to the console, empty for nobody
	Routes   []Route `json:"routes"`
	Frozen   string  `json:"frozen,omitempty"` // why every change of it is stopped; empty: none is
}

// Facts says how the tenant is served: for reading, and for each action.
func (d *Directory) Facts(ctx context.Context) (Facts, error) {
	t := d.tenant
	f := Facts{Tenant: d.name, Path: t.Path, Fallback: t.Fallback}
	if t.UsesSCIM() {
		f.SCIM = t.SCIM.URL
	}
	if t.UsesBrowser() {
		f.Account = t.Account
	}
	for _, action := range append([]userops.Action{Reading}, userops.Actions()...) {
		r, err := d.Route(ctx, action)
		if err != nil {
			return f, err
		}
		f.Routes = append(f.Routes, r)
	}
	return f, nil
}

// Close implements userops.Directory.
func (d *Directory) Close() error {
	var errs []error
	for _, m := range d.members {
		if m.path != nil {
			errs = append(errs, m.path.Close())
			m.path = nil
		}
	}
	return errors.Join(errs...)
}

// other is the path that may be tried after a failure of one: the service could not be used, and another is
// configured to take over. What a rule or the service itself decided stays decided. Nil is none.
func (d *Directory) other(ctx context.Context, by *member, err error) *member {
	if err == nil || d.tenant.Fallback == "" || d.tenant.Fallback == by.name || ctx.Err() != nil {
		return nil
	}
	for _, kind := range []error{userops.ErrUnreachable, userops.ErrCredentials, userops.ErrTimeout, userops.ErrProtocol, userops.ErrUnsupported, userops.ErrIncomplete} {
		if errors.Is(err, kind) {
			m := d.member(d.tenant.Fallback)
			d.around.Log.Warn(by.noun+" failed before anything was sent: falling back to "+m.noun, "tenant", d.name, "error", err)
			return m
		}
	}
	return nil
}

// read does something that changes nothing, by the path that serves an action.
func (d *Directory) read(ctx context.Context, action userops.Action, do func(userops.Reader) error) error {
	by, err := d.serving(ctx, action)
	if err != nil {
		return err
	}
	err = do(by.path)
	other := d.other(ctx, by, err)
	if other == nil {
		return err
	}
	p, err := d.open(ctx, other)
	if err != nil {
		return err
	}
	return do(p)
}

// List implements userops.Directory.
func (d *Directory) List(ctx context.Context, statuses []userops.Status, each func(userops.User) error) (l userops.Listing, err error) {
	given := false // a list that has begun is not begun again by another path
	err = d.read(ctx, Reading, func(by userops.Reader) error {
		if given {
			return err
		}
		l, err = by.List(ctx, statuses, func(u userops.User) error { given = true; return each(u) })
		return err
	})
	return l, err
}

// Details gives users on with what their own pages show beside the list, where the path that serves them has such
// pages.
func (d *Directory) Details(ctx context.Context, users []userops.User, each func(userops.User) error) error {
	by, err := d.serving(ctx, Reading)
	if err != nil {
		return err
	}
	if p, ok := by.path.(interface {
		Details(ctx context.Context, users []userops.User, each func(userops.User) error) error
	}); ok {
		return p.Details(ctx, users, each)
	}
	for _, u := range users {
		if err := each(u); err != nil {
			return err
		}
	}
	return nil
}

// Get implements userops.Directory.
func (d *Directory) Get(ctx context.Context, email string) (u userops.User, err error) {
	err = d.read(ctx, Reading, func(by userops.Reader) error { u, err = by.Get(ctx, email); return err })
	return u, err
}

// Roles implements userops.Directory. They are those of the path that would give somebody one.
func (d *Directory) Roles(ctx context.Context) (names []string, err error) {
	err = d.read(ctx, userops.SetRole, func(by userops.Reader) error { names, err = by.Roles(ctx); return err })
	return names, err
}

// Capabilities implements userops.Directory. With path auto, what one path cannot do counts if another can.
func (d *Directory) Capabilities(ctx context.Context) (c userops.Capabilities, err error) {
	err = d.read(ctx, Reading, func(by userops.Reader) error { c, err = by.Capabilities(ctx); return err })
	if err != nil || d.tenant.Path != auto || len(c.Can) == len(userops.Kinds) {
		return c, err
	}
	for _, m := range d.members {
		if m.name == c.Path || m.unable != nil {
			continue
		}
		p, err := d.open(ctx, m)
		if err != nil {
			return c, err
		}
		also, err := p.Capabilities(ctx)
		if err != nil {
			return c, err
		}
		for _, a := range also.Can {
			if !slices.Contains(c.Can, a) {
				c.Can = append(c.Can, a)
			}
		}
	}
	return c, nil
}

// Change implements userops.Directory.
func (d *Directory) Change(ctx context.Context, rq userops.Request) userops.Result {
	checked, err := rq.Check()
	if err != nil {
		return change.NotBegun(rq, change.Hooks{}, "", err)
	}
	return d.Do(ctx, checked, change.Hooks{})
}

// Do makes a change by the path that can. Where that fails before the intent was even asked for, nothing was sent,
// and the one configured to take over may; the result says so.
func (d *Directory) Do(ctx context.Context, rq userops.Checked, h change.Hooks) userops.Result {
	by, err := d.serving(ctx, rq.Request().Action)
	if err != nil {
		return change.NotBegun(rq.Request(), h, "", err)
	}
	if h.ID == "" {
		h.ID = userops.NewOperationID()
	}
	intended, intent := false, h.Intent
	h.Intent = func(ctx context.Context, before *userops.User, wanted userops.Wanted) error {
		intended = true
		if intent == nil {
			return nil
		}
		return intent(ctx, before, wanted)
	}
	r := by.path.Do(ctx, rq, h)
	if first := d.members[0]; d.tenant.Path == auto && first != by && first.unable != nil {
		r.Notices = append([]string{"done by " + by.noun + ", since " + first.noun + " cannot be used: " + userops.ReasonOf(first.unable)}, r.Notices...)
	}
	if intended || r.Outcome != userops.Halted {
		return r
	}
	other := d.other(ctx, by, r.Err)
	if other == nil {
		return r
	}
	notice := fmt.Sprintf("done by %s, since %s failed before anything was sent: %s", other.noun, by.noun, r.Reason)
	p, err := d.open(ctx, other)
	if err != nil {
		return change.NotBegun(rq.Request(), h, "", err)
	}
	r = p.Do(ctx, rq, h)
	r.Notices = append([]string{notice}, r.Notices...)
	return r
}
