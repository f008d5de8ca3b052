package journal_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// server is a PostgreSQL server for the tests of this package, started from Debian's package if it is installed. Why it
// is not there is said by missing.
var server, missing = "", ""

func TestMain(m *testing.M) {
	stop := func() {}
	if path, err := initdb(); err != nil {
		missing = err.Error()
	} else if server, stop, err = startPostgres(filepath.Dir(path)); err != nil {
		fmt.Fprintln(os.Stderr, "starting PostgreSQL:", err)
		os.Exit(1)
	}
	code := m.Run()
	stop()
	os.Exit(code)
}

func initdb() (string, error) {
	if p, err := exec.LookPath("initdb"); err == nil {
		return p, nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errors.New("PostgreSQL is not installed: apt-get install postgresql")
	}
	return found[len(found)-1], nil
}

// startPostgres makes a cluster in a temporary folder and serves it on loopback. PostgreSQL refuses to run as root.
func startPostgres(bin string) (address string, stop func(), err error) {
	dir, err := os.MkdirTemp("", "billagent-postgres-")
	if err != nil {
		return "", nil, err
	}
	var cred *syscall.SysProcAttr
	if os.Geteuid() == 0 {
		u, err := user.Lookup("nobody")
		if err != nil {
			return "", nil, err
		}
		uid, _ := strconv.Atoi(u.Uid)
		gid, _ := strconv.Atoi(u.Gid)
		cred = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}
		if err := os.Chown(dir, uid, gid); err != nil {
			return "", nil, err
		}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	port := l.Addr().(*net.TCPAddr).Port
	_ = l.Close()
	command := func(name string, args ...string) *exec.Cmd {
		cmd := exec.Command(filepath.Join(bin, name), args...)
		cmd.Dir, cmd.SysProcAttr = dir, cred
		return cmd
	}
	if out, err := command("initdb", "-D", dir+"/data", "-A", "trust", "-U", "test", "--no-sync").CombinedOutput(); err != nil {
		return "", nil, fmt.Errorf("%w: %s", err, out)
	}
	cmd := command("postgres", "-D", dir+"/data", "-h", "127.0.0.1", "-p", strconv.Itoa(port), "-k", dir, "-c", "fsync=off")
	var said strings.Builder
	cmd.Stderr = &said
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // a fast shutdown
		_ = cmd.Wait()
		_ = os.RemoveAll(dir)
	}
	address = fmt.Sprintf("postgres://test@127.0.0.1:%d/postgres?sslmode=disable", port)
	for end := time.Now().Add(30 * time.Second); ; {
		db, err := sql.Open("pgx", address)
		if err == nil {
			err = errors.Join(db.PingContext(context.Background()), db.Close())
		}
		if err == nil {
			return address, stop, nil
		}
		if time.Now().After(end) {
			stop()
			return "", nil, fmt.Errorf("%w: %s", err, said.String())
		}
		time.Sleep(50 * time.Millisecond)
	}
}

var databases atomic.Int64

// database makes an empty database and returns its address.
func database(t *testing.T) string {
	t.Helper()
	if server == "" {
		t.Skip(missing)
	}
	db, err := sql.Open("pgx", server)
	require.NoError(t, err)
	defer db.Close()
	name := fmt.Sprintf("j%d", databases.Add(1))
	_, err = db.ExecContext(t.Context(), "CREATE DATABASE "+name)
	require.NoError(t, err)
	u, err := url.Parse(server)
	require.NoError(t, err)
	u.Path = "/" + name
	return u.String()
}
