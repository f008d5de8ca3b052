package flows

import (
	"fmt"
	"slices"
	"sync"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// judge rules on what leaves the browser at a commit: by what the flow says that it sends, or where it says nothing by
// whom a request names.
type judge struct {
	roster *roster
	sends  *Sends
	reads  []Reads
	values map[string]string

	mu      sync.Mutex
	passed  []automation.Request // let through as the commit
	unsure  []automation.Request // let through, and may have been it: they name nobody, or are no changing method
	stopped []string             // why requests were stopped that name somebody
	aside   []string             // why others were: they may be telemetry, or the commit in another shape
	ended   bool                 // the change has been given up: nothing of its session may leave any more
	settled bool                 // what became of the change is known: screens may follow, and nothing may be sent again
	dry     bool                 // a rehearsal: nothing that may change something leaves
	sealed  bool                 // a rehearsal at its press: nothing leaves at all
}

// Reads is a request whose method may change something and which only reads, such as a search by POST.
type Reads struct {
	Method     string               `json:"method"`
	Path       string               `json:"path"`
	Provenance selectors.Provenance `json:"provenance"`
}

func newJudge(people *automation.People, sends *Sends, reads []Reads, inputs map[string]string) *judge {
	j := &judge{roster: newRoster(people), sends: sends, reads: reads, values: map[string]string{}}
	for k, v := range inputs {
		j.values[k] = v
	}
	if people != nil {
		j.values["id"] = people.Meant.ID
	}
	return j
}

// rule is the automation.Judge.
func (j *judge) rule(q automation.Request) automation.Ruling {
	j.mu.Lock()
	defer j.mu.Unlock()
	r := j.decide(q)
	if j.sealed || j.dry && q.Changes() && !j.isRead(q) {
		return stop("this is a rehearsal")
	}
	if j.ended {
		return stop("the change had been given up")
	}
	switch {
	case !r.Pass && r.Aside:
		j.aside = append(j.aside, r.Why)
	case !r.Pass:
		j.stopped = append(j.stopped, r.Why)
	case r.Commit:
		j.passed = append(j.passed, q)
	case r.Why != "":
		j.unsure = append(j.unsure, q)
	}
	return r
}

func stop(format string, args ...any) automation.Ruling {
	return automation.Ruling{Why: fmt.Sprintf(format, args...)}
}

var pass = automation.Ruling{Pass: true}

func (j *judge) decide(q automation.Request) automation.Ruling {
	name := q.Method + " " + q.Path()
	all := j.roster.in(q)
	other, strange := stranger(all)
	ours := slices.ContainsFunc(all, func(n named) bool { return n.person == meant })
	switch {
	case q.Hop && !q.Changes():
		return pass // where the server leads after what was let through
	case j.sends != nil && !q.Foreign && j.sends.about(q, j.values):
		return j.declared(q, name, other, strange)
	case !q.Changes():
		return j.reading(q, name, ours, other, strange)
	case j.isRead(q):
		return pass
	case q.Opaque && q.Foreign:
		return aside("%s has a body that cannot be looked at", name)
	case q.Opaque:
		return stop("%s has a body that cannot be looked at", name)
	case strange && (q.Foreign || other == itself):
		return aside("%s names %s, not %s", name, j.roster.describe(other), j.roster.describe(meant))
	case strange:
		return stop("%s names %s, not %s", name, j.roster.describe(other), j.roster.describe(meant))
	case ours && q.Foreign:
		return pass // it tells somebody else of it
	case j.settled && ours && !j.again(q):
		return pass // a screen that follows
	case j.sends != nil && ours:
		return stop("%s is not what the flow says it sends (%s %s)", name, j.sends.Method, j.sends.Path)
	case j.sends != nil && !q.Foreign && !j.settled:
		return aside("%s is not what the flow says it sends (%s %s)", name, j.sends.Method, j.sends.Path)
	case ours && j.again(q):
		return stop("%s is a second one", name)
	case ours:
		return automation.Ruling{Pass: true, Commit: true, Why: "it names " + j.roster.describe(meant)}
	case j.sends != nil || j.settled:
		return pass
	}
	return automation.Ruling{Pass: true, Why: "it names nobody"}
}

// aside stops a request that need not have to do with the commit.
func aside(format string, args ...any) automation.Ruling {
	r := stop(format, args...)
	r.Aside = true
	return r
}

// declared rules on a request of the form that the flow says its commit sends.
func (j *judge) declared(q automation.Request, name string, other int, strange bool) automation.Ruling {
	switch d := j.sends.differs(q, j.values); {
	case j.sends.lacks(j.values) != "":
		return stop("%s cannot be held against what the flow says: %s is not known", name, j.sends.lacks(j.values))
	case q.Opaque:
		return stop("%s has a body that cannot be looked at", name)
	case strange:
		return stop("%s names %s, not %s", name, j.roster.describe(other), j.roster.describe(meant))
	case d != "":
		return stop("%s is not what the flow says it sends: %s", name, d)
	case len(j.passed) > 0 && !q.Hop:
		return stop("%s is a second one", name)
	}
	return automation.Ruling{Pass: true, Commit: true, Why: "it is what the flow says it sends"}
}

// reading rules on a request whose method changes nothing by its definition. A console may not keep to that: one for an
// address not read before is stopped if it names somebody else only, and otherwise may have been the commit as long as
// that has not left. What a page reads after something of it was stopped was not.
func (j *judge) reading(q automation.Request, name string, ours bool, other int, strange bool) automation.Ruling {
	switch {
	case q.Method != "GET" || q.Seen || j.settled:
		return pass
	case strange && len(j.passed) > 0: // such as what a list is drawn anew with
		return aside("%s names %s, not %s", name, j.roster.describe(other), j.roster.describe(meant))
	case strange:
		return stop("%s names %s, not %s", name, j.roster.describe(other), j.roster.describe(meant))
	case len(j.passed) > 0:
		return pass
	case ours:
		return automation.Ruling{Pass: true, Why: "it names " + j.roster.describe(meant)}
	case len(j.stopped) == 0 && !slices.Contains(dressing, q.Kind):
		return automation.Ruling{Pass: true, Why: "it was not read before"}
	}
	return pass
}

// dressing are the kinds of what a page merely looks like.
var dressing = []string{"Stylesheet", "Script", "Font", "Media", "Manifest"}

// again says whether the like has been let through already.
func (j *judge) again(q automation.Request) bool {
	return !q.Hop && slices.ContainsFunc(j.passed, func(p automation.Request) bool { return p.Method == q.Method && p.Path() == q.Path() })
}

func (j *judge) isRead(q automation.Request) bool {
	return slices.ContainsFunc(j.reads, func(r Reads) bool {
		return (&Sends{Method: r.Method, Path: r.Path}).about(q, j.values)
	})
}

// end stops whatever comes from now on: what a page has queued may name nobody.
func (j *judge) end() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.ended = true
}

// settle lets the screens that follow a change be gone through. What was committed still leaves no second time.
func (j *judge) settle() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.settled = true
}

// seal stops everything from now on.
func (j *judge) seal() {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.sealed = true
}

// rehearsed says what would have become of a request at a real commit.
func (j *judge) rehearsed(q automation.Request) Rehearsed {
	j.mu.Lock()
	defer j.mu.Unlock()
	r := j.decide(q)
	out := Rehearsed{Request: Describe(q), Ruling: r.Why, Passes: r.Pass, Commit: r.Commit}
	if r.Commit {
		j.passed = append(j.passed, q) // a second one would have been stopped
	}
	if j.sends == nil && r.Commit {
		out.Sends = propose(q, j.values)
	}
	return out
}

// left says whether something was let through that is, or may be, the commit.
func (j *judge) left() (surely, perhaps bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.passed) > 0, len(j.unsure) > 0
}

// asides lists why requests were stopped that need not have to do with the commit, each once.
func (j *judge) asides() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(j.aside)))
}

// reasons lists why requests were stopped, each once.
func (j *judge) reasons() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	var out []string
	for _, s := range j.stopped {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
