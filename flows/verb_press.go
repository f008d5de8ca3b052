package flows

import (
	"context"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// Key presses a key of the keyboard, in a target that gets the focus first or in whatever has it.
type Key struct {
	Key    string `json:"key"`
	Target string `json:"target,omitempty"`
}

func (*Key) word() string        { return "press" }
func (*Key) acts()               {}
func (*Key) loads()              {}
func (k *Key) targets() []string { return given(k.Target) }
func (*Key) texts() []string     { return nil }
func (k *Key) awaited() string   { return k.Target }
func (k *Key) label() string     { return k.says() }

func (k *Key) says() string {
	if k.Target == "" {
		return "press the key " + k.Key
	}
	return "press the key " + k.Key + " in " + k.Target
}

func (k *Key) check(f *Flow, complain complaint, at []any) {
	if f.Changes && k.Key == enter && k.Target == "" {
		complain("in a flow that changes something Enter is pressed in a target: what has the focus may be a button", at...)
	}
}

// enter is the key that presses buttons and submits forms.
const enter = "Enter"

func (k *Key) run(ctx context.Context, r *Run, s *Step, bound time.Duration) error {
	return r.reloading(ctx, s, k.Target, bound, func() (bool, error) {
		stroke := automation.Stroke{Key: k.Key, Changing: r.Flow.Changes, Bound: bound}
		if k.Target == "" {
			return true, r.Page.Strike(ctx, stroke)
		}
		return true, r.on(k.Target, func(t *selectors.Target) error {
			stroke.Target = t
			return r.Page.Strike(ctx, stroke)
		})
	})
}
