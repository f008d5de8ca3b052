package automation

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/go-rod/rod/lib/proto"
)

// cookieName tells one cookie from every other (RFC 6265, 5.3).
type cookieName struct{ domain, path, name string }

func nameOf(c *proto.NetworkCookie) cookieName { return cookieName{c.Domain, c.Path, c.Name} }

// rememberCookies keeps what the page's scripts can write, as it is before a press: a page may keep in such a
// cookie what it could not send, and have the next page send it. Without it a session goes on with the cookies as
// they are.
func (s *Session) rememberCookies(ctx context.Context) {
	res, err := proto.StorageGetCookies{BrowserContextID: s.context}.Call(s.browser.scope(ctx))
	if err != nil {
		return
	}
	visible := map[cookieName]string{}
	for _, c := range res.Cookies {
		if !c.HTTPOnly {
			visible[nameOf(c)] = c.Value
		}
	}
	s.browser.mu.Lock()
	defer s.browser.mu.Unlock()
	s.visible = visible
}

// signInCookies are the cookies that a copy of the session begins with: those of the server as they are now, those that
// scripts can write as they were before the press.
func (s *Session) signInCookies(ctx context.Context) (Cookies, error) {
	res, err := proto.StorageGetCookies{BrowserContextID: s.context}.Call(s.browser.scope(ctx))
	if err != nil {
		return nil, fmt.Errorf("reading cookies: %w", err)
	}
	s.browser.mu.Lock()
	visible := s.visible
	s.browser.mu.Unlock()
	var kept []*proto.NetworkCookie
	for _, c := range res.Cookies {
		if visible != nil && !c.HTTPOnly {
			before, ok := visible[nameOf(c)]
			if !ok {
				continue
			}
			c.Value = before
		}
		kept = append(kept, c)
	}
	return json.Marshal(proto.CookiesToParams(kept))
}
