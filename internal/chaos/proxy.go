package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
)

// handling is what becomes of the first request that takes somebody's access.
type handling string

// The ways of handling it. A process that hears nothing, and sees nothing of what it asked for, cannot know what came of it.
const (
	ordinary handling = ""         // it is carried out and answered
	queued   handling = "queued"   // it is not answered, and carried out much later
	returned handling = "returned" // it is carried out and not answered, and an administrator gives the access back at once
)

// visit is one request to a tenant's service.
type visit struct {
	by       string // whose: the process, or the daemons, whose configuration has that address
	email    string // of whom it is, folded; empty: of nobody in particular
	changing bool
	answered bool // it was carried out, and its answer is about to be given
}

// proxy stands before a tenant's service. It counts the requests that arrive to change somebody, holds what it is
// told to hold and loses answers.
type proxy struct {
	console *console.Console
	server  *http.Server
	address string
	client  http.Client
	meets   func(v visit) // each request waits for it twice: before it is carried out, and before its answer; may be nil

	apart sync.RWMutex // held for writing while access is taken and given back: nobody sees what is in between

	mu        sync.Mutex
	handlings map[string]handling
	commits   map[string][]string      // who sent requests that change somebody, in the order in which they arrived
	waiting   map[string]*http.Request // queued, and not carried out yet
}

func newProxy(con *console.Console) (*proxy, error) {
	l, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("listening before a console: %w", err)
	}
	f := &proxy{console: con, address: l.Addr().String(),
		handlings: map[string]handling{}, commits: map[string][]string{}, waiting: map[string]*http.Request{}}
	f.client.Transport = &http.Transport{MaxIdleConnsPerHost: 4}
	f.server = &http.Server{Handler: f, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = f.server.Serve(l) }() // it says that it was closed
	return f, nil
}

func (f *proxy) close() error {
	f.client.CloseIdleConnections()
	return f.server.Close()
}

// url is the service's address for a process, or for several that need not be told apart.
func (f *proxy) url(by string) string { return "http://" + f.address + "/" + by + "/scim/v2" }

// ServeHTTP implements http.Handler.
func (f *proxy) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	by, rest, _ := strings.Cut(strings.TrimPrefix(r.URL.EscapedPath(), "/"), "/scim/v2")
	body, err := io.ReadAll(r.Body)
	if err != nil { // it has not arrived whole
		panic(http.ErrAbortHandler)
	}
	v := visit{by: by, email: f.whom(rest), changing: r.Method != http.MethodGet}
	address := f.console.SCIMURL() + rest
	if r.URL.RawQuery != "" {
		address += "?" + r.URL.RawQuery
	}
	// What has arrived is carried out, whether or not its sender lives to hear of it.
	on, err := http.NewRequestWithContext(context.WithoutCancel(r.Context()), r.Method, address, bytes.NewReader(body))
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	on.Header = r.Header.Clone()
	becomes := f.count(v, on)
	if f.meets != nil {
		f.meets(v)
	}
	switch becomes {
	case queued:
		panic(http.ErrAbortHandler)
	case returned:
		f.takeAndReturn(on)
		panic(http.ErrAbortHandler)
	}
	f.apart.RLock()
	status, header, text, err := f.carryOut(on)
	f.apart.RUnlock()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if v.answered = true; f.meets != nil {
		f.meets(v)
	}
	for k, all := range header {
		w.Header()[k] = all
	}
	w.WriteHeader(status)
	_, _ = w.Write(text) // whoever asked may have been killed
}

// whom is the e-mail of the user that an address below the service's own names, folded.
func (f *proxy) whom(rest string) string {
	id, ok := strings.CutPrefix(rest, "/Users/")
	if !ok {
		return ""
	}
	for _, u := range f.console.Users() {
		if u.ID == id {
			return userops.FoldEmail(u.Email)
		}
	}
	return ""
}

// count counts a request and says what becomes of it.
func (f *proxy) count(v visit, r *http.Request) handling {
	if !v.changing {
		return ordinary
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.commits[v.email] = append(f.commits[v.email], v.by)
	if len(f.commits[v.email]) > 1 {
		return ordinary
	}
	if f.handlings[v.email] == queued {
		f.waiting[v.email] = r
	}
	return f.handlings[v.email]
}

// arrived is how many requests to change somebody have arrived.
func (f *proxy) arrived() (n int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, all := range f.commits {
		n += len(all)
	}
	return n
}

// arrivals are the senders of the requests to change somebody.
func (f *proxy) arrivals(email string) []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.commits[userops.FoldEmail(email)])
}

func (f *proxy) carryOut(r *http.Request) (status int, header http.Header, text []byte, err error) {
	a, err := f.client.Do(r)
	if err != nil {
		return 0, nil, nil, err
	}
	defer a.Body.Close()
	text, err = io.ReadAll(a.Body)
	return a.StatusCode, a.Header, text, err
}

// takeAndReturn has access be taken, and given back by another administrator.
func (f *proxy) takeAndReturn(r *http.Request) {
	f.apart.Lock()
	defer f.apart.Unlock()
	if _, _, _, err := f.carryOut(r); err != nil {
		return
	}
	_, id, _ := strings.Cut(r.URL.Path, "/Users/")
	_, _ = f.console.SetActive(console.MainOrganisation, console.OwnerEmail, id, true) // the judge sees whether it was
}

// deliver carries out what was queued of somebody.
func (f *proxy) deliver(email string) error {
	f.mu.Lock()
	key := userops.FoldEmail(email)
	r := f.waiting[key]
	delete(f.waiting, key)
	f.mu.Unlock()
	if r == nil {
		return nil
	}
	if _, _, _, err := f.carryOut(r); err != nil {
		return fmt.Errorf("carrying out what was queued of %s: %w", email, err)
	}
	return nil
}
