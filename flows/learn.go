package flows

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"

	"github.com/billagent/billagent/selectors"
	"github.com/billagent/billagent/selectors/datafile"
	"go.yaml.in/yaml/v3"
)

// LearnSends reads the form that a rehearsal proposes (Rehearsed.Sends). Any value may stand where personal says of
// a text that it tells of somebody. The error says that the form would not name whom the commit is about: by the
// rule of whom requests name more is known than by it.
func LearnSends(proposed string, personal func(text string) bool) (*Sends, error) {
	var doc struct {
		Sends any `yaml:"sends"`
	}
	if err := yaml.Unmarshal([]byte(proposed), &doc); err != nil {
		return nil, fmt.Errorf("reading what a commit sends: %w", err)
	}
	data, err := json.Marshal(doc.Sends)
	if err != nil {
		return nil, fmt.Errorf("reading what a commit sends: %w", err)
	}
	s := &Sends{}
	if err := json.Unmarshal(data, s); err != nil {
		return nil, fmt.Errorf("reading what a commit sends: %w", err)
	}
	free := func(text string) bool { return len(selectors.Placeholders(text)) == 0 && personal(text) }
	parts := strings.Split(s.Path, "/")
	for i, p := range parts {
		if p != "" && free(p) {
			parts[i] = anything
		}
	}
	s.Path = strings.Join(parts, "/")
	for _, form := range []map[string]any{s.Query, s.Body} {
		for key, v := range form {
			text := fmt.Sprint(v)
			if n, ok := v.(float64); ok {
				text, _ = expectation(n, nil)
			}
			if free(text) {
				form[key] = anything
			}
		}
	}
	if !s.names() {
		return nil, errors.New("what its commit sends does not name whom it is about")
	}
	return s, nil
}

// sendsLines are those of a flow's file that say what its commit sends, with what is indented below them.
var sendsLines = regexp.MustCompile(`(?m)^sends:.*\n(?:[ \t]+.*\n)*`)

// Sending is the text of the flow's file with another form for what its commit sends, or with none, and every other
// line as it is. The error says that the file is written in a way that does not allow it.
func (f *Flow) Sending(s *Sends) ([]byte, error) {
	text, lines := sendsLines.ReplaceAllString(f.file.Text, ""), ""
	if s != nil {
		form, err := datafile.Inline(s)
		if err != nil {
			return nil, fmt.Errorf("writing what the commit of %s sends: %w", f.Name, err)
		}
		lines = "sends: " + form + "\n"
	}
	before, steps, found := strings.Cut("\n"+text, "\nsteps:")
	if !found {
		return nil, f.Problem("it has no line that begins with steps:", "steps")
	}
	out := []byte(strings.TrimPrefix(before+"\n"+lines+"steps:"+steps, "\n"))
	schema, err := flowSchema()
	if err != nil {
		return nil, err
	}
	anew := &Flow{}
	if _, err := datafile.Read(f.file.Name, out, schema, anew); err != nil {
		return nil, err
	}
	if (anew.Sends == nil) != (s == nil) {
		return nil, f.Problem("what it sends is not written in lines of its own", "sends")
	}
	return out, nil
}
