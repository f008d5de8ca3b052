package automation

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/billagent/billagent/selectors"
	"github.com/go-rod/rod/lib/proto"
)

// How long a page may take to ask for data after it was told to, and how long it must then have asked for nothing more.
// A filter was seen to wait 1 s for more input before its request began; a loaded machine adds to that.
const (
	asksBound = 3 * time.Second
	quietTime = 150 * time.Millisecond
)

// maxAnswers bounds how many answers of one document are remembered: a list of 50,000 rows in windows of 50.
const maxAnswers = 1000

// maxDone bounds how many requests are remembered as ended: more than begin while one act is waited for.
const maxDone = 100

// fetching are the kinds of requests by which a page gets what it shows. Pictures, streams and pings tell nothing
// of rows.
var fetching = []proto.NetworkResourceType{
	proto.NetworkResourceTypeFetch, proto.NetworkResourceTypeXHR, proto.NetworkResourceTypeDocument, proto.NetworkResourceTypeScript,
}

// bringing are those by which a document gets more than the server gave with it.
var bringing = []proto.NetworkResourceType{
	proto.NetworkResourceTypeFetch, proto.NetworkResourceTypeXHR, proto.NetworkResourceTypeEventSource, proto.NetworkResourceTypeWebSocket,
}

// traffic is what a page has asked for and been answered. Its events arrive in another goroutine than its readers.
type traffic struct {
	mu       sync.Mutex
	begun    int // requests so far; a request's number is what begun was then
	open     map[proto.NetworkRequestID]*exchange
	done     []*exchange // ended, the latest of them, oldest first
	answers  []*exchange // ended well, of the document shown, oldest first
	finished time.Time   // when a request ended last
	brings   bool        // the document shown, or the one before as it went, has fetched something
	workers  map[proto.TargetSessionID]bool
	changed  chan struct{}
}

// exchange is one request and its answer.
type exchange struct {
	id      proto.NetworkRequestID
	loader  proto.NetworkLoaderID
	number  int
	at      time.Time // when it began
	address string
	status  int
}

func newTraffic() *traffic {
	return &traffic{open: map[proto.NetworkRequestID]*exchange{}, workers: map[proto.TargetSessionID]bool{}, changed: make(chan struct{})}
}

// tell wakes whoever waits. The caller holds the lock.
func (t *traffic) tell() {
	close(t.changed)
	t.changed = make(chan struct{})
}

func (t *traffic) begins(e proto.NetworkRequestWillBeSent) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if slices.Contains(bringing, e.Type) || e.Type == proto.NetworkResourceTypeScript && bringsRows(e) {
		t.brings = true
	}
	if !slices.Contains(fetching, e.Type) {
		return
	}
	if on := t.open[e.RequestID]; on != nil { // it was redirected
		on.address = e.Request.URL
		return
	}
	t.begun++
	t.open[e.RequestID] = &exchange{id: e.RequestID, loader: e.LoaderID, number: t.begun, at: time.Now(), address: e.Request.URL}
	t.tell()
}

// bringsRows says that a script may be an answer of its own, made for this page: one that another script has put in, or
// whose address asks for something. The others are the program of the page.
func bringsRows(e proto.NetworkRequestWillBeSent) bool {
	written := e.Initiator != nil && e.Initiator.Type == proto.NetworkInitiatorTypeParser
	return !written || strings.Contains(e.Request.URL, "?")
}

// works notes that a worker is there, whose requests are not among the page's. It may stay over the document shown.
func (t *traffic) works(worker proto.TargetSessionID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.brings = true
	t.workers[worker] = true
}

// worksNoMore notes that a worker has ended.
func (t *traffic) worksNoMore(worker proto.TargetSessionID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	delete(t.workers, worker)
}

// connects notes that the document shown has opened a socket.
func (t *traffic) connects() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.brings = true
}

// fetched says that the document shown has got, or may have got of a worker, more than the server gave with it.
func (t *traffic) fetched() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.brings || len(t.workers) > 0
}

func (t *traffic) responds(e proto.NetworkResponseReceived) {
	t.mu.Lock()
	defer t.mu.Unlock()
	on := t.open[e.RequestID]
	if on == nil {
		return
	}
	on.status = e.Response.Status
	if e.Response.MIMEType == "text/event-stream" { // it has no end
		delete(t.open, e.RequestID)
		t.tell()
	}
}

