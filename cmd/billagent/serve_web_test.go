package main

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var pageListens = regexp.MustCompile(`the page is open" address=(\S+)`)

// certified writes the certificate of a test server, which is of 127.0.0.1, with its key into files, and returns who
// trusts it alone.
func certified(t *testing.T) (certificate, key string, client *http.Client) {
	t.Helper()
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	pair := server.TLS.Certificates[0]
	private, err := x509.MarshalPKCS8PrivateKey(pair.PrivateKey)
	require.NoError(t, err)
	dir := t.TempDir()
	file := func(name, kind string, der []byte) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600))
		return path
	}
	roots := x509.NewCertPool()
	roots.AddCert(server.Certificate())
	client = &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}}
	return file("cert.pem", "CERTIFICATE", pair.Certificate[0]), file("key.pem", "PRIVATE KEY", private), client
}

// TestServeHasAPageForOperators makes a token, puts its lines into the configuration, signs in over TLS, and sees what
// the daemon has done.
func TestServeHasAPageForOperators(t *testing.T) {
	t.Parallel()
	_, file, _ := byPath(t, console.Options{Users: 14})
	out := command(t, "--config", file, "serve", "--web", "127.0.0.1:0")
	assert.Equal(t, 1, out.code)
	assert.Contains(t, out.stderr, "nobody could sign in")
	made := command(t, "serve", "token", "ann", "--email", "ann.admin@acme.example", "--may", "act")
	require.Equal(t, 0, made.code, made.stderr)
	_, token, ok := strings.Cut(strings.TrimSpace(made.stderr), "shown this once: ")
	require.True(t, ok, made.stderr)
	assert.NotContains(t, made.stdout, token)
	f, err := os.OpenFile(file, os.O_APPEND|os.O_WRONLY, 0o600)
	require.NoError(t, err)
	certificate, key, client := certified(t)
	_, err = fmt.Fprintf(f, "\nweb:\n  certificate: file:%s\n  key: file:%s\n%s", certificate, key, made.stdout)
	require.NoError(t, err)
	require.NoError(t, f.Close())

	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	done := make(chan int, 1)
	var stderr lines
	go func() {
		done <- execute(ctx, []string{"--config", file, "serve", "--web", "127.0.0.1:0", "--listen", "127.0.0.1:0"}, strings.NewReader(""), io.Discard, &stderr)
	}()
	require.Eventually(t, func() bool { return pageListens.MatchString(stderr.String()) && listens.MatchString(stderr.String()) }, 20*time.Second, 10*time.Millisecond)
	at, monitoring := pageListens.FindStringSubmatch(stderr.String())[1], "http://"+listens.FindStringSubmatch(stderr.String())[1]
	require.Equal(t, 0, command(t, "--config", file, "offboard", "ann@acme.example", "--now", "--reason", "HR-1").code)
	jar, err := cookiejar.New(nil)
	require.NoError(t, err)
	client.Jar = jar
	defer client.CloseIdleConnections()
	read := func(answer *http.Response, err error) (status int, body string) {
		require.NoError(t, err)
		defer answer.Body.Close()
		data, err := io.ReadAll(answer.Body)
		require.NoError(t, err)
		return answer.StatusCode, string(data)
	}
	require.True(t, strings.HasPrefix(at, "https://"), at)
	answer, err := client.Get(at + "/?view=done")
	require.NoError(t, err)
	assert.Equal(t, 2, answer.ProtoMajor)
	_, body := read(answer, nil)
	assert.Contains(t, body, "<h1>Sign in</h1>")
	_, body = read(client.PostForm(at+"/sign-in", url.Values{"token": {token}, "next": {"/?view=done"}}))
	assert.Contains(t, body, "<h1>Done</h1>")
	require.Eventually(t, func() bool {
		_, body := read(client.Get(at + "/?view=done"))
		return strings.Contains(body, "ann@acme.example</bdi>")
	}, 20*time.Second, 50*time.Millisecond)
	for _, path := range []string{"/", "/schedules/x", "/sign-in"} {
		status, body := read(client.Get(monitoring + path))
		assert.Equal(t, 404, status, "who monitors sees no page")
		assert.NotContains(t, body, "acme")
	}
	status, _ := read(client.Get(monitoring + "/healthz"))
	assert.Equal(t, 200, status)
	cancel()
	assert.Equal(t, 0, <-done, stderr.String())
	assert.NotContains(t, stderr.String(), token)
}

func TestATokenIsMadeForSomebody(t *testing.T) {
	t.Parallel()
	for says, args := range map[string][]string{
		"give --email": {"ann"}, "letters, digits": {"a b", "--email", "ann@acme.example"}, "--may": {"ann", "--email", "ann@acme.example", "--may", "rule"}, "a name for the operator": {},
	} {
		out := command(t, append([]string{"serve", "token"}, args...)...)
		assert.Equal(t, 1, out.code, says)
		assert.Contains(t, out.stderr, says)
	}
	one := decode[map[string]string](t, command(t, "serve", "token", "ann", "--email", "ann@acme.example", "-o", "json").stdout)
	two := decode[map[string]string](t, command(t, "serve", "token", "ann", "--email", "ann@acme.example", "-o", "json").stdout)
	assert.NotEqual(t, one["token"], two["token"])
	assert.Equal(t, "view", one["may"])
	assert.Regexp(t, `^sha256:[0-9a-f]{64}$`, one["hash"])
	assert.GreaterOrEqual(t, len(one["token"]), 50)
}
