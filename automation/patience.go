package automation

import (
	"context"
	"time"
)

// grace is how much longer than an act's own bound its protocol calls may take, so that the page's answer to why it
// failed arrives. Without it the bound would cut off the reason with the wait.
const grace = 3 * time.Second

type endKey struct{}

// Bounded bounds a course of acts: none waits beyond the bound, while the context itself lasts a little longer, so that
// the act under way then can say why it failed. What waits even then ends with cause.
func Bounded(ctx context.Context, bound time.Duration, cause error) (context.Context, context.CancelFunc) {
	ctx, end := untilEnd(ctx, bound)
	return context.WithTimeoutCause(ctx, time.Until(end)+grace, cause)
}

// patient bounds an act: remaining counts down to bound, while the context itself lasts for the grace beyond it.
func patient(ctx context.Context, bound time.Duration) (context.Context, context.CancelFunc) {
	ctx, end := untilEnd(ctx, bound)
	return context.WithTimeout(ctx, time.Until(end)+grace)
}

func untilEnd(ctx context.Context, bound time.Duration) (context.Context, time.Time) {
	end := time.Now().Add(bound)
	if outer, ok := ctx.Value(endKey{}).(time.Time); ok && outer.Before(end) {
		end = outer
	}
	return context.WithValue(ctx, endKey{}, end), end
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

// Over says that the time of an act, or of a course of them, is up. Of the context's own deadline only its end
// counts, by which the caller tells whose time has passed.
func Over(ctx context.Context) bool {
	end, ok := ctx.Value(endKey{}).(time.Time)
	return ctx.Err() != nil || ok && time.Until(end) < 10*time.Millisecond
}
