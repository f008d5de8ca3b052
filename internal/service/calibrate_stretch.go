package service

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/selectors"
)

// stretch is what a person does in the place of a step of a flow at which a walk stands, and of those behind it that are
// not to be made any more.
type stretch struct {
	flow  *flows.Flow
	says  string // the step
	place flows.Place
	got   *Recorded
	goes  flows.Passage
	lost  string // why it is not known with what the flow goes on; empty: it is
}

// stretchAt is a stretch from the step on at which the walk stands. It is nil where the walk stands nowhere, or where the
// step is not written in a way that lets others stand in its place.
func (k *calibration) stretchAt() (*stretch, error) {
	if k.inWalk.at == nil || k.inWalk.at.Flow == signInFlow {
		return nil, nil
	}
	return k.stretchOf(k.inWalk.at.Flow, k.inWalk.says)
}

func (k *calibration) stretchOf(flow, says string) (*stretch, error) {
	lib, err := k.files()
	if err != nil {
		return nil, err
	}
	f, ok := lib.Flow(flow, k.layout())
	if !ok || len(f.Layouts) != 1 {
		return nil, nil
	}
	place, ok := lib.Place(f, says)
	if !ok {
		return nil, nil
	}
	return &stretch{flow: f, says: says, place: place}, nil
}

// recordStretch has the person do what leads on from the page at which the walk stands.
func (k *calibration) recordStretch(ctx context.Context, at doctor.Place, s *stretch) error {
	lib, err := k.files()
	if err != nil {
		return err
	}
	values := map[string]string{}
	for _, name := range spokenInputs { // the others are not told, so that whoever types one of their values does not mean it
		if value := k.inWalk.at.Inputs[name]; value != "" && slices.Contains(s.flow.Inputs, name) {
			values[name] = value
		}
	}
	note := fmt.Sprintf("%s. %s", spoken(values, k.Where), s.until())
	k.Asks(fmt.Sprintf("record what leads on from here in the flow %s: %s", s.flow.Name, note))
	return k.show(ctx, at, func(ctx context.Context, shown doctor.Shown) error {
		r := Record{Flow: s.flow.Name, Inputs: values, StandIn: k.standIn("stretch of " + s.flow.Name), Stretch: true, Note: note}
		if s.got, err = r.record(ctx, lib, shown); err != nil {
			return err
		}
		k.inWalk.taken = s
		if s.goes, err = s.goesOn(ctx, shown); err != nil && ctx.Err() == nil { // such as a window that was closed
			s.lost, err = fmt.Sprintf("the page cannot be looked at any more: %v", err), nil
		}
		return err
	})
}

// until says where the person is to stop: before the step that halted, where that is made in any case.
func (s *stretch) until() string {
	next := s.place.Index
	if s.place.LeadsOn() {
		next++
	}
	steps := slices.Concat(s.place.Steps[next:], s.place.Rest)
	if s.flow.Changes {
		return "Stop before anything is changed, and at the latest where this can be done: " + nextAct(steps)
	}
	return "Stop where this can be done: " + nextAct(steps)
}

// nextAct says the first of the steps that is not only looked at if it is there.
func nextAct(steps []flows.Step) string {
	for i := range steps {
		switch v := steps[i].Verb.(type) {
		case *flows.When, *flows.Notice:
		case *flows.Part:
			return nextAct(append(slices.Clone(v.Steps()), steps[i+1:]...))
		default:
			return steps[i].Says()
		}
	}
	return "the flow is at its end"
}

// goesOnWithin is how long the page may take after the last thing that was done, until something of the flow can go on.
const goesOnWithin = 8 * time.Second

