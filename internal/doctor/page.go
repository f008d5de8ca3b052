package doctor

import (
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"
)

//go:embed report.html
var reportPage string

var reportTemplate = sync.OnceValues(func() (*template.Template, error) {
	return template.New("report").Funcs(template.FuncMap{
		"jpeg": func(data []byte) template.URL {
			return template.URL("data:image/jpeg;base64," + base64.StdEncoding.EncodeToString(data)) //nolint:gosec // our own picture
		},
		"words":   func(s State) string { return stateWords[s] },
		"verdict": func(v Verdict) string { return verdictWords[v] },
		"join":    func(all []string) string { return strings.Join(all, ", ") },
		"percent": func(score float64) string { return fmt.Sprintf("%.0f %%", score*100) },
	}).Parse(reportPage)
})

var stateWords = map[State]string{
	Found: "found", Fallback: "by a fallback", Missing: "missing", Ambiguous: "several", Elsewhere: "elsewhere", Columns: "columns missing",
	NotShown: "not shown", NotReached: "not reached",
}

var verdictWords = map[Verdict]string{
	Sound:  "Everything that was looked at was found, by its first candidate.",
	Worn:   "Everything works, but some targets are found by a fallback only: the next change may break them.",
	Broken: "Something halts, or was not looked at.",
}

// Words says in a sentence what a report comes to.
func (v Verdict) Words() string { return verdictWords[v] }

// Words says what a state means.
func (s State) Words() string { return stateWords[s] }

// Picture is an outlined picture of where the target was looked for (JPEG); nil where none was taken.
func (t *Target) Picture() []byte { return t.picture }

// Picture is an outlined picture of the element (JPEG); nil where none was taken.
func (p Proposal) Picture() []byte { return p.picture }

// WriteHTML writes the report as one page with its pictures, which needs nothing else.
func (r *Report) WriteHTML(to io.Writer) error {
	t, err := reportTemplate()
	if err != nil {
		return fmt.Errorf("reading the page of a report: %w", err)
	}
	if err := t.Execute(to, r); err != nil {
		return fmt.Errorf("writing the report: %w", err)
	}
	return nil
}

// Sections are the targets of the report, what is wrong first.
func (r *Report) Sections() []Section {
	return []Section{
		{"What halts", r.Of(Missing, Ambiguous, Elsewhere, Columns)},
		{"Found by a fallback only", r.Of(Fallback)},
		{"Found", r.Of(Found)},
		{"Not shown this time", r.Of(NotShown)},
		{"Not reached", r.Of(NotReached)},
	}
}

// Section is a part of a report.
type Section struct {
	Title   string
	Targets []*Target
}
