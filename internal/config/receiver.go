package config

import (
	"fmt"
	"net/mail"
	"net/netip"
	"net/url"
	"strings"

	"github.com/billagent/billagent/internal/secret"
)

// Receiver is somebody who is told of what happens.
type Receiver struct {
	Type      string     `koanf:"type"`       // webhook, slack or email
	URL       secret.Ref `koanf:"url"`        // webhook: an address, or a reference to one; slack: a reference, since the address is its secret
	Secret    secret.Ref `koanf:"secret"`     // webhook: what signs
	CA        string     `koanf:"ca"`         // file of PEM certificates to trust beside the system's
	Kinds     []string   `koanf:"kinds"`      // what is told; empty: everything
	Tenants   []string   `koanf:"tenants"`    // of whom; empty: of all
	ShowEmail bool       `koanf:"show_email"` // whom it is about stands in the message; otherwise only the schedule's id
	Subject   string     `koanf:"subject"`    // email: a template
	Text      string     `koanf:"text"`       // a template
	GiveUp    int        `koanf:"give_up"`    // days after which a message that could not be delivered is given up
	SMTP      SMTP       `koanf:"smtp"`
	From      string     `koanf:"from"` // email
	To        []string   `koanf:"to"`   // email
}

// SMTP is a mail server. There is no way without TLS.
type SMTP struct {
	Host     string     `koanf:"host"`
	Port     int        `koanf:"port"` // 0: the usual one
	TLS      string     `koanf:"tls"`  // starttls, or implicit
	User     string     `koanf:"user"` // empty: nobody signs in
	Password secret.Ref `koanf:"password"`
}

var receiverDefaults = map[string]any{"give_up": 3}

func (r Receiver) check(at string) (faults []error) {
	add := func(format string, args ...any) { faults = append(faults, fmt.Errorf(at+": "+format, args...)) }
	if r.GiveUp < 1 || r.GiveUp > 30 {
		add("give_up is %d: from 1 to 30 days", r.GiveUp)
	}
	switch r.Type {
	case "webhook":
		r.checkWebhook(add)
	case "slack":
		if r.URL.Check() != nil {
			add("url: %v", secret.ErrForm)
		}
	case "email":
		r.checkEmail(add)
	default:
		add("type is %q: choose webhook, slack or email", r.Type)
	}
	if r.Type != "email" && (r.Subject != "" || r.From != "" || len(r.To) > 0 || r.SMTP.Host != "") {
		add("smtp, from, to and subject go with type email")
	}
	if r.Type != "webhook" && r.Secret != "" {
		add("secret goes with type webhook")
	}
	return faults
}

func (r Receiver) checkWebhook(add func(string, ...any)) {
	if r.URL.Check() != nil {
		if err := CheckWebAddress(string(r.URL)); err != nil {
			add("url: %v", err)
		}
	}
	if r.Secret.Check() != nil {
		add("secret: %v", secret.ErrForm)
	}
}

func (r Receiver) checkEmail(add func(string, ...any)) {
	if r.URL != "" {
		add("url does not go with type email")
	}
	if r.SMTP.Host == "" {
		add("smtp.host is missing")
	}
	if r.SMTP.Port < 0 || r.SMTP.Port > 65535 {
		add("smtp.port is %d", r.SMTP.Port)
	}
	if r.SMTP.TLS != "" && r.SMTP.TLS != "starttls" && r.SMTP.TLS != "implicit" {
		add("smtp.tls is %q: choose starttls or implicit", r.SMTP.TLS)
	}
	if (r.SMTP.User == "") != (r.SMTP.Password == "") {
		add("smtp.user and smtp.password go together")
	}
	if r.SMTP.Password != "" && r.SMTP.Password.Check() != nil {
		add("smtp.password: %v", secret.ErrForm)
	}
	if len(r.To) == 0 {
		add("to is missing: who gets the e-mail")
	}
	for _, a := range append([]string{r.From}, r.To...) {
		if p, err := mail.ParseAddress(a); err != nil || p.Address != a {
			add("%q in from or to is not an e-mail", a)
		}
	}
}

// CheckWebAddress says whether messages may be sent to an address: over TLS, except on this machine. The address is
// not repeated: it may be a secret.
func CheckWebAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return fmt.Errorf("it is neither an https address nor a reference to one: env:NAME, file:/path or exec:command")
	case u.User != nil:
		return fmt.Errorf("it has a user or a password in it")
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return fmt.Errorf("it is not https")
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}
