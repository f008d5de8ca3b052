package flows

import (
	"encoding/base64"
	"fmt"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	annID   = "006ABCDEFGHJKMNPQR"
	joannID = "006STUVWXYZ0123456"
	selfID  = "006ROBOTROBOTROBOT"
	folk    = &automation.People{
		SelfID: selfID,
		Meant:  automation.Person{ID: annID, Email: "ann@acme.example"},
		Self:   "robot@robots.example",
		Others: []automation.Person{{ID: joannID, Email: "joann@acme.example"}, {ID: "7", Email: "seven@acme.example"}},
	}
)

func post(url, kind, body string) automation.Request {
	return automation.Request{Method: "POST", URL: "http://app.example" + url, Type: kind, Body: []byte(body)}
}

const (
	formType = "application/x-www-form-urlencoded"
	jsonType = "application/json"
)

func withHeader(q automation.Request, name, value string) automation.Request {
	q.Headers = append(q.Headers, automation.Value{Key: name, Text: value})
	return q
}

func multi(fields ...string) automation.Request {
	body := ""
	for i := 0; i < len(fields); i += 2 {
		body += fmt.Sprintf("--b\r\nContent-Disposition: form-data; name=%q\r\n\r\n%s\r\n", fields[i], fields[i+1])
	}
	return post("/users", "multipart/form-data; boundary=b", body+"--b--\r\n")
}

// atPress is a policy whose press comes now.
func atPress(people *automation.People, sends *Sends, reads []Reads, inputs map[string]string) *policy {
	p := newPolicy(people, sends, reads, inputs)
	p.arm()
	return p
}

// TestAShortIDIsStoppedAside has a console number its people: what may name somebody else does not leave, before the press
// and at it, and the change goes on.
func TestAShortIDIsStoppedAside(t *testing.T) {
	t.Parallel()
	people, inputs := asked("off#")
	perhaps := post("/api", jsonType, `{"cmd":"off","u":5}`)
	early := newPolicy(people, nil, nil, inputs)
	assert.True(t, early.rule(post("/api/people", jsonType, `{"page":5}`)).Pass)
	assert.True(t, early.rule(post("/search", jsonType, `{"q":5}`)).Pass, "a search")
	r := early.rule(perhaps)
	assert.False(t, r.Pass, "before the press")
	assert.True(t, r.Aside)

	p := atPress(people, nil, nil, inputs)
	r = p.rule(perhaps)
	assert.False(t, r.Pass)
	assert.Equal(t, `POST /api may name five@acme.example (5), by u="5"`, r.Why)
	assert.Empty(t, p.reasons(), "the press goes on")
	assert.Len(t, p.asides(), 1)
	assert.True(t, p.rule(post("/users/4711/off", jsonType, "")).Commit)
	assert.False(t, p.rule(perhaps).Pass, "after the press")
	assert.True(t, atPress(people, nil, nil, inputs).rule(post("/beat", jsonType, `{"value":1}`)).Aside, "it need not be an id")
	assert.True(t, atPress(people, nil, nil, inputs).rule(post("/1/indexes/x", jsonType, `{}`)).Aside, "nor need this")
	assert.False(t, atPress(people, nil, nil, inputs).rule(post("/users/5/off", jsonType, `{}`)).Aside)
	off := post("/users/4711/off", jsonType, "")
	for _, header := range []string{
		"X-Inertia: 1", "X-Api-Version: 1", "X-Client-Version: 1.5.7", "X-Tenant: 5", "X-Timezone-Offset: 1", "HX-Target: row-5",
		"X-User-Agent: x 5", "X-User-Type: 1", "X-User-Role: 5", "X-User-Timezone: GMT-5", "X-Session-Id: 5", "baggage: rate=1",
	} {
		name, value, _ := strings.Cut(header, ": ")
		assert.True(t, atPress(people, nil, nil, inputs).rule(withHeader(off, name, value)).Commit, header)
	}
	for _, header := range []string{
		"X-TargetUserId: 5", "X-CurrentUser: 5", "X-Staff-Id: 5", "X-Contact: 5", "X-Record-Id: 5", "X-Record: 5", "X-Id: 5", "X-Key: 5",
		"X-User-Id: 5", "X-Run-As: 5", "X-Empid: 5", "X-Userno: 5", "X-User: 5", "X-On-Behalf-Of: 5", "X-Impersonate: 5",
		"X-Member-Ids: 4712", "X-Account-Id: 5", "X-Operator-Id: 5", "X-User-Selected: 5", `X-Payload: {"userId":5}`,
		"X-Original-Url: /users/5/off", "X-Anything: " + joannID,
	} {
		name, value, _ := strings.Cut(header, ": ")
		assert.False(t, atPress(people, nil, nil, inputs).rule(withHeader(off, name, value)).Pass, header)
		nobody := withHeader(post("/api/this", jsonType, `{"status":"inactive"}`), name, value)
		assert.False(t, atPress(people, nil, nil, inputs).rule(nobody).Pass, header)
	}
	for _, header := range []string{"X-Actor", "X-Account-Id", "X-Memberno", "X-Anything", "X-Session-Id"} {
		r := atPress(people, nil, nil, inputs).rule(withHeader(post("/api", jsonType, `{"status":"inactive"}`), header, "4711"))
		assert.True(t, r.Commit, header)
	}
	done := atPress(people, nil, nil, inputs)
	assert.True(t, done.rule(off).Commit)
	done.rule(post("/beat", jsonType, `{"tick":5}`))
	assert.True(t, done.rule(post("/api/people/reload", jsonType, `{}`)).Pass, "the page reads what has come of it")
	follows := post("/api/selection/off", jsonType, "{}")
	assert.True(t, atPress(people, nil, nil, inputs).rule(follows).Pass)
	for _, chooses := range []automation.Request{perhaps, post("/api/selection", jsonType, `{"value":5}`), post("/api/5/select", jsonType, "")} {
		p := newPolicy(people, nil, nil, inputs)
		p.rule(chooses)
		p.arm()
		assert.False(t, p.rule(follows).Pass, "it may be about whoever was chosen before the press")
		p = atPress(people, nil, nil, inputs)
		p.rule(chooses)
		assert.False(t, p.rule(follows).Pass, "it may be about whoever was chosen")
		assert.True(t, p.rule(post("/users/4711/off", jsonType, "")).Commit)
	}
	usual := newPolicy(people, nil, nil, inputs)
	usual.rule(post("/api", jsonType, `{"cmd":"off","u":9}`))
	usual.arm()
	assert.False(t, usual.rule(perhaps).Pass, "though its like came before the press")
	p.settle()
	assert.False(t, p.rule(perhaps).Pass, "on a screen that follows")
	assert.True(t, newPolicy(nil, nil, nil, inputs).rule(perhaps).Pass, "nobody is known")
}

