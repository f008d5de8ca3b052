package scimpath_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/billagent/billagent/fixtures/console"
	"github.com/billagent/billagent/internal/scimpath"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/internal/userops/useropstest"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// guarded asks for something else than the console's own token, and then shows that to the console.
func guarded(lets func(r *http.Request) bool) faultProxy {
	return faultProxy{request: func(w http.ResponseWriter, r *http.Request) bool {
		if !lets(r) {
			w.WriteHeader(http.StatusUnauthorized)
			return true
		}
		r.Header.Set("Authorization", "Bearer "+console.SCIMToken)
		return false
	}}
}

func TestSigningIn(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	basic := guarded(func(r *http.Request) bool {
		user, password, ok := r.BasicAuth()
		return ok && user == "agent" && password == "invented: with a colon"
	})
	var asked atomic.Int32
	issuer := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id, secret, ok := r.BasicAuth()
		if !ok || id != "agent" || secret != "invented" || r.FormValue("grant_type") != "client_credentials" || r.FormValue("scope") != "users groups" {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = w.Write([]byte(`{"error":"invalid_client","error_description":"no such client"}`))
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{"access_token": fmt.Sprintf("issued-%d", asked.Add(1)), "token_type": "Bearer", "expires_in": 3600})
	}))
	t.Cleanup(issuer.Close)
	// The first token is taken back at once: the second must be asked for.
	oauth := guarded(func(r *http.Request) bool { return r.Header.Get("Authorization") == "Bearer issued-2" })
	for name, c := range map[string]struct {
		auth    scimpath.Auth
		service faultProxy
		kind    error
	}{
		"basic":                 {auth: scimpath.Auth{Method: scimpath.Basic, User: "agent", Password: constant("invented: with a colon")}, service: basic},
		"basic, wrong":          {auth: scimpath.Auth{Method: scimpath.Basic, User: "agent", Password: constant("other")}, service: basic, kind: userops.ErrCredentials},
		"oauth":                 {auth: scimpath.Auth{Method: scimpath.OAuth, ClientID: "agent", ClientSecret: constant("invented"), TokenURL: issuer.URL, Scopes: []string{"users", "groups"}}, service: oauth},
		"oauth, wrong":          {auth: scimpath.Auth{Method: scimpath.OAuth, ClientID: "agent", ClientSecret: constant("other"), TokenURL: issuer.URL}, service: oauth, kind: userops.ErrCredentials},
		"bearer, wrong":         {auth: scimpath.Auth{Method: scimpath.Bearer, Token: constant("other")}, kind: userops.ErrCredentials},
		"bearer, not to be had": {auth: scimpath.Auth{Method: scimpath.Bearer, Token: func(context.Context) (string, error) { return "", errors.New("the file is not there") }}, kind: userops.ErrConfig},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := options(t, inFront(t, con.SCIMURL(), c.service))
			o.Auth = c.auth
			p := open(t, o)
			u, err := p.Get(t.Context(), ann)
			if c.kind != nil {
				require.ErrorIs(t, err, c.kind)
				assert.NotEmpty(t, userops.HintOf(err))
				assert.NotContains(t, err.Error(), "other")
				return
			}
			require.NoError(t, err)
			assert.Equal(t, ann, u.Email)
		})
	}
}

