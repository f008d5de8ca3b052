package browserpath

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/change"
	"github.com/billagent/billagent/internal/userops"
)

// submission is a change of which something has left the browser, or may have.
type submission struct {
	*course
	run     *flows.Run
	got     flows.Result
	ended   error // how the flow ended
	asked   bool  // whether it awaits a second person was looked for
	waiting bool  // it does
}

// errSignedOut means that the session had ended when the commit reached the server: nothing was done.
var errSignedOut = errors.New("the session had ended when the change was sent")

var errUnheld = errors.New("while the change was made the page sent something that cannot be held, and that names people or cannot be read")

// Heard implements change.Submission.
func (s *submission) Heard(ctx context.Context, holds bool) change.Heard {
	x := s.got.Exchange
	if holds || !x.Silent() {
		s.listen(ctx)
	}
	var out change.Heard
	if passed := s.passedBy(); len(passed) > 0 {
		out.Doubt = fmt.Errorf("%w: %s", errUnheld, passed[0])
		out.DoubtHint = "look at this user in the console by hand; if the console always does that, say why under sockets in the app's app.yaml"
	}
	answer := x.Answer()
	switch {
	case x.SignedOut():
		out.Answer, out.Words, out.Why = change.Unseen, errSignedOut.Error(), s.Fail(userops.ErrRejected, errSignedOut, "run the command again")
	case answer == flows.Refused && !x.Again():
		out.Answer, out.Words, out.Why = change.Refused, x.Words(), s.rejected()
	case answer == flows.Accepted || answer == flows.AsksSecond:
		out.Answer = change.Accepted
	}
	return out
}

// listen asks whether the browser has sent the commit again by itself.
func (s *submission) listen(ctx context.Context) {
	if err := s.got.Exchange.Listen(ctx); err != nil {
		s.p.opts.Log.Warn("whether the browser has sent the change again is not known", "error", err)
	}
}

// passedBy lists what passed by the gate and names people, or may.
func (s *submission) passedBy() []automation.Unheld {
	return s.got.Exchange.Unheld(s.p.opts.Library.App.Sockets == "")
}

// rejected tells a refusal in the server's words, or where it gave none in the page's.
func (s *submission) rejected() error {
	var halt *flows.HaltError
	if errors.As(s.ended, &halt) && halt.Kind == flows.Rejected {
		return s.p.failure(string(s.Action), s.Email, s.ended)
	}
	return s.Fail(userops.ErrRejected, errors.New(s.got.Exchange.Words()), "do what the console says, or try it there by hand")
}

// Waits implements change.Submission. Where the answer or the page says that a second person has been asked, the
// person's own page tells; where no flow can look there, the answer's word is enough.
func (s *submission) Waits(ctx context.Context, _ *userops.User, last bool) bool {
	asks := s.got.Exchange.Answer() == flows.AsksSecond
	_, can := s.p.opts.Library.Flow(pendingFlow, s.p.layout())
	switch {
	case last:
		s.asked = false
		return can && s.p.refused == nil && s.pending(ctx)
	case !asks && !s.got.Requested:
		return false
	case !can:
		return asks
	}
	return s.pending(ctx)
}

// pending looks once whether a request for this change awaits a second person, on the person's page.
func (s *submission) pending(ctx context.Context) bool {
	if s.asked || s.Before == nil {
		return s.waiting
	}
	got, err := s.p.pending(ctx, s.Email, s.ev)
	if err != nil {
		s.p.opts.Log.Warn("whether a request awaits approval could not be seen", "error", err)
		return false
	}
	s.asked, s.waiting = true, got
	return got
}

// Notices implements change.Submission.
func (s *submission) Notices(*userops.User) []string {
	x := s.got.Exchange
	var out []string
	switch {
	case x.Answer() != flows.Unanswered || x.Again():
	case x.Known():
		out = append(out, "the console's answer was lost, or was an error of the server; the list shows that it is done")
	default:
		out = append(out, "nothing that was sent names the person, so that its answer was not taken for the change's; the list shows that it is done")
	}
	if x.Again() {
		out = append(out, "the connection was lost at the commit, and a browser then sends again by itself: more than one may have arrived")
	}
	for _, u := range x.Unheld(true) {
		out = append(out, "at the commit the page sent what cannot be held, as the app's app.yaml allows: "+u.String())
	}
	for _, why := range x.Early() {
		out = append(out, "stopped: "+why+"; if it only reads, name it under reads in the app's app.yaml")
	}
	for _, why := range x.Stopped() {
		out = append(out, "the page would have sent more, which was stopped: "+why)
	}
	return out
}

// Remarks implements change.Submission.
func (s *submission) Remarks() []string {
	var out []string
	if s.got.Exchange.Again() {
		out = append(out, "the browser may have sent it more than once")
	}
	if stopped := s.got.Exchange.Stopped(); len(stopped) > 0 {
		out = append(out, "stopped: "+strings.Join(stopped, "; "))
	}
	return out
}

// End implements change.Submission.
func (s *submission) End(ctx context.Context, _ *change.Change, out userops.Outcome) {
	s.p.propose(s.got.Exchange, s.ev)
	if out == userops.Done {
		s.got.Exchange.Settle()
		s.afterwards(ctx)
	} else {
		s.got.Exchange.End()
	}
	s.p.abandon(ctx, s.got.Exchange, s.ev)
}

// afterwards passes the screens that follow a change. The change stands whatever comes of it.
func (s *submission) afterwards(ctx context.Context) {
	if s.run == nil || len(s.run.Flow.Afterwards) == 0 || s.run.Page != s.p.page {
		return
	}
	if err := s.run.DoAfterwards(ctx); err != nil {
		s.Result.Notices = append(s.Result.Notices, "the change is made, but the screen after it could not be passed: "+err.Error())
	}
}
