package automation_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func on(v bool) *bool { return &v }

// emails is a table of which the column email holds addresses.
func emails() *selectors.Target {
	t := people()
	t.Table.Columns["email"] = selectors.Column{Header: "Email", Kind: selectors.Email}
	t.Table.Columns["id"] = selectors.Column{Candidates: []selectors.Candidate{{CSS: "td:first-child a"}}, Attr: "href"}
	return t
}

func listOf(cells ...string) string {
	var b strings.Builder
	b.WriteString(`<table id=t><thead><tr><th>Name</th><th>Email</th></tr></thead><tbody>`)
	for _, c := range cells {
		if strings.HasPrefix(c, "<tr") {
			b.WriteString(c)
			continue
		}
		fmt.Fprintf(&b, `<tr><td><a href="/u/1">P</a></td><td>%s</td></tr>`, c)
	}
	return b.String() + `</tbody></table>`
}

// TestACounterOfWhatWasFetchedProvesNothing reads a list that draws 12 rows, has fetched 20 and counts those, and
// fetches 20 more some time after its bottom was reached.
func TestACounterOfWhatWasFetchedProvesNothing(t *testing.T) {
	t.Parallel()
	list := css("#list")
	list.Table = &selectors.Table{Rows: ".row", Key: "email", Columns: map[string]selectors.Column{"email": {Candidates: []selectors.Candidate{{CSS: ".e"}}}}}
	w := setup(t, "")
	w.serve("/more", "ok")
	w.serve("/case", `<p id=count></p><div id=list style="height:300px;overflow:auto"><div id=space style="position:relative"></div></div><script>
		let n = 20, on = false;
		const draw = () => { const first = Math.floor(list.scrollTop / 30); let s = ''; count.textContent = n + ' users'; space.style.height = n * 30 + 'px';
			for (let i = first; i < Math.min(n, first + 12); i++) s += '<div class=row style="position:absolute;top:' + i * 30 + 'px"><span class=e>p' + i + '@x.com</span></div>';
			space.innerHTML = s; if (on || n >= 40 || list.scrollTop + 300 < n * 30 - 5) return; on = true;
			setTimeout(async () => { await fetch('/more'); n += 20; on = false; draw(); }, 400); };
		list.onscroll = draw; draw();
	</script>`)
	require.NoError(t, w.Open(t.Context(), "/case"))
	reading := automation.Reading{Table: list, Counter: css("#count"), Scroll: true, Bound: 8 * short}
	got, err := w.ReadTable(t.Context(), reading)
	require.NoError(t, err)
	assert.Len(t, got.Rows, 40)
	assert.False(t, got.Complete, "its counter changed")
	got, err = w.ReadTable(t.Context(), reading)
	require.NoError(t, err)
	assert.Len(t, got.Rows, 40)
	assert.True(t, got.Complete, got.Proof)
}

// TestAFilterIsSettledByTheAnswerOfItsRequest presses a box whose request begins late, after another that means
// nothing.
func TestAFilterIsSettledByTheAnswerOfItsRequest(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, script string
		about        func(string) bool
	}{
		{"debounced", `box.onchange = () => setTimeout(async () => { await fetch('/slow'); p.textContent = 'all'; }, 900);`, nil},
		{"after telemetry", `box.onchange = () => { fetch('/quick'); setTimeout(async () => { await fetch('/slow'); p.textContent = 'all'; }, 900); };`,
			func(a string) bool { return strings.HasSuffix(a, "/slow") }},
		{"aborted for another", `let c; box.onchange = () => { c = new AbortController(); fetch('/slow', { signal: c.signal }).catch(() => {});
			setTimeout(async () => { c.abort(); await fetch('/slow'); p.textContent = 'all'; }, 100); };`, nil},
		{"one after another", `box.onchange = async () => { await fetch('/quick'); await fetch('/slow'); p.textContent = 'all'; };`, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, `<input type=checkbox id=box><p id=p>some</p><script>`+c.script+`</script>`)
			w.mux.HandleFunc("GET /slow", func(rw http.ResponseWriter, _ *http.Request) {
				time.Sleep(400 * time.Millisecond)
				fmt.Fprint(rw, "ok")
			})
			w.serve("/quick", "ok")
			err := w.Asks(t.Context(), css("#box"), c.about, 10*short, func() (bool, error) { return w.Check(t.Context(), css("#box"), true, 4*short) })
			require.NoError(t, err)
			said, err := w.Read(t.Context(), css("#p"), "")
			require.NoError(t, err)
			assert.Equal(t, "all", said)
		})
	}
}

