package service

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// signInFlow is the flow that signs in.
const signInFlow = "sign-in"

// mend has the person show what the sign-in under way lacks, so that it goes on. Of a page that is no known screen the
// likeliest target is asked for first. Secrets are typed by the flow, never by the person.
func (k *calibration) mend(ctx context.Context, l doctor.Lack) (*selectors.Version, error) {
	for _, name := range likeliest(ctx, l) {
		for k.asks(name) {
			proposals := l.Proposals(ctx, name)
			of, _ := l.Version.Target(name)
			note := fmt.Sprintf("The sign-in cannot go on: %v.", l.Failed)
			if len(l.Names) > 1 {
				note = fmt.Sprintf("The sign-in does not know this page. If it has %s, show it; otherwise skip it.", name)
			}
			r, err := k.shownAtSignIn(ctx, l.Page, of, note, proposals, l.People)
			switch {
			case err != nil:
				return nil, err
			case k.out.Left:
				return nil, &userops.Error{Act: "signing in", Tenant: k.tenant, Kind: userops.ErrCancelled, Cause: errors.New("the person has left"), Hint: "what was shown is kept"}
			case len(r.Candidates) > 0:
				return k.writeSignIn(l.Version, name, r, l.Unmarked)
			}
		}
	}
	return nil, nil
}

// likeliest are the names of what may be lacking, those first for which something on the page is most like.
func likeliest(ctx context.Context, l doctor.Lack) []string {
	if len(l.Names) < 2 {
		return l.Names
	}
	score := map[string]float64{}
	for _, name := range l.Names {
		if all := l.Proposals(ctx, name); len(all) > 0 {
			score[name] = all[0].Score
		}
	}
	out := slices.Clone(l.Names)
	slices.SortStableFunc(out, func(a, b string) int { return int(1000 * (score[b] - score[a])) })
	return out
}

// shownAtSignIn has the person show one target on a page of the sign-in. No candidates: they have skipped it, or left,
// or what they have shown cannot be kept. A proposal is never taken without them, however clear it is: the sign-in under
// way would type the password or the code by it at once.
func (k *calibration) shownAtSignIn(
	ctx context.Context, page *automation.Page, of *selectors.Target, note string, proposals []doctor.Proposal, people []string,
) (r selectors.Revision, err error) {
	name := of.Name
	k.Asks(fmt.Sprintf("show %s in %s. %s", name, k.Where, note))
	p := automation.Pick{Target: of, Guided: true, Note: note, StandIn: k.standIn(name)}
	for _, proposal := range proposals {
		p.Proposed = append(p.Proposed, proposal.Candidates)
	}
	var picked automation.Picked
	err = k.service.seen(ctx, page, func(ctx context.Context) error {
		var err error
		picked, err = page.Pick(ctx, p)
		return err
	})
	switch {
	case err != nil:
		return r, err
	case picked.Skipped:
		k.skip(name)
		return r, nil
	case !picked.Taken:
		k.out.Left = true
		return r, nil
	}
	r, dropped := doctor.TakenAtSignIn(of, picked, people)
	if len(dropped) > 0 {
		k.Asks(fmt.Sprintf("of what %s could be found by, this is not kept: %s", name, strings.Join(dropped, "; ")))
	}
	if len(r.Candidates) == 0 {
		k.Asks(fmt.Sprintf("what was shown for %s is found only by what names somebody: show what is around it", name))
	}
	return r, nil
}

// writeSignIn writes today's version of the sign-in, and returns it.
func (k *calibration) writeSignIn(v *selectors.Version, name string, r selectors.Revision, unmarked bool) (*selectors.Version, error) {
	c := selectors.Change{Targets: k.service.dated(map[string]selectors.Revision{name: r}, k.Walk.Keep), Source: v.Source}
	if unmarked {
		c.Marks = signInMarks(v, c.Targets)
	}
	if v.Date != k.service.opts.Day {
		c.Source = fmt.Sprintf("%s Calibrated on a console on %s, from %s.", strings.TrimSpace(v.Source), k.service.opts.Day, v.ID)
	}
	file, after, err := k.service.reviseSignIn(v, c)
	if err != nil {
		return nil, storage("writing a version", k.tenant, err)
	}
	k.out.SignIn = file
	if !slices.Contains(k.out.Shown, name) {
		k.out.Shown = append(k.out.Shown, name)
		k.signInShown++
	}
	return after, nil
}

// readShown has the files read anew where something was shown in a walk.
func (k *calibration) readShown() error {
	if k.signInShown == 0 && !k.inWalk.shown {
		return nil
	}
	k.signInShown = 0
	return k.wrote()
}

// atSignIn has the person show a target of the sign-in that a walk did not find, though it needed no sign-in.
func (k *calibration) atSignIn(ctx context.Context, x *doctor.Examination, t *doctor.Target) (again bool, err error) {
	v := x.SignIn()
	if v == nil || !k.asks(t.Name) {
		return false, nil
	}
	place := doctor.Place{Target: t.Name, Step: k.Walk.Step, Wait: pickWait, Keep: k.Walk.Keep}
	err = k.service.show(ctx, k.tenant, place, k.events, func(ctx context.Context, shown doctor.Shown) error {
		r, err := k.shownAtSignIn(ctx, shown.Page, shown.Target, strings.TrimSpace(shown.Note+" "+said(t)), t.Proposals, shown.People)
		if err != nil || len(r.Candidates) == 0 {
			return err
		}
		again = true
		_, err = k.writeSignIn(v, t.Name, r, shown.Unmarked)
		return err
	})
	return again, errors.Join(err, k.readShown())
}
