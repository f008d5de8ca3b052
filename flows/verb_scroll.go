package flows

import (
	"context"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// Scroll brings a target into view, or what scrolls it to its top or bottom.
type Scroll struct {
	Target string `json:"target"`
	To     string `json:"to"`
}

func (*Scroll) word() string        { return "scroll" }
func (*Scroll) acts()               {}
func (*Scroll) loads()              {}
func (v *Scroll) targets() []string { return []string{v.Target} }
func (*Scroll) texts() []string     { return nil }

func (v *Scroll) says() string {
	if v.To == automation.IntoView {
		return "scroll " + v.Target + " into view"
	}
	return "scroll " + v.Target + " to its " + v.To
}

func (v *Scroll) run(ctx context.Context, r *Run, s *Step, bound time.Duration) error {
	return r.reloading(ctx, s, v.Target, bound, func() (bool, error) {
		return true, r.on(v.Target, func(t *selectors.Target) error { return r.Page.Scroll(ctx, t, v.To, bound) })
	})
}
