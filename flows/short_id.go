package flows

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/billagent/billagent/automation"
)

// A console that numbers its people may send such a number under any name: {"cmd": "off", "u": 5}. So where a request
// names nobody otherwise, a value that is somebody else's id is taken to be it, unless its name says that it is a count, a
// choice or a thing. Such a request is stopped aside: if it was the commit, nothing has happened; if it was not, the change
// goes on.

// pointer is a value that may be the id of somebody else.
type pointer struct {
	person int
	place  string // its key without indices
	value  automation.Value
}

// otherNumber says that a request which names nobody has somebody else's id as a value, empty if not. Where it has that
// of the one who is meant, too, only others in the same list count.
func (p *policy) otherNumber(q automation.Request) string {
	if p.roster.people == nil || tells.MatchString(q.Path()) {
		return ""
	}
	values := q.Values()
	serial := serialNumbers(values)
	var others []pointer
	ours, oursAt := false, map[string]bool{}
	type name struct {
		key  string
		flag bool // its value is a yes or a no
	}
	things := map[name]bool{}
	for _, v := range slices.Concat(q.Query(), values, mutationsIn(q).arguments) {
		if len(others) == mostOthers { // one of them is enough
			break
		}
		people := p.roster.refersTo(v)
		if len(people) == 0 || serial[v.Key] {
			continue
		}
		of := name{v.Key, yes.MatchString(v.Text) || no.MatchString(v.Text)}
		thing, known := things[of]
		if !known {
			thing = ofThing(of.key, of.flag)
			things[of] = thing
		}
		if thing {
			continue
		}
		place := withoutIndices(v.Key)
		for _, i := range people {
			if i != meant {
				others = append(others, pointer{i, place, v})
				continue
			}
			oursAt[place] = true
			ours = ours || !relationKey.MatchString(lastName(place)) && !notGivenKey.MatchString(lastName(place))
		}
	}
	for _, o := range others {
		if !ours || oursAt[o.place] {
			key := strings.ToValidUTF8(o.value.Key[max(0, len(o.value.Key)-mostName):], "")
			return fmt.Sprintf("may name %s, by %s=%q", p.roster.describe(o.person), key, shownValue(key, o.value.Text))
		}
	}
	return ""
}

// mostOthers bounds how many values are looked at that may name somebody else.
const mostOthers = 200

var (
	// personWord is a word for somebody in the name of a value. It counts where it is the last before an "id".
	personWord = regexp.MustCompile(`(?i)^(usr|users?|members?|persons?|people|emp|employees?|staff|workers?|colleagues?|contacts?|principals?|assignees?|` +
		`holders?|grantees?|logins?|usernames?|uids?|guids?|uuids?|who|whom|targets?|subjects?)$`)
	// idWord is a word for what something is called, or for a value of it.
	idWord = regexp.MustCompile(`(?i)^(ids?|no|nos|nr|num|numbers?|keys?|codes?|refs?|values?|val|data|in|eq|pk|name)$`)
	// countWord is one for where something is in a list, how much there is of it, when it is, or what kind it is of.
	countWord = regexp.MustCompile(`(?i)^(pages?|per|perpage|pagesize|pageno|pagenumber|pageindex|startrow|endrow|rowcount|sizes?|limit|max|min|offset|skip|` +
		`take|top|start|end|first|last|current|counts?|total|length|draw|index|position|order|sort|step|lines?|cols?|columns?|rows|` +
		`version|ver|vsn|rev|revision|seq|sequence|serial|build|status(es)?|states?|types?|kinds?|levels?|modes?|priority|rank|boost|` +
		`lang|language|locale|currency|country|gender|zone|timezone|tz|gmt|utc|time|timestamp|date|day|days|week|month|year|hours?|minutes?|seconds?|ms|` +
		`duration|timeout|interval|delay|ttl|expires|expiry|age|retry|retries|attempts?|` +
		`width|height|left|depth|zoom|scale|dpr|tab|percent|progress|score|amount|price|quantity|qty)$`)
	// thingWord is one for something that has a number and is no person.
	thingWord = regexp.MustCompile(`(?i)^(roles?|teams?|groups?|departments?|compan(y|ies)|orgs?|organi[sz]ations?|tenants?|workspaces?|` +
		`projects?|permissions?|privileges?|polic(y|ies)|locations?|address(es)?|office|branch|devices?|sessions?|modules?|menus?|` +
		`messages?|events?|comments?|notes?|tasks?|workflows?|channels?|scopes?|features?|licen[cs]es?|plans?|seats?|forms?|` +
		`templates?|fields?|views?|screens?|theme|categor(y|ies)|tags?|options?|questions?|answers?|rules?|sites?|regions?|stores?|` +
		`clients?|products?|invoices?|bills?|orders|tickets?|vendors?|customers?|reasons?|errors?|titles?|apps?|applications?|` +
		`divisions?|units?|cent(er|re)s?|jobs?|domains?|realms?|environments?|reports?|lists?|folders?|windows?|grids?|instances?|` +
		`requests?|nonce|rand|filters?|criteria|conditions?|search|query|q|terms?|keywords?)$`)
	// flagWord is one in the name of a yes or a no: 0 and 1 are no ids there.
	flagWord = regexp.MustCompile(`(?i)^(is|has|can|with|allow|enabled|disabled|active|inactive|checked|subscribed|locked|notify|send|` +
		`confirm|confirmed|force|silent|ok|yes|submit|commit|save|keep|accept|agree|debug|verbose|batch|v|ajax|json|remember|mfa|` +
		`factor|flags?|all|include|async|recursive|pretty|raw|cache|archived|hidden|visible|asc|desc|refresh|reload|init|sso)$`)
)

