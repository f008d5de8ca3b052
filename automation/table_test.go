package automation_test

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func people() *selectors.Target {
	t := css("#t")
	t.Table = &selectors.Table{Rows: "tbody tr", Key: "email", Fold: true, Columns: map[string]selectors.Column{"email": {Header: "Email"}, "name": {Header: "Name"}, "id": {Candidates: []selectors.Candidate{{CSS: "a"}}, Attr: "href"}}}
	return t
}

func tableOf(from, to int) string {
	var b strings.Builder
	b.WriteString(`<table id=t><thead><tr><th>Name</th><th>Email</th></tr></thead><tbody>`)
	for i := from; i < to; i++ {
		fmt.Fprintf(&b, `<tr><td><a href="/u/%d">P. %d</a></td><td>p%d@x.com</td></tr>`, i, i, i)
	}
	b.WriteString(`</tbody></table>`)
	return b.String()
}

func TestTableOfManyRowsIsFourCalls(t *testing.T) {
	t.Parallel()
	w := setup(t, tableOf(0, 500))
	var got automation.Rows
	calls := w.Calls.during(func() {
		var err error
		got, err = w.ReadTable(t.Context(), automation.Reading{Table: people(), Bound: short})
		require.NoError(t, err)
	})
	require.Len(t, got.Rows, 500)
	assert.Equal(t, map[string]string{"name": "P. 499", "email": "p499@x.com", "id": "/u/499"}, got.Rows[499])
	assert.Len(t, calls, 4, "one reads it, two make sure that nothing more comes at its bottom, one looks for a search box: %v", calls)
}

// pages serves n rows in pages of size, with a counter and a next link.
func (w *world) pages(n, size int, total func(page int) int) {
	w.mux.HandleFunc("GET /list", func(rw http.ResponseWriter, r *http.Request) {
		page, _ := strconv.Atoi(r.FormValue("page"))
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(rw, "<!doctype html>"+tableOf(page*size, min(n, (page+1)*size)))
		fmt.Fprintf(rw, `<p id=count>%d–%d of %d</p>`, page*size+1, min(n, (page+1)*size), total(page))
		if (page+1)*size < n {
			fmt.Fprintf(rw, `<a id=next href="/list?page=%d">Next</a>`, page+1)
		} else {
			fmt.Fprint(rw, `<a id=next aria-disabled=true>Next</a>`)
		}
	})
}

func TestPagesUntilTheEndIsProved(t *testing.T) {
	t.Parallel()
	w := setup(t, "")
	w.pages(95, 20, func(int) int { return 95 })
	require.NoError(t, w.Open(t.Context(), "/list"))
	var got automation.Rows
	calls := w.Calls.during(func() {
		var err error
		got, err = w.ReadTable(t.Context(), automation.Reading{Table: people(), Counter: css("#count"), Next: css("#next"), Bound: 5 * short})
		require.NoError(t, err)
	})
	assert.True(t, got.Complete, got.Proof)
	assert.Len(t, got.Rows, 95)
	assert.Equal(t, 5, got.Pages)
	evaluations := 0
	for _, c := range calls {
		if c == "Runtime.evaluate" {
			evaluations++
		}
	}
	assert.LessOrEqual(t, evaluations, 5*3+4*2, "three evaluates a page at the most, beside two for each click on Next: %v", calls)
}

// fetched is a list of 13 in three pages. While one is fetched, by script, the list shows what meanwhile says, which is no
// row of somebody on that page, and the way on is open or not.
func fetched(script, meanwhile string, open bool) (page string, table *selectors.Target) {
	table = people()
	table.Table.Rows = "tbody tr:has(a)"
	return `<table id=t><thead><tr><th>Name<th>Email</tr></thead><tbody></tbody></table><p id=count></p><button id=next>Next</button><script>
		const row = (i) => '<tr><td><a href="/u/' + i + '">P. ' + i + '</a><td>p' + i + '@x.com</tr>';
		let wanted = 0;
		const draw = (page) => {
			if (page !== wanted) return;
			t.tBodies[0].innerHTML = ` + "`" + meanwhile + "`" + `.replace(/<tr class=grey.*/, '')
				+ [...Array(Math.min(5, 13 - page * 5)).keys()].map((i) => row(page * 5 + i)).join('');
			count.textContent = (page * 5 + 1) + '–' + Math.min(13, page * 5 + 5) + ' of 13';
			next.disabled = page === 2;
		};
		next.onclick = () => fetches(wanted + 1);
		const fetches = (page) => {
			if (page > 2) return;
			wanted = page;
			t.tBodies[0].innerHTML = ` + "`" + meanwhile + "`" + `;
			next.disabled = ` + strconv.FormatBool(!open) + ` || page === 2;
			` + script + `
		};
		draw(0);
	</script>`, table
}

