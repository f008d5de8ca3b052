package automation_test

import (
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const roleForm = `<form onsubmit="note('saved ' + role.value); return false">
	<input id=name value=""><label><input type=checkbox id=box> Notify</label>
	<select id=role><option>Administrator</option><option>Approver</option></select><button>Save</button></form>`

func TestWhatWasEnteredMustStandAtTheCommit(t *testing.T) {
	t.Parallel()
	const atHover = `<script>document.querySelector('button').addEventListener('mouseenter', () => { `
	const refill = "() => { role.selectedIndex = 0; }"
	for _, c := range []struct {
		name, extra, log string
		kind             error
		says             []string
	}{
		{"it stands", "", "log: saved Approver", nil, nil},
		{"the role is filled in anew after the choice", `<script>box.addEventListener('change', ` + refill + `)</script>`, "log:", automation.ErrNotRead, []string{"#role", "Approver", "Administrator"}},
		{"the role is filled in anew when the next field is entered", `<script>box.addEventListener('focus', ` + refill + `)</script>`, "log:", automation.ErrNotRead, []string{"#role", "Approver", "Administrator"}},
		{"the role is filled in anew at the press", `<script>addEventListener('mousedown', ` + refill + `, true)</script>`, "log:", automation.ErrNotRead, []string{"#role", "Approver", "Administrator"}},
		{"the role is filled in anew at the hover", `<script>document.querySelector('button').addEventListener('mouseenter', ` + refill + `)</script>`, "log:", automation.ErrNotRead, []string{"#role", "Approver", "Administrator"}},
		{"the name is changed", `<script>name_ = document.getElementById('name'); role.addEventListener('change', () => { name_.value = 'Bob' })</script>`, "log:", automation.ErrNotRead, []string{"#name", "Ann", "Bob"}},
		{"the box is unset", `<script>document.querySelector('button').addEventListener('mouseenter', () => { box.checked = false })</script>`, "log:", automation.ErrNotRead, []string{"#box", "true", "false"}},
		{"the role is hidden and filled in anew", atHover + `role.style.display = 'none'; role.selectedIndex = 0 })</script>`,
			"log:", automation.ErrNotRead, []string{"#role", "hidden", "Approver", "Administrator"}},
		{"the role is drawn anew, hidden", `<script>document.querySelector('button').addEventListener('mouseenter', () => {
			const other = role.cloneNode(true); other.hidden = true;
			other.selectedIndex = 0; role.replaceWith(other) })</script>`, "log:", automation.ErrNotRead, []string{"#role", "hidden", "Administrator"}},
		{"the box is hidden and unset", atHover + `box.checked = false; box.hidden = true })</script>`,
			"log:", automation.ErrNotRead, []string{"#box", "true", "false"}},
		{"the role is hidden and stands", atHover + `role.hidden = true })</script>`, "log: saved Approver", nil, nil},
		{"the next step uses the field again", atHover + `const n = document.getElementById('name'); n.id = 'remark'; n.value = '' })</script>`,
			"log: saved Approver", nil, nil},
		{"the step before is hidden and emptied", `<form id=before></form><script>document.querySelector('button').addEventListener('mouseenter', () => {
			const n = document.getElementById('name'); before.append(n); before.hidden = true; n.value = '' })</script>`, "log: saved Approver", nil, nil},
		{"a field has gone, and another form has one of its name", `<form hidden><input id=other value=Bob></form>
			<script>document.querySelector('button').addEventListener('mouseenter', () => {
			document.getElementById('name').remove(); other.id = 'name' })</script>`, "log: saved Approver", nil, nil},
		{"a field has become two", `<script>box.addEventListener('change', () => setTimeout(() => role.after(role.cloneNode(true)), 50))</script>`, "log:", automation.ErrAmbiguous, []string{"#role"}},
		{"a field has gone", `<script>box.addEventListener('change', () => setTimeout(() => document.getElementById('name').remove(), 50))</script>`, "log: saved Approver", nil, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+roleForm+c.extra)
			require.NoError(t, w.Fill(t.Context(), automation.Entry{Target: css("#name"), Value: "Ann", Bound: enough}))
			_, err := w.Choose(t.Context(), css("#role"), "Approver", short)
			require.NoError(t, err)
			_, err = w.Check(t.Context(), css("#box"), true, short)
			require.NoError(t, err)
			if c.extra != "" { // what the page does 200 ms later has been done
				_, _, err = w.Await(t.Context(), short/3, nil, css("#never"))
				require.Error(t, err)
			}
			err = w.Click(t.Context(), automation.Press{Target: button("Save"), Agree: true, Bound: short, Entered: []automation.Entered{
				{Target: css("#name"), As: automation.Filled, Value: "Ann"},
				{Target: css("#role"), As: automation.Chosen, Value: "Approver"},
				{Target: css("#box"), As: automation.Checked, On: true},
			}})
			if c.kind == nil {
				require.NoError(t, err)
			} else {
				require.ErrorIs(t, err, c.kind)
			}
			for _, s := range c.says {
				assert.Contains(t, err.Error(), s)
			}
			assert.Equal(t, c.log, w.log(t))
		})
	}
}

