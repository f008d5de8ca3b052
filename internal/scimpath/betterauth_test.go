package scimpath_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/scimpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	betterAuthToken   = "an-invented-token"
	betterAuthReading = "an-invented-token-that-may-only-read"
	enterprise        = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"
)

var betterAuthRoles = []string{"Administrator", "Accountant", "Approver", "Payer", "Clerk", "Auditor"}

// betterAuth is a running service built on npm's better-auth and @better-auth/scim. It knows neither who awaits
// approval nor which roles there are, so that it is not held against the whole of the conformance suite.
type betterAuth struct{ peer }

// betterAuthUser is a user as its tables hold it. What the role is depends on where a client looks for it.
type betterAuthUser struct {
	userops.User
	Roles      []string `json:"roles"`
	Department string   `json:"department"`
	Groups     []string `json:"groups"`
}

type betterAuthSeed struct {
	userops.User
	Resource map[string]any `json:"resource,omitempty"`
}

func startBetterAuth(t *testing.T) betterAuth {
	t.Helper()
	b := betterAuth{startPeer(t, "betterauth", "SCIM_TOKEN="+betterAuthToken, "SCIM_READING_TOKEN="+betterAuthReading)}
	b.seed(t, betterAuthPeople()...)
	return b
}

// betterAuthPeople are those of the conformance suite, without the one who awaits approval.
func betterAuthPeople() []betterAuthSeed {
	var out []betterAuthSeed
	for _, u := range useropstest.Seed() {
		if u.Status != userops.Pending {
			out = append(out, betterAuthSeed{User: u})
		}
	}
	return out
}

func (b betterAuth) seed(t *testing.T, people ...betterAuthSeed) {
	t.Helper()
	b.control(t, http.MethodPost, "/users", people, nil)
}

func (b betterAuth) remove(t *testing.T, ids ...string) {
	t.Helper()
	b.control(t, http.MethodDelete, "/users", ids, nil)
}

func (b betterAuth) stored(t *testing.T) []betterAuthUser {
	t.Helper()
	var out []betterAuthUser
	b.control(t, http.MethodGet, "/users", nil, &out)
	return out
}

// one is the stored user with an e-mail, the zero one where there is none.
func (b betterAuth) one(t *testing.T, email string) betterAuthUser {
	t.Helper()
	for _, u := range b.stored(t) {
		if u.Email == email {
			return u
		}
	}
	return betterAuthUser{}
}

func (b betterAuth) options(t *testing.T) scimpath.Options {
	t.Helper()
	return scimpath.Options{Tenant: "demo", URL: b.URL, Auth: scimpath.Auth{Method: scimpath.Bearer, Token: constant(betterAuthToken)}, Account: useropstest.Self,
		Roles: betterAuthRoles, EvidenceDir: t.TempDir(), PageSize: 4, Bounds: scimpath.Bounds{Late: time.Second}}
}

// at is the service with something before it.
func (b betterAuth) at(t *testing.T, c faultProxy) scimpath.Options {
	t.Helper()
	o := b.options(t)
	o.URL = inFront(t, b.URL, c)
	return o
}

func listed(t *testing.T, p *scimpath.Path) ([]userops.User, userops.Listing) {
	t.Helper()
	var got []userops.User
	l, err := p.List(t.Context(), nil, func(u userops.User) error { got = append(got, u); return nil })
	require.NoError(t, err)
	return got, l
}

// byHand is a service of which the schemas cannot be had, so that a mapping is taken at its word.
var byHand = refuse("GET", "/Schemas", http.StatusNotFound)

var withoutPatch = config(`"patch":{"supported":true}`, `"patch":{"supported":false}`).and(refuse("PATCH", "", http.StatusNotImplemented))

