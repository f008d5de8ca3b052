package flows

import (
	"context"
	"slices"
	"time"
)

// Click presses a target.
type Click struct{ Press }

func (c *Click) says() string { return c.Press.says() }
func (*Click) word() string   { return "click" }
func (*Click) acts()          {}
func (*Click) loads()         {}

// awaited implements awaiting. A row's part is awaited by the step that finds the row.
func (c *Click) awaited() string {
	if c.Row != nil {
		return ""
	}
	return c.Target
}

func (c *Click) check(f *Flow, complain complaint, at []any) {
	if c.Others != "" {
		complain("others goes with commit", append(slices.Clone(at), "others")...)
	}
	if f.Subject != "" {
		c.checkSubject(f, complain, at)
	}
}

func (c *Click) run(ctx context.Context, r *Run, s *Step, bound time.Duration) error {
	return r.reloading(ctx, s, c.Target, bound, func() (bool, error) { return true, r.press(ctx, &c.Press, bound, false) })
}
