package recording

import (
	"cmp"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// targetOf is the name of what a gesture is on: a target of the version that it alone is, or a new one. Words are
// what it says now and may not say the next time, so that it is not found by them. It is false where it was left
// out.
func (l *live) targetOf(s *automation.Sketch, kind string, words ...string) (name string, ok bool) {
	l.last = ""
	if name := l.knownBest(s.Known, kind); name != "" {
		l.reused(name)
		return name, true
	}
	r := l.take.Lasting(without(s.Offers, words), s.Fingerprint)
	if len(r.Candidates) == 0 {
		l.leaveOut("%s can be found by nothing that it alone has and that names nobody", nameless(s.Said))
		return "", false
	}
	within := ""
	if s.Holder != nil {
		if within, ok = l.holder(s.Holder); !ok {
			return "", false
		}
	}
	name = l.create1(r, within, words...)
	l.last = name
	if t := l.newTarget(name); t != nil {
		l.reviewInputs(t)
	}
	if !slices.ContainsFunc(r.Candidates, func(c selectors.Candidate) bool { return !strings.Contains(c.CSS, ":nth-of-type(") }) {
		l.review("the target %s is found by its place alone, where something else may stand the next time", name)
	}
	return name, true
}

// reviewInputs lists by which inputs a target is found: what it says may be the value of one by chance.
func (l *live) reviewInputs(t *NewTarget) {
	var all []string
	for _, c := range t.Spec.Candidates {
		for _, input := range selectors.Placeholders(c.String()) {
			if !slices.Contains(all, input) {
				all = append(all, input)
			}
		}
	}
	if len(all) > 0 {
		l.review("the target %s is found by the value of %s: put its words in the place if they are always the same", t.Name, strings.Join(all, " and "))
	}
}

// nameless is what an element is for a person, without its name: that may be somebody's, and stands in a file.
func nameless(said string) string {
	role, _, _ := strings.Cut(said, " “")
	return "the " + role
}

// create1 makes a new target, or finds the one that was made of the same.
func (l *live) create1(r selectors.Revision, within string, words ...string) string {
	var all []found
	for _, c := range r.Candidates {
		all = append(all, found{Candidate: c})
	}
	proposed := l.made1(all, within)
	name := proposed
	if given, ok := l.take.names[proposed]; ok {
		name = given
		l.names[given] = true
	}
	if t := l.newTarget(proposed); t != nil {
		t.Name = name
		if r.Fingerprint != nil {
			looks := *r.Fingerprint
			looks.Beside = "" // it may say something else the next time
			for _, text := range []*string{&looks.Name, &looks.Text, &looks.Label, &looks.Title, &looks.Alt, &looks.Href} {
				if l.variable(*text, words) {
					*text = ""
				}
			}
			t.Spec.Fingerprint = &looks
		}
	}
	return name
}

// variable says that a text says something that is not the same each time: what the element says now, or the value
// of an input.
func (l *live) variable(text string, words []string) bool {
	for _, v := range l.Inputs {
		if len(v) >= leastInput && containsWord(text, v) {
			return true
		}
	}
	return slices.ContainsFunc(words, func(w string) bool { return w != "" && strings.EqualFold(text, w) })
}

func (l *live) newTarget(name string) *NewTarget {
	for i := range l.draft.Targets {
		if l.draft.Targets[i].Name == name {
			return &l.draft.Targets[i]
		}
	}
	return nil
}

// lastNew is the target of the last step, where it is new.
func (l *live) lastNew() string {
	if s := l.lastStep(); l.last != "" && s != nil && slices.Contains(s.Targets(), l.last) {
		return l.last
	}
	return ""
}

func (l *live) reused(name string) {
	if !slices.Contains(l.draft.Reused, name) {
		l.draft.Reused = append(l.draft.Reused, name)
		slices.Sort(l.draft.Reused)
	}
}

// verbsOf are the verbs that go with a kind of gesture.
var verbsOf = map[string]string{
	automation.GestureClick: "click", automation.GestureCheck: "check", automation.GestureFill: "fill", automation.GestureChoose: "choose",
	automation.GesturePress: "press", automation.GestureCommit: "commit", automation.GestureExpect: "expect", automation.GesturePerson: "expect",
	automation.GestureList: "rows", automation.GestureHover: "hover",
}

// knownBest is the target of several that are the same element which the flow of this name uses, else one that is
// used alike.
func (l *live) knownBest(all []string, kind string) (best string) {
	most := -1
	own := l.ownTargets()
	for _, name := range all {
		if kind != automation.GestureList && l.counts(name) {
			continue // it is there by its place alone: what says how many there are says nothing else
		}
		score := 0
		if own[name] {
			score += 4
		}
		if l.known[name][verbsOf[kind]] {
			score += 2
		}
		if l.known[name] != nil {
			score++
		}
		if score > most {
			most, best = score, name
		}
	}
	return best
}

// counts says that a target is the counter of a list.
func (l *live) counts(target string) bool {
	for _, f := range l.Flows {
		if slices.ContainsFunc(f.Steps, func(s flows.Step) bool {
			rows, ok := s.Verb.(*flows.Rows)
			return ok && rows.Counter == target
		}) {
			return true
		}
	}
	return false
}

// holder is the name of what an element lies in. It is false where that cannot be found.
func (l *live) holder(h *automation.Holder) (string, bool) {
	if h.Known != "" {
		return h.Known, true
	}
	within := ""
	if h.Holder != nil {
		var ok bool
		if within, ok = l.holder(h.Holder); !ok {
			return "", false
		}
	}
	r := l.take.Lasting(withoutTexts(h.Offers), h.Fingerprint)
	if len(r.Candidates) == 0 {
		l.leaveOut("%s, in which it lies, can be found by nothing that it alone has and that names nobody", nameless(h.Said))
		return "", false
	}
	return l.create1(r, within), true
}

// without leaves out what finds an element by words that it may not say the next time.
func without(all []automation.Offer, words []string) []automation.Offer {
	return slices.DeleteFunc(slices.Clone(all), func(o automation.Offer) bool {
		c := o.Candidate
		return slices.ContainsFunc(words, func(w string) bool {
			return w != "" && (strings.EqualFold(c.Text, w) || strings.EqualFold(c.Name, w) || strings.EqualFold(c.Label, w))
		})
	})
}

// withoutTexts leaves out what finds something by all that it holds.
func withoutTexts(all []automation.Offer) []automation.Offer {
	return slices.DeleteFunc(slices.Clone(all), func(o automation.Offer) bool { return o.Candidate.Text != "" })
}

// pick makes one choice of the click that opened a list of options and of the one on an option. It is false where
// it is none.
func (l *live) pick(g *automation.Gesture) bool {
	o, s := l.openers[g.ID], l.lastStep()
	if o == nil || s == nil {
		return false
	}
	click, ok := s.Verb.(*flows.Click)
	if !ok || click.Row != nil || l.draft.lines[len(l.draft.lines)-1].from != o.click {
		return false
	}
	known := l.pickers[click.Target]
	if known == nil && o.chosen == nil {
		return false
	}
	c := &flows.Choose{Target: click.Target}
	switch {
	case known != nil:
		*c = *known
	default:
		if c.Options, ok = l.options(g); !ok {
			return false
		}
		if o.chosen.Shows != nil {
			if c.Shows, ok = l.targetOf(o.chosen.Shows, automation.GestureExpect, o.chosen.Value); !ok {
				return false
			}
		}
	}
	c.Option = l.value(g.Options.Words, "chooses")
	from := l.dropLast()
	l.add(&Step{}, c)
	l.draft.lines[len(l.draft.lines)-1].from = from
	return true
}

// confirms makes one choice of what was chosen and the click that confirms it, where the layout's flows choose so.
// It is false where this is none.
func (l *live) confirms(name string) bool {
	n := len(l.draft.lines)
	if n == 0 || l.draft.lines[n-1].step == nil {
		return false
	}
	opened, words, lines := "", "", 1
	switch v := l.draft.lines[n-1].step.Verb.(type) {
	case *flows.Choose: // something has shown the option before it was confirmed
		opened, words = cmp.Or(v.Opens, v.Target), v.Option
	case *flows.Click:
		option := l.take.gestures[l.draft.lines[n-1].from].Options
		if n < 2 || option == nil || l.draft.lines[n-2].step == nil {
			return false
		}
		if before, ok := l.draft.lines[n-2].step.Verb.(*flows.Click); ok {
			opened, words, lines = before.Target, option.Words, 2
		}
	}
	known := l.knownPicker(opened, name)
	if known == nil || words == "" {
		return false
	}
	if lines == 2 {
		words = l.value(words, "chooses")
		l.dropTarget(l.draft.lines[n-1].step.Targets())
		l.dropLast()
	}
	c := *known
	c.Option = words
	from := l.dropLast()
	l.add(&Step{}, &c)
	l.draft.lines[len(l.draft.lines)-1].from = from
	return true
}

// knownPicker is how the layout's flows choose from what a target opens and another confirms. Nil: they do not.
func (l *live) knownPicker(opens, confirm string) (known *flows.Choose) {
	for _, f := range l.Flows {
		f.Each(func(s *flows.Step) {
			if c, ok := s.Verb.(*flows.Choose); ok && c.Confirm == confirm && cmp.Or(c.Opens, c.Target) == opens {
				known = c
			}
		})
	}
	return known
}

// dropTarget forgets new targets that no step has any more.
func (l *live) dropTarget(names []string) {
	l.draft.Targets = slices.DeleteFunc(l.draft.Targets, func(t NewTarget) bool { return slices.Contains(names, t.Name) })
	for key, name := range l.made {
		if slices.Contains(names, name) {
			delete(l.made, key)
		}
	}
}

// dropUnused forgets the new targets that nothing of the flow has any more, such as those of steps that a part does.
func (l *live) dropUnused() {
	used := map[string]bool{}
	uses := func(s *flows.Step) {
		for _, name := range s.Targets() {
			used[name] = true
		}
	}
	for _, line := range l.draft.lines {
		if line.step != nil {
			uses(line.step)
		}
	}
	for i := range l.draft.Flow.Afterwards {
		uses(&l.draft.Flow.Afterwards[i])
	}
	for _, t := range slices.Backward(l.draft.Targets) { // what something lies in was made before it
		if used[t.Name] && t.Spec.Within != "" {
			used[t.Spec.Within] = true
		}
	}
	l.draft.Targets = slices.DeleteFunc(l.draft.Targets, func(t NewTarget) bool { return !used[t.Name] })
}

// shownByItself are the words of what is clicked, where it opens a list of options and says afterwards which was
// chosen.
func (l *live) shownByItself() []string {
	for _, o := range l.openers {
		if o.click == l.at && o.chosen != nil && o.chosen.Shows == nil {
			s := l.take.gestures[l.at].On
			return []string{s.Text, s.Name}
		}
	}
	return nil
}

// options is the target that matches every option of a list.
func (l *live) options(g *automation.Gesture) (string, bool) {
	for _, name := range g.On.Many {
		for _, known := range l.pickers {
			if known.Options == name {
				l.reused(name)
				return name, true
			}
		}
	}
	list := g.Options.List
	list.Offers = withoutTexts(list.Offers)
	within, ok := l.targetOf(&list, automation.GestureList, list.Text)
	if !ok {
		return "", false
	}
	c := selectors.Candidate{CSS: g.Options.CSS}
	if g.Options.Role != "" {
		c = selectors.Candidate{Role: g.Options.Role}
	}
	return l.create1(selectors.Revision{Candidates: []selectors.Candidate{c}}, within), true
}
