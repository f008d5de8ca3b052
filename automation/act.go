package automation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/billagent/billagent/selectors"
	"github.com/go-rod/rod/lib/proto"
)

// Identity says whom an action may concern: what a target must say, checked for equality in the same page task as the
// hit test and again when the input event arrives.
type Identity struct {
	Target *selectors.Target `json:"target"`
	Equals string            `json:"equals"`
	Fold   bool              `json:"fold,omitempty"` // without regard to case
	Attr   string            `json:"attr,omitempty"` // what is read; empty: what a person reads there
}

// Row says in which row of a table an action's target lies: the one whose key equals a value.
type Row struct {
	Table  *selectors.Target `json:"table"`
	Equals string            `json:"equals"`
}

// Press is one click.
type Press struct {
	Target *selectors.Target
	Row    *Row       // find Target in this row
	For    *Identity  // whom it must concern
	Under  []Identity // what else the page must say, such as whose it is
	Agree  bool       // every candidate that still matches must mean the same element
	Accept bool       // agree to the browser's own confirmation, if one opens
	Bound  time.Duration
}

// verdict is what the guard in the page saw of the input events.
type verdict struct {
	Token     string   `json:"token"`
	Delivered []string `json:"delivered"`
	Refused   *miss    `json:"refused"`
	Gone      bool     `json:"gone"`
	Miss      *miss    `json:"miss"`
}

type prepared struct {
	Token string  `json:"token"`
	X     float64 `json:"x"`
	Y     float64 `json:"y"`
	Empty bool    `json:"empty"`
	Miss  *miss   `json:"miss"`
}

// Click presses a target once: five protocol calls when all is well. It tries again only while nothing has been
// delivered to the page. An *Error whose Acted is true says that something was.
func (p *Page) Click(ctx context.Context, press Press) error {
	start := time.Now()
	ctx, cancel := patient(ctx, press.Bound)
	defer cancel()
	for round := 0; ; round++ {
		err := p.clickOnce(ctx, press)
		var e *Error
		if err == nil || !errors.As(err, &e) || e.Acted || !errors.Is(err, ErrMissed) || over(ctx) || round > 20 {
			if e != nil {
				e.Waited, e.Want = time.Since(start).Round(10*time.Millisecond).String(), "the one visible, still, enabled thing under the pointer"
			}
			return err
		}
	}
}

func (p *Page) clickOnce(ctx context.Context, press Press) error {
	ready, err := p.prepare(ctx, "prepare", "click", press.Target, map[string]any{"target": press.Target, "row": press.Row, "key": press.For, "under": press.Under, "agree": press.Agree})
	if err != nil {
		return err
	}
	p.mu.Lock()
	p.accept = press.Accept
	p.mu.Unlock()
	err = p.pressAt(ctx, ready.X, ready.Y)
	v, seen := p.verdictOf(ctx, ready.Token)
	p.mu.Lock()
	p.accept = false
	p.mu.Unlock()
	e := &Error{Act: "click", Target: press.Target.Name, Kind: ErrMissed, Page: WithoutQuery(p.URL()), Cause: err}
	switch {
	case slices.Contains(v.Delivered, "click"):
		return nil
	case slices.Contains(v.Delivered, "mousedown") || slices.Contains(v.Delivered, "pointerdown"):
		e.Acted, e.Last = true, errPartlyDelivers.Error()
		if v.Refused != nil {
			e.Last += ": " + v.Refused.Detail
		}
		return e
	case v.Refused != nil:
		if k, ok := kindOf[v.Refused.Kind]; ok {
			e.Kind = k
		}
		if e.Kind == ErrNotActionable {
			e.Kind = ErrMissed // it became so in between: worth another look
		}
		e.Last = v.Refused.Detail
		return e
	case !seen || err != nil:
		e.Acted, e.Last = true, "the page went away before it said what reached it"
		return e
	default:
		e.Last = "no input event reached the page"
		e.Acted = press.Agree // for an irreversible step, what was sent and not seen may have arrived elsewhere
		return e
	}
}

// prepare waits in slices until the script says the target is ready.
func (p *Page) prepare(ctx context.Context, door, act string, t *selectors.Target, req map[string]any) (prepared, error) {
	var last *Error
	for {
		wait := remaining(ctx, lookSlice)
		req["wait"] = wait.Milliseconds()
		var res prepared
		err := p.look(ctx, door, req, &res)
		if err == nil && res.Miss == nil {
			return res, nil
		}
		if err == nil {
			last = p.missError(act, t.Name, res.Miss)
			if final(last.Kind) {
				return prepared{}, last
			}
		} else if ctx.Err() == nil {
			return prepared{}, err
		}
		if over(ctx) {
			if last == nil {
				return prepared{}, &Error{Act: act, Target: t.Name, Kind: ErrMissing, Last: "nothing could be looked at", Page: WithoutQuery(p.URL()), Cause: err}
			}
			if cause := context.Cause(ctx); cause != nil && !errors.Is(cause, context.DeadlineExceeded) {
				last.Cause = cause
			}
			return prepared{}, last
		}
		if e := p.broken([]*selectors.Target{t}); e != nil && last == nil {
			return prepared{}, e
		}
	}
}

