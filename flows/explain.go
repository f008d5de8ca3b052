package flows

import (
	"fmt"
	"strings"
)

// Explain tells what a flow does, in sentences a line each, for somebody who does not know the format of its file.
func (f *Flow) Explain() []string {
	out := []string{f.About}
	if f.Subject != "" {
		out = append(out, "It is about the person whom "+f.whom()+" names.")
	}
	if f.Sends != nil {
		out = append(out, fmt.Sprintf("Its commit sends %s %s, and nothing else may leave (%s).", f.Sends.Method, f.Sends.Path, f.Sends.Provenance))
	}
	out = append(out, explain(f.Steps, "")...)
	if len(f.Afterwards) > 0 {
		out = append(append(out, "Once the change has been read back:"), explain(f.Afterwards, "")...)
	}
	return out
}

func explain(steps []Step, indent string) (out []string) {
	for i := range steps {
		s := &steps[i]
		out = append(out, fmt.Sprintf("%s%d. %s%s", indent, i+1, s.Verb.says(), s.Options.says()))
		n, ok := s.Verb.(nesting)
		if !ok {
			continue
		}
		for _, b := range n.nested() {
			deeper := indent + "   "
			if len(b.steps) == 0 {
				continue
			}
			if b.when != "" {
				out = append(out, deeper+b.when+":")
			}
			out = append(out, explain(b.steps, deeper)...)
		}
	}
	return out
}

// says tells what a step waits for after it.
func (o StepOptions) says() string {
	switch {
	case o.Reloads:
		return ", and wait until the page is loaded anew"
	case o.Asks:
		return ", and wait for the answer"
	case o.Changes != "":
		return ", and wait until " + o.Changes + " shows something else and rests"
	}
	return ""
}

// Mermaid draws the flow as a Mermaid flowchart.
func (f *Flow) Mermaid() string {
	d := &drawing{}
	d.text.WriteString("flowchart TD\n")
	last := d.steps([]string{d.node("begin", f.Name)}, f.Steps, "")
	if len(f.Afterwards) > 0 {
		last = d.steps([]string{d.join(last, d.node("step", "read back"), "")}, f.Afterwards, "")
	}
	d.join(last, d.node("begin", "end"), "")
	return d.text.String()
}

// drawing is a flowchart in the making.
type drawing struct {
	text  strings.Builder
	nodes int
}

// node draws a step; commits stand out.
func (d *drawing) node(kind, label string) string {
	d.nodes++
	id := fmt.Sprintf("n%d", d.nodes)
	left, right := "[", "]"
	switch kind {
	case "begin":
		left, right = "([", "])"
	case "branch":
		left, right = "{", "}"
	case "commit":
		left, right = "[[", "]]"
	case "stop":
		left, right = ">", "]"
	}
	fmt.Fprintf(&d.text, "  %s%s\"%s\"%s\n", id, left, mermaid(label), right)
	return id
}

// join draws an arrow from each of several nodes.
func (d *drawing) join(from []string, to, label string) string {
	for _, f := range from {
		if label == "" {
			fmt.Fprintf(&d.text, "  %s --> %s\n", f, to)
		} else {
			fmt.Fprintf(&d.text, "  %s -->|\"%s\"| %s\n", f, mermaid(label), to)
		}
	}
	return to
}

// steps draws steps after the nodes of from, and returns those that what follows comes after; none after a halt.
func (d *drawing) steps(from []string, steps []Step, label string) []string {
	for i := range steps {
		if len(from) == 0 {
			return nil
		}
		s := &steps[i]
		if p, ok := s.Verb.(*Part); ok {
			from = d.steps(from, p.shared, label)
			label = ""
			continue
		}
		id := d.join(from, d.node(kindOf(s), s.Verb.says()+s.Options.says()), label)
		from, label = d.after(id, s), ""
	}
	return from
}

func (d *drawing) after(id string, s *Step) []string {
	switch v := s.Verb.(type) {
	case *Halt:
		return nil
	case *When:
		var out []string
		for _, b := range []struct {
			label string
			steps []Step
		}{{"yes", v.Then}, {"no", v.Else}} {
			if len(b.steps) > 0 {
				out = append(out, d.steps([]string{id}, b.steps, b.label)...)
			} else {
				out = append(out, id)
			}
		}
		return out
	case *Visit:
		return append(d.steps([]string{id}, v.Otherwise, "otherwise"), id)
	case *Screens:
		for _, c := range v.Cases {
			for _, end := range d.steps([]string{id}, c.Steps, strings.Replace(c.When.String(), " is there", "", 1)) {
				d.join([]string{end}, id, "")
			}
		}
	}
	return []string{id}
}

func kindOf(s *Step) string {
	switch s.Verb.(type) {
	case *Commit:
		return "commit"
	case *When, *Screens, *Visit:
		return "branch"
	case *Halt:
		return "stop"
	}
	return "step"
}

// mermaid is a text that ends no label.
func mermaid(s string) string { return strings.NewReplacer(`"`, "#quot;", "\n", " ").Replace(s) }
