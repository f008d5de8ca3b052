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
	con, file := scimTenant(t, console.Options{Users: 5})
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
	_, file := scimTenant(t, console.Options{Users: 5})
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

// TestAFileThatIsNoTextRunsNothing has files of other encodings, and one with an open quotation mark, also with
// --skip-invalid.
func TestAFileThatIsNoTextRunsNothing(t *testing.T) {
	t.Parallel()
	con, file := scimTenant(t, console.Options{Users: 12})
	for says, text := range map[string]string{
		"line 2: it is not UTF-8 text":  "email,first_name,last_name\nclerk@acme.example,Jos\xe9,M\xfcller\n",
		"line 1: it is not UTF-8 text":  "\xff\xfee\x00m\x00a\x00i\x00l\x00",
		"it begins in line 3":           "email,first_name,last_name\nann@acme.example,A,B\n\"joann@acme.example,C,D\nclerk@acme.example,E,F\n",
		"clerk@acme.example has no las": "email,first_name\nclerk@acme.example,Clara\n",
	} {
		out := command(t, "--config", file, "users", "rename", "--from", write(t, text))
		assert.Equal(t, 1, out.code, says)
		assert.Contains(t, out.stderr, says)
		out = command(t, "--config", file, "users", "rename", "--skip-invalid", "--from", write(t, text))
		assert.NotEqual(t, 0, out.code, says)
	}
	out := command(t, "--config", file, "users", "rename", "ann@acme.example", "--first-name", "Jos\xe9", "--last-name", "M")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "not UTF-8")
	assert.Empty(t, con.Changes())
	out = command(t, "--config", file, "-o", "json", "users", "deactivate", "--from", write(t, "email\n"))
	assert.Equal(t, 0, out.code, "a night on which nobody leaves")
	assert.Contains(t, out.stderr, "there is nobody to do this for")
}

// TestAnErrorIsReadableByPrograms ends commands without a result.
func TestAnErrorIsReadableByPrograms(t *testing.T) {
	t.Parallel()
	_, file := scimTenant(t, console.Options{Users: 12})
	for code, args := range map[string][]string{
		"no_such_user": {"users", "get", "nobody@acme.example"}, "usage": {"users", "get"}, "configuration": {"--tenant", "nobody", "users", "list"},
	} {
		out := command(t, append([]string{"--config", file, "-o", "json"}, args...)...)
		assert.NotEqual(t, 0, out.code)
		lines := strings.Split(strings.TrimSpace(out.stderr), "\n")
		e := decode[map[string]string](t, lines[len(lines)-1])
		assert.Equal(t, code, e["code"], out.stderr)
		assert.NotEmpty(t, e["error"])
	}
}

// TestWhatKeptABatchFromBeginningDecidesTheExitStatus leaves a bad row out of a batch that cannot begin: its
// configuration is wrong.
func TestWhatKeptABatchFromBeginningDecidesTheExitStatus(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "config.yaml")
	text := "state: " + dir + "\ntenants:\n  demo: {account: robot@acme.example, password: 'env:NONE', second_factor: none}\n"
	require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
	people := write(t, "email\nann@acme.example\nno address\njoe@acme.example\n")
	out := command(t, "--config", file, "users", "deactivate", "--from", people, "--skip-invalid")
	assert.Equal(t, 1, out.code, out.stdout+out.stderr)
	assert.Contains(t, out.stdout, "no address", "what was left out is told")
	assert.Contains(t, out.stderr, "organisation")
}
