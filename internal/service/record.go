package service

import (
	"context"
	"net/url"
	"slices"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/recording"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/selectors"
)

// Record is what a person is to do on a console's pages.
type Record struct {
	Place  doctor.Place // where it begins
	Flow   string       // the name of the flow that it becomes
	Inputs map[string]string
	// Begins is asked, once it is known which layout is shown, whether the recording may begin. May be nil.
	Begins func(lib *flows.Library, o recording.Options) error
	Commit bool // what is shown as the commit will be pressed once the recording has ended
	// Stretch says that it begins in the middle of the flow, on the page where it stands.
	Stretch bool
	Note    string // shown in the panel meanwhile; empty: nothing is
	// StandIn acts in the person's place: for tests. Nil: there is a person.
	StandIn func(ctx context.Context, s *automation.StandIn) error
	// Ready is told when what the person does on the page is recorded; note says why it may be another page. May be nil.
	Ready func(note string)
}

// Recorded is what was recorded.
type Recorded struct {
	Draft   *recording.Draft
	Options recording.Options
	Stopped []string // what was kept from leaving, each request in a line
	Into    *Edited  // the file into which a stretch was put; nil: the flow is the whole of a file
	// TakenBack says that a step was taken back: what it did to the page stays.
	TakenBack bool
}

// Edited is a file of an app's with another text.
type Edited struct{ Name, Text string }

// Record has a person do on a tenant's console what a flow is to do, and makes the flow and its targets of it.
// Nothing of the console is changed, and nothing is written.
func (s *Service) Record(ctx context.Context, name string, r Record, events event.Sink) (out *Recorded, err error) {
	err = s.on(name, func(v *served) error {
		return v.use(ctx, events, func(dir *tenant.Directory) error {
			return s.showIn(ctx, dir, r.Place, func(ctx context.Context, shown doctor.Shown) error {
				lib, err := dir.Library()
				if err != nil {
					return err
				}
				out, err = r.record(ctx, lib, shown)
				return err
			})
		})
	})
	return out, err
}

func (r *Record) record(ctx context.Context, lib *flows.Library, shown doctor.Shown) (*Recorded, error) {
	v := shown.Version
	t := &recording.Take{Parts: lib.Parts(v.Layout), Options: recording.Options{
		Flow: r.Flow, Layout: v.Layout, App: v.App, Inputs: map[string]string{"home": home(shown.Page.URL())}, Version: v,
		Flows: lib.Of(v.Layout), Standalone: !Performs(r.Flow), Stretch: r.Stretch,
	}}
	for name, value := range r.Inputs {
		t.Inputs[name] = value
	}
	t.Lasting = lasting(shown)
	if r.Begins != nil {
		if err := r.Begins(lib, t.Options); err != nil {
			return nil, err
		}
	}
	if !r.Stretch {
		t.Add(automation.Gesture{ID: "begin", Kind: automation.GestureOpen, Value: shown.Page.URL()})
	}
	title := "Recording " + r.Flow
	if r.Stretch {
		title = "A stretch of " + r.Flow
	}
	err := shown.Page.Record(ctx, automation.Recording{
		Title: title, Targets: r.targets(lib, v), Secrets: recording.Secrets(), Take: t.Add, StandIn: r.StandIn,
		Commits: r.Commit,
		Ready: func() {
			if r.Ready != nil {
				r.Ready(shown.Note)
			}
		},
		Reads: reads[r.Flow],
		Tell: func() automation.Progress {
			t.Stopped(shown.Stopped())
			now := t.Progress()
			if r.Note != "" {
				now.Remarks = append([]string{r.Note}, now.Remarks...)
			}
			return now
		},
	})
	if err != nil {
		return nil, err
	}
	t.Stopped(shown.Stopped())
	draft, err := t.Draft()
	return &Recorded{Draft: draft, Options: t.Options, Stopped: shown.Stopped(), TakenBack: t.TakenBack}, err
}

// reads is what flows that read are shown by.
var reads = map[string]string{rolesFlow: automation.GestureRoles, identifyFlow: automation.GestureOrganisation,
	pendingFlow: automation.GestureWaiting, detailsFlow: automation.GestureDetail}

// home is where a recording begins, without what belongs to one visit.
func home(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	u.User, u.Fragment, u.RawFragment = nil, "", ""
	return u.String()
}

// targets are those that what is acted on may be.
func (r *Record) targets(lib *flows.Library, v *selectors.Version) (out []automation.KnownTarget) {
	tables, holds := map[string]string{}, map[string]bool{}
	for _, f := range lib.Of(v.Layout) {
		for target, table := range f.Tables() {
			tables[target] = table
		}
	}
	for _, name := range v.Names() {
		if t, _ := v.Target(name); t.Within != nil {
			holds[t.Within.Name] = true
		}
	}
	for _, name := range v.Names() {
		t, _ := v.Target(name)
		filled, err := t.Fill(r.Inputs)
		if err != nil || len(filled.Placeholders()) > 0 || len(filled.Candidates) == 0 {
			continue
		}
		one := automation.KnownTarget{Target: filled, Holds: holds[name]}
		if table := tables[name]; slices.Contains(v.Names(), table) {
			one.Row = table
		}
		out = append(out, one)
	}
	return out
}
