package service

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
)

// served is a tenant of the service. One caller at a time works on it.
type served struct {
	service *Service
	name    string
	turn    chan struct{} // full while somebody works on the tenant; those who wait come in their order

	dir  *tenant.Directory // nil: nothing is open; belongs to whoever has the turn
	idle *time.Timer       // closes dir; the same
	open atomic.Bool       // dir is not nil
	busy atomic.Bool       // whoever has the turn has one of the service's slots, too
	used atomic.Int64      // when the last turn ended, in nanoseconds since 1970

	mu   sync.Mutex
	told event.Sink // of whoever has the turn
}

// enter waits for the turn, and opens the tenant.
func (v *served) enter(ctx context.Context, told event.Sink) error {
	select {
	case v.turn <- struct{}{}:
	case <-ctx.Done():
		return &userops.Error{Act: "waiting to begin", Tenant: v.name, Kind: userops.ErrCancelled, Cause: context.Cause(ctx), Hint: "ask again"}
	}
	if v.idle != nil {
		v.idle.Stop()
	}
	v.mu.Lock()
	v.told = told
	v.mu.Unlock()
	if err := v.opened(); err != nil {
		v.leave()
		return err
	}
	return nil
}

func (v *served) opened() error {
	s := v.service
	s.mu.Lock()
	closed := s.closed
	s.mu.Unlock()
	if closed {
		return &userops.Error{Act: "serving the tenant", Tenant: v.name, Kind: userops.ErrCancelled, Cause: errClosed}
	}
	if v.dir != nil {
		return nil
	}
	step := func(text string) { v.tell(event.Step{Tenant: v.name, Text: text}) }
	dir, err := tenant.Open(s.config, v.name, tenant.Environment{Log: s.opts.Log, Progress: step, Ask: s.opts.Ask})
	if err != nil {
		return err
	}
	v.dir = dir
	v.open.Store(true)
	return nil
}

// leave ends the turn. What serves the tenant is kept for the next one for a while.
func (v *served) leave() {
	v.mu.Lock()
	v.told = nil
	v.mu.Unlock()
	v.used.Store(time.Now().UnixNano())
	if v.busy.Swap(false) {
		<-v.service.slots
	}
	if v.dir != nil {
		v.idle = time.AfterFunc(v.service.opts.Idle, func() { v.closeUnused() })
	}
	<-v.turn
}

// closeUnused closes what serves the tenant unless somebody works on it. Whoever does closes it later.
func (v *served) closeUnused() bool {
	select {
	case v.turn <- struct{}{}:
	default:
		return false
	}
	defer func() { <-v.turn }()
	if err := v.close(); err != nil {
		v.service.opts.Log.Warn("what served the tenant could not be closed in order", "tenant", v.name, "error", err)
	}
	return true
}

// close closes what serves the tenant. It belongs to whoever has the turn.
func (v *served) close() error {
	if v.idle != nil {
		v.idle.Stop()
	}
	if v.dir == nil {
		return nil
	}
	err := v.dir.Close()
	v.dir = nil
	v.open.Store(false)
	return err
}

// tell tells whoever has the turn.
func (v *served) tell(e event.Event) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.told.Tell(e)
}

func (v *served) path() operation.Path { return limited{v.dir, v} }

// take gives whoever has the turn one of the service's slots, until the turn ends: so many tenants are worked on at once, each with a
// browser of its own. Waiting for another process comes before, and takes none.
func (v *served) take(ctx context.Context) error {
	if v.busy.Load() {
		return nil
	}
	select {
	case v.service.slots <- struct{}{}:
	case <-ctx.Done():
		return &userops.Error{Act: "waiting to begin", Tenant: v.name, Kind: userops.ErrCancelled, Cause: context.Cause(ctx), Hint: "ask again"}
	}
	v.busy.Store(true)
	v.service.makeRoom()
	return nil
}

// limited is a path that is used only by whoever has a slot.
type limited struct {
	operation.Path
	v *served
}

// Do implements operation.Path.
func (l limited) Do(ctx context.Context, rq userops.Checked, h change.Hooks) userops.Result {
	if err := l.v.take(ctx); err != nil {
		return change.NotBegun(rq.Request(), h, "", err)
	}
	return l.Path.Do(ctx, rq, h)
}

// List implements operation.Path.
func (l limited) List(ctx context.Context, statuses []userops.Status, each func(userops.User) error) (userops.Listing, error) {
	if err := l.v.take(ctx); err != nil {
		return userops.Listing{}, err
	}
	return l.Path.List(ctx, statuses, each)
}

// Get implements operation.Path.
func (l limited) Get(ctx context.Context, email string) (userops.User, error) {
	if err := l.v.take(ctx); err != nil {
		return userops.User{}, err
	}
	return l.Path.Get(ctx, email)
}

// Roles implements operation.Path.
func (l limited) Roles(ctx context.Context) ([]string, error) {
	if err := l.v.take(ctx); err != nil {
		return nil, err
	}
	return l.Path.Roles(ctx)
}
