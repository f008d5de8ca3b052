package web

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// Bounds of signing in at a provider.
const (
	attemptBound  = 10 * time.Minute // between leaving for it and coming back
	attemptsKept  = 1000
	providerBound = 4 * time.Second // of each request to it
)

// attempt is a sign-in that was begun here and goes on at the provider.
type attempt struct {
	state, nonce, verifier, next string
	began                        time.Time
}

// provider is an OpenID provider. It is asked for its keys and addresses when somebody first signs in: one that does
// not answer holds up nothing else.
type provider struct {
	config.OIDC
	redirect string
	now      func() time.Time
	client   *http.Client

	mu       sync.Mutex
	known    *oidc.Provider
	attempts map[[sha256.Size]byte]attempt // by the hash of what the browser was given
}

func newProvider(c config.OIDC, redirect string, now func() time.Time) (*provider, error) {
	transport := &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true,
		TLSHandshakeTimeout: providerBound}
	if c.CA != "" {
		text, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, fmt.Errorf("%w: web.oidc.ca: %w", config.ErrInvalid, err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(text) {
			return nil, fmt.Errorf("%w: web.oidc.ca: there is no certificate in %s", config.ErrInvalid, c.CA)
		}
		transport.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	}
	client := &http.Client{Transport: transport, Timeout: providerBound}
	return &provider{OIDC: c, redirect: redirect, now: now, client: client, attempts: map[[sha256.Size]byte]attempt{}}, nil
}

