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

func (f *Fill) says() string {
	if f.Value == "" {
		return "empty " + f.Target
	}
	return fmt.Sprintf("type %s into %s", f.Value, f.Target)
}
func (*Fill) word() string        { return "fill" }
func (*Fill) acts()               {}
func (*Fill) loads()              {}
func (f *Fill) targets() []string { return []string{f.Target} }
func (f *Fill) texts() []string   { return []string{f.Value} }
func (f *Fill) awaited() string   { return f.Target }

func (f *Fill) run(ctx context.Context, r *Run, s *Step, bound time.Duration) error {
	t, err := r.target(f.Target)
	if err != nil {
		return err
	}
	value, err := r.text(ctx, f.Value)
	if err != nil {
		return err
	}
	secret := r.secret(f.Value)
	fill := func() (bool, error) {
		return r.fill(ctx, automation.Entry{Target: t, Value: value, Secret: secret, Bound: bound}, s.waits())
	}
	if err := r.reloading(ctx, s, f.Target, bound, fill); err != nil {
		return err
	}
	if !secret {
		r.enter(automation.Entered{Target: t, As: automation.Filled, Value: value})
	}
	return nil
}

// fill types into a field. Where something is waited for afterwards it says whether the field held something else
// before: a page does nothing about what stands there already.
func (r *Run) fill(ctx context.Context, e automation.Entry, waits bool) (bool, error) {
	same := false
	if waits && !e.Secret {
		now, err := r.Page.Read(ctx, e.Target, "")
		same = err == nil && now == e.Value
	}
	return !same, r.Page.Fill(ctx, e)
}

// waits says that a step waits for what it leads to.
func (s *Step) waits() bool { return s.Options.Asks || s.Options.Changes != "" || s.Options.Reloads }

// enter notes what was put into a target: it must still stand there at the commit. What was put there before does
// not count.
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
