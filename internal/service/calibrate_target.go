package service

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/recording"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// marks has the person show what every page of the console has, where the version that is looked by is not
// recognised: otherwise no command would know the pages.
func (k *calibration) marks(ctx context.Context, x *doctor.Examination) (again bool, err error) {
	const what = "marks"
	if again, err = k.unmark(x); again || err != nil {
		return again, err
	}
	lacking := -1
	for _, r := range k.out.Report.Recognised {
		for i, c := range r.Conditions {
			if r.Version == x.Version().ID && !c.Holds && lacking < 0 {
				lacking = i
			}
		}
	}
	if lacking < 0 || !k.asks(what) {
		return false, nil
	}
	note := strings.TrimSpace(k.unfit + " By this the console's pages are told from others'. Show something that all of them have once " +
		"somebody is signed in, such as the navigation, that the pages of the sign-in do not have, and that names nobody.")
	k.Asks("show a mark, which every page of the console has. " + note)
	everywhere := &selectors.Target{Name: "what every page of this console has"}
	place := doctor.Place{Version: k.version, Step: k.Walk.Step}
	p := automation.Pick{Target: everywhere, Guided: true, StandIn: k.standIn(what), Note: note}
	var also []bool // which of what was taken the page of the sign-in has, too
	var r selectors.Revision
	picked, _, err := k.pick(ctx, place, p, func(ctx context.Context, shown doctor.Shown, picked automation.Picked) (err error) {
		r, _ = doctor.Taken(picked, shown.People)
		also, err = shown.SignedOut(ctx, r.Candidates)
		return err
	})
	if err != nil || !picked.Taken {
		if picked.Skipped {
			k.skip(what)
		}
		return false, err
	}
	var alone []selectors.Candidate
	for i, c := range r.Candidates {
		if !also[i] {
			alone = append(alone, c)
		}
	}
	switch k.unfit = ""; {
	case len(r.Candidates) == 0:
		k.unfit = "What was shown is found only by what names somebody: show something else."
	case len(alone) == 0:
		k.unfit = "The page of the sign-in has what was shown, too: show something else."
	}
	if k.unfit != "" {
		return true, nil
	}
	v, err := k.load()
	if err != nil {
		return false, err
	}
	k.unmarked[lacking], k.marked = v.Fingerprints[lacking].Any, true
	return true, k.write(selectors.Change{Marks: map[int][]selectors.Candidate{lacking: alone}})
}

// unmark takes a mark back that not every page of the walk has: a page without it would be taken for another's.
func (k *calibration) unmark(x *doctor.Examination) (again bool, err error) {
	for i, before := range k.unmarked {
		if at := x.Unmarked(i); len(at) > 0 {
			k.unfit = fmt.Sprintf("What was shown is not on %s: show something else.", strings.Join(at[:min(3, len(at))], ", "))
			delete(k.unmarked, i)
			k.marked = true
			return true, k.write(selectors.Change{MarksAlone: map[int][]selectors.Candidate{i: before}})
		}
	}
	return false, nil
}

// target has the person show a target.
func (k *calibration) target(ctx context.Context, t *doctor.Target) (again bool, err error) {
	name := t.Name
	v, err := k.load()
	if err != nil {
		return false, err
	}
	of, _ := v.Target(name)
	note := strings.TrimSpace(k.refuted[name] + " " + said(t))
	if t.State == doctor.Elsewhere { // what it lies in is another thing now
		note = fmt.Sprintf("%s is on the page, and outside of %s: show what it lies in.", name, of.Within.Name)
		name, of = of.Within.Name, of.Within
	}
	if !k.asks(name) {
		return false, nil
	}
	note = strings.TrimSpace(fmt.Sprintf("Show %s%s. %s", meaning(of), k.purpose(t), note))
	k.Asks(fmt.Sprintf("%s, in %s: %s", name, k.Where, note))
	place := doctor.Place{Target: name, Sample: k.Walk.Sample, Version: k.version, Step: k.Walk.Step, Wait: pickWait, Keep: k.Walk.Keep}
	stretch, err := k.stretchAt()
	if err != nil {
		return false, err
	}
	if of.Table != nil {
		return k.list(ctx, place, t, of, stretch, note)
	}
	p := automation.Pick{Guided: true, Recordable: len(t.Flows) > 0, Stretch: stretch != nil, Note: note, StandIn: k.standIn(name)}
	for _, proposal := range t.Proposals {
		p.Proposed = append(p.Proposed, proposal.Candidates)
	}
	picked, shown, err := k.pick(ctx, place, p, nil)
	switch {
	case err != nil:
		return false, err
	case picked.Stretch, picked.Record:
		return k.instead(ctx, place, t, picked.Stretch, stretch)
	case !picked.Taken:
		if picked.Skipped {
			k.skip(name)
		}
		return false, nil
	}
	r, dropped := doctor.Taken(picked, shown.People)
	if len(dropped) > 0 {
		k.Asks(fmt.Sprintf("of what %s could be found by, this is not kept: %s", name, strings.Join(dropped, "; ")))
	}
	if len(r.Candidates) == 0 {
		k.Asks(fmt.Sprintf("what was shown for %s is found only by what names somebody: show what is around it", name))
		return true, nil
	}
	if shown.People == nil {
		k.nameless[name] = picked
	}
	return true, k.write(selectors.Change{Targets: map[string]selectors.Revision{name: r}})
}

