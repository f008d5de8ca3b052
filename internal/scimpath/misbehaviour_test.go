package scimpath_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/scimpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const ann = "ann@acme.example"

var newcomer = userops.Request{Action: userops.Invite, Email: "eve@acme.example", FirstName: "Eve", LastName: "Moss", Role: "Clerk"}

// changesOf counts what the console has stored of an action for somebody.
func changesOf(con *console.Console, action, email string) (n int) {
	for _, ch := range con.Changes() {
		if ch.Action == action && ch.Email == email {
			n++
		}
	}
	return n
}

const errorBody = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:Error"],"status":"%d","detail":"said so"}`

// instead answers the first times of a request itself; 0 means always.
func instead(method, path string, times int, answer func(w http.ResponseWriter)) faultProxy {
	var n atomic.Int32
	return faultProxy{request: func(w http.ResponseWriter, r *http.Request) bool {
		if r.Method != method || !below(r, path) || times > 0 && n.Add(1) > int32(times) {
			return false
		}
		answer(w)
		return true
	}}
}

// afterwards lets the service do what was asked, and then answers in its own way.
func afterwards(method, path string, answer func(r *http.Response)) faultProxy {
	return faultProxy{response: func(r *http.Response) error {
		if r.Request.Method == method && below(r.Request, path) {
			answer(r)
		}
		return nil
	}}
}

func status(code int, header ...string) func(w http.ResponseWriter) {
	return func(w http.ResponseWriter) {
		for i := 0; i+1 < len(header); i += 2 {
			w.Header().Set(header[i], header[i+1])
		}
		w.WriteHeader(code)
	}
}

func cut(w http.ResponseWriter) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err == nil {
		_ = conn.Close()
	}
}

// dripping never comes to an end, a byte at a time.
type dripping struct{}

func (dripping) Read(p []byte) (int, error) {
	time.Sleep(20 * time.Millisecond) // so that the bound on time strikes, not the one on size
	p[0] = ' '
	return 1, nil
}

func (dripping) Close() error { return nil }

func drip(r *http.Response) {
	r.Body, r.ContentLength = dripping{}, -1
	r.Header.Del("Content-Length")
}

func replaced(code int, body string) func(r *http.Response) {
	return func(r *http.Response) {
		r.StatusCode, r.Body, r.ContentLength = code, io.NopCloser(strings.NewReader(body)), int64(len(body))
		r.Header.Del("Content-Length")
	}
}

func total(by int) faultProxy {
	return rewrite("GET", "/Users", func(body string) string {
		return regexp.MustCompile(`"totalResults":\d+`).ReplaceAllStringFunc(body, func(s string) string {
			var n int
			_, _ = fmt.Sscanf(s, `"totalResults":%d`, &n)
			return fmt.Sprintf(`"totalResults":%d`, n+by)
		})
	})
}

// alwaysFirstPage ignores where a page begins.
var alwaysFirstPage = faultProxy{request: func(_ http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	q.Del("startIndex")
	r.URL.RawQuery = q.Encode()
	return false
}}

var ignoresCount = faultProxy{request: func(_ http.ResponseWriter, r *http.Request) bool {
	q := r.URL.Query()
	q.Del("count")
	r.URL.RawQuery = q.Encode()
	return false
}}

var byIndex = config(`"cursor":true`, `"cursor":false`)

// matchesByPrefix answers a filter with everybody whose userName begins with the first letters of what was asked for.
var matchesByPrefix = ignoreFilter

