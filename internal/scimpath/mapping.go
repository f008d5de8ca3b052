package scimpath

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Mapping says which attribute holds what of a user, each as [URN:]attribute[.sub-attribute]. Empty fields have
// defaults, except Pending, FirstName and LastName where "-" means that the service does not keep it.
type Mapping struct {
	Email     string `koanf:"email"`      // default userName
	FirstName string `koanf:"first_name"` // default name.givenName
	LastName  string `koanf:"last_name"`  // default name.familyName
	Role      string `koanf:"role"`       // default roles; "groups" means the one group a user is a member of
	Active    string `koanf:"active"`     // default active
	Pending   string `koanf:"pending"`    // a boolean that is true for whom a second person must approve; default none
}

const coreUser = "urn:ietf:params:scim:schemas:core:2.0:User"

// timeZone is the attribute of RFC 7643 §4.1.1, in the form of the IANA database. A service need not keep it.
var timeZone = attribute{name: "timezone"}

// attribute is one attribute of a resource. Names are compared without regard to case (RFC 7643 §2.1).
type attribute struct{ urn, name, sub string }

// multiValued are the attributes of the core schema that hold several values (RFC 7643 §4.1.2).
var multiValued = []string{"emails", "phonenumbers", "ims", "photos", "addresses", "groups", "entitlements", "roles", "x509certificates"}

// several says that the attribute is a list of values, of which one is meant.
func (a attribute) several() bool {
	return a.urn == "" && slices.Contains(multiValued, strings.ToLower(a.name))
}

// String is the attribute as paths and filters write it.
func (a attribute) String() string {
	out := a.name
	if a.sub != "" {
		out += "." + a.sub
	}
	if a.urn != "" {
		out = a.urn + ":" + out
	}
	return out
}

var (
	attributeName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9_-]*$`)
	schemaURN     = regexp.MustCompile(`^[Uu][Rr][Nn]:[A-Za-z0-9][A-Za-z0-9-]*(:[A-Za-z0-9._-]+)+$`)
)

func parseAttribute(text string) (attribute, error) {
	var a attribute
	rest := text
	if i := strings.LastIndexByte(text, ':'); i >= 0 {
		a.urn, rest = text[:i], text[i+1:]
		if !schemaURN.MatchString(a.urn) {
			return a, fmt.Errorf("%q is not the URN of a schema", a.urn)
		}
		if strings.EqualFold(a.urn, coreUser) {
			a.urn = ""
		}
	}
	a.name, a.sub, _ = strings.Cut(rest, ".")
	if !attributeName.MatchString(a.name) || strings.Contains(rest, ".") && !attributeName.MatchString(a.sub) {
		return a, fmt.Errorf("%q is not an attribute: write it as in userName, name.givenName or urn:…:User:role", text)
	}
	if a.several() && a.sub == "" {
		a.sub = "value"
	}
	return a, nil
}

// mapping is Mapping, read. A zero attribute is none.
type mapping struct {
	email, first, last, role, active, pending attribute
	lookup                                    []attribute
}

// grouped says that a role is the group that a user is a member of.
func (m mapping) grouped() bool { return m.role.urn == "" && strings.EqualFold(m.role.name, "groups") }

func (m Mapping) parse(lookup []string) (mapping, error) {
	var out mapping
	var faults []error
	for _, f := range []struct {
		key, text, otherwise string
		to                   *attribute
		optional             bool
	}{
		{"email", m.Email, "userName", &out.email, false},
		{"first_name", m.FirstName, "name.givenName", &out.first, true},
		{"last_name", m.LastName, "name.familyName", &out.last, true},
		{"role", m.Role, "roles", &out.role, false},
		{"active", m.Active, "active", &out.active, false},
		{"pending", m.Pending, "-", &out.pending, true},
	} {
		text := f.text
		if text == "" {
			text = f.otherwise
		}
		if text == "-" && f.optional {
			continue
		}
		var err error
		if *f.to, err = parseAttribute(text); err != nil {
			faults = append(faults, fmt.Errorf("map.%s: %w", f.key, err))
		}
	}
	for _, text := range lookup {
		a, err := parseAttribute(text)
		if err != nil {
			faults = append(faults, fmt.Errorf("lookup: %w", err))
		}
		out.lookup = append(out.lookup, a)
	}
	if !slices.Contains(out.lookup, out.email) {
		out.lookup = append([]attribute{out.email}, out.lookup...)
	}
	return out, errors.Join(faults...)
}

// Check says what is wrong with a mapping and lookup, nil if nothing is.
func (m Mapping) Check(lookup []string) error {
	_, err := m.parse(lookup)
	return err
}
