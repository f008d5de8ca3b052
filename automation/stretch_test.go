package automation_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// virtual is a list of n rows that draws those in view and three more on each side, and always those of kept. It
// counts its positions.
func virtual(n int, kept string) string {
	return `<p id=count>` + strconv.Itoa(n) + ` users</p><p id=positions></p><div id=list style="height:300px;overflow:auto"><div id=space style="position:relative"></div></div><script>
		const n = ` + strconv.Itoa(n) + `, at = new Set();
		const draw = () => { at.add(list.scrollTop); positions.textContent = at.size; const first = Math.floor(list.scrollTop / 30); let s = '';
			space.style.height = n * 30 + 'px';
			const drawn = new Set([` + kept + `]);
			for (let i = Math.max(0, first - 3); i < Math.min(n, first + 13); i++) drawn.add(i);
			for (const i of drawn) s += '<div class=row style="position:absolute;height:30px;top:' + i * 30 + 'px"><span class=e>p' + i + '@x.com</span></div>';
			space.innerHTML = s; };
		list.onscroll = () => requestAnimationFrame(draw); draw();
	</script>`
}

func virtualTable() *selectors.Target {
	list := css("#list")
	list.Table = &selectors.Table{Rows: ".row", Key: "email", Columns: map[string]selectors.Column{"email": {Candidates: []selectors.Candidate{{CSS: ".e"}}}}}
	return list
}

// TestAListIsScrolledByTheRowsDrawn reads 200 rows of which ten are in view and sixteen are drawn.
func TestAListIsScrolledByTheRowsDrawn(t *testing.T) {
	t.Parallel()
	w := setup(t, "")
	w.serve("/case", virtual(200, ""))
	require.NoError(t, w.Open(t.Context(), "/case"))
	got, err := w.ReadTable(t.Context(), automation.Reading{Table: virtualTable(), Counter: css("#count"), Scroll: true, Bound: 8 * short})
	require.NoError(t, err)
	assert.Len(t, got.Rows, 200)
	assert.True(t, got.Complete, got.Proof)
	said, err := w.Read(t.Context(), css("#positions"), "")
	require.NoError(t, err)
	positions, err := strconv.Atoi(said)
	require.NoError(t, err)
	assert.LessOrEqual(t, positions, 18, "190 rows below the first view, twelve a step, and the top and the bottom")
}

// TestARowThatIsAlwaysDrawnIsNotTheNext has the last row but one be drawn wherever the list stands.
func TestARowThatIsAlwaysDrawnIsNotTheNext(t *testing.T) {
	t.Parallel()
	for name, zoom := range map[string]string{"as it is": "", "enlarged": "<style>body { zoom: 1.25 }</style>"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "")
			w.serve("/case", zoom+virtual(60, "0, 25, 58"))
			require.NoError(t, w.Open(t.Context(), "/case"))
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: virtualTable(), Counter: css("#count"), Scroll: true, Bound: 8 * short})
			require.NoError(t, err)
			assert.Len(t, got.Rows, 60)
			assert.True(t, got.Complete, got.Proof)
			found, err := w.FindRow(t.Context(), automation.Reading{Table: virtualTable(), Scroll: true, Bound: 8 * short}, "p40@x.com")
			require.NoError(t, err)
			assert.True(t, found)
		})
	}
}

// TestAReadingStopsAtWhoIsSought stops at a row that is in view then, and reads on where the row does not say enough.
func TestAReadingStopsAtWhoIsSought(t *testing.T) {
	t.Parallel()
	w := setup(t, "")
	w.serve("/case", virtual(400, ""))
	reading := automation.Reading{Table: virtualTable(), Counter: css("#count"), Scroll: true, Bound: 8 * short}
	for enough, rows := range map[bool]int{true: 120, false: 400} {
		require.NoError(t, w.Open(t.Context(), "/case"))
		reading.Sought = &automation.Sought{Key: "P100@x.com", Proves: func(r automation.Rows, i int) bool {
			return enough && r.Rows[i]["email"] == "p100@x.com"
		}}
		reading.Table.Table.Fold = true
		got, err := w.ReadTable(t.Context(), reading)
		require.NoError(t, err)
		assert.Equal(t, enough, got.Stopped)
		assert.Equal(t, !enough, got.Complete, got.Proof)
		assert.LessOrEqual(t, len(got.Rows), rows)
		assert.False(t, strings.ContainsFunc(got.Rows[0]["email"], func(r rune) bool { return r == 0 }))
	}
}
