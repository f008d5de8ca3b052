package daemon

import (
	"context"
	"errors"
	"sync"
)

// Once carries out what is due now, tenants side by side, then what recurs and is due, and returns. It wakes
// nobody, and needs no queue.
func Once(ctx context.Context, o Options) error {
	agenda, err := o.Service.Agenda(ctx)
	if err != nil {
		return err
	}
	places := make(chan struct{}, max(o.AtOnce, 1))
	errs := make([]error, len(agenda.Tenants))
	var all sync.WaitGroup
	for i, tenant := range agenda.Tenants {
		all.Go(func() {
			places <- struct{}{}
			defer func() { <-places }()
			_, errs[i] = o.Service.RunDue(ctx, tenant, ctx.Done(), o.Events)
		})
	}
	all.Wait()
	errs = append(errs, agenda.Unserved())
	if ctx.Err() == nil {
		errs = append(errs, o.Service.RunRecurring(ctx, o.Events), o.Service.TellExpiries(ctx))
	}
	return errors.Join(errs...)
}
