package flows

import (
	"context"
	"fmt"
	"time"

	"github.com/billagent/billagent/selectors"
)

// Read keeps what a target says as an output.
type Read struct {
	Target string `json:"target"`
	As     string `json:"as"`
	Attr   string `json:"attr,omitempty"`
}

func (v *Read) says() string             { return fmt.Sprintf("read %s as %s", v.Target, v.As) }
func (*Read) word() string               { return "read" }
func (v *Read) targets() []string        { return []string{v.Target} }
func (*Read) texts() []string            { return nil }
func (v *Read) output() (string, Output) { return v.As, OutputRead }

func (v *Read) run(ctx context.Context, r *Run, _ *Step, _ time.Duration) error {
	return r.on(v.Target, func(t *selectors.Target) error {
		said, err := r.Page.Read(ctx, t, v.Attr)
		r.result.Texts[v.As] = []string{said}
		return err
	})
}
