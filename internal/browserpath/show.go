package browserpath

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// Show goes to a page of the console in a session that is thrown away afterwards, and has do something with it. Nothing
// that may change something leaves that session, nor the one that it is a copy of, whoever acts on their pages
// meanwhile.
func (p *Path) Show(ctx context.Context, at doctor.Place, do func(context.Context, doctor.Shown) error) (err error) {
	if at.Open == "" && p.ofSignIn(at.Target) {
		return p.showSignIn(ctx, at, do)
	}
	ev, closeEvidence, err := p.evidence(cmp.Or(at.Keep, userops.NewOperationID()))
	if err != nil {
		return err
	}
	defer closeEvidence()
	defer p.pin(at.Version)()
	defer p.look(at.Step)()
	if err := p.ready(ctx, ev); err != nil {
		return err
	}
	s := &shower{at: at, examiner: &examiner{p: p, ev: ev}}
	if !slices.Contains(at.Halting, listFlow) && p.walked.stillKnown() {
		s.readByWalk = p.walked
		s.names = slices.Concat(slices.Collect(maps.Values(p.walked.names))...)
	}
	s.w = doctor.Walk{Sample: at.Sample, Step: at.Step, People: func(names []string) { s.names = append(s.names, names...) }}
	ways, err := s.ways()
	if err != nil {
		return err
	}
	ours, err := p.holdOurs(ctx)
	defer func() { err = errors.Join(err, s.letGo(ctx, ours)) }()
	if err != nil {
		return p.failure("showing a page", "", err)
	}
	s.readPeople(ctx, len(ways) > 0 && takesRole(ways[0]))
	if err := ctx.Err(); err != nil {
		return p.failure("showing a page", "", context.Cause(ctx))
	}
	return s.held(ctx, func(page *automation.Page, held *flows.Exchange) error {
		shown, err := s.come(ctx, page, held, ways)
		if err != nil {
			return err
		}
		shown.Page, shown.Version, shown.SignedOut = page, p.version, p.signedOut
		shown.Stopped = keptFrom(held.Kept)
		shown.People, shown.PeopleNow = s.everybody(), s.everybodyNow
		return s.ended(ctx, do(ctx, shown))
	})
}

// signedOut says which candidates find something on the page where the sign-in begins, too. It is opened in a
// session of nobody's.
func (p *Path) signedOut(ctx context.Context, all []selectors.Candidate) (found []bool, err error) {
	ctx, cancel := context.WithTimeout(ctx, recogniseBound)
	defer cancel()
	err = p.asNobody(ctx, func(page *automation.Page) (err error) {
		found, err = p.signedOutOn(ctx, page, all)
		return err
	})
	return found, err
}

// signedOutOn is signedOut on a page of nobody's.
func (p *Path) signedOutOn(ctx context.Context, page *automation.Page, all []selectors.Candidate) (found []bool, err error) {
	err = page.Open(ctx, p.opts.SignIn)
	drawn := time.Now().Add(p.lookedByBound())
	for known := false; err == nil && !known && time.Now().Before(drawn); {
		var hits []bool
		if hits, err = page.Recognise(ctx, conditions(p.opts.Library.Area(selectors.SignIn))); err == nil {
			if known = slices.Contains(hits, true); !known {
				err = change.Wait(ctx, 50*time.Millisecond) // the page is still drawing itself
			}
		}
	}
	if err != nil {
		return nil, p.failure("looking at the sign-in page", "", err)
	}
	sets := make([][][]selectors.Candidate, len(all))
	for i, c := range all {
		sets[i] = [][]selectors.Candidate{{c}}
	}
	found, err = page.Recognise(ctx, sets)
	return found, p.failure("looking at the sign-in page", "", err)
}

// ended is how what was done with the page has ended.
func (s *shower) ended(ctx context.Context, err error) error {
	act := "showing the page of"
	if s.at.Target == "" {
		act = "showing a page"
	}
	failed := s.p.failure(act, s.at.Target, err)
	var e *userops.Error
	if errors.Is(ctx.Err(), context.DeadlineExceeded) && errors.As(failed, &e) {
		return s.p.tooLong(e)
	}
	return failed
}

// shower comes to one page.
type shower struct {
	*examiner
	at    doctor.Place
	names []string
}