// instead has the person record a stretch of the flow that needs a target, or the whole flow.
func (k *calibration) instead(ctx context.Context, at doctor.Place, t *doctor.Target, partly bool, s *stretch) (again bool, err error) {
	switch {
	case partly:
		return false, k.recordStretch(ctx, at, s)
	case k.inWalk.at != nil:
		k.inWalk.record = k.inWalk.at.Flow
		return false, nil
	}
	return k.flow(ctx, k.flowNamed(t.Flows[0]), stepsAreOthers)
}

// namesFor is for how long the names on the list serve what is written of what a person has shown: of one thing after the
// other it is not read anew for each, and whoever has come since is on few pages.
const namesFor = time.Minute

// disprove takes back what was shown for a target that turned out to be another thing, such as an e-mail that is
// another's: it is asked for again.
func (k *calibration) disprove(f doctor.Flow) (again bool, err error) {
	name := f.Disproved
	before := k.before[name]
	if before == nil {
		return false, nil
	}
	k.refuted[name] = fmt.Sprintf("What was shown for it is taken back: %s.", f.Reason)
	k.Asks(name + ": " + k.refuted[name])
	delete(k.before, name)
	k.out.Shown = slices.DeleteFunc(k.out.Shown, func(shown string) bool { return shown == name })
	v, err := k.load()
	if err != nil {
		return false, err
	}
	return true, k.revise(v, selectors.Change{Targets: map[string]selectors.Revision{name: {Whole: before}}})
}

// takeMore keeps what of the targets that were shown before the list could be read names nobody on it, in the place of
// what was kept of them.
func (k *calibration) takeMore(names []string) error {
	v, err := k.load()
	if err != nil {
		return err
	}
	whole := map[string]selectors.Revision{}
	for name, picked := range k.nameless {
		before := k.before[name]
		r, _ := doctor.Taken(picked, names)
		if before == nil || len(r.Candidates) == 0 {
			continue
		}
		for i := range r.Candidates {
			r.Candidates[i].Date, r.Candidates[i].Evidence = k.service.opts.Day, k.Walk.Keep
		}
		spec := *before
		spec.Candidates, spec.Fingerprint = append(r.Candidates, r.Left(before.Candidates)...), r.Fingerprint
		whole[name] = selectors.Revision{Whole: &spec}
	}
	k.nameless = map[string]automation.Picked{}
	return k.revise(v, selectors.Change{Targets: whole})
}

// meaning is what a target is, in words, by what it was found by or looked like until now.
func meaning(of *selectors.Target) string {
	named := func(what, name string) string { return strings.TrimSpace(fmt.Sprintf("the %s “%s”", what, name)) }
	if of.Table != nil {
		return "the list of everybody, which has a row or a card for each"
	}
	for _, c := range of.Candidates {
		switch {
		case c.Label != "":
			return named("field", c.Label)
		case c.Role != "" && c.Name != "":
			return named(c.Role, c.Name)
		case c.Text != "":
			return "what says “" + c.Text + "”"
		case c.Placeholder != "":
			return named("field", c.Placeholder)
		}
	}
	if f := of.Fingerprint; f != nil && cmp.Or(f.Name, f.Label, f.Text) != "" {
		return named(cmp.Or(f.Role, f.Tag), cmp.Or(f.Name, f.Label, f.Text))
	}
	words := strings.Split(strings.ReplaceAll(of.Name, "_", " "), ".")
	slices.Reverse(words)
	return "“" + strings.Join(words, "” of “") + "”"
}

// purpose says which flow needs a target, and what that does.
func (k *calibration) purpose(t *doctor.Target) string {
	if len(t.Flows) == 0 {
		return ""
	}
	name := t.Flows[0]
	if k.inWalk.at != nil {
		name = k.inWalk.at.Flow
	}
	lib, err := k.files()
	if err != nil {
		return "" // what reads them next says so
	}
	f, ok := lib.Flow(name, k.layout())
	if !ok || f.About == "" {
		return ", for the flow " + name
	}
	return fmt.Sprintf(", for the flow %s (%s)", name, strings.TrimSuffix(f.About, "."))
}

// said is what is wrong with a target, for the person who is to show it.
func said(t *doctor.Target) string {
	var b strings.Builder
	words := t.State.Words()
	fmt.Fprintf(&b, "%s%s: %s", strings.ToUpper(words[:1]), words[1:], t.Detail)
	if len(t.Tried) > 0 {
		fmt.Fprintf(&b, ". Looked for, with how many were found: %s", strings.Join(t.Tried, "; "))
	}
	switch {
	case len(t.Proposals) > 0:
		fmt.Fprintf(&b, ". It may be %s", t.Proposals[0].Element)
	case t.Refused != "":
		fmt.Fprintf(&b, ". Nothing is proposed: %s", t.Refused)
	}
	return b.String() + "."
}

