package flows

import (
	"iter"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
)

var (
	// between are the signs at which names of values are put together: user[role], roles.0.name.
	between = regexp.MustCompile(`[.\[\]]+`)
	// urn is a name of a schema of SCIM before what is its own: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:role.
	urn = regexp.MustCompile(`urn:[\w:.\-]*:\d\.\d:\w+:?`)
	// filter is what a path of SCIM (RFC 7644, 3.5.2) has of what it is about: roles[primary eq true].value.
	filter = regexp.MustCompile(`\[[^\]]*\]`)
	// partOfPerson is a name for an object that holds something of a person, such as the name of SCIM (RFC 7643, 4.1.1).
	partOfPerson = regexp.MustCompile(`(?i)^(name|full[_\-]?name|profile|account|details|value|credentials|\w+[_\-]attributes)$`)
	// notGivenKey is a name for a value of before, on offer or looked for, which a request does not give anybody.
	notGivenKey = regexp.MustCompile(`(?i)filter|search|^orig|^old|prev|prior|histor|inherit|required|available|.options?$`)
	// takenKey is a name for whether one of several things that are on offer is given.
	takenKey = regexp.MustCompile(`(?i)^(is[_\-]?)?(assigned|selected|checked|enabled|granted|active|member|on)$`)
)

// carried are the values of a request: its query's and those that are sent.
func carried(q automation.Request) []automation.Value { return append(q.Query(), sent(q)...) }

// sent are the values of a request's body, with those in the text of a GraphQL mutation, those of a JSON Patch (RFC 6902)
// or of SCIM's under the names that its paths give them, and those of its headers. Roles that are on offer, and are not
// taken, are left out.
func sent(q automation.Request) []automation.Value {
	all := q.Values()
	all = append(all, mutationsIn(q).arguments...)
	all = append(all, patched(all)...)
	all = withoutOffers(all)
	for _, v := range q.Headers {
		all = append(all, automation.Value{Key: bareHeader(v.Key), Text: v.Text})
	}
	return all
}

// withoutOffers leaves out the roles of a list of which each says whether somebody has it, and that say no.
func withoutOffers(all []automation.Value) []automation.Value {
	says := map[string]bool{} // by the place of a role: whether it is taken
	for _, v := range all {
		before, name := cutLast(dotted(v.Key))
		listed := number.MatchString(lastName(before)) && roleKey.MatchString(lastOf(keyParts(before)))
		if listed && takenKey.MatchString(name) && (yes.MatchString(v.Text) || no.MatchString(v.Text)) {
			says[before] = says[before] || yes.MatchString(v.Text)
		}
	}
	if len(says) == 0 {
		return all
	}
	return slices.DeleteFunc(all, func(v automation.Value) bool {
		before, _ := cutLast(dotted(v.Key))
		taken, said := says[before]
		return said && !taken
	})
}

// dotted is a key of a form as one of JSON: user[roles][0] is user.roles.0.
func dotted(key string) string {
	if !strings.ContainsAny(key, "[]") {
		return key
	}
	return strings.Join(strings.FieldsFunc(key, func(c rune) bool { return c == '.' || c == '[' || c == ']' }), ".")
}

// cutLast takes a path apart before its last name.
func cutLast(key string) (before, last string) {
	at := strings.LastIndexByte(key, '.')
	return key[:max(at, 0)], key[at+1:]
}

// patchOperation is one operation of a patch.
type patchOperation struct {
	path, op string
	is       bool
	values   []automation.Value // what it gives, under the rest of their keys
}

// patched are the values of the operations of patches, by their paths.
func patched(all []automation.Value) (out []automation.Value) {
	var order []string
	operations := map[string]*patchOperation{}
	of := func(before string) *patchOperation {
		if operations[before] == nil {
			order, operations[before] = append(order, before), &patchOperation{}
		}
		return operations[before]
	}
	for _, v := range all {
		before, last := cutLast(v.Key)
		switch last {
		case "path":
			of(before).path = v.Text
		case "op":
			of(before).op, of(before).is = v.Text, true
		}
	}
	for _, v := range all {
		for before, rest := range cutsAtValue(v.Key) {
			if o := operations[before]; o != nil {
				v.Key = rest
				o.values = append(o.values, v)
			}
		}
	}
	for _, before := range order {
		out = append(out, operations[before].given()...)
	}
	return out
}

// cutsAtValue yields what stands before and behind each "value" of a key.
func cutsAtValue(key string) iter.Seq2[string, string] {
	return func(yield func(before, rest string) bool) {
		for at := 0; at < min(len(key), mostKey); at++ {
			end := at + len("value")
			whole := strings.HasPrefix(key[at:], "value") && (at == 0 || key[at-1] == '.') && (end == len(key) || key[end] == '.')
			if whole && !yield(strings.TrimSuffix(key[:at], "."), strings.TrimPrefix(key[end:], ".")) {
				return
			}
		}
	}
}

// given are the values that an operation gives, by its path.
func (o *patchOperation) given() (out []automation.Value) {
	if o.path == "" || !strings.HasPrefix(o.path, "/") && !o.is || o.op == "test" {
		return nil
	}
	path := strings.TrimSuffix(strings.Trim(filter.ReplaceAllString(o.path, ""), "/"), "/-")
	path = strings.ReplaceAll(path[strings.LastIndex(path, ":")+1:], "/", ".") // behind the URN of a schema
	if strings.EqualFold(o.op, "remove") {
		out = append(out, automation.Value{Key: path, Inner: true, Type: automation.Null})
	}
	for _, v := range o.values {
		v.Key, v.Inner = strings.TrimSuffix(path+"."+v.Key, "."), true
		out = append(out, v)
	}
	return out
}

// keyParts are the names that a key is put together of, without indices.
func keyParts(key string) []string {
	if strings.Contains(key, "urn:") {
		key = urn.ReplaceAllString(key, "user.")
	}
	return slices.DeleteFunc(between.Split(key, -1), func(s string) bool { return s == "" || number.MatchString(s) })
}

// ofSubject is the name of a value without what it lies in. own says that it lies in nothing but what a request is about.
func ofSubject(key string) (name string, own bool) { return ofSubjectOr(keyParts(key), partOfPerson) }

// ofSubjectOr is ofSubject, where it may lie in something else, too.
func ofSubjectOr(parts []string, may *regexp.Regexp) (name string, own bool) {
	last := len(parts) - 1
	if last < 0 {
		return "", true
	}
	other := func(s string) bool {
		return !wrapper.MatchString(s) && !partOfPerson.MatchString(s) && !may.MatchString(s)
	}
	return parts[last], !slices.ContainsFunc(parts[:last], other)
}

// outer are the names of a key without what something is called within itself: role.name, status.code.
func outer(parts []string, of *regexp.Regexp) []string {
	last := len(parts) - 1
	switch {
	case last > 0 && of.MatchString(parts[last-1]) && ofRole.MatchString(parts[last]):
		return parts[:last]
	case last > 1 && of.MatchString(parts[last-2]) && parts[last-1] == "data" && ofRole.MatchString(parts[last]): // of JSON:API
		return parts[:last-1]
	}
	return parts
}