func TestOnlyAPressIsFollowedByAnAnswer(t *testing.T) {
	t.Parallel()
	w := setup(t, `<input type=checkbox id=box checked>`)
	began := false
	require.NoError(t, w.Asks(t.Context(), css("#box"), nil, short, func() (bool, error) { began = true; return false, nil }))
	assert.True(t, began)
	require.NoError(t, w.Asks(t.Context(), css("#box"), nil, short, func() (bool, error) { return true, nil }), "it needs no answer")
	w.mux.HandleFunc("GET /never", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	err := w.Asks(t.Context(), css("#box"), nil, short, func() (bool, error) {
		require.NoError(t, w.Page.Click(t.Context(), automation.Press{Target: css("#box"), Bound: enough}))
		_, err := w.Texts(t.Context(), css("#box"))
		return true, err
	})
	require.NoError(t, err)
	w.serve("/asking", `<button id=b onclick="fetch('/never')">B</button>`)
	require.NoError(t, w.Open(t.Context(), "/asking"))
	err = w.Asks(t.Context(), css("#b"), nil, short, func() (bool, error) {
		return true, w.Click(t.Context(), automation.Press{Target: css("#b"), Bound: short})
	})
	require.ErrorIs(t, err, automation.ErrUnreachable)
	assert.Contains(t, err.Error(), "has not been answered")
}

func TestFiltersHoldBeforeAndAfter(t *testing.T) {
	t.Parallel()
	boxes := []automation.Filter{{Target: css("#inactive"), On: on(true)}, {Target: css("#status"), Equals: "All"}}
	controls := func(checked, selected string) string {
		return `<input type=checkbox id=inactive ` + checked + `><select id=status><option>Active<option ` + selected + `>All</select>`
	}
	read := func(w *world) (automation.Rows, error) {
		return w.ReadTable(t.Context(), automation.Reading{Table: people(), Counter: css("#count"), Next: css("#next"), Filters: boxes, Bound: 4 * short})
	}
	t.Run("they hold", func(t *testing.T) {
		t.Parallel()
		got, err := read(setup(t, tableOf(0, 3)+controls("checked", "selected")+`<p id=count>3</p><a id=next aria-disabled=true>Next</a>`))
		require.NoError(t, err)
		assert.True(t, got.Complete, got.Proof)
	})
	for name, page := range map[string]string{"#inactive": controls("", "selected"), "#status": controls("checked", "")} {
		t.Run("not before: "+name, func(t *testing.T) {
			t.Parallel()
			_, err := read(setup(t, tableOf(0, 3)+page+`<p id=count>3</p><a id=next aria-disabled=true>Next</a>`))
			require.ErrorIs(t, err, automation.ErrIncomplete)
			assert.Contains(t, err.Error(), name)
		})
	}
	t.Run("not there before", func(t *testing.T) {
		t.Parallel()
		_, err := read(setup(t, tableOf(0, 3)+`<p id=count>3</p><a id=next aria-disabled=true>Next</a>`))
		require.ErrorIs(t, err, automation.ErrIncomplete)
	})
	for name, second := range map[string]string{"not after": controls("", "selected"), "not seen after": ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, tableOf(0, 3)+controls("checked", "selected")+`<p id=count>6</p><a id=next href="/two">Next</a>`)
			w.serve("/two", tableOf(3, 6)+second+`<p id=count>6</p><a id=next aria-disabled=true>Next</a>`)
			got, err := read(w)
			require.NoError(t, err)
			assert.False(t, got.Complete)
			assert.Contains(t, got.Proof, "#inactive")
		})
	}
	t.Run("lost on a page in between", func(t *testing.T) {
		t.Parallel()
		w := setup(t, tableOf(0, 3)+controls("checked", "selected")+`<p id=count>9</p><a id=next href="/two">Next</a>`)
		w.serve("/two", tableOf(3, 6)+controls("", "selected")+`<p id=count>9</p><a id=next href="/three">Next</a>`)
		w.serve("/three", tableOf(6, 9)+controls("checked", "selected")+`<p id=count>9</p><a id=next aria-disabled=true>Next</a>`)
		got, err := read(w)
		require.NoError(t, err)
		assert.False(t, got.Complete)
		assert.Contains(t, got.Proof, "#inactive")
	})
}

