package automation_test

import (
	"fmt"
	"net/http"
	"strconv"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// remembering serves n rows in pages of size, without a counter. It opens at the page that was shown last.
func (w *world) remembering(n, size, page int) {
	w.mux.HandleFunc("GET /list", func(rw http.ResponseWriter, r *http.Request) {
		if asked := r.FormValue("page"); asked != "" {
			page, _ = strconv.Atoi(asked)
		}
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		fmt.Fprint(rw, "<!doctype html>"+tableOf(page*size, min(n, (page+1)*size)))
		for id, to := range map[string]int{"previous": page - 1, "next": page + 1} {
			if to < 0 || to*size >= n {
				fmt.Fprintf(rw, `<a id=%s aria-disabled=true>%s</a>`, id, id)
			} else {
				fmt.Fprintf(rw, `<a id=%s href="/list?page=%d">%s</a>`, id, to, id)
			}
		}
	})
}

// TestAListBeginsWithItsFirstPage opens lists at a page that was shown last.
func TestAListBeginsWithItsFirstPage(t *testing.T) {
	t.Parallel()
	for page := range 3 {
		w := setup(t, "")
		w.remembering(50, 20, page)
		require.NoError(t, w.Open(t.Context(), "/list"))
		got, err := w.ReadTable(t.Context(), automation.Reading{Table: people(), Next: css("#next"), Previous: css("#previous"), Bound: 5 * short})
		require.NoError(t, err)
		assert.True(t, got.Complete, got.Proof)
		assert.Len(t, got.Rows, 50, "opened at page %d", page)
		require.NoError(t, w.Open(t.Context(), fmt.Sprintf("/list?page=%d", page)))
		got, err = w.ReadTable(t.Context(), automation.Reading{Table: people(), Next: css("#next"), Bound: 5 * short})
		require.NoError(t, err)
		assert.False(t, got.Complete, "nothing shows where it began")
		assert.Contains(t, got.Proof, "nothing shows that it began with the first page")
	}
}

// TestWhatFiltersAListMustBeEmpty has a search box that is no search box to the browser, and the sign of a filter.
func TestWhatFiltersAListMustBeEmpty(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		beside string
		holds  bool
	}{
		"nothing":                   {"", true},
		"an empty box":              {`<input id=box>`, true},
		"a box that says something": {`<input id=box value=ann>`, false},
		"a hidden box":              {`<input id=box value=ann hidden>`, true},
		"the sign of a filter":      {`<span id=chip>Role: Clerk</span>`, false},
		"a hidden sign":             {`<span id=chip style="display:none">Role: Clerk</span>`, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, tableOf(0, 5)+c.beside)
			got, err := w.ReadTable(t.Context(), automation.Reading{Table: people(), Bound: short,
				Filters: []automation.Filter{{Target: css("#box"), Empty: true}, {Target: css("#chip"), Empty: true}}})
			if c.holds {
				require.NoError(t, err)
				assert.True(t, got.Complete, got.Proof)
				return
			}
			require.ErrorIs(t, err, automation.ErrIncomplete)
		})
	}
}

// TestAChangeWithinThePageIsWaitedFor presses what draws a list anew a while later, in two steps.
func TestAChangeWithinThePageIsWaitedFor(t *testing.T) {
	t.Parallel()
	const page = `<div id=list>old</div><button>Go</button><button>Idle</button><script>
		document.querySelector('button').onclick = () => {
			setTimeout(() => { list.textContent = 'new'; }, 300);
			setTimeout(() => { list.setAttribute('aria-busy', 'true'); list.textContent = 'newer'; }, 320);
			setTimeout(() => { list.removeAttribute('aria-busy'); list.textContent = 'newest'; }, 700);
		};</script>`
	w := setup(t, page)
	press := func(name string) func() (bool, error) {
		return func() (bool, error) {
			return true, w.Click(t.Context(), automation.Press{Target: button(name), Bound: short})
		}
	}
	require.NoError(t, w.Changes(t.Context(), css("#list"), 10*time.Second, press("Go")))
	got, err := w.Read(t.Context(), css("#list"), "")
	require.NoError(t, err)
	assert.Equal(t, "newest", got)
	require.NoError(t, w.Changes(t.Context(), css("#list"), short, func() (bool, error) { return false, nil }), "nothing was done")
	err = w.Changes(t.Context(), css("#list"), short, press("Idle"))
	require.ErrorIs(t, err, automation.ErrMissing)
	assert.Contains(t, err.Error(), "it shows what it showed before")
}

// TestAListThatLoadsInBetweenIsNotAtRest has a list that is away, empty or says that it loads before it shows who
// was searched.
func TestAListThatLoadsInBetweenIsNotAtRest(t *testing.T) {
	t.Parallel()
	for name, between := range map[string]string{
		"empty":       `body.innerHTML = ''`,
		"loading":     `body.innerHTML = '<tr><td colspan=2>Loading…</td></tr>'`,
		"away":        `t.remove()`,
		"loads twice": `body.innerHTML = ''; setTimeout(() => { body.innerHTML = '<tr><td colspan=2>Loading…</td></tr>' }, 350)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, tableOf(0, 5)+`<button>Go</button><script>
				const t = document.querySelector('table'), body = t.querySelector('tbody');
				document.querySelector('button').onclick = () => {
					`+between+`;
					setTimeout(() => { document.body.prepend(t); body.innerHTML = '<tr><td><a href="/u/9">P</a></td><td>p9@x.com</td></tr>'; }, 700);
				};</script>`)
			require.NoError(t, w.Changes(t.Context(), people(), 20*time.Second, func() (bool, error) {
				return true, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: short})
			}))
			found, err := w.FindRow(t.Context(), automation.Reading{Table: people(), Bound: 5 * time.Second}, "p9@x.com")
			require.NoError(t, err)
			assert.True(t, found)
		})
	}
	w := setup(t, tableOf(0, 5)+`<button>Go</button><script>
		document.querySelector('button').onclick = () => { document.querySelector('tbody').innerHTML = ''; };</script>`)
	require.NoError(t, w.Changes(t.Context(), people(), 20*time.Second, func() (bool, error) {
		return true, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: short})
	}), "a search may find nobody")
}
