package operation_test

import (
	"testing"
	"time"

	"github.com/billagent/billagent/internal/audit"
	"github.com/billagent/billagent/internal/operation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatWasPrunedIsCountedInWords removes one, and two.
func TestWhatWasPrunedIsCountedInWords(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	log, err := audit.Open(t.Context(), dir, "", "test")
	require.NoError(t, err)
	before := time.Date(2026, 11, 26, 0, 0, 0, 0, time.UTC)
	for n := range int64(2) {
		require.NoError(t, operation.TellPruned(t.Context(), log, "it@acme.example", n+1, before))
	}
	lines, err := audit.Read(dir)
	require.NoError(t, err)
	require.Len(t, lines, 2)
	assert.Equal(t, "1 scheduled offboarding that had ended before 2026-11-26T00:00:00Z", lines[0].Reason)
	assert.Equal(t, "2 scheduled offboardings that had ended before 2026-11-26T00:00:00Z", lines[1].Reason)
}
