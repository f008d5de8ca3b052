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

// Stroke is one key to be pressed.
type Stroke struct {
	Key      string            // one of Keys
	Target   *selectors.Target // what has the focus then; nil: whatever has it, or the page
	Changing bool              // on the way to a commit: what it would press, submit or set is kept from the page
	Bound    time.Duration
}

// keyCodes are the keys that can be pressed, each with its Windows virtual key code.
var keyCodes = map[string]int{
	"Escape": 27, "Enter": 13, "Tab": 9, "ArrowDown": 40, "ArrowUp": 38, "Home": 36, "End": 35, "PageDown": 34,
}

// Strike presses a key once: it puts the focus on the target, makes sure that it is there, and the guard in the page
// keeps the key from anything else. It tries again while no key event has been delivered.
func (p *Page) Strike(ctx context.Context, stroke Stroke) error {
	if _, ok := keyCodes[stroke.Key]; !ok {
		return &Error{Act: "press", Target: stroke.Key, Kind: ErrUnsupported, Last: "there is no such key"}
	}
	start := time.Now()
	ctx, cancel := patient(ctx, stroke.Bound)
	defer cancel()
	for round := 0; ; round++ {
		err := p.strikeOnce(ctx, stroke)
		var e *Error
		if err == nil || !errors.As(err, &e) || e.Acted || !errors.Is(err, ErrMissed) || Over(ctx) || round > mostTries {
			if e != nil && !final(e.Kind) {
				e.Waited = time.Since(start).Round(10 * time.Millisecond).String()
				e.Want = "the one visible, still, enabled thing that has the focus"
			}
			return err
		}
	}
}

func (p *Page) strikeOnce(ctx context.Context, stroke Stroke) error {
	named := &selectors.Target{Name: "the page"}
	req := map[string]any{"key": stroke.Key, "changing": stroke.Changing}
	if stroke.Target != nil {
		named, req["target"] = stroke.Target, stroke.Target
	}
	act := "press " + stroke.Key + " in"
	ready, err := p.prepare(ctx, "prepareStroke", act, named, req)
	if err != nil {
		return err
	}
	p.expect(Press{Target: named, Agree: stroke.Changing})
	err = p.keyDownAndUp(ctx, stroke.Key)
	v, seen := p.verdictOf(ctx, ready.Token)
	_, window := p.expected()
	e := &Error{Act: act, Target: named.Name, Kind: ErrMissed, Page: WithoutQuery(p.URL()), Cause: err}
	if v.Refused != nil {
		e.Last = v.Refused.Detail
	}
	e.Acted = slices.Contains(v.Delivered, "keydown")
	switch {
	case v.Refused != nil && v.Refused.Kind == "presses":
		e.Kind = ErrOnlyCommit
	case e.Acted && p.chose(ctx, v):
		return p.chooserError(act, named.Name)
	case e.Acted && window != "":
		return p.Open(ctx, window)
	case e.Acted: // what came after it and was kept from another element has no part in it
		return nil
	case v.Refused != nil:
	case !seen || err != nil:
		e.Acted, e.Last = true, "the page went away before it said what reached it"
	default:
		e.Last = "no key event reached the page"
	}
	return e
}

// keyDownAndUp sends a key as a keyboard does. Enter is a character as well: without it nothing is submitted or typed.
func (p *Page) keyDownAndUp(ctx context.Context, key string) error {
	sc := p.scope(ctx)
	down := proto.InputDispatchKeyEvent{
		Type: proto.InputDispatchKeyEventTypeRawKeyDown, Key: key, Code: key, WindowsVirtualKeyCode: keyCodes[key],
	}
	if key == "Enter" {
		down.Type, down.Text, down.UnmodifiedText = proto.InputDispatchKeyEventTypeKeyDown, "\r", "\r"
	}
	up := down
	up.Type, up.Text, up.UnmodifiedText = proto.InputDispatchKeyEventTypeKeyUp, "", ""
	if err := errors.Join(down.Call(sc), up.Call(sc)); err != nil {
		return fmt.Errorf("sending the key %s: %w", key, err)
	}
	return nil
}
