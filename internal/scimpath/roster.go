package scimpath

import (
	"context"
	"errors"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// known is a reading of everybody that the rows of a batch share, so that a batch lists everybody once and not once
// a row.
type known struct {
	ros userops.Roster
	all []entry
}

// knownLife is how long a reading is shared: a batch of some hundred rows.
const knownLife = 10 * time.Minute

// everyoneFor reads everybody for a change of one of them, or takes what a row before has read. Of that the one
// whom the change is about is read again, and where anything of it differs, or an administrator is concerned,
// everybody is.
func (p *Path) everyoneFor(ctx context.Context, s *service, batch bool, email string) (userops.Roster, []entry, error) {
	if k := p.known; batch && k != nil && time.Since(k.ros.ObservedAt) < knownLife {
		same, err := p.stands(ctx, s, k, email)
		if err != nil {
			return userops.Roster{}, nil, err
		}
		if same {
			return k.ros, k.all, nil
		}
	}
	p.known = nil
	ros, all, err := p.everyone(ctx, s)
	if err == nil && ros.Complete && batch {
		p.known = &known{ros, all}
	}
	return ros, all, err
}

// stands says whether what is known of an e-mail is still so.
func (p *Path) stands(ctx context.Context, s *service, k *known, email string) (bool, error) {
	e, err := p.match(k.all, email)
	if err != nil {
		return false, nil // it is told by the reading that follows
	}
	if e == nil {
		if !s.filter {
			return false, nil
		}
		// That nobody was there was proved by the list; whether somebody has come since the filter tells well
		// enough: the service itself keeps an address from being used twice.
		now, _, err := p.filtered(ctx, s, email)
		var said *ServiceError
		if errors.As(err, &said) && absent(said.Status) {
			return false, nil
		}
		return err == nil && len(now) == 0, err
	}
	if e.user.Holds(p.opts.Administrator) {
		return false, nil
	}
	now, err := p.fetch(ctx, s, e.user.ID)
	return err == nil && now != nil && now.user == e.user, err
}

// note brings what a change has come to into what is known. What is not certain is not known any more.
func (p *Path) note(out userops.Outcome, after *entry) {
	if p.known == nil {
		return
	}
	switch out {
	case userops.Already, userops.Refused, userops.Halted:
		return
	case userops.Done:
		if after == nil {
			break
		}
		for i := range p.known.all {
			if p.known.all[i].user.ID == after.user.ID {
				p.known.all[i], p.known.ros.Users[i] = *after, after.user
				return
			}
		}
		p.known.all, p.known.ros.Users = append(p.known.all, *after), append(p.known.ros.Users, after.user)
		return
	}
	p.known = nil // what became of it is open
}
