package main

import (
	"bytes"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"testing"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// unprivileged runs this binary as the program, as a user who may not read every file: root is replaced by nobody, to
// whom dir is given.
func unprivileged(t *testing.T, dir string) func(args ...string) output {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	var as *syscall.SysProcAttr
	if os.Geteuid() == 0 {
		nobody, err := user.Lookup("nobody")
		require.NoError(t, err)
		uid, err := strconv.Atoi(nobody.Uid)
		require.NoError(t, err)
		gid, err := strconv.Atoi(nobody.Gid)
		require.NoError(t, err)
		require.NoError(t, filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			require.NoError(t, err)
			return os.Chown(path, uid, gid)
		}))
		require.NoError(t, os.Chmod(filepath.Dir(dir), 0o711)) // the test's own folder, which only root may enter
		self = copyOf(t, self, filepath.Join(t.TempDir(), "program"))
		as = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
	}
	return func(args ...string) output {
		t.Helper()
		c := exec.CommandContext(t.Context(), self, args...)
		c.Dir, c.SysProcAttr = dir, as
		c.Env = append(os.Environ(), "TEST_PROGRAM=1", "HOME="+dir)
		var stdout, stderr bytes.Buffer
		c.Stdout, c.Stderr = &stdout, &stderr
		_ = c.Run() // its exit code is looked at
		return output{c.ProcessState.ExitCode(), stdout.String(), stderr.String()}
	}
}

func copyOf(t *testing.T, from, to string) string {
	t.Helper()
	in, err := os.Open(from)
	require.NoError(t, err)
	defer in.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY|os.O_EXCL, 0o755)
	require.NoError(t, err)
	_, err = io.Copy(out, in)
	require.NoError(t, err)
	require.NoError(t, out.Close())
	return to
}

// TestAnAuditLogThatMayNotBeOpened halts every change, and says which file it is.
func TestAnAuditLogThatMayNotBeOpened(t *testing.T) {
	t.Parallel()
	spoil := map[string]func(t *testing.T, log string){
		"unreadable": func(t *testing.T, log string) { require.NoError(t, os.Chmod(log, 0)) },
	}
	if os.Geteuid() == 0 { // nobody else can give a file away
		spoil["of another owner"] = func(t *testing.T, log string) { require.NoError(t, os.Chown(log, 0, 0)) }
	}
	for name, spoil := range spoil {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			con, file, _ := byPath(t, console.Options{Layout: "neo", Users: 8})
			run := unprivileged(t, filepath.Dir(file))
			require.Equal(t, 0, run("--config", file, "users", "deactivate", "ann@acme.example").code)
			log := filepath.Join(filepath.Dir(file), "state", "audit", "log.jsonl")
			before, err := os.Stat(log)
			require.NoError(t, err)
			spoil(t, log)

			out := run("--config", file, "users", "deactivate", "joann@acme.example")
			assert.Equal(t, 2, out.code, out.stdout+out.stderr)
			assert.Contains(t, out.stdout+out.stderr, log+": permission denied")
			u, _ := con.UserByEmail("joann@acme.example")
			assert.Equal(t, console.Active, u.Status)
			out = run("--config", file, "audit", "verify")
			assert.NotEqual(t, 0, out.code)
			assert.Contains(t, out.stdout+out.stderr, log+": permission denied")

			require.NoError(t, os.Chmod(log, before.Mode()))
			if owner, ok := before.Sys().(*syscall.Stat_t); ok {
				require.NoError(t, os.Chown(log, int(owner.Uid), int(owner.Gid)))
			}
			require.Equal(t, 0, run("--config", file, "users", "deactivate", "joann@acme.example").code)
			out = run("--config", file, "audit", "verify")
			assert.Equal(t, 0, out.code, out.stdout+out.stderr)
			assert.Equal(t, userops.Inactive, userops.Status(mustUser(t, con, "joann@acme.example").Status))
		})
	}
}

func mustUser(t *testing.T, con *console.Console, email string) console.User {
	t.Helper()
	u, ok := con.UserByEmail(email)
	require.True(t, ok, email)
	return u
}
