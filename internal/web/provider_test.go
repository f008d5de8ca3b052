package web_test

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"maps"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// openID is a small OpenID provider, in which somebody is signed in already. What it says in an ID token can be
// changed.
type openID struct {
	*httptest.Server
	key *rsa.PrivateKey
	now func() time.Time

	mu     sync.Mutex
	says   func(head, claims map[string]any) // changes what it says next
	signs  *rsa.PrivateKey                   // with another key
	asked  map[string]url.Values             // by code: what the browser brought
	tokens int
}

func newOpenID(t *testing.T) *openID {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	p := &openID{key: key, now: time.Now, asked: map[string]url.Values{}}
	mux := http.NewServeMux()
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	reply := func(w http.ResponseWriter, v any) {
		w.Header().Set("Content-Type", "application/json")
		assert.NoError(t, json.NewEncoder(w).Encode(v))
	}
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token", "jwks_uri": p.URL + "/keys",
			"id_token_signing_alg_values_supported": []string{"RS256"}, "response_types_supported": []string{"code"}, "subject_types_supported": []string{"public"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, map[string]any{"keys": []any{map[string]string{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1", "n": b64(key.N.Bytes()), "e": b64(big.NewInt(int64(key.E)).Bytes())}}})
	})
	mux.HandleFunc("GET /authorize", func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		code := rand.Text()
		p.mu.Lock()
		p.asked[code] = q
		p.mu.Unlock()
		back := url.Values{"code": {code}, "state": {q.Get("state")}, "iss": {p.URL}}
		http.Redirect(w, r, q.Get("redirect_uri")+"?"+back.Encode(), http.StatusFound)
	})
	mux.HandleFunc("POST /token", func(w http.ResponseWriter, r *http.Request) {
		assert.NoError(t, r.ParseForm())
		p.mu.Lock()
		defer p.mu.Unlock()
		p.tokens++
		asked, ok := p.asked[r.PostForm.Get("code")]
		delete(p.asked, r.PostForm.Get("code"))
		id, password, _ := r.BasicAuth()
		challenge := sha256.Sum256([]byte(r.PostForm.Get("code_verifier")))
		if !ok || id != "billagent" || password != "hush" || asked.Get("code_challenge") != b64(challenge[:]) || asked.Get("code_challenge_method") != "S256" {
			http.Error(w, `{"error":"invalid_grant"}`, http.StatusBadRequest)
			return
		}
		reply(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.idToken(t, asked)})
	})
	return p
}

func b64(b []byte) string { return base64.RawURLEncoding.EncodeToString(b) }

func (p *openID) idToken(t *testing.T, asked url.Values) string {
	head := map[string]any{"alg": "RS256", "kid": "1", "typ": "JWT"}
	claims := map[string]any{"iss": p.URL, "aud": asked.Get("client_id"), "sub": "1", "nonce": asked.Get("nonce"), "iat": p.now().Unix(), "exp": p.now().Add(5 * time.Minute).Unix(),
		"email": "Eve@staff.example", "email_verified": true}
	if p.says != nil {
		p.says(head, claims)
	}
	maps.DeleteFunc(claims, func(_ string, v any) bool { return v == nil })
	maps.DeleteFunc(head, func(_ string, v any) bool { return v == nil })
	h, err := json.Marshal(head)
	assert.NoError(t, err)
	c, err := json.Marshal(claims)
	assert.NoError(t, err)
	text := b64(h) + "." + b64(c)
	if head["alg"] == "none" {
		return text + "."
	}
	sum := sha256.Sum256([]byte(text))
	key := p.key
	if p.signs != nil {
		key = p.signs
	}
	sig, err := rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:])
	assert.NoError(t, err)
	return text + "." + b64(sig)
}

func (p *openID) say(what func(head, claims map[string]any)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.says = what
}

