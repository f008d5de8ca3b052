package config

import (
	"fmt"
	"net"

	"github.com/billagent/billagent/internal/secret"
)

// Monitoring says where the daemon tells how it is.
type Monitoring struct {
	Listen      string     `koanf:"listen"`      // host:port; empty: nowhere
	Certificate secret.Ref `koanf:"certificate"` // PEM
	Key         secret.Ref `koanf:"key"`         // PEM
}

func (m Monitoring) check(at string) []error { return checkListen(at, m.Listen, m.Certificate, m.Key) }

// checkListen makes sure that others reach an address by TLS only.
func checkListen(at, listen string, certificate, key secret.Ref) (faults []error) {
	add := func(format string, args ...any) { faults = append(faults, fmt.Errorf(at+": "+format, args...)) }
	if (certificate == "") != (key == "") {
		add("certificate and key go together")
	}
	for key, ref := range map[string]secret.Ref{"certificate": certificate, "key": key} {
		if ref != "" && ref.Check() != nil {
			add("%s: %v", key, secret.ErrForm)
		}
	}
	if listen == "" {
		return faults
	}
	host, _, err := net.SplitHostPort(listen)
	switch {
	case err != nil:
		add("listen is %q: write host:port, as in 127.0.0.1:9464", listen)
	case certificate == "" && !loopback(host):
		add("listen is %q, which others can reach: without certificate and key only 127.0.0.1, ::1 or localhost", listen)
	}
	return faults
}