// TestBetterAuth takes each place where the service keeps something for the role.
func TestBetterAuth(t *testing.T) {
	t.Parallel()
	roles := func(u *betterAuthUser) *[]string { return &u.Roles }
	for name, c := range map[string]struct {
		options func(o *scimpath.Options)
		service faultProxy
		role    func(u *betterAuthUser) *[]string // nil: it is the department
	}{
		"roles":          {role: roles},
		"groups":         {options: func(o *scimpath.Options) { o.Mapping.Role = "groups" }, role: func(u *betterAuthUser) *[]string { return &u.Groups }},
		"an extension's": {options: func(o *scimpath.Options) { o.Mapping.Role = enterprise + ":department" }},
		"by e-mail too":  {options: func(o *scimpath.Options) { o.Lookup = []string{"emails", "externalId"} }, role: roles},
		"no such filter": {options: func(o *scimpath.Options) { o.Lookup = []string{"displayName"} }, role: roles},
		"without PATCH":  {service: withoutPatch, role: roles},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := startBetterAuth(t)
			o := b.at(t, c.service)
			if c.options != nil {
				c.options(&o)
			}
			p := open(t, o)
			seen := func(u betterAuthUser) userops.User { // as the path is to show it
				u.Role = u.Department
				if c.role != nil {
					u.Role = userops.JoinRoles(*c.role(&u))
				}
				return u.User
			}
			give := func(u *betterAuthUser, role string) {
				if c.role == nil {
					u.Department = role
					return
				}
				*c.role(u) = []string{role}
			}
			// changed holds a result against what is stored: what it names, and nothing else, of one user, and
			// nobody else.
			changed := func(t *testing.T, want userops.Outcome, email string, edit func(u *betterAuthUser), do func() userops.Result) {
				t.Helper()
				expected := b.stored(t)
				r := do()
				require.Equal(t, want, r.Outcome, r.Reason)
				i := slices.IndexFunc(expected, func(u betterAuthUser) bool { return u.Email == email })
				require.GreaterOrEqual(t, i, 0)
				edit(&expected[i])
				assert.Equal(t, expected, b.stored(t))
				require.NotNil(t, r.After)
				assert.Equal(t, seen(expected[i]), *r.After)
			}
			same := func(*betterAuthUser) {}
			as := func(s userops.Status) func(u *betterAuthUser) { return func(u *betterAuthUser) { u.Status = s } }

			got, l := listed(t, p)
			var want []userops.User
			for _, u := range b.stored(t) {
				want = append(want, seen(u))
			}
			assert.Len(t, got, len(betterAuthPeople()))
			assert.ElementsMatch(t, want, got)
			assert.True(t, l.Complete, l.Proof)

			for _, email := range []string{"ANN@acme.EXAMPLE", "mixed.case@acme.example", "ann+ap@acme.example", "siobhan.o'brien@acme.example", "gone@acme.example"} {
				u, err := p.Get(t.Context(), email)
				require.NoError(t, err, email)
				assert.True(t, userops.SameEmail(email, u.Email), u.Email)
				assert.Contains(t, want, u)
			}
			_, err := p.Get(t.Context(), "nn@acme.example")
			require.ErrorIs(t, err, userops.ErrNotFound)

			deactivate := func() userops.Result { return p.Change(t.Context(), useropstest.Deactivate(strings.ToUpper(ann))) }
			changed(t, userops.Done, ann, as(userops.Inactive), deactivate)
			changed(t, userops.Already, ann, same, deactivate)
			reactivate := func() userops.Result { return p.Change(t.Context(), useropstest.Reactivate(ann)) }
			changed(t, userops.Done, ann, as(userops.Active), reactivate)
			changed(t, userops.Already, ann, same, reactivate)
			const obrien = "siobhan.o'brien@acme.example"
			setRole := func() userops.Result { return p.Change(t.Context(), useropstest.SetRole(obrien, "Clerk")) }
			changed(t, userops.Done, obrien, func(u *betterAuthUser) { give(u, "Clerk") }, setRole)
			changed(t, userops.Already, obrien, same, setRole)
			changed(t, userops.Done, "gone@acme.example", func(u *betterAuthUser) {
				give(u, "Auditor")
				u.Status = userops.Active
			}, func() userops.Result {
				return p.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "gone@acme.example", FirstName: "Gordon", LastName: "Gone", Role: "Auditor", Reactivate: true})
			})

			before := b.stored(t)
			in := userops.Request{Action: userops.Invite, Email: "Eve+New@acme.example", FirstName: "Ève", LastName: "O'Moss", Role: "Approver", TimeZone: "Europe/Paris"}
			r := p.Change(t.Context(), in)
			require.Equal(t, userops.Done, r.Outcome, r.Reason)
			eve := b.one(t, in.Email)
			expected := betterAuthUser{User: userops.User{ID: eve.ID, Email: in.Email, FirstName: "Ève", LastName: "O'Moss", Status: userops.Active, TimeZone: "Europe/Paris"}, Roles: []string{}, Groups: []string{}}
			give(&expected, "Approver")
			assert.Equal(t, append(before, expected), b.stored(t))
			assert.NotEmpty(t, eve.ID)
			assert.Equal(t, seen(eve), *r.After)
			assert.Empty(t, r.Notices)
			assert.Equal(t, userops.Already, p.Change(t.Context(), in).Outcome)
			assert.Len(t, b.stored(t), len(before)+1)
		})
	}
}

