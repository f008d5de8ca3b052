package automation_test

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestNavigationStaysOnAllowedHosts(t *testing.T) {
	t.Parallel()
	w := setup(t, `<a id=out href="http://elsewhere.localhost:1/x?secret=1">Out</a><a id=redirect href="/redirect">Redirect</a><a id=pop href="/in" target=_blank>Pop</a><iframe src="http://elsewhere.localhost:1/frame"></iframe>`)
	w.serve("/in", "<h1>in</h1>")
	w.mux.HandleFunc("GET /redirect", func(rw http.ResponseWriter, r *http.Request) {
		http.Redirect(rw, r, "http://elsewhere.localhost:1/y", http.StatusSeeOther)
	})
	require.ErrorIs(t, w.Open(t.Context(), "http://elsewhere.localhost:1/"), automation.ErrForeignHost)
	require.ErrorIs(t, w.Open(t.Context(), "data:text/html,hello"), automation.ErrForeignHost)
	require.ErrorIs(t, w.Open(t.Context(), "file:///etc/passwd"), automation.ErrForeignHost)
	require.ErrorIs(t, w.Open(t.Context(), "/redirect"), automation.ErrForeignHost)

	for _, link := range []string{"#out", "#redirect"} {
		require.NoError(t, w.Open(t.Context(), w.URL))
		w.TakeNotes()
		require.NoError(t, w.Click(t.Context(), automation.Press{Target: css(link), Bound: enough}))
		_, _, err := w.Await(t.Context(), short, nil, css("h1"))
		require.ErrorIs(t, err, automation.ErrForeignHost)
		assert.Contains(t, err.Error(), "elsewhere.localhost:1")
		assert.NotContains(t, err.Error(), "secret")
		assert.Contains(t, strings.Join(w.TakeNotes(), "\n"), "navigation was blocked: http://elsewhere.localhost:1/")
	}
}

func TestDialogsAreAnsweredAndNamed(t *testing.T) {
	t.Parallel()
	w := setup(t, logs+`<button onclick="note(confirm('Delete Ann?') ? 'yes' : 'no')">Confirm</button><button onclick="alert('Look!'); note('seen')">Alert</button><button onclick="note('said ' + prompt('Name?'))">Prompt</button>`)
	press := func(name string, accept bool) {
		require.NoError(t, w.Click(t.Context(), automation.Press{Target: button(name), Accept: accept, Bound: enough}))
	}
	press("Confirm", false)
	press("Confirm", true)
	press("Confirm", false)
	press("Alert", false)
	press("Prompt", false)
	assert.Equal(t, "log: no yes no seen said null", w.log(t))
	notes := strings.Join(w.TakeNotes(), "\n")
	assert.Contains(t, notes, `a confirm dialog was dismissed: "Delete Ann?"`)
	assert.Contains(t, notes, `a confirm dialog was accepted: "Delete Ann?"`)
}

func TestLeavingAPageThatAsks(t *testing.T) {
	t.Parallel()
	w := setup(t, `<input id=i><script>onbeforeunload = (e) => { e.preventDefault(); return 'x'; }</script>`)
	w.serve("/next", "<h1>next</h1>")
	require.NoError(t, w.Fill(t.Context(), automation.Entry{Target: css("#i"), Value: "x", Bound: enough}))
	require.NoError(t, w.Open(t.Context(), "/next"))
	_, _, err := w.Await(t.Context(), short, nil, css("h1"))
	require.NoError(t, err)
}

func TestUnreachableAndFailingServersAreToldApart(t *testing.T) {
	t.Parallel()
	w := setup(t, "")
	w.mux.HandleFunc("GET /500", func(rw http.ResponseWriter, _ *http.Request) {
		rw.WriteHeader(http.StatusInternalServerError)
		_, _ = rw.Write([]byte("<h1>oops</h1>"))
	})
	require.ErrorIs(t, w.Open(t.Context(), "http://127.0.0.1:1/"), automation.ErrUnreachable)
	require.NoError(t, w.Open(t.Context(), w.URL+"/500"))
	start := time.Now()
	_, _, err := w.Await(t.Context(), time.Minute, nil, css("#never"))
	require.ErrorIs(t, err, automation.ErrUnreachable)
	assert.Contains(t, err.Error(), "500")
	assert.Less(t, time.Since(start), 30*time.Second, "it does not wait for what will not come")
}

