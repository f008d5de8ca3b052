// Package service is what every face of billagent calls, be it the command line, a page or a protocol: it opens tenants, keeps
// the journal, the audit log, the guards, sessions and browsers, and is the one place where these are put together. It neither
// parses what is asked for nor prints what comes of it.
package service

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
)

// Options say how a service works. The zero value is usable.
type Options struct {
	Version string        // of the program, for the audit log
	AtOnce  int           // how many tenants may be worked on at the same time, each with a browser of its own; 0 means 4
	Idle    time.Duration // after how long without work a tenant's browser is closed; 0 means 2 min
	// Ask has a person type a verification code. Nil where nobody is there.
	Ask func(ctx context.Context, question string) (string, error)
	Log *slog.Logger
}

// Service serves the tenants of a configuration. Its methods may be called from several goroutines: different tenants are
// worked on side by side, one tenant's work in the order in which it was asked for. Close it.
type Service struct {
	config *config.Config
	opts   Options
	slots  chan struct{} // one for each tenant whose path is in use
	room   sync.Mutex    // held while room is made

	mu      sync.Mutex
	tenants map[string]*served
	closed  bool
	records *records // nil until needed
}

// New makes a service. Nothing is opened or started before it is needed.
func New(c *config.Config, o Options) *Service {
	if o.AtOnce == 0 {
		o.AtOnce = 4
	}
	if o.Idle == 0 {
		o.Idle = 2 * time.Minute
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{config: c, opts: o, slots: make(chan struct{}, o.AtOnce), tenants: map[string]*served{}}
}

// errClosed is what a caller is told who comes after Close.
var errClosed = errors.New("the service is closing")

// Close waits for the work under way, whose callers may cancel it, and closes every browser and the journal.
func (s *Service) Close() error {
	s.mu.Lock()
	s.closed = true
	all := s.all()
	s.mu.Unlock()
	var errs []error
	for _, v := range all {
		v.turn <- struct{}{}
		errs = append(errs, v.close())
		<-v.turn
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.records != nil {
		errs = append(errs, s.records.close())
		s.records = nil
	}
	return errors.Join(errs...)
}

// all are the tenants that were opened, the one that was used last at the end. s.mu must be held.
func (s *Service) all() []*served {
	out := make([]*served, 0, len(s.tenants))
	for _, v := range s.tenants {
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b *served) int { return int(a.used.Load() - b.used.Load()) })
	return out
}

// Tenant is the name of the tenant that is meant by one, which may be empty. The error is an *userops.Error of ErrConfig.
func (s *Service) Tenant(name string) (string, error) {
	name, _, err := tenant.Choose(s.config, name)
	return name, err
}

// on has do work on a tenant, once everybody who asked before is done with it.
func (s *Service) on(ctx context.Context, name string, told event.Sink, do func(v *served) error) error {
	name, err := s.Tenant(name)
	if err != nil {
		return err
	}
	s.mu.Lock()
	v, ok := s.tenants[name]
	if !ok {
		v = &served{service: s, name: name, turn: make(chan struct{}, 1)}
		s.tenants[name] = v
	}
	s.mu.Unlock()
	if err := v.enter(ctx, told); err != nil {
		return err
	}
	defer v.leave()
	return do(v)
}

// makeRoom closes tenants that nobody works on, the longest unused first, until no more are open, with those that are worked on, than
// may be worked on at once.
func (s *Service) makeRoom() {
	s.room.Lock()
	defer s.room.Unlock()
	s.mu.Lock()
	all := s.all()
	s.mu.Unlock()
	unused := slices.DeleteFunc(all, func(v *served) bool { return !v.open.Load() || v.busy.Load() })
	for i := range len(unused) + len(s.slots) - s.opts.AtOnce {
		if i < len(unused) {
			unused[i].closeUnused()
		}
	}
}

// change has do change a tenant's users, with the journal, the guards and the audit log before the tenant's path.
func (s *Service) change(ctx context.Context, name string, asked Asked, told event.Sink, do func(t *operation.Turn) error) error {
	return s.on(ctx, name, told, func(v *served) (err error) {
		if err := v.dir.Ready(ctx); err != nil {
			return err
		}
		records, err := s.trusted(ctx)
		if err != nil {
			return err
		}
		turn := operation.New(operation.Options{
			Asked: asked, Tenant: v.name, Path: v.path(), Journal: records.journal, Audit: records.audit, Policy: s.policy(v.name),
			ReadBack: s.config.Tenants[v.name].ReadBack, Told: v.tell, Log: s.opts.Log,
		})
		defer func() { err = errors.Join(err, turn.Close()) }() // also where a face goes on after a panic
		return do(turn)
	})
}

// read has do read of a tenant.
func (s *Service) read(ctx context.Context, name string, told event.Sink, do func(r userops.Reader) error) error {
	return s.on(ctx, name, told, func(v *served) error { return do(v.path()) })
}
