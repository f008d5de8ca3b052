package selectors_test

import (
	"strings"
	"testing"

	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestExpandPutsInOnceAndLooksNoFurther(t *testing.T) {
	t.Parallel()
	values := map[string]string{"a": "${b}", "b": "WRONG"}
	get := func(name string) (string, bool) { v, ok := values[name]; return v, ok }
	for text, want := range map[string]string{"": "", "plain": "plain", "x${a}y": "x${b}y", "${c}": "${c}", "${a": "${a", "$a}": "$a}", "${a}${b}": "${b}WRONG"} {
		assert.Equal(t, want, selectors.Expand(text, get), text)
	}
	assert.Equal(t, []string{"a", "b"}, selectors.Placeholders("${a} and ${b}"))
}

func TestAValueCannotLeaveItsPlaceInAnExpression(t *testing.T) {
	t.Parallel()
	target := &selectors.Target{Name: "row", Candidates: []selectors.Candidate{{CSS: "a[href$='${id}']"}, {Role: "link", Name: "${name}"}}}
	got, err := target.Fill(map[string]string{"id": "008A", "name": `O'Brien "x" ${id}`})
	require.NoError(t, err)
	assert.Equal(t, "a[href$='008A']", got.Candidates[0].CSS)
	assert.Equal(t, `O'Brien "x" ${id}`, got.Candidates[1].Name, "a name is data, not an expression")
	assert.Equal(t, "a[href$='${id}']", target.Candidates[0].CSS, "the target itself stays as it is")
	for _, bad := range []string{"']", `"`, "\\", "<", "\n", "\x00"} {
		_, err := target.Fill(map[string]string{"id": bad, "name": "x"})
		require.Error(t, err, "%q", bad)
	}
}

func TestWhatTakesAnEmptyValueIsNotWanted(t *testing.T) {
	t.Parallel()
	outer := &selectors.Target{Name: "list", Candidates: []selectors.Candidate{{CSS: "ul"}, {Label: "${name}"}}}
	target := &selectors.Target{Name: "wanted", Within: outer, Candidates: []selectors.Candidate{{CSS: "a[href$='${id}']"}, {Role: "link", Name: "${name}"}}}
	got, err := target.Fill(map[string]string{"id": "", "name": "Acme"})
	require.NoError(t, err)
	assert.Equal(t, []selectors.Candidate{{Role: "link", Name: "Acme"}}, got.Candidates)
	got, err = target.Fill(map[string]string{"id": "", "name": ""})
	require.NoError(t, err)
	assert.NotNil(t, got.Candidates, "an empty list, which the page is given as such")
	assert.Empty(t, got.Candidates)
	assert.Equal(t, []selectors.Candidate{{CSS: "ul"}}, got.Within.Candidates)
}

func FuzzExpand(f *testing.F) {
	f.Add("a ${b} ${c")
	f.Fuzz(func(t *testing.T, text string) {
		same := selectors.Expand(text, func(string) (string, bool) { return "", false })
		if same != text {
			t.Fatalf("%q became %q", text, same)
		}
		if n := len(selectors.Placeholders(text)); n > strings.Count(text, "${") {
			t.Fatalf("%d placeholders in %q", n, text)
		}
	})
}