func TestTheTokenGoesNowhereElse(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	var visits atomic.Int32
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { visits.Add(1) }))
	t.Cleanup(elsewhere.Close)
	for _, method := range []string{"GET", "PATCH"} {
		for _, code := range []int{301, 302, 303, 307, 308} {
			p := open(t, options(t, inFront(t, con.SCIMURL(), instead(method, "/Users", 0, status(code, "Location", elsewhere.URL+"/scim/v2/Users")))))
			r := p.Change(t.Context(), useropstest.Deactivate(ann))
			require.NotEqual(t, userops.Done, r.Outcome, "%s %d", method, code)
			if method == "GET" {
				require.Equal(t, userops.Halted, r.Outcome)
				require.ErrorIs(t, r.Err, userops.ErrProtocol)
				assert.Contains(t, r.Reason, "redirects elsewhere: to 127.0.0.1:")
			}
		}
	}
	assert.Zero(t, visits.Load())
	assert.Empty(t, con.Changes())
	for _, bad := range []string{"http://scim.example/v2", "ftp://scim.example", "https://user:pw@scim.example", "https://scim.example?tenant=1", "scim.example", ""} {
		o := options(t, bad)
		_, err := scimpath.New(o)
		require.ErrorIs(t, err, userops.ErrConfig, bad)
		assert.NotContains(t, err.Error(), "pw@")
	}
}

func TestAListMayMoveOnItsOwnHost(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	moved := faultProxy{request: func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path == "/scim/v2/Users" && !r.URL.Query().Has("moved") {
			http.Redirect(w, r, r.URL.Path+"?moved=1&"+r.URL.RawQuery, http.StatusTemporaryRedirect)
			return true
		}
		return false
	}}
	_, err := open(t, options(t, inFront(t, con.SCIMURL(), moved))).Get(t.Context(), ann)
	require.NoError(t, err)
}

// authority issues certificates for the test's own servers and clients.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority(t *testing.T) authority {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "invented authority"}, NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, form, form, key.Public(), key)
	require.NoError(t, err)
	cert, err := x509.ParseCertificate(der)
	require.NoError(t, err)
	return authority{cert, key}
}

func (a authority) issue(t *testing.T, usage x509.ExtKeyUsage, names ...string) (cert, key string) {
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	form := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "billagent"}, NotAfter: time.Now().Add(time.Hour), ExtKeyUsage: []x509.ExtKeyUsage{usage}, DNSNames: append(names, "localhost")}
	der, err := x509.CreateCertificate(rand.Reader, form, a.cert, k.Public(), a.key)
	require.NoError(t, err)
	pkcs8, err := x509.MarshalPKCS8PrivateKey(k)
	require.NoError(t, err)
	return pemText("CERTIFICATE", der), pemText("PRIVATE KEY", pkcs8)
}

func pemText(kind string, der []byte) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}))
}

func TestMutualTLSAndAnAuthorityOfOnesOwn(t *testing.T) {
	t.Parallel()
	con := startConsole(t)
	a := newAuthority(t)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, []byte(pemText("CERTIFICATE", a.cert.Raw)), 0o600))
	serverCert, serverKey := a.issue(t, x509.ExtKeyUsageServerAuth)
	pair, err := tls.X509KeyPair([]byte(serverCert), []byte(serverKey))
	require.NoError(t, err)
	clients := x509.NewCertPool()
	clients.AddCert(a.cert)
	inner := inFront(t, con.SCIMURL(), guarded(func(*http.Request) bool { return true }))
	srv := httptest.NewUnstartedServer(passOn(t, inner))
	srv.TLS = &tls.Config{Certificates: []tls.Certificate{pair}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: clients}
	srv.Config.ErrorLog = quiet
	srv.StartTLS()
	t.Cleanup(srv.Close)
	url := strings.Replace(srv.URL, "127.0.0.1", "localhost", 1) + "/scim/v2"
	clientCert, clientKey := a.issue(t, x509.ExtKeyUsageClientAuth)
	strangerCert, strangerKey := newAuthority(t).issue(t, x509.ExtKeyUsageClientAuth)

	try := func(ca, cert, key string) error {
		o := options(t, url)
		o.CA = ca
		o.Auth = scimpath.Auth{Method: scimpath.MutualTLS, Certificate: constant(cert), Key: constant(key)}
		_, err := open(t, o).Get(t.Context(), ann)
		return err
	}
	require.NoError(t, try(ca, clientCert, clientKey))
	err = try("", clientCert, clientKey)
	require.ErrorIs(t, err, userops.ErrUnreachable)
	assert.Contains(t, userops.HintOf(err), "scim.ca")
	err = try(ca, strangerCert, strangerKey)
	require.ErrorIs(t, err, userops.ErrCredentials)
	assert.Contains(t, userops.HintOf(err), "certificate")
	err = try(ca, clientCert, strangerKey)
	require.ErrorIs(t, err, userops.ErrConfig)
	assert.NotContains(t, err.Error(), "PRIVATE")

	o := options(t, url)
	o.CA = filepath.Join(t.TempDir(), "none.pem")
	_, err = scimpath.New(o)
	require.ErrorIs(t, err, userops.ErrConfig)
}

