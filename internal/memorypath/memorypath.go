// Package memorypath is a userops.Directory that holds its users in memory. It keeps the same rules as a console and
// passes the same conformance suite, so that other packages' unit tests can stand on it.
package memorypath

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// Name is what this path is called in results.
const Name = "memory"

// Path is the Directory. Its fields may be set before use and changed between calls with Edit.
type Path struct {
	Self          string // the account it acts as
	Administrator string // the role of which one active holder must remain
	RoleNames     []string
	DualControl   bool

	mu    sync.Mutex
	users []userops.User
	next  int
}

var _ userops.Directory = (*Path)(nil)

// New holds the given users.
func New(self string, users ...userops.User) *Path {
	return &Path{Self: self, Administrator: "Administrator", RoleNames: []string{"Administrator", "Accountant", "Approver", "Payer", "Clerk", "Auditor"}, users: slices.Clone(users)}
}

// Stored returns the users as they are.
func (p *Path) Stored() []userops.User {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.users)
}

// Edit alters the users, as another administrator would.
func (p *Path) Edit(edit func([]userops.User) []userops.User) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.users = edit(p.users)
}

// List implements userops.Directory.
func (p *Path) List(ctx context.Context, statuses []userops.Status, each func(userops.User) error) (userops.Listing, error) {
	for _, u := range p.Stored() {
		if err := ctx.Err(); err != nil {
			return userops.Listing{}, &userops.Error{Act: "listing users", Kind: userops.ErrCancelled, Cause: err}
		}
		if len(statuses) > 0 && !slices.Contains(statuses, u.Status) {
			continue
		}
		if err := each(u); err != nil {
			return userops.Listing{}, err
		}
	}
	return userops.Listing{Path: Name, ObservedAt: time.Now().UTC(), Complete: true, Proof: "everybody in memory"}, nil
}

// Get implements userops.Directory.
func (p *Path) Get(_ context.Context, email string) (userops.User, error) {
	email, err := userops.CheckEmail(email)
	if err != nil {
		return userops.User{}, err
	}
	i, err := p.find(email)
	if err == nil && i < 0 {
		err = &userops.Error{Act: "looking for", Target: email, Kind: userops.ErrNotFound}
	}
	if err != nil {
		return userops.User{}, err
	}
	return p.Stored()[i], nil
}

// find returns where a user is stored, -1 for nobody.
func (p *Path) find(email string) (int, error) {
	users := p.Stored()
	u, err := userops.Roster{Users: users}.Match(email)
	if u == nil {
		return -1, err
	}
	return slices.Index(users, *u), nil
}

// rule looks at the user found (nil: none) and returns an outcome if nothing needs to be done or may be.
type rule func(u *userops.User) (userops.Outcome, error)

