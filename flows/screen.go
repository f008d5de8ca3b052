package flows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// FirstScreen is the flow up to what it would type or press first, as data: nothing in it can be typed or pressed.
// Of the screen that is there it looks at what it would act on, and ends with ErrRehearsed. after names the targets
// of which it is not known whether that screen has them.
func (f *Flow) FirstScreen() (out *Flow, after []string) {
	looked := *f
	looked.Steps, _ = withoutActs(f.Steps)
	looked.Afterwards = nil
	return &looked, targetsOf(append(slices.Clone(f.Steps), f.Afterwards...))
}

// withoutActs copies steps, the shared ones in their place. From the first on that acts in any case they are only
// looked at.
func withoutActs(steps []Step) (out []Step, ended bool) {
	for i, s := range steps {
		switch v := s.Verb.(type) {
		case *Part:
			shared, ended := withoutActs(v.shared)
			if out = append(out, shared...); ended {
				return out, true
			}
			continue
		case *When:
			w := *v
			w.Then, _ = withoutActs(v.Then)
			w.Else, _ = withoutActs(v.Else)
			s.Verb = &w
		case *Screens:
			c := *v
			c.Cases = slices.Clone(v.Cases)
			for i := range c.Cases {
				if acts(c.Cases[i].Steps) {
					c.Cases[i].Steps = []Step{screenSightOf(c.Cases[i].When.Target, c.Cases[i].Steps)}
				}
			}
			s.Verb, s.Options.Timeout = &c, 0 // whoever looks says how long
			return append(out, s), true
		}
		if _, isWhen := s.Verb.(*When); !isWhen && acts(steps[i:i+1]) { // by its own or by steps in it, such as those of a visit
			return append(out, screenSightOf("", steps[i:])), true
		}
		out = append(out, s)
	}
	return out, false
}

// acts says that steps, or steps in them, may have the page do something.
func acts(steps []Step) (found bool) {
	walk(steps, nil, func(s *Step, _ []any) {
		_, ok := s.Verb.(acting)
		found = found || ok
	})
	return found
}

// ComesTo says that a screen of the flow acts on a target, or is known by it and acts.
func (f *Flow) ComesTo(target string) (comes bool) {
	f.walk(func(s *Step, _ []any) {
		screens, ok := s.Verb.(*Screens)
		if !ok {
			return
		}
		for _, c := range screens.Cases {
			comes = comes || acts(c.Steps) && slices.Contains(screenSightOf(c.When.Target, c.Steps).Verb.targets(), target)
		}
	})
	return comes
}

// screenSight stands in the place of what acts on a screen: it looks at what would be acted on, and ends the run.
type screenSight struct {
	needed, sometimes []string
	uses              map[string]Use
}

// screenSightOf is a look at what steps need, and at what the screen is known by, if it has a name.
func screenSightOf(when string, steps []Step) Step {
	s := &screenSight{needed: given(when), uses: map[string]Use{}}
	var add func(steps []Step, always bool)
	add = func(steps []Step, always bool) {
		for i := range steps {
			for _, name := range steps[i].targets() {
				if use := useOf(steps[i].Verb, name); s.uses[name] == Looked {
					s.uses[name] = use
				}
				switch {
				case always && needOf(steps[i].Verb, name) == Needed:
					s.needed = append(s.needed, name)
				default:
					s.sometimes = append(s.sometimes, name)
				}
			}
			if n, ok := steps[i].Verb.(nesting); ok {
				for _, b := range n.nested() {
					add(b.steps, always && b.when == "")
				}
			}
		}
	}
	add(steps, true)
	s.needed = once(s.needed)
	s.sometimes = slices.DeleteFunc(once(s.sometimes), func(name string) bool { return slices.Contains(s.needed, name) })
	return Step{Verb: s}
}

// once leaves out what was there before.
func once(names []string) (out []string) {
	for _, n := range names {
		if !slices.Contains(out, n) {
			out = append(out, n)
		}
	}
	return out
}

