package browserpath

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/flows"
	"github.com/billagent/billagent/internal/userops"
)

// lateBound is how long an effect may take to show after the first look that does not show it, unless configured.
const lateBound = 30 * time.Second

// settleBound ends a read-back that hangs: the list of 10,000 users was read in 45 s.
const settleBound = 15 * time.Minute

// readBackPicture is the picture of the list that a change was read back from.
const readBackPicture = "read-back"

// settling is the reading back of one change.
type settling struct {
	p       *Path
	rq      request
	got     flows.Result
	acted   error // how the flow ended
	after   *userops.User
	failed  error // why the last look told nothing
	looked  time.Time
	waiting bool // a request for this change awaits a second person
	asked   bool // it was looked for
}

// settle reads back by another route, the list in a session of its own, and says what became of a change of which
// something left the browser. It goes on when the caller has been cancelled: what was begun must be known. Only the
// server's answer and what is stored count; what the page showed does not.
func (p *Path) settle(
	ctx context.Context, rq request, res *userops.Result, got flows.Result, acted error,
) (userops.Outcome, *userops.User, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleBound)
	defer cancel()
	p.opts.Progress("reading back")
	rq.ev.OnlyLatest(readBackPicture)
	s := &settling{p: p, rq: rq, got: got, acted: acted}
	bound := p.opts.ReadBack
	if bound == 0 {
		bound = lateBound
	}
	var end time.Time
	for {
		s.look(ctx)
		if out, err, ok := s.settled(ctx, res); ok {
			return out, s.after, err
		}
		if end.IsZero() {
			end = time.Now().Add(bound)
		}
		if time.Now().After(end) || p.refused != nil {
			break
		}
		if err := wait(ctx, 500*time.Millisecond); err != nil { // the console may store late
			s.failed = err
			break
		}
	}
	return s.unsettled(ctx)
}

// look reads everybody and finds the one that the change is about.
func (s *settling) look(ctx context.Context) {
	s.looked = time.Now()
	var ros userops.Roster
	if ros, s.failed = s.p.everyone(ctx, s.rq.ev, readBackPicture); s.failed != nil {
		return
	}
	if s.after, s.failed = ros.Match(s.rq.email); s.failed == nil && s.after == nil && !ros.Complete {
		s.failed = s.p.incomplete("reading back", s.rq.email, ros)
	}
}

func (s *settling) unchanged() bool { return s.failed == nil && userops.SameUser(s.rq.before, s.after) }

// settled says what is known now, if it is enough.
func (s *settling) settled(ctx context.Context, res *userops.Result) (userops.Outcome, error, bool) {
	if s.failed != nil {
		return "", nil, false
	}
	if s.rq.wanted.Holds(s.after) || !s.got.Exchange.Silent() {
		s.listen(ctx)
	}
	answer := s.got.Exchange.Answer()
	switch {
	case s.after != nil && s.after.Notice != "" && (s.rq.before == nil || s.rq.before.Notice == ""):
		return "", nil, false // the row is not certain: a later look may be
	case (s.rq.wanted.Holds(s.after) || answer == flows.Refused && s.unchanged()) && len(s.passedBy()) > 0:
		return userops.Unknown, s.unknown(fmt.Errorf("%w: %s", errUnheld, s.passedBy()[0]),
			"look at this user in the console by hand; if the console always does that, say why under sockets in the app's app.yaml"), true
	case s.rq.wanted.Holds(s.after) && answer == flows.Refused && !s.got.Exchange.Again():
		res.Notices = append(res.Notices, "the console refused ("+s.got.Exchange.Words()+"), and what was asked for is so: somebody else did it meanwhile, or it was done although it was refused")
		return userops.Already, nil, true
	case s.rq.wanted.Holds(s.after):
		res.Notices = append(res.Notices, s.beside()...)
		return userops.Done, nil, true
	case s.unchanged() && s.got.Exchange.SignedOut():
		return userops.Halted, s.p.fail(s.rq, userops.ErrRejected, errSignedOut, "run the command again"), true
	case answer == flows.Refused && s.unchanged() && !s.got.Exchange.Again():
		return userops.Halted, s.rejected(), true
	case s.requested(ctx, answer):
		return userops.Requested, s.awaits(), true
	}
	return "", nil, false
}

// listen asks whether the browser has sent the commit again by itself.
func (s *settling) listen(ctx context.Context) {
	if err := s.got.Exchange.Listen(ctx); err != nil {
		s.p.opts.Log.Warn("whether the browser has sent the change again is not known", "error", err)
	}
}

// errSignedOut means that the session had ended when the commit reached the server: nothing was done.
var errSignedOut = errors.New("the session had ended when the change was sent")

var errUnheld = errors.New("while the change was made the page sent something that cannot be held, and that names people or cannot be read")

