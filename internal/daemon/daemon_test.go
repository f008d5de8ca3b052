package daemon_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/daemon"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/journal/journaltest"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/secret"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// server is a PostgreSQL server for the tests of this package, nil where it is not installed.
var server *journaltest.Server

func TestMain(m *testing.M) {
	var err error
	if server, err = journaltest.Start(); err != nil && !errors.Is(err, journaltest.ErrMissing) {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if server != nil {
		server.Stop()
	}
	os.Exit(code)
}

var databases atomic.Int64

// people are active users of the bundled console.
var people = []string{"ann@acme.example", "joann@acme.example", "fiona.approver@acme.example"}

// site is one tenant, acme, over SCIM, with a proxy before its console, and the journal that processes share.
type site struct {
	config  *config.Config
	console *console.Console
	meets   atomic.Pointer[func(r *http.Request)] // what a request waits for
}

// onEach runs a test with a journal of each kind.
func onEach(t *testing.T, test func(t *testing.T, s *site)) {
	t.Parallel()
	t.Run("SQLite", func(t *testing.T) {
		t.Parallel()
		test(t, newSite(t, ""))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		t.Parallel()
		if server == nil {
			t.Skip(journaltest.ErrMissing.Error())
		}
		address, err := server.Database(t.Context(), fmt.Sprintf("d%d", databases.Add(1)))
		require.NoError(t, err)
		test(t, newSite(t, address))
	})
}

func newSite(t testing.TB, database string) *site {
	t.Helper()
	s := &site{}
	con, err := console.Start(console.Options{Enterprise: true, Users: 14})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, con.Close()) })
	s.console = con
	to, err := url.Parse(con.SCIMURL())
	require.NoError(t, err)
	proxy := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) {
		r.Out.URL.Scheme, r.Out.URL.Host = to.Scheme, to.Host
		r.Out.Host = r.In.Host
	}}
	before := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if meets := s.meets.Load(); meets != nil {
			(*meets)(r)
		}
		proxy.ServeHTTP(w, r)
	}))
	t.Cleanup(before.Close)
	dir := t.TempDir()
	write := func(name, text string) secret.Ref {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		return secret.Ref("file:" + filepath.Join(dir, name))
	}
	s.config = &config.Config{State: filepath.Join(dir, "state"), Tenants: map[string]config.Tenant{"acme": {Path: "scim", ReadBack: time.Second, SCIM: config.SCIM{
		URL: before.URL + "/scim/v2", Auth: config.SCIMAuth{Token: write("token", console.SCIMToken)}, Map: config.SCIMMap{Pending: console.SCIMExtension + ":pending"}}}}}
	if database != "" {
		s.config.Journal = write("database", database)
	}
	return s
}

// service is a process's service.
func (s *site) service(t testing.TB) *service.Service {
	out := service.New(s.config, service.Options{})
	t.Cleanup(func() { assert.NoError(t, out.Close()) })
	return out
}

// start runs a daemon, and returns it and what stops it and waits for it.
func (s *site) start(t testing.TB, edit func(o *daemon.Options)) (d *daemon.Daemon, stop func()) {
	t.Helper()
	o := daemon.Options{Service: s.service(t), AtOnce: 2, StopWithin: 5 * time.Second, Sweep: 100 * time.Millisecond}
	if edit != nil {
		edit(&o)
	}
	d, err := daemon.New(t.Context(), o)
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.WithoutCancel(t.Context()))
	done := make(chan error, 1)
	go func() { done <- d.Run(ctx) }()
	stop = sync.OnceFunc(func() {
		cancel()
		assert.NoError(t, <-done)
	})
	t.Cleanup(stop)
	return d, stop
}

// plan schedules the offboarding of people.
func plan(t testing.TB, s *service.Service, at time.Time, emails ...string) []journal.Schedule {
	t.Helper()
	var all []service.Offboarding
	for _, e := range emails {
		all = append(all, service.Offboarding{Tenant: "acme", Email: e, When: schedule.When{At: at}, Past: true, Reason: "HR-1"})
	}
	made, failed, err := s.Schedule(context.WithoutCancel(t.Context()), service.Asked{By: "root@test"}, all)
	require.NoError(t, err)
	require.Empty(t, failed)
	return made
}

// bound is how long a test waits for what must happen: it is never what is tested.
const bound = 20 * time.Second

// ended waits until n have ended, and all that there are, and says whether they have.
func ended(t testing.TB, s *service.Service, n int) bool {
	var all []journal.Schedule
	is := func() bool {
		var err error
		all, err = s.Schedules(t.Context(), journal.ScheduleFilter{})
		return err == nil && len(all) >= n && !slices.ContainsFunc(all, func(s journal.Schedule) bool { return s.State != journal.Ended })
	}
	return assert.Eventually(t, is, bound, 20*time.Millisecond, "%+v", &all)
}

