package flows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/billagent/billagent/automation"
	"github.com/billagent/billagent/selectors"
)

// Rows reads a whole table as an output. Reload are the steps that bring its beginning back when it changed
// meanwhile, or when only a second reading can tell whether it did.
type Rows struct {
	Table   string `json:"table"`
	As      string `json:"as"`
	Counter string `json:"counter,omitempty"`
	Next    string `json:"next,omitempty"`
	// Previous leads to the page before: a console may remember a page. Without it only a counter shows where a
	// list begins.
	Previous string `json:"previous,omitempty"`
	More     string `json:"more,omitempty"`
	Scroll   bool   `json:"scroll,omitempty"`
	// Whole says that everybody is on the one page: whoever wrote the flow has looked. Without it a list is complete only
	// by the word of the page or of the server: a counter, a way on that ends, or a witness.
	Whole bool `json:"whole,omitempty"`
	// Apart are beside the table and seem to lead to more rows, but do not.
	Apart   []string `json:"apart,omitempty"`
	Filters []Filter `json:"filters,omitempty"` // must hold before the first row is read and after the last
	// Unfiltered are what must say nothing or not be shown, such as a search box or the sign of a filter.
	Unfiltered []string `json:"unfiltered,omitempty"`
	Reload     []Step   `json:"reload,omitempty"`
	// Address says that the address of the page brings back the list with its filters: it is opened for another
	// reading, and where the list is not there as it must be, what reload says is done.
	Address bool `json:"address,omitempty"`
	// Frame is the frame of home in which the list is shown: Address is the frame's then.
	Frame string `json:"frame,omitempty"`
}

// Filter is a control that decides which rows a table has, and how it must stand: on or off, or what it must say.
type Filter struct {
	Target string `json:"target"`
	On     *bool  `json:"on,omitempty"`
	Equals string `json:"equals,omitempty"`
}

func (*Rows) word() string               { return "rows" }
func (*Rows) texts() []string            { return nil }
func (v *Rows) awaited() string          { return v.Table }
func (v *Rows) output() (string, Output) { return v.As, OutputRows }
func (v *Rows) nested() []block {
	return []block{{[]any{"reload"}, v.Reload, "to begin again, where the rows moved meanwhile"}}
}

func (v *Rows) targets() []string {
	out := append(given(v.Table, v.Counter, v.Next, v.Previous, v.More, v.Frame), slices.Concat(v.Unfiltered, v.Apart)...)
	for _, f := range v.Filters {
		out = append(out, f.Target)
	}
	return out
}

func (v *Rows) says() string {
	return fmt.Sprintf("read every row of %s as %s, to a proved end", v.Table, v.As)
}

func (v *Rows) check(_ *Flow, complain complaint, at []any) {
	for i, f := range v.Filters {
		if (f.On == nil) == (f.Equals == "") {
			complain("a filter says either on or equals", append(slices.Clone(at), "filters", i)...)
		}
	}
	if v.Whole && (v.Counter != "" || v.Next != "" || v.More != "") {
		complain("a list that is whole on one page has neither a counter, which would tell, nor another page", append(slices.Clone(at), "whole")...)
	}
	if v.Frame != "" && !v.Address {
		complain("the frame of a list goes with address", append(slices.Clone(at), "frame")...)
	}
	if v.Address && len(v.Reload) == 0 {
		complain("a list that is opened by its address has a reload: the address may lead elsewhere one day", at...)
	}
	if (v.Next != "" || v.More != "") && len(v.Reload) == 0 {
		complain("a table of several pages has a reload: only a second reading tells whether rows moved between them", at...)
	}
}

// reading is how a table is read.
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

func (v *Rows) run(ctx context.Context, r *Run, _ *Step, bound time.Duration) error {
	reading, err := r.reading(v.Table, v.Counter, v.Next, v.More, v.Scroll, bound)
	if err != nil {
		return err
	}
	if err := v.complete(r, &reading); err != nil {
		return err
	}
	reading.Each, r.Each = r.Each, nil
	var before *automation.Rows // a complete reading that another must bear out
	at := ""                    // where it is read again; empty: it is shown already
	for try := 1; ; try++ {
		got, err := v.read(ctx, r, reading, at)
		if err != nil {
			return err
		}
		v.vouched(&got, reading)
		reading.Each = nil // another reading only bears out what was read
		if got.Complete && r.Enough != nil && r.Enough(got) {
			r.result.Rows[v.As] = got
			return nil
		}
		kept := got
		if why := unsettled(before, got, reading.Table.Table.Key); got.Complete && why != "" {
			before, kept.Complete, kept.Proof = &got, false, why
		}
		r.result.Rows[v.As] = kept
		if kept.Complete || kept.Stopped || try == tableReadings || len(v.Reload) == 0 {
			return nil
		}
		if err := r.again(v, kept.Proof); err != nil {
			return err
		}
		if at = ""; v.Address && got.Complete {
			at = got.At
			continue
		}
		if err := r.steps(ctx, v.Reload); err != nil {
			return err
		}
	}
}

