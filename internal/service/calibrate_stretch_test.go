package service

import (
	"strings"
	"testing"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/recording"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestAStretchOfSharedStepsHoldsNoCommit has a commit be recorded in the place of a step of a part, which every flow of the
// layout would have then, and in the place of a step of the flow's own.
func TestAStretchOfSharedStepsHoldsNoCommit(t *testing.T) {
	t.Parallel()
	for says, kept := range map[string]bool{"press users.row_open in the row of users.table with ${email}": false, "press user.edit": true} {
		k := calibrated(t, selectors.Change{})
		var asks []string
		k.Asks = func(what string) { asks = append(asks, what) }
		var written []*Recorded
		k.Keep = func(r *Recorded) error { written = append(written, r); return nil }
		s, err := k.stretchOf("set-role", says)
		require.NoError(t, err)
		require.NotNil(t, s, says)
		f, _ := k.lib.Flow("set-role", "neo3")
		s.got = &Recorded{Draft: &recording.Draft{Flow: flows.Flow{Changes: true, Steps: f.Steps[2:]}}}
		k.inWalk.taken = s
		again, err := k.keepStretch()
		require.NoError(t, err)
		assert.True(t, again)
		said := strings.Join(asks, "\n")
		if !kept {
			assert.Empty(t, written)
			assert.Contains(t, said, "what was recorded of set-role is not kept: the commit was shown")
			continue
		}
		require.Len(t, written, 1)
		assert.Contains(t, written[0].Draft.Into.Text, "  - part: person\n  - choose: ")
		assert.Equal(t, 1, strings.Count(written[0].Draft.Into.Text, "part: outcome"), "what follows the commit is not there twice")
	}
}

// TestAStretchIsOfOneLayoutsFlow is not offered for a flow of several layouts, or for a step that none of the files has.
func TestAStretchIsOfOneLayoutsFlow(t *testing.T) {
	t.Parallel()
	k := calibrated(t, selectors.Change{})
	for flow, says := range map[string]string{"identify": "wait until organisation.current is there", "set-role": "press nothing", "no-flow": "press user.edit"} {
		s, err := k.stretchOf(flow, says)
		require.NoError(t, err)
		assert.Nil(t, s, flow)
	}
}
