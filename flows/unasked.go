package flows

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"golang.org/x/text/unicode/norm"
)

// A page may send more of a person along than what was asked for, such as all that its form has. What it gives then must
// be what the list shows of them: a form that fills itself again would store another role with their new name. Values are
// judged by words that the list shows for others. What is none of these may be the console's own, and is let through.

// unasked says of a request about the person that it gives them something that nobody has asked for, empty if nothing.
func (p *policy) unasked(q automation.Request) string {
	if p.roster.people == nil {
		return ""
	}
	for _, why := range []string{
		unread(q), p.otherRole(q, every), p.noRole(q), p.otherAddress(q, every), p.otherName(q), p.otherWholeName(q), p.otherStatus(q), p.otherVerb(q),
	} {
		if why != "" {
			return why
		}
	}
	return ""
}

// unread says that a mutation of a request cannot be looked at.
func unread(q automation.Request) string {
	if mutationsIn(q).unread {
		return "has a mutation that cannot be read"
	}
	return ""
}

// every key of a request is looked at.
func every(string) bool { return true }

var (
	// mailKey is a name for the address by which somebody signs in, ofMail one within an object that mailList names.
	mailKey  = regexp.MustCompile(`(?i)^(user|member|new|primary|work|login)?[_\-]?(e?-?mails?([_\-]?address(es)?)?|login|user_?name|user_?principal_?name)$`)
	mailList = regexp.MustCompile(`(?i)e?-?mails?([_\-]?addresses)?$|^identit(y|ies)$`)
	ofMail   = regexp.MustCompile(`(?i)^(value|address|e?-?mail)$`)
	// several are the signs between addresses in one value.
	several = regexp.MustCompile(`[\s,;]+`)
)

// otherAddress says that the person is given another address, by which somebody else could sign in.
func (p *policy) otherAddress(q automation.Request, looked func(key string) bool) string {
	for _, v := range sent(q) {
		if !strings.Contains(v.Text, "@") || !looked(v.Key) {
			continue
		}
		parts := keyParts(v.Key)
		if last := len(parts) - 1; last > 0 && mailList.MatchString(parts[last-1]) && ofMail.MatchString(parts[last]) {
			parts = append(parts[:last-1], "email")
		}
		if name, own := ofSubjectOr(parts, partOfPerson); own && mailKey.MatchString(name) && slices.ContainsFunc(several.Split(v.Text, -1), p.notOurs) {
			return fmt.Sprintf("gives the address %s=%q, which was not asked for", v.Key, shownValue(v.Key, v.Text))
		}
	}
	return ""
}

// notOurs says that a word is the address of neither the person nor the account that acts.
func (p *policy) notOurs(word string) bool {
	word = selectors.FoldCase(word)
	return wholeAddress.MatchString(word) && word != selectors.FoldCase(p.roster.people.Meant.Email) && word != selectors.FoldCase(p.roster.people.Self)
}

// otherName says that a name is given that the list shows for somebody else, and no part of which is the person's.
func (p *policy) otherName(q automation.Request) string {
	words := strings.Fields(foldName(p.values[nowHas+"first_name"] + " " + p.values[nowHas+"last_name"]))
	for _, input := range []string{"first_name", "last_name"} {
		if p.values[input] != "" || len(words) == 0 {
			continue
		}
		for _, v := range givenIn(q, input) {
			part := foldName(v.Text)
			theirs := func(o automation.Person) bool { // "Ann Lee" and "Lee, Ann"
				return part != "" && len(o.Names) == 2 &&
					(input == "first_name" && strings.HasPrefix(foldName(o.Names[0]), part+" ") || input == "last_name" && strings.HasPrefix(foldName(o.Names[1]), part+","))
			}
			if !slices.ContainsFunc(strings.Fields(part), func(w string) bool { return slices.Contains(words, w) }) &&
				slices.ContainsFunc(p.roster.people.Others, theirs) {
				return fmt.Sprintf("gives the name %s=%q, which is somebody else's", v.Key, shownValue(v.Key, v.Text))
			}
		}
	}
	return ""
}

func foldName(s string) string {
	return selectors.FoldCase(norm.NFC.String(strings.Join(strings.Fields(s), " ")))
}

// wholeNameKey is a name for the names of a person in one.
var wholeNameKey = regexp.MustCompile(`(?i)^((user|member|full|display|whole|real)[_\-]?)*name$|^formatted$`)

// otherWholeName says that the person is given all the names that the list shows for somebody else.
func (p *policy) otherWholeName(q automation.Request) string {
	ours := append(slices.Clone(p.roster.people.Meant.Names), p.values["first_name"]+" "+p.values["last_name"])
	for _, v := range sent(q) {
		is := func(name string) bool { return foldName(name) == foldName(v.Text) }
		theirs := func(o automation.Person) bool { return slices.ContainsFunc(o.Names, is) }
		name, own := ofSubject(v.Key)
		if own && wholeNameKey.MatchString(name) && !slices.ContainsFunc(ours, is) && slices.ContainsFunc(p.roster.people.Others, theirs) {
			return fmt.Sprintf("gives the name %s=%q, which is somebody else's", v.Key, shownValue(v.Key, v.Text))
		}
	}
	return ""
}
