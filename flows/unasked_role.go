package flows

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
)

// notRole is a name for what may have the same word as a role, and is none.
var notRole = regexp.MustCompile(`(?i)type|commit|submit|button|action|section|title|notif|option|available|filter|old|prev|prior|current|` +
	`from|by$|sort|column|field|label|department|group|team|tag|requires?$|` +
	`^(kind|object|class|model|entity|resource|module|controller|page|tab|view|screen|context|position|occupation)$|` +
	`^(all|assignable|possible|effective|inherited|required|min|max)[_\-]?roles?$|roles?[_\-]?list$`)

// otherRole says that a role is given that the list shows for others, and not for this person, and that was not asked for.
func (p *policy) otherRole(q automation.Request, looked func(key string) bool) string {
	if p.roster.people == nil {
		return ""
	}
	var meant []string
	for _, word := range append(slices.Clone(p.given["role"]), p.values["role"], p.values[nowHas+"role"]) {
		meant = append(meant, append(apart.Split(word, -1), word)...)
	}
	wrong := func(word string) bool {
		is := func(role string) bool { return role != "" && sameWord(word, role) }
		return word != "" && !slices.ContainsFunc(meant, is) && slices.ContainsFunc(p.roster.people.Roles, is)
	}
	for _, v := range append(sent(q), inRolePath(q)...) {
		parts, words := wordsOfRole(v)
		name, own := ofSubjectOr(parts, roleKey)
		if own && looked(v.Key) && !p.otherThing(q, parts, v.Text) && (slices.ContainsFunc(words, wrong) || asAdministrator(name, v.Text, meant)) {
			return fmt.Sprintf("gives the role %s=%q, which was not asked for", v.Key, shownValue(v.Key, v.Text))
		}
	}
	return ""
}

// otherThing says that a value which has the word of a role is something else by its names, or was asked for as such.
func (p *policy) otherThing(q automation.Request, parts []string, text string) bool {
	name := lastOf(parts)
	switch {
	case slices.ContainsFunc(parts, notGivenKey.MatchString):
		return true
	case roleKey.MatchString(name):
		return false
	case everyday.MatchString(text) && !likeRole.MatchString(name):
		return true
	}
	return notRole.MatchString(name) && !endsInRoles(q, name) || slices.Contains(slices.Collect(maps.Values(p.values)), text)
}

var (
	// everyday are words for a role that stand for much else, too, likeRole names under which they may be a role.
	everyday = regexp.MustCompile(`(?i)^(user|admin|viewer|owner|member|guest|editor|manager|standard|basic)$`)
	likeRole = regexp.MustCompile(`(?i)rol|level|access|right|priv|perm|rank|grade|admin|membership|seat|tier`)
)

// endsInRoles says that a request adds to the roles of somebody: what it calls their type is a role.
func endsInRoles(q automation.Request, name string) bool {
	return roleKey.MatchString(lastOf(strings.Split(strings.Trim(q.Path(), "/"), "/"))) && strings.EqualFold(name, "type")
}

var (
	// adminKey is a name for whether somebody is an administrator, adminWord is within the word for a role that is one.
	adminKey  = regexp.MustCompile(`(?i)^(is|has|make)?[_\-]?(account|org|super|tenant|site|system)?[_\-]?(admin|administrator|super[_\-]?user|owner)$`)
	adminWord = regexp.MustCompile(`(?i)admin|owner|super|root`)
)

// asAdministrator says that a mark makes an administrator of somebody who is to be none.
func asAdministrator(name, text string, meant []string) bool {
	known := slices.ContainsFunc(meant, func(word string) bool { return word != "" })
	return known && adminKey.MatchString(name) && yes.MatchString(text) && !slices.ContainsFunc(meant, adminWord.MatchString)
}

// apart are the signs that stand between several roles in one value.
var apart = regexp.MustCompile(`\s*[;,|]\s*`)

// wordsOfRole are the words that a value may give a role by, with the names that they stand under: {"roles": "Clerk;Payer"},
// {"roles": {"Clerk": true}}.
func wordsOfRole(v automation.Value) (parts, words []string) {
	parts = outer(keyParts(v.Key), roleKey)
	last := lastOf(parts)
	if len(parts) > 1 && roleKey.MatchString(parts[len(parts)-2]) && !roleKey.MatchString(last) {
		if yes.MatchString(v.Text) || sameWord(v.Text, last) {
			return parts[:len(parts)-1], []string{last}
		}
		return parts, nil
	}
	if words = []string{v.Text}; isRole(v.Key) {
		words = append(words, apart.Split(v.Text, -1)...)
	}
	return parts, words
}

// makeWord is how an address begins that gives somebody a role.
var makeWord = regexp.MustCompile(`^(make|set|grant|promote|add|assign)$`)

// inRolePath are the roles that an address gives, as in PUT /users/7/roles/Payer and /users/7/makeAdmin. A DELETE gives none.
func inRolePath(q automation.Request) []automation.Value {
	var out []automation.Value
	parts := strings.Split(q.Path(), "/")
	for i, part := range parts[1:] {
		if q.Method != "DELETE" && roleKey.MatchString(parts[i]) {
			out = append(out, automation.Value{Key: parts[i], Text: part})
		}
	}
	for _, piece := range pieces.Split(lastOf(parts), -1) {
		words := wordsOf(piece)
		if makes := len(words) > 1 && makeWord.MatchString(words[0]) && adminKey.MatchString(strings.Join(words[1:], "")); makes {
			out = append(out, automation.Value{Key: "admin", Text: "true"})
		}
	}
	return out
}

// noRole says that the role that the list shows is taken away by a change that is to leave it, and the status, as they are.
func (p *policy) noRole(q automation.Request) string {
	if p.values["role"] != "" || p.values[nowHas+"role"] == "" || p.roster.people.Meant.Has["status"] != active {
		return ""
	}
	given, taken := false, ""
	for _, v := range sent(q) {
		parts := outer(keyParts(v.Key), roleKey)
		switch name, own := ofSubjectOr(parts, roleKey); {
		case !own || !strictRoleKey.MatchString(name) || slices.ContainsFunc(parts, notGivenKey.MatchString):
		case v.Type == automation.Null || v.Type == automation.Empty:
			taken = v.Key
		default:
			given = true
		}
	}
	if given || taken == "" {
		return ""
	}
	return fmt.Sprintf("takes the role away by %s, which was not asked for", taken)
}
