package service

import (
	"context"
	"fmt"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/recording"
)

// stretch is what a person does in the place of a step of a flow at which a walk stands, and of those behind it that are
// not to be made any more.
type stretch struct {
	flow  string
	says  string // the step
	place flows.Place
	got   *Recorded
	goes  flows.Passage
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
	return &stretch{flow: flow, says: says, place: place}, nil
}

// recordStretch has the person do what leads on from the page at which the walk stands.
func (k *calibration) recordStretch(ctx context.Context, at doctor.Place, s *stretch) error {
	values := map[string]string{}
	for name, value := range k.inWalk.at.Inputs {
		if value != "" {
			values[name] = value
		}
	}
	k.Asks(fmt.Sprintf("record what leads on from here in the flow %s, and stop where it goes on as before: %s", s.flow, spoken(values, k.Where)))
	lib, err := k.files()
	if err != nil {
		return err
	}
	return k.show(ctx, at, func(ctx context.Context, shown doctor.Shown) error {
		r := Record{Flow: s.flow, Inputs: values, StandIn: k.standIn("stretch of " + s.flow), Stretch: true}
		if s.got, err = r.record(ctx, lib, shown); err != nil {
			return err
		}
		if s.got.Draft.Empty() {
			return nil
		}
		k.inWalk.taken = s
		s.goes, err = s.place.After(s.got.Draft.Flow.Steps, func(target string) (bool, error) { return thereNow(ctx, shown, values, target) })
		return err
	})
}

// thereNow says that a target is on the page of a walk.
func thereNow(ctx context.Context, shown doctor.Shown, values map[string]string, name string) (bool, error) {
	t, ok := shown.Version.Target(name)
	if !ok {
		return false, nil
	}
	filled, err := t.Fill(values)
	if err != nil {
		return false, err
	}
	seen, err := shown.Page.Look(ctx, filled)
	return err == nil && seen[0].There(), err
}

// keepStretch writes what was recorded in the place of steps. again says that it is to be looked again.
func (k *calibration) keepStretch() (again bool, err error) {
	was := k.inWalk.taken
	k.inWalk.taken = nil
	s, err := k.stretchOf(was.flow, was.says) // other files may have been written since
	if err != nil || s == nil {
		return true, err
	}
	r := was.got
	if why := was.unfit(); why != "" {
		k.Asks(fmt.Sprintf("what was recorded of %s is not kept: %s", was.flow, why))
		return true, nil
	}
	steps, next := r.Draft.Flow.Steps, was.goes.Next
	if r.Draft.Flow.Changes {
		next = len(s.place.Steps) // what follows a commit was recorded with it
	} else {
		steps = append(steps, was.goes.Kept...)
	}
	name, text, err := s.place.With(steps, next)
	if err != nil {
		return true, err
	}
	if err := k.begun(r); err != nil {
		return false, err
	}
	if r.Options.Version, err = k.load(); err != nil {
		return false, err
	}
	r.Draft.Into = &recording.Edited{Name: name, Text: string(text)}
	if err := k.Keep(r); err != nil {
		k.Asks(err.Error())
		return true, nil // it is asked for again
	}
	k.tell(was)
	if kept := "a stretch of " + was.flow; len(k.out.Recorded) == 0 || k.out.Recorded[len(k.out.Recorded)-1] != kept {
		k.out.Recorded = append(k.out.Recorded, kept)
	}
	return true, k.wrote()
}

// unfit says why a stretch cannot stand where it is to; empty: it can.
func (s *stretch) unfit() string {
	switch d := s.got.Draft; {
	case d.Flow.Changes && s.place.Nested():
		return "the commit was shown, and the steps of which some are others are shared by several flows: record the flow"
	case len(d.Flow.Secrets) > 0:
		return "a secret is typed there"
	}
	return ""
}

// tell tells the person where a stretch stands, and which steps are not made any more.
func (k *calibration) tell(s *stretch) {
	where := "the flow " + s.flow
	if s.place.Part != "" {
		where = fmt.Sprintf("the part %s, which other flows of the layout may have, too", s.place.Part)
	}
	k.Asks("what was recorded stands in " + where)
	var left []string
	for i := range s.goes.Left {
		left = append(left, s.goes.Left[i].Says())
	}
	if len(left) > 0 && !s.got.Draft.Flow.Changes {
		k.Asks("not done any more, since it was not there or was done otherwise: " + strings.Join(left, "; "))
	}
}
