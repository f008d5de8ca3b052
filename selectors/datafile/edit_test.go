package datafile_test

import (
	"testing"

	"github.com/billagent/billagent/selectors/datafile"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const edited = `# a comment at the top
layout: neo
targets:
  save:
    # why it is so
    candidates: [{testid: save, provenance: guessed}] # as shown
    within: form
  other:   { within: "form",  css: '#a' }   # not touched

  # above short
  short: {within: form}
  last:
    about: |
      # no comment

after: [ 1,2 ] # behind
`

// TestWhatIsNotSetStays sets values at several places of a file, and holds the whole text.
func TestWhatIsNotSetStays(t *testing.T) {
	t.Parallel()
	schema, err := datafile.Compile("any", []byte(`{}`))
	require.NoError(t, err)
	var out map[string]any
	f, err := datafile.Read("a.yaml", []byte(edited), schema, &out)
	require.NoError(t, err)
	type candidate struct {
		Role string `json:"role"`
		Name string `json:"name"`
	}
	got, err := f.With(
		datafile.Set{At: []string{"layout"}, Value: "neo3"},
		datafile.Set{At: []string{"targets", "save", "candidates", "0", "provenance"}, Value: "recorded"},
		datafile.Set{At: []string{"targets", "save", "candidates"}, Value: []candidate{{"button", "Save: now"}}, First: true},
		datafile.Set{At: []string{"targets", "short", "print"}, Value: map[string]any{"box": []int{1, 2}}},
	)
	require.NoError(t, err)
	assert.Equal(t, `# a comment at the top
layout: neo3
targets:
  save:
    # why it is so
    candidates:
      # as shown
      - { role: button, name: 'Save: now' }
      - { testid: save, provenance: recorded }
    within: form
  other:   { within: "form",  css: '#a' }   # not touched

  # above short
  short:
    within: form
    print: { box: [1, 2] }
  last:
    about: |
      # no comment

after: [ 1,2 ] # behind
`, string(got))
	again, err := f.With()
	require.NoError(t, err)
	assert.Equal(t, edited, string(again), "the file itself is as it was read")
	_, err = f.With(datafile.Set{At: []string{"targets", "nowhere", "x"}, Value: 1})
	require.ErrorContains(t, err, `there is no "nowhere"`)
}

// TestWhatIsNewStandsAboveTheNextComment adds a key at the end of an object that a comment on the next one follows.
func TestWhatIsNewStandsAboveTheNextComment(t *testing.T) {
	t.Parallel()
	schema, err := datafile.Compile("any", []byte(`{}`))
	require.NoError(t, err)
	var out map[string]any
	f, err := datafile.Read("a.yaml", []byte("targets:\n  one:\n    css: a\n    # of one\n\n  # above two\n  two:\n    css: b\n"), schema, &out)
	require.NoError(t, err)
	got, err := f.With(datafile.Set{At: []string{"targets", "one", "tag"}, Value: "div"})
	require.NoError(t, err)
	assert.Equal(t, "targets:\n  one:\n    css: a\n    # of one\n    tag: div\n\n  # above two\n  two:\n    css: b\n", string(got))
}

// TestItemsAreReplaced puts two steps in the place of one, in a list that lies in another, and holds the whole text.
func TestItemsAreReplaced(t *testing.T) {
	t.Parallel()
	const text = `# how one gets there
parts:
  list:
    # it begins here
    - open: /users # the list
    # what comes then
    - await: [users.table, page.error]
    - when: { target: page.error, then: [ { halt: blocked } ] }

  person:
    - part: list
`
	schema, err := datafile.Compile("any", []byte(`{}`))
	require.NoError(t, err)
	var out map[string]any
	f, err := datafile.Read("a.yaml", []byte(text), schema, &out)
	require.NoError(t, err)
	steps := []any{map[string]any{"click": map[string]any{"target": "nav.people"}}, map[string]any{"asks": true, "check": map[string]any{"target": "all"}}}
	at := []string{"parts", "list"}
	got, err := f.With(datafile.Set{At: at, Value: steps, Items: &[2]int{1, 2}})
	require.NoError(t, err)
	assert.Equal(t, `# how one gets there
parts:
  list:
    # it begins here
    - open: /users # the list
    # what comes then
    - click: { target: nav.people }
    - { asks: true, check: { target: all } }
    - when: { target: page.error, then: [{ halt: blocked }] }

  person:
    - part: list
`, string(got))
	_, err = f.With(datafile.Set{At: at, Value: steps, Items: &[2]int{2, 4}})
	require.ErrorContains(t, err, "has no items 2 to 4")
}
