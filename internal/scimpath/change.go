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

	"github.com/billagent/billagent/internal/userops"
)

// request is one change as the steps below see it.
type request struct {
	action userops.Action
	email  string
	role   string // invite and set-role
	// settled looks at the user found before (nil: none) and returns an outcome if nothing needs to be done or may be.
	settled func(all userops.Roster, found *userops.User) (userops.Outcome, error)
	// carry sends what makes the change, of the user as just read (nil for a new one).
	carry  func(ctx context.Context, s *service, send *sender, e *entry) error
	wanted userops.Wanted // what the read-back must see
	// intends is what the whole of it must lead to, where this is only a step.
	intends *userops.Wanted
}

// Deactivate implements userops.Directory. Nobody is ever deleted.
func (p *Path) Deactivate(ctx context.Context, email string) userops.Result {
	return p.change(ctx, request{
		action: userops.Deactivate, email: email,
		settled: func(all userops.Roster, u *userops.User) (userops.Outcome, error) {
			return p.rules().Deactivate(all, u, email)
		},
		carry: func(ctx context.Context, s *service, send *sender, e *entry) error {
			return p.alter(ctx, s, send, e, p.mapping.active, false)
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
		action: userops.Reactivate, email: email,
		settled: func(all userops.Roster, u *userops.User) (userops.Outcome, error) {
			return p.rules().Reactivate(all, u, email)
		},
		carry: func(ctx context.Context, s *service, send *sender, e *entry) error {
			return p.alter(ctx, s, send, e, p.mapping.active, true)
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
	return p.change(ctx, p.roleRequest(email, role, func(all userops.Roster, u *userops.User) (userops.Outcome, error) {
		return p.rules().SetRole(all, u, email, role)
	}))
}

func (p *Path) roleRequest(email, role string, settled func(userops.Roster, *userops.User) (userops.Outcome, error)) request {
	return request{
		action: userops.SetRole, email: email, role: role, settled: settled,
		carry: func(ctx context.Context, s *service, send *sender, e *entry) error {
			if p.mapping.grouped() {
				return p.regroup(ctx, s, send, e.user.ID, role)
			}
			return p.alter(ctx, s, send, e, p.mapping.role, role)
		},
		wanted: userops.Wanted{Role: role},
	}
}

// Invite implements userops.Directory.
func (p *Path) Invite(ctx context.Context, in userops.Invitation) userops.Result {
	asked := in.Email
	in, err := in.Normal()
	if err != nil {
		return userops.NotBegun(ctx, userops.Invite, asked, Name, err)
	}
	reactivate := false
	res := p.change(ctx, request{
		action: userops.Invite, email: in.Email, role: in.Role,
		settled: func(_ userops.Roster, u *userops.User) (out userops.Outcome, err error) {
			out, reactivate, err = p.rules().Invite(u, in)
			return out, err
		},
		carry:  func(ctx context.Context, s *service, send *sender, _ *entry) error { return p.create(ctx, s, send, in) },
		wanted: userops.WantedOf(in),
	})
	if !reactivate {
		return res
	}
	return p.giveBack(ctx, in, res)
}

// giveBack gives access back with the role that was asked for: the role first, so that nobody is active with another one.
func (p *Path) giveBack(ctx context.Context, in userops.Invitation, res userops.Result) userops.Result {
	whole := userops.Wanted{Status: userops.Active, Role: in.Role}
	if res.Before.Role != in.Role {
		rq := p.roleRequest(in.Email, in.Role, func(_ userops.Roster, u *userops.User) (userops.Outcome, error) {
			switch {
			case u == nil || u.Status != userops.Inactive:
				return userops.Halted, &userops.Error{Act: "inviting", Target: in.Email, Tenant: p.opts.Tenant, Kind: userops.ErrRejected,
					Cause: errors.New("the user has changed meanwhile"), Hint: "run the command again"}
			case u.Role == in.Role:
				return userops.Already, nil
			}
			return "", nil
		})
		rq.intends = &whole
		role := p.change(ctx, rq)
		if role.Outcome != userops.Done && role.Outcome != userops.Already {
			return role.Invited(res)
		}
		res.TookMS += role.TookMS
	}
	out := p.reactivate(ctx, in.Email, whole).Invited(res)
	if out.Before != nil {
		out.Before = res.Before
	}
	return out
}

// change is the course of every change: look first, decide, send, read back.
func (p *Path) change(ctx context.Context, rq request) (res userops.Result) {
	start := time.Now()
	op := userops.OperationOf(ctx)
	res = userops.Result{Op: op.ID, DryRun: op.DryRun, Action: rq.action, Email: rq.email, Path: Name}
	defer func() { res.TookMS = time.Since(start).Milliseconds() }()
	end := func(o userops.Outcome, err error) userops.Result {
		res.End(o, err)
		return res
	}
	email, err := userops.CheckEmail(rq.email)
	if err != nil {
		return end(userops.Halted, err)
	}
	if err := ctx.Err(); err != nil { // the rest of a batch after Ctrl-C
		return end(userops.Halted, p.failure(string(rq.action), email, context.Cause(ctx)))
	}
	if out, err := p.beforehand(rq); out != "" {
		return end(out, err)
	}
	dir, done, err := p.evidence(res.Op)
	if err != nil {
		return end(userops.Halted, err)
	}
	defer done()
	res.Evidence = dir
	s, err := p.discovered(ctx)
	if err == nil {
		err = p.offers(s, rq)
	}
	if err != nil {
		return end(userops.Halted, p.failure(string(rq.action), email, err))
	}
	var first *userops.User // as it was before the service said that it has changed
	for attempt := 0; ; attempt++ {
		out, again, err := p.try(ctx, s, rq, email, op, first, &res)
		p.note(out, res.After)
		if again {
			p.known = nil
		}
		if !again || attempt == maxTries-1 {
			return end(out, p.failure(string(rq.action), email, err))
		}
		first = res.Before
		p.opts.Log.Info("the user has changed meanwhile, looking again", "user", email, "error", err)
	}
}

// maxTries bounds how often a change begins because somebody else changes the same user: it is looked at again once.
const maxTries = 2

// beforehand refuses what can be refused without looking.
func (p *Path) beforehand(rq request) (userops.Outcome, error) {
	asked := rq.action == userops.Invite || rq.action == userops.SetRole
	if rq.action == userops.Deactivate && p.rules().IsSelf(rq.email) || asked && strings.TrimSpace(rq.role) == "" {
		return rq.settled(userops.Roster{}, nil)
	}
	return "", nil
}

// offers makes sure that the service can do it at all.
func (p *Path) offers(s *service, rq request) error {
	if err := p.able(s, rq.action); err != nil {
		return &userops.Error{Act: string(rq.action), Target: rq.email, Tenant: p.opts.Tenant, Kind: userops.ErrUnsupported, Cause: err, Hint: "use path: browser, or auto, for this tenant"}
	}
	return nil
}

// try carries a change out. again is true where nothing was done, since the user is not as it was when looked at. first is how
// it was looked at the time before, nil the first time: what this change is about must still be so.
func (p *Path) try(
	ctx context.Context, s *service, rq request, email string, op *userops.Operation, first *userops.User, res *userops.Result,
) (out userops.Outcome, again bool, err error) {
	res.Before, res.After = nil, nil
	p.opts.Progress("looking at everybody")
	ros, all, err := p.everyoneFor(ctx, s, op, email)
	if err != nil {
		return userops.Halted, false, err
	}
	e, err := p.match(all, email)
	if err != nil {
		return userops.Halted, false, err
	}
	if !ros.Complete {
		return userops.Halted, false, p.incomplete(string(rq.action), email, ros)
	}
	if e != nil {
		res.Before = &e.user
		if rq.action == userops.SetRole {
			rq.wanted.Status = e.user.Status
		}
	}
	if out, err := p.decide(ctx, s, rq, ros, res.Before); out != "" {
		res.After = res.Before
		return out, false, err
	}
	if why := relevant(rq.action, first, res.Before); why != "" {
		return userops.Halted, false, &userops.Error{Act: string(rq.action), Target: email, Tenant: p.opts.Tenant, Kind: userops.ErrRejected,
			Cause: errors.New("somebody else changed this user meanwhile: " + why), Hint: "look whether it is still called for, then run the command again"}
	}
	if hint := ros.LookalikeHint(email); hint != "" && rq.action == userops.Invite {
		res.Notices = append(res.Notices, hint)
	}
	if err := op.Found(ctx, userops.Found{User: res.Before, Active: ros.Active()}); err != nil {
		return userops.Ended(err), false, err
	}
	if e != nil {
		if e, again, err = p.still(ctx, s, *e); err != nil {
			return userops.Halted, again, err
		}
	}
	send := &sender{p: p, op: op, before: res.Before, wanted: rq.wanted, rehearsing: op.DryRun}
	if rq.intends != nil {
		send.wanted = *rq.intends
	}
	p.opts.Progress(string(rq.action) + " " + email)
	err = rq.carry(ctx, s, send, e)
	if errors.Is(err, errRehearsed) {
		res.After = res.Before
		return userops.Halted, false, &userops.Error{Act: string(rq.action), Target: email, Tenant: p.opts.Tenant, Kind: userops.ErrRehearsed, Hint: "look at exchanges.jsonl in the evidence for what would be sent; without --dry-run it would be done"}
	}
	if send.sends == 0 && err != nil {
		return userops.Ended(err), false, err
	}
	return p.settle(ctx, s, rq, email, send, err, res)
}

// relevant says what of a user has changed that a change is about, empty if nothing has.
func relevant(a userops.Action, first, now *userops.User) string {
	if first == nil || now == nil {
		return ""
	}
	for _, c := range userops.Changed(first, now) {
		field, _, _ := strings.Cut(c, ":")
		if field == "id" || field == "e-mail" || field == "status" || field == "role" && a == userops.SetRole {
			return c
		}
	}
	return ""
}

// decide holds the change against the rules, and its role against those on offer.
func (p *Path) decide(ctx context.Context, s *service, rq request, ros userops.Roster, u *userops.User) (userops.Outcome, error) {
	if out, err := rq.settled(ros, u); out != "" {
		return out, err
	}
	if rq.role == "" {
		return "", nil
	}
	names, err := p.roles(ctx, s)
	if err == nil {
		err = p.rules().KnownRole(rq.role, names)
	}
	if err != nil {
		return userops.Halted, err
	}
	return "", nil
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

// alter changes one attribute of a user: by PATCH, or where there is none by putting back the resource just read.
func (p *Path) alter(ctx context.Context, s *service, send *sender, e *entry, a attribute, value any) error {
	at, match := s.usersPath+pathOf(e.user.ID), ""
	if s.etag {
		match = e.from.version()
	}
	if s.patch {
		op := map[string]any{"op": "replace", "path": a.String(), "value": value}
		if a.several() {
			op["path"], op["value"] = a.name, []any{map[string]any{a.sub: value, "primary": true}}
		}
		_, err := send.do(ctx, write{method: http.MethodPatch, path: at, match: match, body: patchOf(op)})
		var said *ServiceError
		if !errors.As(err, &said) || said.Status != http.StatusMethodNotAllowed && said.Status != http.StatusNotImplemented {
			return err
		}
		s.patch = false
		send.sends-- // it was not looked at, so it counts for nothing
	}
	whole := e.from.clone()
	maps.DeleteFunc(whole, func(k string, _ any) bool { return slices.Contains([]string{"meta", "groups"}, strings.ToLower(k)) }) // read-only
	whole.set(a, value)
	_, err := send.do(ctx, write{method: http.MethodPut, path: at, match: match, body: whole})
	return err
}

// create adds a user with an explicit role. Where roles are groups, nobody can be in one before being there: the user
// stays inactive until it has the role.
func (p *Path) create(ctx context.Context, s *service, send *sender, in userops.Invitation) error {
	email, err := userops.CheckEmail(in.Email)
	if err != nil {
		return err
	}
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
	return p.alter(ctx, s, send, e, p.mapping.active, true)
}
