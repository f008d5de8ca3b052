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

// Find brings the row with a key onto the page. Without such a row the flow halts as absent.
type Find struct {
	Table  string `json:"table"`
	Key    string `json:"key"`
	Next   string `json:"next,omitempty"`
	Scroll bool   `json:"scroll,omitempty"`
	// Search is a field that narrows the table to what fits its text. What it does not bring is looked for in the whole
	// table.
	Search string `json:"search,omitempty"`
}

func (v *Find) says() string {
	out := fmt.Sprintf("find the row of %s with %s, ", v.Table, v.Key)
	if v.Search != "" {
		out += "by what " + v.Search + " finds, or else "
	}
	return out + "page after page"
}
func (*Find) word() string        { return "find" }
func (v *Find) targets() []string { return given(v.Table, v.Next, v.Search) }
func (v *Find) texts() []string   { return []string{v.Key} }
func (v *Find) awaited() string   { return v.Table }

func (v *Find) check(f *Flow, complain complaint, at []any) {
	if f.Subject != "" && v.Key != f.whom() {
		complain(fmt.Sprintf("whom a changing flow looks for is its subject: key is %s", f.whom()), at...)
	}
}

func (v *Find) run(ctx context.Context, r *Run, _ *Step, bound time.Duration) error {
	reading, err := r.reading(v.Table, "", v.Next, "", v.Scroll, bound)
	if err != nil {
		return err
	}
	key, err := r.text(ctx, v.Key)
	if err != nil {
		return err
	}
	found, err := v.find(ctx, r, reading, key, bound)
	if err != nil {
		return err
	}
	if !found {
		return &HaltError{Kind: Absent, Reason: fmt.Sprintf("no row of %s has %s %q", v.Table, reading.Table.Table.Key, key)}
	}
	return nil
}

// find looks among what the search brings first, where there is one. That it brings nobody proves nothing: it may
// search in another field, or lag behind.
func (v *Find) find(ctx context.Context, r *Run, reading automation.Reading, key string, bound time.Duration) (bool, error) {
	if v.Search == "" {
		return r.Page.FindRow(ctx, reading, key)
	}
	if err := r.hold(ctx); err != nil { // a page may save what is searched for
		return false, err
	}
	field, err := r.target(v.Search)
	if err != nil {
		return false, err
	}
	if err := r.searched(ctx, field, key, bound); err != nil {
		return false, err
	}
	narrowed := reading
	narrowed.Bound = min(bound, narrowedBound)
	found, err := r.Page.FindRow(ctx, narrowed, key)
	// A list of nobody may not be drawn at all, and one that the search does not narrow may be long.
	unseen := errors.Is(err, automation.ErrMissing) || errors.Is(err, automation.ErrNotActionable)
	if found || err != nil && !unseen {
		return found, err
	}
	if err := r.searched(ctx, field, "", bound); err != nil {
		return false, err
	}
	return r.Page.FindRow(ctx, reading, key)
}

// narrowedBound is how long somebody may take to be found among what a search has brought, once it was answered.
const narrowedBound = 5 * time.Second

// searched types into a search box, and waits for the answer of the list. What the flow typed there before, such as
// nothing, need not stand there at the commit any more.
func (r *Run) searched(ctx context.Context, field *selectors.Target, text string, bound time.Duration) error {
	before := func(e automation.Entered) bool { return e.Target.Name == field.Name }
	r.entered = slices.DeleteFunc(r.entered, before)
	return r.Page.Asks(ctx, field, r.witnessed(), bound, func() (bool, error) {
		return r.fill(ctx, automation.Entry{Target: field, Value: text, Bound: bound}, true)
	})
}