// TestWhatWasEmptiedMustStandAtTheCommit is of a field that was filled with nothing, and a box that was unset.
func TestWhatWasEmptiedMustStandAtTheCommit(t *testing.T) {
	t.Parallel()
	atHover := func(does string) string {
		return `<script>document.querySelector('button').addEventListener('mouseenter', () => { ` + does + ` })</script>`
	}
	for name, c := range map[string]struct {
		extra, says string
	}{
		"it stands":           {"", ""},
		"something is typed":  {atHover(`document.getElementById('name').value = 'Bob'`), "Bob"},
		"the box is set anew": {atHover(`box.checked = true`), "true"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+strings.ReplaceAll(roleForm, `value=""`, `value="Ann"`)+c.extra)
			require.NoError(t, w.Fill(t.Context(), automation.Entry{Target: css("#name"), Value: "", Bound: enough}))
			_, err := w.Check(t.Context(), css("#box"), false, short)
			require.NoError(t, err)
			err = w.Click(t.Context(), automation.Press{Target: button("Save"), Agree: true, Bound: short, Entered: []automation.Entered{
				{Target: css("#name"), As: automation.Filled}, {Target: css("#box"), As: automation.Checked},
			}})
			if c.says == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, automation.ErrNotRead)
			assert.Contains(t, err.Error(), c.says)
			assert.Equal(t, "log:", w.log(t))
		})
	}
}

var roster = &automation.People{
	Meant: automation.Person{Email: "ann@x.com", Names: []string{"Ann Lee", "Lee, Ann", "Ann Mary Lee"}},
	Self:  "robot@x.com",
	Others: []automation.Person{
		{Email: "joann@x.com", Names: []string{"Jo Ann Lee", "Lee, Jo Ann"}},
		{Email: "ann+ap@x.com", Names: []string{"Ann Lee", "Lee, Ann"}},
		{Email: "bob@x.com", Names: []string{"Bob Ray", "Ray, Bob"}},
		{Email: "siobhan@x.com", Names: []string{"Siobhán O'Brien"}},
		{Email: "al@x.com", Names: []string{"Al B"}},
		{Email: "moss@x.com", Names: []string{"Ann Mary Lee Moss"}},
	},
}

func TestACommitOnlyWhereItsPlaceShowsTheRightOne(t *testing.T) {
	t.Parallel()
	const del = `<button onclick="note('click')">Del</button>`
	for _, c := range []struct{ name, body, others, says string }{
		{"shows the address", `<div><p>ann@x.com</p>` + del + `</div><p>bob@x.com</p>`, "", ""},
		{"shows the address in other letters, in a sentence", `<div><p>Delete Ann@X.com? Or 'ann@x.com'.</p>` + del + `</div>`, "", ""},
		{"shows the name", `<div><p>Ann Mary Lee's account</p>` + del + `</div><p>bob@x.com</p>`, "", ""},
		{"shows the name in two elements", `<div><p><bdi>Ann</bdi> <bdi>Mary Lee</bdi></p>` + del + `</div><p>bob@x.com</p>`, "", ""},
		{"a name that two share, then ours", `<section><p>ann@x.com</p><div><p>Ann Lee</p>` + del + `</div></section><p>bob@x.com</p>`, "", ""},
		{"a name that two share", `<div><p>Ann Lee</p>` + del + `</div>`, "", ""},
		{"shows nobody", `<div>` + del + `</div>`, "", ""},
		{"what is typed counts", `<div><input value="ann@x.com"><input value="Bo">` + del + `</div>`, "", ""},
		{"the account that acts is passed over", `<div><p>robot@x.com</p>` + del + `</div><p>ann@x.com</p>`, "", ""},
		{"a short name is a word", `<div><p>Al B ann@x.com</p>` + del + `</div>`, "", ""},
		{"a hidden one is not shown", `<div><p style="display:none">bob@x.com</p><p style="visibility:hidden">bob@x.com</p><p style="opacity:0">bob@x.com</p><details><summary>x</summary>bob@x.com</details><p>ann@x.com</p>` + del + `</div>`, "", ""},
		{"a name across two blocks is none", `<div><p>Bob</p><p>Ray</p><p>ann@x.com</p>` + del + `</div>`, "", ""},
		{"a name within another is none", `<div><p>Ann Lee, née Bob Rayner-Smith</p>` + del + `</div>`, "", ""},
		{"the choices of a select are not shown", `<div><p>ann@x.com</p><select><option>Nobody<option>bob@x.com</select>` + del + `</div>`, "", ""},

		{"another's address", `<b>ann@x.com</b><div><p>bob@x.com</p>` + del + `</div>`, "", "bob@x.com"},
		{"an address that is nobody's of the list", `<b>ann@x.com</b><div><p>zoe@y.com</p>` + del + `</div>`, "", "zoe@y.com"},
		{"a look-alike's address", `<b>ann@x.com</b><div><p>ann@x.com.au</p>` + del + `</div>`, "", "ann@x.com.au"},
		{"a name that two share, then the other's", `<b>ann@x.com</b><section><p>ann+ap@x.com</p><div><p>Ann Lee</p>` + del + `</div></section>`, "", "ann+ap@x.com"},
		{"a name that begins like ours", `<b>ann@x.com</b><div><p>Ann Mary Lee Moss</p>` + del + `</div>`, "", "Ann Mary Lee Moss"},
		{"another's name", `<b>ann@x.com</b><div><p>Bob Ray</p>` + del + `</div>`, "", "Bob Ray"},
		{"a name that ours is within", `<b>ann@x.com</b><div><p>Jo Ann Lee</p>` + del + `</div>`, "", "Jo Ann Lee"},
		{"the button names another", `<b>ann@x.com</b><button aria-label="Del" title="Delete Bob Ray" onclick="note('click')">x</button>`, "", "Bob Ray"},
		{"both", `<div><p>ann@x.com</p><p>Siobhán O'Brien</p>` + del + `</div>`, "", "Siobhán O'Brien"},
		{"both, typed", `<div><p>ann@x.com</p><input value=Bob><input value=Ray>` + del + `</div>`, "", "Bob Ray"},
		{"both, chosen", `<div><p>ann@x.com</p><select><option>Bob Ray</select>` + del + `</div>`, "", "Bob Ray"},
		{"both, in a frame", `<div><p>ann@x.com</p><iframe srcdoc="<p>bob@x.com</p>" onload="note('')"></iframe>` + del + `</div>`, "", "bob@x.com"},
		{"both, in a shadow root", `<div><p>ann@x.com</p><x-y></x-y>` + del + `</div><script>document.querySelector('x-y').attachShadow({mode:'open'}).innerHTML = '<p>bob@x.com</p>'</script>`, "", "bob@x.com"},
		{"both, and the file allows it", `<div><p>ann@x.com</p><p>Approver: Bob Ray</p>` + del + `</div>`, "the approver is shown, too", ""},
		{"another alone, though the file allows others", `<b>ann@x.com</b><div><p>Bob Ray</p>` + del + `</div>`, "the approver is shown, too", "Bob Ray"},
		{"another at the press", `<div><p id=p>ann@x.com</p><button onclick="note('click')" onmouseenter="p.textContent='bob@x.com'">Del</button></div>`, "", "bob@x.com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+c.body)
			err := w.Click(t.Context(), automation.Press{Target: button("Del"), Agree: true, People: roster, Others: c.others, Bound: short})
			if c.says == "" {
				require.NoError(t, err)
				assert.Contains(t, w.log(t), "click")
				return
			}
			require.ErrorIs(t, err, automation.ErrWrongIdentity)
			assert.Contains(t, err.Error(), c.says)
			assert.NotContains(t, w.log(t), "click")
		})
	}
}

