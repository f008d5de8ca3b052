package recording

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/selectors"
)

// The variables of the environment that an exported test reads.
const (
	commitVariable  = "ALLOW_COMMIT"
	storageVariable = "STORAGE_STATE"
	inputPrefix     = "INPUT_"
	secretPrefix    = "SECRET_"
)

// stepWait is how long a step waits that does not say: as long as where billagent carries it out.
const stepWait = 20 * time.Second

// playwright writes a flow as a test.
type playwright struct {
	ExportOptions
	inputs  []string
	used    []string // targets, in the order of their use
	filled  map[string]bool
	chosen  map[string]bool
	body    strings.Builder
	indent  int
	remarks []Remark
	at      int
	now     *flows.Step
}

// Playwright writes a flow as a test for @playwright/test. Its commit is made only where a variable of the environment
// allows it; secrets are read from the environment alone.
func Playwright(o ExportOptions) *Export {
	w := &playwright{ExportOptions: o, filled: map[string]bool{}, chosen: map[string]bool{}, indent: 1}
	w.collect()
	w.steps(o.Flow.Steps)
	if len(o.Flow.Afterwards) > 0 {
		w.at++
		w.remarks = append(w.remarks, Remark{
			w.at, "afterwards", "what follows once the change has been read back is not in the test",
		})
		w.line("// Not expressed: what follows once the change has been read back.")
	}
	return &Export{w.head() + w.body.String() + "});\n", w.remarks}
}

// collect finds the inputs and targets that the flow uses.
func (w *playwright) collect() {
	take := func(texts ...string) {
		for _, t := range texts {
			for _, n := range selectors.Placeholders(t) {
				if !slices.Contains(w.inputs, n) && !slices.Contains(w.Flow.Secrets, n) && inputName.MatchString("${"+n+"}") {
					w.inputs = append(w.inputs, n)
				}
			}
		}
	}
	main := map[string]bool{}
	collect := func(s *flows.Step) {
		take(s.Texts()...)
		if o, ok := s.Verb.(*flows.Open); ok && isRelative(string(*o)) {
			take("${home}")
		}
		for _, n := range s.Targets() {
			if t, ok := w.Version.Target(n); ok && !main[n] {
				main[n] = true
				w.used = append(w.used, n)
				for ; t != nil; t = t.Within {
					take(t.Placeholders()...)
					for _, c := range t.Candidates {
						take(c.String())
					}
				}
			}
		}
	}
	for i := range w.Flow.Steps {
		each(&w.Flow.Steps[i], collect)
	}
	slices.Sort(w.inputs)
}

// isRelative says that an address is one of the console, below where it leads.
func isRelative(address string) bool {
	return !strings.Contains(address, "://") && !strings.HasPrefix(address, "${")
}

// each visits a step and those within it that a test expresses.
func each(s *flows.Step, visit func(*flows.Step)) {
	var inner []flows.Step
	if _, ok := s.Verb.(*flows.Visit); !ok {
		visit(s)
	}
	switch v := s.Verb.(type) {
	case *flows.Part:
		inner = v.Steps()
	case *flows.Visit:
		inner = v.Otherwise
	case *flows.When:
		inner = slices.Concat(v.Then, v.Else)
	}
	for i := range inner {
		each(&inner[i], visit)
	}
}

// head is what comes before the steps.
func (w *playwright) head() string {
	var b strings.Builder
	f := w.Flow
	fmt.Fprintf(&b, "import { test, expect as wait } from '@playwright/test';\n\n// The flow %s for the layout %s.\n",
		commented(f.Name), w.Version.Layout)
	if slices.Contains(w.inputs, "home") {
		fmt.Fprintf(&b, "// %sHOME is where the console leads after sign-in.\n", inputPrefix)
	}
	fmt.Fprintf(&b, "// %s names a file with a sign-in, as Playwright saves one.\n", storageVariable)
	if f.Changes {
		fmt.Fprintf(&b, "// It stops before its COMMIT, unless %s is 1.\n", commitVariable)
	}
	fmt.Fprintf(&b, "test.use({ storageState: process.env.%s, actionTimeout: %d });\n", storageVariable, stepWait.Milliseconds())
	fmt.Fprintf(&b, "const expect = wait.configure({ timeout: %d });\n\n", stepWait.Milliseconds())
	var needed []string
	write := func(object, prefix string, names []string) {
		if len(names) == 0 {
			return
		}
		fmt.Fprintf(&b, "const %s = {\n", object)
		for _, n := range names {
			v := prefix + strings.ToUpper(n)
			given, ok := w.Inputs[n]
			if !ok || prefix == secretPrefix {
				given = ""
				needed = append(needed, literal(v))
			}
			fmt.Fprintf(&b, "  %s: process.env.%s ?? %s,\n", n, v, literal(given))
		}
		b.WriteString("};\n")
	}
	write("input", inputPrefix, w.inputs)
	write("secret", secretPrefix, f.Secrets)
	fmt.Fprintf(&b, "\ntest(%s, async ({ page }) => {\n  test.setTimeout(%d);\n", literal(f.Name),
		time.Duration(f.Timeout).Milliseconds())
	if len(needed) > 0 {
		fmt.Fprintf(&b, "  for (const name of [%s]) {\n    if (process.env[name] === undefined) throw new Error(`set ${name}`);\n  }\n",
			strings.Join(needed, ", "))
	}
	b.WriteString(w.targets())
	return b.String()
}

