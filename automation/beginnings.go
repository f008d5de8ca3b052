package automation

import (
	"sync"

	"github.com/go-rod/rod/lib/proto"
)

// beginnings are the requests that a session has begun before its press. A browser tells that a page or a worker
// begins a request in another way than it holds it, and not in order with it: on a busy machine what was begun
// before the press came to the gate after it.
type beginnings struct {
	mu    sync.Mutex
	ended bool                              // the press comes now, or has come
	ids   map[proto.NetworkRequestID]string // with their addresses
}

func (b *beginnings) note(id proto.NetworkRequestID, address string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ended {
		return
	}
	if b.ids == nil {
		b.ids = map[proto.NetworkRequestID]string{}
	}
	b.ids[id] = address
}

func (b *beginnings) end() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.ended = true
}

// has says that a request that comes to the gate now was begun before the press. It is asked once for each, as it
// comes.
func (b *beginnings) has(id proto.NetworkRequestID) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	_, begun := b.ids[id]
	delete(b.ids, id)
	return begun || !b.ended
}

// begins notes that a page or a worker of a session begins a request.
func (b *Browser) begins(owner proto.BrowserBrowserContextID, e proto.NetworkRequestWillBeSent) {
	b.mu.Lock()
	g := b.gates[owner]
	b.mu.Unlock()
	if g != nil && e.Request != nil {
		g.begun.note(e.RequestID, e.Request.URL)
	}
}
