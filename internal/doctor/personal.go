package doctor

import (
	"html"
	"net/url"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/billagent/billagent/selectors"
	"golang.org/x/text/unicode/norm"
)

// forms are the ways in which a text may be read: as it stands, as a browser or a person reads it, with escapes and other
// forms of its letters undone, and as what a regular expression matches. A text may be escaped more than once.
func forms(text string) []string {
	out := unescaped(text)
	for _, form := range out {
		if re, err := syntax.Parse(form, syntax.Perl); err == nil && regexp.QuoteMeta(form) != form {
			out = append(out, matched(re), anyCharacter.ReplaceAllString(form, " ")) // the one has alternatives without what they begin with
		}
	}
	return out
}

// matched is a text of what a regular expression matches: its letters as they stand, and a space for any other character.
func matched(re *syntax.Regexp) string {
	parts := make([]string, len(re.Sub))
	for i, sub := range re.Sub {
		parts[i] = matched(sub)
	}
	switch re.Op {
	case syntax.OpLiteral:
		return string(re.Rune)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return " "
	case syntax.OpAlternate:
		return strings.Join(parts, " ")
	default: // a boundary is nothing, and what is repeated is there once
		return strings.Join(parts, "")
	}
}

// unescaped are a text and what it is with one escape after the other undone.
func unescaped(text string) []string {
	out := []string{text}
	for range 3 {
		last := out[len(out)-1]
		next := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Cf, r) { // such as a space without width
				return -1
			}
			return r
		}, norm.NFKC.String(html.UnescapeString(last)))
		next = anEscape.ReplaceAllStringFunc(next, func(escaped string) string {
			if plain, err := url.PathUnescape(escaped); err == nil && utf8.ValidString(plain) {
				return plain
			}
			return escaped
		})
		next = spelledDot.ReplaceAllString(spelledAt.ReplaceAllString(next, "@"), ".")
		if next == last {
			break
		}
		out = append(out, next)
	}
	return out
}

// split is a text in words of small letters. A capital behind a small letter begins one, as in btnAnnLee.
func split(text string) []string {
	return words(strings.ToLower(humped.ReplaceAllString(norm.NFKC.String(text), "$1 $2")))
}

// named says that the words of a text have a name in them: as it is, in the genitive, or, where it has more than one
// part or is an address, with other letters around it and nothing between its parts.
func named(text, name string) bool {
	want := split(name)
	whole := strings.Join(want, "")
	if utf8.RuneCountInString(whole) < 2 {
		return false
	}
	have := split(text)
	for i := range have {
		if i+len(want) <= len(have) && slices.Equal(have[i:i+len(want)-1], want[:len(want)-1]) {
			last, of := have[i+len(want)-1], want[len(want)-1]
			if last == of || last == of+"s" && len(of) > 2 {
				return true
			}
		}
	}
	return len(want) > 1 && utf8.RuneCountInString(whole) >= squeezedFrom && strings.Contains(strings.Join(have, ""), whole)
}

// squeezedFrom is how many letters a name of several parts needs to be looked for without what parts them: fewer are
// in other words by chance.
const squeezedFrom = 6

// personal says that a text names a person or the organisation, or has an e-mail address in it.
func personal(text string, names []string) bool {
	return slices.ContainsFunc(forms(text), func(form string) bool {
		if m := anInitial.FindStringSubmatch(form); m != nil && initialled(m[1], names) {
			return true
		}
		return anAddress.MatchString(form) || slices.ContainsFunc(names, func(n string) bool { return named(form, n) })
	})
}

// Telling says why a text may not be told to others: it names a person or the organisation, or has an e-mail
// address or something that may identify somebody in it. Empty: nothing of that was found in it.
func Telling(text string, names []string) string {
	for _, form := range forms(text) {
		undated := aDate.ReplaceAllString(form, "")
		switch {
		case anAddress.MatchString(form):
			return "it has an e-mail address in it"
		case personal(form, names):
			return "it names a person, an organisation or a host"
		case anIdentifier.MatchString(undated), manyDigits.MatchString(undated), aToken.MatchString(undated), aNumber.MatchString(undated),
			aNumberedValue.MatchString(undated), slices.ContainsFunc(aHash.FindAllString(undated, -1), mixed):
			return "it has in it what may be somebody's number or a secret"
		}
	}
	return ""
}

// MayBeName says that a text has two words beside each other that begin with capitals, as the names of people have who
// are on no list. Much else has, too: it is for a person to look at.
func MayBeName(text string) bool {
	return slices.ContainsFunc(forms(text), func(form string) bool { return twoCapitals.MatchString(form) })
}

