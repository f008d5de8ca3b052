package retention_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/retention"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// folder makes the evidence of one operation.
func folder(t *testing.T, dir, name string, age time.Duration, size int) string {
	t.Helper()
	p := filepath.Join(dir, "acme", name)
	require.NoError(t, os.MkdirAll(p, 0o700))
	f := filepath.Join(p, "01.png")
	require.NoError(t, os.WriteFile(f, make([]byte, size), 0o600))
	at := time.Now().Add(-age)
	require.NoError(t, os.Chtimes(f, at, at))
	require.NoError(t, os.Chtimes(p, at, at))
	return p
}

func TestOldAndTooMuchGo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	outside := t.TempDir()
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "link")))
	folder(t, outside, "x", 1000*time.Hour, 10)
	old := folder(t, dir, "a", 50*time.Hour, 10)
	big := folder(t, dir, "b", 20*time.Hour, 600)
	last := folder(t, dir, "c", 2*time.Hour, 600)
	limits := retention.Limits{Age: 48 * time.Hour, Bytes: 1000}
	paths := func(fs []retention.Folder) (out []string) {
		for _, f := range fs {
			out = append(out, f.Path)
		}
		return out
	}
	gone, err := retention.Prune(t.Context(), dir, limits, true)
	require.NoError(t, err)
	assert.Equal(t, []string{old, big}, paths(gone))
	assert.DirExists(t, old)
	gone, err = retention.Prune(t.Context(), dir, limits, false)
	require.NoError(t, err)
	assert.Equal(t, []string{old, big}, paths(gone))
	assert.NoDirExists(t, old)
	assert.NoDirExists(t, big)
	assert.DirExists(t, last)
	assert.DirExists(t, filepath.Join(outside, "acme", "x"))
	gone, err = retention.Prune(t.Context(), filepath.Join(dir, "nowhere"), limits, false)
	require.NoError(t, err)
	assert.Empty(t, gone)
}
