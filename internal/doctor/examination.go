package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// Options say what an examination is for.
type Options struct {
	Tenant   string
	Library  *flows.Library
	Masking  automation.Masking // of pictures
	Pictures bool               // outline what is found in pictures
	// Explain says of an error its reason, hint and code.
	Explain func(err error) (reason, hint, code string)
}

// Examination makes a report of what a walk tells. It is for one goroutine.
type Examination struct {
	opts      Options
	report    *Report
	version   *selectors.Version // of the console's pages
	signIn    *selectors.Version // of the pages of the sign-in; nil: none was looked at
	targets   map[string]*Target
	sometimes map[string]bool     // targets that are there or not, by what the flows of the layout do with them
	others    []*selectors.Target // of the version, that can be looked for without inputs
	screens   []*selectors.Target // the same of the version of the sign-in
	names     []string            // of people
	listed    bool                // those of everybody are among them
	failing   []string            // what is wrong with targets of the step at which the flow halts that is looked at
	lacking   []flows.Sighted     // the same targets, as they were looked for last
	unmarked  bool                // nothing on a page of the sign-in that lacks something says that it is of the version
	perhaps   []*guess            // targets of which one is lacking on a page that is no known screen
	after     map[string]string   // targets that a look at a flow does not come to, to why
	marked    map[string][]bool   // by address: which conditions of the version were seen to hold there
	order     int
}

// New begins an examination.
func New(o Options) *Examination {
	return &Examination{
		opts: o, targets: map[string]*Target{}, sometimes: map[string]bool{}, after: map[string]string{}, marked: map[string][]bool{},
		report: &Report{Tenant: o.Tenant, App: o.Library.App.Name, At: time.Now().UTC()},
	}
}

// Walk completes a walk with what this examination wants to be told.
func (x *Examination) Walk(w Walk) Walk {
	w.Recognised, w.People, w.Sight, w.Ended = x.recognised, x.people, x.sight, x.ended
	w.Listed = func() { x.listed = true }
	if w.Ask != nil {
		w.Ask = x.asking(w.Ask)
	}
	x.report.named = len(w.Only) > 0
	if w.Begun == nil {
		w.Begun = func(*flows.Flow) {}
	}
	return w
}

func (x *Examination) recognised(all []Recognition, used *selectors.Version) {
	x.report.Recognised = all
	if used != nil {
		x.use(used)
	}
}

// use says by which version is looked.
func (x *Examination) use(v *selectors.Version) {
	x.version = v
	x.report.Version, x.report.Layout = v.ID, v.Layout
	x.others = lookable(v)
	x.usuallyAbsent(v)
}

// useSignIn says by which version the pages of the sign-in are looked at.
func (x *Examination) useSignIn(v *selectors.Version) {
	if v == nil || x.signIn == v {
		return
	}
	x.signIn, x.report.SignIn = v, v.ID
	x.screens = lookable(v)
	x.usuallyAbsent(v)
}

// lookable are the targets of a version that can be looked for without inputs.
func lookable(v *selectors.Version) (out []*selectors.Target) {
	for _, name := range v.Names() {
		if t, ok := v.Target(name); ok && len(t.Placeholders()) == 0 {
			out = append(out, t)
		}
	}
	return out
}

// usuallyAbsent notes which targets are there or not.
func (x *Examination) usuallyAbsent(v *selectors.Version) {
	for _, f := range x.opts.Library.All() {
		if len(f.Layouts) == 0 || slices.Contains(f.Layouts, v.Layout) {
			for _, name := range f.Sometimes() {
				x.sometimes[name] = true
			}
		}
	}
}

func (x *Examination) people(names []string) { x.names = append(x.names, names...) }

// sightBound keeps one look from holding up the walk.
const sightBound = 15 * time.Second

// sight looks at a target of a step, and at what it lies in.
func (x *Examination) sight(ctx context.Context, s flows.Sighted) {
	ctx, cancel := context.WithTimeout(ctx, sightBound)
	defer cancel()
	if s.Version != nil && s.Version.Covers == selectors.SignIn {
		x.useSignIn(s.Version)
	}
	x.mark(ctx, s)
	defer x.markSignIn(ctx, s)
	for again := true; again; {
		again = x.lookAt(ctx, s)
		s.Target, s.Row, s.Use = s.Target.Within, nil, flows.Looked
		again = again && s.Target != nil
	}
}

// mark looks which conditions of the version hold on the page of a step. What covers a page for a while may hide a
// mark from one look and not from the next.
func (x *Examination) mark(ctx context.Context, s flows.Sighted) {
	if x.version == nil || s.Version == x.signIn && x.signIn != nil {
		return
	}
	at := automation.WithoutQuery(s.Page.URL())
	if held := x.marked[at]; held != nil && !slices.Contains(held, false) {
		return // each has held there, and that is all that is asked
	}
	r, err := Recognise(ctx, s.Page, x.version)
	if err != nil {
		return // the step itself says what is wrong with the page
	}
	if x.marked[at] == nil {
		x.marked[at] = make([]bool, len(r.Conditions))
	}
	for i, c := range r.Conditions {
		x.marked[at][i] = x.marked[at][i] || c.Holds
	}
}