// TestBetterAuthHasSeveralRoles has a user with more than one, of which the second is the main one.
func TestBetterAuthHasSeveralRoles(t *testing.T) {
	t.Parallel()
	b := startBetterAuth(t)
	const both = "both@acme.example"
	roles := []any{map[string]any{"value": "Clerk", "type": "work"}, map[string]any{"value": "Administrator", "primary": true}}
	b.seed(t, betterAuthSeed{User: userops.User{Email: both, FirstName: "Bo", LastName: "Both", Role: "Clerk", Status: userops.Active}, Resource: map[string]any{"roles": roles}})
	p := open(t, b.options(t))
	u, err := p.Get(t.Context(), both)
	require.NoError(t, err)
	assert.Equal(t, "Administrator, Clerk", u.Role)

	b.remove(t, b.one(t, useropstest.Self).ID, b.one(t, "olivia@acme.example").ID)
	before := b.stored(t)
	for _, r := range []userops.Result{p.Change(t.Context(), useropstest.Deactivate(both)), p.Change(t.Context(), useropstest.SetRole(both, "Clerk"))} {
		require.Equal(t, userops.Refused, r.Outcome, r.Reason)
		require.ErrorIs(t, r.Err, userops.ErrLastAdmin)
	}
	assert.Equal(t, before, b.stored(t))

	// With another administrator the one role that is asked for takes the place of both.
	b.seed(t, betterAuthSeed{User: userops.User{Email: "adam@acme.example", FirstName: "Adam", LastName: "Min", Role: "Administrator", Status: userops.Active}})
	r := p.Change(t.Context(), useropstest.SetRole(both, "Clerk"))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, []string{"Clerk"}, b.one(t, both).Roles)
}

