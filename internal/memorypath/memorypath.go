// Package memorypath is a userops.Directory that holds its users in memory. It keeps the same rules as a console and
// passes the same conformance suite, so that other packages' unit tests can stand on it.
package memorypath

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/change"
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
			return userops.Listing{}, &userops.Error{Act: "listing users", Kind: userops.Stop(err), Cause: err}
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

// Traits implements change.Backend.
func (p *Path) Traits() change.Traits {
	return change.Traits{Name: Name, Noun: "console", Hang: time.Minute}
}

// Rules implements change.Backend.
func (p *Path) Rules() userops.Rules {
	return userops.Rules{Self: p.Self, Administrator: p.Administrator}
}

// Failure implements change.Backend.
func (p *Path) Failure(act, target string, err error) error {
	var own *userops.Error
	if err == nil || errors.As(err, &own) {
		return err
	}
	return &userops.Error{Act: act, Target: target, Kind: userops.Stop(err), Cause: err, Hint: "run it again"}
}

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
	p *Path
}

// Begin implements change.Backend.
func (p *Path) Begin(_ context.Context, c *change.Change) (change.Course, error) {
	return &course{c, p}, nil
}

// End implements change.Course.
func (c *course) End() {}

// Look implements change.Course.
func (c *course) Look(context.Context) (userops.Roster, *userops.User, error) {
	all := userops.Roster{Users: c.p.Stored(), Complete: true, Proof: "everybody in memory", ObservedAt: time.Now().UTC()}
	found, err := all.Match(c.Asked)
	return all, found, err
}

// Ready implements change.Course.
func (c *course) Ready(context.Context) error {
	if c.Role == "" {
		return nil
	}
	return c.p.Rules().KnownRole(c.Role, c.p.RoleNames)
}

// Commit implements change.Course.
func (c *course) Commit(ctx context.Context) (change.Commit, error) {
	if c.Hooks.DryRun {
		return change.Commit{}, c.Fail(userops.ErrRehearsed, nil, "it was a rehearsal: ask for it in earnest")
	}
	if err := c.Intend(ctx); err != nil {
		return change.Commit{}, err
	}
	defer c.Hooks.Acted(ctx)
	c.p.Edit(func(users []userops.User) []userops.User {
		if c.Kind.Creates {
			c.p.next++
			users = append(users, userops.User{ID: fmt.Sprintf("m%d", c.p.next), Email: c.Email, Status: userops.Pending})
		}
		for i := range users {
			if userops.SameEmail(users[i].Email, c.Email) {
				c.apply(&users[i])
			}
		}
		return users
	})
	return change.Commit{Submission: submission{c.p.DualControl}}, nil
}

// apply alters a user as it is wanted, unless a second person must approve it.
func (c *course) apply(u *userops.User) {
	waits := c.p.DualControl
	if c.Kind.Creates {
		u.FirstName, u.LastName, u.Role = c.FirstName, c.LastName, c.Role
	}
	if c.Wanted.Status != "" && !waits {
		u.Status = c.Wanted.Status
	}
	if c.Action == userops.Rename && !waits {
		u.FirstName, u.LastName = c.FirstName, c.LastName
	}
	if c.Wanted.Role != "" && !waits {
		u.Role = c.Wanted.Role
	}
}

// ReadBack implements change.Course.
func (c *course) ReadBack(context.Context) (*userops.User, error) {
	return userops.Roster{Users: c.p.Stored()}.Match(c.Email)
}

// submission is a change that memory holds, or that waits for a second person.
type submission struct{ waits bool }

func (s submission) Heard(context.Context, bool) change.Heard {
	return change.Heard{Answer: change.Accepted}
}
func (s submission) Waits(context.Context, *userops.User, bool) bool      { return s.waits }
func (s submission) Notices(*userops.User) []string                       { return nil }
func (s submission) Remarks() []string                                    { return nil }
func (s submission) End(context.Context, *change.Change, userops.Outcome) {}

// Roles implements userops.Directory.
func (p *Path) Roles(context.Context) ([]string, error) { return slices.Clone(p.RoleNames), nil }

// Capabilities implements userops.Directory.
func (p *Path) Capabilities(context.Context) (userops.Capabilities, error) {
	return userops.Capabilities{Path: Name, Can: userops.Actions()}, nil
}

// Close implements userops.Directory.
func (p *Path) Close() error { return nil }