// Distinctive are the words of an organisation's name that tell it from others.
func Distinctive(organisation string) (out []string) {
	for _, w := range split(organisation) {
		if utf8.RuneCountInString(w) > 2 && !slices.Contains(general, w) {
			out = append(out, w)
		}
	}
	return out
}

// general are words that many organisations have in their names, and many pages in their texts.
var general = []string{
	"and", "the", "for", "inc", "ltd", "llc", "llp", "plc", "gmbh", "corp", "corporation", "company", "limited", "group", "holding", "holdings",
	"international", "global", "services", "service", "solutions", "systems", "bank", "office", "accounting", "payments", "finance", "financial",
	"user", "users", "account", "accounts", "organisation", "organization",
}

func mixed(hash string) bool {
	return strings.ContainsAny(hash, "0123456789") && strings.ContainsAny(hash, "abcdefABCDEF")
}

// scrub takes the names of people and of the organisation, and e-mails, out of a fingerprint that is to be written
// to a file, and what stands beside it where that may be values of somebody's: their initials, or a row of them.
func scrub(f selectors.Fingerprint, names []string) selectors.Fingerprint {
	f.Href = withoutIDs(f.Href, names)
	if slices.Contains([]string{"table", "grid", "treegrid", "list", "feed"}, f.Role) {
		f.Text = "" // its rows, which are people, or which had not come yet
	}
	for _, text := range []*string{&f.Name, &f.Text, &f.Beside, &f.Label, &f.Title, &f.Alt, &f.Href, &f.ID, &f.TestID, &f.Placeholder, &f.Field, &f.Data} {
		if personal(*text, names) {
			*text = ""
		}
	}
	if initials.MatchString(f.Beside) || len(strings.Fields(f.Beside)) > besideWords {
		f.Beside = ""
	}
	return f
}

// withoutIDs is an address with * in place of each part that may identify somebody: /users/9/edit is /users/*/edit.
func withoutIDs(address string, names []string) string {
	parts := strings.Split(address, "/")
	for i, part := range parts {
		if strings.ContainsAny(part, "0123456789") || Telling(part, names) != "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}

// initialled says that a text is the first letters of somebody's name.
func initialled(text string, names []string) bool {
	letters := strings.Join(strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) }), "")
	return initials.MatchString(text) && slices.ContainsFunc(names, func(name string) bool {
		var first strings.Builder
		for _, w := range strings.Fields(name) {
			r, _ := utf8.DecodeRuneInString(w)
			first.WriteRune(r)
		}
		return first.String() == letters
	})
}

// besideWords is how many words a label has that stands beside an element. More are values, too: what a page draws
// beside each other without white space is few words for many values.
const besideWords = 4

var (
	anAddress      = regexp.MustCompile(`\S+@\S+\.\S+`)
	anyCharacter   = regexp.MustCompile(`\\[A-Za-z]`) // such as a boundary
	anEscape       = regexp.MustCompile(`(?:%[0-9A-Fa-f]{2})+`)
	spelledAt      = regexp.MustCompile(`(?i)\s*[\[({<]\s*at\s*[\])}>]\s*`)
	spelledDot     = regexp.MustCompile(`(?i)\s*[\[({<]\s*dot\s*[\])}>]\s*`)
	humped         = regexp.MustCompile(`(\p{Ll})(\p{Lu})`)
	twoCapitals    = regexp.MustCompile(`\p{Lu}\p{Ll}+[ ,]+(?:\p{Lu}\.? )?\p{Lu}\p{Ll}+`)
	initials       = regexp.MustCompile(`^\p{Lu}\.? ?\p{Lu}\.?$`)
	anInitial      = regexp.MustCompile(`(?:^|=)(\p{Lu}\.? ?\p{Lu}\.?)$`) // the whole of a text, or of a candidate
	aDate          = regexp.MustCompile(`\b20\d\d-\d\d(?:-\d\d)?\b`)
	aNumber        = regexp.MustCompile(`\d{4,}`)                                                          // a record's id
	aNumberedValue = regexp.MustCompile(`=\s*["']?\d+["']?\s*\]|=\d+(?:$|&)|/\d+(?:/|$|["'?#])`)           // of an attribute, or part of an address
	aHash          = regexp.MustCompile(`(?:^|[^0-9A-Za-z])[0-9A-Fa-f]{6,}(?:$|[^0-9A-Za-z])`)             // letters and digits of one
	manyDigits     = regexp.MustCompile(`\d(?:[ -]?\d){6,}`)                                               // a bank account, a card, a telephone
	aToken         = regexp.MustCompile(`[A-Za-z0-9_-]*(?:\d[A-Za-z_-]+|[A-Za-z_-]+\d){4,}[A-Za-z0-9_-]*`) // letters and digits by turns
	anIdentifier   = regexp.MustCompile(`[0-9A-Z]{10,}|[0-9a-f]{8}-`)
)
