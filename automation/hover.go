package automation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/selectors"
	"github.com/go-rod/rod/lib/proto"
)

// Hover moves the mouse to a target, in a row where one is given, and makes sure that it rests there.
func (p *Page) Hover(ctx context.Context, t *selectors.Target, row *Row, bound time.Duration) error {
	ctx, cancel := patient(ctx, bound)
	defer cancel()
	for round := 0; ; round++ {
		err := p.hoverOnce(ctx, t, row)
		if err == nil || !errors.Is(err, ErrMissed) || Over(ctx) || round > mostTries {
			return err
		}
	}
}

func (p *Page) hoverOnce(ctx context.Context, t *selectors.Target, row *Row) error {
	at, err := p.prepare(ctx, "prepareHover", "hover", t, map[string]any{"target": t, "row": row})
	if err != nil {
		return err
	}
	// From beside it: where the mouse has been all along, a page hears nothing of it.
	for _, x := range []float64{at.X - 1, at.X} {
		move := proto.InputDispatchMouseEvent{Type: proto.InputDispatchMouseEventTypeMouseMoved, X: x, Y: at.Y}
		if err := move.Call(p.scope(ctx)); err != nil {
			return fmt.Errorf("moving the mouse: %w", err)
		}
	}
	var res struct {
		Miss *miss `json:"miss"`
	}
	err = p.run(ctx, "rests", map[string]any{}, &res)
	switch {
	case errors.Is(err, errContextGone):
		return &Error{Act: "hover", Target: t.Name, Kind: ErrMissed, Page: WithoutQuery(p.URL()),
			Last: "the page was replaced"}
	case err != nil:
		return err
	case res.Miss != nil:
		return p.missError("hover", t.Name, res.Miss)
	}
	return nil
}
