package flows

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// When does steps only if a target is there now, and where a text is given says it.
type When struct {
	Target   string `json:"target"`
	Equals   string `json:"equals,omitempty"`   // all that it says, white space folded
	Contains string `json:"contains,omitempty"` // a part of that
	Then     []Step `json:"then,omitempty"`
	Else     []Step `json:"else,omitempty"`
}

func (w *When) says() string {
	switch {
	case w.Equals != "":
		return fmt.Sprintf("look whether %s is there and says %q", w.Target, w.Equals)
	case w.Contains != "":
		return fmt.Sprintf("look whether %s is there and contains %q", w.Target, w.Contains)
	}
	return "look whether " + w.Target + " is there"
}
func (*When) word() string        { return "when" }
func (*When) label() string       { return "" }
func (w *When) targets() []string { return []string{w.Target} }
func (w *When) texts() []string   { return given(w.Equals, w.Contains) }
func (w *When) nested() []block {
	yes, no := "if it is", "if not"
	if w.Equals+w.Contains != "" {
		yes = "if so"
	}
	return []block{{[]any{"then"}, w.Then, yes}, {[]any{"else"}, w.Else, no}}
}

// check makes sure that a condition looks at the page alone: what is wanted chooses no steps.
func (w *When) check(_ *Flow, complain complaint, at []any) {
	if w.Equals != "" && w.Contains != "" {
		complain("of equals and contains a condition has one", at...)
	}
	for key, text := range map[string]string{"equals": w.Equals, "contains": w.Contains} {
		if len(selectors.Placeholders(text)) > 0 {
			complain("a condition looks at the page alone: no input stands in it", append(slices.Clone(at), key)...)
		}
	}
}

func (w *When) run(ctx context.Context, r *Run, _ *Step, _ time.Duration) error {
	holds, err := w.holds(ctx, r)
	if err != nil {
		return err
	}
	if holds {
		return r.steps(ctx, w.Then)
	}
	return r.steps(ctx, w.Else)
}

func (w *When) holds(ctx context.Context, r *Run) (bool, error) {
	t, err := r.target(w.Target)
	if err != nil {
		return false, err
	}
	states, err := r.Page.Look(ctx, t)
	if err != nil {
		return false, err
	}
	if w.Equals+w.Contains == "" || !states[0].There() && states[0].State != "several" {
		return states[0].There(), nil
	}
	said, err := r.Page.Read(ctx, t, "") // of several there is no saying which of them is asked
	if err != nil {
		return false, err
	}
	if w.Equals != "" {
		return automation.SameText(said, w.Equals, false), nil
	}
	return strings.Contains(folded(said), folded(w.Contains)), nil
}

// folded is a text with its white space folded.
func folded(s string) string { return strings.Join(strings.Fields(s), " ") }
