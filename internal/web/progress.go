package web

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/event"
)

// Bounds of streams. Whoever gets none has the page load itself anew.
const (
	streamsMost      = 64
	streamsOfSession = 6
	streamBound      = 10 * time.Minute // a browser then asks again by itself
	streamLook       = time.Second      // how often the journal is looked at: other processes write there, too
	streamBeat       = 15               // looks without news, after which a line shows whether the connection is there
	streamWrite      = 10 * time.Second
)

// progress passes on what paths of this process do now.
type progress struct {
	mu      sync.Mutex
	latest  map[string]string // by tenant
	streams map[chan event.Step]bool
}

func newProgress() *progress {
	return &progress{latest: map[string]string{}, streams: map[chan event.Step]bool{}}
}

// Tell takes an event. It waits for nobody, and may be called from several goroutines.
func (s *Site) Tell(e event.Event) {
	p := s.progress
	p.mu.Lock()
	defer p.mu.Unlock()
	switch e := e.(type) {
	case event.Step:
		p.latest[e.Tenant] = e.Text
		for c := range p.streams {
			select {
			case c <- e:
			default: // who reads slowly misses some
			}
		}
	case event.Scheduled:
		delete(p.latest, e.Tenant)
	}
}

// now is what a tenant's path does now, as far as this process knows.
func (p *progress) now(tenant string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.latest[tenant]
}

func (p *progress) listen() (steps chan event.Step, done func(), ok bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.streams) >= streamsMost {
		return nil, nil, false
	}
	steps = make(chan event.Step, 16)
	p.streams[steps] = true
	return steps, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		delete(p.streams, steps)
	}, true
}

// watched is what a stream tells of.
type watched struct {
	after  int64  // the last event that is known
	op     string // may be empty
	tenant string // that of op
	at     int64  // when op was changed, as it is known
}

// stream tells, as server-sent events, what is done now ("step"), and that what is shown is not so any more
// ("changed").
func (s *Site) stream(w http.ResponseWriter, r *http.Request, who *person) error {
	closed, ok := s.sessions.openStream(who.id)
	if !ok {
		return errTooManyStreams(w)
	}
	defer closed()
	steps, done, ok := s.progress.listen()
	if !ok {
		return errTooManyStreams(w)
	}
	defer done()
	q := r.URL.Query()
	var is watched
	is.after, _ = strconv.ParseInt(q.Get("after"), 10, 64)
	is.at, _ = strconv.ParseInt(q.Get("at"), 10, 64)
	if id := q.Get("op"); id != "" {
		o, err := s.Service.Operation(r.Context(), id)
		if err != nil || o.ID != id {
			return errNoPage
		}
		is.op, is.tenant = id, o.Tenant
	}
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("X-Accel-Buffering", "no")
	s.tellOn(w, r, who, is, steps)
	return nil
}

func errTooManyStreams(w http.ResponseWriter) error {
	w.Header().Set("Retry-After", "30")
	http.Error(w, "too many pages are open", http.StatusServiceUnavailable)
	return nil
}

// tellOn writes until what is shown has changed, the session has ended, or the bound has passed.
func (s *Site) tellOn(w http.ResponseWriter, r *http.Request, who *person, is watched, steps <-chan event.Step) {
	to := http.NewResponseController(w)
	say := func(text string) bool {
		if to.SetWriteDeadline(time.Now().Add(streamWrite)) != nil {
			return false
		}
		if _, err := fmt.Fprint(w, text); err != nil {
			return false
		}
		return to.Flush() == nil
	}
	if to.SetReadDeadline(time.Time{}) != nil { // the server's own would end the request
		return
	}
	look, bound, quiet := time.NewTicker(streamLook), time.NewTimer(streamBound), 0
	defer look.Stop()
	defer bound.Stop()
	for going := say("retry: 3000\n\n"); going; {
		select {
		case <-r.Context().Done():
			return
		case <-bound.C:
			return
		case one := <-steps:
			if is.tenant == "" || one.Tenant != is.tenant {
				continue
			}
			text, err := json.Marshal(visible(one.Text))
			going = err == nil && say("event: step\ndata: "+string(text)+"\n\n")
		case <-look.C:
			if !s.sessions.holds(who.id) || s.changed(r, is) {
				say("event: changed\ndata: 1\n\n")
				return
			}
			if quiet++; quiet%streamBeat == 0 {
				going = say(": nothing new\n\n")
			}
		}
	}
}

// changed says that something has happened since. What cannot be read has changed, too: the page then says why.
func (s *Site) changed(r *http.Request, is watched) bool {
	last, err := s.Service.LastEvent(r.Context())
	if err != nil || last != is.after {
		return true
	}
	if is.op == "" {
		return false
	}
	o, err := s.Service.Operation(r.Context(), is.op)
	return err != nil || o.UpdatedAt.UnixMicro() != is.at
}
