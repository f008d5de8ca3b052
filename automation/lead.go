package automation

import (
	"context"
	"time"

	"github.com/billagent/billagent/selectors"
)

// Lead has a frame of the page load an address of the page's own origin, and waits until it has begun to show it.
func (p *Page) Lead(ctx context.Context, frame *selectors.Target, address string, bound time.Duration) error {
	abs, err := Resolve(p.URL(), address)
	if err != nil || !p.owner.Allows(abs) {
		return &Error{Act: "lead", Target: frame.Name, Kind: ErrForeignHost, Last: notAllowed(abs, p.owner.allowed), Cause: err}
	}
	if _, _, err := p.Await(ctx, bound, nil, frame); err != nil {
		return err
	}
	var res struct {
		Miss *miss `json:"miss"`
	}
	req := map[string]any{"target": frame, "address": abs, "wait": bound.Milliseconds()}
	if err := p.run(ctx, "lead", req, &res); err != nil {
		return err
	}
	if res.Miss != nil {
		return p.missError("lead", frame.Name, res.Miss)
	}
	return nil
}

// AddressOf is the address of the document that a target is in: where it is in a frame, the frame's.
func (p *Page) AddressOf(ctx context.Context, t *selectors.Target) (string, error) {
	var res struct {
		Address string `json:"address"`
		Miss    *miss  `json:"miss"`
	}
	if err := p.look(ctx, "addressOf", map[string]any{"target": t}, &res); err != nil {
		return "", err
	}
	if res.Miss != nil {
		return "", p.missError("read", t.Name, res.Miss)
	}
	return res.Address, nil
}
