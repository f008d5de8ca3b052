package browserpath

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
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// Examine goes through the flows of the tenant up to their commits, and tells what it sees. It changes nothing: the
// flows have no commit, and those that would have one run where nothing can leave that may change something. The
// error says why it could not even begin; what is wrong with a flow is told to w.Ended.
func (p *Path) Examine(ctx context.Context, w doctor.Walk) error {
	ev, closeEvidence, err := p.evidence(cmp.Or(w.Keep, userops.NewOperationID()))
	if err != nil {
		return err
	}
	defer closeEvidence()
	known := append([]string{signInFlow}, p.flowNames()...)
	for _, name := range w.Only {
		if !slices.Contains(known, name) {
			return &userops.Error{Act: "choosing the flow", Target: name, Tenant: p.opts.Tenant, Kind: userops.ErrConfig,
				Cause: errors.New("nothing of this name is looked at"), Hint: "choose among " + strings.Join(known, ", ")}
		}
	}
	pinned := p.opts.Pin
	defer func() { p.opts.Pin = pinned }()
	defer p.pin(w.Version)()
	defer p.look(w.Step)()
	if err := p.begin(ctx, w, ev); err != nil || onlySignIn(w) {
		return err
	}
	x := &examiner{p: p, w: w, ev: ev, readByWalk: p.walked}
	w.People(slices.Concat(slices.Collect(maps.Values(x.names))...)) // of what is not read this time
	defer func() { p.walked = x.readByWalk }()
	for _, name := range p.flowNames() {
		if flow, ok := p.opts.Library.Flow(name, p.layout()); ok && x.wanted(name) {
			w.Begun(flow)
			end := x.look(ctx, flow)
			end.Err = errors.Join(end.Err, x.asked(ctx))
			w.Ended(flow, end)
		}
		if err := ctx.Err(); err != nil {
			return p.failure("looking at the console", "", context.Cause(ctx))
		}
		if x.ended != nil {
			return x.ended
		}
	}
	return nil
}

// wanted says that a flow is looked at: it was asked for, or what it reads is needed by one that was, and not known
// yet.
func (x *examiner) wanted(name string) bool {
	only := x.w.Only
	if len(only) == 0 || slices.Contains(only, name) {
		return true
	}
	about := func(other string) bool { return !slices.Contains([]string{identifyFlow, listFlow, rolesFlow}, other) }
	return name == listFlow && x.users == nil && slices.ContainsFunc(only, about)
}

// pin has a version used without recognising it, until undo is called. An empty one changes nothing.
func (p *Path) pin(version string) (undo func()) {
	if version == "" {
		return func() {}
	}
	pinned := p.opts.Pin
	p.opts.Pin, p.version = version, nil
	return func() { p.opts.Pin, p.version = pinned, nil }
}

// look says that nothing is changed until done is called, so that it need not be known whose console it is: what
// shows that may be what has changed. A session of which it is not known is used for nothing else.
func (p *Path) look(step time.Duration) (done func()) {
	p.looking, p.unproved, p.lookStep = true, false, step
	return func() {
		if p.unproved {
			p.version = nil
		}
		p.looking, p.unproved, p.lookStep = false, false, 0
	}
}

// begin signs in, and tells which versions the first page shows, also where none is recognised.
func (p *Path) begin(ctx context.Context, w doctor.Walk, ev *automation.Evidence) error {
	w.People([]string{p.opts.Account, p.opts.Organisation.Name, p.opts.Organisation.ID})
	if onlySignIn(w) && !w.SignIn {
		return p.lookAtSignIn(ctx, w, ev)
	}
	came := false
	p.onSignIn = p.lookOn(w, &came)
	defer func() { p.onSignIn = nil }()
	var err error
	if w.SignIn {
		if err = p.start(ctx); err == nil {
			p.version = nil
			err = p.signIn(ctx, ev)
		}
	} else if err = p.ready(ctx, ev); err == nil && p.page == nil {
		err = p.openHome(ctx)
	}
	if !came && looksAtSignIn(w) && p.browser != nil && ctx.Err() == nil {
		err = errors.Join(err, p.lookAtSignIn(ctx, w, ev))
	}
	if p.page != nil { // a sign-in that comes to no known page may have come to a page that has changed
		w.Recognised(p.recognitions(ctx), p.version)
	}
	return err
}

// recognitions says of every version of the console what of it the page shows.
func (p *Path) recognitions(ctx context.Context) (out []doctor.Recognition) {
	for _, v := range p.opts.Library.Area(selectors.Console) {
		r, err := doctor.Recognise(ctx, p.page, v)
		if err != nil {
			return out // the page is gone, which the walk says itself
		}
		out = append(out, r)
	}
	return out
}

// flowNames are the flows that this path runs once it is signed in: what reads comes first, since the others are
// looked at on the pages of somebody who was read.
func (p *Path) flowNames() []string {
	out := []string{identifyFlow, listFlow, rolesFlow}
	for _, k := range userops.Kinds {
		out = append(out, k.Flow)
	}
	return append(out, pendingFlow, detailsFlow)
}