// ways are the flows by which the place may be come to, the one that needs the target most first. An address needs
// none.
func (s *shower) ways() ([]*flows.Flow, error) {
	p := s.p
	if s.at.Target != "" {
		if _, ok := p.version.Target(s.at.Target); !ok {
			return nil, s.wrong(s.at.Target, fmt.Errorf("version %s has no such target", p.version.ID), "name a target of the version")
		}
	}
	if s.at.Open != "" || s.at.Target == "" && s.at.Flow == "" {
		return nil, nil
	}
	var out []*flows.Flow
	need := map[*flows.Flow]flows.Need{}
	for _, name := range p.flowNames() {
		flow, ok := p.opts.Library.Flow(name, p.layout())
		if !ok || s.at.Flow != "" && s.at.Flow != name {
			continue
		}
		flow, _ = flow.WithoutCommit()
		most, uses := flow.Needs(s.meant()...)
		if s.at.Target == "" || uses {
			need[flow] = most
			out = append(out, flow)
		}
	}
	slices.SortStableFunc(out, func(a, b *flows.Flow) int { return int(need[a]) - int(need[b]) })
	switch {
	case len(out) > 0:
		return out, nil
	case s.at.Target != "":
		return nil, s.wrong(s.at.Target, errors.New("no flow comes to it before a commit"), "give the address of the page where it is")
	}
	none := fmt.Errorf("layout %s has no such flow that can be gone through", p.layout())
	return nil, s.wrong(s.at.Flow, none, "name one of the flows of the layout")
}

func (s *shower) wrong(target string, cause error, hint string) error {
	return &userops.Error{
		Act: "showing the page of", Target: target, Tenant: s.p.opts.Tenant, Kind: userops.ErrConfig, Cause: cause, Hint: hint,
	}
}

// meant are the target of the place and what lies in it: a flow may name that alone.
func (s *shower) meant() []string {
	out := []string{s.at.Target}
	for _, name := range s.p.version.Names() {
		t, _ := s.p.version.Target(name)
		for within := t.Within; within != nil && s.at.Target != ""; within = within.Within {
			if within.Name == s.at.Target {
				out = append(out, name)
			}
		}
	}
	return out
}

// takesRole says that a flow gives somebody a role.
func takesRole(f *flows.Flow) bool {
	kind, changes := userops.KindOfFlow(f.Name)
	return changes && kind.Takes(userops.InputRole)
}

// held opens a page in a session that is thrown away.
func (s *shower) held(ctx context.Context, do func(*automation.Page, *flows.Exchange) error) (err error) {
	p, app := s.p, s.p.opts.Library.App
	if err := p.ready(ctx, s.ev); err != nil {
		return err
	}
	thrown, err := p.session.Throwaway(ctx, p.page, app.Storage)
	if err != nil {
		return p.failure("opening a session to throw away", "", err)
	}
	var held *flows.Exchange
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeBound)
		defer cancel()
		closed := errors.Join(thrown.Close(ctx), held.Close(ctx, nil)) // what a person types may be a secret, under any name: it is not written down
		select {
		case <-p.browser.Gone(): // the person has closed its last window
		default:
			err = errors.Join(err, p.failure("throwing a session away", "", closed))
		}
	}()
	if held, err = flows.Hold(ctx, thrown, app); err != nil {
		return p.failure("showing a page", "", err)
	}
	page, err := thrown.NewPage(ctx)
	if err != nil {
		return p.failure("opening a page", "", err)
	}
	return do(page, held)
}

// letGo lets the session's own requests go again. Where a person sees its window the browser is closed first:
// nothing that is pressed there may leave, also at the end.
func (x *examiner) letGo(ctx context.Context, ours *flows.Exchange) error {
	p := x.p
	if ours == nil {
		return nil
	}
	if p.opts.Launch.Headful {
		return p.failure("closing the browser", "", errors.Join(ours.Tell(x.ev), p.Close()))
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeBound)
	defer cancel()
	select {
	case <-p.browser.Gone():
		return nil
	default:
		return p.failure("showing a page", "", ours.Close(ctx, x.ev))
	}
}

