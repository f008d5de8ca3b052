package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
)

// binary is the program that the tests share. It is built before they begin: what that takes does not count as time
// of a test.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	folder, err := os.MkdirTemp("", "billagent-chaos-test-")
	binary = filepath.Join(folder, "billagent")
	if err == nil && !testing.Short() {
		err = build(context.Background(), binary)
	}
	code := 1
	if err == nil {
		code = m.Run()
	}
	if err = errors.Join(err, os.RemoveAll(folder)); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

// passes tries one part.
func passes(t *testing.T, part string, args ...string) {
	t.Helper()
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts a service")
	}
	assert.Zero(t, run(t.Context(), append([]string{"-only", part, "-binary", binary, "-bound", "150s"}, args...)))
}

// TestAFewOffboardingsUnderKills is a small part of what the program does: the whole is run by hand.
func TestAFewOffboardingsUnderKills(t *testing.T) {
	passes(t, "killed", "-size", "12", "-tenants", "3", "-over", "6s", "-kill", "2s")
}

func TestAProcessThatIsOvertakenSendsNothingMore(t *testing.T) { passes(t, "overtaken") }

func TestWhoComesToBeDueAtTheEndIsNotForgotten(t *testing.T) { passes(t, "asleep") }
