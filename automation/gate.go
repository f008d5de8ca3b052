package automation

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// Ruling says what becomes of a request that is held.
type Ruling struct {
	Pass   bool
	Commit bool   // it is what the press was made for, or may be
	Aside  bool   // stopped, and need not have to do with the press
	Why    string // for the evidence; where it does not pass, why not
}

// Policy rules on a request. It is asked for one request at a time and must not wait.
type Policy func(Request) Ruling

// Gated is a request that came to a gate, and what became of it.
type Gated struct {
	Request Request
	Ruling  Ruling
	At      time.Time
	Answer  *Answer // nil: none has come
	// Again says that the browser itself may have sent it more than once: it does so, whatever the method, when a
	// connection that it had used before is reset before the answer begins (measured: 2 to 7 arrivals of one request).
	Again bool
	// Early says that it came before the gate was armed: before the press.
	Early bool

	led    int    // the status with which the server led elsewhere
	before *Gated // what the server sent on as this one; nil for any other
}

// Answer is what the server answered. Where it led elsewhere (303), Status is still the answer to the request
// itself, and Body is what was shown there.
type Answer struct {
	Status int
	Led    int    // the status of the page that a redirection led to; 0: there was none
	Body   []byte // at most answerLimit bytes; of a redirection none
	Failed string // why there is none: the browser's word for it
	cut    bool   // the connection was lost
}

// answerLimit bounds what is kept of an answer's body. An error is told in much less.
const answerLimit = 1 << 20

// Gate holds every request of one session's pages, frames and workers until its policy has ruled. It is measured that
// requests are held without a gap only by Fetch at the browser's own level, enabled since launch and widened: see
// internal/decisions. Sockets cannot be held: what a page sends on one is counted.
type Gate struct {
	session *Session
	policy  Policy
	armed   atomic.Bool // the press comes now, or has come
	begun   beginnings

	mu     sync.Mutex
	sent   []*Gated
	held   map[proto.FetchRequestID]*Gated // let through, their answer not seen yet
	unheld []Unheld
	paused map[string]bool // addresses that came here, whatever else is told of them
	trace  *networkTrace   // nil: not listened to
	moved  chan struct{}   // closed and replaced whenever something happens
}

// OpenGate begins to hold the session's requests. It returns when no request can slip by. Close it. A session has one
// gate at a time. What comes until Arm is called is told apart from what comes at the press.
func (s *Session) OpenGate(ctx context.Context, policy Policy) (*Gate, error) {
	g := &Gate{session: s, policy: policy, held: map[proto.FetchRequestID]*Gated{}, paused: map[string]bool{}, moved: make(chan struct{})}
	b := s.browser
	b.mu.Lock()
	if b.gates[s.context] != nil {
		b.mu.Unlock()
		return nil, errors.New("holding the session's requests: they are held already")
	}
	b.gates[s.context] = g
	b.mu.Unlock()
	if err := b.hold(ctx); err != nil {
		b.mu.Lock()
		delete(b.gates, s.context)
		b.mu.Unlock()
		return nil, fmt.Errorf("holding the session's requests: %w", err)
	}
	return g, nil
}

// Arm says that the press comes now. From here on what the browser sends again by itself is listened to, and what a
// page reads is not taken for granted any more. What a page has begun to send by now is none of the press, also
// when it comes to the gate later: a browser tells of a request in another way than it holds it, and not in order
// with it.
func (g *Gate) Arm(ctx context.Context) {
	g.session.rememberCookies(ctx)
	trace := g.session.browser.startTrace(ctx)
	g.session.browser.conn.heard()
	g.begun.end()
	g.armed.Store(true)
	g.mu.Lock()
	defer g.mu.Unlock()
	g.trace = trace
}

// hasRead says whether a page of the session has had an answer from an address.
func (s *Session) hasRead(address string) bool {
	s.browser.mu.Lock()
	defer s.browser.mu.Unlock()
	return s.read[address]
}

// addressesKept bounds what is remembered of a session's reading.
const addressesKept = 5000

