package flows_test

import (
	"context"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestWithoutItsCommitAFlowSendsNothing runs flows as for real, but for the commit that was taken out of them.
func TestWithoutItsCommitAFlowSendsNothing(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		page, steps string
		kind        error
		seen        []string
	}{
		"a commit":          {ann + saveAnn, commitTo, flows.ErrRehearsed, []string{"save", "who"}},
		"it is missing":     {ann, commitTo, automation.ErrMissing, nil},
		"there are two":     {ann + saveAnn + saveAnn, commitTo, automation.ErrAmbiguous, nil},
		"of somebody else":  {"<main><b id=who>bob@acme.example</b>" + saveAnn, commitTo, automation.ErrWrongIdentity, nil},
		"something follows": {ann + saveAnn, commitTo + "\nawait: [gone]", flows.ErrRehearsed, []string{"save", "who"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var seen []string
			var after []string
			got := script{page: c.page, targets: []string{"who", "save"}, changes: true, steps: c.steps, edit: func(r *flows.Run) {
				r.Flow, after = r.Flow.WithoutCommit()
				r.Examine = func(_ context.Context, s flows.Sighted) {
					if s.Failed == nil {
						seen = append(seen, s.Target.Name)
					}
				}
			}}.carryOut(t)
			require.ErrorIs(t, got.err, c.kind)
			assert.Empty(t, got.all())
			if c.seen != nil {
				assert.Subset(t, c.seen, seen)
				assert.Subset(t, seen, c.seen)
			}
			if name == "something follows" {
				assert.Equal(t, []string{"gone"}, after)
			}
		})
	}
}

// TestWhatAStepNeeds tells what a flow halts without from what is there or not.
func TestWhatAStepNeeds(t *testing.T) {
	t.Parallel()
	needs, uses := map[string]flows.Need{}, map[string]flows.Use{}
	got := script{page: ann + saveAnn + `<input id=box type=checkbox><i id=hint>h</i><select id=size><option>10</select>`,
		targets: []string{"who", "save", "box", "hint", "size"}, changes: true,
		steps: "await: [who, gone]\nchoose: { target: size, option: \"100\", maybe: true }\nwhen: { target: hint, then: [{ check: { target: box, on: true } }] }\n" + commitTo, edit: func(r *flows.Run) {
			r.Flow, _ = r.Flow.WithoutCommit()
			r.Examine = func(_ context.Context, s flows.Sighted) {
				if _, ok := needs[s.Target.Name]; !ok {
					needs[s.Target.Name], uses[s.Target.Name] = s.Need, s.Use
				}
			}
		}}.carryOut(t)
	require.ErrorIs(t, got.err, flows.ErrRehearsed)
	assert.Equal(t, map[string]flows.Need{"who": flows.OneOf, "gone": flows.OneOf, "hint": flows.Sometimes, "box": flows.Needed, "save": flows.Needed,
		"size": flows.Needed}, needs, "an option may be lacking, and not what it is chosen in")
	assert.Equal(t, map[string]flows.Use{"who": flows.Looked, "gone": flows.Looked, "hint": flows.Looked, "box": flows.Ticked, "save": flows.Pressed, "size": flows.Picked}, uses)
}

// TestNoShippedFlowKeepsACommit goes through every flow that ships.
func TestNoShippedFlowKeepsACommit(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	changing := 0
	for _, f := range lib.All() {
		upTo, after := f.WithoutCommit()
		for _, line := range upTo.Explain() {
			assert.NotContains(t, line, "COMMIT", f.Name)
		}
		if f.Changes {
			changing++
			assert.NotEmpty(t, after, f.Name)
		}
	}
	assert.Greater(t, changing, 12)
}
