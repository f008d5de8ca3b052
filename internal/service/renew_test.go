package service_test

import (
	"context"
	"os"
	"path/filepath"
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
	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// browserPlant is a plant whose tenant is served by the browser.
func browserPlant(t *testing.T, edit func(c *config.Config, acme *config.Tenant)) *plant {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	con, err := console.Start(console.Options{Layout: "neo", Users: 6})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, con.Close()) })
	dir := t.TempDir()
	keep := func(name, text string) secret.Ref {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600))
		return secret.Ref("file:" + filepath.Join(dir, name))
	}
	acme := config.Tenant{Path: "browser", App: "bill", SignIn: con.SignInURL(), Hosts: con.Hosts(), Account: console.RobotEmail, Password: keep("password", console.RobotPassword),
		SecondFactor: config.SecondFactor{Method: "totp", Secret: keep("authenticator", console.RobotSecret)}, Organisation: config.Organisation{Name: console.MainOrganisation},
		ReadBack: 10 * time.Second, Invite: config.Invite{Summary: "Never"}}
	p := &plant{console: con, config: &config.Config{State: filepath.Join(dir, "state"), Tenants: map[string]config.Tenant{}}}
	edit(p.config, &acme)
	p.config.Tenants["acme"] = acme
	p.set(noon)
	p.Service = p.another(t)
	return p
}

// TestAConsoleThatHasChangedIsTold has the doctor look at a console each hour, and it changes in between.
func TestAConsoleThatHasChangedIsTold(t *testing.T) {
	t.Parallel()
	p := browserPlant(t, func(c *config.Config, _ *config.Tenant) {
		c.Recurring = map[string]config.Recurring{"hourly": {What: config.Doctor, When: "@hourly"}, "weekly": {What: config.Session, When: "30 14 * * FRI"}}
	})
	require.Empty(t, p.recur(t, noon))
	ran := p.recur(t, noon.Add(time.Hour))
	require.Len(t, ran, 1)
	assert.Empty(t, ran[0].Code, ran[0].Detail)
	assert.Empty(t, p.told(t, journal.EventChecked))
	require.NoError(t, p.console.SetDrift([]console.Drift{{Kind: "rename-label", Element: "new"}}, 1))
	ran = p.recur(t, noon.Add(2*time.Hour))
	require.Len(t, ran, 1)
	assert.Equal(t, userops.CodeOf(userops.ErrDrift), ran[0].Code, ran[0].Detail)
	told := p.told(t, journal.EventChecked)
	require.Len(t, told, 1)
	assert.Equal(t, "hourly", told[0].Recurring)
	assert.Empty(t, p.console.Changes(), "a look changes nobody")
}

