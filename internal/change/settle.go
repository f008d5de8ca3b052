package change

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/billagent/billagent/internal/userops"
)

// settling is the reading back of one change.
type settling struct {
	*Change
	sent   Submission
	ended  error // how the commit ended
	after  *userops.User
	failed error // why the last look told nothing
	looked time.Time
	spent  bool // what comes late has had its time, too
}

// settle reads back by another route than the change and says what became of it. It goes on when the caller has been
// cancelled: what was begun must be known. Only the answer and what is stored count; what a page showed does not.
func (c *Change) settle(ctx context.Context, sent Submission, ended error) (userops.Outcome, bool, error) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.backend.Traits().Hang)
	defer cancel()
	s := &settling{Change: c, sent: sent, ended: ended}
	out, again, err := s.watch(ctx)
	c.Result.After = s.after
	sent.End(ctx, c, out)
	return out, again, err
}

// watch looks, less and less often, until it is known what became of the change, or the bound has passed since the
// first look.
func (s *settling) watch(ctx context.Context) (userops.Outcome, bool, error) {
	traits := s.backend.Traits()
	var first time.Time
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 2*time.Second) {
		s.looked = time.Now()
		s.after, s.failed = s.course.ReadBack(ctx)
		since := time.Duration(0)
		if first.IsZero() {
			first = time.Now()
		} else {
			since = time.Since(first)
		}
		s.spent = since >= traits.Late
		if out, again, err := s.judge(ctx, since >= min(traits.Soon, traits.Late)); out != "" {
			return out, again, err
		}
		var useless *uselessError
		if since > traits.Late || errors.As(s.failed, &useless) {
			break
		}
		if err := Wait(ctx, min(pause, traits.Late-since+time.Millisecond)); err != nil {
			s.failed = err
			break
		}
	}
	return s.unsettled(ctx)
}

// Useless is a failed read-back after which no other needs to be tried.
func Useless(err error) error { return &uselessError{err} }

type uselessError struct{ error }

func (e *uselessError) Unwrap() error { return e.error }

func (s *settling) unchanged() bool { return s.failed == nil && userops.SameUser(s.Before, s.after) }

// pends says that the user has come to await a second person.
func (s *settling) pends() bool {
	return s.after != nil && s.after.Status == userops.Pending && (s.Before == nil || s.Before.Status != userops.Pending)
}

// judge says what is known now, if it is enough. late says that what may come at once has had its time.
func (s *settling) judge(ctx context.Context, late bool) (out userops.Outcome, again bool, err error) {
	if s.failed != nil {
		return "", false, nil
	}
	holds := s.Wanted.Holds(s.after)
	heard := s.sent.Heard(ctx, holds)
	noun := s.backend.Traits().Noun
	switch {
	case s.after != nil && s.after.Notice != "" && (s.Before == nil || s.Before.Notice == ""):
		return "", false, nil // how the user is listed is not certain: a later look may be
	case heard.Doubt != nil && (holds || heard.Answer == Refused && s.unchanged()):
		return userops.Unknown, false, s.unknown(heard.Doubt, heard.DoubtHint)
	case holds && heard.Answer == Refused:
		s.Result.Notices = append(s.Result.Notices,
			"the "+noun+" refused ("+heard.Words+"), and what was asked for is so: somebody else did it meanwhile, or it was done although it was refused")
		return userops.Already, false, nil
	case holds:
		if heard.Answer == Unseen {
			s.Result.Notices = append(s.Result.Notices, "the "+noun+" answered that nobody was signed in ("+heard.Words+"), and what was asked for is so")
		}
		s.Result.Notices = append(s.Result.Notices, s.beside()...)
		return userops.Done, false, nil
	case heard.Answer == Unseen && s.unchanged() && !s.spent:
		return "", false, nil // it is committed once more only when nothing of the first can come any more
	case heard.Answer == Unseen && s.unchanged():
		return userops.Halted, true, heard.Why
	case s.pends():
		return userops.Requested, false, s.awaits()
	case !late:
		return "", false, nil
	case (heard.Answer == Refused || heard.Answer == Declined) && s.unchanged():
		return userops.Ended(heard.Why), false, heard.Why
	case s.sent.Waits(ctx, s.after, false):
		return userops.Requested, false, s.awaits()
	}
	return "", false, nil
}

// beside tells what an operator should know of a change that is done.
func (s *settling) beside() []string {
	var out []string
	for _, c := range userops.Changed(s.Before, s.after) {
		if field, _, _ := strings.Cut(c, ":"); !s.Wanted.Asks(field) {
			out = append(out, "not asked for, and changed: "+c)
		}
	}
	return append(out, s.sent.Notices(s.after)...)
}

func (s *settling) awaits() error {
	return s.Fail(userops.ErrApproval, nil, "let another administrator approve it in the "+s.backend.Traits().Noun)
}

// unsettled ends a change of which the stored state does not tell.
func (s *settling) unsettled(ctx context.Context) (userops.Outcome, bool, error) {
	heard := s.sent.Heard(ctx, true)
	causes := []error{s.failed, s.ended}
	if s.unchanged() && s.sent.Waits(ctx, s.after, true) {
		if heard.Answer != Lost {
			return userops.Requested, false, s.awaits()
		}
		causes[0] = errors.New("a request about this user awaits approval, and since the answer to ours was lost it may be another's")
	}
	noun, role := s.backend.Traits().Noun, s.Wanted.Role
	switch {
	case s.unchanged() && heard.Answer == Accepted:
		causes = append(causes, fmt.Errorf("the %s accepted it, but shows no change", noun))
	case s.unchanged():
		causes = append(causes, errors.New("no change is shown, and the answer is not known"))
	case s.after != nil && role != "" && s.after.Role != role && s.after.Holds(role):
		causes = append(causes, fmt.Errorf("the roles %s are stored, and %s alone was asked for", s.after.Role, role))
	}
	for _, cause := range append(causes, fmt.Errorf("the %s shows something else than was asked for", noun)) {
		if cause != nil {
			return userops.Unknown, false, s.unknown(cause, "")
		}
	}
	return userops.Unknown, false, nil
}

// unknown says until when it was looked.
func (s *settling) unknown(cause error, hint string) error {
	if hint == "" {
		hint = "look at this user in the " + s.backend.Traits().Noun + " by hand, and at the evidence; then run the command again: it begins by looking"
	}
	until := fmt.Errorf("%w; looked until %s", cause, s.looked.UTC().Format(time.RFC3339))
	for _, remark := range s.sent.Remarks() {
		until = fmt.Errorf("%w; %s", until, remark)
	}
	return s.Fail(userops.ErrUnverified, until, hint)
}

// Wait is a bounded pause between two looks at something that may still change.
func Wait(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