// comes waits for what must happen.
func comes(t testing.TB, what <-chan struct{}, s *service.Service) {
	t.Helper()
	select {
	case <-what:
	case <-time.After(bound):
		all, err := s.Schedules(t.Context(), journal.ScheduleFilter{})
		require.FailNow(t, "it does not come", "%+v %v", all, err)
	}
}

func (s *site) left() (out []string) {
	for _, c := range s.console.Changes() {
		if c.After != nil && c.After.Status == console.Inactive {
			out = append(out, c.Email)
		}
	}
	return out
}

// TestWhatIsDueIsRun has two daemons start at once on an empty journal, and share the work.
func TestWhatIsDueIsRun(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		asking := s.service(t)
		plan(t, asking, time.Now(), people[2])
		var starting sync.WaitGroup
		for range 2 {
			starting.Go(func() { s.start(t, nil) })
		}
		starting.Wait()
		plan(t, asking, time.Now().Add(time.Second), people[:2]...)
		require.True(t, ended(t, asking, 3))
		assert.Equal(t, []string{people[2], people[0], people[1]}, s.left())
	})
}

// TestNoWakeUpIsLost schedules somebody in the moment in which a tenant is found to have nothing more to do. Nobody
// looks again for an hour, so that only the wake-up call that is there can do it.
func TestNoWakeUpIsLost(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		asking := s.service(t)
		var d *daemon.Daemon
		var once sync.Once
		ready := make(chan struct{})
		d, _ = s.start(t, func(o *daemon.Options) {
			o.Sweep = time.Hour
			o.BeforeEnd = func(tenant string) {
				<-ready
				once.Do(func() {
					plan(t, asking, time.Now(), people[1])
					assert.NoError(t, d.Wake(context.WithoutCancel(t.Context()), tenant))
				})
			}
		})
		close(ready)
		plan(t, asking, time.Now(), people[0])
		require.NoError(t, d.Wake(t.Context(), "acme"))
		require.True(t, ended(t, asking, 2), "a tenant with something due sleeps")
		assert.Equal(t, people[:2], s.left())
	})
}

// TestATenantIsWokenAgainAfterItsDaemonDied leaves the wake-up call of a daemon that has ended.
func TestATenantIsWokenAgainAfterItsDaemonDied(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		asking := s.service(t)
		plan(t, asking, time.Now(), people[0])
		d, err := daemon.New(t.Context(), daemon.Options{Service: asking})
		require.NoError(t, err)
		require.NoError(t, d.Wake(t.Context(), "acme"))
		j, err := asking.Journal(t.Context())
		require.NoError(t, err)
		db, postgres := j.Database()
		take := `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = created_at, attempted_by = jsonb('["dead"]')`
		if postgres {
			take = `UPDATE river_job SET state = 'running', attempt = 1, attempted_at = created_at, attempted_by = ARRAY['dead']`
		}
		_, err = db.ExecContext(t.Context(), take)
		require.NoError(t, err)
		s.start(t, nil)
		require.True(t, ended(t, asking, 1))
		var state string
		require.NoError(t, db.QueryRowContext(t.Context(), "SELECT state FROM river_job ORDER BY id LIMIT 1").Scan(&state))
		assert.Equal(t, "discarded", state)
	})
}

// TestAStopLetsWhatIsUnderWayEnd stops a daemon while the first of two is at its commit.
func TestAStopLetsWhatIsUnderWayEnd(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		asking := s.service(t)
		at, goOn := s.holdCommit()
		_, stop := s.start(t, nil)
		made := plan(t, asking, time.Now(), people[:2]...)
		comes(t, at, asking)
		stopped := make(chan struct{})
		go func() { stop(); close(stopped) }()
		time.AfterFunc(500*time.Millisecond, goOn) // by then it has been told
		<-stopped
		assert.Equal(t, people[:1], s.left(), "nothing more is begun")
		first, err := asking.ScheduleOf(t.Context(), made[0].ID)
		require.NoError(t, err)
		assert.Equal(t, userops.Done, first.Outcome)
		second, err := asking.ScheduleOf(t.Context(), made[1].ID)
		require.NoError(t, err)
		assert.Equal(t, journal.Pending, second.State)
		assert.Empty(t, second.Operation)
		s.start(t, nil)
		require.True(t, ended(t, asking, 2))
		assert.Equal(t, people[:2], s.left())
	})
}

// TestAStopHaltsWhatDoesNotEnd stops a daemon while a change has not come to its commit, and does not go on.
func TestAStopHaltsWhatDoesNotEnd(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		asking := s.service(t)
		at, never := make(chan struct{}), make(chan struct{})
		t.Cleanup(sync.OnceFunc(func() { close(never) }))
		var once sync.Once
		block := func(r *http.Request) {
			once.Do(func() { close(at) })
			select {
			case <-never:
			case <-r.Context().Done():
			}
		}
		s.meets.Store(&block)
		_, stop := s.start(t, func(o *daemon.Options) { o.StopWithin = time.Second })
		made := plan(t, asking, time.Now(), people[0])
		comes(t, at, asking)
		stop()
		one, err := asking.ScheduleOf(t.Context(), made[0].ID)
		require.NoError(t, err)
		assert.Equal(t, journal.Pending, one.State)
		assert.Empty(t, s.left())
		free := func(*http.Request) {}
		s.meets.Store(&free)
		s.start(t, nil)
		require.True(t, ended(t, asking, 1))
		assert.Equal(t, people[:1], s.left())
	})
}

