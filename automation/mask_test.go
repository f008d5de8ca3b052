package automation_test

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// strict serves a page under a policy that allows neither inline styles nor strings as scripts.
func (w *world) strict(path, html string) {
	w.mux.HandleFunc("GET "+path, func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/html; charset=utf-8")
		rw.Header().Set("Content-Security-Policy", "default-src 'self'; style-src 'self'; require-trusted-types-for 'script'")
		fmt.Fprint(rw, "<!doctype html><meta charset=utf-8>"+html)
	})
}

func TestMaskingUnderAStrictPolicy(t *testing.T) {
	t.Parallel()
	w := setup(t, "")
	for path, number := range map[string]string{"/a": "44 1234 5678", "/b": "99 8765 4321"} {
		w.strict(path, `<input id=i value="`+number+`"><p>IBAN DE`+number+`</p><iframe src="/in`+path+`"></iframe><table><tr><td>Bob</td><td>bob@x.example</td></tr></table>`)
		w.strict("/in"+path, `<p>DE`+number+`</p>`)
	}
	w.strict("/plain", `<p>IBAN</p>`)
	shoot := func(path, secret string) []byte {
		require.NoError(t, w.Open(t.Context(), path))
		require.NoError(t, w.Fill(t.Context(), automation.Entry{Target: css("#i"), Value: secret, Secret: true, Bound: enough}))
		require.NoError(t, w.Click(t.Context(), automation.Press{Target: css("p"), Bound: enough})) // a caret blinks
		data, err := w.Screenshot(t.Context(), automation.Masking{Others: true})
		require.NoError(t, err)
		return data
	}
	assert.True(t, bytes.Equal(shoot("/a", "111111"), shoot("/b", "987650")), "nothing that is secret can be read")
	require.NoError(t, w.Open(t.Context(), "/plain"))
	_, err := w.Screenshot(t.Context(), automation.Masking{})
	require.NoError(t, err)
}

// replaced has an element with a closed shadow root that shows body, and is another one in each frame: the one that is
// pictured was not masked.
func replaced(body string) string {
	return `<div id=box></div><script>const add = () => { box.innerHTML = '<x-y></x-y>';
		box.firstChild.attachShadow({mode: 'closed'}).innerHTML = '` + body + `'; requestAnimationFrame(add) }; add()</script>`
}

