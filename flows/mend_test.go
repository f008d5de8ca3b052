package flows_test

import (
	"context"
	"testing"
	"time"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAScreenComesNoMoreOftenOnceSomebodyHasShownSomething has a screen lead to a page that is not known, and come again
// after somebody has shown what is lacking there.
func TestAScreenComesNoMoreOftenOnceSomebodyHasShownSomething(t *testing.T) {
	t.Parallel()
	asked := 0
	c := script{
		targets: []string{"go"},
		page:    `<button id=go onclick="fetch('/pressed'); this.hidden = true">Go on</button>`,
		steps:   `{ screens: { until: [gone], cases: [{ when: go, steps: [{ click: { target: go } }] }] }, timeout: 5s }`,
		edit: func(r *flows.Run) {
			r.StepTimeout = 500 * time.Millisecond
			r.Mend = func(ctx context.Context, _ []string, _ error) (*selectors.Version, error) {
				asked++
				return r.Version, r.Page.Open(ctx, "/page")
			}
		},
	}.carryOut(t)
	var halt *flows.HaltError
	require.ErrorAs(t, c.err, &halt)
	assert.Contains(t, halt.Reason, "the screen go came back")
	assert.Equal(t, 1, asked)
	c.mu.Lock()
	defer c.mu.Unlock()
	assert.Equal(t, []string{"GET /pressed"}, c.arrived)
}
