package automation

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"regexp"
	"strings"
)

// parameter is one parameter of an address, in a query or a fragment, as a header or a document (&amp;) writes it.
var parameter = regexp.MustCompile(`([?#;]|&(?:amp;)?)([\w.\-\[\]%]+)=([^&#;"'\s<>()]+)`)

var (
	tokenName = regexp.MustCompile(`(?i)csrf|xsrf|token|secret|nonce|ticket|session|code|state|password|saml|signature|assertion|key`)
	opaque    = regexp.MustCompile(`^[\w+/=.%~-]{20,}$`)
)

// withoutTokens empties the parameters of every address in a text that are named like a secret, or whose value is
// long and means nothing to a person. What mask.js does for a page's attributes it may not do for addresses: a
// changed one is loaded anew.
func withoutTokens(text string) string {
	return parameter.ReplaceAllStringFunc(text, func(p string) string {
		m := parameter.FindStringSubmatch(p)
		if tokenName.MatchString(m[2]) || opaque.MatchString(m[3]) && strings.ContainsAny(m[3], "0123456789") {
			return m[1] + m[2] + "="
		}
		return p
	})
}

// pageWithoutTokens is a page kept as MHTML (RFC 2557) with no token in any address: neither in the headers that
// say where a part came from nor in a part's text.
func pageWithoutTokens(page string) ([]byte, error) {
	m, err := mail.ReadMessage(strings.NewReader(page))
	if err != nil {
		return nil, fmt.Errorf("reading the page's headers: %w", err)
	}
	_, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		return nil, fmt.Errorf("reading the page's type: %w", err)
	}
	head, _, _ := strings.Cut(page, "\r\n\r\n")
	var out bytes.Buffer
	out.WriteString(withoutTokens(head) + "\r\n\r\n")
	w := multipart.NewWriter(&out)
	if err := w.SetBoundary(params["boundary"]); err != nil {
		return nil, fmt.Errorf("reading the page's boundary: %w", err)
	}
	parts := multipart.NewReader(m.Body, params["boundary"])
	for {
		part, err := parts.NextRawPart()
		if errors.Is(err, io.EOF) {
			err = w.Close() // writes the last boundary
			return out.Bytes(), err
		}
		if err != nil {
			return nil, fmt.Errorf("reading a part of the page: %w", err)
		}
		if err := copyPart(w, part); err != nil {
			return nil, fmt.Errorf("copying a part of the page: %w", err)
		}
	}
}

func copyPart(w *multipart.Writer, part *multipart.Part) error {
	for _, values := range part.Header {
		for i, v := range values {
			values[i] = withoutTokens(v)
		}
	}
	to, err := w.CreatePart(part.Header)
	if err != nil {
		return err
	}
	switch strings.ToLower(part.Header.Get("Content-Transfer-Encoding")) {
	case "quoted-printable":
		text, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			return err
		}
		q := quotedprintable.NewWriter(to)
		if _, err := io.WriteString(q, withoutTokens(string(text))); err != nil {
			return err
		}
		return q.Close()
	case "base64": // a picture or a font
		_, err = io.Copy(to, part)
		return err
	default:
		text, err := io.ReadAll(part)
		if err != nil {
			return err
		}
		_, err = io.WriteString(to, withoutTokens(string(text)))
		return err
	}
}
