package automation

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// Workers send on sockets of their own, which only a session with the worker itself tells of. Dedicated workers and
// service workers come with their page. Of shared workers none tells (tried: the browser answers, and no event
// comes).

// workersOnly has a page tell of its workers, which wait until they are listened to.
var workersOnly = proto.TargetTargetFilter{{Type: "iframe", Exclude: true}, {Type: "page", Exclude: true}, {}}

// attached listens to a worker that a page has begun.
func (p *Page) attached(e proto.TargetAttachedToTarget) {
	if e.TargetInfo == nil || !strings.HasSuffix(string(e.TargetInfo.Type), "worker") {
		return
	}
	p.traffic.works(e.SessionID)
	p.owner.browser.overhear(string(e.SessionID), e.TargetInfo.BrowserContextID, p.owner.context)
}

// detached is told when a worker has ended.
func (p *Page) detached(e proto.TargetDetachedFromTarget) {
	p.traffic.worksNoMore(e.SessionID)
	p.owner.browser.conn.handle(string(e.SessionID), nil)
}

// overhear has a worker's session tell of what it sends on sockets. It must not wait: an event calls it.
func (b *Browser) overhear(session string, named, otherwise proto.BrowserBrowserContextID) {
	owner := named
	if owner == "" {
		owner = otherwise
	}
	b.conn.handle(session, func(method string, params json.RawMessage) {
		switch method {
		case "Network.webSocketFrameSent":
			hear(params, func(e proto.NetworkWebSocketFrameSent) { b.leftUnheld(owner, frameSent(e)) })
		case "Network.requestWillBeSent":
			hear(params, func(e proto.NetworkRequestWillBeSent) { b.begins(owner, e) })
		case "Target.attachedToTarget": // it has begun a worker of its own
			hear(params, func(e proto.TargetAttachedToTarget) { b.overhear(string(e.SessionID), owner, owner) })
		case "Target.detachedFromTarget":
			hear(params, func(e proto.TargetDetachedFromTarget) { b.conn.handle(string(e.SessionID), nil) })
		case "Network.webTransportCreated":
			hear(params, func(e proto.NetworkWebTransportCreated) { b.leftUnheld(owner, Unheld{How: ByTransport, Text: e.URL}) })
		}
	})
	b.asides.Go(func() {
		ctx, cancel := context.WithTimeout(context.Background(), workerBound)
		defer cancel()
		sc := scope{ctx: ctx, conn: b.conn, session: session}
		enabled := make(chan struct{})
		go func() {
			defer close(enabled)
			_ = proto.NetworkEnable{}.Call(sc) // the worker may have ended already
			_ = proto.TargetSetAutoAttach{AutoAttach: true, Flatten: true, WaitForDebuggerOnStart: true, Filter: workersOnly}.Call(sc)
		}()
		select {
		case <-enabled:
		case <-time.After(enableBound):
		}
		_ = proto.RuntimeRunIfWaitingForDebugger{}.Call(sc)
		<-enabled
	})
}

// workerBound is generous: a worker answers in milliseconds.
const workerBound = 10 * time.Second

// enableBound is how long a worker is kept waiting until it tells of its network: a service worker answers only
// once it runs.
const enableBound = 100 * time.Millisecond

// leftUnheld tells a session's gate, if one is open, of what cannot be held.
func (b *Browser) leftUnheld(owner proto.BrowserBrowserContextID, u Unheld) {
	b.mu.Lock()
	g := b.gates[owner]
	b.mu.Unlock()
	if g != nil {
		g.leftUnheld(u)
	}
}

// Blind says that the session has a shared worker: what it sends on sockets is not told of.
func (g *Gate) Blind() bool { return g.session.sharesWorker() }

func (s *Session) sharesWorker() bool {
	b := s.browser
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, owner := range b.shared {
		if owner == s.context {
			return true
		}
	}
	return false
}
