package flows

import (
	"context"
	"slices"
	"time"

	"github.com/billagent/billagent/selectors"
)

// Notice passes on what a target says, if it is there.
type Notice string

func (n *Notice) says() string      { return "pass on what " + string(*n) + " says, if it is there" }
func (*Notice) word() string        { return "notice" }
func (*Notice) label() string       { return "" }
func (n *Notice) targets() []string { return []string{string(*n)} }
func (*Notice) texts() []string     { return nil }

func (n *Notice) run(ctx context.Context, r *Run, _ *Step, _ time.Duration) error {
	return r.on(string(*n), func(t *selectors.Target) error {
		states, err := r.Page.Look(ctx, t)
		if err == nil && states[0].There() && states[0].Text != "" && !slices.Contains(r.result.Notices, states[0].Text) {
			r.result.Notices = append(r.result.Notices, states[0].Text)
		}
		return err
	})
}
