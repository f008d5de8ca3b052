package flows

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// Need says how much a step needs a target.
type Need int

// The needs.
const (
	Needed    Need = iota // without it the flow halts
	OneOf                 // it or another
	Sometimes             // it is there or not
)

// Use is what a step does with a target.
type Use string

// The uses.
const (
	Looked  Use = "" // it is only looked at
	Pressed Use = "press"
	Typed   Use = "type"
	Picked  Use = "pick"  // an option of it is chosen
	Ticked  Use = "tick"  // it is switched on or off
	Listed  Use = "list"  // its rows are read
	Every   Use = "every" // each of its matches is read, or one of them is chosen
)

// useOf says what a verb does with one of its targets.
func useOf(v Verb, name string) Use {
	if s, ok := v.(*screenSight); ok {
		return s.uses[name]
	}
	if c, ok := v.(*Choose); ok && name == c.Opens {
		return Pressed
	}
	if c, ok := v.(*Choose); ok && name == c.Options {
		return Every
	}
	if f, ok := v.(*Find); ok && name == f.Search {
		return Typed
	}
	if name != v.targets()[0] {
		return Looked
	}
	switch v.(type) {
	case *Click, *Commit, *sight:
		return Pressed
	case *Fill:
		return Typed
	case *Choose:
		return Picked
	case *Check:
		return Ticked
	case *Rows, *Find:
		return Listed
	case *Texts:
		return Every
	}
	return Looked
}

// Sighted is a target of a step that is about to be done, or that has failed.
type Sighted struct {
	Page *automation.Page
	Flow *Flow
	// Version has the target.
	Version *selectors.Version
	Says    string // what the step does
	Target  *selectors.Target
	Row     *automation.Row // the row in which it is looked for; nil: it is no part of one
	Need    Need
	Use     Use
	Failed  error // why the step failed; nil: it is still to be done
	Unknown bool  // the page is no known screen: this or another target that a screen is known by is lacking
}

// sight stands in the place of a commit: it looks at what would be pressed, and ends the run.
type sight struct{ Press }

func (*sight) word() string   { return "sight" }
func (s *sight) says() string { return "look at " + s.Target + ", which would be pressed" }

// run implements Verb: it makes sure, once, of what a commit makes sure of at the press, so that a look finds it, too.
func (s *sight) run(ctx context.Context, r *Run, _ *Step, bound time.Duration) error {
	t, err := r.target(s.Target)
	if err != nil {
		return err
	}
	var row *automation.Row
	if s.Row != nil {
		if row, err = r.row(ctx, s.Row); err != nil {
			return err
		}
	} else if _, err := r.await(ctx, bound, s.Target); err != nil {
		return err
	}
	seen, err := r.Page.Examine(ctx, t, row)
	if err != nil {
		return err
	}
	switch n := len(seen.Matches); {
	case n == 0:
		return &automation.Error{Act: "look at", Target: s.Target, Kind: automation.ErrMissing, Last: seen.Miss, Page: r.pageNow()}
	case n > 1:
		return &automation.Error{Act: "look at", Target: s.Target, Kind: automation.ErrAmbiguous, Last: strings.Join(seen.Matches, " | "), Page: r.pageNow()}
	}
	if s.For != nil {
		if err := s.For.Expect().run(ctx, r, nil, bound); err != nil {
			return err
		}
	}
	return ErrRehearsed
}

// WithoutCommit is the flow up to its commit, as data: there is no commit in it that could be carried out. Where
// the commit stood the run ends with ErrRehearsed. after names the targets of what follows it.
func (f *Flow) WithoutCommit() (out *Flow, after []string) {
	lookedAt := *f
	lookedAt.Steps, _ = withoutCommit(f.Steps)
	lookedAt.Afterwards = nil
	there := targetsOf(lookedAt.Steps)
	for _, name := range append(targetsOf(f.Steps), targetsOf(f.Afterwards)...) {
		if !slices.Contains(there, name) && !slices.Contains(after, name) {
			after = append(after, name)
		}
	}
	return &lookedAt, after
}

// withoutCommit copies steps, the shared ones in their place, up to the first that is a commit in any case.
func withoutCommit(steps []Step) (out []Step, ended bool) {
	for _, s := range steps {
		switch v := s.Verb.(type) {
		case *Commit:
			return append(out, Step{Verb: &sight{v.Press}, Options: StepOptions{Timeout: s.Options.Timeout}}), true
		case *Part:
			shared, ended := withoutCommit(v.shared)
			out = append(out, shared...)
			if ended {
				return out, true
			}
			continue
		case *When:
			w := *v
			then, _ := withoutCommit(v.Then)
			otherwise, _ := withoutCommit(v.Else)
			w.Then, w.Else = then, otherwise
			s.Verb = &w
		case *Screens:
			c := *v
			c.Cases = slices.Clone(v.Cases)
			for i := range c.Cases {
				c.Cases[i].Steps, _ = withoutCommit(c.Cases[i].Steps)
			}
			s.Verb = &c
		case *Visit:
			w := *v
			w.Otherwise, _ = withoutCommit(v.Otherwise)
			s.Verb = &w
		case *Rows:
			w := *v
			w.Reload, _ = withoutCommit(v.Reload)
			s.Verb = &w
		}
		out = append(out, s)
	}
	return out, false
}