// TestWhomARequestNames rules on requests where the flow says nothing of what it sends.
func TestWhomARequestNames(t *testing.T) {
	t.Parallel()
	relay := base64.StdEncoding.EncodeToString([]byte("User:" + joannID))
	for name, c := range map[string]struct {
		q    automation.Request
		want string // commit, pass or stop
	}{
		"ours in the path":                     {post("/users/"+annID+"/deactivate", jsonType, "{}"), "commit"},
		"another in the path":                  {post("/users/"+joannID+"/deactivate", jsonType, "{}"), "stop"},
		"ours in a form":                       {post("/users", formType, "csrf=x&id="+annID), "commit"},
		"another in a form":                    {post("/users", formType, "csrf=x&id="+joannID), "stop"},
		"another in the query":                 {post("/users?id="+joannID, formType, "csrf=x"), "stop"},
		"another by e-mail":                    {post("/users", jsonType, `{"email":"JOANN@acme.example"}`), "stop"},
		"ours by e-mail":                       {post("/users", jsonType, `{"email":"Ann@Acme.example"}`), "commit"},
		"an address that holds ours":           {post("/users", jsonType, `{"email":"ann@acme.example.org"}`), "stop"},
		"ours, and a copy to somebody":         {post("/users", jsonType, `{"email":"ann@acme.example","cc":"hr@acme.example"}`), "commit"},
		"text that is no address":              {post("/log", jsonType, `{"stack":"at f@http://app.example/a.js"}`), "pass"},
		"another in multipart":                 {multi("id", joannID), "stop"},
		"ours in multipart":                    {multi("id", annID), "commit"},
		"JSON in multipart":                    {multi("payload", `{"id":"`+joannID+`"}`), "stop"},
		"JSON sent as text":                    {post("/users", "text/plain;charset=UTF-8", `{"id":"`+joannID+`"}`), "stop"},
		"GraphQL variables":                    {post("/graphql", jsonType, `{"query":"mutation($id:ID!){off(id:$id)}","variables":{"id":"`+joannID+`"}}`), "stop"},
		"GraphQL inline":                       {post("/graphql", jsonType, `{"query":"mutation{off(id:\"`+joannID+`\")}"}`), "stop"},
		"a GraphQL query about another":        {post("/graphql", jsonType, `{"query":"query($id:ID!){user(id:$id){name}}","variables":{"id":"`+joannID+`"}}`), "pass"},
		"another in a header":                  {withHeader(post("/users/"+annID+"/off", jsonType, "{}"), "X-On-Behalf-Of", joannID), "stop"},
		"ours in a header":                     {withHeader(post("/users/off", jsonType, "{}"), "X-User-Id", annID), "commit"},
		"an id with a prefix":                  {post("/users/user-"+joannID+"/off", jsonType, "{}"), "stop"},
		"an id between others":                 {post("/users", jsonType, `{"key":"org_1_`+joannID+`_role"}`), "stop"},
		"an id in small letters":               {post("/users/"+strings.ToLower(joannID)+"/off", jsonType, "{}"), "stop"},
		"GraphQL for ours":                     {post("/graphql", jsonType, `{"query":"mutation($id:ID!){off(id:$id)}","variables":{"id":"`+annID+`"}}`), "commit"},
		"an id made by Relay":                  {post("/graphql", jsonType, `{"variables":{"id":"`+relay+`"}}`), "stop"},
		"an object keyed by people":            {post("/users", jsonType, `{"`+joannID+`":{"active":false}}`), "stop"},
		"a list with ours and another":         {post("/users/off", jsonType, `{"ids":["`+annID+`","`+joannID+`"]}`), "stop"},
		"a form with ours and another":         {post("/users/off", formType, "ids="+annID+"&ids="+joannID), "stop"},
		"a path for another, a body for ours":  {post("/users/"+joannID, jsonType, `{"id":"`+annID+`"}`), "stop"},
		"a path for ours, a body for another":  {post("/users/"+annID, jsonType, `{"id":"`+joannID+`"}`), "stop"},
		"a body with a user for another":       {post("/users/"+annID, jsonType, `{"user":{"id":"`+joannID+`"}}`), "stop"},
		"an approver beside":                   {post("/users/"+annID, jsonType, `{"approver_id":"`+joannID+`","role":"Clerk"}`), "commit"},
		"a manager beside":                     {post("/users/"+annID, jsonType, `{"manager":{"id":"`+joannID+`"},"role":"Clerk"}`), "commit"},
		"another, and ours in a note":          {post("/users", jsonType, `{"id":"`+joannID+`","note":"not ann@acme.example"}`), "stop"},
		"a page number like a short id":        {post("/search", jsonType, `{"page":7,"size":50}`), "pass"},
		"a short id where a person may stand":  {post("/users", jsonType, `{"user_id":7}`), "stop"},
		"a heartbeat":                          {post("/beat", jsonType, `{"t":1732490000}`), "pass"},
		"telemetry of the account itself":      {post("/log", jsonType, `{"user":"robot@robots.example","event":"click"}`), "stop"},
		"the account itself, by id":            {post("/users/"+selfID+"/off", jsonType, "{}"), "stop"},
		"ours, and who does it":                {post("/users/"+annID+"/off", jsonType, `{"user":"robot@robots.example"}`), "commit"},
		"the account itself, ours in the body": {post("/users/"+selfID+"/off", jsonType, `{"id":"`+annID+`"}`), "stop"},
		"ours in the path, another in a list":  {post("/users/"+annID+"/off", jsonType, `{"also":["`+joannID+`"]}`), "stop"},
		"another in a list of objects":         {post("/users/"+annID+"/off", jsonType, `{"others":[{"id":"`+joannID+`"}]}`), "stop"},
		"another in a list with a verb":        {post("/users/"+annID+"/off", jsonType, `{"deactivateIds":["`+joannID+`"]}`), "stop"},
		"approvers in a list beside":           {post("/users/"+annID, jsonType, `{"approvers":[{"id":"`+joannID+`"}],"role":"Clerk"}`), "commit"},
		"who is told, in a list":               {post("/users/"+annID+"/off", jsonType, `{"notify":["joann@acme.example"]}`), "commit"},
		"another in a list of a form":          {post("/users/"+annID+"/off", formType, "deactivate[]="+joannID), "stop"},
		"another in a field that comes twice":  {post("/users/off", formType, "userId="+annID+"&deactivate="+joannID+"&deactivate=x"), "stop"},
		"another in a row of a form":           {post("/users/off", formType, "userId="+annID+"&changes[0][ref]="+joannID), "stop"},
		"another among updates":                {post("/users/off", jsonType, `{"userId":"`+annID+`","updates":[{"ref":"`+joannID+`","active":false}]}`), "stop"},
		"another in a list of a wrapper":       {post("/users/off", jsonType, `{"request":{"userId":"`+annID+`","deactivate":["`+joannID+`"]}}`), "stop"},
		"who takes over":                       {post("/users/"+annID+"/off", jsonType, `{"successorUserId":"`+joannID+`","transferToUserId":7}`), "commit"},
		"subordinates and substitutes":         {post("/users/"+annID, jsonType, `{"subordinates":["`+joannID+`"],"substitutes":[{"id":"`+joannID+`"}],"delegations":[{"to":"`+joannID+`"}]}`), "commit"},
		"a copy in a message":                  {post("/users/"+annID+"/off", jsonType, `{"message":{"cc":["joann@acme.example"]},"billingContactEmail":"joann@acme.example"}`), "commit"},
		"another in a list below":              {post("/users/"+annID+"/off", jsonType, `{"request":{"deactivate":["`+joannID+`"]}}`), "stop"},
		"who is in a team, beside":             {post("/users/"+annID, jsonType, `{"teams":[{"name":"A","members":[{"email":"joann@acme.example"}]}],"history":[{"by":"`+joannID+`"}]}`), "commit"},
		"who granted a role, beside":           {post("/users/"+annID, jsonType, `{"roles":[{"name":"Clerk","grantedBy":{"email":"joann@acme.example"}}],"groups":[{"admins":["`+joannID+`"]}]}`), "commit"},
		"who approves, in a list beside":       {post("/users/"+annID, jsonType, `{"approvals":[{"email":"joann@acme.example"}]}`), "commit"},
		"a profile by a short id":              {post("/users/"+annID, jsonType, `{"profileId":7,"bank_account_id":7}`), "commit"},
		"a short id of a contact":              {post("/users", jsonType, `{"contactId":7}`), "stop"},
		"a short id with words before":         {post("/users", jsonType, `{"customer_user_id":7}`), "stop"},
		"a short id with words before, beside": {post("/users/"+annID, jsonType, `{"customer_user_id":7}`), "stop"},
		"a short id of a role":                 {post("/roles", jsonType, `{"roleId":7}`), "pass"},
		"a manager by a short id, beside":      {post("/users/"+annID, jsonType, `{"manager_user_id":7}`), "commit"},
		"another method in a header":           {withHeader(automation.Request{Method: "GET", URL: "http://app.example/users/" + joannID}, "X-HTTP-Method-Override", "DELETE"), "stop"},
		"escaped twice":                        {post("/users?next=%252Fusers%252F"+joannID, formType, ""), "stop"},
		"a stream":                             {automation.Request{Method: "POST", URL: "http://app.example/x", Opaque: true}, "stop"},
		"a link for another":                   {automation.Request{Method: "GET", URL: "http://app.example/users/" + joannID + "/off"}, "stop"},
		"a link for ours":                      {automation.Request{Method: "GET", URL: "http://app.example/users/" + annID + "/off"}, "pass"},
		"deletion of another":                  {automation.Request{Method: "DELETE", URL: "http://app.example/users/" + joannID}, "stop"},
		"a page that redirects to another":     {automation.Request{Method: "GET", URL: "http://app.example/users/" + joannID, Hop: true}, "pass"},
		"a request that is sent on to another": {automation.Request{Method: "POST", URL: "http://app.example/users/" + joannID, Hop: true}, "stop"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := atPress(folk, nil, nil, nil).rule(c.q)
			got := map[[2]bool]string{{true, true}: "commit", {true, false}: "pass", {false, false}: "stop"}[[2]bool{r.Pass, r.Commit}]
			assert.Equal(t, c.want, got, r.Why)
		})
	}
}

