package flows

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/billagent/billagent/automation"
)

// collections is a name for several that are no people: a number within is not the id of one.
var collections = regexp.MustCompile(`(?i)^(\w+[_\-])?(roles|groups|teams|permissions|policies|projects|departments|companies|organi[sz]ations|tenants|devices|` +
	`sessions|addresses|locations|features|flags|tasks|messages|phones)$`)

// peopleKeys are the names in the keys of values that may be people: {"006…": {"active": false}}. Those that count from 0,
// as the indices of a list, and the numbers of things are left out.
func peopleKeys(values []automation.Value) map[string]string {
	type numbers struct {
		seen map[string]bool
		most int
	}
	runs := map[string]*numbers{}
	each := func(key string, do func(before, name string)) {
		before := ""
		for name := range strings.FieldsFuncSeq(key, func(c rune) bool { return c == '.' || c == '[' || c == ']' }) {
			do(before, name)
			before += "." + name
			if len(before) > mostKey {
				return
			}
		}
	}
	for _, v := range values {
		each(v.Key, func(before, name string) {
			if n, err := strconv.Atoi(name); err == nil {
				if runs[before] == nil {
					runs[before] = &numbers{seen: map[string]bool{}}
				}
				runs[before].seen[name] = true
				runs[before].most = max(runs[before].most, n)
			}
		})
	}
	out := map[string]string{}
	for _, v := range values {
		if _, done := out[v.Key]; done {
			continue
		}
		var names []string
		each(v.Key, func(before, name string) {
			if n := runs[before]; number.MatchString(name) && (n != nil && n.most == len(n.seen)-1 || collections.MatchString(lastName(before))) {
				return
			}
			names = append(names, name)
		})
		out[v.Key] = strings.Join(names, " ")
	}
	return out
}

// serialNumbers are the keys of ids that number a call of JSON-RPC, a request of a batch, which has a method and an address,
// or a message between the two ends of a channel (Bayeux).
func serialNumbers(values []automation.Value) map[string]bool {
	has := map[string]map[string]bool{}
	meta := map[string]bool{} // whether it says a channel of the protocol's own
	for _, v := range values {
		before, last := cutLast(v.Key)
		if has[before] == nil {
			has[before] = map[string]bool{}
		}
		has[before][last] = true
		meta[before] = meta[before] || last == "channel" && strings.HasPrefix(v.Text, "/meta/")
	}
	out := map[string]bool{}
	for _, v := range values {
		before, last := cutLast(v.Key)
		of := has[before]
		call := of["method"] && (of["jsonrpc"] || of["url"]) ||
			meta[before] && (before == "" || number.MatchString(lastName(before)))
		if last == "id" && number.MatchString(v.Text) && len(v.Text) < shortID && call {
			out[v.Key] = true
		}
	}
	return out
}

// mostKey bounds how much of a key is looked at, in bytes.
const mostKey = 1000
