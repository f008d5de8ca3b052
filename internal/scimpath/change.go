package scimpath

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/userops"
)

var _ change.Backend = (*Path)(nil)

// soonBound is how long an effect is looked for though the service refused (a proxy may say no to what was done),
// or though it said that it will come later (which may be at once).
const soonBound = 2 * time.Second

// settleBound ends a read-back that hangs.
const settleBound = 5 * time.Minute

// Traits implements change.Backend.
func (p *Path) Traits() change.Traits {
	return change.Traits{Name: Name, Noun: "service", Late: p.opts.Bounds.Late, Soon: soonBound, Hang: settleBound}
}

// Rules implements change.Backend.
func (p *Path) Rules() userops.Rules {
	return userops.Rules{Tenant: p.opts.Tenant, Self: p.opts.Account, Administrator: p.opts.Administrator, EditsInactive: true}
}

// Failure implements change.Backend.
func (p *Path) Failure(act, target string, err error) error { return p.failure(act, target, err) }

// Change implements userops.Directory. Nobody is ever deleted.
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
	p     *Path
	s     *service
	e     *entry  // whom it is about, as last read; nil: nobody
	after *entry  // the same as last read back
	send  *sender // nil until something is to be sent
	done  func()  // ends the evidence
	// pruned says that roles beside the one asked for were taken away.
	pruned bool
}

// Begin implements change.Backend.
func (p *Path) Begin(ctx context.Context, c *change.Change) (change.Course, error) {
	dir, done, err := p.evidence(c.Result.Op)
	if err != nil {
		return nil, err
	}
	c.Result.Evidence = dir
	s, err := p.discovered(ctx)
	if err == nil {
		err = p.able(s, c.Action)
		if err != nil {
			err = c.Fail(userops.ErrUnsupported, err, "use path: browser, or auto, for this tenant")
		}
	}
	if err != nil {
		done()
		return nil, err
	}
	return &course{Change: c, p: p, s: s, done: done}, nil
}

// End implements change.Course.
func (c *course) End() {
	c.p.note(c.Result.Outcome, c.after)
	c.done()
}

// Look implements change.Course.
func (c *course) Look(ctx context.Context) (userops.Roster, *userops.User, error) {
	c.p.opts.Progress("looking at everybody")
	if c.Attempt > 0 {
		c.p.known = nil
	}
	ros, all, err := c.p.everyoneFor(ctx, c.s, c.Hooks.Batch, c.Asked)
	if err != nil {
		return ros, nil, err
	}
	if c.e, err = c.p.match(all, c.Asked); err != nil || c.e == nil {
		return ros, nil, err
	}
	found := c.e.user
	return ros, &found, nil
}

// Ready implements change.Course: a role must be on offer.
func (c *course) Ready(ctx context.Context) error {
	if c.Role == "" {
		return nil
	}
	names, err := c.p.roles(ctx, c.s)
	if err != nil {
		return err
	}
	return c.p.Rules().KnownRole(c.Role, names)
}

// Commit implements change.Course.
func (c *course) Commit(ctx context.Context) (change.Commit, error) {
	e := c.e
	if e != nil {
		var again bool
		var err error
		if e, again, err = c.p.still(ctx, c.s, *e); err != nil {
			return change.Commit{Again: again}, err
		}
	}
	send := &sender{p: c.p, c: c.Change}
	c.send = send
	c.p.opts.Progress(string(c.Action) + " " + c.Email)
	err := actions[c.Action].carry(ctx, c, send, e)
	var said *ServiceError
	switch {
	case errors.Is(err, errRehearsed):
		c.Result.After = c.Before
		return change.Commit{}, c.Fail(userops.ErrRehearsed, nil, "what would be sent stands in exchanges.jsonl, in the evidence")
	case send.sends == 0 && err != nil:
		return change.Commit{}, err
	case err != nil && send.refused() && send.sends == 1 && errors.As(err, &said) && (said.Status == http.StatusConflict || said.Status == http.StatusPreconditionFailed):
		return change.Commit{Again: true}, err // it has changed since it was looked at
	}
	return change.Commit{Submission: &submission{course: c, err: err}}, err
}

