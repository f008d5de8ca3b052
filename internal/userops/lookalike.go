package userops

import (
	"fmt"
	"strings"

	"golang.org/x/text/unicode/norm"
)

// lookalikes are letters of other scripts that look like letters of addresses, and what they look like (a part of
// Unicode's confusables, UTS #39: those that stand for lower-case Latin letters).
var lookalikes = strings.NewReplacer(
	"а", "a", "в", "b", "с", "c", "ԁ", "d", "е", "e", "ҽ", "e", "ԍ", "g", "һ", "h", "н", "h", "і", "i", "ї", "i", "ј", "j", "к", "k", "ӏ", "l", "м", "m",
	"п", "n", "о", "o", "р", "p", "ԛ", "q", "г", "r", "ѕ", "s", "т", "t", "υ", "u", "ѵ", "v", "ԝ", "w", "х", "x", "у", "y", // Cyrillic
	"α", "a", "β", "b", "ε", "e", "η", "n", "ι", "i", "κ", "k", "ν", "v", "ο", "o", "ρ", "p", "τ", "t", "χ", "x", "γ", "y", "ω", "w", // Greek
	"ı", "i", "ɡ", "g", "ɑ", "a", "ʏ", "y", "ⅼ", "l", "ℓ", "l",
)

// skeleton is equal for two addresses that a person may take for one another.
func skeleton(email string) string {
	var b strings.Builder
	for _, r := range norm.NFKD.String(strings.ToLower(email)) {
		if r < 0x300 || r > 0x36f { // accents aside
			b.WriteRune(r)
		}
	}
	return lookalikes.Replace(b.String())
}

// Lookalike finds somebody whose e-mail looks like another and is not it; nil is nobody.
func (r Roster) Lookalike(email string) *User {
	want := skeleton(email)
	for i := range r.Users {
		if u := &r.Users[i]; u.Email != "" && !SameEmail(u.Email, email) && skeleton(u.Email) == want {
			return u
		}
	}
	return nil
}

// LookalikeHint says in what an address differs from that of somebody it looks like, empty where there is nobody.
func (r Roster) LookalikeHint(email string) string {
	u := r.Lookalike(email)
	if u == nil {
		return ""
	}
	strange := func(s string) string {
		var out []string
		for _, c := range s {
			if c > 0x7f {
				out = append(out, fmt.Sprintf("%U", c))
			}
		}
		return strings.Join(out, ", ")
	}
	given, listed := strange(email), strange(u.Email)
	switch {
	case given != "":
		return fmt.Sprintf("%s is listed and looks the same: the address that was given has %s", u.Email, given)
	case listed != "":
		return fmt.Sprintf("%s is listed and looks the same: it has %s", u.Email, listed)
	}
	return u.Email + " is listed and looks the same"
}