func TestACounterThatCountsTheRowsDrawnProvesNothing(t *testing.T) {
	t.Parallel()
	next := automation.Reading{Table: people(), Counter: css("#count"), Next: css("#next"), Bound: 6 * short}
	more := automation.Reading{Table: people(), Counter: css("#count"), More: css("#more"), Bound: 6 * short}
	scrolling := automation.Reading{Table: people(), Counter: css("#count"), Scroll: true, Bound: 6 * short}
	onePage := automation.Reading{Table: people(), Counter: css("#count"), Bound: 6 * short}
	// growing draws 20 rows more at the bottom, each time late and after an answer, up to 60.
	const growing = `<script>
		let n = 20, on = false; const tick = () => { count.textContent = n + ' users'; }; tick();
		addEventListener('scroll', () => { if (on || n >= 60 || innerHeight + scrollY < document.documentElement.scrollHeight - 5) return; on = true;
			setTimeout(async () => { await fetch('/more'); for (let i = 0; i < 20; i++, n++) t.tBodies[0].insertAdjacentHTML('beforeend', '<tr><td><a href=x>P</a></td><td>p' + n + '@x.com</td></tr>'); tick(); on = false; }, 400); });
	</script>`
	tall := `<style>td { height: 60px }</style>`
	for _, c := range []struct {
		name, body string
		reading    automation.Reading
		rows       int
		complete   bool
	}{
		{"next absent", tableOf(0, 20) + `<p id=count>20 users</p>`, next, 20, false},
		{"next disabled", tableOf(0, 20) + `<p id=count>20 users</p><a id=next aria-disabled=true>Next</a>`, next, 20, true},
		{"next late, and the counter says which of how many have come", tableOf(0, 20) + `<p id=count>1–20 of 20</p><script>setTimeout(() => {
			count.insertAdjacentHTML('afterend', '<a id=next href=/last>Next</a>'); count.textContent = '1–20 of 40'; }, 900)</script>`, next, 40, true},
		{"which of how many, and no next", tableOf(0, 20) + `<p id=count>1–20 of 20</p>`, next, 20, true},
		{"more late", tableOf(0, 20) + `<p id=count>Showing 1 to 20 of 20 entries</p><script>setTimeout(() => { const b = document.createElement('button'); b.id = 'more'; document.body.append(b);
			b.textContent = 'More'; b.onclick = () => { t.tBodies[0].insertAdjacentHTML('beforeend', '<tr><td><a href=x>P</a></td><td>late@x.com</td></tr>');
			count.textContent = 'Showing 1 to 21 of 21 entries'; b.remove(); } }, 900)</script>`, more, 21, false}, // its counter changes with it
		{"numbers beside words", tableOf(0, 1) + `<p id=count>page 1 of 1</p><a id=next aria-disabled=true>Next</a>`, next, 1, false},
		{"next disabled for a moment", tableOf(0, 20) + `<p id=count>20 users</p><a id=next aria-disabled=true>Next</a><script>
			fetch('/more').then(() => setTimeout(() => { next.removeAttribute('aria-disabled'); next.href = '/last'; }, 100));</script>`, next, 40, false},
		{"one page", tableOf(0, 20) + `<p id=count>20 users</p>`, onePage, 20, true},
		{"late counter", tableOf(0, 20) + `<p id=count></p><a id=next aria-disabled=true>Next</a><script>setTimeout(() => { count.textContent = '20 users'; }, 900)</script>`, next, 20, true},
		{"one page that grows at its bottom", tall + `<p id=count></p>` + tableOf(0, 20) + growing, onePage, 60, false}, // its counter changes with it
		{"a list that grows at its bottom", tall + `<p id=count></p>` + tableOf(0, 20) + strings.Replace(growing, "n + ' users'", "'60 users'", 1), scrolling, 60, true},
		{"a list that says less than it has", tall + `<p id=count></p>` + tableOf(0, 20) + strings.Replace(growing, "n + ' users'", "'20 users'", 1), scrolling, 60, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "")
			w.serve("/more", "ok")
			w.serve("/last", tableOf(20, 40)+`<p id=count>40 users</p><a id=next aria-disabled=true>Next</a>`)
			w.serve("/case", c.body)
			require.NoError(t, w.Open(t.Context(), "/case"))
			got, err := w.ReadTable(t.Context(), c.reading)
			require.NoError(t, err)
			assert.Len(t, got.Rows, c.rows)
			assert.Equal(t, c.complete, got.Complete, got.Proof)
		})
	}
}

