package flows

import (
	"context"
	"encoding/json"
	"time"
)

// Part stands for the steps of a name that the flows of a layout share.
type Part struct {
	Name string

	shared []Step
}

func (p *Part) says() string    { return "the part " + p.Name }
func (*Part) word() string      { return "part" }
func (*Part) label() string     { return "" }
func (*Part) targets() []string { return nil }
func (*Part) texts() []string   { return nil }
func (p *Part) nested() []block { return []block{{nil, p.shared, ""}} }

// MarshalJSON implements json.Marshaler.
func (p *Part) MarshalJSON() ([]byte, error) { return json.Marshal(p.Name) }

// UnmarshalJSON implements json.Unmarshaler.
func (p *Part) UnmarshalJSON(data []byte) error { return json.Unmarshal(data, &p.Name) }

func (p *Part) run(ctx context.Context, r *Run, _ *Step, _ time.Duration) error {
	return r.steps(ctx, p.shared)
}
