package automation

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// event hears what the page does. It must not wait for protocol answers.
func (p *Page) event(method string, params json.RawMessage) {
	switch method {
	case "Runtime.executionContextCreated":
		p.contextCreated(params)
	case "Runtime.executionContextDestroyed":
		hear(params, p.contextDestroyed)
	case "Runtime.executionContextsCleared":
		p.contextDestroyed(contextGone{})
	case "Runtime.bindingCalled":
		hear(params, p.reported)
	case "Page.frameAttached":
		hear(params, p.frameAttached)
	case "Page.frameDetached":
		hear(params, p.frameDetached)
	case "Page.frameRequestedNavigation", "Page.frameStartedNavigating":
		hear(params, p.frameLeaves)
	case "Page.frameStoppedLoading":
		hear(params, func(e proto.PageFrameStoppedLoading) { p.arrives(proto.TargetTargetID(e.FrameID)) })
	case "Page.frameNavigated":
		hear(params, p.frameNavigated)
	case "Page.navigatedWithinDocument":
		hear(params, p.navigatedWithin)
	case "Page.downloadWillBegin": // what is shown stays
		hear(params, func(e proto.PageDownloadWillBegin) { p.arrives(proto.TargetTargetID(e.FrameID)) })
	case "Network.responseReceived":
		hear(params, p.answered)
		hear(params, func(e proto.NetworkResponseReceived) { p.owner.reads(e.Response.URL) })
	case "Network.requestWillBeSent":
		hear(params, func(e proto.NetworkRequestWillBeSent) { p.owner.browser.begins(p.owner.context, e) })
		hear(params, p.speculates)
		hear(params, p.traffic.begins)
	case "Network.loadingFinished":
		hear(params, func(e proto.NetworkLoadingFinished) { p.traffic.ends(e.RequestID, true) })
	case "Network.loadingFailed":
		hear(params, func(e proto.NetworkLoadingFailed) { p.traffic.ends(e.RequestID, false) })
	case "Network.webSocketCreated":
		p.traffic.connects()
	case "Network.webSocketFrameSent":
		hear(params, func(e proto.NetworkWebSocketFrameSent) { p.leftUnheld(frameSent(e)) })
	case "Network.webTransportCreated":
		hear(params, func(e proto.NetworkWebTransportCreated) { p.leftUnheld(Unheld{How: ByTransport, Text: e.URL}) })
	case "Network.responseReceivedExtraInfo":
		hear(params, p.extraInfo)
	case "Target.attachedToTarget":
		hear(params, p.attached)
	case "Target.detachedFromTarget":
		hear(params, p.detached)
	case "Page.screencastFrame":
		hear(params, p.framed)
	case "Page.windowOpen":
		hear(params, p.windowWanted)
	case "Page.fileChooserOpened":
		p.chooserOpened()
	case "Page.javascriptDialogOpening":
		hear(params, func(e proto.PageJavascriptDialogOpening) { p.answer(&e) })
	}
}

// hear decodes an event. One that cannot be decoded is passed over: it is of a form this program does not know.
func hear[E any](params json.RawMessage, heard func(E)) {
	var e E
	if json.Unmarshal(params, &e) == nil {
		heard(e)
	}
}

// contextGone is Runtime.executionContextDestroyed; empty, it means all of them.
type contextGone struct{ ExecutionContextUniqueId string }

func (p *Page) contextDestroyed(e contextGone) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if e.ExecutionContextUniqueId == "" || e.ExecutionContextUniqueId == p.worldID {
		p.dropWorld()
	}
}

// report is what the script says without being asked: what became of an act, or while the page is recorded a gesture.
type report struct {
	verdict
	Gesture *Gesture `json:"gesture"`
}

func (p *Page) reported(e proto.RuntimeBindingCalled) {
	hear([]byte(e.Payload), func(v report) {
		if v.Gesture != nil {
			if r := p.recording(); r != nil {
				r.add(*v.Gesture)
			}
			return
		}
		p.mu.Lock()
		defer p.mu.Unlock()
		p.reports[v.Token] = v.verdict
	})
}

func (p *Page) frameAttached(e proto.PageFrameAttached) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.frames[proto.TargetTargetID(e.FrameID)] = false
}

