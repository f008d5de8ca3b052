package scimpath

import (
	"context"
	"fmt"
	"net/http"
	"slices"

	"github.com/billagent/billagent/internal/userops"
)

// group is one role, where roles are groups.
type group struct {
	id, name string
	members  []string // ids of users
}

type groupSet struct{ all []group }

// groups reads every group that is a role. Those not among the configured roles are none.
func (p *Path) groups(ctx context.Context, s *service) (groupSet, error) {
	var out groupSet
	if s.groupsPath == "" {
		return out, &userops.Error{Act: "reading groups", Tenant: p.opts.Tenant, Kind: userops.ErrUnsupported, Cause: fmt.Errorf("the service has no groups, and roles are mapped to them"), Hint: "map roles to an attribute with scim.map.role"}
	}
	complete, proof, err := p.resources(ctx, s, s.groupsPath, func(r resource) error {
		id, err := r.id()
		if err != nil {
			return err
		}
		g := group{id: id}
		if g.name, err = r.text(attribute{name: "displayName"}); err != nil {
			return err
		}
		if g.members, _, err = r.values(attribute{name: "members", sub: "value"}); err != nil {
			return err
		}
		if len(p.opts.Roles) == 0 || slices.Contains(p.opts.Roles, g.name) {
			out.all = append(out.all, g)
		}
		return nil
	})
	if err == nil && !complete {
		err = p.incomplete("reading groups", "", userops.Roster{Proof: proof})
	}
	return out, err
}

func (g groupSet) names() []string {
	var out []string
	for _, x := range g.all {
		out = append(out, x.name)
	}
	return out
}

// of are the groups that a user is a member of.
func (g groupSet) of(id string) []group {
	return slices.DeleteFunc(slices.Clone(g.all), func(x group) bool { return !slices.Contains(x.members, id) })
}

func (g groupSet) roleOf(id string) string {
	var names []string
	for _, x := range g.of(id) {
		names = append(names, x.name)
	}
	return userops.JoinRoles(names)
}

// regroup makes a role's group the only one of a user: it is added first, so that nobody is ever without a role.
func (p *Path) regroup(ctx context.Context, s *service, send *sender, id, role string) error {
	groups, err := p.groups(ctx, s)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(groups.all, func(g group) bool { return g.name == role })
	if i < 0 {
		return p.Rules().KnownRole(role, groups.names())
	}
	at := func(g group) string { return s.groupsPath + pathOf(g.id) }
	add := map[string]any{"op": "add", "path": "members", "value": []any{map[string]any{"value": id}}}
	if !slices.Contains(groups.all[i].members, id) {
		if _, err := send.do(ctx, write{method: http.MethodPatch, path: at(groups.all[i]), body: patchOf(add)}); err != nil || send.c.Hooks.DryRun {
			return err
		}
	}
	if groups, err = p.groups(ctx, s); err != nil {
		return err
	}
	for _, g := range groups.of(id) {
		if g.name == role {
			continue
		}
		remove, err := removal("members", "value", id)
		if err != nil {
			return err
		}
		if _, err := send.do(ctx, write{method: http.MethodPatch, path: at(g), body: patchOf(remove)}); err != nil {
			return err
		}
	}
	return nil
}

// removal takes one value out of a list of values, by a value path (RFC 7644 §3.5.2.2).
func removal(list, sub, value string) (map[string]any, error) {
	filter, err := equals(attribute{name: sub}, value)
	if err != nil {
		return nil, err
	}
	return map[string]any{"op": "remove", "path": list + "[" + filter + "]"}, nil
}
