package recording

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/antchfx/xpath"
	"github.com/billagent/billagent/selectors"
)

// Prefixes of selectors. A selector without one is CSS.
const (
	ariaPrefix   = "aria/"
	xpathPrefix  = "xpath/"
	piercePrefix = "pierce/"
	textPrefix   = "text/"
	cssPrefix    = "css/"
)

// found is a selector as a candidate. Of an accessible name without a role both are left open.
type found struct {
	selectors.Candidate
	accessible string // the accessible name, where no role was recorded
}

var (
	ariaAttribute = regexp.MustCompile(`\[\s*(\w+)\s*=\s*("(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*')\s*\]`)
	roleWord      = regexp.MustCompile(`^[a-z]+$`)
	wholeTestID   = regexp.MustCompile(`^\[data-(?:testid|test-id|test)=(?:"([^"\\]+)"|'([^'\\]+)'|([\w-]+))\]$`)
	wholeHolder   = regexp.MustCompile(`^(?:input|textarea)?\[placeholder=(?:"([^"\\]+)"|'([^'\\]+)')\]$`)
	lastCSSTag    = regexp.MustCompile(`(?:^|[\s>+~])([a-z][a-z0-9-]*)[^\s>+~]*$`)
	lastXPathTag  = regexp.MustCompile(`/([a-z][a-z0-9-]*)(?:\[[^/]*\])?$`)
)

// parseSelector reads one selector. The error says why no candidate is made of it.
func parseSelector(text string) (found, error) {
	switch {
	case strings.Contains(text, "${") && !isReferenceIn(text):
		return found{}, fmt.Errorf("it contains ${, which stands for an input")
	case strings.HasPrefix(text, ariaPrefix):
		return parseARIA(strings.TrimPrefix(text, ariaPrefix))
	case strings.HasPrefix(text, xpathPrefix):
		x := strings.TrimPrefix(text, xpathPrefix)
		if _, err := xpath.Compile(standing(x)); err != nil || x == "" {
			return found{}, fmt.Errorf("the XPath cannot be read")
		}
		return found{Candidate: selectors.Candidate{XPath: x}}, nil
	case strings.HasPrefix(text, textPrefix):
		if t := folded(strings.TrimPrefix(text, textPrefix)); t != "" {
			return found{Candidate: selectors.Candidate{Text: t}}, nil
		}
		return found{}, fmt.Errorf("its text is empty")
	}
	css := strings.TrimSpace(strings.TrimPrefix(strings.TrimPrefix(text, piercePrefix), cssPrefix))
	if m := wholeTestID.FindStringSubmatch(css); m != nil {
		return found{Candidate: selectors.Candidate{TestID: m[1] + m[2] + m[3]}}, nil
	}
	if m := wholeHolder.FindStringSubmatch(css); m != nil {
		return found{Candidate: selectors.Candidate{Placeholder: m[1] + m[2]}}, nil
	}
	if err := selectors.CheckCSS(css); err != nil || css == "" {
		return found{}, fmt.Errorf("the CSS cannot be read")
	}
	return found{Candidate: selectors.Candidate{CSS: css}}, nil
}

// parseARIA reads Name[role="button"]. Of attributes there are name and role.
func parseARIA(text string) (found, error) {
	var name, role string
	var strange error
	rest := ariaAttribute.ReplaceAllStringFunc(text, func(part string) string {
		m := ariaAttribute.FindStringSubmatch(part)
		v := unescaped(m[2][1 : len(m[2])-1])
		switch m[1] {
		case "role":
			role = v
		case "name":
			name = v
		default:
			strange = fmt.Errorf("there is no attribute %s of an accessible element", m[1])
		}
		return ""
	})
	if rest = folded(unescaped(rest)); rest != "" {
		name = rest
	}
	name = folded(name)
	switch {
	case strange != nil:
		return found{}, strange
	case role == "" && name == "":
		return found{}, fmt.Errorf("it has neither name nor role")
	case role == "":
		return found{accessible: name}, nil
	case !roleWord.MatchString(role):
		return found{}, fmt.Errorf("%s is no role of WAI-ARIA", role)
	}
	return found{Candidate: selectors.Candidate{Role: role, Name: name}}, nil
}

// inner says that a selector is of what is drawn within an element, such as the text of a button, and of nothing by
// itself.
func (f found) inner() bool {
	switch f.Role {
	case "generic", "none", "presentation", "img", "strong", "emphasis":
		return f.Name == ""
	}
	return false
}

// innerText are the roles that only a browser's own tree of accessible elements has, without a name.
var innerText = regexp.MustCompile(`^aria/\[role="(StaticText|InlineTextBox|LineBreak|LayoutTable)"\]$`)

// tag guesses at the element's name in HTML, by where its selectors end.
func (f found) tag() string {
	for _, m := range [][]string{lastCSSTag.FindStringSubmatch(f.CSS), lastXPathTag.FindStringSubmatch(f.XPath)} {
		if m != nil {
			return m[1]
		}
	}
	return ""
}

// tagRoles are the roles that elements have by their name alone.
var tagRoles = map[string]string{
	"button": "button", "a": "link", "select": "combobox", "textarea": "textbox", "option": "option",
}

// selectorsOf spells a candidate as selectors of a recording.
func selectorOf(c selectors.Candidate) string {
	switch {
	case c.TestID != "":
		return `[data-testid="` + cssText(c.TestID) + `"]`
	case c.Role != "":
		return ariaPrefix + ariaText(c.Name) + `[role="` + c.Role + `"]`
	case c.Label != "":
		return ariaPrefix + ariaText(c.Label)
	case c.Placeholder != "":
		return `[placeholder="` + cssText(c.Placeholder) + `"]`
	case c.Text != "":
		return textPrefix + c.Text
	case c.XPath != "":
		return xpathPrefix + c.XPath
	}
	for _, p := range []string{ariaPrefix, xpathPrefix, piercePrefix, textPrefix} {
		if strings.HasPrefix(c.CSS, p) {
			return cssPrefix + c.CSS
		}
	}
	return c.CSS
}

func cssText(s string) string {
	return strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\a `).Replace(s)
}

// ariaText is a name in which no bracket begins an attribute.
func ariaText(s string) string {
	if strings.ContainsAny(s, `[]\`) {
		return `[name="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"]`
	}
	return s
}

var escape = regexp.MustCompile(`\\(.)`)

func unescaped(s string) string { return escape.ReplaceAllString(s, "$1") }

// folded is a text with its white space folded, and without what is not seen.
func folded(s string) string { return strings.Join(strings.Fields(s), " ") }

// standing is an expression with a letter in the place of each input.
func standing(s string) string {
	return selectors.Expand(s, func(string) (string, bool) { return "x", true })
}

var reference = regexp.MustCompile(`^\$\{([a-z_]+)\}$`)

// isReference says that a text is ${name} and nothing else, as an export writes an input of which no value was given.
func isReference(s string) bool { return reference.MatchString(s) }

// isReferenceIn says that every ${ of a text begins the name of an input.
func isReferenceIn(s string) bool {
	return !strings.Contains(inputName.ReplaceAllString(s, ""), "${")
}

var inputName = regexp.MustCompile(`\$\{[a-z_]+\}`)
