package flows

import (
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
)

// acme is whom the list shows: Ann is a Clerk, and active.
func acme() *automation.People {
	known := *folk
	known.Meant.Has = map[string]string{"role": "Clerk", "first_name": "Ann", "last_name": "Marie Lee", "status": "active"}
	known.Others = []automation.Person{
		{ID: joannID, Email: "joann@acme.example", Names: []string{"Joan Doe", "Doe, Joan"}},
		{ID: "7", Email: "seven@acme.example"},
	}
	known.Roles = []string{"Administrator", "Clerk", "Payer"}
	return &known
}

// about is a request about Ann.
func about(body string) automation.Request { return post("/users/"+annID, jsonType, body) }

// ruledOn says which of some requests are let through at a press.
func ruledOn(t *testing.T, people *automation.People, inputs map[string]string, all map[string]bool) {
	t.Helper()
	for body, passes := range all {
		kind := jsonType
		if body[0] != '{' && body[0] != '[' {
			kind = formType
		}
		p := atPress(people, nil, nil, inputs)
		p.states = map[string]string{"gesperrt": "inactive", "aktiv": "active"}
		r := p.rule(post("/users/"+annID, kind, body))
		assert.Equal(t, passes, r.Pass, "%s: %s", body, r.Why)
	}
}

// TestARoleThatIsNotAskedForStays has a change of names send a role along, as a page does that sends all it has.
func TestARoleThatIsNotAskedForStays(t *testing.T) {
	t.Parallel()
	inputs := map[string]string{"first_name": "Anna", "last_name": "Lee"}
	ruledOn(t, acme(), inputs, map[string]bool{
		`{"first_name":"Anna","role":"Clerk"}`:                                                          true,
		`{"first_name":"Anna","role":"2"}`:                                                              true, // the console's own for it
		`{"first_name":"Anna","role":"administrator"}`:                                                  false,
		`{"first_name":"Anna","level":"Administrator"}`:                                                 false,
		`{"first_name":"Anna","user":{"roles":["Administrator"]}}`:                                      false,
		`{"first_name":"Anna","role":{"name":"Administrator"}}`:                                         false,
		`{"first_name":"Anna","note":"an Administrator has asked for this"}`:                            true,
		`{"first_name":"Anna","type":"Payer","data":{"type":"Payer"}}`:                                  true,
		`{"first_name":"Anna","availableRoles":["Clerk","Payer"]}`:                                      true,
		`{"first_name":"Anna","manager":{"role":"Administrator"},"updatedBy":{"role":"Administrator"}}`: true,
		`{"first_name":"Anna","jobTitle":"Payer","commit":"Payer"}`:                                     true,
	})
	known := acme()
	form := &Sends{Method: "POST", Path: "/users/${id}", Body: map[string]any{"first_name": "${first_name}", "level": "*"}}
	assert.True(t, atPress(known, form, nil, inputs).rule(about(`{"first_name":"Anna","level":"Clerk"}`)).Commit)
	assert.False(t, atPress(known, form, nil, inputs).rule(about(`{"first_name":"Anna","level":"Administrator"}`)).Pass, "any value is none of others")
	form.Body["level"] = "Administrator"
	assert.True(t, atPress(known, form, nil, inputs).rule(about(`{"first_name":"Anna","level":"Administrator"}`)).Commit, "the file says so")
	form.Body["level"] = "${now_role}"
	assert.True(t, atPress(known, form, nil, inputs).rule(about(`{"first_name":"Anna","level":"Clerk"}`)).Commit)
	assert.False(t, atPress(known, form, nil, inputs).rule(about(`{"first_name":"Anna","level":"Payer"}`)).Pass)
	r := atPress(folk, form, nil, inputs).rule(about(`{"first_name":"Anna","level":"Clerk"}`))
	assert.Contains(t, r.Why, "now_role is not known", "the list does not show it")

	would := atPress(known, nil, nil, inputs).rehearsed(about(`{"first_name":"Anna","last_name":"Lee","level":"Clerk"}`))
	assert.Contains(t, would.Sends, "level: ${now_role}\n")
	assert.Contains(t, would.Sends, "last_name: ${last_name}\n", "what was asked for counts first")
	would = atPress(known, nil, nil, inputs).rehearsed(about(`{"first_name":"Anna","last_name":"Lee","roleId":2,"status":"active"}`))
	assert.Contains(t, would.Sends, "roleId: '*'\n", "the console's own for the role of this one")
	assert.Contains(t, would.Sends, "status: active\n")
}

// TestNoOtherRoleBesideTheOneAskedFor has a form under another name for the role give another one.
func TestNoOtherRoleBesideTheOneAskedFor(t *testing.T) {
	t.Parallel()
	inputs := map[string]string{"role": "Payer"}
	ruledOn(t, acme(), inputs, map[string]bool{
		`level=Payer`:                    true,
		`level=Administrator`:            false,
		`level=Payer&previous=Clerk`:     true,
		`{"rolle":"Administrator"}`:      false,
		`{"role":"Payer","old":"Clerk"}`: true,
	})
	form := &Sends{Method: "POST", Path: "/users/${id}", Body: map[string]any{"level": "*", "roleId": "*"}}
	pressed := func(body string) automation.Ruling {
		p := atPress(acme(), form, nil, inputs)
		p.gives("Payer", "4")
		return p.rule(about(body))
	}
	assert.True(t, pressed(`{"level":"Payer","roleId":4}`).Commit)
	assert.False(t, pressed(`{"level":"Administrator","roleId":4}`).Pass)
	assert.False(t, pressed(`{"level":"Payer","roleId":5}`).Pass, "what was chosen was 4")
	p := atPress(acme(), nil, nil, inputs)
	assert.True(t, p.rule(post("/wizard/finish", jsonType, `{"role":"Payer"}`)).Pass, "it names nobody")
	assert.False(t, p.rule(post("/wizard/finish", jsonType, `{"role":"Administrator"}`)).Pass)
}

