package browserpath_test

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"

	"github.com/billagent/billagent/fixtures/helpdesk"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// numbered has the helpdesk number its people: the page of the team names them by u, and what it sends for ann is that of
// another of them where so is said.
func numbered(sentForAnn string) (alter func(*http.Response) error, asked func(*http.Request)) {
	numbers := map[string]string{}
	for i, email := range []string{helpdesk.Agent, "second@desk.example", "joann@desk.example", "ann@desk.example", "old@desk.example"} {
		numbers[email] = strconv.Itoa(i + 1)
	}
	alter = func(r *http.Response) error {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		for email, n := range numbers {
			sent := n
			if email == "ann@desk.example" {
				sent = numbers[sentForAnn]
			}
			body = bytes.ReplaceAll(body, []byte(`name="mail" value="`+email+`"`), []byte(`name="u" value="`+sent+`"`))
			body = bytes.ReplaceAll(body, []byte(`class="mail">`+email), []byte(`class="mail" data-n="`+n+`">`+email))
		}
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(body)), int64(len(body))
		r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		return nil
	}
	asked = func(r *http.Request) {
		if r.Method != http.MethodPost || r.ParseForm() != nil {
			return
		}
		form := r.PostForm
		for email, n := range numbers {
			if form.Get("u") == n {
				form.Set("mail", email)
			}
		}
		body := form.Encode()
		r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	}
	return alter, asked
}

// TestAShortIDUnderAnyNameNamesSomebody has a page send the number of somebody under a name that says nothing, and no
// flow says what it sends. That of another does not leave; that of the one who is meant does.
func TestAShortIDUnderAnyNameNamesSomebody(t *testing.T) {
	t.Parallel()
	const ann = "ann@desk.example"
	for sent, want := range map[string]userops.Outcome{ann: userops.Done, "joann@desk.example": userops.Halted} {
		t.Run(sent, func(t *testing.T) {
			t.Parallel()
			overlay := helpdeskWith(t, "selectors/helpdesk/desk-2026-11.yaml", "        first_name:",
				"        id: { candidates: [{ css: \".mail\", provenance: observed }], attr: data-n }\n        first_name:")
			alter, asked := numbered(sent)
			var posts []url.Values
			desk, p := altered(t, overlay, alter, asked, func(r *http.Request) {
				if r.URL.Path == "/suspend" {
					posts = append(posts, r.PostForm)
				}
			})
			before := desk.People()
			r := p.Change(t.Context(), useropstest.Deactivate(ann))
			require.Equal(t, want, r.Outcome, r.Reason)
			if want == userops.Halted {
				assert.Contains(t, r.Reason, "POST /suspend may name joann@desk.example (3)")
				assert.Empty(t, posts, "it has not left")
				assert.Equal(t, before, desk.People())
				return
			}
			for i, person := range desk.People() {
				if person.Email == ann {
					before[i].State = helpdesk.Suspended
				}
				assert.Equal(t, before[i], person)
			}
		})
	}
}
