package flows

import (
	"strconv"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// mutation is what the text of a GraphQL document changes.
type mutation struct {
	fields    []string           // the names of what it asks for, such as deactivateUser
	arguments []automation.Value // theirs, by paths such as input.role; variables with what stands for them
}

// mostTokens bounds a document, which a person's page makes of some hundred.
const mostTokens = 200_000

// mutationsIn reads the GraphQL mutations that a request carries. A text that is no document, of which a server makes
// nothing either, has none.
func mutationsIn(values []automation.Value) (out mutation) {
	variables := map[string][]automation.Value{}
	for _, v := range values {
		if _, name, ok := strings.Cut("."+v.Key, ".variables."); ok {
			first, rest, _ := strings.Cut(name, ".")
			v.Key = rest
			variables[first] = append(variables[first], v)
		}
	}
	for _, v := range values {
		if !strings.Contains(v.Text, "mutation") {
			continue
		}
		doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: v.Text}, mostTokens)
		if err != nil {
			continue
		}
		for _, o := range doc.Operations {
			if o.Operation == ast.Mutation {
				out.selected(doc, o.SelectionSet, variables, 0)
			}
		}
	}
	return out
}

// mostSpread bounds how deep fragments may stand in one another.
const mostSpread = 16

func (m *mutation) selected(doc *ast.QueryDocument, set ast.SelectionSet, variables map[string][]automation.Value, depth int) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			m.fields = append(m.fields, s.Name)
			for _, a := range s.Arguments {
				m.argument(a.Name, a.Value, variables)
			}
		case *ast.InlineFragment:
			m.selected(doc, s.SelectionSet, variables, depth)
		case *ast.FragmentSpread:
			if f := doc.Fragments.ForName(s.Name); f != nil && depth < mostSpread {
				m.selected(doc, f.SelectionSet, variables, depth+1)
			}
		}
	}
}

func (m *mutation) argument(key string, v *ast.Value, variables map[string][]automation.Value) {
	add := func(text string, kind automation.ValueType) {
		m.arguments = append(m.arguments, automation.Value{Key: key, Text: text, Inner: true, Type: kind})
	}
	switch {
	case v == nil:
	case v.Kind == ast.Variable:
		for _, of := range variables[v.Raw] {
			of.Key, of.Inner = strings.Trim(key+"."+of.Key, "."), true
			m.arguments = append(m.arguments, of)
		}
	case v.Kind == ast.ObjectValue:
		for _, c := range v.Children {
			m.argument(key+"."+c.Name, c.Value, variables)
		}
	case v.Kind == ast.ListValue:
		if len(v.Children) == 0 {
			add("[]", automation.Empty)
		}
		for i, c := range v.Children {
			m.argument(key+"."+strconv.Itoa(i), c.Value, variables)
		}
	case v.Kind == ast.NullValue:
		add("", automation.Null)
	case v.Kind == ast.BooleanValue:
		add(v.Raw, automation.Bool)
	case v.Kind == ast.IntValue || v.Kind == ast.FloatValue:
		add(v.Raw, automation.Number)
	default:
		add(v.Raw, automation.Text)
	}
}
