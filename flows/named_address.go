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
		for _, i := range r.find(q.Path(), true) {
			out = append(out, named{person: i, key: inPath, subject: true, unsure: !slices.ContainsFunc(out, func(n named) bool { return n.person == i })})
		}
	}
	for _, v := range q.Query() {
		note("?"+v.Key, aboutWhom(v.Key), v.Text)
	}
	for _, v := range q.Headers {
		others := r.find(v.Text, aboutHeader(v.Key))
		for _, i := range r.find(v.Text, true) {
			if i == meant || slices.Contains(others, i) {
				out = append(out, named{person: i, key: "header " + v.Key, subject: true})
			}
		}
	}
	return out
}

var (
	// behalf is a word in the name of a header that says for whom a request is sent.
	behalf = regexp.MustCompile(`^(behalf|impersonat\w*|acting|delegat\w*|sudo|as)$`)
	// recordID is the name of a header that says what a request is about.
	recordID = regexp.MustCompile(`(?i)^(x-)?((record|entity|object|row|item)[_-]?)?ids?$`)
	// gluedID is a name for somebody's id without a sign between: userno.
	gluedID = regexp.MustCompile(`^(usr|user|member|emp|employee|person|staff)(ids?|no|nr|key)$`)
)

// aboutHeader says that a header may say whom a request is about, or for whom it is sent: in other headers a short number is
// not taken for an id of somebody else.
func aboutHeader(name string) bool {
	if strings.HasPrefix(strings.ToLower(name), "hx-") { // htmx names elements of the page
		return false
	}
	words := wordsOf(name)
	if recordID.MatchString(name) || slices.ContainsFunc(words, behalf.MatchString) {
		return true
	}
	for len(words) > 1 && idWord.MatchString(words[len(words)-1]) {
		words = words[:len(words)-1]
	}
	last := lastOf(words)
	return personWord.MatchString(last) || gluedID.MatchString(last)
}

// otherSegment is a segment of a path behind which a number is the id of something else than a person.
var otherSegment = regexp.MustCompile(`(?i)^(api|organi[sz]ations?|orgs?|compan(y|ies)|tenants?|workspaces?|teams?|groups?|roles?|projects?|departments?|sites?)$`)

// pathOf is the path of an address without the numbers that stand behind something else than people, such as an
// organisation, or at its beginning.
func (r *roster) pathOf(q automation.Request) string {
	parts := strings.Split(q.Path(), "/")
	for i := 1; i < len(parts); i++ {
		before := parts[i-1]
		if number.MatchString(parts[i]) && (before == "" || otherSegment.MatchString(before) || thingWord.MatchString(before)) && !r.isMeant(parts[i]) {
			parts[i] = "-"
		}
	}
	return strings.Join(parts, "/")
}

func (r *roster) isMeant(id string) bool {
	i, ok := r.ids[id]
	return ok && i == meant
}
