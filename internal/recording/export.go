package recording

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// ExportOptions say what of a flow is written, and how.
type ExportOptions struct {
	Flow    *flows.Flow
	Version *selectors.Version
	Inputs  map[string]string
	// Commit has the step that cannot be undone stand in a recording as any other click: who replays it makes the
	// change. Without it the step is only marked.
	Commit bool
}

// Export is a flow in another form.
type Export struct {
	Text string
	// LeftOut is what the form cannot express, or only in part; the number is that of the step with those of parts
	// in their place.
	LeftOut []Remark
}

// exporter makes the steps of a recording.
type exporter struct {
	ExportOptions
	out     *Recording
	remarks []Remark
	at      int
	now     *flows.Step
}

// clickOffset is where in an element a recording presses, in CSS pixels from its corner: the middle is not known.
const clickOffset = 1.0

// Chrome writes a flow as a recording for Chrome DevTools Recorder. The error says which input is needed.
func Chrome(o ExportOptions) (*Export, error) {
	x := &exporter{ExportOptions: o, out: &Recording{Title: o.Flow.Name + " (" + o.Version.Layout + ")"}}
	if err := x.steps(o.Flow.Steps); err != nil {
		return nil, err
	}
	if len(o.Flow.Afterwards) > 0 {
		x.at++
		x.remarks = append(x.remarks, Remark{
			x.at, "afterwards", "what follows once the change has been read back is not in the recording",
		})
	}
	text, err := x.out.Text()
	if err != nil {
		return nil, err
	}
	return &Export{string(text), x.remarks}, nil
}

func (x *exporter) steps(all []flows.Step) error {
	for i := range all {
		s := &all[i]
		if p, ok := s.Verb.(*flows.Part); ok {
			if err := x.steps(p.Steps()); err != nil {
				return err
			}
			continue
		}
		if v, ok := s.Verb.(*flows.Visit); ok { // the address is not known
			if err := x.steps(v.Otherwise); err != nil {
				return err
			}
			continue
		}
		x.at++
		x.now = s
		before := len(x.out.Steps)
		if err := x.step(s); err != nil {
			return fmt.Errorf("exporting step %d (%s) of the flow %s: %w", x.at, s.Word(), x.Flow.Name, err)
		}
		x.options(s, x.out.Steps[before:])
	}
	return nil
}

func (x *exporter) remark(why string, args ...any) {
	x.remarks = append(x.remarks, Remark{x.at, x.now.Word(), fmt.Sprintf(why, args...)})
}

// mark puts a step that does nothing in the place of one that cannot be expressed.
func (x *exporter) mark(s *flows.Step, why string, args ...any) error {
	x.remark(why, args...)
	data, err := plainJSON(s)
	if err != nil {
		return err
	}
	var step any
	if err := json.Unmarshal(data, &step); err != nil {
		return err
	}
	x.out.Steps = append(x.out.Steps, Step{
		Type: customStep, Name: "not expressed: " + s.Word(), Parameters: map[string]any{"step": step},
	})
	return nil
}

// options says of the steps made of one what it waits for.
func (x *exporter) options(s *flows.Step, made []Step) {
	o := s.Options
	if len(made) == 0 {
		return
	}
	if o.Reloads {
		made[len(made)-1].AssertedEvents = []Event{{Type: "navigation"}}
	}
	if o.Asks || o.Changes != "" {
		x.remark("that it waits for an answer, or until another target has changed, is not expressed")
	}
	if o.Timeout > 0 {
		ms := int(time.Duration(o.Timeout) / time.Millisecond)
		if ms > mostTimeout {
			x.remark("it may take %v, and a step of a recording %d ms", time.Duration(o.Timeout), mostTimeout)
		}
		for i := range made {
			made[i].Timeout = max(leastTimeout, min(ms, mostTimeout))
		}
	}
}