const (
	greys   = `<tr class=grey><td>&nbsp;<td>&nbsp;</tr><tr class=grey><td>&nbsp;<td>&nbsp;</tr>`
	pinned  = `<tr><td><a href="/u/me">Me</a><td>robot@x.com</tr>`
	byTimer = `setTimeout(draw, 1200, page);`
	byFetch = `fetch('/slow').then(() => draw(page));`
)

// TestAPageThatIsFetchedIsNotTheLast has a page of a list on its way in several ways. None of them is the end.
func TestAPageThatIsFetchedIsNotTheLast(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		script, meanwhile string
		open              bool
	}{
		"grey bars, the way on is closed":          {byTimer, greys, false},
		"grey bars, the way on is open":            {byFetch, greys, true},
		"one row stays, the way on is closed":      {byFetch, pinned + greys, false},
		"one row stays, the way on is open":        {byFetch, pinned + greys, true},
		"grey bars by a timer, the way on is open": {byTimer, greys, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			page, table := fetched(c.script, c.meanwhile, c.open)
			w := setup(t, page)
			w.mux.HandleFunc("GET /slow", func(rw http.ResponseWriter, _ *http.Request) {
				time.Sleep(1200 * time.Millisecond)
				fmt.Fprint(rw, "x")
			})
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: table, Next: css("#next"), Bound: 5 * short})
			require.NoError(t, err)
			seen := map[string]bool{}
			for _, r := range got.Rows {
				seen[r["email"]] = true
			}
			for i := range 13 {
				assert.True(t, seen[fmt.Sprintf("p%d@x.com", i)], "p%d of %v", i, got.Rows)
			}
		})
	}
}

func TestSomebodyOnAPageThatIsFetchedIsFound(t *testing.T) {
	t.Parallel()
	for _, who := range []string{"p0@x.com", "p7@x.com", "p12@x.com", "nobody@x.com"} {
		for _, script := range []string{byTimer, byFetch} {
			t.Run(who+script, func(t *testing.T) {
				t.Parallel()
				page, table := fetched(script, greys, script == byFetch)
				w := setup(t, page+`<script>fetches(0)</script>`) // so is the first page
				w.mux.HandleFunc("GET /slow", func(rw http.ResponseWriter, _ *http.Request) {
					time.Sleep(1200 * time.Millisecond)
					fmt.Fprint(rw, "x")
				})
				found, err := w.FindRow(t.Context(), automation.Reading{Table: table, Next: css("#next"), Bound: 5 * short}, who)
				require.NoError(t, err)
				assert.Equal(t, who != "nobody@x.com", found)
			})
		}
	}
}

// TestAPageThatDoesNotComeIsNoEnd has a page of which no row ever comes.
func TestAPageThatDoesNotComeIsNoEnd(t *testing.T) {
	t.Parallel()
	page, table := fetched("", greys, false)
	w := setup(t, page)
	_, err := w.ReadTable(t.Context(), automation.Reading{Table: table, Next: css("#next"), Bound: short})
	require.ErrorIs(t, err, automation.ErrIncomplete)
	require.NoError(t, w.Open(t.Context(), "/"))
	_, err = w.FindRow(t.Context(), automation.Reading{Table: table, Next: css("#next"), Bound: short}, "p9@x.com")
	require.ErrorIs(t, err, automation.ErrIncomplete, "nobody is said not to be there")
}

func TestTablesThatDoNotAddUpAreNotComplete(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, proof string
		total       func(page int) int
	}{
		{"the counter says more", "the counter says 99", func(int) int { return 99 }},
		{"the counter changes", "went from 95 to 96", func(p int) int { return 95 + min(p, 1) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "")
			w.pages(95, 20, c.total)
			require.NoError(t, w.Open(t.Context(), "/list"))
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: people(), Counter: css("#count"), Next: css("#next"), Bound: 5 * short})
			require.NoError(t, err)
			assert.False(t, got.Complete)
			assert.Contains(t, got.Proof, c.proof)
		})
	}
}

