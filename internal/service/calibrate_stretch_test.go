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

// TestWhatMayNotStandInAFlowIsNotKept has a stretch be recorded in ways of which none may come to stand in a flow.
func TestWhatMayNotStandInAFlowIsNotKept(t *testing.T) {
	t.Parallel()
	k := calibrated(t, selectors.Change{})
	f, ok := k.lib.Flow("set-role", "neo3")
	require.True(t, ok)
	click := func(targets ...string) (out flows.Flow) {
		for _, name := range targets {
			out.Steps = append(out.Steps, flows.Step{Verb: &flows.Click{Press: flows.Press{Target: name}}})
		}
		return out
	}
	plain := click("users.all")
	for why, got := range map[string]stretch{
		"a commit was shown":                     {got: &Recorded{Draft: &recording.Draft{Flow: flows.Flow{Changes: true, Steps: f.Steps[2:]}}}},
		"a secret is typed there":                {got: &Recorded{Draft: &recording.Draft{Flow: flows.Flow{Secrets: []string{"password"}, Steps: plain.Steps}}}},
		"the flow does this itself further on: ": {got: &Recorded{Draft: &recording.Draft{Flow: click("user.menu", "user.edit")}}},
		"a step was taken back":                  {got: &Recorded{Draft: &recording.Draft{Flow: plain}, TakenBack: true}},
		"it would have changed something":        {got: &Recorded{Draft: &recording.Draft{Flow: plain}, Stopped: []string{"POST /api/drafts"}}},
		"step 1 (click): it stands in the row of somebody else": {got: &Recorded{Draft: &recording.Draft{Partial: true,
			LeftOut: []recording.Remark{{Step: 1, Type: "click", Why: "it stands in the row of somebody else"}}}}},
		"nothing was done":                  {got: &Recorded{Draft: &recording.Draft{}}},
		"the page cannot be looked at":      {got: &Recorded{Draft: &recording.Draft{Flow: plain}}, lost: "the page cannot be looked at any more"},
		"the flow's file is another by now": {got: &Recorded{Draft: &recording.Draft{Flow: plain}}},
		"":                                  {got: &Recorded{Draft: &recording.Draft{Flow: plain}}},
	} {
		var asks []string
		k.Asks = func(what string) { asks = append(asks, what) }
		var written []*Recorded
		k.Keep = func(r *Recorded) error { written = append(written, r); return nil }
		s, err := k.stretchOf("set-role", "press users.row_open in the row of users.table with ${email}")
		require.NoError(t, err)
		require.NotNil(t, s)
		s.got, s.lost = got.got, got.lost
		s.goes = flows.Passage{Made: s.got.Draft.Flow.Steps, Next: s.place.Index + 1}
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
