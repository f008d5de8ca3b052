package scimpath_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/scimpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// meanwhile does something behind the path's back, directly before the first change reaches the service.
func meanwhile(method string, do func()) faultProxy {
	var once sync.Once
	return faultProxy{request: func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Method == method {
			once.Do(do)
		}
		return false
	}}
}

// edited changes one stored user as another administrator would.
func edited(con *console.Console, email string, edit func(u *console.User)) func() {
	return func() {
		con.Edit("another administrator", func(o *console.Organisation) {
			for _, u := range o.Users {
				if u.Email == email {
					edit(u)
				}
			}
		})
	}
}

func TestSomebodyElseChangesTheSameUser(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		edit   func(u *console.User)
		method string
		put    bool
		want   userops.Outcome
		stored int
	}{
		"another role, then deactivated":         {edit: func(u *console.User) { u.Role = "Clerk" }, method: "PATCH", want: userops.Done, stored: 1},
		"deactivated already":                    {edit: func(u *console.User) { u.Status = console.Inactive }, method: "PATCH", want: userops.Already},
		"PUT: another role, then deactivated":    {edit: func(u *console.User) { u.Role = "Clerk" }, method: "PUT", put: true, want: userops.Done, stored: 1},
		"PUT: deactivated already":               {edit: func(u *console.User) { u.Status = console.Inactive }, method: "PUT", put: true, want: userops.Already},
		"an address that is somebody else's now": {edit: func(u *console.User) { u.Email = "annette@acme.example" }, method: "PATCH", want: userops.Halted},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			con := startConsole(t)
			service := meanwhile(c.method, edited(con, ann, c.edit))
			if c.put {
				service = service.and(config(`"patch":{"supported":true}`, `"patch":{"supported":false}`))
			}
			r := open(t, options(t, inFront(t, con.SCIMURL(), service))).Change(t.Context(), useropstest.Deactivate(ann))
			require.Equal(t, c.want, r.Outcome, r.Reason)
			assert.Equal(t, c.stored, changesOf(con, "deactivate", ann))
			assert.Len(t, con.Changes(), c.stored+1, "theirs, and ours if it was still called for")
			if c.stored > 0 && strings.Contains(name, "role") {
				u, _ := con.UserByEmail(ann)
				assert.Equal(t, "Clerk", u.Role, "the other administrator's change stands")
			}
		})
	}
}

// TestWhatSomebodyElseDidIsNotUndone has another administrator give another role directly before ours.
func TestWhatSomebodyElseDidIsNotUndone(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	service := meanwhile("PATCH", edited(con, ann, func(u *console.User) { u.Role = "Auditor" }))
	r := open(t, options(t, inFront(t, con.SCIMURL(), service))).Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
	require.Equal(t, userops.Halted, r.Outcome, r.Reason)
	assert.Contains(t, r.Reason, `role: "Auditor", before "Approver"`)
	u, _ := con.UserByEmail(ann)
	assert.Equal(t, "Auditor", u.Role, "theirs stands")
	assert.Zero(t, changesOf(con, "set-role", ann))
}

func TestCancelledWhileItIsSent(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	ctx, cancel := context.WithCancel(t.Context())
	r := open(t, options(t, inFront(t, con.SCIMURL(), meanwhile("PATCH", cancel)))).Change(ctx, useropstest.Deactivate(ann))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, 1, changesOf(con, "deactivate", ann))
}

func TestSomebodyElseInvitesTheSamePerson(t *testing.T) {
	t.Parallel()
	for status, want := range map[string]userops.Outcome{console.Active: userops.Already, console.Inactive: userops.Halted} {
		con := startConsole(t)
		invite := func() {
			con.Edit("another administrator", func(o *console.Organisation) {
				o.Users = append(o.Users, &console.User{ID: "006N", Email: strings.ToUpper(newcomer.Email), FirstName: "Eve", LastName: "Moss", Role: "Clerk", Status: status})
			})
		}
		r := open(t, options(t, inFront(t, con.SCIMURL(), meanwhile("POST", invite)))).Change(t.Context(), newcomer)
		require.Equal(t, want, r.Outcome, r.Reason)
		if status == console.Inactive {
			require.ErrorIs(t, r.Err, userops.ErrInactive)
			assert.Contains(t, r.Hint, "reactivate")
		}
		assert.Zero(t, changesOf(con, "invite", newcomer.Email))
	}
}

func TestWhatTheServiceSaysIsKept(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	edited(con, "olivia@acme.example", func(u *console.User) { u.Owner = true })()
	r := open(t, options(t, con.SCIMURL())).Change(t.Context(), useropstest.Deactivate("olivia@acme.example"))
	require.Equal(t, userops.Halted, r.Outcome)
	var said *scimpath.ServiceError
	require.ErrorAs(t, r.Err, &said)
	assert.Equal(t, scimpath.ServiceError{Status: 400, ScimType: "invalidValue", Detail: string(console.ErrOwner)}, *said)
	assert.Contains(t, r.Reason, string(console.ErrOwner))
	kept, err := os.ReadFile(filepath.Join(r.Evidence, "exchanges.jsonl"))
	require.NoError(t, err)
	assert.Contains(t, string(kept), string(console.ErrOwner))
	assert.NotContains(t, string(kept), "Bearer")
}