// acts says what it stands for: a screen of which it looks at what would be acted on is one that acts.
func (*screenSight) acts() {}

func (*screenSight) word() string        { return "sight" }
func (*screenSight) label() string       { return "" }
func (*screenSight) texts() []string     { return nil }
func (s *screenSight) says() string      { return "look at " + strings.Join(s.needed, ", ") }
func (s *screenSight) targets() []string { return append(slices.Clone(s.needed), s.sometimes...) }

// run implements Verb.
func (s *screenSight) run(ctx context.Context, r *Run, _ *Step, bound time.Duration) error {
	for _, name := range s.needed {
		if _, err := r.await(ctx, bound, name); err != nil {
			return err
		}
	}
	return ErrRehearsed
}

// ErrUnknownScreen means that a page is none of the screens of a flow.
var ErrUnknownScreen = errors.New("an unknown screen")

// unknownScreenError ends a run at a page that is none of its screens, nor known to be one of which a target is
// lacking. Each of the names may be what is lacking.
type unknownScreenError struct {
	halt  *HaltError
	names []string
}

// Error implements error.
func (e *unknownScreenError) Error() string { return e.halt.Error() }

// Unwrap lets errors.Is and errors.As match that, and find how the run halted.
func (e *unknownScreenError) Unwrap() []error { return []error{ErrUnknownScreen, e.halt} }

// unknown is why a page is none of the screens. Where another target that a screen acts on is there, more of one
// screen than of any other, it is that screen, and what it is known by is lacking.
func (s *Screens) unknown(ctx context.Context, r *Run, last error) error {
	var names, others []string
	var seen []seenScreen
	for _, c := range s.Cases {
		if !acts(c.Steps) {
			continue
		}
		said, err := r.saysAnother(ctx, c.When)
		if err != nil {
			return err
		}
		if said != "" {
			others = append(others, said)
			continue
		}
		names = append(names, c.When.Target)
		has, err := r.has(ctx, c)
		if err != nil {
			return err
		}
		seen = append(seen, seenScreen{c.When.Target, has})
	}
	if one := theOne(seen); one.when != "" {
		why := "the page is the screen of it, since this is there: " + strings.Join(one.has, ", ")
		return &automation.Error{Act: "go on at", Target: one.when, Kind: automation.ErrMissing, Last: why, Page: r.pageNow()}
	}
	why, err := r.notThere(ctx, names, last)
	if err != nil {
		return err
	}
	why = strings.Join(append(others, why), "; ")
	return &unknownScreenError{names: names, halt: &HaltError{
		Kind:   Blocked,
		Reason: fmt.Sprintf("an unknown screen at %s: %s", r.pageNow(), why),
		Hint: "look at the picture in the evidence; if the page has changed, examine it for what may be in the place of what the flow knows; " +
			"else sign in once by hand with this account, or record a flow for the screen",
	}}
}

// notThere says in words why none of the targets by which screens are known is there. last is how waiting for them has
// ended.
func (r *Run) notThere(ctx context.Context, names []string, last error) (string, error) {
	if errors.Is(last, automation.ErrTooSlow) { // whether they are there is not known
		return last.Error(), nil
	}
	var targets []*selectors.Target
	for _, name := range names {
		t, err := r.target(name)
		if err != nil {
			return "", err
		}
		targets = append(targets, t)
	}
	var states []automation.State
	if len(targets) > 0 { // the screens may be known by other words, or only end the flow
		var err error
		if states, err = r.Page.Look(ctx, targets...); err != nil {
			return "", err
		}
	}
	var seen []string
	for i, st := range states {
		if st.State != "absent" {
			seen = append(seen, fmt.Sprintf("%s is %s", names[i], st))
		}
	}
	if len(seen) == 0 {
		return "it has nothing that this flow acts on", nil
	}
	return "nothing that this flow acts on is there once, where a person sees it: " + strings.Join(seen, "; "), nil
}

