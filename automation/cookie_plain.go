package automation

import (
	"encoding/json"
	"fmt"

	"github.com/go-rod/rod/lib/proto"
)

// Cookie is one cookie of a session, for a file that other programs read. Its value is a credential.
type Cookie struct {
	Name, Value, Domain, Path string
	Expires                   float64 // seconds since 1970; negative: when the browser ends
	HTTPOnly, Secure          bool
	SameSite                  string // Strict, Lax, None or empty
}

// Plain lists cookies one by one.
func (c Cookies) Plain() ([]Cookie, error) {
	var params []*proto.NetworkCookieParam
	if err := json.Unmarshal(c, &params); err != nil {
		return nil, fmt.Errorf("reading cookies: %w", err)
	}
	out := make([]Cookie, 0, len(params))
	for _, p := range params {
		expires := float64(p.Expires)
		if expires == 0 {
			expires = -1
		}
		out = append(out, Cookie{p.Name, p.Value, p.Domain, p.Path, expires, p.HTTPOnly, p.Secure, string(p.SameSite)})
	}
	return out, nil
}

// CookiesOf makes of cookies what SetCookies restores.
func CookiesOf(all []Cookie) (Cookies, error) {
	params := make([]*proto.NetworkCookieParam, 0, len(all))
	for _, c := range all {
		p := &proto.NetworkCookieParam{Name: c.Name, Value: c.Value, Domain: c.Domain, Path: c.Path, HTTPOnly: c.HTTPOnly, Secure: c.Secure,
			SameSite: proto.NetworkCookieSameSite(c.SameSite)}
		if c.Expires > 0 {
			p.Expires = proto.TimeSinceEpoch(c.Expires)
		}
		params = append(params, p)
	}
	return json.Marshal(params)
}