// TestWhatWasBegunBeforeThePressIsNotTheCommit rules on requests that come late to the gate: they name the person
// who is meant.
func TestWhatWasBegunBeforeThePressIsNotTheCommit(t *testing.T) {
	t.Parallel()
	off := post("/users/"+annID+"/off", jsonType, `{}`)
	for _, sends := range []*Sends{nil, {Method: "POST", Path: "/users/${id}/off"}} {
		p := atPress(folk, sends, nil, nil)
		late := off
		late.Early = true
		assert.False(t, p.rule(late).Pass)
		assert.NotEmpty(t, p.asides())
		r := p.rule(off)
		assert.True(t, r.Pass && r.Commit, "the one of the press is the commit: %s", r.Why)
	}
}

func TestASecondOneIsStopped(t *testing.T) {
	t.Parallel()
	for name, sends := range map[string]*Sends{"said": {Method: "POST", Path: "/users/${id}/off"}, "not said": nil} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := atPress(folk, sends, nil, nil)
			q := post("/users/"+annID+"/off", jsonType, "{}")
			require.True(t, p.rule(q).Pass)
			r := p.rule(q)
			assert.False(t, r.Pass)
			assert.Contains(t, r.Why, "a second one")
			assert.False(t, p.rule(post("/api/users", jsonType, `{"id":"`+annID+`","active":false}`)).Pass, "in another shape")
			q.Hop = true
			assert.True(t, p.rule(q).Pass, "the server sends it on")
		})
	}
}