// final kinds do not get better by waiting: the script has looked several times already.
func final(kind error) bool {
	return slices.Contains([]error{ErrAmbiguous, ErrWrongIdentity, ErrScript, ErrNotOffered}, kind)
}

func (p *Page) pressAt(ctx context.Context, x, y float64) error {
	sc := p.scope(ctx)
	for _, e := range []proto.InputDispatchMouseEvent{
		{Type: proto.InputDispatchMouseEventTypeMouseMoved, X: x, Y: y},
		{Type: proto.InputDispatchMouseEventTypeMousePressed, X: x, Y: y, Button: proto.InputMouseButtonLeft, ClickCount: 1},
		{Type: proto.InputDispatchMouseEventTypeMouseReleased, X: x, Y: y, Button: proto.InputMouseButtonLeft, ClickCount: 1},
	} {
		if err := e.Call(sc); err != nil {
			return fmt.Errorf("sending the %s: %w", e.Type, err)
		}
	}
	return nil
}

// verdictOf disarms the guard and says what it saw. When the click replaced the page, what the guard reported before
// that is the verdict. It must be asked even when the caller has given up, so it has its own bound.
func (p *Page) verdictOf(ctx context.Context, token string) (verdict, bool) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	var v verdict
	err := p.run(ctx, "finish", map[string]any{"token": token}, &v)
	p.mu.Lock()
	defer p.mu.Unlock()
	reported, ok := p.reports[token]
	clear(p.reports)
	if err == nil && !v.Gone && v.Miss == nil {
		return v, true
	}
	return reported, ok
}

// Entry is text to be typed into a field.
type Entry struct {
	Target *selectors.Target
	Value  string
	Secret bool // the value is not repeated in errors
	Bound  time.Duration
}

// Fill replaces what is in a field by typing, and reads it back. It tries again while focus is taken away meanwhile.
func (p *Page) Fill(ctx context.Context, en Entry) error {
	ctx, cancel := patient(ctx, en.Bound)
	defer cancel()
	for round := 0; ; round++ {
		err := p.fillOnce(ctx, en)
		if err == nil || !errors.Is(err, ErrMissed) || over(ctx) || round > 20 {
			return err
		}
	}
}

func (p *Page) fillOnce(ctx context.Context, en Entry) error {
	ready, err := p.prepare(ctx, "prepareFill", "fill", en.Target, map[string]any{"target": en.Target})
	if err != nil {
		return err
	}
	sc := p.scope(ctx)
	if en.Value != "" {
		err = proto.InputInsertText{Text: en.Value}.Call(sc)
	} else if !ready.Empty {
		err = errors.Join(
			proto.InputDispatchKeyEvent{Type: proto.InputDispatchKeyEventTypeKeyDown, Key: "Delete", Code: "Delete", WindowsVirtualKeyCode: 46}.Call(sc),
			proto.InputDispatchKeyEvent{Type: proto.InputDispatchKeyEventTypeKeyUp, Key: "Delete", Code: "Delete", WindowsVirtualKeyCode: 46}.Call(sc))
	}
	if err != nil {
		return fmt.Errorf("fill %q: %w", en.Target.Name, err)
	}
	var res struct {
		OK       bool   `json:"ok"`
		Gone     bool   `json:"gone"`
		Refused  *miss  `json:"refused"`
		Differs  string `json:"differs"`
		Expected string `json:"expected"`
		Miss     *miss  `json:"miss"`
	}
	err = p.run(ctx, "finishFill", map[string]any{"token": ready.Token, "value": en.Value, "secret": en.Secret}, &res)
	e := &Error{Act: "fill", Target: en.Target.Name, Kind: ErrMissed, Page: WithoutQuery(p.URL())}
	switch {
	case errors.Is(err, errContextGone), err == nil && res.Gone:
		e.Last = "the page was replaced while typed into"
		return e
	case err != nil:
		return err
	case res.Miss != nil:
		return p.missError("fill", en.Target.Name, res.Miss)
	case res.Refused != nil:
		e.Last = res.Refused.Detail
		return e
	case !res.OK:
		e.Kind, e.Last = ErrNotRead, fmt.Sprintf("typed %s, the field holds %s", res.Expected, res.Differs)
		return e
	}
	return nil
}

// Choose picks an option of a select element by its exact words. It returns false where it was chosen already.
func (p *Page) Choose(ctx context.Context, t *selectors.Target, option string, bound time.Duration) (bool, error) {
	ctx, cancel := patient(ctx, bound)
	defer cancel()
	for {
		var res struct {
			Already bool     `json:"already"`
			Offered []string `json:"offered"`
			Miss    *miss    `json:"miss"`
		}
		req := map[string]any{"target": t, "option": option, "wait": remaining(ctx, lookSlice).Milliseconds()}
		if err := p.look(ctx, "pick", req, &res); err != nil {
			return false, err
		}
		if res.Miss == nil {
			return !res.Already, nil
		}
		e := p.missError("choose", t.Name, res.Miss)
		e.Offered = res.Offered
		if final(e.Kind) || over(ctx) {
			return false, e
		}
	}
}