// TestACodeIsAskedForBeforeItIsDue has a tenant whose codes a person types: the daemon finds out before the time,
// the tenant waits, and a sign-in by that person wakes it.
func TestACodeIsAskedForBeforeItIsDue(t *testing.T) {
	t.Parallel()
	p := browserPlant(t, func(c *config.Config, acme *config.Tenant) {
		c.Schedule.Prepare = 10 * time.Minute
		acme.SecondFactor = config.SecondFactor{Method: "prompt", Via: "authenticator"}
	})
	con := p.console
	now := time.Now().UTC()
	due := now.Add(time.Hour)
	p.set(now)
	p.plan(t, due, by, people[0])

	prepare := func(at time.Time) (out []event.Recurred) {
		p.set(at)
		names, err := p.ToPrepare(t.Context())
		require.NoError(t, err)
		for _, name := range names {
			require.NoError(t, p.Prepare(t.Context(), name, func(e event.Event) {
				if r, ok := e.(event.Recurred); ok {
					out = append(out, r)
				}
			}))
		}
		return out
	}
	assert.Empty(t, prepare(due.Add(-11*time.Minute)), "it is not due soon")
	looked := prepare(due.Add(-10 * time.Minute))
	require.Len(t, looked, 1)
	assert.Equal(t, userops.CodeOf(userops.ErrFactor), looked[0].Code)
	held := p.told(t, journal.EventHeld)
	require.Len(t, held, 1, "a person is told before it is due")
	assert.Equal(t, userops.CodeOf(userops.ErrFactor), held[0].Code)
	assert.Empty(t, prepare(due.Add(-time.Minute)), "and nobody signs in again and again")
	assert.Empty(t, p.run(t, due))
	assert.Empty(t, p.left())

	var asked atomic.Int64
	person := service.New(p.config, service.Options{Ask: func(context.Context, string) (string, error) {
		asked.Add(1)
		return totp.GenerateCode(console.RobotSecret, time.Now())
	}})
	t.Cleanup(func() { assert.NoError(t, person.Close()) })
	require.NoError(t, person.Login(t.Context(), "acme", nil))
	was, err := person.ResumeTenant(t.Context(), "acme", "root@test")
	require.NoError(t, err)
	assert.True(t, was)
	results := p.run(t, due.Add(time.Minute))
	require.Len(t, results, 1)
	require.Equal(t, userops.Done, results[0].Outcome, results[0].Reason)
	assert.Equal(t, []string{people[0]}, p.left())
	assert.Equal(t, int64(1), asked.Load())

	require.NoError(t, p.TellExpiries(t.Context()))
	assert.Empty(t, p.told(t, journal.EventRunsOut), "the device is trusted for 30 days")
	p.set(now.AddDate(0, 0, 24))
	require.NoError(t, p.TellExpiries(t.Context()))
	out := p.told(t, journal.EventRunsOut)
	require.Len(t, out, 1)
	assert.Contains(t, out[0].Detail, "trust in this device: ")

	con.EndSessions()
	later := now.AddDate(0, 0, 1)
	p.set(later.Add(-time.Hour))
	made, failed, err := p.Schedule(t.Context(), by, []service.Offboarding{{Tenant: "acme", Email: people[1], When: schedule.When{At: later, Zone: "UTC"}, Reason: "HR-1"}})
	require.NoError(t, err)
	require.Empty(t, failed)
	looked = prepare(later.Add(-5 * time.Minute))
	require.Len(t, looked, 1)
	assert.Equal(t, "it is signed in", looked[0].Detail, "a session that has ended is renewed, and no code is needed: %+v %v", looked[0], made)
	s, err := person.Session(t.Context(), "acme", true, nil)
	require.NoError(t, err)
	require.NotNil(t, s.Alive)
	assert.True(t, *s.Alive)
	p.set(now.AddDate(0, 0, 24))
	require.NoError(t, p.TellExpiries(t.Context()))
	assert.Len(t, p.told(t, journal.EventRunsOut), 1, "a sign-in without a code begins no other 30 days")
}

// TestATenantOfTheBrowserAloneIsSignedInBefore has a tenant of each way to be served, and something come to be due in all.
func TestATenantOfTheBrowserAloneIsSignedInBefore(t *testing.T) {
	t.Parallel()
	p := newPlant(t, func(c *config.Config, _ *config.Tenant) { c.Schedule.Prepare = 10 * time.Minute })
	scim := p.config.Tenants["acme"]
	both := scim
	both.Path = "auto"
	p.config.Tenants["auto-with-scim"] = both
	p.config.Tenants["auto-without-scim"] = config.Tenant{Path: "auto"}
	p.config.Tenants["browser"] = config.Tenant{Path: "browser"}
	var all []service.Offboarding
	for name := range p.config.Tenants {
		all = append(all, service.Offboarding{Tenant: name, Email: people[0], When: schedule.When{At: noon, Zone: "UTC"}, Reason: "HR-1"})
	}
	_, failed, err := p.Schedule(t.Context(), by, all)
	require.NoError(t, err)
	require.Empty(t, failed)
	p.set(noon.Add(-5 * time.Minute))
	names, err := p.ToPrepare(t.Context())
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"auto-without-scim", "browser"}, names)
	names, err = p.ToPrepare(t.Context())
	require.NoError(t, err)
	assert.Empty(t, names, "once")
}
