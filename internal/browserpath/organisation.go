package browserpath

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/userops"
)

// identify makes sure that a page is of the configured organisation.
func (p *Path) identify(ctx context.Context, page *automation.Page, ev *automation.Evidence) error {
	flow, ok := p.opts.Library.Flow(identifyFlow, p.version.Layout)
	if !ok || p.opts.Organisation == (Organisation{}) {
		return nil
	}
	r := &flows.Run{Page: page, Flow: flow, Version: p.version, Evidence: ev, Watch: p.watching(), Progress: p.opts.Progress, StepTimeout: p.opts.StepTimeout}
	if p.lookedBy() {
		r.StepTimeout = p.lookedByBound()
	}
	res, err := r.Do(ctx)
	if err != nil {
		var halt *flows.HaltError
		if errors.As(err, &halt) && halt.Kind == flows.SignedOut {
			return err
		}
		if failed := p.explained(ctx, "checking the organisation", ev, err); !p.looking || !errors.Is(failed, userops.ErrDrift) {
			return failed
		}
		p.unproved = true
		return nil
	}
	if page != p.page {
		p.noteTokens(ctx, page)
	}
	first := func(name string) string {
		if v := res.Texts[name]; len(v) > 0 {
			return v[0]
		}
		return ""
	}
	name, id := first("organisation"), first("organisation_id")
	if _, reads := flow.Outputs["organisation_id"]; !reads {
		p.pinned = "" // its name alone tells
	}
	if p.pinned != "" && id != p.pinned { // an id that cannot be read is not proved
		p.version = nil
		return &userops.Error{Act: "checking the organisation", Tenant: p.opts.Tenant, Kind: userops.ErrOrganisation,
			Cause: fmt.Errorf("the console is signed in to %q (%s), and it was %s when this session began", name, id, p.pinned),
			Hint:  "somebody may have switched the account's organisation: sign in anew"}
	}
	p.seen = id
	want := p.opts.Organisation
	if want.ID != "" && id != want.ID || want.Name != "" && name != want.Name { // what cannot be read is not proved
		p.version = nil
		return &userops.Error{Act: "checking the organisation", Tenant: p.opts.Tenant, Kind: userops.ErrOrganisation,
			Cause: fmt.Errorf("the console is signed in to %q (%s), and %s is configured", name, id, want), Hint: "check organisation.id and organisation.name: each that is given must be what the console shows"}
	}
	return nil
}

// organisationID is the configured one, or where a name was configured the one that this session was signed in to: two
// organisations may have one name.
func (p *Path) organisationID() string {
	if p.opts.Organisation.ID != "" {
		return p.opts.Organisation.ID
	}
	return p.pinned
}

// whose is what a page must say of its organisation when something is committed on it: what the flow identify reads.
func (p *Path) whose() []automation.Identity {
	flow, ok := p.opts.Library.Flow(identifyFlow, p.version.Layout)
	if !ok {
		return nil
	}
	var out []automation.Identity
	for _, s := range flow.Steps {
		read, ok := s.Verb.(*flows.Read)
		if !ok {
			continue
		}
		want := map[string]string{"organisation": p.opts.Organisation.Name, "organisation_id": p.organisationID()}[read.As]
		if t, ok := p.version.Target(read.Target); ok && want != "" {
			out = append(out, automation.Identity{Target: t, Attr: read.Attr, Equals: want})
		}
	}
	return out
}

// stillOurs looks, directly before a commit and in a session of its own, whether the sign-in is still of the
// configured organisation: the page that is acted on says whose it was when it was loaded, and a frame in it may
// not say it at all.
//
// Loading a page may spend the token of the form that is about to be sent. So it is not done where the request itself
// proves the organisation, by the person's id out of its list, or where the form came in one answer with the
// organisation's name, or where tokens are seen to differ from page to page.
func (p *Path) stillOurs(ctx context.Context, r *flows.Run, ev *automation.Evidence) error {
	if len(p.whose()) == 0 || r.SendsID() {
		return nil
	}
	together, address, err := p.page.CameTogether(ctx, r.CommitTarget(), p.whose())
	if err != nil || together {
		return err
	}
	acting, err := p.page.Tokens(ctx)
	if err != nil {
		return err
	}
	if name, differs := p.tokenDiffers(acting); differs {
		p.opts.Log.Info("the organisation is not looked at again before the commit, since that would spend the form's token", "token", name)
		return nil
	}
	return p.onFreshPage(ctx, ev, p.home, func(f *fresh) error {
		if err := p.identify(ctx, f.page, ev); err != nil {
			return err
		}
		return p.learnTokens(ctx, f, acting, address)
	})
}

// tokenDiffers names a token that another page bore with another value.
func (p *Path) tokenDiffers(acting map[string]string) (name string, differs bool) {
	for name, hash := range acting {
		if other, known := p.tokens[name]; known && other != hash {
			return name, true
		}
	}
	return "", false
}

// learnTokens loads the document of the form once more where it bears a token that no page has shown yet: whether
// each page has one of its own is not known otherwise. If so, the one of the form is spent now, and the change is
// begun again.
func (p *Path) learnTokens(ctx context.Context, f *fresh, acting map[string]string, address string) error {
	if p.knowsAll(acting) || address == "" {
		return nil
	}
	if err := f.hold(ctx, p.opts.Library.App); err != nil { // the document may change something where it is only opened
		return err
	}
	if f.page.Open(ctx, address) != nil {
		return nil
	}
	for end := time.Now().Add(tokenBound); ; { // a document that is loaded may not have drawn its form yet
		p.noteTokens(ctx, f.page)
		if p.knowsAll(acting) || time.Now().After(end) || change.Wait(ctx, 50*time.Millisecond) != nil {
			break
		}
	}
	if name, differs := p.tokenDiffers(acting); differs {
		return &userops.Error{Act: "checking the organisation", Tenant: p.opts.Tenant, Kind: userops.ErrDrift, Cause: fmt.Errorf("%w: each page has a %s of its own", errTokenSpent, name), Hint: "try again"}
	}
	return nil
}

// tokenBound is how long a form's document may take to show a token once it is loaded.
const tokenBound = 3 * time.Second

func (p *Path) knowsAll(tokens map[string]string) bool {
	for name := range tokens {
		if _, ok := p.tokens[name]; !ok {
			return false
		}
	}
	return true
}

// errTokenSpent is what became of a look that has voided the token of the form: nothing was pressed, and the next
// try does without it.
var errTokenSpent = errors.New("the form's token was spent")

// noteTokens remembers what a page that was read bears of tokens, to see later whether they differ from page to page.
func (p *Path) noteTokens(ctx context.Context, page *automation.Page) {
	found, err := page.Tokens(ctx)
	if err != nil {
		return
	}
	if p.tokens == nil {
		p.tokens = map[string]string{}
	}
	maps.Copy(p.tokens, found)
}
