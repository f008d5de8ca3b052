package scimpath

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/billagent/billagent/internal/userops"
)

// resource is one thing of the service, as it came: what is not understood is kept, so that a PUT gives it back.
type resource map[string]any

// errNotSCIM is the kind of everything that is not an answer of SCIM.
var errNotSCIM = userops.ErrProtocol

// decode reads one JSON value and nothing after it. Numbers stay as they are written.
func decode(data []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(into); err != nil {
		return fmt.Errorf("%w: %s", errNotSCIM, glimpse(data))
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return fmt.Errorf("%w: something follows the JSON value", errNotSCIM)
	}
	return nil
}

// glimpse says what an answer looks like that is not what was expected, without repeating it: it may hold anything.
func glimpse(data []byte) string {
	text := bytes.TrimSpace(data)
	switch {
	case len(text) == 0:
		return "it is empty"
	case text[0] == '<':
		return "it is a page of HTML"
	}
	return fmt.Sprintf("its %d bytes are not the JSON expected", len(data))
}

// field finds a member without regard to the case of its name. Two that differ only in case are an error: neither is
// guessed at.
func field(m map[string]any, name string) (any, error) {
	var found any
	n := 0
	for k, v := range m {
		if strings.EqualFold(k, name) {
			found, n = v, n+1
		}
	}
	if n > 1 {
		return nil, fmt.Errorf("%w: %s is there twice", errNotSCIM, name)
	}
	return found, nil
}

// get returns an attribute's value, nil for none. Of several values it is the list.
func (r resource) get(a attribute) (any, error) {
	within := map[string]any(r)
	if a.urn != "" {
		v, err := field(r, a.urn)
		if err != nil || v == nil {
			return nil, err
		}
		m, ok := v.(map[string]any)
		if !ok {
			return nil, fmt.Errorf("%w: %s is not an object", errNotSCIM, a.urn)
		}
		within = m
	}
	v, err := field(within, a.name)
	if err != nil || v == nil || a.sub == "" {
		return v, err
	}
	switch v := v.(type) {
	case map[string]any:
		return field(v, a.sub)
	case []any:
		return v, nil
	}
	return nil, fmt.Errorf("%w: %s is neither an object nor a list", errNotSCIM, a.name)
}

// values are an attribute's texts; main is the index of the primary one, -1 for none.
func (r resource) values(a attribute) (texts []string, main int, err error) {
	main = -1
	v, err := r.get(a)
	if err != nil || v == nil {
		return nil, main, err
	}
	list, ok := v.([]any)
	if !ok {
		list = []any{v}
	}
	for _, e := range list {
		primary := false
		if m, ok := e.(map[string]any); ok {
			sub := a.sub
			if sub == "" {
				sub = "value"
			}
			if e, err = field(m, sub); err != nil {
				return nil, -1, err
			}
			p, err := field(m, "primary")
			if err != nil {
				return nil, -1, err
			}
			if primary, err = truth(p, "primary"); err != nil {
				return nil, -1, err
			}
		}
		text, ok := e.(string)
		if !ok {
			return nil, -1, fmt.Errorf("%w: %s is not a text", errNotSCIM, a)
		}
		if primary && main < 0 {
			main = len(texts)
		}
		texts = append(texts, text)
	}
	return texts, main, nil
}

// text is an attribute that has one value; of several it is the primary one.
func (r resource) text(a attribute) (string, error) {
	if a == (attribute{}) {
		return "", nil
	}
	texts, main, err := r.values(a)
	switch {
	case err != nil:
		return "", err
	case main >= 0:
		return texts[main], nil
	case len(texts) > 1:
		return "", fmt.Errorf("%w: %s has %d values, and none is primary", errNotSCIM, a, len(texts))
	case len(texts) == 1:
		return texts[0], nil
	}
	return "", nil
}

// truth reads a boolean. Some services write it as a text, which leaves no doubt what is meant.
func truth(v any, name string) (bool, error) {
	switch v := v.(type) {
	case nil:
		return false, nil
	case bool:
		return v, nil
	case string:
		switch strings.ToLower(v) {
		case "true":
			return true, nil
		case "false":
			return false, nil
		}
	}
	return false, fmt.Errorf("%w: %s is neither true nor false", errNotSCIM, name)
}