func (x *exporter) step(s *flows.Step) error {
	switch v := s.Verb.(type) {
	case *flows.Open:
		return x.open(string(*v))
	case *flows.Click:
		return x.press(s, &v.Press)
	case *flows.Commit:
		if !x.Commit {
			return x.mark(s, "the commit is only marked, so that replaying changes nothing: press it by hand")
		}
		x.remark("THIS IS THE COMMIT: who replays the recording makes the change")
		return x.press(s, &v.Press)
	case *flows.Fill:
		return x.fill(v)
	case *flows.Choose:
		return x.choose(s, v)
	case *flows.Check:
		x.remark("the box is pressed whether or not it is on, then it must be as wished for")
		x.add(Step{Type: click, OffsetX: offset(), OffsetY: offset()}, v.Target)
		x.add(Step{Type: waitForElement, Properties: map[string]any{"checked": v.On}}, v.Target)
	case *flows.Key:
		if v.Target != "" {
			x.remark("the key goes to whatever has the focus, which should be %s", v.Target)
		}
		x.out.Steps = append(x.out.Steps, Step{Type: keyDown, Key: v.Key}, Step{Type: keyUp, Key: v.Key})
	case *flows.Hover:
		if v.Row != nil {
			return x.mark(s, "a recording finds no row of a table by its key")
		}
		x.add(Step{Type: hover}, v.Target)
	case *flows.Scroll:
		return x.scroll(s, v)
	case *flows.Await:
		if len(*v) > 1 {
			return x.mark(s, "a recording waits for one element, not for one of several")
		}
		x.add(Step{Type: waitForElement}, (*v)[0])
	case *flows.Expect:
		return x.expect(s, v)
	default:
		return x.mark(s, "a recording has no step for it")
	}
	return nil
}

func offset() *float64 { f := clickOffset; return &f }

// add appends a step on a target.
func (x *exporter) add(s Step, target string) {
	t, ok := x.Version.Target(target)
	if !ok {
		x.remark("version %s has no target %s", x.Version.ID, target)
		return
	}
	s.Selectors, s.Frame = x.selectors(t)
	x.out.Steps = append(x.out.Steps, s)
}

// selectors spells how a target is found, through what it lies in.
func (x *exporter) selectors(t *selectors.Target) (paths []Path, frame []int) {
	var hosts Path
	for w := t.Within; w != nil; w = w.Within {
		if isFrame(w) {
			frame = append(frame, 0)
			x.remark("the frame %s is taken to be the first of its page", w.Name)
			continue
		}
		if len(frame) > 0 {
			x.remark("that the frame lies in %s is not expressed", w.Name)
			continue
		}
		hosts = append(Path{x.text(selectorOf(w.Candidates[0]))}, hosts...)
	}
	for _, c := range t.Candidates {
		paths = append(paths, append(slices.Clone(hosts), x.text(selectorOf(c))))
	}
	for _, c := range t.Candidates { // ours reach into open shadow roots by themselves
		if css := selectorOf(c); len(hosts) == 0 && (c.CSS == css || c.TestID != "") {
			paths = append(paths, Path{piercePrefix + x.text(css)})
		}
	}
	return paths, frame
}

// text puts the values of inputs in their place. Of an input without one the name stays.
func (x *exporter) text(s string) string {
	return selectors.Expand(s, func(name string) (string, bool) {
		v, ok := x.Inputs[name]
		if !ok {
			x.remark("no value is given for the input %s: its name stands in its place", name)
		}
		return v, ok
	})
}

// errHome says that an address cannot be told without where the console leads.
var errHome = errors.New("it opens an address of the console: give the input home, " +
	"the address where the console leads after the sign-in")

func (x *exporter) open(address string) error {
	if !isReference(address) && strings.Contains(address, "${home}") && x.Inputs["home"] == "" {
		return errHome
	}
	address = x.text(address)
	if !isReference(address) {
		u, err := url.Parse(address)
		if err != nil {
			return err
		}
		if !u.IsAbs() {
			home, err := url.Parse(x.Inputs["home"])
			if err != nil || !home.IsAbs() {
				return errHome
			}
			address = home.ResolveReference(u).String()
		}
	}
	x.out.Steps = append(x.out.Steps, Step{Type: navigate, URL: address})
	return nil
}

