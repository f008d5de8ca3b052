package recording

import (
	"reflect"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// What a person shows of what a flow reads: a list with its columns and filters, the roles on offer, the organisation.

// What the flows that read are to read.
const (
	usersOutput          = "users"
	rolesOutput          = "roles"
	organisationOutput   = "organisation"
	organisationIDOutput = "organisation_id"
	waitingOutput        = "pending"
)

func (l *live) reads(as string, what flows.Output) {
	if l.draft.Flow.Outputs == nil {
		l.draft.Flow.Outputs = map[string]flows.Output{}
	}
	l.draft.Flow.Outputs[as] = what
}

// list reads a list to its end.
func (l *live) list(g *automation.Gesture) {
	if slices.ContainsFunc(l.draft.lines, func(line line) bool {
		if line.step == nil {
			return false
		}
		known, ok := line.step.Verb.(*flows.Rows)
		return ok && known.As == usersOutput
	}) {
		l.leaveOut("a list of people was shown before: undo that first, where it is not the right one")
		return
	}
	name, ok := l.targetOf(g.On, g.Kind, g.On.Text)
	if !ok {
		return
	}
	if t := l.newTarget(name); t != nil {
		t.Spec.Table = l.take.TableOf(g)
	}
	rows := &flows.Rows{Table: name, As: usersOutput, Scroll: g.Scroll, Whole: g.Whole}
	if g.Counter != nil {
		rows.Counter, _ = l.targetOf(g.Counter, g.Kind, g.Counter.Text)
		if form, t := counterForm(g.Counter.Text), l.newTarget(rows.Counter); t != nil {
			t.Spec.Counter = form
		} else if known, ok := l.versionTarget(rows.Counter); ok && form != "" && known.Counter == "" {
			l.review("%s says its number in a form that is not known: write it to the target as counter: %s", rows.Counter, form)
		}
	}
	if g.Next != nil {
		rows.Next, _ = l.targetOf(g.Next, g.Kind)
	}
	for i := range g.Filters {
		l.filters(rows, &g.Filters[i])
	}
	if rows.Next != "" || rows.Scroll || len(g.Filters) > 0 {
		for _, line := range l.draft.lines {
			if line.step != nil {
				rows.Reload = append(rows.Reload, *line.step)
			}
		}
	}
	l.reads(usersOutput, flows.OutputRows)
	if len(g.Filters) == 0 {
		l.review("show by Filter… what may keep rows from the list, or say it by filters and unfiltered")
	}
	switch {
	case rows.Next == "" && rows.Counter == "" && !rows.Whole:
		l.review("the list is never complete as it is: show by Counter… how many there are, or by Next page… what leads on, or say that everybody is on this page")
	case rows.Next != "" && rows.Counter == "":
		l.review("say by previous or a counter that the list is read from its beginning")
	}
	l.add(&Step{}, rows)
}

// filters holds a list to a control that decides which rows it has, and puts that back before the list is read: a
// console may remember how it stood.
func (l *live) filters(rows *flows.Rows, f *automation.ShownFilter) {
	name, ok := l.targetOf(f.On, automation.GestureExpect, f.On.Text, f.Says)
	if !ok {
		return
	}
	on := f.Is == "on"
	switch f.Is {
	case "on", "off":
		rows.Filters = append(rows.Filters, flows.Filter{Target: name, On: &on})
		l.putBack(name, "", &flows.Check{Target: name, On: on})
	case "says":
		rows.Filters = append(rows.Filters, flows.Filter{Target: name, Equals: f.Says})
		if strings.Contains(f.Says, " ") {
			l.review("%s is held to %q: make sure that this is nobody's name", name, f.Says)
		}
		if f.On.Tag == "select" {
			l.putBack(name, f.Says, &flows.Choose{Target: name, Option: f.Says})
		} else {
			l.putBack(name, f.Says, nil)
		}
	default:
		rows.Unfiltered = append(rows.Unfiltered, name)
		if f.On.Editable {
			if f.Says != "" {
				l.review("%s was not empty when it was shown: the list is read only where it is", name)
			}
			l.putBack(name, "", &flows.Fill{Target: name})
		}
	}
}

// putBack has the page ask for the list anew once a filter was put back, and does so where the person has not: they
// found it as it was to be. Nil: that cannot be done by what was seen of it, but by choosing what it says.
func (l *live) putBack(name, says string, verb flows.Verb) {
	for _, line := range slices.Backward(l.draft.lines) { // the last one counts
		if line.step == nil || !slices.Contains(line.step.Targets(), name) {
			continue
		}
		if chosen, ok := line.step.Verb.(*flows.Choose); ok && chosen.Option == says || verb != nil && reflect.DeepEqual(line.step.Verb, verb) {
			line.step.Options.Asks = true
			return
		}
		break
	}
	if verb == nil {
		l.review("%s is not put back before the list is read: choose in it what the list is to be held to, and show the list then", name)
		return
	}
	l.add(&Step{}, verb)
	l.lastStep().Options.Asks = true
}

// toList puts the way to a list that the layout has in the place of the one that was gone: its own puts back what may
// keep somebody from it.
func (l *live) toList(rows *flows.Rows, way []flows.Step) {
	for _, line := range l.draft.lines {
		if line.step == nil || !leadsOnly(line.step) {
			return
		}
	}
	if len(way) == 0 || len(rows.Filters)+len(rows.Unfiltered) == 0 {
		return
	}
	var gone []string
	for _, line := range l.draft.lines {
		gone = append(gone, line.step.Targets()...)
	}
	l.dropTarget(gone)
	l.draft.lines = nil
	l.draft.Review = slices.DeleteFunc(l.draft.Review, func(r Remark) bool { return r.Step <= l.at })
	for i := range way {
		for _, name := range way[i].Targets() {
			l.reused(name)
		}
		l.draft.lines = append(l.draft.lines, line{step: &way[i], from: l.at})
	}
}

// leadsOnly says that a step can only lead to a list: it is about nobody's row.
func leadsOnly(s *flows.Step) bool {
	switch v := s.Verb.(type) {
	case *flows.Click:
		return v.Row == nil
	case *flows.Hover:
		return v.Row == nil
	case *flows.Open, *flows.Fill, *flows.Check, *flows.Choose, *flows.Key, *flows.Scroll, *flows.Await:
		return true
	}
	return false
}

// listOf is how the layout's flows read a table, and their way to it. Nil: none of them does.
func (l *live) listOf(table string) (rows *flows.Rows, way []flows.Step) {
	for _, f := range l.Flows {
		for i := range f.Steps {
			if v, ok := f.Steps[i].Verb.(*flows.Rows); ok && v.Table == table {
				return v, f.Steps[:i]
			}
		}
	}
	return nil, nil
}

// findIn is how somebody is looked for in a table: as the layout's flows do it, or as they read it.
func (l *live) findIn(table string) *flows.Find {
	find := &flows.Find{Table: table, Key: subjectText}
	if rows, _ := l.listOf(table); rows != nil && l.Version != nil {
		find.Next, find.Scroll = rows.Next, rows.Scroll
		for _, name := range rows.Unfiltered {
			if t := l.Version.Targets[name]; t != nil && t.Fingerprint != nil && slices.Contains(searching, t.Fingerprint.Role) {
				find.Search = name
			}
		}
	}
	for _, f := range l.Flows {
		f.Each(func(step *flows.Step) {
			if known, ok := step.Verb.(*flows.Find); ok && known.Table == table {
				find = known
			}
		})
	}
	return find
}

// searching are the roles of fields that narrow a list by what is typed.
var searching = []string{"searchbox", "textbox"}

// roles reads what is on offer, once it is shown.
func (l *live) roles(g *automation.Gesture) {
	name, ok := l.options(g)
	if !ok {
		return
	}
	held := name
	if t := l.newTarget(name); t != nil && t.Spec.Within != "" {
		held = t.Spec.Within
	} else if t, ok := l.versionTarget(name); ok && t.Within != nil {
		held = t.Within.Name
	}
	l.reads(rolesOutput, flows.OutputTexts)
	if held != name { // of the options there are several
		l.add(&Step{}, &flows.Await{held})
	}
	l.add(&Step{}, &flows.Texts{Target: name, As: rolesOutput})
}

// organisation reads the organisation that the console is signed in to. It is read on every page, so that no page is opened
// for it.
func (l *live) organisation(g *automation.Gesture) {
	if !l.onPage(g.On, g.Kind) {
		return
	}
	if s := l.lastStep(); s != nil {
		if _, ok := s.Verb.(*flows.Open); ok {
			l.dropLast()
		}
	}
	if l.lastStep() != nil {
		l.leaveOut("the organisation is read on every page: undo what was done before, and show it on the page where the console begins")
		return
	}
	if name, ok := l.targetOf(g.On, g.Kind, g.On.Text); ok {
		l.reads(organisationOutput, flows.OutputRead)
		l.add(&Step{}, &flows.Await{name})
		l.add(&Step{}, &flows.Read{Target: name, As: organisationOutput})
		if attr := g.Attrs[organisationIDOutput]; attr != "" {
			l.draft.Flow.Outputs[organisationIDOutput] = flows.OutputRead
			l.add(&Step{}, &flows.Read{Target: name, As: organisationIDOutput, Attr: attr})
		} else {
			l.review("no id of it was seen: two organisations of one name are not told apart by it")
		}
	}
}

// waiting reads whether a change of the person awaits approval: nothing is read where none does. So the flow must wait for
// the person's page first: a page that is still loading shows nothing, either.
func (l *live) waiting(g *automation.Gesture) {
	if !l.onPage(g.On, g.Kind) {
		return
	}
	if l.shown == nil {
		l.leaveOut("the flow would not wait for the person's page: show the person's e-mail by Person… first")
		return
	}
	if name, ok := l.targetOf(g.On, g.Kind, g.On.Text); ok {
		l.reads(waitingOutput, flows.OutputTexts)
		l.add(&Step{}, &flows.Texts{Target: name, As: waitingOutput})
	}
}

// detail reads what a person's own page says of them. The person is shown first: what a page says that is still about
// somebody else is not theirs.
func (l *live) detail(g *automation.Gesture) {
	column := g.Attrs["column"]
	_, before := l.draft.Flow.Outputs[column]
	switch {
	case !l.onPage(g.On, g.Kind):
		return
	case l.shown == nil:
		l.leaveOut("the flow would not wait for the person's page: show the person's e-mail by Person… first")
		return
	case g.Value == "":
		l.leaveOut("it says nothing, so that it is no %s", column)
		return
	case before:
		l.leaveOut("the %s was shown before: undo that first, where it is not the right one", column)
		return
	}
	if name, ok := l.targetOf(g.On, g.Kind, g.On.Text, g.Value); ok {
		l.reads(column, flows.OutputRead)
		l.add(&Step{}, &flows.Await{name})
		l.add(&Step{}, &flows.Read{Target: name, As: column})
	}
}

// wordsOfCounter is how many words stand beside the number of a counter. More may be a sentence, with anything in it.
const wordsOfCounter = 3

var numberWithin = regexp.MustCompile(`\d+`)

// counterForm is the form in which a counter says its number, where it is none of those that are known anyway; empty
// where it has several numbers or says much else.
func counterForm(text string) string {
	text = folded(text)
	at := numberWithin.FindAllStringIndex(text, -1)
	if _, known := automation.CountIn(text); known || len(at) != 1 || len(strings.Fields(text)) > wordsOfCounter+1 || strings.Contains(text, "@") {
		return ""
	}
	return "^" + regexp.QuoteMeta(text[:at[0][0]]) + `(?P<total>\d+)` + regexp.QuoteMeta(text[at[0][1]:]) + "$"
}

// Patterns that take a whole name apart.
const (
	firstLast = `^(?P<first_name>\S+)\s+(?P<last_name>.+)$`
	lastFirst = `^(?P<last_name>[^,]*), (?P<first_name>[^,]*)$`
	nameEmail = `^(?P<first_name>\S+)\s+(?P<last_name>.+)\s+\S+@\S+$`
)

// TableOf says how a list is read, by what the person took its columns for, be they below headers, parts of cards or
// attributes of a row. A whole name is taken apart. A part that is found by somebody's name only is left out.
func (t *Take) TableOf(g *automation.Gesture) *selectors.Table {
	out := &selectors.Table{Rows: g.Rows, Key: subjectInput, Fold: true, Columns: map[string]selectors.Column{}}
	add := func(means string, c selectors.Column) {
		switch means {
		case "name":
			c.Pattern = firstLast
		case "last_first":
			c.Pattern, means = lastFirst, "name"
		case "name_email":
			c.Pattern, means = nameEmail, "name"
		}
		out.Columns[means] = c
	}
	for means, header := range g.Columns {
		add(means, selectors.Column{Header: header})
	}
	for means, attr := range g.Attrs {
		add(means, selectors.Column{Candidates: []selectors.Candidate{{XPath: ".", Provenance: selectors.Recorded}}, Attr: attr})
	}
	for means, by := range g.Cells {
		kept := t.Lasting([]automation.Offer{{Candidate: by, Kept: true}}, selectors.Fingerprint{}).Candidates
		if len(kept) > 0 {
			add(means, selectors.Column{Candidates: kept})
		}
	}
	return out
}
