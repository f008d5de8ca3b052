package flows

import (
	"fmt"
	"slices"
	"sync"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// policy rules on what leaves the browser at a commit: by what the flow says that it sends, or where it says nothing by
// whom a request names.
type policy struct {
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

func newPolicy(people *automation.People, sends *Sends, reads []Reads, inputs map[string]string) *policy {
	p := &policy{roster: newRoster(people), sends: sends, reads: reads, values: map[string]string{}}
	for k, v := range inputs {
		p.values[k] = v
	}
	if people != nil {
		p.values["id"] = people.Meant.ID
	}
	return p
}

// rule is the automation.Policy.
func (p *policy) rule(q automation.Request) automation.Ruling {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.decide(q)
	if p.sealed || p.dry && q.Changes() && !p.isRead(q) {
		return stop("this is a rehearsal")
	}
	if p.ended {
		return stop("the change had been given up")
	}
	switch {
	case !r.Pass && r.Aside:
		p.aside = append(p.aside, r.Why)
	case !r.Pass:
		p.stopped = append(p.stopped, r.Why)
	case r.Commit:
		p.passed = append(p.passed, q)
	case r.Why != "":
		p.unsure = append(p.unsure, q)
	}
	return r
}

func stop(format string, args ...any) automation.Ruling {
	return automation.Ruling{Why: fmt.Sprintf(format, args...)}
}

var pass = automation.Ruling{Pass: true}

func (p *policy) decide(q automation.Request) automation.Ruling {
	name := q.Method + " " + q.Path()
	all := p.roster.in(q)
	other, strange := otherPerson(all)
	ours := slices.ContainsFunc(all, func(n named) bool { return n.person == meant })
	switch {
	case q.Hop && !q.Changes():
		return pass // where the server leads after what was let through
	case p.sends != nil && !q.Foreign && p.sends.about(q, p.values):
		return p.declared(q, name, other, strange)
	case !q.Changes():
		return p.reading(q, name, ours, other, strange)
	case p.isRead(q):
		return pass
	case q.Opaque && q.Foreign:
		return aside("%s has a body that cannot be looked at", name)
	case q.Opaque:
		return stop("%s has a body that cannot be looked at", name)
	case strange && (q.Foreign || other == itself):
		return aside("%s names %s, not %s", name, p.roster.describe(other), p.roster.describe(meant))
	case strange:
		return stop("%s names %s, not %s", name, p.roster.describe(other), p.roster.describe(meant))
	case ours && q.Foreign:
		return pass // it tells somebody else of it
	case p.settled && ours && !p.again(q):
		return pass // a screen that follows
	case p.sends != nil && ours:
		return stop("%s is not what the flow says it sends (%s %s)", name, p.sends.Method, p.sends.Path)
	case p.sends != nil && !q.Foreign && !p.settled:
		return aside("%s is not what the flow says it sends (%s %s)", name, p.sends.Method, p.sends.Path)
	case ours && p.again(q):
		return stop("%s is a second one", name)
	case ours:
		return automation.Ruling{Pass: true, Commit: true, Why: "it names " + p.roster.describe(meant)}
	case p.sends != nil || p.settled:
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
func (p *policy) declared(q automation.Request, name string, other int, strange bool) automation.Ruling {
	switch d := p.sends.differs(q, p.values); {
	case p.sends.lacks(p.values) != "":
		return stop("%s cannot be held against what the flow says: %s is not known", name, p.sends.lacks(p.values))
	case q.Opaque:
		return stop("%s has a body that cannot be looked at", name)
	case strange:
		return stop("%s names %s, not %s", name, p.roster.describe(other), p.roster.describe(meant))
	case d != "":
		return stop("%s is not what the flow says it sends: %s", name, d)
	case len(p.passed) > 0 && !q.Hop:
		return stop("%s is a second one", name)
	}
	return automation.Ruling{Pass: true, Commit: true, Why: "it is what the flow says it sends"}
}

// reading rules on a request whose method changes nothing by its definition. A console may not keep to that: one for an
// address not read before is stopped if it names somebody else only, and otherwise may have been the commit as long as
// that has not left. What a page reads after something of it was stopped was not.
func (p *policy) reading(q automation.Request, name string, ours bool, other int, strange bool) automation.Ruling {
	switch {
	case q.Method != "GET" || q.Seen || p.settled:
		return pass
	case strange && len(p.passed) > 0: // such as what a list is drawn anew with
		return aside("%s names %s, not %s", name, p.roster.describe(other), p.roster.describe(meant))
	case strange:
		return stop("%s names %s, not %s", name, p.roster.describe(other), p.roster.describe(meant))
	case len(p.passed) > 0:
		return pass
	case ours:
		return automation.Ruling{Pass: true, Why: "it names " + p.roster.describe(meant)}
	case len(p.stopped) == 0 && !slices.Contains(renderOnly, q.Kind):
		return automation.Ruling{Pass: true, Why: "it was not read before"}
	}
	return pass
}

// renderOnly are the kinds of what a page merely looks like.
var renderOnly = []string{"Stylesheet", "Script", "Font", "Media", "Manifest"}

// again says whether the like has been let through already.
func (p *policy) again(q automation.Request) bool {
	return !q.Hop && slices.ContainsFunc(p.passed, func(old automation.Request) bool { return old.Method == q.Method && old.Path() == q.Path() })
}

func (p *policy) isRead(q automation.Request) bool {
	return slices.ContainsFunc(p.reads, func(r Reads) bool {
		return (&Sends{Method: r.Method, Path: r.Path}).about(q, p.values)
	})
}

// end stops whatever comes from now on: what a page has queued may name nobody.
func (p *policy) end() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ended = true
}

// settle lets the screens that follow a change be gone through. What was committed still leaves no second time.
func (p *policy) settle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.settled = true
}

// seal stops everything from now on.
func (p *policy) seal() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sealed = true
}

// rehearsed says what would have become of a request at a real commit.
func (p *policy) rehearsed(q automation.Request) Rehearsed {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.decide(q)
	out := Rehearsed{Request: Describe(q), Ruling: r.Why, Passes: r.Pass, Commit: r.Commit}
	if r.Commit {
		p.passed = append(p.passed, q) // a second one would have been stopped
	}
	if p.sends == nil && r.Commit {
		out.Sends = propose(q, p.values)
	}
	return out
}

// left says whether something was let through that is, or may be, the commit.
func (p *policy) left() (surely, perhaps bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.passed) > 0, len(p.unsure) > 0
}

// asides lists why requests were stopped that need not have to do with the commit, each once.
func (p *policy) asides() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(p.aside)))
}

// reasons lists why requests were stopped, each once.
func (p *policy) reasons() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, s := range p.stopped {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
