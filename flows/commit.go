package flows

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// pressBound is how long a press may take once it has been allowed. What was asked then (is the tenant frozen, does the
// lease hold) must still be so when the press comes; waiting for the target is done before.
const pressBound = 5 * time.Second

// picture keeps a picture. One that could not be taken, such as of a page whose secrets cannot be masked, is told
// in the step log and ends nothing: it is evidence, not a promise. A picture that cannot be written ends the run.
func (r *Run) picture(ctx context.Context, name string) error {
	_, err := r.Evidence.Picture(ctx, r.Page, name)
	var file *fs.PathError
	if err == nil || errors.As(err, &file) || errors.Is(err, automation.ErrBrowserGone) {
		return err
	}
	return r.Evidence.Log(map[string]any{"flow": r.Flow.Name, "step": "picture", "name": name, "not_taken": err.Error()})
}

// pressed says whether something left the browser, by what came to the gate; where the gate can't tell, by what the
// page was delivered.
func (r *Run) pressed(ctx context.Context, p *Press, err error) error {
	exchange := r.result.Exchange
	var e *automation.Error
	defer func() {
		if told := exchange.Tell(r.Evidence); told != nil { // it is told again at the end
			r.result.Notices = append(r.result.Notices, "what left could not be written to the evidence: "+told.Error())
		}
	}()
	delivered := err == nil || !errors.As(err, &e) || e.Acted // not ours: the browser or its connection went
	if delivered {
		exchange.came(ctx)
	}
	if stopped := len(exchange.policy.reasons()) > 0; !delivered || stopped {
		// What names nobody does not come of a press that was not delivered.
		if exchange.nothingLeft(delivered) {
			if stopped {
				return exchange.stoppedError(p.Target)
			}
			return err
		}
	}
	r.result.Committed = true
	return err
}

// nothingSent looks, when a flow has gone to its end, whether the press had any effect that left the browser.
func (r *Run) nothingSent(err error) error {
	if !r.result.Committed || !r.result.Exchange.nothingLeft(true) {
		return err
	}
	r.result.Committed = false
	exchange := r.result.Exchange
	asides := exchange.policy.asides()
	switch {
	case len(exchange.policy.reasons()) > 0:
		return errors.Join(exchange.stoppedError("commit"), err)
	case len(asides) > 0 && guarded(err): // the press did not get to where it was aimed: that is why
		return fmt.Errorf("%w; meanwhile stopped: %s", err, strings.Join(asides, "; "))
	case len(asides) > 0:
		return errors.Join(exchange.stoppedError("commit"), err)
	}
	why := &automation.Error{Act: "commit", Target: r.Flow.Name, Kind: ErrSilent, Last: "from now on it is kept from sending it", Page: r.pageNow()}
	return errors.Join(why, err)
}

// guarded says that the guard in the page kept a press, or a part of it, from the page.
func guarded(err error) bool {
	var e *automation.Error
	return errors.As(err, &e) && e.Act == "click"
}

// pressThrough presses where nothing can leave, and keeps what would have been sent.
func (r *Run) pressThrough(ctx context.Context, p *Press, bound time.Duration) error {
	exchange := r.result.Exchange
	exchange.policy.seal()
	exchange.arm(ctx)
	r.Page.Session().Deny()
	if err := r.press(ctx, p, min(bound, pressBound), true); err != nil {
		return fmt.Errorf("rehearsing the press: %w", err)
	}
	exchange.wouldCome(ctx, bound)
	for _, s := range exchange.gate.Sent() {
		if !s.Early {
			r.result.WouldSend = append(r.result.WouldSend, exchange.policy.rehearsed(s.Request))
		}
	}
	return ErrRehearsed
}

// beforePress adds what a rehearsal has stopped before its press.
func (r *Run) beforePress() {
	exchange := r.result.Exchange
	var before []Rehearsed
	for _, s := range exchange.gate.Sent() {
		if !s.Early || s.Ruling.Pass {
			continue
		}
		before = append(before, Rehearsed{Request: Describe(s.Request), Ruling: "it came before the press", Early: true, Changes: true})
	}
	r.result.WouldSend = append(before, r.result.WouldSend...)
}

// heldUp explains why a page did not come to what a flow waits for: it would have changed something before the
// press, and was kept from it.
func (r *Run) heldUp(err error) error {
	if !errors.Is(err, automation.ErrMissing) || r.result.Pressed {
		return err
	}
	exchange := r.result.Exchange
	if len(exchange.Early()) > 0 {
		return errors.Join(exchange.earlyError(r.Flow.Name), err)
	}
	if why := exchange.stoppedAside(); len(why) > 0 {
		return fmt.Errorf("%w; meanwhile stopped: %s", err, strings.Join(why, "; "))
	}
	return err
}

// CommitTarget is the target of the flow's commit, nil where there is none.
func (r *Run) CommitTarget() *selectors.Target {
	var out *selectors.Target
	r.Flow.walk(func(s *Step, _ []any) {
		if c, ok := s.Verb.(*Commit); ok {
			if t, err := r.target(c.Target); err == nil {
				out = t
			}
		}
	})
	return out
}

// longID is the length from which an id is taken to name one person over all organisations of a console.
const longID = 8

// SendsID says that what the commit may send bears the person's id: a server that takes us for somebody of another
// organisation knows no such person there.
func (r *Run) SendsID() bool {
	if r.Flow.Sends == nil || r.People == nil || len(r.People.Meant.ID) < longID {
		return false
	}
	for _, text := range r.Flow.Sends.texts() {
		if slices.Contains(selectors.Placeholders(text), "id") {
			return true
		}
	}
	return false
}
