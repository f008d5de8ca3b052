package browserpath

import (
	"context"
	"errors"
	"slices"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/selectors"
)

// mayAsk has somebody asked, where the walk has anybody, for what a step of a run lacks. The flow has then as long as
// a person may take.
func (x *examiner) mayAsk(r *flows.Run) {
	if x.w.Ask == nil {
		return
	}
	flow := *r.Flow
	flow.Timeout = flows.Duration(mendBound)
	r.Flow = &flow
	r.Show = func(ctx context.Context) (*selectors.Version, error) { return x.ask(ctx, r) }
}

// ask has somebody show what a step lacks.
func (x *examiner) ask(ctx context.Context, r *flows.Run) (v *selectors.Version, err error) {
	p := x.p
	lib, v, err := x.w.Ask(ctx, doctor.Question{Hold: x.holdOurs, Shown: doctor.Shown{
		Page: r.Page, Version: r.Version, Flow: r.Flow.Name, Inputs: r.Inputs, People: x.known(), SignedOut: p.signedOut,
		Stopped: x.keptFrom(r)}})
	if err != nil {
		x.ended = err
		return nil, err
	}
	if v != nil {
		p.Reread(lib)
		p.opts.Pin, p.version = v.ID, v
	}
	return v, nil
}

// keptFrom says what is kept from leaving the page of a run from now on: by the run where it may change something, else by
// the session in which it reads.
func (x *examiner) keptFrom(r *flows.Run) func() []string {
	if r.Flow.Changes {
		return keptFrom(r.Kept)
	}
	return keptFrom(x.reads.Kept)
}

// keptFrom says what is kept from leaving from now on. What was kept on the way to the page, too, it sends by itself.
func keptFrom(kept func() []string) func() []string {
	before := kept()
	return func() []string {
		now := slices.Clone(kept()[len(before):])
		return slices.DeleteFunc(now, func(line string) bool { return slices.Contains(before, line) })
	}
}

// holdOurs holds what the session's own page would send until the flow is over: it may have a window of its own, where
// a person may go anywhere. What the page sends on which they are asked is held already.
func (x *examiner) holdOurs(ctx context.Context) (err error) {
	if x.held == nil {
		x.held, err = x.p.holdOurs(ctx)
	}
	return x.p.failure("showing a page", "", err)
}

// holdOurs holds what the session's own page would send: it may have a window, where a person may go anywhere.
func (p *Path) holdOurs(ctx context.Context) (*flows.Exchange, error) {
	p.fresh = false
	return flows.Hold(ctx, p.session, p.opts.Library.App)
}

// known are the names of everybody there is; nil: not all of them are known.
func (x *examiner) known() (names []string) {
	if !x.stillKnown() {
		return nil
	}
	for _, some := range x.names {
		names = append(names, some...)
	}
	for _, u := range x.users {
		names = append(names, person(u).Names...)
	}
	return names
}

// asked ends what was begun for a person who was asked in a flow.
func (x *examiner) asked(ctx context.Context) error {
	held := x.held
	x.held = nil
	return x.letGo(ctx, held)
}

// beforeSignIn lets the session go, where it has ended while a person was asked: it is signed in to again.
func (x *examiner) beforeSignIn(ctx context.Context, err error) error {
	var halt *flows.HaltError
	if !errors.As(err, &halt) || halt.Kind != flows.SignedOut {
		return nil
	}
	return x.asked(ctx)
}
