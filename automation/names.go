package automation

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// writtenAddress and addressEdge are those of js/roster.js, as is what counts as a name.
var (
	writtenAddress = regexp.MustCompile(`[^\s<>()\[\]{}"“”„«»‘,;:|]+@[^\s<>()\[\]{}"“”„«»‘,;:|]+\.[^\s<>()\[\]{}"“”„«»,;:|]+`)
	addressEdge    = regexp.MustCompile("^['’.`•]+|(?:['’]s)?['’.!?…`]*$")
)

// shortestName is what a name must have to be looked for: shorter ones are words, too.
const shortestName = 5

// named finds whom a text names: the one who is meant, and the addresses and names of others. The leftmost and longest
// name counts, so that Jo Ann Lee is not Ann Lee.
func (p *People) named(text string) (ours bool, others []string) {
	for _, email := range addressesIn(text) {
		switch {
		case SameText(email, p.Meant.Email, true):
			ours = true
		case !SameText(email, p.Self, true):
			others = append(others, email)
		}
	}
	names := map[string]bool{} // to whether it is the name of the one who is meant
	for _, o := range p.Others {
		for _, n := range o.Names {
			names[spaced(n)] = false
		}
	}
	for _, n := range p.Meant.Names {
		names[spaced(n)] = true
	}
	text = spaced(text)
	for i := 0; i < len(text); {
		name, mine := nameAt(text, i, names)
		if name == "" {
			_, size := utf8.DecodeRuneInString(text[i:])
			i += size
			continue
		}
		if ours = ours || mine; !mine {
			others = append(others, name)
		}
		i += len(name)
	}
	return ours, others
}

// nameAt is the longest name that begins at a place of a text.
func nameAt(text string, i int, names map[string]bool) (longest string, mine bool) {
	if wordGoesOn(text[:i], text[i:]) {
		return "", false
	}
	for name, ours := range names {
		if utf8.RuneCountInString(name) < shortestName || len(name) <= len(longest) || !strings.HasPrefix(text[i:], name) {
			continue
		}
		if rest := text[i+len(name):]; !wordGoesOn(text[:i+len(name)], rest) {
			longest, mine = name, ours
		}
	}
	return longest, mine
}

func inWord(r rune) bool { return unicode.IsLetter(r) || unicode.IsNumber(r) || unicode.IsMark(r) }

var (
	possessive = regexp.MustCompile(`^[-'’‑]s(?:[^\pL\pN]|$)`)
	hyphened   = regexp.MustCompile(`^[-'’‑]\pL`)
	afterOne   = regexp.MustCompile(`\pL[-'’‑]$`)
)

// wordGoesOn says that no word ends between two parts of a text: "Lee-Smith" is one, "Lee's" is Lee.
func wordGoesOn(before, after string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(after)
	switch {
	case before == "" || after == "":
		return false
	case inWord(last):
		return inWord(first) || hyphened.MatchString(after) && !possessive.MatchString(after)
	}
	return inWord(first) && afterOne.MatchString(before)
}

// NamesOnly says that a text has an e-mail address, and nothing that may be another. Whether it has the name of somebody
// else, too, is looked at when something is pressed for it.
func NamesOnly(text, email string) bool {
	all := addressesIn(text)
	other := func(a string) bool { return !SameText(a, email, true) }
	return len(all) > 0 && !slices.ContainsFunc(all, other) && !strings.ContainsAny(writtenAddress.ReplaceAllString(text, " "), "@＠")
}

// says looks for an address, a name or other words as a whole in a text.
func says(text, want string) bool {
	if strings.Contains(want, "@") {
		return slices.ContainsFunc(addressesIn(text), func(a string) bool { return SameText(a, want, true) })
	}
	text, want = spaced(text), spaced(want)
	for from := 0; ; {
		i := strings.Index(text[from:], want)
		if i < 0 {
			return false
		}
		i += from
		if !wordGoesOn(text[:i], text[i:]) && !wordGoesOn(text[:i+len(want)], text[i+len(want):]) {
			return true
		}
		from = i + 1
	}
}

func addressesIn(text string) []string {
	found := writtenAddress.FindAllString(text, -1)
	for i, a := range found {
		found[i] = addressEdge.ReplaceAllString(a, "")
	}
	return found
}
