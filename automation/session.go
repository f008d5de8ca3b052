package automation

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path"
	"regexp"
	"strings"
	"sync"

	"github.com/go-rod/rod/lib/proto"
)

// Session is an isolated browser context: its own cookies, seen by nobody else. One tenant has one session.
type Session struct {
	browser *Browser
	context proto.BrowserBrowserContextID
	allowed []string
	read    map[string]bool       // addresses that pages have had an answer from
	forward *forwarder            // what its requests go through; nil: straight to the servers
	clean   bool                  // its pages use no cache and no service worker
	carried *Stored               // what of another session's storage its pages begin with
	visible map[cookieName]string // cookies that scripts can write, as they were before a press; nil: nothing was pressed
}

// Cookies is what keeps a session signed in: a credential. It is opaque JSON.
type Cookies json.RawMessage

// Viewport is fixed, so that pages look the same on every machine. 1280 by 1000 CSS pixels.
const viewportWidth, viewportHeight = 1280, 1000

// NewSession opens an isolated context whose pages may navigate only to the allowed hosts, given as names or as
// patterns such as *.bill.com.
func (b *Browser) NewSession(ctx context.Context, allowed []string) (*Session, error) {
	return b.newSession(ctx, allowed, proto.TargetCreateBrowserContext{DisposeOnDetach: true})
}

func (b *Browser) newSession(ctx context.Context, allowed []string, create proto.TargetCreateBrowserContext) (*Session, error) {
	for _, a := range allowed {
		if _, err := path.Match(a, "x"); err != nil {
			return nil, fmt.Errorf("allowed host %q: %w", a, err)
		}
	}
	res, err := create.Call(b.scope(ctx))
	if err != nil {
		return nil, fmt.Errorf("opening an isolated browser context: %w", err)
	}
	return &Session{browser: b, context: res.BrowserContextID, allowed: allowed, read: map[string]bool{}}, nil
}

// Cookies returns all cookies of the session, to be sealed and kept.
func (s *Session) Cookies(ctx context.Context) (Cookies, error) {
	res, err := proto.StorageGetCookies{BrowserContextID: s.context}.Call(s.browser.scope(ctx))
	if err != nil {
		return nil, fmt.Errorf("reading cookies: %w", err)
	}
	return json.Marshal(proto.CookiesToParams(res.Cookies))
}

// SetCookies restores what Cookies returned.
func (s *Session) SetCookies(ctx context.Context, c Cookies) error {
	var params []*proto.NetworkCookieParam
	if err := json.Unmarshal(c, &params); err != nil {
		return fmt.Errorf("restoring cookies: %w", err)
	}
	if err := (proto.StorageSetCookies{Cookies: params, BrowserContextID: s.context}).Call(s.browser.scope(ctx)); err != nil {
		return fmt.Errorf("restoring cookies: %w", err)
	}
	return nil
}

// Allows says whether a page of this session may navigate to an address.
func (s *Session) Allows(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return false
	}
	switch u.Scheme {
	case "about", "blob", "chrome-error":
		return true
	case "http", "https":
		return HostAllowed(s.allowed, u.Hostname())
	}
	return false
}

// HostAllowed says that a host is one of those given, as names or as patterns such as *.bill.com.
func HostAllowed(allowed []string, host string) bool {
	for _, a := range allowed {
		if ok, _ := path.Match(strings.ToLower(a), strings.ToLower(host)); ok {
			return true
		}
	}
	return false
}

// NewPage opens a page in the session, ready for use.
func (s *Session) NewPage(ctx context.Context) (*Page, error) {
	sc := s.browser.scope(ctx)
	target, err := proto.TargetCreateTarget{URL: "about:blank", BrowserContextID: s.context}.Call(sc)
	if err != nil {
		return nil, fmt.Errorf("opening a page: %w", err)
	}
	attached, err := proto.TargetAttachToTarget{TargetID: target.TargetID, Flatten: true}.Call(sc)
	if err != nil {
		return nil, fmt.Errorf("opening a page: %w", err)
	}
	p := newPage(s, target.TargetID, string(attached.SessionID))
	s.browser.conn.handle(p.session, p.event)
	s.browser.mu.Lock()
	s.browser.pages[target.TargetID] = p
	s.browser.mu.Unlock()
	if err := p.setUp(ctx); err != nil {
		return nil, fmt.Errorf("setting up a page: %w", err)
	}
	return p, nil
}

