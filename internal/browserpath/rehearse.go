package browserpath

import (
	"context"
	"errors"
	"slices"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

// rehearseThrough carries out a changing flow, its press included, in a session that is thrown away and that nothing
// which may change something can leave. The session goes first and the gate after it, so that what a page or a worker has
// queued never leaves either.
func (p *Path) rehearseThrough(ctx context.Context, rq request, people *automation.People, ev *automation.Evidence) (run *flows.Run, res flows.Result, err error) {
	if err := p.ready(ctx, ev); err != nil {
		return nil, res, err
	}
	thrown, err := p.session.Throwaway(ctx, p.page, p.opts.Library.App.Storage)
	if err != nil {
		return nil, res, err
	}
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeBound)
		defer cancel()
		closed := errors.Join(thrown.Close(ctx), res.Passage.Close(ctx, ev), p.page.BringToFront(ctx))
		res.Passage = nil
		err = errors.Join(err, closed)
	}()
	page, err := thrown.NewPage(ctx)
	if err != nil {
		return nil, res, err
	}
	run, res, err = p.runOn(ctx, page, rq.flow, rq.inputs, ev, func(r *flows.Run) {
		r.Through, r.Under, r.People, r.App = true, p.whose(), people, p.opts.Library.App
	})
	if !errors.Is(err, flows.ErrRehearsed) {
		p.keepFailure(ctx, page, ev)
		err = &pictured{err}
	}
	return run, res, err
}

// rehearsed ends a rehearsal that came to its press. One through the press has failed if nothing would have been let
// through as the commit.
func (p *Path) rehearsed(ctx context.Context, rq request, email string, got flows.Result) error {
	e := &userops.Error{Act: string(rq.action), Target: email, Tenant: p.opts.Tenant, Kind: userops.ErrRehearsed,
		Hint: "look at the picture before-commit in the evidence; without --dry-run it would be done"}
	if !userops.OperationOf(ctx).Through {
		return e
	}
	e.Cause = errors.New("the press was made where nothing can leave; nothing was changed")
	passes := func(w flows.Rehearsed) bool { return w.Commit && w.Passes }
	switch {
	case len(got.WouldSend) == 0:
		e.Kind, e.Cause = userops.ErrNotMeant, errors.New("the press would have sent nothing")
		e.Hint = "look at the picture before-commit in the evidence: the page may need more than this press"
	case !slices.ContainsFunc(got.WouldSend, passes):
		e.Kind, e.Cause = userops.ErrNotMeant, errors.New(got.WouldSend[0].Ruling)
		e.Hint = "hold what would be sent against the flow's sends, and correct it in the overlay folder if the console has changed"
	}
	return e
}
