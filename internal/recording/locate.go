package recording

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/billagent/billagent/selectors"
)

// chain is one way to an element: what it lies in first.
type chain []found

// target is the name of what a step acts on: one that the version has, or a new one. ok is false where it was left out.
func (im *importer) target(s *Step) (name string, ok bool) {
	chains, why := im.chains(s)
	if len(chains) == 0 {
		im.leaveOut("none of its selectors can be used: %s", strings.Join(why, "; "))
		return "", false
	}
	for _, w := range why {
		im.review("a selector is not taken over: %s", w)
	}
	if name, ok := im.match(chains); ok {
		if !slices.Contains(im.draft.Reused, name) {
			im.draft.Reused = append(im.draft.Reused, name)
			slices.Sort(im.draft.Reused)
		}
		return name, true
	}
	return im.create(s, chains), true
}

// chains reads the selectors of a step. why says of each that cannot be used why not.
func (im *importer) chains(s *Step) (out []chain, why []string) {
	paths := s.Selectors
	if len(paths) > mostPathSelectors {
		why = append(why, fmt.Sprintf("only the first %d of %d are looked at", mostPathSelectors, len(paths)))
		paths = paths[:mostPathSelectors]
	}
	tag := ""
	for i, p := range paths {
		var c chain
		var failed error
		for len(p) > 1 && innerText.MatchString(p[len(p)-1]) {
			p = p[:len(p)-1]
		}
		for _, text := range p {
			f, err := parseSelector(text)
			if err != nil {
				failed = fmt.Errorf("number %d: %w", i+1, err)
				break
			}
			c = append(c, f)
		}
		if failed != nil {
			why = append(why, failed.Error())
			continue
		}
		for len(c) > 1 && c[len(c)-1].inner() { // what is drawn in the element that was meant
			c = c[:len(c)-1]
		}
		if t := c[len(c)-1].tag(); t != "" {
			tag = cmp.Or(tag, t)
		}
		out = append(out, c)
	}
	var settled []chain
	for _, c := range out {
		for i := range c {
			c[i].settle(s.Type, tag, i == len(c)-1)
		}
		settled = append(append(settled, c.pressed()...), c)
	}
	return settled, why
}

// pressedRoles are the roles of what is mostly pressed, of which a recording says the name alone.
var pressedRoles = []string{"button", "link", "tab", "menuitem"}

// pressed are the ways to an element of which the accessible name is known and nothing else: it may be another than what
// the element says.
func (c chain) pressed() (out []chain) {
	last := c[len(c)-1]
	if last.accessible == "" || last.Text == "" {
		return nil
	}
	for _, role := range pressedRoles {
		other := slices.Clone(c)
		other[len(c)-1] = found{accessible: last.accessible, Candidate: selectors.Candidate{Role: role, Name: last.accessible}}
		out = append(out, other)
	}
	return out
}

// settle makes a candidate of an accessible name without a role, of what else is known of the element.
func (f *found) settle(step, tag string, last bool) {
	if f.accessible == "" {
		return
	}
	role := tagRoles[tag]
	switch {
	case last && (step == change || tag == "input" || tag == "textarea" || tag == "select"):
		f.Label = f.accessible
	case last && role != "":
		f.Role, f.Name = role, f.accessible
	default:
		f.Text = f.accessible
	}
}

// is says that a candidate finds by the same.
func (f found) is(c selectors.Candidate) bool {
	c.Provenance = ""
	if f.accessible != "" {
		return c.Label == f.accessible || c.Role != "" && c.Name == f.accessible
	}
	return f.Candidate == c
}

// of says that the chain leads to a target of a version, through what that lies in.
func (c chain) of(t *selectors.Target) bool {
	last := c[len(c)-1]
	if !slices.ContainsFunc(t.Candidates, last.is) {
		return false
	}
	if len(c) == 1 {
		return true
	}
	return t.Within != nil && c[:len(c)-1].of(t.Within)
}

// match finds the target of the version that the chains lead to: the one that most of them do, the longer ones first.
func (im *importer) match(chains []chain) (string, bool) {
	if im.Version == nil {
		return "", false
	}
	own := im.ownTargets()
	best, name, several := 0, "", false
	for _, n := range im.Version.Names() {
		t, ok := im.Version.Target(n)
		if !ok {
			continue
		}
		score := 0
		for _, c := range chains {
			if c.of(t) {
				score += 2 * len(c)
			}
		}
		if score > 0 && own[n] {
			score++
		}
		several = score == best && best > 0 || several && score < best
		if score > best {
			best, name, several = score, n, false
		}
	}
	if several {
		im.review("several targets are found by it: %s is taken", name)
	}
	return name, name != ""
}

// ownTargets are those that the layout's flow of this name uses.
func (im *importer) ownTargets() map[string]bool {
	out := map[string]bool{}
	for n, verbs := range im.known {
		out[n] = len(verbs) > 0 && im.usedBy(n)
	}
	return out
}

func (im *importer) usedBy(target string) bool {
	for _, f := range im.Flows {
		if f.Name != im.Flow {
			continue
		}
		if text, err := json.Marshal(stepsOf(f)); err == nil && strings.Contains(string(text), `"`+target+`"`) {
			return true
		}
	}
	return false
}

// create makes a new target.
func (im *importer) create(s *Step, chains []chain) string {
	within := im.frame(s)
	single := slices.ContainsFunc(chains, func(c chain) bool { return len(c) == 1 })
	if !single {
		within = im.hosts(chains, within)
	}
	size := len(chains[0])
	var last []found
	for _, c := range chains {
		switch {
		case single && len(c) == 1, !single && len(c) == size:
			last = append(last, c[len(c)-1])
		default:
			im.review("a path of %d selectors is not taken over, since another selector finds the element", len(c))
		}
	}
	return im.made1(last, within)
}