var (
	// relationWord ends a name for somebody in some relation to what stands before it: orderOwner, lastSelected.
	relationWord = regexp.MustCompile(`^(selected|chosen|owner)$`)
	// towardsWord does so where no count or thing stands first: sendTo, not sortBy.
	towardsWord = regexp.MustCompile(`^(of|for|by|to|from)$`)
	// rowsWord is a name for a list of what is chosen, by ids.
	rowsWord = regexp.MustCompile(`^(rows|lines)$`)
)

// ofThing says that the name of a value says that it is no person. The last part of the name decides; if that part is an id
// or a number, the part before it does: group.id. flag says that the value is a yes or a no, which nothing in a list is.
func ofThing(key string, flag bool) bool {
	key = dotted(key[max(0, len(key)-mostKey):])
	_, end := cutLast(key)
	listed := number.MatchString(end)
	parts := keyParts(key)
	for at := len(parts) - 1; at >= 0; at-- {
		all := wordsOf(strings.TrimRight(parts[at][max(0, len(parts[at])-mostName):], "0123456789"))
		words := all
		for len(words) > 0 && idWord.MatchString(words[len(words)-1]) {
			words = words[:len(words)-1]
		}
		if len(words) == 0 {
			continue
		}
		first, last := all[0], words[len(words)-1]
		switch {
		case personWord.MatchString(last), relationWord.MatchString(last), listed && rowsWord.MatchString(last):
			return false
		case flag && !listed && slices.ContainsFunc(words, flagWord.MatchString), thingWord.MatchString(last):
			return true
		case towardsWord.MatchString(last):
			return countWord.MatchString(first) || thingWord.MatchString(first)
		}
		return countWord.MatchString(last) || countWord.MatchString(first)
	}
	return false
}

// mostName bounds how much of a name is taken apart, in bytes: its end.
const mostName = 100

var (
	lists = regexp.MustCompile(`[\s,;|]+`)
	// enclosed is an id behind somebody's name: Ann Lee (4711).
	enclosed = regexp.MustCompile(`^[(\[<#].*\d[)\]>]?$`)
	// prefixed is one behind a word for somebody: u5, emp-4712, EMP4712.
	prefixed = regexp.MustCompile(`(?i)^(?:u|usr|user|emp|employee|member|person|staff|id)[_\-]?0*(\d+)$`)
)

// mostReference bounds the length of a value that may refer to somebody by a short id, in bytes.
const mostReference = 200

// refersTo lists the people to whom a value refers by a short id: 5, 005, 5.0, #5, u5, user:5, /users/5/status, Users(5), 5:off,
// or a list of these; or to whom its name does: u5=off.
func (r *roster) refersTo(v automation.Value) (out []int) {
	if m := prefixed.FindStringSubmatch(lastOf(keyParts(v.Key))); m != nil {
		if i, ok := r.short(m[1]); ok {
			out = append(out, i)
		}
	}
	text := strings.TrimSpace(v.Text)
	if text == "" { // /off?5
		text = v.Key
	}
	if text == "" || len(text) > mostReference {
		return out
	}
	if plain, err := url.QueryUnescape(text); err == nil && strings.Contains(text, "%") {
		text = plain
	}
	if plain, ok := decoded(text); ok {
		text += "," + strings.TrimSpace(plain)
	}
	parts := lists.Split(text, -1)
	prose := strings.ContainsFunc(text, unicode.IsSpace) && strings.ContainsFunc(text, unicode.IsLetter)
	if prose && len(parts) == 2 { // deactivate 5
		parts = append(parts, text)
	}
	for _, part := range parts {
		if i, ok := r.reference(part); ok && (!prose || part == text || enclosed.MatchString(part)) {
			out = append(out, i)
		}
	}
	return out
}

// reference finds the person to whom one of a list of values refers.
func (r *roster) reference(text string) (int, bool) {
	if m := prefixed.FindStringSubmatch(text); m != nil {
		return r.short(m[1])
	}
	if whole, _, found := strings.Cut(text, ".0"); found && number.MatchString(whole) && strings.Trim(text[len(whole):], ".0") == "" {
		return r.short(whole)
	}
	pieces := strings.FieldsFunc(text, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
	if len(pieces) == 1 {
		return r.short(pieces[0])
	}
	for at, piece := range pieces {
		i, ok := r.short(piece)
		behind := at > 0 && personWord.MatchString(pieces[at-1])
		if ok && (behind || len(pieces) == 2 && mayName(pieces[1-at])) {
			return i, true
		}
	}
	return 0, false
}

// mayName says that a word beside a short id does not make it a number, a count or a thing's.
func mayName(word string) bool {
	return !number.MatchString(word) && !countWord.MatchString(word) && !thingWord.MatchString(word)
}

// short finds a person by a short id, whatever zeros stand before it. A long one counts under every name already.
func (r *roster) short(id string) (int, bool) {
	if len(id) >= shortID && !number.MatchString(id) || len(id) > mostDigits {
		return 0, false
	}
	if i, ok := r.ids[id]; ok {
		return i, true
	}
	bare := strings.TrimLeft(id, "0")
	if bare == id || !number.MatchString(id) {
		return 0, false
	}
	i, ok := r.ids[bare]
	return i, ok
}
