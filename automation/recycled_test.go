package automation_test

import (
	"strconv"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// recycling is a list of 90 people in lines of three, whose 30 elements are each used again for somebody further
// down: in the document they stand in another order than they are drawn in. Two have one address.
const recycling = `<p id=count>90 people</p><div id=list style="height:300px;overflow:auto"><div id=space style="position:relative;height:1800px"></div></div><script>
	const pool = [];
	for (let i = 0; i < 30; i++) { const el = document.createElement('div'); el.className = 'row'; el.innerHTML = '<span class=n></span> <span class=e></span>'; space.append(el); pool.push(el); }
	const draw = () => {
		const first = Math.min(60, Math.floor(list.scrollTop / 60) * 3);
		for (let i = first; i < first + 30; i++) {
			const el = pool[i % 30];
			el.style.cssText = 'position:absolute;width:200px;left:' + (i % 3) * 210 + 'px;top:' + Math.floor(i / 3) * 60 + 'px';
			if (PLACED) el.setAttribute('aria-posinset', i + 1);
			el.firstChild.textContent = 'Person ' + i;
			el.lastChild.textContent = 'p' + (i === 70 ? 40 : i) + '@x.com';
		}
	};
	list.onscroll = draw; draw();
</script>`

// TestRowsThatAreUsedAgain reads such a list twice: the order of the rows is that in which they are drawn, so that
// two readings can be held against each other; and where rows say which they are, two people of one address are
// two.
func TestRowsThatAreUsedAgain(t *testing.T) {
	t.Parallel()
	list := css("#list")
	column := func(name string) selectors.Column {
		return selectors.Column{Candidates: []selectors.Candidate{{CSS: name}}}
	}
	list.Table = &selectors.Table{Rows: ".row", Key: "email", Columns: map[string]selectors.Column{"email": column(".e"), "name": column(".n")}}
	for placed, people := range map[string]int{"true": 90, "false": 89} {
		w := setup(t, "<script>const PLACED = "+placed+"</script>"+recycling)
		for range 2 {
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: list, Counter: css("#count"), Scroll: true, Bound: 8 * short})
			require.NoError(t, err)
			require.Len(t, got.Rows, people)
			assert.Equal(t, people == 90, got.Complete, got.Proof)
			for i, row := range got.Rows[:70] {
				require.Equal(t, "Person "+strconv.Itoa(i), row["name"])
			}
		}
	}
}

// TestAListThatGrowsIsLookedThroughToItsEnd looks for somebody who is fetched only when the bottom was reached for
// the second time, and for nobody.
func TestAListThatGrowsIsLookedThroughToItsEnd(t *testing.T) {
	t.Parallel()
	list := css("#list")
	list.Table = &selectors.Table{Rows: ".row", Key: "email", Columns: map[string]selectors.Column{
		"email": {Candidates: []selectors.Candidate{{CSS: ".e"}}},
	}}
	w := setup(t, "")
	w.serve("/more", "ok")
	w.serve("/case", `<div id=list style="height:300px;overflow:auto"></div><script>
		let n = 0, on = false;
		const grow = async () => {
			if (on || n >= 60 || list.scrollTop + 300 < list.scrollHeight - 5) return;
			on = true; if (n) await new Promise((r) => setTimeout(r, 300)); await fetch('/more'); on = false;
			for (let i = 0; i < 20; i++, n++) list.insertAdjacentHTML('beforeend', '<div class=row style="height:30px"><span class=e>p' + n + '@x.com</span></div>');
		};
		list.onscroll = grow; grow();
	</script>`)
	require.NoError(t, w.Open(t.Context(), "/case"))
	for _, who := range []string{"p55@x.com", "p5@x.co"} {
		found, err := w.FindRow(t.Context(), automation.Reading{Table: list, Scroll: true, Bound: 10 * short}, who)
		require.NoError(t, err)
		assert.Equal(t, who == "p55@x.com", found, who)
	}
}