// TestBetterAuthRefuses asks for what cannot be, and nothing of it may be stored.
func TestBetterAuthRefuses(t *testing.T) {
	t.Parallel()
	b := startBetterAuth(t)
	b.seed(t, betterAuthSeed{
		User:     userops.User{Email: "annette@acme.example", FirstName: "Annette", LastName: "Lee", Role: "Clerk", Status: userops.Active},
		Resource: map[string]any{"emails": []any{map[string]any{"value": "annette@acme.example", "primary": true}, map[string]any{"value": ann}, map[string]any{"value": "netty@acme.example"}}},
	})
	b.control(t, http.MethodPost, "/accounts", map[string]string{"email": "signed-up@acme.example", "name": "Sid"}, nil)
	before := b.stored(t)

	deactivate := func(p *scimpath.Path) userops.Result { return p.Change(t.Context(), useropstest.Deactivate(ann)) }
	setRole := func(p *scimpath.Path) userops.Result { return p.Change(t.Context(), useropstest.SetRole(ann, "Clerk")) }
	invite := func(email string) func(p *scimpath.Path) userops.Result {
		return func(p *scimpath.Path) userops.Result {
			return p.Change(t.Context(), userops.Request{Action: userops.Invite, Email: email, FirstName: "Eve", LastName: "Moss", Role: "Clerk"})
		}
	}
	token := func(text string) func(o *scimpath.Options) {
		return func(o *scimpath.Options) { o.Auth.Token = constant(text) }
	}
	noRoles := func(o *scimpath.Options) { o.Roles = nil }
	waiting := func(o *scimpath.Options) { o.Mapping.Pending = enterprise + ":pending" }
	for name, c := range map[string]struct {
		options func(o *scimpath.Options)
		service faultProxy
		do      func(p *scimpath.Path) userops.Result
		want    userops.Outcome
		kind    error
		says    string
	}{
		"a wrong token":                   {options: token("another"), do: deactivate, want: userops.Halted, kind: userops.ErrCredentials},
		"a token that may only read":      {options: token(betterAuthReading), do: deactivate, want: userops.Halted, kind: userops.ErrCredentials, says: "scim.users.write"},
		"it may not give roles either":    {options: token(betterAuthReading), do: setRole, want: userops.Halted, kind: userops.ErrCredentials, says: "scim.users.write"},
		"nor change groups":               {options: func(o *scimpath.Options) { token(betterAuthReading)(o); o.Mapping.Role = "groups" }, do: setRole, want: userops.Halted, kind: userops.ErrCredentials, says: "scim.groups.write"},
		"nor invite":                      {options: token(betterAuthReading), do: invite("eve@acme.example"), want: userops.Halted, kind: userops.ErrCredentials, says: "scim.users.write"},
		"no roles are named, to give one": {options: noRoles, do: setRole, want: userops.Halted, kind: userops.ErrUnsupported, says: "scim.roles"},
		"no roles are named, to invite":   {options: noRoles, do: invite("eve@acme.example"), want: userops.Halted, kind: userops.ErrUnsupported, says: "scim.roles"},
		"no group is named so": {options: func(o *scimpath.Options) { o.Roles = nil; o.Mapping.Role = "groups" }, do: func(p *scimpath.Path) userops.Result {
			return p.Change(t.Context(), useropstest.SetRole(ann, "Emperor"))
		}, want: userops.Halted, kind: userops.ErrRole, says: "Approver"},
		"nobody waits there":                   {options: waiting, do: deactivate, want: userops.Halted, kind: userops.ErrConfig, says: "pending"},
		"who has signed up is not listed":      {do: invite("signed-up@acme.example"), want: userops.Halted, kind: userops.ErrRejected, says: "already uses this email"},
		"another's second address, unlooked":   {do: invite("netty@acme.example"), want: userops.Done},
		"another's second address, looked for": {options: func(o *scimpath.Options) { o.Lookup = []string{"emails"} }, do: deactivate, want: userops.Halted, kind: userops.ErrAmbiguous, says: "annette@acme.example"},
		"letters that it takes for no address": {do: invite("ève@acme.example"), want: userops.Halted, kind: userops.ErrRejected, says: "email"},
		"a sign that it folds into a letter":   {do: invite("\u212aim@acme.example"), want: userops.Halted, kind: userops.ErrRejected},
		"itself": {do: func(p *scimpath.Path) userops.Result {
			return p.Change(t.Context(), useropstest.Deactivate(useropstest.Self))
		}, want: userops.Refused, kind: userops.ErrSelf},
		"a role it does not keep":          {options: func(o *scimpath.Options) { o.Mapping.Role = "nickName" }, do: setRole, want: userops.Halted, kind: userops.ErrConfig, says: "nickName"},
		"a role it does not keep, unasked": {options: func(o *scimpath.Options) { o.Mapping.Role = "nickName" }, service: byHand, do: setRole, want: userops.Halted, kind: userops.ErrRejected, says: "not supported"},
		"the same without PATCH":           {options: func(o *scimpath.Options) { o.Mapping.Role = "nickName" }, service: byHand.and(withoutPatch), do: setRole, want: userops.Unknown, kind: userops.ErrUnverified, says: "shows no change"},
	} {
		t.Run(name, func(t *testing.T) { // one after the other, on one service
			o := b.at(t, c.service)
			if c.options != nil {
				c.options(&o)
			}
			r := c.do(open(t, o))
			require.Equal(t, c.want, r.Outcome, r.Reason)
			if c.want == userops.Done {
				now := b.one(t, r.Email)
				assert.Equal(t, []string{"Clerk"}, now.Roles)
				b.remove(t, now.ID)
			} else {
				require.ErrorIs(t, r.Err, c.kind)
				assert.NotEmpty(t, r.Hint)
				assert.Contains(t, r.Reason, c.says)
			}
			assert.Equal(t, before, b.stored(t))
		})
	}

	t.Run("what it does not say", func(t *testing.T) {
		o := b.options(t)
		o.Roles = nil
		p := open(t, o)
		_, err := p.Roles(t.Context())
		require.ErrorIs(t, err, userops.ErrRole)
		assert.Contains(t, userops.HintOf(err), "scim.roles")
		c, err := p.Capabilities(t.Context())
		require.NoError(t, err)
		assert.ElementsMatch(t, []userops.Action{userops.Deactivate, userops.Reactivate, userops.Rename}, c.Can)
		assert.Contains(t, strings.Join(c.Cannot, "\n"), "ETags")
	})
}