func (p *Page) frameDetached(e proto.PageFrameDetached) {
	p.arrives(proto.TargetTargetID(e.FrameID))
	if e.Reason == proto.PageFrameDetachedReasonSwap {
		return // it goes on in another process
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.frames, proto.TargetTargetID(e.FrameID))
	delete(p.unreached, proto.TargetTargetID(e.FrameID))
}

// leaving is Page.frameRequestedNavigation and Page.frameStartedNavigating, which rod does not know yet.
type leaving struct{ FrameId, NavigationType, Disposition string }

func (p *Page) frameLeaves(e leaving) {
	within := strings.HasSuffix(strings.ToLower(e.NavigationType), "samedocument")
	if !within && (e.Disposition == "" || e.Disposition == "currentTab") {
		p.departs(proto.TargetTargetID(e.FrameId))
		if r := p.recording(); r != nil && e.Disposition != "" && e.FrameId == string(p.target) {
			r.leads()
		}
	}
}

func (p *Page) frameNavigated(e proto.PageFrameNavigated) {
	defer p.arrives(proto.TargetTargetID(e.Frame.ID)) // last: whoever waits for it asks for the address next
	if e.Frame.ParentID != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		id := proto.TargetTargetID(e.Frame.ID)
		p.frames[id] = true
		delete(p.unreached, id)
		if address := e.Frame.UnreachableURL; address != "" && p.owner.Allows(address) {
			p.unreached[id] = address
		}
		return
	}
	p.traffic.follows(e.Frame.LoaderID)
	p.mu.Lock()
	p.chooser = false
	p.url, p.failed, p.mainLoader = e.Frame.URL+e.Frame.URLFragment, "", e.Frame.LoaderID
	if e.Frame.UnreachableURL != "" {
		p.url, p.failed = e.Frame.UnreachableURL, "the page could not be loaded"
	}
	p.mu.Unlock()
	if r := p.recording(); r != nil {
		r.arrived(e.Frame)
	}
	p.frameless()
}

func (p *Page) navigatedWithin(e proto.PageNavigatedWithinDocument) {
	defer p.arrives(proto.TargetTargetID(e.FrameID))
	if string(e.FrameID) != string(p.target) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.url = e.URL
}

func (p *Page) answered(e proto.NetworkResponseReceived) {
	p.traffic.responds(e)
	if e.Type == proto.NetworkResourceTypeDocument && e.Response.Status == http.StatusNoContent {
		p.arrives(proto.TargetTargetID(e.FrameID)) // what is shown stays
	}
	if e.Type != proto.NetworkResourceTypeDocument || string(e.FrameID) != string(p.target) {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.status = e.Response.Status
}

// departs notes that a frame has begun to load another document: what it still shows must not be read as the answer to
// what was done to it. A frame that has shown none yet is not waited for: it may never be answered.
func (p *Page) departs(frame proto.TargetTargetID) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if frame != p.target && !p.frames[frame] {
		return // it is new, or has gone with its document and word of it comes late
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
	clear(p.unreached)
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
			ID       proto.RuntimeExecutionContextID `json:"id"`
			UniqueID string                          `json:"uniqueId"`
			Name     string                          `json:"name"`
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
	p.worldID, p.worldNumber, p.handed = e.Context.UniqueID, e.Context.ID, nil
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

// speculates hears of what speculation rules have the browser load ahead: it passes by every gate, and no flag
// stops it.
func (p *Page) speculates(e proto.NetworkRequestWillBeSent) {
	if e.Request == nil {
		return
	}
	_, ahead := e.Request.Headers["Sec-Purpose"]
	if e.Type == "Prefetch" || ahead {
		p.leftUnheld(Unheld{How: BySpeculation, Text: e.Request.URL})
	}
}

func (p *Page) leftUnheld(u Unheld) { p.owner.browser.leftUnheld(p.owner.context, u) }

// allows says whether a frame may load an address, by the allow-list; what it may not is noted.
func (p *Page) allows(frame proto.TargetTargetID, address string) bool {
	if p.owner.Allows(address) {
		return true
	}
	where := WithoutQuery(address)
	p.mu.Lock()
	defer p.mu.Unlock()
	if frame == p.target { // a foreign frame, such as an advertisement, is merely not shown
		p.blocked = where
	}
	p.notes = append(p.notes, "navigation was blocked: "+where)
	return false
}

// holds says whether a frame is of the document shown.
func (p *Page) holds(frame proto.TargetTargetID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	_, ok := p.frames[frame]
	return ok
}
