package scimpath_test

import (
	"net/http"
	"testing"

	"github.com/billagent/billagent/internal/scimpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const scimmyExtension = "urn:example:params:scim:schemas:extension:console:2.0:User"

// scimmy is a running service built on npm's scimmy and scimmy-routers.
type scimmy struct{ peer }

func startScimmy(t *testing.T, token string) scimmy {
	t.Helper()
	return scimmy{startPeer(t, "scimmy", "SCIM_TOKEN="+token)}
}

func (s scimmy) stored(t *testing.T) []userops.User {
	var out []userops.User
	s.control(t, http.MethodGet, "/users", nil, &out)
	return out
}

func TestConformanceOnScimmy(t *testing.T) {
	t.Parallel()
	useropstest.Run(t, func(t *testing.T) useropstest.Backend {
		s := startScimmy(t, "an-invented-token")
		s.control(t, http.MethodPut, "/users", useropstest.Seed(), nil)
		p := open(t, scimpath.Options{Tenant: "demo", URL: s.URL, Auth: scimpath.Auth{Method: scimpath.Bearer, Token: constant("an-invented-token")}, Account: useropstest.Self,
			Mapping: scimpath.Mapping{Role: scimmyExtension + ":role", Pending: scimmyExtension + ":pending"}, EvidenceDir: t.TempDir(), PageSize: 4})
		return useropstest.Backend{
			Directory: p,
			Stored:    func() []userops.User { return s.stored(t) },
			Edit: func(edit func([]userops.User) []userops.User) {
				s.control(t, http.MethodPut, "/users", edit(s.stored(t)), nil)
			},
			DualControl: func() { s.control(t, http.MethodPost, "/dual-control", struct{}{}, nil) },
		}
	})
}

func TestScimmyRefusesAWrongToken(t *testing.T) {
	t.Parallel()
	s := startScimmy(t, "an-invented-token")
	p := open(t, scimpath.Options{Tenant: "demo", URL: s.URL, Auth: scimpath.Auth{Method: scimpath.Bearer, Token: constant("another")}})
	_, err := p.Get(t.Context(), "ann@acme.example")
	require.ErrorIs(t, err, userops.ErrCredentials)
	assert.Contains(t, userops.HintOf(err), "scim.auth")
}