// TestNoOtherAddressIsGiven has a form send another address along, by which somebody else could sign in.
func TestNoOtherAddressIsGiven(t *testing.T) {
	t.Parallel()
	for _, inputs := range []map[string]string{{"first_name": "Anna", "last_name": "Lee"}, {"role": "Payer"}} {
		ruledOn(t, acme(), inputs, map[string]bool{
			`email=mallory%40evil.example&mail=ann%40acme.example`: false,
			`{"email":"ANN@acme.example"}`:                         true,
			`{"login":"mallory@evil.example"}`:                     false,
			`{"cc":"boss@acme.example"}`:                           true,
			`{"email":"robot@robots.example"}`:                     true, // who acts
		})
	}
	eve := *folk
	eve.Meant = automation.Person{Email: "eve@acme.example"}
	r := atPress(&eve, nil, nil, nil).rule(post("/users", jsonType, `[{"email":"eve@acme.example"},{"email":"mallory@evil.example"}]`))
	assert.False(t, r.Pass, "two are invited")
}

// TestNamesAndAStatusThatAreNotAskedForStay has a change of a role send along what else its form has.
func TestNamesAndAStatusThatAreNotAskedForStay(t *testing.T) {
	t.Parallel()
	ruledOn(t, acme(), map[string]string{"role": "Payer"}, map[string]bool{
		`{"role":"Payer","firstName":"Ann","lastName":"Marie Lee"}`:                                         true,
		`{"role":"Payer","firstName":"ANN  Marie","lastName":"Lee"}`:                                        true, // the list takes the name apart elsewhere
		`{"role":"Payer","firstName":"Liz","lastName":"Lee-Smith"}`:                                         true, // another form of it
		`{"role":"Payer","firstName":"Joan","lastName":"Lee"}`:                                              false,
		`{"role":"Payer","lastName":"DOE"}`:                                                                 false,
		`{"role":"Payer","manager":{"firstName":"Joan"}}`:                                                   true,
		`{"role":"Payer","firstName":""}`:                                                                   true, // as a page may leave out what stays
		`{"role":"Payer","active":true}`:                                                                    true,
		`{"role":"Payer","active":false}`:                                                                   false,
		`{"role":"Payer","user":{"is_disabled":"1"}}`:                                                       false,
		`{"role":"Payer","status":"Gesperrt"}`:                                                              false,
		`{"role":"Payer","status":"DISABLED"}`:                                                              false,
		`{"role":"Payer","status":"aktiv"}`:                                                                 true,
		`{"role":"Payer","status":"draft"}`:                                                                 true, // no word that is known
		`{"role":"Payer","locked":true}`:                                                                    true, // signed in wrongly too often
		`{"role":"Payer","notifications":{"enabled":false}}`:                                                true,
		`{"role":"Payer","filter":{"status":"Gesperrt"}}`:                                                   true,
		`user[role]=Payer&user[active]=0&user[active]=1`:                                                    true, // a check box
		`[{"op":"replace","path":"/role","value":"Payer"},{"op":"replace","path":"/active","value":false}]`: false,
	})
	gone := acme()
	gone.Meant.Has = map[string]string{"role": "Clerk", "status": "inactive"}
	ruledOn(t, gone, map[string]string{"first_name": "Anna"}, map[string]bool{
		`{"firstName":"Anna","active":false,"deleted":false,"suspended":false}`: true,
		`{"firstName":"Anna","active":true}`:                                    false,
	})
	to := acme()
	delete(to.Meant.Has, "status")
	ruledOn(t, to, nil, map[string]bool{`{"active":false}`: true})
}

// TestAnotherActionIsNotAskedFor has a form for a role send itself to where access is taken.
func TestAnotherActionIsNotAskedFor(t *testing.T) {
	t.Parallel()
	role := map[string]string{"role": "Payer"}
	at := func(people *automation.People, method, path, body string) automation.Ruling {
		q := post(path, jsonType, body)
		q.Method = method
		return atPress(people, nil, nil, role).rule(q)
	}
	off := acme()
	delete(off.Meant.Has, "status") // it is to be deactivated
	for _, c := range [][3]string{
		{"POST", "/users/" + annID + "/deactivate", "{}"}, {"DELETE", "/users/" + annID, ""}, {"POST", "/suspend", `{"id":"` + annID + `"}`},
		{"POST", "/graphql", `{"query":"mutation { deactivateUser(id: \"` + annID + `\") { id } }"}`},
		{"POST", "/users/" + annID, `{"_method":"delete"}`},
	} {
		assert.False(t, at(acme(), c[0], c[1], c[2]).Pass, "%v", c)
		assert.True(t, at(off, c[0], c[1], c[2]).Pass, "%v", c)
	}
	assert.True(t, at(acme(), "DELETE", "/users/"+annID+"/roles/9", "").Pass)
	assert.True(t, at(acme(), "POST", "/users/"+annID+"/role", `{"role":"Payer"}`).Commit)
}