// ChooseFrom opens a picker that is not a select element, presses the one option with the exact words, and reads the
// picker back. options is the target that matches every option once the picker is open.
func (p *Page) ChooseFrom(ctx context.Context, opener, options *selectors.Target, option string, bound time.Duration) error {
	if err := p.Click(ctx, Press{Target: opener, Bound: bound}); err != nil {
		return err
	}
	if _, _, err := p.Await(ctx, bound, []string{"visible", "several"}, options); err != nil {
		return err
	}
	offered, err := p.Texts(ctx, options)
	if err != nil {
		return err
	}
	if !slices.Contains(offered, option) {
		return &Error{Act: "choose", Target: opener.Name, Kind: ErrNotOffered, Last: fmt.Sprintf("%q is not among the options", option), Offered: offered, Page: WithoutQuery(p.URL())}
	}
	if err := p.Click(ctx, Press{Target: optionOf(options, option), Bound: bound}); err != nil {
		return err
	}
	got, err := p.Read(ctx, opener, "")
	if err != nil {
		return err
	}
	if got != option {
		return &Error{Act: "choose", Target: opener.Name, Kind: ErrNotRead, Last: fmt.Sprintf("chose %q, it shows %q", option, got), Page: WithoutQuery(p.URL())}
	}
	return nil
}

// optionOf narrows a target that matches every option to the one with the given words.
func optionOf(options *selectors.Target, option string) *selectors.Target {
	one := *options
	one.Name = options.Name + " " + fmt.Sprintf("%q", option)
	one.Candidates = nil
	for _, c := range options.Candidates {
		if c.Role != "" {
			c.Name = option
			one.Candidates = append(one.Candidates, c)
		}
	}
	if len(one.Candidates) == 0 {
		one.Candidates = []selectors.Candidate{{Text: option}}
	}
	return &one
}

// Check sets a check box or radio button, pressing it only if needed, and reads it back. It returns false where nothing
// had to be pressed.
func (p *Page) Check(ctx context.Context, t *selectors.Target, on bool, bound time.Duration) (bool, error) {
	if _, _, err := p.Await(ctx, bound, nil, t); err != nil {
		return false, err
	}
	is, err := p.checked(ctx, t)
	if err != nil || is == on {
		return false, err
	}
	if err := p.Click(ctx, Press{Target: t, Bound: bound}); err != nil {
		return false, err
	}
	// A box that submits its form is read back on the page that comes then.
	if _, _, err := p.Await(ctx, bound, nil, t); err != nil {
		return true, err
	}
	if is, err = p.checked(ctx, t); err != nil {
		return true, err
	}
	if is != on {
		return true, &Error{Act: "check", Target: t.Name, Kind: ErrNotRead, Last: fmt.Sprintf("pressed, but it is still %v", is), Page: WithoutQuery(p.URL())}
	}
	return true, nil
}

func (p *Page) checked(ctx context.Context, t *selectors.Target) (bool, error) {
	var res struct {
		Checked bool  `json:"checked"`
		Miss    *miss `json:"miss"`
	}
	if err := p.look(ctx, "checkedState", map[string]any{"target": t}, &res); err != nil {
		return false, err
	}
	if res.Miss != nil {
		return false, p.missError("check", t.Name, res.Miss)
	}
	return res.Checked, nil
}

// Reloads does something that makes the page load the target's document anew, and waits until it has. do returns
// false where nothing was done after all. Without it, what the page still shows could be read as the answer.
func (p *Page) Reloads(ctx context.Context, t *selectors.Target, bound time.Duration, do func() (bool, error)) error {
	var res struct {
		Replaced bool  `json:"replaced"`
		Miss     *miss `json:"miss"`
	}
	if _, _, err := p.Await(ctx, bound, nil, t); err != nil {
		return err
	}
	if err := p.look(ctx, "mark", map[string]any{"target": t}, &res); err != nil {
		return err
	}
	if res.Miss != nil {
		return p.missError("act on", t.Name, res.Miss)
	}
	if did, err := do(); err != nil || !did {
		return err
	}
	ctx, cancel := patient(ctx, bound)
	defer cancel()
	for {
		err := p.look(ctx, "replaced", map[string]any{"wait": remaining(ctx, lookSlice).Milliseconds()}, &res)
		if err == nil && res.Replaced {
			return nil
		}
		if e := p.broken([]*selectors.Target{t}); e != nil {
			return e
		}
		if over(ctx) {
			return &Error{Act: "await the page after", Target: t.Name, Kind: ErrUnreachable, Last: "the page was not loaded anew", Waited: bound.String(), Want: "another document", Page: WithoutQuery(p.URL()), Cause: context.Cause(ctx)}
		}
		if err != nil {
			return err
		}
	}
}
