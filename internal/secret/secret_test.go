package secret_test

import (
	"os"
	"path/filepath"
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
