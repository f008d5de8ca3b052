package browserpath

import (
	"context"
	"errors"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
)

// abandon throws the session in which something was pressed away, while its requests are still held, and goes on
// with a copy of its sign-in: what a page or a worker of it has queued, or would send once more, goes with it.
// Nothing was pressed where there is no exchange.
func (p *Path) abandon(ctx context.Context, exchange *flows.Exchange, ev *automation.Evidence) {
	if exchange == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonBound)
	defer cancel()
	err := p.release(ctx)
	if err != nil { // the old session is not trusted any more: the next operation starts a browser of its own
		err = errors.Join(err, p.Close())
	}
	if err = errors.Join(err, exchange.Close(ctx, ev)); err != nil {
		p.opts.Log.Warn("the session in which something was pressed could not be thrown away in order", "error", err)
	}
}

// release goes on in a copy of the session where something was pressed in it: nobody can sign in where requests are
// held.
func (p *Path) release(ctx context.Context) error {
	if !p.held || p.browser == nil {
		return nil
	}
	p.held = false
	select {
	case <-p.browser.Gone(): // and the session with it
		return nil
	default:
		return p.moveOn(ctx)
	}
}

// moveOn goes on in a copy of the session.
func (p *Path) moveOn(ctx context.Context) error {
	old := p.session
	copied, err := old.Copy(ctx, p.page, p.opts.Library.App.Storage)
	if err != nil {
		return err
	}
	p.session, p.page, p.fresh = copied, nil, false
	if err := old.Close(ctx); err != nil || len(p.opts.Library.App.Storage) == 0 {
		return err
	}
	return p.openHome(ctx) // what was carried along is read from there the next time
}

// abandonBound is generous: a session is opened and thrown away in half a second.
const abandonBound = 20 * time.Second
