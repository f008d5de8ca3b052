package browserpath

import (
	"context"
	"fmt"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

// identify makes sure that a page is of the configured organisation.
func (p *Path) identify(ctx context.Context, page *automation.Page, ev *automation.Evidence) error {
	flow, ok := p.opts.Library.Flow("identify", p.version.Layout)
	if !ok || p.opts.Organisation == (Organisation{}) {
		return nil
	}
	r := &flows.Run{Page: page, Flow: flow, Version: p.version, Evidence: ev, Watch: p.watching(), Progress: p.opts.Progress, Patience: p.opts.Patience}
	res, err := r.Do(ctx)
	if err != nil {
		return p.explained(ctx, "checking the organisation", ev, err)
	}
	first := func(name string) string {
		if v := res.Texts[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	name, id := first("organisation"), first("organisation_id")
	want := p.opts.Organisation
	if want.ID != "" && id != want.ID || want.Name != "" && name != want.Name { // what cannot be read is not proved
		p.version = nil
		return &userops.Error{Act: "checking the organisation", Tenant: p.opts.Tenant, Kind: userops.ErrOrganisation,
			Cause: fmt.Errorf("the console is signed in to %q (%s)", name, id), Hint: "check organisation.id and organisation.name: each that is given must be what the console shows"}
	}
	return nil
}

// whose is what a page must say of its organisation when something is committed on it: what the flow identify reads.
func (p *Path) whose() []automation.Identity {
	flow, ok := p.opts.Library.Flow("identify", p.version.Layout)
	if !ok {
		return nil
	}
	var out []automation.Identity
	for _, s := range flow.Steps {
		if s.Read == nil {
			continue
		}
		want := map[string]string{"organisation": p.opts.Organisation.Name, "organisation_id": p.opts.Organisation.ID}[s.Read.As]
		if t, ok := p.version.Target(s.Read.Target); ok && want != "" {
			out = append(out, automation.Identity{Target: t, Attr: s.Read.Attr, Equals: want})
		}
	}
	return out
}
