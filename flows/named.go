package flows

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/billagent/billagent/automation"
)

// named is one place where a request names a person of the roster.
type named struct {
	person  int    // index into the roster's others; meant is the one whom the change concerns
	key     string // where: a normalised path into the body, "?name" in the query, "/" in the path
	depth   int    // how many objects deep
	subject bool   // the place tells whom the request is about, as far as its name goes
}

// meant is the index of the person whom the change concerns.
const meant = -1

func (n named) address() bool { return n.key == "/" || strings.HasPrefix(n.key, "?") }

// roster finds people in texts by id and e-mail.
type roster struct {
	people  *automation.People
	ids     map[string]int // by id
	emails  map[string]int // by e-mail, ASCII letters folded
	strange map[string]int // ids with signs that would split them
}

var (
	word      = regexp.MustCompile(`[\pL\pN_-]+`)
	wholeWord = regexp.MustCompile(`^[\pL\pN_-]+$`)
	address   = regexp.MustCompile(`[^\s<>()"',;:=&?/\\]+@[^\s<>()"',;:=&?/\\]+`)
	encoded   = regexp.MustCompile(`^[A-Za-z0-9+/_-]{8,}={0,2}$`)
	number    = regexp.MustCompile(`^\d+$`)
	// subjectKey is a name for whom something is about: id, userId, user_id, ids, email, users, member…
	subjectKey = regexp.MustCompile(`(?i)(^|[_.\-])(ids?|uid|guid|uuid|key|users?|members?|persons?|people|employees?|emails?|mail|e-mail|login|username|contacts?|target|subject|who)$|Ids?$|ID$|Email$|User$`)
)

// shortID is the length below which an id counts only where a subject may stand: 7 may also be a page or a size.
const shortID = 6

func newRoster(p *automation.People) *roster {
	r := &roster{people: p, ids: map[string]int{}, emails: map[string]int{}, strange: map[string]int{}}
	if p == nil {
		return r
	}
	for i, o := range p.Others {
		r.add(o, i)
	}
	r.add(p.Meant, meant) // last: what both are called is ours
	return r
}

func (r *roster) add(p automation.Person, i int) {
	if p.Email != "" {
		r.emails[foldASCII(p.Email)] = i
	}
	switch {
	case p.ID == "":
	case wholeWord.MatchString(p.ID):
		r.ids[p.ID] = i
	default:
		r.strange[p.ID] = i
	}
}

// describe names a person for a message.
func (r *roster) describe(i int) string {
	p := r.people.Meant
	if i != meant {
		p = r.people.Others[i]
	}
	if p.ID == "" {
		return p.Email
	}
	return p.Email + " (" + p.ID + ")"
}

// in lists where a request names people.
func (r *roster) in(q automation.Request) []named {
	var out []named
	note := func(key, place, text string) {
		for _, i := range r.find(text, subjectKey.MatchString(place) || place == "/") {
			out = append(out, named{person: i, key: key, depth: strings.Count(key, "."), subject: subjectKey.MatchString(place) || place == "/"})
		}
	}
	note("/", "/", q.Path())
	if u, err := url.Parse(q.URL); err == nil && u.Fragment != "" {
		note("/", "/", u.Fragment)
	}
	for _, v := range q.Query() {
		note("?"+v.Key, v.Key, v.Text)
	}
	for _, v := range q.Values() {
		key := withoutIndices(v.Key)
		note(key, lastName(key), v.Text)
		note(key, key, v.Key) // an object may be keyed by people: {"006…": {"active": false}}
	}
	return out
}

// find lists the people whom a text names, also where it is escaped or encoded once more.
func (r *roster) find(text string, subject bool) []int {
	seen := map[int]bool{}
	r.look(text, subject, seen, 2)
	var out []int
	for i := range seen {
		out = append(out, i)
	}
	return out
}

func (r *roster) look(text string, subject bool, seen map[int]bool, depth int) {
	for id, i := range r.strange {
		if containsWord(text, id) {
			seen[i] = true
		}
	}
	for _, a := range address.FindAllString(text, -1) {
		if i, ok := r.emails[foldASCII(strings.TrimRight(a, ".!"))]; ok {
			seen[i] = true
		}
	}
	for _, w := range word.FindAllString(text, -1) {
		if i, ok := r.ids[w]; ok && (subject || len(w) >= shortID && !number.MatchString(w) || len(w) > 8) {
			seen[i] = true
		}
		if depth == 0 || !encoded.MatchString(w) {
			continue
		}
		if plain, ok := decoded(w); ok {
			r.look(plain, subject, seen, depth-1)
		}
	}
	if depth == 0 {
		return
	}
	if plain, err := url.QueryUnescape(text); err == nil && plain != text {
		r.look(plain, subject, seen, depth-1)
	}
	if plain, ok := decoded(strings.TrimSpace(text)); ok {
		r.look(plain, subject, seen, depth-1)
	}
}

// decoded reads base64 that holds plain text, as GraphQL servers make ids.
func decoded(s string) (string, bool) {
	if !encoded.MatchString(s) {
		return "", false
	}
	s = strings.TrimRight(s, "=")
	for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
		if b, err := e.DecodeString(s); err == nil && utf8.Valid(b) && strings.IndexFunc(string(b), unprintable) < 0 {
			return string(b), true
		}
	}
	return "", false
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) && !unicode.IsSpace(r) }

func containsWord(text, s string) bool {
	for from := 0; ; {
		i := strings.Index(text[from:], s)
		if i < 0 {
			return false
		}
		i += from
		before, _ := utf8.DecodeLastRuneInString(text[:i])
		after, _ := utf8.DecodeRuneInString(text[i+len(s):])
		if !wordRune(before) && !wordRune(after) {
			return true
		}
		from = i + 1
	}
}

func wordRune(r rune) bool { return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) }

var index = regexp.MustCompile(`(^|\.)\d+(\.|$)`)

// withoutIndices makes ids.0 and ids.1 the same place.
func withoutIndices(key string) string {
	for index.MatchString(key) {
		key = index.ReplaceAllString(key, "$1*$2")
	}
	return strings.TrimSuffix(strings.ReplaceAll(key, ".*", ""), "[]")
}

func lastName(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// foldASCII folds the case of ASCII letters only: Unicode's folding makes other signs equal to letters.
func foldASCII(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			return r + 'a' - 'A'
		}
		return r
	}, s)
}

// stranger finds somebody else whom a request is about, beside or instead of the one who is meant. It returns false for
// one who merely stands beside: under another name and no nearer to the root than the one who is meant, such as a manager
// in a form.
func stranger(all []named) (int, bool) {
	for _, other := range all {
		if other.person != meant && !standsBeside(other, all) {
			return other.person, true
		}
	}
	return 0, false
}

func standsBeside(other named, all []named) bool {
	beside, addressed := false, false
	for _, ours := range all {
		if ours.person != meant {
			continue
		}
		if ours.key == other.key && other.key != "/" {
			return false // a list of people, of whom we mean one
		}
		addressed = addressed || ours.address()
		if ours.subject && (!other.subject || ours.depth < other.depth || ours.key == "/") {
			beside = true
		}
	}
	return beside && (addressed || !other.address())
}
