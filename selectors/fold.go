package selectors

import "strings"

// FoldCase is equal for two texts that differ by the case of ASCII letters alone. It is the one rule for that, in
// the injected script too: Unicode's own folding makes signs equal to letters that they are not, such as the Kelvin
// sign to k.
func FoldCase(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}
