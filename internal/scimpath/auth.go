package scimpath

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors/datafile"
	"golang.org/x/oauth2"
	"golang.org/x/oauth2/clientcredentials"
)

// Methods of signing in to the service.
const (
	Bearer    = "bearer"
	Basic     = "basic"
	OAuth     = "oauth" // client credentials (RFC 6749 §4.4)
	MutualTLS = "mtls"
)

// Methods lists them.
var Methods = []string{Bearer, Basic, OAuth, MutualTLS}

// Secret fetches a secret when it is needed.
type Secret func(ctx context.Context) (string, error)

// Auth says how to sign in. A certificate may go with every method, and is all there is with MutualTLS.
type Auth struct {
	Method       string
	Token        Secret // bearer
	User         string // basic
	Password     Secret // basic
	ClientID     string // oauth
	ClientSecret Secret // oauth
	TokenURL     string // oauth
	Scopes       []string
	Certificate  Secret // PEM; nil for none
	Key          Secret // PEM, of the certificate
}

// signer puts what proves who we are into requests.
type signer struct {
	auth  Auth
	token *oauth2.Token // oauth: what was issued last
}

// credentials is an error about proving who we are, which no request was sent with.
func credentials(act string, err error) error {
	return (&userops.Error{Act: act, Kind: userops.ErrConfig, Cause: err, Hint: "check the references in the tenant's scim.auth"}).OrStop()
}

// sign adds the Authorization header. over is the client that asks for an OAuth token.
func (s *signer) sign(ctx context.Context, r *http.Request, over *http.Client) error {
	switch s.auth.Method {
	case Bearer:
		token, err := s.auth.Token(ctx)
		if err != nil {
			return credentials("fetching the SCIM token", err)
		}
		r.Header.Set("Authorization", "Bearer "+token)
	case Basic:
		password, err := s.auth.Password(ctx)
		if err != nil {
			return credentials("fetching the SCIM password", err)
		}
		r.SetBasicAuth(s.auth.User, password)
	case OAuth:
		if err := s.renew(ctx, over); err != nil {
			return err
		}
		s.token.SetAuthHeader(r)
	}
	return nil
}

// renew asks for an OAuth token unless there is one that still holds.
func (s *signer) renew(ctx context.Context, over *http.Client) error {
	if s.token.Valid() {
		return nil
	}
	secret, err := s.auth.ClientSecret(ctx)
	if err != nil {
		return credentials("fetching the OAuth client secret", err)
	}
	conf := clientcredentials.Config{ClientID: s.auth.ClientID, ClientSecret: secret, TokenURL: s.auth.TokenURL, Scopes: s.auth.Scopes}
	token, err := conf.Token(context.WithValue(ctx, oauth2.HTTPClient, over))
	var refused *oauth2.RetrieveError
	if errors.As(err, &refused) {
		status := "?"
		if refused.Response != nil {
			status = refused.Response.Status
		}
		return &userops.Error{Act: "asking for an OAuth token", Kind: userops.ErrCredentials, Cause: fmt.Errorf("%s answered %s %s %s", s.auth.TokenURL, status, refused.ErrorCode, refused.ErrorDescription), Hint: "check scim.auth: client_id, client_secret, token_url and scopes"}
	}
	if err != nil {
		return fmt.Errorf("asking for an OAuth token: %w", err)
	}
	s.token = token
	return nil
}

// forget has the next request ask for a new token.
func (s *signer) forget() { s.token = nil }

// tlsConfig trusts the system's certificates and those of a file, and shows our own certificate if there is one.
// caBound is how large a file of certificates may be: a system's whole bundle has some 250 KiB.
const caBound = 4 << 20

func tlsConfig(ca string, auth Auth) (*tls.Config, error) {
	conf := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca != "" {
		pem, err := datafile.ReadFile(ca, caBound)
		if err != nil {
			return nil, fmt.Errorf("ca: %w", err)
		}
		pool, err := x509.SystemCertPool()
		if err != nil {
			pool = x509.NewCertPool()
		}
		if !pool.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca: %s holds no PEM certificate", ca)
		}
		conf.RootCAs = pool
	}
	if auth.Certificate != nil {
		conf.GetClientCertificate = func(asked *tls.CertificateRequestInfo) (*tls.Certificate, error) {
			cert, err := auth.Certificate(asked.Context())
			if err != nil {
				return nil, credentials("fetching the client certificate", err)
			}
			key, err := auth.Key(asked.Context())
			if err != nil {
				return nil, credentials("fetching the client certificate's key", err)
			}
			pair, err := tls.X509KeyPair([]byte(cert), []byte(key))
			if err != nil {
				return nil, credentials("reading the client certificate", errors.New("it and its key are not a pair of PEM texts"))
			}
			return &pair, nil
		}
	}
	return conf, nil
}

// check says what is missing.
func (a Auth) check() error {
	need := func(ok bool, what string) error {
		if ok {
			return nil
		}
		return fmt.Errorf("auth.method %s needs %s", a.Method, what)
	}
	switch {
	case !slices.Contains(Methods, a.Method):
		return fmt.Errorf("auth.method is %q: choose one of %v", a.Method, Methods)
	case (a.Certificate == nil) != (a.Key == nil):
		return errors.New("auth.certificate and auth.key go together")
	case a.Method == Bearer:
		return need(a.Token != nil, "auth.token")
	case a.Method == Basic:
		return need(a.User != "" && a.Password != nil, "auth.user and auth.password")
	case a.Method == OAuth:
		return need(a.ClientID != "" && a.ClientSecret != nil && a.TokenURL != "", "auth.client_id, auth.client_secret and auth.token_url")
	}
	return need(a.Certificate != nil, "auth.certificate and auth.key")
}
