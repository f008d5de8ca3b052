package doctor

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// guess is a target that may be what is lacking on a page that is no known screen of the sign-in.
type guess struct {
	target    string
	of        *selectors.Target
	says      string
	proposals []Proposal
	picture   []byte
}

// suspect looks for what may be in the place of a target by which a screen is known. Which screen the page is, is
// decided once all of them were looked for.
func (x *Examination) suspect(ctx context.Context, s flows.Sighted) {
	found, refused := propose(ctx, s, x.beside(s), x.names)
	if len(found) == 0 || refused != "" {
		return
	}
	g := &guess{target: s.Target.Name, of: s.Target, says: s.Says, proposals: found}
	if x.opts.Pictures {
		t := &Target{Proposals: found}
		x.outline(ctx, s.Page, t, nil)
		g.picture, g.proposals = t.picture, t.Proposals
	}
	x.perhaps = append(x.perhaps, g)
}

// suspected says of the target whose place something is most like that it is missing. Where another comes near, none
// is named.
func (x *Examination) suspected() {
	all := x.perhaps
	x.perhaps = nil
	slices.SortStableFunc(all, func(a, b *guess) int { return int(1000 * (b.proposals[0].Score - a.proposals[0].Score)) })
	if len(all) == 0 || len(all) > 1 && all[0].proposals[0].Score-all[1].proposals[0].Score < ahead {
		return
	}
	g := all[0]
	t := x.target(g.target)
	if t.State == Found || t.State == Fallback {
		return
	}
	t.State, t.Step, t.Proposals, t.picture, t.Refused = Missing, g.says, g.proposals, g.picture, ""
	t.Detail = "the page is no screen that is known, and has something like it"
	x.failing = append(x.failing, fmt.Sprintf("%s: %s", t.Name, t.State.Words()))
}

// looks is what of a fingerprint is put into a version's file: nobody's name. Where nobody's name is known that could
// be left out, nil. On the pages of the sign-in there are names of the account and of its organisations only, and
// telephone numbers; words are kept there only of what is typed into, pressed or ticked, and no numbers, nor what has the
// form of a name and is not known.
func (x *Examination) looks(target string, f selectors.Fingerprint) *selectors.Fingerprint {
	if t, ok := x.signInTarget(target); ok {
		return signInFingerprint(t, f, x.names)
	}
	if !x.listed || x.signIn != nil && x.of(target) == x.signIn {
		return nil
	}
	f = scrub(f, x.names)
	return &f
}

// signInTarget is a target of the sign-in.
func (x *Examination) signInTarget(name string) (*selectors.Target, bool) {
	if x.signIn == nil || x.of(name) != x.signIn {
		return nil, false
	}
	return x.signIn.Target(name)
}

// signInFingerprint is what of a fingerprint of the sign-in is kept.
func signInFingerprint(t *selectors.Target, f selectors.Fingerprint, names []string) *selectors.Fingerprint {
	if !control(f) || len(t.Placeholders()) > 0 {
		f.Name, f.Text, f.Label, f.Title, f.Alt, f.Placeholder = "", "", "", "", "", ""
		f.Href, f.ID, f.TestID, f.Data = "", "", "", ""
	}
	f.Beside = "" // the account, a telephone number, an organisation
	f = scrub(f, names)
	for _, text := range []*string{&f.Name, &f.Text, &f.Label, &f.Title, &f.Alt, &f.Placeholder, &f.Data} {
		if ofSomebody(t, *text, names) || MayBeName(*text) && !knownWords(t, *text) {
			*text = ""
		}
	}
	return &f
}

// ofSomebody says that the words of a control at the sign-in may be of somebody: a button may say to which telephone a
// code is sent. Words by which the target is known anyway are nobody's.
func ofSomebody(t *selectors.Target, words string, names []string) bool {
	if knownWords(t, words) {
		return false
	}
	return Telling(words, names) != "" || strings.ContainsFunc(words, unicode.IsDigit)
}

// knownWords says that a target's candidates have the very words.
func knownWords(t *selectors.Target, words string) bool {
	return slices.ContainsFunc(t.Candidates, func(c selectors.Candidate) bool {
		return slices.Contains([]string{c.Name, c.Text, c.Label, c.Placeholder}, words)
	})
}

// control says that an element is one that is typed into, pressed or ticked, and no link.
func control(f selectors.Fingerprint) bool {
	return slices.Contains([]string{"input", "button", "select"}, f.Tag) || slices.Contains([]string{"button", "textbox", "checkbox"}, f.Role)
}

// TakenAtSignIn is Taken of an element on the pages of the sign-in, where the names are those of the account and of
// its organisation.
func TakenAtSignIn(t *selectors.Target, p automation.Picked, names []string) (r selectors.Revision, dropped []string) {
	var offers []automation.Offer
	for _, o := range p.Offers {
		switch said := o.Candidate.Name + o.Candidate.Text + o.Candidate.Label; {
		case o.Kept && said != "" && !control(p.Fingerprint):
			o.Kept, o.Why = false, "it may be the name of an organisation"
		case o.Kept && ofSomebody(t, said, names):
			o.Kept, o.Why = false, "it may be somebody's number"
		}
		offers = append(offers, o)
	}
	p.Offers = offers
	r, dropped = Taken(p, append([]string{}, names...))
	r.Fingerprint = signInFingerprint(t, p.Fingerprint, names)
	return r, dropped
}

// Lack is what a page of the sign-in lacks.
type Lack struct {
	Page     *automation.Page
	Version  *selectors.Version
	Names    []string // of the target, or of a page that is no known screen of each that may be lacking
	People   []string // names that may be on the page
	Failed   error    // how the step failed
	Unmarked bool     // nothing says that the page is of the version
}

// Proposals are what may be in the place of a target.
func (l Lack) Proposals(ctx context.Context, target string) []Proposal {
	t, ok := l.Version.Target(target)
	if !ok {
		return nil
	}
	out, _ := propose(ctx, flows.Sighted{Page: l.Page, Target: t}, lookable(l.Version), l.People)
	return out
}

// markSignIn notes that a page of the sign-in at which a step has failed is not of the version, by what all its pages are
// told by.
func (x *Examination) markSignIn(ctx context.Context, s flows.Sighted) {
	if s.Failed == nil || x.signIn == nil || s.Version != x.signIn || x.unmarked {
		return
	}
	if r, err := Recognise(ctx, s.Page, x.signIn); err == nil {
		x.unmarked = !r.Matches
	}
}

// UnmarkedSignIn says that a page of the sign-in lacks something, and is not told by what all its pages are told by.
func (x *Examination) UnmarkedSignIn() bool { return x.unmarked }

// byInput says that a target of the sign-in has candidates for what may be configured: one by which it is found is as
// good as another.
func (x *Examination) byInput(s flows.Sighted) bool {
	if x.signIn == nil || s.Version != x.signIn {
		return false
	}
	t, ok := x.signIn.Target(s.Target.Name)
	return ok && len(t.Placeholders()) > 0
}
