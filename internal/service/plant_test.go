package service_test

import (
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/secret"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// noon is when everything is due.
var noon = time.Date(2026, 12, 4, 12, 0, 0, 0, time.UTC)

// plant is a service of one tenant, acme, with a clock of its own and a proxy before its console.
type plant struct {
	*service.Service
	config  *config.Config
	console *console.Console
	clock   atomic.Pointer[time.Time]
	meets   atomic.Pointer[func(w http.ResponseWriter, r *http.Request) bool] // what a request meets before the console; true: it has its answer
	writes  atomic.Int64                                                      // requests that would change something
	reads   atomic.Int64
	mu      sync.Mutex
	events  []event.Event
}

func newPlant(t *testing.T, edit func(c *config.Config, acme *config.Tenant)) *plant {
	t.Helper()
	p := &plant{}
	p.set(noon.Add(-time.Hour))
	con, err := console.Start(console.Options{Enterprise: true, Users: 14})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, con.Close()) })
	p.console = con
	to, err := url.Parse(con.SCIMURL())
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
		r.Out.Host = r.In.Host
	}}
	before := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodGet {
			p.reads.Add(1)
		} else {
			p.writes.Add(1)
		}
		if meets := p.meets.Load(); meets == nil || !(*meets)(w, r) {
			proxy.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(before.Close)
	dir := t.TempDir()
	token := filepath.Join(dir, "token")
	require.NoError(t, os.WriteFile(token, []byte(console.SCIMToken), 0o600))
	acme := config.Tenant{Path: "scim", ReadBack: time.Second, Account: "robot@acme.example", SCIM: config.SCIM{
		URL: before.URL + "/scim/v2", Auth: config.SCIMAuth{Token: secret.Ref("file:" + token)}, Map: config.SCIMMap{Pending: console.SCIMExtension + ":pending"},
	}}
	p.config = &config.Config{State: filepath.Join(dir, "state"), Tenants: map[string]config.Tenant{}}
	if edit != nil {
		edit(p.config, &acme)
	}
	p.config.Tenants["acme"] = acme
	p.Service = p.another(t)
	return p
}

// another is another process's service of the same tenant.
func (p *plant) another(t *testing.T) *service.Service {
	s := service.New(p.config, service.Options{Now: func() time.Time { return *p.clock.Load() }})
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

func (p *plant) set(now time.Time) { p.clock.Store(&now) }

func (p *plant) meet(with func(w http.ResponseWriter, r *http.Request) bool) { p.meets.Store(&with) }

func (p *plant) tell(e event.Event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.events = append(p.events, e)
}

// plan schedules the offboarding of people.
func (p *plant) plan(t *testing.T, at time.Time, asked service.Asked, emails ...string) []journal.Schedule {
	t.Helper()
	var all []service.Offboarding
	for _, e := range emails {
		all = append(all, service.Offboarding{Tenant: "acme", Email: e, When: schedule.When{At: at, Zone: "UTC"}, Reason: "HR-1"})
	}
	made, failed, err := p.Schedule(t.Context(), asked, all)
	require.NoError(t, err)
	require.Empty(t, failed)
	return made
}

// run has what is due be carried out at a time.
func (p *plant) run(t *testing.T, now time.Time) []userops.Result {
	t.Helper()
	p.set(now)
	agenda, err := p.Agenda(t.Context())
	require.NoError(t, err)
	var out []userops.Result
	for _, name := range agenda.Tenants {
		results, err := p.RunDue(t.Context(), name, nil, p.tell)
		require.NoError(t, err)
		out = append(out, results...)
	}
	return out
}

func (p *plant) schedule(t *testing.T, id string) journal.Schedule {
	t.Helper()
	s, err := p.ScheduleOf(t.Context(), id)
	require.NoError(t, err)
	return s
}

// left are the people who were deactivated, in order.
func (p *plant) left() (out []string) {
	for _, c := range p.console.Changes() {
		if c.After != nil && c.After.Status == console.Inactive {
			out = append(out, c.Email)
		}
	}
	return out
}
