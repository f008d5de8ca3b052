package main

import (
	"testing"

	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/userops"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatWasPutBackCountsByItsEnd has one be put back after a crash and done in the same run.
func TestWhatWasPutBackCountsByItsEnd(t *testing.T) {
	t.Parallel()
	d := &dueResults{app: &app{}, at: map[string]int{}}
	d.take(event.Scheduled{Schedule: "1", What: "put_back", Result: userops.Result{Outcome: userops.Halted}})
	d.take(event.Scheduled{Schedule: "2", What: "ended", Result: userops.Result{Outcome: userops.Done}})
	d.take(event.Scheduled{Schedule: "1", What: "ended", Result: userops.Result{Outcome: userops.Done}})
	require.Len(t, d.results, 2)
	assert.Zero(t, userops.ExitCodeOf(d.results))
}
