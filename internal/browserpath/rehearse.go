package browserpath

import (
	"context"
	"errors"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
)

// rehearseThrough carries out a changing flow, its press included, in a session that is thrown away and that nothing
// which may change something can leave. The session goes first and the gate after it, so that what a page or a worker has
// queued never leaves either.
func (p *Path) rehearseThrough(ctx context.Context, rq request, people *automation.People, ev *automation.Evidence) (run *flows.Run, res flows.Result, err error) {
	if err := p.ready(ctx, ev); err != nil {
		return nil, res, err
	}
	thrown, err := p.session.Copy(ctx, p.page, p.opts.Library.App.Storage)
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
