package datafile_test

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/billagent/billagent/selectors/datafile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatIsNoFileEndsAtOnce names what would never end, or hold up whoever opens it.
func TestWhatIsNoFileEndsAtOnce(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	link := filepath.Join(dir, "link")
	require.NoError(t, os.Symlink("/dev/zero", link))
	for path, says := range map[string]string{
		pipe: "a pipe", "/dev/zero": "a device", "/dev/null": "a device", dir: "a folder", link: "a device", filepath.Join(dir, "nothing"): "no such file",
	} {
		_, err := datafile.ReadFile(path, 10)
		require.Error(t, err, path)
		assert.Contains(t, err.Error(), says)
	}
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, []byte("0123456789"), 0o600))
	data, err := datafile.ReadFile(file, 10)
	require.NoError(t, err)
	assert.Len(t, data, 10)
	_, err = datafile.ReadFile(file, 9)
	require.ErrorIs(t, err, datafile.ErrTooLarge)
	_, err = datafile.ReadAll(strings.NewReader("0123456789"), 9)
	require.ErrorIs(t, err, datafile.ErrTooLarge)
}
