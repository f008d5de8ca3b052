package flows_test

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestWhatIsDrawnAtTheEndIsScrolledTo has a button that is drawn when its place is scrolled to, and a request that
// the page sends at the end of the list.
func TestWhatIsDrawnAtTheEndIsScrolledTo(t *testing.T) {
	t.Parallel()
	c := script{
		page: ann + `<div id=box style="height:100px;overflow:auto"><div style="height:1000px"></div><p id=end></p></div>
			<script>new IntersectionObserver((all) => { if (all[0].isIntersecting && !window.save) {
				fetch('/early?id=006ANN', { method: 'POST' });
				end.innerHTML = '<button id=save>Save</button>';
				save.onclick = () => fetch('/save?id=006ANN', { method: 'POST' });
			} }).observe(end)</script>`,
		targets: []string{"who", "box", "save"}, changes: true,
		steps: "scroll: { target: box, to: bottom }\n" + commitTo,
	}.carryOut(t)
	require.NoError(t, c.err)
	c.arrive(t, []string{"POST /save?id=006ANN"})
}

func TestAScrollIsCheckedWhenItIsRead(t *testing.T) {
	t.Parallel()
	for _, steps := range []string{"scroll: { target: save }", "scroll: { target: save, to: left }", "scroll: { to: top }"} {
		_, err := script{targets: []string{"save"}, steps: steps}.load(t)
		require.ErrorContains(t, err, "act.yaml:6", steps)
	}
}
