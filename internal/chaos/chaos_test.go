package main

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// folder is where the program is built that the tests share.
var folder string

func TestMain(m *testing.M) {
	var err error
	if folder, err = os.MkdirTemp("", "billagent-chaos-test-"); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	if err := os.RemoveAll(folder); err != nil {
		fmt.Fprintln(os.Stderr, err)
	}
	os.Exit(code)
}

var builds sync.Once

// passes tries one part.
func passes(t *testing.T, part string, args ...string) {
	t.Helper()
	t.Parallel()
	if testing.Short() {
		t.Skip("it starts a service")
	}
	binary := filepath.Join(folder, "billagent")
	var err error
	builds.Do(func() { err = build(t.Context(), binary) })
	require.NoError(t, err)
	assert.Zero(t, run(t.Context(), append([]string{"-only", part, "-binary", binary, "-bound", "150s"}, args...)))
}

// TestAFewOffboardingsUnderKills is a small part of what the program does: the whole is run by hand.
func TestAFewOffboardingsUnderKills(t *testing.T) {
	passes(t, "killed", "-size", "12", "-tenants", "3", "-over", "6s", "-kill", "2s")
}

func TestAProcessThatIsOvertakenSendsNothingMore(t *testing.T) { passes(t, "overtaken") }

func TestWhoComesToBeDueAtTheEndIsNotForgotten(t *testing.T) { passes(t, "asleep") }
