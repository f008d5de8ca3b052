package notify_test

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"encoding/pem"
	"io"
	"mime"
	"net"
	"net/http/httptest"
	"net/mail"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/notify"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// mailServer is an SMTP server as small as can be: it takes mail from whoever signs in over TLS.
type mailServer struct {
	listener net.Listener
	conf     *tls.Config
	offers   bool // STARTTLS
	implicit bool
	ca       string
	all      sync.WaitGroup

	mu    sync.Mutex
	fail  int // so many are refused for now
	said  []string
	mails []string
}

func newMailServer(t *testing.T, edit func(m *mailServer)) *mailServer {
	cert := httptest.NewTLSServer(nil) // for its certificate, which is of 127.0.0.1
	t.Cleanup(cert.Close)
	m := &mailServer{conf: &tls.Config{Certificates: cert.TLS.Certificates}, offers: true, ca: filepath.Join(t.TempDir(), "ca.pem")}
	require.NoError(t, os.WriteFile(m.ca, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert.Certificate().Raw}), 0o600))
	edit(m)
	var err error
	m.listener, err = net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	m.all.Go(func() {
		for {
			c, err := m.listener.Accept()
			if err != nil {
				return
			}
			m.all.Go(func() { m.serve(c) })
		}
	})
	t.Cleanup(func() { _ = m.listener.Close(); m.all.Wait() })
	return m
}

func (m *mailServer) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(20 * time.Second))
	secure := m.implicit
	if secure {
		c = tls.Server(c, m.conf)
	}
	in := bufio.NewReader(c)
	say := func(lines ...string) { _, _ = io.WriteString(c, strings.Join(lines, "\r\n")+"\r\n") }
	say("220 mail.example")
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		line = strings.TrimSpace(line)
		verb, _, _ := strings.Cut(strings.ToUpper(line), " ")
		m.mu.Lock()
		m.said = append(m.said, line)
		m.mu.Unlock()
		switch verb {
		case "EHLO":
			switch {
			case secure:
				say("250-mail.example", "250 AUTH PLAIN")
			case m.offers:
				say("250-mail.example", "250 STARTTLS")
			default:
				say("250-mail.example", "250 AUTH PLAIN")
			}
		case "STARTTLS":
			say("220 go ahead")
			c, secure = tls.Server(c, m.conf), true
			in = bufio.NewReader(c)
		case "MAIL":
			m.mu.Lock()
			fails := m.fail > 0
			m.fail--
			m.mu.Unlock()
			if fails {
				say("451 try later")
				continue
			}
			say("250 ok")
		case "DATA":
			say("354 go ahead")
			var text strings.Builder
			for {
				line, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if line == ".\r\n" {
					break
				}
				text.WriteString(strings.TrimPrefix(line, "."))
			}
			m.mu.Lock()
			m.mails = append(m.mails, text.String())
			m.mu.Unlock()
			say("250 taken")
		case "AUTH":
			say("235 welcome")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (m *mailServer) heard() (said, mails []string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]string{}, m.said...), append([]string{}, m.mails...)
}

func (m *mailServer) receiver(t *testing.T) config.Receiver {
	_, text, err := net.SplitHostPort(m.listener.Addr().String())
	require.NoError(t, err)
	port, err := strconv.Atoi(text)
	require.NoError(t, err)
	r := config.Receiver{Type: "email", CA: m.ca, GiveUp: 3, From: "billagent@robots.example", To: []string{"it@acme.example"},
		SMTP: config.SMTP{Host: "127.0.0.1", Port: port, User: "robot", Password: ref(t, "invented-password")}}
	if m.implicit {
		r.SMTP.TLS = "implicit"
	}
	return r
}

func TestEMailIsSentOverTLSAndTriedAgain(t *testing.T) {
	t.Parallel()
	for name, implicit := range map[string]bool{"STARTTLS": false, "implicit": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			j, m := onSQLite(t), newMailServer(t, func(m *mailServer) { m.implicit, m.fail = implicit, 1 })
			r := m.receiver(t)
			r.Subject = "{{.Title}}\r\nBcc: everybody@acme.example"
			s := plan(t, j, "ann@acme.example")
			stop := start(t, j, map[string]config.Receiver{"people": r}, nil)
			require.Eventually(t, func() bool { _, mails := m.heard(); return len(mails) > 0 }, 20*time.Second, 10*time.Millisecond)
			awaitNone(t, j)
			stop()
			said, mails := m.heard()
			require.Len(t, mails, 1)
			assert.Contains(t, said, "AUTH PLAIN "+base64.StdEncoding.EncodeToString([]byte("\x00robot\x00invented-password")))
			assert.Contains(t, strings.Join(said, "\n"), "RCPT TO:<it@acme.example>")
			got, err := mail.ReadMessage(strings.NewReader(mails[0]))
			require.NoError(t, err)
			assert.Empty(t, got.Header.Get("Bcc"), "a template adds no header")
			subject, err := new(mime.WordDecoder).DecodeHeader(got.Header.Get("Subject"))
			require.NoError(t, err)
			assert.Equal(t, "An offboarding is scheduled Bcc: everybody@acme.example", subject)
			assert.Regexp(t, `^<msg_[0-9a-f-]{36}@robots\.example>$`, got.Header.Get("Message-ID"))
			assert.Contains(t, mails[0], s.ID)
			assert.NotContains(t, mails[0], "ann@acme.example")
		})
	}
}

func TestNoEMailIsSentWithoutTLS(t *testing.T) {
	t.Parallel()
	for name, r := range map[string]func(m *mailServer, r *config.Receiver){
		"none is offered":     func(m *mailServer, r *config.Receiver) { m.offers, r.SMTP.User = false, "" }, // who signs in is kept from it by the library, too
		"it is not to be had": func(_ *mailServer, r *config.Receiver) { r.CA = "" },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var to config.Receiver
			j, m := onSQLite(t), newMailServer(t, func(m *mailServer) { r(m, &to) })
			to = m.receiver(t)
			r(m, &to)
			plan(t, j, "ann@acme.example")
			tried := make(chan bool, 100)
			stop := start(t, j, map[string]config.Receiver{"people": to}, func(o *notify.Options) {
				o.Tried = func(_ string, delivered bool) {
					select {
					case tried <- delivered:
					default:
					}
				}
			})
			assert.False(t, <-tried)
			stop()
			said, mails := m.heard()
			assert.Empty(t, mails)
			for _, line := range said {
				assert.NotRegexp(t, "^(AUTH|MAIL)", line)
			}
		})
	}
}
