package scimpath

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/billagent/billagent/internal/userops"
)

// service is what is known of a service, from what it says of itself. Where it says nothing, the most common is tried,
// and what it then answers counts.
type service struct {
	patch, filter, etag bool
	sort                bool // it can list in an order of ours
	index, cursor       bool // ways of paging
	pageSize            int
	usersPath           string
	groupsPath          string // empty: there are no groups
	extensions          []string
	attributes          map[string]schemaAttribute // by the lower-case text of their attribute; nil where no schema is published
	lacks               []string                   // what is missing, as an operator is told
}

// schemaAttribute is what a schema says of one attribute (RFC 7643 §7).
type schemaAttribute struct {
	Name            string            `json:"name"`
	Type            string            `json:"type"`
	MultiValued     bool              `json:"multiValued"`
	Mutability      string            `json:"mutability"`
	CanonicalValues []any             `json:"canonicalValues"`
	SubAttributes   []schemaAttribute `json:"subAttributes"`
}

// discovered asks the service, the first time, what it can do, and holds the mapping against its schema.
func (p *Path) discovered(ctx context.Context) (*service, error) {
	if p.service != nil {
		return p.service, nil
	}
	p.opts.Progress("asking what the service can do")
	s := &service{patch: true, filter: true, etag: true, index: true, usersPath: "/Users", groupsPath: "/Groups", pageSize: p.opts.PageSize}
	for _, step := range []func(context.Context, *service) error{p.readConfig, p.readResourceTypes, p.readSchemas} {
		if err := step(ctx, s); err != nil {
			return nil, err
		}
	}
	if err := s.check(p.mapping); err != nil {
		return nil, &userops.Error{Act: "holding the mapping against the service's schema", Tenant: p.opts.Tenant, Kind: userops.ErrConfig, Cause: err, Hint: "correct the tenant's scim.map"}
	}
	p.service = s
	return s, nil
}

// ask reads one of the three endpoints of discovery. They may be missing, which is no error: ok is false then.
func (p *Path) ask(ctx context.Context, s *service, path string, into any) (ok bool, err error) {
	a, err := p.client.get(ctx, path, nil)
	if err != nil {
		return false, err
	}
	if said := serviceError(a); said != nil {
		if absent(said.Status) {
			s.lacks = append(s.lacks, fmt.Sprintf("discovery: there is no %s", path))
			return false, nil
		}
		return false, said
	}
	if err := decode(a.body, into); err != nil {
		s.lacks = append(s.lacks, fmt.Sprintf("discovery: %s is not SCIM", path))
		return false, nil
	}
	return true, nil
}

func (p *Path) readConfig(ctx context.Context, s *service) error {
	type supported struct {
		Supported bool `json:"supported"`
	}
	var c struct {
		Patch      *supported `json:"patch"`
		ETag       *supported `json:"etag"`
		Filter     *supported `json:"filter"`
		Sort       *supported `json:"sort"`
		Pagination *struct {
			Cursor      bool  `json:"cursor"`
			Index       *bool `json:"index"`
			MaxPageSize int   `json:"maxPageSize"`
		} `json:"pagination"`
	}
	ok, err := p.ask(ctx, s, "/ServiceProviderConfig", &c)
	if !ok {
		return err
	}
	if c.Patch != nil && !c.Patch.Supported {
		s.patch = false
		s.lacks = append(s.lacks, "PATCH: users are replaced as a whole (PUT)")
	}
	if c.Filter != nil && !c.Filter.Supported {
		s.filter = false
		s.lacks = append(s.lacks, "filters: users are found by listing everybody")
	}
	s.sort = c.Sort != nil && c.Sort.Supported
	if c.ETag != nil && !c.ETag.Supported {
		s.etag = false
		s.lacks = append(s.lacks, "ETags: a change of another administrator at the same moment may be overwritten")
	}
	if g := c.Pagination; g != nil {
		s.cursor, s.index = g.Cursor, g.Index == nil || *g.Index
		if !s.cursor && !s.index {
			s.lacks = append(s.lacks, "pagination: only the first page can be read")
		}
		if g.MaxPageSize > 0 {
			s.pageSize = min(s.pageSize, g.MaxPageSize)
		}
	}
	return nil
}

func (p *Path) readResourceTypes(ctx context.Context, s *service) error {
	var types struct {
		Resources []struct {
			Name             string `json:"name"`
			Endpoint         string `json:"endpoint"`
			Schema           string `json:"schema"`
			SchemaExtensions []struct {
				Schema string `json:"schema"`
			} `json:"schemaExtensions"`
		} `json:"Resources"`
	}
	ok, err := p.ask(ctx, s, "/ResourceTypes", &types)
	if !ok || len(types.Resources) == 0 {
		return err
	}
	s.groupsPath = ""
	for _, t := range types.Resources {
		where, ok := p.endpoint(t.Endpoint)
		if !ok {
			s.lacks = append(s.lacks, fmt.Sprintf("discovery: the endpoint of %s lies outside the service's address", t.Name))
			continue
		}
		switch {
		case strings.EqualFold(t.Schema, coreUser):
			s.usersPath = where
			for _, e := range t.SchemaExtensions {
				s.extensions = append(s.extensions, e.Schema)
			}
		case strings.EqualFold(t.Name, "Group"):
			s.groupsPath = where
		}
	}
	return nil
}

