package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"golang.org/x/text/unicode/norm"
)

// Reads is a request whose method may change something and which only reads, such as a search by POST.
type Reads struct {
	Method     string               `json:"method"`
	Path       string               `json:"path"`
	Provenance selectors.Provenance `json:"provenance"`
}

func stop(format string, args ...any) automation.Ruling {
	return automation.Ruling{Why: fmt.Sprintf(format, args...)}
}

// aside stops a request that need not have to do with the commit.
func aside(format string, args ...any) automation.Ruling {
	r := stop(format, args...)
	r.Aside = true
	return r
}

var pass = automation.Ruling{Pass: true}

// subject is whom a request is about.
type subject struct {
	request string // method and path, for messages
	ours    bool   // the one who is meant
	other   bool   // somebody else, who
	unsure  bool   // by what may be something other than their id
	who     int    // index into the roster
}

func (p *policy) subjectOf(q automation.Request) subject {
	all := p.roster.in(q)
	s := subject{request: q.Method + " " + q.Path()}
	certain := slices.DeleteFunc(slices.Clone(all), func(n named) bool { return n.unsure && n.person != meant })
	if s.who, s.other = otherPerson(certain); !s.other {
		s.who, s.other = otherPerson(all)
		s.unsure = s.other
	}
	s.ours = slices.ContainsFunc(all, func(n named) bool { return n.person == meant })
	return s
}

// names says that a request is about somebody else.
func (p *policy) names(s subject) string {
	names := map[bool]string{false: "names", true: "may name"}[s.unsure]
	return fmt.Sprintf("%s %s %s, not %s", s.request, names, p.roster.describe(s.who), p.roster.describe(meant))
}

// likeness is equal for two requests that differ in numbers only, such as two heartbeats.
func likeness(q automation.Request) string {
	parts := []string{q.Method, q.Path()}
	for _, v := range append(q.Query(), q.Values()...) {
		parts = append(parts, v.Key+"="+digits.ReplaceAllString(v.Text, "#"))
	}
	slices.Sort(parts[2:]) // the names of an object come in any order
	return strings.Join(parts, "\x00")
}

func hidden(s subject) string { return s.request + " has a body that cannot be looked at" }

// before rules on a request that comes before the press: the page acts, or saves, at a step that should only lead up to
// it. What only asks something about a person has to be named under the app's reads.
func (p *policy) before(q automation.Request) automation.Ruling {
	if !p.changes(q) {
		return pass
	}
	s := p.subjectOf(q)
	r := pass
	switch {
	case q.Opaque:
		r = aside("%s", hidden(s))
	case s.other && (q.Foreign || s.who == itself):
		r = aside("%s", p.names(s))
	case s.other && s.unsure && !s.ours:
		r = p.doubt(q, aside("%s", p.names(s)))
	case s.other:
		r = stop("%s, before the press", p.names(s))
		p.others = append(p.others, r.Why)
	case q.Foreign && s.ours:
		r = aside("%s goes to a host that is not among the tenant's", s.request)
	case !q.Foreign && (s.ours || p.sends != nil && p.sends.about(q, p.values)):
		r = stop("%s came before the press", s.request)
		p.early = append(p.early, r.Why)
	default:
		if number := p.otherNumber(q); number != "" {
			r = p.doubt(q, aside("%s %s", s.request, number))
		}
	}
	if r.Pass {
		p.usual[likeness(q)] = true
	}
	if p.dry && r.Pass {
		return stop("this is a rehearsal")
	}
	return r
}

