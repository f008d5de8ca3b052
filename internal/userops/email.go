package userops

import (
	"fmt"
	"net/mail"
	"strings"
	"unicode"
	"unicode/utf8"
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
	if !utf8.ValidString(s) {
		return fail("it is not UTF-8 text")
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
	if strings.ContainsFunc(s, Unseen) {
		return fail("it holds an invisible character")
	}
	return s, nil
}

// Unseen says that a sign is not seen where it stands, or only alters what stands beside it.
func Unseen(r rune) bool {
	return r < ' ' || r == 0x7f || r == 0xad || r == 0x34f || r == 0x61c || r == 0x180e || r >= 0x200b && r <= 0x200f ||
		r >= 0x2028 && r <= 0x202e || r >= 0x2060 && r <= 0x206f || r >= 0xfe00 && r <= 0xfe0f || r == 0xfeff
}

// MayBe says that an e-mail which is shown unreadably may be the given one: it is in there once what cannot be seen
// is left out, or it begins and ends as the text does around an ellipsis, or as a part that is cut off.
func MayBe(shown, email string) bool {
	whole := FoldEmail(email)
	plain := FoldEmail(strings.Map(func(r rune) rune {
		if Unseen(r) && r >= ' ' {
			return -1
		}
		return r
	}, strings.ReplaceAll(shown, "...", "…")))
	if plain == "" || whole == "" {
		return false
	}
	if strings.Contains(strings.Join(strings.Fields(plain), ""), whole) {
		return true
	}
	between := func(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune("<>()[],;:\"|", r) }
	for _, part := range strings.FieldsFunc(plain, between) {
		start, end, cut := strings.Cut(part, "…")
		switch {
		case cut && start+end != "" && strings.HasPrefix(whole, start) && strings.HasSuffix(whole, end):
			return true
		case !cut && strings.Contains(part, "@") && strings.HasPrefix(whole, part):
			return true
		}
	}
	return false
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
