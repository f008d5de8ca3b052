package service

import (
	"context"
	"errors"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// walkPage is the page at which a walk stands for what it lacks, and what came of showing that.
type walkPage struct {
	at     *doctor.Shown // nil: the walk stands nowhere
	shown  bool          // something was shown in the walk
	record string        // the flow of which the person has said that its steps are others
	says   string        // what the step does at which the walk stands
	taken  *stretch      // was recorded in the walk, which asks for nothing more then; nil: none was
	failed error         // why something that was shown could not be kept
}

// ask has the person show what a walk lacks on the page where it stands, so that it goes on there. Whether that holds
// is for the next walk through the whole to say.
func (k *calibration) ask(ctx context.Context, q doctor.Question) (*flows.Library, *selectors.Version, error) {
	if k.inWalk.record == q.Flow || k.inWalk.taken != nil {
		return nil, nil, nil
	}
	if k.version = q.Version.ID; k.out.Before == nil {
		k.out.Before = q.Version
	}
	k.inWalk.at, k.inWalk.says = &q.Shown, q.Says
	defer func() { k.inWalk.at = nil }()
	shown, err := k.target(ctx, q.Lacking)
	switch {
	case err != nil:
		k.inWalk.failed = err
		return nil, nil, err
	case k.out.Left:
		return nil, nil, &userops.Error{Act: "showing", Target: q.Lacking.Name, Tenant: k.tenant, Kind: userops.ErrCancelled,
			Cause: errors.New("the person has left"), Hint: "what was shown is kept"}
	case !shown:
		return nil, nil, nil
	}
	k.inWalk.shown = true
	v, err := k.load()
	if err != nil {
		k.inWalk.failed = err
	}
	return k.lib, v, err
}

// show has do something with the page of a target: that where a walk stands, or one that is gone to.
func (k *calibration) show(ctx context.Context, place doctor.Place, do func(context.Context, doctor.Shown) error) error {
	if k.inWalk.at == nil {
		place.Halting, place.KnownFor = k.halting(), namesFor
		return k.service.show(ctx, k.tenant, place, k.events, do)
	}
	shown := *k.inWalk.at
	for shown.Target.Name != place.Target && shown.Target.Within != nil { // what the target lies in is asked for
		shown.Target, shown.Row = shown.Target.Within, nil
	}
	return k.service.seen(ctx, shown.Page, func(ctx context.Context) error { return do(ctx, shown) })
}
