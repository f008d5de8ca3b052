package flows_test

import (
	"testing"

	"github.com/billagent/billagent/flows"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func placeOf(t *testing.T, says string) flows.Place {
	t.Helper()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	f, ok := lib.Flow("set-role", "neo3")
	require.True(t, ok)
	p, ok := lib.Place(f, says)
	require.True(t, ok, says)
	return p
}

func pressing(target string) flows.Step {
	return flows.Step{Verb: &flows.Click{Press: flows.Press{Target: target}}}
}

// TestAStepIsFoundInItsList looks for steps of the flow's own, of a part, within a step of a part, and for the commit.
func TestAStepIsFoundInItsList(t *testing.T) {
	t.Parallel()
	for says, want := range map[string]struct {
		part   string
		index  int
		nested bool
	}{
		"press user.edit": {"", 1, false},
		"look at user.save, which would be pressed":                                     {"", 3, false},
		"find the row of users.table with ${email}, page after page":                    {"person", 1, true},
		"press users.row_open in the row of users.table with ${email}":                  {"person", 2, true},
		"open /neo3/settings/roles-and-permissions/users":                               {"list", 0, true},
		"wait until one of these is there: result.done, result.requested, result.error": {"outcome", 0, true},
	} {
		p := placeOf(t, says)
		assert.Equal(t, want.part, p.Part, says)
		assert.Equal(t, want.index, p.Index, says)
		assert.Equal(t, want.nested, p.Nested(), says)
	}
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	f, _ := lib.Flow("set-role", "neo3")
	_, ok := lib.Place(f, "press nothing")
	assert.False(t, ok)
}

// TestStepsStandInThePlaceOfOthers puts steps into a flow's file and into that of the parts. Every other line stays.
func TestStepsStandInThePlaceOfOthers(t *testing.T) {
	t.Parallel()
	name, text, err := placeOf(t, "press user.edit").With([]flows.Step{pressing("user.menu"), pressing("user.change")}, 3)
	require.NoError(t, err)
	assert.Equal(t, "flows/bill/set-role-neo3.yaml", name)
	assert.Contains(t, string(text), "about: Edit on a user's page, then the role picker and Save.\n")
	assert.Contains(t, string(text), `steps:
  - part: person
  - click: { target: user.menu }
  - click: { target: user.change }
  - commit: { target: user.save, for: { target: user.email, equals: "${email}" } }
  - part: outcome
`)
	name, text, err = placeOf(t, "find the row of users.table with ${email}, page after page").With([]flows.Step{pressing("users.all")}, 1)
	require.NoError(t, err)
	assert.Equal(t, "flows/bill/parts-neo3.yaml", name)
	assert.Contains(t, string(text), `
  person:
    - visit:
        shows: { target: user.email, equals: "${email}" }
        otherwise:
          - part: list
          - click: { target: users.all }
          - find: `)
	assert.Contains(t, string(text), "parts: # steps that the flows of this layout share\n")
}

// TestNothingThatIsAskedForIsLeftOut says how a list of steps goes on after others.
func TestNothingThatIsAskedForIsLeftOut(t *testing.T) {
	t.Parallel()
	p := placeOf(t, "press user.edit")
	chosen := p.Steps[2]
	list := placeOf(t, "wait until one of these is there: users.table, page.error")
	for what, c := range map[string]struct {
		place  flows.Place
		others []flows.Step
		there  []string
		next   int
		left   int
		kept   int
	}{
		"what is there by now is made":                                 {p, []flows.Step{pressing("user.menu")}, []string{"user.edit", "user.role"}, 1, 0, 0},
		"what was not there is left":                                   {p, []flows.Step{pressing("user.change")}, []string{"user.role"}, 2, 1, 0},
		"what names an input that no other names is made":              {p, []flows.Step{pressing("user.change")}, nil, 2, 1, 0},
		"what was made is not made again":                              {p, []flows.Step{chosen, pressing("user.change")}, []string{"user.role"}, 3, 2, 0},
		"the commit is made":                                           {p, []flows.Step{chosen, pressing("user.change"), chosen}, nil, 3, 2, 0},
		"what is looked at if it is there is looked at":                {list, []flows.Step{pressing("nav.people")}, nil, 3, 1, 1},
		"what waits for one of several is made where one of them came": {list, []flows.Step{pressing("nav.people")}, []string{"page.error"}, 1, 0, 0},
	} {
		got, err := c.place.After(c.others, func(target string) (bool, error) {
			for _, name := range c.there {
				if name == target {
					return true, nil
				}
			}
			return false, nil
		})
		require.NoError(t, err)
		assert.Equal(t, []int{c.next, c.left, c.kept}, []int{got.Next, len(got.Left), len(got.Kept)}, what)
	}
}
