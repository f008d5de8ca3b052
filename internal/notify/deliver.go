package notify

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/journal"
)

// deliverBound is how long Deliver takes at most, but for a try under way.
const deliverBound = 30 * time.Second

// Deliver tells what has happened, once, and returns: within a bound, and without trying a receiver again that has
// failed. What is left is told by whoever comes next.
func (n *Notifier) Deliver(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, deliverBound)
	defer cancel()
	for more := true; more; {
		var err error
		if more, err = n.Journal.GiveToReceivers(ctx, n.receiversOf); err != nil {
			n.Log.Error("who is to be told of what happens cannot be written down; the next run does", "error", err)
			return
		}
	}
	var all sync.WaitGroup
	for _, r := range n.receivers {
		all.Go(func() { n.deliver(ctx, r) })
	}
	all.Wait()
	if err := n.giveUp(ctx); err != nil && ctx.Err() == nil {
		n.Log.Error("what could not be delivered for long cannot be given up; the next run does", "error", err)
	}
}

func (n *Notifier) deliver(ctx context.Context, r *receiver) {
	for ctx.Err() == nil && r.failures == 0 {
		d, err := n.Journal.ClaimDelivery(ctx, r.name, n.Bound+2*noteBound)
		switch {
		case err == nil:
			n.try(ctx, r, d)
		case errors.Is(err, journal.ErrNoDelivery) || ctx.Err() != nil:
			return
		default:
			n.failed(r, err)
			return
		}
	}
}
