package flows

import (
	"context"
	"fmt"
	"time"
)

// Find brings the row with a key onto the page. Without such a row the flow halts as absent.
type Find struct {
	Table  string `json:"table"`
	Key    string `json:"key"`
	Next   string `json:"next,omitempty"`
	Scroll bool   `json:"scroll,omitempty"`
}

func (v *Find) says() string {
	return fmt.Sprintf("find the row of %s with %s, page after page", v.Table, v.Key)
}
func (*Find) word() string        { return "find" }
func (v *Find) targets() []string { return given(v.Table, v.Next) }
func (v *Find) texts() []string   { return []string{v.Key} }
func (v *Find) awaited() string   { return v.Table }

func (v *Find) check(f *Flow, complain complaint, at []any) {
	if f.Subject != "" && v.Key != f.whom() {
		complain(fmt.Sprintf("whom a changing flow looks for is its subject: key is %s", f.whom()), at...)
	}
}

func (v *Find) run(ctx context.Context, r *Run, _ *Step, bound time.Duration) error {
	reading, err := r.reading(v.Table, "", v.Next, "", v.Scroll, bound)
	if err != nil {
		return err
	}
	key, err := r.text(ctx, v.Key)
	if err != nil {
		return err
	}
	found, err := r.Page.FindRow(ctx, reading, key)
	if err != nil {
		return err
	}
	if !found {
		return &HaltError{Kind: Absent, Reason: fmt.Sprintf("no row of %s has %s %q", v.Table, reading.Table.Table.Key, key)}
	}
	return nil
}
