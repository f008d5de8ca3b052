package flows

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/billagent/billagent/automation"
)

// Press is a click: on a target, perhaps in the row of a table, perhaps only if the page is about the right one.
type Press struct {
	Target string    `json:"target"`
	Row    *RowKey   `json:"row,omitempty"`
	For    *Identity `json:"for,omitempty"`
	Double bool      `json:"double,omitempty"` // press twice, as a double click is; never a commit
	Dialog *Dialog   `json:"dialog,omitempty"` // agree to the browser's own confirmation
	// Others says why the place of a commit may show others beside the one it concerns, or a frame of another origin, in
	// which nobody can be read. Without it, it may not.
	Others string `json:"others,omitempty"`
}

// Dialog says that a confirmation of the browser's own is agreed to: in a file the word accept, or what it must
// say, too.
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

// Identity is what a target must say for the step to be about the right one: a text of its own, or one that names an
// e-mail address and no other.
type Identity struct {
	Target string `json:"target"`
	Equals string `json:"equals,omitempty"`
	Names  string `json:"names,omitempty"`
	Fold   bool   `json:"fold,omitempty"`
}

// value is what must be said, or named.
func (i *Identity) value() string { return cmp.Or(i.Names, i.Equals) }

// Expect is the step that waits until it is so.
func (i *Identity) Expect() *Expect {
	return &Expect{Target: i.Target, Equals: i.Equals, Names: i.Names, Fold: i.Fold}
}

func (p *Press) targets() []string {
	out := []string{p.Target}
	if p.Row != nil {
		out = append(out, p.Row.Table)
	}
	if p.For != nil {
		out = append(out, p.For.Target)
	}
	return out
}

func (p *Press) texts() (out []string) {
	if p.Row != nil {
		out = append(out, p.Row.Key)
	}
	if p.For != nil {
		out = append(out, p.For.value())
	}
	if p.Dialog != nil {
		out = append(out, p.Dialog.Says)
	}
	return out
}

func (p *Press) says() string {
	out := "press " + p.Target
	if p.Double {
		out = "press twice " + p.Target
	}
	if p.Row != nil {
		out += fmt.Sprintf(" in the row of %s with %s", p.Row.Table, p.Row.Key)
	}
	switch {
	case p.For == nil:
	case p.For.Names != "":
		out += fmt.Sprintf(", if %s names %s and no other address", p.For.Target, p.For.Names)
	default:
		out += fmt.Sprintf(", if %s says %s", p.For.Target, p.For.Equals)
	}
	if p.Dialog != nil {
		out += ", and agree to the browser's question"
		if p.Dialog.Says != "" {
			out += " if it says " + p.Dialog.Says
		}
	}
	return out
}

// checkSubject makes sure that a press of a changing flow is bound to the flow's subject: one that is held against
// a label of the page, or is in a row of somebody else, is bound to nobody.
func (p *Press) checkSubject(f *Flow, complain complaint, at []any) {
	if p.Row != nil && p.Row.Key != f.whom() {
		complain(fmt.Sprintf("the row is that of the subject: key is %s", f.whom()), append(slices.Clone(at), "row")...)
	}
	if p.For != nil && p.For.value() != f.whom() {
		complain(fmt.Sprintf("for holds a target against the subject: equals is %s, or names is, where it stands in a sentence", f.whom()),
			append(slices.Clone(at), "for")...)
	}
}

func (r *Run) press(ctx context.Context, p *Press, bound time.Duration, commit bool) error {
	t, err := r.target(p.Target)
	if err != nil {
		return err
	}
	click := automation.Press{Target: t, Agree: commit, Double: p.Double, Bound: bound}
	if p.Dialog != nil {
		click.Accept = p.Dialog.Accept
		if click.Says, err = r.text(ctx, p.Dialog.Says); err != nil {
			return err
		}
	}
	if commit {
		click.MustShow, click.Entered, click.People, click.Others = r.MustShow, r.entered, r.People, p.Others
	}
	if click.Row, err = r.row(ctx, p.Row); err != nil {
		return err
	}
	if p.For != nil {
		whom, err := r.target(p.For.Target)
		if err != nil {
			return err
		}
		equals, err := r.text(ctx, p.For.value())
		if err != nil {
			return err
		}
		click.For = &automation.Identity{Target: whom, Equals: equals, Fold: p.For.Fold, InSentence: p.For.Names != ""}
	}
	return r.Page.Click(ctx, click)
}

// row is the row of a table that a step is about, nil where it is about none.
func (r *Run) row(ctx context.Context, row *RowKey) (*automation.Row, error) {
	if row == nil {
		return nil, nil
	}
	table, err := r.target(row.Table)
	if err != nil {
		return nil, err
	}
	key, err := r.text(ctx, row.Key)
	if err != nil {
		return nil, err
	}
	return &automation.Row{Table: table, Equals: key}, nil
}

// presses are what the step presses, or acts on in its place.
func (s *Step) presses() []*Press {
	switch v := s.Verb.(type) {
	case *Click:
		return []*Press{&v.Press}
	case *Commit:
		return []*Press{&v.Press}
	case *sight:
		return []*Press{&v.Press}
	case *Hover:
		return []*Press{v.press()}
	case *Key:
		return []*Press{{Target: v.Target}}
	case *Choose:
		return []*Press{{Target: v.Opens}, {Target: v.Confirm}}
	}
	return nil
}
