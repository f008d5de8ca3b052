package flows

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/billagent/billagent/automation"
)

var (
	// roleKey is a name for the role that a person is to have: role, roleId, role_name, userRole, newRole, roles,
	// profileId.
	roleKey = regexp.MustCompile(`(?i)^((user|new|selected|member)?[_\-]?roles?[_\-]?(id|name|key|code|type|value|label)?s?|(profile|permission|access)[_\-]?(id|ids|name|level|set|group))$`)
	// ofRole is a name, within an object that is called so, for what the role is.
	ofRole = regexp.MustCompile(`(?i)^(|id|name|key|code|type|value|label|title|slug)$`)
	// between are the signs at which names of values are put together: user[role], roles.0.name.
	between = regexp.MustCompile(`[.\[\]]+`)
)

var (
	// argument is a name with its value, or a list of them, in the text of a GraphQL mutation: $role: Role declares a variable,
	// and role: id is another name for a field.
	argument = regexp.MustCompile(`(?:^|[^$\w])(\w+)\s*:\s*(\[[^\[\]{}]*\]?|` + literal + `)`)
	element  = regexp.MustCompile(literal)
	// filter is what a path of SCIM (RFC 7644, 3.5.2) has of what it is about: roles[primary eq true].value
	filter = regexp.MustCompile(`\[[^\]]*\]`)
)

// literal is a value in the text of a GraphQL mutation: a text, a word of an enumeration, a number, true or false.
const literal = `"(?:[^"\\]|\\.)*"|\b(?:[A-Z]\w*|\d+|true|false)\b`

// carried are the values of a request, with those in the text of a GraphQL mutation and those of a JSON Patch (RFC 6902)
// or of SCIM's under the names that its paths give them.
func carried(q automation.Request) []automation.Value {
	all := append(q.Query(), q.Values()...)
	for _, v := range all {
		if strings.Contains(v.Text, "mutation") {
			for _, m := range argument.FindAllStringSubmatch(v.Text, -1) {
				for _, text := range element.FindAllString(m[2], -1) {
					all = append(all, automation.Value{Key: m[1], Text: strings.Trim(text, `"`)})
				}
			}
		}
		if before, isPath := strings.CutSuffix(v.Key, "path"); isPath {
			all = append(all, patched(all, before, v.Text)...)
		}
	}
	return all
}

// patched are the values of an operation of a patch, by its path.
func patched(all []automation.Value, before, path string) []automation.Value {
	isOperation := func(v automation.Value) bool { return v.Key == before+"op" }
	if !strings.HasPrefix(path, "/") && !slices.ContainsFunc(all, isOperation) {
		return nil
	}
	path = strings.TrimSuffix(strings.Trim(filter.ReplaceAllString(path, ""), "/"), "/-")
	path = path[strings.LastIndex(path, ":")+1:] // behind the URN of a schema
	var out []automation.Value
	for _, v := range all {
		if rest, ok := strings.CutPrefix(v.Key, before+"value"); ok && (rest == "" || rest[0] == '.') {
			v.Key = strings.ReplaceAll(path, "/", ".") + rest
			out = append(out, v)
		}
	}
	return out
}

// rolesIn lists the values of a request that give a role, wherever they stand: in the query, a header, a form, JSON, a
// JSON Patch, or the text of a GraphQL mutation.
func rolesIn(q automation.Request) []automation.Value {
	all := carried(q)
	for _, v := range q.Headers {
		all = append(all, automation.Value{Key: bareHeader(v.Key), Text: v.Text})
	}
	return slices.DeleteFunc(all, func(v automation.Value) bool {
		return v.Text == "" || v.Type == automation.Empty || !isRole(v.Key)
	})
}

// ofPerson are names for what else a person is to have, by input. A value stands for it only among what a request is
// about: manager.firstName is another's.
var ofPerson = map[string]*regexp.Regexp{
	"first_name": regexp.MustCompile(`(?i)^((new|user)[_\-]?)?(first|given)[_\-]?name$`),
	"last_name":  regexp.MustCompile(`(?i)^((new|user)[_\-]?)?((last|family)[_\-]?name|surname)$`),
	"time_zone":  regexp.MustCompile(`(?i)^(user)?[_\-]?time[_\-]?zone([_\-]?(id|name|key|code))?$`),
}

// givenIn lists the values of a request that give what an input is.
func givenIn(q automation.Request, input string) []automation.Value {
	if input == "role" {
		return rolesIn(q)
	}
	all := carried(q)
	if input == "time_zone" { // the query may tell the browser's own
		all = slices.DeleteFunc(all, func(v automation.Value) bool { return slices.Contains(q.Query(), v) })
	}
	return slices.DeleteFunc(all, func(v automation.Value) bool {
		name, own := ofSubject(v.Key)
		return v.Text == "" && input == "time_zone" || v.Type == automation.Empty || !own || !ofPerson[input].MatchString(name)
	})
}

// ofSubject is the name of a value without what it lies in. own says that it lies in nothing but what a request is about.
func ofSubject(key string) (name string, own bool) {
	parts := slices.DeleteFunc(between.Split(key, -1), func(s string) bool { return s == "" || number.MatchString(s) })
	last := len(parts) - 1
	if last < 0 {
		return "", false
	}
	return parts[last], !slices.ContainsFunc(parts[:last], func(s string) bool { return !wrapper.MatchString(s) && !partOfPerson.MatchString(s) })
}

// partOfPerson is a name for an object that holds something of a person, such as the name of SCIM (RFC 7643, 4.1.1).
var partOfPerson = regexp.MustCompile(`(?i)^(name|full[_\-]?name|profile|account|details|value)$`)

// isRole says that a key is the name of a role, or of what a role is within an object called so.
func isRole(key string) bool {
	parts := slices.DeleteFunc(between.Split(key, -1), func(s string) bool { return s == "" || number.MatchString(s) })
	for i, p := range parts {
		if !roleKey.MatchString(p) {
			continue
		}
		return i == len(parts)-1 || i == len(parts)-2 && ofRole.MatchString(parts[i+1])
	}
	return false
}

// sameWord compares the words of a role with what is sent for it, such as Accounts Payable with ACCOUNTS_PAYABLE.
func sameWord(a, b string) bool {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return -1
			}
			return unicode.ToLower(r)
		}, s)
	}
	return a == b || bare(a) != "" && bare(a) == bare(b)
}
