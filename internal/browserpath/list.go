package browserpath

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// readRoster reads the users of all statuses on a page, as far as is wanted.
func (p *Path) readRoster(ctx context.Context, page *automation.Page, ev *automation.Evidence, want wish) (userops.Roster, error) {
	once := false
	_, res, err := p.runOn(ctx, page, listFlow, nil, ev, func(r *flows.Run) {
		r.Loaded, r.Sought, r.There, r.At = true, want.sought, want.there(), p.listAt
		if want.each != nil {
			r.Each = func(rows automation.Rows, i int) { want.each(p.user(rows, i)) }
		}
		if want.enough != nil {
			r.Enough = func(rows automation.Rows) bool {
				ros := p.roster(rows)
				p.holdsItself(&ros)
				once = want.enough(ros)
				return once
			}
		}
	})
	if err != nil {
		return userops.Roster{}, err
	}
	rows := res.Rows["users"]
	if want.there() == "" || !rows.Stopped {
		p.listAt = rows.At
	}
	p.learn(rows)
	out := p.roster(rows)
	out.Once = once
	return out, nil
}

// learn takes down on which pages of the list people stand, and where their own pages are: a list whose ids are taken
// from links gives their addresses. What was known before is forgotten, except where the reading stopped at somebody:
// of those whom it did not come to it says nothing.
func (p *Path) learn(rows automation.Rows) {
	if p.own == nil || !rows.Stopped {
		p.own, p.there = map[string]string{}, map[string]string{}
	}
	for i, row := range rows.Rows {
		fields, _ := rows.Fields(i)
		id, link := fields["id"], row["id"]
		if id == "" {
			continue
		}
		delete(p.there, id)
		delete(p.own, id)
		if i < len(rows.Places) {
			p.there[id] = rows.Places[i]
		}
		if rows.Columns["id"].Attr == "href" {
			p.own[id] = p.onHost(link)
		}
	}
}

