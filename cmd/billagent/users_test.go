package main

import (
	"context"
	"encoding/csv"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestListInEveryFormatKeepsTheContract(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Users: 20})
	out := command(t, "--config", file, "users", "list", "--status", "all", "-o", "json")
	require.Equal(t, 0, out.code, out.stderr)
	l := decode[map[string]any](t, out.stdout)
	assert.ElementsMatch(t, []string{"tenant", "path", "layout", "selector_version", "observed_at", "complete", "users"}, slices.Collect(maps.Keys(l)))
	assert.Equal(t, "demo", l["tenant"])
	assert.Equal(t, true, l["complete"])
	users := l["users"].([]any)
	require.Len(t, users, 20)
	for i, u := range users {
		stored := con.Users()[i]
		assert.Equal(t, map[string]any{"id": stored.ID, "email": stored.Email, "first_name": stored.FirstName, "last_name": stored.LastName, "role": stored.Role, "status": stored.Status}, u)
	}
	out = command(t, "--config", file, "users", "list", "-o", "csv")
	require.Equal(t, 0, out.code, out.stderr)
	records, err := csv.NewReader(strings.NewReader(out.stdout)).ReadAll()
	require.NoError(t, err)
	assert.Equal(t, userColumns, records[0])
	active := 0
	for _, u := range con.Users() {
		if u.Status == console.Active {
			active++
		}
	}
	assert.Len(t, records, active+1, "only active users unless told otherwise")
	out = command(t, "--config", file, "users", "list", "--status", "inactive", "-o", "ndjson")
	require.Equal(t, 0, out.code, out.stderr)
	for line := range strings.SplitSeq(strings.TrimSpace(out.stdout), "\n") {
		assert.Equal(t, "inactive", decode[map[string]string](t, line)["status"])
	}
	out = command(t, "--config", file, "users", "list")
	require.Equal(t, 0, out.code, out.stderr)
	assert.Contains(t, out.stdout, "ann@acme.example")
	assert.Contains(t, out.stderr, "complete")

	out = command(t, "--config", file, "users", "get", "ANN@acme.example", "-o", "json")
	require.Equal(t, 0, out.code, out.stderr)
	assert.Equal(t, "ann@acme.example", decode[map[string]string](t, out.stdout)["email"])
	out = command(t, "--config", file, "users", "get", "nobody@acme.example")
	assert.Equal(t, 2, out.code)
	assert.Contains(t, out.stderr, "there is no such user")
	assert.Contains(t, out.stderr, "what to do")
	out = command(t, "--config", file, "roles", "list", "-o", "json")
	require.Equal(t, 0, out.code, out.stderr)
	assert.Contains(t, decode[map[string][]string](t, out.stdout)["roles"], "Approver")
}

func TestAChangeKeepsTheContract(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Users: 20})
	out := command(t, "--config", file, "-o", "json", "users", "deactivate", "ann@acme.example")
	require.Equal(t, 0, out.code, out.stderr)
	r := decode[map[string]any](t, out.stdout)
	assert.ElementsMatch(t, []string{"op", "action", "email", "outcome", "code", "reason", "hint", "path", "selector_version", "before", "after", "evidence", "took_ms"}, slices.Collect(maps.Keys(r)))
	assert.Equal(t, "done", r["outcome"])
	assert.Equal(t, "active", r["before"].(map[string]any)["status"])
	assert.Equal(t, "inactive", r["after"].(map[string]any)["status"])
	assert.DirExists(t, r["evidence"].(string))
	u, _ := con.UserByEmail("ann@acme.example")
	assert.Equal(t, console.Inactive, u.Status)

	for want, args := range map[string][]string{
		"0 already": {"users", "deactivate", "ann@acme.example"}, "0 done": {"users", "reactivate", "gone@acme.example"},
		"2 halted": {"users", "set-role", "joann@acme.example", "--role", "Emperor"}, "3 refused": {"users", "deactivate", console.RobotEmail},
	} {
		out := command(t, append([]string{"--config", file}, args...)...)
		code, word, _ := strings.Cut(want, " ")
		assert.Equal(t, code, string(rune('0'+out.code)), "%v: %s%s", args, out.stdout, out.stderr)
		assert.True(t, strings.HasPrefix(out.stdout, word), out.stdout)
	}
	con.Edit("another administrator", func(o *console.Organisation) { o.DualControl = true })
	out = command(t, "--config", file, "users", "deactivate", "joann@acme.example")
	assert.Equal(t, 4, out.code, out.stdout)
	con.Edit("another administrator", func(o *console.Organisation) { o.DualControl = false })
	require.NoError(t, con.AddFault(console.Fault{Name: "toast-without-effect", At: "reactivate"}))
	out = command(t, "--config", file, "users", "reactivate", "ann@acme.example")
	assert.Equal(t, 5, out.code, out.stdout)
	assert.Contains(t, out.stdout, "what to do: look at this user")
}

