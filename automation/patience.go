package automation

import (
	"context"
	"time"
)

// grace is how much longer than an act's own bound its protocol calls may take, so that the page's answer to why it
// failed arrives. Without it the bound would cut off the reason with the wait.
const grace = 3 * time.Second

type endKey struct{}

// patient bounds an act: remaining counts down to bound, while the context itself lasts for the grace beyond it.
func patient(ctx context.Context, bound time.Duration) (context.Context, context.CancelFunc) {
	end := time.Now().Add(bound)
	if outer, ok := ctx.Value(endKey{}).(time.Time); ok && outer.Before(end) {
		end = outer
	}
	return context.WithTimeout(context.WithValue(ctx, endKey{}, end), time.Until(end)+grace)
}

// remaining is the time left for an act, at most most.
func remaining(ctx context.Context, most time.Duration) time.Duration {
	if end, ok := ctx.Value(endKey{}).(time.Time); ok {
		most = min(most, time.Until(end))
	}
	if deadline, ok := ctx.Deadline(); ok {
		most = min(most, time.Until(deadline))
	}
	return max(0, most)
}

// over says that an act's time is up.
func over(ctx context.Context) bool {
	return ctx.Err() != nil || remaining(ctx, time.Hour) < 10*time.Millisecond
}
