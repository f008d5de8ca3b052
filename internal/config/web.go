package config

import (
	"fmt"
	"maps"
	"net"
	"net/mail"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/secret"
	"github.com/billagent/billagent/internal/userops"
)

// Web says where the daemon has its page, and who may sign in beside the operators.
type Web struct {
	Listen      string        `koanf:"listen"`      // host:port; empty: there is no page
	Certificate secret.Ref    `koanf:"certificate"` // PEM
	Key         secret.Ref    `koanf:"key"`         // PEM
	Address     string        `koanf:"address"`     // as browsers have it; empty: that of listen
	Idle        time.Duration `koanf:"idle"`        // a session ends after so long without a request
	Session     time.Duration `koanf:"session"`     // and after so long in any case
	OIDC        OIDC          `koanf:"oidc"`
}

// OIDC is an OpenID provider whose word is taken for who somebody is.
type OIDC struct {
	Issuer       string     `koanf:"issuer"` // empty: there is none
	ClientID     string     `koanf:"client_id"`
	ClientSecret secret.Ref `koanf:"client_secret"`
	CA           string     `koanf:"ca"`   // file of PEM certificates to trust beside the system's
	View         []string   `koanf:"view"` // e-mails and patterns of those who may look
	Act          []string   `koanf:"act"`  // and of those who may act, too
}

// Operator is a person who may sign in to the page with a token.
type Operator struct {
	Email string `koanf:"email"` // what they do is recorded under
	Token string `koanf:"token"` // sha256: and its hash: the token itself is nowhere
	May   string `koanf:"may"`   // view, or act
}

// What an operator may.
const (
	MayView = "view"
	MayAct  = "act"
)

var operatorDefaults = map[string]any{"may": MayView}

// May says what somebody may whose e-mail the provider vouches for; empty: nothing.
func (o OIDC) May(email string) string {
	if matchesEmail(o.Act, email) {
		return MayAct
	}
	if matchesEmail(o.View, email) {
		return MayView
	}
	return ""
}

// matchesEmail is as for protected people: * matches every sign of an address.
func matchesEmail(patterns []string, email string) bool {
	plain := func(s string) string { return strings.ReplaceAll(userops.FoldEmail(strings.TrimSpace(s)), "/", "\x00") }
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, err := path.Match(plain(p), plain(email))
		return ok && err == nil
	})
}

var tokenHash = regexp.MustCompile(`^sha256:[0-9a-f]{64}$`)

func (c *Config) checkWeb() (faults []error) {
	add := func(format string, args ...any) { faults = append(faults, fmt.Errorf(format, args...)) }
	for _, name := range slices.Sorted(maps.Keys(c.Operators)) {
		o, at := c.Operators[name], "operators."+name
		if !plainEmail(o.Email) {
			add("%s.email is %q, which is not an e-mail", at, o.Email)
		}
		if !tokenHash.MatchString(o.Token) { // what was given instead is not repeated: it may be the token itself
			add("%s.token is not the hash of a token: sha256: and 64 hexadecimal digits", at)
		}
		if o.May != MayView && o.May != MayAct {
			add("%s.may is %q: choose view or act", at, o.May)
		}
	}
	c.checkOperators(add)
	if w := c.Web; w.Listen != "" {
		faults = append(faults, w.check("web")...)
		if len(c.Operators) == 0 && w.OIDC.Issuer == "" {
			add("web: nobody could sign in: name operators, or an issuer in web.oidc")
		}
		if w.Listen == c.Monitoring.Listen && !strings.HasSuffix(w.Listen, ":0") {
			add("web.listen and monitoring.listen are the same: choose two ports")
		}
	}
	return faults
}

// checkOperators makes sure that a token is of one operator, who would otherwise be one of several by chance, and that
// what somebody may does not depend on which of their tokens they use.
func (c *Config) checkOperators(add func(string, ...any)) {
	names := slices.Sorted(maps.Keys(c.Operators))
	for i, name := range names {
		for _, before := range names[:i] {
			one, other := c.Operators[before], c.Operators[name]
			if one.Token == other.Token {
				add("operators.%s and operators.%s have the same token: make one for each", before, name)
			}
			if userops.SameEmail(one.Email, other.Email) && one.May != other.May {
				add("operators.%s and operators.%s are of the same e-mail: give both the same may", before, name)
			}
		}
	}
}

// plainOrigin says that an address has a scheme and a host, and nothing else.
func plainOrigin(u *url.URL) bool {
	return (u.Scheme == "https" || u.Scheme == "http") && u.Hostname() != "" && u.User == nil && strings.Trim(u.Path, "/") == "" &&
		u.RawQuery == "" && u.Fragment == ""
}

func plainEmail(s string) bool {
	p, err := mail.ParseAddress(s)
	return err == nil && p.Address == s
}

func (w Web) check(at string) []error {
	faults := checkListen(at, w.Listen, w.Certificate, w.Key)
	add := func(format string, args ...any) { faults = append(faults, fmt.Errorf(at+"."+format, args...)) }
	host, _, _ := net.SplitHostPort(w.Listen)
	u, err := url.Parse(w.Address)
	switch {
	case w.Address == "" && !loopback(host):
		add("address is missing: say what browsers have it as, such as https://billagent.example")
	case w.Address == "":
	case err != nil || !plainOrigin(u):
		add("address is %q: write scheme and host alone, as in https://billagent.example", w.Address)
	case u.Scheme == "http" && !loopback(u.Hostname()), u.Scheme == "http" && w.Certificate != "":
		add("address is %q, which is not https", w.Address)
	}
	if w.Idle < time.Minute || w.Session < w.Idle || w.Session > 7*24*time.Hour {
		add("idle is at least 1m, and session at least that and at most 168h")
	}
	if w.OIDC.Issuer == "" {
		if w.OIDC.ClientID != "" || w.OIDC.ClientSecret != "" || len(w.OIDC.View)+len(w.OIDC.Act) > 0 {
			add("oidc.issuer is missing")
		}
		return faults
	}
	if err := CheckWebAddress(w.OIDC.Issuer); err != nil {
		add("oidc.issuer: %v", err)
	}
	if w.OIDC.ClientID == "" {
		add("oidc.client_id is missing")
	}
	if w.OIDC.ClientSecret.Check() != nil {
		add("oidc.client_secret: %v", secret.ErrForm)
	}
	if len(w.OIDC.View)+len(w.OIDC.Act) == 0 {
		add("oidc.view and oidc.act are empty: nobody could sign in")
	}
	for _, p := range slices.Concat(w.OIDC.View, w.OIDC.Act) {
		if _, err := path.Match(p, ""); err != nil || !strings.Contains(p, "@") { // "*" alone would be everybody
			add("oidc: %q in view or act is neither an e-mail nor a pattern such as *@acme.example", p)
		}
	}
	return faults
}
