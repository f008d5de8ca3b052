package schedule

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// Next is what follows an attempt.
type Next string

// What may follow.
const (
	End   Next = "end"   // it is so, or a second administrator decides
	Again Next = "again" // it was stopped before its commit, which says nothing of the tenant: as soon as may be
	Later Next = "later" // nothing was changed, and why may pass by itself: the tenant rests for a while
	Hold  Next = "hold"  // nothing was changed, and nothing of the tenant can be before a person has seen to it
	Park  Next = "park"  // this one needs a person
)

// What an attempt that was halted before its commit says by its code. Every other code parks.
var (
	again = codes(userops.ErrInterrupted, userops.ErrCancelled, userops.ErrFrozen)
	later = codes(userops.ErrUnreachable, userops.ErrTimeout, userops.ErrBrowser, userops.ErrLease, userops.ErrIncomplete, userops.ErrStorage)
	holds = codes(userops.ErrCredentials, userops.ErrLocked, userops.ErrSignInHalted, userops.ErrFactor, userops.ErrNeedsPerson,
		userops.ErrOrganisation, userops.ErrUnknownUI,
		userops.ErrDrift, userops.ErrConfig, userops.ErrProtocol, userops.ErrUnsupported, userops.ErrLost, userops.ErrDamaged)
)

func codes(kinds ...error) (out []userops.Code) {
	for _, k := range kinds {
		out = append(out, userops.CodeOf(k))
	}
	return out
}

// MostTries is how often one thing is tried before it is parked. What keeps a whole tenant from working rests the
// tenant and tries nothing, so that this many failures are of the thing itself.
const MostTries = 5

// MostInterruptions is how often one thing is begun anew after its process has ended, or was stopped, before it is
// parked: a process that is ended by the very thing, as for want of memory, would begin it without end. A daemon
// that is started anew each day with something under way comes to far fewer.
const MostInterruptions = 10

// Before is how often one thing was tried.
type Before struct{ Failed, Interrupted int }

// After says what follows an attempt that ended so. What may have been done is never done again.
func After(outcome userops.Outcome, code userops.Code, before Before) Next {
	switch outcome {
	case userops.Done, userops.Already, userops.Requested:
		return End
	case userops.Refused:
		if code == userops.CodeOf(userops.ErrFrozen) { // it is not tried before the thaw, which is a person's word
			return Again
		}
		return Park
	case userops.Halted:
	default: // unknown: a person must look
		return Park
	}
	switch {
	case slices.Contains(again, code) && before.Interrupted+1 < MostInterruptions:
		return Again
	case slices.Contains(holds, code):
		return Hold
	case slices.Contains(later, code) && before.Failed+1 < MostTries:
		return Later
	}
	return Park
}

// Open is how many failures in a row make a tenant be looked at by a read before it is tried again.
const Open = 3

// Bounds of a rest.
const (
	firstRest = 5 * time.Second
	mostRest  = 10 * time.Minute
)

// Rest is how long a tenant rests after so many failures in a row: twice as long each time, of which the last half
// is left to chance, so that tenants which failed together do not come together.
func Rest(failures int) time.Duration {
	d := firstRest << min(max(failures-1, 0), 16)
	d = min(d, mostRest)
	return d/2 + rand.N(d/2)
}
