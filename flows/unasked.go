package flows

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"golang.org/x/text/unicode/norm"
)

// A page may send more of a person along than what was asked for, such as all that its form has. What it gives then must
// be what the list shows of them: a form that fills itself again would store another role with their new name. Values are
// judged by words that the list shows for others. What is none of these may be the console's own, and is let through.

// unasked says of a request about the person that it gives them something that nobody has asked for, empty if nothing.
func (p *policy) unasked(q automation.Request) string {
	if p.roster.people == nil {
		return ""
	}
	for _, why := range []string{
		p.otherRole(q, every), p.noRole(q), p.otherAddress(q, every), p.otherName(q), p.otherWholeName(q), p.otherStatus(q), p.otherVerb(q),
	} {
		if why != "" {
			return why
		}
	}
	return ""
}

// every key of a request is looked at.
func every(string) bool { return true }

// sent are the values of a request's body, and of its headers.
func sent(q automation.Request) []automation.Value {
	query := q.Query()
	all := slices.DeleteFunc(carried(q), func(v automation.Value) bool { return slices.Contains(query, v) })
	for _, v := range q.Headers {
		all = append(all, automation.Value{Key: bareHeader(v.Key), Text: v.Text})
	}
	return all
}

// notRole is a name for what may have the same word as a role, and is none.
var notRole = regexp.MustCompile(`(?i)type|commit|submit|button|action|section|title|notif|option|available|filter|old|prev|prior|current|` +
	`from|by$|sort|column|field|label|department|group|team|tag`)

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
		key, words := wordsOfRole(v)
		name, own := ofSubject(outer(key, roleKey))
		another := !isRole(key) && (notRole.MatchString(name) || slices.Contains(slices.Collect(maps.Values(p.values)), v.Text))
		if own && !another && looked(v.Key) && slices.ContainsFunc(words, wrong) {
			return fmt.Sprintf("gives the role %s=%q, which was not asked for", v.Key, shownValue(v.Key, v.Text))
		}
	}
	return ""
}

// apart are the signs that stand between several roles in one value.
var apart = regexp.MustCompile(`\s*[;,|]\s*`)

// wordsOfRole are the words that a value may give a role by, with the name that they stand under: {"roles": "Clerk;Payer"},
// {"roles": {"Clerk": true}}.
func wordsOfRole(v automation.Value) (key string, words []string) {
	if before, last := outer(v.Key, roleKey), lastName(v.Key); before == v.Key && strings.Contains(before, ".") {
		before = strings.TrimSuffix(before, "."+last)
		if isRole(before) && !number.MatchString(last) {
			if yes.MatchString(v.Text) {
				return before, []string{last}
			}
			return v.Key, nil
		}
	}
	if words = []string{v.Text}; isRole(v.Key) {
		words = append(words, apart.Split(v.Text, -1)...)
	}
	return v.Key, words
}

