package flows

import (
	"encoding/json"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestEveryVerbIsInTheSchema holds the two lists of verbs against each other.
func TestEveryVerbIsInTheSchema(t *testing.T) {
	t.Parallel()
	var schema struct {
		Defs struct {
			Step struct {
				Properties map[string]any `json:"properties"`
			} `json:"step"`
		} `json:"$defs"`
	}
	require.NoError(t, json.Unmarshal(schemaJSON, &schema))
	words := slices.DeleteFunc(slices.Sorted(maps.Keys(schema.Defs.Step.Properties)), func(w string) bool {
		return slices.Contains([]string{"timeout", "asks", "changes", "reloads"}, w)
	})
	assert.Equal(t, words, slices.Sorted(maps.Keys(verbs)))
}

// unshipped are steps that no shipped flow has, each with what it is explained as.
var unshipped = map[string]string{
	`{"press": {"key": "Escape"}}`: "press the key Escape",
	`{"press": {"key": "Enter", "target": "users.search"}, "changes": "users.table"}`:                                                                           "press the key Enter in users.search",
	`{"choose": {"target": "user.role", "option": "${role}", "opens": "role.open", "options": "role.options", "shows": "role.shown", "confirm": "role.apply"}}`: "choose ${role} in user.role, which role.open opens, confirm it with role.apply, and make sure that role.shown says so",
	`{"part": {"name": "person", "with": {"key": "${email}", "table": "x"}}}`:                                                                                   "the part person, with key ${email} and table x",
	`{"find": {"table": "users.table", "key": "${email}", "next": "users.next", "search": "users.search"}}`:                                                     "find the row of users.table with ${email}, by what users.search finds, or else page after page",
	`{"fill": {"target": "users.search", "value": ""}, "asks": true}`:                                                                                           "empty users.search",
	`{"hover": "nav.settings_menu"}`: "move the mouse to nav.settings_menu, and let it rest there",
	`{"hover": {"target": "users.row_menu", "row": {"table": "users.table", "key": "${email}"}}}`:                                                                                                      "move the mouse to users.row_menu in the row of users.table with ${email}, and let it rest there",
	`{"screens": {"until": ["nav.users", {"target": "user.status", "equals": "Done"}], "cases": [{"when": {"target": "user.status", "contains": "Step 1"}, "steps": [{"press": {"key": "Enter"}}]}]}}`: `deal with whatever screens come, until one of these is there: nav.users, user.status and says "Done"`,
	`{"scroll": {"target": "users.table", "to": "bottom"}}`:                                                                                                                                            "scroll users.table to its bottom",
	`{"scroll": {"target": "user.save", "to": "into-view"}}`:                                                                                                                                           "scroll user.save into view",
	`{"when": {"target": "user.status", "equals": "Inactive", "then": [{"await": ["user.status"]}]}}`:                                                                                                  `look whether user.status is there and says "Inactive"`,
	`{"when": {"target": "user.status", "contains": "Inactive", "else": [{"await": ["user.status"]}]}}`:                                                                                                `look whether user.status is there and contains "Inactive"`,
}

// TestAFlowIsWrittenAsItWasRead encodes every step of every flow and part, as a recorder does, and reads it again.
func TestAFlowIsWrittenAsItWasRead(t *testing.T) {
	t.Parallel()
	lib, err := Load("bill", "")
	require.NoError(t, err)
	seen := map[string]bool{}
	again := func(s *Step) {
		t.Helper()
		seen[s.Verb.word()] = true
		schema, err := partsSchema()
		require.NoError(t, err)
		data, err := json.Marshal(s)
		require.NoError(t, err)
		var got Step
		require.NoError(t, json.Unmarshal(data, &got), string(data))
		second, err := json.Marshal(&got)
		require.NoError(t, err)
		assert.Equal(t, string(data), string(second))
		var instance any
		require.NoError(t, json.Unmarshal([]byte(`{"layout": "neo", "parts": {"a": [`+string(data)+`]}}`), &instance))
		require.NoError(t, schema.Validate(instance), "what is written is accepted")
		assert.Equal(t, s.Verb.targets(), got.Verb.targets(), string(data))
		assert.Equal(t, s.Verb.texts(), got.Verb.texts(), string(data))
		assert.Equal(t, s.Options, got.Options, string(data))
		if _, ok := s.Verb.(nesting); !ok {
			assert.Equal(t, s.Verb, got.Verb)
		}
	}
	for _, f := range lib.All() {
		f.walk(func(s *Step, _ []any) { again(s) })
	}
	for text, says := range unshipped {
		var s Step
		require.NoError(t, json.Unmarshal([]byte(text), &s), text)
		again(&s)
		assert.Equal(t, says, s.Verb.says())
	}
	for _, w := range []string{"open", "click", "commit", "fill", "choose", "check", "await", "expect", "read", "rows", "find", "when", "screens", "halt", "part", "press", "hover", "scroll"} {
		assert.True(t, seen[w], w)
	}
}