func (t *traffic) ends(id proto.NetworkRequestID, whole bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	on := t.open[id]
	if on == nil {
		return
	}
	delete(t.open, id)
	t.finished = time.Now()
	t.done = latest(append(t.done, on), maxDone)
	if whole && on.status < 400 {
		t.answers = latest(append(t.answers, on), maxAnswers)
	}
	t.tell()
}

func latest(xs []*exchange, n int) []*exchange { return xs[max(0, len(xs)-n):] }

// follows forgets what the document before asked for: another has taken its place.
func (t *traffic) follows(loader proto.NetworkLoaderID) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for id, on := range t.open {
		if on.loader != loader {
			delete(t.open, id)
		}
	}
	t.brings = false // nothing of a document is fetched before it is shown
	t.answers = slices.DeleteFunc(t.answers, func(a *exchange) bool { return a.loader != loader })
	t.tell()
}

// mark numbers the latest request so far: those that begin from now on have higher numbers.
func (t *traffic) mark() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.begun
}

// quest says which requests are waited for.
type quest struct {
	open  int                       // none of those after this mark may be under way, nor of those begun of late
	ended int                       // one of those after this mark must have ended, unless none begins
	about func(address string) bool // which addresses count; nil: all
	begin time.Duration             // how long one may take to begin
	late  bool                      // wait for requests before the mark, too, unless they are older than pollAge
}

// pollAge is how long a request must have been under way to be taken for one that waits for news and has no end.
const pollAge = 5 * time.Second

// look says how many requests of a quest are under way, whether one has ended, and since when none has.
func (t *traffic) look(q quest) (open int, ended bool, still time.Duration, changed chan struct{}) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, on := range t.open {
		if (on.number > q.open || q.late && time.Since(on.at) < pollAge) && (q.about == nil || q.about(on.address)) {
			open++
		}
	}
	for _, d := range t.done {
		ended = ended || d.number > q.ended && (q.about == nil || q.about(d.address))
	}
	return open, ended, time.Since(t.finished), t.changed
}

// rest waits until what was asked for has been answered, or nothing was asked for, and nothing more is under way. It
// returns false if that is not so within bound.
func (p *Page) rest(ctx context.Context, q quest, bound time.Duration) (bool, error) {
	began, end := time.Now().Add(q.begin), time.Now().Add(bound)
	for {
		open, ended, still, changed := p.traffic.look(q)
		wake := time.Until(end)
		switch {
		case open > 0:
		case !ended && time.Now().After(began), ended && still >= quietTime:
			return true, nil
		case !ended:
			wake = min(wake, time.Until(began))
		default:
			wake = min(wake, quietTime-still)
		}
		if time.Now().After(end) {
			return false, nil
		}
		if q.late {
			wake = min(wake, pollAge/10) // its own ageing is no event
		}
		if err := p.idle(ctx, changed, wake+time.Millisecond); err != nil {
			return false, err
		}
	}
}

// idle waits for a change of the traffic, at most for a while.
func (p *Page) idle(ctx context.Context, changed <-chan struct{}, most time.Duration) error {
	t := time.NewTimer(max(0, most))
	defer t.Stop()
	select {
	case <-changed:
	case <-t.C:
	case <-ctx.Done():
		return fmt.Errorf("waiting for the page's requests: %w", context.Cause(ctx))
	case <-p.owner.browser.conn.closed:
		return ErrBrowserGone
	}
	return nil
}

// Asks does something that makes the page ask for data anew, and waits for the answer: what the page shows until
// then is what it showed before. about says which addresses count, nil for any. do returns false where nothing was
// done after all. A page that asks for nothing within asksBound has what it needs.
func (p *Page) Asks(ctx context.Context, t *selectors.Target, about func(string) bool, bound time.Duration, do func() (bool, error)) error {
	mark := p.traffic.mark()
	if did, err := do(); err != nil || !did {
		return err
	}
	ok, err := p.rest(ctx, quest{open: mark, ended: mark, about: about, begin: min(asksBound, bound)}, bound)
	if _, answered, _, _ := p.traffic.look(quest{ended: mark, about: about}); ok && err == nil && !answered { // it may be another request
		ok, err = p.rest(ctx, quest{open: mark, ended: mark}, bound)
	}
	if err == nil && !ok {
		err = &Error{Act: "await the answer after", Target: t.Name, Kind: ErrUnreachable, Last: "what the page asked for has not been answered",
			Waited: bound.String(), Want: "answered", Page: WithoutQuery(p.URL())}
	}
	return err
}
