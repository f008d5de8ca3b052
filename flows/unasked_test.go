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
		kind := map[byte]string{'{': jsonType, '[': jsonType, '<': "application/xml"}[body[0]]
		if kind == "" {
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
		`{"first_name":"Anna","role":"Clerk"}`:                                                                           true,
		`{"first_name":"Anna","role":"2"}`:                                                                               true, // the console's own for it
		`{"first_name":"Anna","role":"administrator"}`:                                                                   false,
		`{"first_name":"Anna","level":"Administrator"}`:                                                                  false,
		`{"first_name":"Anna","user":{"roles":["Administrator"]}}`:                                                       false,
		`{"first_name":"Anna","role":{"name":"Administrator"}}`:                                                          false,
		`{"first_name":"Anna","note":"an Administrator has asked for this"}`:                                             true,
		`{"first_name":"Anna","type":"Payer","data":{"type":"Payer"}}`:                                                   true,
		`{"first_name":"Anna","availableRoles":["Clerk","Payer"]}`:                                                       true,
		`{"first_name":"Anna","manager":{"role":"Administrator"},"updatedBy":{"role":"Administrator"}}`:                  true,
		`{"first_name":"Anna","jobTitle":"Payer","commit":"Payer"}`:                                                      true,
		`{"first_name":"Anna","roles":{"Administrator":true}}`:                                                           false,
		`{"first_name":"Anna","roles":{"Payer":true}}`:                                                                   false,
		`{"first_name":"Anna","roles":{"Administrator":false,"Clerk":true}}`:                                             true,
		`{"first_name":"Anna","roles":"Clerk;Administrator"}`:                                                            false,
		`{"first_name":"Anna","roles":[]}`:                                                                               false,
		`{"first_name":"Anna","role":null}`:                                                                              false,
		`{"first_name":"Anna","profile":{"role":"Administrator"}}`:                                                       false,
		`first_name=Anna&user={"role":"Administrator"}`:                                                                  false,
		`first_name=Anna&user={"role":"Clerk"}`:                                                                          true,
		`<user><first_name>Anna</first_name><role>Administrator</role></user>`:                                           false,
		`<user role="Administrator"><first_name>Anna</first_name></user>`:                                                false,
		`<user><first_name>Anna</first_name><role>Clerk</role></user>`:                                                   true,
		"{\"first_name\":\"Anna\"}\n{\"role\":\"Administrator\"}\n":                                                      false,
		`<s:Envelope xmlns:s="s"><s:Body><Change><user><role>Administrator</role></user></Change></s:Body></s:Envelope>`: false,
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
		`level=Payer`:                           true,
		`level=Administrator`:                   false,
		`level=Payer&previous=Clerk`:            true,
		`{"rolle":"Administrator"}`:             false,
		`{"role":"Payer","old":"Clerk"}`:        true,
		`{"roles":{"Payer":true}}`:              true,
		`{"roles":{"Payer":true,"Clerk":true}}`: true, // what they have already
		`{"roles":{"Administrator":true}}`:      false,
		`{"roles":"Payer;Administrator"}`:       false,
		`{"query":"mutation { set(id: \"006ABCDEFGHJKMNPQR\", roles: [\"Payer\", \"Administrator\"]) { id } }"}`: false,
		`{"query":"mutation { set(id: \"006ABCDEFGHJKMNPQR\", roles: [\"Payer\"]) { role: name } }"}`:            true,
		`{"query":"mutation { set(id: \"006ABCDEFGHJKMNPQR\", role: Administrator) { id } }"}`:                   false,
		`{"query":"mutation { set(id: \"006ABCDEFGHJKMNPQR\", role: Payer, active: false) { id } }"}`:            false,
		`[{"op":"add","path":"/roles/-","value":"Administrator"}]`:                                               false,
		`{"Operations":[{"op":"replace","path":"roles[primary eq true].value","value":"Administrator"}]}`:        false,
		`{"Operations":[{"op":"replace","path":"roles[primary eq true].value","value":"Payer"}]}`:                true,
	})
	path := func(method, path string) bool {
		q := post(path, jsonType, "{}")
		q.Method = method
		return atPress(acme(), nil, nil, inputs).rule(q).Pass
	}
	assert.False(t, path("PUT", "/users/"+annID+"/roles/Administrator"))
	assert.True(t, path("PUT", "/users/"+annID+"/roles/payer"))
	assert.True(t, path("DELETE", "/users/"+annID+"/roles/Clerk"), "it is taken for the other")
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
		`{"role":"Payer","profile":{"firstName":"Joan"}}`:                                                   false,
		`{"role":"Payer","displayName":"Joan Doe"}`:                                                         false,
		`{"role":"Payer","name":"doe, joan"}`:                                                               false,
		`{"role":"Payer","name":"Lee, Ann"}`:                                                                true,
		`{"role":"Payer","name":"Payer"}`:                                                                   true,
		`{"role":"Payer","manager":{"name":"Joan Doe"},"group":{"name":"Joan Doe"}}`:                        true,
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
		`{"role":"Payer","account":{"enabled":false}}`:                                                      false,
		`{"role":"Payer","status":{"code":"INACTIVE"}}`:                                                     false,
		`{"role":"Payer","canLogin":false}`:                                                                 false,
		`{"role":"Payer","login_enabled":"0"}`:                                                              false,
		`{"role":"Payer","is_user_active":0}`:                                                               false,
		`{"role":"Payer","deactivatedAt":"2026-11-27"}`:                                                     false,
		`{"role":"Payer","deactivatedAt":null,"canLogin":true}`:                                             true,
		`{"Operations":[{"op":"replace","path":"active","value":false}]}`:                                   false,
		`{"Operations":[{"op":"replace","value":{"role":"Payer","active":false}}]}`:                         false,
		`{"Operations":[{"op":"replace","value":{"role":"Payer","active":true}}]}`:                          true,
		`{"role":"Payer","filter":{"status":"Gesperrt"}}`:                                                   true,
		`user[role]=Payer&user[active]=0&user[active]=1`:                                                    true, // a check box
		`[{"op":"replace","path":"/role","value":"Payer"},{"op":"replace","path":"/active","value":false}]`: false,
	})
	gone := acme()
	gone.Meant.Has = map[string]string{"role": "Clerk", "status": "inactive"}
	ruledOn(t, gone, map[string]string{"first_name": "Anna"}, map[string]bool{
		`{"firstName":"Anna","active":false,"deleted":false,"suspended":false}`: true,
		`{"firstName":"Anna","active":true}`:                                    false,
		`{"firstName":"Anna","deactivatedAt":"2026-11-27"}`:                     true,
		`{"firstName":"Anna","deactivatedAt":null}`:                             false,
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