// unvouched is why a list is not complete of which nothing says that it is.
const unvouched = "nothing says how many there are: name what does by counter, or what leads to more by next or more; where everybody is always on this one page, say whole: true"

// vouched makes sure that something speaks for a list's being complete: that nothing speaks against it is not enough.
func (v *Rows) vouched(got *automation.Rows, r automation.Reading) {
	if got.Complete && !v.Whole && r.Counter == nil && r.Next == nil && r.More == nil && r.Table.Table.Witness == nil {
		got.Complete, got.Proof = false, unvouched
	}
}

// soughtThere looks for the one who is sought on the page of the list on which they stood before. That they are not on
// it as they are sought says nothing: all is read then.
func (v *Rows) soughtThere(ctx context.Context, r *Run) (bool, error) {
	reading, err := r.reading(v.Table, v.Counter, "", "", false, stepBound)
	if err == nil {
		err = v.complete(r, &reading)
	}
	if err != nil {
		return false, err
	}
	reading.Here, reading.Previous = true, nil
	var got automation.Rows
	if err = v.openAt(ctx, r, r.There); err == nil {
		got, err = r.Page.ReadTable(ctx, reading)
	}
	if err == nil && got.Stopped {
		r.result.Rows[v.As] = got
		return true, r.Evidence.Log(map[string]any{"flow": r.Flow.Name, "step": v.word(), "stopped": got.Proof, "page": r.pageNow()})
	}
	if err == nil {
		err = errors.New(got.Proof)
	}
	var halt *HaltError
	if errors.As(err, &halt) || ctx.Err() != nil {
		return false, err
	}
	return false, r.elsewhere(v, err)
}

// read reads the list that is shown, or where an address is given the one that is there.
func (v *Rows) read(ctx context.Context, r *Run, reading automation.Reading, at string) (automation.Rows, error) {
	if at == "" {
		return r.Page.ReadTable(ctx, reading)
	}
	err := v.openAt(ctx, r, at)
	if err == nil {
		var got automation.Rows
		if got, err = r.Page.ReadTable(ctx, reading); err == nil {
			return got, nil
		}
	}
	var halt *HaltError
	if errors.As(err, &halt) || ctx.Err() != nil {
		return automation.Rows{}, err
	}
	if err := r.elsewhere(v, err); err != nil {
		return automation.Rows{}, err
	}
	if err := r.steps(ctx, v.Reload); err != nil {
		return automation.Rows{}, err
	}
	return r.Page.ReadTable(ctx, reading)
}

// elsewhere notes that an address did not lead to the list as it must be.
func (r *Run) elsewhere(v *Rows, why error) error {
	return r.again(v, "its address does not lead to the list: "+why.Error())
}

// addressBound is how long a page may take to be there that is opened by its address.
const addressBound = 5 * time.Second

// openAt opens a list by its address, unless it has just been loaded there.
func (v *Rows) openAt(ctx context.Context, r *Run, at string) error {
	fresh := r.fresh
	r.fresh = false
	var err error
	switch {
	case v.Frame != "":
		err = v.leadTo(ctx, r, at)
	case !fresh || r.Page.URL() != at:
		err = r.Page.Open(ctx, at)
	}
	if err != nil {
		return err
	}
	_, err = r.await(ctx, addressBound, v.Table)
	return err
}

// leadTo leads the frame of the list to an address, in the page that is shown or in home.
func (v *Rows) leadTo(ctx context.Context, r *Run, at string) error {
	frame, err := r.target(v.Frame)
	if err != nil {
		return err
	}
	shown, err := r.Page.Look(ctx, frame)
	if err == nil && !shown[0].There() {
		err = r.openHome(ctx)
	}
	if err != nil {
		return err
	}
	return r.lead(ctx, v.Frame, at, addressBound)
}

// complete adds to a reading what only a whole table needs: where it begins, and what must not filter it.
func (v *Rows) complete(r *Run, reading *automation.Reading) (err error) {
	if v.Previous != "" {
		if reading.Previous, err = r.target(v.Previous); err != nil {
			return err
		}
	}
	for _, name := range v.Apart {
		t, err := r.target(name)
		if err != nil {
			return err
		}
		reading.Apart = append(reading.Apart, t)
	}
	for _, name := range v.Unfiltered {
		t, err := r.target(name)
		if err != nil {
			return err
		}
		reading.Filters = append(reading.Filters, automation.Filter{Target: t, Empty: true})
	}
	for _, f := range v.Filters {
		t, err := r.target(f.Target)
		if err != nil {
			return err
		}
		reading.Filters = append(reading.Filters, automation.Filter{Target: t, On: f.On, Equals: f.Equals})
	}
	reading.Meaning, reading.Sought = r.Meaning, r.Sought
	if r.Progress != nil {
		reading.Progress = func(n int) { r.Progress(fmt.Sprintf("read %d rows", n)) }
	}
	return nil
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

// sameOrder says that two readings found the same rows in the same order: between them no row can have slipped from
// a page not yet read to one read already, unseen.
func sameOrder(a, b automation.Rows, key string) bool {
	return slices.EqualFunc(a.Rows, b.Rows, func(x, y map[string]string) bool { return x[key] == y[key] })
}
