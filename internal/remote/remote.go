// Package remote shows a page of a browser without a window to a person on another machine, as pictures in a page
// of their own browser, and passes on what they do there with mouse and keys. It listens on this machine only: a
// person comes there by a tunnel, with a token that is good for one browser, once. It keeps nothing of what is
// shown or typed.
package remote

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/billagent/billagent/automation"
)

//go:embed view.html view.js view.css
var files embed.FS

// Bounds of one view.
const (
	mostShown  = 30 * time.Minute // how long one page is shown
	mostMotion = 64 << 10         // bytes of one message: some hundred motions, or a text that is pasted
	mostWaited = 20 * time.Second // for the next picture: a page may rest
	mostMoved  = 200              // motions in one message
	readBound  = 10 * time.Second // for a request to come whole
)

// ErrTooLong says that a page was shown for as long as a page may be.
var ErrTooLong = errors.New("the page was shown for 30 minutes, which is the most")

// View is a place on this machine where a page is shown. Close it.
type View struct {
	listener net.Listener
	server   *http.Server
	token    string
	path     string // below which everything is: the pass goes nowhere else, also not to other ports of this machine
	served   chan struct{}

	mu     sync.Mutex
	pass   string           // what the one browser proves itself by; empty: none has come
	cast   *automation.Cast // nil: no page is shown now
	turns  int              // how many pages were shown, or not any more
	ending chan struct{}    // closed when cast is another one
}

// Open begins to listen on an address of this machine, such as 127.0.0.1:0.
func Open(address string) (*View, error) {
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		return nil, fmt.Errorf("showing a page elsewhere: %w", err)
	}
	if !loopback(host) {
		return nil, fmt.Errorf("showing a page elsewhere: %s is not an address of this machine alone: a tunnel leads there from others", host)
	}
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, fmt.Errorf("showing a page elsewhere: %w", err)
	}
	v := &View{listener: l, token: rand.Text(), path: "/" + rand.Text() + "/", served: make(chan struct{}), ending: make(chan struct{})}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", v.enter)
	mux.HandleFunc("HEAD /{$}", func(w http.ResponseWriter, _ *http.Request) { // it would use the token up, as a preview of links does
		w.WriteHeader(http.StatusMethodNotAllowed)
	})
	for name, file := range map[string]string{"{$}": "view.html", "view.js": "view.js", "view.css": "view.css"} {
		mux.HandleFunc("GET "+v.path+name, v.known(func(w http.ResponseWriter, r *http.Request) { http.ServeFileFS(w, r, files, file) }))
	}
	mux.HandleFunc("GET "+v.path+"frame", v.known(v.frame))
	mux.HandleFunc("GET "+v.path+"state", v.known(v.state))
	mux.HandleFunc("POST "+v.path+"motions", v.known(v.motions))
	v.server = &http.Server{
		Handler: guarded(mux), ReadHeaderTimeout: readBound, IdleTimeout: time.Minute, MaxHeaderBytes: 16 << 10,
		ErrorLog: log.New(io.Discard, "", 0), // what a browser sends wrongly may be what was typed
	}
	go func() {
		defer close(v.served)
		_ = v.server.Serve(l) // it ends with Close
	}()
	return v, nil
}

// Address is where the person's browser is to go, once. The token in it is a credential until it was used.
func (v *View) Address() string { return "http://" + v.listener.Addr().String() + "/?token=" + v.token }

// Close ends all that is shown.
func (v *View) Close() error {
	err := v.server.Close()
	<-v.served
	return err
}

// Show shows a page for as long as do takes, which is bounded.
func (v *View) Show(ctx context.Context, page *automation.Page, do func(context.Context) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, mostShown, ErrTooLong)
	defer cancel()
	cast, stop, err := page.Cast(ctx)
	if err != nil {
		return err
	}
	defer stop()
	v.turn(cast)
	defer v.turn(nil)
	return do(ctx)
}

func (v *View) turn(cast *automation.Cast) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.cast, v.turns = cast, v.turns+1
	close(v.ending)
	v.ending = make(chan struct{})
}

// shown is what is shown now, the how manieth page it is, and what is closed when it is not any more.
func (v *View) shown() (*automation.Cast, int, <-chan struct{}) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.cast, v.turns, v.ending
}

const passName = "billagent_view"