// Unmarked are the addresses of pages of the walk on which a condition of the version, by its index, never held.
func (x *Examination) Unmarked(condition int) (out []string) {
	for _, at := range slices.Sorted(maps.Keys(x.marked)) {
		if held := x.marked[at]; condition < len(held) && !held[condition] {
			out = append(out, at)
		}
	}
	return out
}

// lookAt looks at one target. further says that what it lies in is to be looked at, too: it is not there, or not
// known yet.
func (x *Examination) lookAt(ctx context.Context, s flows.Sighted) (further bool) {
	seen, err := s.Page.Examine(ctx, s.Target, s.Row)
	if err != nil {
		return false // the step itself says what is wrong with the page
	}
	further = seen.Miss != "" || s.Target.Within != nil && x.target(s.Target.Within.Name).State == NotReached
	state := stateOf(s.Target, s.Use, seen)
	if state == Fallback && x.byInput(s) {
		state = Found
	}
	switch {
	case state == Found || state == Fallback:
	case state == Ambiguous && s.Unknown: // that is why its screen is not known
	case s.Need == flows.Sometimes, s.Failed == nil && state != Columns, s.Need == flows.OneOf && x.sometimes[s.Target.Name]:
		state = NotShown
	}
	if s.Failed == nil {
		x.lacking = nil
	}
	if s.Failed != nil && state.wrong() {
		x.lacking = append(x.lacking, s)
		x.failing = append(x.failing, fmt.Sprintf("%s: %s", s.Target.Name, state.Words()))
	}
	if s.Unknown && state == NotShown {
		x.suspect(ctx, s)
	}
	t := x.target(s.Target.Name)
	if !slices.Contains(t.Flows, s.Flow.Name) {
		t.Flows = append(t.Flows, s.Flow.Name)
	}
	if !weighs(state, t.State) {
		return further
	}
	t.State, t.Step = state, s.Says
	t.take(s.Target, seen)
	if state == Found || state == Fallback {
		t.print = seen.Fingerprint
	}
	if state == Missing || state == Elsewhere {
		t.Proposals, t.Refused = nil, ""
		switch {
		case seen.Foreign:
			t.Refused = foreign
		case seen.Miss != "":
			t.Refused = blocked
		default:
			t.Proposals, t.Refused = propose(ctx, s, x.beside(s), x.names)
		}
	}
	if x.opts.Pictures && state != NotShown {
		x.outline(ctx, s.Page, t, seen.Boxes)
	}
	return further
}

// outline takes pictures of where a target is, or where it was looked for, and of what is proposed.
func (x *Examination) outline(ctx context.Context, page *automation.Page, t *Target, boxes []automation.Box) {
	shot, err := page.Screenshot(ctx, x.opts.Masking)
	if err != nil {
		return // a page that cannot be masked is not pictured
	}
	if t.picture, err = outlined(shot, boxes...); err != nil {
		t.picture = nil
	}
	for i := range t.Proposals {
		p := &t.Proposals[i]
		if p.picture, err = outlined(shot, p.box); err != nil {
			p.picture = nil
		}
	}
}

// stateOf says how a target was found.
func stateOf(t *selectors.Target, use flows.Use, seen automation.Examination) State {
	switch {
	case len(seen.Matches) > 1 && t.Table == nil && use != flows.Every:
		return Ambiguous
	case len(seen.Matches) == 0 && len(seen.Elsewhere) > 0:
		return Elsewhere
	case len(seen.Matches) == 0:
		return Missing
	case slices.ContainsFunc(slices.Collect(maps.Values(seen.Columns)), func(why string) bool { return why != "" }):
		return Columns
	case seen.Used > 0:
		return Fallback
	}
	return Found
}

// weighs says that a look tells more than the one before: what makes a flow halt most, then that it was found, then
// that it was not.
func weighs(now, before State) bool {
	weight := func(s State) int {
		switch {
		case s.wrong():
			return 4
		case s == Fallback:
			return 3
		case s == Found:
			return 2
		case s == NotShown:
			return 1
		}
		return 0
	}
	return weight(now) > weight(before)
}

// target is the entry of a target in the report.
func (x *Examination) target(name string) *Target {
	t := x.targets[name]
	if t == nil {
		x.order++
		t = &Target{Name: name, State: NotReached, Flows: []string{}, order: x.order, used: -1}
		x.targets[name] = t
		x.report.Targets = append(x.report.Targets, t)
		t.stand(x.of(name), name)
	}
	return t
}

// of is the version that has a target: that of the console, or that of the sign-in. Nil: none is known.
func (x *Examination) of(target string) *selectors.Version {
	if x.signIn == nil {
		return x.version
	}
	if _, ok := x.signIn.Target(target); ok {
		return x.signIn
	}
	return x.version
}