// TestWhatAFlowSends rules on requests where the flow says what it sends.
func TestWhatAFlowSends(t *testing.T) {
	t.Parallel()
	role := &Sends{Method: "POST", Path: "/users/${id}/role", Body: map[string]any{"role": "${role}", "active": true, "zone": "${zone}", "csrf": "*"}}
	inputs := map[string]string{"email": "ann@acme.example", "role": "Clerk", "zone": ""}
	inputs["organisation_id"] = "o-1"
	path, as := "/users/"+annID+"/role", `{"role":"Clerk","active":true,"zone":"Berlin","csrf":"1"}`
	for name, c := range map[string]struct {
		q    automation.Request
		says string // empty: it is let through as the commit
	}{
		"as said":                    {post(path, jsonType, `{"role":"Clerk","active":true,"zone":"Berlin","csrf":"1"}`), ""},
		"as a form":                  {post(path, formType, "role=Clerk&active=true&zone=Berlin&csrf=1"), ""},
		"another role":               {post(path, jsonType, `{"role":"Administrator","active":true,"zone":"B","csrf":"1"}`), `role is "Administrator", not "Clerk"`},
		"a second role":              {post(path, formType, "role=Clerk&role=Administrator&active=true&zone=Berlin&csrf=1"), `carries "role" twice`},
		"roles in a list":            {post(path, jsonType, `{"role":["Clerk","Administrator"],"active":true,"zone":"B","csrf":"1"}`), `carries "role.0", which the flow does not know`},
		"another case":               {post(path, jsonType, `{"role":"clerk","active":true,"zone":"B","csrf":"1"}`), `role is "clerk", not "Clerk"`},
		"something more":             {post(path, jsonType, `{"role":"Clerk","active":true,"zone":"B","csrf":"1","admin":true}`), `carries "admin", which the flow does not know`},
		"something less":             {post(path, jsonType, `{"role":"Clerk","zone":"B","csrf":"1"}`), `lacks "active"`},
		"a text for a boolean":       {post(path, jsonType, `{"role":"Clerk","active":"true","zone":"B","csrf":"1"}`), `active is of the type string, not boolean`},
		"a list with nothing":        {post(path, jsonType, `{"role":"Clerk","active":true,"zone":"B","csrf":"1","rights":[]}`), `carries "rights", which the flow does not know`},
		"not active":                 {post(path, jsonType, `{"role":"Clerk","active":false,"zone":"B","csrf":"1"}`), `active is "false", not "true"`},
		"a query":                    {post(path+"?force=1", jsonType, `{"role":"Clerk","active":true,"zone":"B","csrf":"1"}`), `the query carries "force"`},
		"another, too":               {post(path, jsonType, `{"role":"Clerk","active":true,"zone":"`+joannID+`","csrf":"1"}`), ""},
		"another path":               {post("/users/"+annID+"/roles", jsonType, `{"role":"Clerk"}`), "is not what the flow says it sends"},
		"the path of another":        {post("/users/"+joannID+"/role", jsonType, `{"role":"Clerk","active":true,"zone":"B","csrf":"1"}`), "names joann@acme.example"},
		"another method":             {automation.Request{Method: "PUT", URL: "http://app.example" + path, Body: []byte(`{"role":"Clerk"}`)}, "is not what the flow says it sends"},
		"another method in a header": {withHeader(post(path, jsonType, as), "X-HTTP-Method-Override", "DELETE"), "says another method"},
		"the same in a header":       {withHeader(post(path, jsonType, as), "X-HTTP-Method", "post"), ""},
		"another, in other words":    {withHeader(post(path, jsonType, as), "HTTP-MethodOverride", "DELETE"), "says another method"},
		"a name of the organisation": {withHeader(post(path, jsonType, as), "X-Tenant", "acme"), ""},
		"another workspace":          {withHeader(post(path, jsonType, as), "X-Acme-Workspace-Uuid", "77"), "the organisation is"},
		"a role in a header":         {withHeader(post(path, jsonType, as), "X-Role", "Administrator"), "the header X-Role gives a role"},
		"another organisation":       {withHeader(post(path, jsonType, as), "X-Organisation-Id", "o-2"), `X-Organisation-Id is "o-2", and the organisation is "o-1"`},
		"the organisation":           {withHeader(post(path, jsonType, as), "X-Tenant-ID", "o-1"), ""},
		"a header of tracing":        {withHeader(post(path, jsonType, as), "Traceparent", "00-1"), ""},
		"a body that is hidden":      {automation.Request{Method: "POST", URL: "http://app.example" + path, Opaque: true}, "cannot be looked at"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := atPress(folk, role, nil, inputs).rule(c.q)
			assert.Equal(t, c.says == "", r.Pass && r.Commit, r.Why)
			if c.says != "" {
				assert.Contains(t, r.Why, c.says)
			}
		})
	}
}