func TestWhatAServiceDoesWrongEndsInTheRightWord(t *testing.T) {
	t.Parallel()
	small := func(o *scimpath.Options) { o.PageSize = 4 }
	hasty := func(o *scimpath.Options) { o.Bounds.Exchange = 300 * time.Millisecond }
	patient := func(o *scimpath.Options) { o.Bounds.Late = 12 * time.Second }
	for name, c := range map[string]struct {
		options func(o *scimpath.Options)
		service faultProxy
		fault   string
		invite  bool // otherwise ann is deactivated
		want    userops.Outcome
		kind    error
		stored  int // changes of the kind asked for
	}{
		"the total is one too many": {service: total(1), want: userops.Halted, kind: userops.ErrIncomplete},
		"the total is one too few":  {service: total(-1), want: userops.Halted, kind: userops.ErrIncomplete},
		"no total":                  {service: rewrite("GET", "/Users", func(b string) string { return strings.ReplaceAll(b, "totalResults", "count") }), want: userops.Halted, kind: userops.ErrIncomplete},
		"pages repeat":              {options: small, service: byIndex.and(alwaysFirstPage), want: userops.Halted, kind: userops.ErrIncomplete},
		"count is ignored":          {options: small, service: byIndex.and(ignoresCount), want: userops.Done, stored: 1},
		"the cursor stays the same": {options: small, service: rewrite("GET", "/Users", func(b string) string {
			return regexp.MustCompile(`"nextCursor":"\d+"`).ReplaceAllString(b, `"nextCursor":"5"`)
		}), want: userops.Halted, kind: userops.ErrIncomplete},

		"texts for booleans": {service: rewrite("GET", "/Users", func(b string) string {
			return strings.NewReplacer(`"active":true`, `"active":"True"`, `"active":false`, `"active":"False"`).Replace(b)
		}), want: userops.Done, stored: 1},
		"a word for a boolean":  {service: rewrite("GET", "/Users", func(b string) string { return strings.ReplaceAll(b, `"active":true`, `"active":"yes"`) }), want: userops.Halted, kind: userops.ErrProtocol},
		"no active":             {service: rewrite("GET", "/Users", func(b string) string { return strings.ReplaceAll(b, `"active"`, `"alive"`) }), want: userops.Halted, kind: userops.ErrProtocol},
		"active twice":          {service: rewrite("GET", "/Users", func(b string) string { return strings.ReplaceAll(b, `"active":true`, `"active":true,"Active":false`) }), want: userops.Halted, kind: userops.ErrProtocol},
		"no ids":                {service: rewrite("GET", "/Users", func(b string) string { return strings.ReplaceAll(b, `"id":`, `"ID_":`) }), want: userops.Halted, kind: userops.ErrProtocol},
		"ids that lead astray":  {service: rewrite("GET", "/Users", func(b string) string { return regexp.MustCompile(`"id":"006D"`).ReplaceAllString(b, `"id":".."`) }), want: userops.Halted, kind: userops.ErrProtocol},
		"no id for the new one": {invite: true, service: rewrite("POST", "/Users", func(b string) string { return strings.ReplaceAll(b, `"id":`, `"ID_":`) }), want: userops.Done, stored: 1},
		"a page for a list":     {service: instead("GET", "/Users", 0, func(w http.ResponseWriter) { _, _ = io.WriteString(w, "<html>Sign in</html>") }), want: userops.Halted, kind: userops.ErrProtocol},
		"nothing for a list":    {service: instead("GET", "/Users", 0, status(200)), want: userops.Halted, kind: userops.ErrProtocol},
		"another for the one":   {service: rewrite("GET", "/Users/006D", func(b string) string { return strings.ReplaceAll(b, "006D", "006E") }), want: userops.Halted, kind: userops.ErrProtocol},
		"the one has changed":   {service: rewrite("GET", "/Users/006D", func(b string) string { return strings.ReplaceAll(b, "ann@acme", "joann@acme") }), want: userops.Halted, kind: userops.ErrRejected},

		"the one is another afterwards": {service: another(), want: userops.Unknown, kind: userops.ErrAmbiguous},

		"200 with a refusal":           {service: instead("PATCH", "/Users", 0, func(w http.ResponseWriter) { _, _ = fmt.Fprintf(w, errorBody, 400) }), want: userops.Halted, kind: userops.ErrRejected},
		"200 with a failure":           {service: instead("PATCH", "/Users", 0, func(w http.ResponseWriter) { _, _ = fmt.Fprintf(w, errorBody, 500) }), want: userops.Unknown, kind: userops.ErrUnverified},
		"200 with a failure, all done": {service: afterwards("PATCH", "/Users", replaced(200, fmt.Sprintf(errorBody, 500))), want: userops.Done, stored: 1},
		"a list with a failure":        {service: instead("GET", "/Users", 0, func(w http.ResponseWriter) { _, _ = fmt.Fprintf(w, errorBody, 400) }), want: userops.Halted, kind: userops.ErrRejected},

		"the list drips":               {options: hasty, service: afterwards("GET", "/Users", drip), want: userops.Halted, kind: userops.ErrTimeout},
		"the answer drips, all done":   {options: hasty, service: afterwards("PATCH", "/Users", drip), want: userops.Done, stored: 1},
		"the answer drips, and exists": {options: hasty, invite: true, service: afterwards("POST", "/Users", drip), want: userops.Done, stored: 1},
		"the answer is endless":        {options: func(o *scimpath.Options) { o.Bounds.Answer = 20_000 }, service: rewrite("GET", "/Users", func(b string) string { return b + strings.Repeat(" ", 20_000) }), want: userops.Halted, kind: userops.ErrProtocol},

		"cut before it is done": {service: instead("PATCH", "/Users", 0, cut), want: userops.Unknown, kind: userops.ErrUnverified},
		"cut after it is done": {service: afterwards("PATCH", "/Users", func(r *http.Response) {
			r.ContentLength += 100
			r.Header.Set("Content-Length", fmt.Sprint(r.ContentLength))
		}), want: userops.Done, stored: 1},
		"cut before it exists": {invite: true, service: instead("POST", "/Users", 0, cut), want: userops.Unknown, kind: userops.ErrUnverified},
		"cut after it exists": {invite: true, service: afterwards("POST", "/Users", func(r *http.Response) {
			r.ContentLength += 100
			r.Header.Set("Content-Length", fmt.Sprint(r.ContentLength))
		}), want: userops.Done, stored: 1},
		"lists are cut a few times":   {service: instead("GET", "/Users", 2, cut), want: userops.Done, stored: 1},
		"read-backs are cut for good": {service: faultProxy{request: cutAfterwards()}, want: userops.Unknown, kind: userops.ErrUnverified, stored: 1},

		"429 a few times":               {service: instead("PATCH", "/Users", 2, status(429, "Retry-After", "0")), want: userops.Done, stored: 1},
		"429 with a date":               {service: instead("PATCH", "/Users", 1, status(429, "Retry-After", time.Now().Add(time.Second).UTC().Format(http.TimeFormat))), want: userops.Done, stored: 1},
		"429 for good":                  {service: instead("PATCH", "/Users", 0, status(429, "Retry-After", "0")), want: userops.Halted, kind: userops.ErrUnreachable},
		"429 for longer than we wait":   {service: instead("PATCH", "/Users", 0, status(429, "Retry-After", "86400")), want: userops.Halted, kind: userops.ErrUnreachable},
		"429 for lists":                 {service: instead("GET", "/Users", 3, status(429, "Retry-After", "0")), want: userops.Done, stored: 1},
		"429 for lists, for good":       {service: instead("GET", "/Users", 0, status(429, "Retry-After", "0")), want: userops.Halted, kind: userops.ErrUnreachable},
		"429 for lists, for a day":      {service: instead("GET", "/Users", 0, status(429, "Retry-After", "86400")), want: userops.Halted, kind: userops.ErrUnreachable},
		"429 though it exists":          {invite: true, service: once(afterwards("POST", "/Users", func(r *http.Response) { replaced(429, "")(r); r.Header.Set("Retry-After", "0") })), want: userops.Done, stored: 1},
		"503 a few times":               {service: instead("PATCH", "/Users", 2, status(503, "Retry-After", "0")), want: userops.Done, stored: 1},
		"503 for a new one":             {invite: true, service: instead("POST", "/Users", 2, status(503, "Retry-After", "0")), want: userops.Done, stored: 1},
		"503 though it exists":          {invite: true, service: afterwards("POST", "/Users", func(r *http.Response) { replaced(503, "")(r); r.Header.Set("Retry-After", "0") }), want: userops.Done, stored: 1},
		"503 for good":                  {service: instead("PATCH", "/Users", 0, status(503, "Retry-After", "0")), want: userops.Unknown, kind: userops.ErrUnverified},
		"500 as a page, nothing done":   {fault: "error-500@scim.change", want: userops.Unknown, kind: userops.ErrUnverified},
		"500 after it is done":          {fault: "effect-then-500@scim.change", want: userops.Done, stored: 1},
		"500 after it exists":           {invite: true, fault: "effect-then-500@scim.create", want: userops.Done, stored: 1},
		"accepted, and not applied":     {fault: "toast-without-effect@scim.change", want: userops.Unknown, kind: userops.ErrUnverified},
		"created, and not stored":       {invite: true, fault: "toast-without-effect@scim.create", want: userops.Unknown, kind: userops.ErrUnverified},
		"applied late":                  {options: patient, fault: "late-effect@scim.change", want: userops.Done, stored: 1},
		"created late":                  {options: patient, invite: true, fault: "late-effect@scim.create", want: userops.Done, stored: 1},
		"a change is redirected":        {service: instead("PATCH", "/Users", 0, status(307, "Location", "/elsewhere")), want: userops.Halted, kind: userops.ErrProtocol},
		"a filter that matches anybody": {invite: true, service: matchesByPrefix, want: userops.Done, stored: 1},
		"forbidden":                     {service: instead("PATCH", "/Users", 0, status(403)), want: userops.Halted, kind: userops.ErrCredentials},
		"a conflict with nobody":        {invite: true, service: instead("POST", "/Users", 0, status(409)), want: userops.Halted, kind: userops.ErrRejected},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			con := startConsole(t)
			if c.fault != "" {
				f, err := console.ParseFault(c.fault)
				require.NoError(t, err)
				require.NoError(t, con.AddFault(f))
			}
			o := options(t, inFront(t, con.SCIMURL(), c.service))
			if c.options != nil {
				c.options(&o)
			}
			p := open(t, o)
			before := con.Users()
			var r userops.Result
			whom, action := ann, "deactivate"
			if c.invite {
				whom, action = newcomer.Email, "invite"
				r = p.Change(t.Context(), newcomer)
			} else {
				r = p.Change(t.Context(), useropstest.Deactivate(ann))
			}
			require.Equal(t, c.want, r.Outcome, r.Reason)
			if c.kind != nil {
				require.ErrorIs(t, r.Err, c.kind)
				assert.NotEmpty(t, r.Hint, r.Reason)
			}
			assert.Equal(t, c.stored, changesOf(con, action, whom), "changes stored")
			assert.Len(t, con.Changes(), c.stored, "nothing else was done")
			if c.stored == 0 {
				assert.Equal(t, before, con.Users())
			}
		})
	}
}

