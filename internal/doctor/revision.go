package doctor

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/selectors"
)

// Fingerprints are what every target looked like that was found, to be kept in the version's file. Nobody's name or e-mail is in them.
func (x *Examination) Fingerprints() map[string]selectors.Revision {
	out := map[string]selectors.Revision{}
	for name, t := range x.targets {
		if t.print != nil {
			f := scrub(*t.print, x.names)
			out[name] = selectors.Revision{Fingerprint: &f}
		}
	}
	return out
}

// Borne are the candidates by which targets were found: they are guesses no more, but recorded.
func (x *Examination) Borne() map[string]selectors.Revision {
	out := map[string]selectors.Revision{}
	for name, t := range x.targets {
		if (t.State == Found || t.State == Fallback) && t.used >= 0 && t.Standing[t.used].Provenance == selectors.Guessed {
			out[name] = selectors.Revision{Recorded: []int{t.used}}
		}
	}
	return out
}

// Version is the version that was looked by; nil where none was recognised.
func (x *Examination) Version() *selectors.Version { return x.version }

// Choice is a proposal that somebody has chosen, by its number from 1; 0 chooses the first if it is clear.
type Choice struct {
	Target string
	Number int
}

// written bounds how many candidates of a proposal are put into a file: one of each kind that lasts.
const written = 3

// Chosen are the proposals of the report that are to be applied: those named, and with clear every one that is clear. A name that has no such
// proposal is an error.
func (x *Examination) Chosen(choices []Choice, clear bool) (map[string]selectors.Revision, error) {
	out := map[string]selectors.Revision{}
	apply := func(t *Target, p Proposal) {
		f := scrub(p.fingerprint, x.names)
		out[t.Name] = selectors.Revision{Candidates: lasting(p.Candidates), Fingerprint: &f}
	}
	if clear {
		for _, t := range x.report.Targets {
			if t.State.wrong() && len(t.Proposals) > 0 && t.Proposals[0].Clear && len(t.Proposals[0].Candidates) > 0 {
				apply(t, t.Proposals[0])
			}
		}
	}
	for _, c := range choices {
		t := x.targets[c.Target]
		if t == nil || !t.State.wrong() {
			continue // it may be found by now, or not looked for yet
		}
		if c.Number < 1 || c.Number > len(t.Proposals) {
			return nil, fmt.Errorf("%s has %d proposals, and number %d was chosen", c.Target, len(t.Proposals), c.Number)
		}
		apply(t, t.Proposals[c.Number-1])
	}
	return out, nil
}

// lasting leaves out structure where something else finds the element: it is what changes first.
func lasting(all []selectors.Candidate) []selectors.Candidate {
	var out, structure []selectors.Candidate
	for _, c := range all {
		c.Provenance = selectors.Recorded
		if c.CSS != "" || c.Role != "" && c.Name == "" {
			structure = append(structure, c)
		} else {
			out = append(out, c)
		}
	}
	if len(out) == 0 {
		out = structure
	}
	return out[:min(written, len(out))]
}

// Walker walks through the flows of a console: what a path of a tenant does.
type Walker interface {
	Examine(ctx context.Context, w Walk) error
}