// TestWhatIsNotKnownIsNotFree has no id of the person: then nothing can be held against what the flow says.
func TestWhatIsNotKnownIsNotFree(t *testing.T) {
	t.Parallel()
	nameless := &automation.People{Meant: automation.Person{Email: "ann@acme.example"}}
	r := atPress(nameless, &Sends{Method: "POST", Path: "/users/${id}/off"}, nil, nil).rule(post("/users/999/off", jsonType, "{}"))
	assert.False(t, r.Pass)
	assert.Contains(t, r.Why, "id is not known")
}

// TestBesideWhatAFlowSends rules on what names nobody where the flow says what it sends: another shape of the
// commit may name nobody that is known here.
func TestBesideWhatAFlowSends(t *testing.T) {
	t.Parallel()
	sends := &Sends{Method: "POST", Path: "/users/${id}/off"}
	beat := post("/beat", jsonType, `{"handle":"x7"}`)
	p := atPress(folk, sends, []Reads{{Method: "POST", Path: "/search"}}, nil)
	beat.Foreign = true
	assert.True(t, p.rule(beat).Pass, "to another host")
	beat.Foreign = false
	r := p.rule(beat)
	assert.False(t, r.Pass)
	assert.True(t, r.Aside, "it need not have been the commit")
	assert.Empty(t, p.reasons())
	assert.NotEmpty(t, p.asides())
	search := post("/search", jsonType, `{"q":"x"}`)
	assert.True(t, p.rule(search).Pass, "what only reads")
	q := post("/users/"+annID+"/off", jsonType, "{}")
	q.Foreign = true
	assert.False(t, p.rule(q).Commit, "the form holds for the console alone")
	q.Foreign = false
	require.True(t, p.rule(q).Commit)
	p.settle()
	assert.True(t, p.rule(beat).Pass, "screens follow")
	assert.True(t, p.rule(post("/users/"+annID+"/preferences", jsonType, "{}")).Pass)
	p.given["role"] = []string{"Clerk"}
	assert.False(t, p.rule(post("/users/"+annID+"/preferences", jsonType, `{"role":"Administrator"}`)).Pass, "a screen that follows gives no role")
	clear(p.given)
	assert.False(t, p.rule(q).Pass, "and what was committed leaves no second time")
	assert.False(t, p.rule(post("/users/"+joannID+"/preferences", jsonType, "{}")).Pass)
}