// inRolePath are the roles that an address names, as in PUT /users/7/roles/Payer. One that is deleted is taken away.
func inRolePath(q automation.Request) []automation.Value {
	var out []automation.Value
	parts := strings.Split(q.Path(), "/")
	for i, part := range parts[1:] {
		if q.Method != "DELETE" && roleKey.MatchString(parts[i]) {
			out = append(out, automation.Value{Key: parts[i], Text: part})
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
		switch _, own := ofSubject(outer(v.Key, roleKey)); {
		case !own || !isRole(v.Key):
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

// outer is the key of a role, or of a status, without what it is called within it, as in role.name.
func outer(key string, of *regexp.Regexp) string {
	parts := between.Split(key, -1)
	if last := len(parts) - 1; last > 0 && of.MatchString(parts[last-1]) && ofRole.MatchString(parts[last]) {
		return strings.Join(parts[:last], ".")
	}
	return key
}

// mailKey is a name for the address by which somebody signs in.
var mailKey = regexp.MustCompile(`(?i)^(user|member|new|primary|work|login)?[_\-]?(e?-?mails?([_\-]?address(es)?)?|login|user_?name)$`)

// otherAddress says that the person is given another address, by which somebody else could sign in.
func (p *policy) otherAddress(q automation.Request, looked func(key string) bool) string {
	for _, v := range sent(q) {
		name, own := ofSubject(v.Key)
		text := selectors.FoldCase(strings.TrimSpace(v.Text))
		ours := text == selectors.FoldCase(p.roster.people.Meant.Email) || text == selectors.FoldCase(p.roster.people.Self)
		if own && looked(v.Key) && mailKey.MatchString(name) && wholeAddress.MatchString(text) && !ours {
			return fmt.Sprintf("gives the address %s=%q, which was not asked for", v.Key, shownValue(v.Key, v.Text))
		}
	}
	return ""
}

// otherName says that a name is given that the list shows for somebody else, and no part of which is the person's.
func (p *policy) otherName(q automation.Request) string {
	words := strings.Fields(foldName(p.values[nowHas+"first_name"] + " " + p.values[nowHas+"last_name"]))
	for _, input := range []string{"first_name", "last_name"} {
		if p.values[input] != "" || len(words) == 0 {
			continue
		}
		for _, v := range givenIn(q, input) {
			part := foldName(v.Text)
			theirs := func(o automation.Person) bool { // "Ann Lee" and "Lee, Ann"
				return part != "" && len(o.Names) == 2 &&
					(input == "first_name" && strings.HasPrefix(foldName(o.Names[0]), part+" ") || input == "last_name" && strings.HasPrefix(foldName(o.Names[1]), part+","))
			}
			if !slices.ContainsFunc(strings.Fields(part), func(w string) bool { return slices.Contains(words, w) }) &&
				slices.ContainsFunc(p.roster.people.Others, theirs) {
				return fmt.Sprintf("gives the name %s=%q, which is somebody else's", v.Key, shownValue(v.Key, v.Text))
			}
		}
	}
	return ""
}

func foldName(s string) string {
	return selectors.FoldCase(norm.NFC.String(strings.Join(strings.Fields(s), " ")))
}

// wholeNameKey is a name for the names of a person in one.
var wholeNameKey = regexp.MustCompile(`(?i)^((user|member|full|display|whole)[_\-]?)*name$|^formatted$`)

// otherWholeName says that the person is given all the names that the list shows for somebody else.
func (p *policy) otherWholeName(q automation.Request) string {
	ours := append(slices.Clone(p.roster.people.Meant.Names), p.values["first_name"]+" "+p.values["last_name"])
	for _, v := range sent(q) {
		is := func(name string) bool { return foldName(name) == foldName(v.Text) }
		theirs := func(o automation.Person) bool { return slices.ContainsFunc(o.Names, is) }
		name, own := ofSubject(v.Key)
		if own && wholeNameKey.MatchString(name) && !slices.ContainsFunc(ours, is) && slices.ContainsFunc(p.roster.people.Others, theirs) {
			return fmt.Sprintf("gives the name %s=%q, which is somebody else's", v.Key, shownValue(v.Key, v.Text))
		}
	}
	return ""
}

var (
	// onKey and offKey are names for whether somebody can sign in, and for whether not; stateKey is one for a word for it.
	onKey = regexp.MustCompile(`(?i)^((is|user|account|member|login|sign[_\-]?in|access)[_\-]?)*(active|enabled)$|` +
		`^can[_\-]?(log[_\-]?in|sign[_\-]?in|access)$|^(log[_\-]?in|sign[_\-]?in|access)[_\-]?allowed$`)
	offKey = regexp.MustCompile(`(?i)^((is|user|account|member|login|sign[_\-]?in|access)[_\-]?)*(inactive|disabled|deactivated|suspended|deleted|archived)$`)
	// offSinceKey is a name for when somebody was deactivated; nothing stands there for one who is active.
	offSinceKey = regexp.MustCompile(`(?i)^(disabled|deactivated|suspended|deleted|archived|terminated)[_\-]?(at|on|date|time)$`)
	stateKey    = regexp.MustCompile(`(?i)^(user|account|member)?[_\-]?(status|state)$`)
	yes         = regexp.MustCompile(`(?i)^(true|1|yes|y|on)$`)
	no          = regexp.MustCompile(`(?i)^(false|0|no|n|off)$`)
	isOn        = regexp.MustCompile(`(?i)^(active|enabled)$`)
	isOff       = regexp.MustCompile(`(?i)^(inactive|disabled|deactivated|suspended|deleted|terminated)$`)
)

const active, inactive = "active", "inactive" // the statuses of an app

// otherStatus says that somebody is deactivated, or reactivated, by a change that is to leave that as it is. Of a key that
// comes twice, as a check box does with what it means when it is off, nothing is known.
func (p *policy) otherStatus(q automation.Request) string {
	has, all := p.roster.people.Meant.Has["status"], sent(q)
	for _, v := range all {
		name, own := ofSubject(outer(v.Key, stateKey))
		twice := slices.ContainsFunc(all, func(o automation.Value) bool { return o.Key == v.Key && o.Text != v.Text })
		gives := p.states[selectors.FoldCase(strings.TrimSpace(v.Text))]
		switch {
		case !own || twice || strings.Contains(strings.ToLower(v.Key), "filter"):
			continue
		case onKey.MatchString(name) && yes.MatchString(v.Text), stateKey.MatchString(name) && isOn.MatchString(v.Text):
			gives = active
		case onKey.MatchString(name) && no.MatchString(v.Text), offKey.MatchString(name) && yes.MatchString(v.Text),
			stateKey.MatchString(name) && isOff.MatchString(v.Text), offSinceKey.MatchString(name) && v.Text != "":
			gives = inactive
		case offSinceKey.MatchString(name) && v.Type == automation.Null:
			gives = active
		case !stateKey.MatchString(name):
			continue
		}
		if gives == active && has == inactive || gives == inactive && has == active {
			return fmt.Sprintf("gives %s=%q, and the person is to stay %s", v.Key, shownValue(v.Key, v.Text), has)
		}
	}
	return ""
}

var (
	takes    = regexp.MustCompile(`(?i)^(de-?activate|suspend|disable|archive|delete|remove|destroy|terminate)(user|member|person|account)?s?$`)
	givesOn  = regexp.MustCompile(`(?i)^(re-?activate|activate|enable|restore|unsuspend)(user|member|person|account)?s?$`)
	mutation = regexp.MustCompile(`mutation\b[^{]*\{\s*(?:\w+\s*:\s*)?(\w+)`)
)

// otherVerb says that a change that is to leave the status as it is asks for another action, by the end of its address, by
// its method or by the name of a mutation.
func (p *policy) otherVerb(q automation.Request) string {
	has := p.roster.people.Meant.Has["status"]
	last := q.Path()[strings.LastIndex(q.Path(), "/")+1:]
	verbs := []string{last}
	for _, v := range q.Values() {
		if m := mutation.FindStringSubmatch(v.Text); m != nil {
			verbs = append(verbs, m[1])
		}
		if v.Key == "_method" && strings.EqualFold(v.Text, "DELETE") {
			verbs = append(verbs, "delete")
		}
	}
	if meant := p.roster.people.Meant; q.Method == "DELETE" && last != "" && (last == meant.ID || strings.EqualFold(last, meant.Email)) {
		verbs = append(verbs, "delete")
	}
	for _, verb := range verbs {
		if has == active && takes.MatchString(verb) || has == inactive && givesOn.MatchString(verb) {
			return fmt.Sprintf("asks to %s, and the person is to stay %s", verb, has)
		}
	}
	return ""
}