func (p *Path) change(ctx context.Context, action userops.Action, email string, decide rule, wanted userops.Wanted, apply func(u *userops.User)) userops.Result {
	op := userops.OperationOf(ctx)
	res := userops.Result{Op: op.ID, DryRun: op.DryRun, Action: action, Email: email, Path: Name}
	end := func(o userops.Outcome, err error) userops.Result {
		if userops.Refuses(err) {
			o = userops.Refused
		}
		res.End(o, err)
		return res
	}
	email, err := userops.CheckEmail(email)
	if err != nil {
		return end(userops.Halted, err)
	}
	if err := ctx.Err(); err != nil {
		return end(userops.Halted, &userops.Error{Act: string(action), Target: email, Kind: userops.ErrCancelled, Cause: err})
	}
	i, err := p.find(email)
	if err != nil {
		return end(userops.Halted, err)
	}
	if i >= 0 {
		u := p.Stored()[i]
		res.Before, res.After = &u, &u
		if action == userops.SetRole {
			wanted.Status = u.Status
		}
	}
	if o, err := decide(res.Before); o != "" {
		return end(o, err)
	}
	if err := p.accompanied(ctx, op, res.Before, wanted); err != nil {
		return end(userops.Halted, err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	defer op.Acted(ctx)
	if p.DualControl && i >= 0 {
		return end(userops.Requested, fail(string(action), email, userops.ErrApproval, "let another administrator approve it"))
	}
	if i < 0 {
		p.next++
		p.users = append(p.users, userops.User{ID: fmt.Sprintf("m%d", p.next), Email: email})
		i = len(p.users) - 1
	}
	apply(&p.users[i])
	after := p.users[i]
	res.After = &after
	if p.DualControl {
		return end(userops.Requested, fail(string(action), email, userops.ErrApproval, "let another administrator approve it"))
	}
	return end(userops.Done, nil)
}

// accompanied asks whoever accompanies a change whether it may be made.
func (p *Path) accompanied(ctx context.Context, op *userops.Operation, before *userops.User, wanted userops.Wanted) error {
	active := 0
	for _, u := range p.Stored() {
		if u.Status == userops.Active {
			active++
		}
	}
	if err := op.Found(ctx, userops.Found{User: before, Active: active}); err != nil {
		return err
	}
	if op.DryRun {
		return fail("changing", "", userops.ErrRehearsed, "without --dry-run it would be done")
	}
	return op.Intent(ctx, before, wanted)
}

func fail(act, target string, kind error, hint string) error {
	return &userops.Error{Act: act, Target: target, Kind: kind, Hint: hint}
}

func (p *Path) rules() userops.Rules {
	return userops.Rules{Self: p.Self, Administrator: p.Administrator}
}

// Deactivate implements userops.Directory.
func (p *Path) Deactivate(ctx context.Context, email string) userops.Result {
	return p.change(ctx, userops.Deactivate, email, func(u *userops.User) (userops.Outcome, error) {
		return p.rules().Deactivate(userops.Roster{Users: p.Stored()}, u, email)
	}, userops.Wanted{Status: userops.Inactive}, func(u *userops.User) { u.Status = userops.Inactive })
}

// Reactivate implements userops.Directory.
func (p *Path) Reactivate(ctx context.Context, email string) userops.Result {
	return p.change(ctx, userops.Reactivate, email, func(u *userops.User) (userops.Outcome, error) {
		return p.rules().Reactivate(userops.Roster{Users: p.Stored()}, u, email)
	},
		userops.Wanted{Status: userops.Active}, func(u *userops.User) { u.Status = userops.Active })
}

// SetRole implements userops.Directory.
func (p *Path) SetRole(ctx context.Context, email, role string) userops.Result {
	role, err := userops.Text("the role", role)
	if err != nil {
		return userops.NotBegun(ctx, userops.SetRole, email, Name, err)
	}
	return p.change(ctx, userops.SetRole, email, func(u *userops.User) (userops.Outcome, error) {
		out, err := p.rules().SetRole(userops.Roster{Users: p.Stored()}, u, email, role)
		if out == "" {
			out, err = p.known(role)
		}
		return out, err
	}, userops.Wanted{Role: role}, func(u *userops.User) { u.Role = role })
}

func (p *Path) known(role string) (userops.Outcome, error) {
	if err := p.rules().KnownRole(role, p.RoleNames); err != nil {
		return userops.Halted, err
	}
	return "", nil
}

// Invite implements userops.Directory.
func (p *Path) Invite(ctx context.Context, in userops.Invitation) userops.Result {
	asked := in.Email
	in, err := in.Normal()
	if err != nil {
		return userops.NotBegun(ctx, userops.Invite, asked, Name, err)
	}
	status := userops.Active
	if p.DualControl {
		status = userops.Pending
	}
	reactivate := false
	res := p.change(ctx, userops.Invite, in.Email, func(u *userops.User) (out userops.Outcome, err error) {
		if out, reactivate, err = p.rules().Invite(u, in); out == "" {
			out, err = p.known(in.Role)
		}
		return out, err
	}, userops.WantedOf(in), func(u *userops.User) {
		u.FirstName, u.LastName, u.Role, u.Status = in.FirstName, in.LastName, in.Role, status
	})
	if !reactivate {
		return res
	}
	again := p.Reactivate(ctx, in.Email)
	return again.Invited(res)
}

// Roles implements userops.Directory.
func (p *Path) Roles(context.Context) ([]string, error) { return slices.Clone(p.RoleNames), nil }

// Capabilities implements userops.Directory.
func (p *Path) Capabilities(context.Context) (userops.Capabilities, error) {
	return userops.Capabilities{Path: Name, Can: []userops.Action{userops.Invite, userops.Deactivate, userops.Reactivate, userops.SetRole}}, nil
}

// Close implements userops.Directory.
func (p *Path) Close() error { return nil }
