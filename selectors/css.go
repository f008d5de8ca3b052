package selectors

import (
	"regexp"

	"github.com/andybalholm/cascadia"
)

// newer is what Chromium knows of CSS selectors and the library that checks them does not: :scope, the functions
// :is and :where, which take what :has takes, and a combinator at the beginning of what :has takes.
var newer = regexp.MustCompile(`:scope\b|:(?:is|where|has)\(\s*[>+~]?`)

// CheckCSS says whether a text, in which ${name} may stand for a value, is written like a CSS selector. Whether the
// browser takes it is seen there.
func CheckCSS(css string) error {
	plain := newer.ReplaceAllStringFunc(stand(css), func(s string) string {
		if s == ":scope" {
			return "*"
		}
		return ":has("
	})
	_, err := cascadia.ParseGroup(plain)
	return err
}
