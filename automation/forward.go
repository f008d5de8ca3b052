package automation

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"
)

// forwarder is a proxy on this machine for a session that is thrown away: pages can read through it until it is told to
// deny, WebSocket and WebTransport never pass. What Fetch cannot hold (sockets, speculation) ends here.
type forwarder struct {
	listener net.Listener
	server   *http.Server
	done     chan struct{}

	mu     sync.Mutex
	denies bool
	open   map[net.Conn]bool // to servers
}

// unused is a port at which nothing listens: sockets are sent there.
const unused = "socks=127.0.0.1:1"

func newForwarder() (*forwarder, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("opening a proxy for a rehearsal: %w", err)
	}
	f := &forwarder{listener: l, done: make(chan struct{}), open: map[net.Conn]bool{}}
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: f.dial, ForceAttemptHTTP2: false}
	pass := &httputil.ReverseProxy{Rewrite: func(*httputil.ProxyRequest) {}, Transport: transport,
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, err error) {
			http.Error(w, err.Error(), http.StatusBadGateway)
		}}
	f.server = &http.Server{ReadHeaderTimeout: dialBound, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Method == http.MethodConnect:
			f.tunnel(w, r)
		case r.Header.Get("Upgrade") != "":
			http.Error(w, "a rehearsal opens no sockets", http.StatusForbidden)
		default:
			pass.ServeHTTP(w, r)
		}
	})}
	go func() {
		defer close(f.done)
		_ = f.server.Serve(l) // it ends when the forwarder is closed
	}()
	return f, nil
}

// settings are what a browser context takes as its proxy.
func (f *forwarder) settings() string {
	at := f.listener.Addr().String()
	return "http=" + at + ";https=" + at + ";" + unused
}

// deny cuts what is open and lets nothing pass from now on.
func (f *forwarder) deny() {
	f.mu.Lock()
	f.denies = true
	open := slices.Collect(maps.Keys(f.open))
	f.mu.Unlock() // each forgets itself
	for _, c := range open {
		_ = c.Close()
	}
}

func (f *forwarder) close() error {
	f.deny()
	err := f.server.Close()
	<-f.done
	return err
}

const dialBound = 20 * time.Second

var errDenied = errors.New("a rehearsal lets nothing pass at its press")

// dial connects to a server. Names below localhost are this machine's own (RFC 6761), whatever the resolver says.
func (f *forwarder) dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return nil, err
	}
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	conn, err := (&net.Dialer{Timeout: dialBound}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.denies {
		return nil, errors.Join(errDenied, conn.Close())
	}
	kept := &keptConn{Conn: conn, f: f}
	f.open[kept] = true
	return kept, nil
}

// keptConn forgets itself when it is closed.
type keptConn struct {
	net.Conn
	f *forwarder
}

// Close implements net.Conn.
func (c *keptConn) Close() error {
	c.f.mu.Lock()
	delete(c.f.open, c)
	c.f.mu.Unlock()
	return c.Conn.Close()
}

// tunnel passes a TLS connection on, through the environment's proxy where there is one.
func (f *forwarder) tunnel(w http.ResponseWriter, r *http.Request) {
	server, err := f.connect(r.Context(), r.Host)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	hijacker, ok := w.(http.Hijacker)
	if !ok {
		_ = server.Close()
		return
	}
	browser, buffered, err := hijacker.Hijack()
	if err != nil {
		_ = server.Close()
		return
	}
	if _, err := io.WriteString(browser, "HTTP/1.1 200 Connection established\r\n\r\n"); err == nil {
		both := make(chan struct{}, 2)
		pipe := func(to io.Writer, from io.Reader) { _, _ = io.Copy(to, from); both <- struct{}{} }
		go pipe(server, buffered)
		go pipe(browser, server)
		<-both
		_, _ = browser.Close(), server.Close() // which ends the other
		<-both
		return
	}
	_, _ = browser.Close(), server.Close()
}

func (f *forwarder) connect(ctx context.Context, host string) (net.Conn, error) {
	via, err := http.ProxyFromEnvironment(&http.Request{URL: &url.URL{Scheme: "https", Host: host}})
	if err != nil || via == nil {
		return f.dial(ctx, "tcp", host)
	}
	conn, err := f.dial(ctx, "tcp", via.Host)
	if err != nil {
		return nil, err
	}
	ask := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: host}, Host: host, Header: http.Header{}}
	if via.User != nil {
		password, _ := via.User.Password()
		ask.SetBasicAuth(via.User.Username(), password)
		ask.Header.Set("Proxy-Authorization", ask.Header.Get("Authorization"))
		ask.Header.Del("Authorization")
	}
	if err := ask.Write(conn); err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	answer, err := http.ReadResponse(bufio.NewReader(conn), ask)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if answer.StatusCode != http.StatusOK {
		return nil, errors.Join(fmt.Errorf("the proxy answered %s", answer.Status), conn.Close())
	}
	return conn, nil
}