// seenScreen is what of a screen is on a page that lacks what the screen is known by.
type seenScreen struct {
	when string
	has  []string
}

// theOne is the screen of which more is on a page than of any other; the zero one where there is none.
func theOne(all []seenScreen) (one seenScreen) {
	for _, s := range all {
		switch {
		case len(s.has) > len(one.has):
			one = s
		case len(s.has) == len(one.has):
			one.when = ""
		}
	}
	return one
}

// has names what of a screen is there of what it acts on, beside what it is known by.
func (r *Run) has(ctx context.Context, c Case) (out []string, err error) {
	var targets []*selectors.Target
	for _, name := range screenSightOf("", c.Steps).Verb.targets() {
		if name == c.When.Target {
			continue
		}
		t, err := r.target(name)
		if err != nil {
			return nil, err
		}
		targets = append(targets, t)
	}
	if len(targets) == 0 {
		return nil, nil
	}
	states, err := r.Page.Look(ctx, targets...)
	if err != nil {
		return nil, err
	}
	for i, st := range states {
		if st.There() {
			out = append(out, targets[i].Name)
		}
	}
	return out, nil
}

// patience is how long a screen is waited for before somebody is asked to show what is lacking, where there is
// somebody: no longer than a step takes, since the screen may be just what is not known.
func (r *Run) patience(bound time.Duration) time.Duration {
	if r.StepTimeout > 0 && r.Mend != nil {
		return min(bound, r.StepTimeout)
	}
	return bound
}

// arrivesAt stops the run at a screen that has the target at which it is to stop, before anything is done there.
func (r *Run) arrivesAt(ctx context.Context, c Case) error {
	if r.Stop == nil || !r.Stop.Screen {
		return nil
	}
	v, ok := screenSightOf(c.When.Target, c.Steps).Verb.(*screenSight)
	if !ok || !slices.Contains(v.targets(), r.Stop.Target) {
		return nil
	}
	t, err := r.target(r.Stop.Target)
	if err != nil {
		return err
	}
	var halt *HaltError
	if _, err := r.await(ctx, r.Stop.Wait, t.Name); errors.As(err, &halt) {
		return err
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return &ArrivedError{Sighted{Page: r.Page, Flow: r.Flow, Version: r.Version, Says: v.says(), Target: t, Need: needOf(v, t.Name), Use: useOf(v, t.Name)}}
}

// examinedScreen tells of what a screen is known by, where somebody wants to know.
func (r *Run) examinedScreen(ctx context.Context, s *Screens, t *selectors.Target) {
	if r.Examine != nil {
		r.Examine(ctx, Sighted{Page: r.Page, Flow: r.Flow, Version: r.Version, Says: s.says(), Target: t, Need: Sometimes})
	}
}

// mended says that somebody has shown what a step lacks, so that it is tried again. Of a page that is no known
// screen that is one of several.
func (r *Run) mended(ctx context.Context, failed error) (bool, error) {
	if r.Mend == nil || failed == nil || ctx.Err() != nil {
		return false, nil
	}
	names := r.lacking(failed)
	if len(names) == 0 {
		return false, nil
	}
	v, err := r.Mend(ctx, names, failed)
	if err != nil || v == nil {
		return false, err
	}
	r.Version = v
	return true, nil
}

// lacking names the target for the lack of which a step has failed, or of a page that is no known screen each that
// may be lacking.
func (r *Run) lacking(failed error) []string {
	var lacks *automation.Error
	var unknown *unknownScreenError
	switch {
	case errors.As(failed, &unknown):
		return unknown.names
	case !errors.As(failed, &lacks) || lacks.Want == "gone":
	case errors.Is(lacks.Kind, automation.ErrMissing) || errors.Is(lacks.Kind, automation.ErrAmbiguous):
		if _, ok := r.Version.Target(lacks.Target); ok {
			return []string{lacks.Target}
		}
	}
	return nil
}
