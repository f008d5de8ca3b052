package change

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// Change is one change on its way, as a path sees it.
type Change struct {
	userops.Request        // its e-mail is as the console writes it, once the user has been found
	Asked           string // the e-mail as it was asked for
	Kind            userops.Kind
	Hooks           Hooks
	Attempt         int  // from 0; it is tried again once
	Anew            bool // everybody is to be read now, whatever was read for the change before

	Roster userops.Roster // everybody, as last read
	Before *userops.User  // who the change is about, as last read; nil: nobody
	Wanted userops.Wanted // what a read-back must see of the user
	// Result is what will be told. A path adds to it what only it knows: evidence, version, notices.
	Result *userops.Result

	backend Backend
	course  Course
	step    bool           // it is a part of a change that is made of several
	whole   userops.Wanted // what all parts lead to
	first   *userops.User  // the user as found at the first attempt
}

// Goes says that by a list the change of somebody on it would be made: the rules end it with no word.
func (c *Change) Goes(ros userops.Roster, found *userops.User) bool {
	d := c.backend.Rules().Decide(userops.Look{Request: c.Request, All: ros, User: found, Step: c.step})
	return d.Outcome == "" && len(d.Instead) == 0
}

// Intend asks the hooks whether the change may be committed now.
func (c *Change) Intend(ctx context.Context) error {
	wanted := c.Wanted
	if c.step {
		wanted = c.whole
	}
	return c.Hooks.Intent(ctx, c.Before, wanted)
}

// Fail is an *userops.Error about the change that is asked for.
func (c *Change) Fail(kind, cause error, hint string) error {
	return &userops.Error{Act: string(c.Action), Target: c.Email, Tenant: c.backend.Rules().Tenant, Kind: kind, Cause: cause, Hint: hint}
}

// Ask makes a change that nothing accompanies: for a path that is used by itself.
func Ask(ctx context.Context, b Backend, rq userops.Request) userops.Result {
	checked, err := rq.Check()
	if err != nil {
		return NotBegun(rq, Hooks{}, b.Traits().Name, err)
	}
	return Do(ctx, b, checked, Hooks{})
}

// NotBegun is the result of a change that came to nothing before anything was looked at.
func NotBegun(rq userops.Request, h Hooks, path string, err error) userops.Result {
	h = h.complete()
	r := userops.Result{Op: h.ID, DryRun: h.DryRun, Action: rq.Action, Email: rq.Email, Path: path}
	r.End(userops.Ended(err), err)
	return r
}

// Do makes a change.
func Do(ctx context.Context, b Backend, checked userops.Checked, h Hooks) (res userops.Result) {
	rq := checked.Request()
	start := time.Now()
	h = h.complete()
	defer func() { res.TookMS = time.Since(start).Milliseconds() }()
	res, instead := carryOut(ctx, b, h, userops.Step{Request: rq}, false)
	before, changed := res.Before, false
	for _, s := range instead {
		notices := res.Notices
		res, _ = carryOut(ctx, b, h, s, true)
		res.Action, res.Notices = rq.Action, append(notices, res.Notices...)
		if res.Before != nil {
			res.Before = before
		}
		if res.Outcome != userops.Done && res.Outcome != userops.Already {
			break
		}
		changed = changed || res.Outcome == userops.Done
	}
	switch {
	case changed && res.Outcome == userops.Already:
		res.End(userops.Done, nil)
	case changed && (res.Outcome == userops.Halted || res.Outcome == userops.Refused):
		res.End(userops.Unknown, &userops.Error{Act: string(rq.Action), Target: rq.Email, Tenant: b.Rules().Tenant, Kind: userops.ErrUnverified,
			Cause: fmt.Errorf("a part of it is done, and then: %w", res.Err), Hint: "look at this user, then ask for it again: it begins by looking"})
	}
	return res
}

const byOther = "somebody else did it meanwhile"

// maxTries bounds how often a change begins because the user was not as it had been looked at.
const maxTries = 2

// carryOut makes one step: mostly the whole of what was asked for. It returns the steps that are to be made
// instead, if so.
func carryOut(ctx context.Context, b Backend, h Hooks, s userops.Step, step bool) (res userops.Result, instead []userops.Step) {
	kind, _ := userops.KindOf(s.Request.Action)
	res = userops.Result{Op: h.ID, DryRun: h.DryRun, Action: s.Request.Action, Email: s.Request.Email, Path: b.Traits().Name}
	c := &Change{Request: s.Request, Kind: kind, Hooks: h, Result: &res, backend: b, step: step, whole: s.Whole, Asked: s.Request.Email}
	if err := ctx.Err(); err != nil {
		res.End(userops.Halted, b.Failure(string(c.Action), c.Email, context.Cause(ctx)))
		return res, nil
	}
	if d := b.Rules().Beforehand(c.Request); d.Outcome != "" {
		res.End(d.Outcome, d.Err)
		return res, nil
	}
	course, err := b.Begin(ctx, c)
	if err != nil {
		res.End(userops.Halted, b.Failure(string(c.Action), c.Email, err))
		return res, nil
	}
	defer course.End()
	c.course = course
	for ; ; c.Attempt++ {
		d, again := c.try(ctx)
		if !again || c.Attempt == maxTries-1 {
			res.End(d.Outcome, b.Failure(string(c.Action), c.Email, d.Err))
			return res, d.Instead
		}
		if c.first == nil {
			c.first = c.Before
		}
	}
}

