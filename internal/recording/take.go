package recording

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// Take is a recording under way: what a person does on live pages, and the flow that it makes so far.
type Take struct {
	Options
	Parts []flows.NamedPart // of the layout
	// Lasting is what of an element's candidates is written to a file: without anybody's name, the best first, and its
	// fingerprint.
	Lasting func(offers []automation.Offer, looks selectors.Fingerprint) selectors.Revision
	// TakenBack says that a step was taken back.
	TakenBack bool

	gestures []automation.Gesture
	names    map[string]string // given by the person, by those that were proposed
	stopped  []string          // requests that were kept from leaving
	problem  string            // with what the person asked for last
	secrets  map[string]hidden // by the field that they were typed into
}

// Secrets are the words by which fields for secrets are known, for the page.
func Secrets() automation.SecretWords {
	bare := func(re *regexp.Regexp) string { return strings.TrimPrefix(re.String(), "(?i)") }
	return automation.SecretWords{Password: bare(passwordWord), Code: bare(codeWord), Other: bare(otherCode)}
}

// Add takes a gesture.
func (t *Take) Add(g automation.Gesture) {
	t.problem = ""
	switch g.Kind {
	case automation.GestureSecret:
		t.learn(g)
		return
	case automation.GestureUndo:
		t.undo()
		return
	case automation.GestureName:
		t.problem = t.rename(g.Value)
		return
	case automation.GestureRetracted:
		t.gestures = slices.DeleteFunc(t.gestures, func(o automation.Gesture) bool { return o.ID == g.Of })
		return
	}
	t.hide(&g)
	if i := slices.IndexFunc(t.gestures, func(o automation.Gesture) bool { return o.ID == g.ID }); i >= 0 {
		t.gestures[i] = g
		return
	}
	t.gestures = append(t.gestures, g)
}

// Stopped says which requests were kept from leaving so far.
func (t *Take) Stopped(all []string) { t.stopped = all }

// undo takes the last step back, with all gestures that it was made of.
func (t *Take) undo() {
	lines := t.build().draft.lines
	if len(lines) > 0 {
		t.TakenBack = true
		t.gestures = t.gestures[:lines[len(lines)-1].from]
	}
}

var targetName = regexp.MustCompile(`^[a-z0-9_]+(\.[a-z0-9_]+)*$`)

// rename gives the last step's target a name. It says why not, where it does not.
func (t *Take) rename(name string) string {
	l := t.build()
	now := l.lastNew()
	switch {
	case now == "":
		return "the last step's target has a name in the version already"
	case !targetName.MatchString(name):
		return fmt.Sprintf("%q is no name of a target: write it as in user.save", name)
	case name != now && l.names[name]:
		return fmt.Sprintf("another target is called %s", name)
	}
	if t.names == nil {
		t.names = map[string]string{}
	}
	proposed := now
	for from, to := range t.names {
		if to == now {
			proposed = from
		}
	}
	t.names[proposed] = name
	return ""
}

// Progress is what the person is shown.
func (t *Take) Progress() automation.Progress {
	l := t.build()
	out := automation.Progress{Name: l.lastNew(), Stopped: len(t.stopped) > 0 && l.commit == nil}
	remarks := map[int][]string{}
	for _, r := range l.draft.Review {
		remarks[r.Step] = append(remarks[r.Step], r.Why)
	}
	l.countAsShown()
	for i, line := range l.draft.lines {
		s := automation.StepLine{Text: line.comment, Notes: []string{}}
		if line.step != nil {
			s.Text = line.step.Says()
		}
		to := len(t.gestures)
		if i+1 < len(l.draft.lines) {
			to = l.draft.lines[i+1].from
		}
		for n := line.from; n < to; n++ {
			s.Notes = append(s.Notes, remarks[n+1]...)
		}
		out.Steps = append(out.Steps, s)
	}
	if t.problem != "" {
		out.Remarks = append(out.Remarks, t.problem)
	}
	if out.Stopped {
		out.Remarks = append(out.Remarks, "kept from leaving: "+strings.Join(t.stopped, ", "))
	}
	return out
}

// countAsShown has remarks number the steps as the panel shows them, instead of by gesture.
func (l *live) countAsShown() {
	lines := l.draft.lines
	shown := func(r *Remark) {
		at := slices.IndexFunc(lines, func(line line) bool { return line.from > r.Step-1 })
		if at < 0 {
			at = len(lines)
		}
		if r.Step > 0 {
			r.Step = max(at, 1)
		}
	}
	for i := range l.draft.Review {
		shown(&l.draft.Review[i])
	}
	next := 0 // behind the line of the one before: what is left out stands in order
	for i := range l.draft.LeftOut {
		r := &l.draft.LeftOut[i]
		before := leftOut(*r)
		if at := slices.IndexFunc(lines[next:], func(line line) bool { return line.comment == before }); at >= 0 {
			next += at + 1
			r.Step = next
			lines[next-1].comment = leftOut(*r)
		}
	}
}

// Draft is the flow with its targets, as far as it has been recorded.
func (t *Take) Draft() (*Draft, error) {
	if len(t.gestures) == 0 && !t.Stretch {
		return nil, errors.New("nothing was recorded")
	}
	l := t.build()
	l.countAsShown()
	if !t.Stretch { // it may lie in the very part
		l.shareParts()
	}
	l.afterCommit()
	l.dropUnused()
	l.inputs = slices.DeleteFunc(l.inputs, func(name string) bool { return !l.needs(name) })
	l.finish()
	if n := len(l.draft.LeftOut); n > 0 {
		l.draft.Partial = true
		l.draft.ToDo = append(l.draft.ToDo, fmt.Sprintf("put something in the place of what was left out (%d), or record it again and take back what is not needed: without it the flow is not what was done", n))
	}
	if err := l.keepSecrets(); err != nil {
		return nil, err
	}
	return l.draft, nil
}
