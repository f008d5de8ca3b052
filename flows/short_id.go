package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
)

// A console that numbers its people may send such a number under any name: {"cmd": "off", "u": 5}. So where a request
// names nobody otherwise, a value that is somebody else's id is taken to be it, unless its name says that it is a count, a
// choice or a thing. Such a request is stopped aside: if it was the commit nothing has happened, and if it was not the
// commit goes on.

var (
	// reference is a short id alone, or at the end of what says that it is one: 5, user:5, user-5, /users/5, gid://app/User/5.
	reference = regexp.MustCompile(`^(?:\S*\pL\S*[/:#|=]|(?i:\S*(?:users?|members?|persons?|people|employees?|staff)[_-]))?([\pL\pN]+)$`)
	// nameWord is one word of a name of a value: perPage, per_page, PER-PAGE.
	nameWord = regexp.MustCompile(`\p{Lu}+(?:\P{L}|$)|\p{Lu}?\p{Ll}+|\p{Lu}+|\pN+`)
	// notPerson is a word in the name of a value that says that a number there is no id of a person.
	notPerson = regexp.MustCompile(`(?i)^(` +
		`pages?|per|sizes?|limit|max|min|offset|skip|take|start|end|counts?|total|length|draw|index|position|order|sort|step|` + // where in a list, and how much of it
		`version|ver|rev|revision|seq|sequence|serial|build|status|state|types?|kind|level|mode|flags?|priority|rank|` +
		`lang|language|locale|currency|country|zone|timezone|tz|time|timestamp|date|day|days|week|month|year|hours?|minutes?|seconds?|ms|` +
		`duration|timeout|interval|delay|ttl|expires|expiry|age|retry|retries|attempts?|` +
		`width|height|top|left|depth|zoom|scale|columns?|tab|percent|progress|score|amount|price|quantity|qty|` +
		`is|has|can|with|allow|enabled?|disabled?|active|inactive|checked|notify|send|confirm|confirmed|force|silent|ok|yes|submit|commit|save|keep|` + // yes or no
		`accept|agree|debug|verbose|` +
		`roles?|access|scopes?|features?|licen[cs]es?|plan|seats?|forms?|templates?|fields?|views?|screen|theme|categor(y|ies)|tags?|options?|` + // things that have numbers
		`questions?|answers?|rules?|sites?|regions?|stores?|products?|invoices?|bills?|orders|tickets?|vendors?|customers?|columns|reasons?|errors?)$`)
)

// otherNumber says that a request which names nobody has somebody else's id as a value, and not that of the one who is
// meant, empty if not.
func (p *policy) otherNumber(q automation.Request) string {
	if p.roster.people == nil || tells.MatchString(q.Path()) {
		return ""
	}
	values, found := q.Values(), ""
	serial := serialNumbers(values)
	for _, v := range slices.Concat(q.Query(), values, mutationsIn(q).arguments) {
		if serial[v.Key] || ofThing(v.Key) {
			continue
		}
		for _, i := range p.roster.refersTo(v.Text) {
			if i == meant {
				return ""
			}
			if found == "" {
				found = fmt.Sprintf("may name %s, by %s=%q", p.roster.describe(i), v.Key, shownValue(v.Key, v.Text))
			}
		}
	}
	return found
}

// ofThing says that the name of a value says that it is no person.
func ofThing(key string) bool {
	parts := keyParts(key)
	for i, part := range parts {
		if i < len(parts)-1 && (collectionKey.MatchString(part) || collections.MatchString(part)) {
			return true
		}
	}
	last := lastOf(parts)
	return collectionKey.MatchString(last) || slices.ContainsFunc(nameWord.FindAllString(last, -1), notPerson.MatchString) ||
		len(parts) > 1 && slices.ContainsFunc(nameWord.FindAllString(parts[len(parts)-2], -1), notPerson.MatchString)
}

// refersTo lists the people whose ids a value is, alone or as a list of them.
func (r *roster) refersTo(text string) (out []int) {
	if len(text) > mostKey {
		return nil
	}
	for _, part := range several.Split(strings.TrimSpace(text), -1) {
		for _, plain := range []string{part, decodedOr(part)} {
			if m := reference.FindStringSubmatch(plain); m != nil {
				if i, ok := r.ids[m[1]]; ok {
					out = append(out, i)
				}
			}
		}
	}
	return out
}

// decodedOr is a text, decoded if it is base64 of plain text.
func decodedOr(text string) string {
	if plain, ok := decoded(text); ok {
		return strings.TrimSpace(plain)
	}
	return text
}
