package flows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

func (r *Run) press(ctx context.Context, p *Press, bound time.Duration, commit bool) error {
	t, err := r.target(p.Target)
	if err != nil {
		return err
	}
	click := automation.Press{Target: t, Agree: commit, Bound: bound}
	if p.Dialog != nil {
		click.Accept = p.Dialog.Accept
		if click.Says, err = r.text(ctx, p.Dialog.Says); err != nil {
			return err
		}
	}
	if commit {
		click.MustShow, click.Entered, click.People, click.Others = r.MustShow, r.entered, r.People, p.Others
	}
	if p.Row != nil {
		table, err := r.target(p.Row.Table)
		if err != nil {
			return err
		}
		key, err := r.text(ctx, p.Row.Key)
		if err != nil {
			return err
		}
		click.Row = &automation.Row{Table: table, Equals: key}
	}
	if p.For != nil {
		whom, err := r.target(p.For.Target)
		if err != nil {
			return err
		}
		equals, err := r.text(ctx, p.For.Equals)
		if err != nil {
			return err
		}
		click.For = &automation.Identity{Target: whom, Equals: equals, Fold: p.For.Fold}
	}
	return r.Page.Click(ctx, click)
}

func (r *Run) fill(ctx context.Context, f *Fill, bound time.Duration) error {
	t, err := r.target(f.Target)
	if err != nil {
		return err
	}
	value, err := r.text(ctx, f.Value)
	if err != nil {
		return err
	}
	secret := r.secret(f.Value)
	if err := r.Page.Fill(ctx, automation.Entry{Target: t, Value: value, Secret: secret, Bound: bound}); err != nil {
		return err
	}
	if !secret {
		r.enter(automation.Entered{Target: t, As: automation.Filled, Value: value})
	}
	return nil
}

// enter notes what was put into a target: it must still stand there at the commit. What was put there before does not count.
func (r *Run) enter(e automation.Entered) {
	r.entered = slices.DeleteFunc(r.entered, func(old automation.Entered) bool { return old.Target.Name == e.Target.Name })
	r.entered = append(r.entered, e)
}

func (r *Run) check(ctx context.Context, c *Check, bound time.Duration) (did bool, err error) {
	t, err := r.target(c.Target)
	if err != nil {
		return false, err
	}
	if did, err = r.Page.Check(ctx, t, c.On, bound); err == nil {
		r.enter(automation.Entered{Target: t, As: automation.Checked, On: c.On})
	}
	return did, err
}

func (r *Run) choose(ctx context.Context, c *Choose, bound time.Duration) (did bool, err error) {
	t, err := r.target(c.Target)
	if err != nil {
		return false, err
	}
	option, err := r.text(ctx, c.Option)
	if err != nil {
		return false, err
	}
	if option == "" { // nothing in particular is wanted: what the page offers stands
		return false, nil
	}
	defer func() {
		if c.Maybe && errors.Is(err, automation.ErrNotOffered) {
			did, err = false, nil
		}
	}()
	did = true
	if c.Options == "" {
		var got automation.Choice
		got, err = r.Page.Choose(ctx, t, option, bound)
		did = got.Did
		if r.result.Exchange != nil && option == r.Inputs["role"] {
			r.result.Exchange.policy.gives(got.Value)
		}
	} else if err = r.on(c.Options, func(options *selectors.Target) error {
		return r.Page.ChooseFrom(ctx, t, options, option, bound)
	}); err != nil {
		return did, err
	}
	if err == nil {
		r.enter(automation.Entered{Target: t, As: automation.Chosen, Value: option})
	}
	return did, err
}

// await waits for one of several targets, or for something watched, and returns the index of the target.
func (r *Run) await(ctx context.Context, bound time.Duration, names ...string) (int, error) {
	var targets []*selectors.Target
	for _, n := range names {
		t, err := r.target(n)
		if err != nil {
			return -1, err
		}
		targets = append(targets, t)
	}
	var watched []Watch
	for _, w := range r.Watch {
		targets = append(targets, w.Target)
		watched = append(watched, w.Watch)
	}
	i, _, err := r.Page.Await(ctx, bound, nil, targets...)
	if err != nil {
		return -1, err
	}
	if i >= len(names) {
		w := watched[i-len(names)]
		return -1, &HaltError{Kind: w.Kind, Reason: w.Reason, Hint: w.Hint}
	}
	return i, nil
}

