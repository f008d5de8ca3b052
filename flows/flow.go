// Package flows holds what is done on a console's pages as data: YAML files of ordered steps over named targets, and
// the runner that carries them out with package automation. Steps name targets, never selectors. A flow that changes
// anything has exactly one commit step, which names whom it concerns.
//
// The package knows nothing of any particular console, nor why a flow is run.
package flows

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/billagent/billagent/selectors/datafile"
)

// Flow is one file of steps.
type Flow struct {
	Name    string            `json:"flow"`
	About   string            `json:"about"`
	Layouts []string          `json:"layouts,omitempty"` // empty: every layout without a flow of its own
	Changes bool              `json:"changes,omitempty"`
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

// Step is one thing to do. Exactly one of its verbs is set.
type Step struct {
	Open    string   `json:"open,omitempty"` // an address, perhaps relative to the page shown
	Click   *Press   `json:"click,omitempty"`
	Commit  *Press   `json:"commit,omitempty"` // the one irreversible step
	Fill    *Fill    `json:"fill,omitempty"`
	Choose  *Choose  `json:"choose,omitempty"`
	Check   *Check   `json:"check,omitempty"`
	Await   []string `json:"await,omitempty"` // until one of the targets is there
	Expect  *Expect  `json:"expect,omitempty"`
	Read    *Read    `json:"read,omitempty"`
	Texts   *Read    `json:"texts,omitempty"` // what every match says
	Rows    *Rows    `json:"rows,omitempty"`
	Find    *Find    `json:"find,omitempty"`
	When    *When    `json:"when,omitempty"`
	Screens *Screens `json:"screens,omitempty"`
	Halt    *Halt    `json:"halt,omitempty"`
	Result  string   `json:"result,omitempty"` // requested: a second person must approve
	Notice  string   `json:"notice,omitempty"` // pass on what this target says, if it is there
	Part    string   `json:"part,omitempty"`   // the steps of this name that the flows of a layout share

	Timeout Duration `json:"timeout,omitempty"`
	Asks    bool     `json:"asks,omitempty"`    // click, check or choose makes the page ask for data anew: wait for the answer
	Changes string   `json:"changes,omitempty"` // click, check or choose changes what this target shows: wait until it has, and rests
	Reloads bool     `json:"reloads,omitempty"` // click, check or choose makes the page load anew: wait until it has

	shared []Step // of a part
}

// Press is a click: on a target, perhaps in the row of a table, perhaps only if the page is about the right one.
type Press struct {
	Target string    `json:"target"`
	Row    *RowKey   `json:"row,omitempty"`
	For    *Identity `json:"for,omitempty"`
	Dialog *Dialog   `json:"dialog,omitempty"` // agree to the browser's own confirmation
	// Others says why the place of a commit may show others beside the one it concerns. Without it, it may not.
	Others string `json:"others,omitempty"`
}

// Dialog says that a confirmation of the browser's own is agreed to: in a file the word accept, or what it must say, too.
type Dialog struct {
	Accept bool   `json:"accept"`
	Says   string `json:"says,omitempty"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (d *Dialog) UnmarshalJSON(data []byte) error {
	if string(data) == `"accept"` {
		*d = Dialog{Accept: true}
		return nil
	}
	type plain Dialog
	return json.Unmarshal(data, (*plain)(d))
}

// RowKey names a row: the one of a table whose key equals a value.
type RowKey struct {
	Table string `json:"table"`
	Key   string `json:"key"`
}

// Identity is what a target must say for the step to be about the right one.
type Identity struct {
	Target string `json:"target"`
	Equals string `json:"equals"`
	Fold   bool   `json:"fold,omitempty"`
}

// Fill types a value into a field.
type Fill struct {
	Target string `json:"target"`
	Value  string `json:"value"`
}

// Choose picks an option by its words, of a select element or (with Options) of a picker that opens.
type Choose struct {
	Target  string `json:"target"`
	Option  string `json:"option"`
	Options string `json:"options,omitempty"`
	Maybe   bool   `json:"maybe,omitempty"` // where it is not offered, what the page has chosen stands
}

// Check sets a check box or radio button.
type Check struct {
	Target string `json:"target"`
	On     bool   `json:"on"`
}

// Expect waits until a target is there (or gone) and, if asked, says the right thing.
type Expect struct {
	Target string `json:"target"`
	Equals string `json:"equals,omitempty"`
	Fold   bool   `json:"fold,omitempty"`
	Gone   bool   `json:"gone,omitempty"`
}

// Read keeps what a target says as an output.
type Read struct {
	Target string `json:"target"`
	As     string `json:"as"`
	Attr   string `json:"attr,omitempty"`
}

// Rows reads a whole table as an output. Reload are the steps that bring its beginning back when it changed meanwhile, or
// when only a second reading can tell whether it did.
type Rows struct {
	Table   string `json:"table"`
	As      string `json:"as"`
	Counter string `json:"counter,omitempty"`
	Next    string `json:"next,omitempty"`
	// Previous leads to the page before: a console may remember a page. Without it only a counter shows where a list begins.
	Previous string   `json:"previous,omitempty"`
	More     string   `json:"more,omitempty"`
	Scroll   bool     `json:"scroll,omitempty"`
	Filters  []Filter `json:"filters,omitempty"` // must hold before the first row is read and after the last
	// Unfiltered are what must say nothing or not be shown, such as a search box or the sign of a filter.
	Unfiltered []string `json:"unfiltered,omitempty"`
	Reload     []Step   `json:"reload,omitempty"`
}

// Filter is a control that decides which rows a table has, and how it must stand: on or off, or what it must say.
type Filter struct {
	Target string `json:"target"`
	On     *bool  `json:"on,omitempty"`
	Equals string `json:"equals,omitempty"`
}

// Find brings the row with a key onto the page. Without such a row the flow halts as absent.
type Find struct {
	Table  string `json:"table"`
	Key    string `json:"key"`
	Next   string `json:"next,omitempty"`
	Scroll bool   `json:"scroll,omitempty"`
}

// When does steps only if a target is there now.
type When struct {
	Target string `json:"target"`
	Then   []Step `json:"then,omitempty"`
	Else   []Step `json:"else,omitempty"`
}

// Screens handles pages whose order is not known: it waits until one of the cases is there, does its steps, and looks
// again, until the flow leaves them. A case comes at most Times times (default once), so nothing is tried for ever.
type Screens struct {
	Until []string `json:"until,omitempty"` // done when one of these is there
	Left  bool     `json:"left,omitempty"`  // or when the page belongs to a version that covers the console
	Cases []Case   `json:"cases"`
}

// Case is one screen of Screens. The first case whose target is there counts.
type Case struct {
	When  string `json:"when"`
	Times int    `json:"times,omitempty"`
	Steps []Step `json:"steps"`
	Again *Halt  `json:"again,omitempty"` // how the flow ends when the screen comes once too often
}

// Halt ends the flow with a reason a person can act on.
type Halt struct {
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty"`
	Read   string `json:"read,omitempty"`  // add what this target says
	Texts  string `json:"texts,omitempty"` // add what every match of this target says
}

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

// verb names what a step does and where its target's name is.
func (s *Step) verb() (name string, targets []string, inner [][]Step, count int) {
	set := func(is bool, n string, ts ...string) {
		if is {
			name, count = n, count+1
			for _, t := range ts {
				if t != "" {
					targets = append(targets, t)
				}
			}
		}
	}
	press := func(n string, p *Press) {
		if p == nil {
			return
		}
		set(true, n, p.Target)
		if p.Row != nil {
			targets = append(targets, p.Row.Table)
		}
		if p.For != nil {
			targets = append(targets, p.For.Target)
		}
	}
	set(s.Open != "", "open")
	press("click", s.Click)
	press("commit", s.Commit)
	if f := s.Fill; f != nil {
		set(true, "fill", f.Target)
	}
	if c := s.Choose; c != nil {
		set(true, "choose", c.Target, c.Options)
	}
	if c := s.Check; c != nil {
		set(true, "check", c.Target)
	}
	set(len(s.Await) > 0, "await", s.Await...)
	if e := s.Expect; e != nil {
		set(true, "expect", e.Target)
	}
	if r := s.Read; r != nil {
		set(true, "read", r.Target)
	}
	if r := s.Texts; r != nil {
		set(true, "texts", r.Target)
	}
	if r := s.Rows; r != nil {
		set(true, "rows", append([]string{r.Table, r.Counter, r.Next, r.Previous, r.More}, r.Unfiltered...)...)
		for _, f := range r.Filters {
			targets = append(targets, f.Target)
		}
		inner = append(inner, r.Reload)
	}
	if f := s.Find; f != nil {
		set(true, "find", f.Table, f.Next)
	}
	if w := s.When; w != nil {
		set(true, "when", w.Target)
		inner = append(inner, w.Then, w.Else)
	}
	if sc := s.Screens; sc != nil {
		set(true, "screens", sc.Until...)
		for _, c := range sc.Cases {
			targets = append(targets, c.When)
			inner = append(inner, c.Steps)
		}
	}
	if h := s.Halt; h != nil {
		set(true, "halt", h.Read, h.Texts)
	}
	if s.Changes != "" {
		targets = append(targets, s.Changes)
	}
	if s.Part != "" {
		set(true, "part")
		inner = append(inner, s.shared)
	}
	set(s.Result != "", "result")
	set(s.Notice != "", "notice", s.Notice)
	return name, targets, inner, count
}

// Problem is a complaint about a place in the flow's file.
func (f *Flow) Problem(message string, at ...any) error { return f.file.Problem(message, at...) }