// examiner looks at one flow after the other.
type examiner struct {
	p  *Path
	w  doctor.Walk
	ev *automation.Evidence
	readByWalk
	held  *flows.Exchange // holds what the session's own page would send, since a person was shown a page of the flow
	reads *flows.Exchange // what the session sends in which a flow reads; nil: none was
	ended error           // by which somebody who was asked has ended the walk
}

// readByWalk is what the looks at changing flows need. A walk that is not to read it goes by what one before has read.
type readByWalk struct {
	users []userops.User      // as the list shows them; nil where it cannot be read
	part  bool                // the list was not read to its end: there may be others
	roles []string            // on offer
	names map[string][]string // by flow: of people and of the organisation
	at    time.Time           // when the list was read
}

// namesBound is for how long the names of a walk serve what is written: whoever has come since is on no list of it.
const namesBound = 10 * time.Minute

// whole says that everybody on the list was read.
func (r readByWalk) whole() bool { return r.users != nil && !r.part }

// stillKnown says that everybody on the list was read a short while ago.
func (r readByWalk) stillKnown() bool { return r.whole() && time.Since(r.at) < namesBound }

func (x *examiner) look(ctx context.Context, flow *flows.Flow) doctor.End {
	kind, changes := userops.KindOfFlow(flow.Name)
	if !changes {
		return x.read(ctx, flow)
	}
	about, why := x.sample(kind)
	switch {
	case why != "" && x.w.Sample != "" && x.users != nil:
		return doctor.End{Err: &userops.Error{Act: "choosing the user", Target: x.w.Sample, Tenant: x.p.opts.Tenant,
			Kind: userops.ErrNotFound, Cause: errors.New(why), Hint: "name somebody who is on the list"}}
	case x.users == nil && !kind.Creates:
		return doctor.End{Skipped: "the list could not be read, so that nobody is known on whose page to look"}
	case why != "":
		return doctor.End{Skipped: why}
	}
	upTo, after := flow.WithoutCommit()
	end := doctor.End{About: about.Email, After: after}
	end.Err = x.rehearse(ctx, upTo, kind, about)
	return end
}

// read runs a flow that changes nothing, in a session of its own, and holds what it sends: by a target that is a
// guess it may press anything.
func (x *examiner) read(ctx context.Context, flow *flows.Flow) (end doctor.End) {
	inputs := map[string]string{}
	if len(flow.Inputs) > 0 && slices.Contains(flow.Inputs, subject) {
		about := x.anyone()
		if about.Email == "" {
			return doctor.End{Skipped: "there is no user on whose page to look"}
		}
		end.About, inputs[subject] = about.Email, about.Email
	}
	err := x.p.readingHeld(ctx, x.ev, func(f *fresh) error {
		x.reads = f.held
		res, err := x.run(ctx, f.page, flow, inputs, nil)
		if err == nil {
			err = x.remember(flow, res)
		}
		if x.held != nil { // a person was shown the page
			err = errors.Join(err, x.beforeSignIn(ctx, err))
		}
		return err
	})
	if flow.Name == listFlow {
		x.part = err != nil
	}
	end.Err = x.p.failure("looking at the flow", flow.Name, err)
	return end
}

// remember keeps what the flows after it need, and says where a list was not read to its end.
func (x *examiner) remember(flow *flows.Flow, res flows.Result) error {
	if x.names == nil {
		x.names = map[string][]string{}
	}
	defer func() { x.w.People(x.names[flow.Name]) }()
	if x.w.Listed != nil {
		defer func() {
			if x.whole() {
				x.w.Listed()
			}
		}()
	}
	switch flow.Name {
	case listFlow:
		rows := res.Rows["users"]
		var names []string
		x.users, x.part, x.at = nil, !rows.Complete, time.Now()
		for i := range rows.Rows {
			u := x.p.user(rows, i)
			x.users = append(x.users, u)
			names = append(names, u.Email, u.FirstName, u.LastName)
		}
		x.names[flow.Name] = names
		if !rows.Complete {
			return &userops.Error{Act: "reading the list", Tenant: x.p.opts.Tenant, Kind: userops.ErrIncomplete, Cause: errors.New(rows.Proof),
				Hint: "somebody may be changing users right now: look again"}
		}
	case identifyFlow:
		x.names[flow.Name] = slices.Concat(res.Texts["organisation"], res.Texts["organisation_id"])
	case rolesFlow:
		x.roles = slices.DeleteFunc(slices.Clone(res.Texts["roles"]), func(s string) bool { return s == "" })
		if len(x.roles) == 0 {
			return &userops.Error{Act: "reading roles", Tenant: x.p.opts.Tenant, Kind: userops.ErrDrift, Cause: errors.New("no role is on offer"),
				Hint: "look at what the flow reads them by"}
		}
	}
	return nil
}

