package flows_test

import (
	"slices"
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
		part  string
		index int
		rest  int
	}{
		"press user.edit": {"", 1, 0},
		"look at user.save, which would be pressed":                                     {"", 3, 0},
		"find the row of users.table with ${email}, page after page":                    {"person", 1, 5},
		"press users.row_open in the row of users.table with ${email}":                  {"person", 2, 5},
		"open /neo3/settings/roles-and-permissions/users":                               {"list", 0, 7},
		"wait until one of these is there: result.done, result.requested, result.error": {"outcome", 0, 0},
	} {
		p := placeOf(t, says)
		assert.Equal(t, want.part, p.Part, says)
		assert.Equal(t, want.index, p.Index, says)
		assert.Len(t, p.Rest, want.rest, says)
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
	find := placeOf(t, "find the row of users.table with ${email}, page after page")
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
		"what chooses is made, though it is not there":                 {p, []flows.Step{pressing("user.change")}, nil, 2, 1, 0},
		"what was chosen is not chosen again":                          {p, []flows.Step{chosen, pressing("user.change")}, []string{"user.role"}, 3, 1, 0},
		"the commit is made":                                           {p, []flows.Step{chosen, pressing("user.change"), chosen}, nil, 3, 1, 0},
		"what stands before one that was done is left":                 {list, []flows.Step{pressing("a"), list.Steps[1]}, []string{"page.error"}, 3, 0, 1},
		"what is looked at if it is there is looked at":                {list, []flows.Step{pressing("nav.people")}, nil, 3, 1, 1},
		"what waits for one of several is made where one of them came": {list, []flows.Step{pressing("nav.people")}, []string{"page.error"}, 1, 0, 0},
		"somebody is looked for where no other step names them":        {find, []flows.Step{pressing("nav.people")}, nil, 1, 0, 0},
		"somebody is looked for no more where another step does":       {find, []flows.Step{{Verb: &flows.Fill{Target: "a", Value: "${email}"}}}, nil, 3, 2, 0},
	} {
		got, err := c.place.After(c.others, func(target string) (bool, error) { return slices.Contains(c.there, target), nil })
		require.NoError(t, err)
		assert.Equal(t, []int{c.next, c.left, c.kept}, []int{got.Next, len(got.Left), len(got.Kept)}, what)
		assert.Len(t, got.Made, len(c.others), what)
	}
}

// TestWhatAStepWaitsForIsKept has a person tick what a step of the list ticks and waits for.
func TestWhatAStepWaitsForIsKept(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	f, _ := lib.Flow("list-users", "neo3")
	p, ok := lib.Place(f, "check users.show_inactive")
	require.True(t, ok)
	tick := flows.Step{Verb: p.Steps[p.Index].Verb}
	got, err := p.After([]flows.Step{pressing("users.filters"), tick}, func(string) (bool, error) { return false, nil })
	require.NoError(t, err)
	assert.True(t, got.Made[1].Options.Asks)
	assert.Contains(t, p.Steps[got.Next].Says(), "check users.show_pending", "it is ticked, though it is not there")
}

// TestAGuardStaysWithItsPress has a person press what the flow presses once it has made sure who is concerned.
func TestAGuardStaysWithItsPress(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	f, _ := lib.Flow("deactivate", "neo3")
	at := slices.IndexFunc(f.Steps, func(s flows.Step) bool { return slices.Contains(s.Targets(), "user.deactivate") })
	p, ok := lib.Place(f, saysOf(f.Steps[at]))
	require.True(t, ok)
	got, err := p.After([]flows.Step{pressing("user.more"), pressing("user.deactivate")}, func(string) (bool, error) { return true, nil })
	require.NoError(t, err)
	assert.Equal(t, f.Steps[at], got.Made[1])
	assert.Equal(t, at+1, got.Next)
	assert.Empty(t, got.Left)
}

func saysOf(s flows.Step) string { return s.Says() }

// TestWhatTheFlowDoesLaterIsNotOfAStretch has somebody go on beyond where the flow goes on, up to pressing its commit, as
// whoever is recorded presses it: with nothing that it makes sure of before.
func TestWhatTheFlowDoesLaterIsNotOfAStretch(t *testing.T) {
	t.Parallel()
	p := placeOf(t, "find the row of users.table with ${email}, page after page")
	assert.Equal(t, "press user.edit", p.DoneLater([]flows.Step{pressing("user.menu"), pressing("user.edit")}, p.Index+1))
	assert.Contains(t, p.DoneLater([]flows.Step{pressing("user.save")}, p.Index+1), "COMMIT: press user.save")
	assert.Empty(t, p.DoneLater([]flows.Step{pressing("user.menu"), {Verb: &flows.Key{Key: "Escape"}}}, p.Index+1))
	own := placeOf(t, "press user.edit")
	assert.Contains(t, own.DoneLater([]flows.Step{pressing("user.save")}, 2), "COMMIT: press user.save")
	literal := flows.Step{Verb: &flows.Choose{Target: "user.role", Option: "Clerk"}}
	assert.Contains(t, own.DoneLater([]flows.Step{literal}, 2), "choose ${role} in user.role")
}

// TestWhatIsSaidTwiceHasNoPlace looks for words of two steps.
func TestWhatIsSaidTwiceHasNoPlace(t *testing.T) {
	t.Parallel()
	lib, err := flows.Load("bill", "")
	require.NoError(t, err)
	f, _ := lib.Flow("set-role", "neo3")
	f.Steps = append(f.Steps, f.Steps[1])
	_, ok := lib.Place(f, "press user.edit")
	assert.False(t, ok)
}
