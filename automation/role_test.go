package automation_test

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestRolesThatAreImplied finds elements by roles that they bear without saying so (HTML-AAM).
func TestRolesThatAreImplied(t *testing.T) {
	t.Parallel()
	w := setup(t, `<header>top</header><section aria-label=Rolle>r</section><section>unnamed</section><aside>beside</aside>
		<article><header>not of the page</header>text</article><fieldset><legend>Rights</legend><input type=range aria-label=Level></fieldset>
		<output>saved</output><details><summary>More</summary>m</details><footer>end</footer>`)
	for role, name := range map[string]string{"banner": "", "region": "Rolle", "complementary": "", "article": "", "slider": "Level", "status": "", "contentinfo": ""} {
		states, err := w.Look(t.Context(), &selectors.Target{Name: role, Candidates: []selectors.Candidate{{Role: role, Name: name}}})
		require.NoError(t, err)
		assert.True(t, states[0].There(), "%s: %s", role, states[0])
	}
	states, err := w.Look(t.Context(), &selectors.Target{Name: "group", Candidates: []selectors.Candidate{{Role: "group", Name: "Rights"}}})
	require.NoError(t, err)
	assert.True(t, states[0].There(), states[0].String())
	_, err = w.Read(t.Context(), &selectors.Target{Name: "region", Candidates: []selectors.Candidate{{Role: "region"}}}, "")
	require.NoError(t, err, "a section without a name is no region")
	var e *automation.Error
	_, err = w.Read(t.Context(), &selectors.Target{Name: "region", Candidates: []selectors.Candidate{{Role: "region", Name: "Role"}}}, "")
	require.ErrorAs(t, err, &e)
}
