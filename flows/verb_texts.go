package flows

import (
	"context"
	"fmt"
	"time"

	"github.com/billagent/billagent/selectors"
)

// Texts keeps what every match of a target says as an output.
type Texts struct {
	Target string `json:"target"`
	As     string `json:"as"`
}

func (v *Texts) says() string             { return fmt.Sprintf("read every match of %s as %s", v.Target, v.As) }
func (*Texts) word() string               { return "texts" }
func (v *Texts) targets() []string        { return []string{v.Target} }
func (*Texts) texts() []string            { return nil }
func (v *Texts) output() (string, Output) { return v.As, OutputTexts }

func (v *Texts) run(ctx context.Context, r *Run, _ *Step, _ time.Duration) error {
	return r.on(v.Target, func(t *selectors.Target) error {
		said, err := r.Page.Texts(ctx, t)
		r.result.Texts[v.As] = said
		return err
	})
}
