package recording

import (
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/selectors"
)

// quoted is a text as a literal of TypeScript, with the values of inputs and secrets put in where they are named.
func (w *playwright) quoted(s string) string {
	names := selectors.Placeholders(s)
	if len(names) == 1 && isReference(s) && w.knows(names[0]) {
		return w.value(names[0])
	}
	known := func(n string) bool { return w.knows(n) }
	if !slices.ContainsFunc(names, known) {
		return literal(s)
	}
	var b strings.Builder
	b.WriteByte('`')
	for {
		before, rest, found := strings.Cut(s, "${")
		name, after, closed := strings.Cut(rest, "}")
		if !found || !closed || !w.knows(name) {
			b.WriteString(templateText(s))
			break
		}
		b.WriteString(templateText(before))
		b.WriteString("${" + w.value(name) + "}")
		s = after
	}
	b.WriteByte('`')
	return b.String()
}

func templateText(s string) string {
	s = strings.TrimSuffix(strings.TrimPrefix(literal(s), "'"), "'")
	s = strings.ReplaceAll(s, `\'`, "'")
	return strings.NewReplacer("`", "\\`", "${", "\\${").Replace(s)
}

// literal is a text between single quotes.
func literal(s string) string {
	var b strings.Builder
	b.WriteByte('\'')
	for _, r := range s {
		switch {
		case r == '\'' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == 0x2028 || r == 0x2029 || r < ' ' || r == 0x7f:
			b.WriteString(`\u{` + strings.ToUpper(hex(r)) + `}`)
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('\'')
	return b.String()
}

func hex(r rune) string {
	const digits = "0123456789abcdef"
	out := ""
	for ; r > 0; r /= 16 {
		out = string(digits[r%16]) + out
	}
	if out == "" {
		return "0"
	}
	return out
}

// value is where an input or a secret stands in the file.
func (w *playwright) value(name string) string {
	if slices.Contains(w.Flow.Secrets, name) {
		return "secret." + name
	}
	return "input." + name
}

func (w *playwright) knows(name string) bool {
	return slices.Contains(w.Flow.Secrets, name) || slices.Contains(w.inputs, name)
}

// locate is how Playwright finds a candidate, called on what it lies in.
func (w *playwright) locate(t *selectors.Target, c selectors.Candidate) string {
	exact := ", { exact: true })"
	switch {
	case c.Role == "button" && c.Name != "" && isSummary(t): // which has no role for Playwright
		return ".locator('summary').filter({ hasText: " + w.wholly(c.Name, "") + " })"
	case c.TestID != "":
		return ".getByTestId(" + w.quoted(c.TestID) + ")"
	case c.Role != "" && c.Name != "":
		return ".getByRole(" + literal(c.Role) + ", { name: " + w.quoted(c.Name) + ", exact: true })"
	case c.Role != "":
		return ".getByRole(" + literal(c.Role) + ")"
	case c.Label != "":
		return ".getByLabel(" + w.quoted(c.Label) + exact
	case c.Placeholder != "":
		return ".getByPlaceholder(" + w.quoted(c.Placeholder) + exact
	case c.Text != "":
		return ".getByText(" + w.quoted(c.Text) + exact
	case c.XPath != "":
		return ".locator(" + w.quoted("xpath="+c.XPath) + ")"
	}
	return ".locator(" + w.quoted(c.CSS) + ")"
}

// locator is how a target is found, by its first candidate and through what it lies in. base is what it is looked for
// in.
func (w *playwright) locator(base string, t *selectors.Target) string {
	if t.Within != nil {
		base = w.locator(base, t.Within)
	}
	c := t.Candidates[0]
	out := base + w.locate(t, c)
	if c.Role == "button" && c.Name != "" && c.TestID == "" && t.Fingerprint == nil { // it may be a summary, which has no role for Playwright
		named := w.quoted(c.Name) + ", { exact: true })"
		out += ".or(" + base + ".locator('summary').and(" + base + ".getByLabel(" + named + ".or(" + base + ".getByText(" + named + ")))"
	}
	if isFrame(t) {
		out += ".contentFrame()"
	}
	return out
}

// others are the further candidates of a target, for a comment.
func (w *playwright) others(t *selectors.Target) (out []string) {
	for _, c := range t.Candidates[1:] {
		out = append(out, strings.TrimPrefix(w.locate(t, c), "."))
	}
	return out
}

// isSummary says that a target was a summary element when it was last looked at, which is called by what it says.
func isSummary(t *selectors.Target) bool {
	f := t.Fingerprint
	return f != nil && f.Tag == "summary" && f.Label == ""
}

// ignoringCase is a regular expression of JavaScript for a whole text, or a part of a program that makes one.
func (w *playwright) ignoringCase(s string) string { return w.wholly(s, "i") }

// wholly is a regular expression of JavaScript for a whole text, with flags, or a part of a program that makes one.
func (w *playwright) wholly(s, flags string) string {
	end := ")"
	if flags != "" {
		end = ", " + literal(flags) + ")"
	}
	if len(selectors.Placeholders(s)) > 0 {
		return "new RegExp('^\\\\s*' + " + w.quoted(s) + ".replace(/[.*+?^${}()|[\\]\\\\]/g, '\\\\$&') + '\\\\s*$'" + end
	}
	return "new RegExp(" + literal(`^\s*`+regexp.QuoteMeta(s)+`\s*$`) + end
}
