package automation

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// heardLog is what is heard of a log that is told in two pieces: a file, as of one process, and an event, as of all.
func heardLog(t *testing.T, end string) ([]traceEvent, error) {
	t.Helper()
	log := &networkTrace{complete: make(chan struct{}), end: func() error { return nil }}
	b := &Browser{trace: log, conn: &connection{closed: make(chan struct{})}}
	b.traced("Tracing.dataCollected", json.RawMessage(`{"value": [{"traceEvents": [{"name": "A"}]}, {"name": "B"}]}`))
	b.traced("Tracing.tracingComplete", json.RawMessage(end))
	return b.endTrace(t.Context(), log)
}

func TestALogIsHeardInBothForms(t *testing.T) {
	events, err := heardLog(t, `{"dataLossOccurred": false}`)
	require.NoError(t, err)
	var names []string
	for _, e := range events {
		names = append(names, e.Name)
	}
	assert.Subset(t, names, []string{"A", "B"})
}

func TestALogThatIsNotWholeSaysSo(t *testing.T) {
	_, err := heardLog(t, `{"dataLossOccurred": true}`)
	assert.ErrorContains(t, err, "a part of it is lost")
}
