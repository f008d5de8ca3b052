package browserpath

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

// readRoster reads the users of all statuses on a page.
func (p *Path) readRoster(ctx context.Context, page *automation.Page, ev *automation.Evidence) (userops.Roster, error) {
	_, res, err := p.runOn(ctx, page, "list-users", nil, ev, func(*flows.Run) {})
	if err != nil {
		return userops.Roster{}, err
	}
	rows := res.Rows["users"]
	out := userops.Roster{Complete: rows.Complete, Proof: rows.Proof, ObservedAt: time.Now().UTC(), Users: make([]userops.User, 0, len(rows.Rows))}
	patterns := map[string]*regexp.Regexp{}
	for col, c := range rows.Columns {
		if c.Pattern != "" {
			re, err := regexp.Compile(c.Pattern)
			if err != nil {
				return userops.Roster{}, err
			}
			patterns[col] = re
		}
	}
	for _, row := range rows.Rows {
		u, err := p.user(row, patterns)
		if err != nil {
			return userops.Roster{}, err
		}
		out.Users = append(out.Users, u)
	}
	return out, nil
}

// user makes a user of a row, by the columns' patterns and the app's words.
func (p *Path) user(row map[string]string, patterns map[string]*regexp.Regexp) (userops.User, error) {
	fields := map[string]string{}
	for col, text := range row {
		re := patterns[col]
		if re == nil {
			fields[col] = text
			continue
		}
		m := re.FindStringSubmatch(text)
		if m == nil {
			return userops.User{}, &userops.Error{Act: "reading the row of", Target: row["email"], Tenant: p.opts.Tenant, Kind: userops.ErrDrift, Cause: fmt.Errorf("its %s %q does not match %s", col, text, re), Hint: "the table is not as the selector version says: correct the column's pattern in the overlay folder"}
		}
		for i, n := range re.SubexpNames() {
			if n != "" {
				fields[n] = strings.TrimSpace(m[i])
			}
		}
	}
	status, err := p.opts.Library.App.Status(fields["status"])
	if err != nil {
		return userops.User{}, &userops.Error{Act: "reading the row of", Target: row["email"], Tenant: p.opts.Tenant, Kind: userops.ErrDrift, Cause: err, Hint: "add the word to statuses in the app's app.yaml in the overlay folder"}
	}
	return userops.User{ID: fields["id"], Email: fields["email"], FirstName: fields["first_name"], LastName: fields["last_name"], Role: fields["role"], Status: userops.Status(status)}, nil
}

// List implements userops.Directory.
func (p *Path) List(ctx context.Context, statuses []userops.Status, each func(userops.User) error) (userops.Listing, error) {
	ev, closeEvidence, err := p.evidence(userops.NewOperationID())
	if err != nil {
		return userops.Listing{}, err
	}
	defer closeEvidence()
	ros, err := p.everyone(ctx, ev, "")
	if err != nil {
		return userops.Listing{}, p.explained(ctx, "listing users", ev, err)
	}
	for _, u := range ros.Users {
		if len(statuses) > 0 && !slices.Contains(statuses, u.Status) {
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
	ros, err := p.everyone(ctx, ev, "")
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
		return userops.User{}, &userops.Error{Act: "looking for", Target: email, Tenant: p.opts.Tenant, Kind: userops.ErrNotFound, Hint: "list everyone with: billagent users list --status all"}
	}
	return *u, nil
}

func (p *Path) incomplete(act, target string, ros userops.Roster) error {
	return &userops.Error{Act: act, Target: target, Tenant: p.opts.Tenant, Kind: userops.ErrIncomplete, Cause: fmt.Errorf("%s", ros.Proof), Hint: "somebody may be changing users right now: try again"}
}