// pick has the person show one thing on a page. Whoever closes the window or leaves has left. with, if there is one,
// is called with what was taken while the page is there.
func (k *calibration) pick(
	ctx context.Context, at doctor.Place, p automation.Pick, with func(context.Context, doctor.Shown, automation.Picked) error,
) (picked automation.Picked, where doctor.Shown, err error) {
	err = k.show(ctx, at, func(ctx context.Context, shown doctor.Shown) error {
		if p.Target == nil {
			p.Target, p.Row = shown.Target, shown.Row
		}
		p.Note = strings.TrimSpace(shown.Note + " " + p.Note)
		var err error
		picked, err = shown.Page.Pick(ctx, p)
		if where = shown; err != nil || !picked.Taken {
			return err
		}
		if where = shown.Renewed(ctx); with != nil {
			err = with(ctx, where, picked)
		}
		return err
	})
	k.out.Left = err == nil && !picked.Taken && !picked.Skipped && !picked.Record && !picked.Stretch
	return picked, where, err
}

// halting are the flows that the last walk could not go through.
func (k *calibration) halting() (out []string) {
	for _, f := range k.out.Report.Flows {
		if f.Broken() {
			out = append(out, f.Name)
		}
	}
	return out
}

// list has the person show a list, and say what its columns are.
func (k *calibration) list(
	ctx context.Context, at doctor.Place, t *doctor.Target, of *selectors.Target, s *stretch, note string,
) (again bool, err error) {
	var got *automation.Gesture
	skipped, recorded, partly, take := false, false, false, &recording.Take{}
	err = k.show(ctx, at, func(ctx context.Context, shown doctor.Shown) error {
		defer func() {
			if got != nil {
				take.Lasting = lasting(shown.Renewed(ctx))
			}
		}()
		return shown.Page.Record(ctx, automation.Recording{
			Title: "Show the list " + of.Name, Mode: "list", Targets: []automation.KnownTarget{}, Secrets: recording.Secrets(),
			Skipped: func() { skipped = true }, Instead: func(stretch bool) { recorded, partly = true, stretch }, Stretch: s != nil,
			Take: func(g automation.Gesture) {
				if g.Kind == automation.GestureList {
					got = &g
				}
			},
			Tell:    func() automation.Progress { return automation.Progress{Remarks: []string{note}, Done: got != nil} },
			StandIn: k.standIn(of.Name),
		})
	})
	if err != nil {
		return false, err
	}
	switch {
	case recorded:
		return k.instead(ctx, at, t, partly, s)
	case got == nil && skipped:
		k.skip(of.Name)
		return false, nil
	case got == nil:
		k.out.Left = true
		return false, nil
	}
	r := take.Lasting(got.On.Offers, got.On.Fingerprint)
	if len(r.Candidates) == 0 && t.State != doctor.Columns {
		return false, &userops.Error{Act: "taking the list", Target: of.Name, Tenant: k.tenant, Kind: userops.ErrConfig,
			Cause: errors.New("it is found by nothing that it alone has and that names nobody"), Hint: "write a candidate by hand"}
	}
	if t.State == doctor.Columns { // the list itself is found
		r.Candidates = nil
	}
	r.Table = merged(of.Table, take.TableOf(got), t.Columns)
	return true, k.write(selectors.Change{Targets: map[string]selectors.Revision{of.Name: r}})
}

// lasting is what of an element's candidates is written to a file, and its fingerprint: nobody's name.
func lasting(shown doctor.Shown) func([]automation.Offer, selectors.Fingerprint) selectors.Revision {
	return func(offers []automation.Offer, looks selectors.Fingerprint) selectors.Revision {
		r, _ := doctor.Taken(automation.Picked{Offers: offers, Fingerprint: looks}, shown.People)
		return r
	}
}

// merged is how a list is read by what a person has shown, with what of the file nothing is said against: columns
// that are not lacking, and the witness. A whole name is of use only where its parts are not read by columns of
// their own.
func merged(was, now *selectors.Table, lacking map[string]string) *selectors.Table {
	out := *was
	out.Rows, out.Columns = now.Rows, maps.Clone(now.Columns)
	headers := false
	for _, c := range now.Columns {
		headers = headers || c.Header != ""
	}
	if !headers {
		out.Cells, out.Headers = "", ""
	}
	for name, c := range was.Columns {
		if _, shown := now.Columns[name]; !shown && lacking[name] == "" && (headers || c.Header == "") {
			out.Columns[name] = c
		}
	}
	_, first := out.Columns["first_name"]
	_, last := out.Columns["last_name"]
	if first && last {
		delete(out.Columns, "name")
	}
	return &out
}