// targetsOf names the targets of steps, those of nested ones included, each once.
func targetsOf(steps []Step) (out []string) {
	walk(steps, nil, func(s *Step, _ []any) {
		for _, name := range s.targets() {
			if !slices.Contains(out, name) {
				out = append(out, name)
			}
		}
	})
	return out
}

// examined tells of the targets of a step, where somebody wants to know. failed is why it failed.
func (r *Run) examined(ctx context.Context, s *Step, failed error) {
	if r.Examine == nil {
		return
	}
	for _, name := range s.targets() {
		t, err := r.target(name)
		if err != nil {
			continue // an input that cannot stand in an expression: the step says so itself
		}
		seen := Sighted{Page: r.Page, Flow: r.Flow, Version: r.Version, Says: s.Verb.says(), Target: t, Need: needOf(s.Verb, name), Use: useOf(s.Verb, name), Failed: failed}
		var at *automation.Error
		if errors.As(failed, &at) && at.Target == name { // it was needed this time
			seen.Need = Needed
		}
		var unknown *unknownScreenError
		if errors.As(failed, &unknown) {
			seen.Unknown = slices.Contains(unknown.names, name)
		}
		if row := s.rowOf(name); row != nil {
			if seen.Row, err = r.row(ctx, row); err != nil {
				continue
			}
		}
		r.Examine(ctx, seen)
	}
}

// examinedList tells of the targets of a list that was not read to its proved end as of a step that failed: its
// counter may be lacking. So it does where no role was read. It returns how; nil: nothing is lacking.
func (r *Run) examinedList(ctx context.Context, s *Step) (failed error) {
	switch v := s.Verb.(type) {
	case *Rows:
		if got := r.result.Rows[v.As]; !got.Complete {
			failed = errors.New(got.Proof)
		}
	case *Texts:
		if said := r.result.Texts[v.As]; len(said) == 0 && r.Flow.Name == listRoles {
			failed = &automation.Error{Act: "read every match of", Target: v.Target, Kind: automation.ErrMissing, Page: r.pageNow()}
		}
	}
	if failed != nil {
		r.examined(ctx, s, failed)
	}
	return failed
}

// listRoles is the flow that reads the roles on offer. There is no console without one.
const listRoles = "list-roles"

// rowOf is the row in which a target of the step is looked for, nil for none.
func (s *Step) rowOf(target string) *RowKey {
	for _, p := range s.presses() {
		if p.Target == target {
			return p.Row
		}
	}
	return nil
}

// needOf says how much a verb needs one of its targets.
func needOf(v Verb, name string) Need {
	switch v := v.(type) {
	case *Await:
		if len(*v) > 1 {
			return OneOf
		}
	case *When, *Notice, *Screens, *Texts, *Visit:
		return Sometimes
	case *screenSight:
		if slices.Contains(v.sometimes, name) {
			return Sometimes
		}
	case *Expect:
		if v.Gone {
			return Sometimes
		}
	case *Find:
		if name != v.Table {
			return Sometimes
		}
	case *Rows:
		if name == v.Next || name == v.Previous || name == v.More || name == v.Frame || slices.Contains(v.Unfiltered, name) || slices.Contains(v.Apart, name) {
			return Sometimes
		}
	case *Choose:
		if name != v.Target && name != v.Opens { // with Maybe its option may be lacking, and not itself
			return Sometimes
		}
	}
	return Needed
}

// waitsItself says that a verb waits for its targets in doing what it does, so that they are looked at afterwards.
func waitsItself(v Verb) bool {
	switch v := v.(type) {
	case *Await, *sight, *screenSight, *Visit:
		return true
	case *Expect:
		return !v.Gone
	}
	return false
}

// Sometimes names the targets of the flow that are there or not: what it only looks for.
func (f *Flow) Sometimes() (out []string) {
	walk(append(slices.Clone(f.Steps), f.Afterwards...), nil, func(s *Step, _ []any) {
		for _, name := range s.targets() {
			if needOf(s.Verb, name) == Sometimes {
				out = append(out, name)
			}
		}
	})
	return out
}
