package recording

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// What the person marks while recording: the commit, whom it concerns, what is expected, the list.

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
		t.Spec.Table = l.take.TableOf(g)
	}
	rows := &flows.Rows{Table: name, As: usersOutput}
	if g.Counter != nil {
		rows.Counter, _ = l.targetOf(g.Counter, g.Kind, g.Counter.Text)
		if t := l.newTarget(rows.Counter); t != nil {
			t.Spec.Counter = counterForm(g.Counter.Text)
		}
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

const usersOutput = "users"

// TableOf says how a list is read, by what the person took its columns for, be they below headers or parts of
// cards. A whole name is taken apart. A part that is found by somebody's name only is left out.
func (t *Take) TableOf(g *automation.Gesture) *selectors.Table {
	out := &selectors.Table{Rows: g.Rows, Key: subjectInput, Fold: true, Columns: map[string]selectors.Column{}}
	add := func(means string, c selectors.Column) {
		if means == "name" {
			c.Pattern = `^(?P<first_name>\S+)\s+(?P<last_name>.+)$`
		}
		out.Columns[means] = c
	}
	for means, header := range g.Columns {
		add(means, selectors.Column{Header: header})
	}
	for means, by := range g.Cells {
		kept := t.Lasting([]automation.Offer{{Candidate: by, Kept: true}}, selectors.Fingerprint{}).Candidates
		if len(kept) > 0 {
			add(means, selectors.Column{Candidates: kept})
		}
	}
	return out
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
