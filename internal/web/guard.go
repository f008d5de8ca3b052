package web

import (
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
)

// policy is the content security policy of every answer: nothing but our own style, script, pictures and forms; in no
// frame.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; " +
	"form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// guard is what holds for every request, whoever asks.
func (s *Site) guard(next http.Handler) http.Handler {
	sameOrigin := http.NewCrossOriginProtection()
	sameOrigin.SetDenyHandler(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		s.problem(w, nil, http.StatusForbidden, "That came from another site",
			"A form of this page can be sent from this page only. Open it anew, and try again.")
	}))
	guarded := sameOrigin.Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("X-Frame-Options", "DENY")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Permissions-Policy", "camera=(), geolocation=(), microphone=()")
		h.Set("Cache-Control", "no-store")
		if s.secure() {
			h.Set("Strict-Transport-Security", "max-age=31536000")
		}
		if !s.knownHost(r.Host) {
			s.problem(w, nil, http.StatusMisdirectedRequest, "This page has another address",
				"Open it by the address that it is configured with. A proxy before this page must pass on the header Host as it came.")
			return
		}
		if !s.requests.allow(r) {
			s.tooMany(w)
			return
		}
		guarded.ServeHTTP(w, r)
	})
}

func (s *Site) tooMany(w http.ResponseWriter) {
	w.Header().Set("Retry-After", "30")
	s.problem(w, nil, http.StatusTooManyRequests, "Too many requests", "Wait for half a minute, then try again.")
}

// secure says that browsers reach the site over TLS.
func (s *Site) secure() bool { return s.Base.Scheme == "https" }

// knownHost keeps out other names for this machine: a page of another site whose name was made to lead here would be
// of the same origin as this one (DNS rebinding).
func (s *Site) knownHost(host string) bool {
	if strings.EqualFold(host, s.Base.Host) {
		return true
	}
	name, port := splitHost(s.Base.Host)
	asked, at := splitHost(host)
	return port == at && loopbackName(name) && loopbackName(asked)
}

func splitHost(host string) (name, port string) {
	if name, port, err := net.SplitHostPort(host); err == nil {
		return name, port
	}
	return strings.Trim(host, "[]"), ""
}

func loopbackName(name string) bool {
	return slices.Contains([]string{"localhost", "127.0.0.1", "::1"}, strings.ToLower(name))
}

// clientOf is who asks, by their address: of IPv6 the network, since one client has all addresses in it.
func clientOf(r *http.Request) string {
	at, err := netip.ParseAddrPort(r.RemoteAddr)
	if err != nil {
		return r.RemoteAddr
	}
	ip := at.Addr().Unmap().WithZone("")
	if ip.Is6() {
		if net64, err := ip.Prefix(64); err == nil {
			return net64.String()
		}
	}
	return ip.String()
}
