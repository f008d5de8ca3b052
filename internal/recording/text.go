package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// FlowText is the flow's file, in the form in which such files are written by hand.
func (d *Draft) FlowText() string {
	f := &d.Flow
	var b strings.Builder
	b.WriteString("# yaml-language-server: $schema=../schema.json\n")
	fmt.Fprintf(&b, "flow: %s\nabout: %s\n", scalar(f.Name), scalar(f.About))
	if len(f.Layouts) > 0 {
		fmt.Fprintf(&b, "layouts: %s\n", inlineList(f.Layouts))
	}
	if f.Standalone {
		b.WriteString("standalone: true\n")
	}
	if f.Changes {
		b.WriteString("changes: true\n")
	}
	if f.Subject != "" {
		fmt.Fprintf(&b, "subject: %s\n", f.Subject)
	}
	if len(f.Inputs) > 0 {
		fmt.Fprintf(&b, "inputs: %s\n", inlineList(f.Inputs))
	}
	if len(f.Secrets) > 0 {
		fmt.Fprintf(&b, "secrets: %s\n", inlineList(f.Secrets))
	}
	if len(f.Outputs) > 0 {
		fmt.Fprintf(&b, "outputs: %s\n", inlineOf(f.Outputs))
	}
	fmt.Fprintf(&b, "timeout: %s\n", minutes(f.Timeout))
	if f.Sends != nil {
		fmt.Fprintf(&b, "sends: %s\n", inlineOf(f.Sends))
	}
	b.WriteString("steps:\n")
	for _, l := range d.lines {
		if l.step == nil {
			fmt.Fprintf(&b, "  # %s\n", commented(l.comment))
			continue
		}
		fmt.Fprintf(&b, "  - %s\n", stepText(l.step))
	}
	for i := range f.Afterwards {
		if i == 0 {
			b.WriteString("afterwards:\n")
		}
		fmt.Fprintf(&b, "  - %s\n", stepText(&f.Afterwards[i]))
	}
	return b.String()
}

// inlineOf is a value as YAML in one line.
func inlineOf(v any) string {
	data, err := plainJSON(v)
	if err != nil {
		return scalar(err.Error())
	}
	text, err := inline(data)
	if err != nil {
		return scalar(err.Error())
	}
	return text
}

func minutes(d flows.Duration) string { return fmt.Sprintf("%dm", time.Duration(d)/time.Minute) }

// stepText is a step in one line: its verb alone, or an object where it has options.
func stepText(s *flows.Step) string {
	data, err := plainJSON(s)
	if err != nil {
		return scalar(err.Error())
	}
	text, err := inline(data)
	if err != nil {
		return scalar(err.Error())
	}
	var keys map[string]json.RawMessage
	if json.Unmarshal(data, &keys) == nil && len(keys) == 1 {
		text = strings.TrimSuffix(strings.TrimPrefix(text, "{ "), " }")
	}
	return text
}

func inlineList(all []string) string {
	out := make([]string, len(all))
	for i, s := range all {
		out[i] = scalar(s)
	}
	return "[" + strings.Join(out, ", ") + "]"
}

// inline is JSON as YAML in one line, in the order in which it stands.
func inline(data []byte) (string, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	text, err := inlineValue(d)
	if err != nil {
		return "", err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return "", errors.New("something follows the value")
	}
	return text, nil
}

func inlineValue(d *json.Decoder) (string, error) {
	t, err := d.Token()
	if err != nil {
		return "", err
	}
	switch t := t.(type) {
	case string:
		return scalar(t), nil
	case json.Delim:
		var parts []string
		for d.More() {
			part := ""
			if t == '{' {
				key, err := d.Token()
				if err != nil {
					return "", err
				}
				part = keyText(fmt.Sprint(key)) + ": "
			}
			v, err := inlineValue(d)
			if err != nil {
				return "", err
			}
			parts = append(parts, part+v)
		}
		if _, err := d.Token(); err != nil {
			return "", err
		}
		if t == '{' {
			return "{ " + strings.Join(parts, ", ") + " }", nil
		}
		return "[" + strings.Join(parts, ", ") + "]", nil
	}
	return fmt.Sprint(t), nil
}

var (
	plainScalar   = regexp.MustCompile(`^[\pL/][\pL\pN _./()'-]*$`)
	plainDuration = regexp.MustCompile(`^\d+(\.\d+)?(ms|s|m)$`)
	// meant is a word that YAML takes for something else than a text.
	meant = regexp.MustCompile(`(?i)^(true|false|yes|no|on|off|y|n|null|nan|inf)$`)
)