// TestBetterAuthForgetsARole invites with a role that the service accepts and does not keep.
func TestBetterAuthForgetsARole(t *testing.T) {
	t.Parallel()
	b := startBetterAuth(t)
	o := b.at(t, byHand)
	o.Mapping.Role = "nickName"
	r := open(t, o).Change(t.Context(), newcomer)
	require.Equal(t, userops.Unknown, r.Outcome, r.Reason)
	require.ErrorIs(t, r.Err, userops.ErrUnverified)
	eve := b.one(t, newcomer.Email)
	assert.Equal(t, userops.Active, eve.Status, "the user is there, which a person must know")
	assert.Empty(t, slices.Concat(eve.Roles, eve.Groups))
	require.NotNil(t, r.After)
	assert.Empty(t, r.After.Role)
}

// TestBetterAuthMeanwhile has somebody else change the same user directly before our change reaches the service.
func TestBetterAuthMeanwhile(t *testing.T) {
	t.Parallel()
	b := startBetterAuth(t)
	for _, c := range []struct {
		name, method string
		by           func()
		do           func(p *scimpath.Path) userops.Result
		want         userops.Outcome
		kind         error
	}{
		{"invited already", http.MethodPost, func() {
			b.seed(t, betterAuthSeed{User: userops.User{Email: strings.ToUpper(newcomer.Email), FirstName: "Eve", LastName: "Moss", Role: "Clerk", Status: userops.Active}})
		}, func(p *scimpath.Path) userops.Result { return p.Change(t.Context(), newcomer) }, userops.Already, nil},
		{"gone", http.MethodPatch, func() { b.remove(t, b.one(t, ann).ID) },
			func(p *scimpath.Path) userops.Result { return p.Change(t.Context(), useropstest.Deactivate(ann)) }, userops.Unknown, userops.ErrUnverified},
	} {
		t.Run(c.name, func(t *testing.T) {
			expected := len(b.stored(t))
			r := c.do(open(t, b.at(t, meanwhile(c.method, c.by))))
			require.Equal(t, c.want, r.Outcome, r.Reason)
			if c.kind != nil {
				require.ErrorIs(t, r.Err, c.kind)
				assert.NotEmpty(t, r.Hint)
			}
			if c.want == userops.Already {
				expected++
				assert.Equal(t, "Clerk", r.After.Role)
			} else {
				expected--
				assert.Nil(t, r.After)
			}
			assert.Len(t, b.stored(t), expected)
		})
	}
}

// TestBetterAuthListsInPages asks for more at a time than the service gives, and has somebody go between two pages.
func TestBetterAuthListsInPages(t *testing.T) {
	t.Parallel()
	b := startBetterAuth(t)
	var many []betterAuthSeed
	for i := range 100 {
		many = append(many, betterAuthSeed{User: userops.User{Email: fmt.Sprintf("user%d@acme.example", i), FirstName: "U", LastName: "Ser", Status: userops.Active}})
	}
	b.seed(t, many...)
	o := b.options(t)
	o.PageSize = 1000
	got, l := listed(t, open(t, o))
	assert.True(t, l.Complete, l.Proof)
	assert.Contains(t, l.Proof, "2 pages", "the service gives at most 100")
	var want, have []string
	for _, u := range b.stored(t) {
		want = append(want, u.Email)
	}
	for _, u := range got {
		have = append(have, u.Email)
	}
	assert.Len(t, want, len(many)+len(betterAuthPeople()))
	assert.ElementsMatch(t, want, have)

	var once sync.Once
	leaves := faultProxy{request: func(_ http.ResponseWriter, r *http.Request) bool {
		if start := r.URL.Query().Get("startIndex"); start != "" && start != "1" {
			once.Do(func() { b.remove(t, b.one(t, "olivia@acme.example").ID) })
		}
		return false
	}}
	o = b.at(t, leaves)
	o.PageSize = 1000
	got, l = listed(t, open(t, o))
	assert.False(t, l.Complete, l.Proof)
	assert.Less(t, len(got), len(b.stored(t))+1, "somebody was passed over when the pages moved")
}
