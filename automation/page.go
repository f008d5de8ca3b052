package automation

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/go-rod/rod/lib/cdp"
	"github.com/go-rod/rod/lib/proto"
)

// bundle is built from the modules in js; see js/README.md.
//
//go:embed js/dist/agent.min.js
var bundle string

// agentScript is what runs in every document, in a world of its own that the page's scripts cannot touch. guardWord is
// what the guards of a page's documents know each other by.
func agentScript(guardWord string) string {
	return strings.Replace(bundle, "BILLAGENT_GUARD_WORD", guardWord, 1)
}

// world names the isolated world of our script.
const world = "billagent"

// Page is one tab. Its methods are for one goroutine at a time; its events arrive in another.
type Page struct {
	owner   *Session
	target  proto.TargetTargetID
	session string
	traffic *traffic

	mu          sync.Mutex
	worldID     string        // unique id of our world in the current document; empty while there is none
	worldReady  chan struct{} // closed when worldID is set
	worldNumber proto.RuntimeExecutionContextID
	handed      map[proto.DOMBackendNodeID]bool // closed shadow roots that our world has
	url         string
	status      int    // HTTP status of the current document
	failed      string // why the last document did not load
	blocked     string // the last navigation that the allow-list stopped
	notes       []string
	expects     expectation
	chooser     bool // the page has asked for a file chooser since it was loaded or something was pressed
	reports     map[string]verdict
	mainLoader  proto.NetworkLoaderID
	navigating  map[proto.TargetTargetID]bool   // frames that have begun to load another document
	frames      map[proto.TargetTargetID]bool   // frames attached to the document shown, to whether they have shown one
	unreached   map[proto.TargetTargetID]string // frames that show that a page of the tenant's could not be loaded, to its address
	arrived     chan struct{}                   // closed when navigating becomes empty
	gone        chan struct{}                   // closed when somebody has closed the tab
	recorder    *recorder                       // nil: the page is not recorded
	cast        *Cast                           // nil: it is not shown as pictures

	blockedCookies []string
}

func newPage(s *Session, target proto.TargetTargetID, session string) *Page {
	return &Page{
		owner: s, target: target, session: session, traffic: newTraffic(), worldReady: make(chan struct{}),
		reports: map[string]verdict{}, navigating: map[proto.TargetTargetID]bool{}, frames: map[proto.TargetTargetID]bool{},
		unreached: map[proto.TargetTargetID]string{},
		arrived:   make(chan struct{}), gone: make(chan struct{}),
	}
}

func (p *Page) scope(ctx context.Context) scope {
	return scope{ctx: ctx, conn: p.owner.browser.conn, session: p.session}
}

// Session is the session that the page is of.
func (p *Page) Session() *Session { return p.owner }

// URL is the address of the page now shown.
func (p *Page) URL() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.url
}

// TakeNotes returns what happened beside the actions since the last call: dialogs, pop-ups, blocked navigations.
func (p *Page) TakeNotes() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	n := p.notes
	p.notes = nil
	return n
}

// Close closes the tab.
func (p *Page) Close(ctx context.Context) error {
	p.owner.browser.conn.handle(p.session, nil)
	p.owner.browser.mu.Lock()
	delete(p.owner.browser.pages, p.target)
	p.owner.browser.mu.Unlock()
	if _, err := (proto.TargetCloseTarget{TargetID: p.target}).Call(p.owner.browser.scope(ctx)); err != nil {
		return fmt.Errorf("closing a page: %w", err)
	}
	return nil
}

// BringToFront makes this the tab that paints, which input needs.
func (p *Page) BringToFront(ctx context.Context) error {
	if err := (proto.PageBringToFront{}).Call(p.scope(ctx)); err != nil {
		return fmt.Errorf("bringing a page to the front: %w", err)
	}
	return nil
}

// notAllowed says which host is meant and which may be gone to: they are names, without a port.
func notAllowed(address string, allowed []string) string {
	host := "its host"
	if u, err := url.Parse(address); err == nil {
		host = "the host " + strconv.Quote(u.Hostname())
	}
	return fmt.Sprintf("%s is none of those allowed (%s)", host, strings.Join(allowed, ", "))
}

// Open navigates to an address, which may be relative to the page now shown. It returns when the browser has begun to
// show the answer; what is on the page is for Await to see.
func (p *Page) Open(ctx context.Context, address string) error {
	abs, err := Resolve(p.URL(), address)
	if err != nil {
		return &Error{Act: "open", Target: address, Kind: ErrUnreachable, Cause: err}
	}
	if !p.owner.Allows(abs) {
		return &Error{Act: "open", Target: WithoutQuery(abs), Kind: ErrForeignHost, Last: notAllowed(abs, p.owner.allowed)}
	}
	p.mu.Lock()
	p.failed, p.blocked, p.status = "", "", 0
	p.mu.Unlock()
	res, err := p.navigate(ctx, abs)
	if err == nil && sameDocument(res) {
		// Else what was shown before is taken for what the server says now. It is not reloaded: if it is the answer to a
		// form, the browser would send the form again.
		if _, err = p.navigate(ctx, "about:blank"); err == nil {
			err = p.landed(ctx)
		}
		if err == nil {
			res, err = p.navigate(ctx, abs)
		}
	}
	if err != nil {
		return fmt.Errorf("open %s: %w", WithoutQuery(abs), err)
	}
	if res.ErrorText != "" {
		if blocked := p.blockedHost(); blocked != "" {
			return &Error{Act: "open", Target: WithoutQuery(abs), Kind: ErrForeignHost, Last: "it led to " + blocked}
		}
		return &Error{Act: "open", Target: WithoutQuery(abs), Kind: ErrUnreachable, Last: res.ErrorText}
	}
	return p.landed(ctx)
}