// onHost is the address to which a link leads, empty where that is not surely on the host to which signing in led:
// "//" and, in a browser, "/\" begin the address of another. One that is relative to a document is not taken, since
// that may have been a frame's.
func (p *Path) onHost(link string) string {
	if !strings.HasPrefix(link, "/") || strings.HasPrefix(link, "//") || strings.Contains(link, `\`) {
		return ""
	}
	address, err := automation.Resolve(p.home, link)
	if err != nil {
		return ""
	}
	return address
}

// roster makes users of rows.
func (p *Path) roster(rows automation.Rows) userops.Roster {
	out := userops.Roster{Complete: rows.Complete, Proof: rows.Proof, ObservedAt: time.Now().UTC(), Users: make([]userops.User, 0, len(rows.Rows))}
	for i := range rows.Rows {
		out.Users = append(out.Users, p.user(rows, i))
	}
	return out
}

// holdsItself has a list on which the account itself is missing be not complete.
func (p *Path) holdsItself(out *userops.Roster) {
	itself := func(u userops.User) bool { return p.Rules().IsSelf(u.Email) }
	if out.Complete && !p.opts.Library.App.Unlisted && !slices.ContainsFunc(out.Users, itself) {
		out.Complete = false
		out.Proof = fmt.Sprintf("the account that is signed in, %s, is not on the list, so somebody is left out; "+
			"if this console never lists it, say so in the app's app.yaml", p.opts.Account)
	}
}

// user makes a user of a row, by the columns' patterns and the app's words. What cannot be made out is told in a
// notice: one odd row is no reason not to list the others.
func (p *Path) user(rows automation.Rows, i int) userops.User {
	fields, odd := rows.Fields(i)
	if n := rows.Notices[i]; n != "" {
		odd = append([]string{n}, odd...)
	}
	u := userops.User{
		ID: fields["id"], Email: fields["email"], FirstName: fields["first_name"], LastName: fields["last_name"],
		Role: fields["role"], TimeZone: fields["time_zone"], Unread: rows.Unread[i],
	}
	if _, err := userops.CheckEmail(u.Email); err != nil && u.Email != "" {
		odd = append(odd, fmt.Sprintf("its e-mail %q is not exactly one address", u.Email))
		u.Email, u.Unread = "", u.Email
	}
	if strings.TrimSpace(u.FirstName+u.LastName) == "" && named(rows.Columns) {
		odd = append(odd, "it shows no name")
	}
	status, err := p.opts.Library.App.Status(fields["status"])
	if err != nil {
		status, odd = string(userops.Unrecognised), append(odd, err.Error())
	}
	u.Status, u.Notice = userops.Status(status), strings.Join(odd, "; ")
	u.FullName = rows.Span(i, "first_name", "last_name")
	return u
}

// named says that a table shows names.
func named(columns map[string]selectors.Column) bool {
	for name, c := range columns {
		if strings.Contains(name, "name") || strings.Contains(c.Pattern, "name>") {
			return true
		}
	}
	return false
}

// meaning translates what a field says into this program's words. Two words for a status that are both not known
// are not held against each other: whoever has one gets a notice anyway.
func (p *Path) meaning(field, text string) string {
	if field != "status" {
		return text
	}
	status, err := p.opts.Library.App.Status(text)
	if err != nil {
		return string(userops.Unrecognised)
	}
	return status
}

// List implements userops.Directory.
func (p *Path) List(ctx context.Context, statuses []userops.Status, each func(userops.User) error) (userops.Listing, error) {
	ev, closeEvidence, err := p.evidence(userops.NewOperationID())
	if err != nil {
		return userops.Listing{}, err
	}
	defer closeEvidence()
	asked := func(u userops.User) bool { // somebody whose status is not recognised may have any
		return len(statuses) == 0 || u.Status == userops.Unrecognised || slices.Contains(statuses, u.Status)
	}
	ros, err := p.everyone(ctx, ev, wish{each: func(u userops.User) {
		if asked(u) {
			p.opts.Read(u)
		}
	}})
	if err != nil {
		return userops.Listing{}, p.explained(ctx, "listing users", ev, err)
	}
	p.lastRead = ros
	for _, u := range ros.Users {
		if !asked(u) {
			continue
		}
		if err := each(u); err != nil {
			return userops.Listing{}, err
		}
	}
	return userops.Listing{Path: Name, Layout: p.version.Layout, SelectorVersion: p.version.ID, ObservedAt: ros.ObservedAt, Complete: ros.Complete, Proof: ros.Proof}, nil
}

// Get implements userops.Directory.
func (p *Path) Get(ctx context.Context, email string) (userops.User, error) {
	email, err := userops.CheckEmail(email)
	if err != nil {
		return userops.User{}, err
	}
	ev, closeEvidence, err := p.evidence(userops.NewOperationID(), email)
	if err != nil {
		return userops.User{}, err
	}
	defer closeEvidence()
	ros, err := p.everyone(ctx, ev, wish{})
	if err != nil {
		return userops.User{}, p.explained(ctx, "looking for "+email, ev, err)
	}
	u, err := ros.Match(email)
	switch {
	case err != nil:
		return userops.User{}, p.failure("looking for", email, err)
	case u == nil && !ros.Complete:
		return userops.User{}, p.incomplete("looking for", email, ros)
	case u == nil:
		return userops.User{}, p.Rules().NotFound(ros, email)
	}
	if err := p.complete(ctx, ev, u); err != nil {
		return userops.User{}, p.explained(ctx, "reading the page of "+email, ev, err)
	}
	return *u, nil
}

func (p *Path) incomplete(act, target string, ros userops.Roster) error {
	return &userops.Error{Act: act, Target: target, Tenant: p.opts.Tenant, Kind: userops.ErrIncomplete, Cause: fmt.Errorf("%s", ros.Proof), Hint: "somebody may be changing users right now: try again"}
}