// discovered is the provider as it describes itself. It is asked anew until it has answered once.
func (p *provider) discovered(ctx context.Context) (*oidc.Provider, error) {
	p.mu.Lock()
	known := p.known
	p.mu.Unlock()
	if known != nil {
		return known, nil
	}
	// The keys are fetched with this context later on, too: it must outlive the request.
	found, err := oidc.NewProvider(oidc.ClientContext(context.WithoutCancel(ctx), p.client), p.Issuer)
	if err != nil {
		return nil, fmt.Errorf("asking the provider how to sign in: %w", err)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.known = found
	return found, nil
}

func (p *provider) oauth(ctx context.Context, at *oidc.Provider) (*oauth2.Config, error) {
	secret, err := p.ClientSecret.Fetch(ctx)
	if err != nil {
		return nil, fmt.Errorf("fetching the secret for the provider: %w", err)
	}
	return &oauth2.Config{ClientID: p.ClientID, ClientSecret: secret, Endpoint: at.Endpoint(), RedirectURL: p.redirect,
		Scopes: []string{oidc.ScopeOpenID, "email"}}, nil
}

// begin is where a browser goes to sign in, and what it keeps meanwhile, so that nobody else's sign-in can be put
// under it.
func (p *provider) begin(ctx context.Context, next string) (address, secret string, err error) {
	at, err := p.discovered(ctx)
	if err != nil {
		return "", "", err
	}
	conf, err := p.oauth(ctx, at)
	if err != nil {
		return "", "", err
	}
	a := attempt{state: rand.Text(), nonce: rand.Text(), verifier: oauth2.GenerateVerifier(), next: next, began: p.now()}
	secret = rand.Text()
	p.mu.Lock()
	defer p.mu.Unlock()
	for id, one := range p.attempts {
		if p.now().Sub(one.began) >= attemptBound {
			delete(p.attempts, id)
		}
	}
	if len(p.attempts) >= attemptsKept {
		clear(p.attempts)
	}
	p.attempts[sha256.Sum256([]byte(secret))] = a
	return conf.AuthCodeURL(a.state, oidc.Nonce(a.nonce), oauth2.S256ChallengeOption(a.verifier)), secret, nil
}

// take is the attempt that a browser comes back from: once.
func (p *provider) take(secret, state string) (attempt, error) {
	id := sha256.Sum256([]byte(secret))
	p.mu.Lock()
	defer p.mu.Unlock()
	a, ok := p.attempts[id]
	delete(p.attempts, id)
	if !ok || p.now().Sub(a.began) >= attemptBound || subtle.ConstantTimeCompare([]byte(a.state), []byte(state)) != 1 {
		return a, errors.New("this browser has begun no such sign-in, or too long ago")
	}
	return a, nil
}

// identity fetches and checks what the provider says of who has signed in, and returns their e-mail.
func (p *provider) identity(ctx context.Context, a attempt, code string) (string, error) {
	at, err := p.discovered(ctx)
	if err != nil {
		return "", err
	}
	conf, err := p.oauth(ctx, at)
	if err != nil {
		return "", err
	}
	token, err := conf.Exchange(oidc.ClientContext(ctx, p.client), code, oauth2.VerifierOption(a.verifier))
	if err != nil {
		var said *oauth2.RetrieveError
		if errors.As(err, &said) { // its text has the answer's body in it
			return "", fmt.Errorf("the provider did not take its code: status %d", said.Response.StatusCode)
		}
		return "", fmt.Errorf("asking the provider who it is: %w", err)
	}
	raw, ok := token.Extra("id_token").(string)
	if !ok {
		return "", errors.New("the provider sent no ID token")
	}
	if err := checkType(raw); err != nil {
		return "", err
	}
	verifier := at.VerifierContext(oidc.ClientContext(ctx, p.client), &oidc.Config{ClientID: p.ClientID, Now: p.now})
	id, err := verifier.Verify(ctx, raw)
	if err != nil {
		return "", fmt.Errorf("checking the ID token: %w", err)
	}
	return p.vouched(id, a)
}

// vouched is the e-mail in an ID token whose signature, issuer, audience and time are right, if the rest is.
func (p *provider) vouched(id *oidc.IDToken, a attempt) (string, error) {
	var claims struct {
		Email    string `json:"email"`
		Verified any    `json:"email_verified"`
		For      string `json:"azp"`
	}
	if err := id.Claims(&claims); err != nil {
		return "", fmt.Errorf("reading the ID token: %w", err)
	}
	switch {
	case subtle.ConstantTimeCompare([]byte(id.Nonce), []byte(a.nonce)) != 1:
		return "", errors.New("the ID token is of another sign-in")
	case claims.For != "" && claims.For != p.ClientID, len(id.Audience) > 1 && claims.For == "":
		return "", errors.New("the ID token was made for another client")
	case claims.Email == "":
		return "", errors.New("the ID token names no e-mail")
	case claims.Verified != true: // also where it is the text "true", which the specification does not have
		return "", errors.New("the provider has not verified the e-mail")
	}
	return claims.Email, nil
}

// checkType refuses what the provider has signed for another purpose, such as an access token or a sign-out.
func checkType(raw string) error {
	head, _, _ := strings.Cut(raw, ".")
	text, err := base64.RawURLEncoding.DecodeString(head)
	if err != nil {
		return errors.New("the ID token cannot be read")
	}
	var says struct {
		Type *string `json:"typ"`
	}
	if json.Unmarshal(text, &says) != nil {
		return errors.New("the ID token cannot be read")
	}
	if says.Type != nil && !slices.Contains([]string{"jwt", "application/jwt"}, strings.ToLower(*says.Type)) {
		return fmt.Errorf("it is no ID token, but of type %.40q", *says.Type)
	}
	return nil
}

func (s *Site) attemptCookie() string { return s.prefixed("billagent-attempt") }

// toProvider sends a browser to the provider.
func (s *Site) toProvider(w http.ResponseWriter, r *http.Request) {
	if s.provider == nil {
		s.fail(w, nil, errNoPage)
		return
	}
	if !s.signIns.allow(r) {
		s.tooMany(w)
		return
	}
	address, secret, err := s.provider.begin(r.Context(), localPath(r.URL.Query().Get("next")))
	if err != nil {
		s.Log.Error("nobody can sign in at the provider", "error", err)
		view := s.signInView(r.URL.Query().Get("next"), "The provider cannot be used now: see the log.")
		s.render(w, http.StatusBadGateway, "signin", view)
		return
	}
	s.setCookie(w, s.attemptCookie(), secret, int(attemptBound.Seconds()))
	http.Redirect(w, r, address, http.StatusSeeOther)
}

// fromProvider takes back who comes from the provider.
func (s *Site) fromProvider(w http.ResponseWriter, r *http.Request) {
	if s.provider == nil {
		s.fail(w, nil, errNoPage)
		return
	}
	email, next, err := s.cameBack(r)
	s.setCookie(w, s.attemptCookie(), "", -1)
	if err != nil { // who asks is told no more: the log says why
		s.Log.Warn("somebody could not sign in at the provider", "from", clientOf(r), "error", err)
		view := s.signInView(next, "The provider's answer cannot be used: see the log, or begin anew.")
		s.render(w, http.StatusUnauthorized, "signin", view)
		return
	}
	may := s.provider.May(email)
	if may == "" {
		s.Log.Warn("somebody has signed in at the provider who may not look", "from", clientOf(r), "email", email)
		s.render(w, http.StatusForbidden, "signin", s.signInView("", "You are known to the provider, and may not look here."))
		return
	}
	s.Log.Info("signed in", "issuer", s.provider.Issuer, "email", email, "from", clientOf(r))
	s.letIn(w, r, email, may, next)
}

func (s *Site) cameBack(r *http.Request) (email, next string, err error) {
	c, err := r.Cookie(s.attemptCookie())
	if err != nil {
		return "", "", errors.New("this browser has begun no sign-in")
	}
	q := r.URL.Query()
	a, err := s.provider.take(c.Value, q.Get("state"))
	if err != nil {
		return "", "", err
	}
	if iss := q.Get("iss"); iss != "" && iss != s.provider.Issuer { // RFC 9207
		return "", a.next, errors.New("another provider has answered")
	}
	if said := q.Get("error"); said != "" {
		return "", a.next, fmt.Errorf("the provider said %.60q", said)
	}
	email, err = s.provider.identity(r.Context(), a, q.Get("code"))
	return email, a.next, err
}
