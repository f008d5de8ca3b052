package automation

import (
	"context"
	"time"

	"github.com/billagent/billagent/selectors"
)

// Where Scroll can bring a target.
const (
	ToTop    = "top"
	ToBottom = "bottom"
	IntoView = "into-view"
)

// Scroll brings a target into view, or to its top or bottom what scrolls it: itself, or the nearest thing around it. It
// returns when that is at rest.
func (p *Page) Scroll(ctx context.Context, t *selectors.Target, to string, bound time.Duration) error {
	ctx, cancel := patient(ctx, bound)
	defer cancel()
	_, err := p.prepare(ctx, "bring", "scroll", t, map[string]any{"target": t, "to": to})
	return err
}
