package automation

import (
	"testing"

	"github.com/stretchr/testify/assert"
)

func TestWhatGraphQLOnlyAsks(t *testing.T) {
	t.Parallel()
	for body, asks := range map[string]bool{
		`{"query":"query U($id:ID!){user(id:$id){name}}","variables":{"id":"1"}}`:        true,
		`{"query":"{user(id:\"mutation\"){name}}"}`:                                      true,
		`{"query":"# mutation\nquery{a}"}`:                                               true,
		`{"query":"fragment F on User{name} query{user{...F}}"}`:                         true,
		`[{"query":"query{a}"},{"query":"{b}"}]`:                                         true,
		`[{"query":"query{a}"},{"query":"mutation{off(id:1)}"}]`:                         false,
		`{"query":"mutation{off(id:1)}"}`:                                                false,
		`{"query":"query{a} mutation M{off(id:1)}","operationName":"M"}`:                 false,
		`{"query":"fragment F on User{name} mutation{off{...F}}"}`:                       false,
		`{"query":"query{a(s:\"\\\"\")} mutation{off(s:\"\")}"}`:                         false,
		`{"query":"subscription{a}"}`:                                                    false,
		`{"operationName":"GetUser","extensions":{"persistedQuery":{"sha256Hash":"a"}}}`: false,
		`{"query":"mutation{off(id:1)}","Query":"{a}"}`:                                  false,
		`{"query":"{\"id\":\"1\"}"}`:                                                     false, `{"query":"{a}","action":"off"}`: false, `{"query":"query"}`: false,
		`{"query":"SELECT 1"}`: false,
		`{"query":""}`:         false, `[]`: false, ``: false, `{"query":7}`: false, `query{a}`: false,
	} {
		assert.Equal(t, asks, Request{Method: "POST", URL: "http://app.example/graphql", Body: []byte(body)}.Asks(), body)
	}
	assert.False(t, Request{Method: "POST", URL: "http://app.example/bulk", Body: []byte(`{"query":"{a}"}`)}.Asks(), "it is no endpoint of GraphQL")
}
