package automation

import (
	"context"
	"time"

	"github.com/billagent/billagent/selectors"
)

// Reloads does something that makes the page load the target's document anew, and waits until it has. do returns
// false where nothing was done after all. Without it, what the page still shows could be read as the answer.
func (p *Page) Reloads(ctx context.Context, t *selectors.Target, bound time.Duration, do func() (bool, error)) error {
	var res struct {
		Replaced bool  `json:"replaced"`
		Miss     *miss `json:"miss"`
	}
	if _, _, err := p.Await(ctx, bound, nil, t); err != nil {
		return err
	}
	if err := p.look(ctx, "mark", map[string]any{"target": t}, &res); err != nil {
		return err
	}
	if res.Miss != nil {
		return p.missError("act on", t.Name, res.Miss)
	}
	if did, err := do(); err != nil || !did {
		return err
	}
	ctx, cancel := patient(ctx, bound)
	defer cancel()
	for {
		err := p.look(ctx, "replaced", map[string]any{"wait": remaining(ctx, lookSlice).Milliseconds()}, &res)
		if err == nil && res.Replaced {
			return nil
		}
		if e := p.broken([]*selectors.Target{t}); e != nil {
			return e
		}
		if over(ctx) {
			return &Error{Act: "await the page after", Target: t.Name, Kind: ErrUnreachable, Page: WithoutQuery(p.URL()),
				Last: "the page was not loaded anew", Waited: bound.String(), Want: "another document", Cause: context.Cause(ctx)}
		}
		if err != nil {
			return err
		}
	}
}
