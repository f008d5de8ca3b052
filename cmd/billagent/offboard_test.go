package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// offboarder runs commands on two tenants, demo and other, of one console that is served over SCIM.
func offboarder(t *testing.T) (con *console.Console, run func(stdin string, code int, args ...string) output) {
	t.Helper()
	con, file, _ := byPath(t, console.Options{Users: 20})
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	_, demo, ok := strings.Cut(string(text), "\n  demo:\n")
	require.True(t, ok)
	both := string(text) + "  other:\n    time_zone: Europe/Berlin\n" + demo
	file = filepath.Join(t.TempDir(), "both.yaml")
	require.NoError(t, os.WriteFile(file, []byte(both), 0o600))
	return con, func(stdin string, code int, args ...string) output {
		t.Helper()
		out := commandWith(t, t.Context(), stdin, append([]string{"--config", file}, args...)...)
		require.Equal(t, code, out.code, out.stdout+out.stderr)
		return out
	}
}

// TestAFileOfLeaversIsScheduledWhole has two tenants in a file, and names each row that is wrong.
func TestAFileOfLeaversIsScheduledWhole(t *testing.T) {
	t.Parallel()
	con, run := offboarder(t)
	wrong := "email,tenant,at,tz,reason\n" +
		"ann@acme.example,demo,2030-11-03 01:30,America/New_York,HR-1\n" +
		"joann@acme.example,nowhere,2030-12-04 17:00,UTC,HR-2\n" +
		"fiona.approver@acme.example,demo,2020-12-04 17:00,UTC,HR-3\n" +
		"not an e-mail,demo,2030-12-04 17:00,UTC,HR-4\n" +
		"kim@acme.example,demo,2030-12-04 17:00,UTC,\n" +
		console.RobotEmail + ",demo,2030-12-04 17:00,UTC,HR-6\n" +
		"eve@acme.example,demo,2030-12-04 17:00,UTC,HR-7\nEve@acme.example,demo,2030-12-04 17:00,UTC,HR-8\n" +
		"anm@acme.example,other,2030-12-04 17:00,UTC,HR-9\n"
	out := run(wrong, 1, "offboard", "--from", "-")
	for _, want := range []string{
		`line 2: reading the time "2030-11-03 01:30"`, `choose "2030-11-03 01:30 -04:00" or "2030-11-03 01:30 -05:00"`, "line 3: choosing the tenant nowhere", "line 6: give --reason", "nothing was scheduled",
		"line 4: scheduling the offboarding of fiona.approver@acme.example in tenant demo: that time has passed",
		"line 5: reading the e-mail", "line 7: scheduling the offboarding of " + console.RobotEmail, "line 9: scheduling the offboarding of Eve@acme.example", "line 10: finding anm@acme.example in tenant other: there is no such user",
	} {
		assert.Contains(t, out.stderr, want)
	}
	out = run("email,tenant,at,tz,reason\nfiona.approver@acme.example,demo,2020-12-04 17:00,UTC,HR-3\nnobody,demo,2030-12-04 17:00,UTC,HR-4\n", 1, "offboard", "--from", "-")
	assert.Contains(t, out.stderr, "line 2: scheduling the offboarding of fiona.approver@acme.example in tenant demo: that time has passed")
	assert.Contains(t, out.stderr, "line 3: reading the e-mail")
	out = run("email,tenant\n"+console.RobotEmail+",demo\n", 3, "offboard", "--from", "-", "--now", "--reason", "HR-5")
	assert.Contains(t, out.stderr, "that is the account this program signs in with")
	assert.Empty(t, decode[[]journal.Schedule](t, run("", 0, "offboard", "list", "--all", "-o", "json").stdout))

	right := "email,tenant,at,tz,reason\n" +
		"ann@acme.example,demo,2030-11-03 01:30 -05:00,America/New_York,HR-1\n" +
		"ann@acme.example,other,2030-07-04 17:00,,HR-2\n" +
		"joann@acme.example,other,2030-07-04 17:00 +09:00,,HR-3\n"
	args := []string{"offboard", "--from", "-", "-o", "json", "--on-behalf-of", "hr@acme.example", "--limit", "7"}
	made := decode[[]journal.Schedule](t, run(right, 0, append(args, "--tz", "Europe/Berlin")...).stdout)
	require.Len(t, made, 3)
	assert.Equal(t, "2030-07-04T08:00:00Z", made[2].At.Format(time.RFC3339), "an offset needs no zone")
	assert.Contains(t, run("", 0, "offboard", "show", made[0].ID).stdout, "7 deactivations within an hour")
	assert.Equal(t, "2030-11-03T06:30:00Z", made[0].At.Format(time.RFC3339))
	assert.Equal(t, "2030-07-04T15:00:00Z", made[1].At.Format(time.RFC3339), "by the tenant's own zone")
	assert.Equal(t, "hr@acme.example", made[0].OnBehalfOf)
	out = run("", 0, "offboard", "list")
	assert.Contains(t, out.stdout, "2030-11-03 01:30 -05:00 America/New_York")
	assert.Contains(t, out.stderr, "no daemon runs")
	run("", 0, "run-due")
	assert.Empty(t, con.Changes())
	run("", 0, "freeze", "--tenant", "other", "--reason", "drill")
	assert.Contains(t, run("", 0, "offboard", "list").stderr, "tenant other is frozen (drill): nothing of what is due is begun before the thaw")

	state := decode[map[string]any](t, run("", 0, "config", "check", "-o", "json").stdout)["state"].(string)
	for _, part := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(filepath.Join(state, "journal.db") + part)
	}
	assert.Contains(t, run("", 2, "offboard", "list").stderr, "the journal is empty, and the audit log is not")
	out = run("", 0, "ops", "adopt")
	assert.Contains(t, out.stderr, "not scheduled any more: the offboarding of ann@acme.example in tenant demo for 2030-11-03T06:30:00Z: HR-1")
	assert.Contains(t, out.stderr, "in tenant other")
}

