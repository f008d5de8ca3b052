package flows

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/billagent/billagent/automation"
)

// Hover moves the mouse to a target, perhaps in the row of a table, as for a menu that opens then. In a file it is the
// target's name, or both.
type Hover struct {
	Target string  `json:"target"`
	Row    *RowKey `json:"row,omitempty"`
}

// UnmarshalJSON implements json.Unmarshaler.
func (h *Hover) UnmarshalJSON(data []byte) error {
	if json.Unmarshal(data, &h.Target) == nil {
		return nil
	}
	type plain Hover
	return json.Unmarshal(data, (*plain)(h))
}

// MarshalJSON implements json.Marshaler.
func (h *Hover) MarshalJSON() ([]byte, error) {
	if h.Row == nil {
		return json.Marshal(h.Target)
	}
	type plain Hover
	return json.Marshal((*plain)(h))
}

func (*Hover) word() string { return "hover" }
func (*Hover) acts()        {}
func (*Hover) loads()       {}

func (h *Hover) press() *Press     { return &Press{Target: h.Target, Row: h.Row} }
func (h *Hover) targets() []string { return h.press().targets() }
func (h *Hover) texts() []string   { return h.press().texts() }

func (h *Hover) says() string {
	out := "move the mouse to " + h.Target
	if h.Row != nil {
		out += fmt.Sprintf(" in the row of %s with %s", h.Row.Table, h.Row.Key)
	}
	return out + ", and let it rest there"
}

// awaited implements awaiting. A row's part is awaited by the step that finds the row.
func (h *Hover) awaited() string {
	if h.Row != nil {
		return ""
	}
	return h.Target
}

func (h *Hover) check(f *Flow, complain complaint, at []any) {
	if f.Subject != "" {
		h.press().checkSubject(f, complain, slices.Clone(at))
	}
}

func (h *Hover) run(ctx context.Context, r *Run, s *Step, bound time.Duration) error {
	return r.reloading(ctx, s, h.Target, bound, func() (bool, error) {
		t, err := r.target(h.Target)
		if err != nil {
			return false, err
		}
		var row *automation.Row
		if row, err = r.row(ctx, h.Row); err != nil {
			return false, err
		}
		return true, r.Page.Hover(ctx, t, row, bound)
	})
}