// setUp switches on what a page needs, before anything is loaded into it: the domains at once, then what lies in them.
// A new page answers its first call when its process has started.
func (p *Page) setUp(ctx context.Context) error {
	scale := 1.0
	err := p.atOnce(ctx,
		proto.PageEnable{}, proto.NetworkEnable{}, proto.RuntimeEnable{},
		proto.EmulationSetFocusEmulationEnabled{Enabled: true},
		proto.EmulationSetDeviceMetricsOverride{Width: viewportWidth, Height: viewportHeight, DeviceScaleFactor: scale},
		proto.EmulationSetLocaleOverride{Locale: "en-US"},
		proto.EmulationSetTimezoneOverride{TimezoneID: "America/Los_Angeles"},
		proto.TargetSetAutoAttach{AutoAttach: true, Flatten: true, WaitForDebuggerOnStart: true, Filter: workersOnly},
	)
	if err != nil {
		return err
	}
	calls := []protocolCall{
		proto.PageSetInterceptFileChooserDialog{Enabled: true},
		proto.RuntimeAddBinding{Name: "billagentReport", ExecutionContextName: world},
		scriptCall{proto.PageAddScriptToEvaluateOnNewDocument{Source: agentScript(rand.Text()), WorldName: world, RunImmediately: true}},
	}
	if p.owner.clean {
		calls = append(calls, withoutCaches...)
	}
	if err := p.atOnce(ctx, calls...); err != nil {
		return err
	}
	if p.owner.carried != nil {
		if _, err := p.Carry(ctx, p.owner.carried); err != nil { // for as long as there is the session
			return err
		}
	}
	return nil
}

// withoutCaches has a page show what the server says.
var withoutCaches = []protocolCall{proto.NetworkSetCacheDisabled{CacheDisabled: true}, proto.NetworkSetBypassServiceWorker{Bypass: true}}

// BypassCaches has the page use no cache and no service worker from its next address on, and so the pages that its
// session opens after it, as those of Fresh do.
func (p *Page) BypassCaches(ctx context.Context) error {
	p.owner.clean = true
	return p.atOnce(ctx, withoutCaches...)
}

// protocolCall is a call that has no answer but that it was done.
type protocolCall interface{ Call(proto.Client) error }

// scriptCall adds a script that is never taken away.
type scriptCall struct {
	proto.PageAddScriptToEvaluateOnNewDocument
}

// Call implements protocolCall.
func (c scriptCall) Call(to proto.Client) error {
	_, err := c.PageAddScriptToEvaluateOnNewDocument.Call(to)
	return err
}

// atOnce makes calls of which none needs another to have been made, and waits for all of them.
func (p *Page) atOnce(ctx context.Context, calls ...protocolCall) error {
	failed := make([]error, len(calls))
	var all sync.WaitGroup
	for i, c := range calls {
		all.Go(func() { failed[i] = c.Call(p.scope(ctx)) })
	}
	all.Wait()
	return errors.Join(failed...)
}

// pathParameter is a parameter of a path segment (RFC 3986, 3.3), such as ;jsessionid=: it may be what keeps a session.
var pathParameter = regexp.MustCompile(`;[^/]*`)

// WithoutQuery is an address as it may stand in a log: no query, no parameters of the path, no fragment, no
// credentials.
func WithoutQuery(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return "an address that cannot be read"
	}
	return u.Scheme + "://" + u.Host + pathParameter.ReplaceAllString(u.Path, "")
}
