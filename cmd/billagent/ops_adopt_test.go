package main

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestALostJournalStopsChangesUntilItIsMadeAgain loses and damages the journal of a tenant that is frozen.
func TestALostJournalStopsChangesUntilItIsMadeAgain(t *testing.T) {
	t.Parallel()
	con, file := scimTenant(t, console.Options{Users: 12})
	run := func(args ...string) output { return command(t, append([]string{"--config", file}, args...)...) }
	journal := filepath.Join(filepath.Dir(file), "state", "journal.db")
	require.Equal(t, 0, run("freeze", "--reason", "incident 12").code)
	assert.Contains(t, run("tenant", "show").stdout, "incident 12")
	require.Equal(t, 3, run("users", "deactivate", "ann@acme.example").code)
	changes := len(con.Changes())
	for name, spoil := range map[string]func(){
		"gone":  func() {},
		"empty": func() { require.NoError(t, os.WriteFile(journal, nil, 0o600)) },
	} {
		for _, part := range []string{"", "-wal", "-shm"} {
			_ = os.Remove(journal + part)
		}
		spoil()
		for _, args := range [][]string{{"users", "deactivate", "ann@acme.example"}, {"users", "deactivate", "--dry-run", "ann@acme.example"}, {"ops", "resume"}} {
			out := run(args...)
			assert.Equal(t, 2, out.code, "%s: %v", name, args)
			assert.Contains(t, out.stderr, "the journal is empty, and the audit log is not", name)
			assert.Contains(t, out.stderr, "billagent ops adopt", name)
		}
		for _, args := range [][]string{{"freeze", "--list"}, {"ops", "list"}, {"thaw"}} {
			out := run(args...)
			assert.Equal(t, 2, out.code, "%s: %v", name, args)
			assert.Empty(t, out.stdout, "%s: %v", name, args)
		}
		require.Equal(t, 0, run("freeze", "--all", "--reason", "drill").code, "it can be frozen, which hides nothing")
		assert.Equal(t, 2, run("users", "deactivate", "ann@acme.example").code)
		assert.Len(t, con.Changes(), changes, "nothing was done")
		require.Equal(t, 1, run("audit", "verify").code, "the log tells of what the journal does not know")
		out := run("ops", "adopt")
		require.Equal(t, 0, out.code, out.stderr)
		assert.Contains(t, out.stdout, "and 2 freezes of the audit log are in the journal now")
		assert.Equal(t, 3, run("users", "deactivate", "ann@acme.example").code, "it is frozen still")
		require.Equal(t, 0, run("thaw", "--all").code)
		require.Equal(t, 0, run("audit", "verify").code, name)
	}
	log := filepath.Join(filepath.Dir(file), "state", "audit", "log.jsonl")
	aside := filepath.Join(t.TempDir(), "journal.db")
	require.NoError(t, os.Rename(journal, aside))
	for _, part := range []string{"-wal", "-shm"} {
		_ = os.Remove(journal + part)
	}
	require.NoError(t, os.Rename(log, log+".aside"))
	require.NoError(t, os.Mkdir(log, 0o700))
	assert.Equal(t, 2, run("users", "deactivate", "ann@acme.example").code)
	assert.Equal(t, 0, run("freeze", "--all", "--reason", "drill").code, "what stops everything works whatever is broken")
	require.NoError(t, os.Remove(log))
	require.NoError(t, os.Rename(log+".aside", log))
	require.NoError(t, os.Rename(aside, journal))
	for _, part := range []string{"-wal", "-shm"} {
		_ = os.Remove(journal + part)
	}
	data, err := os.ReadFile(journal)
	require.NoError(t, err)
	copy(data, "this is no database")
	require.NoError(t, os.WriteFile(journal, data, 0o600))
	out := run("users", "deactivate", "ann@acme.example")
	assert.Equal(t, 2, out.code)
	assert.Contains(t, out.stderr, "journal.db")
	assert.Contains(t, out.stderr, "the journal's file is damaged")
	assert.NotContains(t, out.stderr, "room on the disk")
	assert.Len(t, con.Changes(), changes)
}

// TestATornLastLineStopsNobody tears the last line of the audit log, and loses the journal as well.
func TestATornLastLineStopsNobody(t *testing.T) {
	t.Parallel()
	_, file := scimTenant(t, console.Options{Users: 12})
	run := func(args ...string) output { return command(t, append([]string{"--config", file}, args...)...) }
	require.Equal(t, 0, run("users", "deactivate", "ann@acme.example").code)
	require.Equal(t, 0, run("freeze", "--reason", "incident 12").code)
	log := filepath.Join(filepath.Dir(file), "state", "audit", "log.jsonl")
	data, err := os.ReadFile(log)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(log, data[:len(data)-20], 0o600))
	out := run("audit", "verify")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stdout, "the last line was not written to its end")
	assert.Contains(t, out.stdout, "the freeze of tenant demo is in the journal and not in the log")
	assert.NotContains(t, out.stdout, "could not be held against the journal")
	require.Equal(t, 0, run("audit", "export", "--out", filepath.Join(t.TempDir(), "export")).code)
	for _, part := range []string{"", "-wal", "-shm"} {
		_ = os.Remove(filepath.Join(filepath.Dir(file), "state", "journal.db"+part))
	}
	assert.Equal(t, 2, run("users", "deactivate", "joann@acme.example").code)
	out = run("ops", "adopt")
	require.Equal(t, 0, out.code, out.stderr)
	assert.Equal(t, 0, run("users", "deactivate", "joann@acme.example").code)
}

// TestAFreezeThatTheAuditLogDoesNotTake holds all the same, and its line comes late.
func TestAFreezeThatTheAuditLogDoesNotTake(t *testing.T) {
	t.Parallel()
	con, file := scimTenant(t, console.Options{Users: 12})
	run := func(args ...string) output { return command(t, append([]string{"--config", file}, args...)...) }
	require.Equal(t, 0, run("users", "deactivate", "ann@acme.example").code)
	log := filepath.Join(filepath.Dir(file), "state", "audit", "log.jsonl")
	require.NoError(t, os.Rename(log, log+".aside"))
	require.NoError(t, os.Symlink("/dev/full", log))
	out := run("freeze", "--reason", "incident 12")
	assert.Equal(t, 0, out.code, "frozen it is")
	assert.Contains(t, out.stderr, "marked as late")
	require.NoError(t, os.Remove(log))
	require.NoError(t, os.Rename(log+".aside", log))
	assert.Equal(t, 1, run("audit", "verify").code, "until then it is missed")
	assert.Equal(t, 3, run("users", "deactivate", "joann@acme.example").code)
	out = run("audit", "verify")
	assert.Equal(t, 0, out.code, out.stdout)
	require.Equal(t, 0, run("thaw").code)
	assert.Equal(t, 0, run("audit", "verify").code)
	assert.Equal(t, console.Active, mustUser(t, con, "joann@acme.example").Status)
}
