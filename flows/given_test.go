package flows

import (
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
)

// TestTheRoleThatIsSent rules on roles where the flow says nothing of what it sends.
func TestTheRoleThatIsSent(t *testing.T) {
	t.Parallel()
	for body, passes := range map[string]bool{
		`{"id":"` + annID + `","role":"Accounts Payable"}`:                                          true,
		`{"id":"` + annID + `","role":"ACCOUNTS_PAYABLE"}`:                                          true,
		`{"id":"` + annID + `","roleId":"4"}`:                                                       true,
		`{"id":"` + annID + `","roleId":4}`:                                                         true,
		`{"id":"` + annID + `"}`:                                                                    true,
		`{"id":"` + annID + `","role":"Administrator"}`:                                             false,
		`{"id":"` + annID + `","roleId":5}`:                                                         false,
		`{"id":"` + annID + `","roles":["Accounts Payable"]}`:                                       true,
		`{"id":"` + annID + `","roles":["Accounts Payable","Clerk"]}`:                               false,
		`{"id":"` + annID + `","role":{"id":4,"name":"Accounts Payable"}}`:                          true,
		`{"id":"` + annID + `","role":{"name":"Clerk"}}`:                                            false,
		`{"id":"` + annID + `","roles":[{"name":"Clerk"}]}`:                                         false,
		`{"id":"` + annID + `","profileId":"5"}`:                                                    false,
		`{"id":"` + annID + `","profile":{"name":"Ann Lee"}}`:                                       true,
		`{"id":"` + annID + `","patch":[{"op":"replace","path":"/role","value":"Clerk"}]}`:          false,
		`{"id":"` + annID + `","patch":[{"op":"replace","path":"/note","value":"Clerk"}]}`:          true,
		`[{"op":"replace","path":"/roles/0/name","value":"Clerk"},{"user_id":"` + annID + `"}]`:     false,
		`{"query":"mutation { off(id: \"` + annID + `\", role: \"Clerk\") { id } }"}`:               false,
		`{"query":"mutation { off(id: \"` + annID + `\", role: CLERK) { id } }"}`:                   false,
		`{"query":"mutation { off(id: \"` + annID + `\", role: ACCOUNTS_PAYABLE) { id } }"}`:        true,
		`{"query":"mutation($r: R) { off(id: \"` + annID + `\", role: $r) { role: id } }"}`:         true,
		`{"query":"mutation($role: Role!) { off(id: \"` + annID + `\", role: $role) { id } }"}`:     true,
		`{"id":"` + annID + `","patch":[{"op":"replace","path":"/role","value":{"name":"Clerk"}}]}`: false,
		"id=" + annID + "&user[role]=Clerk":                                                         false,
		"id=" + annID + "&user[role_id]=4":                                                          true,
	} {
		p := atPress(folk, nil, nil, map[string]string{"role": "Accounts Payable"})
		p.gives("Accounts Payable", "4")
		kind := jsonType
		if strings.HasPrefix(body, "id=") {
			kind = formType
		}
		r := p.rule(post("/users", kind, body))
		assert.Equal(t, passes, r.Pass && r.Commit, "%s: %s", body, r.Why)
	}
	r := atPress(folk, nil, nil, map[string]string{"role": "Accounts Payable"}).rule(withHeader(post("/users/"+annID, jsonType, "{}"), "X-Role", "Clerk"))
	assert.False(t, r.Pass, "a role in a header")
	for _, sends := range []*Sends{nil, {Method: "POST", Path: "/users/${id}", Body: map[string]any{}}} {
		p := newPolicy(folk, sends, nil, map[string]string{"role": "Accounts Payable", "organisation_id": "o-1"})
		head := func(q automation.Request) automation.Request {
			return withHeader(withHeader(q, "X-User-Role", "Administrator"), "X-Tenant", "t-9")
		}
		p.rule(head(automation.Request{Method: "GET", URL: "http://app.example/users/" + annID}))
		p.arm()
		r = p.rule(head(post("/users/"+annID, jsonType, "{}")))
		assert.True(t, r.Commit, "what every request of the page says is the account's own: %s", r.Why)
	}
	r = atPress(folk, nil, nil, nil).rule(post("/users", jsonType, `{"id":"`+annID+`","role":"Clerk"}`))
	assert.True(t, r.Pass, "no role was asked for")
}