func TestARowOnTwoPagesIsNotComplete(t *testing.T) {
	t.Parallel()
	w := setup(t, tableOf(0, 5)+`<p id=count>9</p><a id=next href="/two">Next</a>`)
	w.serve("/two", tableOf(4, 9)+`<p id=count>9</p><a id=next aria-disabled=true>Next</a>`)
	got, err := w.ReadTable(t.Context(), automation.Reading{Table: people(), Counter: css("#count"), Next: css("#next"), Bound: short})
	require.NoError(t, err)
	assert.False(t, got.Complete)
	assert.Contains(t, got.Proof, "p4@x.com")
}

func TestAMissingNextAloneProvesNoEnd(t *testing.T) {
	t.Parallel()
	w := setup(t, tableOf(0, 5))
	got, err := w.ReadTable(t.Context(), automation.Reading{Table: people(), Next: css("#next"), Bound: short})
	require.NoError(t, err)
	assert.False(t, got.Complete)
}

func TestLoadMore(t *testing.T) {
	t.Parallel()
	w := setup(t, tableOf(0, 10)+`<p id=count>40 people</p><button id=more>Load more</button><script>
		let n = 10;
		more.onclick = () => setTimeout(() => { for (let i = 0; i < 10; i++, n++) t.tBodies[0].insertAdjacentHTML('beforeend', '<tr><td><a href=x>P</a></td><td>p' + n + '@x.com</td></tr>'); if (n >= 40) more.remove(); }, 60);
	</script>`)
	counter := css("#count")
	got, err := w.ReadTable(t.Context(), automation.Reading{Table: people(), More: css("#more"), Bound: 4 * short})
	require.NoError(t, err)
	assert.Len(t, got.Rows, 40)
	assert.False(t, got.Complete, "without a counter nothing proves that there is no more")
	require.NoError(t, w.Open(t.Context(), "/"))
	got, err = w.ReadTable(t.Context(), automation.Reading{Table: people(), More: css("#more"), Counter: counter, Bound: 4 * short})
	require.NoError(t, err)
	assert.Len(t, got.Rows, 40)
	assert.True(t, got.Complete, got.Proof)
}

func TestAListThatDrawsOnlyWhatIsInView(t *testing.T) {
	t.Parallel()
	list := css("#list")
	list.Table = &selectors.Table{Rows: ".row", Key: "email", Columns: map[string]selectors.Column{"email": {Candidates: []selectors.Candidate{{CSS: ".e"}}}}}
	w := setup(t, `<p id=count></p><div id=list style="height:400px;overflow:auto"><div id=space style="position:relative"></div></div><script>
		const total = 1000; count.textContent = total + ' people'; space.style.height = total * 30 + 'px';
		const draw = () => { const first = Math.floor(list.scrollTop / 30); list.setAttribute('aria-busy', 'true'); setTimeout(() => { let s = ''; for (let i = Math.max(0, first - 2); i < Math.min(total, first + 18); i++) s += '<div class=row style="position:absolute;top:' + i * 30 + 'px"><span class=e>p' + i + '@x.com</span></div>'; space.innerHTML = s; list.removeAttribute('aria-busy'); }, 15); };
		list.onscroll = draw; draw();
	</script>`)
	got, err := w.ReadTable(t.Context(), automation.Reading{Table: list, Counter: css("#count"), Scroll: true, Bound: 20 * short})
	require.NoError(t, err)
	assert.True(t, got.Complete, got.Proof)
	assert.Len(t, got.Rows, 1000)
	found, err := w.FindRow(t.Context(), automation.Reading{Table: list, Scroll: true, Bound: 20 * short}, "p777@x.com")
	require.NoError(t, err)
	assert.True(t, found)
	found, err = w.FindRow(t.Context(), automation.Reading{Table: list, Scroll: true, Bound: 20 * short}, "777@x.com")
	require.NoError(t, err)
	assert.False(t, found)
}

// TestAListOfAnyLengthIsLookedThrough has a bound for each stretch that is too short for the whole.
func TestAListOfAnyLengthIsLookedThrough(t *testing.T) {
	t.Parallel()
	list := css("#list")
	list.Table = &selectors.Table{Rows: ".row", Key: "email", Columns: map[string]selectors.Column{"email": {Candidates: []selectors.Candidate{{CSS: ".e"}}}}}
	w := setup(t, `<div id=list style="height:300px;overflow:auto"><div id=space style="position:relative"></div></div><script>
		const total = 600; space.style.height = total * 30 + 'px';
		const draw = () => { const first = Math.floor(list.scrollTop / 30); let s = ''; for (let i = first; i < Math.min(total, first + 11); i++) s += '<div class=row style="position:absolute;top:' + i * 30 + 'px"><span class=e>p' + i + '@x.com</span></div>'; space.innerHTML = s; };
		list.onscroll = () => { list.setAttribute('aria-busy', 'true'); setTimeout(() => { draw(); list.removeAttribute('aria-busy'); }, 100); }; draw();
	</script>`)
	reading := automation.Reading{Table: list, Scroll: true, Bound: 2 * short}
	start := len(w.Calls.list)
	found, err := w.FindRow(t.Context(), reading, "p599@x.com")
	require.NoError(t, err)
	assert.True(t, found)
	assert.Greater(t, len(w.Calls.list)-start, 3, "it took several stretches")
}

func TestAColumnThatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	w := setup(t, tableOf(0, 3))
	target := people()
	target.Table.Columns["role"] = selectors.Column{Header: "Role"}
	_, err := w.ReadTable(t.Context(), automation.Reading{Table: target, Bound: short / 3})
	require.ErrorIs(t, err, automation.ErrMissing)
	assert.Contains(t, err.Error(), `no column is headed "Role"`)
}

func TestATableWithoutEndIsGivenUp(t *testing.T) {
	t.Parallel()
	w := setup(t, tableOf(0, 50))
	_, err := w.ReadTable(t.Context(), automation.Reading{Table: people(), Limit: 20, Bound: short})
	require.ErrorIs(t, err, automation.ErrIncomplete)
}

func BenchmarkTableOf500Rows(b *testing.B) {
	w := setup(b, tableOf(0, 500))
	for b.Loop() {
		if _, err := w.ReadTable(b.Context(), automation.Reading{Table: people(), Bound: short}); err != nil {
			b.Fatal(err)
		}
	}
}

// TestColumnsAreToldByTheirHeaders has heads that are not one row of headers with a cell below each.
func TestColumnsAreToldByTheirHeaders(t *testing.T) {
	t.Parallel()
	const row = `<tr><td>Lee</td><td>ann@x.com</td></tr>`
	for _, c := range []struct{ name, table, email, missed string }{
		{"a cell that heads its row", `<thead><tr><th>Name<th>Email<tbody><tr><th scope=row>Lee</th><td>ann@x.com</td>`, "ann@x.com", ""},
		{"a cell that heads its row, by its role", `<thead><tr><th>Name<th>Email<tbody><tr><td role=rowheader>Lee</td><td>ann@x.com</td>`, "ann@x.com", ""},
		{"an empty corner", `<thead><tr><td></td><th>Name<th>Email<tbody><tr><td>1</td><td>Lee</td><td>ann@x.com</td>`, "ann@x.com", ""},
		{"groups of columns", `<thead><tr><th rowspan=2>Name<th colspan=2>Contact<tr><th>Phone<th>Email<tbody><tr><td>Lee<td>555<td>ann@x.com`, "ann@x.com", ""},
		{"a cell over two columns", `<thead><tr><th>Name<th>Team<th>Email<tbody><tr><td colspan=2>Lee<td>ann@x.com`, "ann@x.com", ""},
		{"a mark of sorting", `<thead><tr><th>Name<th>Email ▲<tbody>` + row, "ann@x.com", ""},
		{"an icon of sorting", `<thead><tr><th>Name<th>Email <i aria-hidden=true>arrow_upward</i><tbody>` + row, "ann@x.com", ""},
		{"a head that is drawn twice", `<thead><tr><th>Name<th>Email<tr><th>Name<th>Email<tbody>` + row, "ann@x.com", ""},
		{"no head but a first row", `<tr><th>Name<th>Email` + row, "ann@x.com", ""},
		{"two of the same words", `<thead><tr><th>Email<th>Email<tbody>` + row, "", `several columns are headed "Email"`},
		{"a cell over two rows", `<thead><tr><th>Name<th>Email<tbody><tr><td rowspan=2>Lee<td>ann@x.com<tr><td>bob@x.com`, "", "a cell goes over several rows"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, `<table id=t>`+c.table+`</table>`)
			table := people()
			table.Table.Rows, table.Table.Columns = "tbody tr:has(td)", map[string]selectors.Column{"email": {Header: "Email"}}
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: table, Bound: 4 * short})
			if c.missed != "" {
				require.ErrorContains(t, err, c.missed)
				return
			}
			require.NoError(t, err)
			require.Len(t, got.Rows, 1)
			assert.Equal(t, c.email, got.Rows[0]["email"])
		})
	}
}
