package flows

import (
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/billagent/billagent/automation"
)

// policy rules on what leaves the browser while a change is made: by what the flow says that its commit sends, or where
// it says nothing by whom a request names. Before the press nothing may change anything about anybody.
type policy struct {
	roster *roster
	sends  *Sends
	reads  []Reads
	values map[string]string

	mu      sync.Mutex
	given   map[string][]string  // by input, how a request may give what was asked for
	states  map[string]string    // by the app's words for them, ASCII letters folded
	armed   bool                 // the press comes now, or has come
	heads   map[string]bool      // the headers that came before the press, with their values: they are of the page, not of the change
	usual   map[string]bool      // the likeness of what came before the press and names nobody, such as a heartbeat
	early   []string             // why requests were stopped before the press that name the person, or have the form of the commit
	others  []string             // why others were, that name somebody else
	doubted string               // why a request was stopped that may name somebody else
	passed  []automation.Request // let through as the commit
	unsure  []automation.Request // let through, and may have been it: they name nobody, or are no changing method
	stopped []string             // why requests were stopped that name somebody
	aside   []string             // why others were: they may be telemetry, or the commit in another shape
	ended   bool                 // the change has been given up: nothing of its session may leave any more
	settled bool                 // what became of the change is known: screens may follow, and nothing may be sent again
	dry     bool                 // a rehearsal: nothing that may change something leaves
	sealed  bool                 // a rehearsal at its press: nothing leaves at all
}

func newPolicy(people *automation.People, sends *Sends, reads []Reads, inputs map[string]string) *policy {
	p := &policy{roster: newRoster(people), sends: sends, reads: reads, values: map[string]string{}, usual: map[string]bool{}, heads: map[string]bool{}}
	for k, v := range inputs {
		p.values[k] = v
	}
	if people != nil {
		p.values["id"] = people.Meant.ID
		for name, has := range people.Meant.Has {
			if slices.Contains(nowOf, nowHas+name) {
				p.values[nowHas+name] = has
			}
		}
	}
	p.given = map[string][]string{}
	for _, name := range []string{"role", "first_name", "last_name"} {
		if word := inputs[name]; word != "" {
			p.given[name] = []string{word}
		}
	}
	return p
}

// gives notes another word for what was asked for: the value of the option that was chosen.
func (p *policy) gives(option, value string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if option == "" || value == "" {
		return
	}
	made := madeValue.FindStringIndex(value)
	for _, name := range []string{"role", "time_zone"} {
		if p.values[name] != option || made != nil && name == "time_zone" {
			continue // of a time zone nothing is known then
		}
		p.given[name] = append(p.given[name], option, value)
		if made != nil {
			p.given[name] = append(p.given[name], value[made[1]:])
		}
	}
}

// madeValue is how a framework begins the value of an option that stands for something else: "3: Clerk", "string:Clerk".
var madeValue = regexp.MustCompile(`^(\d+|string|number|object|boolean): ?`)

// rule is the automation.Policy.
func (p *policy) rule(q automation.Request) automation.Ruling {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.armed {
		for _, v := range q.Headers {
			p.heads[headOf(v)] = true
		}
		return p.before(q)
	}
	var r automation.Ruling
	if q.Early {
		r = p.before(q)
	} else {
		r = p.decide(q)
	}
	if p.sealed || p.dry && p.changes(q) {
		return stop("this is a rehearsal")
	}
	if p.ended {
		return stop("the change had been given up")
	}
	switch {
	case !r.Pass && (r.Aside || q.Early):
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

// ofChange is a request without the headers that came before the press, too: those that tell a role or an organisation
// tell the account's own then.
func (p *policy) ofChange(q automation.Request) automation.Request {
	q.Headers = slices.DeleteFunc(slices.Clone(q.Headers), func(v automation.Value) bool {
		return p.heads[headOf(v)] && (isRole(bareHeader(v.Key)) || organisationHeader.MatchString(v.Key)) && !p.sends.says(v.Key)
	})
	return q
}

func headOf(v automation.Value) string { return strings.ToLower(v.Key) + ": " + v.Text }

// arm says that the press comes now.
func (p *policy) arm() { p.set(&p.armed) }

// end stops whatever comes from now on: what a page has queued may name nobody.
func (p *policy) end() { p.set(&p.ended) }

// settle lets the screens that follow a change be gone through. What was committed still leaves no second time.
func (p *policy) settle() { p.set(&p.settled) }

// seal stops everything from now on.
func (p *policy) seal() { p.set(&p.sealed) }

func (p *policy) set(flag *bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	*flag = true
}

// rehearsed says what would have become of a request at a real commit.
func (p *policy) rehearsed(q automation.Request) Rehearsed {
	p.mu.Lock()
	defer p.mu.Unlock()
	r := p.decide(q)
	out := Rehearsed{Request: Describe(q), Ruling: r.Why, Passes: r.Pass, Commit: r.Commit, Changes: p.changes(q)}
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

// reasons lists why requests were stopped at the press, each once.
func (p *policy) reasons() []string { return p.list(&p.stopped) }

// asides lists why requests were stopped that need not have to do with the commit, each once.
func (p *policy) asides() []string { return p.list(&p.aside) }

// earlies lists why requests were stopped before the press, each once: those that name the person, and those that name
// somebody else.
func (p *policy) earlies() (ours, others []string) { return p.list(&p.early), p.list(&p.others) }

func (p *policy) list(of *[]string) []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []string
	for _, s := range *of {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