// keyText is a key as YAML: on is written as it is in files by hand.
func keyText(key string) string {
	if plainScalar.MatchString(key) {
		return key
	}
	return scalar(key)
}

// scalar is a text as YAML, in quotes only where it must be.
func scalar(s string) string {
	if plainDuration.MatchString(s) || plainScalar.MatchString(s) && !strings.HasSuffix(s, " ") && !meant.MatchString(s) {
		return s
	}
	if strings.ContainsAny(s, `"\`) && !strings.Contains(s, "'") && s == commented(s) {
		return "'" + s + "'"
	}
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case r == ' ' || unicode.IsGraphic(r) && !unicode.IsSpace(r):
			b.WriteRune(r)
		case r > 0xffff:
			fmt.Fprintf(&b, `\U%08X`, r)
		default:
			fmt.Fprintf(&b, `\u%04X`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// commented is a text that ends no line.
func commented(s string) string {
	return strings.Map(func(r rune) rune {
		if r != ' ' && (unicode.IsSpace(r) || !unicode.IsGraphic(r)) {
			return ' '
		}
		return r
	}, s)
}

// TargetsText is targets as they stand in a version's file, below a comment if there is one.
func TargetsText(all []NewTarget, comment string) string {
	var b strings.Builder
	if comment != "" {
		fmt.Fprintf(&b, "  # %s\n", commented(comment))
	}
	for _, t := range all {
		fmt.Fprintf(&b, "  %s:\n", t.Name)
		if t.Spec.Within != "" {
			fmt.Fprintf(&b, "    within: %s\n", t.Spec.Within)
		}
		var lines []string
		for _, c := range t.Spec.Candidates {
			if data, err := plainJSON(c); err == nil {
				if text, err := inline(data); err == nil {
					lines = append(lines, text)
				}
			}
		}
		if len(lines) == 1 {
			fmt.Fprintf(&b, "    candidates: [%s]\n", lines[0])
		} else {
			fmt.Fprintf(&b, "    candidates:\n      - %s\n", strings.Join(lines, "\n      - "))
		}
		if t.Spec.Table != nil {
			b.WriteString(tableText(t.Spec.Table))
		}
		if t.Spec.Counter != "" {
			fmt.Fprintf(&b, "    counter: %s\n", scalar(t.Spec.Counter))
		}
		if t.Spec.Fingerprint != nil {
			fmt.Fprintf(&b, "    fingerprint: %s\n", inlineOf(t.Spec.Fingerprint))
		}
	}
	return b.String()
}

// tableText is how a list is read, as it stands in a version's file.
func tableText(t *selectors.Table) string {
	var b strings.Builder
	fmt.Fprintf(&b, "    table:\n      rows: %s\n      key: %s\n", scalar(t.Rows), scalar(t.Key))
	if t.Fold {
		b.WriteString("      fold: true\n")
	}
	b.WriteString("      columns:\n")
	for _, name := range slices.Sorted(maps.Keys(t.Columns)) {
		fmt.Fprintf(&b, "        %s: %s\n", name, inlineOf(t.Columns[name]))
	}
	return b.String()
}

var topKey = regexp.MustCompile(`(?m)^[A-Za-z_]+:`)

// VersionText is a version's file with the draft's targets behind those that it has. file is the version's as it is;
// empty: there is none, and what every page has is left to be said.
func (d *Draft) VersionText(file, app, layout, date string) (string, error) {
	comment := fmt.Sprintf("recorded as %q, taken over on %s", d.title, date)
	added := TargetsText(d.Targets, comment)
	if file == "" {
		source := "Recorded as " + d.title + "."
		return fmt.Sprintf("# yaml-language-server: $schema=../schema.json\napp: %s\nlayout: %s\ndate: %s\ncovers: console\nsource: %s\n"+
			"fingerprints: [] # what every page of this layout has\ntargets:\n%s", app, layout, date, scalar(source), added), nil
	}
	keys := topKey.FindAllString(file, -1)
	if len(keys) == 0 || keys[len(keys)-1] != "targets:" || !strings.Contains(file, "\ntargets:\n") {
		return "", errors.New("adding targets to the version: in its file targets does not stand last, " +
			"with a line for each: add them by hand")
	}
	return strings.TrimRight(file, "\n") + "\n" + added, nil
}
