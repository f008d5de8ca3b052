package automation

import (
	"context"
	"errors"
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

// OneAnswer says that a target is in the document that shows the others, and that this document has fetched nothing:
// all of it is what the server answered at once. Where one of them is not shown, it is not so.
func (p *Page) OneAnswer(ctx context.Context, t *selectors.Target, others []Identity) (bool, error) {
	if p.traffic.fetched() || p.owner.sharesWorker() {
		return false, nil
	}
	all := []*selectors.Target{t}
	for _, o := range others {
		all = append(all, o.Target)
	}
	for _, t := range all {
		at, err := p.AddressOf(ctx, t)
		var missed *Error
		if errors.As(err, &missed) { // what is not shown has not come in this answer
			return false, nil
		}
		if err != nil || at != p.URL() {
			return false, err
		}
	}
	return true, nil
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
