// Package automation is the hand: it launches Chromium and acts on pages safely. An action resolves its target to
// exactly one element, waits until it is visible, still and enabled, tests that it would be hit, checks whom it
// concerns in the same task, and lets the browser's input events through only if they reach it. It reads tables to a
// proved end and keeps evidence.
//
// It knows nothing of any particular console: what is on a page comes from package selectors. It is the only
// package (with the recorder) that speaks the DevTools protocol, and it uses rod for the connection and the typed
// requests only.
package automation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// Options say how to launch a browser.
type Options struct {
	Binary     Binary
	Headful    bool   // show a window; needs a full browser and a display
	ProfileDir string // where the profile folder is made; default the system's folder for temporary files
	Observer   Observer
}

// Browser is one running browser. Close it.
type Browser struct {
	process *process
	conn    *connection
	headful bool

	mu      sync.Mutex
	pages   map[proto.TargetTargetID]*Page
	windows map[proto.TargetTargetID]bool // every tab and window there is, ours or not
	targets map[proto.TargetTargetID]proto.BrowserBrowserContextID
	shared  map[proto.TargetTargetID]proto.BrowserBrowserContextID // shared workers
	gates   map[proto.BrowserBrowserContextID]*Gate
	trace   *networkTrace // the network log being listened to; nil: none

	holding sync.Mutex // held while the browser is told which requests to hold

	// asides are what events begin and must not wait for. Each is bounded, and ends with the connection; Close
	// waits for them.
	asides sync.WaitGroup
}

// launchBound is how long a browser may take to answer its first call: measured 0.2 s, generous for a loaded machine.
const launchBound = 30 * time.Second

// Launch starts a browser and waits until it answers.
func Launch(ctx context.Context, opts Options) (*Browser, error) {
	if opts.Binary.Path == "" {
		b, err := Find("", opts.Headful)
		if err != nil {
			return nil, err
		}
		opts.Binary = b
	}
	p, err := launch(opts)
	if err != nil {
		return nil, err
	}
	b := &Browser{process: p, conn: newConnection(p.pipe, opts.Observer), headful: opts.Headful,
		pages: map[proto.TargetTargetID]*Page{}, windows: map[proto.TargetTargetID]bool{},
		targets: map[proto.TargetTargetID]proto.BrowserBrowserContextID{}, shared: map[proto.TargetTargetID]proto.BrowserBrowserContextID{},
		gates: map[proto.BrowserBrowserContextID]*Gate{}}
	b.conn.handle("", b.event)
	ctx, cancel := context.WithTimeout(ctx, launchBound)
	defer cancel()
	if err := b.watch(ctx); err != nil {
		err = errors.Join(fmt.Errorf("launching %s: %w", opts.Binary.Path, err), b.Close()) // what it said is complete now
		return nil, p.died(err)
	}
	return b, nil
}

// Lender gives a browser that others have used before and will use afterwards, as tests do: each has a session of its own
// in it. giveBack is called once, when that session is closed.
type Lender func(o Options) (b *Browser, giveBack func() error, err error)

// closeBound is how long ending a browser and removing its profile may take before it is killed.
const closeBound = 10 * time.Second

// Close ends the browser and removes its profile folder. It may be called more than once.
func (b *Browser) Close() error {
	ctx, cancel := context.WithTimeout(context.Background(), closeBound)
	defer cancel()
	err := b.process.stop(ctx)
	b.conn.wait()
	b.asides.Wait() // no event comes any more, so none is begun
	return err
}

// Gone is closed when the browser has ended, on purpose or not.
func (b *Browser) Gone() <-chan struct{} { return b.conn.closed }

func (b *Browser) scope(ctx context.Context) scope { return scope{ctx: ctx, conn: b.conn} }

// watch has the browser tell of every window and hold every document that is asked for, also in a window that is
// not ours.
func (b *Browser) watch(ctx context.Context) error {
	if err := (proto.TargetSetDiscoverTargets{Discover: true}).Call(b.scope(ctx)); err != nil {
		return err
	}
	return b.hold(ctx)
}

