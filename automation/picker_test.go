package automation_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// portal is a picker whose options are drawn at the end of the page when it is pressed, with what it shows in a
// part of its own.
func portal(options string) string {
	return logs + `<div id=role>Role <b id=shown>None</b> <button id=open>v</button></div><button id=apply hidden>Apply</button>
		<script>
			let picked = '';
			const close = () => document.getElementById('list')?.remove(), say = (s) => { shown.textContent = s; };
			const choose = (s) => { note(s); close(); say(s); };
			open_ = document.getElementById('open');
			open_.onclick = () => { const l = document.createElement('div'); l.id = 'list'; l.style = 'position:fixed;top:100px;left:300px;width:200px;background:#fff'; document.body.append(l); draw(l); };
			const add = (l, s) => { const o = document.createElement('div'); o.className = 'o'; o.textContent = s; o.onclick = () => choose(o.textContent); l.append(o); };
			let draw = (l) => { for (const s of ` + options + `) add(l, s); };
		</script>`
}

// covers has the list open when the mouse goes down, with something over the whole window that takes what comes then, as
// the selects of well-known libraries do.
const covers = `<script>
	const opens = open_.onclick;
	open_.onclick = null;
	open_.onmousedown = () => {
		const over = document.createElement('div'); over.style = 'position:fixed;inset:0'; over.onclick = () => note('closed');
		document.body.append(over);
		opens();
	};
</script>`

// atOption is a page part that does something when the mouse is pressed on an option; anew draws the list anew.
func atOption(does string) string {
	return `<script>
		let once = true;
		const anew = (e) => { const l = e.target.parentNode; l.textContent = ''; draw(l); };
		addEventListener('mousedown', (e) => { if (e.target.className === 'o') { ` + does + ` } }, true);
	</script>`
}

func TestAPickerThatIsDrawnElsewhere(t *testing.T) {
	t.Parallel()
	const roles = `['Approver', 'Approver (limited)', ' Accounts \n  Payable ']`
	for _, c := range []struct {
		name, body, option string
		confirm            bool
		kind               error
		log                string
	}{
		{"one of three", portal(roles), "Approver", false, nil, "log: Approver"},
		{"white space is folded", portal(roles), "Accounts Payable", false, nil, "log: Accounts Payable"},
		{"a part of the words is not enough", portal(roles), "Accounts", false, automation.ErrNotOffered, "log:"},
		{"the words as they are written", portal(roles), "approver", false, automation.ErrNotOffered, "log:"},
		{"several are equal", portal(`['Approver', 'Payer', 'Approver']`), "Approver", false, automation.ErrAmbiguous, "log:"},
		{"what is shown reads the same already", portal(roles) + `<script>say('Approver')</script>`, "Approver", false, nil, "log:"},
		{"another place says the same", portal(roles) + `<p>Approver</p>`, "Approver", false, nil, "log: Approver"},
		{"it shows another one", portal(roles) + `<script>new MutationObserver(() => { if (shown.textContent === 'Approver') shown.textContent = 'Payer'; }).observe(shown, { childList: true })</script>`, "Approver", false, automation.ErrNotRead, "log: Approver"},
		{"it shows it a while later", portal(roles) + `<script>const now = say; document.addEventListener('click', (e) => { if (e.target.className === 'o') { shown.textContent = 'None'; setTimeout(() => now(e.target.textContent), 500); } })</script>`, "Approver", false, nil, "log: Approver"},
		{"the list is drawn anew under the press", portal(roles) + atOption(`if (once) { once = false; anew(e); }`), "Approver", false, nil, "log: Approver"},
		{"it is chosen as the press begins, and drawn anew", portal(roles) + atOption(`note(e.target.textContent); say(e.target.textContent); anew(e);`), "Approver", false, nil, "log: Approver"},
		{"the list is drawn anew under every press", portal(roles) + atOption(`anew(e);`), "Approver", false, automation.ErrMissed, "log:"},
		{"it opens as the mouse goes down, and covers what was pressed", portal(roles) + covers, "Approver", false, nil, "log: Approver"},
		{"it opens a moment after the mouse went down", portal(roles) + strings.Replace(covers, "opens();", "setTimeout(opens, 150);", 1),
			"Approver", false, nil, "log: Approver"},
		{"a list is there before, and what covers it brings none", portal(roles) + strings.Replace(covers, "opens();", "", 1) +
			`<p style="position:fixed;top:200px;z-index:9" class=o onclick="note('of another: ' + textContent)">Approver</p>`,
			"Approver", false, automation.ErrNotActionable, "log:"},
		{"what covers it brings no list", portal(roles) + strings.Replace(covers, "opens();", "", 1),
			"Approver", false, automation.ErrNotActionable, "log:"},
		{"it is confirmed", portal(roles) + `<script>addEventListener('click', (e) => { if (e.target.className !== 'o') return; e.stopPropagation(); picked = e.target.textContent; apply.hidden = false; }, true); apply.onclick = () => choose(picked)</script>`, "Approver", true, nil, "log: Approver"},
		{"it is not confirmed", portal(roles) + `<script>addEventListener('click', (e) => { if (e.target.className !== 'o') return; e.stopPropagation(); picked = e.target.textContent; apply.hidden = false; }, true); apply.onclick = () => choose(picked)</script>`, "Approver", false, automation.ErrNotRead, "log:"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, c.body)
			k := automation.Picker{Target: css("#role"), Opens: css("#open"), Options: css(".o"), Shows: css("#shown"), Option: c.option, Bound: bound}
			if c.confirm {
				k.Confirm = css("#apply")
			}
			did, err := w.ChooseFrom(t.Context(), k)
			if c.kind == nil {
				require.NoError(t, err)
				assert.Equal(t, c.log != "log:", did)
			} else {
				require.ErrorIs(t, err, c.kind)
			}
			assert.Equal(t, c.log, w.log(t))
		})
	}
}

