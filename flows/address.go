package flows

import (
	"slices"
	"strings"

	"github.com/billagent/billagent/selectors"
)

// splitAddress is an e-mail of the roster in which a sign stands that parts addresses elsewhere, or that a form
// writes for a space: of o'neil+x@acme.example neither neil+x@acme.example nor x@acme.example is meant.
type splitAddress struct {
	email  string // ASCII letters folded
	person int
}

// parting are the signs that part addresses, with the plus sign of forms.
const parting = "+'’&=/?:;,()\"\\<>"

// splitAddresses collects them, the longest first: one may stand in another.
func (r *roster) splitAddresses() {
	for email, i := range r.emails {
		if strings.ContainsAny(email, parting) {
			r.split = append(r.split, splitAddress{email, i})
		}
	}
	slices.SortFunc(r.split, func(a, b splitAddress) int {
		if d := len(b.email) - len(a.email); d != 0 {
			return d
		}
		return strings.Compare(a.email, b.email)
	})
}

// without notes whose address of that kind a text holds, and returns the text with spaces in its place.
func (r *roster) without(text string, seen map[int]bool) string {
	if len(r.split) == 0 || !strings.Contains(text, "@") {
		return text
	}
	folded := selectors.FoldCase(text) // as long as the text: only ASCII letters differ
	for _, a := range r.split {
		for from := 0; ; {
			at := strings.Index(folded[from:], a.email)
			if at < 0 {
				break
			}
			begin, end := from+at, from+at+len(a.email)
			from = end
			if !whole(folded, begin, end) {
				continue
			}
			seen[a.person] = true
			blank := strings.Repeat(" ", len(a.email))
			folded = folded[:begin] + blank + folded[end:]
			text = text[:begin] + blank + text[end:]
		}
	}
	return text
}

// whole says that what stands in a text is a whole address: it is not the end of a longer local part, nor the
// beginning of a longer domain.
func whole(text string, begin, end int) bool {
	if begin > 0 && (letterOrDigit(text[begin-1]) || strings.IndexByte("._%+-", text[begin-1]) >= 0) {
		return false
	}
	rest := text[end:]
	if rest == "" {
		return true
	}
	return !letterOrDigit(rest[0]) && rest[0] != '-' && (rest[0] != '.' || len(rest) == 1 || !letterOrDigit(rest[1]))
}

// letterOrDigit says that a byte is a letter or digit, or a part of a letter beyond ASCII.
func letterOrDigit(b byte) bool {
	return b >= 'a' && b <= 'z' || b >= 'A' && b <= 'Z' || b >= '0' && b <= '9' || b >= 0x80
}