// targets are the locators of all targets that the test uses.
func (w *playwright) targets() string {
	if len(w.used) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("  const targets = {\n")
	for _, n := range slices.Sorted(slices.Values(w.used)) {
		t, _ := w.Version.Target(n)
		for _, o := range w.others(t) {
			fmt.Fprintf(&b, "    // else: %s\n", commented(o))
		}
		fmt.Fprintf(&b, "    %s: %s,\n", literal(n), w.locator("page", t))
	}
	b.WriteString("  };\n\n")
	return b.String()
}

func target(name string) string { return "targets[" + literal(name) + "]" }

func (w *playwright) line(format string, args ...any) {
	w.body.WriteString(strings.Repeat("  ", w.indent) + fmt.Sprintf(format, args...) + "\n")
}

// remark lists what is not expressed, and says so in its place.
func (w *playwright) remark(why string, args ...any) {
	text := fmt.Sprintf(why, args...)
	w.remarks = append(w.remarks, Remark{w.at, w.now.Word(), text})
	w.line("// Not expressed: %s.", commented(text))
}

func (w *playwright) steps(all []flows.Step) {
	for i := range all {
		s := &all[i]
		if p, ok := s.Verb.(*flows.Part); ok {
			w.steps(p.Steps())
			continue
		}
		if v, ok := s.Verb.(*flows.Visit); ok { // the address is not known
			w.steps(v.Otherwise)
			continue
		}
		w.at++
		w.now = s
		if c, ok := s.Verb.(*flows.Commit); ok {
			w.commit(s, c)
			continue
		}
		if when, ok := s.Verb.(*flows.When); ok {
			w.when(when)
			continue
		}
		w.line("await test.step(%s, async () => {", literal(folded(s.Says())))
		w.indent++
		w.step(s)
		w.indent--
		w.line("});")
	}
}

func (w *playwright) commit(s *flows.Step, c *flows.Commit) {
	w.line("// ---- COMMIT: what follows changes something, and cannot be undone. ----")
	w.line("test.skip(process.env.%s !== '1', 'stopped before the commit: %s=1 makes the change');",
		commitVariable, commitVariable)
	w.line("await test.step(%s, async () => {", literal(folded(s.Says())))
	w.indent++
	w.press(s, &c.Press)
	w.indent--
	w.line("});")
}

func (w *playwright) when(v *flows.When) {
	condition := "await " + target(v.Target) + ".isVisible()"
	said := "(await " + target(v.Target) + ".innerText()).replace(/\\s+/g, ' ').trim()"
	switch {
	case v.Equals != "":
		condition += " && " + said + " === " + literal(folded(v.Equals))
	case v.Contains != "":
		condition += " && " + said + ".includes(" + literal(folded(v.Contains)) + ")"
	}
	then, otherwise := v.Then, v.Else
	if len(then) == 0 {
		condition, then, otherwise = "!("+condition+")", v.Else, nil
	}
	w.line("if (%s) {", condition)
	w.indent++
	w.steps(then)
	w.indent--
	if len(otherwise) > 0 {
		w.line("} else {")
		w.indent++
		w.steps(otherwise)
		w.indent--
	}
	w.line("}")
}

// timed are the options of a call whose step says how long it may take.
func (w *playwright) timed(s *flows.Step, more ...string) string {
	if t := time.Duration(s.Options.Timeout); t > 0 {
		more = append(more, fmt.Sprintf("timeout: %d", t.Milliseconds()))
	}
	if len(more) == 0 {
		return ""
	}
	return "{ " + strings.Join(more, ", ") + " }"
}

// call does something, and waits for what the step says follows it.
func (w *playwright) call(s *flows.Step, call string) {
	o := s.Options
	if o.Asks {
		w.remark("that it waits for the answer that the page asks for")
	}
	if o.Changes != "" {
		w.remark("that it waits until %s shows something else", o.Changes)
	}
	if !o.Reloads {
		w.line("await %s;", call)
		return
	}
	w.line("const loaded = page.waitForEvent(%s);", literal(w.loads(s)))
	w.line("await %s;", call)
	w.line("await loaded;")
}

// loads is the event by which Playwright tells that another document is loaded: in a frame the page tells of none.
func (w *playwright) loads(s *flows.Step) string {
	for _, name := range s.Targets() {
		t, _ := w.Version.Target(name)
		for ; t != nil; t = t.Within {
			if t.Within != nil && isFrame(t.Within) {
				return "framenavigated"
			}
		}
	}
	return "load"
}

// row is the locator of the row that a step names.
func (w *playwright) row(table, key string) string {
	rows := "tr"
	if t, ok := w.Version.Target(table); ok && t.Table != nil {
		rows = t.Table.Rows
	}
	has := "page.getByText(" + w.quoted(key) + ", { exact: true })"
	return target(table) + ".locator(" + literal(rows) + ").filter({ has: " + has + " })"
}

// inRow is the locator of a target in a row.
func (w *playwright) inRow(table, key, name string) string {
	t, ok := w.Version.Target(name)
	if !ok {
		return target(name)
	}
	return w.row(table, key) + w.locate(t, t.Candidates[0])
}

func (w *playwright) halt(v *flows.Halt) string {
	text := w.quoted(v.Kind + ": " + v.Reason)
	if v.Read != "" {
		text += " + ': ' + await " + target(v.Read) + ".innerText()"
	}
	if v.Texts != "" {
		text += " + ': ' + (await " + target(v.Texts) + ".allInnerTexts()).join(', ')"
	}
	return "throw new Error(" + text + ");"
}