func TestReloadsWaitsForTheOtherDocument(t *testing.T) {
	t.Parallel()
	w := setup(t, `<form action=/next><input type=checkbox id=c onchange="setTimeout(() => this.form.submit(), 200)"><b>old</b></form>`)
	w.mux.HandleFunc("GET /next", func(rw http.ResponseWriter, _ *http.Request) {
		time.Sleep(200 * time.Millisecond)
		rw.Header().Set("Content-Type", "text/html")
		_, _ = rw.Write([]byte("<input type=checkbox id=c checked><b>new</b>"))
	})
	box := css("#c")
	require.NoError(t, w.Reloads(t.Context(), box, 5*short, func() (bool, error) { return w.Check(t.Context(), box, true, short) }))
	got, err := w.Read(t.Context(), css("b"), "")
	require.NoError(t, err)
	assert.Equal(t, "new", got)
}

func TestReloadsSaysThatThePageStayed(t *testing.T) {
	t.Parallel()
	w := setup(t, `<button>Go</button>`)
	err := w.Reloads(t.Context(), button("Go"), short/3, func() (bool, error) {
		return true, w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: short})
	})
	require.ErrorIs(t, err, automation.ErrUnreachable)
}

func TestSessionsDoNotSeeEachOther(t *testing.T) {
	t.Parallel()
	w := setup(t, `<p id=c></p><script>document.cookie = 'who=one'; c.textContent = document.cookie</script>`)
	_, _, err := w.Await(t.Context(), short, nil, css("#c")) // the script has run when its words are there
	require.NoError(t, err)
	other, err := w.Browser.NewSession(t.Context(), []string{"127.0.0.1"})
	require.NoError(t, err)
	cookies, err := other.Cookies(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "[]", string(cookies))
	cookies, err = w.Session.Cookies(t.Context())
	require.NoError(t, err)
	assert.Contains(t, string(cookies), "who")
	require.NoError(t, other.SetCookies(t.Context(), cookies))
	restored, err := other.Cookies(t.Context())
	require.NoError(t, err)
	assert.JSONEq(t, string(cookies), string(restored))
}

func TestPicturesAndPagesHoldNoSecrets(t *testing.T) {
	t.Parallel()
	w := setup(t, `<input id=i type=password value=hunter2><input name=code value=123456><p>hello</p>`)
	require.NoError(t, w.Fill(t.Context(), automation.Entry{Target: css("#i"), Value: "hunter2", Secret: true, Bound: enough}))
	shoot := func(code string, secret bool) string {
		require.NoError(t, w.Fill(t.Context(), automation.Entry{Target: css("[name=code]"), Value: code, Secret: secret, Bound: enough}))
		data, err := w.Screenshot(t.Context(), automation.Masking{})
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(data), "\x89PNG"))
		return string(data)
	}
	assert.NotEqual(t, shoot("111111", false), shoot("987650", false), "what is not secret can be read")
	assert.Equal(t, shoot("123456", true), shoot("987654", true), "what is secret cannot: two codes make one picture")
	value, err := w.Read(t.Context(), css("#i"), "")
	require.NoError(t, err)
	assert.Equal(t, "hunter2", value, "a picture does not alter the page")

	ev, err := automation.NewEvidence(filepath.Join(t.TempDir(), "op"))
	require.NoError(t, err)
	require.NoError(t, ev.Log(map[string]any{"step": "fill"}))
	require.NoError(t, ev.Failure(t.Context(), w.Page))
	require.NoError(t, ev.Close())
	for _, f := range []string{"steps.jsonl", "01-failure.png", "page.mhtml"} {
		info, err := os.Stat(filepath.Join(ev.Dir(), f))
		require.NoError(t, err)
		assert.Equal(t, os.FileMode(0o600), info.Mode().Perm(), f)
	}
	page, err := os.ReadFile(filepath.Join(ev.Dir(), "page.mhtml"))
	require.NoError(t, err)
	assert.Contains(t, string(page), "hello")
	assert.NotContains(t, string(page), "hunter2")
	assert.NotContains(t, string(page), "987654")
}

