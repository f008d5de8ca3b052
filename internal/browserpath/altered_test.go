package browserpath_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/helpdesk"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/browserpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// altered starts the helpdesk behind a server that alters its answers, and what it is asked, and a path to it by the
// files of an overlay.
func altered(t *testing.T, overlay string, alter func(*http.Response) error, asked ...func(*http.Request)) (*helpdesk.Desk, *browserpath.Path) {
	t.Helper()
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	desk := helpdesk.Start(helpdesk.Options{})
	t.Cleanup(desk.Close)
	to, err := url.Parse(desk.URL)
	require.NoError(t, err)
	between := httputil.NewSingleHostReverseProxy(to)
	between.ModifyResponse = alter
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, alter := range asked {
			alter(r)
		}
		between.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	lib, err := flows.Load("helpdesk", overlay)
	require.NoError(t, err)
	p := browserpath.New(browserpath.Options{Tenant: "desk", Library: lib, SignIn: srv.URL, Hosts: []string{"127.0.0.1"}, Account: helpdesk.Agent,
		Password: func(context.Context) (string, error) { return helpdesk.Password, nil }, Factor: browserpath.PromptedCode{},
		Launch: automation.Options{ProfileDir: t.TempDir()}, EvidenceDir: t.TempDir()})
	t.Cleanup(func() { require.NoError(t, p.Close()) })
	return desk, p
}

// replacing alters the text of every page.
func replacing(from, to string) func(*http.Response) error {
	return func(r *http.Response) error {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return err
		}
		body = bytes.ReplaceAll(body, []byte(from), []byte(to))
		r.Body = io.NopCloser(bytes.NewReader(body))
		r.ContentLength = int64(len(body))
		r.Header.Set("Content-Length", strconv.Itoa(len(body)))
		return nil
	}
}

// helpdeskWith copies the helpdesk's files with one of them altered.
func helpdeskWith(t *testing.T, file, from, to string) string {
	t.Helper()
	overlay := t.TempDir()
	require.NoError(t, os.CopyFS(overlay, os.DirFS("testdata/helpdesk")))
	name := filepath.Join(overlay, file)
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	require.Contains(t, string(data), from)
	require.NoError(t, os.WriteFile(name, []byte(strings.Replace(string(data), from, to, 1)), 0o600))
	return overlay
}

func TestBlockedCookiesAreNamed(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a browser")
	}
	t.Parallel()
	var value string
	_, p := altered(t, "testdata/helpdesk", func(r *http.Response) error {
		for _, c := range r.Cookies() {
			value = c.Value
			c.SameSite = http.SameSiteNoneMode // not accepted unless Secure, too
			r.Header.Set("Set-Cookie", c.String())
		}
		return nil
	})
	err := p.Login(t.Context())
	require.ErrorIs(t, err, userops.ErrNeedsPerson)
	assert.Contains(t, err.Error(), "in: SameSiteNoneInsecure")
	assert.Contains(t, userops.HintOf(err), "cookie")
	require.NotEmpty(t, value)
	assert.NotContains(t, err.Error(), value)
}

