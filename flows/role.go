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
	roleKey = regexp.MustCompile(`(?i)^((user|new|selected|member|custom)?[_\-]?roles?[_\-]?(id|name|key|code|type|value|label)?s?|(profile|permission|access)[_\-]?(id|ids|name|level|set|group))$`)
	// strictRoleKey is one for nothing else.
	strictRoleKey = regexp.MustCompile(`(?i)^(user|new|selected|member)?[_\-]?roles?[_\-]?(id|name|key|code|value)?s?$`)
	// ofRole is a name, within an object that is called so, for what the role is.
	ofRole = regexp.MustCompile(`(?i)^(|id|name|key|code|type|value|label|title|slug)$`)
	// ofAnother is a name for somebody else who may have a role, too.
	ofAnother = regexp.MustCompile(`(?i)[a-z_]by$|^(line[_\-]?)?manager$|^(supervisor|creat(or|er)|author|approver|owner)$`)
	// idOfRole is one for what a console calls it beside its name.
	idOfRole = regexp.MustCompile(`(?i)^(id|key|code|type|value|slug)$`)
)

// rolesIn lists the values of a request that give a role, wherever they stand: in the query, a header, a form, JSON, a
// JSON Patch, or the text of a GraphQL mutation.
func rolesIn(q automation.Request) []automation.Value {
	return slices.DeleteFunc(carried(q), func(v automation.Value) bool {
		parts := keyParts(v.Key)
		return v.Text == "" || v.Type == automation.Empty || !isRole(v.Key) || slices.ContainsFunc(parts, notGivenKey.MatchString) ||
			slices.ContainsFunc(parts[:len(parts)-1], ofAnother.MatchString)
	})
}

// otherThanRole lists the values of a request that give another role than one that is asked for. What a console calls it
// beside its name, in the same object, may be anything; so may be what need not be a role (a level of access), where a role
// is given.
func otherThanRole(q automation.Request, asked func(text string) bool) (out []automation.Value) {
	all := rolesIn(q)
	given, objects := false, map[string]bool{}
	for _, v := range all {
		if !asked(v.Text) || !strictRoleKey.MatchString(lastOf(outer(keyParts(v.Key), roleKey))) {
			continue
		}
		before, _ := cutLast(dotted(v.Key))
		given, objects[before] = true, true
	}
	for _, v := range all {
		parts := keyParts(v.Key)
		before, _ := cutLast(dotted(v.Key))
		within := len(outer(parts, roleKey)) < len(parts)
		switch {
		case asked(v.Text):
		case given && !strictRoleKey.MatchString(lastOf(outer(parts, roleKey))) && !adminWord.MatchString(v.Text):
		case within && idOfRole.MatchString(lastOf(parts)) && objects[before]:
		default:
			out = append(out, v)
		}
	}
	return out
}

func lastOf(parts []string) string {
	if len(parts) == 0 {
		return ""
	}
	return parts[len(parts)-1]
}

// ofPerson are names for what else a person is to have, by input. A value stands for it only among what a request is
// about: manager.firstName is another's.
var ofPerson = map[string]*regexp.Regexp{
	"first_name": regexp.MustCompile(`(?i)^(((new|user)[_\-]?)?(first|given|f)[_\-]?name|forename)$`),
	"last_name":  regexp.MustCompile(`(?i)^(((new|user)[_\-]?)?((last|family|l)[_\-]?name)|surname)$`),
	"time_zone":  regexp.MustCompile(`(?i)^(user)?[_\-]?time[_\-]?zone([_\-]?(id|name|key|code))?$`),
}

// givenIn lists the values of a request that give what an input is, other than a role.
func givenIn(q automation.Request, input string) []automation.Value {
	all := carried(q)
	if input == "time_zone" { // the query may tell the browser's own
		all = sent(q)
	}
	all = slices.DeleteFunc(all, func(v automation.Value) bool {
		name, own := ofSubject(v.Key)
		return v.Text == "" && input == "time_zone" || v.Type == automation.Empty || !own || !ofPerson[input].MatchString(name)
	})
	query := q.Query()
	filled := slices.ContainsFunc(all, func(v automation.Value) bool { return v.Text != "" && !slices.Contains(query, v) })
	return slices.DeleteFunc(all, func(v automation.Value) bool { // in a profile that is not filled in
		return v.Text == "" && filled && len(keyParts(v.Key)) > 1
	})
}

// isRole says that a key is the name of a role, or of what a role is within an object called so.
func isRole(key string) bool {
	parts := keyParts(key)
	for i, p := range parts {
		if roleKey.MatchString(p) && (i == len(parts)-1 || i == len(parts)-2 && ofRole.MatchString(parts[i+1])) {
			return true
		}
	}
	return false
}

// sameWord compares the words of a role with what is sent for it, such as Accounts Payable with ACCOUNTS_PAYABLE or
// ROLE_ACCOUNTS_PAYABLE.
func sameWord(a, b string) bool {
	bare := func(s string) string {
		return strings.Map(func(r rune) rune {
			if !unicode.IsLetter(r) && !unicode.IsDigit(r) {
				return -1
			}
			return unicode.ToLower(r)
		}, s)
	}
	a, b = strings.TrimPrefix(a, "ROLE_"), strings.TrimPrefix(b, "ROLE_")
	return a == b || bare(a) != "" && bare(a) == bare(b)
}
