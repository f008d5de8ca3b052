package automation_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// lateList draws the rows that are in view from elements of which each has been another row before, and says then in a
// cell of each what it is, a while later.
const lateList = `<p id=count>300 users</p><div id=list style="height:300px;overflow:auto">
	<div id=space style="position:relative;height:9000px"></div></div><script>
	const drawn = [];
	for (let i = 0; i < 16; i++) {
		const row = document.createElement('div');
		row.className = 'row';
		row.style = 'position:absolute;height:30px;width:400px';
		row.innerHTML = '<span class=e></span> <span class=r></span>';
		space.append(row);
		drawn.push(row);
	}
	const fill = (row) => { row.querySelector('.r').textContent = 'role ' + row.dataset.i; };
	const draw = () => {
		const first = Math.max(0, Math.min(284, Math.floor(list.scrollTop / 30) - 3));
		drawn.forEach((row, n) => {
			row.dataset.i = first + n;
			row.style.top = (first + n) * 30 + 'px';
			row.querySelector('.e').textContent = 'p' + (first + n) + '@x.com';
		});
	};
	draw();
	drawn.forEach(fill);
	list.onscroll = () => { draw(); later(); };
</script>`

// fillers fill the cells later than their rows are drawn.
var fillers = map[string]string{
	"after 20 ms": `const later = () => setTimeout(() => drawn.forEach(fill), 20)`,
	"after 60 ms": `const later = () => setTimeout(() => drawn.forEach(fill), 60)`,
	"after 60 ms, in a list that is busy for most of the first look": `list.setAttribute('aria-busy', 'true');
		setTimeout(() => list.removeAttribute('aria-busy'), 1880);
		const later = () => setTimeout(() => drawn.forEach(fill), 60)`,
	"one by one": `let rest = 0;
		const next = () => { if (rest > 0) { fill(drawn[16 - rest--]); setTimeout(next, 6); } };
		const later = () => { const idle = rest === 0; rest = 16; if (idle) setTimeout(next, 6); }`,
	"each when it is in view": `const seen = new IntersectionObserver((all) => {
			for (const one of all) { seen.unobserve(one.target); setTimeout(() => fill(one.target), 30); }
		}, { root: list, rootMargin: '200px' });
		const later = () => drawn.forEach((row) => seen.observe(row))`,
}

// TestCellsThatComeLaterThanTheirRowsAreWaitedFor reads lists with cells that say for a while what another row said. The
// rows that are read must be those of which the list is made.
func TestCellsThatComeLaterThanTheirRowsAreWaitedFor(t *testing.T) {
	t.Parallel()
	for name, script := range fillers {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, lateList+"<script>"+script+"</script>")
			list := css("#list")
			column := func(s string) selectors.Column { return selectors.Column{Candidates: []selectors.Candidate{{CSS: s}}} }
			list.Table = &selectors.Table{Rows: ".row", Key: "email", Columns: map[string]selectors.Column{"email": column(".e"), "role": column(".r")}}
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: list, Counter: css("#count"), Scroll: true, Bound: 10 * time.Second})
			require.NoError(t, err)
			require.Len(t, got.Rows, 300)
			for i, row := range got.Rows {
				assert.Equal(t, map[string]string{"email": fmt.Sprintf("p%d@x.com", i), "role": fmt.Sprintf("role %d", i)}, row)
			}
		})
	}
}
