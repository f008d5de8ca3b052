package flows

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/billagent/billagent/selectors/datafile"
)

// Place is where in the files of an app a step stands: the list of steps that has it, of a flow, of a part of its layout,
// or within a step of theirs.
type Place struct {
	Part  string // the part in which it stands; empty: the flow's own steps
	Steps []Step // the list
	Index int    // of the step in the list
	Rest  []Step // what the flow does after the list

	file *datafile.File
	at   []any // the way to the list in the file
}

// Place finds the step of a flow that does what says tells, as Sighted.Says has it. It is false where there is none or
// several do, and for the steps of a part that is given something: their text is not that of the file.
func (l *Library) Place(f *Flow, says string) (Place, bool) {
	var own *parts
	for _, p := range l.parts {
		if len(f.Layouts) == 1 && f.Layouts[0] == p.Layout {
			own = p
		}
	}
	found := places(own, Place{Steps: f.Steps, file: f.file, at: []any{"steps"}}, says)
	if len(found) == 0 || found[0].file == nil || slices.ContainsFunc(found, func(p Place) bool { return !p.same(found[0]) }) {
		return Place{}, false
	}
	return found[0], true
}

// same says that two places are one: a part may stand in a flow twice.
func (p Place) same(o Place) bool {
	return p.file == o.file && p.Index == o.Index && reflect.DeepEqual(p.at, o.at)
}

// places are all in a list. One without a file has no text of its own.
func places(own *parts, list Place, says string) (found []Place) {
	for i := range list.Steps {
		s := &list.Steps[i]
		here := list
		here.Index = i
		if saysLooking(s.Verb) == says {
			found = append(found, here)
		}
		n, ok := s.Verb.(nesting)
		if !ok {
			continue
		}
		here.Rest = slices.Concat(list.Steps[i+1:], list.Rest)
		for _, b := range n.nested() {
			inner := here
			inner.Steps, inner.at = b.steps, append(append(slices.Clone(list.at), i, s.Verb.word()), b.at...)
			if p, ok := s.Verb.(*Part); ok {
				inner.Part, inner.file, inner.at = p.Name, nil, []any{"parts", p.Name}
				if own != nil && len(p.With) == 0 {
					inner.file = own.file
				}
			}
			found = append(found, places(own, inner, says)...)
		}
	}
	return found
}

// saysLooking is what a verb says where a flow is walked through up to its commit.
func saysLooking(v Verb) string {
	if c, ok := v.(*Commit); ok {
		return (&sight{c.Press}).says()
	}
	return v.says()
}

// Passage is how a list of steps goes on once others were made in the place of the step at a place.
type Passage struct {
	Made []Step // the others, with the options of those of the list that do the same
	Kept []Step // of the list: what is looked at if it is there
	Left []Step // of the list: what is not made any more, and nothing like it
	Next int    // the step of the list with which it goes on
}

// After says how the list goes on. there tells of a target whether it is on the page now. A step is left if one of the
// others does the same, or if it only leads on and what it acts on is not there. What types, chooses, ticks, expects,
// reads or commits something is never left undone, and neither is a step in somebody's row where no other names them.
func (p Place) After(others []Step, there func(target string) (bool, error)) (out Passage, err error) {
	out.Made = slices.Clone(others)
	for out.Next = p.Index; out.Next < len(p.Steps); out.Next++ {
		s := &p.Steps[out.Next]
		same := slices.IndexFunc(out.Made, func(o Step) bool { return o.Verb.says() == s.Verb.says() })
		switch s.Verb.(type) {
		case *When, *Notice:
			out.Kept = append(out.Kept, *s)
			continue
		case *Fill, *Choose, *Check:
			if same < 0 {
				return out, nil
			}
		case *Click, *Hover, *Scroll, *Find, *Await:
			if same >= 0 {
				break
			}
			goesOn, err := s.goesOn(others, there)
			if goesOn || err != nil {
				return out, err
			}
		default:
			return out, nil
		}
		if same >= 0 {
			out.Made[same] = *s
		} else {
			out.Left = append(out.Left, *s)
		}
	}
	return out, nil
}

// goesOn says that a step that leads on is to be made after others, or can be.
func (s *Step) goesOn(others []Step, there func(target string) (bool, error)) (bool, error) {
	if whose := s.whose(); whose != "" && !slices.ContainsFunc(others, func(o Step) bool { return slices.Contains(o.Texts(), whose) }) {
		return true, nil
	}
	targets := s.Verb.targets()
	if _, ok := s.Verb.(*Await); !ok {
		targets = targets[:1]
	}
	for _, name := range targets {
		if is, err := there(name); is || err != nil {
			return is, err
		}
	}
	return false, nil
}

// whose is what names the person in whose row a step acts; empty: it acts in nobody's.
func (s *Step) whose() string {
	if f, ok := s.Verb.(*Find); ok {
		return f.Key
	}
	for _, p := range s.presses() {
		if p.Row != nil {
			return p.Row.Key
		}
	}
	return ""
}

// DoneLater is what the flow does after the list that one of the steps does, too; empty: nothing is.
func (p Place) DoneLater(steps []Step) (says string) {
	walk(p.Rest, nil, func(s *Step, _ []any) {
		if _, acts := s.Verb.(acting); acts && says == "" && slices.ContainsFunc(steps, func(o Step) bool { return o.Verb.says() == s.Verb.says() }) {
			says = s.Verb.says()
		}
	})
	return says
}

// With is the file with other steps in the place of those of the list from the place up to another, to.
func (p Place) With(steps []Step, to int) (name string, text []byte, err error) {
	at := make([]string, len(p.at))
	for i, key := range p.at {
		at[i] = fmt.Sprint(key)
	}
	text, err = p.file.With(datafile.Set{At: at, Value: steps, Items: &[2]int{p.Index, to}})
	if err != nil {
		return "", nil, fmt.Errorf("writing a stretch of a flow: %w", err)
	}
	return p.file.Name, text, nil
}
