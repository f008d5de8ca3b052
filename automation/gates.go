package automation

import (
	"context"
	"maps"
	"slices"

	"github.com/go-rod/rod/lib/proto"
)

// gatesOf are the gates that a frame's or worker's request goes through. Where nothing is known of the frame every open
// gate may be meant, and each is asked.
func (b *Browser) gatesOf(frame proto.TargetTargetID) []*Gate {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.gates) == 0 {
		return nil
	}
	if owner, ok := b.ownerOf(frame); ok {
		if g := b.gates[owner]; g != nil {
			return []*Gate{g}
		}
		return nil
	}
	return slices.Collect(maps.Values(b.gates))
}

// ownerOf is the session that a frame or worker is of. The caller holds the lock.
func (b *Browser) ownerOf(frame proto.TargetTargetID) (proto.BrowserBrowserContextID, bool) {
	if page := b.pages[frame]; page != nil {
		return page.owner.context, true
	}
	if owner, ok := b.targets[frame]; ok {
		return owner, true
	}
	for _, p := range b.pages {
		if p.holds(frame) {
			return p.owner.context, true
		}
	}
	return "", false
}

// arrive has the gates that a request may go through rule on it, and lets it pass if each does.
func (b *Browser) arrive(ctx context.Context, gates []*Gate, e *proto.FetchRequestPaused) {
	passes, commit := true, (*Gate)(nil)
	for _, g := range gates {
		s := g.rule(e, len(gates) == 1)
		passes = passes && s.Ruling.Pass
		if s.Ruling.Pass && s.Ruling.Commit {
			commit = g
		}
	}
	sc := b.scope(ctx)
	if !passes {
		reason := proto.NetworkErrorReasonBlockedByClient
		if e.ResourceType == proto.NetworkResourceTypeDocument {
			reason = proto.NetworkErrorReasonAborted // the page stays as it is; otherwise an error page takes its place
		}
		_ = proto.FetchFailRequest{RequestID: e.RequestID, ErrorReason: reason}.Call(sc)
		return
	}
	err := proto.FetchContinueRequest{RequestID: e.RequestID, InterceptResponse: commit != nil}.Call(sc)
	if err != nil && commit != nil {
		commit.answered(e.RequestID, &Answer{Failed: "the request was given up: " + err.Error()})
	}
}

// answerAt passes an answer to the gate that awaits it. Where none does any more it goes on to the page.
func (b *Browser) answerAt(ctx context.Context, e *proto.FetchRequestPaused) {
	b.mu.Lock()
	gates := slices.Collect(maps.Values(b.gates))
	b.mu.Unlock()
	if i := slices.IndexFunc(gates, func(g *Gate) bool { return g.knows(e.RequestID) }); i >= 0 {
		gates[i].respond(ctx, e)
		return
	}
	_ = proto.FetchContinueRequest{RequestID: e.RequestID}.Call(b.scope(ctx))
}