func (x *exporter) press(s *flows.Step, p *flows.Press) error {
	if p.Row != nil {
		return x.mark(s, "a recording finds no row of a table by its key")
	}
	if p.Dialog != nil {
		x.remark("a recording does not agree to the browser's own question: it must be answered by hand")
	}
	if p.For != nil {
		if p.For.Fold {
			x.remark("that the case of letters does not count is not expressed")
		}
		wait := Step{Type: waitForElement}
		if p.For.Names != "" {
			x.remark("that %s names %s and nobody else is not expressed: it is waited for alone", p.For.Target, p.For.Names)
		} else {
			wait.Properties = map[string]any{"textContent": x.text(p.For.Equals)}
			x.remark("that %s says %s is waited for before it, not made sure of in the same moment", p.For.Target, p.For.Equals)
		}
		x.add(wait, p.For.Target)
	}
	kind := click
	if p.Double {
		kind = doubleClick
	}
	x.add(Step{Type: kind, OffsetX: offset(), OffsetY: offset()}, p.Target)
	return nil
}

func (x *exporter) fill(v *flows.Fill) error {
	value := v.Value
	secret := func(n string) bool { return slices.Contains(x.Flow.Secrets, n) }
	if slices.ContainsFunc(selectors.Placeholders(value), secret) {
		x.remark("a secret is in no recording: the name stands in the place of its value")
	} else {
		value = x.text(value)
	}
	x.add(Step{Type: change, Value: &value}, v.Target)
	return nil
}

func (x *exporter) choose(s *flows.Step, v *flows.Choose) error {
	option := x.text(v.Option)
	if option == "" {
		return x.mark(s, "nothing in particular is chosen: what the page offers stands")
	}
	if v.Options == "" {
		x.remark("a recording chooses by the value that the option has in the page: its words stand in the place")
		x.add(Step{Type: change, Value: &option}, v.Target)
		return nil
	}
	t, ok := x.Version.Target(v.Options)
	if !ok {
		return x.mark(s, "version %s has no target %s", x.Version.ID, v.Options)
	}
	x.remark("two clicks are in its place: what the picker says then is not made sure of")
	x.add(Step{Type: click, OffsetX: offset(), OffsetY: offset()}, cmp.Or(v.Opens, v.Target))
	role := "option"
	if r := t.Candidates[0].Role; r != "" {
		role = r
	}
	x.out.Steps = append(x.out.Steps, Step{
		Type: click, OffsetX: offset(), OffsetY: offset(),
		Selectors: []Path{{selectorOf(selectors.Candidate{Role: role, Name: option})}, {textPrefix + option}},
	})
	if v.Confirm != "" {
		x.add(Step{Type: click, OffsetX: offset(), OffsetY: offset()}, v.Confirm)
	}
	return nil
}

func (x *exporter) scroll(s *flows.Step, v *flows.Scroll) error {
	zero := 0.0
	switch v.To {
	case "top":
		x.add(Step{Type: scroll, X: &zero, Y: &zero}, v.Target)
	case "bottom":
		return x.mark(s, "a recording scrolls to a place in pixels, and where the end is cannot be told")
	default:
		x.add(Step{Type: scroll}, v.Target)
	}
	return nil
}

func (x *exporter) expect(s *flows.Step, v *flows.Expect) error {
	hidden := false
	switch {
	case v.Gone:
		x.add(Step{Type: waitForElement, Visible: &hidden}, v.Target)
	case v.Names != "":
		x.remark("that %s names %s and nobody else is not expressed: it is waited for alone", v.Target, v.Names)
		x.add(Step{Type: waitForElement}, v.Target)
	case v.Equals != "" && v.Fold:
		return x.mark(s, "a recording compares texts to the letter")
	case v.Equals != "":
		x.add(Step{Type: waitForElement, Properties: map[string]any{"textContent": x.text(v.Equals)}}, v.Target)
	default:
		x.add(Step{Type: waitForElement}, v.Target)
	}
	return nil
}
