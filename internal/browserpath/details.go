package browserpath

import (
	"context"
	"fmt"
	"slices"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

// detailsFlow reads what the list does not show of a person, on the person's own page. A layout need not have it.
// Its outputs are named like the columns of a list: first_name, last_name, role, status, time_zone, id.
const detailsFlow = "details"

// complete adds to a user what the layout's flow details reads. Where the list says something else than the
// person's own page, neither is believed: the user gets a notice, and is not changed.
func (p *Path) complete(ctx context.Context, ev *automation.Evidence, u *userops.User) error {
	if _, ok := p.opts.Library.Flow(detailsFlow, p.layout()); !ok || u == nil || u.Email == "" {
		return nil
	}
	res, err := p.readHeld(ctx, ev, detailsFlow, map[string]string{subject: u.Email}, func(res flows.Result) string {
		for field, read := range res.Texts {
			if len(read) == 0 || read[0] == "" {
				return field
			}
		}
		return ""
	})
	if err != nil {
		return err
	}
	for _, field := range detailFields {
		read, asked := res.Texts[field]
		switch {
		case asked && len(read) > 0 && read[0] != "":
			p.detail(u, field, read[0])
		case asked && field == "role" && u.Role == "": // everybody has one: the page was read before it was drawn
			u.Notice = joinNotice(u.Notice, "the person's own page shows no role")
		}
	}
	return nil
}

// Details adds to users what the list does not show of them, one after the other, and gives each on.
func (p *Path) Details(ctx context.Context, users []userops.User, each func(userops.User) error) error {
	ev, closeEvidence, err := p.evidence(userops.NewOperationID())
	if err != nil {
		return err
	}
	defer closeEvidence()
	for _, u := range users {
		if err := p.complete(ctx, ev, &u); err != nil {
			return p.explained(ctx, "reading the page of "+u.Email, ev, err)
		}
		if err := each(u); err != nil {
			return err
		}
	}
	return nil
}

// detailFields are what a flow details may read.
var detailFields = []string{"id", "first_name", "last_name", "role", "status", "time_zone"}

// detail sets what is not known yet of a user.
func (p *Path) detail(u *userops.User, field, text string) {
	if field == "status" {
		status, err := p.opts.Library.App.Status(text)
		if err != nil {
			u.Notice = joinNotice(u.Notice, err.Error())
			return
		}
		text = status
	}
	status := string(u.Status)
	if status == string(userops.Unrecognised) {
		status = "" // the list has no word for it
	}
	known := map[string]*string{"id": &u.ID, "first_name": &u.FirstName, "last_name": &u.LastName, "role": &u.Role, "status": &status, "time_zone": &u.TimeZone}[field]
	switch *known {
	case "", text:
		*known = text
		u.Status = userops.Status(status)
	default:
		u.Notice = joinNotice(u.Notice, fmt.Sprintf("the list says %q for %s, and the person's own page %q", *known, field, text))
	}
}

func joinNotice(a, b string) string {
	if a == "" {
		return b
	}
	return a + "; " + b
}

// administrators adds the roles of others to a list that shows none, until one who stays an active administrator is
// found: asked where an administrator may lose access.
func (p *Path) administrators(ctx context.Context, ev *automation.Evidence, ros userops.Roster, about *userops.User) error {
	if about == nil || !about.Holds(p.Rules().Administrator) {
		return nil
	}
	another := func(u userops.User) bool {
		return u.Status == userops.Active && u.Email != about.Email && u.Holds(p.Rules().Administrator)
	}
	for i := range ros.Users {
		if slices.ContainsFunc(ros.Users, another) {
			return nil
		}
		if u := &ros.Users[i]; u.Status == userops.Active && u.Role == "" && u.Email != about.Email {
			if err := p.complete(ctx, ev, u); err != nil {
				return err
			}
		}
	}
	return nil
}