func TestAKeptPageHasNoTokensInItsAddresses(t *testing.T) {
	t.Parallel()
	const opaque = "zz9PQ0aXk3Jm5Tn8Rw2Lc7Vd4"
	w := setup(t, "")
	w.serve("/back", `<a href="/next?page=2&amp;access_token=hunter-a&amp;sort=name#id_token=hunter-b">Next page</a><a href="/pick?v=`+opaque+`">Pick</a>
		<iframe src="/frame?ticket=hunter-c" onload="document.body.id='loaded'"></iframe><img src="/dot.png?signature=hunter-d" alt=dot><form action="/go?csrf=hunter-e"></form>`)
	w.serve("/frame", "in the frame")
	w.mux.HandleFunc("GET /dot.png", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "image/svg+xml")
		fmt.Fprint(rw, `<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><rect width="9" height="9"/></svg>`)
	})
	require.NoError(t, w.Open(t.Context(), w.URL+"/back?code=hunter-f&tab=users"))
	_, _, err := w.Await(t.Context(), short, nil, css("#loaded"))
	require.NoError(t, err)
	ev, err := automation.NewEvidence(t.TempDir())
	require.NoError(t, err)
	require.NoError(t, ev.Failure(t.Context(), w.Page))
	require.NoError(t, ev.Close())

	kept, err := os.ReadFile(filepath.Join(ev.Dir(), "page.mhtml"))
	require.NoError(t, err)
	m, err := mail.ReadMessage(bytes.NewReader(kept))
	require.NoError(t, err)
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	require.NoError(t, err)
	all := fmt.Sprint(m.Header)
	for parts := multipart.NewReader(m.Body, params["boundary"]); ; {
		part, err := parts.NextPart() // decodes quoted-printable
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		text, err := io.ReadAll(part)
		require.NoError(t, err)
		all += fmt.Sprint(part.Header) + string(text)
	}
	for _, still := range []string{"/next?page=2", "sort=name", "tab=users", "/frame?ticket=", "in the frame", "/dot.png?signature=", "Next page"} {
		assert.Contains(t, all, still)
	}
	for _, gone := range []string{"hunter-", opaque} {
		assert.NotContains(t, all, gone)
		assert.NotContains(t, string(kept), gone)
	}
}

func TestPicturesHideLongNumbersAndOtherPeople(t *testing.T) {
	t.Parallel()
	const look = `<style>*{font:16px monospace}</style><table><tr><td>Ann %s</td><td>ann@x.example</td></tr><tr><td>Bob %s</td><td>%s@x.example</td></tr></table><p>IBAN DE%s</p><input value="%s">`
	shoot := func(m automation.Masking, ann, bob, address, number string) string {
		w := setup(t, fmt.Sprintf(look, ann, bob, address, number, number))
		data, err := w.Screenshot(t.Context(), m)
		require.NoError(t, err)
		again, err := w.Screenshot(t.Context(), m)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, again), "a picture leaves no trace")
		return fmt.Sprintf("%x", sha256.Sum256(data))
	}
	others := automation.Masking{Others: true, Keep: []string{"Ann@x.example"}}
	plain := shoot(automation.Masking{}, "Lee", "Ray", "bob", "44 1234 5678")
	assert.Equal(t, plain, shoot(automation.Masking{}, "Lee", "Ray", "bob", "99 8765 4321"), "long numbers cannot be read")
	assert.NotEqual(t, plain, shoot(automation.Masking{}, "Lee", "Roy", "bob", "44 1234 5678"), "others can, unless masked")
	assert.NotEqual(t, shoot(others, "Lee", "Ray", "bob", "44 1234 5678"), shoot(others, "Leo", "Ray", "bob", "44 1234 5678"), "the one it is about can be read")

	w := setup(t, fmt.Sprintf(look, "Lee", "Ray", "bob", "44 1234 5678", "44 1234 5678"))
	ev, err := automation.NewEvidence(t.TempDir())
	require.NoError(t, err)
	ev.Masking = others
	require.NoError(t, ev.Failure(t.Context(), w.Page))
	require.NoError(t, ev.Close())
	page, err := os.ReadFile(filepath.Join(ev.Dir(), "page.mhtml"))
	require.NoError(t, err)
	assert.Contains(t, string(page), "Ann Lee")
	for _, hidden := range []string{"Bob", "bob@", "1234"} {
		assert.NotContains(t, string(page), hidden)
	}
	text, err := w.Read(t.Context(), css("p"), "")
	require.NoError(t, err)
	assert.Equal(t, "IBAN DE44 1234 5678", text, "the page is as it was")
}