func TestNothingLeavesAChangeThatWasGivenUp(t *testing.T) {
	t.Parallel()
	for name, sends := range map[string]*Sends{"said": {Method: "POST", Path: "/users/${id}/off"}, "not said": nil} {
		p := atPress(folk, sends, nil, nil)
		p.end()
		assert.False(t, p.rule(post("/users/"+annID+"/off", jsonType, "{}")).Pass, name)
		assert.False(t, p.rule(post("/beat", jsonType, "{}")).Pass, "%s: it may name nobody", name)
		assert.Empty(t, p.reasons(), "%s: what comes then is no reason why", name)
	}
}

// TestBeforeThePress rules on what a page sends at a step that should only lead up to the commit.
func TestBeforeThePress(t *testing.T) {
	t.Parallel()
	off := &Sends{Method: "POST", Path: "/users/${id}/off"}
	anyone := &Sends{Method: "POST", Path: "/users/*/off"}
	foreign := post("/log", jsonType, `{"id":"`+annID+`"}`)
	foreign.Foreign = true
	for name, c := range map[string]struct {
		q            automation.Request
		sends        *Sends
		passes       bool
		early, other int
	}{
		"ours, as the flow says":        {q: post("/users/"+annID+"/off", jsonType, "{}"), sends: off, early: 1},
		"ours, the flow says nothing":   {q: post("/users/"+annID+"/off", jsonType, "{}"), early: 1},
		"nobody, of the form":           {q: post("/users/x7/off", jsonType, "{}"), sends: anyone, early: 1},
		"somebody else":                 {q: post("/users/"+joannID+"/off", jsonType, "{}"), other: 1},
		"an address that is nobody's":   {q: post("/invite", jsonType, `{"email":"x@acme.example"}`), other: 1},
		"the account itself, telemetry": {q: post("/log", jsonType, `{"user":"robot@robots.example"}`)},
		"a stream":                      {q: automation.Request{Method: "POST", URL: "http://app.example/log", Opaque: true}},
		"nobody":                        {q: post("/beat", jsonType, `{"t":1}`), sends: off, passes: true},
		"another host, about ours":      {q: foreign},
		"a page":                        {q: automation.Request{Method: "GET", URL: "http://app.example/users/" + joannID}, passes: true},
		"a GraphQL query":               {q: post("/graphql", jsonType, `{"query":"{user(id:\"`+joannID+`\"){name}}"}`), passes: true},
		"what the file says only reads": {q: post("/search", jsonType, `{"q":"ann@acme.example"}`), passes: true},
	} {
		p := newPolicy(folk, c.sends, []Reads{{Method: "POST", Path: "/search"}}, nil)
		assert.Equal(t, c.passes, p.rule(c.q).Pass, name)
		early, other := p.earlies()
		assert.Equal(t, []int{c.early, c.other}, []int{len(early), len(other)}, name)
		surely, perhaps := p.left()
		assert.False(t, surely || perhaps, name)
		assert.Empty(t, p.reasons(), name)
		dry := newPolicy(folk, c.sends, []Reads{{Method: "POST", Path: "/search"}}, nil)
		dry.dry = true
		assert.Equal(t, c.passes && !dry.changes(c.q), dry.rule(c.q).Pass, name)
	}
}

