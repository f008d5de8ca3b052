package browserpath_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/helpdesk"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestBlockedCookiesAreNamed puts a server in between that makes cookies which browsers do not accept.
func TestBlockedCookiesAreNamed(t *testing.T) {
	t.Parallel()
	desk := helpdesk.Start()
	t.Cleanup(desk.Close)
	to, err := url.Parse(desk.URL)
	require.NoError(t, err)
	between := httputil.NewSingleHostReverseProxy(to)
	var value string
	between.ModifyResponse = func(r *http.Response) error {
		for _, c := range r.Cookies() {
			value = c.Value
			c.SameSite = http.SameSiteNoneMode // not accepted unless Secure, too
			r.Header.Set("Set-Cookie", c.String())
		}
		return nil
	}
	srv := httptest.NewServer(between)
	t.Cleanup(srv.Close)
	lib, err := flows.Load("helpdesk", "testdata/helpdesk")
	require.NoError(t, err)
	p := browserpath.New(browserpath.Options{Tenant: "desk", Library: lib, SignIn: srv.URL, Hosts: []string{"127.0.0.1"}, Account: helpdesk.Agent,
		Password: func(context.Context) (string, error) { return helpdesk.Password, nil }, Factor: browserpath.Sent{},
		Launch: automation.Options{ProfileDir: t.TempDir()}, EvidenceDir: t.TempDir()})
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	err = p.Login(t.Context())
	require.ErrorIs(t, err, userops.ErrWall)
	assert.Contains(t, err.Error(), "SameSiteNoneInsecure")
	assert.Contains(t, userops.HintOf(err), "cookie")
	require.NotEmpty(t, value)
	assert.NotContains(t, err.Error(), value)
}
