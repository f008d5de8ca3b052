// Package listener opens addresses and serves HTTP on them, with the bounds that every server of this program has.
// What is served it does not know. An address that others can reach has TLS, or is not opened.
package listener

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/secret"
)

// Address is where to listen.
type Address struct {
	Section          string // of the configuration, for errors
	Listen           string // host:port
	Certificate, Key secret.Ref
}

// Open opens the address. Without a certificate only this machine may reach it; the configuration was asked about
// that already, and here it is what a name has come to.
func (a Address) Open(ctx context.Context) (net.Listener, error) {
	var conf *tls.Config
	if a.Certificate != "" {
		certificate, err := a.Certificate.Fetch(ctx)
		if err != nil {
			return nil, fmt.Errorf("%w: %s.certificate: %w", config.ErrInvalid, a.Section, err)
		}
		key, err := a.Key.Fetch(ctx)
		if err != nil {
			return nil, fmt.Errorf("%w: %s.key: %w", config.ErrInvalid, a.Section, err)
		}
		pair, err := tls.X509KeyPair([]byte(certificate), []byte(key))
		if err != nil {
			return nil, fmt.Errorf("%w: %s.certificate and key: %w", config.ErrInvalid, a.Section, err)
		}
		conf = &tls.Config{MinVersion: tls.VersionTLS12, Certificates: []tls.Certificate{pair},
			NextProtos: []string{"h2", "http/1.1"}}
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", a.Listen)
	if err != nil {
		return nil, fmt.Errorf("listening at %s.listen: %w", a.Section, err)
	}
	if at, ok := l.Addr().(*net.TCPAddr); conf == nil && (!ok || !at.IP.IsLoopback()) {
		err := fmt.Errorf("%w: %s.listen: others can reach %s: without certificate and key only an address of this machine",
			config.ErrInvalid, a.Section, l.Addr())
		return nil, errors.Join(err, l.Close())
	}
	if conf != nil {
		l = tls.NewListener(l, conf)
	}
	return l, nil
}

// stopBound is how long a stop waits for answers under way.
const stopBound = 2 * time.Second

// Bounds of a connection. An answer that takes longer than writeBound sets its own.
const (
	headerBound = 5 * time.Second
	readBound   = 10 * time.Second
	writeBound  = 15 * time.Second
	idleBound   = time.Minute
	headerBytes = 16 << 10
)

// Serve answers until ctx ends, and returns when nothing is under way any more. what is served is named in the log.
// The contexts of requests end with ctx.
func Serve(ctx context.Context, l net.Listener, h http.Handler, what string, log *slog.Logger) {
	s := &http.Server{
		Handler: h, ReadHeaderTimeout: headerBound, ReadTimeout: readBound, WriteTimeout: writeBound, IdleTimeout: idleBound,
		MaxHeaderBytes: headerBytes, ErrorLog: slog.NewLogLogger(log.Handler(), slog.LevelDebug),
		BaseContext: func(net.Listener) context.Context { return ctx },
	}
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		<-ctx.Done()
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopBound)
		defer cancel()
		if err := s.Shutdown(bounded); err != nil {
			_ = s.Close()
		}
	}()
	if err := s.Serve(l); err != nil && !errors.Is(err, http.ErrServerClosed) {
		log.Error(what+" has ended", "error", err)
		return
	}
	<-stopped
}
