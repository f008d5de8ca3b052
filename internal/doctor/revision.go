package doctor

import (
	"fmt"
	"maps"
	"slices"

	"github.com/billagent/billagent/selectors"
)

// Fingerprints are what every target of a version looked like that was found, to be kept in its file. Nobody's name or
// e-mail is in them.
func (x *Examination) Fingerprints(of *selectors.Version) map[string]selectors.Revision {
	out := map[string]selectors.Revision{}
	for name, t := range x.targets {
		if t.print != nil && x.of(name) == of && x.has(name) {
			if f := x.looks(name, *t.print); f != nil {
				out[name] = selectors.Revision{Fingerprint: f}
			}
		}
	}
	return out
}

// Borne are the candidates by which targets of a version were found: they are guesses no more, but recorded.
func (x *Examination) Borne(of *selectors.Version) map[string]selectors.Revision {
	out := map[string]selectors.Revision{}
	for name, t := range x.targets {
		if (t.State == Found || t.State == Fallback) && x.of(name) == of && x.has(name) && t.used >= 0 && t.Standing[t.used].Provenance == selectors.Guessed {
			out[name] = selectors.Revision{Recorded: []int{t.used}}
		}
	}
	return out
}

// Names are those of everybody on the list and of the organisation; nil where not everybody is known.
func (x *Examination) Names() []string {
	if !x.listed {
		return nil
	}
	return x.names
}

// Version is the version that the console was looked at by; nil where none was recognised.
func (x *Examination) Version() *selectors.Version { return x.version }

// SignIn is the version that the pages of the sign-in were looked at by; nil where none was.
func (x *Examination) SignIn() *selectors.Version { return x.signIn }

// Versions are those that were looked by.
func (x *Examination) Versions() []*selectors.Version {
	return slices.DeleteFunc([]*selectors.Version{x.signIn, x.version}, func(v *selectors.Version) bool { return v == nil })
}

// Choice is a proposal that somebody has chosen, by its number from 1, or 0 for the one that is clear; or for a column of
// a table the words of its header.
type Choice struct {
	Target string
	Number int
	Of     *Report // whose proposals are numbered; nil: those of the look that it is applied after
	Column string  // of the target, which is a table; empty: the target itself is meant
	Header string
}

// written bounds how many candidates of a proposal are put into a file: one of each kind that lasts.
const written = 3

// Chosen are the proposals for targets of a version that are to be applied: those named, and with clear every one
// that is clear. A number of which there is no proposal is an error.
func (x *Examination) Chosen(of *selectors.Version, choices []Choice, clear bool) (map[string]selectors.Revision, error) {
	out := map[string]selectors.Revision{}
	for _, t := range x.report.Targets {
		if clear && t.State.wrong() && x.of(t.Name) == of && x.has(t.Name) {
			x.clearly(t, out)
		}
	}
	for _, c := range choices {
		t := x.targets[c.Target]
		if t == nil || !t.State.wrong() || x.of(c.Target) != of || !x.has(c.Target) {
			continue // it may be found by now, or not looked for yet
		}
		switch {
		case c.Column != "":
			if _, lacking := t.Headers[c.Column]; lacking {
				under(out, c.Target, c.Column, c.Header)
			}
		default:
			p, err := c.among(t.Proposals)
			if err != nil {
				return nil, err
			}
			out[t.Name] = x.revision(t.Name, p)
		}
	}
	return out, nil
}

// among finds the proposal in the choice's own report, or among those of the look.
func (c Choice) among(proposals []Proposal) (Proposal, error) {
	if c.Of != nil {
		proposals = nil
		for _, t := range c.Of.Targets {
			if t.Name == c.Target {
				proposals = t.Proposals
			}
		}
	}
	if c.Number == 0 {
		if len(proposals) == 0 || !proposals[0].Clear {
			return Proposal{}, fmt.Errorf("no proposal for %s is clear, of %d: look at them, and choose one by its number", c.Target, len(proposals))
		}
		return proposals[0], nil
	}
	if c.Number < 0 || c.Number > len(proposals) {
		return Proposal{}, fmt.Errorf("%s has %d proposals, and number %d was chosen", c.Target, len(proposals), c.Number)
	}
	return proposals[c.Number-1], nil
}

// has says that a version that is looked by has a target.
func (x *Examination) has(target string) bool {
	v := x.of(target)
	if v == nil {
		return false
	}
	_, ok := v.Target(target)
	return ok
}

// clearly adds what is clear of a target's proposals.
func (x *Examination) clearly(t *Target, to map[string]selectors.Revision) {
	if len(t.Proposals) > 0 && t.Proposals[0].Clear {
		if r := x.revision(t.Name, t.Proposals[0]); len(r.Candidates) > 0 {
			to[t.Name] = r
		}
	}
	for _, column := range slices.Sorted(maps.Keys(t.Headers)) {
		if h := t.Headers[column]; h.Clear {
			under(to, t.Name, column, h.Words)
		}
	}
}

// revision is what of a proposal is put into a file: no names of people or of the organisation.
func (x *Examination) revision(target string, p Proposal) selectors.Revision {
	nameless := slices.DeleteFunc(slices.Clone(p.Candidates), func(c selectors.Candidate) bool { return personal(c.String(), x.names) })
	if t, ok := x.signInTarget(target); ok {
		nameless = slices.DeleteFunc(nameless, func(c selectors.Candidate) bool { return ofSomebody(t, c.Name+c.Text+c.Label, x.names) })
	}
	out := selectors.Revision{Candidates: lasting(nameless)}
	if p.fingerprint.Tag != "" {
		out.Fingerprint = x.looks(target, p.fingerprint)
	}
	return out
}

func under(to map[string]selectors.Revision, target, column, header string) {
	r := to[target]
	if r.Headers == nil {
		r.Headers = map[string]string{}
	}
	r.Headers[column] = header
	to[target] = r
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
