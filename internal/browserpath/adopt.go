package browserpath

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/userops"
)

// Reveal returns the cookies of the saved session, what of the page's storage belongs to it (nil: nothing), and
// where it leads. ok is false if there is none.
func (p *Path) Reveal() (cookies []automation.Cookie, stored *automation.Stored, home string, ok bool, err error) {
	s, err := p.load()
	if err != nil || s == nil {
		return nil, nil, "", false, err
	}
	cookies, err = automation.Cookies(s.Cookies).Plain()
	if err != nil {
		return nil, nil, "", false, p.adopting("reading the saved session", errors.New("its cookies cannot be read"),
			"forget it, and sign in again")
	}
	return cookies, s.Stored, s.Home, true, nil
}

// Stores says that the console keeps a part of its sign-in in the page's storage.
func (p *Path) Stores() bool { return len(p.opts.Library.App.Storage) > 0 }

// Adopt keeps the cookies of a sign-in that another program made, in the place of the saved session. Whether it
// holds, and of which organisation it is, is found out when it is used first. Of what pages have stored what
// belongs to the sign-in is kept, by the keys that the app names; local is by origin.
func (p *Path) Adopt(cookies []automation.Cookie, local map[string]map[string]string, home string) (passed int, err error) {
	const act, hint = "taking over a session", "give the address that the console shows after the sign-in"
	if p.opts.Sessions == nil {
		return 0, p.adopting(act, errors.New("no place for sessions is configured"), "set state to a folder")
	}
	u, err := url.Parse(home)
	switch {
	case err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https":
		return 0, p.adopting(act, errors.New("where it leads is no address of a page"), hint)
	case !automation.HostAllowed(p.opts.Hosts, u.Hostname()):
		return 0, p.adopting(act, fmt.Errorf("it leads to %s, which is none of the tenant's hosts", u.Hostname()), hint)
	}
	u.User = nil
	var kept []automation.Cookie
	for _, c := range cookies {
		if c.Expires >= 0 && c.Expires <= float64(time.Now().Unix()) || !p.ours(c.Domain) {
			passed++
			continue
		}
		kept = append(kept, c)
	}
	if len(kept) == 0 {
		return passed, p.adopting(act, errors.New("none of its cookies is of the tenant's hosts and holds still"),
			"sign in where it comes from, and export it anew")
	}
	jar, err := automation.CookiesOf(kept)
	if err != nil {
		return passed, p.adopting(act, errors.New("its cookies cannot be written"), "")
	}
	var stored *automation.Stored
	for _, key := range p.opts.Library.App.Storage {
		origin := u.Scheme + "://" + u.Host
		if value, ok := local[origin][key]; ok {
			if stored == nil {
				stored = &automation.Stored{Origin: origin, Local: map[string]string{}, Session: map[string]string{}}
			}
			stored.Local[key] = value
		}
	}
	data, err := json.Marshal(saved{Cookies: json.RawMessage(jar), Stored: stored, Home: u.String(),
		App: p.opts.Library.App.Name, Account: p.opts.Account,
		SignIn: p.opts.SignIn, Wanted: p.opts.Organisation, At: time.Now().UTC(), Adopted: true})
	if err == nil {
		err = p.opts.Sessions.Put(p.opts.Tenant, data)
	}
	if err != nil {
		return passed, &userops.Error{Act: act, Tenant: p.opts.Tenant, Kind: userops.ErrStorage, Cause: err}
	}
	return passed, nil
}

// ours says that a cookie goes to one of the tenant's hosts. One of a domain, which begins with a dot, goes to all
// hosts below it.
func (p *Path) ours(domain string) bool {
	host := strings.TrimPrefix(domain, ".")
	return automation.HostAllowed(p.opts.Hosts, host) || host != domain && automation.HostAllowed(p.opts.Hosts, "x."+host)
}

func (p *Path) adopting(act string, why error, hint string) error {
	return &userops.Error{Act: act, Tenant: p.opts.Tenant, Kind: userops.ErrConfig, Cause: why, Hint: hint}
}
