package tenant

import (
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/scimpath"
	"github.com/billagent/billagent/internal/secret"
)

// openSCIM makes the path that speaks SCIM. Nothing is fetched or asked yet.
func openSCIM(c *config.Config, name string, t config.Tenant, around Environment) (*scimpath.Path, error) {
	fetch := func(ref secret.Ref) scimpath.Secret {
		if ref == "" {
			return nil
		}
		return ref.Fetch
	}
	s := t.SCIM
	method := s.Auth.Method
	if method == "" {
		method = scimpath.Bearer
	}
	return scimpath.New(scimpath.Options{
		Tenant: name, URL: s.URL, CA: s.CA,
		Auth: scimpath.Auth{Method: method, Token: fetch(s.Auth.Token), User: s.Auth.User, Password: fetch(s.Auth.Password), ClientID: s.Auth.ClientID, ClientSecret: fetch(s.Auth.ClientSecret),
			TokenURL: s.Auth.TokenURL, Scopes: s.Auth.Scopes, Certificate: fetch(s.Auth.Certificate), Key: fetch(s.Auth.Key)},
		Mapping: scimpath.Mapping(s.Map), Lookup: s.Lookup, Roles: s.Roles, Account: t.Account, Administrator: s.Administrator,
		EvidenceDir: EvidenceDir(c), Log: around.Log, Progress: around.Progress,
	})
}
