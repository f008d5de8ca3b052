package service

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// finish writes down what was seen, reads the list and rehearses the changes. again says that a rehearsal has shown
// that a target is another thing than was shown for it, so that it is to be shown once more.
func (k *calibration) finish(ctx context.Context, x *doctor.Examination) (again bool, err error) {
	if err := k.keepSeen(x); err != nil {
		return false, err
	}
	if !k.out.Report.Lists() || k.out.Pinned != "" && k.out.Pinned != k.version {
		return false, nil
	}
	if lib, err := k.files(); err != nil {
		return false, err
	} else if _, there := lib.Flow(listFlow, k.layout()); !there {
		return false, nil
	}
	k.Asks("reading the list to its proved end")
	k.people = nil
	listing, err := k.service.Users(ctx, k.tenant, nil, func(u userops.User) error { k.people = append(k.people, u); return nil }, k.events)
	if err != nil {
		return false, err
	}
	if k.out.Listing = &listing; !k.Rehearse {
		return false, nil
	}
	k.Asks("rehearsing every change through its press, where nothing can leave")
	if k.out.Results, err = k.service.rehearse(ctx, k.tenant, k.out.Report, k.people, k.events); err != nil {
		return false, err
	}
	if err := k.learn(ctx); err != nil {
		return false, err
	}
	return k.takeBack()
}

// keepSeen writes down what was seen. Where the person went on without everything, nothing is: what the version of
// today would be is still a guess.
func (k *calibration) keepSeen(x *doctor.Examination) error {
	v, err := k.load()
	if err != nil {
		return err
	}
	seen := x.Fingerprints(x.Version())
	for name, borne := range x.Borne(x.Version()) {
		r := seen[name]
		r.Recorded = borne.Recorded
		seen[name] = r
	}
	if len(seen) == 0 || k.out.After == nil && len(k.out.Skipped) > 0 {
		return nil
	}
	return k.revise(v, selectors.Change{Targets: k.service.dated(seen, k.Walk.Keep)})
}

// refutes says that a rehearsal has failed since what was pressed for the commit is another thing: it sends nothing, or
// something else, or is not the person's. One that is covered, or a console that does not answer, says nothing of it.
func refutes(failed error) bool {
	of := []error{userops.ErrNotMeant, flows.ErrSilent, automation.ErrWrongIdentity}
	return slices.ContainsFunc(of, func(kind error) bool { return errors.Is(failed, kind) })
}

// takeBack takes what was shown for the commit of a flow out of the file again where its rehearsal has shown that it is
// another thing: it would be pressed for the commit by every command.
func (k *calibration) takeBack() (again bool, err error) {
	v, err := k.load()
	if err != nil {
		return false, err
	}
	lib, err := k.files()
	if err != nil {
		return false, err
	}
	whole := map[string]selectors.Revision{}
	for _, r := range k.out.Results {
		i := slices.IndexFunc(userops.Kinds, func(kind userops.Kind) bool { return kind.Action == r.Action })
		if !refutes(r.Err) || i < 0 {
			continue
		}
		flow, ok := lib.Flow(userops.Kinds[i].Flow, v.Layout)
		if !ok {
			continue
		}
		flow.Each(func(s *flows.Step) {
			if c, ok := s.Verb.(*flows.Commit); ok && k.before[c.Target] != nil {
				k.only = append(k.only, flow.Name)
				whole[c.Target] = selectors.Revision{Whole: k.before[c.Target]}
				k.refuted[c.Target] = fmt.Sprintf("What was shown for it is taken back: the rehearsal of %s failed: %s.", r.Action, r.Reason)
			}
		})
	}
	if len(whole) == 0 {
		return false, nil
	}
	for name := range whole {
		delete(k.before, name)
		k.out.Shown = slices.DeleteFunc(k.out.Shown, func(shown string) bool { return shown == name })
		k.Asks(name + ": " + k.refuted[name])
	}
	k.out.Results, k.out.Listing = nil, nil
	return true, k.revise(v, selectors.Change{Targets: whole})
}
