package change

import (
	"context"

	"github.com/billagent/billagent/internal/userops"
)

// Hooks accompany one change: they name it, and are asked and told at the points that matter. A function that is
// nil agrees; an empty ID becomes a new one.
type Hooks struct {
	ID     string
	DryRun bool // go up to the commit, not over it
	Batch  bool // it is one of several that are carried out one after the other
	// Through is a rehearsal that presses as well, where nothing can leave, and tells what would have been sent.
	Through bool

	// Found is asked when the user has been looked at and something is to be done. An error ends the change.
	Found func(ctx context.Context, found Found) error
	// Intent is asked directly before the commit, with what the list must show afterwards. Unless it returns nil,
	// nothing is committed.
	Intent func(ctx context.Context, before *userops.User, wanted userops.Wanted) error
	// Acted is told directly after the commit was, or may have been, delivered.
	Acted func(ctx context.Context)
}

// Found is what a change found before it began.
type Found struct {
	User   *userops.User // nil: there is none
	Active int           // active users of the tenant, of a list read to its proved end
}

func (h Hooks) complete() Hooks {
	if h.ID == "" {
		h.ID = userops.NewOperationID()
	}
	if h.Found == nil {
		h.Found = func(context.Context, Found) error { return nil }
	}
	if h.Intent == nil {
		h.Intent = func(context.Context, *userops.User, userops.Wanted) error { return nil }
	}
	if h.Acted == nil {
		h.Acted = func(context.Context) {}
	}
	return h
}
