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
// others does the same, or if it only leads on and what it acts on is not there, or stands before one that was done. What
// types, chooses, ticks, expects, reads or commits something is never left undone, and neither is a step in somebody's row
// where no other names them.
func (p Place) After(others []Step, there func(target string) (bool, error)) (out Passage, err error) {
	out.Made = slices.Clone(others)
	done := p.lastDone(others)
	for out.Next = p.Index; out.Next < len(p.Steps); out.Next++ {
		s := &p.Steps[out.Next]
		same := slices.IndexFunc(out.Made, func(o Step) bool { return o.does(s) })
		switch {
		case same >= 0:
			out.Made[same] = *s // with what it makes sure of, and waits for
			continue
		case s.onlyLooks():
			out.Kept = append(out.Kept, *s)
			continue
		case !s.leadsOn() || s.rowKey() != "" && !namedBy(others, s.rowKey()):
			return out, nil
		case out.Next < done:
		default:
			if is, err := s.canBeMade(there); is || err != nil {
				return out, err
			}
		}
		out.Left = append(out.Left, *s)
	}
	return out, nil
}

// lastDone is the last step of the list from the place on that one of the others does; -1: none is.
func (p Place) lastDone(others []Step) int {
	for i := len(p.Steps) - 1; i >= p.Index; i-- {
		if slices.ContainsFunc(others, func(o Step) bool { return o.does(&p.Steps[i]) }) {
			return i
		}
	}
	return -1
}

// does says that a step does what another one does, whatever that makes sure of before, and waits for.
func (s *Step) does(o *Step) bool {
	switch o := o.Verb.(type) {
	case *Click:
		v, ok := s.Verb.(*Click)
		return ok && v.Target == o.Target && (v.Row == nil) == (o.Row == nil)
	case *Fill:
		v, ok := s.Verb.(*Fill)
		return ok && v.Target == o.Target && v.Value == o.Value
	case *Choose:
		v, ok := s.Verb.(*Choose)
		return ok && v.Target == o.Target && v.Option == o.Option
	case *Check:
		v, ok := s.Verb.(*Check)
		return ok && v.Target == o.Target && v.On == o.On
	case *Hover, *Scroll, *Find, *Await:
		return s.Verb.says() == o.says()
	}
	return false
}

// onlyLooks says that a step is for what may be there or not.
func (s *Step) onlyLooks() bool {
	switch s.Verb.(type) {
	case *When, *Notice:
		return true
	}
	return false
}

// leadsOn says that a step only leads to another place.
func (s *Step) leadsOn() bool {
	switch s.Verb.(type) {
	case *Click, *Hover, *Scroll, *Find, *Await:
		return true
	}
	return false
}

// LeadsOn says that the step at the place only leads on, so that others may stand in its place.
func (p Place) LeadsOn() bool { return p.Steps[p.Index].leadsOn() }

func namedBy(all []Step, text string) bool {
	return slices.ContainsFunc(all, func(o Step) bool { return slices.Contains(o.Texts(), text) })
}

// canBeMade says that what a step that leads on acts on is there: of what waits for several one, of what is in a row its
// table.
func (s *Step) canBeMade(there func(target string) (bool, error)) (bool, error) {
	targets := s.Verb.targets()
	if _, ok := s.Verb.(*Await); !ok {
		targets = targets[:1]
	}
	for _, name := range targets {
		if row := s.rowOf(name); row != nil {
			name = row.Table
		}
		if is, err := there(name); is || err != nil {
			return is, err
		}
	}
	return false, nil
}

// rowKey is what names the person in the row in which a step acts; empty: it acts in no row.
func (s *Step) rowKey() string {
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

// DoneLater is what the flow still does from a step of the list on, or after the list, with something on which one of the
// others acts; empty: nothing. It would be done twice, or be a commit that is made too soon.
func (p Place) DoneLater(others []Step, from int) (says string) {
	acted := map[string]bool{}
	for i := range others {
		acted[others[i].changesTarget()] = true
	}
	walk(slices.Concat(p.Steps[from:], p.Rest), nil, func(s *Step, _ []any) {
		if target := s.changesTarget(); target != "" && says == "" && acted[target] {
			says = s.Verb.says()
		}
	})
	return says
}

// changesTarget is the target that a step presses, fills in, chooses or ticks; empty: it does none of that.
func (s *Step) changesTarget() string {
	switch s.Verb.(type) {
	case *Click, *Commit, *Fill, *Choose, *Check:
		return s.Verb.targets()[0]
	}
	return ""
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
