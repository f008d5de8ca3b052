package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

const active, inactive = "active", "inactive" // the statuses of an app

var (
	// onKey and offKey are names for whether somebody can sign in, and for whether not; stateKey is one for a word for it.
	onKey = regexp.MustCompile(`(?i)^((is|user|account|member|login|sign[_\-]?in|access)[_\-]?)*(active|enabled)$|` +
		`^can[_\-]?(log[_\-]?in|sign[_\-]?in|access)$|^(log[_\-]?in|sign[_\-]?in|access)[_\-]?allowed$`)
	offKey = regexp.MustCompile(`(?i)^((is|user|account|member|login|sign[_\-]?in|access)[_\-]?)*(inactive|disabled|deactivated|suspended|deleted|archived)$`)
	// offSinceKey is a name for when somebody was deactivated; nothing stands there for one who is active.
	offSinceKey = regexp.MustCompile(`(?i)^(disabled|deactivated|suspended|deleted|archived|terminated)[_\-]?(at|on|date|time)$`)
	stateKey    = regexp.MustCompile(`(?i)^(user|account|member)?[_\-]?(status|state)$`)
	yes         = regexp.MustCompile(`(?i)^(true|1|yes|y|on)$`)
	no          = regexp.MustCompile(`(?i)^(false|0|no|n|off)$`)
	isOn        = regexp.MustCompile(`(?i)^((user|account)?_?(state|status)[_.])?(active|enabled)$`)
	isOff       = regexp.MustCompile(`(?i)^((user|account)?_?(state|status)[_.])?(inactive|disabled|deactivated|suspended|deleted|terminated)$`)
	// never is how a time is written that has not come.
	never = regexp.MustCompile(`^(|0|false|null|000[01]-.*)$`)
)

// otherStatus says that somebody is deactivated, or reactivated, by a change that is to leave that as it is. Of a key that
// comes twice, as a check box does with what it means when it is off, nothing is known.
func (p *policy) otherStatus(q automation.Request) string {
	has, all := p.roster.people.Meant.Has["status"], sent(q)
	if has != active && has != inactive {
		return ""
	}
	texts, twice := map[string]string{}, map[string]bool{}
	for _, v := range all {
		before, known := texts[v.Key]
		twice[v.Key] = twice[v.Key] || known && before != v.Text
		texts[v.Key] = v.Text
	}
	stays, since := false, ""
	for _, v := range all {
		name, own := ofSubject(strings.Join(outer(keyParts(v.Key), stateKey), "."))
		if !own || twice[v.Key] || strings.Contains(strings.ToLower(v.Key), "filter") {
			continue
		}
		why := fmt.Sprintf("gives %s=%q, and the person is to stay %s", v.Key, shownValue(v.Key, v.Text), has)
		switch gives := p.statusBy(name, v.Text); {
		case gives == has:
			stays = true
		case gives != "":
			return why
		case offSinceKey.MatchString(name) && (has == active && !never.MatchString(v.Text) || has == inactive && v.Type == automation.Null):
			since = why
		}
	}
	if stays { // such as a time at which somebody was deactivated before
		return ""
	}
	return since
}

// statusBy is the status that a value gives by its name, empty if none.
func (p *policy) statusBy(name, text string) string {
	switch {
	case onKey.MatchString(name) && yes.MatchString(text), stateKey.MatchString(name) && isOn.MatchString(text):
		return active
	case onKey.MatchString(name) && no.MatchString(text), offKey.MatchString(name) && yes.MatchString(text),
		stateKey.MatchString(name) && isOff.MatchString(text):
		return inactive
	case stateKey.MatchString(name):
		return p.states[selectors.FoldCase(strings.TrimSpace(text))]
	}
	return ""
}

var (
	takesWord = regexp.MustCompile(`^(deactivate|suspend|disable|archive|delete|remove|destroy|terminate|block|inactive|offboard)$`)
	givesWord = regexp.MustCompile(`^(reactivate|activate|enable|restore|unsuspend|unarchive|unblock|active)$`)
	nounEnd   = regexp.MustCompile(`(users?|members?|persons?|accounts?)$`)
	besides   = regexp.MustCompile(`^(users?|members?|persons?|people|accounts?|employees?|set|make|mark|by|ids?|selected|the)$`)
	// actionKey is a name for what is to be done.
	actionKey = regexp.MustCompile(`(?i)^(_?method|action|operation|operation_?name|command)$`)
	// removes is what may be done to one of somebody's roles, too.
	removes = regexp.MustCompile(`(?i)^(remove|delete)$`)
	pieces  = regexp.MustCompile(`[.:()'"\s]+`)
)

// otherVerb says that a change that is to leave the status as it is asks for another action, by the end of its address, by
// its method, by a value that says what is to be done, or by the name of a mutation.
func (p *policy) otherVerb(q automation.Request) string {
	has, all := p.roster.people.Meant.Has["status"], q.Values()
	last := lastOf(strings.Split(strings.TrimRight(q.Path(), "/"), "/"))
	verbs := append(pieces.Split(last, -1), mutationsIn(q).fields...)
	ours := func(word string) bool {
		return word != "" && (word == p.roster.people.Meant.ID || strings.EqualFold(word, p.roster.people.Meant.Email))
	}
	if q.Method == "DELETE" && (ours(last) || slices.ContainsFunc(pieces.Split(last, -1), ours)) {
		verbs = append(verbs, "delete")
	}
	for _, v := range all {
		name, own := ofSubject(v.Key)
		if own && actionKey.MatchString(name) && (name == "_method" || v.Text == "DELETE" || !removes.MatchString(v.Text)) {
			verbs = append(verbs, pieces.Split(v.Text, -1)...)
		}
	}
	for _, verb := range verbs {
		if takes, gives := asksTo(verb); has == active && takes || has == inactive && gives {
			return fmt.Sprintf("asks to %s, and the person is to stay %s", verb, has)
		}
	}
	return ""
}

// asksTo says that a verb takes access from a person, or gives it: deactivate, setInactive, userDeactivate,
// delete_selected. What is done to something else of theirs, such as deleteAvatar, is neither.
func asksTo(verb string) (takes, gives bool) {
	for _, w := range wordsOf(verb) {
		if bare := nounEnd.ReplaceAllString(w, ""); bare != "" {
			w = bare // deactivateuser
		}
		switch {
		case takesWord.MatchString(w):
			takes = true
		case givesWord.MatchString(w):
			gives = true
		case !besides.MatchString(w):
			return false, false
		}
	}
	return takes, gives && !takes
}

// wordsOf takes a name apart into its words, in lower case: setInactive, set-inactive. de-activate is one word.
func wordsOf(name string) []string {
	var b strings.Builder
	small := false
	for _, r := range name {
		switch {
		case unicode.IsUpper(r) && small:
			b.WriteByte(' ')
			b.WriteRune(r)
		case !unicode.IsLetter(r) && !unicode.IsDigit(r):
			b.WriteByte(' ')
		default:
			b.WriteRune(r)
		}
		small = unicode.IsLower(r)
	}
	text := strings.ToLower(b.String())
	return strings.Fields(strings.NewReplacer("de activate", "deactivate", "re activate", "reactivate").Replace(text))
}