// The proxies of the environment are read once in a process: the test runs itself again in one that has them.
func TestAProxyOfTheEnvironment(t *testing.T) {
	const name, wanted = "scim.example.test", "BILLAGENT_TEST_PROXIED_CA"
	if ca := os.Getenv(wanted); ca != "" {
		o := options(t, "https://"+name+"/scim/v2")
		o.CA = ca
		u, err := open(t, o).Get(t.Context(), ann)
		require.NoError(t, err)
		require.Equal(t, ann, u.Email)
		return
	}
	t.Parallel()
	con := startConsole(t)
	a := newAuthority(t)
	ca := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(ca, []byte(pemText("CERTIFICATE", a.cert.Raw)), 0o600))
	cert, key := a.issue(t, x509.ExtKeyUsageServerAuth, name)
	pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
	require.NoError(t, err)
	service := httptest.NewUnstartedServer(passOn(t, con.SCIMURL()))
	service.TLS = &tls.Config{Certificates: []tls.Certificate{pair}}
	service.StartTLS()
	t.Cleanup(service.Close)

	var tunnels, tokens atomic.Int32
	proxy := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			tokens.Add(1)
		}
		if r.Method != http.MethodConnect || r.Host != name+":443" {
			http.Error(w, "only to the service", http.StatusForbidden)
			return
		}
		tunnels.Add(1)
		tunnel(w, service.Listener.Addr().String())
	}))
	t.Cleanup(proxy.Close)
	again := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^"+t.Name()+"$", "-test.v")
	again.Env = append(os.Environ(), wanted+"="+ca, "HTTPS_PROXY="+proxy.URL, "https_proxy="+proxy.URL, "NO_PROXY=", "no_proxy=")
	out, err := again.CombinedOutput()
	require.NoError(t, err, "%s", out)
	require.Contains(t, string(out), "--- PASS: "+t.Name())
	assert.Positive(t, tunnels.Load())
	assert.Zero(t, tokens.Load(), "the token is for the service, inside the tunnel")
}

// tunnel joins a CONNECT request's connection with one to an address, until both ends are done.
func tunnel(w http.ResponseWriter, to string) {
	far, err := net.Dial("tcp", to)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadGateway)
		return
	}
	defer far.Close()
	near, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		return
	}
	defer near.Close()
	_, _ = near.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n"))
	back := make(chan struct{})
	go func() {
		defer close(back)
		_, _ = io.Copy(near, far)
		_ = near.Close()
	}()
	_, _ = io.Copy(far, buffered)
	_ = far.Close()
	<-back
}

// TestAFileOfAuthoritiesIsBounded names files that have no end, or nobody at the other one.
func TestAFileOfAuthoritiesIsBounded(t *testing.T) {
	t.Parallel()
	pipe := filepath.Join(t.TempDir(), "pipe")
	require.NoError(t, syscall.Mkfifo(pipe, 0o600))
	for _, ca := range []string{"/dev/zero", pipe} {
		o := options(t, "https://scim.example/v2")
		o.CA = ca
		_, err := scimpath.New(o)
		require.ErrorIs(t, err, userops.ErrConfig, ca)
		assert.Contains(t, err.Error(), ca)
	}
}
