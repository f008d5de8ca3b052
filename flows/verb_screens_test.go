package flows_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestScreensAreKnownByWhatIsSaid has a wizard with one heading, of which the text differs at each step.
func TestScreensAreKnownByWhatIsSaid(t *testing.T) {
	t.Parallel()
	got := script{
		page: `<h1 id=words>Step 1 of 3</h1><button id=next onclick="fetch('/next')">Next</button><button id=skip onclick="fetch('/skip')">Skip</button>
			<script>let n = 1; const on = () => setTimeout(() => { words.textContent = ++n > 3 ? 'All done' : 'Step ' + n + ' of 3' }, 200);
			next.addEventListener('click', on); skip.addEventListener('click', on);</script>`,
		targets: []string{"words", "next", "skip"},
		steps: `screens: { until: [{ target: words, equals: All done }], cases: [` +
			`{ when: { target: words, contains: Step 2 }, steps: [{ click: { target: skip }, asks: true }] }, ` +
			`{ when: { target: words, equals: Step 3 of 3 }, steps: [{ click: { target: next }, asks: true }] }, ` +
			`{ when: { target: words, contains: Step 1 }, steps: [{ click: { target: next }, asks: true }] }] }`,
	}.carryOut(t)
	require.NoError(t, got.err)
	got.arrive(t, []string{"GET /next", "GET /skip", "GET /next"})
}

func TestAScreenThatSaysSomethingElseIsNone(t *testing.T) {
	t.Parallel()
	got := script{
		page: `<h1 id=words>Step 1</h1><button id=next>Next</button>`, targets: []string{"words", "next"},
		steps: `{ screens: { until: [gone], cases: [{ when: { target: words, equals: Step 2 }, steps: [{ click: { target: next } }] }] }, timeout: 1s }`,
	}.carryOut(t)
	require.ErrorContains(t, got.err, "an unknown screen at")
	require.ErrorContains(t, got.err, `words says "Step 1"`)
}

func TestNoInputChoosesAScreen(t *testing.T) {
	t.Parallel()
	for steps, says := range map[string]string{
		`screens: { until: [{ target: words, equals: "${email}" }], cases: [{ when: next, steps: [{ click: { target: next } }] }] }`:               "no input stands in it",
		`screens: { until: [words], cases: [{ when: { target: next, contains: "${role}" }, steps: [{ click: { target: next } }] }] }`:              "no input stands in it",
		`screens: { until: [words], cases: [{ when: { target: next, contains: a, equals: b }, steps: [{ click: { target: next } }] }] }`:           "a condition has one",
		`screens: { until: [{ target: words, says: a }], cases: [{ when: { target: next, contains: a }, steps: [{ click: { target: next } }] }] }`: "act.yaml:6",
	} {
		_, err := script{targets: []string{"words", "next"}, steps: steps}.load(t)
		require.ErrorContains(t, err, says, steps)
	}
}
