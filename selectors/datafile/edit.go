package datafile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Set puts a value, whose fields bear json tags, at a place of a file: the keys that lead there. All but the last
// must be there.
type Set struct {
	At    []string
	Value any
	First bool // put what the list Value has before what the list there has
	// Items are the first of the items of the list there in the place of which what the list Value has is put, and the
	// one behind the last. Nil: Value is put in the place of the whole.
	Items *[2]int
}

// With is the file's text with some values set. Every other line stays as it is, where the file's shape allows it;
// otherwise everything is written anew, and comments stay.
func (f *File) With(sets ...Set) ([]byte, error) {
	root := cloned(f.root)
	for _, s := range sets {
		if err := s.apply(root); err != nil {
			return nil, fmt.Errorf("writing %s anew: %w", f.Name, err)
		}
	}
	if text, ok := f.spliced(root, sets); ok {
		return text, nil
	}
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(root); err != nil {
		return nil, fmt.Errorf("writing %s anew: %w", f.Name, err)
	}
	return out.Bytes(), e.Close()
}

// foldedFrom is how long a text must be, in bytes, to stay folded over lines where it takes the place of one that was.
const foldedFrom = 120

func cloned(n *yaml.Node) *yaml.Node {
	out := *n
	out.Content = make([]*yaml.Node, len(n.Content))
	for i, c := range n.Content {
		out.Content[i] = cloned(c)
	}
	return &out
}

func (s Set) apply(n *yaml.Node) error {
	value, err := node(s.Value)
	if err != nil {
		return err
	}
	for _, key := range s.At[:len(s.At)-1] {
		if n = child(n, key); n == nil {
			return fmt.Errorf("there is no %q", key)
		}
	}
	if n.Kind != yaml.MappingNode {
		return fmt.Errorf("%v does not lie in an object", s.At)
	}
	key := s.At[len(s.At)-1]
	for i := 0; i+1 < len(n.Content); i += 2 {
		if n.Content[i].Value != key {
			continue
		}
		there := n.Content[i+1]
		if s.First && there.Kind == yaml.SequenceNode {
			n.Style, there.Style = 0, 0
			there.HeadComment, there.LineComment = joined(there.HeadComment, there.LineComment), "" // it would stand behind the last line
			there.Content = append(value.Content, there.Content...)
			return nil
		}
		if s.Items != nil {
			return s.replaceItems(n, there, value)
		}
		value.HeadComment, value.LineComment, value.FootComment = there.HeadComment, there.LineComment, there.FootComment
		if there.Kind == yaml.ScalarNode && value.Kind == yaml.ScalarNode && there.Tag == "!!timestamp" {
			value.Tag = there.Tag // a date is written without quotation marks
		}
		if there.Kind == yaml.ScalarNode && value.Kind == yaml.ScalarNode && there.Style == yaml.FoldedStyle && len(value.Value) > foldedFrom {
			value.Style = yaml.FoldedStyle
		}
		n.Content[i+1] = value
		return nil
	}
	n.Style = 0 // one line more in what may have been one
	n.Content = append(n.Content, &yaml.Node{Kind: yaml.ScalarNode, Tag: "!!str", Value: key}, value)
	return nil
}

// replaceItems puts items in the place of others in a list. An object of one key stands without braces, as by hand.
func (s Set) replaceItems(n, there, value *yaml.Node) error {
	from, to := s.Items[0], s.Items[1]
	if there.Kind != yaml.SequenceNode || from < 0 || from > to || to > len(there.Content) {
		return fmt.Errorf("%v has no items %d to %d", s.At, from, to)
	}
	for _, item := range value.Content {
		if item.Kind == yaml.MappingNode && len(item.Content) == 2 {
			item.Style = 0
		}
	}
	if from < to && len(value.Content) > 0 {
		value.Content[0].HeadComment = there.Content[from].HeadComment
	}
	n.Style, there.Style = 0, 0
	there.Content = slices.Concat(there.Content[:from], value.Content, there.Content[to:])
	return nil
}

func joined(head, line string) string { return strings.Trim(head+"\n"+line, "\n") }

// node makes YAML of a value: lists a line for each element, objects in one line.
// Text is a new file with a value, whose fields bear json tags.
func Text(value any) ([]byte, error) {
	n, err := node(value)
	if err != nil {
		return nil, err
	}
	unfold(n)
	var out bytes.Buffer
	e := yaml.NewEncoder(&out)
	e.SetIndent(2)
	if err := e.Encode(n); err != nil {
		return nil, err
	}
	return out.Bytes(), e.Close()
}

func node(value any) (*yaml.Node, error) {
	data, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	var doc yaml.Node
	if err := yaml.Unmarshal(data, &doc); err != nil { // JSON is YAML
		return nil, err
	}
	out := doc.Content[0]
	restyle(out)
	return out, nil
}

// unfold gives what holds other objects and lists a line for each of them. What holds texts alone stays in one line.
func unfold(n *yaml.Node) (holds bool) {
	for _, c := range n.Content {
		inner := unfold(c)
		holds = holds || inner || c.Kind == yaml.MappingNode || c.Kind == yaml.SequenceNode
	}
	if holds {
		n.Style = 0
	}
	return holds
}

func restyle(n *yaml.Node) {
	switch n.Kind {
	case yaml.ScalarNode:
		n.Style = 0 // quoted only where it must be
	case yaml.SequenceNode:
		if len(n.Content) > 0 && n.Content[0].Kind == yaml.MappingNode {
			n.Style = 0
		}
	}
	for _, c := range n.Content {
		restyle(c)
	}
}
