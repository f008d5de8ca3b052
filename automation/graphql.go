package automation

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/parser"
)

// graphQL is the body of a GraphQL request over HTTP (GraphQL over HTTP, 5.4), one operation of a batch. It is a
// map since the names of a struct would be found whatever their case.
type graphQL map[string]json.RawMessage

// endpoint is where GraphQL is served, by what nearly everybody calls it.
var endpoint = regexp.MustCompile(`(?i)(?:graphql|gql)`)

// MostTokens bounds a GraphQL document: one that a page makes has some hundred.
const MostTokens = 200_000

// known says that the request has nothing beside what GraphQL has.
func (g graphQL) known() bool {
	for name := range g {
		if !slices.Contains([]string{"query", "variables", "operationName", "extensions"}, name) {
			return false
		}
	}
	return true
}

// Asks says whether the request is GraphQL that only asks: every operation in it is a query, which by the
// specification (6.2.1) changes nothing. A text that is no document is taken to change something, and so is a stored
// operation, of which only a hash is sent.
func (r Request) Asks() bool {
	body := bytes.TrimSpace(r.Body)
	if r.Opaque || len(body) == 0 || !endpoint.MatchString(r.Path()) {
		return false
	}
	var all []graphQL
	if body[0] == '[' {
		if json.Unmarshal(body, &all) != nil {
			return false
		}
	} else {
		var one graphQL
		if json.Unmarshal(body, &one) != nil {
			return false
		}
		all = append(all, one)
	}
	for _, g := range all {
		var text string
		if !g.known() || json.Unmarshal(g["query"], &text) != nil {
			return false
		}
		doc, err := parser.ParseQueryWithTokenLimit(&ast.Source{Input: text}, MostTokens)
		changes := func(o *ast.OperationDefinition) bool { return o.Operation != ast.Query }
		if err != nil || len(doc.Operations) == 0 || slices.ContainsFunc(doc.Operations, changes) {
			return false
		}
	}
	return len(all) > 0
}
