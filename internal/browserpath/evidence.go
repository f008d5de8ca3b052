package browserpath

import (
	"context"
	"errors"
	"os"
	"path/filepath"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

// evidence opens an operation's evidence folder and returns how to close it. about are the people it is about.
func (p *Path) evidence(op string, about ...string) (*automation.Evidence, func(), error) {
	if p.opts.EvidenceDir == "" {
		return nil, func() {}, nil
	}
	ev, err := automation.NewEvidence(filepath.Join(p.opts.EvidenceDir, p.opts.Tenant, op))
	if err != nil {
		return nil, nil, &userops.Error{Act: "keeping evidence", Tenant: p.opts.Tenant, Kind: userops.ErrStorage, Cause: err, Hint: "make room on the disk, or choose another state folder"}
	}
	ev.Masking = automation.Masking{Others: p.opts.MaskOthers, Keep: append([]string{p.opts.Account}, about...)}
	return ev, func() {
		if err := ev.Close(); err != nil {
			p.opts.Log.Warn("closing the step log", "error", err)
		}
	}, nil
}

// keepFailure keeps a picture and the page. Where somebody has stopped the program it says so instead: a page that is
// just arriving has no picture for as long as one is waited for, and what stopped it is not on it. What follows a commit
// is kept all the same.
func (p *Path) keepFailure(ctx context.Context, page *automation.Page, ev *automation.Evidence) {
	if errors.Is(ctx.Err(), context.Canceled) && !p.held {
		if err := ev.Log(map[string]any{"step": "picture", "picture": "failure", "not_taken": "the program was stopped"}); err != nil {
			p.opts.Log.Warn("the step log could not be written", "error", err)
		}
		return
	}
	if keep := ev.Failure(ctx, page); keep != nil {
		p.opts.Log.Warn("evidence of the failure could not be kept", "error", keep)
	}
}

// propose keeps what left as a form for the flow's file, where the file says nothing yet.
func (p *Path) propose(exchange *flows.Exchange, ev *automation.Evidence) {
	form := exchange.Proposal()
	if form == "" || ev.Dir() == "" {
		return
	}
	if err := os.WriteFile(filepath.Join(ev.Dir(), "sends.yaml"), []byte(form), 0o600); err != nil {
		p.opts.Log.Warn("the form of what left could not be kept", "error", err)
	}
}
