package browserpath

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/userops"
)

var _ change.Backend = (*Path)(nil)

// lateBound is how long an effect may take to show after the first look that does not show it, unless configured.
const lateBound = 30 * time.Second

// settleBound ends a read-back that hangs: the list of 10,000 users was read in 45 s.
const settleBound = 15 * time.Minute

// Traits implements change.Backend.
func (p *Path) Traits() change.Traits {
	t := change.Traits{Name: Name, Noun: "console", Late: p.opts.ReadBack, Hang: settleBound}
	if t.Late == 0 {
		t.Late = lateBound
	}
	return t
}

// Rules implements change.Backend.
func (p *Path) Rules() userops.Rules {
	return userops.Rules{Tenant: p.opts.Tenant, Self: p.opts.Account, Administrator: p.opts.Library.App.Roles.Administrator,
		EditsInactive: p.opts.Library.App.EditsInactive}
}

// Failure implements change.Backend.
func (p *Path) Failure(act, target string, err error) error { return p.failure(act, target, err) }

// Change implements userops.Directory.
func (p *Path) Change(ctx context.Context, rq userops.Request) userops.Result {
	return change.Ask(ctx, p, rq)
}

// Do makes a change that hooks accompany.
func (p *Path) Do(ctx context.Context, rq userops.Checked, h change.Hooks) userops.Result {
	return change.Do(ctx, p, rq, h)
}

// course is one change on its way.
type course struct {
	*change.Change
	p             *Path
	ev            *automation.Evidence
	closeEvidence func()
}

// Begin implements change.Backend.
func (p *Path) Begin(_ context.Context, c *change.Change) (change.Course, error) {
	ev, closeEvidence, err := p.evidence(c.Result.Op, c.Email)
	if err != nil {
		return nil, err
	}
	c.Result.Evidence = ev.Dir()
	return &course{Change: c, p: p, ev: ev, closeEvidence: closeEvidence}, nil
}

// End implements change.Course.
func (c *course) End() {
	c.closeEvidence()
	if c.p.version != nil {
		c.Result.SelectorVersion = c.p.version.ID
	}
	if errors.Is(c.Result.Err, userops.ErrDrift) { // the console may be of another version by now: the next change looks which
		c.p.version = nil
	}
}

// Look implements change.Course.
func (c *course) Look(ctx context.Context) (userops.Roster, *userops.User, error) {
	if ros, found := c.known(); found != nil {
		return ros, found, nil
	}
	ros, err := c.p.everyone(ctx, c.ev, wish{enough: c.goesOn})
	if err != nil {
		return ros, nil, c.p.explained(ctx, string(c.Action), c.ev, err)
	}
	found, err := ros.Match(c.Asked)
	if err == nil {
		err = c.p.complete(ctx, c.ev, found)
	}
	if err == nil && found != nil {
		i := slices.IndexFunc(ros.Users, func(u userops.User) bool { return u.Email == found.Email })
		ros.Users[i] = *found
		err = c.p.administrators(ctx, c.ev, ros, found)
	}
	return ros, found, err
}

// Ready implements change.Course. What the console offers is known only on its pages.
func (c *course) Ready(context.Context) error { return nil }

// ReadBack implements change.Course: the list, in a session of its own, up to whoever shows that the change was
// made. Where nobody does, everybody is read.
func (c *course) ReadBack(ctx context.Context) (*userops.User, error) {
	c.p.opts.Progress("reading back")
	c.ev.OnlyLatest(readBackPicture)
	c.ev.OnlyLatest(readBackPicture + "-head")
	ros, err := c.p.everyone(ctx, c.ev, wish{picture: readBackPicture, whose: c.Email, sought: c.sought(), stood: c.stood})
	if err != nil {
		if c.p.refused != nil {
			return nil, change.Useless(err)
		}
		return nil, err
	}
	u, err := c.veryPerson(ros), error(nil)
	if u == nil {
		u, err = ros.Match(c.Email)
	}
	if err == nil {
		err = c.another(u)
	}
	if err == nil {
		c.remember(ros, u)
	}
	if err == nil && u == nil && !ros.Complete {
		err = c.p.incomplete("reading back", c.Email, ros)
	}
	if err == nil {
		err = c.p.complete(ctx, c.ev, u)
	}
	return u, err
}

