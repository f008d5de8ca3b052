package recording

import (
	"slices"
	"strings"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

func (im *importer) click(s *Step) {
	if s.Button != "" && s.Button != "primary" {
		im.leaveOut("no verb presses the button %s of the mouse", s.Button)
		return
	}
	name, ok := im.target(s)
	if !ok {
		return
	}
	im.offsets = true
	if s.DeviceType != "" && s.DeviceType != "mouse" {
		im.review("it was pressed by %s: a click is one of the mouse", s.DeviceType)
	}
	if s.Duration >= longPress {
		im.review("it was pressed for %.0f ms: a click is short", s.Duration)
	}
	switch {
	case s.Type == doubleClick && im.at+1 == im.Commit:
		im.leaveOut("it is pressed twice, and a commit is pressed once")
		return
	case s.Type == doubleClick:
		im.add(s, &flows.Click{Press: flows.Press{Target: name, Double: true}})
		return
	case im.at+1 == im.Commit:
		im.press(s, name)
		return
	}
	if on, ok := im.checked(s); ok {
		im.add(s, &flows.Check{Target: name, On: on})
		im.at++ // the wait that says how it stands afterwards
		return
	}
	if option, ok := im.picked(name); ok {
		c := *im.pickers[name]
		c.Option = option
		im.add(s, &c)
		im.at++ // the click on the option
		return
	}
	im.presses = true
	if known := im.known[name]; known["check"] && !known["click"] {
		im.review("%s is a box: check says whether it is to be on, and a click only that it changes", name)
	}
	im.add(s, &flows.Click{Press: flows.Press{Target: name}})
}

// picked says which option the next step presses, where the layout's flows choose from what was just opened.
func (im *importer) picked(opened string) (option string, ok bool) {
	if im.pickers[opened] == nil || im.at+1 >= len(im.recording.Steps) || im.at+2 == im.Commit {
		return "", false
	}
	next := &im.recording.Steps[im.at+1]
	if next.Type != click || next.Button != "" && next.Button != "primary" {
		return "", false
	}
	for _, p := range next.Selectors {
		f, err := parseSelector(p[len(p)-1])
		if err != nil || f.Role != "option" || f.Name == "" {
			continue
		}
		if m := reference.FindStringSubmatch(f.Name); m != nil {
			im.input(m[1])
			return f.Name, true
		}
		if name, ok := im.inputOf(f.Name); ok {
			return "${" + name + "}", true
		}
		im.review("it chooses %q as it was recorded: name an input that has this value if it is not always the same", f.Name)
		return f.Name, !strings.Contains(f.Name, "${")
	}
	return "", false
}

// longPress is from how many milliseconds on a press is held.
const longPress = 600

// press makes the commit.
func (im *importer) press(s *Step, name string) {
	c := &flows.Commit{Press: flows.Press{Target: name}}
	if im.shows != "" {
		c.For = &flows.Identity{Target: im.shows, Equals: "${" + subjectInput + "}"}
	} else if known := im.knownCommit(); known != nil && known.For != nil {
		c.For = known.For
		im.input(subjectInput)
		im.review("whom the commit concerns is said by %s, as in the flow that there is", known.For.Target)
	}
	im.commit, im.after = c, true
	im.add(s, c)
}

// knownCommit is the commit of the flow of this name that the layout has already.
func (im *importer) knownCommit() (out *flows.Commit) {
	for _, f := range im.Flows {
		if f.Name == im.Flow {
			f.Each(func(s *flows.Step) {
				if c, ok := s.Verb.(*flows.Commit); ok {
					out = c
				}
			})
		}
	}
	return out
}

// checked says that the next step waits until the box pressed is on, or off.
func (im *importer) checked(s *Step) (on, ok bool) {
	if im.at+1 >= len(im.recording.Steps) {
		return false, false
	}
	next := &im.recording.Steps[im.at+1]
	if next.Type != waitForElement || len(next.Properties) != 1 || len(next.Attributes) > 0 ||
		!samePaths(s.Selectors, next.Selectors) {
		return false, false
	}
	on, ok = next.Properties["checked"].(bool)
	return on, ok && plainWait(next)
}

func samePaths(a, b []Path) bool {
	return slices.EqualFunc(a, b, func(p, q Path) bool { return slices.Equal(p, q) })
}

// plainWait says that a wait is for one element at least.
func plainWait(s *Step) bool {
	return (s.Operator == "" || s.Operator == ">=") && (s.Count == nil || *s.Count == 1) &&
		(s.Visible == nil || *s.Visible)
}

func (im *importer) hover(s *Step) {
	if name, ok := im.target(s); ok {
		im.add(s, &flows.Hover{Target: name})
	}
}

func (im *importer) change(s *Step) {
	if slices.ContainsFunc(words(s.Selectors), func(t string) bool {
		return strings.Contains(strings.ReplaceAll(strings.ReplaceAll(t, `"`, ""), `'`, ""), "type=file")
	}) {
		im.leaveOut("it gives a file, which no verb does")
		return
	}
	if im.leaveValue(s) {
		return
	}
	name, ok := im.target(s)
	if !ok {
		return
	}
	value, secret := im.valueOf(s, name)
	known := im.known[name]
	switch {
	case secret:
		im.add(s, &flows.Fill{Target: name, Value: value})
	case known["choose"] && !known["fill"] || im.isSelect(s):
		if !isReference(value) {
			im.review("it chooses by the value that the option has: put its words in the place if they are others")
		}
		im.add(s, &flows.Choose{Target: name, Option: value})
	default:
		im.add(s, &flows.Fill{Target: name, Value: value})
	}
	if value == "${"+subjectInput+"}" && !secret {
		im.fills(name)
	}
}

// fills notes that the subject was typed into a target. That shows whom a commit concerns only where somebody is
// made by it: of somebody who is there already it may be what they were searched by, which says the same whoever
// was found.
func (im *importer) fills(name string) {
	if kind, acts := userops.KindOfFlow(im.Flow); !acts || kind.Creates {
		im.shows = name
	}
}

// leaveValue leaves a step out whose value cannot stand in a flow.
func (im *importer) leaveValue(s *Step) bool {
	v := *s.Value
	if im.secret[v] || secretOf(words(s.Selectors)...) != "" || isReference(v) || !strings.Contains(v, "${") {
		return false
	}
	if slices.ContainsFunc(mapValues(im.Inputs), func(in string) bool { return in == v }) {
		return false
	}
	im.leaveOut("its value contains ${, which stands for an input")
	return true
}

func mapValues(m map[string]string) (out []string) {
	for _, v := range m {
		out = append(out, v)
	}
	return out
}

// valueOf is what stands in the flow for what was typed into a target. The name of one that the version has tells of
// secrets, too.
func (im *importer) valueOf(s *Step, name string) (text string, secret bool) {
	v := *s.Value
	kind := secretOf(words(s.Selectors)...)
	if kind == "" && slices.Contains(im.draft.Reused, name) {
		if kind = secretOf(name); kind != "" && !isReference(v) {
			im.typed[im.at+1], im.secret[v] = v, true
		}
	}
	if m := reference.FindStringSubmatch(v); m != nil {
		if kind == "" && m[1] != passwordSecret && m[1] != codeSecret {
			im.input(m[1])
			return v, false
		}
		if m[1] == codeSecret {
			kind = codeSecret
		}
	}
	if kind == "" && im.secret[v] {
		kind = passwordSecret
	}
	if kind != "" {
		im.input(kind)
		im.review("what it types looks like a secret and is not taken over: the secret %s stands in its place", kind)
		return "${" + kind + "}", true
	}
	if input, ok := im.inputOf(v); ok {
		return "${" + input + "}", false
	}
	im.review("it types %q as it was recorded: name an input that has this value if it is not always the same", v)
	return v, false
}

// isSelect says that a step acts on a select element, by where its selectors end.
func (im *importer) isSelect(s *Step) bool {
	for _, p := range s.Selectors {
		if f, err := parseSelector(p[len(p)-1]); err == nil && f.tag() == "select" {
			return true
		}
	}
	return false
}

// pressable are the keys that there is a verb for.
var pressable = []string{"Escape", "Enter", "Tab", "ArrowDown", "ArrowUp", "Home", "End", "PageDown"}

var modifiers = []string{"Shift", "Control", "Alt", "AltGraph", "Meta"}

func (im *importer) keyDown(s *Step) {
	switch {
	case slices.Contains(modifiers, s.Key):
		im.held[s.Key] = true
		im.leaveOut("no verb holds %s", s.Key)
		return
	case !slices.Contains(pressable, s.Key):
		im.leaveOut("no verb presses this key: there are %s. To type is for fill", strings.Join(pressable, ", "))
		return
	case len(im.held) > 0:
		im.leaveOut("no verb presses %s while another key is held", s.Key)
		return
	}
	key := &flows.Key{Key: s.Key}
	if s.Key == "Enter" {
		key.Target = im.filled
		im.presses = true
	}
	im.pressed[s.Key]++
	im.add(s, key)
}

func (im *importer) keyUp(s *Step) {
	switch {
	case im.held[s.Key]:
		delete(im.held, s.Key)
		im.leaveOut("no verb holds %s", s.Key)
	case im.pressed[s.Key] > 0:
		im.pressed[s.Key]--
	default:
		im.leaveOut("no verb only lets a key go")
	}
}

func (im *importer) scroll(s *Step) {
	to := ""
	x, y := s.X, s.Y
	switch {
	case len(s.Selectors) == 0:
		im.leaveOut("it scrolls the page by its place: a verb brings what it acts on into view by itself")
		return
	case x == nil && y == nil:
		to = "into-view"
	case (x == nil || *x == 0) && y != nil && *y == 0:
		to = "top"
	default:
		im.leaveOut("it scrolls to a place in pixels: a verb scrolls to the top, the bottom or into view")
		return
	}
	if name, ok := im.target(s); ok {
		im.add(s, &flows.Scroll{Target: name, To: to})
	}
}

// wait makes of a wait the verb that says the same.
func (im *importer) wait(s *Step) {
	count, operator := 1, ">="
	if s.Count != nil {
		count = *s.Count
	}
	if s.Operator != "" {
		operator = s.Operator
	}
	visible := s.Visible == nil || *s.Visible
	text, others := textProperty(s)
	gone := count == 0 && operator != ">=" && visible || count == 1 && operator == ">=" && !visible
	switch {
	case len(s.Attributes) > 0 || others:
		im.leaveOut("no verb waits for properties or attributes of an element, beside its text")
	case gone && text == nil:
		if name, ok := im.target(s); ok {
			im.add(s, &flows.Expect{Target: name, Gone: true})
		}
	case gone || !visible || count != 1 || operator == "<=":
		im.leaveOut("no verb counts elements: it waits for one that is there, or is gone")
	case text != nil:
		im.expect(s, *text)
	default:
		if name, ok := im.target(s); ok {
			im.add(s, &flows.Await{name})
		}
	}
}

// textProperty is the text that a wait is for, nil where it is for none. others says that it is for something else,
// too.
func textProperty(s *Step) (text *string, others bool) {
	for name, v := range s.Properties {
		t, ok := v.(string)
		if !ok || text != nil || !slices.Contains([]string{"textContent", "innerText", "value"}, name) {
			return nil, true
		}
		text = &t
	}
	return text, false
}

func (im *importer) expect(s *Step, text string) {
	if secretOf(words(s.Selectors)...) != "" || im.secret[text] {
		im.leaveOut("it waits for a text that looks like a secret, which is only typed into a field")
		return
	}
	if !isReference(text) {
		if name, ok := im.inputOf(text); ok {
			text = "${" + name + "}"
		} else {
			im.review("it waits for the text %q as it was recorded", text)
		}
	} else {
		im.input(reference.FindStringSubmatch(text)[1])
	}
	if strings.Contains(text, "${") && !isReference(text) || text == "" {
		im.leaveOut("no verb waits for this text: it is empty, or contains ${, which stands for an input")
		return
	}
	name, ok := im.target(s)
	if !ok {
		return
	}
	if text == "${"+subjectInput+"}" {
		im.shows = name
	}
	im.add(s, &flows.Expect{Target: name, Equals: text})
}
