package flows

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// Fill types a value into a field.
type Fill struct {
	Target string `json:"target"`
	Value  string `json:"value"`
}

func (f *Fill) says() string      { return fmt.Sprintf("type %s into %s", f.Value, f.Target) }
func (*Fill) word() string        { return "fill" }
func (*Fill) acts()               {}
func (f *Fill) targets() []string { return []string{f.Target} }
func (f *Fill) texts() []string   { return []string{f.Value} }
func (f *Fill) awaited() string   { return f.Target }

func (f *Fill) run(ctx context.Context, r *Run, _ *Step, bound time.Duration) error {
	t, err := r.target(f.Target)
	if err != nil {
		return err
	}
	value, err := r.text(ctx, f.Value)
	if err != nil {
		return err
	}
	secret := r.secret(f.Value)
	if err := r.Page.Fill(ctx, automation.Entry{Target: t, Value: value, Secret: secret, Bound: bound}); err != nil {
		return err
	}
	if !secret {
		r.enter(automation.Entered{Target: t, As: automation.Filled, Value: value})
	}
	return nil
}

// enter notes what was put into a target: it must still stand there at the commit. What was put there before does not count.
func (r *Run) enter(e automation.Entered) {
	r.entered = slices.DeleteFunc(r.entered, func(old automation.Entered) bool { return old.Target.Name == e.Target.Name })
	r.entered = append(r.entered, e)
}

// secret says that a text names an input that is secret.
func (r *Run) secret(s string) bool {
	for _, name := range selectors.Placeholders(s) {
		if _, plain := r.Inputs[name]; !plain {
			return true
		}
	}
	return false
}