// sought is the row that shows that the change was made. Nil where a row alone does not say so much.
func (c *course) sought() *automation.Sought {
	_, more := c.p.opts.Library.Flow(detailsFlow, c.p.layout())
	if c.Before == nil || c.Before.ID == "" || more {
		return nil
	}
	return &automation.Sought{Key: c.Email, Proves: func(rows automation.Rows, i int) bool {
		u := c.p.user(rows, i)
		return c.shown(&u)
	}}
}

// veryPerson is the one at whom a reading stopped, whoever else has come to answer to the address since: the change was
// made of them, and what the console shows of the other is told.
func (c *course) veryPerson(ros userops.Roster) *userops.User {
	if ros.Complete || c.sought() == nil {
		return nil
	}
	i := slices.IndexFunc(ros.Users, func(u userops.User) bool { return c.shown(&u) })
	if i < 0 {
		return nil
	}
	for _, u := range ros.Users {
		if u.ID != c.Before.ID && u.Email != "" && userops.SameEmail(u.Email, c.Email) {
			c.Result.Notices = append(c.Result.Notices, fmt.Sprintf("%s (%s) answers to the address since: settle in the console which of them it is", u.Email, u.ID))
		}
	}
	return &ros.Users[i]
}

// stood is the page of the list on which the person stood when it was read last.
func (c *course) stood() string {
	if c.Before == nil {
		return ""
	}
	return c.p.there[c.Before.ID]
}

// shown says that somebody is the very person who was looked at, and shows what is wanted.
func (c *course) shown(u *userops.User) bool {
	return u.ID == c.Before.ID && u.Email == c.Email && u.Notice == "" && c.Wanted.Holds(u)
}

// another says that the list shows somebody else with the address: of a list that is not whole, two people who
// share one may be one.
func (c *course) another(u *userops.User) error {
	if u == nil || c.Before == nil || u.ID == "" || c.Before.ID == "" || u.ID == c.Before.ID {
		return nil
	}
	return c.Fail(userops.ErrAmbiguous, fmt.Errorf("%s is listed as %s, and was %s before", u.Email, u.ID, c.Before.ID), "settle in the console which of them it is")
}

// remember keeps what was read back for the next change of a batch: everybody, or where the reading stopped, the
// list that this change went on by, with what became of this one; it is as old as it was.
func (c *course) remember(read userops.Roster, u *userops.User) {
	if !read.Complete && c.Before != nil && u != nil && c.shown(u) {
		read = c.Roster
		read.Users = slices.Clone(read.Users)
		for i := range read.Users {
			if read.Users[i].ID == u.ID {
				read.Users[i] = *u
			}
		}
	}
	c.p.lastRead = read
}

// readBackPicture is the picture of the list that a change was read back from.
const readBackPicture = "read-back"

