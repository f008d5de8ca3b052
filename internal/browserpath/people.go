package browserpath

import (
	"context"
	"slices"
	"time"
)

// readPeople reads who there is, so that a page of somebody can be gone to and nobody's name is written to a file. What
// a walk has read before is not read again, and what cannot be read for lack of the target that is to be shown is done
// without.
func (s *shower) readPeople(ctx context.Context, roles bool) {
	for _, name := range []string{identifyFlow, listFlow, rolesFlow} {
		flow, ok := s.p.opts.Library.Flow(name, s.p.layout())
		if !ok || ctx.Err() != nil || slices.Contains(s.at.Halting, name) || s.knows(name) || name == rolesFlow && !roles {
			continue
		}
		if _, uses := flow.Needs(s.meant()...); s.at.Target != "" && uses {
			continue
		}
		if end := s.read(ctx, flow); end.Err != nil {
			s.p.opts.Log.Info("not everything could be read before a page is shown",
				"tenant", s.p.opts.Tenant, "flow", name, "error", end.Err)
		}
	}
}

// everybody are the names of the organisation and of whoever is on the list, nil where that could not be read to its
// end.
func (s *shower) everybody() []string {
	if !s.whole() {
		return nil
	}
	out := slices.Clone(s.names)
	for _, u := range s.users {
		out = append(out, person(u).Names...)
	}
	return out
}

// everybodyNow is everybody, the list read again where that is longer ago than the names may serve. Who was on it
// before stays: the page may have been shown before they went.
func (s *shower) everybodyNow(ctx context.Context) []string {
	before := s.everybody()
	flow, ok := s.p.opts.Library.Flow(listFlow, s.p.layout())
	if before == nil || !ok || time.Since(s.readByWalk.at) < s.at.KnownFor {
		return before
	}
	s.users = nil
	if end := s.read(ctx, flow); end.Err != nil {
		s.p.opts.Log.Info("the names on the list could not be read again", "tenant", s.p.opts.Tenant, "error", end.Err)
		return nil
	}
	s.p.walked = s.readByWalk
	return append(before, s.everybody()...)
}

// knows says that a walk has read what a flow reads.
func (s *shower) knows(flow string) bool {
	switch flow {
	case listFlow:
		return s.users != nil
	case rolesFlow:
		return s.roles != nil
	}
	return len(s.readByWalk.names[flow]) > 0
}
