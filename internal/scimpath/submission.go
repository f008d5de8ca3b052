package scimpath

import (
	"context"
	"errors"
	"net/http"

	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/userops"
)

// submission is a change that was sent, or may have been.
type submission struct {
	*course
	err error // how that ended
}

// Heard implements change.Submission.
func (s *submission) Heard(context.Context, bool) change.Heard {
	switch {
	case s.err == nil:
		return change.Heard{Answer: change.Accepted}
	case !s.send.refused():
		return change.Heard{Answer: change.Lost}
	}
	out := change.Heard{Answer: change.Refused, Words: s.err.Error(), Why: s.p.failure(string(s.Action), s.Email, s.err)}
	if s.send.sends > 1 || busy(s.err) { // who is busy has refused nothing
		out.Answer = change.Declined
	}
	return out
}

// busy says that a service answered that it is asked too often, which some do once they have done what was asked.
func busy(err error) bool {
	var said *ServiceError
	return errors.As(err, &said) && said.Status == http.StatusTooManyRequests
}

// Waits implements change.Submission.
func (s *submission) Waits(context.Context, *userops.User, bool) bool { return s.send.requested }

// Notices implements change.Submission.
func (s *submission) Notices(after *userops.User) []string {
	var out []string
	if s.err != nil {
		out = append(out, "the service's answer was lost or an error ("+s.err.Error()+"); what was asked for is so")
	}
	if s.Wanted.TimeZone != "" && after.TimeZone == "" {
		out = append(out, "the service shows no time zone for this user, so it has probably not kept "+s.Wanted.TimeZone)
	}
	return out
}

// Remarks implements change.Submission.
func (s *submission) Remarks() []string { return nil }

// End implements change.Submission.
func (s *submission) End(context.Context, *change.Change, userops.Outcome) {}

// ReadBack implements change.Course: by id who was there before, by e-mail who is to be new. Roles that a service
// added to others instead of putting one in their place, as one does that merges lists, are taken away once.
func (c *course) ReadBack(ctx context.Context) (*userops.User, error) {
	c.p.opts.Progress("reading back")
	after, err := c.look(ctx)
	if err != nil || c.pruned || !c.tooMany(after) {
		return after, err
	}
	c.pruned = true
	if err := c.p.prune(ctx, c.s, c.send, after.ID, c.Wanted.Role); err != nil {
		c.p.opts.Log.Warn("roles that were not asked for could not be taken away", "user", c.Email, "error", err)
	}
	return c.look(ctx)
}

// tooMany says that the role that was asked for stands beside others.
func (c *course) tooMany(u *userops.User) bool {
	role := c.Wanted.Role
	return c.send != nil && !c.send.refused() && c.s.patch && c.p.mapping.role.several() && role != "" && u != nil && u.Role != role && u.Holds(role)
}

// prune takes the roles beside one away, each by its value.
func (p *Path) prune(ctx context.Context, s *service, send *sender, id, role string) error {
	e, err := p.fetch(ctx, s, id)
	if err != nil || e == nil {
		return err
	}
	names, _, err := e.from.values(p.mapping.role)
	if err != nil {
		return err
	}
	for _, name := range names {
		if name == role {
			continue
		}
		remove, err := removal(p.mapping.role.name, p.mapping.role.sub, name)
		if err != nil {
			return err
		}
		if _, err := send.do(ctx, write{method: http.MethodPatch, path: s.usersPath + pathOf(id), body: patchOf(remove)}); err != nil {
			return err
		}
	}
	return nil
}

// look reads one user again.
func (c *course) look(ctx context.Context) (*userops.User, error) {
	var err error
	if c.Before != nil {
		c.after, err = c.p.fetch(ctx, c.s, c.Before.ID)
	} else {
		c.after, err = c.p.find(ctx, c.s, c.Email)
	}
	if err != nil || c.after == nil {
		return nil, err
	}
	if c.Before != nil && !userops.SameEmail(c.Before.Email, c.after.user.Email) {
		return nil, &userops.Error{Act: "reading back", Target: c.Email, Tenant: c.p.opts.Tenant, Kind: userops.ErrAmbiguous, Cause: errors.New("its id is somebody else's now"), Hint: "look at both users by hand"}
	}
	user := c.after.user
	return &user, nil
}
