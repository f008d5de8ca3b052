package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAFileThatIsTooMuchRunsNothing gives files of people that are too large, too long, or none.
func TestAFileThatIsTooMuchRunsNothing(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Users: 5})
	people := func(n int) string {
		var b strings.Builder
		b.WriteString("email\n")
		for i := range n {
			fmt.Fprintf(&b, "p%d@acme.example\n", i)
		}
		return b.String()
	}
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	large := write(t, "email\n"+strings.Repeat(" ", fileBound))
	for from, says := range map[string]string{
		write(t, people(rowBound+1)):         "more than 10000 people",
		large:                                "it is too large",
		"/dev/zero":                          "is a device, not a file",
		pipe:                                 "is a pipe, not a file",
		write(t, strings.Repeat("x", 1<<20)): "unknown column",
		write(t, people(3)+strings.Repeat("not an address\n", 1000)): "and 980 more",
	} {
		out := command(t, "--config", file, "users", "deactivate", "--from", from)
		assert.Equal(t, 1, out.code, says)
		assert.Contains(t, out.stderr, says)
		assert.Less(t, len(out.stderr), 5000, says)
	}
	out := commandWith(t, t.Context(), "email\n"+strings.Repeat(" ", fileBound), "--config", file, "users", "deactivate", "--from", "-")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "it is too large", "a part is not taken for the whole")
	assert.Empty(t, con.Changes())
	_, err := os.Stat(filepath.Join(filepath.Dir(file), "state", "journal.db"))
	assert.ErrorIs(t, err, os.ErrNotExist, "nothing was begun")
}

// endless is a standard input on which nothing comes. It tells when it is read.
type endless struct{ read chan struct{} }

func (e endless) Read([]byte) (int, error) {
	close(e.read)
	select {} // until the test ends
}

// TestOneInterruptIsEnough is interrupted while it reads from a standard input that never ends.
func TestOneInterruptIsEnough(t *testing.T) {
	t.Parallel()
	_, file := tenantOf(t, console.Options{Users: 5})
	ctx, interrupt := context.WithCancel(t.Context())
	in := endless{make(chan struct{})}
	go func() {
		<-in.read
		interrupt()
	}()
	var out, stderr bytes.Buffer
	code := execute(ctx, []string{"--config", file, "users", "deactivate", "--from", "-"}, in, &out, &stderr)
	assert.Equal(t, 1, code)
	assert.Contains(t, stderr.String(), "reading the file of --from: stopped on request")
}
