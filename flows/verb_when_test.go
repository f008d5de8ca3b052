package flows_test

import (
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/require"
)

// TestAConditionLooksAtWhatIsSaid notes by a click which of the branches was gone.
func TestAConditionLooksAtWhatIsSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, page, when, took string }{
		{"it says so", `<p id=words>Ann   Lee</p>`, `equals: Ann Lee, `, "yes"},
		{"it says more", `<p id=words>Ann Lee, inactive</p>`, `equals: Ann Lee, `, "no"},
		{"it says another", `<p id=words>Bob</p>`, `equals: Ann Lee, `, "no"},
		{"the case of letters counts", `<p id=words>ann lee</p>`, `equals: Ann Lee, `, "no"},
		{"it is not there", ``, `equals: Ann Lee, `, "no"},
		{"it is hidden", `<p id=words hidden>Ann Lee</p>`, `equals: Ann Lee, `, "no"},
		{"a part", "<p id=words>This user\n is inactive.</p>", `contains: user is inactive, `, "yes"},
		{"a part that is another", `<p id=words>This user is active.</p>`, `contains: inactive, `, "no"},
		{"a part far into a long text", `<p id=words>` + strings.Repeat("word ", 300) + `inactive</p>`, `contains: inactive, `, "yes"},
		{"what a field holds", `<input id=words value="Ann Lee">`, `equals: Ann Lee, `, "yes"},
		{"no text is asked for", `<p id=words>anything</p>`, ``, "yes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := script{
				page:    c.page + `<button id=yes onclick="fetch('/yes')">Yes</button><button id=no onclick="fetch('/no')">No</button>`,
				targets: []string{"words", "yes", "no"},
				steps:   "when: { target: words, " + c.when + "then: [{ click: { target: yes }, asks: true }], else: [{ click: { target: no }, asks: true }] }",
			}.carryOut(t)
			require.NoError(t, got.err)
			got.arrive(t, []string{"GET /" + c.took})
		})
	}
}

func TestOfSeveralNoneIsAsked(t *testing.T) {
	t.Parallel()
	got := script{
		page: `<p class=words>Ann Lee</p><p class=words>Bob</p>`, targets: []string{"every_words"},
		steps: `when: { target: every_words, equals: Ann Lee, then: [halt: { kind: blocked, reason: it is her }] }`,
	}.carryOut(t)
	require.ErrorIs(t, got.err, automation.ErrAmbiguous)
}

func TestNoInputStandsInACondition(t *testing.T) {
	t.Parallel()
	for steps, says := range map[string]string{
		`when: { target: words, equals: "${email}", then: [await: [words]] }`:          "no input stands in it",
		`when: { target: words, contains: "of ${role}", then: [await: [words]] }`:      "no input stands in it",
		`when: { target: words, equals: a, contains: b, then: [await: [words]] }`:      "a condition has one",
		`when: { target: words, equals: "", then: [await: [words]] }`:                  "act.yaml:6",
		`when: { target: words, then: [when: { target: words, equals: "${email}" }] }`: "no input stands in it",
	} {
		_, err := script{targets: []string{"words"}, steps: steps}.load(t)
		require.ErrorContains(t, err, says, steps)
	}
}
