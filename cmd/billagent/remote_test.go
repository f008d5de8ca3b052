package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/cookiejar"
	"os"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/fixtures/console"
	"github.com/pquerna/otp/totp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// told is standard error that can be read while it is written.
type told struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

// Write implements io.Writer.
func (o *told) Write(b []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.Write(b)
}

func (o *told) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.buf.String()
}

var viewAddress = regexp.MustCompile(`http://127\.0\.0\.1:\d+/\?token=\w+`)

// elsewhere is a person's browser on another machine, as far as it speaks to this one.
type elsewhere struct {
	http.Client
	at string
}

// goThere waits until a page is shown at the address that a command has printed.
func goThere(t *testing.T, said *told) *elsewhere {
	t.Helper()
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	e := &elsewhere{Client: http.Client{Jar: jar, Timeout: 20 * time.Second}}
	require.Eventually(t, func() bool { return viewAddress.MatchString(said.String()) }, 30*time.Second, 20*time.Millisecond, said)
	res, err := e.Get(viewAddress.FindString(said.String()))
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	e.at = res.Request.URL.String()
	require.Eventually(t, func() bool { return e.where(t) != "" }, 40*time.Second, 50*time.Millisecond, said)
	return e
}

// where is the address of the page that is shown; empty: none is.
func (e *elsewhere) where(t *testing.T) string {
	t.Helper()
	res, err := e.Get(e.at + "state")
	require.NoError(t, err)
	defer func() { require.NoError(t, res.Body.Close()) }()
	var now struct{ Where string }
	require.NoError(t, json.NewDecoder(res.Body).Decode(&now))
	return now.Where
}

// sees is the picture of the page as it stands now.
func (e *elsewhere) sees(t *testing.T) []byte {
	t.Helper()
	res, err := e.Get(e.at + "frame")
	require.NoError(t, err)
	picture, err := io.ReadAll(res.Body)
	require.NoError(t, errors.Join(err, res.Body.Close()))
	return picture
}

// seesAnother waits until the page is drawn and looks other than it did: what is pressed before that goes astray, and
// a person would not do it.
func (e *elsewhere) seesAnother(t *testing.T, than []byte) {
	t.Helper()
	last := than
	require.Eventually(t, func() bool {
		now := e.sees(t)
		rests := bytes.Equal(now, last) && !bytes.Equal(now, than)
		last = now
		return rests
	}, 20*time.Second, 250*time.Millisecond)
}

func (e *elsewhere) does(t *testing.T, all ...automation.Motion) {
	t.Helper()
	body, err := json.Marshal(all)
	require.NoError(t, err)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, e.at+"motions", bytes.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Origin", e.at[:strings.Index(e.at[len("http://"):], "/")+len("http://")])
	res, err := e.Do(r)
	require.NoError(t, err)
	require.NoError(t, res.Body.Close())
	require.Equal(t, http.StatusNoContent, res.StatusCode)
}

func key(name string, number int, text string) []automation.Motion {
	return []automation.Motion{{Kind: "keydown", Key: name, Code: name, Number: number, Text: text}, {Kind: "keyup", Key: name, Code: name, Number: number}}
}

// TestACodeIsTypedElsewhere signs in where nobody is at the terminal, with a code that a person types from another
// machine.
func TestACodeIsTypedElsewhere(t *testing.T) {
	t.Parallel()
	_, file := tenantOf(t, console.Options{Layout: "neo3", Users: 4})
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	method := regexp.MustCompile(`method: totp\n\s+secret: .*\n`).ReplaceAllString(string(text), "method: exec\n      via: authenticator\n      command: \"exec:false\"\n")
	require.NoError(t, os.WriteFile(file, []byte(method), 0o600))
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	said, out, ended := &told{}, &bytes.Buffer{}, make(chan int, 1)
	go func() {
		ended <- execute(ctx, []string{"--config", file, "login", "--headless", "--remote"}, strings.NewReader(""), out, said)
	}()
	hand := goThere(t, said)
	code, err := totp.GenerateCode(console.RobotSecret, time.Now())
	require.NoError(t, err)
	before := hand.sees(t)
	hand.does(t, append([]automation.Motion{{Kind: "text", Text: code}}, key("Enter", 13, "\r")...)...)
	require.Eventually(t, func() bool { return strings.HasSuffix(hand.where(t), "/OrgSelect") }, 20*time.Second, 50*time.Millisecond)
	hand.seesAnother(t, before)
	for _, k := range [][]automation.Motion{key("Tab", 9, ""), key("Tab", 9, ""), key("Enter", 13, "\r")} { // the second organisation
		hand.does(t, k...)
	}
	assert.Equal(t, 0, <-ended, said.String())
	assert.Contains(t, out.String(), "signed in")
	assert.NotContains(t, said.String()+out.String(), code)
	assert.True(t, *decode[sessionInfo](t, command(t, "--config", file, "-o", "json", "session", "status", "--check").stdout).Alive)
}

// TestAFlowIsRecordedElsewhere records by what a person does on another machine.
func TestAFlowIsRecordedElsewhere(t *testing.T) {
	t.Parallel()
	con, file := tenantOf(t, console.Options{Layout: "neo3", Users: 4})
	withOverlay(t, file)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
	defer cancel()
	said, out, ended := &told{}, &bytes.Buffer{}, make(chan int, 1)
	go func() {
		ended <- execute(ctx, []string{"--config", file, "record", "visit", "--remote", "--to", t.TempDir()}, strings.NewReader(""), out, said)
	}()
	hand := goThere(t, said)
	require.Eventually(t, func() bool { return strings.Contains(said.String(), "do it in the window") }, 60*time.Second, 50*time.Millisecond, said)
	assert.True(t, strings.HasSuffix(hand.where(t), "/neo3/home"))
	hand.seesAnother(t, nil) // the page with the panel over it
	before := hand.sees(t)
	settings := automation.Motion{X: 60, Y: 286, Count: 1}
	for _, settings.Kind = range []string{"move", "down", "up"} {
		hand.does(t, settings)
	}
	require.Eventually(t, func() bool { return strings.HasSuffix(hand.where(t), "/neo3/settings") }, 20*time.Second, 50*time.Millisecond)
	hand.seesAnother(t, before)
	for _, k := range [][]automation.Motion{key("F2", 113, ""), key("Tab", 9, ""), key("Enter", 13, "\r")} {
		hand.does(t, k...)
	}
	assert.Equal(t, 0, <-ended, said.String())
	t.Log(out.String(), said.String())
	assert.Contains(t, out.String(), "visit.settings")
	assert.Empty(t, con.Changes())
}
