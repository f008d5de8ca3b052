package web

import (
	"net/http"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// How often one client may ask. A page brings a style, a script and up to some dozen pictures with it.
const (
	requestEvery = 50 * time.Millisecond
	requestBurst = 300
	signInEvery  = 6 * time.Second
	signInBurst  = 10
)

// clientsKept is how many clients are told apart. Beyond it those are forgotten who have not asked for long.
const clientsKept = 4096

// clients counts what each client asks for.
type clients struct {
	now   func() time.Time
	every time.Duration
	burst int

	mu  sync.Mutex
	all map[string]*rate.Limiter
}

func newClients(now func() time.Time, every time.Duration, burst int) *clients {
	return &clients{now: now, every: every, burst: burst, all: map[string]*rate.Limiter{}}
}

func (c *clients) allow(r *http.Request) bool {
	now, who := c.now(), clientOf(r)
	c.mu.Lock()
	defer c.mu.Unlock()
	l := c.all[who]
	if l == nil {
		if len(c.all) >= clientsKept {
			c.forget(now)
		}
		l = rate.NewLimiter(rate.Every(c.every), c.burst)
		c.all[who] = l
	}
	return l.AllowN(now, 1)
}

// forget drops the clients that may ask as often as a new one, or all where none may. c.mu must be held.
func (c *clients) forget(now time.Time) {
	for who, l := range c.all {
		if l.TokensAt(now) >= float64(c.burst) {
			delete(c.all, who)
		}
	}
	if len(c.all) >= clientsKept {
		clear(c.all)
	}
}
