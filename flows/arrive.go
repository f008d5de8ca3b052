package flows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/billagent/billagent/automation"
)

// ArrivedError ends a run that was to stop at a target, before the step that needs it is done.
type ArrivedError struct{ Sighted }

// Error implements error.
func (e *ArrivedError) Error() string { return "arrived at the step that needs " + e.Target.Name }

// Stop says where a run is to stop.
type Stop struct {
	Target string
	Holds  []string      // what lies in it: the step that needs one of these needs it, too
	Wait   time.Duration // how long the target is waited for then
	Screen bool          // stop where a screen has it, before anything is done there
}

// Needs says how much the flow needs one of some targets in one of its steps, at most; false where no step has one.
func (f *Flow) Needs(targets ...string) (most Need, uses bool) {
	walk(f.Steps, nil, func(s *Step, _ []any) {
		for _, target := range s.targets() {
			if need := needOf(s.Verb, target); slices.Contains(targets, target) && (!uses || need < most) {
				most, uses = need, true
			}
		}
	})
	return most, uses
}

// arrives stops the run where it is to stop. Whether the target is there then is not its business.
func (r *Run) arrives(ctx context.Context, s *Step) error {
	if r.Stop == nil {
		return nil
	}
	if _, ok := s.Verb.(*Screens); ok && r.Stop.Screen {
		return nil // its screens stop themselves
	}
	meant := append([]string{r.Stop.Target}, r.Stop.Holds...)
	here := slices.DeleteFunc(slices.Clone(s.targets()), func(t string) bool { return !slices.Contains(meant, t) })
	if len(here) == 0 {
		return nil
	}
	need := needOf(s.Verb, here[0])
	if most, _ := r.Flow.Needs(meant...); need != most {
		return nil
	}
	t, err := r.target(r.Stop.Target)
	if err != nil {
		return err
	}
	at := Sighted{Page: r.Page, Flow: r.Flow, Version: r.Version, Says: s.Verb.says(), Target: t, Need: need, Use: useOf(s.Verb, t.Name)}
	awaited := t.Name
	if row := s.rowOf(t.Name); row != nil {
		if at.Row, err = r.row(ctx, row); err != nil {
			return err
		}
		awaited = row.Table
	}
	var halt *HaltError
	if _, err := r.await(ctx, r.Stop.Wait, awaited); errors.As(err, &halt) {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("flow %s: %w", r.Flow.Name, context.Cause(ctx))
	}
	return &ArrivedError{at}
}

// Hold holds what leaves a session from now on: nothing that may change something does, whoever acts on its pages.
// Close it after the session.
func Hold(ctx context.Context, s *automation.Session, app *App) (*Exchange, error) {
	p := &Exchange{app: app, policy: newPolicy(nil, nil, app.Reads, nil)}
	p.policy.dry = true
	var err error
	if p.gate, err = s.OpenGate(ctx, p.policy.rule); err != nil {
		return nil, fmt.Errorf("showing a page: %w", err)
	}
	return p, nil
}

// Tables names for each target that the flow looks for in a row the table of that row.
func (f *Flow) Tables() map[string]string {
	out := map[string]string{}
	f.walk(func(s *Step, _ []any) {
		for _, p := range s.presses() {
			if p.Row != nil {
				out[p.Target] = p.Row.Table
			}
		}
	})
	return out
}

// Several names the targets of which the flow reads every match.
func (f *Flow) Several() (out []string) {
	f.walk(func(s *Step, _ []any) {
		switch v := s.Verb.(type) {
		case *Texts:
			out = append(out, v.Target)
		case *Choose:
			out = append(out, given(v.Options)...)
		}
	})
	return out
}
