package automation_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// bound is for pages that need some time of their own.
const bound = 4 * short

func TestButtonsThatNeverStandStillArePressed(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"pulses": `<style>@keyframes p { from { transform: scale(1) } to { transform: scale(1.2) } } #d { animation: p .4s linear infinite alternate; margin: 50px }</style>
			<button id=d onclick="note('click')">Del</button>`,
		"pulses by a script": `<button id=d style="margin:50px" onclick="note('click')">Del</button><script>let n = 0; const step = () => { d.style.padding = (10 + n++ % 7) + 'px'; requestAnimationFrame(step); }; step();</script>`,
		"shifts":             `<button id=d style="position:absolute;left:100px" onclick="note('click')">Del</button><script>let n = 0; setInterval(() => { d.style.left = (n++ % 2) * 300 + 'px'; }, 500);</script>`,
		"shifts at the first two presses": `<button id=d style="position:absolute;left:100px" onclick="note('click')">Del</button>
			<script>let n = 0; d.addEventListener('mouseenter', () => { if (n++ < 2) d.style.left = n * 300 + 'px'; });</script>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+body)
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Del"), Agree: true, Bound: bound}))
			assert.Equal(t, "log: click", w.log(t))
		})
	}
}

func TestFieldsAreLeftAsByHand(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<form><input id=i><select id=s><option>a<option>b</select><p id=tips style="position:fixed;inset:0;background:#fff" hidden>Suggestions</p>
		<button type=button onclick="note('click')">Save</button></form>
		<script>
			i.addEventListener('input', () => { tips.hidden = false; });
			i.addEventListener('blur', () => { tips.hidden = true; });
			for (const el of [i, s]) for (const type of ['focus', 'change', 'blur']) el.addEventListener(type, (e) => note(el.id + ' ' + type + (e.isTrusted ? '' : ' untrusted')));
		</script>`)
	require.NoError(t, w.Fill(t.Context(), automation.Entry{Target: css("#i"), Value: "abc", Bound: enough}))
	_, err := w.Choose(t.Context(), css("#s"), "b", short)
	require.NoError(t, err)
	require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Save"), Bound: enough}))
	assert.Equal(t, "log: i focus i change i blur s focus s change untrusted s blur click", w.log(t))
}

func TestFieldsThatChangeWhenTheyAreLeft(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body string
		kind       error
	}{
		{"rewritten", `<input id=i onblur="this.value = 'other'">`, automation.ErrNotRead},
		{"drawn anew with the value", `<div id=box><input id=i onchange="box.innerHTML = '<input id=i value=abc>'"></div>`, nil},
		{"drawn anew with another", `<div id=box><input id=i onchange="box.innerHTML = '<input id=i value=other>'"></div>`, automation.ErrNotRead},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, c.body)
			err := w.Fill(t.Context(), automation.Entry{Target: css("#i"), Value: "abc", Bound: short})
			if c.kind == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.kind)
		})
	}
	w := setup(t, `<select id=s onchange="this.selectedIndex = 0"><option>a<option>b</select>`)
	_, err := w.Choose(t.Context(), css("#s"), "b", short)
	require.ErrorIs(t, err, automation.ErrNotRead)
}