func TestEMailCellsAreAddressesToTheLetter(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, cell, email, notice string }{
		{"plain", `ann@x.com`, "ann@x.com", ""},
		{"upper case by style", `<span style="text-transform:uppercase">Ann@x.com</span>`, "Ann@x.com", ""},
		{"capitalised by style", `<div style="text-transform:capitalize"><div>ann@x.com</div></div>`, "ann@x.com", ""},
		{"hidden text beside a transformed one", `<span style="text-transform:uppercase">ann@x.com<i style="display:none">no</i></span>`, "ann@x.com", ""},
		{"soft hyphen", "ann@\u00adx.com", "", "not exactly one address"},
		{"soft hyphen with a link", "<a href='mailto:ann@x.com'>ann@\u00adx.com</a>", "ann@x.com", ""},
		{"zero width with a title", "<span title='ann@x.com'>ann@\u200bx.com</span>", "ann@x.com", ""},
		{"ellipsis", "ann@x.c…", "", "not exactly one address"},
		{"three dots", "ann@x.c...", "", "not exactly one address"},
		{"ellipsis with a title", "<span title='ann@x.com'>ann@x…</span>", "ann@x.com", ""},
		{"ellipsis with data", "<span data-email='ann@x.com'>an…com</span>", "ann@x.com", ""},
		{"a title that says another", "<span title='bob@x.com'>ann@x…</span>", "", "not exactly one address"},
		{"label", `Work: ann@x.com`, "", "not exactly one address"},
		{"label with a link", `Work: <a href="mailto:ann@x.com?subject=Hi">ann@x.com</a>`, "ann@x.com", ""},
		{"several", `ann@x.com, bob@x.com`, "", "not exactly one address"},
		{"several with a link to one", `<a href="mailto:ann@x.com">ann@x.com</a>, bob@x.com`, "", "not exactly one address"},
		{"a link that says another", `<a href="mailto:bob@x.com">ann@x.com</a>`, "", "writes to"},
		{"icon", `<a href="mailto:ann%40x.com" aria-label="write">✉</a>`, "ann@x.com", ""},
		{"words", `not given`, "", "not exactly one address"},
		{"nothing", ``, "", "no e-mail"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, listOf(c.cell, "other@x.com"))
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: emails(), Bound: 4 * short})
			require.NoError(t, err)
			require.Len(t, got.Rows, 2, "one odd row blocks nobody else")
			assert.True(t, got.Complete, got.Proof)
			assert.Equal(t, c.email, got.Rows[0]["email"])
			if c.notice == "" {
				assert.Empty(t, got.Notices)
				return
			}
			assert.Contains(t, got.Notices[0], c.notice)
			assert.Empty(t, got.Notices[1])
			found, err := w.FindRow(t.Context(), automation.Reading{Table: emails(), Bound: short}, "ann@x.com")
			require.NoError(t, err)
			assert.False(t, found, "nothing is done in a row whose address cannot be read")
		})
	}
}

func TestWhatIsReadIsNotTransformed(t *testing.T) {
	t.Parallel()
	w := setup(t, `<style>.u { text-transform: uppercase }</style><p id=a class=u>Acme <b>Inc.</b><br>North<span style="visibility:hidden">x</span></p>
		<div id=b class=u><p>One</p><p style="text-transform:none">Two</p></div><p id=c>Plain  text</p>`)
	for id, want := range map[string]string{"#a": "Acme Inc. North", "#b": "One Two", "#c": "Plain text"} {
		got, err := w.Read(t.Context(), css(id), "")
		require.NoError(t, err)
		assert.Equal(t, want, got)
	}
}

