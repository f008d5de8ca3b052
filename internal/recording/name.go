package recording

import (
	"fmt"
	"regexp"
	"strings"
	"unicode"

	"github.com/billagent/billagent/flows"
	"golang.org/x/text/unicode/norm"
)

// name proposes a name that is not taken: what it belongs to, and what the element says of itself.
func (im *importer) name(all []found) string {
	area := slug(im.Flow)
	if area == "" {
		area = "recorded"
	}
	kind, word := "", ""
	for _, f := range all {
		if kind == "" {
			kind = f.kind()
		}
	}
	for _, pick := range nameSources {
		for _, f := range all {
			if word == "" {
				word = slug(pick(f))
			}
		}
	}
	if word == "" {
		word, kind = kind, ""
	}
	if word == "" {
		word = "element"
	}
	name := area + "." + word
	if im.names[name] && kind != "" && kind != word {
		name += "_" + kind
	}
	for n, base := 2, name; im.names[name]; n++ {
		name = fmt.Sprintf("%s_%d", base, n)
	}
	return name
}

var (
	htmlID    = regexp.MustCompile(`(?:#|@id="|@id=')([\w-]+)`)
	fieldName = regexp.MustCompile(`\[name=["']?([\w.-]+)`)
)

// nameSources are what of a candidate names it, the best first.
var nameSources = []func(found) string{
	func(f found) string { return f.accessible },
	func(f found) string { return f.Name },
	func(f found) string { return f.Label },
	func(f found) string {
		if len(f.Text) > mostText {
			return ""
		}
		return f.Text
	},
	func(f found) string { return f.Placeholder },
	func(f found) string { return f.TestID },
	func(f found) string { return firstGroup(fieldName, f.CSS) },
	func(f found) string { return firstGroup(htmlID, f.CSS+" "+f.XPath) },
}

// mostText is how long a text may be to name something.
const mostText = 40

func firstGroup(re *regexp.Regexp, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

// kind is the role of an element, or what it is by its name in HTML.
func (f found) kind() string {
	if f.Role != "" {
		return f.Role
	}
	tag := f.tag()
	if role, ok := tagRoles[tag]; ok {
		return role
	}
	switch tag {
	case "input":
		return "field"
	case "iframe", "frame":
		return "frame"
	}
	if strings.HasPrefix(f.XPath, "(//iframe | //frame)[") {
		return "frame"
	}
	return ""
}

// mostWords is of how many words a name is made.
const mostWords = 4

// slug is a text as a part of a name: words of lower-case letters and digits, without accents.
func slug(text string) string {
	var b strings.Builder
	for _, r := range norm.NFD.String(camel.ReplaceAllString(text, "$1 $2")) {
		switch {
		case unicode.Is(unicode.Mn, r):
		case r == 'ß':
			b.WriteString("ss")
		case r < unicode.MaxASCII && (unicode.IsLetter(r) || unicode.IsDigit(r)):
			b.WriteRune(unicode.ToLower(r))
		default:
			b.WriteByte(' ')
		}
	}
	words := strings.Fields(b.String())
	if len(words) > mostWords {
		words = words[:mostWords]
	}
	s := strings.Join(words, "_")
	if len(s) > mostText {
		s = strings.TrimRight(s[:mostText], "_")
	}
	return s
}

// stepsOf are the steps of a flow with those of its parts in their place.
func stepsOf(f *flows.Flow) (out []*flows.Step) {
	f.Each(func(s *flows.Step) { out = append(out, s) })
	return out
}