func TestOptionsThatComeInBatches(t *testing.T) {
	t.Parallel()
	const batches = `<script>const more = ['Approver', 'Payer', 'Clerk', 'Auditor']; const add = setInterval(() => { if (!more.length) return clearInterval(add); put(more.shift()); }, 700);</script>`
	t.Run("select", func(t *testing.T) {
		t.Parallel()
		w := setup(t, `<select id=s><option value="">Select a role<option>Administrator</select><script>const put = (s) => { const o = document.createElement('option'); o.textContent = s; document.getElementById('s').append(o); }</script>`+batches)
		_, err := w.Choose(t.Context(), css("#s"), "Auditor", 3*bound)
		require.NoError(t, err)
		_, err = w.Choose(t.Context(), css("#s"), "Owner", 3*bound)
		require.ErrorIs(t, err, automation.ErrNotOffered)
		var e *automation.Error
		require.ErrorAs(t, err, &e)
		assert.Len(t, e.Offered, 5)
	})
	t.Run("picker", func(t *testing.T) {
		t.Parallel()
		w := setup(t, `<button id=open onclick="list.hidden = false">Select a role</button><ul id=list role=listbox hidden><li role=option>Administrator</ul>
			<script>const put = (s) => { const o = document.createElement('li'); o.setAttribute('role', 'option'); o.textContent = s; o.onclick = () => { open_.textContent = s; list.hidden = true; }; list.append(o); }, open_ = document.getElementById('open');</script>`+batches)
		options := button("")
		options.Candidates[0].Role = "option"
		picker := automation.Picker{Target: css("#open"), Options: options, Option: "Auditor", Bound: 3 * bound}
		did, err := w.ChooseFrom(t.Context(), picker)
		require.NoError(t, err)
		assert.True(t, did)
		picker.Option = "Owner"
		_, err = w.ChooseFrom(t.Context(), picker)
		require.ErrorIs(t, err, automation.ErrNotOffered)
	})
}

func TestTheOneBeforeIsShownForAMoment(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<b id=who>joann@x.com</b><button onclick="note('click')">Del</button><script>setTimeout(() => { who.textContent = 'ann@x.com'; }, 900)</script>`)
	require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Del"), For: &automation.Identity{Target: css("#who"), Equals: "ann@x.com"}, Bound: bound}))
	assert.Equal(t, "log: click", w.log(t))
}

func TestFramesThatAreScaled(t *testing.T) {
	t.Parallel()
	for name, style := range map[string]string{
		"transform":                  `transform:scale(.6) translate(30px, 20px);transform-origin:0 0`,
		"transform and padding":      `transform:scale(1.3);transform-origin:0 0;padding:13px 31px`,
		"zoom":                       `zoom:1.7`,
		"small zoom":                 `zoom:.5`,
		"zoom of what holds it":      `" data-zoom="1.5`,
		"transform of what holds it": `" data-scale="1.5`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+`<div id=holder><iframe id=f src="/in" style="border:9px solid red;width:500px;height:300px;`+style+`"></iframe></div>
				<script>holder.style.zoom = f.dataset.zoom ?? '';
					if (f.dataset.scale) holder.style.transform = 'translate(100px, 50px) scale(' + f.dataset.scale + ')'; holder.style.transformOrigin = '0 0';</script>`,
				part{"/in", `<style>button { position:absolute; width:60px; height:24px; font-size:8px }</style><script>
					for (let i = 0; i < 8; i++) for (let j = 0; j < 8; j++) {
						document.write('<button style="left:' + i * 60 + 'px;top:' + j * 24 + 'px" onclick="parent.note(this.textContent)">B' + i + j + '</button>');
					}</script>`})
			for _, name := range []string{"B00", "B36", "B71"} {
				inside := button(name)
				inside.Within = css("#f")
				require.NoError(t, w.Click(t.Context(), automation.Press{Target: inside, Bound: bound}))
			}
			assert.Equal(t, "log: B00 B36 B71", w.log(t))
		})
	}
}

func TestALoadThatNeverEndsIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	hangs := make(chan struct{})
	page := func(w *world) {
		w.mux.HandleFunc("/hang", func(_ http.ResponseWriter, r *http.Request) {
			select {
			case <-hangs:
			case <-r.Context().Done():
			}
		})
		w.mux.HandleFunc("/nothing", func(rw http.ResponseWriter, _ *http.Request) { rw.WriteHeader(http.StatusNoContent) })
		w.serve("/in", `<img src="/hang"><a href="/in2">Next</a><a href="/nothing">Nothing</a><form action="/in2" method=get><button>Save</button></form>`)
		w.serve("/in2", `<img src="/hang"><h1>there</h1>`)
		w.serve("/top", logs+`<img src="/hang"><iframe id=f src="/in"></iframe><iframe src="/hang"></iframe>`)
	}
	t.Cleanup(func() { close(hangs) })
	for _, link := range []string{"a[href='/in2']", "button", "a[href='/nothing']"} {
		t.Run(link, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "")
			page(w)
			start := time.Now()
			require.NoError(t, w.Open(t.Context(), "/top"))
			inside, there := css(link), css("h1, a[href='/nothing']:focus")
			inside.Within, there.Within = css("#f"), css("#f")
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: inside, Bound: bound}))
			_, _, err := w.Await(t.Context(), bound, nil, there)
			require.NoError(t, err)
			assert.Less(t, time.Since(start), 25*time.Second, "less than a page may be without a document")
		})
	}
}

func TestLinksThatOpenATabAreFollowedHere(t *testing.T) {
	t.Parallel()
	for name, html := range map[string]string{
		"link":             `<a id=pop href="/in" target=_blank>Pop</a>`,
		"link by a name":   `<a id=pop href="/in" target=details rel=noopener>Pop</a>`,
		"base":             `<base target=_blank><a id=pop href="/in">Pop</a>`,
		"script":           `<button id=pop onclick="window.open('/in')">Pop</button>`,
		"script noopener":  `<button id=pop onclick="window.open('/in', '', 'noopener')">Pop</button>`,
		"form":             `<form action=/in method=post target=_blank><button id=pop>Pop</button></form>`,
		"button of a form": `<form action=/in method=post><button id=pop formtarget=_blank>Pop</button></form>`,
		"in a frame":       `<iframe srcdoc="<a id=pop href=/in target=_blank>Pop</a>" id=f></iframe>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, html)
			w.mux.HandleFunc("/in", func(rw http.ResponseWriter, r *http.Request) {
				rw.Header().Set("Content-Type", "text/html")
				fmt.Fprintf(rw, "<h1>%s</h1>", r.Method)
			})
			pop, heading, shown := css("#pop"), css("h1"), w.URL+"/in"
			if strings.Contains(html, "iframe") { // it opens in the frame, which is where a flow goes on
				pop.Within, heading.Within, shown = css("#f"), css("#f"), w.URL+"/"
			}
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: pop, Bound: enough}))
			_, _, err := w.Await(t.Context(), bound, nil, heading)
			require.NoError(t, err)
			assert.Equal(t, shown, w.Page.URL())
			got, err := w.Read(t.Context(), heading, "")
			require.NoError(t, err)
			assert.Equal(t, map[bool]string{true: "POST", false: "GET"}[strings.Contains(html, "post")], got)
			require.Eventually(t, func() bool { n, err := w.Session.Windows(t.Context()); return err == nil && n == 1 }, 5*time.Second, 20*time.Millisecond)
		})
	}
}