// another swallows the change, and from then on shows an inactive stranger under the user's id.
func another() faultProxy {
	var changed atomic.Bool
	shown := rewrite("GET", "/Users/006D", func(b string) string {
		if !changed.Load() {
			return b
		}
		return strings.NewReplacer("ann@acme", "joann@acme", `"active":true`, `"active":false`).Replace(b)
	})
	return instead("PATCH", "/Users/006D", 0, func(w http.ResponseWriter) {
		changed.Store(true)
		w.WriteHeader(http.StatusNoContent)
	}).and(shown)
}

// once is a faultProxy that does its wrong a single time.
func once(c faultProxy) faultProxy {
	var n atomic.Int32
	return faultProxy{response: func(r *http.Response) error {
		if r.Request.Method == http.MethodGet || n.Add(1) > 1 {
			return nil
		}
		return c.response(r)
	}}
}

// cutAfterwards cuts everything once a change was made.
func cutAfterwards() func(w http.ResponseWriter, r *http.Request) bool {
	var changed atomic.Bool
	return func(w http.ResponseWriter, r *http.Request) bool {
		if changed.Load() {
			cut(w)
			return true
		}
		changed.Store(r.Method != http.MethodGet)
		return false
	}
}

// TestAWriteWhoseAnswerIsLostIsSentOnce has the connection end in place of an answer.
func TestAWriteWhoseAnswerIsLostIsSentOnce(t *testing.T) {
	t.Parallel()
	for method, rq := range map[string]userops.Request{"PATCH": useropstest.Deactivate(ann), "POST": newcomer} {
		con := startConsole(t)
		var sent atomic.Int32
		counted := faultProxy{request: func(w http.ResponseWriter, r *http.Request) bool {
			if r.Method != method {
				return false
			}
			sent.Add(1)
			cut(w)
			return true
		}}
		r := open(t, options(t, inFront(t, con.SCIMURL(), counted))).Change(t.Context(), rq)
		require.Equal(t, userops.Unknown, r.Outcome, r.Reason)
		assert.EqualValues(t, 1, sent.Load(), method)
		assert.Empty(t, con.Changes())
	}
}

