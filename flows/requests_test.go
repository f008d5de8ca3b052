package flows

import (
	"bufio"
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// known is a request as an admin console of one kind or another may send it when something is changed. Act is what was
// asked for; "+" behind it has the console call its roles by everyday words, "#" has it number its people.
type known struct {
	Name, Act, Method, Path, Type, Body string
	Passes                              bool
	Harmless                            bool // it is stopped, and need not be
	Aside                               bool // it is stopped, and the change goes on
}

// asked is whom the list shows to an act of testdata/requests.jsonl, and what was asked for.
func asked(act string) (*automation.People, map[string]string) {
	k := *folk
	k.Meant.Names = []string{"Ann Marie Lee", "Marie Lee, Ann"}
	k.Meant.Has = map[string]string{"role": "Clerk", "first_name": "Ann", "last_name": "Marie Lee", "status": active}
	k.Others = []automation.Person{
		{ID: joannID, Email: "joann@acme.example", Names: []string{"Joan Doe", "Doe, Joan"}},
		{ID: "7", Email: "seven@acme.example", Names: []string{"Sven Seven", "Seven, Sven"}},
		{ID: "006MANAGER00000001", Email: "boss@acme.example", Names: []string{"Mia Boss", "Boss, Mia"}},
	}
	k.Roles = []string{"Administrator", "Clerk", "Payer"}
	role := "Payer"
	if strings.HasSuffix(act, "+") {
		k.Meant.Has["role"], k.Roles, role = "Member", []string{"Admin", "Member", "Owner", "User", "Viewer"}, "Viewer"
	}
	if strings.HasSuffix(act, "#") {
		k.Meant.ID = "4711"
		k.Others = append(k.Others, automation.Person{ID: "4712", Email: "num@acme.example", Names: []string{"Nick Num", "Num, Nick"}},
			automation.Person{ID: "5", Email: "five@acme.example"}, automation.Person{ID: "1", Email: "one@acme.example"})
	}
	in := map[string]string{"user": "ann@acme.example"}
	switch strings.TrimRight(act, "+#") {
	case "role":
		in["role"] = role
	case "goneRename":
		k.Meant.Has["status"] = inactive
		fallthrough
	case "rename":
		in["first_name"], in["last_name"] = "Anna", "Lee"
	case "off", "on":
		delete(k.Meant.Has, "status")
	case "invite":
		k.Meant = automation.Person{Email: "eve@acme.example", Names: []string{"Eve New", "New, Eve"}, Has: map[string]string{"first_name": "Eve", "last_name": "New"}}
		in = map[string]string{"user": "eve@acme.example", "email": "eve@acme.example", "first_name": "Eve", "last_name": "New", "role": "Payer"}
	}
	return &k, in
}

// TestRequestsOfConsoles rules on requests of many kinds of consoles where a flow says nothing of what it sends.
func TestRequestsOfConsoles(t *testing.T) {
	t.Parallel()
	f, err := os.Open("testdata/requests.jsonl")
	require.NoError(t, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		var k known
		require.NoError(t, json.Unmarshal(lines.Bytes(), &k))
		people, inputs := asked(k.Act)
		p := atPress(people, nil, nil, inputs)
		p.states = map[string]string{"gesperrt": inactive, "aktiv": active}
		q := post(k.Path, k.Type, k.Body)
		q.Method = k.Method
		r := p.rule(q)
		assert.Equal(t, k.Aside, r.Aside, "%s (%s): %s", k.Name, k.Act, r.Why)
		assert.Equal(t, k.Passes, r.Pass, "%s (%s): %s %s %s: %s", k.Name, k.Act, k.Method, k.Path, k.Body, r.Why)
	}
}

// TestALongRequestIsRuledOnInTime has requests in which each value would be held against each other one. The gate holds
// the page's requests meanwhile, so that it would not be done within a step's bound.
func TestALongRequestIsRuledOnInTime(t *testing.T) {
	t.Parallel()
	many := func(what string, n int) string { return strings.TrimRight(strings.Repeat(what, n), ",&") }
	people, inputs := asked("role")
	numbered, off := asked("off#")
	for name, body := range map[string]string{
		"numbers":    `{"x":[` + many("123456,", 100_000) + `]}`,
		"rows":       `[` + many(`{"a":61,"b":62,"c":63},`, 20_000) + `]`,
		"a long key": `{"` + strings.Repeat("user_", 200_000) + `":5}`,
		"words":      `{"x":[` + many(`"`+strings.Repeat("user-", 190)+`",`, 1_000) + `]}`,
		"a text":     `{"x":"` + strings.Repeat("YWJj", 200_000) + `"}`,
	} {
		t.Run(name+" of people who are numbered", func(t *testing.T) {
			t.Parallel()
			r := atPress(numbered, nil, nil, off).rule(post("/api", jsonType, body))
			assert.Equal(t, name != "a long key", r.Pass, r.Why)
			assert.Less(t, len(r.Why), 1_000)
		})
	}
	for name, body := range map[string][2]string{
		"a list of numbers": {jsonType, `{"role":"Payer","x":[` + many("1,", 100_000) + `]}`},
		"a form":            {formType, many("active=1&", 100_000)},
		"a patch":           {jsonType, `[` + many(`{"op":"replace","path":"/role","value":"Payer"},`, 20_000) + `]`},
		"a long key":        {formType, "a" + strings.Repeat("[a]", 100_000) + "=1"},
		"indices":           {formType, "a" + strings.Repeat(".1", 100_000) + "=1"},
		"XML":               {"application/xml", "<u>" + strings.Repeat("<role>Payer</role>", 20_000) + "</u>"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := atPress(people, nil, nil, inputs).rule(post("/users/"+annID, body[0], body[1]))
			assert.True(t, r.Pass, r.Why)
		})
	}
}