func TestTabsThatAreNotFollowed(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		html   string
		commit bool
	}{
		"of a commit":              {`<a id=pop href="/in" target=_blank>Pop</a>`, true},
		"of a commit, by a script": {`<button id=pop onclick="window.open('/in')">Pop</button>`, true},
		"to another host":          {`<button id=pop onclick="window.open('http://elsewhere.localhost:1/in')">Pop</button>`, false},
		"blank at first":           {`<button id=pop onclick="const w = window.open('about:blank'); setTimeout(() => { if (w) w.location = '/in' })">Pop</button>`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, c.html)
			var asked atomic.Int32
			w.mux.HandleFunc("/in", func(http.ResponseWriter, *http.Request) { asked.Add(1) })
			require.NoError(t, w.Click(t.Context(), automation.Press{Target: css("#pop"), Agree: c.commit, Bound: enough}))
			require.Eventually(t, func() bool { return strings.Contains(strings.Join(w.TakeNotes(), " "), "pop-up window was stopped") }, 5*time.Second, 20*time.Millisecond)
			assert.Equal(t, w.URL+"/", w.Page.URL())
			require.NoError(t, w.Open(t.Context(), w.URL)) // the browser has had its time
			assert.Zero(t, asked.Load(), "the window asked the server")
			require.Eventually(t, func() bool { n, err := w.Session.Windows(t.Context()); return err == nil && n == 1 }, 5*time.Second, 20*time.Millisecond)
		})
	}
}