// TestTheHostThatIsSentTo rules on hosts: that of the pages, or the one that the flow names.
func TestTheHostThatIsSentTo(t *testing.T) {
	t.Parallel()
	inputs := map[string]string{"home": "https://app01.example/home"}
	at := func(host string) automation.Request {
		q := post("/users/"+annID+"/off", jsonType, "{}")
		q.URL = "https://" + host + "/users/" + annID + "/off"
		return q
	}
	own := &Sends{Method: "POST", Path: "/users/${id}/off"}
	api := &Sends{Host: "api.example", Method: "POST", Path: "/users/${id}/off"}
	assert.True(t, atPress(folk, own, nil, inputs).rule(at("app01.example")).Commit)
	r := atPress(folk, own, nil, inputs).rule(at("app09.example"))
	assert.False(t, r.Pass)
	assert.Contains(t, r.Why, "it goes to another host than app01.example")
	assert.True(t, atPress(folk, api, nil, inputs).rule(at("api.example")).Commit)
	assert.False(t, atPress(folk, api, nil, inputs).rule(at("app01.example")).Pass)
}

// TestWhatComesAllTheTimeIsNotThePress has heartbeats before the press, at it and after it, and an act that names
// nobody.
func TestWhatComesAllTheTimeIsNotThePress(t *testing.T) {
	t.Parallel()
	beat := func(n int) automation.Request { return post("/rpc", jsonType, fmt.Sprintf(`{"op":"ping","at":%d}`, n)) }
	for name, sends := range map[string]*Sends{"said": {Method: "POST", Path: "/users/${id}/off"}, "not said": nil} {
		p := newPolicy(folk, sends, nil, nil)
		require.True(t, p.rule(beat(1)).Pass)
		p.arm()
		assert.True(t, p.rule(beat(22)).Pass, name)
		surely, perhaps := p.left()
		assert.False(t, surely || perhaps, name)
		assert.Empty(t, p.asides(), name)
		p.rule(post("/rpc", jsonType, `{"op":"off","at":3}`))
		_, perhaps = p.left()
		assert.True(t, perhaps || len(p.asides()) == 1, "%s: another act to the same address is none of those", name)
	}
}

