package flows

import (
	"fmt"
	"slices"

	"github.com/billagent/billagent/selectors"
	"github.com/billagent/billagent/selectors/datafile"
)

// Place is where in the files of an app a step stands: the list of steps that has it, of a flow, of a part of its layout,
// or within a step of theirs.
type Place struct {
	Part  string // the part in which it stands; empty: the flow's own steps
	Steps []Step // the list
	Index int    // of the step in the list

	file *datafile.File
	at   []any // the way to the list in the file
}

// Place finds the first step of a flow that does what says tells, as Sighted.Says has it. It is false where there is none,
// and for the steps of a part that is given something: their text is not that of the file.
func (l *Library) Place(f *Flow, says string) (Place, bool) {
	var own *parts
	for _, p := range l.parts {
		if len(f.Layouts) == 1 && f.Layouts[0] == p.Layout {
			own = p
		}
	}
	return placeIn(own, Place{Steps: f.Steps, file: f.file, at: []any{"steps"}}, says)
}

func placeIn(own *parts, list Place, says string) (Place, bool) {
	for i := range list.Steps {
		s := &list.Steps[i]
		if list.Index = i; saysLooking(s.Verb) == says {
			return list, true
		}
		if p, ok := s.Verb.(*Part); ok {
			if own == nil || len(p.With) > 0 {
				continue
			}
			inner := Place{Part: p.Name, Steps: p.shared, file: own.file, at: []any{"parts", p.Name}}
			if found, ok := placeIn(own, inner, says); ok {
				return found, true
			}
			continue
		}
		n, ok := s.Verb.(nesting)
		if !ok {
			continue
		}
		for _, b := range n.nested() {
			inner := list
			inner.Steps, inner.at = b.steps, append(append(slices.Clone(list.at), i, s.Verb.word()), b.at...)
			if found, ok := placeIn(own, inner, says); ok {
				return found, true
			}
		}
	}
	return Place{}, false
}

// saysLooking is what a verb says where a flow is walked through up to its commit.
func saysLooking(v Verb) string {
	if c, ok := v.(*Commit); ok {
		return (&sight{c.Press}).says()
	}
	return v.says()
}

// Nested says that the list is not the whole of a flow: what stands in a part, or within a step.
func (p Place) Nested() bool { return p.Part != "" || len(p.at) > 1 }

// Passage is how a list of steps goes on once others were made in the place of the step at a place.
type Passage struct {
	Next int    // the step of the list with which it goes on
	Kept []Step // those before it that are still to be made: what is looked at if it is there
	Left []Step // those before it that are not made any more
}

// After says how the list goes on. there tells of a target whether it is on the page now. A step is left only if what it
// acts on is not there, or if the others have done it, and never where it names an input that none of the others names:
// nothing that is asked for is left out.
func (p Place) After(others []Step, there func(target string) (bool, error)) (out Passage, err error) {
	for out.Next = p.Index; out.Next < len(p.Steps); out.Next++ {
		s := &p.Steps[out.Next]
		switch s.Verb.(type) {
		case *When, *Notice:
			out.Kept = append(out.Kept, *s)
			continue
		case *Click, *Fill, *Choose, *Check, *Hover, *Scroll, *Find, *Await:
		default:
			return out, nil
		}
		if goesOn, err := s.goesOn(others, there); goesOn || err != nil {
			return out, err
		}
		out.Left = append(out.Left, *s)
	}
	return out, nil
}

// goesOn says that a step is to be made, and can be, after others.
func (s *Step) goesOn(others []Step, there func(target string) (bool, error)) (bool, error) {
	if !namesAlso(others, s) {
		return true, nil
	}
	if made(others, s) {
		return false, nil
	}
	for _, name := range s.actsOn() {
		if is, err := there(name); is || err != nil {
			return is, err
		}
	}
	return false, nil
}

// actsOn are the targets of which one must be there for the step to be made.
func (s *Step) actsOn() []string {
	all := s.Verb.targets()
	if _, ok := s.Verb.(*Await); ok {
		return all
	}
	return all[:min(1, len(all))]
}

// made says that one of the steps does what a step does.
func made(all []Step, s *Step) bool {
	return slices.ContainsFunc(all, func(o Step) bool { return o.Verb.says() == s.Verb.says() })
}

// namesAlso says that each input that a step names is named by one of the others, too.
func namesAlso(others []Step, s *Step) bool {
	named := map[string]bool{}
	for i := range others {
		for _, text := range others[i].Texts() {
			for _, input := range selectors.Placeholders(text) {
				named[input] = true
			}
		}
	}
	return !slices.ContainsFunc(s.Texts(), func(text string) bool {
		return slices.ContainsFunc(selectors.Placeholders(text), func(input string) bool { return !named[input] })
	})
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
