// Package scimpath serves a tenant over SCIM 2.0 (RFC 7643, RFC 7644): a userops.Directory that asks the service
// what it can do, holds every change against the same rules as the browser path, and settles each by reading back.
//
// Nothing of BILL's service is known in public: where it is, what it offers and how it names things is configured and
// discovered, never assumed.
package scimpath

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// Name is what this path is called in configuration and results.
const Name = "scim"

// Options say where the service is, how to sign in, and how it names things.
type Options struct {
	Tenant        string
	URL           string // the service's base address, such as https://scim.example/v2
	Auth          Auth
	CA            string // file of PEM certificates to trust beside the system's; may be empty
	Mapping       Mapping
	Lookup        []string // attributes that hold an e-mail to find somebody by; default: what Mapping.Email says
	Roles         []string // the roles on offer, where the service does not say
	Account       string   // the account of billagent's own, which is not changed; may be empty
	Administrator string   // the role of which one active holder must remain
	EvidenceDir   string   // one folder per operation below it; empty keeps none
	PageSize      int      // users asked for at a time; 0 means 100
	Bounds        Bounds
	Log           *slog.Logger
	Progress      func(step string)
}

// Bounds say how long and how much is waited for. Zero fields have defaults.
type Bounds struct {
	Exchange time.Duration // one request with its whole answer; default 30 s
	Wait     time.Duration // the longest that Retry-After is heeded; default 2 min
	Late     time.Duration // until an effect must show; default 15 s
	Answer   int64         // bytes of one answer; default 16 MiB
}

func (b Bounds) complete() Bounds {
	if b.Exchange == 0 {
		b.Exchange = 30 * time.Second
	}
	if b.Wait == 0 {
		b.Wait = 2 * time.Minute
	}
	if b.Late == 0 {
		b.Late = 15 * time.Second
	}
	if b.Answer == 0 {
		b.Answer = 16 << 20
	}
	return b
}

// Path is a Directory over one SCIM service.
type Path struct {
	opts    Options
	mapping mapping
	client  *client
	service *service // nil until discovered
	known   *known   // what the rows of a batch share; nil: nothing
}

var _ userops.Directory = (*Path)(nil)

// New makes a Path. Nothing is asked of the service until it is used. The error is an *userops.Error of ErrConfig.
func New(opts Options) (*Path, error) {
	if opts.Log == nil {
		opts.Log = slog.New(slog.DiscardHandler)
	}
	if opts.Progress == nil {
		opts.Progress = func(string) {}
	}
	if opts.Administrator == "" {
		opts.Administrator = "Administrator"
	}
	if opts.PageSize == 0 {
		opts.PageSize = 100
	}
	opts.Bounds = opts.Bounds.complete()
	p := &Path{opts: opts}
	var err error
	if p.mapping, err = opts.Mapping.parse(opts.Lookup); err == nil {
		p.client, err = newClient(opts)
	}
	if err != nil {
		return nil, &userops.Error{Act: "setting up SCIM", Tenant: opts.Tenant, Kind: userops.ErrConfig, Cause: err, Hint: "correct the tenant's scim section"}
	}
	return p, nil
}

// Close implements userops.Directory.
func (p *Path) Close() error {
	p.client.close()
	return nil
}

// Roles implements userops.Directory.
func (p *Path) Roles(ctx context.Context) ([]string, error) {
	const act = "listing roles"
	s, err := p.discovered(ctx)
	if err != nil {
		return nil, p.failure(act, "", err)
	}
	names, err := p.roles(ctx, s)
	if err != nil {
		return nil, p.failure(act, "", err)
	}
	return names, nil
}

// roles are those configured, else the groups', else what the schema offers.
func (p *Path) roles(ctx context.Context, s *service) ([]string, error) {
	if len(p.opts.Roles) > 0 {
		return slices.Clone(p.opts.Roles), nil
	}
	if p.mapping.grouped() {
		groups, err := p.groups(ctx, s)
		if err != nil {
			return nil, err
		}
		return groups.names(), nil
	}
	if names := s.offered(p.mapping.role); len(names) > 0 {
		return names, nil
	}
	return nil, &userops.Error{Act: "reading the roles on offer", Tenant: p.opts.Tenant, Kind: userops.ErrRole, Cause: fmt.Errorf("the service does not say which values %s may have", p.mapping.role), Hint: "list them in the tenant's scim.roles"}
}

// Capabilities implements userops.Directory. It follows from what the service says of itself.
func (p *Path) Capabilities(ctx context.Context) (userops.Capabilities, error) {
	s, err := p.discovered(ctx)
	if err != nil {
		return userops.Capabilities{}, p.failure("discovering what the service can do", "", err)
	}
	c := userops.Capabilities{Path: Name, Cannot: slices.Clone(s.lacks)}
	for _, a := range userops.Actions() {
		if err := p.able(s, a); err != nil {
			c.Cannot = append(c.Cannot, string(a)+": "+err.Error())
		} else {
			c.Can = append(c.Can, a)
		}
	}
	return c, nil
}

// able says why an action cannot be done, by the schema that the service publishes.
func (p *Path) able(s *service, a userops.Action) error {
	kind, _ := userops.KindOf(a)
	if kind.Takes(userops.InputRole) {
		if len(p.opts.Roles) == 0 && !p.mapping.grouped() && len(s.offered(p.mapping.role)) == 0 {
			return fmt.Errorf("the service does not say which values %s may have: list them in scim.roles", p.mapping.role)
		}
	}
	for _, n := range actions[a].needs(p.mapping) {
		if n == (attribute{}) {
			return errors.New("the service keeps no names, by scim.map")
		}
		if n == p.mapping.role && p.mapping.grouped() {
			if s.groupsPath == "" {
				return fmt.Errorf("the service has no groups, and roles are mapped to them")
			}
			continue
		}
		if m := s.mutability(n); strings.EqualFold(m, "readOnly") || strings.EqualFold(m, "immutable") && !kind.Creates {
			return fmt.Errorf("the schema says that %s is %s", n, m)
		}
	}
	return nil
}

// pathOf is a resource's place below its endpoint, escaped.
func pathOf(id string) string { return "/" + url.PathEscape(id) }

// A status that means that there is no such resource or service.
func absent(status int) bool {
	return slices.Contains([]int{http.StatusBadRequest, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusGone, http.StatusNotImplemented}, status)
}
