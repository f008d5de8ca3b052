package automation_test

import (
	"path/filepath"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestOfARepeatedLookTheLatestPictureIsKept takes pictures under one name again and again.
func TestOfARepeatedLookTheLatestPictureIsKept(t *testing.T) {
	t.Parallel()
	w := setup(t, `<p>x`)
	dir := t.TempDir()
	ev, err := automation.NewEvidence(dir)
	require.NoError(t, err)
	ev.OnlyLatest("read-back")
	for _, name := range []string{"first", "read-back", "read-back", "second", "read-back", "second"} {
		_, err := ev.Picture(t.Context(), w.Page, name)
		require.NoError(t, err)
	}
	require.NoError(t, ev.Close())
	all, err := filepath.Glob(filepath.Join(dir, "*.png"))
	require.NoError(t, err)
	for i := range all {
		all[i] = filepath.Base(all[i])
	}
	assert.Equal(t, []string{"01-first.png", "02-read-back.png", "03-second.png", "04-second.png"}, all)
}