// windowed draws those of a list of n that are in view, and only they are in the page. It opens at the given one.
func windowed(n, at int) string {
	return portal(`[]`) + fmt.Sprintf(`<script>
		draw = (l) => {
			const all = Array.from({ length: %d }, (_, i) => 'Role ' + i), height = 30;
			l.style.height = '150px'; l.style.overflowY = 'auto';
			const inner = document.createElement('div'); inner.style = 'position:relative;height:' + all.length * height + 'px'; l.append(inner);
			const paint = () => {
				inner.textContent = '';
				const from = Math.floor(l.scrollTop / height);
				all.slice(from, from + 7).forEach((s, i) => { add(inner, s); inner.lastChild.style = 'position:absolute;height:30px;top:' + (from + i) * height + 'px'; });
			};
			l.onscroll = () => setTimeout(paint, 60);
			paint(); l.scrollTop = %d * height;
		};
	</script>`, n, at)
}

func TestOptionsThatAreDrawnInView(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, body, option string
		kind               error
	}{
		{"the last", windowed(60, 0), "Role 59", nil},
		{"one in the middle", windowed(60, 0), "Role 31", nil},
		{"the first, where it opens at another", windowed(60, 40), "Role 0", nil},
		{"one that was drawn for a moment only", strings.Replace(windowed(60, 40), "setTimeout(paint, 60)", "setTimeout(paint, 700)", 1), "Role 0", nil},
		{"one that is not there", windowed(60, 0), "Role 60", automation.ErrNotOffered},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, c.body)
			k := automation.Picker{Target: css("#role"), Opens: css("#open"), Options: css(".o"), Shows: css("#shown"), Option: c.option, Bound: 5 * bound}
			_, err := w.ChooseFrom(t.Context(), k)
			if c.kind != nil {
				require.ErrorIs(t, err, c.kind)
				var e *automation.Error
				require.ErrorAs(t, err, &e)
				assert.Len(t, e.Offered, 60, "all of them were looked at")
				assert.Equal(t, "log:", w.log(t))
				return
			}
			require.NoError(t, err)
			assert.Equal(t, "log: "+c.option, w.log(t))
		})
	}
}

// TestALongListEndsInTime has a list that grows for ever.
func TestALongListEndsInTime(t *testing.T) {
	t.Parallel()
	w := setup(t, windowed(100000, 0))
	k := automation.Picker{Target: css("#role"), Opens: css("#open"), Options: css(".o"), Shows: css("#shown"), Option: "Owner", Bound: bound}
	_, err := w.ChooseFrom(t.Context(), k)
	require.ErrorIs(t, err, automation.ErrNotOffered)
	assert.Equal(t, "log:", w.log(t))
}
