package flows

import (
	"context"
	"time"
)

// When does steps only if a target is there now.
type When struct {
	Target string `json:"target"`
	Then   []Step `json:"then,omitempty"`
	Else   []Step `json:"else,omitempty"`
}

func (w *When) says() string      { return "look whether " + w.Target + " is there" }
func (*When) word() string        { return "when" }
func (*When) label() string       { return "" }
func (w *When) targets() []string { return []string{w.Target} }
func (*When) texts() []string     { return nil }
func (w *When) nested() []block {
	return []block{{[]any{"then"}, w.Then, "if it is"}, {[]any{"else"}, w.Else, "if not"}}
}

func (w *When) run(ctx context.Context, r *Run, _ *Step, _ time.Duration) error {
	t, err := r.target(w.Target)
	if err != nil {
		return err
	}
	states, err := r.Page.Look(ctx, t)
	if err != nil {
		return err
	}
	if states[0].There() {
		return r.steps(ctx, w.Then)
	}
	return r.steps(ctx, w.Else)
}