// still reads the one user again, directly before the change: the id must still be that user's, and nothing may have
// changed since everybody was read. What it returns holds the entity tag of this moment.
func (p *Path) still(ctx context.Context, s *service, e entry) (*entry, bool, error) {
	now, err := p.fetch(ctx, s, e.user.ID)
	if err != nil {
		return nil, false, err
	}
	if now != nil && now.user == e.user {
		return now, false, nil
	}
	return nil, true, &userops.Error{Act: "looking again at", Target: e.user.Email, Tenant: p.opts.Tenant, Kind: userops.ErrRejected, Cause: errors.New("the user is not as the list shows it"), Hint: "somebody may be changing this user right now: try again"}
}

// patchOf is a PatchOp message (RFC 7644 §3.5.2).
func patchOf(operations ...map[string]any) map[string]any {
	return map[string]any{"schemas": []string{"urn:ietf:params:scim:api:messages:2.0:PatchOp"}, "Operations": operations}
}

// setting is an attribute with the value it is to have.
type setting struct {
	attribute
	value any
}

// alter changes attributes of a user: by PATCH, or where there is none by putting back the resource just read.
func (p *Path) alter(ctx context.Context, s *service, send *sender, e *entry, settings ...setting) error {
	at, match := s.usersPath+pathOf(e.user.ID), ""
	if s.etag {
		match = e.from.version()
	}
	if s.patch {
		var ops []map[string]any
		for _, set := range settings {
			op := map[string]any{"op": "replace", "path": set.String(), "value": set.value}
			if set.several() {
				op["path"], op["value"] = set.name, []any{map[string]any{set.sub: set.value, "primary": true}}
			}
			ops = append(ops, op)
		}
		_, err := send.do(ctx, write{method: http.MethodPatch, path: at, match: match, body: patchOf(ops...)})
		var said *ServiceError
		if !errors.As(err, &said) || said.Status != http.StatusMethodNotAllowed && said.Status != http.StatusNotImplemented {
			return err
		}
		s.patch = false
		send.sends-- // it was not looked at, so it counts for nothing
	}
	whole := e.from.clone()
	maps.DeleteFunc(whole, func(k string, _ any) bool { return slices.Contains([]string{"meta", "groups"}, strings.ToLower(k)) }) // read-only
	for _, set := range settings {
		whole.set(set.attribute, set.value)
	}
	_, err := send.do(ctx, write{method: http.MethodPut, path: at, match: match, body: whole})
	return err
}

// create adds a user with an explicit role. Where roles are groups, nobody can be in one before being there: the user
// stays inactive until it has the role.
func (p *Path) create(ctx context.Context, s *service, send *sender, in userops.Request) error {
	email := in.Email
	r := resource{"schemas": []any{coreUser}}
	r.set(attribute{name: "userName"}, email)
	r.set(attribute{name: "emails", sub: "value"}, email)
	for _, l := range p.mapping.lookup {
		r.set(l, email)
	}
	for _, f := range []struct {
		a    attribute
		text string
	}{{p.mapping.first, in.FirstName}, {p.mapping.last, in.LastName}, {timeZone, in.TimeZone}} {
		if f.a != (attribute{}) && f.text != "" {
			r.set(f.a, f.text)
		}
	}
	r.set(p.mapping.active, !p.mapping.grouped())
	if !p.mapping.grouped() {
		r.set(p.mapping.role, in.Role)
	}
	nobody := func(ctx context.Context) bool {
		e, err := p.find(ctx, s, email)
		return err == nil && e == nil
	}
	if _, err := send.do(ctx, write{method: http.MethodPost, path: s.usersPath, body: r, safe: nobody}); err != nil || !p.mapping.grouped() || send.requested {
		return err
	}
	e, err := p.find(ctx, s, email)
	if err == nil && e == nil {
		err = fmt.Errorf("%w: it was created, and is not in the list", errNotSCIM)
	}
	if err != nil {
		return err
	}
	if err := p.regroup(ctx, s, send, e.user.ID, in.Role); err != nil {
		return err
	}
	if e, err = p.fetch(ctx, s, e.user.ID); err != nil || e == nil {
		return errors.Join(err, fmt.Errorf("%w: it was created, and has gone again", errNotSCIM))
	}
	return p.alter(ctx, s, send, e, setting{p.mapping.active, true})
}
