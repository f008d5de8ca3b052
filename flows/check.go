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
	complain := func(msg string, at ...any) { errs = append(errs, f.file.Problem(msg, at...)) }
	commits := 0
	inputs := append(slices.Clone(f.Inputs), f.Secrets...)
	made := map[string]bool{}
	visit := func(s *Step, at []any) {
		name, _, _, count := s.verb()
		if count != 1 {
			complain(fmt.Sprintf("a step has exactly one verb, this one has %d", count), at...)
		}
		if s.Reloads && name != "click" && name != "check" && name != "choose" {
			complain("reloads goes with click, check and choose", append(at, "reloads")...)
		}
		if s.Changes != "" && (s.Reloads || s.Asks || name != "click" && name != "check" && name != "choose") {
			complain("changes goes with click, check and choose, and not with reloads or asks", append(at, "changes")...)
		}
		if s.Asks && (s.Reloads || name != "click" && name != "check" && name != "choose") {
			complain("asks goes with click, check and choose, and not with reloads", append(at, "asks")...)
		}
		if s.Rows != nil {
			s.Rows.check(complain, at)
		}
		if name == "commit" {
			commits++
		}
		if f.Changes && f.Subject != "" {
			f.checkSubject(s, at, complain)
		}
		if s.Click != nil && s.Click.Others != "" {
			complain("others goes with commit", append(at, "click", "others")...)
		}
		for _, text := range s.texts() {
			for _, name := range selectors.Placeholders(text) {
				if !slices.Contains(inputs, name) {
					complain(fmt.Sprintf("${%s} is not an input of this flow", name), at...)
				}
			}
		}
		if s.Fill == nil {
			for _, text := range s.texts() {
				for _, name := range selectors.Placeholders(text) {
					if slices.Contains(f.Secrets, name) {
						complain(fmt.Sprintf("the secret ${%s} may only be filled in", name), at...)
					}
				}
			}
		}
		if as, is := s.output(); as != "" {
			made[as] = true
			switch says, ok := f.Outputs[as]; {
			case !ok:
				complain(fmt.Sprintf("%s is not among the flow's outputs", as), at...)
			case says != is:
				complain(fmt.Sprintf("the output %s is %s, and this step makes %s", as, says, is), at...)
			}
		}
	}
	walk(f.Steps, []any{"steps"}, visit)
	walk(f.Afterwards, []any{"afterwards"}, visit)
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
	switch {
	case f.Changes && f.Subject == "":
		complain("a flow that changes something names the input that says whom it concerns, as in subject: email", "flow")
	case !f.Changes && f.Subject != "":
		complain("only a flow that changes something has a subject", "subject")
	case f.Subject != "" && !slices.Contains(f.Inputs, f.Subject):
		complain(fmt.Sprintf("the subject %s is not an input of this flow", f.Subject), "subject")
	}
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

// checkSubject makes sure that a step of a changing flow which chooses a person, or commits, is bound to the subject: a commit
// that is held against a label of the page, or a row of somebody else, is bound to nobody.
func (f *Flow) checkSubject(s *Step, at []any, complain func(string, ...any)) {
	whom := "${" + f.Subject + "}"
	bound := func(verb string, p *Press) {
		if p == nil {
			return
		}
		if p.Row != nil && p.Row.Key != whom {
			complain(fmt.Sprintf("the row is that of the subject: key is %s", whom), append(slices.Clone(at), verb, "row")...)
		}
		if p.For != nil && p.For.Equals != whom {
			complain(fmt.Sprintf("for holds a target against the subject: equals is %s", whom), append(slices.Clone(at), verb, "for")...)
		}
	}
	bound("click", s.Click)
	bound("commit", s.Commit)
	if s.Commit != nil && s.Commit.For == nil && s.Commit.Row == nil {
		complain("a commit says whom it concerns, by row or for", at...)
	}
	if s.Find != nil && s.Find.Key != whom {
		complain(fmt.Sprintf("whom a changing flow looks for is its subject: key is %s", whom), append(slices.Clone(at), "find")...)
	}
}

// check makes sure of what a schema cannot say about reading a table.
func (r *Rows) check(complain func(string, ...any), at []any) {
	for i, f := range r.Filters {
		if (f.On == nil) == (f.Equals == "") {
			complain("a filter says either on or equals", append(slices.Clone(at), "rows", "filters", i)...)
		}
	}
	if (r.Next != "" || r.More != "") && len(r.Reload) == 0 {
		complain("a table of several pages has a reload: only a second reading tells whether rows moved between them", append(slices.Clone(at), "rows")...)
	}
}

// checkAfterCommit makes sure that a commit stands in the main line of the flow, and that nothing is acted on after it:
// the next action after a commit is a read-back.
func (f *Flow) checkAfterCommit(complain func(string, ...any)) {
	after := false
	for i := range f.Steps {
		s, at := &f.Steps[i], []any{"steps", i}
		walk(f.Steps[i:i+1], nil, func(inner *Step, _ []any) {
			name, _, _, _ := inner.verb()
			switch {
			case inner != s && name == "commit":
				complain("the commit stands in the main line of the flow, not in a branch", at...)
			case after && slices.Contains([]string{"open", "click", "fill", "choose", "check", "screens", "find", "rows"}, name):
				complain("nothing is acted on after a commit: put it under afterwards", at...)
			}
		})
		after = after || s.Commit != nil
	}
}

// texts are the parts of a step in which inputs may be named.
func (s *Step) texts() []string {
	out := []string{s.Open}
	for _, p := range []*Press{s.Click, s.Commit} {
		if p == nil {
			continue
		}
		if p.Row != nil {
			out = append(out, p.Row.Key)
		}
		if p.For != nil {
			out = append(out, p.For.Equals)
		}
		if p.Dialog != nil {
			out = append(out, p.Dialog.Says)
		}
	}
	if s.Fill != nil {
		out = append(out, s.Fill.Value)
	}
	if s.Choose != nil {
		out = append(out, s.Choose.Option)
	}
	if s.Expect != nil {
		out = append(out, s.Expect.Equals)
	}
	if s.Find != nil {
		out = append(out, s.Find.Key)
	}
	if s.Halt != nil {
		out = append(out, s.Halt.Reason, s.Halt.Hint)
	}
	return out
}

// output names what a step brings back, and its type.
func (s *Step) output() (string, Output) {
	switch {
	case s.Read != nil:
		return s.Read.As, OutputRead
	case s.Texts != nil:
		return s.Texts.As, OutputTexts
	case s.Rows != nil:
		return s.Rows.As, OutputRows
	}
	return "", ""
}
