package automation

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/billagent/billagent/selectors"
)

// Forms in which pages are known to say how many rows there are in all. A number beside another word, such as in
// "page 1 of 1" or "(2 roles)", is none; a page that says it otherwise needs the target's key counter.
const (
	amount = `(?P<total>\d{1,3}(?:[.,'’ ]\d{3})+|\d+)`
	drawnN = `(?:\d{1,3}(?:[.,'’ ]\d{3})+|\d+)`
	noun   = `(?:users?|people|persons?|records?|rows?|results?|items?|entries|entry)`
	dash   = `\s*(?:-|–|—|to|through)\s*`
)

var counterForms = []*regexp.Regexp{
	regexp.MustCompile(`(?i)^(?:(?:showing|displaying|viewing|` + noun + `):? )?` +
		drawnN + dash + drawnN + ` (?:out )?of ` + amount + `(?: ` + noun + `)?$`),
	regexp.MustCompile(`(?i)^(?:(?:showing|displaying|viewing) )?` + drawnN + ` (?:out )?of ` + amount + ` ` + noun + `$`),
	regexp.MustCompile(`(?i)^` + amount + ` ` + noun + `(?: in total| total| in all)?$`),
	regexp.MustCompile(`(?i)^` + amount + ` (?:in )?total$`),
	regexp.MustCompile(`(?i)^(?:out )?of ` + amount + `(?: ` + noun + `)?$`),
	regexp.MustCompile(`(?i)^(?:total(?: ` + noun + `)?|all ` + noun + `)(?::| –| -)? ?` + amount + `$`),
}

// alone are forms that only a whole text may have.
var alone = []*regexp.Regexp{
	regexp.MustCompile(`^` + amount + `$`),
	regexp.MustCompile(`(?i)^` + noun + `:? ?\(?` + amount + `\)?$`),
}

var betweenPhrases = regexp.MustCompile(`[()·•|;]|, | – | — `)

// total reads how many rows a counter says there are. The target's own form, where it has one, decides.
func total(t *selectors.Target, text string) (int, bool) {
	text = strings.TrimSuffix(spaced(text), ".")
	if t.Counter != "" {
		form, err := regexp.Compile(t.Counter)
		if err != nil {
			return 0, false
		}
		return counted(form, text)
	}
	for _, form := range append(alone, counterForms...) {
		if n, ok := counted(form, text); ok {
			return n, true
		}
	}
	found, n := 0, 0
	for _, phrase := range betweenPhrases.Split(text, -1) {
		for _, form := range counterForms {
			if m, ok := counted(form, strings.TrimSpace(phrase)); ok {
				found, n = found+1, m
				break
			}
		}
	}
	return n, found == 1
}

// CountIn reads how many rows a text says there are, where it says so in a form that needs no key counter.
func CountIn(text string) (n int, ok bool) { return total(&selectors.Target{}, text) }

// ranged says that a counter tells which rows are shown of how many: then it does not merely count those shown.
func ranged(text string) bool {
	text = strings.TrimSuffix(spaced(text), ".")
	return slices.ContainsFunc([]int{0, 1, 4}, func(i int) bool { return counterForms[i].MatchString(text) })
}

func counted(form *regexp.Regexp, text string) (int, bool) {
	m := form.FindStringSubmatch(text)
	if m == nil || form.SubexpIndex("total") < 0 {
		return 0, false
	}
	digits := strings.Map(func(r rune) rune {
		if unicode.IsDigit(r) {
			return r
		}
		return -1
	}, m[form.SubexpIndex("total")])
	n, err := strconv.Atoi(digits)
	return n, err == nil
}
