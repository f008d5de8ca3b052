package browserpath

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

// evidence opens an operation's evidence folder and returns how to close it. about are the people it is about.
func (p *Path) evidence(op string, about ...string) (*automation.Evidence, func(), error) {
	if p.opts.EvidenceDir == "" {
		return nil, func() {}, nil
	}
	ev, err := automation.NewEvidence(filepath.Join(p.opts.EvidenceDir, p.opts.Tenant, op))
	if err != nil {
		return nil, nil, &userops.Error{Act: "keeping evidence", Tenant: p.opts.Tenant, Kind: userops.ErrStorage, Cause: err, Hint: "make room on the disk, or choose another state folder"}
	}
	ev.Masking = automation.Masking{Others: p.opts.MaskOthers, Keep: append([]string{p.opts.Account}, about...)}
	return ev, func() {
		if err := ev.Close(); err != nil {
			p.opts.Log.Warn("closing the step log", "error", err)
		}
	}, nil
}

// request is one change as the steps below see it.
type request struct {
	action userops.Action
	email  string
	flow   string
	inputs map[string]string
	// settled looks at the user found before (nil: none) and returns an outcome if nothing needs to be done or may be.
	settled func(all userops.Roster, found *userops.User) (userops.Outcome, error)
	wanted  userops.Wanted // what the read-back must see

	// What the look at the list has brought.
	before *userops.User // nil: nobody
	people *automation.People
	ev     *automation.Evidence
}

// fail is an error about the change that is asked for.
func (p *Path) fail(rq request, kind, cause error, hint string) error {
	return &userops.Error{Act: string(rq.action), Target: rq.email, Tenant: p.opts.Tenant, Kind: kind, Cause: cause, Hint: hint}
}

// Deactivate implements userops.Directory.
func (p *Path) Deactivate(ctx context.Context, email string) userops.Result {
	return p.change(ctx, request{
		action: userops.Deactivate, email: email, flow: "deactivate", inputs: map[string]string{},
		settled: func(all userops.Roster, u *userops.User) (userops.Outcome, error) {
			return p.rules().Deactivate(all, u, email)
		},
		wanted: userops.Wanted{Status: userops.Inactive},
	})
}

// Reactivate implements userops.Directory.
func (p *Path) Reactivate(ctx context.Context, email string) userops.Result {
	return p.reactivate(ctx, email, userops.Wanted{Status: userops.Active})
}

func (p *Path) reactivate(ctx context.Context, email string, wanted userops.Wanted) userops.Result {
	return p.change(ctx, request{
		action: userops.Reactivate, email: email, flow: "reactivate", inputs: map[string]string{},
		settled: func(all userops.Roster, u *userops.User) (userops.Outcome, error) {
			return p.rules().Reactivate(all, u, email)
		},
		wanted: wanted,
	})
}

// SetRole implements userops.Directory.
func (p *Path) SetRole(ctx context.Context, email, role string) userops.Result {
	role, err := userops.Text("the role", role)
	if err != nil {
		return userops.NotBegun(ctx, userops.SetRole, email, Name, err)
	}
	return p.change(ctx, request{
		action: userops.SetRole, email: email, flow: "set-role", inputs: map[string]string{"role": role},
		settled: func(all userops.Roster, u *userops.User) (userops.Outcome, error) {
			return p.rules().SetRole(all, u, email, role)
		},
		wanted: userops.Wanted{Role: role},
	})
}

// Invite implements userops.Directory.
func (p *Path) Invite(ctx context.Context, in userops.Invitation) userops.Result {
	asked := in.Email
	in, err := in.Normal()
	if err != nil {
		return userops.NotBegun(ctx, userops.Invite, asked, Name, err)
	}
	tasks := p.opts.Library.App.Choices.No
	if p.opts.Preferences.MailTasks {
		tasks = p.opts.Library.App.Choices.Yes
	}
	reactivate := false
	res := p.change(ctx, request{
		action: userops.Invite, email: in.Email, flow: "invite",
		inputs: map[string]string{"first_name": in.FirstName, "last_name": in.LastName, "role": in.Role, "time_zone": in.TimeZone, "mail_tasks": tasks, "summary": p.opts.Preferences.Summary},
		settled: func(_ userops.Roster, u *userops.User) (out userops.Outcome, err error) {
			out, reactivate, err = p.rules().Invite(u, in)
			return out, err
		},
		wanted: userops.WantedOf(in),
	})
	if !reactivate {
		return res
	}
	return p.reactivate(ctx, in.Email, userops.Wanted{Status: userops.Active, Role: in.Role}).Invited(res)
}

