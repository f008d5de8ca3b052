package tenant

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"

	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/scimpath"
	"github.com/billagent/billagent/internal/userops"
)

// Directory serves a tenant by the path that its configuration names, or with path auto by the one that can do what is
// asked for.
type Directory struct {
	name   string
	tenant config.Tenant
	log    *slog.Logger

	scim        *scimpath.Path // nil: not configured
	openBrowser func(ctx context.Context) (*browserpath.Path, error)
	browser     *browserpath.Path // nil until needed

	asked  bool // what the SCIM service can do is known, or why it is not
	able   userops.Capabilities
	unable error
	told   map[Route]bool // choices that were logged already
}

var _ userops.Directory = (*Directory)(nil)

// path is one of those that may serve the tenant.
type path interface {
	userops.Reader
	Do(ctx context.Context, rq userops.Request, h change.Hooks) userops.Result
}

// Reading stands for everything that changes nothing where an action is asked for.
const Reading userops.Action = "read"

// Route says which path serves an action, and why.
type Route struct {
	Action userops.Action `json:"operation"`
	Path   string         `json:"path"`
	Why    string         `json:"why"`
}

// Route says which path serves an action. With path auto the SCIM service is asked what it can do, once; the error is
// only about being stopped.
func (d *Directory) Route(ctx context.Context, action userops.Action) (Route, error) {
	r := Route{Action: action, Path: browserpath.Name, Why: "path is browser"}
	switch {
	case d.tenant.Path == scimpath.Name:
		r.Path, r.Why = scimpath.Name, "path is scim"
	case d.tenant.Path == "auto" && d.scim == nil:
		r.Why = "path is auto, and no scim.url is configured"
	case d.tenant.Path == "auto":
		if !d.asked {
			d.able, d.unable = d.scim.Capabilities(ctx)
			if d.unable != nil && ctx.Err() != nil {
				return r, d.unable
			}
			d.asked = true
		}
		switch {
		case d.unable != nil:
			r.Why = "path is auto, and the SCIM service cannot be used: " + d.unable.Error()
		case action == Reading || slices.Contains(d.able.Can, action):
			r.Path, r.Why = scimpath.Name, "path is auto, and the SCIM service can do it"
		default:
			r.Why = "path is auto, and the SCIM service cannot do it: " + d.whyNot(action)
		}
	}
	return r, nil
}

func (d *Directory) whyNot(action userops.Action) string {
	for _, why := range d.able.Cannot {
		if len(why) > len(action) && why[:len(action)+1] == string(action)+":" {
			return why[len(action)+2:]
		}
	}
	return "it does not say why"
}

// serving is the path for an action.
func (d *Directory) serving(ctx context.Context, action userops.Action) (path, error) {
	r, err := d.Route(ctx, action)
	if err != nil {
		return nil, err
	}
	if d.tenant.Path == "auto" && !d.told[r] {
		level := slog.LevelDebug
		if r.Path == browserpath.Name && d.scim != nil {
			level = slog.LevelWarn // it was configured, so it was meant to be used
		}
		d.log.Log(ctx, level, "path", "tenant", d.name, "operation", action, "path", r.Path, "why", r.Why)
		if d.told == nil {
			d.told = map[Route]bool{}
		}
		d.told[r] = true
	}
	if r.Path == scimpath.Name {
		return d.scim, nil
	}
	return d.Browser(ctx)
}

// Browser is the path that drives the console, for what only it has: sessions. The error is of ErrConfig where the
// tenant is served over SCIM alone.
func (d *Directory) Browser(ctx context.Context) (*browserpath.Path, error) {
	if !d.tenant.UsesBrowser() {
		return nil, &userops.Error{Act: "using the browser", Tenant: d.name, Kind: userops.ErrConfig, Cause: errors.New("the tenant is served over SCIM alone, which has no session"), Hint: "set path to auto or browser, and say how to sign in"}
	}
	if d.browser == nil {
		b, err := d.openBrowser(ctx)
		if err != nil {
			return nil, err
		}
		d.browser = b
	}
	return d.browser, nil
}