// TestSignsInACellAreNotRead has cells with what stands there as a sign: the initials of an avatar, the ligature of an
// icon font, a link to write to somebody.
func TestSignsInACellAreNotRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, cell, want string }{
		{"initials before", `<span aria-hidden=true>RA</span><a href=#>Robin Automat</a>`, "Robin Automat"},
		{"initials after", `Robin RAnder <i aria-hidden=true>RA</i>`, "Robin RAnder"},
		{"an icon by its word", `<i class=material-icons aria-hidden="TRUE">person</i> Robin`, "Robin"},
		{"a link to write to somebody", `Ann <a href="mailto:a@x.com">Ann</a>`, "Ann"},
		{"letters by style", `<b aria-hidden=true>RA</b><span style="text-transform:uppercase">Robin</span>`, "Robin"},
		{"nothing but a sign", `<span aria-hidden=true>RA</span>`, "RA"},
		{"what is not hidden", `<span aria-hidden=false>Dr.</span> <span>Robin</span>`, "Dr. Robin"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, listOf("<tr><td>"+c.cell+"</td><td>ann@x.com</td></tr>"))
			table := people()
			delete(table.Table.Columns, "id")
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: table, Bound: 4 * short})
			require.NoError(t, err)
			require.Len(t, got.Rows, 1)
			assert.Equal(t, c.want, got.Rows[0]["name"])
		})
	}
}

func TestOneOddRowBlocksNobodyElse(t *testing.T) {
	t.Parallel()
	w := setup(t, listOf("p0@x.com", `<tr><td colspan=2>Group A</td></tr>`, `<tr style="height:30px"><td></td><td></td></tr>`,
		`<tr><td><a href="/u/7">One</a><a href="/u/8">Two</a></td><td>p7@x.com</td></tr>`, `<tr><td>3 users selected</td><td></td></tr>`, "p9@x.com")+`<p id=count>3 users</p>`)
	got, err := w.ReadTable(t.Context(), automation.Reading{Table: emails(), Counter: css("#count"), Bound: 4 * short})
	require.NoError(t, err)
	require.Len(t, got.Rows, 4)
	assert.True(t, got.Complete, got.Proof)
	assert.Contains(t, got.Notices[1], "its id is ambiguous")
	assert.Contains(t, got.Notices[2], "no e-mail")
	assert.Len(t, got.Notices, 2)
}

func TestTwoWithOneKeyAreTwo(t *testing.T) {
	t.Parallel()
	w := setup(t, listOf("p0@x.com", "p1@x.com", "p0@x.com")+`<p id=count>3 users</p>`)
	got, err := w.ReadTable(t.Context(), automation.Reading{Table: emails(), Counter: css("#count"), Bound: 4 * short})
	require.NoError(t, err)
	assert.Len(t, got.Rows, 3)
	assert.True(t, got.Complete, got.Proof)
}

func TestACellIsFoundBesideOthersLikeIt(t *testing.T) {
	t.Parallel()
	target := emails()
	target.Table.Columns["id"] = selectors.Column{Candidates: []selectors.Candidate{{CSS: "a"}}, Attr: "href", Pattern: `/u/(?P<id>\d+)`}
	w := setup(t, listOf(`<tr><td><a href="/u/1">P</a> <a href="mailto:p1@x.com">✉</a></td><td>p1@x.com</td></tr>`,
		`<tr><td><a href="/u/2">P</a> <a href="/u/2">Edit</a></td><td>p2@x.com</td></tr>`, `<tr><td><a href="/u/3">P</a> <a href="/u/4">Q</a></td><td>p3@x.com</td></tr>`))
	got, err := w.ReadTable(t.Context(), automation.Reading{Table: target, Bound: 4 * short})
	require.NoError(t, err)
	require.Len(t, got.Rows, 3)
	for i, id := range []string{"1", "2", ""} {
		fields, _ := got.Fields(i)
		assert.Equal(t, id, fields["id"])
	}
	assert.Contains(t, got.Notices[2], "ambiguous")
}

