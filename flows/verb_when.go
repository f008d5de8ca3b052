package flows

import (
	"context"
	"time"
)

// When does steps only if a target is there now, and where a text is given says it.
type When struct {
	Target   string `json:"target"`
	Equals   string `json:"equals,omitempty"`   // all that it says, white space folded
	Contains string `json:"contains,omitempty"` // a part of that
	Then     []Step `json:"then,omitempty"`
	Else     []Step `json:"else,omitempty"`
}

func (w *When) sign() Sign        { return Sign{w.Target, w.Equals, w.Contains} }
func (w *When) says() string      { return "look whether " + w.sign().String() }
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

func (w *When) check(_ *Flow, complain complaint, at []any) { w.sign().check(complain, at) }

func (w *When) run(ctx context.Context, r *Run, _ *Step, _ time.Duration) error {
	t, err := r.target(w.Target)
	if err != nil {
		return err
	}
	states, err := r.Page.Look(ctx, t)
	if err != nil {
		return err
	}
	holds, err := w.sign().holds(ctx, r.Page, t, states[0])
	if err != nil {
		return err
	}
	if holds {
		return r.steps(ctx, w.Then)
	}
	return r.steps(ctx, w.Else)
}
