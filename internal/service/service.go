// Package service is what every face of billagent calls, be it the command line, a page or a protocol: it opens
// tenants, keeps the journal, the audit log, the guards, sessions and browsers, and is the one place where these
// are put together. It neither parses what is asked for nor prints what comes of it.
package service

import (
	"cmp"
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
)

// Options say how a service works. The zero value is usable.
type Options struct {
	Version string        // of the program, for the audit log
	AtOnce  int           // how many tenants may be worked on at the same time, and have a browser; 0 means 4
	Idle    time.Duration // after how long without work a tenant's browser is closed; 0 means 2 min
	// Ask has a person type a verification code. Nil where nobody is there.
	Ask func(ctx context.Context, question string) (string, error)
	// View has do something with a page while a person sees and uses it elsewhere. Nil: they see the browser's window.
	View func(ctx context.Context, page *automation.Page, do func(context.Context) error) error
	Log  *slog.Logger
	// Now is the time that what is due is held against. Nil: the journal's clock.
	Now func() time.Time
	// Day is what the versions that are written are dated by: one day, also where a person shows targets past midnight.
	// Empty: the day on which the service was made.
	Day string
	// Lend gives each tenant's path a browser that is used after it, too; for tests. Nil: each has its own.
	Lend automation.Lender
}

// Service serves the tenants of a configuration. Its methods may be called from several goroutines: different
// tenants are worked on side by side, one tenant's changes are made in the order in which they were asked for, and
// reading comes in between. What takes a call's events, or its users one by one, must not call the service. Close
// it.
type Service struct {
	config *config.Config
	opts   Options
	slots  chan struct{} // one for each tenant whose path is in use
	room   sync.Mutex    // held while room is made for one more browser

	mu      sync.Mutex
	tenants map[string]*served
	// prepared is when each tenant was signed in for what was to be due: the session is this machine's, and so that
	// is not in the journal.
	prepared map[string]time.Time
	// waiting is since when what recurs waits for what is due: of this process, too.
	waiting map[waiter]time.Time
	closed  bool
	calls   sync.WaitGroup // those under way; nothing is added once closed is set

	opening sync.Mutex
	records *records // nil until needed; opening guards it
}

// New makes a service. Nothing is opened or started before it is needed.
func New(c *config.Config, o Options) *Service {
	if o.AtOnce == 0 {
		o.AtOnce = 4
	}
	if o.Idle == 0 {
		o.Idle = 2 * time.Minute
	}
	if o.Day == "" {
		o.Day = time.Now().Format(time.DateOnly)
	}
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{config: c, opts: o, slots: make(chan struct{}, o.AtOnce), tenants: map[string]*served{}, prepared: map[string]time.Time{}, waiting: map[waiter]time.Time{}}
}

// begin counts a call, until done. The error says that the service is closed.
func (s *Service) begin() (done func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return nil, &userops.Error{Act: "asking the service", Kind: userops.ErrCancelled, Cause: errors.New("it is closed"), Hint: "start it anew"}
	}
	s.calls.Add(1)
	return s.calls.Done, nil
}

// Close waits for the calls under way, whose callers may cancel them, and closes every browser and the journal.
func (s *Service) Close() error {
	s.mu.Lock()
	s.closed = true
	all := s.all()
	s.mu.Unlock()
	s.calls.Wait()
	var errs []error
	for _, v := range all {
		errs = append(errs, v.close())
	}
	s.opening.Lock()
	defer s.opening.Unlock()
	if s.records != nil {
		errs = append(errs, s.records.close())
		s.records = nil
	}
	return errors.Join(errs...)
}

// all are the tenants that were opened, the one that was used last at the end. s.mu must be held.
func (s *Service) all() []*served {
	used := map[*served]int64{}
	var out []*served
	for _, v := range s.tenants {
		used[v] = v.used.Load()
		out = append(out, v)
	}
	slices.SortFunc(out, func(a, b *served) int { return cmp.Compare(used[a], used[b]) })
	return out
}

// Tenant is the name of the tenant that is meant by one, which may be empty. The error is an *userops.Error of
// ErrConfig.
func (s *Service) Tenant(name string) (string, error) {
	name, _, err := tenant.Choose(s.config, name)
	return name, err
}

// on has do work on a tenant.
func (s *Service) on(name string, do func(v *served) error) error {
	name, err := s.Tenant(name)
	if err != nil {
		return err
	}
	done, err := s.begin()
	if err != nil {
		return err
	}
	defer done()
	s.mu.Lock()
	v, ok := s.tenants[name]
	if !ok {
		v = &served{service: s, name: name, changes: make(chan struct{}, 1), queue: make(chan struct{}, 1)}
		s.tenants[name] = v
	}
	s.mu.Unlock()
	return do(v)
}

// change has do change a tenant's users, once everybody who asked for changes before is done, with the journal, the
// guards and the audit log before the tenant's path.
func (s *Service) change(ctx context.Context, name string, asked Asked, events event.Sink, do func(t *operation.Turn) error) error {
	return s.on(name, func(v *served) (err error) {
		if err := take(ctx, v.changes, v.name); err != nil {
			return err
		}
		defer func() { <-v.changes }()
		if err := v.use(ctx, events, func(dir *tenant.Directory) error { return dir.Ready(ctx) }); err != nil {
			return err
		}
		records, err := s.trusted(ctx)
		if err != nil {
			return err
		}
		turn := operation.New(operation.Options{
			Asked: asked, Tenant: v.name, Path: usedPath{v, events}, Journal: records.journal, Audit: records.audit, Policy: s.policy(v.name),
			ReadBack: s.config.Tenants[v.name].ReadBack, Events: events, Log: s.opts.Log,
		})
		defer func() { err = errors.Join(err, turn.Close()) }() // also where a face goes on after a panic
		return do(turn)
	})
}

// take waits for a place in a channel. What waits there comes in the order in which it came.
func take(ctx context.Context, places chan struct{}, tenant string) error {
	if ctx.Err() == nil {
		select {
		case places <- struct{}{}:
			return nil
		case <-ctx.Done():
		}
	}
	return stopped(ctx, "waiting to begin", tenant, "ask again")
}

// stopped is why something is not begun once ctx has ended.
func stopped(ctx context.Context, act, tenant, hint string) error {
	cause := context.Cause(ctx)
	e := &userops.Error{Act: act, Tenant: tenant, Kind: userops.ErrCancelled, Cause: cause, Hint: hint}
	var said *userops.Error
	switch {
	case errors.As(cause, &said):
		e.Kind, e.Cause = said.Kind, said.Cause
	case errors.Is(cause, context.DeadlineExceeded):
		e.Kind = userops.ErrTimeout
	}
	return e
}

// makeRoom closes the browsers of tenants that nobody works on, the longest unused first, until one more can be
// started.
func (s *Service) makeRoom(but *served) {
	s.room.Lock()
	defer s.room.Unlock()
	defer but.open.Store(true) // it is counted from here on
	s.mu.Lock()
	all := s.all()
	s.mu.Unlock()
	open := 0
	for _, v := range all {
		if v != but && v.open.Load() {
			open++
		}
	}
	for _, v := range all {
		if open < s.opts.AtOnce {
			return
		}
		if v != but && v.closeUnused() {
			open--
		}
	}
}