func TestWhatIsNeverSeenIsNotThere(t *testing.T) {
	t.Parallel()
	other := `<table class=t><thead><tr><th>Email</th></tr></thead><tbody><tr><td>old@x.com</td></tr></tbody></table>`
	for name, hide := range map[string]string{
		"left of the page": `<div style="position:absolute;left:-9999px">`, "above the page": `<div style="position:absolute;top:-9999px">`,
		"clipped to a pixel": `<div style="position:absolute;width:1px;height:1px;overflow:hidden">`, "clip": `<div style="position:absolute;clip:rect(0,0,0,0)">`,
		"clip-path": `<div style="position:absolute;clip-path:inset(50%)">`, "aria-hidden": `<div aria-hidden=true>`, "inert": `<div inert>`,
		"display": `<div style="display:none">`, "fixed out of view": `<div style="position:fixed;transform:translateX(-200vw);left:0;right:0">`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, hide+other+`</div><div style="height:3000px"></div>`+strings.Replace(other, "old@", "new@", 1))
			got, err := w.Texts(t.Context(), css(".t td"))
			require.NoError(t, err)
			assert.Equal(t, []string{"new@x.com"}, got, "what is below the fold is there")
		})
	}
	w := setup(t, `<div style="height:0;overflow:hidden"><p id=r style="position:absolute;top:50px">lifted out of a box without height</p></div><div style="height:100px;overflow:auto" id=s><p id=p>first</p><div style="height:900px"></div></div><div inert><p id=q>alone</p></div>
		<label><input id=box type=checkbox style="position:absolute;clip:rect(0,0,0,0);width:1px;height:1px"> Show</label><script>s.scrollTop = 500; scrollTo(0, 400)</script>`)
	for _, id := range []string{"#p", "#q", "#r", "#box"} {
		got, err := w.Look(t.Context(), css(id))
		require.NoError(t, err)
		assert.True(t, got[0].There(), "%s is %s", id, got[0])
	}
}

// windows is a list that fetches what it draws in windows of 20, as one with a witness.
func windows(w *world, answer func(start int) string, drawn func(int) string, beside ...string) *selectors.Target {
	w.mux.HandleFunc("GET /api/users", func(rw http.ResponseWriter, r *http.Request) {
		var start int
		_, _ = fmt.Sscan(r.FormValue("start"), &start)
		rw.Header().Set("Content-Type", "application/json")
		fmt.Fprint(rw, answer(start))
	})
	t := css("#list")
	t.Table = &selectors.Table{Rows: ".row", Key: "email", Fold: true, Columns: map[string]selectors.Column{
		"email": {Candidates: []selectors.Candidate{{CSS: ".e"}}, Kind: selectors.Email}, "role": {Candidates: []selectors.Candidate{{CSS: ".r"}}},
		"name": {Candidates: []selectors.Candidate{{CSS: ".n"}}}},
		Witness: &selectors.Witness{Path: "/api/users$", Query: map[string]string{"inactive": "1"}, Rows: "data.users", Total: "data.total", Fields: map[string]string{"email": "email", "role": "role.name"}}}
	w.serve("/windows", `<div id=list style="height:300px;overflow:auto" aria-busy=true><div id=space style="position:relative"></div></div><script>
		const total = 60, known = {}; space.style.height = total * 30 + 'px';
		const ask = async (k) => { if (known[k]) return; known[k] = []; known[k] = (await (await fetch('/api/users?inactive=1&start=' + k * 20)).json()).data.users; draw(); };
		const draw = () => { const first = Math.floor(list.scrollTop / 30); let s = '', missing = false;
			for (let i = Math.max(0, first - 2); i < Math.min(total, first + 13); i++) { const k = Math.floor(i / 20); ask(k); const u = known[k][i % 20]; if (!u) { missing = true; continue; }
				s += '<div class=row style="position:absolute;top:' + i * 30 + 'px"><span class=e>' + u.email + '</span> <span class=r>' + `+drawn(0)+` + '</span><i class=n>' + (i === 33 ? 'Lee, Jr' : u.email) + '</i></div>'; }
			space.innerHTML = s; missing ? list.setAttribute('aria-busy', 'true') : list.removeAttribute('aria-busy'); };
		list.onscroll = draw; draw();
	</script>`+strings.Join(beside, ""))
	return t
}

