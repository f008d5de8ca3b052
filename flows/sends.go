package flows

import (
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// Sends says what a flow's commit sends. Then exactly that may leave, once. Path, query and body may name the flow's
// inputs and ${id}, what the console calls the person; "*" stands for any value. An input that is empty leaves the
// choice to the page, as in a choose step.
type Sends struct {
	Method     string               `json:"method"`
	Host       string               `json:"host,omitempty"` // with its port, if any; empty: that of the pages
	Path       string               `json:"path"`           // a * stands for any one segment
	Query      map[string]any       `json:"query,omitempty"`
	Body       map[string]any       `json:"body,omitempty"`
	Headers    map[string]any       `json:"headers,omitempty"` // those that say something of the change; others may stand beside them
	Provenance selectors.Provenance `json:"provenance"`
}

// Inputs are those that it names.
func (s *Sends) Inputs() (out []string) {
	for _, text := range s.texts() {
		out = append(out, selectors.Placeholders(text)...)
	}
	return out
}

// nowHas begins the names of what the person has before the change, as the list shows it, which a page sends along.
const nowHas = "now_"

// nowOf are those names.
var nowOf = []string{nowHas + "first_name", nowHas + "last_name", nowHas + "role", nowHas + "time_zone"}

// anything stands for a value that may be any.
const anything = "*"

// about says whether a request is of the form's method and path, so that the form must hold for it.
func (s *Sends) about(q automation.Request, values map[string]string) bool {
	if q.Method != s.Method {
		return false
	}
	want, got := strings.Split(s.Path, "/"), strings.Split(q.Path(), "/")
	if len(want) != len(got) {
		return false
	}
	for i := range want {
		if want[i] == anything {
			continue
		}
		filled, free := fillIn(want[i], values)
		if !free && filled != got[i] || free && got[i] == "" {
			return false
		}
	}
	return true
}

// differs says in what a request is not as the form says, empty if in nothing.
func (s *Sends) differs(q automation.Request, values map[string]string) string {
	if d := s.elsewhere(q, values); d != "" {
		return d
	}
	if d := differ("the query", s.Query, q.Query(), values); d != "" {
		return d
	}
	if d := differ("the body", s.Body, q.Values(), values); d != "" {
		return d
	}
	return s.headed(q, values)
}

// headed says in what the headers of a request are not as the form says. One that the form does not know may stand
// beside, such as a token, unless by its name it says what the method is, what role is given, or which organisation.
func (s *Sends) headed(q automation.Request, values map[string]string) string {
	form := map[string]any{}
	for name, v := range s.Headers {
		form[strings.ToLower(name)] = v
	}
	var known []automation.Value
	for _, v := range q.Headers {
		name := strings.ToLower(v.Key)
		_, told := form[name]
		switch {
		case told:
			known = append(known, automation.Value{Key: name, Text: v.Text})
		case q.OverriddenBy(v):
			return fmt.Sprintf("the header %s says another method", v.Key)
		case isRole(bareHeader(name)):
			return fmt.Sprintf("the header %s gives a role, which the flow does not know", v.Key)
		case namesOrganisation(v, values["organisation_id"]) && v.Text != values["organisation_id"]:
			return fmt.Sprintf("the header %s is %q, and the organisation is %q", v.Key, shownValue(v.Key, v.Text), values["organisation_id"])
		}
	}
	return differ("what stands in the headers", form, known, values)
}

// says that the form has a header.
func (s *Sends) says(header string) bool {
	if s == nil {
		return false
	}
	for name := range s.Headers {
		if selectors.FoldCase(name) == selectors.FoldCase(header) {
			return true
		}
	}
	return false
}

// organisationHeader is the name of a header that says in which organisation something is done.
var organisationHeader = regexp.MustCompile(`(?i)^(x-)?([a-z]+-)*(org|organi[sz]ation|tenant|company|workspace|account)(-?(id|uuid|key))?$`)

// namesOrganisation says that a header says by its id in which organisation something is done, as far as one can tell
// without knowing what else the console calls it.
func namesOrganisation(v automation.Value, id string) bool {
	named := organisationHeader.FindStringSubmatch(v.Key)
	return named != nil && id != "" && (named[4] != "" || len(v.Text) == len(id))
}

// bareHeader is a header's name without what all headers of a page's own begin with: role of X-Role.
func bareHeader(name string) string { return strings.TrimPrefix(strings.ToLower(name), "x-") }

// elsewhere says that a request goes to another host than that of the pages, unless the form names one.
func (s *Sends) elsewhere(q automation.Request, values map[string]string) string {
	want := s.Host
	if home, err := url.Parse(values["home"]); err == nil && want == "" {
		want = home.Host
	}
	got, err := url.Parse(q.URL)
	if want == "" || err == nil && selectors.FoldCase(got.Host) == selectors.FoldCase(want) {
		return ""
	}
	return fmt.Sprintf("it goes to another host than %s", want)
}

func differ(where string, form map[string]any, got []automation.Value, values map[string]string) string {
	want := spread(form)
	seen := map[string]bool{}
	for _, v := range got {
		if v.Inner {
			continue // the text it stands in is compared as a whole
		}
		expected, ok := want[v.Key]
		switch {
		case !ok:
			return fmt.Sprintf("%s carries %q, which the flow does not know", where, v.Key)
		case seen[v.Key]:
			return fmt.Sprintf("%s carries %q twice", where, v.Key)
		}
		seen[v.Key] = true
		switch text, free := expectation(expected, values); {
		case free:
		case !sameValue(text, v.Text):
			return fmt.Sprintf("in %s %s is %q, not %q", where, v.Key, shownValue(v.Key, v.Text), text)
		case !ofType(expected, v.Type):
			return fmt.Sprintf("in %s %s is of the type %s, not %s", where, v.Key, v.Type, typeOf(expected))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(want)) {
		if !seen[k] {
			return fmt.Sprintf("%s lacks %q", where, k)
		}
	}
	return ""
}

// free says that the form takes any value for a key.
func (s *Sends) free(key string) bool {
	for _, form := range []map[string]any{s.Query, s.Body, s.Headers} {
		for name, v := range spread(form) {
			if selectors.FoldCase(name) == selectors.FoldCase(key) && v == anything {
				return true
			}
		}
	}
	return false
}

// typeOf is the type that JSON has for a value of a form.
func typeOf(v any) automation.ValueType {
	switch v.(type) {
	case string:
		return automation.Text
	case bool:
		return automation.Bool
	case float64:
		return automation.Number
	case nil:
		return automation.Null
	}
	return automation.Empty
}

// ofType says whether a value is of the type that the form has: a server may take the text "false" for true, and
// null for "leave it as it is". A text of the form may stand for a number, such as ${id}.
func ofType(form any, got automation.ValueType) bool {
	want := typeOf(form)
	return got == automation.Untyped || got == want || want == automation.Text && got == automation.Number
}

// spread lists the scalars of a form by their path, as automation.Request.Values does for a body.
func spread(form map[string]any) map[string]any {
	out := map[string]any{}
	automation.EachScalar(form, func(key string, v any) { out[key] = v })
	return out
}

// expectation is the text that a value must have; free says that it may have any.
func expectation(v any, values map[string]string) (text string, free bool) {
	switch v := v.(type) {
	case string:
		if v == anything {
			return "", true
		}
		return fillIn(v, values)
	case bool:
		return strconv.FormatBool(v), false
	case float64:
		return strconv.FormatFloat(v, 'f', -1, 64), false
	case nil:
		return "", false
	case map[string]any:
		return "{}", false
	case []any:
		return "[]", false
	}
	return fmt.Sprint(v), false
}

// fillIn replaces inputs. One that is empty leaves the whole text free.
func fillIn(s string, values map[string]string) (filled string, free bool) {
	filled = selectors.Expand(s, func(name string) (string, bool) {
		v := values[name]
		free = free || v == ""
		return v, true
	})
	return filled, free
}

// sameValue compares as the console would: addresses without regard to the case of ASCII letters, everything else to
// the letter.
func sameValue(want, got string) bool {
	if want == got {
		return true
	}
	return strings.Contains(want, "@") && selectors.FoldCase(want) == selectors.FoldCase(got)
}

// needed are inputs that say whom a request concerns and what it gives: one that is not known leaves nothing to the
// page.
var needed = append([]string{"id", "email", "role", "first_name", "last_name", "organisation_id"}, nowOf...)

// lacks names an input that the form needs and that is empty.
func (s *Sends) lacks(values map[string]string) string {
	for _, text := range s.texts() {
		for _, name := range selectors.Placeholders(text) {
			if slices.Contains(needed, name) && values[name] == "" {
				return name
			}
		}
	}
	return ""
}

// names says that the form names whom the commit is about.
func (s *Sends) names() bool {
	return slices.ContainsFunc(s.texts(), func(text string) bool {
		all := selectors.Placeholders(text)
		return slices.Contains(all, "id") || slices.Contains(all, "email")
	})
}

// texts are the parts in which inputs may be named.
func (s *Sends) texts() []string {
	out := []string{s.Path}
	for _, form := range []map[string]any{s.Query, s.Body, s.Headers} {
		for _, v := range spread(form) {
			if text, ok := v.(string); ok {
				out = append(out, text)
			}
		}
	}
	return out
}

// check makes sure of what a schema cannot say.
func (s *Sends) check(f *Flow, complain func(string, ...any)) {
	if !f.Changes {
		complain("only a flow that changes something says what its commit sends", "sends")
	}
	for name := range s.Headers {
		if automation.Ordinary(name) {
			complain(fmt.Sprintf("the header %s says nothing of a change, and is not looked at", name), "sends", "headers")
		}
	}
	known := slices.Concat(f.Inputs, []string{"id", "organisation_id"}, nowOf)
	for _, text := range s.texts() {
		for _, name := range selectors.Placeholders(text) {
			if !slices.Contains(known, name) {
				complain(fmt.Sprintf("${%s} is not an input of this flow", name), "sends")
			}
		}
	}
}
