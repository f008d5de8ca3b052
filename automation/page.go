package automation

import (
	"context"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/go-rod/rod/lib/cdp"
	"github.com/go-rod/rod/lib/proto"
)

//go:embed js/dom-accessibility-api.js
var jsAccessibility string

//go:embed js/resolve.js
var jsResolve string

//go:embed js/act.js
var jsAct string

//go:embed js/table.js
var jsTable string

//go:embed js/mask.js
var jsMask string

//go:embed js/agent.js
var jsAgent string

// agentScript is what runs in every document, in a world of its own that the page's scripts cannot touch.
var agentScript = "(() => { if (globalThis.billagent) return;\n" + jsAccessibility + jsResolve + jsAct + jsTable + jsMask + jsAgent + "})()"

// world names the isolated world of our script.
const world = "billagent"

// Page is one tab. Its methods are for one goroutine at a time; its events arrive in another.
type Page struct {
	owner   *Session
	target  proto.TargetTargetID
	session string

	mu         sync.Mutex
	worldID    string        // unique id of our world in the current document; empty while there is none
	worldReady chan struct{} // closed when worldID is set
	url        string
	status     int    // HTTP status of the current document
	failed     string // why the last document did not load
	blocked    string // the last navigation that the allow-list stopped
	notes      []string
	accept     bool // accept the next confirmation instead of dismissing it
	reports    map[string]verdict
	mainLoader proto.NetworkLoaderID
	navigating map[proto.TargetTargetID]bool // frames that have begun to load another document
	frames     map[proto.TargetTargetID]bool // frames attached to the document shown
	arrived    chan struct{}                 // closed when navigating becomes empty
}

func newPage(s *Session, target proto.TargetTargetID, session string) *Page {
	return &Page{owner: s, target: target, session: session, worldReady: make(chan struct{}), reports: map[string]verdict{}, navigating: map[proto.TargetTargetID]bool{}, frames: map[proto.TargetTargetID]bool{}, arrived: make(chan struct{})}
}

func (p *Page) scope(ctx context.Context) scope {
	return scope{ctx: ctx, conn: p.owner.browser.conn, session: p.session}
}

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