// withProvider is a ground at which people sign in at a provider.
func withProvider(t *testing.T) (*ground, *openID) {
	t.Helper()
	t.Setenv("TEST_CLIENT_SECRET", "hush")
	p := newOpenID(t)
	g := newGround(t, options{config: func(c *config.Config) {
		c.Web.OIDC = config.OIDC{Issuer: p.URL, ClientID: "billagent", ClientSecret: "env:TEST_CLIENT_SECRET", View: []string{"*@staff.example"}, Act: []string{"boss@staff.example"}}
	}})
	p.now = func() time.Time { return time.Now().Add(time.Duration(g.clock.Load())) }
	return g, p
}

// follow goes where an answer of the site, or of the provider, leads, as long as it leads to the other.
func (c *client) signInAtProvider(edit func(callback url.Values)) answer {
	c.t.Helper()
	a := c.get("/sign-in/provider?next=/?view=done")
	require.Equal(c.t, http.StatusSeeOther, a.status, a.body)
	rq, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, a.to(), nil)
	require.NoError(c.t, err)
	got, err := http.DefaultTransport.RoundTrip(rq)
	require.NoError(c.t, err)
	require.NoError(c.t, got.Body.Close())
	back, err := url.Parse(got.Header.Get("Location"))
	require.NoError(c.t, err)
	q := back.Query()
	if edit != nil {
		edit(q)
	}
	return c.get(back.Path + "?" + q.Encode())
}

func TestAProvidersWordIsChecked(t *testing.T) {
	g, p := withProvider(t)
	g.plan(t, "ann@acme.example", "2030-12-04 17:00", "UTC")
	fresh := func() *client { g.pass(time.Minute); return g.client(t) }

	c := fresh()
	a := c.signInAtProvider(nil)
	require.Equal(t, http.StatusSeeOther, a.status, a.body+g.logged.String())
	assert.Equal(t, "/?view=done", a.to())
	assert.Contains(t, c.get("/").body, "Eve@staff.example")
	assert.Equal(t, http.StatusForbidden, c.get("/tenants/acme/resume").status, "she may look")

	other, err := rsa.GenerateKey(rand.Reader, 2048)
	require.NoError(t, err)
	for _, c := range []struct {
		what, why string // and what the log says of it
		says      func(head, claims map[string]any)
	}{
		{"another audience", "expected audience", func(_, c map[string]any) { c["aud"] = "another" }},
		{"several audiences, none for us", "expected audience", func(_, c map[string]any) { c["aud"] = []string{"another", "third"} }},
		{"several audiences, for nobody", "made for another client", func(_, c map[string]any) { c["aud"] = []string{"billagent", "another"} }},
		{"made for another client", "made for another client", func(_, c map[string]any) { c["azp"] = "another" }},
		{"another issuer", "issued by a different provider", func(_, c map[string]any) { c["iss"] = "https://evil.example" }},
		{"another sign-in", "of another sign-in", func(_, c map[string]any) { c["nonce"] = "another" }},
		{"no nonce", "of another sign-in", func(_, c map[string]any) { c["nonce"] = nil }},
		{"expired", "token is expired", func(_, c map[string]any) { c["exp"] = p.now().Add(-time.Hour).Unix() }},
		{"an e-mail that is not verified", "has not verified", func(_, c map[string]any) { c["email_verified"] = false }},
		{"an e-mail of which nothing is said", "has not verified", func(_, c map[string]any) { c["email_verified"] = nil }},
		{"an e-mail that is verified as text", "has not verified", func(_, c map[string]any) { c["email_verified"] = "true" }},
		{"no e-mail", "names no e-mail", func(_, c map[string]any) { c["email"] = nil }},
		{"an access token", "no ID token, but of type", func(h, _ map[string]any) { h["typ"] = "at+jwt" }},
		{"a sign-out", "no ID token, but of type", func(h, _ map[string]any) { h["typ"] = "logout+jwt" }},
		{"not signed", "unexpected signature algorithm", func(h, _ map[string]any) { h["alg"] = "none" }},
		{"signed by somebody else", "failed to verify signature", func(_, _ map[string]any) { p.signs = other }},
	} {
		p.say(c.says)
		visitor := fresh()
		before := len(g.logged.String())
		assert.Equal(t, http.StatusUnauthorized, visitor.signInAtProvider(nil).status, c.what)
		assert.Contains(t, g.logged.String()[before:], c.why, c.what)
		assert.Equal(t, http.StatusSeeOther, visitor.get("/").status, c.what)
		p.say(nil)
		p.signs = nil
	}
	for email, status := range map[string]int{"eve@staff.example.evil.example": 403, "eve@other.example": 403, "boss@staff.example": 303, "BOSS@staff.example": 303} {
		p.say(func(_, c map[string]any) { c["email"] = email })
		c := fresh()
		assert.Equal(t, status, c.signInAtProvider(nil).status, email)
		assert.Equal(t, map[bool]int{true: 404, false: 303}[status == 303], c.get("/tenants/acme/resume").status, email)
	}
	p.say(func(h, _ map[string]any) { h["typ"] = nil })
	assert.Equal(t, http.StatusSeeOther, fresh().signInAtProvider(nil).status, "a type need not be said")
}

