package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/billagent/billagent/automation/automationtest"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/service"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// tenantsOf starts a console for each layout, and returns them with one configuration for all: each is the tenant
// of its layout's name. That of neo has SCIM.
func tenantsOf(t *testing.T, layouts ...string) (consoles map[string]*console.Console, file string) {
	t.Helper()
	consoles = map[string]*console.Console{}
	var text strings.Builder
	for i, layout := range layouts {
		con, one := tenantOf(t, console.Options{Layout: layout, Users: 24, Seed: int64(i + 1), Enterprise: layout == "neo"})
		consoles[layout] = con
		data, err := os.ReadFile(one)
		require.NoError(t, err)
		_, section, ok := strings.Cut(string(data), "tenants:\n")
		require.True(t, ok)
		text.WriteString(strings.Replace(section, "  demo:\n", "  "+layout+":\n", 1))
	}
	dir := t.TempDir()
	file = filepath.Join(dir, "config.yaml")
	whole := fmt.Sprintf("tenant: %s\nstate: %s\ntenants:\n%s", layouts[0], filepath.Join(dir, "state"), &text)
	require.NoError(t, os.WriteFile(file, []byte(whole), 0o600))
	return consoles, file
}

func serviceOf(t *testing.T, file string, o service.Options) *service.Service {
	t.Helper()
	c, err := config.Load(config.Source{File: file})
	require.NoError(t, err)
	s := service.New(c, o)
	t.Cleanup(func() { assert.NoError(t, s.Close()) })
	return s
}

// browsers are the processes of the browsers that this process has started, without those that are lent to tests: of
// each the one that the others come from.
func browsers(t *testing.T) (pids []int) {
	t.Helper()
	files, err := filepath.Glob("/proc/[0-9]*/cmdline")
	require.NoError(t, err)
	parent := func(dir string) string {
		data, _ := os.ReadFile(filepath.Join(dir, "stat"))
		_, rest, _ := strings.Cut(string(data), ") ")
		fields := append(strings.Fields(rest), "", "")
		return fields[1]
	}
	for _, f := range files {
		line, err := os.ReadFile(f)
		dir := filepath.Dir(f)
		if err != nil || !bytes.Contains(line, []byte("--remote-debugging-pipe")) || bytes.Contains(line, []byte("billagent-guardian")) ||
			bytes.Contains(line, []byte(automationtest.Profiles)) {
			continue
		}
		if guardian := parent(dir); parent("/proc/"+guardian) == strconv.Itoa(os.Getpid()) {
			pid, err := strconv.Atoi(filepath.Base(dir))
			require.NoError(t, err)
			pids = append(pids, pid)
		}
	}
	return pids
}

// call is what one caller asks for.
type call struct {
	tenant, email, role string
}

// calls are n requests about as many users of the consoles, in turn.
func calls(t *testing.T, consoles map[string]*console.Console, layouts []string, n int) []call {
	t.Helper()
	var out []call
	taken := map[string]int{}
	for i := range n {
		layout := layouts[i%len(layouts)]
		users := slices.DeleteFunc(consoles[layout].Users(), func(u console.User) bool {
			return u.Status != console.Active || u.Email == console.RobotEmail || u.Role == "Administrator"
		})
		require.Greater(t, len(users), taken[layout])
		u := users[taken[layout]]
		taken[layout]++
		role := "Clerk"
		if u.Role == role {
			role = "Payer"
		}
		out = append(out, call{layout, u.Email, role})
	}
	return out
}

// changes counts what a console has stored about a user.
func changes(con *console.Console, email string) (n int) {
	for _, c := range con.Changes() {
		if c.Email == email {
			n++
		}
	}
	return n
}