func TestADryRunSendsNothing(t *testing.T) {
	t.Parallel()
	for _, role := range []string{"", "groups"} {
		con := startConsole(t)
		o := options(t, inFront(t, con.SCIMURL(), faultProxy{request: func(w http.ResponseWriter, r *http.Request) bool {
			assert.Equal(t, http.MethodGet, r.Method)
			return false
		}}))
		o.Mapping.Role = role
		p := open(t, o)
		dry := change.Hooks{DryRun: true, Intent: func(context.Context, *userops.User, userops.Wanted) error {
			return errors.New("a rehearsal has no intent")
		}}
		for _, r := range []userops.Result{p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(ann)), dry), p.Do(t.Context(), useropstest.Checked(t, newcomer), dry), p.Do(t.Context(), useropstest.Checked(t, useropstest.SetRole(ann, "Clerk")), dry), p.Do(t.Context(), useropstest.Checked(t, useropstest.Reactivate("gone@acme.example")), dry)} {
			require.Equal(t, userops.Halted, r.Outcome)
			require.ErrorIs(t, r.Err, userops.ErrRehearsed)
			kept, err := os.ReadFile(filepath.Join(r.Evidence, "exchanges.jsonl"))
			require.NoError(t, err)
			assert.Contains(t, string(kept), "this was not sent")
		}
		assert.Empty(t, con.Changes())
	}
}

func TestNothingIsSentWithoutAnIntent(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	asked := 0
	frozen := &userops.Error{Act: "freezing", Kind: userops.ErrFrozen, Hint: "thaw"}
	with := func(fail int) change.Hooks {
		asked = 0
		return change.Hooks{Intent: func(context.Context, *userops.User, userops.Wanted) error {
			if asked++; asked >= fail {
				return frozen
			}
			return nil
		}}
	}
	p := open(t, options(t, con.SCIMURL()))
	r := p.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(ann)), with(1))
	require.Equal(t, userops.Refused, r.Outcome)
	assert.Empty(t, con.Changes())

	// Asked again before every further request: a freeze while the service has us wait is honoured.
	storm := open(t, options(t, inFront(t, con.SCIMURL(), instead("PATCH", "/Users", 0, status(429, "Retry-After", "0")))))
	r = storm.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(ann)), with(2))
	assert.Equal(t, 2, asked)
	require.Equal(t, userops.Refused, r.Outcome, r.Reason)
	assert.Empty(t, con.Changes())

	// A role by group takes three requests: what is stopped in between is neither done nor nothing.
	o := options(t, con.SCIMURL())
	o.Mapping.Role = "groups"
	r = open(t, o).Do(t.Context(), useropstest.Checked(t, newcomer), with(3))
	require.Equal(t, userops.Unknown, r.Outcome)
	u, ok := con.UserByEmail(newcomer.Email)
	require.True(t, ok)
	assert.Equal(t, console.Inactive, u.Status, "nobody gets in before having the right role")
}

func TestInvitingByGroupNeverMakesAnAdministrator(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	o := options(t, inFront(t, con.SCIMURL(), faultProxy{request: func(w http.ResponseWriter, r *http.Request) bool {
		if u, ok := con.UserByEmail(newcomer.Email); ok && u.Role == "Administrator" {
			assert.NotEqual(t, console.Active, u.Status)
		}
		return false
	}}))
	o.Mapping.Role = "groups"
	r := open(t, o).Change(t.Context(), newcomer)
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	u, _ := con.UserByEmail(newcomer.Email)
	assert.Equal(t, "Clerk", u.Role)
}

func TestAMappingIsHeldAgainstTheSchema(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	for name, c := range map[string]struct {
		mapping scimpath.Mapping
		lookup  []string
		says    []string
	}{
		"missing":          {mapping: scimpath.Mapping{Role: "entitlements", FirstName: "givenName"}, says: []string{"map.role is entitlements.value", "map.first_name is givenName", "username"}},
		"of another type":  {mapping: scimpath.Mapping{Active: "userName", Email: "active"}, says: []string{"map.active is userName, which is of type string", "map.email is active, which is of type boolean"}},
		"of no schema":     {mapping: scimpath.Mapping{Role: "urn:example:nothing:role"}, says: []string{"nothing of that schema"}},
		"looked up by":     {lookup: []string{"nickName"}, says: []string{"map.lookup is nickName"}},
		"of the extension": {mapping: scimpath.Mapping{Role: console.SCIMExtension + ":roll"}, says: []string{strings.ToLower(console.SCIMExtension) + ":role"}},
		"within nothing":   {mapping: scimpath.Mapping{LastName: "userName.last"}, says: []string{"map.last_name is userName.last"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t, con.SCIMURL())
			o.Mapping, o.Lookup = c.mapping, c.lookup
			_, err := open(t, o).Get(t.Context(), ann)
			require.ErrorIs(t, err, userops.ErrConfig)
			for _, s := range c.says {
				assert.Contains(t, err.Error(), s)
			}
			assert.Contains(t, userops.HintOf(err), "scim.map")
		})
	}
	for _, bad := range []scimpath.Mapping{{Role: "ro les"}, {Email: "emails.value.x"}, {Active: "urn:x"}, {Role: "urn::role"}, {Role: `a"b`}, {Email: "-"}} {
		o := options(t, con.SCIMURL())
		o.Mapping = bad
		_, err := scimpath.New(o)
		require.ErrorIs(t, err, userops.ErrConfig, "%+v", bad)
	}
}

