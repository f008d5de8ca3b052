// Package doctor says what of a console its selectors and flows still match: which candidate finds each target,
// what is missing, and what there could be in its place. It changes nothing, and what it proposes is for a person
// to decide. A path walks through its flows and tells what it sees; this package makes a report of that.
package doctor

import (
	"context"
	"time"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// Walk is how a path is to go through the flows of its tenant, and what it tells meanwhile. All its functions are
// called by one goroutine.
type Walk struct {
	Only    []string      // names of flows, sign-in for the page where that begins; empty: all. A list that is not read is as a walk before has read it
	Sample  string        // e-mail of the user on whose pages the changing flows are looked at; empty: one is chosen
	Version string        // use this selector version without recognising it; empty: it is recognised
	SignIn  bool          // sign in afresh, and look at the pages of that, too
	Step    time.Duration // how long a step may take that does not say
	Keep    string        // the folder of evidence to keep it in; empty: one with a new name

	// Recognised tells which versions the first page shows.
	Recognised func(all []Recognition, used *selectors.Version)
	// People are the names and e-mails of everybody on the list, and the organisation's, which must not stand in
	// any file.
	People func(names []string)
	// Listed tells that the names of everybody on the list are among those given. May be nil.
	Listed func()
	Sight  func(ctx context.Context, s flows.Sighted)
	// Mend is asked for what a page of the sign-in lacks, and goes on by the version that it returns; nil: nobody
	// could show it. May be nil.
	Mend func(ctx context.Context, l Lack) (*selectors.Version, error)
	// Ask is asked to have somebody show what a step of a flow lacks, on the page where the walk stands. The walk goes
	// on there by the version that it returns, and by its files; nil: nobody has shown it. An error ends the walk. May
	// be nil.
	Ask   func(ctx context.Context, q Question) (*flows.Library, *selectors.Version, error)
	Begun func(flow *flows.Flow)
	Ended func(flow *flows.Flow, e End)
}

// End is how the look at a flow ended.
type End struct {
	Skipped string   // why it was not looked at; empty: it was
	About   string   // on whose pages it was looked at
	Err     error    // why it could not be gone through to its commit, or to its end; nil: it could
	After   []string // targets of what follows its commit, which were not looked at
	Unseen  string   // what of it is behind what was looked at; empty: nothing but what After says
}

// Recognition is what of a version the first page shows.
type Recognition struct {
	Version    string      `json:"version"`
	Layout     string      `json:"layout"`
	Matches    bool        `json:"matches"`
	Conditions []Condition `json:"conditions"`
}

// Condition is a fingerprint of a version, and whether the page shows it.
type Condition struct {
	Any   []string `json:"any"` // of these one must be there
	Holds bool     `json:"holds"`
}
