package secret_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/billagent/billagent/internal/secret"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestFetch(t *testing.T) {
	t.Setenv("BILLAGENT_TEST_SECRET", "from env")
	file := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(file, []byte("from file\r\n"), 0o600))
	for ref, want := range map[secret.Ref]string{
		"env:BILLAGENT_TEST_SECRET": "from env", secret.Ref("file:" + file): "from file", "exec:printf 'from %s' command": "from command",
	} {
		got, err := ref.Fetch(t.Context())
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

func TestFailuresDoNotRepeatWhatMayBeSecret(t *testing.T) {
	t.Parallel()
	for _, ref := range []secret.Ref{"hunter2", "plain:hunter2", "env:BILLAGENT_NOT_SET", "file:/nowhere", "exec:echo hunter2 >&2; echo hunter2; false", "exec:true", ""} {
		_, err := ref.Fetch(t.Context())
		require.Error(t, err, "%s", ref)
		if ref != "exec:true" {
			assert.NotContains(t, err.Error(), "hunter2")
		}
	}
}

// TestACommandThatFailsIsQuoted keeps the end of what it said, without what may be a secret.
func TestACommandThatFailsIsQuoted(t *testing.T) {
	t.Parallel()
	for command, says := range map[string]string{
		"echo first; echo 'vault is sealed' >&2; exit 2":                                  "exit status 2; it said: vault is sealed",
		"for i in 1 2 3 4 5; do echo line $i >&2; done; false":                            "; it said: line 3 / line 4 / line 5",
		"echo 'token: abc' >&2; echo 'got eyJhbGciOiJIUzI1NiJ9xyz and 123456' >&2; false": "; it said: token: ••• / got ••• and •••",
		"head -c 100000 /dev/zero | tr '\\0' x >&2; false":                                "; it said: •••",
		"false": "exit status 1",
	} {
		_, err := secret.Ref("exec:" + command).Fetch(t.Context())
		require.Error(t, err)
		assert.True(t, strings.HasSuffix(err.Error(), says), "%s: %v", command, err)
	}
}

// TestACommandThatPrintsWithoutEndIsBounded keeps at most what a secret may be long.
func TestACommandThatPrintsWithoutEndIsBounded(t *testing.T) {
	t.Parallel()
	_, err := secret.Ref("exec:head -c 3000000 /dev/zero | tr '\\0' x").Fetch(t.Context())
	require.ErrorContains(t, err, "printed more than")
}

// TestAPipeThatNobodyWritesToIsNotWaitedFor gives up when the caller does.
func TestAPipeThatNobodyWritesToIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := secret.Ref("file:" + pipe).Fetch(ctx)
	require.ErrorIs(t, err, context.Canceled)
}
