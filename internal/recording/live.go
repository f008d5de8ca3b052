package recording

import (
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
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
		// Where a flow only reads, nothing keeps what its steps send from leaving, whenever it is read.
		l.draft.Partial = !t.Standalone
		l.draft.ToDo = append(l.draft.ToDo, "say which step commits, or record it without the step that would have changed something; this was kept from leaving: "+
			strings.Join(t.stopped, ", "))
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
	if g.Kind == automation.GestureExpect && g.Secret != "" {
		l.leaveOut("what it says is a secret that was typed")
		return
	}
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
	case automation.GestureRoles:
		l.roles(g)
	case automation.GestureWaiting:
		l.waiting(g)
	case automation.GestureDetail:
		l.detail(g)
	case automation.GestureOrganisation:
		l.organisation(g)
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
	if g.Why != "" {
		l.review("%s", g.Why)
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
		next := slices.IndexFunc(gestures[l.at+1:], func(o automation.Gesture) bool { return o.Kind != automation.GestureChosen }) // which comes late
		if next >= 0 && gestures[l.at+1+next].Kind == automation.GestureFill && gestures[l.at+1+next].On.Ref == g.On.Ref {
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

// hoverBefore puts in that the mouse rests on something before a target is clicked, where the layout's flows have
// it so: it is not there otherwise.
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
	find := l.findIn(s.Row.Table)
	if s := l.lastStep(); s != nil {
		if before, ok := s.Verb.(*flows.Find); ok && before.Table == find.Table {
			return true
		}
	}
	if rows, way := l.listOf(s.Row.Table); rows != nil && !l.Stretch {
		l.toList(rows, way)
	}
	l.add(&Step{}, find)
	return true
}

// onPage leaves out what would be looked for on the whole page and was found within a row: of a row's parts only a
// click, a hover and the commit say whose row it is. A target of the version that others find there is one of the
// page.
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

// twice makes one step of the two clicks of a double click, with what leads to each.
func (l *live) twice() {
	lines := l.draft.lines
	last := len(lines) - 1
	first := last - 1
	for first >= 0 && lines[first].step != nil && leadsToRow(lines[first].step) {
		first--
	}
	if first >= 0 && sameStep(lines[last].step, lines[first].step) {
		for len(l.draft.lines) > first+1 {
			l.dropLast()
		}
		if click, ok := l.lastStep().Verb.(*flows.Click); ok {
			click.Double = true
			return
		}
	}
	l.review("it was pressed twice: what is done here presses once")
}

// leadsToRow says that a step is put in before a press that is in somebody's row.
func leadsToRow(s *flows.Step) bool {
	switch s.Verb.(type) {
	case *flows.Find, *flows.Hover:
		return true
	}
	return false
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
