package flows

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// Visit opens the own page of the flow's subject by the address that a list gave for it. Where none is known, or where
// it leads to a page of somebody else or to none, the steps of otherwise lead there. Whose page it is is looked at
// once more in the task of the press.
type Visit struct {
	Shows     Identity `json:"shows"`
	Frame     string   `json:"frame,omitempty"` // the frame of home in which the page is shown; empty: the page itself
	Otherwise []Step   `json:"otherwise"`
}

func (v *Visit) says() string {
	return fmt.Sprintf("open the page of %s by its address, if the list gave one and %s says so", v.Shows.Equals, v.Shows.Target)
}
func (*Visit) word() string        { return "visit" }
func (v *Visit) targets() []string { return given(v.Shows.Target, v.Frame) }
func (v *Visit) texts() []string   { return []string{v.Shows.Equals} }
func (v *Visit) nested() []block {
	return []block{{[]any{"otherwise"}, v.Otherwise, "if not"}}
}

func (v *Visit) check(f *Flow, complain complaint, at []any) {
	if f.Subject != "" && v.Shows.Equals != f.whom() {
		complain(fmt.Sprintf("whose page a changing flow visits is its subject's: equals is %s", f.whom()), append(slices.Clone(at), "shows")...)
	}
}

func (v *Visit) run(ctx context.Context, r *Run, _ *Step, bound time.Duration) error {
	if r.Own == "" {
		return r.steps(ctx, v.Otherwise)
	}
	if err := r.hold(ctx); err != nil { // a page may change something where it is only opened
		return err
	}
	err := v.visit(ctx, r, min(bound, addressBound))
	var halt *HaltError
	if err == nil || errors.As(err, &halt) || ctx.Err() != nil {
		return err
	}
	if err := r.again(v, "the address of the person's page does not lead there: "+err.Error()); err != nil {
		return err
	}
	return r.steps(ctx, v.Otherwise)
}

// visit opens the page, and makes sure that it is the subject's.
func (v *Visit) visit(ctx context.Context, r *Run, bound time.Duration) (err error) {
	if v.Frame == "" {
		err = r.Page.Open(ctx, r.Own)
	} else if err = r.openHome(ctx); err == nil { // what is around the frame says whose it is: it is loaded anew
		err = r.lead(ctx, v.Frame, r.Own, bound)
	}
	if err != nil {
		return err
	}
	shown := Expect{Target: v.Shows.Target, Equals: v.Shows.Equals, Fold: v.Shows.Fold}
	return shown.run(ctx, r, nil, bound)
}

// openHome opens the page to which signing in led.
func (r *Run) openHome(ctx context.Context) error {
	home, err := r.text(ctx, "${home}")
	if err != nil {
		return err
	}
	return r.Page.Open(ctx, home)
}

// lead has a frame of the page show an address.
func (r *Run) lead(ctx context.Context, frame, address string, bound time.Duration) error {
	t, err := r.target(frame)
	if err != nil {
		return err
	}
	return r.Page.Lead(ctx, t, address, bound)
}

// again notes why a flow goes a longer way.
func (r *Run) again(v Verb, why string) error {
	return r.Evidence.Log(map[string]any{"flow": r.Flow.Name, "step": v.word(), "again": why})
}
