package automation

import (
	"bytes"
	"encoding/json"
	"regexp"
	"slices"
)

// graphQL is the body of a GraphQL request over HTTP (GraphQL over HTTP, 5.4), one operation of a batch. It is a
// map since the names of a struct would be found whatever their case.
type graphQL map[string]json.RawMessage

var (
	// notOperations are the parts of a GraphQL document in which the word of an operation means nothing.
	notOperations = regexp.MustCompile(`(?s)"""(?:[^"\\]|\\.|"{1,2}[^"])*"""|"(?:[^"\\\n]|\\.)*"|#[^\n]*`)
	// beginsQuery is how a document begins whose first operation is a query, after comments and texts are taken
	// out: with a selection, not with an object of JSON.
	beginsQuery = regexp.MustCompile(`^[\s,]*(?:(?:query\b[^{}]*)?\{\s*(?:\.\.\.|[A-Za-z_])|fragment\s+\w+\s+on\s+\w+)`)
	// endpoint is where GraphQL is served, by what nearly everybody calls it.
	endpoint  = regexp.MustCompile(`(?i)(?:graphql|gql)`)
	otherThan = regexp.MustCompile(`\b(?:mutation|subscription)\b`)
)

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
// specification (6.2.1) changes nothing. A document that has the word mutation anywhere outside its texts is taken
// to change something, and so is a stored operation, of which only a hash is sent.
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
		text = notOperations.ReplaceAllString(text, " ")
		if !beginsQuery.MatchString(text) || otherThan.MatchString(text) {
			return false
		}
	}
	return len(all) > 0
}