func TestAPageThatCannotBeMaskedIsNotPictured(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"its own style wins":        `<input type=password value=hunter2 style="filter:none!important">`,
		"a row's own style wins":    `<ul><li style="filter:none!important">bob@x.example</ul>`,
		"a number's own style wins": `<style>p::highlight(billagent-masked) { color: black !important } </style><p>1234 5678 9012</p>`,
		"a secret field comes and goes": `<div id=box></div><script>const add = () => {
			box.innerHTML = ''; const i = document.createElement('input'); i.type = 'password';
			i.style.setProperty('filter', 'none', 'important'); box.append(i); requestAnimationFrame(add); }; add();</script>`,
		"a frame of another origin stays":                       `<iframe sandbox srcdoc="<p>1234 5678 9012" style="visibility:visible!important"></iframe>`,
		"a number in a closed shadow root that comes and goes":  replaced(`<h1>1234 5678 9012</h1>`),
		"an e-mail in a closed shadow root that comes and goes": replaced(`<p>bob@x.example</p>`),
		"a field in a closed shadow root that comes and goes":   replaced(`<input>`),
		"numbers come all the time": `<div id=box></div><script>setInterval(() => {
			box.append(document.createElement('p')); box.lastChild.textContent = '1234 5678 9012'; }, 1)</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, body)
			ev, err := automation.NewEvidence(filepath.Join(t.TempDir(), "op"))
			require.NoError(t, err)
			ev.Masking = automation.Masking{Others: true}
			file, err := ev.Picture(t.Context(), w.Page, "before-commit")
			require.NoError(t, err)
			assert.Empty(t, file)
			require.NoError(t, ev.Close())
			steps, err := os.ReadFile(filepath.Join(ev.Dir(), "steps.jsonl"))
			require.NoError(t, err)
			assert.Contains(t, string(steps), "not masked")
			pictures, err := filepath.Glob(filepath.Join(ev.Dir(), "*.png"))
			require.NoError(t, err)
			assert.Empty(t, pictures)
			_, err = w.Screenshot(t.Context(), ev.Masking)
			require.ErrorIs(t, err, automation.ErrNotMasked)
		})
	}
}

// TestAPageThatIsNestedDeeplyIsPictured has more elements in each other than the browser can tell of: a picture is taken
// where nothing may have a closed root.
func TestAPageThatIsNestedDeeplyIsPictured(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("<b>", 250) + "here" + strings.Repeat("</b>", 250)
	_, err := setup(t, deep).Screenshot(t.Context(), automation.Masking{})
	require.NoError(t, err)
	_, err = setup(t, deep+"<x-y></x-y>").Screenshot(t.Context(), automation.Masking{})
	require.ErrorIs(t, err, automation.ErrNotMasked)
	require.ErrorContains(t, err, "nested too deep")
}

// TestClosedShadowRootsAreMasked pictures pages that differ in nothing but secrets in closed roots, and keeps one.
func TestClosedShadowRootsAreMasked(t *testing.T) {
	t.Parallel()
	w := setup(t, "")
	for path, secret := range map[string][]string{"/a": {"44 1234 5678", "hunter2", "bob@x.example"}, "/b": {"99 8765 4321", "letmein", "zoe@x.example"}} {
		w.serve(path, `<x-y id=own></x-y><div id=h></div><section><template shadowrootmode=closed><ul><li>`+secret[2]+`</ul></template></section>`+
			closed("own", `<h1>`+secret[0]+`</h1>`)+
			`<script>const o = h.attachShadow({mode: 'open'}); o.innerHTML = '<p></p>';
			o.firstChild.attachShadow({mode: 'closed'}).innerHTML = '<input type=password value=`+secret[1]+`>'</script>`)
	}
	shoot := func(path string) []byte {
		require.NoError(t, w.Open(t.Context(), path))
		data, err := w.Screenshot(t.Context(), automation.Masking{Others: true})
		require.NoError(t, err)
		return data
	}
	assert.True(t, bytes.Equal(shoot("/a"), shoot("/b")), "nothing that is secret can be read")
	ev, err := automation.NewEvidence(filepath.Join(t.TempDir(), "op"))
	require.NoError(t, err)
	require.NoError(t, ev.Failure(t.Context(), w.Page))
	require.NoError(t, ev.Close())
	kept, err := os.ReadFile(filepath.Join(ev.Dir(), "page.mhtml"))
	require.NoError(t, err)
	for _, secret := range []string{"8765", "letmein"} {
		assert.NotContains(t, string(kept), secret)
	}
}

// TestAPageWithASecretInAClosedRootIsNotKept has an element that is replaced as soon as a number in it is taken out.
func TestAPageWithASecretInAClosedRootIsNotKept(t *testing.T) {
	t.Parallel()
	w := setup(t, `<div id=box></div><script>const add = () => {
		box.innerHTML = '<x-y></x-y>';
		const root = box.firstChild.attachShadow({mode: 'closed'});
		root.innerHTML = '<h1>1234 5678 9012</h1>';
		new MutationObserver(add).observe(root, {characterData: true, subtree: true}) }; add()</script>`)
	ev, err := automation.NewEvidence(filepath.Join(t.TempDir(), "op"))
	require.NoError(t, err)
	require.ErrorContains(t, ev.Failure(t.Context(), w.Page), "the page is not kept")
	require.NoError(t, ev.Close())
	assert.NoFileExists(t, filepath.Join(ev.Dir(), "page.mhtml"))
}

// TestAClosedRootThatSaysLittleIsPictured has what the browser itself draws in closed roots, and a sign in one.
func TestAClosedRootThatSaysLittleIsPictured(t *testing.T) {
	t.Parallel()
	w := setup(t, `<input type=date value=2026-11-27><video controls></video><x-z>text</x-z><x-y></x-y><script>
		document.querySelector('x-y').attachShadow({mode:'closed'}).innerHTML =
		'<style>b { margin: 1234567px }</style><b>Menu</b>'</script>`)
	data, err := w.Screenshot(t.Context(), automation.Masking{Others: true})
	require.NoError(t, err)
	assert.NotEmpty(t, data)
}

// TestWhatIsFramedAndCannotBeMaskedIsHidden pictures pages that differ in nothing but what is framed there.
func TestWhatIsFramedAndCannotBeMaskedIsHidden(t *testing.T) {
	t.Parallel()
	for name, framed := range map[string]string{
		"a frame of another origin":  `<iframe sandbox srcdoc="<h1>NUMBER</h1>"></iframe>`,
		"a drawing in an object":     `<object type="image/svg+xml" data="/NUMBER.svg" width=200 height=60></object>`,
		"a drawing that is embedded": `<embed type="image/svg+xml" src="/NUMBER.svg" width=200 height=60>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "")
			shoot := func(number string) []byte {
				w.mux.HandleFunc("GET /"+number+".svg", func(rw http.ResponseWriter, _ *http.Request) {
					rw.Header().Set("Content-Type", "image/svg+xml")
					fmt.Fprintf(rw, `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="60"><text y="20">%s</text></svg>`, number)
				})
				w.serve("/"+number, `<p>IBAN</p>`+strings.ReplaceAll(framed, "NUMBER", number))
				require.NoError(t, w.Open(t.Context(), "/"+number))
				data, err := w.Screenshot(t.Context(), automation.Masking{})
				require.NoError(t, err)
				return data
			}
			assert.True(t, bytes.Equal(shoot("123456789012"), shoot("210987654321")))
		})
	}
}