func TestEveryFailingCallIsReportedAndNothingHangs(t *testing.T) {
	t.Parallel()
	broken := errors.New("the wire is cut")
	w := setup(t, logs+`<button onclick="note('right')">Go</button>`)
	delivered := 0
	for n := range 5 {
		count := 0
		w.Calls.mu.Lock()
		w.Calls.fail = func(automation.Call) error {
			count++
			if count == n+1 {
				return broken
			}
			return nil
		}
		w.Calls.mu.Unlock()
		err := w.Click(t.Context(), automation.Press{Target: button("Go"), Bound: short})
		w.Calls.mu.Lock()
		w.Calls.fail = nil
		w.Calls.mu.Unlock()
		if n < 4 {
			require.Error(t, err, "call %d", n+1)
		}
		var e *automation.Error
		if strings.Count(w.log(t), "right") > delivered && err != nil {
			require.ErrorAs(t, err, &e)
			assert.True(t, e.Acted, "call %d: the click had its effect, which may not be denied", n+1)
		}
		delivered = strings.Count(w.log(t), "right")
	}
}

// TestAFrameWhosePageCannotBeLoaded is cut off while it loads: what lies in it is not missing, and its origin is no other.
func TestAFrameWhosePageCannotBeLoaded(t *testing.T) {
	t.Parallel()
	w := setup(t, "", part{"/around", `<iframe id=f src="/cut"></iframe><iframe src="http://elsewhere.localhost:1/chat"></iframe>`})
	w.mux.HandleFunc("GET /cut", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
	require.NoError(t, w.Open(t.Context(), "/around"))
	inside := css("button")
	inside.Within = css("#f")
	_, _, err := w.Await(t.Context(), short, nil, inside)
	require.ErrorIs(t, err, automation.ErrUnreachable)
	assert.ErrorContains(t, err, "what a frame should show could not be loaded: "+w.URL+"/cut")
	require.ErrorIs(t, w.Click(t.Context(), automation.Press{Target: inside, Bound: short}), automation.ErrUnreachable)
	_, _, err = w.Await(t.Context(), short, nil, css("button"))
	require.ErrorIs(t, err, automation.ErrMissing, "what does not lie in the frame is missing")
}

// TestAnAddressIsLoadedAnewThoughOnlyItsFragmentDiffers opens pages of a console that tells them by the fragment.
func TestAnAddressIsLoadedAnewThoughOnlyItsFragmentDiffers(t *testing.T) {
	t.Parallel()
	w := setup(t, `<p>home<form method=post action=/app><button>Save</button></form>`)
	served, posted := 0, 0
	w.mux.HandleFunc("GET /app", func(rw http.ResponseWriter, _ *http.Request) {
		served++
		rw.Header().Set("Content-Type", "text/html")
		fmt.Fprintf(rw, `<h1>%d</h1>`, served)
	})
	for i, fragment := range []string{"#home", "#users", "#users"} {
		require.NoError(t, w.Open(t.Context(), w.URL+"/app"+fragment))
		said, err := w.Read(t.Context(), css("h1"), "")
		require.NoError(t, err)
		assert.Equal(t, fmt.Sprint(i+1), said)
		assert.True(t, strings.HasSuffix(w.Page.URL(), fragment))
	}
	w.mux.HandleFunc("POST /app", func(rw http.ResponseWriter, _ *http.Request) {
		posted++
		rw.Header().Set("Content-Type", "text/html")
		fmt.Fprint(rw, `<h1>saved</h1>`)
	})
	require.NoError(t, w.Open(t.Context(), w.URL))
	require.NoError(t, w.Reloads(t.Context(), button("Save"), short, func() (bool, error) {
		return true, w.Click(t.Context(), automation.Press{Target: button("Save"), Bound: short})
	}))
	require.NoError(t, w.Open(t.Context(), w.URL+"/app#users"))
	said, err := w.Read(t.Context(), css("h1"), "")
	require.NoError(t, err)
	assert.Equal(t, "4", said)
	assert.Equal(t, 1, posted, "a form is not sent again")
}
