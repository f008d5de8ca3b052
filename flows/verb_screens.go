package flows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
)

// Screens handles pages whose order is not known: it waits until one of the cases is there, does its steps, and looks
// again, until the flow leaves them. A case comes at most Times times (default once), so nothing is tried for ever.
type Screens struct {
	Until []Sign `json:"until,omitempty"` // done when one of these is there
	Left  bool   `json:"left,omitempty"`  // or when the page belongs to a version that covers the console
	Cases []Case `json:"cases"`
}

// Case is one screen of Screens. The first case that is there counts.
type Case struct {
	When  Sign   `json:"when"`
	Times int    `json:"times,omitempty"`
	Steps []Step `json:"steps"`
	Again *Halt  `json:"again,omitempty"` // how the flow ends when the screen comes once too often
}

func (*Screens) word() string  { return "screens" }
func (*Screens) label() string { return "go through the screens" }

// signs are those that end it, and then those of its cases.
func (s *Screens) signs() []Sign {
	out := slices.Clone(s.Until)
	for _, c := range s.Cases {
		out = append(out, c.When)
	}
	return out
}

func (s *Screens) texts() (out []string) {
	for _, sign := range s.signs() {
		out = append(out, given(sign.Equals, sign.Contains)...)
	}
	return out
}

func (s *Screens) targets() (out []string) {
	for _, sign := range s.signs() {
		out = append(out, sign.Target)
	}
	return out
}

func (s *Screens) check(_ *Flow, complain complaint, at []any) {
	for i, sign := range s.Until {
		sign.check(complain, append(slices.Clone(at), "until", i))
	}
	for i, c := range s.Cases {
		c.When.check(complain, append(slices.Clone(at), "cases", i, "when"))
	}
}

func (s *Screens) nested() (out []block) {
	for i, c := range s.Cases {
		out = append(out, block{[]any{"cases", i, "steps"}, c.Steps, "where " + c.When.String()})
	}
	return out
}

func (s *Screens) says() string {
	if s.Left {
		return "deal with whatever screens come, until the console is there"
	}
	var until []string
	for _, sign := range s.Until {
		until = append(until, strings.Replace(sign.String(), " is there", "", 1))
	}
	return "deal with whatever screens come, until one of these is there: " + strings.Join(until, ", ")
}

func (s *Screens) run(ctx context.Context, r *Run, step *Step, bound time.Duration) error {
	all, err := r.sighted(s.signs())
	if err != nil {
		return err
	}
	cases := all[len(s.Until):]
	visits := r.visitsOf(s)
	for {
		i, err := r.nextScreen(ctx, s, r.patience(bound), all)
		if rest := bound - r.patience(bound); err != nil && rest > 0 {
			switch mended, failed := r.mended(ctx, err); {
			case failed != nil:
				return failed
			case mended:
				return s.run(ctx, r, step, bound)
			}
			i, err = r.nextScreen(ctx, s, rest, all)
		}
		if err != nil {
			return err
		}
		if i < 0 {
			delete(r.visits, s)
			return nil
		}
		c := s.Cases[i]
		visits[i]++
		if visits[i] > max(c.Times, 1) {
			if c.Again != nil {
				return WithBlockedCookies(c.Again.run(ctx, r, nil, bound), r.Page)
			}
			return WithBlockedCookies(&HaltError{Kind: Blocked, Reason: fmt.Sprintf("the screen %s came back", c.When.Target), Hint: "look at the picture in the evidence: the console asks for something this flow does not know"}, r.Page)
		}
		if err := r.arrivesAt(ctx, c); err != nil {
			return err
		}
		r.examinedScreen(ctx, s, cases[i].target)
		document := r.Page.Document()
		if err := r.steps(ctx, c.Steps); err != nil {
			return err
		}
		if err := r.gone(ctx, bound, document, cases, i); err != nil {
			return err
		}
	}
}

// visitsOf counts how often each case has come. It is kept until the screens are left: where somebody has shown what is
// lacking they begin anew, and what was tried as often as allowed, such as a password, is not tried again.
func (r *Run) visitsOf(s *Screens) []int {
	if r.visits == nil {
		r.visits = map[*Screens][]int{}
	}
	if r.visits[s] == nil {
		r.visits[s] = make([]int, len(s.Cases))
	}
	return r.visits[s]
}

// WithBlockedCookies adds to why a run ended which cookies the browser did not accept: a sign-in that is forgotten
// at once is often explained by them. Other errors stay as they are.
func WithBlockedCookies(err error, page *automation.Page) error {
	var halt *HaltError
	blocked := page.BlockedCookies()
	if !errors.As(err, &halt) || len(blocked) == 0 {
		return err
	}
	halt.Reason += "; the browser did not accept cookies (" + strings.Join(blocked, "; ") + ")"
	hint := "check that the console's addresses begin with https and that what stands in between does not alter cookies"
	halt.Hint = strings.TrimPrefix(halt.Hint+"; "+hint, "; ")
	return err
}

// nextScreen waits for the first case that is there. It returns -1 when the flow has left the screens.
func (r *Run) nextScreen(ctx context.Context, s *Screens, bound time.Duration, all []sighted) (int, error) {
	end := time.Now().Add(bound)
	for {
		slice := min(300*time.Millisecond, time.Until(end)) // short, since leaving is looked for in between
		hit, err := r.first(ctx, max(slice, 10*time.Millisecond), all)
		if err == nil {
			return max(hit-len(s.Until), -1), nil
		}
		if s.Left {
			left, lookErr := r.Left(ctx)
			if lookErr != nil {
				return 0, lookErr
			}
			if left {
				return -1, nil
			}
		}
		if broken := r.Page.Broken(); broken != nil {
			return 0, broken
		}
		if late := r.outOfTime(ctx); late != nil {
			return 0, late
		}
		if time.Now().After(end) {
			return 0, s.unknown(ctx, r, err)
		}
	}
}

// gone waits until a screen that was dealt with has given way: another document, or the screen's target gone, or a
// case of higher rank there.
func (r *Run) gone(ctx context.Context, bound time.Duration, document string, cases []sighted, i int) error {
	end := time.Now().Add(bound)
	for {
		if r.Page.Document() != document {
			return nil
		}
		now, err := r.now(ctx, cases[:i+1])
		if err != nil {
			return err
		}
		if now != i || r.Page.Document() != document {
			return nil
		}
		if broken := r.Page.Broken(); broken != nil {
			return broken
		}
		if time.Now().After(end) || automation.Over(ctx) {
			return &automation.Error{Act: "leave", Target: cases[i].target.Name, Kind: automation.ErrMissing, Want: "gone", Waited: bound.String(), Last: "the screen is still there", Page: r.pageNow()}
		}
		if _, _, err := r.Page.Await(ctx, 200*time.Millisecond, []string{"absent", "hidden"}, cases[i].target); err == nil {
			return nil
		}
	}
}