// come goes to the place. Where no way leads to its end the page is shown that the last one has come to, with a note
// that says so.
func (s *shower) come(ctx context.Context, page *automation.Page, held *flows.Exchange, ways []*flows.Flow) (doctor.Shown, error) {
	if len(ways) == 0 {
		return s.open(ctx, page)
	}
	var failed error
	for _, flow := range ways {
		shown, err := s.walk(ctx, page, held, flow)
		if err == nil {
			return shown, nil
		}
		if ctx.Err() != nil || errors.Is(err, automation.ErrBrowserGone) {
			return shown, s.p.failure("going to the page of", s.at.Target, err)
		}
		failed = s.p.failure("looking at the flow", flow.Name, err)
	}
	if errors.Is(failed, userops.ErrConfig) { // there is nothing to show: nobody is there on whose page it could be
		return doctor.Shown{}, failed
	}
	shown := doctor.Shown{Inputs: map[string]string{}, Note: fmt.Sprintf("This may not be the page that was meant: %v.", failed)}
	if s.at.Target == "" {
		return shown, nil
	}
	var err error
	shown.Target, err = s.target(map[string]string{})
	if err != nil {
		return shown, failed
	}
	shown.Row = s.rowOf(s.at.Target)
	return shown, nil
}

// walk goes to the place by a flow.
func (s *shower) walk(ctx context.Context, page *automation.Page, held *flows.Exchange, flow *flows.Flow) (doctor.Shown, error) {
	inputs, people := map[string]string{}, (*automation.People)(nil)
	if kind, changes := userops.KindOfFlow(flow.Name); changes {
		about, why := s.sample(kind)
		if why != "" {
			return doctor.Shown{}, s.wrong(s.at.Target, errors.New(why), "give the address of the page where it is")
		}
		inputs, people = s.inputs(kind, about), s.people(about)
	} else if slices.Contains(flow.Inputs, subject) {
		inputs[subject] = s.anyone().Email
	}
	if err := page.Open(ctx, s.p.home); err != nil {
		return doctor.Shown{}, err
	}
	r := s.newRun(page, flow, inputs, people)
	r.Held = held
	if s.at.Target != "" {
		r.Stop = &flows.Stop{Target: s.at.Target, Wait: s.at.Wait, Holds: s.meant()[1:]}
	}
	_, err := r.Do(ctx)
	shown := doctor.Shown{Flow: flow.Name, Inputs: inputs}
	var arrived *flows.ArrivedError
	switch {
	case errors.As(err, &arrived):
		shown.Target, shown.Row = arrived.Target, arrived.Row
		return shown, nil
	case s.at.Target == "" && (err == nil || errors.Is(err, flows.ErrRehearsed)):
		return shown, nil
	case err == nil || errors.Is(err, flows.ErrRehearsed):
		return shown, fmt.Errorf("the flow %s ended without a step that needs %s", flow.Name, s.at.Target)
	}
	return shown, err
}

// open shows an address, or where the console leads after sign-in.
func (s *shower) open(ctx context.Context, page *automation.Page) (doctor.Shown, error) {
	shown := doctor.Shown{Inputs: map[string]string{}}
	address, err := automation.Resolve(s.p.home, s.at.Open)
	if err != nil {
		return shown, s.wrong(s.at.Open, err, "give an address of the console")
	}
	if err := page.Open(ctx, address); err != nil {
		return shown, s.p.failure("opening", automation.WithoutQuery(address), err)
	}
	if s.at.Target == "" {
		return shown, nil
	}
	if shown.Target, err = s.target(shown.Inputs); err != nil {
		return shown, err
	}
	shown.Row = s.rowOf(s.at.Target)
	_, _, err = page.Await(ctx, s.at.Wait, nil, shown.Target)
	if err != nil && ctx.Err() != nil {
		return shown, s.p.failure("opening", automation.WithoutQuery(address), err)
	}
	return shown, nil // whether it is there is for the person to see
}

// target is the place's, where it needs nothing that is not known.
func (s *shower) target(inputs map[string]string) (*selectors.Target, error) {
	t, _ := s.p.version.Target(s.at.Target)
	filled, err := t.Fill(inputs)
	if err == nil && len(filled.Placeholders()) > 0 {
		err = errors.New("what it is looked for by depends on a person, and nobody is meant here")
	}
	if err != nil {
		return nil, s.wrong(s.at.Target, err, "have a flow come to it")
	}
	return filled, nil
}

// rowOf is a row in which a target is looked for where nobody is meant: the first of its table. Nil where it is no part
// of one.
func (s *shower) rowOf(name string) *automation.Row {
	for _, flow := range s.p.opts.Library.All() {
		if len(flow.Layouts) > 0 && !slices.Contains(flow.Layouts, s.p.layout()) {
			continue
		}
		if table, ok := s.p.version.Target(flow.Tables()[name]); ok {
			return &automation.Row{Table: table}
		}
	}
	return nil
}
