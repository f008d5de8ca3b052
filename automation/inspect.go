package automation

import (
	"context"
	"errors"

	"github.com/billagent/billagent/selectors"
)

// Inspection is what a person is shown of a page: which targets match what.
type Inspection struct {
	Title   string
	Targets []Inspected
	Left    []string // names of targets that cannot be looked for
	// StandIn acts in the person's place, again and again until it has ended: for tests. Nil: there is a person.
	StandIn func(ctx context.Context, s *StandIn, groups map[string]string) error
}

// Inspected is a target to be looked for.
type Inspected struct {
	Target *selectors.Target
	Row    *Row // in which it is looked for; nil: it is no part of one
	Many   bool // there may be several
}

// Inspect shows a panel over the page that says which targets match what, and follows the page. It ends on the person's
// word, when the window is closed, or with ctx where that was cancelled.
func (p *Page) Inspect(ctx context.Context, in Inspection) error {
	type place struct {
		X      float64 `json:"x"`
		Y      float64 `json:"y"`
		Folded bool    `json:"folded"`
	}
	var res struct {
		Done   bool              `json:"done"`
		At     *place            `json:"at"`
		Groups map[string]string `json:"groups"`
		Miss   *miss             `json:"miss"`
	}
	targets, many := []map[string]any{}, []string{}
	for _, t := range in.Targets {
		targets = append(targets, map[string]any{"target": t.Target, "row": t.Row})
		if t.Many {
			many = append(many, t.Target.Name)
		}
	}
	left := append([]string{}, in.Left...)
	req := map[string]any{
		"title": in.Title, "targets": targets, "many": many, "left": left, "at": nil, "wait": showSlice.Milliseconds(),
	}
	var standIn func(context.Context, *StandIn) error
	if in.StandIn != nil {
		standIn = func(ctx context.Context, s *StandIn) error { return in.StandIn(ctx, s, res.Groups) }
	}
	_, err := p.show(ctx, "inspecting", req, &res, standIn, func() bool {
		req["at"] = res.At // a new document goes on as the one before
		return res.Done || res.Miss != nil
	})
	if err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return nil
	}
	if err == nil && res.Miss != nil {
		return p.missError("inspect", in.Title, res.Miss)
	}
	return err
}
