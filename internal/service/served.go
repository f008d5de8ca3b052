package service

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
)

// served is a tenant of the service.
type served struct {
	service *Service
	name    string
	changes chan struct{} // full while somebody changes users of the tenant, be it one or a batch
	queue   chan struct{} // full while somebody uses the tenant's path, or is the next to: one call of it

	using sync.Mutex        // held while the path is used, opened or closed; after a place in queue and a slot
	dir   *tenant.Directory // nil: nothing is open; using guards it
	idle  *time.Timer       // closes dir; the same
	open  atomic.Bool       // there may be a browser
	used  atomic.Int64      // when the path was last used, in nanoseconds since 1970

	mu     sync.Mutex
	events event.Sink // of whoever uses the path; mu guards it
	op     string     // for which it is used; empty: for none; mu guards it
}

// use has do use the tenant's path: alone, with one of the service's slots, and once those who came before are done
// with it.
func (v *served) use(ctx context.Context, events event.Sink, do func(dir *tenant.Directory) error) error {
	if err := take(ctx, v.queue, v.name); err != nil {
		return err
	}
	defer func() { <-v.queue }()
	if err := take(ctx, v.service.slots, v.name); err != nil {
		return err
	}
	defer func() { <-v.service.slots }()
	v.using.Lock()
	defer v.using.Unlock()
	v.service.makeRoom(v)
	defer v.rest()
	if err := v.openDirectory(); err != nil {
		return err
	}
	v.listen(events, event.OperationOf(ctx))
	defer v.listen(nil, "")
	return do(v.dir)
}

// openDirectory opens what serves the tenant. v.using must be held.
func (v *served) openDirectory() error {
	if v.idle != nil {
		v.idle.Stop()
	}
	if v.dir != nil {
		return nil
	}
	step := func(text string) {
		_, op := v.works()
		v.tell(event.Step{Tenant: v.name, Op: op, Text: text})
	}
	read := func(u userops.User) { v.tell(event.Read{Tenant: v.name, User: u}) }
	log := slog.New(operationLog{v.service.opts.Log.Handler(), v.works})
	o := v.service.opts
	dir, err := tenant.Open(v.service.config, v.name, tenant.Environment{Log: log, Progress: step, Read: read, Ask: o.Ask, Lend: o.Lend})
	if err == nil {
		v.dir = dir
	}
	return err
}

// rest keeps what serves the tenant for the next call, for a while. v.using must be held.
func (v *served) rest() {
	v.used.Store(time.Now().UnixNano())
	if v.dir == nil {
		v.open.Store(false)
		return
	}
	v.idle = time.AfterFunc(v.service.opts.Idle, func() { v.closeUnused() })
}

// closeUnused closes what serves the tenant, and says so, unless somebody uses it.
func (v *served) closeUnused() bool {
	if !v.using.TryLock() {
		return false
	}
	defer v.using.Unlock()
	was := v.open.Load()
	if err := v.closeDirectory(); err != nil {
		v.service.opts.Log.Warn("what served the tenant could not be closed in order", "tenant", v.name, "error", err)
	}
	return was
}

// close closes what serves the tenant, once nobody uses it.
func (v *served) close() error {
	v.using.Lock()
	defer v.using.Unlock()
	return v.closeDirectory()
}

// reread has the tenant served by other files from the next call on.
func (v *served) reread(lib *flows.Library) {
	v.using.Lock()
	defer v.using.Unlock()
	if v.dir != nil {
		v.dir.Reread(lib)
	}
}

// closeDirectory closes what serves the tenant. v.using must be held.
func (v *served) closeDirectory() error {
	if v.idle != nil {
		v.idle.Stop()
	}
	defer v.open.Store(false)
	if v.dir == nil {
		return nil
	}
	err := v.dir.Close()
	v.dir = nil
	return err
}

func (v *served) listen(events event.Sink, op string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.events, v.op = events, op
}

// works is whom the path is of, and for which operation it is used now.
func (v *served) works() (tenant, op string) {
	v.mu.Lock()
	defer v.mu.Unlock()
	return v.name, v.op
}

// tell tells whoever uses the path.
func (v *served) tell(e event.Event) {
	v.mu.Lock()
	events := v.events
	v.mu.Unlock()
	events.Tell(e)
}

// usedPath is a tenant's path as one call of the service uses it.
type usedPath struct {
	v      *served
	events event.Sink
}

var _ change.Path = usedPath{}

// Do implements change.Path.
func (p usedPath) Do(ctx context.Context, rq userops.Checked, h change.Hooks) (r userops.Result) {
	err := p.v.use(ctx, p.events, func(dir *tenant.Directory) error { r = dir.Do(ctx, rq, h); return nil })
	if err != nil {
		return change.NotBegun(rq.Request(), h, "", err)
	}
	return r
}

// List implements change.Path.
func (p usedPath) List(ctx context.Context, statuses []userops.Status, each func(userops.User) error) (l userops.Listing, err error) {
	err = p.v.use(ctx, p.events, func(dir *tenant.Directory) error { l, err = dir.List(ctx, statuses, each); return err })
	return l, err
}

// Get implements change.Path.
func (p usedPath) Get(ctx context.Context, email string) (u userops.User, err error) {
	err = p.v.use(ctx, p.events, func(dir *tenant.Directory) error { u, err = dir.Get(ctx, email); return err })
	return u, err
}

// Roles implements change.Path.
func (p usedPath) Roles(ctx context.Context) (names []string, err error) {
	err = p.v.use(ctx, p.events, func(dir *tenant.Directory) error { names, err = dir.Roles(ctx); return err })
	return names, err
}

// Capabilities implements change.Path.
func (p usedPath) Capabilities(ctx context.Context) (c userops.Capabilities, err error) {
	err = p.v.use(ctx, p.events, func(dir *tenant.Directory) error { c, err = dir.Capabilities(ctx); return err })
	return c, err
}

// Close implements change.Path. What serves the tenant outlives the call.
func (p usedPath) Close() error { return nil }