// TestManyCallersOfOneService has 20 callers change users of three tenants at once, one of which is served over
// SCIM. A process of its own changes another of one of them, and one browser is killed on the way. What counts is
// what the consoles have stored. It is not parallel, so that it kills no other test's browser.
func TestManyCallersOfOneService(t *testing.T) {
	layouts := []string{"classic", "neo", "neo3"}
	consoles, file := tenantsOf(t, layouts...)
	s := serviceOf(t, file, service.Options{AtOnce: 2, Idle: time.Hour})
	all := calls(t, consoles, layouts, 21)
	beside, all := all[20], all[:20] // that one is of neo3

	var mu sync.Mutex
	ended := map[string]int{}
	results := make([]userops.Result, len(all))
	started := make(chan struct{})
	told := func(tenant string, e event.Event) {
		if _, ok := e.(event.Ended); !ok {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		running := browsers(t)
		assert.LessOrEqual(t, len(running), 2, "no more browsers run than tenants may be worked on at once")
		ended[tenant]++
		if tenant == "neo" { // over SCIM, which may be through before any browser runs
			return
		}
		switch ended["classic"] + ended["neo3"] {
		case 1:
			close(started)
		case 4:
			if assert.NotEmpty(t, running) {
				assert.NoError(t, syscall.Kill(running[0], syscall.SIGKILL))
			}
		}
	}
	do := func(c call, by string) userops.Result {
		rq := userops.Request{Action: userops.SetRole, Email: c.email, Role: c.role}
		out, err := s.Do(t.Context(), c.tenant, []userops.Checked{useropstest.Checked(t, rq)}, service.Asked{By: by},
			func(e event.Event) { told(c.tenant, e) })
		if !assert.NoError(t, err) || !assert.Len(t, out, 1) {
			return userops.Result{}
		}
		return out[0]
	}
	var wg sync.WaitGroup
	for i, c := range all {
		wg.Go(func() { results[i] = do(c, fmt.Sprint("caller ", i)) })
	}
	for _, layout := range layouts {
		wg.Go(func() {
			n := 0
			l, err := s.Users(t.Context(), layout, nil, func(userops.User) error { n++; return nil }, nil)
			if err == nil { // the browser may have been killed under it
				assert.True(t, l.Complete, l.Proof)
				assert.Equal(t, len(consoles[layout].Users()), n)
			}
		})
	}
	<-started
	c, stderr := program(t, "--config", file, "--tenant", beside.tenant, "users", "set-role", "--role", beside.role, beside.email)
	require.NoError(t, c.Start())
	require.NoError(t, c.Wait(), stderr.String())
	wg.Wait()

	assert.Equal(t, 1, changes(consoles[beside.tenant], beside.email))
	for i, c := range all {
		stored := changes(consoles[c.tenant], c.email)
		switch r := results[i]; r.Outcome {
		case userops.Done:
			assert.Equal(t, 1, stored, c.email)
			continue
		case userops.Unknown:
			assert.LessOrEqual(t, stored, 1, c.email)
		default:
			assert.Equal(t, userops.Halted, r.Outcome, r.Reason)
			assert.Zero(t, stored, c.email)
		}
		again := do(c, "once more") // it begins by looking
		assert.Contains(t, []userops.Outcome{userops.Done, userops.Already}, again.Outcome, again.Reason)
		assert.Equal(t, 1, changes(consoles[c.tenant], c.email), c.email)
		u, _ := consoles[c.tenant].UserByEmail(c.email)
		assert.Equal(t, c.role, u.Role)
	}
	hurt := slices.DeleteFunc(slices.Clone(results), func(r userops.Result) bool { return r.Outcome == userops.Done })
	assert.LessOrEqual(t, len(hurt), 1, "a browser that is killed hurts what it is doing, and nothing after it: %+v", hurt)

	ops, err := s.Operations(t.Context(), journal.Filter{Tenant: beside.tenant})
	require.NoError(t, err)
	takeTurns(t, ops, beside.email)
	report, err := s.Verify(t.Context(), "", "")
	require.NoError(t, err)
	assert.Empty(t, report.Findings)
}

// takeTurns looks whether a tenant's operations, newest first, were carried out one at a time, and whether the one
// of another process came as soon as what was under way had ended.
func takeTurns(t *testing.T, ops []journal.Operation, other string) {
	t.Helper()
	i := slices.IndexFunc(ops, func(o journal.Operation) bool { return o.Request.Email == other })
	require.GreaterOrEqual(t, i, 0)
	theirs := ops[i]
	ours := slices.Delete(slices.Clone(ops), i, i+1) // the service writes an operation down once it is its turn
	overtaken := 0
	for i, o := range ours {
		if i > 0 {
			assert.False(t, ours[i-1].CreatedAt.Before(o.UpdatedAt), "%s began before %s had ended", ours[i-1].Request.Email, o.Request.Email)
		}
		if o.CreatedAt.After(theirs.CreatedAt) && o.UpdatedAt.Before(theirs.UpdatedAt) {
			overtaken++
		}
	}
	assert.LessOrEqual(t, overtaken, 2, "another process waits for the work under way, not for everything")
}

// TestABrowserIsClosedWhenNobodyNeedsIt counts the browsers of a service. It is not parallel, so that no other
// test's are counted.
func TestABrowserIsClosedWhenNobodyNeedsIt(t *testing.T) {
	_, file := tenantsOf(t, "classic", "neo3")
	s := serviceOf(t, file, service.Options{AtOnce: 1, Idle: time.Hour})
	roles := func(s *service.Service, tenant string) {
		t.Helper()
		names, err := s.Roles(t.Context(), tenant, nil)
		require.NoError(t, err)
		assert.NotEmpty(t, names)
	}
	assert.Empty(t, browsers(t), "nothing is started before it is needed")
	roles(s, "classic")
	first := browsers(t)
	require.Len(t, first, 1)
	roles(s, "classic")
	assert.Equal(t, first, browsers(t), "it outlives what it was started for")
	roles(s, "neo3")
	second := browsers(t)
	require.Len(t, second, 1, "no more are kept than may work at once")
	assert.NotEqual(t, first, second)
	require.NoError(t, s.Close())
	assert.Empty(t, browsers(t))
	_, err := s.Roles(t.Context(), "classic", nil)
	require.ErrorIs(t, err, userops.ErrCancelled)

	s = serviceOf(t, file, service.Options{Idle: time.Millisecond})
	roles(s, "classic")
	require.Eventually(t, func() bool { return len(browsers(t)) == 0 }, 20*time.Second, 20*time.Millisecond)
	roles(s, "classic")
}

// TestACallerMayStopWaiting has a caller stop waiting for a tenant on which another works.
func TestACallerMayStopWaiting(t *testing.T) {
	t.Parallel()
	_, file := tenantsOf(t, "neo")
	s := serviceOf(t, file, service.Options{})
	var given error
	_, err := s.Users(t.Context(), "", nil, func(userops.User) error {
		if given == nil {
			ctx, cancel := context.WithCancel(t.Context())
			cancel()
			_, given = s.User(ctx, "", "ann@acme.example", nil)
		}
		return nil
	}, nil)
	require.NoError(t, err)
	require.ErrorIs(t, given, userops.ErrCancelled)
	_, err = s.User(t.Context(), "", "ann@acme.example", nil)
	require.NoError(t, err)
}

// TestAConsoleThatCannotBeReachedSaysNothingOfTheSession asks whether a session holds while the console is away.
func TestAConsoleThatCannotBeReachedSaysNothingOfTheSession(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", Users: 12})
	require.Equal(t, 0, command(t, "--config", file, "login").code)
	require.NoError(t, con.AddFault(console.Fault{Name: "cut", At: "home"}))
	out := command(t, "--config", file, "session", "status", "--check")
	assert.Equal(t, 2, out.code, out.stdout)
	assert.NotContains(t, out.stdout, "has ended")
	assert.Contains(t, out.stderr, "cannot be reached")
	con.ClearFaults()
	assert.Contains(t, command(t, "--config", file, "session", "status", "--check").stdout, "holds")
}