// TestAHostThatIsNotKnown rules on what goes to a host that is not among the tenant's: it may be an interface of
// the console.
func TestAHostThatIsNotKnown(t *testing.T) {
	t.Parallel()
	q := post("/users/"+annID+"/role", jsonType, `{"role":"Clerk"}`)
	q.Foreign = true
	said := atPress(folk, &Sends{Method: "POST", Path: "/users/${id}/role"}, nil, map[string]string{"role": "Clerk"})
	r := said.rule(q)
	assert.False(t, r.Pass, "it is not what the flow says")
	assert.True(t, r.Aside)
	p := atPress(folk, nil, nil, map[string]string{"role": "Clerk"})
	assert.True(t, p.rule(q).Commit)
	assert.False(t, p.rule(q).Pass, "a second one")
	assert.False(t, atPress(folk, nil, nil, map[string]string{"role": "Payer"}).rule(q).Pass, "another role")
}

func TestNothingLeavesARehearsal(t *testing.T) {
	t.Parallel()
	reads := []Reads{{Method: "POST", Path: "/search"}}
	p := atPress(folk, nil, reads, nil)
	p.dry = true
	assert.False(t, p.rule(post("/beat", jsonType, "{}")).Pass, "also what names nobody")
	assert.True(t, p.rule(post("/search", jsonType, `{"q":"ann"}`)).Pass, "what the file says only reads")
	assert.True(t, p.rule(automation.Request{Method: "GET", URL: "http://app.example/users"}).Pass)
	p.seal()
	assert.False(t, p.rule(automation.Request{Method: "GET", URL: "http://app.example/users/" + annID + "/off"}).Pass, "at the press nothing")
	assert.False(t, p.rule(post("/search", jsonType, `{"q":"ann"}`)).Pass)
	would := p.rehearsed(post("/users/"+annID+"/off", jsonType, `{"active":false,"token":"abcdef","why":"left"}`))
	assert.True(t, would.Passes)
	assert.NotContains(t, would.Request, "abcdef")
	assert.Equal(t, "sends:\n    body:\n        active: false\n        token: '*'\n        why: left\n    method: POST\n    path: /users/${id}/off\n    provenance: recorded\n", would.Sends)
}

func TestWhatAnAnswerMeans(t *testing.T) {
	t.Parallel()
	app := &App{}
	app.Answers.Refused = []string{`id="error">([^<]*)`}
	app.Answers.Requested = []string{`"requested":true`}
	for want, answers := range map[Answer][]*automation.Answer{
		Unanswered: {nil, {Failed: "ConnectionReset"}, {Status: 500}, {Status: 503, Body: []byte(`id="error">no`)}, {Status: 408}, {Status: 303, Led: 404}, {Status: 303, Led: 500}},
		Refused:    {{Status: 422}, {Status: 403}, {Status: 200, Body: []byte(`<p id="error">no</p>`)}, {Status: 303, Led: 200, Body: []byte(`<p id="error">no</p>`)}},
		AsksSecond: {{Status: 200, Body: []byte(`{"requested":true}`)}},
		Accepted:   {{Status: 200, Body: []byte("<p>Error: your card expires</p>")}, {Status: 204}, {Status: 303}, {Status: 303, Led: 200}},
	} {
		for _, a := range answers {
			assert.Equal(t, want, app.read(a), "%+v", a)
		}
	}
}

func FuzzWhomARequestNames(f *testing.F) {
	f.Add("/users/"+annID, jsonType, `{"id":"`+joannID+`"}`)
	f.Add("/a?b=%zz", "multipart/form-data; boundary=b", "--b\r\n")
	f.Fuzz(func(t *testing.T, url, kind, body string) {
		q := post(url, kind, body)
		first := atPress(folk, nil, nil, nil).rule(q)
		again := atPress(folk, nil, nil, nil).rule(q)
		if first != again {
			t.Fatalf("%+v and %+v", first, again)
		}
		_ = Describe(q)
	})
}