// event hears of windows, to close those that a page opens in a browser that does not refuse to open them. An
// opener need not be named, so what has an address and is not ours is not ours.
func (b *Browser) event(method string, params json.RawMessage) {
	switch method {
	case "Target.targetCreated":
		hear(params, func(e proto.TargetTargetCreated) {
			b.opened(e.TargetInfo)
			b.closeForeign(e.TargetInfo)
		})
	case "Target.targetInfoChanged":
		hear(params, func(e proto.TargetTargetInfoChanged) { b.closeForeign(e.TargetInfo) })
	case "Target.targetDestroyed":
		hear(params, func(e proto.TargetTargetDestroyed) { b.closed(e.TargetID) })
	case "Tracing.dataCollected", "Tracing.tracingComplete":
		b.traced(method, params)
	case "Fetch.requestPaused":
		hear(params, func(e proto.FetchRequestPaused) { b.asides.Go(func() { b.decide(&e) }) })
	}
}

func (b *Browser) opened(t *proto.TargetTargetInfo) {
	if t == nil {
		return
	}
	if t.Subtype == "prerender" {
		b.leftUnheld(t.BrowserContextID, Unheld{How: BySpeculation, Text: t.URL})
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.targets[t.TargetID] = t.BrowserContextID
	if t.Type == "shared_worker" {
		b.shared[t.TargetID] = t.BrowserContextID
	}
	if t.Type == "page" {
		b.windows[t.TargetID] = true
	}
}

func (b *Browser) closed(t proto.TargetTargetID) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if p := b.pages[t]; p != nil {
		close(p.gone)
		delete(b.pages, t)
	}
	delete(b.windows, t)
	delete(b.targets, t)
	delete(b.shared, t)
}

// decide lets a request that is held through or stops it: a navigation by the list of allowed hosts, and everything
// by the gate where one is open. A page's main frame bears the id of its target; a window that is not ours gets
// nothing at all, and is being closed.
func (b *Browser) decide(e *proto.FetchRequestPaused) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if e.ResponseStatusCode != nil || e.ResponseErrorReason != "" {
		b.answerAt(ctx, e)
		return
	}
	frame := proto.TargetTargetID(e.FrameID)
	if e.ResourceType == proto.NetworkResourceTypeDocument && !b.allows(frame, e.Request.URL) {
		_ = proto.FetchFailRequest{RequestID: e.RequestID, ErrorReason: proto.NetworkErrorReasonBlockedByClient}.Call(b.scope(ctx))
		return
	}
	if gates := b.gatesOf(frame); len(gates) > 0 {
		b.arrive(ctx, gates, e)
		return
	}
	_ = proto.FetchContinueRequest{RequestID: e.RequestID}.Call(b.scope(ctx)) // fails only when the page has moved on
}

// allows asks the page that a frame is of. Word of a frame may come after its first request: then every page is asked.
func (b *Browser) allows(frame proto.TargetTargetID, address string) bool {
	b.mu.Lock()
	page, window, pages := b.pages[frame], b.windows[frame], slices.Collect(maps.Values(b.pages))
	b.mu.Unlock()
	if page != nil {
		return page.allows(frame, address)
	}
	if window {
		return false
	}
	if i := slices.IndexFunc(pages, func(p *Page) bool { return p.holds(frame) }); i >= 0 {
		return pages[i].allows(frame, address)
	}
	return !slices.ContainsFunc(pages, func(p *Page) bool { return !p.allows(frame, address) })
}

func (b *Browser) closeForeign(t *proto.TargetTargetInfo) {
	if t == nil || t.Type != "page" || t.OpenerID == "" && (t.URL == "" || t.URL == "about:blank") {
		return
	}
	b.mu.Lock()
	beside := func(p *Page) bool { return p.owner.context == t.BrowserContextID }
	ours := b.pages[t.TargetID] != nil || !slices.ContainsFunc(slices.Collect(maps.Values(b.pages)), beside)
	b.mu.Unlock()
	if ours {
		return
	}
	b.asides.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), popUpBound)
		defer cancel()
		_, _ = proto.TargetCloseTarget{TargetID: t.TargetID}.Call(b.scope(ctx)) // it may be closed already
	})
}

// popUpBound is generous: closing a window takes milliseconds.
const popUpBound = 5 * time.Second