// endpoint is a path below the service's own address: what it says may not lead requests elsewhere.
func (p *Path) endpoint(text string) (string, bool) {
	if below, ok := strings.CutPrefix(text, p.client.base.String()); ok {
		text = below
	}
	if !strings.HasPrefix(text, "/") {
		text = "/" + text
	}
	if strings.Contains(text, "..") || strings.ContainsAny(text, "?#:\\") || text == "/" {
		return "", false
	}
	return strings.TrimRight(text, "/"), true
}

func (p *Path) readSchemas(ctx context.Context, s *service) error {
	type schema struct {
		ID         string            `json:"id"`
		Attributes []schemaAttribute `json:"attributes"`
	}
	var schemas struct {
		Resources []schema `json:"Resources"`
	}
	ok, err := p.ask(ctx, s, "/Schemas", &schemas)
	if !ok || !slices.ContainsFunc(schemas.Resources, func(x schema) bool { return strings.EqualFold(x.ID, coreUser) }) {
		return err
	}
	s.attributes = map[string]schemaAttribute{}
	for _, x := range schemas.Resources {
		urn := x.ID
		if strings.EqualFold(urn, coreUser) {
			urn = ""
		}
		for _, a := range x.Attributes {
			s.attributes[strings.ToLower(attribute{urn: urn, name: a.Name}.String())] = a
			for _, b := range a.SubAttributes {
				s.attributes[strings.ToLower(attribute{urn: urn, name: a.Name, sub: b.Name}.String())] = b
			}
		}
	}
	return nil
}

// inherent are attributes that schemas do not list, since every resource has them (RFC 7643 §3.1).
var inherent = []string{"id", "externalid"}

// check names every mapped attribute that the schema does not have, or has of another kind.
func (s *service) check(m mapping) error {
	if s.attributes == nil {
		return nil
	}
	var faults []error
	for _, f := range []struct {
		key, kind  string
		attributes []attribute
	}{{"email", "string", []attribute{m.email}}, {"first_name", "string", []attribute{m.first}}, {"last_name", "string", []attribute{m.last}}, {"role", "string", []attribute{m.role}},
		{"active", "boolean", []attribute{m.active}}, {"pending", "boolean", []attribute{m.pending}}, {"lookup", "string", m.lookup}} {
		for _, a := range f.attributes {
			if a == (attribute{}) || f.key == "role" && m.grouped() || a.sub == "" && slices.Contains(inherent, strings.ToLower(a.String())) {
				continue
			}
			has, ok := s.attributes[strings.ToLower(a.String())]
			whole, within := s.attributes[strings.ToLower(attribute{urn: a.urn, name: a.name}.String())]
			switch {
			case !ok && a.sub != "" && within && len(whole.SubAttributes) == 0 && strings.EqualFold(whole.Type, "complex"): // the schema does not go into it
			case !ok:
				faults = append(faults, fmt.Errorf("map.%s is %s, which the schema does not have (it has %s)", f.key, a, strings.Join(s.near(a), ", ")))
			case f.kind == "boolean" && !strings.EqualFold(has.Type, "boolean"):
				faults = append(faults, fmt.Errorf("map.%s is %s, which is of type %s, not boolean", f.key, a, has.Type))
			case f.kind == "string" && slices.Contains([]string{"boolean", "integer", "decimal", "complex", "binary"}, strings.ToLower(has.Type)):
				faults = append(faults, fmt.Errorf("map.%s is %s, which is of type %s, not string", f.key, a, has.Type))
			case whole.MultiValued && !a.several():
				faults = append(faults, fmt.Errorf("map.%s is %s, which is a list of values", f.key, a))
			}
		}
	}
	return errors.Join(faults...)
}

// near are the attributes of the schema that a mapped one might have meant: those of the same schema.
func (s *service) near(a attribute) []string {
	var out []string
	for _, k := range slices.Sorted(maps.Keys(s.attributes)) {
		if strings.HasPrefix(k, strings.ToLower(a.urn)) && (a.urn != "" || !strings.HasPrefix(k, "urn:")) && (a.sub != "" || !strings.Contains(strings.TrimPrefix(k, strings.ToLower(a.urn)), ".")) {
			out = append(out, k)
		}
	}
	if len(out) == 0 {
		return []string{"nothing of that schema"}
	}
	return out
}

// mutability is what the schema says of changing an attribute, empty where it says nothing. An attribute within another
// may not be changed if the other may not.
func (s *service) mutability(a attribute) string {
	for _, x := range []attribute{{urn: a.urn, name: a.name}, a} {
		m := s.attributes[strings.ToLower(x.String())].Mutability
		if m != "" && !strings.EqualFold(m, "readWrite") {
			return m
		}
	}
	return ""
}

// offered are the values that the schema names for an attribute.
func (s *service) offered(a attribute) []string {
	var out []string
	for _, x := range []attribute{a, {urn: a.urn, name: a.name}} {
		for _, v := range s.attributes[strings.ToLower(x.String())].CanonicalValues {
			if text, ok := v.(string); ok && text != "" && !slices.Contains(out, text) {
				out = append(out, text)
			}
		}
	}
	return out
}