// Ready makes sure at once, where the browser is the only path, of what it needs: before an operation is written down
// that could not even begin.
func (d *Directory) Ready(ctx context.Context) error {
	if d.tenant.Path != browserpath.Name {
		return nil
	}
	_, err := d.Browser(ctx)
	return err
}

// Tenant is the tenant's name and configuration.
func (d *Directory) Tenant() (string, config.Tenant) { return d.name, d.tenant }

// Close implements userops.Directory.
func (d *Directory) Close() error {
	var err error
	if d.scim != nil {
		err = d.scim.Close()
	}
	if d.browser != nil {
		err = errors.Join(err, d.browser.Close())
	}
	return err
}

// fallsOver says whether a failure of SCIM is one after which the browser may be tried: the service could not be used.
// What a rule or the service itself decided stays decided.
func (d *Directory) fallsOver(ctx context.Context, by path, err error) bool {
	if err == nil || d.tenant.Fallback != browserpath.Name || by != path(d.scim) || ctx.Err() != nil {
		return false
	}
	for _, kind := range []error{userops.ErrUnreachable, userops.ErrCredentials, userops.ErrTimeout, userops.ErrProtocol, userops.ErrUnsupported, userops.ErrIncomplete} {
		if errors.Is(err, kind) {
			d.log.Warn("SCIM failed before anything was sent: falling back to the browser", "tenant", d.name, "error", err)
			return true
		}
	}
	return false
}

// read does something that changes nothing, by the path that serves an action.
func (d *Directory) read(ctx context.Context, action userops.Action, do func(userops.Reader) error) error {
	by, err := d.serving(ctx, action)
	if err != nil {
		return err
	}
	if err = do(by); !d.fallsOver(ctx, by, err) {
		return err
	}
	b, err := d.Browser(ctx)
	if err != nil {
		return err
	}
	return do(b)
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

// Capabilities implements userops.Directory. With path auto, what the SCIM service cannot do counts if the browser can.
func (d *Directory) Capabilities(ctx context.Context) (c userops.Capabilities, err error) {
	err = d.read(ctx, Reading, func(by userops.Reader) error { c, err = by.Capabilities(ctx); return err })
	if err != nil || d.tenant.Path != "auto" || c.Path == browserpath.Name {
		return c, err
	}
	for _, a := range userops.Actions() {
		if slices.Contains(c.Can, a) {
			continue
		}
		b, err := d.Browser(ctx)
		if err != nil {
			return c, err
		}
		also, err := b.Capabilities(ctx)
		if err != nil {
			return c, err
		}
		if slices.Contains(also.Can, a) {
			c.Can = append(c.Can, a)
		}
	}
	return c, nil
}

// Change implements userops.Directory.
func (d *Directory) Change(ctx context.Context, rq userops.Request) userops.Result {
	normal, err := rq.Normal()
	if err != nil {
		return change.NotBegun(rq, change.Hooks{}, "", err)
	}
	return d.Do(ctx, normal, change.Hooks{})
}

// Do makes a change by the path that can. Where SCIM fails before the intent was even asked for, nothing was sent, and the
// browser may take over; the result says so. The request must be in the form of its Normal.
func (d *Directory) Do(ctx context.Context, rq userops.Request, h change.Hooks) userops.Result {
	by, err := d.serving(ctx, rq.Action)
	if err != nil {
		return change.NotBegun(rq, h, "", err)
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
	r := by.Do(ctx, rq, h)
	if d.tenant.Path == "auto" && d.unable != nil {
		r.Notices = append([]string{"done by the browser, since the SCIM service cannot be used: " + userops.ReasonOf(d.unable)}, r.Notices...)
	}
	if intended || r.Outcome != userops.Halted || !d.fallsOver(ctx, by, r.Err) {
		return r
	}
	notice := fmt.Sprintf("done by the browser, since SCIM failed before anything was sent: %s", r.Reason)
	b, err := d.Browser(ctx)
	if err != nil {
		return change.NotBegun(rq, h, "", err)
	}
	r = b.Do(ctx, rq, h)
	r.Notices = append([]string{notice}, r.Notices...)
	return r
}
