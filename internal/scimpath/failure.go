package scimpath

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/billagent/billagent/internal/userops"
)

const errorSchema = "urn:ietf:params:scim:api:messages:2.0:Error"

// ServiceError is the service saying no (RFC 7644 §3.12).
type ServiceError struct {
	Status   int
	ScimType string // such as uniqueness; may be empty
	Detail   string // the service's own words; may be empty
}

// Error implements error.
func (e *ServiceError) Error() string {
	out := fmt.Sprintf("the service answered %d", e.Status)
	if text := http.StatusText(e.Status); text != "" {
		out += " " + text
	}
	if e.ScimType != "" {
		out += " (" + e.ScimType + ")"
	}
	if e.Detail != "" {
		out += ": " + e.Detail
	}
	return out
}

// serviceError reads an answer that says no, whatever its form: SCIM's, HTML, or nothing at all. A body that is an
// error counts even where the status says that all is well. Nil is a yes.
func serviceError(a answer) *ServiceError {
	var body struct {
		Schemas  []string `json:"schemas"`
		Status   any      `json:"status"`
		ScimType any      `json:"scimType"`
		Detail   any      `json:"detail"`
	}
	is := json.Unmarshal(a.body, &body) == nil && slices.ContainsFunc(body.Schemas, func(s string) bool { return strings.EqualFold(s, errorSchema) })
	if a.status < 400 && !is && a.status >= 200 && a.status < 300 {
		return nil
	}
	e := &ServiceError{Status: a.status}
	if is {
		e.ScimType, e.Detail = words(body.ScimType), words(body.Detail)
		if n, err := strconv.Atoi(fmt.Sprint(body.Status)); err == nil && a.status < 400 && n >= 400 && n < 600 {
			e.Status = n
		}
	} else if len(a.body) > 0 {
		e.Detail = glimpse(a.body)
	}
	return e
}

// words are a service's own, short enough to show.
func words(v any) string {
	text, _ := v.(string)
	text = strings.Join(strings.Fields(text), " ")
	if r := []rune(text); len(r) > 300 {
		text = string(r[:300]) + "…"
	}
	return text
}

// definite says that the service refused before it did anything: what it refused did not happen.
func (e *ServiceError) definite() bool {
	moved := e.Status == http.StatusTemporaryRedirect || e.Status == http.StatusPermanentRedirect
	return moved || e.Status >= 400 && e.Status < 500 && e.Status != http.StatusRequestTimeout
}

// meaning of a status: what an operator can do, and the kind of error it is.
func (e *ServiceError) meaning() (hint string, kind error) {
	switch {
	case e.Status == http.StatusUnauthorized:
		return "check the tenant's scim.auth: the service does not accept it", userops.ErrCredentials
	case e.Status == http.StatusForbidden:
		return "give the SCIM client the right to manage users, or use another", userops.ErrCredentials
	case e.Status == http.StatusNotFound || e.Status == http.StatusGone:
		return "check the tenant's scim.url, and whether the user is still there", userops.ErrNotFound
	case e.Status == http.StatusMethodNotAllowed || e.Status == http.StatusNotImplemented:
		return "the service does not offer it: path: browser may", userops.ErrUnsupported
	case e.Status == http.StatusTooManyRequests:
		return "the service asks to be left alone: try again later", userops.ErrUnreachable
	case e.Status >= 500 || e.Status == http.StatusRequestTimeout:
		return "the service has a fault: try again later", userops.ErrUnreachable
	case e.Status < 400:
		return "check the tenant's scim.url", userops.ErrProtocol
	}
	return "do what the service says", userops.ErrRejected
}

// failure turns an error from below into one that names the act, the tenant and what to do.
func (p *Path) failure(act, target string, err error) error {
	if err == nil {
		return nil
	}
	if own := userops.Own(err, p.opts.Tenant); own != nil {
		return own
	}
	e := &userops.Error{Act: act, Target: target, Tenant: p.opts.Tenant, Cause: err, Kind: userops.ErrUnreachable}
	var said *ServiceError
	var file *fs.PathError
	var verify *tls.CertificateVerificationError
	switch {
	case errors.As(err, &said):
		e.Hint, e.Kind = said.meaning()
	case errors.As(err, &file):
		e.Kind, e.Hint = userops.ErrStorage, "make room on the disk, or choose another state folder"
	case errors.Is(err, context.Canceled):
		e.Kind, e.Hint = userops.ErrCancelled, "run the command again"
	case errors.Is(err, errRedirect):
		e.Kind, e.Hint = userops.ErrProtocol, "if the service has moved, correct the tenant's scim.url"
	case errors.Is(err, errTooLarge), errors.Is(err, userops.ErrProtocol):
		e.Kind, e.Hint = userops.ErrProtocol, "check the tenant's scim.url and scim.map, and tell whoever runs the service"
	case errors.As(err, &verify):
		e.Kind, e.Hint = userops.ErrUnreachable, "if the service has a certificate of your own authority, name it with scim.ca"
	case alerted(err):
		e.Kind, e.Hint = userops.ErrCredentials, "the service ends the encrypted connection: check scim.auth, certificate and key"
	case errors.Is(err, context.DeadlineExceeded):
		e.Kind, e.Hint = userops.ErrTimeout, "allow more time, or try again when the service is faster"
	default:
		e.Hint = "check the tenant's scim.url and the network, then try again"
	}
	return e
}

// alerted says that the service itself ended the encrypted connection, as it does for a certificate it does not accept.
// crypto/tls wraps its alerts in an error that is known by its Op alone.
func alerted(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "remote error"
}
