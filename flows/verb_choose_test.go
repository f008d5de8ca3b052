package flows_test

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/require"
)

// drawer is a picker whose options are drawn at the end of the page and confirmed by a button there.
const drawer = ann + `<div id=role>Role <b id=shown>Clerk</b> <button id=open>Change</button></div>
	<button id=save onclick="fetch('/save?id=006ANN&role=' + shown.textContent, { method: 'POST' })">Save</button></main>
	<script>
		document.getElementById('open').onclick = () => {
			const d = document.createElement('aside');
			for (const s of ['Approver', 'Payer']) {
				const o = document.createElement('p');
				o.className = 'option'; o.textContent = s; o.onclick = () => { d.dataset.picked = s; }; d.append(o);
			}
			const b = document.createElement('button');
			b.id = 'apply'; b.textContent = 'Apply'; b.onclick = () => { shown.textContent = d.dataset.picked; d.remove(); }; d.append(b);
			document.body.append(d);
		};
	</script>`

const chooseRole = `choose: { target: role, opens: open, options: every_option, option: "${role}", shows: shown, confirm: apply }`

// TestWhatWasChosenInADrawerStandsAtTheCommit holds by what arrives at the server.
func TestWhatWasChosenInADrawerStandsAtTheCommit(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, more, role string
		kind             error
		arrived          []string
	}{
		{"it stands", "", "Payer", nil, []string{"POST /save?id=006ANN&role=Payer"}},
		{"it was so before", "", "Clerk", nil, []string{"POST /save?id=006ANN&role=Clerk"}},
		{"nothing in particular is wanted", "", "", nil, []string{"POST /save?id=006ANN&role=Clerk"}},
		{"it is set back before the commit", `<script>save.onmouseenter = () => { shown.textContent = 'Clerk' }</script>`, "Payer", automation.ErrNotRead, []string{}},
		{"it is not offered", "", "Owner", automation.ErrNotOffered, []string{}},
		{"the drawer saves by itself", `<script>document.body.addEventListener('click', (e) => { if (e.target.id === 'apply') fetch('/early?id=006ANN', { method: 'POST' }) }, true)</script>`, "Payer", nil, []string{"POST /save?id=006ANN&role=Payer"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := script{
				page: drawer + c.more, targets: []string{"who", "role", "open", "every_option", "shown", "apply", "save"},
				changes: true, steps: chooseRole + "\n" + commitTo, inputs: map[string]string{"role": c.role},
			}.carryOut(t)
			if c.kind == nil {
				require.NoError(t, got.err)
			} else {
				require.ErrorIs(t, got.err, c.kind)
			}
			got.arrive(t, c.arrived)
		})
	}
}

func TestAChoiceIsCheckedWhenItIsRead(t *testing.T) {
	t.Parallel()
	for steps, says := range map[string]string{
		`choose: { target: role, option: a, opens: open }`:                                "go with options",
		`choose: { target: role, option: a, shows: open }`:                                "go with options",
		`choose: { target: role, option: a, confirm: open }`:                              "go with options",
		`choose: { target: role, option: a, options: open, confirm: nowhere }`:            "no target \"nowhere\"",
		`choose: { target: role, options: open }`:                                         "act.yaml:8",
		"click: { target: open, row: { table: role, key: \"${email}\" } }\n" + chooseRole: "open stands in the rows of a table",
	} {
		s := script{targets: []string{"who", "role", "open", "every_option", "shown", "apply", "save"}, changes: true, steps: steps + "\n" + commitTo}
		_, err := s.load(t)
		require.ErrorContains(t, err, says, steps)
	}
}
