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

// TestWhatMayNotStandInAFlowIsNotKept has a commit be recorded, a secret, and what the flow does further on.
func TestWhatMayNotStandInAFlowIsNotKept(t *testing.T) {
	t.Parallel()
	k := calibrated(t, selectors.Change{})
	f, ok := k.lib.Flow("set-role", "neo3")
	require.True(t, ok)
	click := func(target string) flows.Step {
		return flows.Step{Verb: &flows.Click{Press: flows.Press{Target: target}}}
	}
	for why, got := range map[string]flows.Flow{
		"a commit was shown":                     {Changes: true, Steps: f.Steps[2:]},
		"a secret is typed there":                {Secrets: []string{"password"}, Steps: []flows.Step{click("user.menu")}},
		"the flow does this itself further on: ": {Steps: []flows.Step{click("user.menu"), click("user.edit")}},
		"the flow's file is another by now":      {Steps: []flows.Step{click("user.menu")}},
		"":                                       {Steps: []flows.Step{click("users.all")}},
	} {
		var asks []string
		k.Asks = func(what string) { asks = append(asks, what) }
		var written []*Recorded
		k.Keep = func(r *Recorded) error { written = append(written, r); return nil }
		s, err := k.stretchOf("set-role", "press users.row_open in the row of users.table with ${email}")
		require.NoError(t, err)
		require.NotNil(t, s)
		s.got = &Recorded{Draft: &recording.Draft{Flow: got}}
		s.goes = flows.Passage{Made: got.Steps, Next: s.place.Index + 1}
		if why == "the flow's file is another by now" {
			s.place.Index--
		}
		k.inWalk.taken = s
		again, err := k.keepStretch()
		require.NoError(t, err)
		assert.True(t, again)
		assert.Nil(t, k.inWalk.taken)
		said := strings.Join(asks, "\n")
		if why != "" {
			assert.Empty(t, written, why)
			assert.Contains(t, said, "what was recorded of set-role is not kept: "+why)
			continue
		}
		require.Len(t, written, 1)
		assert.Equal(t, "flows/bill/parts-neo3.yaml", written[0].Into.Name)
		assert.Contains(t, written[0].Into.Text, "- click: { target: users.all }\n    - expect: ")
		assert.Equal(t, []string{"set-role"}, k.out.Stretches)
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
