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
	Opens   string `json:"opens,omitempty"`   // what is pressed to open it, unless the target
	Options string `json:"options,omitempty"` // matches every option once it is open
	Shows   string `json:"shows,omitempty"`   // what says which one is chosen, unless the target
	Confirm string `json:"confirm,omitempty"` // what is pressed once one is chosen
	Maybe   bool   `json:"maybe,omitempty"`   // where it is not offered, what the page has chosen stands
}

func (*Choose) word() string        { return "choose" }
func (*Choose) acts()               {}
func (*Choose) loads()              {}
func (c *Choose) targets() []string { return given(c.Target, c.Opens, c.Options, c.Shows, c.Confirm) }
func (c *Choose) texts() []string   { return []string{c.Option} }
func (c *Choose) awaited() string   { return c.Target }

func (c *Choose) says() string {
	out := fmt.Sprintf("choose %s in %s", c.Option, c.Target)
	if c.Opens != "" {
		out += ", which " + c.Opens + " opens"
	}
	if c.Confirm != "" {
		out += ", confirm it with " + c.Confirm
	}
	if c.Shows != "" {
		out += fmt.Sprintf(", and make sure that %s says so", c.Shows)
	}
	if c.Maybe {
		out += ", if it is on offer"
	}
	return out
}

func (c *Choose) check(_ *Flow, complain complaint, at []any) {
	if c.Options == "" && (c.Opens != "" || c.Shows != "" || c.Confirm != "") {
		complain("opens, shows and confirm go with options: without them the target is a select element", at...)
	}
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
	face := t
	if c.Options == "" {
		var got automation.Choice
		got, err = r.Page.Choose(ctx, t, option, bound)
		did = got.Did
		if r.result.Exchange != nil {
			r.result.Exchange.policy.gives(option, got.Value)
		}
	} else {
		picker := automation.Picker{Target: t, Option: option, Bound: bound}
		if err = c.name(r, &picker); err != nil {
			return false, err
		}
		face = picker.Face()
		did, err = r.Page.ChooseFrom(ctx, picker)
	}
	if err == nil {
		r.enter(automation.Entered{Target: face, As: automation.Chosen, Value: option})
	}
	return did, err
}

// name finds the targets of a picker.
func (c *Choose) name(r *Run, k *automation.Picker) error {
	for _, of := range []struct {
		name string
		is   **selectors.Target
	}{{c.Opens, &k.Opens}, {c.Options, &k.Options}, {c.Shows, &k.Shows}, {c.Confirm, &k.Confirm}} {
		if of.name == "" {
			continue
		}
		t, err := r.target(of.name)
		if err != nil {
			return err
		}
		*of.is = t
	}
	return nil
}
