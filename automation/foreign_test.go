package automation_test

import (
	"net/http"
	"sync"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// chat is a frame of another origin, as a window of a support service is.
const chat = `<iframe sandbox srcdoc="<p>bob@x.com</p>" style="width:200px;height:60px"></iframe>`

// over lays something over the page, in its corner.
func over(body string) string {
	return `<div style="position:fixed;right:0;bottom:0;width:300px">` + body + `</div>`
}

// TestWhoIsShownInAForeignFrameBesideACommitCannotBeRead has such a frame in the part of the page that is judged.
func TestWhoIsShownInAForeignFrameBesideACommitCannotBeRead(t *testing.T) {
	t.Parallel()
	const ours = `<p>ann@x.com</p>`
	const del = `<button onclick="note('pressed')">Del</button>`
	for name, c := range map[string]struct {
		body   string
		others string
		halts  bool
	}{
		"beside ours":           {body: `<main>` + ours + chat + del + `</main>`, halts: true},
		"alone":                 {body: ours + `<main>` + chat + del + `</main>`, halts: true},
		"in a frame of its own": {body: `<main>` + ours + `<iframe src="/in" style="height:90px"></iframe>` + del + `</main>`, halts: true},
		"in a shadow root": {body: `<main>` + ours + `<x-chat><template shadowrootmode=open>` + chat + `</template></x-chat>` + del + `</main>`,
			halts: true},
		"and nobody is named":          {body: chat + del, halts: true},
		"an object":                    {body: `<main>` + ours + `<object data="data:text/html,bob" width=90 height=30></object>` + del + `</main>`, halts: true},
		"elsewhere on the page":        {body: `<main>` + ours + del + `</main>` + chat},
		"laid over the page":           {body: ours + del + over(chat)},
		"laid over all of it":          {body: ours + `<div style="position:fixed;inset:0;z-index:-1">` + chat + `</div>` + del, halts: true},
		"laid over a frame":            {body: `<main>` + ours + `<iframe src="/fixed" style="height:200px"></iframe>` + del + `</main>`, halts: true},
		"and nobody is named, over":    {body: del + over(chat), halts: true},
		"put into a slot":              {body: `<x-c><template shadowrootmode=open><slot></slot></template>` + ours + chat + del + `</x-c>`, halts: true},
		"on its way":                   {body: `<main>` + ours + `<iframe src="/slow" width=200 height=60></iframe>` + del + `</main>`, halts: true},
		"once it is in view":           {body: `<main>` + ours + del + `<p style="height:9000px"></p><iframe src="/slow" loading=lazy></iframe></main>`},
		"a picture":                    {body: `<main>` + ours + del + `<br><object type="image/png" data="/none.png" width=90 height=90></object>` + `</main>`},
		"what stands for it":           {body: `<main>` + ours + del + `<br><object data="/none.pdf" width=90 height=90><p>A letter</p></object>` + `</main>`},
		"laid over it with the button": {body: ours + over(chat+del), halts: true},
		"laid over it with ours":       {body: over(`<main>` + ours + chat + del + `</main>`), halts: true},
		"a reason is given":            {body: `<main>` + ours + chat + del + `</main>`, others: "the frame is a chat"},
		"a counter of visits":          {body: `<main>` + ours + `<iframe sandbox srcdoc="b" width=1 height=1></iframe>` + del + `</main>`},
		"not drawn":                    {body: `<main>` + ours + `<div style="display:none">` + chat + `</div>` + del + `</main>`},
		"a frame that can be read":     {body: `<main>` + ours + `<iframe srcdoc="<p>ann@x.com</p>"></iframe>` + del + `</main>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, "", part{"/in", chat}, part{"/fixed", over(chat)})
			w.mux.HandleFunc("GET /none.pdf", http.NotFound)
			w.mux.HandleFunc("GET /none.png", http.NotFound)
			w.mux.HandleFunc("GET /slow", func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
			w.serve("/page", logs+c.body)
			var opening sync.WaitGroup
			t.Cleanup(opening.Wait)
			opening.Go(func() { _ = w.Open(t.Context(), "/page") }) // one of the frames never comes
			_, _, err := w.Await(t.Context(), enough, nil, button("Del"))
			require.NoError(t, err)
			err = w.Click(t.Context(), automation.Press{Target: button("Del"), Agree: true, People: roster, Others: c.others, Bound: short})
			if !c.halts {
				require.NoError(t, err)
				assert.Equal(t, "log: pressed", w.log(t))
				return
			}
			require.ErrorIs(t, err, automation.ErrWrongIdentity)
			assert.Contains(t, err.Error(), "cannot be read")
			assert.Equal(t, "log:", w.log(t))
		})
	}
}

// TestWhoIsShownInAnObjectIsRead has another person in a document that no frame shows.
func TestWhoIsShownInAnObjectIsRead(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<main><p>ann@x.com</p><object data="/in" type="text/html" width=200 height=60></object>
		<button onclick="note('wrong')">Del</button></main>`,
		part{"/in", `<p>bob@x.com</p>`})
	err := w.Click(t.Context(), automation.Press{Target: button("Del"), Agree: true, People: roster, Bound: short})
	require.ErrorIs(t, err, automation.ErrWrongIdentity)
	assert.Contains(t, err.Error(), "bob@x.com")
	assert.Equal(t, "log:", w.log(t))
}

// TestAFrameIsNotJudgedByItsTitle has the one who is meant in the title of the frame alone, and somebody else in it.
func TestAFrameIsNotJudgedByItsTitle(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<iframe id=f title="ann@x.com" src="/in" style="width:400px;height:200px"></iframe>`,
		part{"/in", chat + `<button onclick="parent.note('wrong')">Del</button>`})
	del := button("Del")
	del.Within = css("#f")
	err := w.Click(t.Context(), automation.Press{Target: del, Agree: true, People: roster, Bound: short})
	require.ErrorIs(t, err, automation.ErrWrongIdentity)
	assert.Equal(t, "log:", w.log(t))
}