// change is the course of every change: look first, decide, act up to and over the commit, read back on a fresh page.
func (p *Path) change(ctx context.Context, rq request) (res userops.Result) {
	start := time.Now()
	op := userops.OperationOf(ctx)
	res = userops.Result{Op: op.ID, DryRun: op.DryRun, Action: rq.action, Email: rq.email, Path: Name}
	defer func() { res.TookMS = time.Since(start).Milliseconds() }()
	end := func(o userops.Outcome, err error) userops.Result {
		res.End(o, err)
		if p.version != nil {
			res.SelectorVersion = p.version.ID
		}
		return res
	}
	var err error
	if rq.email, err = userops.CheckEmail(rq.email); err != nil {
		return end(userops.Halted, err)
	}
	if err := ctx.Err(); err != nil { // the rest of a batch after Ctrl-C
		return end(userops.Halted, p.failure(string(rq.action), rq.email, context.Cause(ctx)))
	}
	if out, err := p.beforehand(rq); out != "" {
		return end(out, err)
	}
	ev, closeEvidence, err := p.evidence(res.Op, rq.email)
	if err != nil {
		return end(userops.Halted, err)
	}
	defer closeEvidence()
	res.Evidence, rq.ev = ev.Dir(), ev
	ros, found, err := p.before(ctx, rq)
	if err != nil {
		return end(userops.Halted, err)
	}
	res.Before, rq.before, rq.people = found, found, p.people(rq, ros, found)
	if out, err := rq.settled(ros, found); out != "" {
		res.After = found
		return end(out, err)
	}
	if found != nil {
		if rq.action == userops.SetRole {
			rq.wanted.Status = found.Status // a role that is stored with access taken away is not what was asked for
		}
		rq.email = found.Email // as the console writes it: what pages are compared with
	}
	if hint := ros.LookalikeHint(rq.email); hint != "" && rq.action == userops.Invite {
		res.Notices = append(res.Notices, hint)
	}
	if err := op.Found(ctx, userops.Found{User: found, Active: ros.Active()}); err != nil {
		return end(userops.Ended(err), p.failure(string(rq.action), rq.email, err))
	}
	out, err := p.act(ctx, rq, &res)
	if errors.Is(err, errSignedOut) { // the list has been read since, with a sign-in of its own, and shows no change
		p.opts.Log.Info("the session had ended at the commit, doing it once more", "tenant", p.opts.Tenant)
		out, err = p.act(ctx, rq, &res)
	}
	return end(out, err)
}

// before reads everybody and finds the one that a change is about (nil: nobody). A list without a proved end is not
// enough to know that nobody else answers to the address.
func (p *Path) before(ctx context.Context, rq request) (userops.Roster, *userops.User, error) {
	act := string(rq.action)
	ros, err := p.everyone(ctx, rq.ev, "")
	if err != nil {
		return ros, nil, p.explained(ctx, act, rq.ev, err)
	}
	found, err := ros.Match(rq.email)
	if err != nil {
		return ros, nil, p.failure(act, rq.email, err)
	}
	if !ros.Complete {
		return ros, nil, p.incomplete(act, rq.email, ros)
	}
	return ros, found, nil
}

// act runs the flow and, if something left the browser, settles what became of it.
func (p *Path) act(ctx context.Context, rq request, res *userops.Result) (userops.Outcome, error) {
	rq.inputs["email"] = rq.email
	run, got, err := p.runChange(ctx, rq)
	p.held = got.Exchange != nil
	res.Notices = append(res.Notices, got.Notices...)
	if errors.Is(err, flows.ErrRehearsed) {
		res.After = res.Before
		for _, w := range got.WouldSend {
			res.WouldSend = append(res.WouldSend, userops.WouldSend(w))
		}
		p.abandon(ctx, got.Exchange, rq.ev)
		return userops.Halted, p.rehearsed(ctx, rq, got)
	}
	if err != nil && !got.Committed {
		missing := errors.Is(err, automation.ErrMissing)
		err = p.explained(ctx, string(rq.action), rq.ev, p.unoffered(rq, err))
		for _, w := range got.WouldSend { // of a rehearsal that did not come to its press
			res.WouldSend = append(res.WouldSend, userops.WouldSend(w))
		}
		p.abandon(ctx, got.Exchange, rq.ev)
		if after := p.meanwhile(ctx, rq, missing); after != nil {
			res.After = after
			res.Notices = append(res.Notices, "somebody else did it meanwhile")
			return userops.Already, nil
		}
		return userops.Ended(err), err
	}
	if err != nil {
		p.keepFailure(ctx, p.page, rq.ev)
	}
	out, after, why := p.settle(ctx, rq, res, got, err)
	res.After = after
	p.propose(got.Exchange, rq.ev)
	if out == userops.Done {
		got.Exchange.Settle()
		p.afterwards(ctx, run, res)
	} else {
		got.Exchange.End()
	}
	p.abandon(ctx, got.Exchange, rq.ev)
	return out, why
}

// meanwhile looks, where a page did not have what a change needs and nothing was pressed, whether what was asked for is so by
// now: a page offers no button for what somebody else has just done. It returns the user if it is.
func (p *Path) meanwhile(ctx context.Context, rq request, missing bool) *userops.User {
	if !missing || ctx.Err() != nil || userops.OperationOf(ctx).DryRun {
		return nil
	}
	ros, err := p.everyone(ctx, rq.ev, "")
	if err != nil {
		return nil
	}
	if u, err := ros.Match(rq.email); err == nil && u != nil && u.Notice == "" && rq.wanted.Holds(u) {
		return u
	}
	return nil
}