func (r resource) id() (string, error) {
	v, err := field(r, "id")
	if err != nil {
		return "", err
	}
	id, ok := v.(string)
	if !ok || strings.TrimSpace(id) == "" {
		return "", fmt.Errorf("%w: a resource has no id", errNotSCIM)
	}
	if id == "." || id == ".." { // would lead a request elsewhere
		return "", fmt.Errorf("%w: %q is no id", errNotSCIM, id)
	}
	return id, nil
}

// version is the resource's entity tag, empty for none.
func (r resource) version() string {
	v, err := r.text(attribute{name: "meta", sub: "version"})
	if err != nil {
		return ""
	}
	return v
}

// person makes a user of a resource. role is used where it does not stand in the resource itself.
func (p *Path) person(r resource, role func(id string) string) (userops.User, error) {
	var u userops.User
	var err error
	if u.ID, err = r.id(); err != nil {
		return u, err
	}
	for _, f := range []struct {
		to   *string
		from attribute
	}{{&u.Email, p.mapping.email}, {&u.FirstName, p.mapping.first}, {&u.LastName, p.mapping.last}} {
		if *f.to, err = r.text(f.from); err != nil {
			return u, fmt.Errorf("user %s: %w", u.ID, err)
		}
	}
	u.TimeZone, _ = r.text(timeZone) // one that is no text is none: it must not hide the user
	if u.Email == "" {
		return u, fmt.Errorf("%w: user %s has no %s", errNotSCIM, u.ID, p.mapping.email)
	}
	if p.mapping.grouped() {
		u.Role = role(u.ID)
	} else if u.Role, err = p.roleIn(r); err != nil {
		return u, fmt.Errorf("user %s: %w", u.ID, err)
	}
	if u.Status, err = p.status(r); err != nil {
		return u, fmt.Errorf("user %s: %w", u.ID, err)
	}
	return u, nil
}

// roleIn is a user's role. Of several all are shown, the primary one first.
func (p *Path) roleIn(r resource) (string, error) {
	names, main, err := r.values(p.mapping.role)
	if err != nil {
		return "", err
	}
	if main > 0 {
		first := names[main]
		names = slices.Insert(slices.Delete(names, main, main+1), 0, first)
	}
	return userops.JoinRoles(names), nil
}

func (p *Path) status(r resource) (userops.Status, error) {
	if p.mapping.pending != (attribute{}) {
		v, err := r.get(p.mapping.pending)
		if err != nil {
			return "", err
		}
		if waits, err := truth(v, p.mapping.pending.String()); err != nil || waits {
			return userops.Pending, err
		}
	}
	v, err := r.get(p.mapping.active)
	if err == nil && v == nil {
		err = fmt.Errorf("%w: it has no %s", errNotSCIM, p.mapping.active)
	}
	if err != nil {
		return "", err
	}
	if on, err := truth(v, p.mapping.active.String()); err != nil || on {
		return userops.Active, err
	}
	return userops.Inactive, nil
}

// set writes an attribute. The one value of several becomes the only one.
func (r resource) set(a attribute, value any) {
	within := map[string]any(r)
	if a.urn != "" {
		within = object(within, a.urn)
		schemas, _ := r["schemas"].([]any)
		if !slices.ContainsFunc(schemas, func(s any) bool { t, ok := s.(string); return ok && strings.EqualFold(t, a.urn) }) {
			r["schemas"] = append(schemas, a.urn)
		}
	}
	switch {
	case a.several():
		within[key(within, a.name)] = []any{map[string]any{a.sub: value, "primary": true}}
	case a.sub != "":
		object(within, a.name)[a.sub] = value
	default:
		within[key(within, a.name)] = value
	}
}

// key is how a member's name is written already, if it is there.
func key(m map[string]any, name string) string {
	for k := range m {
		if strings.EqualFold(k, name) {
			return k
		}
	}
	return name
}

func object(m map[string]any, name string) map[string]any {
	k := key(m, name)
	if o, ok := m[k].(map[string]any); ok {
		return o
	}
	o := map[string]any{}
	m[k] = o
	return o
}

// clone copies a resource as deep as set reaches.
func (r resource) clone() resource {
	out := maps.Clone(r)
	for k, v := range out {
		if m, ok := v.(map[string]any); ok {
			out[k] = maps.Clone(m)
		}
	}
	return out
}
