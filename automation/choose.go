package automation

import (
	"context"
	"fmt"
	"time"

	"github.com/billagent/billagent/selectors"
)

// Choice is what Choose has done.
type Choice struct {
	Did   bool   // false: it was chosen already
	Value string // what the page sends for the option; empty where another option reads so
}

// Choose picks an option of a select element by its exact words.
func (p *Page) Choose(ctx context.Context, t *selectors.Target, option string, bound time.Duration) (Choice, error) {
	ctx, cancel := patient(ctx, bound)
	defer cancel()
	for {
		var res struct {
			Already bool     `json:"already"`
			Value   string   `json:"value"`
			Offered []string `json:"offered"`
			Miss    *miss    `json:"miss"`
		}
		wait := remaining(ctx, lookSlice)
		req := map[string]any{"target": t, "option": option, "wait": wait.Milliseconds(), "last": wait < lookSlice}
		if err := p.look(ctx, "pick", req, &res); err != nil {
			return Choice{}, err
		}
		if res.Miss == nil {
			return Choice{Did: !res.Already, Value: res.Value}, nil
		}
		e := p.missError("choose", t.Name, res.Miss)
		e.Asked, e.Offered = option, res.Offered
		if final(e.Kind) || Over(ctx) {
			return Choice{}, e
		}
	}
}

// Options may come in batches: one is said not to be offered when none has come for batchPause, as in js/choose.js. A
// picker is looked at every batchLook.
const (
	batchPause = 1500 * time.Millisecond
	batchLook  = 100 * time.Millisecond
)

// Check sets a check box or radio button, pressing it only if needed, and reads it back. It returns false where nothing
// had to be pressed.
func (p *Page) Check(ctx context.Context, t *selectors.Target, on bool, bound time.Duration) (bool, error) {
	if _, _, err := p.Await(ctx, bound, nil, t); err != nil {
		return false, err
	}
	is, err := p.checked(ctx, t)
	if err != nil || is == on {
		return false, err
	}
	if err := p.Click(ctx, Press{Target: t, Bound: bound}); err != nil {
		return false, err
	}
	// A box that submits its form is read back on the page that comes then.
	if _, _, err := p.Await(ctx, bound, nil, t); err != nil {
		return true, err
	}
	if is, err = p.checked(ctx, t); err != nil {
		return true, err
	}
	if is != on {
		return true, &Error{Act: "check", Target: t.Name, Kind: ErrNotRead, Page: WithoutQuery(p.URL()),
			Last: fmt.Sprintf("pressed, but it is still %v", is)}
	}
	return true, nil
}

func (p *Page) checked(ctx context.Context, t *selectors.Target) (bool, error) {
	var res struct {
		Checked bool  `json:"checked"`
		Miss    *miss `json:"miss"`
	}
	if err := p.look(ctx, "checkedState", map[string]any{"target": t}, &res); err != nil {
		return false, err
	}
	if res.Miss != nil {
		return false, p.missError("check", t.Name, res.Miss)
	}
	return res.Checked, nil
}
