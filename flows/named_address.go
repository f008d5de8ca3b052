package flows

import (
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
)

// inAddress lists where the address and the headers of a request name people.
func (r *roster) inAddress(q automation.Request) (out []named) {
	note := func(key string, subject bool, text string) {
		for _, i := range r.find(text, subject) {
			out = append(out, named{person: i, key: key, subject: subject})
		}
	}
	certain := r.pathOf(q)
	note(inPath, true, certain)
	if !slices.Contains(r.find(certain, true), meant) {
		sure := slices.Clone(out)
		for _, i := range r.find(q.Path(), true) {
			unsure := !slices.ContainsFunc(sure, func(n named) bool { return n.person == i })
			out = append(out, named{person: i, key: inPath, subject: true, unsure: unsure})
		}
	}
	for _, v := range q.Query() {
		note("?"+v.Key, aboutWhom(v.Key), v.Text)
	}
	for _, v := range q.Headers {
		others := r.find(v.Text, aboutHeader(v))
		for _, i := range r.find(v.Text, true) {
			if i == meant || slices.Contains(others, i) {
				out = append(out, named{person: i, key: "header " + v.Key, subject: true})
			}
		}
	}
	return out
}

// ofTransport begins the names of headers that libraries of pages and of monitoring add, and that are about no person.
var ofTransport = regexp.MustCompile(`(?i)^(x-)?(inertia|hx-|turbo-|livewire|sentry-|baggage|trace|b3|user-agent)`)

// aboutHeader says that a header may say whom a request is about, or for whom it is sent. In other headers a short number is
// not taken for an id of somebody else.
func aboutHeader(v automation.Value) bool {
	flag := yes.MatchString(v.Text) || no.MatchString(v.Text)
	return !ofTransport.MatchString(v.Key) && !ofThing(v.Key, flag)
}

// pathOf is the path of an address without the numbers that stand behind something else than people, such as an
// organisation, or at its beginning.
func (r *roster) pathOf(q automation.Request) string {
	parts := strings.Split(q.Path(), "/")
	for i := 1; i < len(parts); i++ {
		before := parts[i-1]
		ofThing := before == "" || strings.EqualFold(before, "api") || thingWord.MatchString(before)
		if number.MatchString(parts[i]) && ofThing && !r.isMeant(parts[i]) {
			parts[i] = "-"
		}
	}
	return strings.Join(parts, "/")
}

func (r *roster) isMeant(id string) bool {
	i, ok := r.ids[id]
	return ok && i == meant
}
