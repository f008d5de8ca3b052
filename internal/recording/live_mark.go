package recording

import (
	"fmt"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
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
	if p.Double {
		p.Double = false
		l.review("it was pressed twice: a commit is pressed once")
	}
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
	alone := strings.EqualFold(strings.TrimSpace(g.Value), meant)
	if meant == "" || !alone && !automation.NamesOnly(g.Value, meant) {
		l.leaveOut("it does not name the input email alone, so that it does not tell who is meant")
		return
	}
	if alone && g.On.Row != nil && !l.after && l.knownBest(g.On.Known, g.Kind) == "" { // the row is found by it, and is the person's
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
	if !alone {
		l.shown = &flows.Identity{Target: name, Names: subjectText}
	}
	if l.after && l.commit.Row == nil {
		l.commit.For = l.shown
		return
	}
	l.add(&Step{}, l.shown.Expect())
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
