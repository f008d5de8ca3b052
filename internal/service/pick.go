package service

import (
	"context"
	"errors"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/internal/event"
	"github.com/billagent/billagent/internal/tenant"
	"github.com/billagent/billagent/internal/userops"
	"github.com/billagent/billagent/selectors"
)

// Pick is what a person is to show on a page.
type Pick struct {
	Place doctor.Place
	// StandIn acts in the person's place: for tests. Nil: there is a person.
	StandIn func(ctx context.Context, s *automation.StandIn) error
	// Ready is told when the page is there for the person; note says why it may be another one. May be nil.
	Ready func(note string)
}

// Picked is what became of a pick.
type Picked struct {
	Element string // what was taken, by its role and name; empty: nothing was
	Kept    []selectors.Candidate
	Dropped []string // the other candidates, each with why
	Before  *selectors.Version
	After   *selectors.Version
	File    string // of After, in the overlay folder
	Found   bool   // the target is found by what was taken, where the console is gone to anew
	Now     string // how it is found now, in words
}

// How long a target is waited for before its page is shown, and where it should be found.
const (
	pickWait  = 3 * time.Second
	lookAgain = 15 * time.Second
)

// Pick has a person show which element of the console a target is, and writes what it can be found by to a version of
// today in the overlay folder, before what it was found by until now. Then it goes there again and looks for it by
// that. Nothing of the console is changed.
func (s *Service) Pick(ctx context.Context, name string, p Pick, events event.Sink) (*Picked, error) {
	if s.config.Overlay == "" {
		return nil, storage("writing a version", name, errNoOverlay)
	}
	if err := s.known(name, []doctor.Choice{{Target: p.Place.Target}}); err != nil {
		return nil, err
	}
	out := &Picked{}
	var revision selectors.Revision
	p.Place.Wait, p.Place.Keep = pickWait, userops.NewOperationID()
	err := s.show(ctx, name, p.Place, events, func(ctx context.Context, shown doctor.Shown) error {
		if p.Ready != nil {
			p.Ready(shown.Note)
		}
		picked, err := shown.Page.Pick(ctx,
			automation.Pick{Target: shown.Target, Row: shown.Row, Note: shown.Note, StandIn: p.StandIn})
		if err != nil || !picked.Taken {
			return err
		}
		shown = shown.Renewed(ctx)
		revision, out.Dropped = doctor.Taken(picked, shown.People)
		if shown.Version.Covers == selectors.SignIn {
			revision, out.Dropped = doctor.TakenAtSignIn(shown.Target, picked, shown.People)
		}
		out.Element, out.Kept, out.Before = picked.Said, revision.Candidates, shown.Version
		if shown.Version.Covers == selectors.SignIn && len(out.Kept) > 0 {
			return s.pickedAtSignIn(ctx, name, p, shown, revision, out)
		}
		return nil
	})
	if err != nil || out.Element == "" || out.File != "" {
		if out.File != "" {
			err = errors.Join(err, s.reopen(name))
		}
		return out, err
	}
	if len(out.Kept) == 0 {
		return out, &userops.Error{Act: "taking an element for", Target: p.Place.Target, Tenant: name, Kind: userops.ErrConfig,
			Cause: errors.New("each candidate for it has somebody's name in it"), Hint: "pick what is around it, or write a candidate by hand"}
	}
	id, target := "", p.Place.Target
	revised := map[string]selectors.Revision{target: revision}
	edit := selectors.Change{Source: s.repairedBy(out.Before, []string{target}), Targets: s.dated(revised, p.Place.Keep)}
	if out.File, id, err = s.revise(out.Before, edit); err != nil {
		return out, storage("writing a version", name, err)
	}
	if err := s.reopen(name); err != nil {
		return out, err
	}
	p.Place.Version, p.Place.Wait, p.Place.Keep = id, lookAgain, ""
	return out, s.lookAgain(ctx, name, p.Place, events, out)
}

// lookAgain goes to the place of a pick anew, and says how the target is found by the version that was written.
func (s *Service) lookAgain(ctx context.Context, name string, at doctor.Place, events event.Sink, out *Picked) error {
	return s.show(ctx, name, at, events, func(ctx context.Context, shown doctor.Shown) error {
		out.After = shown.Version
		return out.lookedFor(ctx, shown)
	})
}

// lookedFor says how the target is found by what was taken.
func (out *Picked) lookedFor(ctx context.Context, shown doctor.Shown) error {
	seen, err := shown.Page.Examine(ctx, shown.Target, shown.Row)
	if err != nil {
		return err
	}
	switch n := len(seen.Matches); {
	case n == 1 && seen.Used < len(out.Kept):
		out.Found, out.Now = true, "found by "+shown.Target.Candidates[seen.Used].String()
	case n == 1:
		out.Now = "found by " + shown.Target.Candidates[seen.Used].String() + ", which it was found by before"
	case n > 1:
		out.Now = "several elements match"
	default:
		out.Now = "not found where the flow needs it: it may be shown only after something else is pressed there"
	}
	return nil
}

// show has do something with a page of a tenant's console.
func (s *Service) show(
	ctx context.Context, name string, at doctor.Place, events event.Sink, do func(context.Context, doctor.Shown) error,
) error {
	return s.on(name, func(v *served) error {
		return v.use(ctx, events, func(dir *tenant.Directory) error { return s.showIn(ctx, dir, at, do) })
	})
}

// showIn is show within a call that uses the tenant's path already.
func (s *Service) showIn(
	ctx context.Context, dir *tenant.Directory, at doctor.Place, do func(context.Context, doctor.Shown) error,
) error {
	return dir.Show(ctx, at, func(ctx context.Context, shown doctor.Shown) error {
		return s.seen(ctx, shown.Page, func(ctx context.Context) error { return do(ctx, shown) })
	})
}

// seen has do something with a page that a person can see and use meanwhile.
func (s *Service) seen(ctx context.Context, page *automation.Page, do func(context.Context) error) error {
	if s.opts.View == nil {
		return do(ctx)
	}
	return s.opts.View(ctx, page, do)
}
