package tenant_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/secret"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ann = "ann@acme.example"

// served starts a console with SCIM, and opens a tenant of it. alter may break the SCIM service on the way: it is given
// each request, and each answer's body.
func served(t *testing.T, path, fallback string, request func(w http.ResponseWriter, r *http.Request) bool, body func(r *http.Request, text string) string) (*console.Console, *tenant.Directory, *log) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	t.Helper()
	con, err := console.Start(console.Options{Enterprise: true, Users: 6})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, con.Close()) })
	to, err := url.Parse(strings.TrimSuffix(con.SCIMURL(), "/scim/v2"))
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to) }, ModifyResponse: func(r *http.Response) error {
		data, err := io.ReadAll(r.Body)
		if body != nil {
			data = []byte(body(r.Request, string(data)))
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
		r.Header.Del("Content-Length")
		return err
	}}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if request == nil || !request(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	dir := t.TempDir()
	keep := func(name, text string) secret.Ref {
		file := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		return secret.Ref("file:" + file)
	}
	l := &log{}
	d, err := tenant.Open(&config.Config{State: filepath.Join(dir, "state"), Tenants: map[string]config.Tenant{"demo": {
		Path: path, Fallback: fallback, App: "bill", SignIn: con.SignInURL(), Hosts: con.Hosts(), Account: console.RobotEmail, Password: keep("password", console.RobotPassword),
		SecondFactor: config.SecondFactor{Method: "totp", Secret: keep("secret", console.RobotSecret)}, Organisation: config.Organisation{Name: console.MainOrganisation}, Invite: config.Invite{Summary: "Never"},
		SCIM: config.SCIM{URL: srv.URL + "/scim/v2", Auth: config.SCIMAuth{Token: keep("token", console.SCIMToken)}, Map: config.SCIMMap{Pending: console.SCIMExtension + ":pending"}},
	}}}, "demo", tenant.Environment{Log: slog.New(slog.NewTextHandler(l, &slog.HandlerOptions{Level: slog.LevelDebug}))})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, d.Close()) })
	return con, d, l
}

type log struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *log) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(p)
}

func (l *log) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func fails(path string, code int) func(w http.ResponseWriter, r *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.HasPrefix(r.URL.Path, "/scim/v2"+path) {
			return false
		}
		w.WriteHeader(code)
		return true
	}
}

func stored(con *console.Console, email string) string {
	u, _ := con.UserByEmail(email)
	return u.Status
}

func TestAutoTakesSCIMWhereItCan(t *testing.T) {
	t.Parallel()
	con, d, l := served(t, "auto", "", nil, func(r *http.Request, text string) string {
		if strings.HasSuffix(r.URL.Path, "/Schemas") {
			return strings.Replace(text, `"mutability":"readWrite","name":"active"`, `"mutability":"readOnly","name":"active"`, 1)
		}
		return text
	})
	r := d.Change(t.Context(), useropstest.SetRole(ann, "Clerk"))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, "scim", r.Path)
	r = d.Change(t.Context(), useropstest.Deactivate(ann))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, "browser", r.Path)
	assert.Equal(t, console.Inactive, stored(con, ann))
	assert.Contains(t, l.String(), "the schema says that active is readOnly")
	assert.Equal(t, 1, strings.Count(l.String(), "level=WARN msg=path"), "said once")
	route, err := d.Route(t.Context(), userops.Deactivate)
	require.NoError(t, err)
	assert.Equal(t, "browser", route.Path)
	assert.Contains(t, route.Why, "active is readOnly")
	c, err := d.Capabilities(t.Context())
	require.NoError(t, err)
	assert.ElementsMatch(t, userops.Actions(), c.Can, "what one cannot the other can")
}

func TestAutoTakesTheBrowserWhereSCIMCannotBeUsed(t *testing.T) {
	t.Parallel()
	con, d, l := served(t, "auto", "", fails("", http.StatusUnauthorized), nil)
	l1, err := d.List(t.Context(), nil, func(userops.User) error { return nil })
	require.NoError(t, err)
	assert.Equal(t, "browser", l1.Path)
	r := d.Change(t.Context(), useropstest.Deactivate(ann))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	assert.Equal(t, "browser", r.Path)
	require.NotEmpty(t, r.Notices)
	assert.Contains(t, r.Notices[0], "since the SCIM service cannot be used")
	assert.Equal(t, console.Inactive, stored(con, ann))
	assert.Contains(t, l.String(), "the SCIM service cannot be used")
	assert.NotContains(t, l.String(), console.SCIMToken)
}