func TestARoleThatThePageFillsInAnewIsNotStored(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"after the choice": `level.addEventListener('change', () => setTimeout(first, 100))`,
		"when it is left":  `level.addEventListener('blur', () => setTimeout(first, 50))`,
		"at the hover":     `document.querySelector('button').addEventListener('mouseenter', first)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			desk, p := altered(t, "testdata/helpdesk", replacing("</form></body>", `</form><script>
				const level = document.querySelector('[name=level]'), first = () => { level.selectedIndex = 2; };`+script+`</script></body>`))
			r := p.Change(t.Context(), userops.Request{Action: userops.Invite, Email: "eve@desk.example", FirstName: "Eve", LastName: "Moss", Role: "Agent"})
			if r.Outcome == userops.Done { // pressed before the page did it, which a slow machine allows
				people := desk.People()
				require.Len(t, people, 6)
				assert.Equal(t, "Agent", people[5].Level)
				return
			}
			assert.Equal(t, userops.Halted, r.Outcome, r.Reason)
			for _, part := range []string{"add.level", `"Agent"`, `"Owner"`} {
				assert.Contains(t, r.Reason, part)
			}
			assert.Len(t, desk.People(), 5)
		})
	}
}

func TestACardThatShowsSomebodyElseIsNotPressed(t *testing.T) {
	t.Parallel()
	suspended := func(d *helpdesk.Desk) (all []string) {
		for _, p := range d.People() {
			if p.State == helpdesk.Suspended {
				all = append(all, p.Email)
			}
		}
		return all
	}
	const from, to = `<button>Suspend</button>`, `<p>Manager: Sec Ond</p><button>Suspend</button>`
	t.Run("by the rule", func(t *testing.T) {
		t.Parallel()
		desk, p := altered(t, "testdata/helpdesk", replacing(from, to))
		r := p.Change(t.Context(), useropstest.Deactivate("ann@desk.example"))
		assert.Equal(t, userops.Halted, r.Outcome, r.Reason)
		assert.Contains(t, r.Reason, "Sec Ond")
		assert.Equal(t, []string{"old@desk.example"}, suspended(desk))
	})
	t.Run("the file gives a reason", func(t *testing.T) {
		t.Parallel()
		const commit = `commit: { target: card.suspend, row: { table: team.cards, key: "${email}" }`
		overlay := helpdeskWith(t, "flows/helpdesk/deactivate.yaml", commit, commit+`, others: each card names its manager`)
		desk, p := altered(t, overlay, replacing(from, `<p>Manager of Ann Lee: Sec Ond</p><button>Suspend</button>`))
		r := p.Change(t.Context(), useropstest.Deactivate("ann@desk.example"))
		assert.Equal(t, userops.Done, r.Outcome, r.Reason)
		assert.Equal(t, []string{"ann@desk.example", "old@desk.example"}, suspended(desk))
	})
}

// TestNothingElseIsStoredOfAPerson has forms change by themselves, when they are sent, what nobody has asked for.
func TestNothingElseIsStoredOfAPerson(t *testing.T) {
	t.Parallel()
	const sends, file = `sends: { method: POST, path: /change, body: { mail: "${email}", first: "${first_name}", last: "${last_name}", level: "${now_role}" }, provenance: observed }`, "flows/helpdesk/rename.yaml"
	files := map[string]string{"said": "testdata/helpdesk", "any level": helpdeskWith(t, file, sends, strings.Replace(sends, "${now_role}", "*", 1)), "unsaid": helpdeskWith(t, file, sends, "")}
	save := func(does string) [2]string {
		return [2]string{`<button>Save</button>`, `<button onclick="` + does + `">Save</button>`}
	}
	renames := renaming("ann@desk.example")
	invites := userops.Request{Action: userops.Invite, Email: "eve@desk.example", FirstName: "Eve", LastName: "Moss", Role: "Viewer"}
	for _, c := range []struct {
		files   string
		rq      userops.Request
		replace [2]string
	}{
		{"said", renames, save("this.form.level.value = 'Owner'")}, {"any level", renames, save("this.form.level.value = 'Owner'")},
		{"unsaid", renames, save("this.form.level.value = 'Owner'")}, {"unsaid", renames, save("this.form.action = '/suspend'")},
		{"said", invites, [2]string{`<button>Add</button>`, `<button onclick="this.form.level.value = 'Owner'">Add</button>`}},
		{"said", useropstest.SetRole("ann@desk.example", "Viewer"), save("this.form.level.value = 'Owner'")},
	} {
		t.Run(fmt.Sprint(c.files, " ", c.rq.Action, " ", c.replace[1]), func(t *testing.T) {
			t.Parallel()
			desk, p := altered(t, files[c.files], replacing(c.replace[0], c.replace[1]))
			before := desk.People()
			r := p.Change(t.Context(), c.rq)
			assert.Equal(t, userops.Halted, r.Outcome, r.Reason)
			assert.Equal(t, before, desk.People())
			assert.Empty(t, desk.Changes())
		})
	}
	for _, name := range []string{"any level", "unsaid"} {
		t.Run(name+" as it is", func(t *testing.T) {
			t.Parallel()
			desk, p := altered(t, files[name], replacing("Helpdesk", "Helpdesk"))
			r := p.Change(t.Context(), renames)
			assert.Equal(t, userops.Done, r.Outcome, r.Reason)
			assert.Equal(t, "Änne", desk.People()[3].First)
		})
	}
}

// TestAnAnswerToWhatNamesNobodyIsNotCalledLost has a console that sends a number of its own in the place of the person.
func TestAnAnswerToWhatNamesNobodyIsNotCalledLost(t *testing.T) {
	t.Parallel()
	const hidden = `name="mail" value="`
	desk, p := altered(t, "testdata/helpdesk", replacing(hidden+"ann@desk.example", hidden+"7"), func(r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/suspend" {
			body := "mail=ann%40desk.example"
			r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
		}
	})
	r := p.Change(t.Context(), useropstest.Deactivate("ann@desk.example"))
	require.Equal(t, userops.Done, r.Outcome, r.Reason)
	for _, who := range desk.People() {
		assert.Equal(t, who.Email == "ann@desk.example" || who.Email == "old@desk.example", who.State == helpdesk.Suspended, who.Email)
	}
	require.Len(t, r.Notices, 1)
	assert.Contains(t, r.Notices[0], "nothing that was sent names the person")
}

func TestADialogThatNamesSomebodyElseIsDismissed(t *testing.T) {
	t.Parallel()
	const commit = `commit: { target: card.suspend, row: { table: team.cards, key: "${email}" }`
	for _, c := range []struct{ name, dialog, asks, says string }{
		{"names nobody", `accept`, "Sure?", ""},
		{"names somebody else", `accept`, "Suspend joann@desk.example?", "joann@desk.example"},
		{"says what it must", `{ accept: true, says: "${email}" }`, "Suspend Ann@desk.example?", ""},
		{"does not say what it must", `{ accept: true, says: "${email}" }`, "Sure?", "ann@desk.example"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			overlay := helpdeskWith(t, "flows/helpdesk/deactivate.yaml", commit, commit+`, dialog: `+c.dialog)
			desk, p := altered(t, overlay, replacing(`action="/suspend"`, `action="/suspend" onsubmit="return confirm('`+c.asks+`')"`))
			r := p.Change(t.Context(), useropstest.Deactivate("ann@desk.example"))
			assert.Equal(t, c.says == "", desk.People()[3].State == helpdesk.Suspended)
			if c.says == "" {
				assert.Equal(t, userops.Done, r.Outcome, r.Reason)
				return
			}
			assert.NotEqual(t, userops.Done, r.Outcome, r.Reason)
			assert.Contains(t, r.Reason, c.says)
		})
	}
}
