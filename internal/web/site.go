// Package web is the daemon's page: what is scheduled, what became of it with its evidence, and forms to cancel it or
// give it another time. It is a face: it shows what the service says and asks the service for changes, so that the
// rules are those of the command line. Nothing is shown to anybody who has not signed in, nothing is changed by a
// GET, and every change is recorded under the name of who asked for it.
package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/listener"
	"github.com/billagent/billagent/internal/service"
)

// Options say what a site shows and to whom.
type Options struct {
	Config  *config.Config
	Service *service.Service
	Base    *url.URL // as browsers have the site: its scheme and host
	Log     *slog.Logger
	Now     func() time.Time // of sessions; nil: the machine's clock
}

// Site is the page with those who are signed in.
type Site struct {
	Options
	sessions *sessions
	progress *progress
	provider *provider // nil: there is none
	signIns  *clients  // how often each client may try to sign in
	requests *clients  // how often each client may ask for anything
}

// New makes a site.
func New(o Options) (*Site, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	s := &Site{Options: o, progress: newProgress(),
		signIns: newClients(o.Now, signInEvery, signInBurst), requests: newClients(o.Now, requestEvery, requestBurst)}
	s.sessions = newSessions(o.Now, o.Config.Web.Idle, o.Config.Web.Session)
	if o.Config.Web.OIDC.Issuer != "" {
		var err error
		redirect := o.Base.JoinPath("sign-in", "callback").String()
		if s.provider, err = newProvider(o.Config.Web.OIDC, redirect, o.Now); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// Listen opens the address of the configuration, and says what browsers have it as.
func Listen(ctx context.Context, c config.Web) (net.Listener, *url.URL, error) {
	l, err := listener.Address{Section: "web", Listen: c.Listen, Certificate: c.Certificate, Key: c.Key}.Open(ctx)
	if err != nil {
		return nil, nil, err
	}
	if c.Address == "" {
		scheme := "http"
		if c.Certificate != "" {
			scheme = "https"
		}
		return l, &url.URL{Scheme: scheme, Host: l.Addr().String()}, nil
	}
	u, err := url.Parse(c.Address)
	if err != nil {
		return nil, nil, errors.Join(fmt.Errorf("%w: web.address: %w", config.ErrInvalid, err), l.Close())
	}
	usual := map[string]string{"https": ":443", "http": ":80"}[u.Scheme] // browsers leave it out
	return l, &url.URL{Scheme: u.Scheme, Host: strings.TrimSuffix(u.Host, usual)}, nil
}

// Serve answers until ctx ends, and returns when nothing is under way any more.
func (s *Site) Serve(ctx context.Context, l net.Listener) {
	listener.Serve(ctx, l, s.Handler(), "the page", s.Log)
}

// Handler answers requests.
func (s *Site) Handler() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /assets/{file}", s.asset)
	mux.HandleFunc("GET /sign-in", s.signInPage)
	mux.HandleFunc("POST /sign-in", s.signIn)
	mux.HandleFunc("GET /sign-in/provider", s.toProvider)
	mux.HandleFunc("GET /sign-in/callback", s.fromProvider)
	mux.HandleFunc("POST /sign-out", s.signOut)

	mux.Handle("GET /{$}", s.signed(s.list))
	mux.Handle("GET /schedules/{id}", s.signed(s.schedule))
	mux.Handle("GET /operations/{id}", s.signed(s.operation))
	mux.Handle("GET /operations/{id}/evidence/{file}", s.signed(s.evidence))
	mux.Handle("GET /progress", s.signed(s.stream))
	for path, form := range map[string]handler{
		"/schedules/{id}/cancel": s.cancel, "/schedules/{id}/reschedule": s.reschedule, "/tenants/{name}/resume": s.resume,
	} {
		mux.Handle("GET "+path, s.acting(form))
		mux.Handle("POST "+path, s.acting(form))
	}
	mux.Handle("/", s.signed(func(http.ResponseWriter, *http.Request, *person) error { return errNoPage }))
	return s.guard(mux)
}

// person is who has signed in, as of one request.
type person struct {
	Email string
	Acts  bool // may cancel, reschedule, resume
	id    sessionID
}

// handler answers somebody who has signed in. An error is shown as a page.
type handler func(w http.ResponseWriter, r *http.Request, who *person) error

// signed has only those come to a handler who have signed in; others are sent to do so.
func (s *Site) signed(h handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		who, ok := s.sessions.use(r, s.cookieName(), byAPerson(r))
		if !ok {
			s.askToSignIn(w, r)
			return
		}
		if err := h(w, r, who); err != nil {
			s.fail(w, who, err)
		}
	})
}

// byAPerson says that somebody asks for a page, and not the page itself: for what is new, or for its pictures.
func byAPerson(r *http.Request) bool {
	kind := r.Header.Get("Sec-Fetch-Dest")
	return r.URL.Path != "/progress" && r.URL.Query().Get("by") != "itself" && (kind == "" || kind == "document")
}

// acting is signed for those who may act.
func (s *Site) acting(h handler) http.Handler {
	return s.signed(func(w http.ResponseWriter, r *http.Request, who *person) error {
		if !who.Acts {
			return errOnlyViews
		}
		if r.Method == http.MethodPost {
			r.Body = http.MaxBytesReader(w, r.Body, formBytes)
			if err := r.ParseForm(); err != nil {
				return fmt.Errorf("%w: %w", errForm, err)
			}
		}
		return h(w, r, who)
	})
}

// formBytes is how long a form may be: the longest has a reason of 1,000 bytes, of which each may be written in three.
const formBytes = 16 << 10
