package flows

import (
	"context"
	"strings"
	"time"

	"github.com/billagent/billagent/selectors"
)

// Await waits until one of several targets is there.
type Await []string

func (a *Await) says() string {
	if len(*a) == 1 {
		return "wait until " + (*a)[0] + " is there"
	}
	return "wait until one of these is there: " + strings.Join(*a, ", ")
}
func (*Await) word() string        { return "await" }
func (a *Await) targets() []string { return *a }
func (*Await) texts() []string     { return nil }

func (a *Await) run(ctx context.Context, r *Run, _ *Step, bound time.Duration) error {
	_, err := r.await(ctx, bound, *a...)
	return err
}

// await waits for one of several targets, or for something watched, and returns the index of the target.
func (r *Run) await(ctx context.Context, bound time.Duration, names ...string) (int, error) {
	var targets []*selectors.Target
	for _, n := range names {
		t, err := r.target(n)
		if err != nil {
			return -1, err
		}
		targets = append(targets, t)
	}
	var watched []Watch
	for _, w := range r.Watch {
		targets = append(targets, w.Target)
		watched = append(watched, w.Watch)
	}
	i, _, err := r.Page.Await(ctx, bound, nil, targets...)
	if err != nil {
		return -1, err
	}
	if i >= len(names) {
		w := watched[i-len(names)]
		return -1, &HaltError{Kind: w.Kind, Reason: w.Reason, Hint: w.Hint}
	}
	return i, nil
}
