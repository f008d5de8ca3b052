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
		if Over(ctx) {
			return &Error{Act: "await the page after", Target: t.Name, Kind: ErrUnreachable, Page: WithoutQuery(p.URL()),
				Last: "the page was not loaded anew", Waited: bound.String(), Want: "another document", Cause: context.Cause(ctx)}
		}
		if err != nil {
			return err
		}
	}
}

// How long what a target shows must stay as it is to be at rest, once nothing that the page asked for is under way.
// Pages show that they are loading, or nothing, in between: nothing at all is believed only after longer.
const (
	restTime      = time.Second
	emptyRestTime = 3 * time.Second
)

// Changes does something that changes what a target shows within the page, and waits until that differs from
// before, nothing that the page has asked for since is under way, and it is at rest. do returns false where nothing
// was done after all.
func (p *Page) Changes(ctx context.Context, t *selectors.Target, bound time.Duration, do func() (bool, error)) error {
	before, err := p.shown(ctx, t)
	if err != nil {
		return err
	}
	mark := p.traffic.mark()
	if did, err := do(); err != nil || !did {
		return err
	}
	ctx, cancel := patient(ctx, bound)
	defer cancel()
	for last, since := before, time.Now(); ; {
		now, err := p.shown(ctx, t)
		if err == nil && now != last {
			last, since = now, time.Now()
		}
		still := restTime
		if last.Empty {
			still = emptyRestTime
		}
		open, _, _, _ := p.traffic.look(quest{open: mark})
		switch {
		case err == nil && now.Print != before.Print && !now.Busy && !now.Gone && open == 0 && time.Since(since) >= still:
			return nil
		case Over(ctx):
			return &Error{Act: "await the change of", Target: t.Name, Kind: ErrMissing, Page: WithoutQuery(p.URL()),
				Last: "it shows what it showed before, has gone, or does not come to rest", Waited: bound.String(),
				Want: "another content, at rest", Cause: context.Cause(ctx)}
		}
		if err := p.landed(ctx); err != nil {
			return err
		}
	}
}

// print is what a target shows, as a hash.
type print struct {
	Print string `json:"print"`
	Busy  bool   `json:"busy"`  // it says so itself
	Gone  bool   `json:"gone"`  // it is not there
	Empty bool   `json:"empty"` // it shows no text
}

// shown takes a print of a target, a frame after the one before.
func (p *Page) shown(ctx context.Context, t *selectors.Target) (print, error) {
	var out print
	err := p.look(ctx, "printOf", map[string]any{"target": t}, &out)
	return out, err
}