// enter gives the first browser that brings the token a pass, and sends it on to the view: the token does not stay
// in the address.
func (v *View) enter(w http.ResponseWriter, r *http.Request) {
	pass, ok := v.admit(r.URL.Query().Get("token"))
	if !ok {
		http.Error(w, "This address was used already, or is not right. Start the command again for another one.", http.StatusForbidden)
		return
	}
	http.SetCookie(w, &http.Cookie{Name: passName, Value: pass, Path: v.path, HttpOnly: true, SameSite: http.SameSiteStrictMode})
	http.Redirect(w, r, v.path, http.StatusSeeOther)
}

// admit gives out the pass, once.
func (v *View) admit(token string) (pass string, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.pass != "" || subtle.ConstantTimeCompare([]byte(token), []byte(v.token)) != 1 {
		return "", false
	}
	v.pass = rand.Text()
	return v.pass, true
}

// known lets through the browser that was admitted.
func (v *View) known(h http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		v.mu.Lock()
		pass := v.pass
		v.mu.Unlock()
		c, err := r.Cookie(passName)
		if err != nil || pass == "" || subtle.ConstantTimeCompare([]byte(c.Value), []byte(pass)) != 1 {
			http.Error(w, "Open the address that the command has printed.", http.StatusForbidden)
			return
		}
		h(w, r)
	}
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// guarded refuses what another site has a browser send, also where its name leads to this machine.
func guarded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host, _, err := net.SplitHostPort(r.Host)
		if err != nil {
			host = r.Host
		}
		origin := r.Header.Get("Origin")
		if !loopback(host) || origin != "" && origin != "http://"+r.Host || r.Method == http.MethodPost && origin == "" {
			http.Error(w, "This is for a browser on this machine, or one at the end of a tunnel to it.", http.StatusForbidden)
			return
		}
		h := w.Header()
		h.Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; script-src 'self'; style-src 'self'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'")
		h.Set("Cache-Control", "no-store")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("X-Content-Type-Options", "nosniff")
		next.ServeHTTP(w, r)
	})
}

// frame sends the picture that comes after the one whose number is given, or none where none comes for a while.
func (v *View) frame(w http.ResponseWriter, r *http.Request) {
	cast, turn, ending := v.shown()
	if cast == nil {
		http.Error(w, "No page is shown now.", http.StatusServiceUnavailable)
		return
	}
	after := 0
	if of, number, _ := strings.Cut(r.URL.Query().Get("after"), "."); of == strconv.Itoa(turn) {
		after, _ = strconv.Atoi(number) // what is no number is of no picture: the one that there is comes
	}
	ctx, cancel := context.WithTimeout(r.Context(), mostWaited)
	defer cancel()
	go func() {
		select {
		case <-ending:
			cancel()
		case <-ctx.Done():
		}
	}()
	jpeg, number, err := cast.Frame(ctx, after)
	if err != nil {
		w.WriteHeader(http.StatusNoContent)
		return
	}
	w.Header().Set("Content-Type", "image/jpeg")
	w.Header().Set("Frame", fmt.Sprintf("%d.%d", turn, number))
	_, _ = w.Write(jpeg) // who asks may have gone
}

// state says what is shown.
func (v *View) state(w http.ResponseWriter, _ *http.Request) {
	cast, _, _ := v.shown()
	out := struct {
		Shown  bool   `json:"shown"`
		Where  string `json:"where"`
		Width  int    `json:"width"`
		Height int    `json:"height"`
	}{Shown: cast != nil}
	if cast != nil {
		out.Where = cast.Where()
		out.Width, out.Height = cast.Size()
	}
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(out) // who asks may have gone
}

// motions passes on what the person does. What it was is in no answer.
func (v *View) motions(w http.ResponseWriter, r *http.Request) {
	cast, _, _ := v.shown()
	if cast == nil {
		http.Error(w, "No page is shown now.", http.StatusServiceUnavailable)
		return
	}
	_ = http.NewResponseController(w).SetReadDeadline(time.Now().Add(readBound)) // it is none of a connection that cannot have one
	var all []automation.Motion
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, mostMotion)).Decode(&all); err != nil || len(all) > mostMoved {
		http.Error(w, "This cannot be read.", http.StatusBadRequest)
		return
	}
	for _, m := range all {
		if err := cast.Do(r.Context(), m); err != nil {
			http.Error(w, "The page did not take it.", http.StatusConflict)
			return
		}
	}
	w.WriteHeader(http.StatusNoContent)
}
