package flows

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestTheFirstScreenHasNothingThatActs looks at every step of what is left of the flow that signs in.
func TestTheFirstScreenHasNothingThatActs(t *testing.T) {
	t.Parallel()
	lib, err := Load("bill", "")
	require.NoError(t, err)
	whole := lib.Named("sign-in")[0]
	first, after := whole.FirstScreen()
	looks := map[string][]string{}
	first.Each(func(s *Step) {
		if v, ok := s.Verb.(*screenSight); ok {
			looks[v.needed[0]] = v.targets()
			return
		}
		assert.Contains(t, []string{"open", "screens", "halt", "when"}, s.Word())
		for _, text := range s.Texts() {
			assert.NotContains(t, text, "${password}")
			assert.NotContains(t, text, "${code}")
		}
	})
	assert.Equal(t, []string{"signin.identifier", "signin.identifier_continue"}, looks["signin.identifier"])
	assert.Equal(t, []string{"factor.code", "factor.submit", "factor.trust"}, looks["factor.code"], "what is there sometimes comes last")
	assert.Contains(t, after, "factor.submit")
	acting := 0
	whole.Each(func(s *Step) {
		if _, ok := s.Verb.(*Fill); ok {
			acting++
		}
	})
	assert.Equal(t, 5, acting, "the flow itself is as it was")
	clicks := []Step{{Verb: &Click{Press{Target: "a"}}}, {Verb: new(Open)}}
	bare, ended := withoutActs(clicks)
	assert.True(t, ended)
	assert.Len(t, bare, 1)
	assert.IsType(t, &screenSight{}, bare[0].Verb)
	for _, verb := range []Verb{&Visit{Otherwise: clicks}, &Rows{Reload: clicks}} {
		bare, ended = withoutActs([]Step{{Verb: verb}, {Verb: new(Open)}})
		assert.True(t, ended, verb.word())
		require.Len(t, bare, 1)
		assert.IsType(t, &screenSight{}, bare[0].Verb, "what acts in a %s is cut, too", verb.word())
	}
}

// TestAScreenIsTheOneOfWhichMostIsThere has pages of which one screen has most, two have as much, or none has anything.
func TestAScreenIsTheOneOfWhichMostIsThere(t *testing.T) {
	t.Parallel()
	a, b, c := seenScreen{"a", []string{"1"}}, seenScreen{"b", []string{"1", "2"}}, seenScreen{"c", []string{"3", "4"}}
	assert.Equal(t, "b", theOne([]seenScreen{a, b}).when)
	assert.Equal(t, "b", theOne([]seenScreen{b, a}).when)
	assert.Empty(t, theOne([]seenScreen{a, b, c}).when, "two are as likely")
	assert.Empty(t, theOne([]seenScreen{{"d", nil}}).when)
}
