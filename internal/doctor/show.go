package doctor

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// Place says which page of a console is to be shown: where a flow needs a target, where a flow ends or would commit, or
// an address. Without any it is where the console leads after sign-in.
type Place struct {
	Target  string
	Flow    string
	Open    string
	Sample  string        // e-mail of the user on whose pages a flow is gone through; empty: one is chosen
	Version string        // use this selector version without recognising it; empty: it is recognised
	Step    time.Duration // how long a step may take that does not say
	Wait    time.Duration // how long the target is waited for
	Keep    string        // the folder of evidence to keep it in; empty: one with a new name
	// KnownFor is for how long names that were read serve what is written; 0: they are read again before that.
	KnownFor time.Duration
	Halting  []string // flows that are known to halt: they are not gone through to know who there is
}

// Shown is a page of a console. What its session would send that may change something does not leave.
type Shown struct {
	Page    *automation.Page
	Version *selectors.Version
	Target  *selectors.Target // of the place, its inputs filled in; nil: the place has none
	Row     *automation.Row   // in which it is looked for; nil: it is no part of one
	Flow    string            // that came there; empty: none did
	Note    string            // why the page is not the one that was meant; empty: it is
	Inputs  map[string]string // with which the flow was gone through
	Stopped func() []string   // what was kept from leaving so far, each request in a line
	People  []string          // names and e-mails on the console's list, and the organisation's; nil: the list could not be read
	// PeopleNow are People with whoever has come since they were read, which somebody may have been shown meanwhile. Nil:
	// the list cannot be read, or People are all that is known of the page.
	PeopleNow func(ctx context.Context) []string
	Unmarked  bool // of the sign-in: nothing says that the page is of the version
	// SignedOut says which candidates find something on the page where the sign-in begins, too.
	SignedOut func(ctx context.Context, all []selectors.Candidate) ([]bool, error)
}

// Renewed is the page with the names that are on it now.
func (s Shown) Renewed(ctx context.Context) Shown {
	if s.PeopleNow != nil {
		s.People = s.PeopleNow(ctx)
	}
	return s
}

// Taken is what of a picked element is written to a version's file: the candidates that mean it alone and the
// fingerprint, without anybody's name. What it was found by until now and means something else is left out. dropped says
// of each other candidate why it is not. Where nobody's name is known there is no fingerprint.
func Taken(p automation.Picked, people []string) (r selectors.Revision, dropped []string) {
	var kept []selectors.Candidate
	for _, o := range p.Offers {
		why := o.Why
		switch said := o.Candidate.Name + o.Candidate.Text + o.Candidate.Label; {
		case o.Kept && personal(o.Candidate.String(), people):
			why = "it has somebody's name in it"
		case o.Kept && people == nil && said != "" && !holds(o.Candidate.Role):
			why = "the list could not be read, so that it may be somebody's name"
		}
		if why == "" {
			kept = append(kept, o.Candidate)
			continue
		}
		dropped = append(dropped, fmt.Sprintf("%s: %s", o.Candidate, why))
	}
	if len(kept) > 0 {
		r.Candidates = lasting(kept)
	}
	for _, c := range kept {
		c.Provenance = selectors.Recorded
		if !slices.Contains(r.Candidates, c) {
			dropped = append(dropped, fmt.Sprintf("%s: others last longer", c))
		}
	}
	for _, s := range p.Strays {
		if len(r.Candidates) == 0 {
			break // it stays as it is
		}
		r.Without = append(r.Without, s.Candidate)
		dropped = append(dropped, fmt.Sprintf("%s, by which it was found until now: %d elements match it", s.Candidate, s.Matches))
	}
	if people != nil {
		f := scrub(p.Fingerprint, people)
		r.Fingerprint = &f
	}
	return r, dropped
}

// holds says that what has a role holds other things: its name is a heading, and nobody's.
func holds(role string) bool {
	return slices.Contains([]string{"grid", "table", "treegrid", "list", "listbox", "dialog", "form", "navigation", "main"}, role)
}
