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
	click := automation.Press{Target: t, Agree: commit, Accept: p.Dialog == "accept", Bound: bound}
	if commit && checksIdentity {
		click.Under = r.Under
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
	if p.For != nil && checksIdentity {
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

// pressBound is how long a press may take once it has been allowed. What was asked then (is the tenant frozen, does the
// lease hold) must still be so when the press comes; waiting for the target is done before.
const pressBound = 5 * time.Second

// commit is the one irreversible step: pictured and written down before, never tried twice.
func (r *Run) commit(ctx context.Context, p *Press, bound time.Duration) error {
	if _, err := r.Evidence.Picture(ctx, r.Page, "before-commit"); err != nil {
		return err
	}
	if p.Row == nil { // a row's part is found with its row; FindRow has done so
		if _, err := r.await(ctx, bound, p.Target); err != nil {
			return err
		}
	}
	if r.Rehearse {
		return ErrRehearsed
	}
	if err := r.Evidence.Intend(map[string]any{"flow": r.Flow.Name, "step": "intent", "target": p.Target, "email": r.Inputs["email"], "page": r.pageNow()}); err != nil {
		return err
	}
	if r.Intent != nil {
		if err := r.Intent(ctx); err != nil {
			return err
		}
	}
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	// From here on nobody but the bound ends the step: a Ctrl-C between press and answer would leave what happened open.
	ctx = context.WithoutCancel(ctx)
	err := r.press(ctx, p, min(bound, pressBound), true)
	var e *automation.Error
	switch {
	case err == nil:
		r.result.Committed = true
	case errors.As(err, &e):
		r.result.Committed = e.Acted // otherwise nothing was delivered to the page
	default:
		r.result.Committed = true // the browser or its connection went: what was delivered is not known
	}
	if r.result.Committed && r.Acted != nil {
		r.Acted(ctx)
	}
	return err
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
	return r.Page.Fill(ctx, automation.Entry{Target: t, Value: value, Secret: r.secret(f.Value), Bound: bound})
}

func (r *Run) choose(ctx context.Context, c *Choose, bound time.Duration) (bool, error) {
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
	if c.Options == "" {
		return r.Page.Choose(ctx, t, option, bound)
	}
	options, err := r.target(c.Options)
	if err != nil {
		return false, err
	}
	return true, r.Page.ChooseFrom(ctx, t, options, option, bound)
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
	if e.Equals == "" || !checksIdentity {
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