// TestAnOffboardingIsScheduledWhereTheTenantCannotBeRead has a tenant behind an address that nobody answers at.
func TestAnOffboardingIsScheduledWhereTheTenantCannotBeRead(t *testing.T) {
	t.Parallel()
	con, run := offboarder(t)
	require.NoError(t, con.Close())
	args := []string{"offboard", "ann@acme.example", "--tenant", "demo", "--at", "2030-01-01 12:00", "--tz", "UTC", "--reason", "HR-1"}
	out := run("", 0, args...)
	assert.Contains(t, out.stderr, "scheduled, but not checked against the users of tenant demo: ")
	assert.Contains(t, out.stdout, "ann@acme.example")
	assert.Len(t, decode[[]journal.Schedule](t, run("", 0, "offboard", "list", "-o", "json").stdout), 1)
}

// TestAnOffboardingFromTheCommandLine schedules one, gives it another time, runs what is due and cancels another.
func TestAnOffboardingFromTheCommandLine(t *testing.T) {
	t.Parallel()
	con, run := offboarder(t)
	assert.Contains(t, run("", 1, "offboard", "ann@acme.example", "--tenant", "demo", "--reason", "HR-1").stderr, "say when, with --at, or give --now")
	assert.Contains(t, run("", 1, "offboard", "ann@acme.example", "--tenant", "demo", "--at", "2020-01-01 12:00", "--tz", "UTC", "--reason", "HR-1").stderr, "--now")
	assert.Contains(t, run("", 1, "offboard", "ann@acme.example", "--tenant", "demo", "--at", "2030-01-01 12:00", "--reason", "HR-1").stderr, "neither a zone nor an offset")
	run("", 1, "offboard", "show", "0000")
	assert.Contains(t, run("", 1, "offboard", "lst", "--tenant", "demo").stderr, `reading the e-mail "lst"`, "a command that is misspelt")
	one := decode[journal.Schedule](t, run("", 0, "offboard", "ann@acme.example", "--tenant", "demo", "--at", "2030-01-01 12:00", "--tz", "UTC", "--reason", "HR-1", "-o", "json").stdout)
	run("", 0, "run-due")
	assert.Empty(t, con.Changes(), "it is not due")
	assert.Contains(t, run("", 1, "offboard", "reschedule", one.ID, "--at", "2020-01-01 12:00", "--tz", "UTC").stderr, "that time has passed")
	run("", 0, "offboard", "reschedule", one.ID, "--now")
	results := decode[[]userops.Result](t, run("", 0, "run-due", "-o", "json").stdout)
	require.Len(t, results, 1)
	assert.Equal(t, userops.Done, results[0].Outcome)
	one = decode[journal.Schedule](t, run("", 0, "offboard", "show", one.ID, "-o", "json").stdout)
	assert.Equal(t, journal.Ended, one.State)
	assert.Equal(t, results[0].Op, one.Operation)
	var what []journal.EventKind
	for _, e := range one.History {
		what = append(what, e.What)
	}
	assert.Equal(t, []journal.EventKind{journal.EventScheduled, journal.EventRescheduled, journal.EventBegun, journal.EventEnded}, what)
	u, _ := con.UserByEmail("ann@acme.example")
	assert.Equal(t, console.Inactive, u.Status)
	run("", 2, "offboard", "cancel", one.ID)

	nobody := []string{"offboard", "nobody@acme.example", "--tenant", "demo", "--now", "--reason", "HR-2"}
	assert.Regexp(t, `no such user.*--unlisted schedules it all the same`, strings.ReplaceAll(run("", 1, nobody...).stderr, "\n", " "))
	assert.Empty(t, decode[[]journal.Schedule](t, run("", 0, "offboard", "list", "-o", "json").stdout))
	run("", 0, append(nobody, "--unlisted")...)
	results = decode[[]userops.Result](t, run("", 2, "run-due", "-o", "json").stdout)
	require.Len(t, results, 1)
	assert.Equal(t, userops.CodeOf(userops.ErrNotFound), results[0].Code)
	parked := decode[[]journal.Schedule](t, run("", 0, "offboard", "list", "--state", "parked", "-o", "json").stdout)
	require.Len(t, parked, 1)
	assert.Contains(t, run("", 0, "offboard", "list").stdout, "parked: halted (no_such_user)")
	run("", 0, "run-due")
	run("", 0, "offboard", "cancel", parked[0].ID, "--reason", "misspelt")
	assert.Empty(t, decode[[]journal.Schedule](t, run("", 0, "offboard", "list", "-o", "json").stdout))
	run("", 0, "audit", "verify")
}
