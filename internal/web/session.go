package web

import (
	"crypto/rand"
	"crypto/sha256"
	"net/http"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/config"
)

// sessionID is the hash of what a browser has: what is in memory does not let anybody in.
type sessionID [sha256.Size]byte

// session is somebody being signed in.
type session struct {
	email       string
	acts        bool
	began, used time.Time
	streams     int // that are open
}

// Bounds of sessions: beyond them the one that was not used for longest ends.
const (
	sessionsKept     = 1000
	sessionsOfPerson = 20
)

// sessions are those who are signed in. They are in memory only: whoever stops the daemon signs everybody out.
type sessions struct {
	now        func() time.Time
	idle, most time.Duration

	mu  sync.Mutex
	all map[sessionID]*session
}

func newSessions(now func() time.Time, idle, most time.Duration) *sessions {
	return &sessions{now: now, idle: idle, most: most, all: map[sessionID]*session{}}
}

// begin signs somebody in, and returns what their browser is to have.
func (s *sessions) begin(email, may string) (secret string) {
	secret = rand.Text()
	now := s.now()
	s.mu.Lock()
	defer s.mu.Unlock()
	own := 0
	for id, one := range s.all {
		if s.over(one, now) {
			delete(s.all, id)
		} else if one.email == email {
			own++
		}
	}
	if own >= sessionsOfPerson {
		s.endOldest(func(one *session) bool { return one.email == email })
	}
	if len(s.all) >= sessionsKept {
		s.endOldest(func(*session) bool { return true })
	}
	s.all[sha256.Sum256([]byte(secret))] = &session{email: email, acts: may == config.MayAct, began: now, used: now}
	return secret
}

// endOldest ends the one of them that was not used for longest. s.mu must be held.
func (s *sessions) endOldest(of func(*session) bool) {
	var oldest sessionID
	var at time.Time
	for id, one := range s.all {
		if of(one) && (at.IsZero() || one.used.Before(at)) {
			oldest, at = id, one.used
		}
	}
	delete(s.all, oldest)
}

func (s *sessions) over(one *session, now time.Time) bool {
	return now.Sub(one.used) >= s.idle || now.Sub(one.began) >= s.most
}

// use finds who is signed in with a request. touch says that somebody is there: a page that asks by itself keeps no
// session from ending.
func (s *sessions) use(r *http.Request, cookie string, touch bool) (*person, bool) {
	c, err := r.Cookie(cookie)
	if err != nil {
		return nil, false
	}
	id := sessionID(sha256.Sum256([]byte(c.Value)))
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.all[id]
	if !ok {
		return nil, false
	}
	now := s.now()
	if s.over(one, now) {
		delete(s.all, id)
		return nil, false
	}
	if touch {
		one.used = now
	}
	return &person{Email: one.email, Acts: one.acts, id: id}, true
}

// holds says that a session has not ended.
func (s *sessions) holds(id sessionID) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.all[id]
	return ok && !s.over(one, s.now())
}

// end signs out.
func (s *sessions) end(id sessionID) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.all, id)
}

// openStream counts a stream of a session, until closed. It says no where one has too many.
func (s *sessions) openStream(id sessionID) (done func(), ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	one, ok := s.all[id]
	if !ok || one.streams >= streamsOfSession {
		return nil, false
	}
	one.streams++
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		one.streams--
	}, true
}
