package seal_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"filippo.io/age"
	"github.com/billagent/billagent/internal/seal"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsSealedIsNotReadableOnDisk(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "sessions")
	box, err := seal.New(dir, "")
	require.NoError(t, err)
	require.NoError(t, box.Put("demo", []byte("cookie=hunter2")))
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, files, 2, "the key and the sealed file, nothing half written")
	for _, f := range files {
		info, err := f.Info()
		require.NoError(t, err)
		assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm())
		data, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		assert.NotContains(t, string(data), "hunter2")
	}
	again, err := seal.New(dir, "")
	require.NoError(t, err)
	got, err := again.Get("demo")
	require.NoError(t, err)
	assert.Equal(t, "cookie=hunter2", string(got))
	require.NoError(t, again.Remove("demo"))
	require.NoError(t, again.Remove("demo"))
	_, err = again.Get("demo")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func TestAnotherKeyOrDamageIsTold(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	box, err := seal.New(dir, "")
	require.NoError(t, err)
	require.NoError(t, box.Put("demo", []byte("x")))
	id, err := age.GenerateX25519Identity()
	require.NoError(t, err)
	other, err := seal.New(dir, id.String())
	require.NoError(t, err)
	_, err = other.Get("demo")
	require.ErrorIs(t, err, seal.ErrKey)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "demo.age"), []byte("garbage"), 0o600))
	_, err = box.Get("demo")
	require.ErrorIs(t, err, seal.ErrKey)
	_, err = seal.New(dir, "AGE-SECRET-KEY-nonsense")
	require.Error(t, err)
	assert.NotContains(t, err.Error(), "nonsense")
}

func TestTwoProcessesAtOnceUseOneKey(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			box, err := seal.New(dir, "")
			if assert.NoError(t, err) {
				assert.NoError(t, box.Put("demo", []byte("x")))
			}
		})
	}
	wg.Wait()
	box, err := seal.New(dir, "")
	require.NoError(t, err)
	_, err = box.Get("demo")
	require.NoError(t, err)
}
