package flows

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"golang.org/x/text/unicode/norm"
)

// A page may send more of a person along than what was asked for, such as all that its form has. What it gives then must
// be what the list shows of them: a form that fills itself again would store another role with their new name.

// unasked says of a request that it gives the person something that nobody has asked for, empty if nothing.
func (p *policy) unasked(q automation.Request) string {
	if p.roster.people == nil {
		return ""
	}
	for _, why := range []string{p.otherRole(q, func(string) bool { return true }), p.otherName(q), p.otherStatus(q)} {
		if why != "" {
			return why
		}
	}
	return ""
}

// otherRole says that a role is given that the list shows for others, and not for this person. What is none of these words
// may be the console's own for the role that they have.
func (p *policy) otherRole(q automation.Request, looked func(key string) bool) string {
	has := p.values[nowHas+"role"]
	if p.roster.people == nil || has == "" || p.values["role"] != "" {
		return ""
	}
	for _, v := range slices.Concat(carried(q), q.Headers) {
		given := func(word string) bool { return v.Text == word || isRole(bareHeader(v.Key)) && sameWord(v.Text, word) }
		if v.Text == "" || !looked(v.Key) || given(has) || slices.Contains(slices.Collect(maps.Values(p.values)), v.Text) {
			continue
		}
		if slices.ContainsFunc(p.roster.people.Roles, given) {
			return kept(v, "role", has)
		}
	}
	return ""
}

// otherName says that a name is given that is no part of the person's whole name: a list may take it apart elsewhere.
func (p *policy) otherName(q automation.Request) string {
	fold := func(s string) string {
		return selectors.FoldCase(norm.NFC.String(strings.Join(strings.Fields(s), " ")))
	}
	has := strings.TrimSpace(p.values[nowHas+"first_name"] + " " + p.values[nowHas+"last_name"])
	for input, begins := range map[string]bool{"first_name": true, "last_name": false} {
		if has == "" || p.values[input] != "" {
			continue
		}
		for _, v := range givenIn(q, input) {
			whole, part := fold(has), fold(v.Text)
			if begins && strings.HasPrefix(whole+" ", part+" ") || !begins && strings.HasSuffix(" "+whole, " "+part) || part == "" {
				continue
			}
			return kept(v, "name", has)
		}
	}
	return ""
}

var (
	// onKey and offKey are names for whether somebody can sign in, and for whether not; stateKey is one for a word for it.
	onKey    = regexp.MustCompile(`(?i)^(is|user|account|member)?[_\-]?(active|enabled)$`)
	offKey   = regexp.MustCompile(`(?i)^(is|user|account|member)?[_\-]?(inactive|disabled|deactivated|suspended|blocked|locked|archived|deleted)$`)
	stateKey = regexp.MustCompile(`(?i)^(user|account|member)?[_\-]?(status|state)$`)
	yes      = regexp.MustCompile(`(?i)^(true|1|yes|y|on)$`)
	no       = regexp.MustCompile(`(?i)^(false|0|no|n|off)$`)
)

// otherStatus says that somebody is deactivated, or reactivated, by a change that is to leave that as it is.
func (p *policy) otherStatus(q automation.Request) string {
	has := p.roster.people.Meant.Has["status"]
	for _, v := range carried(q) {
		name, own := ofSubject(v.Key)
		if !own || has != "active" && has != "inactive" {
			continue
		}
		gives := ""
		switch {
		case onKey.MatchString(name) && yes.MatchString(v.Text), offKey.MatchString(name) && no.MatchString(v.Text):
			gives = "active"
		case onKey.MatchString(name) && no.MatchString(v.Text), offKey.MatchString(name) && yes.MatchString(v.Text):
			gives = "inactive"
		case stateKey.MatchString(name):
			gives = p.states[selectors.FoldCase(strings.TrimSpace(v.Text))]
		}
		if gives != has && (gives == "active" || gives == "inactive") {
			return kept(v, "status", has)
		}
	}
	return ""
}

func kept(v automation.Value, what, has string) string {
	return fmt.Sprintf("gives %s=%q, and the person is to keep the %s %q", v.Key, shownValue(v.Key, v.Text), what, has)
}
