package automation_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatAnElementIsMarkedWith reads what authors mark elements with, and not what frameworks write there, what
// changes, or what may be somebody's.
func TestWhatAnElementIsMarkedWith(t *testing.T) {
	t.Parallel()
	w := setup(t, `<button id=icon data-icon=trash data-kind="row-action">x</button><button id=test data-testid=go data-test-id=go>x</button>
		<button id=framework data-v-app=inner data-react-root=app data-state=open data-billagent-mark=a>x</button>
		<button id=record data-user=00648QN4 data-count=3 data-open=yes data-modal=true data-text="two words">x</button>`)
	for id, want := range map[string]string{"icon": "data-icon=trash data-kind=row-action", "test": "", "framework": "", "record": ""} {
		seen, err := w.Examine(t.Context(), css("#"+id), nil)
		require.NoError(t, err)
		require.NotNil(t, seen.Fingerprint, id)
		assert.Equal(t, want, seen.Fingerprint.Data, id)
	}
}