func (s *Session) reads(address string) {
	s.browser.mu.Lock()
	defer s.browser.mu.Unlock()
	g := s.browser.gates[s.context]
	if len(s.read) < addressesKept && (g == nil || !g.armed.Load()) { // what comes at a commit is not known to be reading
		s.read[address] = true
	}
}

// Close lets the session's requests go again.
func (g *Gate) Close(ctx context.Context) error {
	b := g.session.browser
	_ = g.Listen(ctx) // whoever wants to know has asked before
	b.mu.Lock()
	delete(b.gates, g.session.context)
	b.mu.Unlock()
	if err := b.hold(ctx); err != nil {
		return fmt.Errorf("letting the session's requests go: %w", err)
	}
	return nil
}

// hold tells the browser which requests to hold: documents always, for the list of allowed hosts; everything while
// a gate is open. Narrowing does not let go of what is held, disabling would.
func (b *Browser) hold(ctx context.Context) error {
	b.holding.Lock() // two gates that open and close at once must leave the last word to the last
	defer b.holding.Unlock()
	b.mu.Lock()
	wide := len(b.gates) > 0
	b.mu.Unlock()
	pattern := &proto.FetchRequestPattern{URLPattern: "*"}
	if !wide {
		pattern.ResourceType = proto.NetworkResourceTypeDocument
	}
	return proto.FetchEnable{Patterns: []*proto.FetchRequestPattern{pattern}}.Call(b.scope(ctx))
}

// rule asks the policy, once for every request, and writes down what it says. A redirection of what was let through as
// the commit belongs to it. ours says that it is of this
// session, as far as is known.
func (g *Gate) rule(e *proto.FetchRequestPaused, ours bool) *Gated {
	s := &Gated{Request: requestOf(e), At: time.Now()}
	s.Request.Seen, s.Request.Foreign = g.session.hasRead(s.Request.URL), !g.session.Allows(s.Request.URL)
	g.mu.Lock() // not before: the browser's own lock is taken above, and whoever holds that may wait for this one
	defer g.mu.Unlock()
	defer g.stir()
	s.Early = g.begun.has(e.NetworkID)
	s.Request.Early = s.Early
	if _, sentOn := g.held[e.RedirectedRequestID]; s.Request.Changes() && !sentOn {
		s.Request.Hop = false // what it was sent on from was not the commit
	}
	s.Ruling = g.ruling(s.Request, ours)
	g.paused[s.Request.URL] = true
	if before, ok := g.held[e.RedirectedRequestID]; ok && s.Request.Hop && s.Ruling.Pass {
		delete(g.held, e.RedirectedRequestID)
		g.held[e.RequestID] = before
		if before.Answer != nil && !s.Request.Changes() {
			before.led = before.Answer.Status
		}
		before.Answer = nil // it is complete with what the redirection leads to
		s.Ruling.Commit = true
		if s.Request.Changes() { // 307 and 308 send the same again, elsewhere; the answer there is the answer to both
			g.sent = append(g.sent, s)
			s.before = before
			g.held[e.RequestID] = s
		}
		return s
	} else if ok && !s.Ruling.Pass { // where it was sent on to it does not arrive
		delete(g.held, e.RedirectedRequestID)
		before.Answer = &Answer{Failed: "the server sent it on, and that was stopped"}
	}
	if s.Request.Changes() || s.Ruling.Commit || !s.Ruling.Pass {
		g.sent = append(g.sent, s)
	}
	if s.Ruling.Commit && s.Ruling.Pass {
		g.held[e.RequestID] = s
	}
	return s
}

// ruling is the policy's. It knows of this session only, so that what may be another's is not told to it: that passes
// where it changes nothing.
func (g *Gate) ruling(q Request, ours bool) Ruling {
	if ours {
		return g.policy(q)
	}
	if q.Changes() {
		return Ruling{Why: "several sessions are held, and it is not known which of them sends it"}
	}
	return Ruling{Pass: true}
}

// stir wakes whoever waits for something to happen. The caller holds the lock.
func (g *Gate) stir() {
	close(g.moved)
	g.moved = make(chan struct{})
}

