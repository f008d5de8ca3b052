package notify

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/config"
	"github.com/billagent/billagent/internal/journal"
	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
)

// send sends one message. Secrets are fetched for each, so that one which was changed needs no restart, and one
// that cannot be had does not keep the daemon from its work.
func (r *receiver) send(ctx context.Context, d journal.Delivery) error {
	m := messageOf(d, r.Receiver)
	switch r.Type {
	case "email":
		return r.sendEmail(ctx, m)
	case "slack":
		return r.sendSlack(ctx, m)
	}
	return r.sendWebhook(ctx, m)
}

// Bounds of a key by the specification of Standard Webhooks, in bytes. Its library takes any, also none, with which
// everybody could sign.
const leastKey, mostKey = 24, 64

// signer is what signs with a secret.
func signer(secret string) (*standardwebhooks.Webhook, error) {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil { // it says where in the secret
		return nil, errors.New("the secret is not whsec_ and Base64")
	}
	if len(key) < leastKey || len(key) > mostKey {
		return nil, fmt.Errorf("the secret has %d bytes: from %d to %d are needed", len(key), leastKey, mostKey)
	}
	return standardwebhooks.NewWebhookRaw(key)
}

func (r *receiver) sendWebhook(ctx context.Context, m Message) (err error) {
	secret, err := r.Secret.Fetch(ctx)
	if err != nil {
		return fmt.Errorf("fetching the secret: %w", err)
	}
	signs, err := signer(secret)
	if err != nil {
		return err
	}
	if m.Text, err = made(r.texts.text, m, mostText); err != nil {
		return err
	}
	body, err := json.Marshal(map[string]any{"type": "billagent." + string(m.Kind), "timestamp": m.At, "data": m})
	if err != nil {
		return err
	}
	now := time.Now()
	signature, err := signs.Sign(m.ID, now, body)
	if err != nil {
		return err
	}
	return r.post(ctx, body, http.Header{standardwebhooks.HeaderWebhookID: {m.ID}, standardwebhooks.HeaderWebhookTimestamp: {strconv.FormatInt(now.Unix(), 10)},
		standardwebhooks.HeaderWebhookSignature: {signature}})
}

// slackEscapes keep what a message says from being read as a link or as calling everybody.
var slackEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

func (r *receiver) sendSlack(ctx context.Context, m Message) error {
	for _, s := range []*string{&m.Tenant, &m.Email, &m.Receiver, &m.Detail, &m.Meaning, &m.Remedy} {
		*s = slackEscapes.Replace(*s)
	}
	text, err := made(r.texts.text, m, mostText)
	if err != nil {
		return err
	}
	body, err := json.Marshal(map[string]string{"text": text})
	if err != nil {
		return err
	}
	return r.post(ctx, body, http.Header{standardwebhooks.HeaderWebhookID: {m.ID}})
}

// address is where a receiver's messages go.
func (r *receiver) address(ctx context.Context) (string, error) {
	if r.URL.Check() != nil { // an address, which the configuration was asked about
		return string(r.URL), nil
	}
	address, err := r.URL.Fetch(ctx)
	if err != nil {
		return "", fmt.Errorf("fetching the address: %w", err)
	}
	if err := config.CheckWebAddress(address); err != nil {
		return "", fmt.Errorf("the address: %w", err)
	}
	return address, nil
}

func (r *receiver) post(ctx context.Context, body []byte, headers http.Header) error {
	address, err := r.address(ctx)
	if err != nil {
		return err
	}
	rq, err := http.NewRequestWithContext(ctx, http.MethodPost, address, bytes.NewReader(body))
	if err != nil { // it repeats the address, which may be a secret
		return errors.New("the address cannot be used")
	}
	for name, v := range headers {
		rq.Header.Set(name, v[0])
	}
	rq.Header.Set("Content-Type", "application/json")
	rq.Header.Set("User-Agent", "billagent")
	conf, err := tlsOf(r.CA)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, TLSClientConfig: conf, DisableKeepAlives: true, ForceAttemptHTTP2: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }} // the message is for whom was configured
	answer, err := client.Do(rq)
	var of *url.Error
	if errors.As(err, &of) { // without the address
		err = of.Err
	}
	if err != nil {
		return fmt.Errorf("sending: %w", err)
	}
	defer answer.Body.Close()
	if _, err := io.CopyN(io.Discard, answer.Body, 64<<10); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the answer: %w", err)
	}
	if answer.StatusCode < 200 || answer.StatusCode > 299 {
		return fmt.Errorf("the receiver answered %d", answer.StatusCode)
	}
	return nil
}

// tlsOf trusts the system's certificates and those of a file.
func tlsOf(ca string) (*tls.Config, error) {
	c := &tls.Config{MinVersion: tls.VersionTLS12}
	if ca == "" {
		return c, nil
	}
	pem, err := os.ReadFile(ca)
	if err != nil {
		return nil, fmt.Errorf("reading the certificates to trust: %w", err)
	}
	if c.RootCAs, err = x509.SystemCertPool(); err != nil {
		c.RootCAs = x509.NewCertPool()
	}
	if !c.RootCAs.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("no certificate is in %s", ca)
	}
	return c, nil
}
