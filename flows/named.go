package flows

import (
	"encoding/base64"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// named is one place where a request names a person of the roster.
type named struct {
	person  int    // index into the roster's others; meant is the one whom the change concerns
	key     string // where: a normalised path into the body, "?name" in the query, "/" in the path
	subject bool   // the place tells whom the request is about, as far as its name goes
	loose   bool   // it is a short number under a name that need not be somebody's
	unsure  bool   // the value may be something other than a person's id
	listed  bool   // it stands in a list, of which nothing says that those in it stand in some relation to a person
}

// meant is the index of the person whom the change concerns, nobodyKnown that of an address that is nobody's on the
// roster, and itself that of the account that acts. Neither of these was meant.
const (
	meant       = -1
	nobodyKnown = -2
	itself      = -3
)

func (n named) address() bool { return n.key == inPath || strings.HasPrefix(n.key, "?") }

// roster finds people in texts by id and e-mail.
type roster struct {
	people  *automation.People
	ids     map[string]int // by id
	emails  map[string]int // by e-mail, ASCII letters folded
	folded  map[string]int // by id, ASCII letters folded, where no two ids differ in case alone
	strange map[string]int // ids with signs that would split them
	split   []splitAddress // e-mails with such signs, the longest first
}

var (
	word      = regexp.MustCompile(`[\pL\pN_-]+`)
	wholeWord = regexp.MustCompile(`^[\pL\pN_-]+$`)
	address   = regexp.MustCompile(`[^\s<>()"',;:=&?/\\]+@[^\s<>()"',;:=&?/\\]+`)
	// wholeAddress is an address as people have them, with a top-level domain.
	wholeAddress = regexp.MustCompile(`^[\w.+\-'’]+@[\w\-]+(\.[\w\-]+)*\.[a-z]{2,}$`)
	encoded      = regexp.MustCompile(`^[A-Za-z0-9+/_-]{8,}={0,2}$`)
	joint        = regexp.MustCompile(`[_-]`)
	number       = regexp.MustCompile(`^\d+$`)
	// subjectKey is a name for whom a request is about: id, userId, user_id, ids, email, who; not manager_id.
	subjectKey = regexp.MustCompile(`(?i)^(|users?|members?|persons?|people|employees?|accounts?|targets?|target_?users?|principals?|subjects?|selected|object|entity|record|row|item)` +
		`[_\-]?(|ids?|uids?|guids?|uuids?|pk|keys?|nos?|numbers?|emails?|e-mails?|mails?|names?|logins?|whos?|whom|values?)$`)
	// personKey is the end of a name for somebody, whatever stands before it: customer_user_id, memberIds. What has accounts,
	// profiles or contacts may be no person.
	personKey = regexp.MustCompile(`(?i)(users?|members?|persons?|people|employees?|staff|worker|colleagues?)[_\-]?(ids?|uids?|guids?|uuids?|keys?|emails?)$|^contact[_\-]?ids?$`)
	// relationKey is a name for somebody who stands in some relation to whom a request is about, or did something to them.
	relationKey = regexp.MustCompile(`(?i)manager|supervisor|approv|review|boss|lead|report|owner|deleg|assistant|backup|deput|sponsor|mentor|parent|grant|substitut|` +
		`subordinat|success|replace|transfer|creat(ed|or|er)|updat(ed|er)|modif(ied|ier)|invite[dr]|request(ed|er)|assign|author|actor|by$|by[_\-]|^b?cc$|copy|notif|watch|` +
		`follow|contact[_\-]?person|emergency|billing|recipient|heir|^exclud|^except|collaborat|budd(y|ies)`)
	// collectionKey is a name for several things that are no people, and may each have some.
	collectionKey = regexp.MustCompile(`(?i)team|group|role|chain|histor|message|log|event|comment|note|audit|activit|task|workflow|polic|permission|` +
		`device|session|address|location|department|project|compan|organi|account|tenant`)
	// wrapper is a name around what a request is about.
	wrapper = regexp.MustCompile(`(?i)^(|data|input|variables?|payload|params?|parameters|attributes?|args|arguments|requests?|body|form|where|filter|query|operations?|changes?|` +
		`json|_?set|fields|updates?|patch|actions|composite_?request|resource|profile|\w+_?(input|patch)|(user|member|person|account|profile)_attributes|components|calls|message|relationships|invitees?|invitations?|invites?|` +
		`users?|members?|persons?|people|employees?|records?|rows?|items?|ids|emails|selected|selection|targets?|subjects?)$`)
)

// firstArgument is the place of what a call is about that gives its arguments by their order.
var firstArgument = regexp.MustCompile(`(^|\.)(params|args|arguments)(\.0)+$`)

// looseKey is a name for whom a request is about, or for something else that has a number.
var looseKey = regexp.MustCompile(`(?i)^((row|item)[_\-]?(no|number)|items?|account|number|no|value)$`)

// shortID is the length below which an id counts only where a subject may stand: 7 may also be a page or a size.
const shortID = 6

// mostDigits is the length of a number up to which the same holds: 20261128 may also be a day.
const mostDigits = 8

func newRoster(p *automation.People) *roster {
	r := &roster{people: p, ids: map[string]int{}, emails: map[string]int{}, folded: map[string]int{}, strange: map[string]int{}}
	if p == nil {
		return r
	}
	for i, o := range p.Others {
		r.add(o, i)
	}
	r.add(automation.Person{ID: p.SelfID, Email: p.Self}, itself)
	r.add(p.Meant, meant) // last: what both are called is ours
	r.splitAddresses()
	once := map[string]int{}
	for id := range r.ids {
		once[selectors.FoldCase(id)]++
	}
	for id, i := range r.ids {
		if once[selectors.FoldCase(id)] == 1 {
			r.folded[selectors.FoldCase(id)] = i
		}
	}
	return r
}

func (r *roster) add(p automation.Person, i int) {
	if p.Email != "" {
		r.emails[selectors.FoldCase(p.Email)] = i
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
	if i == nobodyKnown {
		return "an address that is nobody's on the list"
	}
	if i == itself {
		return r.people.Self + ", which is the account that acts"
	}
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
	values := q.Values()
	times := map[string]int{}
	for _, v := range values {
		times[v.Key]++
	}
	keys, serial, alone := peopleKeys(values), serialNumbers(values), r.idsAlone(values)
	out := r.inAddress(q)
	note := func(key string, subject bool, text string, inList string) {
		loose := key != "" && number.MatchString(text) && len(text) < shortID && looseKey.MatchString(lastName(key))
		unsure := (loose || key == "" && !alone) && len(r.find(text, false)) == 0 // an e-mail or a long id is certain
		for _, i := range r.find(text, subject) {
			out = append(out, named{person: i, key: key, subject: subject, loose: loose, unsure: unsure, listed: listed(inList)})
		}
	}
	for _, v := range append(values, mutationsIn(q).arguments...) {
		if serial[v.Key] {
			continue
		}
		key, inList := withoutIndices(v.Key), v.Key
		if times[v.Key] > 1 || strings.HasSuffix(v.Key, "[]") { // of a form
			inList = strings.TrimSuffix(v.Key, "[]") + ".0"
		}
		note(key, aboutWhom(key) || firstArgument.MatchString(v.Key), v.Text, inList)
		if name := keys[v.Key]; name != "" {
			for _, i := range r.find(name, true) {
				out = append(out, named{person: i, key: key, subject: true})
			}
		}
	}
	return out
}

// idsAlone says that the values of a body that have no name are ids of people, and nothing else.
func (r *roster) idsAlone(values []automation.Value) bool {
	return !slices.ContainsFunc(values, func(v automation.Value) bool {
		_, known := r.ids[strings.TrimSpace(v.Text)]
		return withoutIndices(v.Key) == "" && !known
	})
}

// inPath is the place of what stands in the address's path.
const inPath = "/"

// aboutWhom says whether a place in a request tells whom it is about, as far as its name goes.
func aboutWhom(key string) bool {
	parts := strings.Split(key, ".")
	last := len(parts) - 1
	about := subjectKey.MatchString(parts[last]) || personKey.MatchString(parts[last]) && !relationKey.MatchString(parts[last])
	return about && !slices.ContainsFunc(parts[:last], func(p string) bool { return !wrapper.MatchString(p) })
}

// listed says that a value stands in a list of people: deactivate.0, also.0.id, ids[], changes[0][ref]; not
// teams.0.members.0.email, nor approvers.0.
func listed(key string) bool {
	key = strings.Trim(strings.ReplaceAll(between.ReplaceAllString(key+".", "."), "..", "."), ".")
	at := index.FindAllStringIndex(key, -1)
	list, rest := key, ""
	if len(at) == 1 {
		list, rest = key[:at[0][0]], strings.TrimPrefix(key[at[0][1]:], ".")
	}
	if len(at) != 1 || list == "" && rest == "" {
		return false
	}
	return !strings.Contains(rest, ".") && !relationKey.MatchString(rest) && !relationKey.MatchString(lastName(list)) && !collectionKey.MatchString(lastName(list))
}

// find lists the people whom a text names, also where it is escaped or encoded once more.
func (r *roster) find(text string, subject bool) []int {
	seen := map[int]bool{}
	r.look(text, subject, seen, 2)
	return slices.Sorted(maps.Keys(seen))
}

func (r *roster) look(text string, subject bool, seen map[int]bool, depth int) {
	text = r.without(text, seen)
	for id, i := range r.strange {
		if containsWord(text, id) {
			seen[i] = true
		}
	}
	for _, a := range address.FindAllString(text, -1) {
		a = selectors.FoldCase(strings.TrimRight(a, ".!"))
		if i, ok := r.emails[a]; ok {
			seen[i] = true
		} else if r.people != nil && wholeAddress.MatchString(a) {
			seen[nobodyKnown] = true
		}
	}
	for _, w := range word.FindAllString(text, -1) {
		for _, part := range joined(w) {
			if i, ok := r.id(part); ok && (subject || len(part) >= shortID && !number.MatchString(part) || len(part) > mostDigits) {
				seen[i] = true
			}
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

// id finds a person by an id, whatever the case of its letters where no two ids differ in case alone.
func (r *roster) id(s string) (int, bool) {
	if i, ok := r.ids[s]; ok {
		return i, true
	}
	i, ok := r.folded[selectors.FoldCase(s)]
	return i, ok && len(s) >= shortID
}

// mostParts bounds how often a word is split.
const mostParts = 16

// joined lists a word and, where it has joints, whatever stands between two of them: in user-0061 and 0061_role
// stands 0061.
func joined(w string) []string {
	at := []int{0}
	for _, m := range joint.FindAllStringIndex(w, -1) {
		at = append(at, m[1])
	}
	if len(at) == 1 || len(at) > mostParts {
		return []string{w}
	}
	at = append(at, len(w)+1)
	var out []string
	for i := range at {
		for j := i + 1; j < len(at); j++ {
			if part := w[at[i] : at[j]-1]; part != "" {
				out = append(out, part)
			}
		}
	}
	return out
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

// withoutIndices makes ids.0 and ids.1 the same place, and user[id] that of user.id.
func withoutIndices(key string) string { return strings.Join(keyParts(key), ".") }

func lastName(key string) string { return key[strings.LastIndexByte(key, '.')+1:] }

// otherPerson finds somebody else whom a request is about, beside or instead of the one who is meant. It passes
// over one who merely stands beside, under a name of another kind, such as a manager in a form.
func otherPerson(all []named) (int, bool) {
	ours := func(n named) bool { return n.person == meant }
	addressed := slices.ContainsFunc(all, func(n named) bool { return ours(n) && n.address() })
	for _, other := range all {
		incidental := other.person == nobodyKnown || other.person == itself // whom a copy goes to, who acts
		if incidental && slices.ContainsFunc(all, ours) && (addressed || other.key != inPath) {
			continue
		}
		if other.person != meant && !standsBeside(other, all) {
			return other.person, true
		}
	}
	return 0, false
}

func standsBeside(other named, all []named) bool {
	if other.subject && !other.loose || other.listed {
		return false
	}
	about, addressed := false, false
	for _, ours := range all {
		if ours.person != meant {
			continue
		}
		if ours.key == other.key {
			return false // a list of people, of whom we mean one
		}
		about = about || ours.subject
		addressed = addressed || ours.address()
	}
	return about && (addressed || !other.address())
}
