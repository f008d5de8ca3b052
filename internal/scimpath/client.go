package scimpath

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/userops"
	"github.com/hashicorp/go-retryablehttp"
)

// client speaks HTTP to one service: every answer is bounded in time and size, and goes nowhere but to that service.
type client struct {
	base    *url.URL
	bounds  Bounds
	signer  *signer
	once    *http.Client          // sends a request a single time
	reading *retryablehttp.Client // repeats requests that change nothing
	tls     *http.Transport
	log     *slog.Logger
	record  func(exchange) // nil, or keeps evidence
}

// answer is what came back, read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

var (
	errRedirect = errors.New("the service redirects elsewhere")
	errTooLarge = errors.New("the answer is too large")
)

func newClient(o Options) (*client, error) {
	base, err := checkURL("url", o.URL)
	if err != nil {
		return nil, err
	}
	if err := o.Auth.check(); err != nil {
		return nil, err
	}
	if o.Auth.Method == OAuth {
		if _, err := checkURL("auth.token_url", o.Auth.TokenURL); err != nil {
			return nil, err
		}
	}
	conf, err := tlsConfig(o.CA, o.Auth)
	if err != nil {
		return nil, err
	}
	c := &client{base: base, bounds: o.Bounds, signer: &signer{auth: o.Auth}, log: o.Log}
	c.tls = newTransport(conf)
	c.once = &http.Client{Transport: &bounded{inner: c.tls, bounds: o.Bounds}, CheckRedirect: c.redirected}
	c.reading = &retryablehttp.Client{HTTPClient: c.once, RetryMax: 4, RetryWaitMin: 250 * time.Millisecond, RetryWaitMax: time.Second,
		CheckRetry: c.again, Backoff: backoff, ErrorHandler: retryablehttp.PassthroughErrorHandler}
	return c, nil
}

// newTransport is http.DefaultTransport's own settings (proxies of the environment, bounds for connecting) with our
// TLS. The transport sends a request again by itself only when nothing of it was written, or when it changes
// nothing.
func newTransport(conf *tls.Config) *http.Transport {
	return &http.Transport{Proxy: http.ProxyFromEnvironment, DialContext: (&net.Dialer{Timeout: 10 * time.Second}).DialContext, TLSClientConfig: conf,
		TLSHandshakeTimeout: 10 * time.Second, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: 1, IdleConnTimeout: 30 * time.Second, MaxResponseHeaderBytes: 64 << 10}
}

// checkURL reads an address that secrets are sent to: without encryption only on this machine.
func checkURL(what, text string) (*url.URL, error) {
	u, err := url.Parse(text)
	switch {
	case err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "":
		return nil, fmt.Errorf("%s is not an http address", what)
	case u.User != nil:
		return nil, fmt.Errorf("%s holds a user's name or password: use auth instead", what)
	case u.RawQuery != "" || u.Fragment != "":
		return nil, fmt.Errorf("%s holds a query or a fragment", what)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return nil, fmt.Errorf("%s is not encrypted: write https (http is for this machine's own addresses only)", what)
	}
	u.Path = strings.TrimRight(u.Path, "/")
	return u, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (c *client) close() { c.tls.CloseIdleConnections() }

// redirected lets a request that changes nothing follow the service on its own host, never elsewhere: it carries
// the token. A change is never sent on: the redirection is the answer to it.
func (c *client) redirected(r *http.Request, via []*http.Request) error {
	first := via[0]
	switch {
	case first.Method != http.MethodGet:
		return http.ErrUseLastResponse
	case r.URL.Scheme != first.URL.Scheme || r.URL.Host != first.URL.Host:
		return fmt.Errorf("%w: to %s", errRedirect, r.URL.Host)
	case len(via) > 3:
		return fmt.Errorf("%w: again and again", errRedirect)
	}
	return nil
}

// bounded reads each answer to its end within the bounds, so that a slow or endless one is an error like any other.
type bounded struct {
	inner  http.RoundTripper
	bounds Bounds
}

// RoundTrip implements http.RoundTripper.
func (b *bounded) RoundTrip(r *http.Request) (*http.Response, error) {
	ctx, cancel := context.WithTimeout(r.Context(), b.bounds.Exchange)
	defer cancel()
	resp, err := b.inner.RoundTrip(r.WithContext(ctx))
	if err != nil {
		return nil, err
	}
	data, err := io.ReadAll(io.LimitReader(resp.Body, b.bounds.Answer+1))
	err = errors.Join(err, resp.Body.Close())
	if int64(len(data)) > b.bounds.Answer {
		err = fmt.Errorf("%w: more than %d bytes", errTooLarge, b.bounds.Answer)
	}
	if err != nil {
		return nil, err
	}
	resp.Body = io.NopCloser(bytes.NewReader(data))
	return resp, nil
}

// again says whether a request that changes nothing is worth another try.
func (c *client) again(ctx context.Context, resp *http.Response, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err()
	}
	var verify *tls.CertificateVerificationError
	var own *userops.Error
	switch {
	case errors.Is(err, errRedirect), errors.Is(err, errTooLarge), errors.As(err, &verify), errors.As(err, &own), alerted(err):
		return false, nil
	case err != nil:
		return true, nil
	case resp.StatusCode == http.StatusTooManyRequests || resp.StatusCode >= 500 && resp.StatusCode != http.StatusNotImplemented:
		d, said := retryAfter(resp.Header)
		return !said || d <= c.bounds.Wait, nil
	}
	return false, nil
}

