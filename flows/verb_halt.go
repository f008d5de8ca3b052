package flows

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/selectors"
)

// Halt ends the flow with a reason a person can act on.
type Halt struct {
	Kind   string `json:"kind"`
	Reason string `json:"reason"`
	Hint   string `json:"hint,omitempty"`
	Read   string `json:"read,omitempty"`  // add what this target says
	Texts  string `json:"texts,omitempty"` // add what every match of this target says
}

func (h *Halt) says() string      { return fmt.Sprintf("stop as %s: %s", h.Kind, h.Reason) }
func (*Halt) word() string        { return "halt" }
func (*Halt) label() string       { return "" }
func (h *Halt) targets() []string { return given(h.Read, h.Texts) }
func (h *Halt) texts() []string   { return []string{h.Reason, h.Hint} }

func (h *Halt) run(ctx context.Context, r *Run, _ *Step, _ time.Duration) error {
	e := &HaltError{Kind: h.Kind}
	var err error
	if e.Reason, err = r.text(ctx, h.Reason); err != nil {
		return err
	}
	if e.Hint, err = r.text(ctx, h.Hint); err != nil {
		return err
	}
	if h.Read != "" {
		_ = r.on(h.Read, func(t *selectors.Target) error { // the reason stands without it
			said, err := r.Page.Read(ctx, t, "")
			if err == nil && said != "" {
				e.Reason += ": " + said
			}
			return err
		})
	}
	if h.Texts != "" {
		_ = r.on(h.Texts, func(t *selectors.Target) error {
			said, err := r.Page.Texts(ctx, t)
			if len(said) > 0 {
				e.Reason += ": " + strings.Join(said, ", ")
			}
			return err
		})
	}
	return e
}
