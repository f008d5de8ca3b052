package notify

import (
	"context"
	"fmt"
	"strings"

	"github.com/wneessen/go-mail"
)

// Ports of message submission, RFC 6409 and RFC 8314.
const startTLSPort, implicitTLSPort = 587, 465

func (r *receiver) sendEmail(ctx context.Context, m Message) error {
	msg, err := r.email(m)
	if err != nil {
		return err
	}
	conf, err := tlsOf(r.CA)
	if err != nil {
		return err
	}
	conf.ServerName = r.SMTP.Host
	port, implicit := r.SMTP.Port, r.SMTP.TLS == "implicit"
	options := []mail.Option{mail.WithTLSConfig(conf), mail.WithTimeout(tryBound), mail.WithTLSPolicy(mail.TLSMandatory)}
	if implicit {
		options = append(options, mail.WithSSL())
	}
	switch {
	case port == 0 && implicit:
		port = implicitTLSPort
	case port == 0:
		port = startTLSPort
	}
	options = append(options, mail.WithPort(port))
	if r.SMTP.User != "" {
		password, err := r.SMTP.Password.Fetch(ctx)
		if err != nil {
			return fmt.Errorf("fetching the password: %w", err)
		}
		options = append(options, mail.WithSMTPAuth(mail.SMTPAuthAutoDiscover), mail.WithUsername(r.SMTP.User), mail.WithPassword(password))
	}
	client, err := mail.NewClient(r.SMTP.Host, options...)
	if err != nil {
		return fmt.Errorf("setting up the mail server: %w", err)
	}
	if err := client.DialAndSendWithContext(ctx, msg); err != nil && !msg.IsDelivered() { // a goodbye that failed is no failure
		return fmt.Errorf("sending: %w", err)
	}
	return nil
}

func (r *receiver) email(m Message) (*mail.Msg, error) {
	subject, err := made(r.texts.subject, m, mostSubject)
	if err != nil {
		return nil, err
	}
	text, err := made(r.texts.text, m, mostText)
	if err != nil {
		return nil, err
	}
	msg := mail.NewMsg()
	if err := msg.From(r.From); err != nil {
		return nil, fmt.Errorf("from: %w", err)
	}
	if err := msg.To(r.To...); err != nil {
		return nil, fmt.Errorf("to: %w", err)
	}
	msg.Subject(oneLine(subject))
	msg.SetDateWithValue(m.At)
	msg.SetMessageIDWithValue(m.ID + r.From[strings.LastIndexByte(r.From, '@'):])
	msg.SetBodyString(mail.TypeTextPlain, text)
	return msg, nil
}

// oneLine keeps a text from beginning another line, as of headers or of a log.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }
