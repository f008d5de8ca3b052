package main

import (
	"bufio"
	"bytes"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/journal"
	"github.com/billagent/billagent/internal/operation"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var crowd = []string{"ann@acme.example", "joann@acme.example", "fiona.approver@acme.example", "clerk@acme.example"}

// program is this binary as the program itself, in a process of its own.
func program(t *testing.T, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	c := exec.CommandContext(t.Context(), self, args...)
	c.Env = append(os.Environ(), "TEST_PROGRAM=1")
	var stderr bytes.Buffer
	c.Stderr = &stderr
	return c, &stderr
}

func deactivateCrowd(file string) []string {
	return append([]string{"--config", file, "users", "deactivate", "--limit", "4", "--reason", "the office closes", "-o", "ndjson"}, crowd...)
}

// inactive are those of the crowd who have lost access.
func inactive(t *testing.T, con *console.Console) (out []string) {
	t.Helper()
	for _, email := range crowd {
		u, ok := con.UserByEmail(email)
		require.True(t, ok)
		if u.Status == console.Inactive {
			out = append(out, email)
		}
	}
	return out
}

// only is the one batch there is, as the journal has it.
func only(t *testing.T, file string) journal.Batch {
	t.Helper()
	out := command(t, "--config", file, "ops", "list", "--batches", "-o", "json")
	require.Equal(t, 0, out.code, out.stderr)
	all := decode[[]journal.Batch](t, out.stdout)
	require.Len(t, all, 1)
	return all[0]
}

// TestABatchWhoseOutputNobodyReads ends with the change under way; the rest is written down, and can be gone on with.
func TestABatchWhoseOutputNobodyReads(t *testing.T) {
	t.Parallel()
	for name, output := range map[string]func(t *testing.T, c *exec.Cmd){
		"closed after the first line": func(t *testing.T, c *exec.Cmd) {
			pipe, err := c.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, c.Start())
			_, err = bufio.NewReader(pipe).ReadString('\n')
			require.NoError(t, err)
			require.NoError(t, pipe.Close())
		},
		"a full disk": func(t *testing.T, c *exec.Cmd) {
			full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
			require.NoError(t, err)
			t.Cleanup(func() { _ = full.Close() })
			c.Stdout = full
			require.NoError(t, c.Start())
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// Slow, so that the pipe is closed before the second line is written.
			con, file := scimTenant(t, console.Options{Users: 12, Latency: 500 * time.Millisecond})
			c, stderr := program(t, deactivateCrowd(file)...)
			output(t, c)
			var exit *exec.ExitError
			require.ErrorAs(t, c.Wait(), &exit)
			assert.Equal(t, 6, exit.ExitCode(), stderr.String())
			assert.Contains(t, stderr.String(), "could not be written")
			assert.Contains(t, stderr.String(), "done")
			gone := inactive(t, con)
			require.NotEmpty(t, gone)
			require.Less(t, len(gone), len(crowd))
			b := only(t, file)
			require.Len(t, b.Rows, len(crowd))
			for i, r := range b.Rows {
				require.NotNil(t, r.Operation, crowd[i])
				want := userops.Halted
				if i < len(gone) {
					want = userops.Done
				}
				assert.Equal(t, want, r.Operation.Outcome, crowd[i])
			}
			require.Len(t, operation.Left(b), len(crowd)-len(gone))

			out := command(t, "--config", file, "ops", "resume", "--batch", b.ID[:30], "-o", "json")
			require.Equal(t, 0, out.code, out.stdout+out.stderr)
			assert.Len(t, inactive(t, con), len(crowd))
			assert.Empty(t, operation.Left(only(t, file)))
		})
	}
}

// TestABatchThatWasKilled knows what never ran.
func TestABatchThatWasKilled(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", Users: 40})
	require.NoError(t, con.AddFault(console.Fault{Name: "slow-12s", At: "users.detail", Skip: 1, Times: 1})) // the second is far from its commit when it is killed
	c, stderr := program(t, "--config", file, "users", "set-role", "--role", "Payer", "-o", "ndjson", crowd[0], crowd[1], crowd[2], crowd[3])
	pipe, err := c.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, c.Start())
	_, err = bufio.NewReader(pipe).ReadString('\n')
	require.NoError(t, c.Process.Signal(syscall.SIGKILL))
	require.Error(t, c.Wait())
	require.NoError(t, err, stderr.String())
	b := only(t, file)
	require.Len(t, b.Rows, len(crowd), "every row is known")
	assert.Equal(t, userops.Done, b.Rows[0].Operation.Outcome)
	assert.Nil(t, b.Rows[3].Operation, "it was never begun")
	shown := command(t, "--config", file, "ops", "list", "--batch", b.ID)
	assert.Contains(t, shown.stdout, "not begun")
	assert.Contains(t, shown.stdout, "billagent ops resume --batch "+b.ID)

	out := command(t, "--config", file, "ops", "resume", "--batch", b.ID, "-o", "json")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	for _, email := range crowd {
		u, _ := con.UserByEmail(email)
		assert.Equal(t, "Payer", u.Role, email)
		times := 0
		for _, ch := range con.Changes() {
			if ch.Action == "set-role" && ch.Email == email {
				times++
			}
		}
		assert.Equal(t, 1, times, email)
	}
	require.Empty(t, operation.Left(only(t, file)))
	out = command(t, "--config", file, "ops", "resume", "--batch", b.ID)
	assert.Equal(t, 0, out.code)
	assert.Contains(t, out.stderr, "0 of 4 changes are left")
	assert.Equal(t, 1, command(t, "--config", file, "ops", "resume", "--batch", "nothing").code)
	assert.Equal(t, 0, command(t, "--config", file, "audit", "verify").code)
}

// TestABatchBeyondTheLimitIsGoneOnWith asks for more than the limit allows, then with a limit of its own, and
// interrupts that.
func TestABatchBeyondTheLimitIsGoneOnWith(t *testing.T) {
	t.Parallel()
	con, file := scimTenant(t, console.Options{Users: 12})
	out := command(t, append([]string{"--config", file, "users", "deactivate"}, crowd...)...)
	require.Equal(t, 3, out.code, out.stdout)
	assert.Empty(t, inactive(t, con))
	b := only(t, file)
	require.Len(t, operation.Left(b), len(crowd), "over the limit nothing of it was done")
	assert.Equal(t, 3, command(t, "--config", file, "ops", "resume", "--batch", b.ID).code, "the limit holds still")
	require.Len(t, operation.Left(only(t, file)), len(crowd))
	out = command(t, "--config", file, "ops", "resume", "--batch", b.ID, "--limit", "4", "--reason", "the office closes")
	require.Equal(t, 0, out.code, out.stdout+out.stderr)
	assert.Len(t, inactive(t, con), len(crowd))
	assert.Empty(t, operation.Left(only(t, file)))
	assert.Equal(t, 1, command(t, "--config", file, "ops", "resume", "--limit", "4", "--reason", "x").code)
}

// TestADoneChangeWhoseOutputCannotBeWritten ends with the exit status of what happened.
func TestADoneChangeWhoseOutputCannotBeWritten(t *testing.T) {
	t.Parallel()
	con, file := scimTenant(t, console.Options{Users: 12})
	full, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { _ = full.Close() })
	c, stderr := program(t, "--config", file, "-o", "json", "users", "deactivate", crowd[0])
	c.Stdout = full
	require.NoError(t, c.Run(), stderr.String())
	assert.Contains(t, stderr.String(), "done")
	assert.Contains(t, stderr.String(), "could not be written")
	assert.Equal(t, []string{crowd[0]}, inactive(t, con))
}
