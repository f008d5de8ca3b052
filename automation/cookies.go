package automation

import (
	"fmt"
	"slices"
	"strings"

	"github.com/go-rod/rod/lib/proto"
)

// mostBlockedCookies is enough to name: a page with many advertisements has many that are blocked.
const mostBlockedCookies = 20

// extraInfo hears which cookies of an answer the browser did not accept. Names and reasons are kept, never values.
func (p *Page) extraInfo(e proto.NetworkResponseReceivedExtraInfo) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, c := range e.BlockedCookies {
		name, _, named := strings.Cut(c.CookieLine, "=")
		if !named {
			name = "without a name"
		}
		said := fmt.Sprintf("%s: %s", strings.TrimSpace(name), spelled(c.BlockedReasons))
		if !slices.Contains(p.blockedCookies, said) && len(p.blockedCookies) < mostBlockedCookies {
			p.blockedCookies = append(p.blockedCookies, said)
		}
	}
}

func spelled(reasons []proto.NetworkSetCookieBlockedReason) string {
	words := make([]string, len(reasons))
	for i, r := range reasons {
		words[i] = string(r)
	}
	return strings.Join(words, ", ")
}

// BlockedCookies names the cookies that the browser did not accept on this page, each with the browser's reason.
func (p *Page) BlockedCookies() []string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return slices.Clone(p.blockedCookies)
}
