package doctor

import (
	"context"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// Question asks what a target is on a page at which a walk stands.
type Question struct {
	Shown
	Lacking *Target // how it looks, as a report would say it
	Says    string  // what the step does that lacks it
	// Hold has nothing leave any more that may change something, before a person sees the page.
	Hold func(ctx context.Context) error
}

// asking has ask be told what the step at which the walk stands lacks. What was shown is looked for anew then, by the
// version by which the walk goes on.
func (x *Examination) asking(
	ask func(context.Context, Question) (*flows.Library, *selectors.Version, error),
) func(context.Context, Question) (*flows.Library, *selectors.Version, error) {
	return func(ctx context.Context, q Question) (*flows.Library, *selectors.Version, error) {
		for _, s := range x.lacking {
			if t := x.target(s.Target.Name); t.State.wrong() && !t.Blocked() {
				q.Target, q.Row, q.Lacking, q.Says = s.Target, s.Row, t, s.Says
				break
			}
		}
		if q.Lacking == nil {
			return nil, nil, nil
		}
		if err := q.Hold(ctx); err != nil {
			return nil, nil, err
		}
		lib, v, err := ask(ctx, q)
		if v == nil || err != nil {
			return nil, nil, err
		}
		x.use(v)
		for _, s := range x.lacking {
			x.forget(s.Target.Name)
		}
		x.lacking, x.failing = nil, nil
		return lib, v, nil
	}
}

// forget has a target looked for anew.
func (x *Examination) forget(name string) {
	was := x.target(name)
	*was = Target{Name: name, State: NotReached, Flows: was.Flows, order: was.order, used: -1}
	was.stand(x.of(name), name)
}
