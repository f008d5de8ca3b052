package datafile

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// spliced is the file's text with the lines of the entries that sets have changed written anew, and every other
// line as it was, so that what is otherwise is all that a reviewer sees. ok is false where the file's shape does
// not allow it.
func (f *File) spliced(root *yaml.Node, sets []Set) (text []byte, ok bool) {
	lines := strings.Split(strings.TrimSuffix(f.Text, "\n"), "\n")
	var changed []entry
	for _, s := range sets {
		e, found := f.entryOf(root, s.At, len(lines))
		if !found {
			return nil, false
		}
		if e.was != nil && alike(e.was, e.value) {
			continue
		}
		if slices.ContainsFunc(changed, func(o entry) bool { return o.around(e) }) {
			continue // it is written with what is around it
		}
		for e.to > e.from && aside(lines[e.to-1]) {
			e.to-- // what stands above the next entry is of that
		}
		for e.was == nil && e.from > 0 && aside(lines[e.from-1]) && indentation(lines[e.from-1]) < e.indent {
			e.from, e.to = e.from-1, e.to-1 // a comment on the next entry stays above that
		}
		changed = append(slices.DeleteFunc(changed, e.around), e)
	}
	// From the end, so that line numbers hold; what is new before an entry comes after that, and the last of it first.
	slices.Reverse(changed)
	slices.SortStableFunc(changed, func(a, b entry) int { return cmp.Or(b.from-a.from, b.to-a.to) })
	for _, e := range changed {
		anew, err := e.text()
		if err != nil {
			return nil, false
		}
		lines = slices.Replace(lines, e.from, e.to, anew...)
	}
	text = []byte(strings.Join(lines, "\n") + "\n")
	return text, says(text, root)
}

// entry is a key of an object with its value, and the lines of the file that it takes, from 0; from and to are the
// same where it is new.
type entry struct {
	key, value *yaml.Node // as they are to be
	was        *yaml.Node // the value until now; nil where it is new
	from, to   int
	indent     int      // in spaces
	at         []string // the keys that lead to it
}

// around says that another entry lies in this one, or is the same.
func (e entry) around(o entry) bool {
	return len(e.at) <= len(o.at) && slices.Equal(e.at, o.at[:len(e.at)])
}

// entryOf finds the smallest entry on the way to a place that is written on lines of its own, in the file and as it
// is to be.
func (f *File) entryOf(root *yaml.Node, at []string, end int) (e entry, found bool) {
	was, now := f.root, root
	for depth, key := range at {
		if !block(was) || !block(now) || len(was.Content) == 0 {
			break
		}
		i, j := keyAt(was, key), keyAt(now, key)
		if j < 0 {
			return e, false
		}
		e = entry{key: now.Content[j], value: now.Content[j+1], from: end, to: end, indent: was.Content[0].Column - 1, at: at[:depth+1]}
		found = true
		if i < 0 {
			break // it is written behind what is there
		}
		e.from = was.Content[i].Line - 1
		if i+2 < len(was.Content) {
			end = was.Content[i+2].Line - 1
		}
		e.to, e.was = end, was.Content[i+1]
		was, now = was.Content[i+1], now.Content[j+1]
	}
	return e, found
}

// block says that a node is an object whose keys stand on lines of their own.
func block(n *yaml.Node) bool { return n.Kind == yaml.MappingNode && n.Style&yaml.FlowStyle == 0 }

func keyAt(n *yaml.Node, key string) int {
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value == key {
			return i
		}
	}
	return -1
}

// aside says that a line is empty or a comment.
func aside(line string) bool {
	line = strings.TrimSpace(line)
	return line == "" || strings.HasPrefix(line, "#")
}

// indentation is how many spaces a line begins with; none where it is empty.
func indentation(line string) int { return len(line) - len(strings.TrimLeft(line, " ")) }

// text is the entry's lines. What stands above its key, and behind it, is in the file already.
func (e entry) text() ([]string, error) {
	key, value := *e.key, cloned(e.value)
	key.HeadComment, key.FootComment, value.FootComment = "", "", ""
	var inline []*yaml.Node
	value = withoutFlow(value, &inline)
	var out bytes.Buffer
	enc := yaml.NewEncoder(&out)
	enc.SetIndent(2)
	if err := enc.Encode(&yaml.Node{Kind: yaml.MappingNode, Content: []*yaml.Node{&key, value}}); err != nil {
		return nil, err
	}
	text := strings.TrimSuffix(out.String(), "\n")
	for i, n := range inline {
		line, err := flow(n)
		if err != nil {
			return nil, err
		}
		text = strings.Replace(text, placeholder(i), line, 1)
	}
	lines := strings.Split(text, "\n")
	for i, l := range lines {
		if l != "" {
			lines[i] = strings.Repeat(" ", e.indent) + l
		}
	}
	return lines, nil
}

func placeholder(i int) string { return fmt.Sprintf("in-one-line-%d-", i) }

// withoutFlow puts placeholders in the place of what is written in one line: the encoder writes it without the
// spaces within braces that the files have.
func withoutFlow(n *yaml.Node, inline *[]*yaml.Node) *yaml.Node {
	if n.Kind != yaml.ScalarNode && n.Style&yaml.FlowStyle != 0 && len(n.Content) > 0 {
		*inline = append(*inline, n)
		return &yaml.Node{Kind: yaml.ScalarNode, Value: placeholder(len(*inline) - 1), HeadComment: n.HeadComment, LineComment: n.LineComment, FootComment: n.FootComment}
	}
	for i, c := range n.Content {
		n.Content[i] = withoutFlow(c, inline)
	}
	return n
}

// Inline is a value, whose fields bear json tags, in one line.
func Inline(value any) (string, error) {
	n, err := node(value)
	if err != nil {
		return "", err
	}
	return flowPart(n)
}

// flow is a node in one line.
func flow(n *yaml.Node) (string, error) {
	var parts []string
	for i := 0; i < len(n.Content); i++ {
		part, err := flowPart(n.Content[i])
		if err == nil && n.Kind == yaml.MappingNode {
			var value string
			i++
			value, err = flowPart(n.Content[i])
			part += ": " + value
		}
		if err != nil {
			return "", err
		}
		parts = append(parts, part)
	}
	inside := strings.Join(parts, ", ")
	if n.Kind == yaml.MappingNode {
		return "{ " + inside + " }", nil
	}
	return "[" + inside + "]", nil
}

func flowPart(n *yaml.Node) (string, error) {
	if n.Kind != yaml.ScalarNode && len(n.Content) > 0 {
		return flow(n)
	}
	alone := *n
	alone.HeadComment, alone.LineComment, alone.FootComment = "", "", ""
	text, err := yaml.Marshal(&yaml.Node{Kind: yaml.SequenceNode, Style: yaml.FlowStyle, Content: []*yaml.Node{&alone}})
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(string(text)), "["), "]"), err
}

// says holds that a text means what a node means.
func says(text []byte, n *yaml.Node) bool {
	var doc yaml.Node
	return yaml.Unmarshal(text, &doc) == nil && len(doc.Content) == 1 && alike(doc.Content[0], n)
}

// alike says that two nodes have the same values in the same order, however they are written. A date may be text.
func alike(a, b *yaml.Node) bool {
	kind := func(n *yaml.Node) string {
		if tag := n.ShortTag(); tag != "!!timestamp" {
			return tag
		}
		return "!!str"
	}
	return a.Kind == b.Kind && kind(a) == kind(b) && a.Value == b.Value && slices.EqualFunc(a.Content, b.Content, alike)
}
