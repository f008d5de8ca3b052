package flows

import (
	"fmt"
	"maps"
	"slices"

	"github.com/billagent/billagent/selectors"
)

// check makes sure of what a schema cannot say about one flow.
func (f *Flow) check() []error {
	var errs []error
	complain := complaint(func(msg string, at ...any) { errs = append(errs, f.file.Problem(msg, at...)) })
	commits := 0
	made := map[string]bool{}
	f.walk(func(s *Step, at []any) {
		s.check(f, complain, at)
		if _, ok := s.Verb.(*Commit); ok {
			commits++
		}
		f.checkInputs(s, at, complain)
		if m, ok := s.Verb.(making); ok {
			as, is := m.output()
			made[as] = true
			f.checkOutput(as, is, at, complain)
		}
	})
	for _, o := range slices.Sorted(maps.Keys(f.Outputs)) {
		if !made[o] {
			complain(fmt.Sprintf("no step makes the output %s", o), "outputs", o)
		}
	}
	switch {
	case f.Changes && commits != 1:
		complain(fmt.Sprintf("a flow that changes something has exactly one commit step, this one has %d", commits), "steps")
	case !f.Changes && commits > 0:
		complain("a flow with a commit step says changes: true", "flow")
	}
	if f.Standalone && f.Changes {
		complain("a flow that changes something is performed by an action: it is not standalone", "standalone")
	}
	f.checkSubject(complain)
	if f.Sends != nil {
		f.Sends.check(f, complain)
	}
	if f.Changes {
		f.checkAfterCommit(complain)
	} else if len(f.Afterwards) > 0 {
		complain("only a flow that changes something has an afterwards", "afterwards")
	}
	return errs
}

// checkSubject makes sure that a flow says whom it concerns where it changes something.
func (f *Flow) checkSubject(complain complaint) {
	switch {
	case f.Changes && f.Subject == "":
		complain("a flow that changes something names the input that says whom it concerns, as in subject: email", "flow")
	case !f.Changes && f.Subject != "":
		complain("only a flow that changes something has a subject", "subject")
	case f.Subject != "" && !slices.Contains(f.Inputs, f.Subject):
		complain(fmt.Sprintf("the subject %s is not an input of this flow", f.Subject), "subject")
	}
}

// checkInputs makes sure that a step names inputs that there are, and secrets only to fill them in.
func (f *Flow) checkInputs(s *Step, at []any, complain complaint) {
	_, fills := s.Verb.(*Fill)
	for _, text := range s.Verb.texts() {
		for _, name := range selectors.Placeholders(text) {
			secret := slices.Contains(f.Secrets, name)
			if !secret && !slices.Contains(f.Inputs, name) {
				complain(fmt.Sprintf("${%s} is not an input of this flow", name), at...)
			}
			if secret && !fills {
				complain(fmt.Sprintf("the secret ${%s} may only be filled in", name), at...)
			}
		}
	}
}

// checkOutput makes sure that what a step makes is among the flow's outputs.
func (f *Flow) checkOutput(as string, is Output, at []any, complain complaint) {
	switch says, ok := f.Outputs[as]; {
	case !ok:
		complain(fmt.Sprintf("%s is not among the flow's outputs", as), at...)
	case says != is:
		complain(fmt.Sprintf("the output %s is %s, and this step makes %s", as, says, is), at...)
	}
}

// checkAfterCommit makes sure that a commit stands in the main line of the flow, and that nothing is acted on after it:
// the next action after a commit is a read-back.
func (f *Flow) checkAfterCommit(complain complaint) {
	after := false
	for i := range f.Steps {
		s, at := &f.Steps[i], []any{"steps", i}
		walk(f.Steps[i:i+1], nil, func(inner *Step, _ []any) {
			_, commits := inner.Verb.(*Commit)
			switch {
			case inner != s && commits:
				complain("the commit stands in the main line of the flow, not in a branch", at...)
			case after && !slices.Contains(afterCommit, inner.Verb.word()):
				complain("nothing is acted on after a commit: put it under afterwards", at...)
			}
		})
		if _, ok := s.Verb.(*Commit); ok {
			after = true
		}
	}
}

// afterCommit are the verbs that only look.
var afterCommit = []string{"await", "expect", "read", "texts", "when", "halt", "result", "notice", "part"}
