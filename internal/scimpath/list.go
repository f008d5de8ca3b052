package scimpath

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// listResponse is a page of resources (RFC 7644 §3.4.2). Counts are pointers, since a service may leave them out.
type listResponse struct {
	TotalResults *json.Number `json:"totalResults"`
	NextCursor   string       `json:"nextCursor"`
	Resources    []resource   `json:"Resources"`
}

// decodePage reads a page. total is -1 where the service does not say.
func decodePage(data []byte) (page listResponse, total int, err error) {
	var form struct {
		Schemas []string `json:"schemas"`
		listResponse
	}
	if err := decode(data, &form); err != nil {
		return listResponse{}, 0, err
	}
	total = -1
	if n := form.TotalResults; n != nil {
		if total, err = strconv.Atoi(n.String()); err != nil || total < 0 {
			return listResponse{}, 0, fmt.Errorf("%w: totalResults is not a count", errNotSCIM)
		}
	}
	if form.TotalResults == nil && form.Resources == nil {
		return listResponse{}, 0, fmt.Errorf("%w: it is not a list", errNotSCIM)
	}
	for _, r := range form.Resources {
		if r == nil {
			return listResponse{}, 0, fmt.Errorf("%w: there is a null among the resources", errNotSCIM)
		}
	}
	return form.listResponse, total, nil
}

// maxResources ends a list that never does.
const maxResources = 1_000_000

// resources streams everything below path, each once by its id. The proof says why the end is the end, or why it could
// not be proved.
func (p *Path) resources(
	ctx context.Context, s *service, path string, each func(resource) error,
) (complete bool, proof string, err error) {
	l := &paging{s: s, seen: map[string]bool{}}
	if s.pageSize > 1 && !s.cursor {
		l.overlap = 1
	}
	for l.page = 1; ; l.page++ {
		got, of, err := p.page(ctx, path, l.query())
		if err != nil {
			return false, "", err
		}
		fresh, err := following(got.Resources, l.last, l.overlaps())
		if err != nil {
			return false, err.Error(), nil
		}
		if l.overlaps() && len(fresh) == 0 && len(got.Resources) > 0 && len(l.seen) < of {
			l.overlap = 0 // its pages are shorter than asked for
			continue
		}
		if why, err := l.take(fresh, each); err != nil || why != "" {
			return false, why, err
		}
		if complete, proof := l.ended(got, of); proof != "" {
			return complete, proof, nil
		}
		l.total, l.cursor = of, got.NextCursor
		p.opts.Progress(fmt.Sprintf("reading the list, %d of %d", len(l.seen), of))
	}
}

// paging is the reading of one list, page by page.
type paging struct {
	s    *service
	seen map[string]bool // ids
	page int             // the one that is read, from 1
	last string          // the id of the last resource taken
	// As the page before had them.
	total  int // how many the service says there are
	cursor string
	// Later pages begin with the last of the page before: who left and who came meanwhile would not show in the total.
	overlap int
}

func (l *paging) overlaps() bool { return l.page > 1 && l.overlap > 0 }

// query asks for the next page.
func (l *paging) query() url.Values {
	query := url.Values{"count": {strconv.Itoa(l.s.pageSize)}}
	if l.s.sort { // pages without an order may overlap, and leave somebody out
		query.Set("sortBy", "id")
	}
	switch {
	case l.s.cursor: // RFC 9865: an empty cursor asks for the first page
		query.Set("cursor", l.cursor)
	case l.page > 1 || l.s.index:
		query.Set("startIndex", strconv.Itoa(max(1, len(l.seen)+1-l.overlap)))
	}
	return query
}

// take hands on what a page has brought. why says that something has been seen before.
func (l *paging) take(fresh []resource, each func(resource) error) (why string, err error) {
	for _, r := range fresh {
		id, err := r.id()
		if err != nil {
			return "", err
		}
		l.last = id
		if l.seen[id] {
			return fmt.Sprintf("page %d repeats %s of an earlier one: the service ignores where a page begins, "+
				"or the list changed meanwhile", l.page, id), nil
		}
		l.seen[id] = true
		if err := each(r); err != nil {
			return "", err
		}
	}
	return "", nil
}

// ended says whether the list ends with the page that was taken, and how that is known: without a proof it goes on. of
// is how many the service says there are.
func (l *paging) ended(got listResponse, of int) (complete bool, proof string) {
	switch {
	case l.page > 1 && of != l.total:
		return false, fmt.Sprintf("the service first spoke of %d, then of %d: the list changed meanwhile", l.total, of)
	case of < 0:
		return false, "the service does not say how many there are"
	case len(l.seen) > of:
		return false, fmt.Sprintf("the service says %d and gave %d", of, len(l.seen))
	case len(l.seen) == of && got.NextCursor == "":
		return true, fmt.Sprintf("all %d that the service says there are, in %s", of, pages(l.page))
	case len(got.Resources) == 0, len(l.seen) > maxResources,
		l.s.cursor && (got.NextCursor == "" || got.NextCursor == l.cursor):
		return false, fmt.Sprintf("the service says %d and gave %d", of, len(l.seen))
	case !l.s.cursor && !l.s.index:
		return false, fmt.Sprintf("the service gives only the first page, %d of %d", len(l.seen), of)
	}
	return false, ""
}

