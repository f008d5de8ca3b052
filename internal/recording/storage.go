package recording

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// StorageState is what Playwright saves of a sign-in: its cookies, and what pages keep by origin. It is a credential.
type StorageState struct {
	Cookies []Cookie `json:"cookies"`
	Origins []Origin `json:"origins"`
}

// Cookie is one cookie of a storage state.
type Cookie struct {
	Name     string  `json:"name"`
	Value    string  `json:"value"`
	Domain   string  `json:"domain"`
	Path     string  `json:"path"`
	Expires  float64 `json:"expires"` // seconds since 1970; -1: when the browser ends
	HTTPOnly bool    `json:"httpOnly"`
	Secure   bool    `json:"secure"`
	SameSite string  `json:"sameSite"` // Strict, Lax or None
}

// Origin is what the pages of an origin keep.
type Origin struct {
	Origin       string  `json:"origin"`
	LocalStorage []Entry `json:"localStorage"`
}

// Entry is one entry of a page's storage.
type Entry struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

// Text is the file of the state.
func (s *StorageState) Text() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(s); err != nil {
		return nil, errors.New("writing the storage state: it cannot be encoded") // the error could repeat what is secret
	}
	return b.Bytes(), nil
}

// ParseStorageState reads a storage state strictly. ignored says what of it is not read. No error repeats a value.
func ParseStorageState(data []byte) (s *StorageState, ignored []string, err error) {
	fail := func(where string, err error) (*StorageState, []string, error) {
		return nil, nil, fmt.Errorf("reading the storage state: %s%w", where, err)
	}
	var top map[string]json.RawMessage
	if len(data) > MostBytes {
		return fail("", fmt.Errorf("it has more than %d bytes", MostBytes))
	}
	if err := decode(data, &top); err != nil {
		return fail("", err)
	}
	if err := keysOf(top, []string{"cookies"}, []string{"origins"}); err != nil {
		return fail("", err)
	}
	s = &StorageState{Origins: []Origin{}}
	var cookies, origins []json.RawMessage
	if err := value(top["cookies"], &cookies); err != nil {
		return fail("cookies: ", err)
	}
	if raw, ok := top["origins"]; ok {
		if err := value(raw, &origins); err != nil {
			return fail("origins: ", err)
		}
	}
	for i, raw := range cookies {
		c, partitioned, err := parseCookie(raw)
		if err != nil {
			return fail(fmt.Sprintf("cookie %d: ", i+1), err)
		}
		if partitioned {
			ignored = append(ignored, fmt.Sprintf("cookie %d is one of a page within another page, and is not taken over", i+1))
			continue
		}
		s.Cookies = append(s.Cookies, c)
	}
	for i, raw := range origins {
		o, more, err := parseOrigin(raw)
		if err != nil {
			return fail(fmt.Sprintf("origin %d: ", i+1), err)
		}
		if more {
			ignored = append(ignored, fmt.Sprintf("the databases of %s are not taken over", o.Origin))
		}
		s.Origins = append(s.Origins, o)
	}
	return s, ignored, nil
}

func parseCookie(raw json.RawMessage) (c Cookie, partitioned bool, err error) {
	var keys map[string]json.RawMessage
	if err := value(raw, &keys); err != nil {
		return c, false, err
	}
	needed := []string{"name", "value", "domain", "path"}
	optional := []string{"expires", "httpOnly", "secure", "sameSite", "partitionKey", "_crHasCrossSiteAncestor"}
	if err := keysOf(keys, needed, optional); err != nil {
		return c, false, err
	}
	c.Expires = -1
	if err := value(raw, &c); err != nil {
		return c, false, err
	}
	_, partitioned = keys["partitionKey"]
	switch {
	case c.Name == "" && c.Value == "":
		return c, false, errors.New("it has neither name nor value")
	case c.Domain == "":
		return c, false, errors.New("domain is empty")
	case strings.ContainsAny(c.Domain, "/:@ ") && !strings.HasPrefix(c.Domain, "["):
		return c, false, errors.New("domain is not the name of a host")
	case !strings.HasPrefix(c.Path, "/"):
		return c, false, errors.New("path does not begin with /")
	case !slices.Contains([]string{"", "Strict", "Lax", "None"}, c.SameSite):
		return c, false, errors.New("sameSite is none of Strict, Lax and None")
	}
	return c, partitioned, nil
}

func parseOrigin(raw json.RawMessage) (o Origin, more bool, err error) {
	var keys map[string]json.RawMessage
	if err := value(raw, &keys); err != nil {
		return o, false, err
	}
	if err := keysOf(keys, []string{"origin"}, []string{"localStorage", "indexedDB"}); err != nil {
		return o, false, err
	}
	if err := value(raw, &o); err != nil {
		return o, false, err
	}
	u, err := url.Parse(o.Origin)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.User != nil ||
		strings.Trim(u.Path, "/")+u.RawQuery != "" {
		return o, false, errors.New("origin is not an address of one")
	}
	databases := strings.TrimSpace(string(keys["indexedDB"]))
	return o, databases != "" && databases != "[]", nil
}
