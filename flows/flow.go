// Package flows holds what is done on a console's pages as data: YAML files of ordered steps over named targets, and
// the runner that carries them out with package automation. Steps name targets, never selectors. A flow that changes
// anything has exactly one commit step, which names whom it concerns.
//
// The package knows nothing of any particular console, nor why a flow is run.
package flows

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"github.com/billagent/billagent/selectors/datafile"
)

// Flow is one file of steps.
type Flow struct {
	Name    string   `json:"flow"`
	About   string   `json:"about"`
	Layouts []string `json:"layouts,omitempty"` // empty: every layout without a flow of its own
	Changes bool     `json:"changes,omitempty"`
	// Standalone says that no action performs the flow: it is run by its name alone, and changes nothing.
	Standalone bool `json:"standalone,omitempty"`

	Subject string            `json:"subject,omitempty"` // of a flow that changes something: the input that names whom it concerns
	Inputs  []string          `json:"inputs,omitempty"`
	Secrets []string          `json:"secrets,omitempty"` // inputs asked for only when a step needs them, and never repeated
	Outputs map[string]Output `json:"outputs,omitempty"`
	Timeout Duration          `json:"timeout"`
	Sends   *Sends            `json:"sends,omitempty"` // what the commit sends; nil: by the rule of whom requests name
	Steps   []Step            `json:"steps"`

	// Afterwards follows the read-back of a change: screens that the console shows then and that are safe to leave
	// undone. Whatever comes of it, the outcome of the change stands.
	Afterwards []Step `json:"afterwards,omitempty"`

	file *datafile.File
}

// Output is the type of what a flow brings back: the verb of the step that makes it.
type Output string

const (
	OutputRead  Output = "read"  // what one target says
	OutputTexts Output = "texts" // what every match of a target says
	OutputRows  Output = "rows"  // a whole table
)

// Duration is a time.Duration written as in "15s".
type Duration time.Duration

// UnmarshalJSON implements json.Unmarshaler.
func (d *Duration) UnmarshalJSON(data []byte) error {
	var s string
	if err := json.Unmarshal(data, &s); err != nil {
		return fmt.Errorf("a duration is written as in \"15s\": %w", err)
	}
	v, err := time.ParseDuration(s)
	if err != nil {
		return err
	}
	*d = Duration(v)
	return nil
}

// whom is the subject as it is named in the flow's texts.
func (f *Flow) whom() string { return "${" + f.Subject + "}" }

// walk visits every step of the flow.
func (f *Flow) walk(visit func(s *Step, at []any)) {
	walk(f.Steps, []any{"steps"}, visit)
	walk(f.Afterwards, []any{"afterwards"}, visit)
}

// MarshalJSON implements json.Marshaler, in the form that the schema asks for: one number and one unit.
func (d Duration) MarshalJSON() ([]byte, error) {
	if v := time.Duration(d); v >= time.Minute && v%time.Minute == 0 {
		return json.Marshal(fmt.Sprintf("%dm", v/time.Minute))
	}
	return json.Marshal(strconv.FormatFloat(time.Duration(d).Seconds(), 'f', -1, 64) + "s")
}

// Begins is the address that the flow opens first: where a list began when it was read before, if the flow begins there,
// or what its first step opens. home is where the console led after sign-in.
func (f *Flow) Begins(home, at string) string {
	if rows := f.list(); rows != nil && rows.Address && rows.Frame == "" && at != "" {
		return at
	}
	for steps := f.Steps; len(steps) > 0; {
		switch v := steps[0].Verb.(type) {
		case *Part:
			steps = v.shared
		case *Open:
			address, err := automation.Resolve(home, string(*v))
			if err != nil || len(selectors.Placeholders(string(*v))) > 0 {
				return home
			}
			return address
		default:
			return home
		}
	}
	return home
}

// list is the flow's last step, where it reads a list.
func (f *Flow) list() *Rows {
	if len(f.Steps) == 0 {
		return nil
	}
	rows, _ := f.Steps[len(f.Steps)-1].Verb.(*Rows)
	return rows
}

// Lists is the table that the flow reads with its last step; empty: it reads none.
func (f *Flow) Lists() string {
	if rows := f.list(); rows != nil {
		return rows.Table
	}
	return ""
}

// Each visits every step of the flow, those of its parts too.
func (f *Flow) Each(visit func(s *Step)) { f.walk(func(s *Step, _ []any) { visit(s) }) }

// Problem is a complaint about a place in the flow's file.
func (f *Flow) Problem(message string, at ...any) error { return f.file.Problem(message, at...) }

// File is the flow's file, and what stands in it.
func (f *Flow) File() (name, text string) { return f.file.Name, f.file.Text }
