package flows

import (
	"strconv"
	"strings"

	"github.com/billagent/billagent/automation"
)

// peopleKeys are the names in the keys of values that may be people: {"006…": {"active": false}}. The indices of a list,
// and the numbers of what is no people, are none.
func peopleKeys(values []automation.Value) map[string]string {
	type numbers struct {
		seen map[string]bool
		most int
	}
	below := map[string]*numbers{}
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
				if below[before] == nil {
					below[before] = &numbers{seen: map[string]bool{}}
				}
				below[before].seen[name] = true
				below[before].most = max(below[before].most, n)
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
			if n := below[before]; number.MatchString(name) && (n != nil && n.most == len(n.seen)-1 || !wrapper.MatchString(lastName(before))) {
				return
			}
			names = append(names, name)
		})
		out[v.Key] = strings.Join(names, " ")
	}
	return out
}

// serialNumbers are the keys of what numbers a call of JSON-RPC, or a request of a batch.
func serialNumbers(values []automation.Value) map[string]bool {
	out := map[string]bool{}
	for _, v := range values {
		if before, last := cutLast(v.Key); last == "jsonrpc" || last == "url" {
			out[strings.TrimPrefix(before+".id", ".")] = true
		}
	}
	return out
}

// mostKey bounds how much of a key is looked at, in bytes.
const mostKey = 1000
