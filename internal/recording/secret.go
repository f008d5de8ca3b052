package recording

import (
	"regexp"
	"strings"
)

var (
	// passwordWord is a word by which fields for passwords and keys are called.
	passwordWord = regexp.MustCompile(`(?i)pass ?(word|wort|code|phrase|wd)|\bpass\b|\bpwd\b|\bpsw|kennwort|mot de passe|` +
		`contrase|senha|secret|geheim|\btoken\b|api ?key|private ?key|\bcredential`)
	// codeWord is a word by which fields for codes that hold once are called.
	codeWord = regexp.MustCompile(`(?i)one ?time|\botp\b|otp ?code|totp|\bmfa\b|2 ?fa\b|two ?factor|second ?factor|` +
		`verification|verify|security ?code|auth\w* ?code|\bpin\b|\bcode\b|\bcvv\b|\bcvc\b|\bsms\b`)
	// otherCode is a code that is no secret.
	otherCode = regexp.MustCompile(`(?i)(zip|postal|post|country|area|currency|language|promo|account|cost|tax|` +
		`dial|swift|sort|bank) ?code`)
	camel     = regexp.MustCompile(`([a-z0-9])([A-Z])`)
	separated = regexp.MustCompile(`[^\pL\pN]+`)
)

// The names that secrets get, and that flows for signing in ask for.
const (
	passwordSecret = "password"
	codeSecret     = "code"
)

// IsSecret says that an input of this name would be a secret.
func IsSecret(input string) bool { return secretOf(input) != "" }

// secretOf says which kind of secret is typed into what selectors find, by their words. Empty: none.
func secretOf(texts ...string) string {
	for _, t := range texts {
		words := strings.TrimSpace(separated.ReplaceAllString(camel.ReplaceAllString(t, "$1 $2"), " "))
		words = otherCode.ReplaceAllString(words, " ")
		switch {
		case passwordWord.MatchString(words):
			return passwordSecret
		case codeWord.MatchString(words):
			return codeSecret
		}
	}
	return ""
}
