package flows

import (
	"context"
	"time"

	"github.com/billagent/billagent/automation"
)

// Check sets a check box or radio button.
type Check struct {
	Target string `json:"target"`
	On     bool   `json:"on"`
}

func (c *Check) says() string {
	if c.On {
		return "check " + c.Target
	}
	return "uncheck " + c.Target
}
func (*Check) word() string        { return "check" }
func (*Check) acts()               {}
func (*Check) loads()              {}
func (c *Check) targets() []string { return []string{c.Target} }
func (*Check) texts() []string     { return nil }
func (c *Check) awaited() string   { return c.Target }

func (c *Check) run(ctx context.Context, r *Run, s *Step, bound time.Duration) error {
	return r.reloading(ctx, s, c.Target, bound, func() (bool, error) { return c.set(ctx, r, bound) })
}

func (c *Check) set(ctx context.Context, r *Run, bound time.Duration) (did bool, err error) {
	t, err := r.target(c.Target)
	if err != nil {
		return false, err
	}
	if did, err = r.Page.Check(ctx, t, c.On, bound); err == nil {
		r.enter(automation.Entered{Target: t, As: automation.Checked, On: c.On})
	}
	return did, err
}