// Commit implements change.Course: it runs the flow.
func (c *course) Commit(ctx context.Context) (change.Commit, error) {
	p := c.p
	p.lastRead = userops.Roster{} // what was read before it proves nothing any more
	run, got, err := c.run(ctx)
	p.held = got.Exchange != nil
	got.Exchange.EndLog()
	c.Result.Notices = append(c.Result.Notices, got.Notices...)
	for _, w := range got.WouldSend {
		c.Result.WouldSend = append(c.Result.WouldSend, userops.WouldSend(w))
	}
	switch {
	case errors.Is(err, flows.ErrRehearsed):
		c.Result.After = c.Before
		p.abandon(ctx, got.Exchange, c.ev)
		p.lastRead = c.Roster // nothing has left
		return change.Commit{}, c.rehearsed(got)
	case errors.Is(err, errTokenSpent) && !got.Pressed:
		p.abandon(ctx, got.Exchange, c.ev)
		return change.Commit{Again: true}, err
	case err != nil && !got.Pressed && c.outdated(err) && ctx.Err() == nil:
		p.abandon(ctx, got.Exchange, c.ev)
		return change.Commit{Again: true}, err
	case err != nil && !got.Committed:
		missing := errors.Is(err, automation.ErrMissing)
		err = p.explained(ctx, string(c.Action), c.ev, c.unoffered(err))
		p.abandon(ctx, got.Exchange, c.ev)
		return change.Commit{Look: missing}, err
	case err != nil:
		p.keepFailure(ctx, p.page, c.ev)
	}
	return change.Commit{Submission: &submission{course: c, run: run, got: got, ended: err}}, err
}

// outdated says that a page was not as the list said which was read for the change before: somebody may have
// changed this user since. That the person is not there is said of no list that was read once, either.
func (c *course) outdated(err error) bool {
	var halt *flows.HaltError
	if errors.As(err, &halt) && halt.Kind == flows.Absent {
		return c.Roster.OnlyToGoOn()
	}
	return c.Roster.Earlier && (errors.Is(err, automation.ErrMissing) || errors.Is(err, automation.ErrWrongIdentity))
}

// run carries out the changing flow.
func (c *course) run(ctx context.Context) (*flows.Run, flows.Result, error) {
	inputs := c.inputs()
	if c.Hooks.Through {
		return c.rehearseThrough(ctx, inputs)
	}
	return c.p.runWith(ctx, c.Kind.Flow, inputs, c.ev, func(r *flows.Run) {
		r.Rehearse, r.Acted, r.MustShow, r.People, r.App, r.Own = c.Hooks.DryRun, c.Hooks.Acted, c.p.whose(), c.people(), c.p.opts.Library.App, c.own()
		r.Intent = func(ctx context.Context) error {
			if err := c.p.stillOurs(ctx, r, c.ev); err != nil {
				return err
			}
			return c.Intend(ctx)
		}
	})
}

// own is the address of the person's own page, empty where none is known, as after a new sign-in: the console may have
// moved. It is not used where a page was not as the list said before.
func (c *course) own() string {
	if c.Before == nil || c.Before.ID == "" || c.Attempt > 0 {
		return ""
	}
	return c.p.own[c.Before.ID]
}

// inputs are the flow's: what is asked for, and for a new user what the console asks besides.
func (c *course) inputs() map[string]string {
	out := map[string]string{subject: c.Email}
	for in, text := range c.Values() {
		out[string(in)] = text
	}
	if c.Kind.Creates {
		choices, wish := c.p.opts.Library.App.Choices, c.p.opts.Preferences
		out[mailTasks], out[summary] = choices.No, wish.Summary
		if wish.MailTasks {
			out[mailTasks] = choices.Yes
		}
	}
	return out
}

// people says whom a change is about, and whom it must not touch: everybody else of the list just read.
func (c *course) people() *automation.People {
	out := &automation.People{Self: c.p.opts.Account}
	found := c.Before
	if found == nil {
		found = &userops.User{Email: c.Email, FirstName: c.FirstName, LastName: c.LastName}
	}
	out.Meant = person(*found)
	out.Meant.Has = map[string]string{"first_name": found.FirstName, "last_name": found.LastName, "role": found.Role, "time_zone": found.TimeZone}
	if edits := c.Kind.Takes(userops.InputRole) || c.Kind.Takes(userops.InputFirstName); edits && !c.Kind.Creates {
		out.Meant.Has["status"] = string(found.Status)
	}
	for _, u := range c.Roster.Users {
		if u.Role != "" && !slices.Contains(out.Roles, u.Role) {
			out.Roles = append(out.Roles, u.Role)
		}
		switch {
		case c.p.Rules().IsSelf(u.Email):
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