func TestFoundByAnotherAttribute(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	edited(con, ann, func(u *console.User) { u.ExternalID = "lee@hr.example" })()
	o := options(t, con.SCIMURL())
	o.Lookup = []string{"externalId"}
	p := open(t, o)
	u, err := p.Get(t.Context(), "lee@hr.example")
	require.NoError(t, err)
	assert.Equal(t, ann, u.Email)
	r := p.Change(t.Context(), useropstest.Deactivate("lee@hr.example"))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, 1, changesOf(con, "deactivate", ann))
	edited(con, console.RobotEmail, func(u *console.User) { u.ExternalID = "agent@hr.example" })()
	r = p.Change(t.Context(), useropstest.Deactivate("agent@hr.example"))
	require.Equal(t, userops.Refused, r.Outcome)
	require.ErrorIs(t, r.Err, userops.ErrSelf)
	r = p.Change(t.Context(), newcomer)
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	in, _ := con.UserByEmail(newcomer.Email)
	assert.Equal(t, newcomer.Email, in.ExternalID)
}

func TestCapabilitiesFollowFromDiscovery(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	service := config(`"patch":{"supported":true}`, `"patch":{"supported":false}`).and(config(`"filter":{"maxResults":200,"supported":true}`, `"filter":{"supported":false}`)).
		and(config(`"cursor":true`, `"cursor":false`)).and(config(`"index":true`, `"index":false`)).and(config(`"etag":{"supported":true}`, `"etag":{"supported":false}`)).
		and(rewrite("GET", "/Schemas", func(b string) string {
			return strings.Replace(b, `"mutability":"readWrite","name":"active"`, `"mutability":"readOnly","name":"active"`, 1)
		}))
	o := options(t, inFront(t, con.SCIMURL(), service))
	o.PageSize = 4
	p := open(t, o)
	c, err := p.Capabilities(t.Context())
	require.NoError(t, err)
	assert.ElementsMatch(t, []userops.Action{userops.Invite, userops.SetRole, userops.Rename}, c.Can)
	all := strings.Join(c.Cannot, "\n")
	for _, s := range []string{"PATCH", "filters", "only the first page", "ETags", "deactivate: the schema says that active is readOnly"} {
		assert.Contains(t, all, s)
	}
	r := p.Change(t.Context(), useropstest.Deactivate(ann))
	require.Equal(t, userops.Halted, r.Outcome)
	require.ErrorIs(t, r.Err, userops.ErrUnsupported)
	r = p.Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
	require.Equal(t, userops.Halted, r.Outcome, "whoever is not on the first page is not seen")
	require.ErrorIs(t, r.Err, userops.ErrIncomplete)
	assert.Contains(t, r.Reason, "only the first page, 4 of 11")
}

// TestSomebodyElseInvitesUnderTheSameAddress has another administrator create the user directly before our request.
func TestSomebodyElseInvitesUnderTheSameAddress(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		first, last string
		want        userops.Outcome
	}{"the same": {newcomer.FirstName, newcomer.LastName, userops.Already}, "with another name": {"Somebody", "Else", userops.Halted}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			con := startConsole(t)
			other := open(t, options(t, con.SCIMURL()))
			theirs := newcomer
			theirs.FirstName, theirs.LastName = c.first, c.last
			service := meanwhile("POST", func() { assert.Equal(t, userops.Done, other.Change(t.Context(), theirs).Outcome) })
			r := open(t, options(t, inFront(t, con.SCIMURL(), service))).Change(t.Context(), newcomer)
			require.Equal(t, c.want, r.Outcome, r.Reason)
			u, _ := con.UserByEmail(newcomer.Email)
			assert.Equal(t, c.first, u.FirstName)
			assert.Equal(t, 1, changesOf(con, "invite", newcomer.Email))
			if c.want == userops.Already {
				assert.Contains(t, r.Notices, "somebody else did it meanwhile")
				return
			}
			require.ErrorIs(t, r.Err, userops.ErrOtherName)
		})
	}
}

func TestAnAddressThatLooksLikeAnotherGetsAHint(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	_, err := open(t, options(t, con.SCIMURL())).Get(t.Context(), "аnn@acme.example")
	require.ErrorIs(t, err, userops.ErrNotFound)
	assert.Contains(t, userops.HintOf(err), "ann@acme.example is listed and looks the same")
}
