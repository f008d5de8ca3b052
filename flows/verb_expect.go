package flows

import (
	"cmp"
	"context"
	"fmt"
	"time"

	"github.com/billagent/billagent/automation"
)

// Expect waits until a target is there (or gone) and, if asked, says the right thing.
type Expect struct {
	Target string `json:"target"`
	Equals string `json:"equals,omitempty"`
	Names  string `json:"names,omitempty"` // an e-mail address: the text has it, and no other
	Fold   bool   `json:"fold,omitempty"`
	Gone   bool   `json:"gone,omitempty"`
}

func (*Expect) word() string        { return "expect" }
func (e *Expect) targets() []string { return []string{e.Target} }
func (e *Expect) texts() []string   { return []string{e.Equals, e.Names} }

func (e *Expect) says() string {
	switch {
	case e.Gone:
		return "wait until " + e.Target + " is gone"
	case e.Names != "":
		return fmt.Sprintf("make sure that %s names %s and no other address", e.Target, e.Names)
	case e.Equals != "":
		return fmt.Sprintf("make sure that %s says %s", e.Target, e.Equals)
	}
	return "make sure that " + e.Target + " is there"
}

func (e *Expect) run(ctx context.Context, r *Run, _ *Step, bound time.Duration) error {
	t, err := r.target(e.Target)
	if err != nil {
		return err
	}
	if e.Gone {
		_, _, err := r.Page.Await(ctx, bound, []string{"absent", "hidden"}, t)
		return err
	}
	if _, err := r.await(ctx, bound, e.Target); err != nil {
		return err
	}
	if e.Equals+e.Names == "" {
		return nil
	}
	want, err := r.text(ctx, cmp.Or(e.Names, e.Equals))
	if err != nil {
		return err
	}
	end := time.Now().Add(bound)
	for {
		got, err := r.Page.Read(ctx, t, "")
		if err == nil && e.holds(got, want) {
			return nil
		}
		if time.Now().After(end) || automation.Over(ctx) {
			if err != nil {
				return err
			}
			return &automation.Error{Act: "expect", Target: e.Target, Kind: automation.ErrWrongIdentity, Last: fmt.Sprintf("it says %q, not %q", got, want), Page: r.pageNow()}
		}
		if err := pause(ctx, expectEvery); err != nil {
			return err
		}
		if _, err := r.await(ctx, time.Until(end), e.Target); err != nil {
			return err
		}
	}
}

// holds says that a target says what it should.
func (e *Expect) holds(says, want string) bool {
	if e.Names != "" {
		return automation.NamesOnly(says, want)
	}
	return automation.SameText(says, want, e.Fold)
}

// expectEvery is how often a target is looked at that does not say yet what it should.
const expectEvery = 100 * time.Millisecond

// pause waits between two looks.
func pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
