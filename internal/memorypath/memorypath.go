// Package memorypath is a userops.Directory that holds its users in memory. It keeps the same rules as a console and
// passes the same conformance suite, so that other packages' unit tests can stand on it.
package memorypath

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
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

func (p *Path) find(email string) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	found := -1
	for i, u := range p.users {
		if userops.SameEmail(u.Email, email) {
			if found >= 0 {
				return -1, &userops.Error{Act: "finding", Target: email, Kind: userops.ErrAmbiguous}
			}
			found = i
		}
	}
	return found, nil
}

// rule looks at the user found (nil: none) and returns an outcome if nothing needs to be done or may be.
type rule func(u *userops.User) (userops.Outcome, error)

func (p *Path) change(ctx context.Context, action userops.Action, email string, decide rule, wanted userops.Wanted, apply func(u *userops.User)) userops.Result {
	op := userops.OperationOf(ctx)
	if op.ID == "" {
		op.ID = fmt.Sprintf("memory-%d", time.Now().UnixNano())
	}
	res := userops.Result{Op: op.ID, DryRun: op.DryRun, Action: action, Email: email, Path: Name}
	end := func(o userops.Outcome, err error) userops.Result {
		res.Outcome, res.Err = o, err
		if err != nil {
			res.Reason, res.Hint = err.Error(), userops.HintOf(err)
			if userops.Refuses(err) {
				res.Outcome = userops.Refused
			}
		}
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

func (p *Path) lastAdministrator(u *userops.User) bool {
	n := 0
	for _, o := range p.Stored() {
		if o.Role == p.Administrator && o.Status == userops.Active {
			n++
		}
	}
	return u.Role == p.Administrator && u.Status == userops.Active && n <= 1
}

// Deactivate implements userops.Directory.
func (p *Path) Deactivate(ctx context.Context, email string) userops.Result {
	return p.change(ctx, userops.Deactivate, email, func(u *userops.User) (userops.Outcome, error) {
		switch {
		case userops.SameEmail(email, p.Self):
			return userops.Refused, fail("deactivating", email, userops.ErrSelf, "let another administrator do it")
		case u == nil:
			return userops.Halted, fail("finding", email, userops.ErrNotFound, "check the address")
		case u.Status == userops.Inactive:
			return userops.Already, nil
		case p.lastAdministrator(u):
			return userops.Refused, fail("deactivating", email, userops.ErrLastAdmin, "make somebody else an administrator first")
		case u.Status == userops.Pending:
			return userops.Halted, fail("deactivating", email, userops.ErrRejected, "let another administrator approve it first")
		}
		return "", nil
	}, userops.Wanted{Status: userops.Inactive}, func(u *userops.User) { u.Status = userops.Inactive })
}

// Reactivate implements userops.Directory.
func (p *Path) Reactivate(ctx context.Context, email string) userops.Result {
	return p.change(ctx, userops.Reactivate, email, func(u *userops.User) (userops.Outcome, error) {
		switch {
		case u == nil:
			return userops.Halted, fail("finding", email, userops.ErrNotFound, "check the address")
		case u.Status == userops.Active:
			return userops.Already, nil
		case u.Status == userops.Pending:
			return userops.Halted, fail("reactivating", email, userops.ErrRejected, "let another administrator approve it first")
		}
		return "", nil
	}, userops.Wanted{Status: userops.Active}, func(u *userops.User) { u.Status = userops.Active })
}

// SetRole implements userops.Directory.
func (p *Path) SetRole(ctx context.Context, email, role string) userops.Result {
	return p.change(ctx, userops.SetRole, email, func(u *userops.User) (userops.Outcome, error) {
		switch {
		case role == "":
			return userops.Refused, fail("changing the role of", email, userops.ErrNoRole, "name the role")
		case u == nil:
			return userops.Halted, fail("finding", email, userops.ErrNotFound, "check the address")
		case u.Role == role:
			return userops.Already, nil
		case u.Status != userops.Active:
			return userops.Halted, fail("changing the role of", email, userops.ErrInactive, "reactivate the user first")
		case userops.SameEmail(email, p.Self):
			return userops.Refused, fail("changing the role of", email, userops.ErrSelf, "let another administrator do it")
		case role != p.Administrator && p.lastAdministrator(u):
			return userops.Refused, fail("changing the role of", email, userops.ErrLastAdmin, "make somebody else an administrator first")
		}
		return p.known(role)
	}, userops.Wanted{Role: role}, func(u *userops.User) { u.Role = role })
}

func (p *Path) known(role string) (userops.Outcome, error) {
	if slices.Contains(p.RoleNames, role) {
		return "", nil
	}
	return userops.Halted, &userops.Error{Act: "choosing the role", Target: role, Kind: userops.ErrRole, Cause: errors.New("on offer: " + strings.Join(p.RoleNames, ", ")), Hint: "choose one of the roles on offer"}
}

// Invite implements userops.Directory.
func (p *Path) Invite(ctx context.Context, in userops.Invitation) userops.Result {
	status := userops.Active
	if p.DualControl {
		status = userops.Pending
	}
	return p.change(ctx, userops.Invite, in.Email, func(u *userops.User) (userops.Outcome, error) {
		switch {
		case in.Role == "":
			return userops.Refused, fail("inviting", in.Email, userops.ErrNoRole, "name the role: a console that is not told makes an administrator")
		case u != nil && u.Status == userops.Active:
			return userops.Already, nil
		case u != nil && u.Status == userops.Pending:
			return userops.Halted, fail("inviting", in.Email, userops.ErrRejected, "let another administrator approve it first")
		case u != nil && !in.Reactivate:
			return userops.Halted, fail("inviting", in.Email, userops.ErrInactive, "reactivate instead")
		case u != nil:
			return "", nil
		case in.FirstName == "" || in.LastName == "":
			return userops.Halted, fail("inviting", in.Email, userops.ErrInput, "give first and last name")
		}
		return p.known(in.Role)
	}, userops.Wanted{Status: userops.Active, Role: in.Role}, func(u *userops.User) {
		u.Status = status
		if u.Role == "" {
			u.FirstName, u.LastName, u.Role = in.FirstName, in.LastName, in.Role
		}
	})
}

// Roles implements userops.Directory.
func (p *Path) Roles(context.Context) ([]string, error) { return slices.Clone(p.RoleNames), nil }

// Capabilities implements userops.Directory.
func (p *Path) Capabilities(context.Context) (userops.Capabilities, error) {
	return userops.Capabilities{Path: Name, Can: []userops.Action{userops.Invite, userops.Deactivate, userops.Reactivate, userops.SetRole}}, nil
}

// Close implements userops.Directory.
func (p *Path) Close() error { return nil }