func TestABatchRunsAsAWholeOrNamesItsBadRows(t *testing.T) {
	t.Parallel()
	con, file := scimTenant(t, console.Options{Users: 20})
	bad := write(t, "email,first_name,last_name,role\neve@acme.example,Eve,Moss,Approver\nnot-an-address,X,Y,Clerk\nadam@acme.example,Adam\nEVE@acme.example,Eve,Moss,Clerk\n")
	out := command(t, "--config", file, "users", "invite", "--from", bad)
	assert.Equal(t, 1, out.code)
	for _, s := range []string{"line 3", "not-an-address", "line 4", "2 fields", "line 5", "twice", "nothing was run"} {
		assert.Contains(t, out.stderr, s)
	}
	assert.Empty(t, con.Changes())

	out = command(t, "--config", file, "-o", "ndjson", "users", "invite", "--from", bad, "--skip-invalid")
	require.Equal(t, 6, out.code, out.stderr+out.stdout)
	assert.Equal(t, 4, strings.Count(out.stdout, "\n"), "what is left out is halted")
	assert.Equal(t, 3, strings.Count(out.stdout, `"code":"not_well_formed"`))
	u, ok := con.UserByEmail("eve@acme.example")
	assert.True(t, ok)
	assert.Equal(t, "Approver", u.Role)

	out = commandWith(t, t.Context(), "\ufeffEmail\r\nann@acme.example\r\nnobody@acme.example\r\n", "--config", file, "-o", "json", "users", "deactivate", "--from", "-")
	assert.Equal(t, 6, out.code, "a batch that ended mixed")
	rs := decode[[]map[string]any](t, out.stdout)
	require.Len(t, rs, 2)
	assert.Equal(t, "done", rs[0]["outcome"])
	assert.Equal(t, "halted", rs[1]["outcome"])
}

func TestACancelledBatchSaysWhatBecameOfEachOne(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Users: 20, Latency: 30 * time.Millisecond})
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	go func() {
		for changes := 0; changes == 0 && ctx.Err() == nil; changes = len(con.Changes()) {
			time.Sleep(time.Millisecond)
		}
		cancel()
	}()
	out := commandWith(t, ctx, "", "--config", file, "-o", "ndjson", "users", "deactivate", "ann@acme.example", "joann@acme.example", "ann+ap@acme.example")
	assert.Equal(t, 6, out.code, out.stderr)
	lines := strings.Split(strings.TrimSpace(out.stdout), "\n")
	require.Len(t, lines, 3)
	for i, email := range []string{"ann@acme.example", "joann@acme.example", "ann+ap@acme.example"} {
		r := decode[map[string]any](t, lines[i])
		u, _ := con.UserByEmail(email)
		assert.Equal(t, u.Status == console.Inactive, r["outcome"] == "done", "%s: %s %s", email, r["outcome"], r["reason"])
	}
}

