package flows

import (
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
)

var (
	// between are the signs at which names of values are put together: user[role], roles.0.name.
	between = regexp.MustCompile(`[.\[\]]+`)
	// filter is what a path of SCIM (RFC 7644, 3.5.2) has of what it is about: roles[primary eq true].value
	// urn is what stands before a name of a schema of SCIM: urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:role
	urn    = regexp.MustCompile(`urn:[\w:.\-]*:\d\.\d:\w+:?`)
	filter = regexp.MustCompile(`\[[^\]]*\]`)
	// partOfPerson is a name for an object that holds something of a person, such as the name of SCIM (RFC 7643, 4.1.1).
	partOfPerson = regexp.MustCompile(`(?i)^(name|full[_\-]?name|profile|account|details|value|credentials|\w+[_\-]attributes)$`)
	// anotherTime is a name for what was, or may be, or is looked for, and is not given.
	anotherTime = regexp.MustCompile(`(?i)filter|search|orig|^old|prev|prior|histor|inherit|required|default|available|option|^query$`)
	// takenKey is a name for whether one of several things that are on offer is given.
	takenKey = regexp.MustCompile(`(?i)^(is[_\-]?)?(assigned|selected|checked|enabled|granted|active|member|on)$`)
)

// carried are the values of a request: its query's and those that are sent.
func carried(q automation.Request) []automation.Value { return append(q.Query(), sent(q)...) }

// sent are the values of a request's body, with those in the text of a GraphQL mutation, those of a JSON Patch (RFC 6902)
// or of SCIM's under the names that its paths give them, and those of its headers. What is on offer and not taken is left
// out.
func sent(q automation.Request) []automation.Value {
	all := q.Values()
	all = append(all, mutationsIn(all).arguments...)
	all = append(all, patched(all)...)
	left := map[string]bool{}
	for _, v := range all {
		before, name := cutLast(v.Key)
		if takenKey.MatchString(name) && no.MatchString(v.Text) && number.MatchString(lastName(before)) && roleKey.MatchString(lastOf(keyParts(before))) {
			left[before] = true // one of a list of roles
		}
	}
	if len(left) > 0 {
		all = slices.DeleteFunc(all, func(v automation.Value) bool {
			before, _ := cutLast(v.Key)
			return left[before]
		})
	}
	for _, v := range q.Headers {
		all = append(all, automation.Value{Key: bareHeader(v.Key), Text: v.Text})
	}
	return all
}

// cutLast takes a path apart before its last name.
func cutLast(key string) (before, last string) {
	at := strings.LastIndexByte(key, '.')
	return key[:max(at, 0)], key[at+1:]
}

// operation is one operation of a patch.
type operation struct {
	path, op string
	is       bool
	values   []automation.Value // what it gives, by what stands behind "value" in their keys
}

// patched are the values of the operations of patches, by their paths.
func patched(all []automation.Value) (out []automation.Value) {
	operations := map[string]*operation{}
	of := func(before string) *operation {
		if operations[before] == nil {
			operations[before] = &operation{}
		}
		return operations[before]
	}
	for _, v := range all {
		before, last := cutLast(v.Key)
		switch {
		case last == "path":
			of(before).path = v.Text
		case last == "op":
			of(before).op, of(before).is = v.Text, true
		}
		if at := strings.Index("."+v.Key+".", ".value."); at >= 0 {
			before, v.Key = strings.Trim(v.Key[:max(at-1, 0)], "."), strings.TrimPrefix(v.Key[min(at+len("value"), len(v.Key)):], ".")
			of(before).values = append(of(before).values, v)
		}
	}
	for _, o := range operations {
		if o.path == "" || !strings.HasPrefix(o.path, "/") && !o.is || o.op == "test" {
			continue
		}
		path := strings.TrimSuffix(strings.Trim(filter.ReplaceAllString(o.path, ""), "/"), "/-")
		path = path[strings.LastIndex(path, ":")+1:] // behind the URN of a schema
		if strings.EqualFold(o.op, "remove") {
			out = append(out, automation.Value{Key: strings.ReplaceAll(path, "/", "."), Inner: true, Type: automation.Null})
		}
		for _, v := range o.values {
			v.Key, v.Inner = strings.Trim(strings.ReplaceAll(path, "/", ".")+"."+v.Key, "."), true
			out = append(out, v)
		}
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
