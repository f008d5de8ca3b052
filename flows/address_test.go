package flows

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
)

// TestAddressesWithSignsThatPart finds the one who is meant, and nobody whose address is a part of theirs.
func TestAddressesWithSignsThatPart(t *testing.T) {
	t.Parallel()
	others := []automation.Person{{Email: "neil@acme.example"}, {Email: "x@acme.example"}, {Email: "b@acme.example"}, {Email: "jo'neil@acme.example"}}
	for _, email := range []string{
		"ann+ap@acme.example", "o'neil@acme.example", "o'neil+x@acme.example", "a/b@acme.example", "x=y@acme.example", "a&b@acme.example",
		"ann@acme.example", "müller@acme.example", "ann!x@acme.example", "a=b+x@acme.example",
	} {
		r := newRoster(&automation.People{Meant: automation.Person{Email: email}, Self: "robot@acme.example", Others: others})
		for _, text := range []string{email, `{"email":"` + email + `"}`, "'" + email + "'", "to=" + email + "&role=Clerk", "<" + email + ">, again"} {
			assert.Equal(t, []int{meant}, r.find(text, true), text)
		}
		assert.NotContains(t, r.find("z"+email, true), meant, "another one")
		assert.Contains(t, r.find(email+" neil@acme.example", true), 0, "and somebody else")
		assert.Contains(t, r.find("jo'neil@acme.example", true), 3)
		assert.NotContains(t, r.find("jo'neil@acme.example", true), meant)
	}
}

// TestAChangeOfSomebodyWithSuchAnAddressLeaves rules on the request of a commit that names them by it.
func TestAChangeOfSomebodyWithSuchAnAddressLeaves(t *testing.T) {
	t.Parallel()
	for _, email := range []string{"ann+ap@acme.example", "o'neil+x@acme.example"} {
		people := &automation.People{Meant: automation.Person{Email: email}, Self: "robot@acme.example", Others: []automation.Person{{Email: "x@acme.example"}, {Email: "ap@acme.example"}}}
		inputs := map[string]string{"email": email}
		body := `{"email":"` + email + `","active":false}`
		said := &Sends{Method: "POST", Path: "/api/users/off", Body: map[string]any{"email": "${email}", "active": false}}
		for _, sends := range []*Sends{nil, said} {
			r := atPress(people, sends, nil, inputs).rule(post("/api/users/off", jsonType, body))
			assert.True(t, r.Pass && r.Commit, "%s: %s", email, r.Why)
		}
	}
}