// hosts makes the targets that lie around the one meant, where all paths lead through some, and returns the innermost.
func (im *importer) hosts(chains []chain, within string) string {
	size := len(chains[0])
	for i := range size - 1 {
		var at []found
		for _, c := range chains {
			if len(c) == size {
				at = append(at, c[i])
			}
		}
		if within == "" {
			if name, ok := im.match([]chain{{at[0]}}); ok {
				within = name
				continue
			}
		}
		within = im.made1(at, within)
	}
	return within
}

// made1 makes one new target, or finds the one that this draft has made of the same.
func (im *importer) made1(all []found, within string) string {
	spec := selectors.Spec{Within: within}
	all = slices.Clone(all)
	for i, f := range all {
		c := im.personal(f.Candidate)
		all[i].Candidate, all[i].accessible = c, ""
		c.Provenance = selectors.Recorded
		if !slices.Contains(spec.Candidates, c) {
			spec.Candidates = append(spec.Candidates, c)
		}
	}
	slices.SortStableFunc(spec.Candidates, func(a, b selectors.Candidate) int { return rank(a) - rank(b) })
	key := fmt.Sprint(within, "\n", spec.Candidates)
	if name, ok := im.made[key]; ok {
		return name
	}
	name := im.name(all)
	im.made[key], im.names[name] = name, true
	im.draft.Targets = append(im.draft.Targets, NewTarget{name, spec})
	if slices.ContainsFunc(spec.Candidates, func(c selectors.Candidate) bool { return mail.MatchString(c.String()) }) {
		im.review("the target %s is found by an e-mail address: it is that of one person", name)
	}
	return name
}

var mail = regexp.MustCompile(`[\w.+-]+@[\w-]+\.[\w.-]+`)

// rank orders candidates by how long they last.
func rank(c selectors.Candidate) int {
	switch {
	case c.TestID != "":
		return 0
	case c.Role != "" && c.Name != "":
		return 1
	case c.Label != "":
		return 2
	case c.Placeholder != "":
		return 3
	case c.Text != "":
		return 4
	case strings.Contains(c.CSS, "#") || strings.Contains(c.CSS, "[name="):
		return 5
	case c.CSS != "":
		return 6
	case strings.HasPrefix(c.XPath, "//*[@id="):
		return 7
	case c.Role != "":
		return 8
	}
	return 9
}

// personal puts inputs in the place of their values in what a candidate says.
func (im *importer) personal(c selectors.Candidate) selectors.Candidate {
	for _, text := range []*string{&c.TestID, &c.Label, &c.Name, &c.Text, &c.Placeholder, &c.CSS, &c.XPath} {
		for _, m := range inputName.FindAllString(*text, -1) {
			im.input(strings.TrimSuffix(strings.TrimPrefix(m, "${"), "}"))
		}
		for _, name := range slices.Sorted(maps.Keys(im.Inputs)) {
			v := im.Inputs[name]
			if len(v) < leastInput || name == "home" {
				continue
			}
			if replaced := replaceWord(*text, v, "${"+name+"}"); replaced != *text {
				*text = replaced
				im.input(name)
			}
		}
	}
	return c
}

// replaceWord replaces a word where it neither begins nor ends within another, nor stands in what an input was put
// in the place of.
func replaceWord(text, word, by string) string {
	var b strings.Builder
	for i := 0; i < len(text); {
		input := inputName.FindStringIndex(text[i:])
		switch {
		case input != nil && input[0] == 0:
			b.WriteString(text[i : i+input[1]])
			i += input[1]
		case strings.HasPrefix(text[i:], word) && !wordAt(text, i-1) && !wordAt(text, i+len(word)):
			b.WriteString(by)
			i += len(word)
		default:
			b.WriteByte(text[i])
			i++
		}
	}
	return b.String()
}

// frame makes targets for the frames that a step is in, and returns the innermost. The recording names them by their
// place alone.
func (im *importer) frame(s *Step) (within string) {
	for _, i := range s.Frame {
		if known := im.knownFrame(); within == "" && i == 0 && known != "" {
			im.review("the first frame of the page is taken for %s", known)
			within = known
			continue
		}
		place := selectors.Candidate{XPath: fmt.Sprintf("(//iframe | //frame)[%d]", i+1)}
		before := len(im.draft.Targets)
		within = im.made1([]found{{Candidate: place}}, within)
		if len(im.draft.Targets) > before {
			im.review("the frame %s is found by its place alone: give it a candidate that lasts", within)
		}
	}
	return within
}

// knownFrame is the one frame that the version knows.
func (im *importer) knownFrame() string {
	if im.Version == nil {
		return ""
	}
	var all []string
	for _, n := range im.Version.Names() {
		if t, ok := im.Version.Target(n); ok && isFrame(t) {
			all = append(all, n)
		}
	}
	if len(all) != 1 {
		return ""
	}
	return all[0]
}

// isFrame says that a target is a frame, by its candidates.
func isFrame(t *selectors.Target) bool {
	return slices.ContainsFunc(t.Candidates, func(c selectors.Candidate) bool {
		tag := found{Candidate: c}.tag()
		return tag == "iframe" || tag == "frame" || strings.HasPrefix(c.XPath, "(//iframe | //frame)[")
	})
}
