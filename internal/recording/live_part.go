package recording

import (
	"maps"
	"net/url"
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// shareParts puts parts of the layout in the place of steps that do the same. Each place gets the part that stands
// for most of them.
func (l *live) shareParts() {
	var out []line
	lines := l.draft.lines
	for at := 0; at < len(lines); {
		best, end := "", at
		for _, p := range l.take.Parts {
			if to := l.sameAs(p, at); to > end || to == end && to > at && l.usesPart(p.Name) {
				best, end = p.Name, to
			}
		}
		if best == "" {
			out = append(out, lines[at])
			at++
			continue
		}
		part := &flows.Step{Verb: &flows.Part{Name: best}}
		out = append(out, line{step: part, from: lines[at].from})
		l.partInputs(best)
		at = end
	}
	l.draft.lines = out
}

// usesPart says that the flow of this name that there is uses a part.
func (l *live) usesPart(name string) bool {
	for _, f := range l.Flows {
		if f.Name != l.Flow {
			continue
		}
		for i := range f.Steps {
			if p, ok := f.Steps[i].Verb.(*flows.Part); ok && p.Name == name {
				return true
			}
		}
	}
	return false
}

// partInputs notes the inputs that a part takes.
func (l *live) partInputs(name string) {
	f := flows.Flow{Steps: l.partSteps(name)}
	f.Each(func(s *flows.Step) {
		for _, text := range s.Texts() {
			for _, input := range selectors.Placeholders(text) {
				l.input(input)
			}
		}
	})
}

// actsOf are the steps of a part that do something, in its main line.
func (l *live) actsOf(steps []flows.Step) (acts []*flows.Step, looks map[string]bool) {
	looks = map[string]bool{}
	for i := range steps {
		s := &steps[i]
		switch v := s.Verb.(type) {
		case *flows.Part:
			inner, also := l.actsOf(v.Steps())
			acts = append(acts, inner...)
			maps.Copy(looks, also)
		case *flows.Visit: // a person goes the whole way
			inner, also := l.actsOf(v.Otherwise)
			acts = append(acts, inner...)
			maps.Copy(looks, also)
		case *flows.Choose:
			if !l.leftToThePage(v.Option) {
				acts = append(acts, s)
			}
		case *flows.Fill:
			if v.Value != "" { // nobody empties what is empty
				acts = append(acts, s)
			}
		case *flows.Open, *flows.Click, *flows.Check, *flows.Key, *flows.Hover, *flows.Scroll, *flows.Commit:
			acts = append(acts, s)
		default:
			looks[verbText(s)] = true
		}
	}
	return acts, looks
}

// leftToThePage says that an option is an input that was not given: then the page's own choice stands.
func (l *live) leftToThePage(option string) bool {
	m := reference.FindStringSubmatch(option)
	if m == nil {
		return false
	}
	_, given := l.Inputs[m[1]]
	return !given
}

// verbText is what a step does, without what it waits for afterwards.
func verbText(s *flows.Step) string { return stepText(&flows.Step{Verb: s.Verb}) }

// sameAs says up to which line, from one on, the steps do what a part does. It is that line where they do not.
func (l *live) sameAs(p flows.NamedPart, at int) int {
	acts, looks := l.actsOf(p.Steps)
	lines, end := l.draft.lines, at
	if len(acts) == 0 {
		return at
	}
	for _, act := range acts {
		for end < len(lines) && end > at && looksOnly(lines[end].step) {
			end++
		}
		if end == len(lines) || lines[end].step == nil {
			return at
		}
		if open, ok := act.Verb.(*flows.Open); ok {
			to := l.leadsTo(string(*open), end)
			if to == end {
				return at
			}
			end = to
			continue
		}
		if verbText(act) != verbText(lines[end].step) {
			return at
		}
		end++
	}
	for end < len(lines) && lines[end].step != nil && looks[verbText(lines[end].step)] {
		end++
	}
	return end
}

// looksOnly says that a step was put in by the recording itself, or only looks.
func looksOnly(s *flows.Step) bool {
	if s == nil {
		return false
	}
	switch s.Verb.(type) {
	case *flows.Find, *flows.Await:
		return true
	}
	return false
}

// leadsTo says up to which line, from one on, the steps lead to an address and do nothing else. It is that line
// where they do not.
func (l *live) leadsTo(address string, at int) int {
	for i := at; i < len(l.draft.lines) && l.draft.lines[i].step != nil; i++ {
		switch v := l.draft.lines[i].step.Verb.(type) {
		case *flows.Open:
			if string(*v) == address {
				return i + 1
			}
		case *flows.Click:
			if v.Row != nil || at > 0 {
				return at
			}
		default:
			return at
		}
		if l.ledTo(i, address) {
			return i + 1
		}
	}
	return at
}

// ledTo says that the page had an address when the next thing was done after a line.
func (l *live) ledTo(at int, address string) bool {
	from := len(l.take.gestures)
	if at+1 < len(l.draft.lines) {
		from = l.draft.lines[at+1].from
	}
	if from >= len(l.take.gestures) || l.take.gestures[from].Page == "" {
		return false
	}
	if address == "${home}" {
		return samePage(l.take.gestures[from].Page, l.Inputs["home"])
	}
	return !strings.ContainsAny(address, "?#$") && samePage(l.take.gestures[from].Page, address)
}

func samePage(a, b string) bool {
	x, errX := url.Parse(a)
	y, errY := url.Parse(b)
	return errX == nil && errY == nil && x.Path == y.Path && (y.Host == "" || x.Host == y.Host)
}

// needs says that a step, what the commit sends or a new target takes an input.
func (l *live) needs(input string) bool {
	texts := []string{TargetsText(l.draft.Targets, "")}
	if l.draft.Flow.Sends != nil {
		texts = append(texts, l.draft.Flow.Sends.Inputs()...)
	}
	each := func(s *flows.Step) {
		texts = append(texts, s.Texts()...)
		for _, name := range s.Targets() {
			if t, ok := l.versionTarget(name); ok {
				for _, p := range t.Placeholders() {
					texts = append(texts, "${"+p+"}")
				}
			}
		}
	}
	steps := slices.Clone(l.draft.Flow.Afterwards)
	for _, line := range l.draft.lines {
		if line.step != nil {
			steps = append(steps, *line.step)
		}
	}
	for i := range steps {
		each(&steps[i])
		f := flows.Flow{Steps: steps[i : i+1]}
		if p, ok := steps[i].Verb.(*flows.Part); ok {
			f.Steps = l.partSteps(p.Name)
		}
		f.Each(each)
	}
	return slices.ContainsFunc(texts, func(t string) bool {
		return t == input || slices.Contains(selectors.Placeholders(t), input)
	})
}

// partSteps are the steps that a part stands for.
func (l *live) partSteps(name string) []flows.Step {
	for _, p := range l.take.Parts {
		if p.Name == name {
			return p.Steps
		}
	}
	return nil
}

// versionTarget is a target of the version, where there is one.
func (l *live) versionTarget(name string) (*selectors.Target, bool) {
	if l.Version == nil {
		return nil, false
	}
	return l.Version.Target(name)
}