// beside are the targets that may be on the page of a sighting.
func (x *Examination) beside(s flows.Sighted) []*selectors.Target {
	if x.signIn != nil && s.Version == x.signIn {
		return x.screens
	}
	return x.others
}

func (t *Target) stand(v *selectors.Version, name string) {
	if v == nil {
		return
	}
	if of, ok := v.Target(name); ok {
		for _, c := range of.Candidates {
			t.Standing = append(t.Standing, Standing{c.String(), c.Provenance})
		}
	}
}

// take writes down what was seen.
func (t *Target) take(of *selectors.Target, seen automation.Examination) {
	t.Candidate, t.Tried, t.Matches, t.Columns, t.Headers, t.Detail = "", seen.Tried, nil, nil, nil, ""
	t.used = -1
	if seen.Used >= 0 && seen.Used < len(of.Candidates) {
		t.Candidate, t.used = of.Candidates[seen.Used].String(), seen.Used
	}
	if len(of.Candidates) != len(t.Standing) { // one that takes an empty input was left out
		t.used = -1
	}
	switch t.State {
	case Ambiguous:
		t.Matches, t.Detail = seen.Matches, fmt.Sprintf("%d elements match", len(seen.Matches))
	case Elsewhere:
		t.Matches, t.Detail = seen.Elsewhere, "it is not within "+of.Within.Name+" any more"
	case Missing:
		t.Detail = "not on the page"
		if seen.Hidden > 0 {
			t.Detail = "on the page, but nobody can see it"
		}
		if seen.Miss != "" {
			t.Detail = seen.Miss
		}
	case Fallback:
		t.Detail = "its first candidate finds nothing any more"
		if seen.Counts[0] > 1 {
			t.Detail = fmt.Sprintf("its first candidate finds %d elements", seen.Counts[0])
		}
	case Columns:
		t.Columns, t.Headers = map[string]string{}, headers(of.Table, seen)
		var lacking []string
		for _, name := range slices.Sorted(maps.Keys(seen.Columns)) {
			if why := seen.Columns[name]; why != "" {
				t.Columns[name] = why
				lacking = append(lacking, name+" ("+why+")")
			}
		}
		t.Detail = "columns that are not there: " + strings.Join(lacking, "; ")
	}
}

func (x *Examination) ended(f *flows.Flow, e End) {
	out := Flow{Name: f.Name, About: f.About, On: e.About, Skipped: e.Skipped, Unseen: e.Unseen}
	if e.Err != nil {
		out.Reason, out.Hint, out.Code = x.opts.Explain(e.Err)
	}
	out.Disproved = disproved(e.Err)
	x.suspected()
	if len(x.failing) > 0 { // which says more than the error of the step, and that shortly
		out.Detail, out.Reason, out.Hint = out.Reason, strings.Join(x.failing, ", "), x.toMend(f)
	}
	x.lacking, x.failing = nil, nil
	for _, name := range e.After {
		x.after[name] = fmt.Sprintf("it comes after the commit of %s, which a look does not make", f.Name)
		if !f.Changes {
			x.after[name] = fmt.Sprintf("%s comes to it after something is typed or pressed, which a look without a sign-in does not do", f.Name)
		}
	}
	x.report.Flows = append(x.report.Flows, out)
}

// toMend says what can be done about what is wrong with the targets of a flow.
func (x *Examination) toMend(f *flows.Flow) string {
	for _, t := range x.report.Targets {
		if t.State.wrong() && slices.Contains(t.Flows, f.Name) && len(t.Proposals)+len(t.Headers) > 0 {
			return "look at what is proposed, and choose of it, or show what the target is now"
		}
	}
	return "nothing is proposed: show what the target is now, or write a candidate for it"
}

// disproved is the target at which a flow has halted since what it finds is another thing than is meant: it says
// somebody else, or does not keep what is put into it. One that is covered, or does not move, may be the right one.
func disproved(failed error) string {
	var at *automation.Error
	if errors.As(failed, &at) && (errors.Is(at.Kind, automation.ErrWrongIdentity) || errors.Is(at.Kind, automation.ErrNotRead)) {
		return at.Target
	}
	return ""
}

// Report is what was seen, complete once the examination has ended.
func (x *Examination) Report() *Report { return x.report }

// End ends the examination. failed is why the walk could not be gone through; nil where it could.
func (x *Examination) End(failed error) {
	if failed != nil && !errors.Is(failed, context.Canceled) {
		x.report.Failed, x.report.Hint, x.report.Code = x.opts.Explain(failed)
	}
	for _, v := range x.Versions() {
		for _, name := range v.Names() {
			t := x.target(name)
			if t.State != NotReached {
				continue
			}
			t.Detail = "no flow that was looked at came to it"
			if why := x.after[name]; why != "" {
				t.Detail = why
			}
		}
	}
	x.report.settle()
}
