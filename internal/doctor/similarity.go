package doctor

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/selectors"
)

// property is one thing by which two elements are compared. The weights are those that found most elements of 48
// sites again, about 32 months later (Similo's optimised weights: text, the attribute name and type first,
// structure last, class never). That study had no accessible name, role or test id; they are weighed like its
// "other attributes" and the text; so is what authors mark it with, such as data-icon. The place in the tree is compared by
// how much of the path is the same from the top, as the study's XPath from the nearest id is (0.45), and not as a whole,
// as its absolute XPath is (0.1).
type property struct {
	name   string
	weight float64
	of     func(f *selectors.Fingerprint) string
	like   func(a, b string) float64
}

var properties = []property{
	{"the attribute name", 2.85, func(f *selectors.Fingerprint) string { return f.Field }, textLike},
	{"the text", 2.8, func(f *selectors.Fingerprint) string { return f.Text }, textLike},
	{"the type", 2.75, func(f *selectors.Fingerprint) string { return f.Type }, equal},
	{"the name", 2.2, func(f *selectors.Fingerprint) string { return f.Name }, textLike},
	{"the alternative text", 1.85, func(f *selectors.Fingerprint) string { return f.Alt }, textLike},
	{"the test id", 1.8, func(f *selectors.Fingerprint) string { return f.TestID }, textLike},
	{"the role", 1.8, func(f *selectors.Fingerprint) string { return f.Role }, equal},
	{"the title", 1.8, func(f *selectors.Fingerprint) string { return f.Title }, textLike},
	{"the placeholder", 1.8, func(f *selectors.Fingerprint) string { return f.Placeholder }, textLike},
	{"what stands around it", 1.45, func(f *selectors.Fingerprint) string { return f.Beside }, textLike},
	{"what it is marked with", 1.8, func(f *selectors.Fingerprint) string { return f.Data }, textLike},
	{"where it leads", 0.95, func(f *selectors.Fingerprint) string { return f.Href }, textLike},
	{"the label", 0.9, func(f *selectors.Fingerprint) string { return f.Label }, textLike},
	{"the tag", 0.8, func(f *selectors.Fingerprint) string { return f.Tag }, tagLike},
	{"the id", 0.5, func(f *selectors.Fingerprint) string { return f.ID }, textLike},
	{"the place in the tree", 0.45, func(f *selectors.Fingerprint) string { return f.Path }, pathLike},
}

const (
	placeWeight = 1.2
	sizeWeight  = 0.35
)

// spoken are the properties by which a person tells elements apart. Where somebody has seen that an element says
// nothing, one that does is another.
var spoken = []string{"the text", "the name"}

// namings are the properties by which authors name an element.
var namings = []string{"the attribute name", "the text", "the name", "the alternative text", "the test id", "the title",
	"the placeholder", "the label", "the id"}

// similarity says how much an element is like a fingerprint, from 0 to 1, and what speaks for and against it. Only
// what the fingerprint knows is compared.
func similarity(known, seen *selectors.Fingerprint) (score float64, reasons []string) {
	var sum, most float64
	for _, p := range properties {
		a, b := p.of(known), p.of(seen)
		if a == "" && known.Path != "" && b != "" && slices.Contains(spoken, p.name) {
			most += p.weight
			reasons = append(reasons, fmt.Sprintf("%s is %q, and there was none", p.name, b))
		}
		if a == "" {
			continue
		}
		like := 0.0
		if b != "" {
			like = p.like(a, b)
		}
		sum, most = sum+p.weight*like, most+p.weight
		switch {
		case like == 1:
			reasons = append(reasons, fmt.Sprintf("%s is %q as before", p.name, b))
		case like >= 0.5:
			reasons = append(reasons, fmt.Sprintf("%s is %q, was %q", p.name, b, a))
		case b == "":
			reasons = append(reasons, fmt.Sprintf("%s is gone, was %q", p.name, a))
		default:
			reasons = append(reasons, fmt.Sprintf("%s differs: %q, was %q", p.name, b, a))
		}
	}
	if len(known.Box) == 4 && len(seen.Box) == 4 {
		sum, most = sum+placeWeight*near(known.Box, seen.Box)+sizeWeight*sizeLike(known.Box, seen.Box), most+placeWeight+sizeWeight
	}
	if most == 0 {
		return 0, nil
	}
	return sum / most, reasons
}

