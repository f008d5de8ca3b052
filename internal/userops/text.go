package userops

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/agnivade/levenshtein"
)

// Text is the one form in which a name of something on a page (a role, a time zone, a person's name) is asked for
// and compared: it is UTF-8, white space, whichever, is one space, and none stands at the ends, as a page shows it.
// The error, an *Error of ErrInput, names a sign that is not seen.
func Text(what, s string) (string, error) {
	fail := func(why, hint string) (string, error) {
		return "", &Error{Act: "reading " + what, Target: fmt.Sprintf("%q", short(s)), Kind: ErrInput, Cause: errors.New(why), Hint: hint}
	}
	if !utf8.ValidString(s) {
		return fail("it is not UTF-8 text", "save the file as UTF-8, or write it anew")
	}
	if len(s) > textMost {
		return fail(fmt.Sprintf("it is longer than %d bytes", textMost), "shorten it")
	}
	s = strings.Join(strings.Fields(s), " ")
	if i := strings.IndexFunc(s, Unseen); i >= 0 {
		return fail(fmt.Sprintf("it holds an invisible character, %U", []rune(s[i:])[0]), "write it anew, by hand")
	}
	return s, nil
}

// textMost is how long a name may be, in bytes: longer than any that a console takes.
const textMost = 1000

// textBound keeps what is shown of an input in a message short. In runes.
const textBound = 80

func short(s string) string {
	if r := []rune(s); len(r) > textBound {
		return string(r[:textBound]) + "…"
	}
	return s
}

// Nearest are those of the offered names that somebody may have meant by another, the most alike first: the same
// but for case, white space and punctuation, or but for two letters.
func Nearest(name string, offered []string) []string {
	type scored struct {
		name string
		off  int
	}
	var all []scored
	for _, o := range offered {
		if d := levenshtein.ComputeDistance(bare(name), bare(o)); d <= 2 && d < len([]rune(bare(o))) {
			all = append(all, scored{o, d})
		}
	}
	slices.SortStableFunc(all, func(a, b scored) int { return a.off - b.off })
	var out []string
	for _, s := range all {
		out = append(out, s.name)
	}
	return out[:min(len(out), 3)]
}

// bare is a name without what is often written in another way.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -_/&.,", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}