func (p *Page) note(s string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.notes = append(p.notes, s)
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

// Open navigates to an address, which may be relative to the page now shown. It returns when the browser has begun to
// show the answer; what is on the page is for Await to see.
func (p *Page) Open(ctx context.Context, address string) error {
	abs, err := p.absolute(address)
	if err != nil {
		return &Error{Act: "open", Target: address, Kind: ErrUnreachable, Cause: err}
	}
	if !p.owner.Allows(abs) {
		return &Error{Act: "open", Target: WithoutQuery(abs), Kind: ErrForeignHost, Last: "allowed are " + strings.Join(p.owner.allowed, ", ")}
	}
	p.mu.Lock()
	p.failed, p.blocked, p.status = "", "", 0
	p.mu.Unlock()
	p.departs(p.target)
	res, err := proto.PageNavigate{URL: abs}.Call(p.scope(ctx))
	if err != nil || res.ErrorText != "" || res.LoaderID == "" { // an empty loader: only the fragment changed
		p.arrives(p.target)
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

func (p *Page) absolute(address string) (string, error) {
	base, err := url.Parse(p.URL())
	if err != nil {
		return "", err
	}
	u, err := base.Parse(address)
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

// event hears what the page does. It must not wait for protocol answers.
func (p *Page) event(method string, params json.RawMessage) {
	switch method {
	case "Runtime.executionContextCreated":
		p.contextCreated(params)
	case "Runtime.executionContextDestroyed":
		var e struct{ ExecutionContextUniqueId string }
		if json.Unmarshal(params, &e) == nil {
			p.mu.Lock()
			if e.ExecutionContextUniqueId == p.worldID {
				p.dropWorld()
			}
			p.mu.Unlock()
		}
	case "Runtime.executionContextsCleared":
		p.mu.Lock()
		p.dropWorld()
		p.mu.Unlock()
	case "Runtime.bindingCalled":
		var e proto.RuntimeBindingCalled
		var v verdict
		if json.Unmarshal(params, &e) == nil && json.Unmarshal([]byte(e.Payload), &v) == nil {
			p.mu.Lock()
			p.reports[v.Token] = v
			p.mu.Unlock()
		}
	case "Page.frameAttached":
		var e proto.PageFrameAttached
		if json.Unmarshal(params, &e) == nil {
			p.mu.Lock()
			p.frames[proto.TargetTargetID(e.FrameID)] = true
			p.mu.Unlock()
		}
	case "Page.frameRequestedNavigation", "Page.frameStartedNavigating":
		var e struct{ FrameId, NavigationType, Disposition string }
		if json.Unmarshal(params, &e) == nil && !strings.HasSuffix(strings.ToLower(e.NavigationType), "samedocument") && (e.Disposition == "" || e.Disposition == "currentTab") {
			p.departs(proto.TargetTargetID(e.FrameId))
		}
	case "Page.frameStoppedLoading", "Page.frameDetached":
		var e struct{ FrameId, Reason string }
		if json.Unmarshal(params, &e) == nil {
			p.arrives(proto.TargetTargetID(e.FrameId))
			if method == "Page.frameDetached" && e.Reason != "swap" {
				p.mu.Lock()
				delete(p.frames, proto.TargetTargetID(e.FrameId))
				p.mu.Unlock()
			}
		}
	case "Page.frameNavigated":
		var e proto.PageFrameNavigated
		if json.Unmarshal(params, &e) != nil {
			return
		}
		p.arrives(proto.TargetTargetID(e.Frame.ID))
		if e.Frame.ParentID == "" {
			p.frameless()
			p.mu.Lock()
			p.url, p.failed = e.Frame.URL+e.Frame.URLFragment, ""
			if e.Frame.UnreachableURL != "" {
				p.url, p.failed = e.Frame.UnreachableURL, "the page could not be loaded"
			}
			p.mainLoader = e.Frame.LoaderID
			p.mu.Unlock()
		}
	case "Page.navigatedWithinDocument":
		var e proto.PageNavigatedWithinDocument
		if json.Unmarshal(params, &e) != nil {
			return
		}
		p.arrives(proto.TargetTargetID(e.FrameID))
		if string(e.FrameID) == string(p.target) {
			p.mu.Lock()
			p.url = e.URL
			p.mu.Unlock()
		}
	case "Network.responseReceived":
		var e proto.NetworkResponseReceived
		if json.Unmarshal(params, &e) == nil && e.Type == proto.NetworkResourceTypeDocument && string(e.FrameID) == string(p.target) {
			p.mu.Lock()
			p.status = e.Response.Status
			p.mu.Unlock()
		}
	case "Fetch.requestPaused":
		var e proto.FetchRequestPaused
		if json.Unmarshal(params, &e) == nil {
			go p.decide(&e)
		}
	case "Page.javascriptDialogOpening":
		var e proto.PageJavascriptDialogOpening
		if json.Unmarshal(params, &e) == nil {
			p.answer(&e)
		}
	}
}

// departs notes that a frame has begun to load another document: what it still shows must not be read as the answer to
// what was done to it.
func (p *Page) departs(frame proto.TargetTargetID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if frame != p.target && !p.frames[frame] {
		return // word of a frame that has gone with its document comes late
	}
	if len(p.navigating) == 0 {
		p.arrived = make(chan struct{})
	}
	p.navigating[frame] = true
}

// frameless forgets the frames of the document before: a new one has taken its place.
func (p *Page) frameless() {
	p.mu.Lock()
	defer p.mu.Unlock()
	clear(p.frames)
	if len(p.navigating) > 0 {
		clear(p.navigating)
		close(p.arrived)
	}
}

func (p *Page) arrives(frame proto.TargetTargetID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.navigating[frame] {
		return
	}
	delete(p.navigating, frame)
	if len(p.navigating) == 0 {
		close(p.arrived)
	}
}

// landed waits until no frame is on its way to another document.
func (p *Page) landed(ctx context.Context) error {
	p.mu.Lock()
	on, arrived := len(p.navigating) > 0, p.arrived
	p.mu.Unlock()
	if !on {
		return nil
	}
	bound := time.NewTimer(worldBound)
	defer bound.Stop()
	select {
	case <-arrived:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("waiting for the next page: %w", ctx.Err())
	case <-bound.C:
		return &Error{Act: "await", Target: "the next page", Kind: ErrUnreachable, Last: "the server has not answered", Waited: worldBound.String(), Page: WithoutQuery(p.URL())}
	case <-p.owner.browser.conn.closed:
		return ErrBrowserGone
	}
}

func (p *Page) contextCreated(params json.RawMessage) {
	var e struct {
		Context struct {
			UniqueID string `json:"uniqueId"`
			Name     string `json:"name"`
			AuxData  struct {
				FrameID string `json:"frameId"`
			} `json:"auxData"`
		} `json:"context"`
	}
	if json.Unmarshal(params, &e) != nil || e.Context.Name != world || e.Context.AuxData.FrameID != string(p.target) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.worldID = e.Context.UniqueID
	select {
	case <-p.worldReady:
	default:
		close(p.worldReady)
	}
}

// dropWorld forgets the world of a document that has gone. The caller holds the lock.
func (p *Page) dropWorld() {
	p.worldID = ""
	select {
	case <-p.worldReady:
		p.worldReady = make(chan struct{})
	default:
	}
}

// decide lets a navigation through or stops it, by the allow-list.
func (p *Page) decide(e *proto.FetchRequestPaused) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if p.owner.Allows(e.Request.URL) {
		_ = proto.FetchContinueRequest{RequestID: e.RequestID}.Call(p.scope(ctx)) // fails only when the page has moved on
		return
	}
	where := WithoutQuery(e.Request.URL)
	p.mu.Lock()
	if e.FrameID == proto.PageFrameID(p.target) { // a foreign frame, such as an advertisement, is merely not shown
		p.blocked = where
	}
	p.notes = append(p.notes, "navigation was blocked: "+where)
	p.mu.Unlock()
	_ = proto.FetchFailRequest{RequestID: e.RequestID, ErrorReason: proto.NetworkErrorReasonBlockedByClient}.Call(p.scope(ctx))
}

// answer closes a dialog of the browser's own: a question before leaving is agreed to, a confirmation only when the
// action under way expects one, everything else is dismissed.
func (p *Page) answer(e *proto.PageJavascriptDialogOpening) {
	p.mu.Lock()
	accept := e.Type == proto.PageDialogTypeBeforeunload || e.Type == proto.PageDialogTypeAlert
	if e.Type == proto.PageDialogTypeConfirm && p.accept {
		accept, p.accept = true, false
	}
	word := map[bool]string{true: "accepted", false: "dismissed"}[accept]
	p.notes = append(p.notes, fmt.Sprintf("a %s dialog was %s: %q", e.Type, word, e.Message))
	p.mu.Unlock()
	go func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		_ = proto.PageHandleJavaScriptDialog{Accept: accept}.Call(p.scope(ctx))
	}()
}

// run calls one door of the injected script in the current document and decodes its answer. A document that is
// replaced meanwhile gives errContextGone.
func (p *Page) run(ctx context.Context, door string, req, res any) error {
	arg, err := json.Marshal(req)
	if err != nil {
		return fmt.Errorf("%s: %w", door, err)
	}
	id, err := p.world(ctx)
	if err != nil {
		return err
	}
	out, err := proto.RuntimeEvaluate{
		Expression:      fmt.Sprintf("billagent(%q,%s)", door, arg),
		UniqueContextID: id, AwaitPromise: true, ReturnByValue: true,
	}.Call(p.scope(ctx))
	if err != nil {
		return p.explain(ctx, id, err)
	}
	if out.ExceptionDetails != nil {
		return &Error{Act: "look", Target: door, Kind: ErrScript, Last: out.ExceptionDetails.Text}
	}
	if err := json.Unmarshal([]byte(out.Result.Value.Str()), res); err != nil {
		return &Error{Act: "look", Target: door, Kind: ErrScript, Cause: err}
	}
	return nil
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

// look retries run while documents replace one another: for doors that change nothing.
func (p *Page) look(ctx context.Context, door string, req, res any) error {
	for {
		if err := p.landed(ctx); err != nil {
			return err
		}
		err := p.run(ctx, door, req, res)
		if err == nil || !errors.Is(err, errContextGone) {
			return err
		}
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("%s: %w", door, err)
		}
	}
}
