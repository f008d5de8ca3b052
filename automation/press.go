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

// Identity says whom an action may concern: what a target must say, checked in the same page task as the hit test and
// again when the input event arrives.
type Identity struct {
	Target *selectors.Target `json:"target"`
	Equals string            `json:"equals"`
	Fold   bool              `json:"fold,omitempty"` // without regard to case
	Attr   string            `json:"attr,omitempty"` // what is read; empty: what a person reads there
	// InSentence says that Equals is an e-mail address in a text that has no other, and names nobody else.
	InSentence bool `json:"inSentence,omitempty"`
}

// Row says in which row of a table an action's target lies: the one whose key equals a value.
type Row struct {
	Table  *selectors.Target `json:"table"`
	Equals string            `json:"equals"`
}

// Ways in which something was entered.
const (
	Filled  = "filled"  // typed into a field: Value, to the letter
	Chosen  = "chosen"  // an option: Value, its words
	Checked = "checked" // a check box or radio button: On
)

// Entered is what was put into a target before. It must still stand there when something irreversible is pressed. A
// target that is not on the page any more is passed over.
type Entered struct {
	Target *selectors.Target `json:"target"`
	As     string            `json:"as"` // Filled, Chosen or Checked
	Value  string            `json:"value"`
	On     bool              `json:"on"`
}

// Press is one click.
type Press struct {
	Target   *selectors.Target
	Row      *Row       // find Target in this row
	Saying   string     // of several matches, the one that says this; empty: there is one
	For      *Identity  // whom it must concern
	MustShow []Identity // what else the page must say, such as whose it is
	Entered  []Entered  // what must still stand as it was entered
	// Agree marks an irreversible step: every candidate that still matches must mean the same element, what may have
	// reached the page is never pressed again, and no window that it opens is followed.
	Agree  bool
	People *People // whom the place of the target must show, and whom it must not
	Others string  // why the place may show others, or a frame that cannot be read; empty: it may not
	Double bool    // a double click; never with Agree
	Accept bool    // agree to the browser's own confirmation, if one opens
	Says   string  // what that confirmation must say; empty: anything that names nobody else
	Bound  time.Duration
	// Brings is what the press may bring before the button of the mouse is let go, as many lists open when it goes down and
	// cover what was pressed. Where it is there by then, the press has done its work. Never with Agree.
	Brings *selectors.Target
}

