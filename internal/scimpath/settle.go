package scimpath

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// refusedBound is how long an effect is looked for though the service refused (a proxy may say no to what was done), or
// though it said that it will come later (which may be at once).
const refusedBound = 2 * time.Second

// settleBound ends a read-back that hangs.
const settleBound = 5 * time.Minute

// settle says what became of a change that was sent, by reading back: never by what the answer said. It goes on when the
// caller has been cancelled: what was begun must be known. again is true where the service refused because something
// changed since it was looked at.
func (p *Path) settle(ctx context.Context, s *service, rq request, email string, send *sender, sent error, res *userops.Result) (userops.Outcome, bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleBound)
	defer cancel()
	p.opts.Progress("reading back")
	var said *ServiceError
	refused := sent != nil && send.refused()
	if refused && send.sends == 1 && errors.As(sent, &said) && (said.Status == http.StatusConflict || said.Status == http.StatusPreconditionFailed) {
		return userops.Halted, true, sent
	}
	bound := p.opts.Bounds.Late
	if refused || send.requested {
		bound = min(bound, refusedBound)
	}
	after, readErr := p.watch(ctx, s, rq, email, send, res.Before, bound)
	res.After = after
	switch {
	case readErr == nil && rq.wanted.Holds(after) && refused && send.sends == 1 && !busy(sent): // who is busy has refused nothing
		res.Notices = append(res.Notices, "the service refused ("+sent.Error()+"), and what was asked for is so: somebody else did it meanwhile, or it was done although it was refused")
		return userops.Already, false, nil
	case readErr == nil && rq.wanted.Holds(after):
		if sent != nil {
			res.Notices = append(res.Notices, "the service's answer was lost or an error ("+sent.Error()+"); what was asked for is so")
		}
		if rq.wanted.TimeZone != "" && after.TimeZone == "" {
			res.Notices = append(res.Notices, "the service shows no time zone for this user, so it has probably not kept "+rq.wanted.TimeZone)
		}
		return userops.Done, false, nil
	case readErr == nil && (send.requested || waits(res.Before, after)):
		return userops.Requested, false, &userops.Error{Act: string(rq.action), Target: email, Tenant: p.opts.Tenant, Kind: userops.ErrApproval, Hint: "let another administrator approve it in the console"}
	case readErr == nil && refused && userops.SameUser(res.Before, after):
		return userops.Ended(sent), false, sent
	}
	cause := readErr
	if cause == nil {
		cause = sent
	}
	if cause == nil && userops.SameUser(res.Before, after) {
		cause = errors.New("the service accepted it, but shows no change")
	}
	if cause == nil && after != nil && rq.wanted.Role != "" && after.Role != rq.wanted.Role && after.Holds(rq.wanted.Role) {
		cause = fmt.Errorf("the service stores the roles %s, and %s alone was asked for", after.Role, rq.wanted.Role)
	}
	if cause == nil {
		cause = errors.New("the service shows something else than was asked for")
	}
	return userops.Unknown, false, &userops.Error{Act: string(rq.action), Target: email, Tenant: p.opts.Tenant, Kind: userops.ErrUnverified, Cause: cause, Hint: "look at this user in the console by hand, and at the evidence; then run the command again: it begins by looking"}
}

// busy says that a service answered that it is asked too often, which some do once they have done what was asked.
func busy(err error) bool {
	var said *ServiceError
	return errors.As(err, &said) && said.Status == http.StatusTooManyRequests
}

// watch looks at the user, less and less often, until it is as wanted or the bound has passed since the first look.
func (p *Path) watch(ctx context.Context, s *service, rq request, email string, send *sender, before *userops.User, bound time.Duration) (*userops.User, error) {
	var end time.Time
	pruned := false
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		after, err := p.look(ctx, s, email, before)
		if err == nil && (rq.wanted.Holds(after) || waits(before, after)) {
			return after, nil
		}
		if err == nil && !pruned && p.tooMany(s, rq, after) {
			pruned = true
			if err := p.prune(ctx, s, send, after.ID, rq.wanted.Role); err != nil {
				p.opts.Log.Warn("roles that were not asked for could not be taken away", "user", email, "error", err)
			}
			continue
		}
		if end.IsZero() {
			end = time.Now().Add(bound)
		}
		if time.Now().Add(pause).After(end) {
			return after, err
		}
		if err := wait(ctx, pause); err != nil {
			return after, err
		}
	}
}

// tooMany says that the role that was asked for was added to others instead of taking their place, as a service does that
// merges lists.
func (p *Path) tooMany(s *service, rq request, u *userops.User) bool {
	role := rq.wanted.Role
	return s.patch && p.mapping.role.several() && role != "" && u != nil && u.Role != role && u.Holds(role)
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

// look reads one user again: by id who was there before, by e-mail who is to be new.
func (p *Path) look(ctx context.Context, s *service, email string, before *userops.User) (*userops.User, error) {
	var e *entry
	var err error
	if before != nil {
		e, err = p.fetch(ctx, s, before.ID)
	} else {
		e, err = p.find(ctx, s, email)
	}
	if err != nil || e == nil {
		return nil, err
	}
	if before != nil && !userops.SameEmail(before.Email, e.user.Email) {
		return nil, &userops.Error{Act: "reading back", Target: email, Tenant: p.opts.Tenant, Kind: userops.ErrAmbiguous, Cause: errors.New("its id is somebody else's now"), Hint: "look at both users by hand"}
	}
	return &e.user, nil
}

// waits says that a change has come to await a second person.
func waits(before, after *userops.User) bool {
	return after != nil && after.Status == userops.Pending && (before == nil || before.Status != userops.Pending)
}