func TestBadUseIsASentenceAndExitOne(t *testing.T) {
	t.Parallel()
	_, file := tenantOf(t, console.Options{Users: 3})
	empty := write(t, "")
	noHeader := write(t, "ann@acme.example\n")
	quotes := write(t, "email\n\"ann@acme.example\n")
	dup := write(t, "email,email\na@x.com,b@x.com\n")
	for says, args := range map[string][]string{
		"choose active, inactive, pending or all": {"users", "list", "--status", "sleepy"}, "choose table, json": {"users", "list", "-o", "xml"},
		"name at least one e-mail": {"users", "deactivate"}, "not both": {"users", "deactivate", "a@x.com", "--from", empty},
		"a header is needed": {"users", "deactivate", "--from", empty}, `unknown column "ann@acme.example"`: {"users", "deactivate", "--from", noHeader},
		"line 2": {"users", "deactivate", "--from", quotes}, "stands there twice": {"users", "deactivate", "--from", dup},
		"no such file": {"users", "deactivate", "--from", "/nowhere.csv"}, "the tenants are: demo": {"--tenant", "nobody", "users", "list"},
		"it is not an address": {"users", "get", "ann"}, "unknown flag": {"users", "list", "--loud"}, "unknown command": {"fly"}, "give an e-mail": {"users", "get"},
		"go with one e-mail": {"users", "invite", "a@x.com", "b@x.com", "--first-name", "A", "--role", "Clerk"}, "invalid argument": {"users", "list", "--timeout", "soon"},
		"log.level":                          {"users", "list", "--log-level", "loud"},
		"--stream goes with table or ndjson": {"users", "list", "--stream", "-o", "json"}, "not with --details": {"users", "list", "--stream", "--details"},
		"a step takes longer than no time": {"doctor", "--step", "-3s"}, `--sample: reading the e-mail "ann"`: {"calibrate", "--sample", "ann"},
		"no selector version of bill has a target of this name": {"selectors", "repair", "--target", "nothing"},
		"give a target, and nothing else: this has 0 arguments": {"selectors", "pick"},
		"--step 0s: a step takes longer":                        {"selectors", "pick", "user.save", "--step", "0s"}, `--sample: reading the e-mail "an"`: {"inspect", "--sample", "an"},
		"of the sign-in the newest is used":                                   {"doctor", "--flow", "sign-in", "--selectors", "nope"},
		"nothing is looked at on the pages of a user for sign-in, list-users": {"doctor", "--flow", "sign-in", "--flow", "list-users", "--sample", "ann@acme.example"},
	} {
		out := command(t, append([]string{"--config", file}, args...)...)
		assert.Equal(t, 1, out.code, "%v: %s", args, out.stderr)
		assert.Contains(t, out.stderr, says, "%v", args)
		assert.Empty(t, out.stdout, "%v", args)
	}
	out := command(t, "--config", "/nowhere.yaml", "users", "list")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "/nowhere.yaml")
}

func TestAConsoleThatIsDownOrABrowserThatIsNotThere(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Users: 3})
	require.NoError(t, con.Close())
	out := command(t, "--config", file, "users", "deactivate", "ann@acme.example")
	assert.Equal(t, 2, out.code)
	assert.Contains(t, out.stdout, "it cannot be reached")
	assert.Contains(t, out.stdout, "check the tenant's sign_in address")
	out = command(t, "--config", file, "users", "list")
	assert.Equal(t, 2, out.code)
	_, kept, found := strings.Cut(out.stderr, "\n  evidence: ")
	require.True(t, found, out.stderr)
	assert.FileExists(t, filepath.Join(strings.TrimSpace(kept), "steps.jsonl"))
	out = command(t, "--config", file, "-o", "json", "users", "get", "ann@acme.example")
	assert.Contains(t, out.stderr, `"evidence":"`+filepath.Dir(strings.TrimSpace(kept)))
	data, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, append(data, "browser:\n  path: /nowhere/chrome\n"...), 0o600))
	out = command(t, "--config", file, "users", "list")
	assert.Equal(t, 2, out.code)
	assert.Contains(t, out.stderr, "/nowhere/chrome")
	assert.Contains(t, out.stderr, "billagent browser install")
}

func TestAStateFolderThatCannotBeWritten(t *testing.T) {
	t.Parallel()
	_, file := tenantOf(t, console.Options{Users: 3})
	blocked := filepath.Join(filepath.Dir(file), "state")
	require.NoError(t, os.WriteFile(blocked, nil, 0o600)) // a file where the folder should be
	out := command(t, "--config", file, "users", "list")
	assert.Equal(t, 2, out.code)
	assert.Contains(t, out.stderr, "session store")
	assert.Contains(t, out.stderr, "state folder")
}

func TestTimeoutIsSaidAsSuch(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Users: 3, Latency: 2 * time.Second})
	out := command(t, "--config", file, "--timeout", "3s", "users", "deactivate", "ann@acme.example")
	assert.Equal(t, 2, out.code, out.stdout)
	assert.Contains(t, out.stdout+out.stderr, "--timeout", "of the change, or where the time was over before it was begun, of that")
	assert.Empty(t, con.Changes())
}

func TestLoginSessionLogout(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Users: 3})
	run := func(args ...string) output { return command(t, append([]string{"--config", file}, args...)...) }
	assert.Contains(t, run("session", "status").stdout, "no session")
	require.Equal(t, 0, run("login").code)
	assert.Contains(t, run("session", "status", "--check").stdout, "holds")
	con.EndSessions()
	assert.Equal(t, false, decode[map[string]any](t, run("session", "status", "--check", "-o", "json").stdout)["alive"])
	require.Equal(t, 0, run("logout").code)
	assert.Contains(t, run("session", "status").stdout, "no session")
}
