package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// proposed is what a first proposal came to.
type proposed string

// What a first proposal comes to. None was asked for where the target was found.
const (
	noProposal proposed = ""
	right      proposed = "right"
	wrongOne   proposed = "wrong"
	refused    proposed = "refused"
	absent     proposed = "absent" // refused, and the element is not on the page
)

// driftJudgement is what a mutation came to.
type driftJudgement struct {
	mutation
	how      string
	plan     plan
	acted    Verdict
	why      string // of acted
	fallback bool   // a target of the element was found by a fallback
	looked   bool   // the look can have named it: its targets stand before a commit
	exact    bool
	inexact  string // why not exact
	first    proposed
	proposal string // in words
	tookMS   int64
	lookMS   int64
}

// sightings are what a look at the drifted console said.
type sightings struct {
	report *doctor.Report
	prints map[string]selectors.Revision // what was found looks like
}

// judgeLook says whether a look named exactly what drifted, and whether its first proposal is right. It is exact where
//   - each target that the element is is said to be wrong, or is found and is the drifted element;
//   - where a flow halts, one of them is said to be wrong;
//   - nothing else is said to be wrong but what lies in one of them.
//
// Where no target is the element everything must be sound.
func judgeLook(j *driftJudgement, d console.Drifted, s sightings, known map[string]learnt) {
	r := s.report
	j.exact, j.looked = true, j.plan.seen || len(j.plan.used) == 0
	fault := func(format string, a ...any) {
		if j.exact {
			j.exact, j.inexact = false, fmt.Sprintf(format, a...)
		}
	}
	named := false
	inMine := func(name string) bool {
		return slices.ContainsFunc(j.plan.used, func(u string) bool { return within(known[name].target, u) })
	}
	for _, t := range r.Targets {
		mine := slices.Contains(j.plan.used, t.Name)
		switch {
		case mine && wrongState(t.State):
			named = true
			if l, learnt := known[t.Name]; learnt { // nothing is learnt of the pages of the sign-in
				judgeProposal(j, d, t, l)
			}
		case mine && (t.State == doctor.Found || t.State == doctor.Fallback):
			j.fallback = j.fallback || t.State == doctor.Fallback
			if seen, ok := s.prints[t.Name]; ok && !isNow(d, seen.Fingerprint, known[t.Name]) {
				fault("%s is said to be found, and is another element", t.Name)
			}
		case !mine && wrongState(t.State) && !inMine(t.Name):
			fault("%s is said to be %s", t.Name, t.State.Words())
		case !mine && t.State == doctor.Fallback && known[t.Name].state != string(doctor.Fallback):
			fault("%s is said to be %s", t.Name, t.State.Words())
		}
	}
	halts := r.Failed
	for _, f := range r.Flows {
		if f.Broken() {
			halts += f.Name + ": " + f.Reason + " " + f.Detail
		}
	}
	if halts != "" && !named {
		fault("it halts, and nothing that drifted is named: %s", halts)
	}
}

func wrongState(s doctor.State) bool {
	return slices.Contains([]doctor.State{doctor.Missing, doctor.Ambiguous, doctor.Elsewhere, doctor.Columns}, s)
}

// within says that a target lies in another, at any depth.
func within(t *selectors.Target, outer string) bool {
	for ; t != nil; t = t.Within {
		if t.Within != nil && t.Within.Name == outer {
			return true
		}
	}
	return false
}

// judgeProposal holds the first proposal for a target that is missing against what the element is now.
func judgeProposal(j *driftJudgement, d console.Drifted, t *doctor.Target, l learnt) {
	if t.State != doctor.Missing && t.State != doctor.Elsewhere {
		return
	}
	switch {
	case len(t.Proposals) > 0 && t.Proposals[0].Clear:
		p := t.Proposals[0]
		looks := p.Looks()
		j.first, j.proposal = wrongOne, fmt.Sprintf("%s: %s (%.2f)", t.Name, p.Element, p.Score)
		if d.Kind != "split" && isNow(d, &looks, l) {
			j.first = right
		}
	case d.Kind == "split": // the element comes only after a press
		j.first, j.proposal = absent, t.Name+": "+t.Refused
	default:
		j.first, j.proposal = refused, t.Name+": "+t.Refused
		for _, p := range t.Proposals {
			j.proposal += fmt.Sprintf("; %s (%.2f)", p.Element, p.Score)
		}
	}
}

// isNow says that what was seen looks like the drifted element. What a look cannot say must be as it was learnt.
func isNow(d console.Drifted, seen *selectors.Fingerprint, l learnt) bool {
	now := d.Now
	if seen == nil || strings.HasPrefix(d.Element, "column-") {
		return true
	}
	if !is(d, l) { // it is found by way of the element, and has not changed itself
		same := func(p *selectors.Fingerprint) bool {
			return seen.Tag == p.Tag && seen.Name == p.Name && seen.Field == p.Field
		}
		return l.print == nil || l.inRow || same(l.print)
	}
	control := now.Tag == "label" // the target is the control in it
	tag := control || seen.Tag == now.Tag
	switch {
	case now.TestID != "" && seen.TestID != "":
		return tag && seen.TestID == now.TestID
	case now.ID != "" && !control:
		return tag && seen.ID == now.ID
	case says(seen, now.Label):
		return tag
	case now.Label != "" && (l.print == nil || says(l.print, d.Before.Label)):
		return false
	case l.inRow || l.print == nil:
		return tag
	}
	return tag && seen.Name == l.print.Name && seen.Field == l.print.Field
}

// says says that an element bears a label.
func says(f *selectors.Fingerprint, label string) bool {
	return sameLabel(f.Name, label) || sameLabel(f.Text, label) || sameLabel(f.Label, label)
}

// works says that the change was made by what was found.
func (j driftJudgement) works() bool { return j.acted == Pass }

// actsWrongly says that something was stored that must not be, or that was not said as it is.
func (j driftJudgement) actsWrongly() bool {
	return slices.Contains([]Verdict{Wrong, Duplicate, Lost}, j.acted)
}

// judgeAct holds what was done under a drift against what is stored.
func judgeAct(j *driftJudgement, r userops.Result, con *console.Console, from int) {
	c := Case{Group: "drift", Name: j.drift.String(), Layout: j.layout, Action: j.plan.action, Seed: j.seed}
	j.acted, j.why = judge(c, r, con, from)
}