// abandon throws the session in which something was pressed away, while its requests are still held, and goes on with a
// copy of its sign-in: what a page or a worker of it has queued, or would send once more, goes with it. Nothing was pressed
// where there is no exchange.
func (p *Path) abandon(ctx context.Context, exchange *flows.Exchange, ev *automation.Evidence) {
	if exchange == nil {
		return
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), abandonBound)
	defer cancel()
	err := p.release(ctx)
	if err != nil { // the old session is not trusted any more: the next operation starts a browser of its own
		err = errors.Join(err, p.Close())
	}
	if err = errors.Join(err, exchange.Close(ctx, ev)); err != nil {
		p.opts.Log.Warn("the session in which something was pressed could not be thrown away in order", "error", err)
	}
}

// release goes on in a copy of the session where something was pressed in it: nobody can sign in where requests are held.
func (p *Path) release(ctx context.Context) error {
	if !p.held || p.browser == nil {
		return nil
	}
	p.held = false
	select {
	case <-p.browser.Gone(): // and the session with it
		return nil
	default:
		return p.moveOn(ctx)
	}
}

// moveOn goes on in a copy of the session.
func (p *Path) moveOn(ctx context.Context) error {
	old := p.session
	copied, err := old.Copy(ctx, p.page, p.opts.Library.App.Storage)
	if err != nil {
		return err
	}
	page, err := copied.NewPage(ctx)
	if err != nil {
		return err
	}
	p.session, p.page = copied, page
	if err := old.Close(ctx); err != nil || len(p.opts.Library.App.Storage) == 0 {
		return err
	}
	return page.Open(ctx, p.home) // what was carried along is read from there the next time
}

// abandonBound is generous: a session is opened and thrown away in half a second.
const abandonBound = 20 * time.Second

// propose keeps what left as a form for the flow's file, where the file says nothing yet.
func (p *Path) propose(exchange *flows.Exchange, ev *automation.Evidence) {
	form := exchange.Proposal()
	if form == "" || ev.Dir() == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(ev.Dir(), "sends.yaml"), []byte(form), 0o600); err != nil {
		p.opts.Log.Warn("the form of what left could not be kept", "error", err)
	}
}

// people says whom a change is about, and whom it must not touch: everybody else of the list just read.
func (p *Path) people(rq request, ros userops.Roster, found *userops.User) *automation.People {
	out := &automation.People{Self: p.opts.Account}
	if found == nil {
		found = &userops.User{Email: rq.email, FirstName: rq.inputs["first_name"], LastName: rq.inputs["last_name"]}
	}
	out.Meant = person(*found)
	for _, u := range ros.Users {
		switch {
		case p.rules().IsSelf(u.Email):
			out.SelfID = u.ID
		case u != *found:
			out.Others = append(out.Others, person(u))
		}
	}
	return out
}

func person(u userops.User) automation.Person {
	out := automation.Person{ID: u.ID, Email: u.Email}
	first, last := strings.TrimSpace(u.FirstName), strings.TrimSpace(u.LastName)
	if first != "" && last != "" {
		out.Names = []string{first + " " + last, last + ", " + first}
	}
	return out
}

// runChange carries out a changing flow with whoever accompanies the change.
func (p *Path) runChange(ctx context.Context, rq request) (*flows.Run, flows.Result, error) {
	op := userops.OperationOf(ctx)
	if op.Through {
		return p.rehearseThrough(ctx, rq)
	}
	return p.runWith(ctx, rq.flow, rq.inputs, rq.ev, func(r *flows.Run) {
		r.Rehearse, r.Acted, r.Under, r.People, r.App = op.DryRun, op.Acted, p.whose(), rq.people, p.opts.Library.App
		r.Intent = func(ctx context.Context) error {
			if err := p.stillOurs(ctx, r, rq.ev); err != nil {
				return err
			}
			return op.Intent(ctx, rq.before, rq.wanted)
		}
	})
}

// beforehand refuses what can be refused without looking.
func (p *Path) beforehand(rq request) (userops.Outcome, error) {
	role, asked := rq.inputs["role"]
	if rq.action == userops.Deactivate && p.rules().IsSelf(rq.email) || asked && strings.TrimSpace(role) == "" {
		return rq.settled(userops.Roster{}, nil)
	}
	return "", nil
}

// afterwards passes the screens that follow a change. The change stands whatever comes of it.
func (p *Path) afterwards(ctx context.Context, run *flows.Run, res *userops.Result) {
	if run == nil || len(run.Flow.Afterwards) == 0 || run.Page != p.page {
		return
	}
	if err := run.DoAfterwards(ctx); err != nil {
		res.Notices = append(res.Notices, "the change is made, but the screen after it could not be passed: "+err.Error())
	}
}

func (p *Path) rules() userops.Rules {
	return userops.Rules{Tenant: p.opts.Tenant, Self: p.opts.Account, Administrator: p.opts.Library.App.Roles.Administrator}
}
