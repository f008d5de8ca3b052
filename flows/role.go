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

// rolesIn lists the values of a request that give a role, wherever they stand: in the query, a form, JSON, or a
// JSON Patch (RFC 6902), whose path names what its value is for.
func rolesIn(q automation.Request) []automation.Value {
	all := append(q.Query(), q.Values()...)
	patched := map[string]bool{} // what stands before "value" in a key
	for _, v := range all {
		if before, ok := strings.CutSuffix(v.Key, "path"); ok && isRole(strings.ReplaceAll(strings.Trim(v.Text, "/"), "/", ".")) {
			patched[before] = true
		}
	}
	return slices.DeleteFunc(all, func(v automation.Value) bool {
		before, isValue := strings.CutSuffix(v.Key, "value")
		return v.Text == "" || v.Type == automation.Empty || !isRole(v.Key) && !(isValue && patched[before])
	})
}

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
