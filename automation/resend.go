package automation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/go-rod/rod/lib/proto"
)

// A browser sends a request again by itself, whatever its method, when a connection that it had used before is
// reset before the answer begins. It tells nobody but its own network log (chrome://net-export), which reaches us
// as a trace: HTTP_TRANSACTION_RESTART_AFTER_ERROR. That event and its kin are not documented; where they are
// missing nothing is told.

// networkTrace is the browser's network log while a gate is open. One can run at a time in a browser.
type networkTrace struct {
	mu       sync.Mutex
	events   []traceEvent
	lossy    bool // it was longer than what is kept
	complete chan struct{}
	once     sync.Once
	end      func() error // ends it, once: what was heard arrives then
}

// traceEvent is an event, or in a trace of one process a file with all of them.
type traceEvent struct {
	Events []traceEvent `json:"traceEvents"`

	Name string `json:"name"`
	ID   struct {
		Local string `json:"local"`
	} `json:"id2"`
	Args struct {
		Params struct {
			URL    string `json:"url"`
			Method string `json:"method"`
		} `json:"params"`
	} `json:"args"`
}

const traceCategory = "disabled-by-default-netlog"

// startTrace begins to listen, unless somebody does already. Not to hear is no reason not to go on.
func (b *Browser) startTrace(ctx context.Context) *networkTrace {
	t := &networkTrace{complete: make(chan struct{})}
	t.end = sync.OnceValue(func() error {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), traceBound)
		defer cancel()
		return proto.TracingEnd{}.Call(b.scope(ctx))
	})
	b.mu.Lock()
	busy := b.trace != nil
	if !busy {
		b.trace = t
	}
	b.mu.Unlock()
	if busy {
		return nil
	}
	if err := b.networkLog(ctx).Call(b.scope(ctx)); err != nil {
		b.dropTrace(t)
		return nil
	}
	return t
}

func (b *Browser) dropTrace(t *networkTrace) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.trace == t {
		b.trace = nil
	}
}

// traceBound is how long the log may take to arrive: measured 30 ms on a busy machine.
const traceBound = 5 * time.Second

// endTrace stops listening and returns what was heard.
func (b *Browser) endTrace(ctx context.Context, t *networkTrace) ([]traceEvent, error) {
	defer b.dropTrace(t)
	ctx, cancel := context.WithTimeout(ctx, traceBound)
	defer cancel()
	if err := t.end(); err != nil {
		return nil, fmt.Errorf("reading the browser's network log: %w", err)
	}
	select {
	case <-t.complete:
	case <-b.conn.closed:
		return nil, ErrBrowserGone
	case <-ctx.Done():
		return nil, fmt.Errorf("reading the browser's network log: %w", ctx.Err())
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.lossy {
		return t.events, errors.New("reading the browser's network log: a part of it is lost")
	}
	return t.events, nil
}

// traced hears the network log.
func (b *Browser) traced(method string, params json.RawMessage) {
	b.mu.Lock()
	t := b.trace
	b.mu.Unlock()
	if t == nil {
		return
	}
	if method == "Tracing.tracingComplete" {
		hear(params, func(e proto.TracingTracingComplete) {
			t.mu.Lock()
			defer t.mu.Unlock()
			t.lossy = e.DataLossOccurred
		})
		t.once.Do(func() { close(t.complete) })
		return
	}
	hear(params, func(e struct{ Value []traceEvent }) {
		t.mu.Lock()
		defer t.mu.Unlock()
		for _, v := range e.Value {
			t.events = append(append(t.events, v), v.Events...)
		}
	})
}

// sentAgain says whether the log tells of a request that was sent again.
func sentAgain(events []traceEvent, method, url string) bool {
	of := map[string]bool{}
	for _, e := range events {
		if e.Name == "URL_REQUEST_START_JOB" && e.Args.Params.Method == method && e.Args.Params.URL == url {
			of[e.ID.Local] = true
		}
	}
	return slices.ContainsFunc(events, func(e traceEvent) bool {
		return e.Name == "HTTP_TRANSACTION_RESTART_AFTER_ERROR" && of[e.ID.Local]
	})
}

// EndLog ends the log of a gate that has seen its commit answered, and does not wait for it: what was heard arrives while
// others go on, and Listen waits for it.
func (g *Gate) EndLog() {
	g.mu.Lock()
	t := g.trace
	g.mu.Unlock()
	if t != nil {
		_ = t.end() // Listen tells
	}
}

// Listen ends the log of a gate that has seen its commit answered, or given up, and marks what the browser has sent
// again. It is asked for once; afterwards it does nothing.
func (g *Gate) Listen(ctx context.Context) error {
	g.mu.Lock()
	t := g.trace
	g.trace = nil
	g.mu.Unlock()
	if t == nil {
		return nil
	}
	events, err := g.session.browser.endTrace(ctx, t)
	g.mu.Lock()
	defer g.mu.Unlock()
	for _, s := range g.sent {
		s.Again = s.Again || s.Ruling.Pass && sentAgain(events, s.Request.Method, s.Request.URL)
	}
	return err
}