// TestAServiceThatMindsTheCaseHidesNobody has a filter find one of two whose addresses differ in the case of letters.
func TestAServiceThatMindsTheCaseHidesNobody(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	con.Edit("another administrator", func(o *console.Organisation) {
		o.Users = append(o.Users, &console.User{
			ID: "006Z", Email: "ANN@acme.example", FirstName: "Ann", LastName: "Other", Role: "Clerk", Status: console.Inactive,
		})
	})
	exact := faultProxy{response: func(r *http.Response) error {
		filter := r.Request.URL.Query().Get("filter")
		if filter == "" {
			return nil
		}
		return answerExactly(r, filter)
	}}
	_, err := open(t, options(t, inFront(t, con.SCIMURL(), exact))).Get(t.Context(), ann)
	require.ErrorIs(t, err, userops.ErrAmbiguous)
}

// answerExactly leaves in an answer to a filter only those with its value letter by letter.
func answerExactly(r *http.Response, filter string) error {
	var list map[string]any
	if err := json.NewDecoder(r.Body).Decode(&list); err != nil {
		return err
	}
	all, _ := list["Resources"].([]any)
	kept := slices.DeleteFunc(all, func(one any) bool {
		user, _ := one.(map[string]any)
		return !strings.HasSuffix(filter, fmt.Sprintf("%q", user["userName"]))
	})
	list["Resources"], list["totalResults"] = kept, len(kept)
	data, err := json.Marshal(list)
	if err != nil {
		return err
	}
	r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(data)), int64(len(data))
	r.Header.Set("Content-Length", fmt.Sprint(len(data)))
	return nil
}

func TestAFilterIsHeldAgainstWhatWasAskedFor(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	p := open(t, options(t, inFront(t, con.SCIMURL(), matchesByPrefix)))
	u, err := p.Get(t.Context(), ann)
	require.NoError(t, err)
	assert.Equal(t, "006D", u.ID)
	_, err = p.Get(t.Context(), "an@acme.example")
	require.ErrorIs(t, err, userops.ErrNotFound)

	// Who has the same address in other letters may be on a page that such a service does not give: everybody is
	// looked at.
	con.Edit("another administrator", func(o *console.Organisation) {
		o.Users = append(o.Users, &console.User{ID: "006Z", Email: "ANN@acme.example", FirstName: "Ann", LastName: "Other", Role: "Clerk", Status: console.Inactive})
	})
	short := faultProxy{request: func(_ http.ResponseWriter, r *http.Request) bool {
		if q := r.URL.Query(); q.Has("filter") {
			q.Del("filter")
			q.Set("count", "5")
			r.URL.RawQuery = q.Encode()
		}
		return false
	}}
	_, err = open(t, options(t, inFront(t, con.SCIMURL(), short))).Get(t.Context(), ann)
	require.ErrorIs(t, err, userops.ErrAmbiguous)
}