// respond reads an answer that is held, and lets it go on to the page.
func (g *Gate) respond(ctx context.Context, e *proto.FetchRequestPaused) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), answerBound) // a body may take its time
	defer cancel()
	sc := g.session.browser.scope(ctx)
	lost := []proto.NetworkErrorReason{proto.NetworkErrorReasonConnectionReset, proto.NetworkErrorReasonConnectionClosed,
		proto.NetworkErrorReasonConnectionAborted, proto.NetworkErrorReasonFailed}
	a := &Answer{Failed: string(e.ResponseErrorReason), cut: slices.Contains(lost, e.ResponseErrorReason)}
	if e.ResponseStatusCode != nil {
		a.Status = *e.ResponseStatusCode
	}
	if a.Failed == "" && (a.Status < 300 || a.Status > 399) {
		body, err := proto.FetchGetResponseBody{RequestID: e.RequestID}.Call(sc)
		if err != nil {
			a.Failed = "what the server said could not be read: " + err.Error()
		} else {
			a.Body = bodyOf(body)
		}
	}
	g.answered(e.RequestID, a)
	goOn, stop := context.WithTimeout(context.WithoutCancel(ctx), letGoBound)
	defer stop()
	_ = proto.FetchContinueRequest{RequestID: e.RequestID}.Call(g.session.browser.scope(goOn))
}

// answerBound is how long the body of an answer may take; letGoBound is generous for a call that takes a millisecond.
const (
	answerBound = 60 * time.Second
	letGoBound  = 10 * time.Second
)

func bodyOf(r *proto.FetchGetResponseBodyResult) []byte {
	data := []byte(r.Body)
	if r.Base64Encoded {
		if plain, err := base64.StdEncoding.DecodeString(r.Body); err == nil {
			data = plain
		}
	}
	return data[:min(len(data), answerLimit)]
}

func (g *Gate) answered(id proto.FetchRequestID, a *Answer) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if s := g.held[id]; s != nil {
		more := a.Status >= 300 && a.Status <= 399
		if s.led != 0 && !more {
			a.Status, a.Led = s.led, a.Status
		}
		for on := s; on != nil; on = on.before {
			on.Answer = a
			on.Again = on.Again || a.cut
		}
		if !more {
			delete(g.held, id)
		}
		g.stir()
	}
}

// knows says whether the answer of a request is awaited here.
func (g *Gate) knows(id proto.FetchRequestID) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.held[id] != nil
}

// leftUnheld notes what cannot be held.
func (g *Gate) leftUnheld(u Unheld) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if !g.armed.Load() {
		return
	}
	g.unheld = append(g.unheld, u)
	g.stir()
}

// Sent lists what came to the gate: what may have been the commit, what changes something, and what was stopped.
func (g *Gate) Sent() []Gated {
	g.mu.Lock()
	defer g.mu.Unlock()
	out := make([]Gated, len(g.sent))
	for i, s := range g.sent {
		out[i] = *s
		if s.Answer != nil {
			a := *s.Answer
			out[i].Answer = &a
		}
	}
	return out
}

// Unheld lists what left since the gate was armed and cannot be held. Some speculative loads can be: <link
// rel=prefetch>.
func (g *Gate) Unheld() []Unheld {
	g.mu.Lock()
	defer g.mu.Unlock()
	wasHeld := func(u Unheld) bool { return u.How == BySpeculation && g.paused[u.Text] }
	return slices.DeleteFunc(slices.Clone(g.unheld), wasHeld)
}

// Await waits until what came to the gate satisfies done, at most bound, and says whether it does.
func (g *Gate) Await(ctx context.Context, bound time.Duration, done func([]Gated) bool) bool {
	end := time.NewTimer(bound)
	defer end.Stop()
	for {
		g.mu.Lock()
		moved := g.moved
		g.mu.Unlock()
		if done(g.Sent()) {
			return true
		}
		select {
		case <-moved:
		case <-end.C:
			return false
		case <-ctx.Done():
			return false
		case <-g.session.browser.conn.closed:
			return false
		}
	}
}
