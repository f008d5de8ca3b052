package flows

import (
	"context"
	"encoding/json"
	"maps"
	"slices"
	"time"
)

// Part stands for the steps of a name that the flows of a layout share. In a file it is the name, or an object with
// what it is given.
type Part struct {
	Name string            `json:"name"`
	With map[string]string `json:"with,omitempty"` // what stands in the place of ${key} in its steps; it may name inputs of the flow

	shared []Step
}

func (p *Part) says() string {
	out := "the part " + p.Name
	for i, key := range slices.Sorted(maps.Keys(p.With)) {
		out += []string{", with ", " and "}[min(i, 1)] + key + " " + p.With[key]
	}
	return out
}
func (*Part) word() string      { return "part" }
func (*Part) label() string     { return "" }
func (*Part) targets() []string { return nil }
func (p *Part) texts() []string { return slices.Sorted(maps.Values(p.With)) }
func (p *Part) nested() []block { return []block{{nil, p.shared, ""}} }

// Steps are those that the part stands for, once its flow is loaded.
func (p *Part) Steps() []Step { return p.shared }

// MarshalJSON implements json.Marshaler.
func (p *Part) MarshalJSON() ([]byte, error) {
	if len(p.With) == 0 {
		return json.Marshal(p.Name)
	}
	type plain Part
	return json.Marshal((*plain)(p))
}

// UnmarshalJSON implements json.Unmarshaler.
func (p *Part) UnmarshalJSON(data []byte) error {
	if len(data) > 0 && data[0] == '"' {
		return json.Unmarshal(data, &p.Name)
	}
	type plain Part
	return json.Unmarshal(data, (*plain)(p))
}

func (p *Part) run(ctx context.Context, r *Run, _ *Step, _ time.Duration) error {
	return r.steps(ctx, p.shared)
}
