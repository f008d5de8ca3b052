package config

import (
	"fmt"
	"net/mail"
	"net/url"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/policy"
	"github.com/billagent/billagent/internal/schedule"
	"github.com/billagent/billagent/internal/secret"
)

// Tenant is one organisation of one console.
type Tenant struct {
	Path            string        `koanf:"path"`     // scim, browser or auto
	Fallback        string        `koanf:"fallback"` // browser, or empty for none
	SCIM            SCIM          `koanf:"scim"`
	App             string        `koanf:"app"`
	SignIn          string        `koanf:"sign_in"`
	Hosts           []string      `koanf:"hosts"`
	Account         string        `koanf:"account"`
	Password        secret.Ref    `koanf:"password"`
	SecondFactor    SecondFactor  `koanf:"second_factor"`
	Organisation    Organisation  `koanf:"organisation"`
	SelectorVersion string        `koanf:"selector_version"`
	SessionKey      secret.Ref    `koanf:"session_key"`
	Invite          Invite        `koanf:"invite"`
	ReadBack        time.Duration `koanf:"read_back"` // how long an effect may take to show; 0 means the default
	Protected       []string      `koanf:"protected"`
	Late            string        `koanf:"late"`      // what is due and late: run, or hold for a person
	TimeZone        string        `koanf:"time_zone"` // of times that are given without one
	// CredentialsExpire is the day on which a password, token or certificate of the tenant runs out: their
	// references do not say.
	CredentialsExpire string `koanf:"credentials_expire"`
}

// SecondFactor says where codes come from.
type SecondFactor struct {
	Method  string     `koanf:"method"`  // totp, prompt or exec
	Via     string     `koanf:"via"`     // prompt and exec: text or authenticator
	Secret  secret.Ref `koanf:"secret"`  // totp: the authenticator's base 32 text
	Command secret.Ref `koanf:"command"` // exec: prints a code
}

// Organisation is found by id, or by its exact name.
type Organisation struct {
	ID   string `koanf:"id"`
	Name string `koanf:"name"`
}

// SCIM says where a tenant's SCIM 2.0 service is and how it names things.
type SCIM struct {
	URL           string   `koanf:"url"`
	Auth          SCIMAuth `koanf:"auth"`
	CA            string   `koanf:"ca"` // file of PEM certificates to trust beside the system's
	Map           SCIMMap  `koanf:"map"`
	Lookup        []string `koanf:"lookup"`        // attributes to find somebody's e-mail in, beside map.email
	Roles         []string `koanf:"roles"`         // the roles on offer, where the service does not say
	Administrator string   `koanf:"administrator"` // the role of which one active holder must remain
}

// SCIMAuth says how to sign in to a SCIM service.
type SCIMAuth struct {
	Method       string     `koanf:"method"`        // bearer, basic, oauth or mtls
	Token        secret.Ref `koanf:"token"`         // bearer
	User         string     `koanf:"user"`          // basic
	Password     secret.Ref `koanf:"password"`      // basic
	ClientID     string     `koanf:"client_id"`     // oauth
	ClientSecret secret.Ref `koanf:"client_secret"` // oauth
	TokenURL     string     `koanf:"token_url"`     // oauth
	Scopes       []string   `koanf:"scopes"`        // oauth
	Certificate  secret.Ref `koanf:"certificate"`   // mtls, or beside any other: PEM
	Key          secret.Ref `koanf:"key"`           // the certificate's: PEM
}

// SCIMMap says which attribute holds what of a user, as [URN:]attribute[.sub-attribute]. Empty: the usual one.
type SCIMMap struct {
	Email     string `koanf:"email"`
	FirstName string `koanf:"first_name"`
	LastName  string `koanf:"last_name"`
	Role      string `koanf:"role"`
	Active    string `koanf:"active"`
	Pending   string `koanf:"pending"`
}

// UsesBrowser says whether the tenant may be served by the browser.
func (t Tenant) UsesBrowser() bool { return t.Path != "scim" || t.Fallback == "browser" }

// UsesSCIM says whether the tenant may be served over SCIM.
func (t Tenant) UsesSCIM() bool { return t.Path == "scim" || t.Path == "auto" && t.SCIM.URL != "" }

// Invite is the choice for the screen of e-mail preferences.
type Invite struct {
	MailTasks bool   `koanf:"mail_tasks"`
	Summary   string `koanf:"summary"`
}