// following are the resources of a page after the last one of the page before, with which it must begin.
func following(page []resource, last string, overlaps bool) ([]resource, error) {
	if !overlaps || len(page) == 0 {
		return page, nil
	}
	if id, err := page[0].id(); err != nil || id != last {
		return nil, fmt.Errorf("a page does not begin with %s, the last of the page before: the service ignores where a page begins, or the list changed meanwhile", last)
	}
	return page[1:], nil
}

func pages(n int) string {
	if n == 1 {
		return "1 page"
	}
	return fmt.Sprintf("%d pages", n)
}

func (p *Path) page(ctx context.Context, path string, query url.Values) (listResponse, int, error) {
	a, err := p.client.get(ctx, path, query)
	if err != nil {
		return listResponse{}, 0, err
	}
	if said := serviceError(a); said != nil {
		return listResponse{}, 0, said
	}
	return decodePage(a.body)
}

// List implements userops.Directory.
func (p *Path) List(ctx context.Context, statuses []userops.Status, each func(userops.User) error) (userops.Listing, error) {
	const act = "listing users"
	s, err := p.discovered(ctx)
	if err != nil {
		return userops.Listing{}, p.failure(act, "", err)
	}
	l := userops.Listing{Path: Name, ObservedAt: time.Now().UTC()}
	var stopped error // the caller's own, given back as it is
	l.Complete, l.Proof, err = p.people(ctx, s, func(e entry) error {
		if len(statuses) == 0 || slices.Contains(statuses, e.user.Status) {
			stopped = each(e.user)
		}
		return stopped
	})
	if stopped != nil {
		return userops.Listing{}, stopped
	}
	if err != nil {
		return userops.Listing{}, p.failure(act, "", err)
	}
	return l, nil
}

// entry is one user as read, with the resource it was read from.
type entry struct {
	user userops.User
	from resource
}

// people streams everybody.
func (p *Path) people(ctx context.Context, s *service, each func(entry) error) (complete bool, proof string, err error) {
	role, err := p.roleReader(ctx, s)
	if err != nil {
		return false, "", err
	}
	return p.resources(ctx, s, s.usersPath, func(r resource) error {
		u, err := p.person(r, role)
		if err != nil {
			return err
		}
		return each(entry{u, r})
	})
}

// roleReader finds the role of a user by id where roles are groups.
func (p *Path) roleReader(ctx context.Context, s *service) (func(id string) string, error) {
	if !p.mapping.grouped() {
		return nil, nil
	}
	groups, err := p.groups(ctx, s)
	if err != nil {
		return nil, err
	}
	return groups.roleOf, nil
}

// everyone reads everybody, once more if the list changed meanwhile.
func (p *Path) everyone(ctx context.Context, s *service) (userops.Roster, []entry, error) {
	for attempt := 0; ; attempt++ {
		var all []entry
		ros := userops.Roster{ObservedAt: time.Now().UTC()}
		var err error
		ros.Complete, ros.Proof, err = p.people(ctx, s, func(e entry) error {
			all, ros.Users = append(all, e), append(ros.Users, e.user)
			return nil
		})
		if err != nil || ros.Complete || attempt > 0 {
			return ros, all, err
		}
	}
}

// answers says whether somebody is meant by an e-mail: by the attribute that holds it, or by one that users are
// looked up by.
func (p *Path) answers(e entry, email string) (bool, error) {
	for _, a := range p.mapping.lookup {
		texts, _, err := e.from.values(a)
		if err != nil {
			return false, err
		}
		if slices.ContainsFunc(texts, func(t string) bool { return userops.SameEmail(t, email) }) {
			return true, nil
		}
	}
	return false, nil
}

// match finds the one among everybody that an e-mail means, nil for nobody. Several are an error: nobody is guessed at.
func (p *Path) match(all []entry, email string) (*entry, error) {
	var found *entry
	for i := range all {
		is, err := p.answers(all[i], email)
		switch {
		case err != nil:
			return nil, err
		case is && found != nil && found.user.ID != all[i].user.ID:
			return nil, &userops.Error{Act: "finding", Target: email, Tenant: p.opts.Tenant, Kind: userops.ErrAmbiguous, Cause: fmt.Errorf("both %s (%s) and %s (%s) answer to it", found.user.Email, found.user.ID, all[i].user.Email, all[i].user.ID), Hint: "settle by hand which of them it is"}
		case is:
			found = &all[i]
		}
	}
	return found, nil
}

