package flows_test

import (
	"testing"
	"time"

	"github.com/billagent/billagent/flows"
	"github.com/stretchr/testify/require"
)

// TestAFlowThatTakesTooLongSaysSo has the time of a flow pass in the middle of every kind of waiting: what is said
// then is that, and not that the page has changed.
func TestAFlowThatTakesTooLongSaysSo(t *testing.T) {
	t.Parallel()
	covered := `<button id=field style="position:fixed;top:0;left:0">x</button><div style="position:fixed;inset:0"></div>`
	for name, c := range map[string]struct{ page, step string }{
		"something lies over it":   {covered, "click: { target: field }"},
		"it cannot be filled":      {`<input id=field disabled>`, "fill: { target: field, value: x }"},
		"it has not come":          {``, "await: [field]"},
		"it is not what is wanted": {`<b id=field>no</b>`, "expect: { target: field, equals: x }"},
		"it is not loaded anew":    {`<button id=field>x</button>`, "{ click: { target: field }, reloads: true }"},
		"no screen is known":       {``, "screens: { until: [gone], cases: [{ when: field, steps: [{ click: { target: field } }] }] }"},
		"a screen stays":           {`<button id=field>x</button>`, "screens: { until: [gone], cases: [{ when: field, steps: [{ click: { target: field } }] }] }"},
		"a choice cannot be made":  {`<select id=field disabled><option>x</select>`, "choose: { target: field, option: x }"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := script{page: c.page, targets: []string{"field"}, steps: c.step, edit: func(r *flows.Run) {
				short := *r.Flow
				short.Timeout = flows.Duration(700 * time.Millisecond)
				r.Flow = &short
			}}.carryOut(t)
			require.ErrorIs(t, got.err, flows.ErrTooLong)
		})
	}
}