// decide rules on a request that comes at the press or after it.
func (p *policy) decide(q automation.Request) automation.Ruling {
	s := p.subjectOf(q)
	q = p.ofChange(q)
	switch {
	case q.Hop && !q.Changes():
		return pass // where the server leads after what was let through
	case q.Asks():
		return pass
	case p.sends != nil && !q.Foreign && p.sends.about(q, p.values):
		return p.declared(q, s)
	case !q.Changes():
		return p.reading(q, s)
	case p.isRead(q):
		return pass
	case q.Opaque && (q.Foreign || p.sends != nil):
		return aside("%s", hidden(s))
	case q.Opaque:
		return stop("%s", hidden(s))
	case s.other && (q.Foreign || s.who == itself):
		return aside("%s", p.names(s))
	case s.other && s.unsure && !s.ours:
		return p.doubt(q, aside("%s", p.names(s)))
	case s.other:
		return stop("%s", p.names(s))
	case s.ours && q.Foreign && (p.sends != nil || p.settled): // it tells somebody else of it, or is the commit, to a host that is not known
		return aside("%s goes to a host that is not among the tenant's", s.request)
	case p.settled && s.ours && !p.again(q): // a screen that follows: it gives no other role
		r := p.undeclared(q, s)
		r.Commit, r.Why = false, map[bool]string{false: r.Why}[r.Pass]
		return r
	case p.sends != nil && s.ours:
		return stop("%s is not what the flow says it sends (%s %s)", s.request, p.sends.Method, p.sends.Path)
	case p.sends != nil && !q.Foreign && !p.settled && p.usual[likeness(q)] && p.otherNumber(q) == "":
		return pass
	case p.sends != nil && !q.Foreign && !p.settled:
		return aside("%s is not what the flow says it sends (%s %s)", s.request, p.sends.Method, p.sends.Path)
	case s.ours && len(p.passed) > 0 && !q.Hop: // in the same shape or another
		return stop("%s is a second one", s.request)
	case s.ours:
		return p.undeclared(q, s)
	case p.usual[likeness(q)] && p.otherNumber(q) == "":
		return pass
	}
	return p.nobody(q, s)
}

// doubt keeps why a request was stopped that may have chosen somebody else: one that follows and names nobody may act on them.
func (p *policy) doubt(q automation.Request, r automation.Ruling) automation.Ruling {
	if !q.Foreign {
		p.doubted = r.Why
	}
	return r
}

// tells is the end of an address to which a page tells what is done on it, or by which it looks for something.
var tells = regexp.MustCompile(`(?i)/(telemetry|collect|analytics|track|metrics|beacon|search|lookup|suggest)/?$`)

// nobody rules on a request that names nobody: the server may know by itself whom the page is about.
func (p *policy) nobody(q automation.Request, s subject) automation.Ruling {
	if other := p.otherRole(q, isRole); other != "" && (!tells.MatchString(q.Path()) || len(mutationsIn(q).fields) > 0) {
		return stop("%s names nobody, and %s", s.request, other)
	}
	if number := p.otherNumber(q); number != "" {
		return p.doubt(q, aside("%s %s", s.request, number))
	}
	settled := p.settled || len(p.passed) > 0
	if p.doubted != "" && !settled && !tells.MatchString(q.Path()) { // it may be about whoever was named by that
		return aside("%s names nobody, after what was stopped: %s", s.request, p.doubted)
	}
	if p.sends != nil || p.settled {
		return pass
	}
	return automation.Ruling{Pass: true, Why: "it names nobody"}
}

// declared rules on a request of the form that the flow says its commit sends.
func (p *policy) declared(q automation.Request, s subject) automation.Ruling {
	switch d := p.sends.differs(q, p.values); {
	case p.sends.lacks(p.values) != "":
		return stop("%s cannot be held against what the flow says: %s is not known", s.request, p.sends.lacks(p.values))
	case q.Opaque:
		return stop("%s", hidden(s))
	case s.other:
		return stop("%s", p.names(s))
	case d != "":
		return stop("%s is not what the flow says it sends: %s", s.request, d)
	case len(p.passed) > 0 && !q.Hop:
		return stop("%s is a second one", s.request)
	}
	if wrong := p.inFree(q); wrong != "" {
		return stop("%s %s", s.request, wrong)
	}
	return automation.Ruling{Pass: true, Commit: true, Why: "it is what the flow says it sends"}
}