// nameable says whether a tenant's name can stand in a key, a variable and a file name.
func nameable(name string) bool {
	return len(name) > 0 && len(name) < 64 && strings.Trim(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == "" && name[0] != '_' && name[0] != '-'
}

func (t Tenant) check(at string) []error {
	var faults []error
	if !nameable(strings.TrimPrefix(at, "tenants.")) {
		faults = append(faults, fmt.Errorf("%s: a tenant's name is made of a-z, 0-9, _ and -", at))
	}
	add := func(format string, args ...any) {
		faults = append(faults, fmt.Errorf(at+"."+format, args...))
	}
	if t.ReadBack != 0 && (t.ReadBack < time.Second || t.ReadBack > 10*time.Minute) {
		add("read_back is %v: write it with a unit, as in 45s; at least 1s and at most 10m", t.ReadBack)
	}
	if !slices.Contains([]string{"", "run", "hold"}, t.Late) {
		add("late is %q: choose run or hold", t.Late)
	}
	if _, err := time.Parse(time.DateOnly, t.CredentialsExpire); t.CredentialsExpire != "" && err != nil {
		add("credentials_expire is %q: write a day, as in 2027-01-31", t.CredentialsExpire)
	}
	if err := schedule.CheckZone(t.TimeZone); err != nil {
		add("time_zone: %v", err)
	}
	if err := policy.Check(t.Protected); err != nil {
		add("%v", err)
	}
	if t.Account != "" {
		if a, err := mail.ParseAddress(t.Account); err != nil || a.Address != t.Account {
			add("account %q is not an e-mail", t.Account)
		}
	}
	for _, r := range t.references() {
		switch {
		case r.ref == "" && r.needed:
			add("%s is missing", r.key)
		case r.ref != "" && r.ref.Check() != nil:
			add("%s: %v", r.key, secret.ErrForm)
		}
	}
	t.checkPath(add)
	if t.UsesBrowser() {
		t.checkBrowser(add)
	}
	return faults
}

// reference is a secret that a tenant needs, or may have.
type reference struct {
	key    string
	ref    secret.Ref
	needed bool
}

func (t Tenant) references() []reference {
	browser, scim, by := t.UsesBrowser(), t.UsesSCIM(), t.SCIM.Auth.Method
	return []reference{
		{"password", t.Password, browser},
		{"second_factor.secret", t.SecondFactor.Secret, browser && t.SecondFactor.Method == "totp"},
		{"second_factor.command", t.SecondFactor.Command, browser && t.SecondFactor.Method == "exec"},
		{"session_key", t.SessionKey, false},
		{"scim.auth.token", t.SCIM.Auth.Token, scim && (by == "bearer" || by == "")},
		{"scim.auth.password", t.SCIM.Auth.Password, scim && by == "basic"},
		{"scim.auth.client_secret", t.SCIM.Auth.ClientSecret, scim && by == "oauth"},
		{"scim.auth.certificate", t.SCIM.Auth.Certificate, scim && by == "mtls" || t.SCIM.Auth.Key != ""},
		{"scim.auth.key", t.SCIM.Auth.Key, scim && by == "mtls" || t.SCIM.Auth.Certificate != ""},
	}
}

func (t Tenant) checkPath(add func(string, ...any)) {
	if !slices.Contains([]string{"scim", "browser", "auto"}, t.Path) {
		add("path is %q: choose scim, browser or auto", t.Path)
	}
	switch {
	case t.Fallback != "" && t.Fallback != "browser":
		add("fallback is %q: only browser is known", t.Fallback)
	case t.Fallback != "" && t.Path == "browser":
		add("fallback goes with path scim or auto")
	}
	if t.Path == "scim" && t.SCIM.URL == "" {
		add("scim.url is missing")
	}
}

// checkBrowser makes sure of what only the browser needs.
func (t Tenant) checkBrowser(add func(string, ...any)) {
	if t.Account == "" {
		add("account is missing: the e-mail that signs in")
	}
	if t.SignIn != "" {
		u, err := url.Parse(t.SignIn)
		if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
			add("sign_in %q is not an http address", t.SignIn)
		} else if i := slices.IndexFunc(t.Hosts, func(h string) bool { return strings.ContainsAny(h, ":/ ") }); i >= 0 {
			add("hosts: %q is no host: write its name alone, without scheme, port or path", t.Hosts[i])
		} else if len(t.Hosts) > 0 && !slices.ContainsFunc(t.Hosts, func(h string) bool { ok, _ := path.Match(h, u.Hostname()); return ok }) {
			add("sign_in leads to %s, which hosts (%s) does not allow", u.Hostname(), strings.Join(t.Hosts, ", "))
		}
	}
	if !slices.Contains([]string{"totp", "prompt", "exec", "none"}, t.SecondFactor.Method) {
		add("second_factor.method is %q: choose totp, prompt, exec or none", t.SecondFactor.Method)
	}
	if !slices.Contains([]string{"text", "authenticator"}, t.SecondFactor.Via) {
		add("second_factor.via is %q: choose text or authenticator", t.SecondFactor.Via)
	}
	if t.SecondFactor.Method != "totp" && t.SecondFactor.Secret != "" {
		add("second_factor.secret is given, but method is %s", t.SecondFactor.Method)
	}
	if t.SecondFactor.Method != "exec" && t.SecondFactor.Command != "" {
		add("second_factor.command is given, but method is %s", t.SecondFactor.Method)
	}
}