// TestATenantOfAnotherConfigurationIsLeftAlone has what is due be looked for by a process whose configuration does
// not name the tenant.
func TestATenantOfAnotherConfigurationIsLeftAlone(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		asking := s.service(t)
		plan(t, asking, time.Now(), people[0])
		c := *s.config
		c.Tenants = map[string]config.Tenant{"other": s.config.Tenants["acme"]}
		other := service.New(&c, service.Options{})
		t.Cleanup(func() { assert.NoError(t, other.Close()) })
		err := daemon.Once(t.Context(), daemon.Options{Service: other})
		require.ErrorIs(t, err, userops.ErrConfig)
		require.ErrorContains(t, err, "tenant acme")
		require.NoError(t, daemon.Once(t.Context(), daemon.Options{Service: asking}), "it does not have to wait for a person")
		assert.Equal(t, people[:1], s.left())
	})
}

// TestAStopIsNoFailure stops a daemon that looks at a tenant before anything is begun.
func TestAStopIsNoFailure(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		asking := s.service(t)
		at := make(chan struct{})
		var once sync.Once
		block := func(r *http.Request) {
			once.Do(func() { close(at) })
			<-r.Context().Done()
		}
		s.meets.Store(&block)
		var said bytes.Buffer
		_, stop := s.start(t, func(o *daemon.Options) { o.StopWithin, o.Log = time.Second, slog.New(slog.NewTextHandler(&said, nil)) })
		plan(t, asking, time.Now(), append(people[:3:3], "clerk@acme.example")...) // so many that everybody is looked at first
		comes(t, at, asking)
		stop()
		assert.NotContains(t, said.String(), "level=ERROR")
		assert.Contains(t, said.String(), "halted by the stop of the daemon")
		assert.Empty(t, s.left())
	})
}

// TestAWakeUpCallIsWrittenDownToItsEnd has the one who wakes a tenant be stopped meanwhile: River would log an error.
func TestAWakeUpCallIsWrittenDownToItsEnd(t *testing.T) {
	onEach(t, func(t *testing.T, s *site) {
		var said bytes.Buffer
		d, err := daemon.New(t.Context(), daemon.Options{Service: s.service(t), Log: slog.New(slog.NewTextHandler(&said, nil))})
		require.NoError(t, err)
		stopped, stop := context.WithCancel(t.Context())
		stop()
		require.NoError(t, d.Wake(stopped, "acme"))
		assert.Empty(t, said.String())
	})
}

// holdCommit holds the first request that changes something, and says when it is there.
func (s *site) holdCommit() (at chan struct{}, goOn func()) {
	at = make(chan struct{})
	held := make(chan struct{})
	var once sync.Once
	hold := func(r *http.Request) {
		if r.Method != http.MethodGet {
			once.Do(func() { close(at); <-held })
		}
	}
	s.meets.Store(&hold)
	return at, sync.OnceFunc(func() { close(held) })
}

// BenchmarkLateness measures how long after its time a change is begun where nothing else is to be done.
func BenchmarkLateness(b *testing.B) {
	for _, kind := range []string{"SQLite", "PostgreSQL"} {
		b.Run(kind, func(b *testing.B) {
			address := ""
			if kind == "PostgreSQL" {
				if server == nil {
					b.Skip(journaltest.ErrMissing.Error())
				}
				var err error
				address, err = server.Database(b.Context(), fmt.Sprintf("b%d", databases.Add(1)))
				require.NoError(b, err)
			}
			s := newSite(b, address)
			asking := s.service(b)
			s.start(b, func(o *daemon.Options) { o.Sweep = time.Second })
			var late []float64
			for b.Loop() {
				s.console.Edit("the benchmark", func(o *console.Organisation) {
					for _, u := range o.Users {
						u.Status = console.Active
					}
				})
				made, failed, err := asking.Schedule(b.Context(), service.Asked{By: "root@test", Limit: 1_000_000, Reason: "a benchmark"},
					[]service.Offboarding{{Tenant: "acme", Email: people[0], When: schedule.When{At: time.Now().Add(1300 * time.Millisecond)}, Reason: "HR-1"}})
				require.NoError(b, err)
				require.Empty(b, failed)
				require.True(b, ended(b, asking, 1))
				one, err := asking.ScheduleOf(b.Context(), made[0].ID)
				require.NoError(b, err)
				late = append(late, float64(one.LateMS))
			}
			slices.Sort(late)
			b.ReportMetric(late[len(late)/2], "ms-late-median")
			b.ReportMetric(late[len(late)-1], "ms-late-largest")
		})
	}
}