func TestThePlaceReachesOutOfFramesAndShadowRoots(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<div><p id=who>bob@x.com</p><iframe id=f src="/in"></iframe></div><b>ann@x.com</b>`,
		part{"/in", `<x-y></x-y><script>
			const r = document.querySelector('x-y').attachShadow({mode:'open'});
			r.innerHTML = '<button>Del</button>';
			r.querySelector('button').onclick = () => parent.note('click');</script>`})
	inside := button("Del")
	inside.Within = css("#f")
	press := automation.Press{Target: inside, Agree: true, People: roster, Bound: short}
	require.ErrorIs(t, w.Click(t.Context(), press), automation.ErrWrongIdentity)
	assert.Equal(t, "log:", w.log(t))
}

func TestDialogsAreRead(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, message, says, log, why string }{
		{"names nobody", "Are you sure?", "", "log: yes", ""},
		{"names ours", "Delete Ann@x.com (Ann Lee), asks robot@x.com?", "", "log: yes", ""},
		{"names another's address", "Delete bob@x.com?", "", "log: no", "bob@x.com"},
		{"names another", "Delete Bob Ray?", "", "log: no", "Bob Ray"},
		{"names one whose name ours is within", "Delete Jo Ann Lee?", "", "log: no", "Jo Ann Lee"},
		{"names one whose name begins like ours", "Delete Ann Mary Lee Moss?", "", "log: no", "Ann Mary Lee Moss"},
		{"says what it must", "Delete ANN@X.COM?", "ann@x.com", "log: yes", ""},
		{"does not say what it must", "Are you sure?", "ann@x.com", "log: no", "ann@x.com"},
		{"says it only within another", "Delete Ann Lee-Smith?", "Ann Lee", "log: no", "Ann Lee"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+`<button onclick="note(confirm(this.dataset.m) ? 'yes' : 'no')" data-m="`+c.message+`">Del</button>`)
			err := w.Click(t.Context(), automation.Press{Target: button("Del"), Agree: true, Accept: true, Says: c.says, People: roster, Bound: short})
			assert.Equal(t, c.log, w.log(t))
			if c.why == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, automation.ErrWrongIdentity)
			assert.Contains(t, err.Error(), c.why)
			assert.Contains(t, err.Error(), c.message, "the dialog's words")
		})
	}
}
