package recording

import (
	"errors"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/billagent/billagent/flows"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files anew")

func inputs() map[string]string {
	return map[string]string{"home": "https://app.bill.com/home", "email": "ann@acme.example", "role": "Clerk"}
}

// TestExportsAreAsTheyWere holds the exports of one flow for each layout against files.
func TestExportsAreAsTheyWere(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{"classic", "neo", "neo3"} {
		lib, version, _ := shipped(t, layout)
		f, ok := lib.Flow("set-role", layout)
		require.True(t, ok)
		o := ExportOptions{Flow: f, Version: version, Inputs: inputs()}
		chrome, err := Chrome(o)
		require.NoError(t, err)
		_, err = Parse([]byte(chrome.Text))
		require.NoError(t, err, "our own reading is the strictest")
		for name, e := range map[string]*Export{"set-role-" + layout + ".json": chrome, "set-role-" + layout + ".spec.ts": Playwright(o)} {
			require.NotEmpty(t, e.LeftOut, name)
			file := filepath.Join("testdata", "golden", name)
			if *update {
				require.NoError(t, os.MkdirAll(filepath.Dir(file), 0o755))
				require.NoError(t, os.WriteFile(file, []byte(e.Text), 0o644))
			}
			want, err := os.ReadFile(file)
			require.NoError(t, err)
			assert.Equal(t, string(want), e.Text, name)
		}
	}
}

func TestARecordingDoesNotPressTheCommitUnlessAskedTo(t *testing.T) {
	t.Parallel()
	lib, version, _ := shipped(t, "neo3")
	f, _ := lib.Flow("deactivate", "neo3")
	e, err := Chrome(ExportOptions{Flow: f, Version: version, Inputs: inputs()})
	require.NoError(t, err)
	assert.NotContains(t, e.Text, "confirm-yes")
	assert.Contains(t, e.Text, "not expressed: commit")
	_, err = Chrome(ExportOptions{Flow: f, Version: version})
	require.ErrorContains(t, err, "give the input home")
}

// TestThereAndBack exports flows and takes them over again: what both can express has the same verbs on the same
// targets.
func TestThereAndBack(t *testing.T) {
	t.Parallel()
	for _, layout := range []string{"classic", "neo", "neo3"} {
		lib, version, all := shipped(t, layout)
		for _, f := range lib.All() {
			if own, ok := lib.Flow(f.Name, layout); !ok || own != f || strings.HasPrefix(f.Name, "sign-in") {
				continue
			}
			given := map[string]string{"home": "https://app.bill.com/home", "email": "ann@acme.example", "first_name": "Annabel", "last_name": "Arbor",
				"role": "Accountant", "time_zone": "Pacific Time", "summary": "Daily", "mail_tasks": "Yes"}
			e, err := Chrome(ExportOptions{Flow: f, Version: version, Inputs: given, Commit: true})
			require.NoError(t, err)
			r, err := Parse([]byte(e.Text))
			require.NoError(t, err)
			o := Options{Flow: f.Name, Layout: layout, App: "bill", Inputs: given, Version: version, Flows: all}
			want := expressible(f.Steps)
			if f.Changes {
				o.Commit = commitIn(r)
			}
			d, err := Import(r, o)
			require.NoError(t, err)
			assert.Equal(t, want, expressible(d.Flow.Steps), "%s for %s\n%s", f.Name, layout, d.FlowText())
			assert.Empty(t, d.Targets, "%s for %s", f.Name, layout)
		}
	}
}

// commitIn is the number of the last click of a recording.
func commitIn(r *Recording) (n int) {
	for i, s := range r.Steps {
		if s.Type == click {
			n = i + 1
		}
	}
	return n
}

// expressible are the steps that a recording can hold, each with its target. Waits for a text are left out: what a
// press is held against becomes one, too.
func expressible(steps []flows.Step) (out []string) {
	for i := range steps {
		s := &steps[i]
		targets := s.Targets()
		switch v := s.Verb.(type) {
		case *flows.Part:
			out = append(out, expressible(v.Steps())...)
			continue
		case *flows.Visit: // the address is not known
			out = append(out, expressible(v.Otherwise)...)
			continue
		case *flows.Click:
			if v.Row != nil {
				continue
			}
			targets = targets[:1]
		case *flows.Commit:
			targets = targets[:1]
		case *flows.Await:
			if len(*v) > 1 {
				continue
			}
		case *flows.Open, *flows.Fill, *flows.Choose, *flows.Check, *flows.Key, *flows.Hover:
		default:
			continue
		}
		out = append(out, strings.TrimSpace(s.Word()+" "+strings.Join(targets, " ")))
	}
	return out
}

// TestTestsForPlaywrightAreWellFormed has every flow that ships written as a test. What is written has no types, so
// that it is JavaScript, too, and Node.js can check its syntax where it is there.
func TestTestsForPlaywrightAreWellFormed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	node, lookErr := exec.LookPath("node")
	var files []string
	for _, layout := range []string{"classic", "neo", "neo3", "sign-in"} {
		lib, version, _ := shipped(t, layout)
		for _, f := range lib.All() {
			if own, ok := lib.Flow(f.Name, layout); !ok || own != f || strings.HasPrefix(f.Name, "sign-in") != (layout == "sign-in") {
				continue
			}
			e := Playwright(ExportOptions{Flow: f, Version: version, Inputs: map[string]string{"email": "o'neill`${1}\\@acme.example\n"}})
			assert.Equal(t, strings.Count(e.Text, "await test.step("), strings.Count(e.Text, ", async () => {"))
			if f.Changes {
				guard := strings.Index(e.Text, "test.skip(process.env."+commitVariable)
				commit := strings.Index(e.Text, "await test.step('COMMIT: ")
				assert.Positive(t, guard)
				assert.Greater(t, commit, guard, "the guard stands before the commit")
			}
			for _, s := range f.Secrets {
				assert.Contains(t, e.Text, s+": process.env."+secretPrefix+strings.ToUpper(s)+" ?? ''")
			}
			file := filepath.Join(dir, f.Name+"-"+layout+".mjs")
			require.NoError(t, os.WriteFile(file, []byte(e.Text), 0o600))
			files = append(files, file)
		}
	}
	require.Greater(t, len(files), 20)
	if errors.Is(lookErr, exec.ErrNotFound) {
		t.Skip("it builds with Node.js, which is not here")
	}
	require.NoError(t, lookErr)
	for _, f := range files {
		out, err := exec.CommandContext(t.Context(), node, "--check", f).CombinedOutput()
		require.NoError(t, err, "%s", out)
	}
}

func TestTextsOfAnyKindBecomeLiterals(t *testing.T) {
	t.Parallel()
	w := &playwright{ExportOptions: ExportOptions{Flow: &flows.Flow{Secrets: []string{"code"}}}, inputs: []string{"email"}}
	for text, want := range map[string]string{
		"it's":             `'it\'s'`,
		"a\\b\nc":          `'a\\b\nc'`,
		"\u2028":           `'\u{2028}'`,
		"${email}":         "input.email",
		"${code}":          "secret.code",
		"a `${email}` ${x": "`a \\`${input.email}\\` \\${x`",
		"${other}":         "'${other}'",
	} {
		assert.Equal(t, want, w.quoted(text), text)
	}
	assert.Regexp(t, regexp.MustCompile(`^new RegExp\(`), w.ignoringCase("a.b"))
}