// beside tells what an operator should know of a change that is done.
func (s *settling) beside() []string {
	var out []string
	for _, c := range userops.Changed(s.rq.before, s.after) {
		if field, _, _ := strings.Cut(c, ":"); !s.rq.wanted.Asks(field) {
			out = append(out, "not asked for, and changed: "+c)
		}
	}
	if s.got.Exchange.Answer() == flows.Unanswered && !s.got.Exchange.Again() {
		out = append(out, "the console's answer was lost, or was an error of the server; the list shows that it is done")
	}
	if s.got.Exchange.Again() {
		out = append(out, "the connection was lost at the commit, and a browser then sends again by itself: more than one may have arrived")
	}
	for _, u := range s.got.Exchange.Unheld(true) {
		out = append(out, "at the commit the page sent what cannot be held, as the app's app.yaml allows: "+u.String())
	}
	for _, why := range s.got.Exchange.Early() {
		out = append(out, "stopped: "+why+"; if it only reads, name it under reads in the app's app.yaml")
	}
	for _, why := range s.got.Exchange.Stopped() {
		out = append(out, "the page would have sent more, which was stopped: "+why)
	}
	return out
}

// passedBy lists what passed by the gate and names people, or may.
func (s *settling) passedBy() []automation.Unheld {
	return s.got.Exchange.Unheld(s.p.opts.Library.App.Sockets == "")
}

// rejected tells a refusal in the server's words, or where it gave none in the page's.
func (s *settling) rejected() error {
	var halt *flows.HaltError
	if errors.As(s.acted, &halt) && halt.Kind == flows.Rejected {
		return s.p.failure(string(s.rq.action), s.rq.email, s.acted)
	}
	return s.p.fail(s.rq, userops.ErrRejected, errors.New(s.got.Exchange.Words()), "do what the console says, or try it there by hand")
}

func (s *settling) awaits() error {
	return s.p.fail(s.rq, userops.ErrApproval, nil, "let another administrator approve it in the console")
}

// requested says whether a second person has been asked: somebody new is pending in the list, or where the answer or the
// page says so the person's own page does. Where no flow can look there, the answer's word is enough.
func (s *settling) requested(ctx context.Context, answer flows.Answer) bool {
	if s.after != nil && s.after.Status == userops.Pending && (s.rq.before == nil || s.rq.before.Status != userops.Pending) {
		return true
	}
	if answer != flows.AsksSecond && !s.got.Requested {
		return false
	}
	if _, ok := s.p.opts.Library.Flow("pending", s.p.layout()); !ok {
		return answer == flows.AsksSecond
	}
	return s.pending(ctx)
}

// pending looks once whether a request for this change awaits a second person, on the person's page.
func (s *settling) pending(ctx context.Context) bool {
	if s.asked || s.rq.before == nil {
		return s.waiting
	}
	got, err := s.p.pending(ctx, s.rq.email, s.rq.ev)
	if err != nil {
		s.p.opts.Log.Warn("whether a request awaits approval could not be seen", "error", err)
		return false
	}
	s.asked, s.waiting = true, got
	return got
}

// unsettled ends a change that the list does not show.
func (s *settling) unsettled(ctx context.Context) (userops.Outcome, *userops.User, error) {
	s.listen(ctx)
	waits := false
	if _, ok := s.p.opts.Library.Flow("pending", s.p.layout()); ok && s.unchanged() && s.p.refused == nil {
		s.asked = false
		waits = s.pending(ctx)
	}
	if waits && s.got.Exchange.Answer() != flows.Unanswered {
		return userops.Requested, s.after, s.awaits()
	}
	causes := []error{s.failed, s.acted}
	if waits {
		causes[0] = errors.New("a request about this user awaits approval, and since the answer to ours was lost it may be another's")
	}
	if s.unchanged() && s.got.Exchange.Answer() == flows.Accepted {
		causes = append(causes, errors.New("the console accepted it, but the list shows no change"))
	}
	if i := slices.IndexFunc(causes, func(err error) bool { return err != nil }); i >= 0 {
		return userops.Unknown, s.after, s.unknown(causes[i], "")
	}
	why := "the list shows something else than was asked for"
	if s.unchanged() {
		why = "the list shows no change, and the server's answer is not known"
	}
	return userops.Unknown, s.after, s.unknown(errors.New(why), "")
}

// unknown says until when it was looked.
func (s *settling) unknown(cause error, hint string) error {
	if hint == "" {
		hint = "look at this user in the console by hand, and at the evidence; then run the command again: it begins by looking"
	}
	until := fmt.Errorf("%w; looked until %s", cause, s.looked.UTC().Format(time.RFC3339))
	if s.got.Exchange.Again() {
		until = fmt.Errorf("%w; the browser may have sent it more than once", until)
	}
	if stopped := s.got.Exchange.Stopped(); len(stopped) > 0 {
		until = fmt.Errorf("%w; stopped: %s", until, strings.Join(stopped, "; "))
	}
	return s.p.fail(s.rq, userops.ErrUnverified, until, hint)
}