// Get implements userops.Directory.
func (p *Path) Get(ctx context.Context, email string) (userops.User, error) {
	email, err := userops.CheckEmail(email)
	if err != nil {
		return userops.User{}, err
	}
	act := "looking for"
	s, err := p.discovered(ctx)
	if err != nil {
		return userops.User{}, p.failure(act, email, err)
	}
	found, err := p.find(ctx, s, email)
	if err != nil {
		return userops.User{}, p.failure(act, email, err)
	}
	if found == nil {
		ros, _, _ := p.everyone(ctx, s) // only for the hint: somebody's address may look the same
		return userops.User{}, p.Rules().NotFound(ros, email)
	}
	return found.user, nil
}

// find looks somebody up, nil for nobody. A filter is trusted only where it finds somebody, nobody else beside, and
// the same by another case of the letters: otherwise the service compares in its own way, and might hide one of
// two; everybody is listed then.
func (p *Path) find(ctx context.Context, s *service, email string) (*entry, error) {
	if s.filter {
		one, strict, err := p.filtered(ctx, s, email)
		var said *ServiceError
		switch {
		case errors.As(err, &said) && absent(said.Status):
			p.opts.Log.Debug("the service does not filter, so everybody is listed", "answer", said)
			s.filter = false
		case err != nil:
			return nil, err
		case len(one) > 1:
			return p.match(one, email)
		case len(one) == 1 && strict:
			other, strict, err := p.filtered(ctx, s, otherCase(email))
			if err != nil {
				return nil, err
			}
			if strict && len(other) == 1 && other[0].user.ID == one[0].user.ID {
				return &one[0], nil
			}
		}
	}
	ros, all, err := p.everyone(ctx, s)
	if err != nil {
		return nil, err
	}
	found, err := p.match(all, email)
	if err == nil && !ros.Complete { // somebody else who answers to it may be among those not seen
		return nil, p.incomplete("looking for", email, ros)
	}
	return found, err
}

// filtered asks for whoever answers to an e-mail, and holds the answer against it again: services match loosely. strict
// says that the service gave nobody else, and all that it spoke of.
func (p *Path) filtered(ctx context.Context, s *service, email string) (out []entry, strict bool, err error) {
	role, err := p.roleReader(ctx, s)
	if err != nil {
		return nil, false, err
	}
	strict = true
	for _, a := range p.mapping.lookup {
		filter, err := equals(a, email)
		if err != nil {
			return nil, false, err
		}
		got, total, err := p.page(ctx, s.usersPath, url.Values{"filter": {filter}})
		if err != nil {
			return nil, false, err
		}
		strict = strict && total == len(got.Resources)
		for _, r := range got.Resources {
			u, err := p.person(r, role)
			if err != nil {
				return nil, false, err
			}
			e := entry{u, r}
			is, err := p.answers(e, email)
			if err != nil {
				return nil, false, err
			}
			strict = strict && is
			if is && !slices.ContainsFunc(out, func(o entry) bool { return o.user.ID == u.ID }) {
				out = append(out, e)
			}
		}
	}
	return out, strict, nil
}

// fetch reads one user by id, nil if there is none.
func (p *Path) fetch(ctx context.Context, s *service, id string) (*entry, error) {
	role, err := p.roleReader(ctx, s)
	if err != nil {
		return nil, err
	}
	a, err := p.client.get(ctx, s.usersPath+pathOf(id), nil)
	if err != nil {
		return nil, err
	}
	if said := serviceError(a); said != nil {
		if said.Status == http.StatusNotFound || said.Status == http.StatusGone {
			return nil, nil
		}
		return nil, said
	}
	var r resource
	if err := decode(a.body, &r); err != nil {
		return nil, err
	}
	u, err := p.person(r, role)
	if err != nil {
		return nil, err
	}
	if u.ID != id {
		return nil, fmt.Errorf("%w: asked for user %s, it gave %s", errNotSCIM, id, u.ID)
	}
	if tag := a.header.Get("ETag"); tag != "" { // it is what If-Match is held against (RFC 9110 §13.1.1); meta.version may lag
		r.set(attribute{name: "meta", sub: "version"}, tag)
	}
	return &entry{u, r}, nil
}

func (p *Path) incomplete(act, target string, ros userops.Roster) error {
	return &userops.Error{Act: act, Target: target, Tenant: p.opts.Tenant, Kind: userops.ErrIncomplete, Cause: errors.New(ros.Proof), Hint: "somebody may be changing users right now: try again; if it stays so, the service cannot be relied on for lists"}
}
