package browserpath

import (
	"context"
	"errors"
	"slices"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

// rehearseThrough carries out a changing flow, its press included, in a session that is thrown away and that
// nothing which may change something can leave. The session goes first and the gate after it, so that what a page
// or a worker has queued never leaves either.
func (c *course) rehearseThrough(ctx context.Context, inputs map[string]string) (run *flows.Run, res flows.Result, err error) {
	p := c.p
	if err := p.ready(ctx, c.ev); err != nil {
		return nil, res, err
	}
	thrown, err := p.session.Throwaway(ctx, p.page, p.opts.Library.App.Storage)
	if err != nil {
		return nil, res, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeBound)
		defer cancel()
		closed := errors.Join(thrown.Close(ctx), res.Exchange.Close(ctx, c.ev), p.toFront(ctx))
		res.Exchange = nil
		err = errors.Join(err, closed)
	}()
	page, err := thrown.NewPage(ctx)
	if err != nil {
		return nil, res, err
	}
	run, res, err = p.runOn(ctx, page, c.Kind.Flow, inputs, c.ev, func(r *flows.Run) {
		r.Through, r.MustShow, r.People, r.App, r.Own = true, p.whose(), c.people(), p.opts.Library.App, c.own()
	})
	if !errors.Is(err, flows.ErrRehearsed) {
		p.keepFailure(ctx, page, c.ev)
		err = &pictured{err}
	}
	return run, res, err
}

// rehearsed ends a rehearsal that came to its press. One through the press has failed if nothing would have been let
// through as the commit.
func (c *course) rehearsed(got flows.Result) error {
	passes := func(w flows.Rehearsed) bool { return w.Commit && w.Passes }
	atPress := func(w flows.Rehearsed) bool { return !w.Early }
	stopped := func(w flows.Rehearsed) bool { return atPress(w) && !w.Passes && w.Ruling != "" }
	changes := func(w flows.Rehearsed) bool { return atPress(w) && w.Changes }
	switch {
	case !c.Hooks.Through:
		return c.Fail(userops.ErrRehearsed, nil, "look at the picture before-commit in the evidence")
	case !slices.ContainsFunc(got.WouldSend, atPress):
		return c.Fail(userops.ErrNotMeant, errors.New("the press would have sent nothing"),
			"look at the picture before-commit in the evidence: the page may need more than this press")
	case !slices.ContainsFunc(got.WouldSend, passes) && !slices.ContainsFunc(got.WouldSend, changes):
		return c.Fail(userops.ErrNotMeant, errors.New("the press would first read something, which a rehearsal does not let through: what it would send then is not known"),
			"look at what it would read; only the change itself shows what follows")
	case !slices.ContainsFunc(got.WouldSend, passes):
		first := got.WouldSend[max(slices.IndexFunc(got.WouldSend, changes), slices.IndexFunc(got.WouldSend, stopped), 0)]
		return c.Fail(userops.ErrNotMeant, errors.New(first.Ruling),
			"hold what would be sent against the flow's sends, and correct it in the overlay folder if the console has changed")
	}
	return c.Fail(userops.ErrRehearsed, errors.New("the press was made where nothing can leave, and nothing was changed"),
		"look at what would be sent")
}