func answers(rows func(i int) string, total int) func(int) string {
	return func(start int) string {
		var out []string
		for i := start; i < start+20; i++ {
			if r := rows(i); r != "" {
				out = append(out, r)
			}
		}
		return fmt.Sprintf(`{"data":{"users":[%s],"total":%d}}`, strings.Join(out, ","), total)
	}
}

// TestAllThatTheServerTellsOfIsAll has what looks like a way on beside a list of which the server says how long it is.
func TestAllThatTheServerTellsOfIsAll(t *testing.T) {
	t.Parallel()
	person := func(i int) string { return fmt.Sprintf(`{"email":"p%d@x.com","role":{"name":"Clerk"}}`, i) }
	for _, told := range []bool{true, false} {
		w := setup(t, "")
		target := windows(w, answers(person, 60), func(int) string { return `u.role.name` }, `<button>Next</button>`)
		if !told {
			target.Table.Witness = nil
		}
		require.NoError(t, w.Open(t.Context(), "/windows"))
		got, err := w.ReadTable(t.Context(), automation.Reading{Table: target, Scroll: true, Bound: 8 * short})
		require.NoError(t, err)
		assert.Equal(t, told, got.Complete, got.Proof)
	}
}

func TestRowsDrawnAndRowsAnsweredAgree(t *testing.T) {
	t.Parallel()
	person := func(i int) string { return fmt.Sprintf(`{"email":"p%d@x.com","role":{"name":"Clerk"}}`, i) }
	asAnswered := func(int) string { return `u.role.name` }
	for _, c := range []struct {
		name          string
		answer        func(int) string
		drawn         func(int) string
		edit          func(*selectors.Witness)
		proof, notice string
	}{
		{name: "they agree", answer: answers(person, 60), drawn: asAnswered},
		{name: "the total differs", answer: answers(person, 61), drawn: asAnswered, proof: "the server's answer says 61"},
		{name: "another role is drawn", answer: answers(person, 60), drawn: func(int) string { return `(i === 33 ? 'Administrator' : u.role.name)` }, proof: "p33@x.com", notice: `reads "Administrator"`},
		{name: "a name reads otherwise, which says nothing of anybody else", answer: answers(person, 60), drawn: asAnswered, edit: func(w *selectors.Witness) { w.Fields["name"] = "email" }, notice: `reads "Lee, Jr"`},
		{name: "no answer seen", answer: answers(person, 60), drawn: asAnswered, edit: func(w *selectors.Witness) { w.Query["inactive"] = "2" }, proof: "no answer"},
		{name: "none seen and none needed", answer: answers(person, 60), drawn: asAnswered, edit: func(w *selectors.Witness) { w.Query["inactive"], w.Optional = "2", true }},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "")
			target := windows(w, c.answer, c.drawn)
			if c.edit != nil {
				c.edit(target.Table.Witness)
			}
			require.NoError(t, w.Open(t.Context(), "/windows"))
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: target, Scroll: true, Bound: 8 * short})
			require.NoError(t, err)
			assert.Len(t, got.Rows, 60)
			assert.True(t, got.Parts)
			assert.Equal(t, c.proof == "", got.Complete, got.Proof)
			assert.Contains(t, got.Proof, c.proof)
			if c.notice != "" {
				assert.Contains(t, got.Notices[33], c.notice)
				assert.Len(t, got.Notices, 1)
			}
		})
	}
}

func TestRowsOfOneAnswerAreNotInParts(t *testing.T) {
	t.Parallel()
	var asked atomic.Int32
	w := setup(t, "")
	w.mux.HandleFunc("GET /one", func(rw http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		rw.Header().Set("Content-Type", "text/html")
		fmt.Fprint(rw, "<!doctype html>"+tableOf(0, 5)+`<a id=previous aria-disabled=true>Previous</a><a id=next aria-disabled=true>Next</a>`)
	})
	require.NoError(t, w.Open(t.Context(), "/one"))
	got, err := w.ReadTable(t.Context(), automation.Reading{Table: people(), Next: css("#next"), Previous: css("#previous"), Bound: 2 * short})
	require.NoError(t, err)
	assert.True(t, got.Complete, got.Proof)
	assert.False(t, got.Parts)
	assert.Equal(t, int32(1), asked.Load())
}
