package scimpath

import (
	"bytes"
	"encoding/json"
	"strings"
	"unicode"
)

// equals is a filter for an attribute that has a value (RFC 7644 §3.4.2.2). Values are written as JSON strings,
// which is all the quoting there is: a quote or a backslash in an address cannot end the value.
func equals(a attribute, value string) (string, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false) // otherwise & becomes \u0026, which lax services do not read
	if err := e.Encode(value); err != nil {
		return "", err
	}
	return a.String() + " eq " + strings.TrimSuffix(b.String(), "\n"), nil
}

// otherCase is a text with the case of its ASCII letters turned around: a service that finds the same by both does not
// mind the case.
func otherCase(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r > unicode.MaxASCII:
			return r
		case unicode.IsUpper(r):
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, s)
}