// navigate has the page go to an address.
func (p *Page) navigate(ctx context.Context, address string) (*proto.PageNavigateResult, error) {
	p.departs(p.target)
	res, err := proto.PageNavigate{URL: address}.Call(p.scope(ctx))
	if err != nil || res.ErrorText != "" || sameDocument(res) {
		p.arrives(p.target)
	}
	return res, err
}

// sameDocument says that nothing was loaded, since only the fragment differs.
func sameDocument(res *proto.PageNavigateResult) bool {
	return res.ErrorText == "" && res.LoaderID == ""
}

// Resolve makes an address absolute that may be relative to a base.
func Resolve(base, address string) (string, error) {
	b, err := url.Parse(base)
	if err != nil {
		return "", err
	}
	u, err := b.Parse(address)
	if err != nil {
		return "", err
	}
	return u.String(), nil
}

func (p *Page) blockedHost() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.blocked
}

// run calls one handler of the injected script in the current document and decodes its answer. A document that is
// replaced meanwhile gives errContextGone.
func (p *Page) run(ctx context.Context, handler string, req, res any) error {
	arg, err := json.Marshal(req)
	if err != nil {
		return fmt.Errorf("%s: %w", handler, err)
	}
	id, err := p.world(ctx)
	if err != nil {
		return err
	}
	answer, err := p.ask(ctx, id, handler, fmt.Sprintf("billagent(%q,%s)", handler, arg))
	for n := 0; err == nil && answer == asksForRoots && n < mostHandOvers; n++ {
		if err = p.handOver(ctx, id); err == nil {
			answer, err = p.ask(ctx, id, handler, fmt.Sprintf("billagent(%q,%s,true)", handler, arg))
		}
	}
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(answer), res); err != nil {
		return &Error{Act: "look", Target: handler, Kind: ErrScript, Cause: err}
	}
	return nil
}

// asksForRoots is what the script answers where closed shadow roots may be that it does not have.
const asksForRoots = `"hand over"`

// mostHandOvers bounds how often a page may come up with further elements that may have closed shadow roots.
const mostHandOvers = 5

// ask evaluates an expression in a world and waits for what it comes to.
func (p *Page) ask(ctx context.Context, id, handler, expression string) (string, error) {
	out, err := proto.RuntimeEvaluate{
		Expression: expression, UniqueContextID: id, AwaitPromise: true, ReturnByValue: true,
	}.Call(p.scope(ctx))
	if err != nil {
		return "", p.explain(ctx, id, err)
	}
	if out.ExceptionDetails != nil {
		return "", &Error{Act: "look", Target: handler, Kind: ErrScript, Last: out.ExceptionDetails.Text}
	}
	return out.Result.Value.Str(), nil
}

// worldBound is how long a page may be without a document of its own to look at, as between two pages.
const worldBound = 30 * time.Second

func (p *Page) world(ctx context.Context) (string, error) {
	bound := time.NewTimer(worldBound)
	defer bound.Stop()
	for {
		p.mu.Lock()
		id, ready := p.worldID, p.worldReady
		p.mu.Unlock()
		if id != "" {
			return id, nil
		}
		select {
		case <-ready:
		case <-ctx.Done():
			return "", fmt.Errorf("waiting for a page to look at: %w", ctx.Err())
		case <-bound.C:
			return "", &Error{Act: "look", Target: "the page", Kind: ErrUnreachable, Last: "no document appeared", Waited: worldBound.String(), Page: WithoutQuery(p.URL())}
		case <-p.owner.browser.conn.closed:
			return "", ErrBrowserGone
		}
	}
}

// explain tells a replaced document from other failures, by the browser's words for it.
func (p *Page) explain(ctx context.Context, id string, err error) error {
	var said *cdp.Error
	if !errors.As(err, &said) {
		return err
	}
	for _, s := range []string{"context", "Context", "navigated", "Promise was collected", "Target closed"} {
		if strings.Contains(said.Message, s) {
			p.mu.Lock()
			if p.worldID == id {
				p.dropWorld()
			}
			p.mu.Unlock()
			return fmt.Errorf("%w (%s)", errContextGone, said.Message)
		}
	}
	return err
}

// look retries run while documents replace one another: for handlers that change nothing.
func (p *Page) look(ctx context.Context, handler string, req, res any) error {
	for {
		if err := p.landed(ctx); err != nil {
			return err
		}
		err := p.run(ctx, handler, req, res)
		if err == nil || !errors.Is(err, errContextGone) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: %w", handler, err)
		}
	}
}
