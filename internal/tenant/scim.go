package tenant

import (
	"context"

	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/scimpath"
	"github.com/billagent/billagent/internal/secret"
)

// scim speaks SCIM with the tenant's service.
var scim = registration{
	name: scimpath.Name, noun: "the SCIM service", absent: "no scim.url is configured",
	uses: config.Tenant.UsesSCIM, open: openSCIM, check: checkSCIM, cheap: true,
	signedIn: func(t config.Tenant) string { return "signed in to " + t.SCIM.URL },
}

// checkSCIM makes sure of the form of the tenant's scim section.
func checkSCIM(c *config.Config, name string, t config.Tenant) (warnings []string, err error) {
	p, err := openSCIM(context.Background(), c, name, t, Environment{})
	if err == nil {
		err = p.Close()
	}
	return nil, err
}

// openSCIM makes the path that speaks SCIM. Nothing is fetched or asked yet.
func openSCIM(_ context.Context, c *config.Config, name string, t config.Tenant, around Environment) (change.Path, error) {
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
	p, err := scimpath.New(scimpath.Options{
		Tenant: name, URL: s.URL, CA: s.CA,
		Auth: scimpath.Auth{Method: method, Token: fetch(s.Auth.Token), User: s.Auth.User, Password: fetch(s.Auth.Password), ClientID: s.Auth.ClientID, ClientSecret: fetch(s.Auth.ClientSecret),
			TokenURL: s.Auth.TokenURL, Scopes: s.Auth.Scopes, Certificate: fetch(s.Auth.Certificate), Key: fetch(s.Auth.Key)},
		Mapping: scimpath.Mapping(s.Map), Lookup: s.Lookup, Roles: s.Roles, Account: t.Account, Administrator: s.Administrator,
		EvidenceDir: c.EvidenceDir(), Log: around.Log, Progress: around.Progress,
	})
	if err != nil {
		return nil, err
	}
	return p, nil
}
