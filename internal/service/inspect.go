package service

import (
	"context"
	"fmt"
	"slices"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/tenant"
)

// Inspect is of which page a person is shown what its targets match.
type Inspect struct {
	Place doctor.Place
	// StandIn acts in the person's place, and is told in which group each target is: for tests. Nil: there is a person.
	StandIn func(ctx context.Context, s *automation.StandIn, groups map[string]string) error
	// Ready is told when the page is there for the person; note says why it may be another one. May be nil.
	Ready func(note string)
}

// Inspect shows a person a page of a tenant's console with a panel that says which targets of the version match what,
// until the person ends it. Nothing of the console is changed.
func (s *Service) Inspect(ctx context.Context, name string, in Inspect, events event.Sink) error {
	return s.on(name, func(v *served) error {
		return v.use(ctx, events, func(dir *tenant.Directory) error {
			return s.showIn(ctx, dir, in.Place, func(ctx context.Context, shown doctor.Shown) error {
				lib, err := dir.Library()
				if err != nil {
					return err
				}
				if in.Ready != nil {
					in.Ready(shown.Note)
				}
				show := inspection(lib, shown)
				show.StandIn = in.StandIn
				return shown.Page.Inspect(ctx, show)
			})
		})
	})
}

// inspection says what of a version can be looked for on a page, and how.
func inspection(lib *flows.Library, shown doctor.Shown) automation.Inspection {
	v := shown.Version
	out := automation.Inspection{Title: fmt.Sprintf("Targets of %s", v.ID)}
	tables, many := map[string]string{}, []string{}
	for _, f := range lib.All() {
		if len(f.Layouts) > 0 && !slices.Contains(f.Layouts, v.Layout) {
			continue
		}
		many = append(many, f.Several()...)
		for target, table := range f.Tables() {
			tables[target] = table
		}
	}
	for _, name := range v.Names() {
		t, _ := v.Target(name)
		filled, err := t.Fill(shown.Inputs)
		if err != nil || len(filled.Placeholders()) > 0 || len(filled.Candidates) == 0 {
			out.Left = append(out.Left, name)
			continue
		}
		one := automation.Inspected{Target: filled, Many: slices.Contains(many, name)}
		if table, ok := v.Target(tables[name]); ok {
			one.Row = &automation.Row{Table: table}
		}
		out.Targets = append(out.Targets, one)
	}
	return out
}