// try is one course of a change: look first, decide, act up to and over the commit, read back. again says that
// nothing was done, since the user is not as it was when looked at.
func (c *Change) try(ctx context.Context) (d userops.Decision, again bool) {
	if err := c.look(ctx); err != nil {
		return userops.Decision{Outcome: userops.Halted, Err: err}, false
	}
	c.Wanted = c.Kind.Wanted(c.Request, c.Before)
	if c.step && c.Action == userops.Reactivate {
		c.Wanted = c.whole
	}
	d = c.backend.Rules().Decide(userops.Look{Request: c.Request, All: c.Roster, User: c.Before, Step: c.step})
	if (d.Outcome != "" || len(d.Instead) > 0) && c.Roster.OnlyToGoOn() { // somebody may have come, changed or moved
		c.Anew = true
		return c.try(ctx)
	}
	if d.Outcome != "" || len(d.Instead) > 0 {
		c.Result.After = c.Before
		if c.Attempt > 0 && d.Outcome == userops.Already {
			c.Result.Notices = append(c.Result.Notices, byOther)
		}
		return d, false
	}
	if err := c.course.Ready(ctx); err != nil {
		return userops.Decision{Outcome: userops.Halted, Err: err}, false
	}
	if why := c.changedSince(); why != "" {
		return userops.Decision{Outcome: userops.Halted, Err: c.Fail(userops.ErrRejected, errors.New("somebody else changed this user meanwhile: "+why),
			"look whether it is still called for, then run the command again")}, false
	}
	if hint := c.Roster.LookalikeHint(c.Email); hint != "" && c.Kind.Creates {
		c.Result.Notices = append(c.Result.Notices, hint)
	}
	err := c.Hooks.Found(ctx, Found{User: c.Before, Active: c.Roster.Active()})
	if userops.Refuses(err) && c.Roster.OnlyToGoOn() { // by how many are active, or by an address that is another's by now
		c.Anew = true
		return c.try(ctx)
	}
	if err != nil {
		return userops.Decision{Outcome: userops.Ended(err), Err: err}, false
	}
	out, again, err := c.commit(ctx)
	return userops.Decision{Outcome: out, Err: err}, again
}

// look reads everybody and finds the one that the change is about. A list without a proved end is not enough to
// know that nobody else answers to the address.
func (c *Change) look(ctx context.Context) (err error) {
	c.Result.Before, c.Result.After = nil, nil
	c.Email = c.Asked
	if c.Roster, c.Before, err = c.course.Look(ctx); err != nil {
		return err
	}
	if !c.Roster.Complete {
		return c.Fail(userops.ErrIncomplete, errors.New(c.Roster.Proof), "somebody may be changing users right now: try again")
	}
	if c.Before != nil {
		c.Email = c.Before.Email // as the console writes it: what pages are compared with
	}
	c.Result.Before = c.Before
	return nil
}

// changedSince says what of the user has changed since the first attempt that this change is about, empty if
// nothing has.
func (c *Change) changedSince() string {
	if c.Attempt == 0 {
		return ""
	}
	for _, what := range userops.Changed(c.first, c.Before) {
		field, _, _ := strings.Cut(what, ":")
		if field == "id" || field == "e-mail" || field == "status" || field == "role" && c.Kind.Takes(userops.InputRole) {
			return what
		}
	}
	return ""
}

// commit makes the change and, if something left, settles what became of it.
func (c *Change) commit(ctx context.Context) (out userops.Outcome, again bool, err error) {
	done, err := c.course.Commit(ctx)
	switch {
	case done.Submission != nil:
		return c.settle(ctx, done.Submission, err)
	case done.Again:
		return userops.Halted, true, err
	case done.Look && !c.Hooks.DryRun && ctx.Err() == nil:
		// A page offers no button for what somebody else has just done.
		if after, failed := c.course.ReadBack(ctx); failed == nil && after != nil && after.Notice == "" && c.Wanted.Holds(after) {
			c.Result.After = after
			c.Result.Notices = append(c.Result.Notices, byOther)
			return userops.Already, false, nil
		}
	}
	return userops.Ended(err), false, err
}
