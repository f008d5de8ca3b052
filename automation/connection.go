package automation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/go-rod/rod/lib/cdp"
	"github.com/go-rod/rod/lib/proto"
)

// Call is one protocol call, as seen by an Observer.
type Call struct {
	Method string
	Number int // counts from 1 over the life of the browser
}

// Observer sees every protocol call before it is sent. An error it returns is returned to the caller instead of
// sending, which is how tests make the n-th call fail and count calls against a budget.
type Observer func(Call) error

// connection speaks the DevTools protocol with one browser and hands its events to whoever owns their session.
type connection struct {
	client   *cdp.Client
	observer Observer
	hearing  sync.Mutex // held while an event is handled

	mu       sync.Mutex
	calls    int
	handlers map[string]func(method string, params json.RawMessage)
	closed   chan struct{} // closed when the browser has hung up

	calling sync.WaitGroup // calls whose caller may have gone on, since the browser has hung up
}

// callBound ends a protocol call that the browser never answers, should the caller's context have no deadline.
const callBound = 60 * time.Second

func newConnection(ws cdp.WebSocketable, observer Observer) *connection {
	c := &connection{client: cdp.New(), observer: observer, handlers: map[string]func(string, json.RawMessage){}, closed: make(chan struct{})}
	c.client.Start(ws)
	go c.deliver()
	return c
}

// deliver runs until the browser hangs up. Handlers must not wait for protocol answers: that would stop delivery.
func (c *connection) deliver() {
	defer c.end()
	for e := range c.client.Event() {
		c.mu.Lock()
		h := c.handlers[e.SessionID]
		c.mu.Unlock()
		if h != nil {
			c.hearing.Lock()
			h(e.Method, e.Params)
			c.hearing.Unlock()
		}
	}
}

// heard returns when the event under way has been handled: an answer may be read while the event before it still is.
func (c *connection) heard() {
	c.hearing.Lock()
	defer c.hearing.Unlock()
}

// end says that the browser has hung up: no call is begun any more.
func (c *connection) end() {
	c.mu.Lock()
	defer c.mu.Unlock()
	close(c.closed)
}

// begins counts a call, unless the browser has hung up.
func (c *connection) begins() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	select {
	case <-c.closed:
		return false
	default:
		c.calling.Add(1)
		return true
	}
}

// wait waits until the browser has hung up and every call has ended.
func (c *connection) wait() {
	<-c.closed
	c.calling.Wait()
}

func (c *connection) handle(session string, h func(method string, params json.RawMessage)) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if h == nil {
		delete(c.handlers, session)
		return
	}
	c.handlers[session] = h
}

func (c *connection) call(ctx context.Context, session, method string, params any) ([]byte, error) {
	c.mu.Lock()
	c.calls++
	n := c.calls
	c.mu.Unlock()
	if c.observer != nil {
		if err := c.observer(Call{Method: method, Number: n}); err != nil {
			return nil, err
		}
	}
	if !c.begins() {
		return nil, fmt.Errorf("%s: %w", method, ErrBrowserGone)
	}
	ctx, cancel := context.WithTimeout(ctx, callBound)
	defer cancel()
	type answer struct {
		data []byte
		err  error
	}
	got := make(chan answer, 1)
	go func() { // ends with its context, at the latest when its caller has gone on
		defer c.calling.Done()
		data, err := c.client.Call(ctx, session, method, params)
		got <- answer{data, err}
	}()
	select {
	case a := <-got:
		if a.err != nil {
			return nil, c.explain(method, a.err)
		}
		return a.data, nil
	case <-c.closed:
		return nil, fmt.Errorf("%s: %w", method, ErrBrowserGone)
	}
}

// explain tells a browser that has hung up from an answer that says no.
func (c *connection) explain(method string, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, os.ErrClosed) || errors.Is(err, syscall.EPIPE) {
		return fmt.Errorf("%s: %w", method, ErrBrowserGone)
	}
	return fmt.Errorf("%s: %w", method, err)
}

// scope binds a connection to a context and a session, in the form the typed requests of proto want.
type scope struct {
	ctx     context.Context
	conn    *connection
	session string
}

var (
	_ proto.Client      = scope{}
	_ proto.Contextable = scope{}
	_ proto.Sessionable = scope{}
)

// Call implements proto.Client.
func (s scope) Call(ctx context.Context, session, method string, params any) ([]byte, error) {
	return s.conn.call(ctx, session, method, params)
}

// GetContext implements proto.Contextable.
func (s scope) GetContext() context.Context { return s.ctx }

// GetSessionID implements proto.Sessionable.
func (s scope) GetSessionID() proto.TargetSessionID { return proto.TargetSessionID(s.session) }