// rehearse goes through a changing flow that has no commit any more, in a session that is thrown away.
func (x *examiner) rehearse(ctx context.Context, flow *flows.Flow, kind userops.Kind, about userops.User) (err error) {
	p := x.p
	if err := p.ready(ctx, x.ev); err != nil {
		return err
	}
	thrown, err := p.session.Throwaway(ctx, p.page, p.opts.Library.App.Storage)
	if err != nil {
		return p.failure("opening a session to throw away", "", err)
	}
	var res flows.Result
	defer func() {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeBound)
		defer cancel()
		closed := errors.Join(thrown.Close(ctx), res.Exchange.Close(ctx, x.ev), p.toFront(ctx))
		err = errors.Join(err, p.failure("throwing a session away", "", closed))
	}()
	page, err := thrown.NewPage(ctx)
	if err != nil {
		return p.failure("opening a page", "", err)
	}
	people := x.people(about)
	res, err = x.run(ctx, page, flow, x.inputs(kind, about), people)
	if errors.Is(err, flows.ErrRehearsed) {
		return nil
	}
	if err == nil {
		err = fmt.Errorf("the flow ended before its commit")
	}
	return p.failure("looking at the flow", flow.Name, err)
}

func (x *examiner) run(
	ctx context.Context, page *automation.Page, flow *flows.Flow, inputs map[string]string, people *automation.People,
) (flows.Result, error) {
	r := x.newRun(page, flow, inputs, people)
	x.mayAsk(r)
	return r.Do(ctx)
}

func (x *examiner) newRun(page *automation.Page, flow *flows.Flow, inputs map[string]string, people *automation.People) *flows.Run {
	p := x.p
	inputs["home"], inputs["organisation_id"] = p.home, p.seen
	return &flows.Run{
		Page: page, Flow: flow, Version: p.version, Inputs: inputs, Watch: p.watching(), Evidence: x.ev, Progress: p.opts.Progress,
		MaxRows: p.opts.MaxRows, StepTimeout: x.w.Step, Meaning: p.meaning, Rehearse: flow.Changes, MustShow: p.whose(), People: people,
		App: p.opts.Library.App, Examine: x.w.Sight,
	}
}

// sample chooses on whose pages a changing flow is looked at, or says why nobody can be chosen.
func (x *examiner) sample(kind userops.Kind) (userops.User, string) {
	if kind.Creates {
		_, host, _ := strings.Cut(x.p.opts.Account, "@")
		return userops.User{Email: "billagent-doctor@" + host, FirstName: "Test", LastName: "Person"}, ""
	}
	wanted := func(u userops.User) bool {
		fits := u.Notice == "" && u.Email != "" && !x.p.Rules().IsSelf(u.Email)
		if kind.Action == userops.Reactivate {
			return fits && u.Status == userops.Inactive
		}
		return fits && u.Status == userops.Active
	}
	if x.w.Sample != "" {
		i := slices.IndexFunc(x.users, func(u userops.User) bool { return userops.FoldEmail(u.Email) == userops.FoldEmail(x.w.Sample) })
		if i < 0 {
			return userops.User{}, "the list shows nobody with the e-mail " + x.w.Sample
		}
		if wanted(x.users[i]) {
			return x.users[i], ""
		}
	}
	ordinary := func(u userops.User) bool { return wanted(u) && u.Role != x.p.Rules().Administrator }
	for _, fits := range []func(userops.User) bool{ordinary, wanted} {
		if i := slices.IndexFunc(x.users, fits); i >= 0 {
			return x.users[i], ""
		}
	}
	status := "active"
	if kind.Action == userops.Reactivate {
		status = "inactive"
	}
	return userops.User{}, "the list shows no " + status + " user on whose page to look"
}

// anyone is a user whom any flow may read.
func (x *examiner) anyone() userops.User {
	deactivate, _ := userops.KindOf(userops.Deactivate)
	u, _ := x.sample(deactivate)
	return u
}

// inputs are values that a flow could be given. Nothing of them is sent.
func (x *examiner) inputs(kind userops.Kind, about userops.User) map[string]string {
	role := about.Role
	for _, r := range x.roles {
		if r != about.Role && r != x.p.Rules().Administrator {
			role = r
			break
		}
	}
	choices := x.p.opts.Library.App.Choices
	out := map[string]string{subject: about.Email, mailTasks: choices.No, summary: x.p.opts.Preferences.Summary}
	if !kind.Creates { // a form may be saved only once something in it is another
		about.FirstName += " Test"
	}
	for _, in := range kind.Inputs {
		out[string(in)] = map[userops.Input]string{userops.InputRole: role, userops.InputFirstName: about.FirstName, userops.InputLastName: about.LastName}[in]
	}
	return out
}

// people says on whose page a flow is, and who else there is.
func (x *examiner) people(about userops.User) *automation.People {
	out := &automation.People{Self: x.p.opts.Account, Meant: person(about)}
	for _, u := range x.users {
		if u.Email != about.Email && !x.p.Rules().IsSelf(u.Email) {
			out.Others = append(out.Others, person(u))
		}
	}
	return out
}