// backoff heeds Retry-After (again has made sure that it is not too long), and otherwise waits longer each time, by
// chance a little more or less, so that many clients do not come back at once.
func backoff(least, most time.Duration, attempt int, resp *http.Response) time.Duration {
	if resp != nil {
		if d, said := retryAfter(resp.Header); said {
			return d
		}
	}
	return retryablehttp.LinearJitterBackoff(least, most, attempt, resp)
}

// retryAfter reads the header in both its forms, seconds and a date (RFC 9110 §10.2.3).
func retryAfter(h http.Header) (time.Duration, bool) {
	text := h.Get("Retry-After")
	if n, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	}
	if at, err := http.ParseTime(text); err == nil {
		return max(time.Until(at), 0), true
	}
	return 0, false
}

// address is where a path of the service, escaped, lies.
func (c *client) address(path string, query url.Values) string {
	out := c.base.String() + path
	if len(query) > 0 {
		out += "?" + query.Encode()
	}
	return out
}

// get asks for something, again if that may help.
func (c *client) get(ctx context.Context, path string, query url.Values) (answer, error) {
	a, err := c.read(ctx, path, query)
	if err == nil && a.status == http.StatusUnauthorized && c.signer.token != nil {
		c.signer.forget() // it may have been taken back early
		a, err = c.read(ctx, path, query)
	}
	return a, err
}

func (c *client) read(ctx context.Context, path string, query url.Values) (answer, error) {
	r, err := retryablehttp.NewRequestWithContext(ctx, http.MethodGet, c.address(path, query), nil)
	if err != nil {
		return answer{}, err
	}
	return c.do(r.Request, func(*http.Request) (*http.Response, error) { return c.reading.Do(r) })
}

// send sends a change, once.
func (c *client) send(ctx context.Context, method, path, match string, body any) (answer, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return answer{}, err
	}
	r, err := http.NewRequestWithContext(ctx, method, c.address(path, nil), bytes.NewReader(data))
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Content-Type", "application/scim+json")
	if match != "" {
		r.Header.Set("If-Match", match)
	}
	return c.do(r, c.once.Do)
}

func (c *client) do(r *http.Request, over func(*http.Request) (*http.Response, error)) (a answer, err error) {
	r.Header.Set("Accept", "application/scim+json, application/json;q=0.9")
	if err := c.signer.sign(r.Context(), r, c.once); err != nil {
		return answer{}, err
	}
	start := time.Now()
	resp, err := over(r)
	if err == nil {
		a.status, a.header = resp.StatusCode, resp.Header
		a.body, err = io.ReadAll(resp.Body) // all of it is here already: bounded has read it
		err = errors.Join(err, resp.Body.Close())
	}
	c.log.Debug("exchange", "method", r.Method, "path", r.URL.Path, "status", a.status, "bytes", len(a.body), "took", time.Since(start).Round(time.Millisecond), "error", err)
	if c.record != nil {
		c.record(exchangeOf(r, a, time.Since(start), err))
	}
	return a, err
}
