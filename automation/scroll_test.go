package automation_test

import (
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestWhatIsScrolledStandsWhereItShould(t *testing.T) {
	t.Parallel()
	const box = `<div id=box style="height:100px;overflow:auto;scroll-behavior:smooth"><p id=first>first</p><div style="height:2000px"></div><p id=last>last</p></div>`
	const log = `<script>setInterval(() => { document.getElementById('log').textContent = Math.round(box.scrollTop) + ' ' + Math.round(scrollY); }, 50)</script>`
	for _, c := range []struct{ name, body, target, to, want string }{
		{"to the bottom", box, "#box", automation.ToBottom, `^2\d\d\d 0$`},
		{"to the bottom, by what lies in it", box, "#first", automation.ToBottom, `^2\d\d\d 0$`},
		{"to the top", box + `<script>box.scrollTop = 500</script>`, "#box", automation.ToTop, `^0 0$`},
		{"into view", box, "#last", automation.IntoView, `^[12]\d\d\d 0$`},
		{"into view, the page", `<div style="height:3000px"></div>` + box, "#box", automation.IntoView, `^0 [23]\d\d\d$`},
		{"from below", `<div style="height:100px;overflow:auto;display:flex;flex-direction:column-reverse" id=box><p>last</p><div style="height:2000px;flex:none"></div></div>`, "#box", automation.ToTop, `^-[12]\d\d\d 0$`},
		{"what grows a few times", box + `<script>let n = 0; box.onscroll = () => { if (n++ < 3) setTimeout(() => { box.lastElementChild.style.marginTop = n * 1000 + 'px' }, 200) }</script>`, "#box", automation.ToBottom, `^[45]\d\d\d 0$`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+c.body+log)
			require.NoError(t, w.Scroll(t.Context(), css(c.target), c.to, bound))
			time.Sleep(short / 5)
			assert.Regexp(t, c.want, w.log(t))
		})
	}
}

func TestWhatCannotBeScrolledIsSaid(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body, to string
		kind           error
	}{
		{"cut off for ever", `<div style="height:50px;overflow:clip;display:flow-root"><p id=b style="margin-top:500px">b</p></div>`, automation.IntoView, automation.ErrNotActionable},
		{"it never ends", `<div id=b style="height:100px;overflow:auto"><div id=in style="height:500px"></div></div><script>setInterval(() => { document.getElementById('in').style.height = b.scrollHeight + 200 + 'px' }, 100)</script>`, automation.ToBottom, automation.ErrNotActionable},
		{"it is not there", ``, automation.ToTop, automation.ErrMissing},
		{"there are two", `<p id=b>a</p><p id=b>b</p>`, automation.IntoView, automation.ErrAmbiguous},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, c.body)
			require.ErrorIs(t, w.Scroll(t.Context(), css("#b"), c.to, short), c.kind)
		})
	}
}
