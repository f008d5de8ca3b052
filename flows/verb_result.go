package flows

import (
	"context"
	"time"
)

// Ending says how the change stands by what the page shows: requested, a second person must approve.
type Ending string

func (e *Ending) says() string    { return "note that the change stands as " + string(*e) }
func (*Ending) word() string      { return "result" }
func (*Ending) label() string     { return "" }
func (*Ending) targets() []string { return nil }
func (*Ending) texts() []string   { return nil }

func (*Ending) run(_ context.Context, r *Run, _ *Step, _ time.Duration) error {
	r.result.Requested = true
	return nil
}
