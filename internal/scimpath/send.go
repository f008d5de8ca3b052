package scimpath

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/billagent/billagent/internal/change"
)

// write is one request that changes something.
type write struct {
	method, path, match string
	body                any
	// safe says, once the service was not able to do it (503), that sending it again cannot do it twice. Nil: it
	// always is.
	safe func(ctx context.Context) bool
}

// errRehearsed ends a rehearsal where the first request would be sent.
var errRehearsed = errors.New("rehearsed")

// sender sends what one change consists of. Nothing is sent before whoever accompanies the change has agreed, each
// time.
type sender struct {
	p *Path
	c *change.Change

	sends     int  // requests that were sent, or may have been, other than those that the service does not offer at all
	accepted  int  // requests that were accepted
	doubtful  bool // the answer to one was lost, or was a failure: it may have been done
	requested bool // the service said that it will be done later (202)
}

// maxSends bounds how often a request is sent that the service asks to be sent later.
const maxSends = 5

// refused says that all that was sent was refused before anything was done.
func (s *sender) refused() bool { return s.accepted == 0 && !s.doubtful }

// do sends a request once. Only where the service says that it has not even looked at it, or where doing it twice
// changes nothing more, it is sent again when the service asks for that.
func (s *sender) do(ctx context.Context, w write) (answer, error) {
	if s.c.Hooks.DryRun {
		s.p.rehearsed(w)
		return answer{}, errRehearsed
	}
	for attempt := 1; ; attempt++ {
		if err := s.c.Intend(ctx); err != nil {
			return answer{}, err
		}
		if err := ctx.Err(); err != nil {
			return answer{}, err
		}
		s.sends++
		// What is being sent is sent to its end, bounded by the client: broken off, nobody would know what came of it.
		a, err := s.p.client.send(context.WithoutCancel(ctx), w.method, w.path, w.match, w.body)
		s.c.Hooks.Acted(ctx)
		if err != nil {
			s.doubtful = true
			return answer{}, err
		}
		said := serviceError(a)
		if said == nil {
			s.accepted++
			s.requested = s.requested || a.status == http.StatusAccepted
			return a, nil
		}
		s.doubtful = s.doubtful || !said.definite()
		later, asked := s.later(said, a.header, attempt)
		if !asked {
			return answer{}, said
		}
		s.p.opts.Progress("the service asks to wait " + later.Round(time.Second).String())
		if err := change.Wait(ctx, later); err != nil {
			return answer{}, said // it refused the last one; what came of it is looked at now
		}
		if said.Status == http.StatusServiceUnavailable && w.safe != nil && !w.safe(ctx) {
			return answer{}, said
		}
	}
}

// later says when to send a refused request again. Where the service does not name a time, chance has a part in it.
func (s *sender) later(said *ServiceError, h http.Header, attempt int) (time.Duration, bool) {
	d, named := retryAfter(h)
	if !named {
		d = time.Duration(attempt) * (time.Second + rand.N(500*time.Millisecond))
	}
	busy := said.Status == http.StatusTooManyRequests || said.Status == http.StatusServiceUnavailable
	return d, busy && attempt < maxSends && d <= s.p.opts.Bounds.Wait
}