// goesOn says with what the flow goes on, by what is on the page.
func (s *stretch) goesOn(ctx context.Context, shown doctor.Shown) (flows.Passage, error) {
	targets := map[string]*selectors.Target{}
	var awaited []*selectors.Target
	for i := range s.place.Steps {
		for _, name := range s.place.Steps[i].Targets() {
			t, ok := shown.Version.Target(name)
			if !ok || targets[name] != nil {
				continue
			}
			filled, err := t.Fill(shown.Inputs)
			if err != nil {
				return flows.Passage{}, err
			}
			targets[name], awaited = filled, append(awaited, filled)
		}
	}
	// The page may still be loading: what is there then is looked at below.
	if _, _, err := shown.Page.Await(ctx, goesOnWithin, nil, awaited...); ctx.Err() != nil {
		return flows.Passage{}, err
	}
	return s.place.After(s.got.Draft.Flow.Steps, func(name string) (bool, error) {
		if targets[name] == nil {
			return false, nil
		}
		seen, err := shown.Page.Examine(ctx, targets[name], nil)
		return err == nil && len(seen.Matches) > 0, err
	})
}

// keepStretch writes what was recorded in the place of steps. again says that it is to be looked again.
func (k *calibration) keepStretch() (again bool, err error) {
	was := k.inWalk.taken
	k.inWalk.taken = nil
	now, err := k.stretchOf(was.flow.Name, was.says) // other files may have been written since
	if err != nil {
		return false, err
	}
	why := was.unfit()
	if why == "" && (now == nil || now.place.Index != was.place.Index || len(now.place.Steps) != len(was.place.Steps)) {
		why = "the flow's file is another by now"
	}
	if why != "" {
		k.Asks(fmt.Sprintf("what was recorded of %s is not kept: %s", was.flow.Name, why))
		return true, nil
	}
	r := was.got
	name, text, err := now.place.With(slices.Concat(was.goes.Made, was.goes.Kept), was.goes.Next)
	if err != nil {
		return false, err
	}
	if err := k.begun(r); err != nil {
		return false, err
	}
	if r.Options.Version, err = k.load(); err != nil {
		return false, err
	}
	r.Into = &Edited{Name: name, Text: string(text)}
	if err := k.Keep(r); err != nil {
		k.Asks(err.Error())
		return true, nil // it is asked for again
	}
	k.tell(was)
	if !slices.Contains(k.out.Stretches, was.flow.Name) {
		k.out.Stretches = append(k.out.Stretches, was.flow.Name)
	}
	return true, k.wrote()
}

// unfit says why a stretch cannot stand where it is to; empty: it can.
func (s *stretch) unfit() string {
	d, later := s.got.Draft, s.place.DoneLater(s.got.Draft.Flow.Steps, s.goes.Next)
	var leftOut []string
	for _, r := range d.LeftOut {
		leftOut = append(leftOut, r.String())
	}
	switch {
	case s.lost != "":
		return s.lost
	case len(leftOut) > 0:
		return strings.Join(leftOut, "; ")
	case d.Empty():
		return "nothing was done"
	case s.got.TakenBack:
		return "a step was taken back, so that the page is not where the recording is: do it once more, without Undo"
	case d.Flow.Changes:
		return "a commit was shown: stop before it, or record the flow"
	case len(d.Flow.Secrets) > 0:
		return "a secret is typed there"
	case later != "":
		return "the flow does this itself further on: " + later + ": stop before it"
	case len(s.got.Stopped) > 0:
		return "it would have changed something, which was kept from leaving: " + strings.Join(s.got.Stopped, ", ")
	}
	return ""
}

// tell tells the person where a stretch stands, which steps are not made any more, and what they are to look at.
func (k *calibration) tell(s *stretch) {
	where := "the flow " + s.flow.Name
	if s.place.Part != "" {
		where = fmt.Sprintf("the part %s, which other flows of the layout may have, too", s.place.Part)
	}
	k.Asks(fmt.Sprintf("what was recorded stands in %s (%s)", where, s.got.Into.Name))
	say := func(what string, steps []flows.Step) {
		var all []string
		for i := range steps {
			all = append(all, steps[i].Says())
		}
		if len(all) > 0 {
			k.Asks(what + strings.Join(all, "; "))
		}
	}
	say("not done any more, since it is not on the page: ", s.goes.Left)
	if s.goes.Next == s.place.Index && s.goes.Next < len(s.place.Steps) {
		say("done after it as before: ", s.place.Steps[s.place.Index:s.place.Index+1])
	}
	for _, r := range s.got.Draft.Review {
		k.Asks("look at what was recorded: " + r.Why)
	}
}