// called says that an element is called as before: one of its names or texts is the same, or nearly; or it leads where
// it led, whatever its label says; or it said nothing, and bears the same icon.
func called(known, seen *selectors.Fingerprint) bool {
	if aPage.MatchString(known.Href) && known.Href == seen.Href {
		return true
	}
	silent := func(f *selectors.Fingerprint) bool { return f.Text == "" && f.Name == "" }
	if silent(known) && silent(seen) && known.Data != "" && known.Data == seen.Data {
		return true
	}
	for _, p := range properties {
		if a, b := p.of(known), p.of(seen); a != "" && b != "" && slices.Contains(namings, p.name) && textLike(a, b) >= 0.8 {
			return true
		}
	}
	return false
}

// aPage is an address that says by itself what it leads to: by a word, at its end, without a query that would say it
// otherwise.
var aPage = regexp.MustCompile(`^(?:https?://[^?]*|[^:?]*)/[A-Za-z][\w.-]*/?$`)

func equal(a, b string) float64 {
	if a == b {
		return 1
	}
	return 0
}

// tagLike takes the tags for one that authors exchange for each other.
func tagLike(a, b string) float64 {
	exchanged := func(kin ...string) bool { return slices.Contains(kin, a) && slices.Contains(kin, b) }
	switch {
	case a == b:
		return 1
	case exchanged("a", "button", "input", "summary") || exchanged("div", "section", "article", "main", "form", "fieldset", "dialog") ||
		exchanged("span", "div", "p", "strong", "b", "label"):
		return 0.5
	}
	return 0
}

// near is 1 where two elements have their middles at one place, and 0 from 400 px apart.
func near(a, b []int) float64 {
	x := float64(a[0]+a[2]/2) - float64(b[0]+b[2]/2)
	y := float64(a[1]+a[3]/2) - float64(b[1]+b[3]/2)
	return max(0, 1-math.Hypot(x, y)/400)
}

func sizeLike(a, b []int) float64 {
	part := func(x, y int) float64 {
		if x <= 0 || y <= 0 {
			return 0
		}
		return float64(min(x, y)) / float64(max(x, y))
	}
	return part(a[2], b[2]) * part(a[3], b[3])
}

// chance is the likeness that short words have by chance: Save and More have a letter of four in common.
const chance = 0.4

// textLike compares two texts without regard to case: by the letters that differ, or by the words they share.
func textLike(a, b string) float64 {
	a, b = selectors.FoldCase(a), selectors.FoldCase(b)
	if a == b {
		return 1
	}
	x, y := []rune(a), []rune(b)
	longest := max(len(x), len(y))
	if longest == 0 {
		return 1
	}
	letters := 1 - float64(distance(x, y))/float64(longest)
	if like := max(letters, shared(words(a), words(b))); like >= chance {
		return like
	}
	return 0
}

func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return !('a' <= r && r <= 'z' || '0' <= r && r <= '9' || r > 127) })
}

// shared is the share of words that two texts have in common. A single common word among several says little.
func shared(a, b []string) float64 {
	common := 0
	for _, w := range a {
		if slices.Contains(b, w) {
			common++
		}
	}
	if common == 0 {
		return 0
	}
	return float64(common) / float64(len(a)+len(b)-common)
}

func pathLike(a, b string) float64 {
	x, y := strings.Split(a, "/"), strings.Split(b, "/")
	same := 0
	for same < len(x) && same < len(y) && x[same] == y[same] {
		same++
	}
	return float64(same) / float64(max(len(x), len(y)))
}

// distance is how many letters have to be changed, added or left out to make one text of another (Levenshtein).
func distance(a, b []rune) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i, x := range a {
		before := row[0]
		row[0] = i + 1
		for j, y := range b {
			here := before
			if x != y {
				here++
			}
			before = row[j+1]
			row[j+1] = min(here, row[j]+1, row[j+1]+1)
		}
	}
	return row[len(b)]
}
