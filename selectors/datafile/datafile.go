// Package datafile reads the project's YAML data files strictly: each must match its JSON Schema, and every complaint
// names file, line and column. It knows nothing of what the files mean.
package datafile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"go.yaml.in/yaml/v3"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// File is one parsed data file.
type File struct {
	Name string
	Text string // as it was read
	root *yaml.Node
}

// Problem is one complaint about a place in a file.
type Problem struct {
	File      string
	Line, Col int // from 1
	Message   string
}

// Error implements error in the form editors can jump to: file:line:column: message.
func (p *Problem) Error() string {
	return fmt.Sprintf("%s:%d:%d: %s", p.File, p.Line, p.Col, p.Message)
}

// Compile reads a JSON Schema.
func Compile(name string, schema []byte) (*jsonschema.Schema, error) {
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(schema))
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", name, err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, doc); err != nil {
		return nil, fmt.Errorf("schema %s: %w", name, err)
	}
	s, err := c.Compile(name)
	if err != nil {
		return nil, fmt.Errorf("schema %s: %w", name, err)
	}
	return s, nil
}

// Read parses data, checks it against schema and decodes it into out, whose fields bear json tags.
// The error joins one *Problem for each complaint.
func Read(name string, data []byte, schema *jsonschema.Schema, out any) (*File, error) {
	f := &File{Name: name, Text: string(data)}
	var root yaml.Node
	if err := yaml.Unmarshal(data, &root); err != nil {
		return nil, yamlProblem(name, err)
	}
	if len(root.Content) == 0 {
		return nil, &Problem{name, 1, 1, "the file is empty"}
	}
	f.root = root.Content[0]
	if err := plainNodes(name, f.root); err != nil {
		return nil, err
	}
	if err := duplicates(name, f.root); err != nil {
		return nil, err
	}
	var plain any
	if err := f.root.Decode(&plain); err != nil {
		return nil, yamlProblem(name, err)
	}
	asJSON, err := json.Marshal(plain)
	if err != nil {
		return nil, &Problem{name, 1, 1, "keys must be text: " + err.Error()}
	}
	instance, err := jsonschema.UnmarshalJSON(bytes.NewReader(asJSON))
	if err != nil {
		return nil, &Problem{name, 1, 1, err.Error()}
	}
	if err := schema.Validate(instance); err != nil {
		return nil, f.schemaProblems(err)
	}
	if err := json.Unmarshal(asJSON, out); err != nil {
		return nil, &Problem{name, 1, 1, err.Error()}
	}
	return f, nil
}

// Problem makes a complaint about the place a path of keys and indices leads to. A path that leads further than the
// file does complains about the last place it reached.
func (f *File) Problem(message string, path ...any) *Problem {
	n := f.root
	for _, step := range path {
		next := child(n, fmt.Sprint(step))
		if next == nil {
			break
		}
		n = next
	}
	return &Problem{f.Name, n.Line, n.Column, message}
}

func child(n *yaml.Node, key string) *yaml.Node {
	switch n.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		if i, err := strconv.Atoi(key); err == nil && i >= 0 && i < len(n.Content) {
			return n.Content[i]
		}
	}
	return nil
}

// keyNode is where a key itself stands, for complaints about the key.
func keyNode(n *yaml.Node, key string) *yaml.Node {
	if n.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(n.Content); i += 2 {
			if n.Content[i].Value == key {
				return n.Content[i]
			}
		}
	}
	return n
}

func yamlProblem(name string, err error) error {
	p := &Problem{File: name, Line: 1, Col: 1, Message: strings.TrimPrefix(err.Error(), "yaml: ")}
	if _, at, ok := strings.Cut(err.Error(), "line "); ok {
		_, _ = fmt.Sscanf(at, "%d, column %d", &p.Line, &p.Col) // as much of it as there is
	}
	return p
}

// plainNodes refuses YAML anchors (the files are to be read by people, and a nest of aliases can be a bomb) and takes
// dates for the text they are written as.
func plainNodes(name string, n *yaml.Node) error {
	if n.ShortTag() == "!!timestamp" {
		n.Tag = "!!str"
	}
	if n.Kind == yaml.AliasNode || n.Anchor != "" {
		return &Problem{name, n.Line, n.Column, "anchors and aliases are not allowed here"}
	}
	for _, c := range n.Content {
		if err := plainNodes(name, c); err != nil {
			return err
		}
	}
	return nil
}

func duplicates(name string, n *yaml.Node) error {
	if n.Kind == yaml.MappingNode {
		seen := map[string]int{}
		for i := 0; i+1 < len(n.Content); i += 2 {
			k := n.Content[i]
			if line, ok := seen[k.Value]; ok {
				return &Problem{name, k.Line, k.Column, fmt.Sprintf("%q is already given in line %d", k.Value, line)}
			}
			seen[k.Value] = k.Line
		}
	}
	for _, c := range n.Content {
		if err := duplicates(name, c); err != nil {
			return err
		}
	}
	return nil
}

// schemaProblems turns a validation error into one Problem a place, in the order of the file.
func (f *File) schemaProblems(err error) error {
	var invalid *jsonschema.ValidationError
	if !errors.As(err, &invalid) {
		return &Problem{f.Name, 1, 1, err.Error()}
	}
	var found []*Problem
	printer := message.NewPrinter(language.English)
	var walk func(e *jsonschema.ValidationError)
	walk = func(e *jsonschema.ValidationError) {
		if len(e.Causes) > 0 {
			for _, c := range e.Causes {
				walk(c)
			}
			return
		}
		n := f.root
		for _, step := range e.InstanceLocation {
			if next := child(n, step); next != nil {
				n = next
			}
		}
		if extra, ok := e.ErrorKind.(*kind.AdditionalProperties); ok {
			for _, key := range extra.Properties {
				k := keyNode(n, key)
				found = append(found, &Problem{f.Name, k.Line, k.Column, fmt.Sprintf("unknown key %q", key)})
			}
			return
		}
		found = append(found, &Problem{f.Name, n.Line, n.Column, e.ErrorKind.LocalizedString(printer)})
	}
	walk(invalid)
	sort.Slice(found, func(i, j int) bool {
		return found[i].Line < found[j].Line || found[i].Line == found[j].Line && found[i].Col < found[j].Col
	})
	errs := make([]error, len(found))
	for i, p := range found {
		errs[i] = p
	}
	return errors.Join(errs...)
}
