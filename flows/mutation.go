package flows

import (
	"strconv"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// mutation is what the GraphQL documents of a request change.
type mutation struct {
	fields    []string           // the names of what they ask for, such as deactivateUser
	arguments []automation.Value // theirs, by paths such as input.role; variables with what stands for them
	unread    bool               // there is one that cannot be read, or not whole

	variables map[string][]automation.Value
	spread    map[string]bool // fragments that have been gone through
}

// mostArguments bounds what is listed: a page's mutation has some tens.
const mostArguments = 100_000

// mutationsIn reads the GraphQL mutations that a request carries, in its body or its address.
func mutationsIn(q automation.Request) (out mutation) {
	values := append(q.Query(), q.Values()...)
	out.variables, out.spread = map[string][]automation.Value{}, map[string]bool{}
	for _, v := range values {
		if _, name, ok := strings.Cut("."+v.Key, ".variables."); ok {
			first, rest, _ := strings.Cut(name, ".")
			v.Key = rest
			out.variables[first] = append(out.variables[first], v)
		}
	}
	for _, v := range values {
		if !strings.Contains(v.Text, "mutation") {
			continue
		}
		doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: v.Text}, automation.MostTokens)
		if err != nil {
			out.unread = out.unread || lastName(v.Key) == "query"
			continue
		}
		for _, o := range doc.Operations {
			if o.Operation == ast.Mutation {
				out.defaults(o.VariableDefinitions)
				out.selected(doc, o.SelectionSet)
			}
		}
	}
	return out
}

// defaults has variables that are not given stand for what the document says that they are then.
func (m *mutation) defaults(all ast.VariableDefinitionList) {
	for _, d := range all {
		if m.variables[d.Variable] == nil && d.DefaultValue != nil {
			given := mutation{}
			given.argument("", d.DefaultValue)
			m.variables[d.Variable] = given.arguments
		}
	}
}

// selected goes through what is asked for. A field without arguments may merely hold others: users { update(…) }.
func (m *mutation) selected(doc *ast.QueryDocument, set ast.SelectionSet) {
	for _, s := range set {
		switch s := s.(type) {
		case *ast.Field:
			m.fields = append(m.fields, s.Name)
			for _, a := range s.Arguments {
				m.argument(a.Name, a.Value)
			}
			if len(s.Arguments) == 0 {
				m.selected(doc, s.SelectionSet)
			}
		case *ast.InlineFragment:
			m.selected(doc, s.SelectionSet)
		case *ast.FragmentSpread:
			if f := doc.Fragments.ForName(s.Name); f != nil && !m.spread[s.Name] {
				m.spread[s.Name] = true
				m.selected(doc, f.SelectionSet)
			}
		}
	}
}

// argument lists the values of an argument under its path.
func (m *mutation) argument(key string, v *ast.Value) {
	add := func(text string, kind automation.ValueType) {
		m.arguments = append(m.arguments, automation.Value{Key: strings.Trim(key, "."), Text: text, Inner: true, Type: kind})
	}
	if m.unread = m.unread || len(m.arguments) > mostArguments; v == nil || m.unread {
		return
	}
	switch v.Kind {
	case ast.Variable:
		for _, of := range m.variables[v.Raw] {
			of.Key, of.Inner = strings.Trim(key+"."+of.Key, "."), true
			m.arguments = append(m.arguments, of)
		}
	case ast.ObjectValue:
		for _, c := range v.Children {
			m.argument(key+"."+c.Name, c.Value)
		}
	case ast.ListValue:
		if len(v.Children) == 0 {
			add("[]", automation.Empty)
		}
		for i, c := range v.Children {
			m.argument(key+"."+strconv.Itoa(i), c.Value)
		}
	case ast.NullValue:
		add("", automation.Null)
	case ast.BooleanValue:
		add(v.Raw, automation.Bool)
	case ast.IntValue, ast.FloatValue:
		add(v.Raw, automation.Number)
	default:
		add(v.Raw, automation.Text)
	}
}
