package recording

import (
	"fmt"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// live makes a draft of what a person does on live pages. It is made anew of all gestures with each that comes.
type live struct {
	*importer
	take    *Take
	shown   *flows.Identity    // what the person showed as naming whom it concerns
	last    string             // the target of the last step, where it is new
	openers map[string]*opener // by id of the click on an option: what opened the options
}

// opener is the click that opened a list of options, and what was chosen there afterwards.
type opener struct {
	click  int // index of the gesture
	chosen *automation.Gesture
}

func (t *Take) build() *live {
	r := &Recording{Title: t.Flow + ", by hand"}
	for _, g := range t.gestures {
		r.Steps = append(r.Steps, Step{Type: g.Kind})
	}
	l := &live{importer: newImporter(r, t.Options), take: t, openers: t.openers()}
	for i := range t.gestures {
		l.at = i
		before := len(l.draft.lines)
		l.gesture(&t.gestures[i])
		for n := min(before, len(l.draft.lines)); n < len(l.draft.lines); n++ {
			if l.draft.lines[n].from == 0 {
				l.draft.lines[n].from = i
			}
		}
	}
	l.presses = false
	if len(t.stopped) > 0 && l.commit == nil {
		l.draft.ToDo = append(l.draft.ToDo, "say which step commits: what it would have sent was kept from leaving: "+strings.Join(t.stopped, ", "))
	}
	return l
}

// openers finds for each click on an option what opened the options.
func (t *Take) openers() map[string]*opener {
	out := map[string]*opener{}
	click := -1
	for i := range t.gestures {
		switch g := &t.gestures[i]; g.Kind {
		case automation.GestureClick:
			if g.Options != nil && click >= 0 {
				out[g.ID] = &opener{click: click}
			}
			click = i
		case automation.GestureChosen:
			if o := out[g.Of]; o != nil {
				o.chosen = g
			}
		case automation.GestureDialog, automation.GestureUnsupported:
		default:
			click = -1
		}
	}
	return out
}

func (l *live) gesture(g *automation.Gesture) {
	acts := []string{automation.GestureOpen, automation.GestureClick, automation.GestureCheck, automation.GestureFill, automation.GestureChoose, automation.GesturePress}
	if l.after && slices.Contains(acts, g.Kind) {
		l.leaveOut("it comes after the commit: put it under afterwards if it may be left undone")
		return
	}
	switch g.Kind {
	case automation.GestureOpen:
		l.open(g)
	case automation.GestureClick:
		l.clicked(g)
	case automation.GestureCheck:
		l.act(g, func(name string) flows.Verb { return &flows.Check{Target: name, On: g.Checked} })
	case automation.GestureFill:
		l.filledIn(g)
	case automation.GestureChoose:
		l.chooses(g)
	case automation.GesturePress:
		l.key(g)
	case automation.GestureTwice:
		l.twice()
	case automation.GestureDialog:
		l.dialog()
	case automation.GestureCommit:
		l.commits(g)
	case automation.GestureWas:
		l.wasCommit()
	case automation.GesturePerson:
		l.person(g)
	case automation.GestureExpect:
		l.expects(g)
	case automation.GestureHover:
		l.hovers(g)
	case automation.GestureList:
		l.list(g)
	case automation.GestureUnsupported:
		l.leaveOut("%s", g.Why)
	}
}

// open goes to an address by the browser's own means.
func (l *live) open(g *automation.Gesture) {
	if s := l.lastStep(); s != nil {
		if _, ok := s.Verb.(*flows.Open); ok { // nothing was done there
			l.dropLast()
		}
	}
	before := len(l.draft.Review)
	l.navigate(&Step{Type: navigate, URL: g.Value})
	l.draft.Review = append(l.draft.Review[:before], slices.DeleteFunc(slices.Clone(l.draft.Review[before:]), func(r Remark) bool {
		return strings.HasPrefix(r.Why, "it opens ")
	})...)
}

// act adds a step on an element.
func (l *live) act(g *automation.Gesture, verb func(target string) flows.Verb) {
	if !l.onPage(g.On, g.Kind) {
		return
	}
	if name, ok := l.targetOf(g.On, g.Kind); ok && l.rowOf(g.On) {
		l.add(&Step{}, verb(name))
	}
}

// chooses takes down what a select element says. Keys go through its options one by one: the last one counts.
func (l *live) chooses(g *automation.Gesture) {
	if !l.onPage(g.On, g.Kind) {
		return
	}
	name, ok := l.targetOf(g.On, g.Kind)
	if !ok || !l.rowOf(g.On) {
		return
	}
	if s := l.lastStep(); s != nil {
		if before, ok := s.Verb.(*flows.Choose); ok && before.Target == name && before.Options == "" {
			from := l.draft.lines[len(l.draft.lines)-1].from
			l.draft.Review = slices.DeleteFunc(l.draft.Review, func(r Remark) bool { return r.Step > from && strings.HasPrefix(r.Why, "it chooses ") })
			before.Option = l.value(g.Value, "chooses")
			return
		}
	}
	l.add(&Step{}, &flows.Choose{Target: name, Option: l.value(g.Value, "chooses")})
}

// lastStep is the step before, nil where there is none.
func (l *live) lastStep() *flows.Step {
	lines := l.draft.lines
	if len(lines) == 0 {
		return nil
	}
	return lines[len(lines)-1].step
}

func (l *live) dropLast() (from int) {
	lines := l.draft.lines
	from = lines[len(lines)-1].from
	l.draft.lines = lines[:len(lines)-1]
	return from
}

func (l *live) clicked(g *automation.Gesture) {
	gestures := l.take.gestures
	if g.On.Editable { // a field is gone to by what is typed into it
		if l.at+1 < len(gestures) && gestures[l.at+1].Kind == automation.GestureFill && gestures[l.at+1].On.Ref == g.On.Ref {
			return
		}
		if s := l.lastStep(); s != nil && l.at > 0 && gestures[l.at-1].Kind == automation.GestureFill && gestures[l.at-1].On.Ref == g.On.Ref {
			return
		}
	}
	if l.pick(g) {
		return
	}
	name, ok := l.targetOf(g.On, g.Kind, l.shownByItself()...)
	if !ok {
		return
	}
	p := flows.Press{Target: name}
	if g.On.Row != nil {
		if !l.rowOf(g.On) {
			return
		}
		p.Row = &flows.RowKey{Table: g.On.Row.Table, Key: subjectText}
	}
	if l.confirms(name) {
		return
	}
	l.hoverBefore(name, p.Row)
	l.add(&Step{}, &flows.Click{Press: p})
}

// hovers has the mouse rest on what was shown.
func (l *live) hovers(g *automation.Gesture) {
	name, ok := l.targetOf(g.On, g.Kind)
	if !ok || !l.rowOf(g.On) {
		return
	}
	h := &flows.Hover{Target: name}
	if g.On.Row != nil {
		h.Row = &flows.RowKey{Table: g.On.Row.Table, Key: subjectText}
	}
	l.add(&Step{}, h)
}

// hoverBefore puts in that the mouse rests on something before a target is clicked, where the layout's flows have it so: it is not there
// otherwise.
func (l *live) hoverBefore(target string, row *flows.RowKey) {
	var known *flows.Step
	for _, f := range l.Flows {
		for i := 1; i < len(f.Steps); i++ {
			hover, over := f.Steps[i-1].Verb.(*flows.Hover)
			click, ok := f.Steps[i].Verb.(*flows.Click)
			if over && ok && click.Target == target && (hover.Row == nil) == (row == nil) {
				known = &f.Steps[i-1]
			}
		}
	}
	if known != nil && !sameStep(known, l.lastStep()) {
		l.add(&Step{}, known.Verb)
	}
}

const subjectText = "${" + subjectInput + "}"

// rowOf looks for the row in which an element stands. It is false where that is not the row of the person meant.
func (l *live) rowOf(s *automation.Sketch) bool {
	if s.Row == nil {
		return true
	}
	meant := l.Inputs[subjectInput]
	if meant == "" || !strings.EqualFold(s.Row.Key, meant) {
		l.leaveOut("it stands in the row of somebody who is not the input email: give their e-mail as that")
		return false
	}
	l.input(subjectInput)
	find := &flows.Find{Table: s.Row.Table, Key: subjectText}
	for _, f := range l.Flows {
		f.Each(func(step *flows.Step) {
			if known, ok := step.Verb.(*flows.Find); ok && known.Table == find.Table {
				find = known
			}
		})
	}
	if s := l.lastStep(); s != nil {
		if before, ok := s.Verb.(*flows.Find); ok && before.Table == find.Table {
			return true
		}
	}
	l.add(&Step{}, find)
	return true
}

// onPage leaves out what would be looked for on the whole page and was found within a row: of a row's parts only a click, a hover and the
// commit say whose row it is. A target of the version that others find there is one of the page.
func (l *live) onPage(s *automation.Sketch, kind string) bool {
	if s == nil || s.Row == nil || l.knownBest(s.Known, kind) != "" {
		return true
	}
	l.leaveOut("it stands in a row, and only a click, a hover and the commit are looked for in one")
	return false
}

// value is what stands in the flow for what was typed or chosen.
func (l *live) value(v, does string) string {
	if l.secret[v] {
		l.input(passwordSecret)
		return "${" + passwordSecret + "}"
	}
	if name, ok := l.inputOf(v); ok {
		return "${" + name + "}"
	}
	if v != "" {
		l.review("it %s %q each time: name an input that has this value if it is not always the same", does, v)
	}
	return v
}

func (l *live) filledIn(g *automation.Gesture) {
	if !l.onPage(g.On, g.Kind) {
		return
	}
	name, ok := l.targetOf(g.On, g.Kind)
	if !ok || !l.rowOf(g.On) {
		return
	}
	kind := g.Secret
	if kind == "" {
		kind = secretOf(name, g.On.Name, g.On.Fingerprint.Field)
	}
	value := ""
	switch {
	case kind != "":
		l.input(kind)
		value = "${" + kind + "}"
		l.review("a secret is typed here: it is not recorded, and ${%s} stands in its place", kind)
	case strings.Contains(g.Value, "${"):
		l.leaveOut("its value contains ${, which stands for an input")
		return
	default:
		value = l.value(g.Value, "types")
	}
	if s := l.lastStep(); s != nil {
		if before, ok := s.Verb.(*flows.Fill); ok && before.Target == name {
			before.Value = value
			return
		}
	}
	if value == subjectText {
		l.fills(name)
	}
	l.add(&Step{}, &flows.Fill{Target: name, Value: value})
}

func (l *live) key(g *automation.Gesture) {
	key := &flows.Key{Key: g.Key}
	if g.On != nil {
		if !l.onPage(g.On, g.Kind) {
			return
		}
		name, ok := l.targetOf(g.On, g.Kind)
		if !ok {
			return
		}
		key.Target = name
	}
	l.add(&Step{}, key)
}

// twice makes one step of the two clicks of a double click.
func (l *live) twice() {
	lines := l.draft.lines
	if n := len(lines); n > 1 && sameStep(lines[n-1].step, lines[n-2].step) {
		l.dropLast()
	}
	l.review("it was pressed twice: a click presses once")
}

func sameStep(a, b *flows.Step) bool {
	return a != nil && b != nil && stepText(a) == stepText(b)
}

// dialog has the step before agree to the browser's own question.
func (l *live) dialog() {
	s := l.lastStep()
	if s == nil {
		return
	}
	switch v := s.Verb.(type) {
	case *flows.Click:
		v.Dialog = &flows.Dialog{Accept: true}
	case *flows.Commit:
		v.Dialog = &flows.Dialog{Accept: true}
	default:
		l.review("a question of the browser's own came that no step of it agrees to")
	}
}

// commits takes down what would be pressed.
func (l *live) commits(g *automation.Gesture) {
	if l.commit != nil {
		l.review("there is a commit already: of two the first counts")
		return
	}
	name, ok := l.targetOf(g.On, g.Kind)
	if !ok {
		return
	}
	from := -1
	if s := l.lastStep(); s != nil {
		if before, ok := s.Verb.(*flows.Click); ok && before.Target == name { // it was pressed before it was shown
			from = l.dropLast()
		}
	}
	l.commitOn(flows.Press{Target: name}, g.On)
	if from >= 0 {
		l.draft.lines[len(l.draft.lines)-1].from = from
	}
}

// wasCommit makes the click before the commit.
func (l *live) wasCommit() {
	for i := len(l.draft.lines) - 1; i >= 0 && l.commit == nil; i-- {
		s := l.draft.lines[i].step
		if s == nil {
			continue
		}
		click, ok := s.Verb.(*flows.Click)
		if !ok {
			break
		}
		from := l.draft.lines[i].from
		l.draft.lines = l.draft.lines[:i]
		l.commitOn(click.Press, l.take.gestures[from].On)
		l.draft.lines[len(l.draft.lines)-1].from = from
		return
	}
	l.review("the step before is no click: show what commits")
}

func (l *live) commitOn(p flows.Press, on *automation.Sketch) {
	known := l.knownCommit()
	switch {
	case on != nil && on.Row != nil && p.Row == nil:
		if !l.rowOf(on) {
			return
		}
		p.Row = &flows.RowKey{Table: on.Row.Table, Key: subjectText}
	case p.Row != nil:
	case l.shown != nil:
		p.For = l.shown
	case known != nil && known.Target == p.Target && known.For != nil:
		p.For = known.For
		l.input(subjectInput)
	case l.shows != "":
		p.For = &flows.Identity{Target: l.shows, Equals: subjectText}
	case known != nil && known.For != nil:
		p.For = known.For
		l.input(subjectInput)
		l.review("whom it concerns is said by %s, as in the flow that there is", known.For.Target)
	}
	if known != nil && known.Target == p.Target && p.Dialog == nil {
		p.Dialog, p.Others = known.Dialog, known.Others
	}
	c := &flows.Commit{Press: p}
	l.commit, l.after, l.Commit = c, true, l.at+1
	l.add(&Step{}, c)
}

// person takes down what says whom the page is about.
func (l *live) person(g *automation.Gesture) {
	meant := l.Inputs[subjectInput]
	if meant == "" || !strings.EqualFold(strings.TrimSpace(g.Value), meant) {
		l.leaveOut("it does not say the input email, and nothing else, so that it names nobody")
		return
	}
	if g.On.Row != nil && !l.after && l.knownBest(g.On.Known, g.Kind) == "" { // the row is found by it, and is the person's
		l.rowOf(g.On)
		return
	}
	if !l.onPage(g.On, g.Kind) {
		return
	}
	name, ok := l.targetOf(g.On, g.Kind, g.Value)
	if !ok {
		return
	}
	l.input(subjectInput)
	l.shown = &flows.Identity{Target: name, Equals: subjectText, Fold: g.Value != meant}
	if l.after && l.commit.Row == nil {
		l.commit.For = l.shown
		return
	}
	l.add(&Step{}, &flows.Expect{Target: name, Equals: subjectText, Fold: l.shown.Fold})
}

func (l *live) expects(g *automation.Gesture) {
	if g.On.Secret != "" || g.Value == "" || strings.Contains(g.Value, "${") {
		l.leaveOut("no verb waits for this text: it is empty or secret, or contains ${, which stands for an input")
		return
	}
	if !l.onPage(g.On, g.Kind) {
		return
	}
	if name, ok := l.targetOf(g.On, g.Kind, g.Value); ok {
		l.add(&Step{}, &flows.Expect{Target: name, Equals: l.value(g.Value, "waits for")})
	}
}

// list reads a list to its end.
func (l *live) list(g *automation.Gesture) {
	name, ok := l.targetOf(g.On, g.Kind, g.On.Text)
	if !ok {
		return
	}
	if t := l.newTarget(name); t != nil {
		t.Spec.Table = tableOf(g)
	}
	rows := &flows.Rows{Table: name, As: usersOutput}
	if g.Counter != nil {
		rows.Counter, _ = l.targetOf(g.Counter, g.Kind, g.Counter.Text)
	}
	if g.Next != nil {
		rows.Next, _ = l.targetOf(g.Next, g.Kind)
		for _, line := range l.draft.lines {
			if line.step != nil {
				rows.Reload = append(rows.Reload, *line.step)
			}
		}
	}
	l.draft.Flow.Outputs = map[string]flows.Output{usersOutput: flows.OutputRows}
	l.review("say by filters and unfiltered what may keep rows from the list, and by previous or a counter that it is read from its beginning")
	l.add(&Step{}, rows)
}

const usersOutput = "users"

// tableOf says how a list is read, by what the person took its columns for. A whole name is taken apart.
func tableOf(g *automation.Gesture) *selectors.Table {
	t := &selectors.Table{Rows: g.Rows, Key: subjectInput, Fold: true, Columns: map[string]selectors.Column{}}
	for means, header := range g.Columns {
		c := selectors.Column{Header: header}
		if means == "name" {
			c.Pattern = `^(?P<first_name>\S+)\s+(?P<last_name>.+)$`
		}
		t.Columns[means] = c
	}
	return t
}

// afterCommit takes over what the flow that there is does once its press is made: while it is recorded it is not made.
func (l *live) afterCommit() {
	if l.commit == nil {
		return
	}
	for _, f := range l.Flows {
		if f.Name != l.Flow {
			continue
		}
		l.draft.Flow.Sends, l.draft.Flow.Afterwards = f.Sends, f.Afterwards
		after := false
		for i := range f.Steps {
			if after {
				l.draft.lines = append(l.draft.lines, line{step: &f.Steps[i]})
			}
			if _, ok := f.Steps[i].Verb.(*flows.Commit); ok {
				after = true
			}
		}
		for _, name := range f.Inputs { // those that are not needed are taken out again
			l.input(name)
		}
		l.draft.Review = append(l.draft.Review, Remark{Why: fmt.Sprintf("what follows the commit, and what it sends, are those of the flow %s that there is", f.Name)})
	}
}
