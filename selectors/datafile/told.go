package datafile

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Told is a text of a file: a key, or a value.
type Told struct {
	At   string // the keys and, from 1, the places in lists that lead there, with a point between
	Text string
}

// Told is every text of the file but for its comments.
func (f *File) Told() (out []Told) { return toldOf("", f.root, nil) }

func toldOf(at string, n *yaml.Node, out []Told) []Told {
	below := func(step string) string { return strings.TrimPrefix(at+"."+step, ".") }
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			key := n.Content[i].Value
			out = append(out, Told{"the key of " + below(key), key})
			out = toldOf(below(key), n.Content[i+1], out)
		}
	case yaml.SequenceNode:
		for i, c := range n.Content {
			out = toldOf(below(strconv.Itoa(i+1)), c, out)
		}
	case yaml.ScalarNode:
		out = append(out, Told{at, n.Value})
	}
	return out
}

// WithoutComments is a file's text without its comments, but for a first line that names its schema. It says whether
// there were any; ok is whether they could be left out and nothing else.
func WithoutComments(text string) (plain string, had, ok bool) {
	var doc yaml.Node
	if yaml.Unmarshal([]byte(text), &doc) != nil || len(doc.Content) == 0 {
		return text, false, false
	}
	ends := map[int]string{} // by line, from 1: the comment with which it ends
	var walk func(n *yaml.Node)
	walk = func(n *yaml.Node) {
		if n.LineComment != "" {
			ends[n.Line] = n.LineComment
		}
		for _, c := range n.Content {
			walk(c)
		}
	}
	walk(&doc)
	var kept []string
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(strings.TrimLeft(line, " "), "#") && (i > 0 || !strings.HasPrefix(line, schemaLine)) {
			had = true
			continue
		}
		if end := ends[i+1]; end != "" && strings.HasSuffix(line, end) {
			had, line = true, strings.TrimRight(strings.TrimSuffix(line, end), " ")
		}
		kept = append(kept, line)
	}
	plain = strings.Join(kept, "\n")
	rest := strings.Join(kept[min(1, len(kept)):], "\n")
	return plain, had, says([]byte(plain), doc.Content[0]) && !commented([]byte(rest))
}

// schemaLine is how editors are told by which schema a file is to be checked.
const schemaLine = "# yaml-language-server:"

// commented says that a text has comments.
func commented(text []byte) bool {
	var doc yaml.Node
	if yaml.Unmarshal(text, &doc) != nil {
		return true
	}
	var has func(n *yaml.Node) bool
	has = func(n *yaml.Node) bool {
		if n.HeadComment+n.LineComment+n.FootComment != "" {
			return true
		}
		for _, c := range n.Content {
			if has(c) {
				return true
			}
		}
		return false
	}
	return has(&doc)
}
