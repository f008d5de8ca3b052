package flows

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// Choose picks an option by its words, of a select element or (with Options) of a picker that opens.
type Choose struct {
	Target  string `json:"target"`
	Option  string `json:"option"`
	Options string `json:"options,omitempty"`
	Maybe   bool   `json:"maybe,omitempty"` // where it is not offered, what the page has chosen stands
}

func (*Choose) word() string        { return "choose" }
func (*Choose) acts()               {}
func (*Choose) loads()              {}
func (c *Choose) targets() []string { return given(c.Target, c.Options) }
func (c *Choose) texts() []string   { return []string{c.Option} }
func (c *Choose) awaited() string   { return c.Target }

func (c *Choose) says() string {
	out := fmt.Sprintf("choose %s in %s", c.Option, c.Target)
	if c.Maybe {
		out += ", if it is on offer"
	}
	return out
}

func (c *Choose) run(ctx context.Context, r *Run, s *Step, bound time.Duration) error {
	return r.reloading(ctx, s, c.Target, bound, func() (bool, error) { return c.choose(ctx, r, bound) })
}

func (c *Choose) choose(ctx context.Context, r *Run, bound time.Duration) (did bool, err error) {
	t, err := r.target(c.Target)
	if err != nil {
		return false, err
	}
	option, err := r.text(ctx, c.Option)
	if err != nil {
		return false, err
	}
	if option == "" { // nothing in particular is wanted: what the page offers stands
		return false, nil
	}
	defer func() {
		if c.Maybe && errors.Is(err, automation.ErrNotOffered) {
			did, err = false, nil
		}
	}()
	did = true
	if c.Options == "" {
		var got automation.Choice
		got, err = r.Page.Choose(ctx, t, option, bound)
		did = got.Did
		if r.result.Exchange != nil && option == r.Inputs["role"] {
			r.result.Exchange.policy.gives(got.Value)
		}
	} else if err = r.on(c.Options, func(options *selectors.Target) error {
		return r.Page.ChooseFrom(ctx, t, options, option, bound)
	}); err != nil {
		return did, err
	}
	if err == nil {
		r.enter(automation.Entered{Target: t, As: automation.Chosen, Value: option})
	}
	return did, err
}
