// Package secret fetches secrets that configuration names by reference: from the environment, a file or a command.
// It never logs a secret and never puts one into an error.
package secret

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"

	"github.com/billagent/billagent/selectors/datafile"
)

// Ref is where a secret is: env:NAME, file:/path or exec:command. Its own text is not secret.
type Ref string

// ErrForm says that something is not a reference. What was given instead is not repeated: it may be the secret itself.
var ErrForm = errors.New("a secret is given by reference: env:NAME, file:/path or exec:command")

// Check says whether the reference is well formed.
func (r Ref) Check() error {
	scheme, rest, ok := strings.Cut(string(r), ":")
	if !ok || rest == "" || scheme != "env" && scheme != "file" && scheme != "exec" {
		return ErrForm
	}
	return nil
}

// execBound is how long a command may take to print a secret.
const execBound = 60 * time.Second

// Fetch returns the secret, without the line end that files and commands add. An empty secret is an error.
func (r Ref) Fetch(ctx context.Context) (string, error) {
	if err := r.Check(); err != nil {
		return "", err
	}
	scheme, rest, _ := strings.Cut(string(r), ":")
	var value string
	switch scheme {
	case "env":
		v, ok := os.LookupEnv(rest)
		if !ok {
			return "", fmt.Errorf("the environment variable %s is not set", rest)
		}
		value = v
	case "file":
		data, err := readFile(ctx, rest)
		if err != nil {
			return "", err
		}
		value = string(data)
	case "exec":
		out, err := run(ctx, rest)
		if err != nil {
			return "", err
		}
		value = out
	}
	if value = strings.TrimRight(value, "\r\n"); value == "" {
		return "", fmt.Errorf("%s is empty", r)
	}
	return value, nil
}

// fileBound is how large a file with a secret may be: the longest are certificates with their chain.
const fileBound = 1 << 20

// readFile reads a file, which may be a pipe that somebody writes a secret to. Nobody waits for that longer than
// ctx allows.
func readFile(ctx context.Context, path string) ([]byte, error) {
	type read struct {
		data []byte
		err  error
	}
	got := make(chan read, 1)
	go func() { // ends with the program at the latest: opening a pipe cannot be interrupted
		f, err := os.Open(path)
		if err != nil {
			got <- read{nil, err}
			return
		}
		defer f.Close()
		data, err := datafile.ReadAll(f, fileBound)
		got <- read{data, err}
	}()
	select {
	case r := <-got:
		return r.data, r.err
	case <-ctx.Done():
		return nil, fmt.Errorf("reading %s: %w", path, context.Cause(ctx))
	}
}

// run gives a command to the shell and returns what it prints. Of its error output the last lines are repeated if
// it fails, what may be a secret left out.
func run(ctx context.Context, command string) (string, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, execBound, fmt.Errorf("it takes longer than %s", execBound))
	defer cancel()
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", command)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that what it starts ends with it
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second // a grandchild that keeps the pipe open must not hold us up
	out := &bounded{most: fileBound}
	cmd.Stdout = out
	said := &lastLines{}
	cmd.Stderr = said
	if err := cmd.Run(); err != nil {
		if ctx.Err() != nil {
			return "", fmt.Errorf("the command of an exec: reference did not end: %w%s", context.Cause(ctx), said.without(out.String()))
		}
		return "", fmt.Errorf("the command of an exec: reference failed: %w%s", err, said.without(out.String()))
	}
	if out.over {
		return "", fmt.Errorf("the command of an exec: reference printed more than %d bytes", fileBound)
	}
	return out.String(), nil
}

// bounded keeps the first bytes of what is written to it. The buffer is not embedded: its ReadFrom would take
// everything.
type bounded struct {
	kept bytes.Buffer
	most int
	over bool
}

func (b *bounded) String() string { return b.kept.String() }

// Write implements io.Writer. What is too much is taken, and thrown away: the command then ends by itself.
func (b *bounded) Write(p []byte) (int, error) {
	room := min(len(p), b.most-b.kept.Len())
	b.over = b.over || room < len(p)
	b.kept.Write(p[:room])
	return len(p), nil
}