// TestANameAndATimeZoneAreWhatWasAskedFor rules on names and time zones where the flow says nothing of what it sends.
func TestANameAndATimeZoneAreWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	for body, passes := range map[string]bool{
		`{"id":"` + annID + `","firstName":"Ann","last_name":"van  Lee","timezone":"Europe/Berlin"}`: true,
		`{"id":"` + annID + `","firstName":"Lee","lastName":"Ann"}`:                                  false,
		`{"id":"` + annID + `","timeZone":"europe/berlin"}`:                                          true,
		`{"id":"` + annID + `","timeZone":"Europe-Berlin"}`:                                          false,
		`{"id":"` + annID + `","firstName":""}`:                                                      false,
		`{"id":"` + annID + `","patch":[{"op":"replace","path":"/name/givenName","value":"Bob"}]}`:   false,
		`{"id":"` + annID + `","firstName":"ANN"}`:                                                   false,
		`{"id":"` + annID + `","name":{"givenName":"Bob"}}`:                                          false,
		`{"user":{"id":"` + annID + `","family_name":"Bob"}}`:                                        false,
		`{"id":"` + annID + `","manager":{"firstName":"Bob"}}`:                                       true,
		`{"id":"` + annID + `","timeZone":"(GMT+1) Berlin"}`:                                         true,
		`{"id":"` + annID + `","timeZone":"Asia/Tokyo"}`:                                             false,
	} {
		p := atPress(folk, nil, nil, map[string]string{"first_name": "Ann", "last_name": "van Lee", "time_zone": "(GMT+1) Berlin"})
		p.gives("(GMT+1) Berlin", "Europe/Berlin")
		r := p.rule(post("/users", jsonType, body))
		assert.Equal(t, passes, r.Pass && r.Commit, "%s: %s", body, r.Why)
	}
	r := atPress(folk, nil, nil, map[string]string{"time_zone": "(GMT+1) Berlin"}).rule(post("/users", jsonType, `{"id":"`+annID+`","timeZone":"Asia/Tokyo"}`))
	assert.True(t, r.Pass, "what the console calls it is not known")
	for value, passes := range map[string]bool{"3: Europe/Berlin": true, "string:Europe/Berlin": true} {
		p := atPress(folk, nil, nil, map[string]string{"time_zone": "(GMT+1) Berlin", "role": "Clerk"})
		p.gives("(GMT+1) Berlin", value)
		p.gives("Clerk", "2: clerk_role")
		r := p.rule(post("/users", jsonType, `{"id":"`+annID+`","timeZone":"Europe/Berlin","role":"clerk_role"}`))
		assert.Equal(t, passes, r.Commit, "what a framework writes beside a value is not sent: %s", r.Why)
	}
}

// TestTheOrganisationThatIsSent rules on a body that carries the organisation's id.
func TestTheOrganisationThatIsSent(t *testing.T) {
	t.Parallel()
	headers := map[string]any{"X-Org": "${organisation_id}", "X-Why": "left"}
	off := &Sends{Method: "POST", Path: "/users/${id}/off", Body: map[string]any{"org": "${organisation_id}"}, Headers: headers}
	ruled := func(id, body, header string) automation.Ruling {
		q := withHeader(withHeader(post("/users/"+annID+"/off", jsonType, body), "x-org", header), "X-Why", "left")
		return atPress(folk, off, nil, map[string]string{"organisation_id": id}).rule(q)
	}
	assert.True(t, ruled("o-1", `{"org":"o-1"}`, "o-1").Commit)
	assert.Contains(t, ruled("o-1", `{"org":"o-2"}`, "o-1").Why, `org is "o-2", not "o-1"`)
	assert.Contains(t, ruled("o-1", `{"org":"o-1"}`, "o-2").Why, `x-org is "o-2", not "o-1"`)
	assert.Contains(t, ruled("", `{"org":"o-1"}`, "o-1").Why, "organisation_id is not known")
	q := post("/users/"+annID+"/off", jsonType, `{"org":"o-1"}`)
	r := atPress(folk, off, nil, map[string]string{"organisation_id": "o-1"}).rule(q)
	assert.Contains(t, r.Why, "what stands in the headers lacks")
	form := propose(withHeader(withHeader(q, "X-Org", "o-1"), "X-Request-Id", "4711"), map[string]string{"id": annID, "organisation_id": "o-1"})
	assert.Contains(t, form, "X-Org: ${organisation_id}")
	assert.NotContains(t, form, "4711")
}

// TestAMethodInAHeaderIsHeldInARehearsal has a GET that a server may take for a DELETE.
func TestAMethodInAHeaderIsHeldInARehearsal(t *testing.T) {
	t.Parallel()
	p := newPolicy(folk, nil, nil, nil)
	p.dry = true
	read := automation.Request{Method: "GET", URL: "http://app.example/things/1"}
	assert.True(t, p.rule(read).Pass)
	assert.False(t, p.rule(withHeader(read, "X-HTTP-Method-Override", "DELETE")).Pass)
	assert.True(t, p.rule(withHeader(read, "X-HTTP-Method-Override", "GET")).Pass)
}

// TestWhatKeepsASecretIsNotShown describes requests for the evidence.
func TestWhatKeepsASecretIsNotShown(t *testing.T) {
	t.Parallel()
	said := Describe(post("/x", jsonType, `{"pin":"4711","newPass":"N3xt","code":"918273","pwd":"Tr0","passcode":"99",`+
		`"user":{"Pin":"1","otp":"2"},"postcode":"10115","passport":"P1","opinion":"good"}`))
	for _, secret := range []string{"4711", "N3xt", "918273", "Tr0", `"99"`, `"1"`, `"2"`} {
		assert.NotContains(t, said, secret)
	}
	for _, plain := range []string{"10115", "P1", "good"} {
		assert.Contains(t, said, plain)
	}
}