// undeclared rules on a request about the person where the flow says nothing of what it sends: a role, a name or a time
// zone that it gives must be the one that was asked for.
func (p *policy) undeclared(q automation.Request, s subject) automation.Ruling {
	if otherwise := p.otherwise(q, every); otherwise != "" {
		return stop("%s %s", s.request, otherwise)
	}
	if unasked := p.unasked(q); unasked != "" {
		return stop("%s %s", s.request, unasked)
	}
	return automation.Ruling{Pass: true, Commit: true, Why: "it names " + p.roster.describe(meant)}
}

// otherwise says that a request gives another role, name or time zone than was asked for.
func (p *policy) otherwise(q automation.Request, looked func(key string) bool) string {
	for name, words := range p.given {
		for _, v := range otherThan(q, name, words) {
			if looked(v.Key) {
				return fmt.Sprintf("gives the %s %q, and %s was asked for", v.Key, shownValue(v.Key, v.Text), words[0])
			}
		}
	}
	return ""
}

// otherThan lists the values of a request that give something else for an input than one of some words.
func otherThan(q automation.Request, input string, words []string) []automation.Value {
	asked := func(text string) bool {
		return slices.ContainsFunc(words, func(word string) bool { return gives(input, word, text) })
	}
	if input == "role" {
		return otherThanRole(q, asked)
	}
	return slices.DeleteFunc(givenIn(q, input), func(v automation.Value) bool { return asked(v.Text) })
}

// inFree says of the values of a request that may be any by what the flow says that they are wrong all the same.
func (p *policy) inFree(q automation.Request) string {
	if p.roster.people == nil {
		return ""
	}
	for _, why := range []string{p.otherwise(q, p.sends.free), p.otherRole(q, p.sends.free), p.otherAddress(q, p.sends.free)} {
		if why != "" {
			return why
		}
	}
	return ""
}

// gives says that a value of a request gives what was asked for: a name is sent as it is, a role or a time zone by
// words of the console's own. Of a time zone signs count: Etc/GMT+5 is not Etc/GMT-5.
func gives(input, word, text string) bool {
	switch input {
	case "first_name", "last_name":
		return norm.NFC.String(word) == norm.NFC.String(strings.Join(strings.Fields(text), " "))
	case "time_zone":
		bare := strings.NewReplacer(" ", "", "_", "")
		return selectors.FoldCase(bare.Replace(word)) == selectors.FoldCase(bare.Replace(text))
	}
	return sameWord(word, text)
}

// reading rules on a request whose method changes nothing by its definition. A console may not keep to that: one for an
// address not read before is stopped if it names somebody else only, and otherwise may have been the commit as long as
// that has not left. What a page reads after something of it was stopped was not.
func (p *policy) reading(q automation.Request, s subject) automation.Ruling {
	switch {
	case q.Method != "GET" || q.Seen || p.settled:
		return pass
	case s.other && (s.unsure || len(p.passed) > 0): // such as what a list is drawn anew with
		return aside("%s", p.names(s))
	case s.other:
		return stop("%s", p.names(s))
	case len(p.passed) > 0:
		return pass
	case s.ours:
		return automation.Ruling{Pass: true, Why: "it names " + p.roster.describe(meant)}
	case slices.Contains(renderOnly, q.Kind):
		return pass
	}
	if number := p.otherNumber(q); number != "" {
		return p.doubt(q, aside("%s %s", s.request, number))
	}
	if len(p.stopped) == 0 {
		return automation.Ruling{Pass: true, Why: "it was not read before"}
	}
	return pass
}

// renderOnly are the kinds of what a page merely looks like.
var renderOnly = []string{"Stylesheet", "Script", "Font", "Media", "Manifest"}

// again says whether the like has been let through already.
func (p *policy) again(q automation.Request) bool {
	like := func(old automation.Request) bool { return old.Method == q.Method && old.Path() == q.Path() }
	return !q.Hop && slices.ContainsFunc(p.passed, like)
}

// changes says that a request may change something.
func (p *policy) changes(q automation.Request) bool { return q.Changes() && !q.Asks() && !p.isRead(q) }

func (p *policy) isRead(q automation.Request) bool {
	return slices.ContainsFunc(p.reads, func(r Reads) bool {
		return (&Sends{Method: r.Method, Path: r.Path}).about(q, p.values)
	})
}
