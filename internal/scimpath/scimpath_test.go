package scimpath_test

import (
	"context"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/scimpath"
	"github.com/billagent/billagent/internal/secret/secrettest"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/require"
)

func constant(text string) scimpath.Secret {
	return func(context.Context) (string, error) { return text, nil }
}

// options are those for a console's SCIM service at an address, its own or a proxy's.
func options(t *testing.T, url string) scimpath.Options {
	t.Helper()
	dir := t.TempDir()
	t.Cleanup(func() { secrettest.Scan(t, dir, map[string]string{"the token": console.SCIMToken}) })
	return scimpath.Options{Tenant: "demo", URL: url, Auth: scimpath.Auth{Method: scimpath.Bearer, Token: constant(console.SCIMToken)}, Account: console.RobotEmail,
		Mapping: scimpath.Mapping{Pending: console.SCIMExtension + ":pending"}, EvidenceDir: dir, Bounds: scimpath.Bounds{Late: time.Second, Exchange: 10 * time.Second}}
}

func open(t *testing.T, o scimpath.Options) *scimpath.Path {
	t.Helper()
	p, err := scimpath.New(o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return p
}

func startConsole(t *testing.T) *console.Console {
	t.Helper()
	con, err := console.Start(console.Options{Enterprise: true, People: toConsole(useropstest.Seed())})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, con.Close()) })
	return con
}

func fromConsole(us []console.User) []userops.User {
	var out []userops.User
	for _, u := range us {
		out = append(out, userops.User{ID: u.ID, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, Role: u.Role, Status: userops.Status(u.Status)})
	}
	return out
}

func toConsole(us []userops.User) []console.User {
	var out []console.User
	for _, u := range us {
		out = append(out, console.User{ID: u.ID, Email: u.Email, FirstName: u.FirstName, LastName: u.LastName, Role: u.Role, Status: string(u.Status)})
	}
	return out
}

func backend(con *console.Console, p *scimpath.Path) useropstest.Backend {
	return useropstest.Backend{
		Directory: p,
		Stored:    func() []userops.User { return fromConsole(con.Users()) },
		Edit: func(edit func([]userops.User) []userops.User) {
			con.Edit("another administrator", func(o *console.Organisation) {
				var us []console.User
				for _, u := range o.Users {
					us = append(us, *u)
				}
				o.Users = nil
				for _, u := range toConsole(edit(fromConsole(us))) {
					o.Users = append(o.Users, &u)
				}
			})
		},
		DualControl: func() { con.Edit("another administrator", func(o *console.Organisation) { o.DualControl = true }) },
	}
}

func TestConformance(t *testing.T) {
	t.Parallel()
	for name, alter := range map[string]struct {
		options func(o *scimpath.Options)
		service faultProxy
	}{
		"roles":           {},
		"extension":       {options: func(o *scimpath.Options) { o.Mapping.Role = console.SCIMExtension + ":role" }},
		"groups":          {options: func(o *scimpath.Options) { o.Mapping.Role = "groups" }},
		"small pages":     {options: func(o *scimpath.Options) { o.PageSize = 3 }},
		"by cursor":       {options: func(o *scimpath.Options) { o.PageSize = 3 }, service: config(`"index":true`, `"index":false`)},
		"by index":        {options: func(o *scimpath.Options) { o.PageSize = 3 }, service: config(`"cursor":true`, `"cursor":false`)},
		"without PATCH":   {service: config(`"patch":{"supported":true}`, `"patch":{"supported":false}`).and(refuse("PATCH", "", 501))},
		"PATCH refused":   {service: refuse("PATCH", "", 405)},
		"without filters": {service: config(`"filter":{"maxResults":200,"supported":true}`, `"filter":{"supported":false}`).and(ignoreFilter)},
		"filters refused": {service: refuseFilter},
		"no discovery": {options: func(o *scimpath.Options) {
			o.Roles = []string{"Administrator", "Accountant", "Approver", "Payer", "Clerk", "Auditor"}
		}, service: refuse("GET", "/ServiceProviderConfig", 404).and(refuse("GET", "/Schemas", 404)).and(refuse("GET", "/ResourceTypes", 501))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			useropstest.Run(t, func(t *testing.T) useropstest.Backend {
				con := startConsole(t)
				o := options(t, inFront(t, con.SCIMURL(), alter.service))
				if alter.options != nil {
					alter.options(&o)
				}
				return backend(con, open(t, o))
			})
		})
	}
}
