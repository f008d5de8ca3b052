package automation_test

import (
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const noChooser = "this opens a file chooser, which billagent does not support"

// TestAFileChooserEndsTheStep presses what opens one: at once, through a label, by a script, and a while after the
// press.
func TestAFileChooserEndsTheStep(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		body string
		late bool // the browser may tell of it only after the press
	}{
		"a field for files":    {`<input id=b type=file>`, false},
		"a label":              {`<label id=b>Picture <input type=file style="position:absolute;opacity:0;width:1px;height:1px"></label>`, false},
		"a script":             {`<button id=b onclick="f.click()">Import</button><input id=f type=file hidden>`, false},
		"a script a while on":  {`<button id=b onclick="setTimeout(() => f.click(), 300)">Import</button><input id=f type=file hidden>`, true},
		"a script, of nothing": {`<button id=b onclick="const f = document.createElement('input'); f.type = 'file'; f.click()">Import</button>`, true},
		"the system's own way": {`<button id=b onclick="showOpenFilePicker().catch(() => {})">Import</button>`, true},
		"in a frame":           {`<iframe srcdoc="<input type=file>"></iframe>`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := setup(t, logs+c.body)
			target := css("#b")
			if name == "in a frame" {
				target = css("input")
				target.Within = css("iframe")
			}
			start := time.Now()
			err := w.Click(t.Context(), automation.Press{Target: target, Bound: bound})
			if c.late && err == nil {
				_, _, err = w.Await(t.Context(), bound, nil, css("#after"))
			}
			require.ErrorIs(t, err, automation.ErrUnsupported)
			require.ErrorContains(t, err, noChooser)
			assert.Less(t, time.Since(start), bound, "it does not wait for somebody to choose")
			assert.Contains(t, w.TakeNotes(), "a file chooser was not opened")
			assert.Equal(t, "log:", w.log(t), "the page can still be looked at")
		})
	}
}

func TestAPressAfterAFileChooserIsAsAnyOther(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<input id=f type=file><button onclick="note('click')">Save</button>`)
	require.ErrorIs(t, w.Click(t.Context(), automation.Press{Target: css("#f"), Bound: bound}), automation.ErrUnsupported)
	require.NoError(t, w.Click(t.Context(), automation.Press{Target: button("Save"), Bound: bound}))
	assert.Equal(t, "log: click", w.log(t))
	_, _, err := w.Await(t.Context(), short, nil, css("#after"))
	require.ErrorIs(t, err, automation.ErrMissing)
}