func TestFallingBack(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fallback string
		request  func(w http.ResponseWriter, r *http.Request) bool
		want     userops.Outcome
		path     string
	}{
		"off":                      {request: fails("/Users", 500), want: userops.Halted, path: "scim"},
		"before anything was sent": {fallback: "browser", request: fails("/Users", 500), want: userops.Done, path: "browser"},
		"discovery fails":          {fallback: "browser", request: fails("", 403), want: userops.Done, path: "browser"},
		"refused by the service":   {fallback: "browser", request: whenChanging(fails("/Users", 403)), want: userops.Halted, path: "scim"},
		"lost once it was sent":    {fallback: "browser", request: whenChanging(fails("/Users", 500)), want: userops.Unknown, path: "scim"},
		"a rule of ours":           {fallback: "browser", want: userops.Refused, path: "scim"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			con, d, _ := served(t, "scim", c.fallback, c.request, nil)
			whom := ann
			if c.want == userops.Refused {
				whom = console.RobotEmail
			}
			r := d.Change(t.Context(), useropstest.Deactivate(whom))
			require.Equal(t, c.want, r.Outcome, r.Reason)
			assert.Equal(t, c.path, r.Path)
			if c.path == "browser" {
				require.NotEmpty(t, r.Notices)
				assert.Contains(t, r.Notices[0], "done by the browser, since the SCIM service failed before anything was sent")
				assert.Equal(t, console.Inactive, stored(con, ann))
				assert.Len(t, con.Changes(), 1)
				return
			}
			assert.Empty(t, con.Changes())
		})
	}
}

func whenChanging(f func(w http.ResponseWriter, r *http.Request) bool) func(w http.ResponseWriter, r *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool { return r.Method != http.MethodGet && f(w, r) }
}

func TestAListThatHasBegunIsNotBegunAgain(t *testing.T) {
	t.Parallel()
	page := 0
	_, d, _ := served(t, "scim", "browser", func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/scim/v2/Users" {
			return false
		}
		if page++; page > 1 {
			w.WriteHeader(http.StatusNotFound)
			return true
		}
		q := r.URL.Query()
		q.Set("count", "2")
		r.URL.RawQuery = q.Encode()
		return false
	}, nil)
	seen := map[string]int{}
	_, err := d.List(t.Context(), nil, func(u userops.User) error { seen[u.Email]++; return nil })
	require.Error(t, err)
	assert.Len(t, seen, 2)
	for _, n := range seen {
		assert.Equal(t, 1, n)
	}
}

func TestSCIMAloneHasNoSession(t *testing.T) {
	t.Parallel()
	_, d, _ := served(t, "scim", "", nil, nil)
	_, err := d.Sessions(t.Context())
	require.ErrorIs(t, err, userops.ErrConfig)
	assert.NotEmpty(t, userops.HintOf(err))
}

func TestTheIntentIsAskedForOnce(t *testing.T) {
	t.Parallel()
	con, d, _ := served(t, "scim", "browser", nil, nil)
	asked := 0
	full := change.Hooks{ID: "op", Intent: func(context.Context, *userops.User, userops.Wanted) error {
		asked++
		return errors.New("the disk is full")
	}}
	r := d.Do(t.Context(), useropstest.Checked(t, useropstest.Deactivate(ann)), full)
	require.Equal(t, userops.Halted, r.Outcome, r.Reason)
	assert.Equal(t, 1, asked, "the browser is not asked to do what the journal would not have")
	assert.Empty(t, con.Changes())
}

func TestCheckSaysWhatWorks(t *testing.T) {
	t.Parallel()
	con, d, _ := served(t, "auto", "", nil, nil)
	found := map[string]tenant.Finding{}
	d.Check(t.Context(), func(f tenant.Finding) { found[f.Path+" "+f.Check] = f })
	require.Len(t, found, 10)
	for _, f := range found {
		assert.True(t, f.OK, "%+v", f)
		assert.NotEmpty(t, f.Says)
	}
	assert.Contains(t, found["scim roles"].Says, "Approver")
	assert.Contains(t, found["browser users"].Says, "active")
	assert.Empty(t, con.Changes())

	_, d, _ = served(t, "scim", "", fails("/Users", 403), nil)
	var last tenant.Finding
	d.Check(t.Context(), func(f tenant.Finding) { last = f })
	assert.False(t, last.OK)
	assert.Contains(t, last.Hint, "right to manage users")
}
