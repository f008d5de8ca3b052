package automation_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWhatAnElementIsMarkedWith reads by what authors say what an element does, and not what frameworks write there,
// what changes, or what may be somebody's.
func TestWhatAnElementIsMarkedWith(t *testing.T) {
	t.Parallel()
	w := setup(t, `<button id=icon data-icon=trash data-action="remove-access">x</button><button id=test data-testid=go data-test-id=go>x</button>
		<button id=framework data-v-app=inner data-bs-toggle=modal data-state=open data-slot=button>x</button>
		<button id=record data-user=annlee data-icon=00648QN4 data-action="click->user#remove">x</button>
		<a id=page href="/users/9/edit#top">x</a><a id=asks href="/user?do=remove">x</a><a id=here href="#remove">x</a>
		<a id=script href="javascript:void(0)">x</a>`)
	for id, want := range map[string]string{"icon": "data-action=remove-access data-icon=trash", "test": "", "framework": "", "record": ""} {
		seen, err := w.Examine(t.Context(), css("#"+id), nil)
		require.NoError(t, err)
		require.NotNil(t, seen.Fingerprint, id)
		assert.Equal(t, want, seen.Fingerprint.Data, id)
	}
	for id, want := range map[string]string{"page": "/users/9/edit", "asks": "/user?", "here": "", "script": "javascript:void(0)"} {
		seen, err := w.Examine(t.Context(), css("#"+id), nil)
		require.NoError(t, err)
		assert.Equal(t, want, seen.Fingerprint.Href, id)
	}
}
