package userops

import (
	"fmt"
	"net/mail"
	"strings"
)

// CheckEmail returns an address ready to be compared: surrounding white space removed, nothing else changed. The error
// is an *Error of ErrInput.
func CheckEmail(s string) (string, error) {
	s = strings.TrimSpace(s)
	fail := func(why string) (string, error) {
		shown := s
		if len(shown) > 80 {
			shown = shown[:80] + "…"
		}
		return "", &Error{Act: "reading the e-mail", Target: fmt.Sprintf("%q", shown), Kind: ErrInput, Cause: fmt.Errorf("%s", why), Hint: "write it as in ann@acme.example"}
	}
	if s == "" {
		return fail("it is empty")
	}
	if len(s) > 254 {
		return fail("it is longer than 254 bytes")
	}
	a, err := mail.ParseAddress(s)
	if err != nil {
		return fail("it is not an address")
	}
	if a.Address != s {
		return fail("only the bare address may be given")
	}
	for _, r := range s {
		if r < ' ' || r == 0x7f || r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff {
			return fail("it holds an invisible character")
		}
	}
	return s, nil
}

// SameEmail compares two addresses without regard to the case of ASCII letters: ann@x.com is Ann@X.com, and is not
// joann@x.com. Other letters must be the same: Unicode folds signs into letters that are not the letter.
func SameEmail(a, b string) bool { return FoldEmail(a) == FoldEmail(b) }

// FoldEmail is equal for two addresses that SameEmail says are the same, for use as a key.
func FoldEmail(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, strings.TrimSpace(s))
}
