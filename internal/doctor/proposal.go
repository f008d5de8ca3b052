package doctor

import (
	"cmp"
	"context"
	"fmt"
	"regexp"
	"slices"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// What is proposed is for a person to look at. Below enough nothing is proposed. A first one that is not ahead of
// the second by ahead is shown, and is not applied without being chosen; nor is one that comes to less than sure
// and is called otherwise: what is of the same kind and stands in the same place comes to nearly that, whatever it
// is.
const (
	enough    = 0.5
	sure      = 0.6
	ahead     = 0.06
	proposals = 3
)

// known is what a target looked like: its fingerprint, or as much as its candidates say where nobody has learnt one.
func known(t *selectors.Target) *selectors.Fingerprint {
	if t.Fingerprint != nil {
		return t.Fingerprint
	}
	f := &selectors.Fingerprint{}
	set := func(to *string, text string) {
		if *to == "" {
			*to = text
		}
	}
	for _, c := range t.Candidates {
		set(&f.TestID, c.TestID)
		set(&f.Role, c.Role)
		set(&f.Name, c.Name)
		set(&f.Name, c.Label)
		set(&f.Text, c.Text)
		set(&f.Placeholder, c.Placeholder)
		if m := byID.FindStringSubmatch(c.CSS); m != nil {
			set(&f.ID, m[1])
		}
		if m := byField.FindStringSubmatch(c.CSS); m != nil {
			set(&f.Field, m[1])
		}
	}
	if f.Text == "" && (f.Role == "button" || f.Role == "link") { // named by what stands on it
		f.Text = f.Name
	}
	return f
}

var (
	byID    = regexp.MustCompile(`#([\w-]+)`)
	byField = regexp.MustCompile(`\[name=["']?([\w.-]+)["']?\]`)
)

// ranked is an element with how much it is like a target.
type ranked struct {
	index   int
	score   float64
	called  bool // as the target was
	reasons []string
	seen    selectors.Fingerprint
}

// unfit is what of its likeness an element keeps that cannot be used as a step would use it.
const unfit = 0.75

// fits says that an element can be used as a step would use it. It is not certain: a page may make anything a button.
func fits(use flows.Use, f *selectors.Fingerprint) bool {
	is := func(roles ...string) bool { return slices.Contains(roles, f.Role) }
	switch use {
	case flows.Pressed:
		return is("button", "link", "menuitem", "tab", "option", "checkbox", "radio", "switch", "combobox") || slices.Contains([]string{"a", "button", "summary"}, f.Tag)
	case flows.Typed:
		return is("textbox", "searchbox", "combobox", "spinbutton") || f.Tag == "input" || f.Tag == "textarea"
	case flows.Picked:
		return is("combobox", "listbox", "button", "radiogroup") || f.Tag == "select"
	case flows.Ticked:
		return is("checkbox", "switch", "radio", "menuitemcheckbox", "menuitemradio")
	case flows.Listed:
		return is("table", "grid", "treegrid", "list", "listbox") || f.Tag == "table"
	}
	return true
}

// rank orders the elements of a page by how much they are like a target, those left out that are another target
// already. They are compared as they would be kept: without the names of people.
func rank(t *selectors.Target, use flows.Use, elements []automation.Element, names []string) []ranked {
	var out []ranked
	want := known(t)
	for i, e := range elements {
		if e.Target != "" && e.Target != t.Name {
			continue
		}
		seen := scrub(e.Fingerprint, names)
		score, reasons := similarity(want, &seen)
		if !fits(use, &e.Fingerprint) {
			score *= unfit
		}
		out = append(out, ranked{i, score, called(want, &seen), reasons, e.Fingerprint})
	}
	slices.SortStableFunc(out, func(a, b ranked) int { return cmp.Compare(b.score, a.score) })
	return out
}

// propose says what on the page may be the target of a step that is missing. refused says why nothing is proposed.
func propose(
	ctx context.Context, s flows.Sighted, others []*selectors.Target, names []string,
) (out []Proposal, refused string) {
	page := s.Page
	elements, err := page.Around(ctx, s.Target, s.Row, others)
	if err != nil {
		return nil, err.Error()
	}
	all := rank(s.Target, s.Use, elements, names)
	refused = doubt(all)
	for i, r := range all[:min(proposals, len(all))] {
		if r.score < enough {
			break
		}
		offers, described, box, err := page.Offers(ctx, r.index)
		if err != nil {
			return out, err.Error()
		}
		p := Proposal{Element: described, Score: float64(int(r.score*1000)) / 1000, Reasons: r.reasons, box: box, fingerprint: r.seen}
		p.Clear = i == 0 && refused == ""
		for _, o := range offers {
			if o.Kept {
				p.Candidates = append(p.Candidates, o.Candidate)
			} else {
				p.Dropped = append(p.Dropped, o.Candidate.String()+": "+o.Why)
			}
		}
		out = append(out, p)
	}
	return out, refused
}

// doubt is why none of what is like a target, the best first, is clearly it; empty: the first is.
func doubt(all []ranked) string {
	best, next := 0.0, 0.0
	if len(all) > 0 {
		best = all[0].score
	}
	if len(all) > 1 {
		next = all[1].score
	}
	switch {
	case best < enough:
		return fmt.Sprintf("nothing on the page is like it: the best of %d elements comes to %.2f, and %.2f is enough", len(all), best, enough)
	case !all[0].called && best < sure:
		return fmt.Sprintf("the first is called otherwise and comes to %.2f, where %.2f would be sure: choose by hand", best, sure)
	case len(all) > 1 && best-next < ahead:
		return fmt.Sprintf("the first two are too much alike (%.2f and %.2f): choose by hand", best, next)
	}
	return ""
}
