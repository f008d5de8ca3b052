package flows

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
	"go.yaml.in/yaml/v3"
)

// Rehearsed is a request that a rehearsal through the press has stopped.
type Rehearsed struct {
	Request string `json:"request"` // as it may be shown: secrets taken out
	Ruling  string `json:"ruling"`  // what would have become of it at a real commit, and why
	Passes  bool   `json:"passes"`  // it would have been let through
	Commit  bool   `json:"commit"`  // it is what the press was made for
	Changes bool   `json:"changes"`
	Early   bool   `json:"before_press,omitempty"`
	Sends   string `json:"sends,omitempty"` // a form for the flow's file, where the flow has none yet
}

var (
	secretName  = regexp.MustCompile(`(?i)csrf|xsrf|token|secret|nonce|ticket|sess|^sid$|pass(word|wd|code|phrase)?s?$|passw|pwd|authenticity|signature|assertion|(^|[_\-])(pin|otp|code)$|(Pin|Otp|[a-z]OTP)$`)
	idName      = regexp.MustCompile(`(?i)^(id|ids|uuid|guid|.+[_\-](id|ids|uuid|guid)|.*[a-z](Id|ID|Ids|IDs|Uuid|UUID|Guid))$`)
	opaqueValue = regexp.MustCompile(`^[\w+/=.~-]{20,}$`)
	digit       = regexp.MustCompile(`\d`)
	digits      = regexp.MustCompile(`\d+`)
)

// concealed says that a value may be what keeps a session, and is not to be shown. The person's own id is shown.
func concealed(name, value string) bool {
	if secretName.MatchString(name) {
		return true
	}
	return opaqueValue.MatchString(value) && digit.MatchString(value) && !strings.Contains(value, "@") && !idName.MatchString(name) && !isRole(name)
}

func shownValue(name, value string) string {
	if concealed(name, value) {
		return "•••"
	}
	if r := []rune(value); len(r) > 200 {
		return string(r[:200]) + "…"
	}
	return value
}

// Describe is a request for evidence and messages: secrets taken out, long values cut.
func Describe(q automation.Request) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", q.Method, automation.WithoutQuery(q.URL))
	list := func(before string, values []automation.Value) {
		for _, v := range values {
			text := shownValue(lastName(v.Key), v.Text)
			switch {
			case v.Key == "":
				text = fmt.Sprintf("%d bytes", len(v.Text))
			case nests(v, values):
				text = "…" // its parts are listed, each looked at by itself
			}
			fmt.Fprintf(&b, "%s%s=%q", before, v.Key, text)
			before = " "
		}
	}
	list(" ?", q.Query())
	list(" with ", q.Values())
	if q.Opaque {
		b.WriteString(" with a body that cannot be looked at")
	}
	return b.String()
}

// nests says that a text holds values of its own, which are listed beside it.
func nests(v automation.Value, all []automation.Value) bool {
	return slices.ContainsFunc(all, func(o automation.Value) bool { return o.Inner && strings.HasPrefix(o.Key, v.Key+".") })
}

// propose makes the form of a request for a flow's `sends`: values that are inputs become those, what may be a secret
// becomes any value.
func propose(q automation.Request, inputs map[string]string) string {
	s := map[string]any{"method": q.Method, "path": proposedPath(q.Path(), inputs), "provenance": string(selectors.Recorded)}
	if query := proposedValues(q.Query(), inputs); len(query) > 0 {
		s["query"] = query
	}
	if body := proposedValues(q.Values(), inputs); len(body) > 0 {
		s["body"] = body
	}
	telling := slices.DeleteFunc(slices.Clone(q.Headers), func(v automation.Value) bool {
		return inputOf(v.Text, inputs) == "" && !isRole(bareHeader(v.Key)) && !organisationHeader.MatchString(v.Key) && !q.OverriddenBy(v)
	})
	if headers := proposedValues(telling, inputs); len(headers) > 0 {
		s["headers"] = headers
	}
	out, err := yaml.Marshal(map[string]any{"sends": s})
	if err != nil {
		return ""
	}
	return string(out)
}

func proposedPath(path string, inputs map[string]string) string {
	parts := strings.Split(path, "/")
	for i, p := range parts {
		if name := inputOf(p, inputs); name != "" {
			parts[i] = "${" + name + "}"
		}
	}
	return strings.Join(parts, "/")
}

func proposedValues(values []automation.Value, inputs map[string]string) map[string]any {
	out := map[string]any{}
	for _, v := range values {
		if v.Inner {
			continue
		}
		switch name := inputOf(v.Text, inputs); {
		case name != "":
			out[v.Key] = "${" + name + "}"
		case v.Key == "" || nests(v, values) || concealed(lastName(v.Key), v.Text):
			out[v.Key] = anything
		case isRole(bareHeader(v.Key)) && v.Type != automation.Null && v.Type != automation.Empty: // the console's own for what this person has
			out[v.Key] = anything
		case v.Type == automation.Bool, v.Type == automation.Untyped && (v.Text == "true" || v.Text == "false"):
			out[v.Key] = v.Text == "true"
		case v.Type == automation.Null:
			out[v.Key] = nil
		case v.Type == automation.Number:
			out[v.Key] = numberOf(v.Text)
		case v.Type == automation.Empty && v.Text == "{}":
			out[v.Key] = map[string]any{}
		case v.Type == automation.Empty:
			out[v.Key] = []any{}
		default:
			out[v.Key] = v.Text
		}
	}
	return out
}

// numberOf is a number as it is written; one that cannot be kept exactly stays a text, which may stand for a number.
func numberOf(text string) any {
	if n, err := strconv.Atoi(text); err == nil && n > -1<<53 && n < 1<<53 {
		return n
	}
	return text
}

// inputOf finds the input that a value is, the person's id and e-mail before others that happen to be the same, and what
// the person has before the change last.
func inputOf(value string, inputs map[string]string) string {
	if value == "" {
		return ""
	}
	rank := func(name string) int {
		switch {
		case name == "id":
			return 0
		case name == "email":
			return 1
		case strings.HasPrefix(name, nowHas):
			return 3
		}
		return 2
	}
	names := slices.Sorted(maps.Keys(inputs))
	slices.SortStableFunc(names, func(a, b string) int { return rank(a) - rank(b) })
	for _, name := range names {
		if in := inputs[name]; in != "" && name != "home" && sameValue(in, value) {
			return name
		}
	}
	return ""
}
