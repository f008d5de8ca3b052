package flows

import (
	"context"
	"slices"
	"time"
)

// Commit presses the target of the one step of a changing flow that cannot be undone.
type Commit struct{ Press }

func (c *Commit) says() string { return "COMMIT: " + c.Press.says() }
func (*Commit) word() string   { return "commit" }
func (*Commit) acts()          {}

func (c *Commit) check(f *Flow, complain complaint, at []any) {
	if c.For == nil && c.Row == nil {
		complain("a commit says whom it concerns, by row or for", at...)
	}
	if c.Double {
		complain("a commit is pressed once", append(slices.Clone(at), "double")...)
	}
	if f.Subject != "" {
		c.checkSubject(f, complain, at)
	}
}

// run implements Verb. A commit is pictured and written down before, never tried twice, and everything that leaves
// the browser from then on is looked at.
func (c *Commit) run(ctx context.Context, r *Run, _ *Step, bound time.Duration) error {
	p := &c.Press
	if err := r.picture(ctx, "before-commit"); err != nil {
		return err
	}
	if p.Row == nil { // a row's part is found with its row; FindRow has done so
		if _, err := r.await(ctx, bound, p.Target); err != nil {
			return err
		}
	}
	if _, others := r.result.Exchange.policy.earlies(); len(others) > 0 {
		return r.result.Exchange.earlyError(p.Target)
	}
	if r.Through {
		return r.pressThrough(ctx, p, bound)
	}
	if r.Rehearse {
		return ErrRehearsed
	}
	intent := map[string]any{"flow": r.Flow.Name, "step": "intent", "target": p.Target, "email": r.Inputs["email"], "page": r.pageNow()}
	if err := r.Evidence.Intend(intent); err != nil {
		return err
	}
	if r.Intent != nil {
		if err := r.Intent(ctx); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	// From here on nobody but the bound ends the step: a Ctrl-C between press and answer would leave what happened
	// open.
	ctx = context.WithoutCancel(ctx)
	r.result.Exchange.arm(ctx)
	r.result.Pressed = true
	err := r.pressed(ctx, p, r.press(ctx, p, min(bound, pressBound), true))
	if r.result.Committed && r.Acted != nil {
		r.Acted(ctx)
	}
	return err
}