// verdict is what the guard in the page saw of the input events.
type verdict struct {
	Token     string   `json:"token"`
	Delivered []string `json:"delivered"`
	Refused   *miss    `json:"refused"`
	File      bool     `json:"file"` // a field for files was clicked
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

// mostTries bounds how often an action is tried again that has reached nothing.
const mostTries = 20

// Click presses a target once: five protocol calls when all is well. It tries again while no click has been
// delivered to the page; where the step is irreversible, or the target has gone since, only while nothing at all
// has been. An *Error whose Acted is true says that something was, or may have been.
func (p *Page) Click(ctx context.Context, press Press) error {
	start := time.Now()
	ctx, cancel := patient(ctx, press.Bound)
	defer cancel()
	half := ""
	for round := 0; ; round++ {
		err := p.clickOnce(ctx, press)
		var e *Error
		if errors.As(err, &e) && e.partly {
			if brought, err := p.brought(ctx, press); brought || err != nil {
				return err
			}
			half = "; it was pressed down before, and what came then may cover it"
		}
		if err == nil || !errors.As(err, &e) || e.Acted || !errors.Is(err, ErrMissed) || Over(ctx) || round > mostTries {
			if e != nil && e.Kind != ErrUnsupported {
				e.Waited = time.Since(start).Round(10 * time.Millisecond).String()
				e.Want = "the one visible, still, enabled thing under the pointer"
				if !e.partly {
					e.Last += half
				}
			}
			return err
		}
	}
}

// brought says whether what a press may bring is there. A list may take a moment to be drawn.
func (p *Page) brought(ctx context.Context, press Press) (bool, error) {
	if press.Brings == nil {
		return false, nil
	}
	for range broughtLooks {
		states, err := p.Look(ctx, press.Brings)
		if err != nil {
			return false, err
		}
		if states[0].drawn() {
			return true, nil
		}
		rest(ctx, batchLook)
	}
	return false, nil
}

// broughtLooks is how often is looked for what a press may have brought.
const broughtLooks = 5

func (p *Page) clickOnce(ctx context.Context, press Press) error {
	ready, err := p.prepare(ctx, "prepare", "click", press.Target, map[string]any{
		"target": press.Target, "row": press.Row, "says": press.Saying, "key": press.For, "under": press.MustShow, "agree": press.Agree,
		"entered": press.Entered, "people": press.People, "others": press.Others != "",
	})
	if err != nil {
		return err
	}
	p.expect(press)
	err = p.pressAt(ctx, ready.X, ready.Y, press.times())
	v, seen := p.verdictOf(ctx, ready.Token)
	dismissed, window := p.expected()
	if e := p.judged(press, v, seen, dismissed, err); e != nil {
		return e
	}
	if p.chose(ctx, v) {
		return p.chooserError("click", press.Target.Name)
	}
	if window != "" {
		return p.Open(ctx, window)
	}
	return nil
}

// judged is what came of a press: nil, or why it is not as it was meant.
func (p *Page) judged(press Press, v verdict, seen bool, dismissed string, err error) error {
	e := &Error{Act: "click", Target: press.Target.Name, Kind: ErrMissed, Page: WithoutQuery(p.URL()), Cause: err}
	if v.Refused != nil {
		if k, ok := kindOf[v.Refused.Kind]; ok && k != ErrNotActionable { // it became so in between: worth another look
			e.Kind = k
		}
		e.Last = v.Refused.Detail
	}
	switch {
	case dismissed != "":
		e.Kind, e.Acted, e.Last = ErrWrongIdentity, true, dismissed
	case slices.Contains(v.Delivered, press.whole()):
		return nil
	case len(v.Delivered) > 0:
		e.partly = true
		slipped := v.Refused != nil && v.Refused.Kind == "missed" // it is there still, and moved away under the pointer
		e.Acted, e.Last = press.Agree || press.Double || !slipped, errPartlyDelivers.Error()
		if v.Refused != nil {
			e.Last += ": " + v.Refused.Detail
		}
	case v.Refused != nil: // the first event was kept from the page, and all that followed
	case !seen || err != nil:
		e.Acted, e.Last = true, "the page went away before it said what reached it"
	default:
		e.Last = "no input event reached the page"
		e.Acted = press.Agree // what was sent and not seen may have arrived elsewhere
	}
	return e
}

// prepare waits in slices until the script says the target is ready.
func (p *Page) prepare(ctx context.Context, handler, act string, t *selectors.Target, req map[string]any) (prepared, error) {
	var last *Error
	for {
		wait := remaining(ctx, lookSlice)
		req["wait"] = wait.Milliseconds()
		var res prepared
		err := p.look(ctx, handler, req, &res)
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
		if Over(ctx) {
			if last == nil {
				last = &Error{Act: act, Target: t.Name, Kind: ErrMissing, Last: "nothing could be looked at", Cause: err}
				last.Page = WithoutQuery(p.URL())
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

// final kinds do not get better by waiting: the script has looked for a while already.
func final(kind error) bool {
	return slices.Contains([]error{ErrAmbiguous, ErrWrongIdentity, ErrNotRead, ErrScript, ErrNotOffered, ErrOnlyCommit, ErrUnsupported}, kind)
}

// times is how often the button of the mouse is pressed.
func (p Press) times() int {
	if p.Double {
		return 2
	}
	return 1
}

// whole is the event with which all of a press has been delivered.
func (p Press) whole() string {
	if p.Double {
		return "dblclick"
	}
	return "click"
}

// pressAt presses and lets go at a point, one time after the other.
func (p *Page) pressAt(ctx context.Context, x, y float64, times int) error {
	sc := p.scope(ctx)
	for _, e := range presses(x, y, times) {
		if err := e.Call(sc); err != nil {
			return fmt.Errorf("sending the %s: %w", e.Type, err)
		}
	}
	return nil
}

func presses(x, y float64, times int) []proto.InputDispatchMouseEvent {
	all := []proto.InputDispatchMouseEvent{{Type: proto.InputDispatchMouseEventTypeMouseMoved, X: x, Y: y}}
	for n := range times {
		all = append(all,
			proto.InputDispatchMouseEvent{Type: proto.InputDispatchMouseEventTypeMousePressed, X: x, Y: y, Button: proto.InputMouseButtonLeft, ClickCount: n + 1},
			proto.InputDispatchMouseEvent{Type: proto.InputDispatchMouseEventTypeMouseReleased, X: x, Y: y, Button: proto.InputMouseButtonLeft, ClickCount: n + 1})
	}
	return all
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
