package service

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"slices"

	"github.com/billagent/billagent/internal/doctor"
	"github.com/billagent/billagent/selectors"
)

// The pages of the sign-in have a version of their own. What is shown there is written to it, and looked for at once on
// the page where it was shown: coming there anew would be another sign-in, perhaps with another code.

// signInMarks are the candidates of what was shown on a page of the sign-in, to be put before what all its pages are told
// by, where nothing of that holds there: a session that has ended would not be known by that page any more. Only what a
// program calls an element is taken: pages of the console have buttons and fields of the same words, such as "Continue",
// and each of them would count as one of the sign-in.
func signInMarks(v *selectors.Version, shown map[string]selectors.Revision) map[int][]selectors.Candidate {
	if len(v.Fingerprints) != 1 {
		return nil
	}
	var all []selectors.Candidate
	for _, name := range slices.Sorted(maps.Keys(shown)) {
		for _, c := range shown[name].Candidates {
			if c.TestID != "" || anID.MatchString(c.CSS) {
				all = append(all, c)
			}
		}
	}
	if len(all) == 0 {
		return nil
	}
	return map[int][]selectors.Candidate{0: all}
}

// anID is a CSS expression that is an element's id, and nothing else but its tag.
var anID = regexp.MustCompile(`^[a-z]*#[\w-]+$`)

// pickedAtSignIn writes what was picked, and says how the target is found by that.
func (s *Service) pickedAtSignIn(
	ctx context.Context, name string, p Pick, shown doctor.Shown, r selectors.Revision, out *Picked,
) (err error) {
	target := p.Place.Target
	edit := selectors.Change{Source: s.repairedBy(out.Before, []string{target}), Targets: s.dated(map[string]selectors.Revision{target: r}, p.Place.Keep)}
	if shown.Unmarked {
		edit.Marks = signInMarks(out.Before, edit.Targets)
	}
	if out.File, out.After, err = s.reviseSignIn(out.Before, edit); err != nil {
		return storage("writing a version", name, err)
	}
	now, _ := out.After.Target(target)
	if shown.Target, err = now.Fill(shown.Inputs); err != nil {
		return err
	}
	return out.lookedFor(ctx, shown)
}

// reviseSignIn writes today's version of the sign-in, and returns it as it was written.
func (s *Service) reviseSignIn(v *selectors.Version, c selectors.Change) (file string, after *selectors.Version, err error) {
	file, id, err := s.revise(v, c)
	if err != nil {
		return "", nil, err
	}
	lib, err := Library(s.config, v.App)
	if err != nil {
		return file, nil, err
	}
	for _, now := range lib.Area(selectors.SignIn) {
		if now.ID == id {
			return file, now, nil
		}
	}
	return file, nil, fmt.Errorf("version %s was written and is not read", id)
}