// TestASignInAtAProviderIsOfOneBrowser has somebody bring what another browser, or nobody, has begun.
func TestASignInAtAProviderIsOfOneBrowser(t *testing.T) {
	g, p := withProvider(t)
	for name, edit := range map[string]func(url.Values){
		"another state":        func(q url.Values) { q.Set("state", "another") },
		"no state":             func(q url.Values) { q.Del("state") },
		"another code":         func(q url.Values) { q.Set("code", "another") },
		"another provider":     func(q url.Values) { q.Set("iss", "https://evil.example") },
		"the provider said no": func(q url.Values) { q.Set("error", "access_denied") },
		"it was left too long": func(url.Values) { g.pass(10 * time.Minute) },
	} {
		g.pass(time.Minute)
		c := g.client(t)
		assert.Equal(t, http.StatusUnauthorized, c.signInAtProvider(edit).status, name)
		assert.Equal(t, http.StatusSeeOther, c.get("/").status, name)
	}
	g.pass(time.Minute)
	var stolen url.Values
	c := g.client(t)
	before := p.tokens
	there, err := url.Parse(g.url)
	require.NoError(t, err)
	var kept []*http.Cookie
	c.signInAtProvider(func(q url.Values) {
		stolen = url.Values{"state": q["state"], "code": q["code"]}
		kept = c.jar.Cookies(there)
		q.Set("state", "x")
	})
	c.jar.SetCookies(there, kept)
	victim := g.client(t)
	assert.Equal(t, http.StatusUnauthorized, victim.get("/sign-in/callback?"+stolen.Encode()).status)
	assert.Equal(t, http.StatusUnauthorized, c.get("/sign-in/callback?"+stolen.Encode()).status, "each attempt is used once")
	assert.Equal(t, before, p.tokens, "the provider was not even asked")
	assert.NotContains(t, g.logged.String(), "hush")
}

func TestAProviderThatDoesNotAnswerHoldsUpNobody(t *testing.T) {
	g, p := withProvider(t)
	p.Close()
	c := g.client(t)
	a := c.get("/sign-in/provider")
	assert.Equal(t, http.StatusBadGateway, a.status)
	assert.Contains(t, a.body, "cannot be used now")
	assert.Equal(t, http.StatusSeeOther, c.post("/sign-in", url.Values{"token": {g.tokens[boss]}}).status)
}

// TestSomebodySignsInAtAProviderInTheBrowser has the provider at another site, from which a browser brings back no
// cookies but those that are meant for it.
func TestSomebodySignsInAtAProviderInTheBrowser(t *testing.T) {
	g, p := withProvider(t)
	p.URL = strings.Replace(p.URL, "127.0.0.1", "localhost", 1)
	g.config.Web.OIDC.Issuer = p.URL
	g.serve(t, nil)
	w := g.window(t)
	w.open("/?view=done")
	w.click("link", "Sign in with your organisation")
	w.await(role("heading", "Done"))
	assert.Contains(t, w.await(css(".who")), "Eve@staff.example")
	w.click("button", "Sign out")
	w.await(css("#token"))
}