func (r *Run) expect(ctx context.Context, e *Expect, bound time.Duration) error {
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
	if e.Equals == "" {
		return nil
	}
	want, err := r.text(ctx, e.Equals)
	if err != nil {
		return err
	}
	end := time.Now().Add(bound)
	for {
		got, err := r.Page.Read(ctx, t, "")
		if err == nil && (got == want || e.Fold && strings.EqualFold(got, want)) {
			return nil
		}
		if time.Now().After(end) {
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

func (r *Run) reading(table, counter, next, more string, scroll bool, bound time.Duration) (automation.Reading, error) {
	out := automation.Reading{Scroll: scroll, Bound: bound, Limit: r.MaxRows}
	for _, f := range []struct {
		name string
		to   **selectors.Target
	}{{table, &out.Table}, {counter, &out.Counter}, {next, &out.Next}, {more, &out.More}} {
		if f.name == "" {
			continue
		}
		t, err := r.target(f.name)
		if err != nil {
			return out, err
		}
		*f.to = t
	}
	if out.Table.Table == nil {
		return out, fmt.Errorf("target %q is not a table", table)
	}
	return out, nil
}

// tableReadings is how often a table that changes while it is read is read again before it is given up as incomplete.
// Where only a second reading can tell, one is for that.
const tableReadings = 4

func (r *Run) rows(ctx context.Context, s *Rows, bound time.Duration) error {
	reading, err := r.reading(s.Table, s.Counter, s.Next, s.More, s.Scroll, bound)
	if err != nil {
		return err
	}
	if s.Previous != "" {
		if reading.Previous, err = r.target(s.Previous); err != nil {
			return err
		}
	}
	for _, name := range s.Unfiltered {
		t, err := r.target(name)
		if err != nil {
			return err
		}
		reading.Filters = append(reading.Filters, automation.Filter{Target: t, Empty: true})
	}
	for _, f := range s.Filters {
		t, err := r.target(f.Target)
		if err != nil {
			return err
		}
		reading.Filters = append(reading.Filters, automation.Filter{Target: t, On: f.On, Equals: f.Equals})
	}
	reading.Meaning = r.Meaning
	if r.Progress != nil {
		reading.Progress = func(n int) { r.Progress(fmt.Sprintf("read %d rows", n)) }
	}
	var before *automation.Rows // a complete reading that another must bear out
	for try := 1; ; try++ {
		got, err := r.Page.ReadTable(ctx, reading)
		if err != nil {
			return err
		}
		kept := got
		if why := unsettled(before, got, reading.Table.Table.Key); got.Complete && why != "" {
			before, kept.Complete, kept.Proof = &got, false, why
		}
		r.result.Rows[s.As] = kept
		if kept.Complete || try == tableReadings || len(s.Reload) == 0 {
			return nil
		}
		if err := r.Evidence.Log(map[string]any{"flow": r.Flow.Name, "step": "rows", "again": kept.Proof}); err != nil {
			return err
		}
		if err := r.steps(ctx, s.Reload); err != nil {
			return err
		}
	}
}

// unsettled says why a reading that is complete in itself is not enough, or nothing.
func unsettled(before *automation.Rows, now automation.Rows, key string) string {
	switch {
	case !now.Parts, before != nil && sameOrder(*before, now, key):
		return ""
	case before == nil:
		return "the rows came in several answers, and only a second reading tells whether they moved meanwhile"
	}
	return "the rows are not those of the reading before: somebody came, went or moved"
}

// sameOrder says that two readings found the same rows in the same order: between them no row can have slipped from a page
// not yet read to one read already, unseen.
func sameOrder(a, b automation.Rows, key string) bool {
	return slices.EqualFunc(a.Rows, b.Rows, func(x, y map[string]string) bool { return x[key] == y[key] })
}

func (r *Run) find(ctx context.Context, f *Find, bound time.Duration) error {
	reading, err := r.reading(f.Table, "", f.Next, "", f.Scroll, bound)
	if err != nil {
		return err
	}
	key, err := r.text(ctx, f.Key)
	if err != nil {
		return err
	}
	found, err := r.Page.FindRow(ctx, reading, key)
	if err != nil {
		return err
	}
	if !found {
		return &HaltError{Kind: Absent, Reason: fmt.Sprintf("no row of %s has %s %q", f.Table, reading.Table.Table.Key, key)}
	}
	return nil
}

func (r *Run) when(ctx context.Context, w *When) error {
	t, err := r.target(w.Target)
	if err != nil {
		return err
	}
	states, err := r.Page.Look(ctx, t)
	if err != nil {
		return err
	}
	if states[0].There() {
		return r.steps(ctx, w.Then)
	}
	return r.steps(ctx, w.Else)
}

func (r *Run) halt(ctx context.Context, h *Halt) error {
	e := &HaltError{Kind: h.Kind}
	var err error
	if e.Reason, err = r.text(ctx, h.Reason); err != nil {
		return err
	}
	if e.Hint, err = r.text(ctx, h.Hint); err != nil {
		return err
	}
	if h.Read != "" {
		_ = r.on(h.Read, func(t *selectors.Target) error { // the reason stands without it
			said, err := r.Page.Read(ctx, t, "")
			if err == nil && said != "" {
				e.Reason += ": " + said
			}
			return err
		})
	}
	if h.Texts != "" {
		_ = r.on(h.Texts, func(t *selectors.Target) error {
			said, err := r.Page.Texts(ctx, t)
			if len(said) > 0 {
				e.Reason += ": " + strings.Join(said, ", ")
			}
			return err
		})
	}
	return e
}

func (r *Run) notice(ctx context.Context, name string) error {
	return r.on(name, func(t *selectors.Target) error {
		states, err := r.Page.Look(ctx, t)
		if err == nil && states[0].There() && states[0].Text != "" && !slices.Contains(r.result.Notices, states[0].Text) {
			r.result.Notices = append(r.result.Notices, states[0].Text)
		}
		return err
	})
}
